//! Servers that come and go while others work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_simulator::{Fault, FloodConfig};
use common::{Client, PATIENCE, nodes, quick};
use std::time::Duration;

#[test]
fn a_server_is_removed_in_mid_flood_and_added_again_and_nobody_else_notices() {
    let simulator = nodes(2, |_, node| node.record_actions = true);
    let mut client = Client::ready(&simulator, quick());
    client.listen(Some("UserEvent"));
    for node in 0..2 {
        simulator.node(node).fault(Fault::Flood(FloodConfig::of(5_000)));
    }
    client.until(|client| client.events.len() > 100);
    let old = client.remove(0);
    let (address, now) = (simulator.addresses()[0], client.reactor.now());
    let new = client.add(0, address);
    client.reactor.cluster_mut().open(new, now);
    client.until(|client| client.all_ready() && client.reactor.cluster().connection(old).is_none());
    let other = client.ids[0];
    client.until(|client| client.numbers(other).len() == 5_000);
    assert!(client.numbers(other).into_iter().eq(0..5_000), "the other server lost nothing");
    let heard = client.numbers(old).len() as u64;
    assert!(client.numbers(old).into_iter().eq(0..heard), "of the removed one what had come until its goodbye");
    assert_eq!(client.connection(new).counters().protocol_desync, 0);
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 1));
    let actions = simulator.node(0).received();
    assert_eq!(actions.iter().filter(|action| action.header("Action") == Some(b"Logoff")).count(), 1);
}

/// All in one step of the application, so that nothing of it has reached the sockets in between.
#[test]
fn a_place_that_changes_hands_between_two_ticks_leaves_no_socket_and_no_readiness_behind() {
    let simulator = nodes(2, |_, _| {});
    let mut client = Client::of(&simulator.addresses()[..1], quick());
    client.open_all();
    // The socket is asked for, and its readiness lies in the poll.
    client.tick(Duration::ZERO, None);
    let old = client.remove(0);
    let new = client.add(1, simulator.addresses()[1]);
    assert_eq!((new.index(), new == old), (old.index(), false));
    client.open_all();
    client.until(Client::all_ready);
    assert_eq!(client.first().counters().losses, 0);
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
    assert_eq!(simulator.node(1).stats().logins, 1);
}

#[test]
fn servers_that_come_and_go_all_the_time_use_the_places_of_a_few() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.listen(None);
    for _ in 0..20 {
        client.remove(0);
        let address = simulator.addresses()[0];
        let id = client.add(0, address);
        assert!(id.index() < 3, "{id:?}");
        client.open_all();
        client.until(Client::all_ready);
    }
    client.remove(0);
    client.until(|client| client.reactor.cluster().is_empty());
    assert_eq!(client.reactor.until_due(), None, "no timer and no work stays");
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
    assert_eq!(client.reactor.cluster().removed().counters.sessions, 21);
    assert!(client.settled.is_empty());
}
