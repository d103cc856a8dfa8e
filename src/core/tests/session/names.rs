//! Hosts that are names: looked up by the driver, which may take any time for it.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, Socket, World, field, frame};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::correlation::LossReason;
use ami_core::health::ConnectionState;
use ami_core::log::LogValue;

const REFUSED: &str = "Connection refused (os error 111)";
const UNKNOWN: &str = "Name or service not known";

fn named(options: ClientOptions) -> Session {
    let options = ClientOptions { circuit_failure_threshold: 1_000, ..options };
    Session::opened(&[("host", "pbx.example"), ("port", "15038")], options)
}

fn opened() -> Session {
    named(ClientOptions::default())
}

fn resolve(session: &mut Session, addresses: &[&str]) {
    let id = session.id;
    session.resolve(id, addresses);
}

fn fail_lookup(session: &mut Session, words: &str) {
    let id = session.id;
    session.fail_lookup(id, words);
}

/// Lets time pass until the name is looked up again.
fn pass_to_lookup(session: &mut Session) {
    let before = session.lookups.len();
    while session.lookups.len() == before {
        session.pass_to_deadline();
    }
}

fn goes_to(session: &Session) -> String {
    assert_eq!(session.socket(session.id), Socket::Asked);
    session.connection().address().unwrap().to_string()
}

#[test]
fn a_name_is_looked_up_and_then_connected_to_at_the_port_of_the_server() {
    let mut session = opened();
    let id = session.id;
    assert_eq!((session.state(), session.socket(id)), (ConnectionState::Connecting, Socket::None));
    assert_eq!(session.lookups, [id]);
    session.pass(3 * SECOND);
    resolve(&mut session, &["192.0.2.9"]);
    assert_eq!(goes_to(&session), "192.0.2.9:15038");
    session.log_in(id);
    assert_eq!((session.counters().lookups, session.counters().lookups_failed), (1, 0));
}

#[test]
fn an_address_is_never_looked_up() {
    let mut session =
        Session::opened(&[], ClientOptions { circuit_failure_threshold: 1_000, ..ClientOptions::default() });
    for _ in 0..5 {
        session.fail(REFUSED);
        session.pass_to_deadline();
    }
    assert!(session.lookups.is_empty());
    assert_eq!((session.connects.len(), session.counters().lookups), (6, 0));
}

#[test]
fn the_time_of_the_lookup_is_not_taken_from_the_connection() {
    let mut session = opened();
    session.pass(9 * SECOND);
    resolve(&mut session, &["192.0.2.9"]);
    session.pass_just_short_of(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Connecting);
    session.pass(MILLISECOND);
    assert_eq!(session.loss(), Some(&LossReason::ConnectTimeout));
}

#[test]
fn a_name_that_is_not_known_is_a_failed_attempt_in_the_words_of_the_resolver() {
    let mut session = opened();
    fail_lookup(&mut session, UNKNOWN);
    assert_eq!(
        (session.state(), session.loss()),
        (ConnectionState::Reconnecting, Some(&LossReason::Unresolved(UNKNOWN.into())))
    );
    let record = session.records_of("connecting failed")[0];
    assert_eq!(field(record, "reason"), Some(&LogValue::from("unresolved")));
    let words = format!("the host name could not be resolved: {UNKNOWN}");
    assert_eq!(field(record, "error"), Some(&LogValue::from(words)));
    for name in ["host", "port", "attempt", "backoff", "next_retry_at"] {
        assert!(field(record, name).is_some(), "{name} in {record:?}");
    }
    assert_eq!(session.counters().lookups_failed, 1);
    pass_to_lookup(&mut session);
    resolve(&mut session, &["192.0.2.9"]);
    assert_eq!(goes_to(&session), "192.0.2.9:15038");
}

#[test]
fn a_name_without_an_address_is_a_failed_attempt() {
    let mut session = opened();
    resolve(&mut session, &[]);
    assert!(matches!(session.loss(), Some(LossReason::Unresolved(words)) if words.contains("no address")));
}

#[test]
fn a_lookup_without_an_end_is_given_up_after_the_connect_timeout() {
    let mut session = opened();
    session.pass_just_short_of(10 * SECOND);
    assert_eq!((session.state(), session.loss()), (ConnectionState::Connecting, None));
    session.pass(MILLISECOND);
    assert!(matches!(session.loss(), Some(LossReason::Unresolved(words)) if words.contains("within 10000 ms")));
    assert_eq!(session.state(), ConnectionState::Reconnecting);
}

