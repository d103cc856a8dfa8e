//! Connecting: timeouts, backoff, giving up, and the budgets over all servers.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, Socket, World};
use ami_core::config::ClientOptions;
use ami_core::correlation::LossReason;
use ami_core::health::{CircuitState, ConnectionState};
use std::collections::HashSet;
use std::time::Duration;

const REFUSED: &str = "Connection refused (os error 111)";

/// A breaker that stays out of the way.
fn no_breaker() -> ClientOptions {
    ClientOptions { circuit_failure_threshold: 1_000, ..ClientOptions::default() }
}

#[test]
fn an_attempt_that_the_network_does_not_answer_ends_after_the_connect_timeout() {
    let mut session = Session::opened(&[], ClientOptions::default());
    session.pass_just_short_of(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Connecting);
    session.pass(MILLISECOND);
    assert_eq!((session.loss(), session.socket(session.id)), (Some(&LossReason::ConnectTimeout), Socket::None));
}

#[test]
fn a_refused_connection_says_what_the_system_said() {
    let mut session = Session::opened(&[], ClientOptions::default());
    session.fail(REFUSED);
    assert_eq!(session.loss(), Some(&LossReason::Io(REFUSED.into())));
    let record = session.records_of("connecting failed")[0];
    for name in ["host", "port", "attempt", "backoff", "next_retry_at"] {
        assert!(crate::support::field(record, name).is_some(), "{name} in {record:?}");
    }
}

#[test]
fn the_wait_between_attempts_doubles_with_jitter_up_to_thirty_seconds() {
    let mut session = Session::opened(&[], no_breaker());
    for attempt in 0..12 {
        session.fail(REFUSED);
        let full = Duration::from_millis(100 << attempt).min(30 * SECOND);
        let wait = session.connection().retry_in(session.now.instant).unwrap();
        let least = (full / 2).max(100 * MILLISECOND);
        let most = full.max(150 * MILLISECOND);
        assert!((least..=most).contains(&wait), "attempt {attempt}: {wait:?} of {full:?}");
        assert_eq!(session.pass_to_deadline(), wait);
        assert_eq!(session.connects.len(), attempt + 2);
    }
}

#[test]
fn servers_that_fail_together_do_not_come_back_together() {
    for backoff_min_ms in [4 * SECOND, ClientOptions::default().backoff_min_ms] {
        let mut world = World::new(ClientOptions { backoff_min_ms, ..no_breaker() });
        let ids: Vec<_> = (0..20).map(|n| world.add(&format!("pbx{n}"), &[])).collect();
        let waits: HashSet<Duration> = ids
            .into_iter()
            .map(|id| {
                world.open(id);
                world.end(id, Some(REFUSED));
                world.connection(id).retry_in(world.now.instant).unwrap()
            })
            .collect();
        assert!(waits.len() > 15, "{waits:?}");
    }
}

#[test]
fn a_session_of_ten_seconds_starts_the_backoff_again() {
    let mut session = Session::opened(&[], no_breaker());
    for _ in 0..8 {
        session.fail(REFUSED);
        session.pass_to_deadline();
    }
    let id = session.id;
    session.log_in(id);
    assert_eq!(session.connection().failed_attempts(), 0);
    session.pass(10 * SECOND);
    session.end();
    let wait = session.connection().retry_in(session.now.instant).unwrap();
    assert!((100 * MILLISECOND..=150 * MILLISECOND).contains(&wait), "{wait:?}");
}

#[test]
fn a_server_that_lets_us_in_and_throws_us_out_is_asked_less_and_less_often() {
    let mut session = Session::opened(&[], no_breaker());
    let id = session.id;
    let waits: Vec<Duration> = (0..8)
        .map(|_| {
            session.log_in(id);
            session.pass(SECOND);
            session.end();
            session.pass_to_deadline()
        })
        .collect();
    assert!(waits[7] > 5 * SECOND, "{waits:?}");
}

#[test]
fn five_failures_in_a_row_open_the_breaker() {
    let mut session = Session::opened(&[], ClientOptions::default());
    for _ in 0..4 {
        session.fail(REFUSED);
        session.pass_to_deadline();
    }
    assert_eq!(session.circuit(), CircuitState::Closed);
    session.fail(REFUSED);
    assert_eq!(
        (session.circuit(), session.connection().retry_in(session.now.instant)),
        (CircuitState::Open, Some(30 * SECOND))
    );
    assert_eq!(session.records_of("circuit changed").len(), 1);
}

#[test]
fn as_many_reconnects_as_allowed_are_tried_and_then_none() {
    let mut session = Session::opened(&[], ClientOptions { max_reconnect_attempts: 3, ..no_breaker() });
    for _ in 0..3 {
        session.fail(REFUSED);
        assert_eq!(session.state(), ConnectionState::Reconnecting);
        session.pass_to_deadline();
    }
    session.fail(REFUSED);
    assert_eq!(session.state(), ConnectionState::Fatal);
    assert_eq!(session.cluster.next_deadline(), None);
    session.pass(3_600 * SECOND);
    assert_eq!((session.connects.len(), session.records_of("given up").len()), (4, 1));
}

