//! Connections that are cut at a moment unless that is put off.

use crate::support::{MILLISECOND, SECOND, Session, Socket, action};
use ami_core::correlation::{Failure, LossReason};
use ami_core::health::ConnectionState;

/// A ready session that may live for ten seconds.
fn leased() -> Session {
    let mut session = Session::ready();
    lease(&mut session);
    session
}

fn lease(session: &mut Session) {
    let until = session.now.instant + 10 * SECOND;
    session.cluster.set_lease(Some(until));
}

#[test]
fn at_its_end_all_is_cut_at_once_and_what_had_been_read_is_still_told() {
    let mut session = leased();
    session.subscribe(None);
    let (sequence, _) = session.ask(&action("Ping"));
    session.event("Hangup");
    session.pass_just_short_of(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Ready);
    session.pass(MILLISECOND);
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Disconnected, Socket::None));
    assert_eq!(session.events(), ["Hangup"]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::NotSent(LossReason::Closed)))]);
    assert_eq!(session.cluster.next_deadline(), None, "and it stays so");
}

#[test]
fn put_off_in_time_or_taken_back_it_never_ends() {
    let mut session = leased();
    for _ in 0..5 {
        session.pass_just_short_of(10 * SECOND);
        lease(&mut session);
    }
    session.cluster.set_lease(None);
    session.pass(30 * SECOND);
    // It is silent, and so it is lost and connected to again.
    assert_eq!((session.connects.len() > 1, session.counters().losses > 0), (true, true));
    assert_ne!(session.state(), ConnectionState::Disconnected);
}

#[test]
fn nothing_is_opened_before_there_is_another_one() {
    let mut session = leased();
    session.pass(10 * SECOND);
    session.open();
    session.pass(60 * SECOND);
    assert_eq!((session.state(), session.connects.len()), (ConnectionState::Disconnected, 1));
    lease(&mut session);
    session.open();
    assert_eq!(session.connects.len(), 2);
    session.pass(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Disconnected, "an attempt under way is cut as well");
}

#[test]
fn a_removed_server_that_still_says_goodbye_is_cut_too() {
    let mut session = Session::ready();
    let id = session.id;
    let until = session.now.instant + SECOND;
    session.cluster.set_lease(Some(until));
    assert!(session.world().remove(id));
    assert_eq!(session.socket(id), Socket::Open);
    session.pass(SECOND);
    assert_eq!(session.socket(id), Socket::None);
}
