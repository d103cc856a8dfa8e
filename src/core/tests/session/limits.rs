//! Timeouts, cancelling, and how much may wait.

use crate::support::{MILLISECOND, SECOND, Session, action};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::{Completion, Failure};
use ami_core::log::LogValue;

fn within(seconds: u32) -> Completion {
    Completion::by_answer(seconds * SECOND)
}

#[test]
fn an_action_without_an_answer_times_out_and_is_told_by_its_id() {
    let mut session = Session::ready();
    let sequence = session.send(&action("Ping"), within(5)).unwrap();
    session.pass_just_short_of(5 * SECOND);
    assert_eq!(session.outcomes(), []);
    session.pass(MILLISECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(5 * SECOND)))]);
    let id = session.connection().action_id(sequence);
    let record = session.records_of("action timed out")[0];
    assert_eq!(record.action_id.as_deref(), Some(&*id));
    assert_eq!(crate::support::field(record, "waited_ms"), Some(&LogValue::Int(5_000)));
}

#[test]
fn an_answer_after_the_timeout_is_counted_and_ignored() {
    let mut session = Session::ready();
    let (_, line) = session.ask(&action("Ping"));
    session.pass(30 * SECOND);
    assert_eq!(session.outcomes().len(), 1);
    session.frame(&["Response: Success", &line, "Ping: Pong"]);
    assert_eq!((session.outcomes(), session.counters().responses_unmatched), (vec![], 1));
}

#[test]
fn actions_expire_in_the_order_of_their_deadlines() {
    let mut session = Session::ready();
    let sequences: Vec<_> = [7, 3, 5].map(|seconds| session.send(&action("Ping"), within(seconds)).unwrap()).into();
    session.pass(10 * SECOND);
    let order: Vec<_> = session.outcomes().into_iter().map(|(sequence, _)| sequence).collect();
    assert_eq!(order, [sequences[1], sequences[2], sequences[0]]);
}

#[test]
fn a_cancelled_action_ends_once_and_its_answer_is_ignored() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Ping"));
    assert!(session.cancel(sequence));
    assert!(!session.cancel(sequence));
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Cancelled))]);
    session.frame(&["Response: Success", &line, "Ping: Pong"]);
    session.pass(60 * SECOND);
    assert_eq!(session.outcomes(), []);
}

#[test]
fn more_than_max_pending_actions_are_refused_until_one_ends() {
    let mut session = Session::ready_with(ClientOptions { max_pending_actions: 3, ..ClientOptions::default() });
    let (_, line) = session.ask(&action("Ping"));
    session.send(&action("Ping"), within(5)).unwrap();
    session.send(&action("Ping"), within(5)).unwrap();
    let written = session.connection().unwritten_len();
    assert_eq!(session.send(&action("Ping"), within(5)), Err(SendError::TooManyPending { limit: 3 }));
    assert_eq!((session.connection().unwritten_len(), session.connection().pending_actions()), (written, 3));
    session.frame(&["Response: Success", &line, "Ping: Pong"]);
    assert!(session.send(&action("Ping"), within(5)).is_ok());
}

#[test]
fn what_does_not_fit_into_the_write_buffer_leaves_nothing_pending() {
    let limit = 128 * 1024;
    let mut session = Session::ready_with(ClientOptions { write_buffer_limit: limit, ..ClientOptions::default() });
    let large = action("UserEvent").with_header("Text", "x".repeat(1_000)).unwrap();
    let mut sent = 0;
    let error = loop {
        match session.send(&large, within(5)) {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    let waiting = session.connection().unwritten_len();
    assert_eq!(error, SendError::WriteBufferFull { waiting, limit });
    assert!(waiting <= limit && limit - waiting < 1_200);
    assert_eq!(session.connection().pending_actions(), sent);
    assert_eq!((session.counters().actions_sent, session.counters().actions_refused), (sent as u64, 1));
    let received = session.received();
    assert_eq!(received.len(), sent, "whole actions and no part of the refused one");
    assert!(session.send(&large, within(5)).is_ok(), "room again");
}

#[test]
fn an_action_that_asterisk_would_misread_is_refused_whole() {
    let mut session = Session::ready();
    let long = action("Ping").with_header("Key", "x".repeat(2_000));
    let refused = match long {
        Err(error) => SendError::from(error),
        Ok(action) => session.send(&action, within(5)).unwrap_err(),
    };
    assert!(matches!(refused, SendError::Action(_)), "{refused:?}");
    assert_eq!((session.received().len(), session.connection().pending_actions()), (0, 0));
}
