//! Writing: to servers that do not read, and after pauses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::correlation::LossReason;
use ami_core::protocol::Action;
use ami_simulator::{Fault, FloodConfig};
use common::{Client, PATIENCE, nodes, quick, text, work};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(60);

#[test]
fn megabytes_to_a_server_that_does_not_read_go_out_in_order_once_it_does() {
    let simulator = nodes(1, |_, node| node.record_actions = true);
    let options = ClientOptions { write_buffer_limit: 64 * 1024 * 1024, max_pending_actions: 20_000, ..quick() };
    let mut client = Client::ready(&simulator, options);
    simulator.node(0).fault(Fault::HalfOpen);
    let filler = "x".repeat(1_000);
    let count = 12_000;
    for number in 0..count {
        let action = Action::new("Getvar").unwrap().with_header("Variable", format!("V{number}")).unwrap();
        client.send(client.ids[0], &action.with_header("Filler", filler.as_str()).unwrap());
        if number % 100 == 0 {
            client.tick(Duration::ZERO, None);
        }
    }
    client.tick(Duration::ZERO, None);
    let waiting = client.first().unwritten_len();
    assert!(waiting > 1_000_000, "the kernel took all but {waiting} bytes: send more");
    simulator.node(0).fault(Fault::Clear);
    client.until(|client| client.settled.len() == count);
    let received = simulator.node(0).received();
    let variables: Vec<_> = received.iter().filter_map(|action| action.header("Variable")).map(text).collect();
    assert_eq!(variables.len(), count);
    assert!(variables.iter().enumerate().all(|(number, variable)| *variable == format!("V{number}")));
    assert_eq!((client.first().unwritten_len(), client.first().counters().losses), (0, 0));
}

#[test]
fn a_session_that_was_cut_during_a_pause_is_read_to_its_end_before_anything_is_written() {
    let simulator = nodes(1, |_, node| node.write_timeout = Some(Duration::from_millis(100)));
    let mut client = Client::ready(&simulator, quick());
    client.listen(Some("UserEvent"));
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    client.until(|client| !client.events.is_empty());
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.sessions_cut == 1));
    client.ask("Ping");
    client.until(|client| client.first().counters().losses == 1);
    assert_eq!(client.first().last_loss(), Some(&LossReason::EndOfFile), "not a reset");
    assert_eq!(client.first().counters().bytes_read, simulator.node(0).stats().bytes_sent, "to the last byte");
    let numbers = client.numbers(client.ids[0]);
    let queued = client.first().counters().events_queued;
    assert!(queued > 1_000 && numbers.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_flood_that_listeners_never_catch_up_with_does_not_keep_actions_from_going_out() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions {
        max_bytes_read_per_tick: 2 * 1024 * 1024,
        max_frames_per_tick: 5_000,
        heartbeat_interval: Duration::from_secs(60),
        ..quick()
    };
    let mut client = Client::ready(&simulator, options);
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    client.until(|client| client.first().counters().events_unheard > 100);
    work(PAUSE);
    client.ask("Ping");
    let mut ticks = 0;
    while client.settled.is_empty() {
        ticks += 1;
        assert!(ticks < 200, "no answer; {} bytes wait", client.first().unwritten_len());
        client.tick(Duration::ZERO, None);
        work(PAUSE);
    }
    assert_eq!(client.settled[0].1.outcome.failure, None);
}
