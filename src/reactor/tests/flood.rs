//! Floods: nothing lost that has room, and every loss counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::health::ConnectionState;
use ami_simulator::{Fault, FloodConfig};
use common::{Client, nodes, quick, text};
use std::time::Duration;

fn is_done(client: &Client) -> bool {
    client.events.last().is_some_and(|(_, frame)| frame.as_ref().header(b"UserEvent") == Some(b"FloodDone"))
}

#[test]
fn a_flood_read_within_budgets_arrives_whole_and_in_order() {
    let count = 20_000;
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions {
        max_events_per_tick: 300,
        max_frames_per_tick: 400,
        max_bytes_read_per_tick: 300_000,
        event_queue_capacity: 1_000_000,
        ..quick()
    };
    let mut client = Client::ready(&simulator, options);
    client.listen(Some("UserEvent"));
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(count)));
    let mut most = 0;
    while !is_done(&client) {
        let before = client.events.len();
        let frames = client.first().counters().frames;
        client.tick(Duration::from_millis(50), None);
        most = most.max(client.events.len() - before);
        assert!(client.first().counters().frames - frames <= 400, "the budget of frames");
        assert_eq!(client.first().state(), ConnectionState::Ready);
    }
    assert_eq!(most, 300, "the budget of events");
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..count));
    assert_eq!(client.first().drops().total(), 0);
}

#[test]
fn what_a_small_queue_gives_up_is_counted_to_the_last_event() {
    let count = 20_000;
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { max_events_per_tick: 50, event_queue_capacity: 200, ..quick() };
    let mut client = Client::ready(&simulator, options);
    client.listen(Some("UserEvent"));
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(count)));
    client.until(is_done);
    let drops = client.first().drops();
    let by_name: Vec<_> = drops.by_name().map(|(name, count)| (text(name.unwrap()), count)).collect();
    assert_eq!(by_name, [("UserEvent".to_owned(), drops.total())]);
    assert!(drops.total() > 1_000, "{}", drops.total());
    assert_eq!(drops.total() + client.events.len() as u64, count + 1, "FloodDone is one too");
    let numbers = client.numbers(client.ids[0]);
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in order");
}

#[test]
fn everything_that_arrived_before_the_end_of_file_is_dispatched() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { max_frames_per_tick: 10, event_queue_capacity: 1_000_000, ..quick() };
    let mut client = Client::ready(&simulator, options);
    client.listen(Some("UserEvent"));
    let node = simulator.node(0);
    node.fault(Fault::Flood(FloodConfig::of(3_000)));
    assert!(node.wait_until(common::PATIENCE, |stats| stats.flood_events_sent == 3_000));
    node.fault(Fault::Cut { after: 0, lasting: false });
    client.until(|client| client.first().counters().losses == 1 && client.first().queued_events() == 0);
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..3_000));
    assert_eq!(client.first().counters().frames_cut, 1);
}

#[test]
fn a_flood_of_one_server_leaves_the_others_their_answers() {
    let simulator = nodes(3, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    client.until(|client| client.first().counters().events_unheard > 5_000);
    for round in 1..=20 {
        for id in [client.ids[1], client.ids[2]] {
            client.send(id, &ami_core::protocol::Action::new("Ping").unwrap());
        }
        client.until(|client| client.settled.len() == 2 * round);
    }
    assert!(client.settled.iter().all(|(_, settled)| settled.outcome.failure.is_none()));
}