#[test]
fn open_starts_again_after_fatal() {
    let mut session = Session::opened(&[], ClientOptions { max_reconnect_attempts: 1, ..no_breaker() });
    session.fail(REFUSED);
    session.pass_to_deadline();
    session.fail(REFUSED);
    assert_eq!(session.state(), ConnectionState::Fatal);
    session.pass(SECOND);
    session.open();
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Connecting, Socket::Asked));
    session.fail(REFUSED);
    assert_eq!(session.state(), ConnectionState::Reconnecting, "the count starts again too");
}

#[test]
fn open_cuts_the_wait_short() {
    let mut session = Session::opened(&[], ClientOptions { backoff_min_ms: 20 * SECOND, ..no_breaker() });
    session.fail(REFUSED);
    session.pass(SECOND);
    session.open();
    assert_eq!(session.connects.len(), 2);
}

#[test]
fn however_often_it_is_opened_attempts_are_a_tenth_of_a_second_apart() {
    for max_reconnect_attempts in [0, 1] {
        let mut session = Session::opened(&[], ClientOptions { max_reconnect_attempts, ..no_breaker() });
        for round in 0..500 {
            if session.socket(session.id) == Socket::Asked {
                session.fail(REFUSED);
            }
            if round % 7 == 0 {
                session.close();
            }
            session.open();
            session.pass(3 * MILLISECOND);
        }
        let apart = session.connects.windows(2).map(|pair| pair[1].1.since(pair[0].1)).min().unwrap();
        assert!(apart >= 100 * MILLISECOND, "{apart:?}");
        assert!(session.connects.len() > 10);
    }
}

#[test]
fn open_does_nothing_while_a_session_stands() {
    let mut session = Session::ready();
    session.open();
    assert_eq!((session.state(), session.connects.len()), (ConnectionState::Ready, 1));
}

#[test]
fn a_tick_begins_at_most_five_attempts_and_every_server_gets_its_turn() {
    let mut world = World::new(ClientOptions { max_connecting: 10_000, ..ClientOptions::default() });
    let ids: Vec<_> = (0..200).map(|n| world.add(&format!("pbx{n}"), &[])).collect();
    for id in &ids {
        world.cluster.open(*id, world.now);
    }
    for tick in 1..=40 {
        assert!(world.cluster.has_attempts_to_begin());
        world.tick();
        assert_eq!(world.connects.len(), tick * 5);
    }
    assert!(!world.cluster.has_attempts_to_begin());
    let order: Vec<_> = world.connects.iter().map(|(id, _)| *id).collect();
    assert_eq!(order, ids, "in the order in which they were opened");
}

#[test]
fn at_most_forty_logins_are_under_way_over_two_hundred_servers() {
    let mut world = World::new(ClientOptions::default());
    let ids: Vec<_> = (0..200).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for id in &ids {
        world.cluster.open(*id, world.now);
    }
    for _ in 0..50 {
        world.tick();
    }
    assert_eq!(world.connects.len(), 40);
    assert!(!world.cluster.has_attempts_to_begin(), "and nobody spins for the others");
    // A socket that stands, a banner and a failure change nothing; an end or a session makes room for one.
    world.accept(ids[0]);
    world.feed(ids[0], BANNER);
    world.tick();
    assert_eq!(world.connects.len(), 40);
    world.end(ids[0], None);
    world.tick();
    assert_eq!(world.connects.len(), 41);
    world.log_in(ids[1]);
    world.tick();
    assert_eq!(world.connects.len(), 42);
    for id in &ids[2..] {
        while world.socket(*id) == Socket::None {
            world.tick();
        }
        world.log_in(*id);
    }
    assert!(ids[1..].iter().all(|id| world.connection(*id).state() == ConnectionState::Ready));
}

#[test]
fn servers_that_were_closed_while_they_waited_use_up_no_budget() {
    let mut world = World::new(ClientOptions { max_connecting: 10_000, ..ClientOptions::default() });
    let ids: Vec<_> = (0..20).map(|n| world.add(&format!("pbx{n}"), &[])).collect();
    for id in &ids {
        world.cluster.open(*id, world.now);
    }
    for id in &ids[..10] {
        world.cluster.close(*id, world.now);
    }
    world.tick();
    let begun: Vec<_> = world.connects.iter().map(|(id, _)| *id).collect();
    assert_eq!(begun, &ids[10..15]);
}

#[test]
fn the_budget_of_attempts_is_for_a_whole_tick_however_often_it_is_drawn_on() {
    let mut world = World::new(ClientOptions::default());
    let ids: Vec<_> = (0..30).map(|number| world.add(&format!("pbx{number}"), &[])).collect();
    for id in ids {
        world.cluster.open(id, world.now);
    }
    world.cluster.begin_tick();
    world.cluster.begin_attempts(world.now);
    world.cluster.begin_attempts(world.now);
    assert_eq!(world.cluster.take_counts().connect_attempts, 5);
    world.cluster.begin_tick();
    world.cluster.begin_attempts(world.now);
    assert_eq!(world.cluster.take_counts().connect_attempts, 5);
}
