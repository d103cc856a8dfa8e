//! Actions that are over with an event of a given name.

use crate::support::{SECOND, Session, action};
use ami_core::correlation::{Completion, Failure, Strategy};

fn multi(names: &[&str]) -> Strategy {
    Strategy::Multi { terminal_events: names.iter().map(|name| name.as_bytes().into()).collect() }
}

fn event_only(names: &[&str]) -> Strategy {
    Strategy::EventOnly { terminal_events: names.iter().map(|name| name.as_bytes().into()).collect() }
}

fn ask(session: &mut Session, strategy: Strategy) -> (u64, String) {
    let completion = Completion { strategy, max_duration: SECOND, max_messages: 4 };
    let sequence = session.send(&action("FAXStats"), completion).unwrap();
    (sequence, session.action_id_line(sequence))
}

#[test]
fn events_are_collected_up_to_one_of_the_names_in_whatever_case() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session, multi(&["other", "faxstats"]));
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: FAXSession", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: FAXStats", &line]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure, settled.outcome.events.len()), (sequence, None, 2));
}

#[test]
fn what_asterisk_sends_to_every_session_is_for_listeners_too_and_the_rest_is_not() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (_, line) = ask(&mut session, multi(&["done"]));
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: UserEvent", "Privilege: user,all", &line]);
    // Items of Status name a privilege, too.
    session.frame(&["Event: Status", "Privilege: Call", &line]);
    session.frame(&["Event: Done", &line]);
    assert_eq!(session.events(), ["UserEvent"]);
    assert_eq!(session.settled().unwrap().outcome.events.len(), 3);
}

#[test]
fn an_end_without_a_response_is_missing_it_unless_none_is_needed() {
    let mut session = Session::ready();
    for (strategy, failure) in [(multi(&["done"]), Some(Failure::MissingResponse)), (event_only(&["done"]), None)] {
        let (sequence, line) = ask(&mut session, strategy);
        session.frame(&["Event: Done", &line]);
        assert_eq!(session.outcomes(), [(sequence, failure)]);
    }
}

#[test]
fn a_response_that_is_not_needed_is_kept_and_as_an_error_fails() {
    let mut session = Session::ready();
    let (_, line) = ask(&mut session, event_only(&["done"]));
    session.frame(&["Response: Success", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: Done", &line]);
    assert!(session.settled().unwrap().outcome.response.is_some());
    for strategy in [multi(&["done"]), event_only(&["done"])] {
        let (sequence, line) = ask(&mut session, strategy);
        session.frame(&["Response: Error", &line]);
        assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
    }
}

#[test]
fn more_messages_than_allowed_fail_it() {
    let mut session = Session::ready();
    let (sequence, line) = ask(&mut session, event_only(&["done"]));
    for _ in 0..5 {
        session.frame(&["Event: Item", &line]);
    }
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::TooManyMessages(4)))]);
}
