//! `Originate`, whose result is an event.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, action, header};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::{Completion, Failure, LossReason, Strategy};
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;

fn originate(headers: &[(&str, &str)]) -> Action {
    let start = action("Originate").with_header("Channel", "Local/2101@agents").unwrap();
    headers.iter().fold(start, |action, (key, value)| action.with_header(*key, *value).unwrap())
}

fn asynchronous() -> Action {
    originate(&[("Async", "true")])
}

#[test]
fn an_asynchronous_originate_completes_by_its_result_which_listeners_hear_too() {
    let mut session = Session::ready();
    session.subscribe(Some("OriginateResponse"));
    let (sequence, line) = session.ask(&asynchronous());
    session.frame(&["Response: Success", &line, "Message: Originate successfully queued"]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: OriginateResponse", "Privilege: call,all", &line, "Response: Success", "Reason: 4"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, &settled.outcome.failure), (sequence, &None));
    assert_eq!(header(&settled.outcome.events[0], "Reason").as_deref(), Some("4"));
    assert_eq!(session.events(), ["OriginateResponse"]);
}

#[test]
fn a_call_that_failed_fails_its_action_says_why_and_keeps_the_result() {
    let mut session = Session::ready();
    for (reason, failure, said) in [
        ("Reason: 5", Some(5), "the call failed: busy (reason 5)"),
        ("Reason: 17", Some(17), "the call failed: reason 17"),
        ("Reason:", None, "the call failed: no reason given"),
    ] {
        let (sequence, line) = session.ask(&asynchronous());
        session.frame(&["Response: Success", &line, "Message: Originate successfully queued"]);
        session.frame(&["Event: OriginateResponse", "Privilege: call,all", &line, "Response: Failure", reason]);
        let settled = session.settled().unwrap();
        assert_eq!(settled.sequence, sequence);
        assert_eq!(settled.outcome.failure, Some(Failure::OriginateFailed(failure)));
        assert_eq!(settled.outcome.failure.unwrap().to_string(), said);
        assert_eq!((settled.outcome.response.is_some(), settled.outcome.events.len()), (true, 1));
    }
}

#[test]
fn heartbeats_wait_while_an_action_silences_the_session_and_no_longer() {
    let mut session = Session::ready();
    let synchronous = originate(&[("Async", "false"), ("Timeout", "120000")]);
    let (sequence, line) = session.ask(&synchronous);
    session.received();
    session.pass(100 * SECOND);
    assert_eq!((session.received().len(), session.state()), (0, ConnectionState::Ready));
    session.frame(&["Response: Error", &line, "Message: Originate failed"]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
    session.pass_just_short_of(15 * SECOND);
    assert_eq!(session.received().len(), 0);
    session.pass(MILLISECOND);
    assert_eq!(session.received_one().name(), "Ping");
}

#[test]
fn the_session_is_silent_until_the_last_action_that_silences_it_has_ended() {
    let mut session = Session::ready();
    let synchronous = originate(&[("Async", "false"), ("Timeout", "120000")]);
    let (_, first) = session.ask(&synchronous);
    let (_, second) = session.ask(&synchronous);
    session.received();
    session.pass(20 * SECOND);
    session.frame(&["Response: Success", &first]);
    session.pass(20 * SECOND);
    assert_eq!(session.received().len(), 0);
    session.frame(&["Response: Success", &second]);
    session.pass_just_short_of(15 * SECOND);
    assert_eq!(session.received().len(), 0);
    session.pass(MILLISECOND);
    assert_eq!(session.received_one().name(), "Ping");
}

#[test]
fn blanks_that_asterisk_skips_change_nothing() {
    for (name, value) in [(" Originate", "true"), ("\tOriginate", " true"), ("Originate", "\t yes")] {
        let action = Action::new(name).unwrap().with_header("Async", value).unwrap();
        assert_eq!(Strategy::of(&action), Strategy::originate(), "{name:?} {value:?}");
    }
    let behind = Action::new("Originate").unwrap().with_header("Async", "yes ").unwrap();
    assert_eq!(Strategy::of(&behind), Strategy::default(), "a blank behind the word makes it another word to Asterisk");
    assert_eq!(Strategy::of(&action(" Command")), Strategy::Command);
}

#[test]
fn a_server_that_dies_under_a_silencing_action_is_noticed_after_that_actions_time() {
    let mut session = Session::ready();
    let (sequence, _) = session.ask(&action("WaitEvent"));
    session.pass(30 * SECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(30 * SECOND)))]);
    assert_eq!(session.state(), ConnectionState::Ready);
    session.pass(30 * SECOND);
    assert_eq!(session.loss(), Some(&LossReason::HeartbeatLost));
}

#[test]
fn further_actions_that_silence_the_session_do_not_excuse_a_server_that_answered_none_in_its_time() {
    let mut session = Session::ready();
    for _ in 0..75 {
        session.ask(&action("WaitEvent"));
        session.pass(SECOND);
        if session.loss().is_some() {
            break;
        }
    }
    assert_eq!(session.loss(), Some(&LossReason::HeartbeatLost));
}

