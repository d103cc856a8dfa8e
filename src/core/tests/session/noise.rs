//! What cannot be read: frames over the limit, and blocks that are no frames.

use crate::support::{SECOND, Session, action};
use ami_core::config::ClientOptions;
use ami_core::correlation::{Failure, LossReason};
use ami_core::health::ConnectionState;

const LIMIT: usize = 64 * 1024;

fn small_frames() -> Session {
    Session::ready_with(ClientOptions { max_frame_size: LIMIT, ..ClientOptions::default() })
}

#[test]
fn a_frame_over_the_limit_fails_the_action_that_it_answered_and_the_session_goes_on() {
    let mut session = small_frames();
    session.subscribe(None);
    let (sequence, line) = session.ask(&action("Getvar"));
    let (other, other_line) = session.ask(&action("Ping"));
    session.frame(&["Response: Success", &line, &format!("Value: {}", "x".repeat(LIMIT))]);
    session.event("Hangup");
    session.frame(&["Response: Success", &other_line, "Ping: Pong"]);
    let outcomes = session.outcomes();
    assert!(
        matches!(outcomes[0], (failed, Some(Failure::FrameTooLong(bytes))) if failed == sequence && bytes > LIMIT as u64)
    );
    assert_eq!(outcomes[1], (other, None));
    assert_eq!((session.events(), session.counters().frames_too_long), (vec!["Hangup".to_owned()], 1));
    assert_eq!(session.state(), ConnectionState::Ready);
}

#[test]
fn an_item_over_the_limit_fails_its_list() {
    let mut session = small_frames();
    let (sequence, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: Status", &line, &format!("Variable: {}", "x".repeat(LIMIT))]);
    assert!(matches!(session.outcomes()[..], [(failed, Some(Failure::FrameTooLong(_)))] if failed == sequence));
    session.frame(&["Event: StatusComplete", &line, "EventList: Complete"]);
    assert_eq!(session.outcomes(), []);
}

#[test]
fn an_event_over_the_limit_fails_nobody() {
    let mut session = small_frames();
    session.ask(&action("Ping"));
    session.frame(&["Event: UserEvent", "Privilege: user,all", &"x".repeat(3 * LIMIT)]);
    assert_eq!((session.outcomes(), session.counters().frames_too_long), (vec![], 1));
    assert_eq!(session.records_of("a frame longer than max_frame_size was thrown away").len(), 1);
}

#[test]
fn a_block_that_is_no_frame_is_skipped_and_told_once_in_its_window() {
    let mut session = Session::ready();
    session.subscribe(None);
    for _ in 0..50 {
        session.feed(b"line3\r\nNoColon\r\n\r\n");
        session.event("Hangup");
    }
    assert_eq!((session.events().len(), session.counters().protocol_desync), (50, 50));
    assert_eq!(session.records_of("something that is no frame was skipped").len(), 1);
}

#[test]
fn more_than_a_hundred_unreadable_blocks_in_ten_seconds_reset_the_connection() {
    let mut session = Session::ready();
    session.feed(&b"noise\r\n\r\n".repeat(100));
    assert_eq!(session.state(), ConnectionState::Ready);
    session.feed(b"noise\r\n\r\n");
    assert_eq!((session.state(), session.loss()), (ConnectionState::Reconnecting, Some(&LossReason::Desync)));
}

#[test]
fn unreadable_blocks_that_come_slowly_never_reset_it() {
    let mut session =
        Session::ready_with(ClientOptions { heartbeat_interval: 3_600 * SECOND, ..ClientOptions::default() });
    for _ in 0..30 {
        session.feed(&b"noise\r\n\r\n".repeat(99));
        session.pass(11 * SECOND);
    }
    assert_eq!((session.state(), session.counters().protocol_desync), (ConnectionState::Ready, 2_970));
}

#[test]
fn the_session_after_a_desync_starts_its_own_count() {
    let mut session = Session::ready();
    session.feed(&b"noise\r\n\r\n".repeat(101));
    session.come_back();
    session.feed(&b"noise\r\n\r\n".repeat(100));
    assert_eq!(session.state(), ConnectionState::Ready);
}

#[test]
fn what_follows_the_reset_in_the_same_read_is_dropped() {
    let mut session = Session::ready();
    session.subscribe(None);
    let mut bytes = b"noise\r\n\r\n".repeat(101);
    bytes.extend(b"Event: Hangup\r\n\r\n");
    session.feed(&bytes);
    assert_eq!(session.events(), [] as [&str; 0]);
    assert_eq!(session.connection().unparsed(), 0);
}

#[test]
fn blank_frames_are_nothing() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.feed(b"\r\n\r\n\r\n\n\nEvent: A\r\n\r\n\r\nEvent: B\n\n");
    assert_eq!((session.events(), session.counters().protocol_desync), (vec!["A".to_owned(), "B".to_owned()], 0));
    session.end();
    assert_eq!(session.counters().frames_cut, 0);
}
