//! A signal ends the wait of a tick. A program of its own: every thread of it is stopped for a moment.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{Client, nodes, quick};
use std::process::Command;
use std::time::Duration;

#[test]
fn a_process_that_was_stopped_and_goes_on_ends_its_wait_and_loses_nothing() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    // A stop and its continuation need no handler, and interrupt a wait of epoll: signal(7).
    let process = std::process::id();
    let rounds = "for round in 1 2 3 4 5 6 7 8 9 10";
    let script = format!("{rounds}; do kill -STOP {process}; sleep 0.01; kill -CONT {process}; sleep 0.02; done");
    let mut other = Command::new("sh").arg("-c").arg(script).spawn().unwrap();
    let mut interrupted = false;
    while other.try_wait().unwrap().is_none() {
        interrupted |= client.reactor.tick(Duration::from_millis(250), None).unwrap().interrupted;
    }
    assert!(interrupted);
    client.ask("Ping");
    client.until(|client| client.settled.len() == 1);
    assert_eq!(client.settled[0].1.outcome.failure, None);
}
