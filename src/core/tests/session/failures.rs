//! What an action's failure says, in each of the ways that no other test takes.

use crate::support::{Session, action};
use ami_core::correlation::{Failure, LossReason};

#[test]
fn a_session_that_the_application_ended_says_so() {
    let mut session = Session::ready();
    let (sequence, _) = session.ask(&action("Getvar"));
    session.received();
    session.terminate();
    let outcomes = session.outcomes();
    assert_eq!(outcomes, [(sequence, Some(Failure::ConnectionLost(LossReason::Closed)))]);
    let text = outcomes[0].1.as_ref().unwrap().to_string();
    assert!(text.ends_with("the connection was closed by the application"), "{text}");
    assert_eq!(LossReason::Closed.name(), "closed");
}

#[test]
fn a_call_that_failed_says_how_in_words_that_are_known() {
    for (reason, words) in [
        (0, "no such extension, peer or technology, or not reachable"),
        (1, "hung up"),
        (3, "not answered in time"),
        (5, "busy"),
        (8, "congestion"),
    ] {
        let mut session = Session::ready();
        let (_, line) = session.ask(&action("Originate").with_header("Async", "true").unwrap());
        session.frame(&["Response: Success", &line, "Message: Originate successfully queued"]);
        let reason_line = format!("Reason: {reason}");
        session.frame(&["Event: OriginateResponse", "Privilege: call,all", &line, "Response: Failure", &reason_line]);
        let failure = session.settled().unwrap().outcome.failure.unwrap();
        assert_eq!(failure.to_string(), format!("the call failed: {words} (reason {reason})"));
    }
}

#[test]
fn a_response_that_ends_its_action_needs_no_room_among_answers_under_way() {
    let mut session = Session::ready();
    let (list, list_line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &list_line, "EventList: start"]);
    let item = format!("Variable: {}", "x".repeat(1024 * 1024 - 100));
    for _ in 0..63 {
        session.frame(&["Event: Status", &list_line, &item]);
    }
    let (sequence, line) = session.ask(&action("Getvar"));
    let (other, other_line) = session.ask(&action("Getvar"));
    session.frame(&["Event: Status", &list_line, &item]);
    session.frame(&["Response: Success", &line, &item]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
    session.frame(&["Response: Success", &other_line, "Value: 1"]);
    session.frame(&["Event: StatusComplete", &list_line, "EventList: Complete"]);
    assert_eq!(session.outcomes(), [(other, None), (list, None)]);
}
