//! A session from the connection to the goodbye.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::correlation::Completion;
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use ami_reactor::Driver;
use common::{Client, PATIENCE, nodes, quick};
use std::time::Duration;

#[test]
fn a_server_is_connected_to_logged_in_and_heard() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    client.listen(None);
    assert_eq!(client.first().state(), ConnectionState::Disconnected);
    client.open_all();
    client.until(|client| client.names().contains(&"FullyBooted".to_owned()));
    assert_eq!((client.first().state(), simulator.node(0).stats().logins), (ConnectionState::Ready, 1));
    assert_eq!(client.first().ami_version(), Some(b"11.0.0".as_slice()));
}

#[test]
fn an_action_is_answered_and_a_list_collected() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    let ping = client.ask("Ping");
    let list = client.ask("QueueStatus");
    client.until(|client| client.settled.len() == 2);
    let sequences: Vec<_> = client.settled.iter().map(|(_, settled)| settled.sequence).collect();
    assert_eq!(sequences, [ping, list]);
    assert!(client.settled.iter().all(|(_, settled)| settled.outcome.failure.is_none()));
    assert!(client.settled[1].1.outcome.events.len() > 3);
}

#[test]
fn a_call_that_is_originated_tells_its_result_and_its_events() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.listen(Some("Newchannel"));
    let originate = [("Channel", "Local/2101@agents/n"), ("Application", "Wait"), ("Data", "1"), ("Async", "true")]
        .into_iter()
        .fold(Action::new("Originate").unwrap(), |action, (key, value)| action.with_header(key, value).unwrap());
    client.send(client.ids[0], &originate);
    client.until(|client| client.settled.len() == 1);
    let outcome = &client.settled[0].1.outcome;
    assert_eq!((outcome.failure.as_ref(), outcome.events.len()), (None, 1));
    assert!(!client.events.is_empty());
}

#[test]
fn close_says_goodbye_with_the_next_ticks_and_the_socket_is_gone() {
    let simulator = nodes(1, |_, node| node.record_actions = true);
    let mut client = Client::ready(&simulator, quick());
    let now = client.reactor.now();
    let id = client.ids[0];
    client.reactor.cluster_mut().close(id, now);
    assert_eq!(client.reactor.until_due(), Some(Duration::ZERO), "what was queued is work");
    client.until(|client| client.first().state() == ConnectionState::Disconnected);
    assert_eq!(simulator.node(0).received().last().unwrap().header("Action"), Some(b"Logoff".as_slice()));
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
    assert_eq!(client.reactor.until_due(), None);
}

#[test]
fn terminate_makes_the_next_tick_due_which_closes_the_socket() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    let now = client.reactor.now();
    let id = client.ids[0];
    client.reactor.cluster_mut().terminate(id, now);
    assert_eq!(client.reactor.until_due(), Some(Duration::ZERO));
    client.tick(Duration::ZERO, None);
    assert_eq!(client.reactor.until_due(), None);
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
}

#[test]
fn an_action_that_is_sent_makes_the_next_tick_due() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.tick(Duration::ZERO, None);
    assert!(client.reactor.until_due() > Some(Duration::from_secs(1)));
    client.ask("Ping");
    assert_eq!(client.reactor.until_due(), Some(Duration::ZERO));
    client.until(|client| client.settled.len() == 1);
}

#[test]
fn a_wait_that_expects_an_answer_ends_with_it_and_one_without_an_answer_at_its_time() {
    let simulator = nodes(1, |_, _| {});
    let client = Client::ready(&simulator, quick());
    let Client { reactor, ids, .. } = client;
    let driver = Driver::new(reactor).unwrap();
    let ticked = |timeout| {
        driver.reactor().unwrap().expect_answer();
        driver.tick(timeout, None).unwrap();
    };
    let now = driver.reactor().unwrap().now();
    let ping = Action::new("Ping").unwrap();
    let _ = driver.reactor().unwrap().cluster_mut().send(ids[0], &ping, Completion::by_answer(PATIENCE), now).unwrap();
    while driver.reactor().unwrap().cluster_mut().effects().settled.is_empty() {
        ticked(PATIENCE);
    }
    driver.reactor().unwrap().cluster_mut().effects().settled.clear();
    ticked(Duration::from_millis(1));
    assert!(driver.reactor().unwrap().cluster_mut().effects().settled.is_empty(), "nobody answers");
}
