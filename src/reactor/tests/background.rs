//! A thread drives the reactor while the application is busy with something else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::cluster::ServerId;
use ami_core::config::{ClientOptions, Io, ServerConfig, ServerKey, Source, Value};
use ami_core::connection::Connection;
use ami_core::correlation::Completion;
use ami_core::events::NewSubscription;
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use ami_core::time::UnixMicros;
use ami_reactor::{Driver, Reactor, Unavailable};
use ami_simulator::{Fault, FloodConfig, Simulator};
use common::{PATIENCE, nodes, quick, text};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

const NO_WAIT: Duration = Duration::ZERO;
const TICK: Duration = Duration::from_millis(50);

fn background(options: ClientOptions) -> ClientOptions {
    ClientOptions { io: Io::Background, ..options }
}

/// All nodes, opened, and nobody has ticked.
fn driver(simulator: &Simulator, options: ClientOptions) -> Driver {
    let options = Arc::new(background(options));
    let mut reactor = Reactor::new(Arc::clone(&options)).unwrap();
    for (n, address) in simulator.addresses().iter().enumerate() {
        let pairs = [("host", "127.0.0.1"), ("username", "dialer"), ("secret", "s3cret"), ("auth", "plain")];
        let pairs = pairs.map(|(name, value)| (name, Value::text(value)));
        let key = ServerKey::parse(format!("pbx{n}").as_bytes()).unwrap();
        let config = ServerConfig::from_pairs(key, pairs, Source::Array).unwrap();
        reactor.add(Arc::new(config), Arc::clone(&options), Some(*address)).unwrap();
    }
    let driver = Driver::new(reactor).unwrap();
    let mut reactor = driver.reactor().unwrap();
    let now = reactor.now();
    for id in ids(reactor.cluster()) {
        reactor.cluster_mut().open(id, now);
    }
    drop(reactor);
    driver
}

fn ids(cluster: &ami_core::cluster::Cluster) -> Vec<ServerId> {
    cluster.iter().map(|(id, _)| id).collect()
}

/// Looks at every server, without a tick, until something holds for all.
fn watch(driver: &Driver, holds: impl Fn(&Connection) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !driver.reactor().unwrap().cluster().iter().all(|(_, connection)| holds(connection)) {
        assert!(Instant::now() < end, "not in time");
        std::thread::yield_now();
    }
}

fn is_ready(connection: &Connection) -> bool {
    connection.state() == ConnectionState::Ready
}

fn ready(simulator: &Simulator, options: ClientOptions) -> Driver {
    let driver = driver(simulator, options);
    watch(&driver, is_ready);
    driver
}

fn listen(driver: &Driver, name: &str) {
    let subscription = NewSubscription { name: Some(name.as_bytes().into()), ..NewSubscription::default() };
    driver.reactor().unwrap().cluster_mut().subscribe(subscription).unwrap();
}

fn ping(driver: &Driver, id: ServerId) {
    let mut reactor = driver.reactor().unwrap();
    let (action, now) = (Action::new("Ping").unwrap(), reactor.now());
    let completion = Completion::of(&action, PATIENCE);
    reactor.cluster_mut().send(id, &action, completion, now).unwrap().unwrap();
}

fn first(driver: &Driver) -> ServerId {
    ids(driver.reactor().unwrap().cluster())[0]
}

#[test]
fn it_logs_in_and_answers_heartbeats_while_nobody_ticks() {
    let simulator = nodes(2, |_, _| {});
    let options = ClientOptions { heartbeat_interval: Duration::from_millis(50), ..quick() };
    let driver = ready(&simulator, options);
    for node in simulator.nodes() {
        assert!(node.wait_until(PATIENCE, |stats| stats.actions >= 8), "Pings after the login");
    }
    watch(&driver, |server| is_ready(server) && server.counters().sessions == 1 && server.counters().losses == 0);
}

