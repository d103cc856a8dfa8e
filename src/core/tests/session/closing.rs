//! Saying goodbye.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, Socket, action};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::{Completion, Failure, LossReason};
use ami_core::health::ConnectionState;

#[test]
fn close_sends_a_logoff_behind_what_is_queued_and_ends_with_the_goodbye() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Hangup"));
    session.close();
    assert_eq!(session.state(), ConnectionState::Closing);
    let received = session.received();
    assert_eq!(received.iter().map(super::support::Received::name).collect::<Vec<_>>(), ["Hangup", "Logoff"]);
    session.frame(&["Response: Success", &line, "Message: Channel Hungup"]);
    assert_eq!(session.outcomes(), [(sequence, None)], "an answer before the goodbye still counts");
    session.frame(&["Response: Goodbye", &received[1].action_id_line(), "Message: Thanks for all the fish."]);
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Disconnected, Socket::None));
    assert_eq!(session.cluster.next_deadline(), None, "and it stays so");
}

#[test]
fn events_that_come_before_the_goodbye_are_heard() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.close();
    session.event("Hangup");
    assert_eq!(session.events(), ["Hangup"]);
}

#[test]
fn nothing_more_can_be_sent() {
    let mut session = Session::ready();
    session.close();
    let refused = session.send(&action("Ping"), Completion::by_answer(SECOND));
    assert_eq!(refused, Err(SendError::NotReady(ConnectionState::Closing)));
}

#[test]
fn a_server_that_does_not_say_goodbye_has_two_seconds() {
    let mut session = Session::ready();
    let (sequence, _) = session.ask(&action("Ping"));
    session.close();
    session.pass_just_short_of(2 * SECOND);
    assert_eq!((session.state(), session.outcomes()), (ConnectionState::Closing, vec![]));
    session.pass(MILLISECOND);
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Disconnected, Socket::None));
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::NotSent(LossReason::Closed)))]);
}

#[test]
fn an_end_of_file_instead_of_the_goodbye_is_no_loss() {
    let mut session = Session::ready();
    session.close();
    session.end();
    assert_eq!((session.state(), session.counters().losses), (ConnectionState::Disconnected, 0));
    session.pass(60 * SECOND);
    assert_eq!(session.connects.len(), 1);
}

#[test]
fn a_session_that_is_not_yet_ready_is_closed_at_once() {
    for steps in 0..4 {
        let mut session = Session::opened(&[], ClientOptions::default());
        if steps >= 1 {
            session.accept();
        }
        if steps >= 2 {
            session.feed(BANNER);
        }
        if steps >= 3 {
            session.fail("broken");
        }
        session.close();
        assert_eq!(
            (session.state(), session.socket(session.id)),
            (ConnectionState::Disconnected, Socket::None),
            "{steps}"
        );
        session.pass(60 * SECOND);
        assert_eq!((session.connects.len(), session.cluster.next_deadline()), (1, None), "{steps}");
    }
}

#[test]
fn terminate_ends_at_once_and_writes_nothing() {
    let mut session = Session::ready();
    let (sequence, _) = session.ask(&action("Ping"));
    session.terminate();
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Disconnected, Socket::None));
    assert_eq!(session.connection().unwritten_len(), 0);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::NotSent(LossReason::Closed)))]);
    session.terminate();
    assert_eq!(session.records_of("closed").len(), 1);
}

#[test]
fn close_with_a_full_write_buffer_ends_at_once() {
    let mut session = Session::ready_with(ClientOptions { write_buffer_limit: 128 * 1024, ..ClientOptions::default() });
    let large = action("UserEvent").with_header("Text", "x".repeat(1_000)).unwrap();
    while session.send(&large, Completion::by_answer(SECOND)).is_ok() {}
    while session.send(&action("Ping"), Completion::by_answer(SECOND)).is_ok() {}
    session.close();
    assert_eq!((session.state(), session.connection().pending_actions()), (ConnectionState::Disconnected, 0));
}

#[test]
fn it_can_be_opened_again() {
    let mut session = Session::ready();
    session.close();
    session.pass(2 * SECOND);
    session.open();
    let id = session.id;
    session.log_in(id);
    assert_eq!(session.counters().sessions, 2);
}

#[test]
fn open_during_the_goodbye_opens_again_once_that_is_said() {
    let mut session = Session::ready();
    session.close();
    session.open();
    assert_eq!(session.state(), ConnectionState::Closing, "the old session ends first");
    let logoff = session.received_one();
    session.frame(&["Response: Goodbye", &logoff.action_id_line(), "Message: Thanks for all the fish."]);
    assert_eq!(session.state(), ConnectionState::Connecting);
}

#[test]
fn close_takes_back_an_open_during_the_goodbye() {
    let mut session = Session::ready();
    session.close();
    session.open();
    session.close();
    session.end();
    assert_eq!(session.state(), ConnectionState::Disconnected);
}
