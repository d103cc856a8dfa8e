//! Many servers, ticks for one of them, and ticks with nothing to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::health::ConnectionState;
use ami_simulator::Fault;
use common::{Client, nodes, quick, text};
use std::time::{Duration, Instant};

#[test]
fn fifty_servers_get_ready_answer_and_come_back() {
    let simulator = nodes(50, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    for id in client.ids.clone() {
        client.send(id, &ami_core::protocol::Action::new("CoreStatus").unwrap());
    }
    client.until(|client| client.settled.len() == 50);
    for node in simulator.nodes() {
        node.fault(Fault::Cut { after: 0, lasting: false });
    }
    client.until(|client| client.ids.iter().all(|id| client.connection(*id).counters().losses == 1));
    client.until(Client::all_ready);
    assert!(simulator.nodes().iter().all(|node| node.stats().logins == 2));
}

#[test]
fn a_tick_for_one_server_leaves_what_the_others_sent_for_later() {
    let simulator = nodes(2, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.listen(Some("Mine"));
    let [one, two] = [client.ids[0], client.ids[1]];
    for node in simulator.nodes() {
        node.send(*b"Event: Mine\r\nPrivilege: user,all\r\n\r\n");
    }
    let end = Instant::now() + common::PATIENCE;
    while client.events.is_empty() && Instant::now() < end {
        client.tick(Duration::from_millis(50), Some(one));
    }
    assert_eq!(client.events.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [one]);
    assert_eq!(client.connection(two).counters().events_queued, 0);
    client.until(|client| client.events.len() == 2);
    assert_eq!(text(client.events[1].1.as_ref().name()), "Mine");
}

#[test]
fn a_tick_with_nothing_to_do_waits_and_ends_at_the_nearest_timer() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { heartbeat_interval: Duration::from_millis(120), ..quick() };
    let mut client = Client::ready(&simulator, options);
    let begin = Instant::now();
    let mut ticks = 0;
    while client.first().counters().bytes_written == 0 || begin.elapsed() < Duration::from_millis(600) {
        client.tick(Duration::from_secs(10), None);
        ticks += 1;
    }
    // Each heartbeat takes a tick that sends the Ping, and one that reads the Pong.
    assert!(ticks <= 30, "{ticks} ticks in {:?}: it spins", begin.elapsed());
    assert_eq!((client.first().state(), client.first().counters().heartbeats_missed), (ConnectionState::Ready, 0));
}

#[test]
fn a_tick_waits_no_longer_than_a_quarter_of_a_second_and_a_zero_timeout_not_at_all() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    while client.reactor.until_due() == Some(Duration::ZERO) {
        client.tick(Duration::ZERO, None);
    }
    let begin = Instant::now();
    client.tick(Duration::from_secs(60), None);
    assert!((Duration::from_millis(200)..Duration::from_secs(5)).contains(&begin.elapsed()), "{:?}", begin.elapsed());
    let begin = Instant::now();
    for _ in 0..10 {
        client.tick(Duration::ZERO, None);
    }
    assert!(begin.elapsed() < Duration::from_millis(200), "{:?}", begin.elapsed());
}

#[test]
fn ticks_for_one_server_do_not_spin_over_what_another_has_to_do() {
    let simulator = nodes(2, |_, _| {});
    let options = ClientOptions { heartbeat_interval: Duration::from_millis(100), ..quick() };
    let mut client = Client::ready(&simulator, options);
    client.listen(None);
    let one = client.ids[0];
    simulator.node(1).send(b"Event: Unread\r\n\r\n".repeat(100));
    let begin = Instant::now();
    let mut ticks = 0;
    while begin.elapsed() < Duration::from_millis(500) {
        client.tick(Duration::from_millis(250), Some(one));
        ticks += 1;
    }
    assert!(ticks <= 40, "{ticks} ticks: it spins");
    client.until(|client| client.events.len() == 100);
}

#[test]
fn nothing_is_due_without_a_server_that_is_opened() {
    let simulator = nodes(3, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    assert_eq!(client.reactor.until_due(), None);
    client.open_all();
    assert_eq!(client.reactor.until_due(), Some(Duration::ZERO));
    client.until(Client::all_ready);
    client.tick(Duration::ZERO, None);
    let due = client.reactor.until_due().unwrap();
    assert!(due > Duration::from_secs(10), "the next heartbeat: {due:?}");
}

#[test]
fn events_that_a_budget_left_over_make_the_next_tick_due() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, ClientOptions { max_events_per_tick: 2, ..quick() });
    client.listen(Some("Mine"));
    simulator.node(0).send(b"Event: Mine\r\n\r\n".repeat(5));
    client.until(|client| client.events.len() == 2);
    assert_eq!(client.reactor.until_due(), Some(Duration::ZERO));
    client.until(|client| client.events.len() == 5);
    assert!(client.reactor.until_due() > Some(Duration::ZERO));
}