#[test]
fn an_answer_that_comes_too_late_serves_the_next_attempt_if_that_has_none() {
    let mut session = opened();
    session.pass(10 * SECOND);
    resolve(&mut session, &["192.0.2.9"]);
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Reconnecting, Socket::None));
    // An answer after the failure is as new as one can be.
    session.pass_to_deadline();
    assert_eq!(goes_to(&session), "192.0.2.9:15038");
}

#[test]
fn after_each_failure_the_name_is_looked_up_again() {
    let mut session = opened();
    for round in 1..=4 {
        assert_eq!(session.lookups.len(), round);
        let address = format!("192.0.2.{round}");
        resolve(&mut session, &[&address]);
        assert_eq!(goes_to(&session), format!("{address}:15038"));
        assert_eq!(session.connects.len(), round, "none without a lookup");
        session.fail(REFUSED);
        pass_to_lookup(&mut session);
    }
}

#[test]
fn without_a_failure_an_answer_is_used_for_a_minute() {
    let mut session = opened();
    let id = session.id;
    resolve(&mut session, &["192.0.2.9"]);
    session.log_in(id);
    for (after, lookups) in [(SECOND, 1), (58 * SECOND, 1), (SECOND, 2)] {
        session.terminate();
        session.pass(after);
        session.open();
        if session.lookups.len() == 2 {
            resolve(&mut session, &["192.0.2.9"]);
        }
        assert_eq!(session.lookups.len(), lookups, "{after:?}");
        session.log_in(id);
    }
}

#[test]
fn every_address_has_its_turn_and_the_families_alternate() {
    let mut session = opened();
    let found = ["2001:db8::1", "2001:db8::2", "192.0.2.1"];
    let mut tried = Vec::new();
    for _ in 0..4 {
        resolve(&mut session, &found);
        tried.push(goes_to(&session));
        session.fail(REFUSED);
        pass_to_lookup(&mut session);
    }
    let each = ["[2001:db8::1]:15038", "192.0.2.1:15038", "[2001:db8::2]:15038", "[2001:db8::1]:15038"];
    assert_eq!(tried, each);
    let record = session.records_of("connecting failed")[1];
    assert_eq!(field(record, "address"), Some(&LogValue::from("192.0.2.1")));
}

#[test]
fn an_address_that_carried_a_session_is_the_first_to_be_tried_again() {
    let mut session = opened();
    let (id, found) = (session.id, ["2001:db8::1", "192.0.2.1"]);
    resolve(&mut session, &found);
    session.fail(REFUSED);
    pass_to_lookup(&mut session);
    resolve(&mut session, &found);
    session.log_in(id);
    session.end();
    pass_to_lookup(&mut session);
    resolve(&mut session, &found);
    assert_eq!(goes_to(&session), "192.0.2.1:15038");
    session.fail(REFUSED);
    pass_to_lookup(&mut session);
    resolve(&mut session, &found);
    assert_eq!(goes_to(&session), "[2001:db8::1]:15038");
}

#[test]
fn where_dns_has_died_the_addresses_that_it_gave_before_are_used() {
    let mut session = opened();
    let id = session.id;
    resolve(&mut session, &["192.0.2.9"]);
    session.log_in(id);
    session.end();
    pass_to_lookup(&mut session);
    fail_lookup(&mut session, UNKNOWN);
    assert_eq!(goes_to(&session), "192.0.2.9:15038");
    session.log_in(id);
    session.end();
    pass_to_lookup(&mut session);
    // A lookup that hangs costs two seconds, not the whole connect_timeout.
    session.pass_just_short_of(2 * SECOND);
    assert_eq!(session.socket(id), Socket::None);
    session.pass(MILLISECOND);
    assert_eq!(goes_to(&session), "192.0.2.9:15038");
    let records = session.records_of("the host name could not be resolved; what was found before is used");
    assert_eq!((records.len(), session.counters().lookups_failed), (2, 2));
}

#[test]
fn closing_ends_the_wait_for_a_name_at_once_and_its_answer_opens_nothing() {
    let ways: [fn(&mut Session); 2] = [Session::close, Session::terminate];
    for end in ways {
        let mut session = opened();
        end(&mut session);
        assert_eq!((session.state(), session.cluster.next_deadline()), (ConnectionState::Disconnected, None));
        resolve(&mut session, &["192.0.2.9"]);
        fail_lookup(&mut session, UNKNOWN);
        session.pass(60 * SECOND);
        assert_eq!((session.state(), session.connects.len()), (ConnectionState::Disconnected, 0));
    }
}

