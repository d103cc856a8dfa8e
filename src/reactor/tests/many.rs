//! Many nodes, none of which can hurt another: counts and orders, not times. What it costs is told by `./dev bench fleet`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::connection::Connection;
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use ami_simulator::{Fault, FloodConfig};
use common::{Client, PATIENCE, nodes, quick};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// A port whose queue of connections is full, so that the kernel drops the packets of further ones.
struct DeadEnd {
    address: SocketAddr,
    _held: Vec<Socket>,
}

impl DeadEnd {
    fn new() -> Self {
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
        let listener = socket();
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut held = vec![listener];
        // A queue of length 0 takes one; what comes after it waits for ever.
        for _ in 0..4 {
            let client = socket();
            client.set_nonblocking(true).unwrap();
            // Still under way, each of them.
            let _ = client.connect(&address);
            held.push(client);
        }
        let last = socket().connect_timeout(&address, Duration::from_millis(200));
        assert_eq!(last.unwrap_err().kind(), ErrorKind::TimedOut, "this system does not drop them");
        Self { address: address.as_socket().unwrap(), _held: held }
    }
}

/// Connections that are begun and not yet logged in.
fn under_way(connection: &Connection) -> u64 {
    let counters = connection.counters();
    counters.connect_attempts - counters.losses - u64::from(connection.state().is_usable())
}

#[test]
fn forty_five_nodes_are_served_while_five_are_faulty_in_five_ways() {
    const WELL: usize = 45;
    const ROUNDS: usize = 30;
    let simulator = nodes(WELL + 4, |n, node| {
        node.fault = (n == WELL).then_some(Fault::Stall);
    });
    let dead_end = DeadEnd::new();
    let mut addresses = simulator.addresses();
    addresses.push(dead_end.address);
    let options = ClientOptions {
        connect_timeout: Duration::from_millis(50),
        auth_timeout: Duration::from_secs(2),
        max_events_per_tick: 100,
        max_frames_per_tick: 200,
        ..quick()
    };
    let mut client = Client::of(&addresses, options);
    let well = client.ids[..WELL].to_vec();
    let [silent, flooding, noisy, dying, dark] = <[_; 5]>::try_from(&client.ids[WELL..]).unwrap();
    client.listen(None);
    client.open_all();
    let is_ready = |client: &Client, id| client.connection(id).state() == ConnectionState::Ready;
    let can_be_ready: Vec<_> = well.iter().copied().chain([flooding, noisy, dying]).collect();
    client.until(|client| can_be_ready.iter().all(|id| is_ready(client, *id)));
    simulator.node(WELL + 1).fault(Fault::Flood(FloodConfig::endless()));
    client.until(|client| client.connection(flooding).counters().events > 1_000);
    client.events.clear();

    for round in 1..=ROUNDS {
        simulator.node(WELL + 2).fault(Fault::Garbage { bytes: 2_000, delimited: round % 2 == 0 });
        simulator.node(WELL + 2).fault(Fault::Garbage { bytes: 200, delimited: true });
        simulator.node(WELL + 3).fault(Fault::Cut { after: 0, lasting: false });
        for (n, id) in well.iter().enumerate() {
            simulator.node(n).send(format!("Event: Mine\r\nRound: {round}\r\nNode: {n}\r\n\r\n"));
            client.send(*id, &Action::new("CoreStatus").unwrap());
        }
        // Everything is there to be read: as many ticks as a writing and an answer take, whatever the flood brings.
        let mut mine = Vec::new();
        let end = Instant::now() + PATIENCE;
        while mine.len() < WELL || client.settled.len() < WELL * round {
            assert!(Instant::now() < end, "{} events, {} answers", mine.len(), client.settled.len());
            client.tick(Duration::from_millis(20), None);
            let of_flood = client.events.iter().filter(|(id, _)| *id == flooding).count();
            assert!(of_flood <= 100, "the budget of a flood is for each tick: {of_flood}");
            mine.extend(client.events.drain(..).filter(|(id, frame)| {
                well.contains(id) && frame.as_ref().header(b"Round") == Some(round.to_string().as_bytes())
            }));
        }
        assert_eq!(mine.len(), WELL, "each once");
    }
    for (id, settled) in &client.settled {
        assert!(well.contains(id) && settled.outcome.failure.is_none(), "{settled:?}");
    }
    for id in &well {
        let counters = client.connection(*id).counters();
        assert_eq!((counters.sessions, counters.losses, counters.protocol_desync), (1, 0, 0));
    }
    // The faults were there: else the rest shows nothing.
    client.until(|client| client.connection(dark).counters().losses >= 2);
    client.until(|client| client.connection(silent).counters().losses >= 1);
    client.until(|client| {
        // The rounds may have been over before it was back from its first death.
        simulator.node(WELL + 3).fault(Fault::Cut { after: 0, lasting: false });
        client.connection(dying).counters().losses >= 2
    });
    assert_eq!(client.connection(flooding).state(), ConnectionState::Ready);
    assert!(client.connection(noisy).counters().protocol_desync > 0);
    for id in [dark, silent] {
        assert_eq!(client.connection(id).counters().sessions, 0);
    }
}

#[test]
fn two_hundred_nodes_that_are_lost_at_once_come_back_within_the_budgets_and_none_is_left_out() {
    const NODES: usize = 200;
    const LOGGING_IN: usize = 10;
    const A_TICK: u64 = 3;
    let simulator = nodes(NODES, |_, _| {});
    let options = ClientOptions {
        max_connecting: LOGGING_IN,
        max_connect_attempts_per_tick: usize::try_from(A_TICK).unwrap(),
        ..ClientOptions::default()
    };
    let mut client = Client::ready(&simulator, options);
    for node in simulator.nodes() {
        // So slow that they would pile up if nobody counted.
        node.fault(Fault::SlowBanner(Duration::from_millis(15)));
    }
    for node in simulator.nodes() {
        node.fault(Fault::Cut { after: 0, lasting: false });
    }
    let total = |client: &Client, of: fn(&Connection) -> u64| -> u64 {
        client.ids.iter().map(|id| of(client.connection(*id))).sum()
    };
    let (mut most, mut ticks_with_attempts) = (0, 0);
    let end = Instant::now() + 3 * PATIENCE;
    while total(&client, |connection| connection.counters().sessions) < 2 * NODES as u64 {
        assert!(Instant::now() < end, "{} sessions", total(&client, |connection| connection.counters().sessions));
        let before = total(&client, |connection| connection.counters().connect_attempts);
        client.tick(Duration::from_millis(20), None);
        let begun = total(&client, |connection| connection.counters().connect_attempts) - before;
        assert!(begun <= A_TICK, "{begun} attempts in one tick");
        ticks_with_attempts += u64::from(begun > 0);
        most = most.max(total(&client, under_way));
        assert!(most <= LOGGING_IN as u64, "{most} log in at once");
    }
    assert_eq!(most, LOGGING_IN as u64, "the budget is used");
    assert!(ticks_with_attempts >= (NODES as u64).div_ceil(A_TICK));
    for id in &client.ids {
        let counters = client.connection(*id).counters();
        assert_eq!((counters.connect_attempts, counters.losses, counters.sessions), (2, 1, 2), "one turn each");
    }
    assert!(simulator.nodes().iter().all(|node| node.stats().logins == 2));
}
