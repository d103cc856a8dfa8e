//! `memory_limit`, with a process whose memory the test makes up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use common::{Client, PATIENCE, nodes, quick};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const LIMIT: usize = 16 * 1_024 * 1_024;

fn limited() -> ClientOptions {
    ClientOptions { memory_limit: LIMIT, ..quick() }
}

fn is_closed(client: &Client) -> bool {
    client.ids.iter().all(|id| client.connection(*id).state() == ConnectionState::Disconnected)
}

#[test]
fn past_the_limit_every_server_reads_a_logoff_behind_what_was_sent_and_the_answers_come() {
    let simulator = nodes(3, |_, node| node.record_actions = true);
    let mut client = Client::new(&simulator, limited());
    let memory = Arc::new(AtomicU64::new(LIMIT as u64));
    let measured = Arc::clone(&memory);
    client.reactor.set_memory(move || Some(measured.load(Ordering::Relaxed)));
    client.open_all();
    client.until(Client::all_ready);
    for id in client.ids.clone() {
        client.send(id, &Action::new("Ping").unwrap());
    }
    memory.store(LIMIT as u64 + 1, Ordering::Relaxed);
    client.until(is_closed);
    assert_eq!(client.reactor.cluster().shutdown().unwrap().used, LIMIT as u64 + 1);
    assert_eq!(client.settled.len(), 3);
    assert!(client.settled.iter().all(|(_, settled)| settled.outcome.failure.is_none()));
    for node in 0..3 {
        assert!(simulator.node(node).wait_until(PATIENCE, |stats| stats.connections_open == 0));
        let actions = simulator.node(node).received();
        let names: Vec<_> = actions.iter().filter_map(|action| action.header("Action")).collect();
        assert_eq!(names[names.len() - 2..], [b"Ping".as_slice(), b"Logoff"]);
    }
    assert_eq!(client.reactor.until_due(), None);
}

#[test]
fn where_it_cannot_be_measured_what_the_host_says_counts() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, limited());
    assert!(!client.reactor.needs_memory());
    client.reactor.set_memory(|| None);
    assert!(client.reactor.needs_memory());
    client.open_all();
    client.until(Client::all_ready);
    client.reactor.tell_memory(LIMIT as u64 + 1);
    client.until(is_closed);
    assert!(client.reactor.cluster().shutdown().unwrap().used > LIMIT as u64 + 1, "and what the client holds");
}

#[test]
fn without_a_limit_nothing_is_measured() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    client.reactor.set_memory(|| panic!("measured"));
    assert!(!client.reactor.needs_memory());
    client.open_all();
    client.until(Client::all_ready);
    assert_eq!(client.reactor.cluster().memory(), None);
}