#[test]
fn nothing_is_lost_uncounted_while_nobody_ticks_and_the_queue_stays_bounded() {
    let (count, capacity) = (20_000, 200);
    let simulator = nodes(1, |_, _| {});
    let driver = ready(&simulator, ClientOptions { event_queue_capacity: capacity, ..quick() });
    listen(&driver, "Heard");
    let names = ["Heard", "Unheard"].map(str::to_owned).to_vec();
    let unheard = driver.reactor().unwrap().cluster().iter().next().unwrap().1.counters().events_unheard;
    simulator.node(0).fault(Fault::Flood(FloodConfig { names, ..FloodConfig::of(count) }));
    // Half of the flood, and FloodDone, are unheard.
    watch(&driver, |server| {
        assert!(server.queued_events() <= capacity);
        server.counters().events_unheard == unheard + count / 2 + 1
    });
    let mut reactor = driver.reactor().unwrap();
    let mut numbers: Vec<u64> = Vec::new();
    while let Some((_, event)) = reactor.cluster_mut().pop_event(None) {
        numbers.push(text(event.frame.as_ref().header(b"Seq").unwrap()).parse().unwrap());
    }
    let (_, server) = reactor.cluster().iter().next().unwrap();
    assert_eq!(numbers.len(), capacity);
    assert_eq!(numbers.len() as u64 + server.drops().total() + count / 2, count, "delivered, dropped and unheard");
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 2), "the newest, in order");
    assert_eq!((server.state(), server.counters().sessions), (ConnectionState::Ready, 1));
}

#[test]
fn a_tick_waits_for_what_there_is_to_tell_and_for_nothing_else() {
    let simulator = nodes(1, |_, _| {});
    let driver = ready(&simulator, quick());
    listen(&driver, "Heard");
    while driver.reactor().unwrap().until_due() == Some(NO_WAIT) {
        driver.tick(NO_WAIT, None).unwrap();
        let mut reactor = driver.reactor().unwrap();
        while reactor.cluster_mut().effects().log.pop().is_some() {}
    }
    let flood = |name: &str, count| FloodConfig { names: vec![name.to_owned()], ..FloodConfig::of(count) };
    simulator.node(0).fault(Fault::Flood(flood("Unheard", 2_000)));
    let began = Instant::now();
    driver.tick(TICK, None).unwrap();
    assert!(began.elapsed() >= TICK, "what nobody hears wakes nobody");
    // An event each 20 ms ends the wait long before its time.
    simulator.node(0).fault(Fault::Flood(FloodConfig { events_per_second: Some(50), ..flood("Heard", 1) }));
    let began = Instant::now();
    while driver.reactor().unwrap().cluster_mut().pop_event(None).is_none() {
        driver.tick(ami_reactor::MAX_WAIT, None).unwrap();
        assert!(began.elapsed() < PATIENCE);
    }
    assert!(
        driver.reactor().unwrap().cluster_mut().take_counts().events_unheard >= 2_000,
        "counted since the last tick"
    );
}

#[test]
fn an_action_is_sent_without_a_tick_and_its_answer_ends_a_wait() {
    let simulator = nodes(1, |_, _| {});
    let driver = ready(&simulator, quick());
    let id = first(&driver);
    for n in 1..=50 {
        ping(&driver, id);
        let end = Instant::now() + PATIENCE;
        if n % 2 == 0 {
            watch(&driver, |server| server.pending_actions() == 0);
        }
        while driver.reactor().unwrap().cluster_mut().effects().settled.pop_front().is_none() {
            assert!(Instant::now() < end, "no answer");
            driver.tick(ami_reactor::MAX_WAIT, None).unwrap();
        }
    }
}

#[test]
fn another_loop_is_woken_when_there_is_something_to_tell() {
    let simulator = nodes(1, |_, _| {});
    let driver = ready(&simulator, quick());
    let fd = driver.readiness().unwrap();
    let is_readable = |fd: &OwnedFd, timeout| {
        let (mut poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(1));
        poll.registry().register(&mut SourceFd(&fd.as_raw_fd()), Token(0), Interest::READABLE).unwrap();
        poll.poll(&mut events, Some(timeout)).unwrap();
        !events.is_empty()
    };
    let settle = || {
        let mut count = 0;
        let mut reactor = driver.reactor().unwrap();
        let effects = reactor.cluster_mut().effects();
        count += effects.settled.drain(..).count();
        while effects.log.pop().is_some() {}
        count
    };
    driver.tick(NO_WAIT, None).unwrap();
    settle();
    driver.reactor().unwrap().rest();
    assert!(!is_readable(&fd, NO_WAIT));
    for _ in 0..20 {
        ping(&driver, first(&driver));
        assert!(is_readable(&fd, PATIENCE));
        driver.tick(NO_WAIT, None).unwrap();
        assert!(!is_readable(&fd, NO_WAIT), "a tick takes the readiness");
        assert_eq!(settle(), 1);
        driver.reactor().unwrap().rest();
    }
    ping(&driver, first(&driver));
    watch(&driver, |server| server.pending_actions() == 0);
    driver.tick(NO_WAIT, None).unwrap();
    driver.reactor().unwrap().rest();
    assert!(is_readable(&fd, NO_WAIT), "what a tick leaves behind wakes the loop again");
}