#[test]
fn one_that_got_nothing_in_its_time_is_forgotten_as_soon_as_anything_is_read() {
    let mut session = Session::ready();
    let (_, first) = session.ask(&action("WaitEvent"));
    session.pass(30 * SECOND);
    session.ask(&originate(&[("Async", "false"), ("Timeout", "120000")]));
    session.received();
    session.frame(&["Response: Success", &first]);
    session.pass(100 * SECOND);
    assert_eq!((session.received().len(), session.state()), (0, ConnectionState::Ready));
}

#[test]
fn other_events_with_its_id_are_for_listeners_alone() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (_, line) = session.ask(&asynchronous());
    session.frame(&["Event: UserEvent", &line]);
    assert_eq!((session.outcomes(), session.events()), (vec![], vec!["UserEvent".to_owned()]));
}

#[test]
fn the_result_of_another_sessions_call_is_only_an_event() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.ask(&asynchronous());
    session.frame(&["Event: OriginateResponse", "ActionID: pbx1:AAAAAAAAAAA:2", "Response: Success"]);
    assert_eq!((session.outcomes().len(), session.events().len()), (0, 1));
}

#[test]
fn a_refused_originate_fails_at_once() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&asynchronous());
    session.frame(&["Response: Error", &line, "Message: Extension does not exist."]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
}

#[test]
fn an_event_mask_without_call_refuses_it_by_its_own_name_and_nothing_is_queued() {
    let mut session = Session::opened(&[("events", "user")], ClientOptions::default());
    session.accept();
    session.feed(BANNER);
    let login = session.received_one();
    session.frame(&["Response: Success", &login.action_id_line()]);
    let refused = session.send(&asynchronous(), Completion::of(&asynchronous(), SECOND));
    assert_eq!(refused, Err(SendError::ResultMasked { action: "Originate".into(), class: "call" }));
    let completion = Completion { strategy: Strategy::originate(), max_duration: SECOND, max_messages: 2 };
    let refused = session.send(&action("Atxfer"), completion);
    assert_eq!(refused, Err(SendError::ResultMasked { action: "Atxfer".into(), class: "call" }));
    assert_eq!((session.received().len(), session.connection().pending_actions()), (0, 0));
    assert!(session.send(&originate(&[]), Completion::of(&originate(&[]), SECOND)).is_ok(), "a synchronous one");
}

#[test]
fn an_async_action_whose_result_is_another_event_is_not_held_back() {
    let mut session = Session::opened(&[("events", "user")], ClientOptions::default());
    session.accept();
    session.feed(BANNER);
    let login = session.received_one();
    session.frame(&["Response: Success", &login.action_id_line()]);
    let strategy = Strategy::Async { event: b"userevent".as_slice().into() };
    let sequence =
        session.send(&action("UserEvent"), Completion { strategy, max_duration: SECOND, max_messages: 2 }).unwrap();
    let line = session.action_id_line(sequence);
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: UserEvent", &line]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
}

#[test]
fn a_call_that_nobody_answers_is_told_before_its_action_times_out() {
    let mut session = Session::ready_with(ClientOptions {
        heartbeat_interval: 600 * SECOND,
        read_timeout: 600 * SECOND,
        ..ClientOptions::default()
    });
    for (action, rings) in [
        (asynchronous(), 30 * SECOND),
        (originate(&[("Async", "yes"), ("Timeout", "45000")]), 45 * SECOND),
        (originate(&[("Async", "1"), ("Timeout", "1000")]), 20 * SECOND),
    ] {
        let (sequence, line) = session.ask(&action);
        session.frame(&["Response: Success", &line]);
        session.pass(rings + 500 * MILLISECOND);
        session.frame(&["Event: OriginateResponse", &line, "Response: Failure", "Reason: 3"]);
        assert_eq!(session.outcomes(), [(sequence, Some(Failure::OriginateFailed(Some(3))))], "{rings:?}");
    }
}

#[test]
fn what_an_action_waits_for_follows_from_its_name_and_headers() {
    for (action, strategy, seconds) in [
        (action("Ping"), Strategy::default(), 30),
        (action("command"), Strategy::Command, 30),
        (asynchronous(), Strategy::originate(), 40),
        (originate(&[("Async", "ON"), ("Timeout", "60000")]), Strategy::originate(), 70),
        (originate(&[("Async", "yes"), ("Timeout", "soon")]), Strategy::originate(), 40),
        (originate(&[("Async", "no")]), Strategy::default(), 40),
        (originate(&[]), Strategy::default(), 40),
    ] {
        let completion = Completion::of(&action, 30 * SECOND);
        assert_eq!((completion.strategy, completion.max_duration), (strategy, seconds * SECOND), "{action:?}");
    }
    let list = Strategy::List { complete_events: Vec::new() };
    assert_eq!(list.default_duration(&action("Status"), 30 * SECOND), 60 * SECOND);
    assert_eq!(list.default_duration(&action("Status"), 90 * SECOND), 90 * SECOND);
}
