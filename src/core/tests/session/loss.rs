//! A session that is lost with things under way.

use crate::support::{SECOND, Session, Socket, action};
use ami_core::correlation::{Completion, Failure, LossReason};
use ami_core::health::ConnectionState;

#[test]
fn each_pending_action_fails_exactly_once_the_oldest_first() {
    let mut session = Session::ready();
    let asked: Vec<u64> = (0..50).map(|_| session.ask(&action("CoreStatus")).0).collect();
    session.received();
    session.end();
    let failure = Some(Failure::ConnectionLost(LossReason::EndOfFile));
    assert_eq!(session.outcomes(), asked.iter().map(|&sequence| (sequence, failure.clone())).collect::<Vec<_>>());
    session.pass(120 * SECOND);
    assert_eq!(session.outcomes(), []);
    assert_eq!((session.counters().actions_failed(), session.connection().pending_actions()), (50, 0));
}

#[test]
fn an_action_that_was_not_wholly_written_is_known_not_to_have_been_sent() {
    let mut session = Session::ready();
    let asked: Vec<u64> = (0..3).map(|_| session.ask(&action("CoreStatus")).0).collect();
    let (id, now) = (session.id, session.now);
    let all = session.connection().unwritten_len();
    // The first is out, of the second all but a byte, of the third nothing.
    session.cluster.handle_written(id, all / 3 * 2 - 1, now);
    session.end();
    let end = LossReason::EndOfFile;
    let expected = [
        (asked[0], Some(Failure::ConnectionLost(end.clone()))),
        (asked[1], Some(Failure::NotSent(end.clone()))),
        (asked[2], Some(Failure::NotSent(end))),
    ];
    assert_eq!(session.outcomes(), expected);
    session.come_back();
    assert_eq!(session.received().len(), 0, "and nothing is sent again");
    let (later, _) = session.ask(&action("CoreStatus"));
    session.received();
    session.end();
    assert_eq!(session.outcomes(), [(later, Some(Failure::ConnectionLost(LossReason::EndOfFile)))]);
}

#[test]
fn no_byte_that_was_queued_before_reaches_the_next_session() {
    let mut session = Session::ready();
    for _ in 0..10 {
        session.ask(&action("Originate"));
    }
    // Half of it is on its way when the socket breaks.
    let (id, now) = (session.id, session.now);
    let half = session.connection().unwritten_len() / 2;
    session.cluster.handle_written(id, half, now);
    session.fail("Connection reset by peer (os error 104)");
    assert_eq!(session.connection().unwritten_len(), 0);
    session.come_back();
    assert_eq!(session.received().len(), 0, "the login was the only thing");
    session.pass(SECOND);
    assert_eq!(session.connection().unwritten_len(), 0);
}

#[test]
fn what_arrived_before_the_end_is_still_handled() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (sequence, line) = session.ask(&action("Ping"));
    let (id, now) = (session.id, session.now);
    let answer = crate::support::frame(&["Response: Success", &line, "Ping: Pong"]);
    let bytes = [answer, b"Event: Hangup\r\n\r\nEvent: Newch".to_vec()].concat();
    // Read, but not parsed: the tick had no frames left.
    session.cluster.read_buffer(id)[..bytes.len()].copy_from_slice(&bytes);
    session.cluster.handle_read(id, bytes.len(), 0, now);
    session.end();
    assert_eq!(session.outcomes(), [(sequence, None)]);
    assert_eq!(session.events(), ["Hangup"]);
    assert_eq!(session.counters().frames_cut, 1);
}

#[test]
fn a_cut_frame_does_not_flow_into_the_next_session() {
    let mut session = Session::ready();
    session.feed(b"Event: Hangup\r\nChannel: PJ");
    session.end();
    session.come_back();
    session.subscribe(None);
    session.event("Newchannel");
    assert_eq!(session.events(), ["Newchannel"]);
}

#[test]
fn events_that_wait_survive_the_session_that_brought_them() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.event("Hangup");
    session.end();
    assert_eq!(session.events(), ["Hangup"]);
}

#[test]
fn a_lost_session_comes_back_by_itself_and_says_so() {
    let mut session = Session::ready();
    session.end();
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Reconnecting, Socket::None));
    assert_eq!(session.records_of("connection lost").len(), 1);
    session.come_back();
    assert_eq!((session.counters().sessions, session.records_of("ready").len()), (2, 2));
}

#[test]
fn nothing_can_be_sent_while_it_reconnects() {
    let mut session = Session::ready();
    session.end();
    let refused = session.send(&action("Ping"), Completion::by_answer(SECOND));
    assert_eq!(refused, Err(ami_core::connection::SendError::NotReady(ConnectionState::Reconnecting)));
}

#[test]
fn an_action_that_a_listener_would_send_again_gets_a_new_id() {
    let mut session = Session::ready();
    let (first, _) = session.ask(&action("Originate"));
    session.end();
    session.come_back();
    let (second, _) = session.ask(&action("Originate"));
    assert!(second > first);
    assert_eq!(session.received().len(), 1);
}
