//! Actions whose messages the driver judges.

use crate::support::{SECOND, Session, action, header, text};
use ami_core::correlation::{Completion, Failure, Judgement, LossReason, Strategy};

fn ask(session: &mut Session) -> (u64, String) {
    let completion = Completion { strategy: Strategy::Custom, max_duration: SECOND, max_messages: 4 };
    let sequence = session.send(&action("MyList"), completion).unwrap();
    session.received();
    (sequence, session.action_id_line(sequence))
}

/// Judges the next message; tells what it was.
fn judge(session: &mut Session, judgement: Judgement) -> Option<String> {
    let (id, question) = session.cluster.effects().questions.pop_front()?;
    let name = text(question.frame.as_ref().name());
    let now = session.now;
    session.cluster.judge(id, question, judgement, now);
    session.carry_out();
    Some(name)
}

#[test]
fn each_message_is_judged_in_order_and_the_last_one_ends_it() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: Item", &line]);
    session.frame(&["Event: End", &line]);
    assert!(session.cluster.has_news(None), "the driver is to look");
    assert_eq!(judge(&mut session, Judgement::Continues).as_deref(), Some("Success"));
    assert_eq!(judge(&mut session, Judgement::Continues).as_deref(), Some("Item"));
    assert_eq!(session.outcomes(), []);
    assert_eq!(judge(&mut session, Judgement::Completes).as_deref(), Some("End"));
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure), (sequence, None));
    assert_eq!((settled.outcome.response.is_some(), settled.outcome.events.len()), (true, 2));
}

#[test]
fn what_came_after_the_last_message_belongs_to_nobody() {
    let mut session = Session::ready();
    let (_, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: Late", &line]);
    judge(&mut session, Judgement::Completes);
    assert_eq!(judge(&mut session, Judgement::Completes).as_deref(), Some("Late"));
    let settled = session.settled().unwrap();
    assert_eq!((settled.outcome.events.len(), session.outcomes()), (0, vec![]));
}

#[test]
fn what_comes_later_belongs_to_nobody_either_whenever_it_is_read() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (_, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: Item", &line]);
    judge(&mut session, Judgement::Completes);
    judge(&mut session, Judgement::Continues);
    session.frame(&["Event: Item", &line]);
    session.frame(&["Event: UserEvent", "Privilege: user,all", &line]);
    assert_eq!((session.counters().events_late, session.events()), (2, vec!["UserEvent".to_owned()]));
}

#[test]
fn only_the_first_response_is_judged_and_an_error_behind_it_counts() {
    let mut session = Session::ready();
    let (_, line) = ask(&mut session);
    session.frame(&["Response: Success", &line, "Message: one"]);
    session.frame(&["Response: Success", &line, "Message: two"]);
    session.frame(&["Response: Error", &line, "Message: broke"]);
    assert_eq!(judge(&mut session, Judgement::Continues).as_deref(), Some("Success"));
    let settled = session.settled().unwrap();
    assert_eq!(settled.outcome.failure, Some(Failure::ErrorResponse));
    assert_eq!(header(&settled.outcome.response.unwrap(), "Message").as_deref(), Some("broke"));
    assert_eq!(judge(&mut session, Judgement::Continues), None);
}

#[test]
fn of_two_ends_that_wait_for_judgement_the_first_one_counts() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Event: Item", &line]);
    session.pass(2 * SECOND);
    session.frame(&["Event: Item", &line]);
    session.end();
    judge(&mut session, Judgement::Continues);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(SECOND)))]);
    assert_eq!((judge(&mut session, Judgement::Continues), session.counters().events_late), (None, 1));
}

#[test]
fn an_error_fails_it_unasked_but_after_what_came_before() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Error", &line]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
    let (sequence, line) = ask(&mut session);
    session.frame(&["Event: Item", &line]);
    session.frame(&["Response: Error", &line]);
    session.frame(&["Event: Item", &line]);
    assert_eq!(session.outcomes(), []);
    judge(&mut session, Judgement::Continues);
    assert_eq!(judge(&mut session, Judgement::Continues), None, "what came after the error is no part of it");
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure), (sequence, Some(Failure::ErrorResponse)));
    assert_eq!((settled.outcome.response.is_some(), settled.outcome.events.len()), (true, 1));
}

#[test]
fn an_end_of_the_session_waits_for_the_judgement_of_what_came_before() {
    for (judgement, failure) in [
        (Judgement::Completes, None),
        (Judgement::Continues, Some(Failure::ConnectionLost(LossReason::EndOfFile))),
        (Judgement::Failed, Some(Failure::StrategyFailed)),
    ] {
        let mut session = Session::ready();
        let (sequence, line) = ask(&mut session);
        session.frame(&["Response: Success", &line]);
        session.end();
        assert_eq!(session.outcomes(), []);
        judge(&mut session, judgement);
        assert_eq!(session.outcomes(), [(sequence, failure)]);
    }
}

#[test]
fn its_time_ends_it_once_what_came_before_is_judged() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    session.pass(2 * SECOND);
    assert_eq!((session.outcomes(), session.records_of("action timed out").len()), (vec![], 1));
    judge(&mut session, Judgement::Continues);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(SECOND)))]);
    let (sequence, _) = ask(&mut session);
    session.pass(SECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(SECOND)))]);
}

#[test]
fn an_end_without_a_response_is_missing_it() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Event: End", &line]);
    judge(&mut session, Judgement::Completes);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::MissingResponse))]);
}

#[test]
fn messages_that_wait_to_be_judged_count_against_its_limit() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    for _ in 0..9 {
        session.frame(&["Event: Item", &line]);
    }
    let mut judged = 0;
    while judge(&mut session, Judgement::Continues).is_some() {
        judged += 1;
    }
    assert_eq!((judged, session.outcomes()), (4, vec![(sequence, Some(Failure::TooManyMessages(4)))]));
}

#[test]
fn a_cancelled_one_ends_at_once() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    assert!(session.cancel(sequence));
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Cancelled))]);
    judge(&mut session, Judgement::Completes);
    assert_eq!(session.outcomes(), []);
}

#[test]
fn public_events_with_its_id_reach_listeners_too() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (_, line) = ask(&mut session);
    session.frame(&["Event: OriginateResponse", "Privilege: call,all", &line]);
    session.frame(&["Event: Item", &line]);
    assert_eq!(session.events(), ["OriginateResponse"]);
    assert_eq!(session.cluster.effects().questions.len(), 2);
}

#[test]
fn a_server_that_is_removed_waits_for_the_judgement_of_what_had_arrived() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session);
    session.frame(&["Response: Success", &line]);
    let id = session.id;
    session.remove(id);
    session.end();
    assert!(session.cluster.connection(id).is_some());
    judge(&mut session, Judgement::Completes);
    assert_eq!(session.outcomes(), [(sequence, None)]);
    assert!(session.cluster.connection(id).is_none());
}
