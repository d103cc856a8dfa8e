//! When a session that logged in is ready.

use crate::support::{BANNER, MILLISECOND, SECOND, Session};
use ami_core::config::ClientOptions;
use ami_core::health::ConnectionState;
use ami_core::log::Level;

/// A session whose login was accepted.
fn accepted(events: &str) -> Session {
    let mut session = Session::opened(&[("events", events)], ClientOptions::default());
    session.accept();
    session.feed(BANNER);
    let login = session.received_one();
    session.frame(&["Response: Success", &login.action_id_line(), "Message: Authentication accepted"]);
    session
}

#[test]
fn with_events_on_fully_booted_is_waited_for() {
    let mut session = accepted("on");
    assert_eq!(session.state(), ConnectionState::Authenticating);
    session.event("FullyBooted");
    assert_eq!((session.state(), session.counters().sessions), (ConnectionState::Ready, 1));
}

#[test]
fn listeners_hear_fully_booted_and_what_follows_but_nothing_from_before() {
    let mut session = accepted("on");
    session.subscribe(None);
    session.event("Newchannel");
    session.event("FullyBooted");
    session.event("Hangup");
    assert_eq!(session.events(), ["FullyBooted", "Hangup"]);
    assert_eq!(session.counters().events_before_ready, 1);
}

#[test]
fn a_server_that_never_says_fully_booted_is_used_after_five_seconds_and_that_is_told() {
    let mut session = accepted("on");
    session.pass_just_short_of(5 * SECOND);
    assert_eq!(session.state(), ConnectionState::Authenticating);
    session.pass(MILLISECOND);
    assert_eq!(session.state(), ConnectionState::Ready);
    assert!(
        session
            .records
            .iter()
            .any(|record| record.level() == Level::Notice && record.message().contains("FullyBooted"))
    );
}

#[test]
fn a_late_fully_booted_changes_nothing() {
    let mut session = accepted("on");
    session.pass(5 * SECOND);
    session.event("FullyBooted");
    assert_eq!((session.state(), session.counters().sessions), (ConnectionState::Ready, 1));
}

#[test]
fn with_events_off_the_accepted_login_is_enough() {
    assert_eq!(accepted("off").state(), ConnectionState::Ready);
}

#[test]
fn without_the_class_system_fully_booted_is_not_waited_for() {
    assert_eq!(accepted("call,user").state(), ConnectionState::Ready);
    assert_eq!(accepted("call,system").state(), ConnectionState::Authenticating);
}

#[test]
fn the_shutdown_event_of_a_server_reaches_listeners_and_the_log() {
    let mut session = accepted("off");
    session.subscribe(Some("Shutdown"));
    session.frame(&["Event: Shutdown", "Privilege: system,all", "Shutdown: Cleanly", "Restart: True"]);
    assert_eq!(session.events(), ["Shutdown"]);
    let record = session.records_of("the server is shutting down")[0];
    assert_eq!(crate::support::field(record, "restart"), Some(&"true".into()));
}