#[test]
fn it_stops_in_no_time_under_a_flood_and_starts_again_when_there_is_something_to_do() {
    let simulator = nodes(10, |_, _| {});
    let driver = ready(&simulator, quick());
    for node in simulator.nodes() {
        node.fault(Fault::Flood(FloodConfig::endless()));
    }
    watch(&driver, |server| server.counters().events_unheard > 1_000);
    let began = Instant::now();
    driver.stop();
    let took = began.elapsed();
    let frames = || driver.reactor().unwrap().cluster().iter().map(|(_, server)| server.counters().frames).sum::<u64>();
    let before = frames();
    assert_eq!(frames(), before, "nobody reads any more");
    println!("stopped within {took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    driver.tick(NO_WAIT, None).unwrap();
    watch(&driver, |server| server.counters().frames > before / 10);
    driver.let_go();
    assert!(matches!(driver.reactor().map(drop), Err(Unavailable::Busy)));
    for node in simulator.nodes() {
        assert!(node.wait_until(PATIENCE, |stats| stats.connections_open == 0), "the sockets are closed");
    }
}

#[test]
fn it_hears_that_it_is_to_stop_whatever_it_is_at() {
    let simulator = nodes(1, |_, _| {});
    let driver = ready(&simulator, quick());
    for round in 0..5_000_u64 {
        ping(&driver, first(&driver));
        common::work(Duration::from_micros(round % 100));
        let began = Instant::now();
        driver.stop();
        assert!(began.elapsed() < Duration::from_secs(5), "round {round}: {:?}", began.elapsed());
        driver.reactor().unwrap().cluster_mut().effects().settled.clear();
    }
}

#[test]
fn there_is_no_thread_before_there_is_something_to_do() {
    let simulator = nodes(1, |_, _| {});
    let options = Arc::new(background(quick()));
    let driver = Driver::new(Reactor::new(options).unwrap()).unwrap();
    driver.tick(NO_WAIT, None).unwrap();
    assert!(format!("{driver:?}").contains("thread: RefCell { value: None }"));
    drop(simulator);
}

#[test]
fn the_time_goes_on_from_what_the_application_says() {
    let simulator = nodes(1, |_, _| {});
    let driver = driver(&simulator, quick());
    driver.reactor().unwrap().set_wall(Some(UnixMicros(1_000_000_000)));
    let now = || driver.reactor().unwrap().now().wall.0;
    assert!((1_000_000_000..1_000_000_000 + 60_000_000).contains(&now()), "{}", now());
    let before = now();
    while now() == before {}
    driver.reactor().unwrap().set_wall(None);
    assert!(now() > 1_700_000_000_000_000, "the system's again");
}

/// How long the application waits for its turns while many servers flood. Figures are printed; the bound is for a machine
/// that does much else.
#[test]
fn the_application_does_not_wait_for_the_floods_of_many_servers() {
    let simulator = nodes(50, |_, _| {});
    let driver = ready(&simulator, ClientOptions { event_queue_capacity: 1_000, ..quick() });
    listen(&driver, "UserEvent");
    for node in simulator.nodes() {
        node.fault(Fault::Flood(FloodConfig::endless()));
    }
    watch(&driver, |server| server.drops().total() > 0);
    let frames = || driver.reactor().unwrap().cluster().iter().map(|(_, server)| server.counters().frames).sum::<u64>();
    let (before, began) = (frames(), Instant::now());
    let mut waits: Vec<Duration> = (0..5_000)
        .map(|_| {
            let asked = Instant::now();
            let mut reactor = driver.reactor().unwrap();
            let waited = asked.elapsed();
            for _ in 0..64 {
                reactor.cluster_mut().pop_event(None);
            }
            drop(reactor);
            common::work(Duration::from_micros(100));
            waited
        })
        .collect();
    let read = frames() - before;
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() * share / 1_000).min(waits.len() - 1)];
    let rate = u128::from(read) * 1_000 / began.elapsed().as_millis();
    println!(
        "a turn: p50 {:?}, p99 {:?}, p99.9 {:?}, max {:?}; {rate} frames/s read",
        at(500),
        at(990),
        at(999),
        at(1_000)
    );
    assert!(at(990) < Duration::from_millis(20), "{:?}", at(990));
    assert!(read > 10_000, "and the thread goes on: {read}");
}
