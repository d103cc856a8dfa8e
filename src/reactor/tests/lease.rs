//! Connections that are cut at a moment unless that is put off: here by the system's clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::{ClientOptions, Io};
use ami_core::health::ConnectionState;
use ami_reactor::{Driver, Reactor};
use ami_simulator::{Fault, FloodConfig, Simulator};
use common::{Client, PATIENCE, nodes, quick};
use std::time::{Duration, Instant};

/// Long over when the next tick comes, as after a SIGSTOP.
fn end_lease(reactor: &mut Reactor) {
    let now = reactor.now().instant;
    reactor.cluster_mut().set_lease(Some(now));
}

fn flood(simulator: &Simulator) {
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(2_000)));
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.bytes_sent > 50_000));
}

#[test]
fn a_tick_after_its_end_reads_nothing_of_what_has_come_since() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.listen(None);
    client.until(|client| client.reactor.until_due() != Some(Duration::ZERO));
    let read = client.first().counters().bytes_read;
    flood(&simulator);
    end_lease(&mut client.reactor);
    client.tick(Duration::from_millis(50), None);
    assert_eq!((client.first().state(), client.first().counters().bytes_read), (ConnectionState::Disconnected, read));
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
}

#[test]
fn a_thread_cuts_at_its_end_while_the_application_does_something_else() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { io: Io::Background, ..quick() };
    let client = Client::new(&simulator, options);
    let driver = Driver::new(client.reactor).unwrap();
    let is = |state| driver.reactor().unwrap().cluster().iter().all(|(_, connection)| connection.state() == state);
    let watch = |state| {
        let end = Instant::now() + PATIENCE;
        while !is(state) {
            assert!(Instant::now() < end, "not in time");
            std::thread::yield_now();
        }
    };
    let open = || {
        let mut reactor = driver.reactor().unwrap();
        let now = reactor.now();
        reactor.cluster_mut().open(client.ids[0], now);
    };
    open();
    watch(ConnectionState::Ready);
    // Nobody ticks from here on.
    let mut reactor = driver.reactor().unwrap();
    let until = reactor.now().instant + Duration::from_millis(30);
    reactor.cluster_mut().set_lease(Some(until));
    drop(reactor);
    watch(ConnectionState::Disconnected);
    assert!(driver.reactor().unwrap().now().instant >= until);
    open();
    assert!(is(ConnectionState::Disconnected), "and opens nothing");
}
