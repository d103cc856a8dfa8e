//! Pings: when they are sent, and what their silence means.

use crate::support::{MILLISECOND, SECOND, Session, action, frame};
use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, LossReason};
use ami_core::health::ConnectionState;

fn pong(session: &mut Session, id_line: &str) {
    session.feed(&frame(&["Response: Success", id_line, "Ping: Pong", "Timestamp: 1795230054.535824"]));
}

#[test]
fn a_session_is_pinged_every_fifteen_seconds_and_lives_on_as_long_as_it_answers() {
    let mut session = Session::ready();
    for _ in 0..100 {
        session.pass_just_short_of(15 * SECOND);
        assert_eq!(session.received().len(), 0);
        session.pass(MILLISECOND);
        let ping = session.received_one();
        assert_eq!(ping.name(), "Ping");
        pong(&mut session, &ping.action_id_line());
    }
    assert_eq!((session.state(), session.counters().heartbeats_missed), (ConnectionState::Ready, 0));
    assert_eq!(session.outcomes(), [], "Pings are nobody's actions");
    assert_eq!(session.counters().responses_unmatched, 0);
}

#[test]
fn a_missed_pong_degrades_the_server_and_a_second_one_resets_the_connection() {
    let mut session = Session::ready();
    session.pass_just_short_of(30 * SECOND);
    assert_eq!(session.state(), ConnectionState::Ready);
    session.pass(MILLISECOND);
    assert_eq!(session.state(), ConnectionState::Degraded);
    assert_eq!(session.received().len(), 2, "it is asked again");
    session.pass(15 * SECOND);
    assert_eq!((session.state(), session.loss()), (ConnectionState::Reconnecting, Some(&LossReason::HeartbeatLost)));
    assert_eq!(session.counters().heartbeats_missed, 2);
}

#[test]
fn a_degraded_server_still_takes_actions() {
    let mut session = Session::ready();
    session.pass(30 * SECOND);
    assert!(session.send(&action("CoreStatus"), Completion::by_answer(SECOND)).is_ok());
}

#[test]
fn a_late_pong_heals_also_when_it_answers_the_earlier_ping() {
    for which in 0..2 {
        let mut session = Session::ready();
        session.pass(31 * SECOND);
        let pings = session.received();
        assert_eq!((session.state(), pings.len()), (ConnectionState::Degraded, 2));
        pong(&mut session, &pings[which].action_id_line());
        assert_eq!(session.state(), ConnectionState::Ready);
        session.pass(15 * SECOND);
        assert_eq!(session.state(), ConnectionState::Ready, "the count of misses starts again");
    }
}

#[test]
fn both_pongs_of_a_slow_server_are_known() {
    let mut session = Session::ready();
    session.pass(31 * SECOND);
    for ping in session.received() {
        pong(&mut session, &ping.action_id_line());
    }
    assert_eq!(session.counters().responses_unmatched, 0);
}

#[test]
fn events_alone_do_not_stand_for_a_pong() {
    let mut session = Session::ready();
    for _ in 0..45 {
        session.event("Newexten");
        session.pass(SECOND);
    }
    assert_eq!(session.loss(), Some(&LossReason::HeartbeatLost));
}

#[test]
fn a_silent_server_is_pinged_before_its_turn() {
    let options =
        ClientOptions { heartbeat_interval: 60 * SECOND, read_timeout: 4 * SECOND, ..ClientOptions::default() };
    let mut session = Session::ready_with(options);
    session.pass(3 * SECOND);
    session.event("Hangup");
    session.pass_just_short_of(4 * SECOND);
    assert_eq!(session.received().len(), 0);
    session.pass(MILLISECOND);
    let ping = session.received_one();
    session.pass(10 * SECOND);
    assert_eq!(session.received().len(), 0, "one is on its way");
    pong(&mut session, &ping.action_id_line());
    session.pass(4 * SECOND);
    assert_eq!(session.received_one().name(), "Ping");
}

#[test]
fn a_single_allowed_miss_resets_without_being_degraded() {
    let mut session = Session::ready_with(ClientOptions { heartbeat_misses: 1, ..ClientOptions::default() });
    session.pass(30 * SECOND);
    assert_eq!(session.loss(), Some(&LossReason::HeartbeatLost));
    assert_eq!(session.records_of("a heartbeat was not answered").len(), 0);
}

#[test]
fn a_ping_that_found_no_room_is_missed_in_its_time_and_not_at_once() {
    let options =
        ClientOptions { write_buffer_limit: 128 * 1024, read_timeout: 20 * SECOND, ..ClientOptions::default() };
    let mut session = Session::ready_with(options);
    let filler = action("UserEvent").with_header("UserEvent", "x".repeat(900)).unwrap();
    while session.send(&filler, Completion::by_answer(600 * SECOND)).is_ok() {}
    while session.send(&action("Ping"), Completion::by_answer(600 * SECOND)).is_ok() {}
    session.pass(20 * SECOND);
    assert_eq!(session.state(), ConnectionState::Ready);
    session.pass(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Degraded);
    session.pass_just_short_of(15 * SECOND);
    assert_eq!(session.state(), ConnectionState::Degraded);
    session.pass(MILLISECOND);
    assert_eq!(session.loss(), Some(&LossReason::HeartbeatLost));
}

#[test]
fn heartbeats_end_with_their_session() {
    let mut session = Session::ready();
    session.pass(20 * SECOND);
    session.end();
    session.come_back();
    assert_eq!(session.connection().next_deadline(), Some(session.now.instant + 15 * SECOND));
}

#[test]
fn the_room_of_a_flood_is_given_back_by_the_next_heartbeat() {
    let mut session = Session::ready();
    let flood: Vec<u8> = frame(&["Event: VarSet", &format!("Value: {}", "x".repeat(8_000))]).repeat(1_000);
    session.feed(&flood);
    assert!(session.connection().parser_capacity() >= 64 * 1024);
    session.pass(15 * SECOND);
    assert!(session.connection().parser_capacity() <= 8 * 1024, "{}", session.connection().parser_capacity());
}

#[test]
fn pings_before_an_answered_one_are_not_waited_for_any_more() {
    let mut session = Session::ready();
    session.pass(31 * SECOND);
    let pings = session.received();
    pong(&mut session, &pings[1].action_id_line());
    pong(&mut session, &pings[0].action_id_line());
    assert_eq!(session.counters().responses_unmatched, 1);
}