#[test]
fn answers_that_nobody_waits_for_disturb_no_session() {
    let mut session = opened();
    let id = session.id;
    resolve(&mut session, &["192.0.2.9"]);
    session.accept();
    session.feed(BANNER);
    for _ in 0..2 {
        fail_lookup(&mut session, UNKNOWN);
        resolve(&mut session, &["192.0.2.10"]);
        resolve(&mut session, &[]);
    }
    let login = session.received_one();
    session.feed(&frame(&["Response: Success", &login.action_id_line()]));
    assert_eq!((session.state(), session.connects.len()), (ConnectionState::Authenticating, 1));
    assert_eq!(session.connection().address().unwrap().to_string(), "192.0.2.9:15038");
    assert_eq!((session.socket(id), session.counters().lookups_failed), (Socket::Open, 0));
}

#[test]
fn however_often_it_is_opened_lookups_are_a_tenth_of_a_second_apart() {
    let mut session = named(ClientOptions { max_reconnect_attempts: 1, ..ClientOptions::default() });
    for round in 0..500 {
        if session.lookups.len() > usize::try_from(session.counters().lookups_failed).unwrap() {
            fail_lookup(&mut session, UNKNOWN);
        }
        if round % 7 == 0 {
            session.close();
        }
        session.open();
        session.pass(3 * MILLISECOND);
    }
    let most = session.elapsed().as_millis() / 100 + 1;
    let lookups = session.lookups.len() as u128;
    assert!((5..=most).contains(&lookups), "{lookups} of {most}");
}

#[test]
fn names_that_are_not_known_lead_to_fatal_too() {
    let mut session = named(ClientOptions { max_reconnect_attempts: 2, ..ClientOptions::default() });
    for _ in 0..2 {
        fail_lookup(&mut session, UNKNOWN);
        pass_to_lookup(&mut session);
    }
    fail_lookup(&mut session, UNKNOWN);
    assert_eq!((session.state(), session.cluster.next_deadline()), (ConnectionState::Fatal, None));
}

#[test]
fn servers_that_wait_for_their_names_keep_no_other_from_connecting() {
    let mut world = World::new(ClientOptions { max_connecting: 2, ..ClientOptions::default() });
    let named: Vec<ServerId> = (0..50).map(|n| world.add(&format!("name{n}"), &[("host", "pbx.example")])).collect();
    let literal: Vec<ServerId> = (0..3).map(|n| world.add(&format!("ip{n}"), &[("auth", "plain")])).collect();
    for id in named.iter().chain(&literal) {
        world.cluster.open(*id, world.now);
    }
    world.tick();
    let begun: Vec<_> = world.connects.iter().map(|(id, _)| *id).collect();
    assert_eq!((world.lookups.len(), begun), (50, literal[..2].to_vec()));
    // With its address a server waits for its turn like any other.
    world.resolve(named[0], &["192.0.2.9"]);
    assert_eq!((world.socket(named[0]), world.connects.len()), (Socket::None, 2));
    world.log_in(literal[0]);
    world.log_in(literal[1]);
    world.tick();
    let begun: Vec<_> = world.connects.iter().map(|(id, _)| *id).collect();
    assert_eq!(begun[2..], [literal[2], named[0]]);
}

#[test]
fn a_lookup_is_forgotten_with_its_server_and_not_before() {
    let mut session = opened();
    let (id, now) = (session.id, session.now);
    pass_to_lookup(&mut session);
    session.cluster.close(id, now);
    session.carry_out();
    session.open();
    assert_eq!(session.forgotten, [], "a late answer still serves the next attempt");
    assert!(session.remove(id));
    assert_eq!(session.forgotten, [id]);
}

#[test]
fn nothing_is_forgotten_of_a_server_that_has_an_address() {
    let mut session = Session::ready();
    let id = session.id;
    session.remove(id);
    session.end();
    assert!(session.cluster.connection(id).is_none());
    assert_eq!(session.forgotten, []);
}

#[test]
fn what_a_resolver_says_is_told_without_its_secrets() {
    let mut session = opened();
    fail_lookup(&mut session, "no answer from https://dns:hunter2@192.0.2.53, token=hunter2");
    let told = format!("{:?} {:?}", session.loss(), session.records);
    assert!(told.contains("https://dns:***@192.0.2.53, token=***") && !told.contains("hunter2"), "{told}");
}
