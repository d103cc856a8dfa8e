//! Which answer belongs to which action.

use crate::support::{SECOND, Session, World, action, header};
use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, Failure, Strategy};

#[test]
fn a_response_completes_the_action_whose_id_it_carries() {
    let mut session = Session::ready();
    let (first, _) = session.ask(&action("CoreStatus"));
    let (second, line) = session.ask(&action("CoreSettings"));
    session.pass(SECOND);
    session.frame(&["Response: Success", &line, "AMIversion: 11.0.0"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.latency, settled.outcome.failure), (second, SECOND, None));
    assert_eq!(header(&settled.outcome.response.unwrap(), "AMIversion").as_deref(), Some("11.0.0"));
    assert_eq!((session.outcomes(), session.connection().pending_actions()), (vec![], 1));
    assert!(session.cancel(first));
}

#[test]
fn answers_may_come_in_any_order_and_in_pieces() {
    let mut session = Session::ready();
    let asked: Vec<_> = (0..5).map(|_| session.ask(&action("Ping"))).collect();
    let mut bytes = Vec::new();
    for (_, line) in asked.iter().rev() {
        bytes.extend(crate::support::frame(&["Response: Success", line, "Ping: Pong"]));
    }
    for piece in bytes.chunks(7) {
        session.feed(piece);
    }
    let order: Vec<u64> = session.outcomes().into_iter().map(|(sequence, _)| sequence).collect();
    assert_eq!(order, asked.iter().rev().map(|(sequence, _)| *sequence).collect::<Vec<_>>());
}

#[test]
fn an_error_response_fails_the_action_and_is_kept() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("QueueStatus"));
    session.frame(&["Response: Error", &line, "Message: Permission denied"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure), (sequence, Some(Failure::ErrorResponse)));
    assert_eq!(header(&settled.outcome.response.unwrap(), "message").as_deref(), Some("Permission denied"));
}

#[test]
fn of_three_error_frames_with_one_id_the_first_counts() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("ModuleLoad"));
    for message in ["Message: one", "Message: two", "Message: three"] {
        session.frame(&["Response: Error", &line, message]);
    }
    let settled = session.settled().unwrap();
    assert_eq!(settled.sequence, sequence);
    assert_eq!(header(&settled.outcome.response.unwrap(), "Message").as_deref(), Some("one"));
    assert_eq!((session.outcomes(), session.counters().responses_unmatched), (vec![], 2));
}

#[test]
fn a_response_without_an_id_completes_nothing() {
    let mut session = Session::ready();
    session.ask(&action("Ping"));
    session.frame(&["Response: Error", "Message: Missing action in request"]);
    assert_eq!((session.outcomes(), session.counters().responses_unmatched), (vec![], 1));
}

#[test]
fn a_response_of_another_server_completes_nothing() {
    let mut world = World::new(ClientOptions::default());
    let ids = ["pbx1", "pbx2"].map(|key| world.add(key, &[("auth", "plain")]));
    for id in ids {
        world.open(id);
        world.log_in(id);
    }
    let sequences = ids.map(|id| world.send(id, &action("Ping"), Completion::by_answer(SECOND)).unwrap());
    let lines = [0, 1]
        .map(|n| format!("ActionID: {}", crate::support::text(&world.connection(ids[n]).action_id(sequences[n]))));
    world.feed(ids[1], &crate::support::frame(&["Response: Success", &lines[0], "Ping: Pong"]));
    assert!(world.settled.is_empty());
    assert_eq!(world.connection(ids[1]).counters().responses_unmatched, 1);
    world.feed(ids[0], &crate::support::frame(&["Response: Success", &lines[0], "Ping: Pong"]));
    assert_eq!(world.settled.pop_front().map(|(id, settled)| (id, settled.sequence)), Some((ids[0], sequences[0])));
}

#[test]
fn a_response_to_an_earlier_session_completes_nothing_in_the_next() {
    let mut session = Session::ready();
    let (_, old) = session.ask(&action("Ping"));
    session.end();
    assert_eq!(session.outcomes().len(), 1);
    session.come_back();
    let (sequence, new) = session.ask(&action("Ping"));
    assert_ne!(old, new, "sequence numbers go on");
    session.frame(&["Response: Success", &old, "Ping: Pong"]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Response: Success", &new, "Ping: Pong"]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
}

#[test]
fn forged_ids_complete_nothing() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Ping"));
    let id = line.strip_prefix("ActionID: ").unwrap().to_owned();
    let (prefix, _) = id.rsplit_once(':').unwrap();
    let forged = [
        String::new(),
        sequence.to_string(),
        format!("pbx1:{sequence}"),
        format!("pbx1:00000000000:{sequence}"),
        format!("{prefix}:0{sequence}"),
        format!("{prefix}:+{sequence}"),
        format!("{prefix}:{}", sequence + 1),
        format!("{prefix}:99999999999999999999999"),
        format!("{id}x"),
        id.to_uppercase(),
    ];
    for forged in &forged {
        session.frame(&["Response: Success", &format!("ActionID: {forged}"), "Ping: Pong"]);
    }
    // As a value with a raw line break can: an event that becomes two frames.
    session.feed(
        b"Event: UserEvent\r\nPrivilege: user,all\r\nText: a\r\n\r\nResponse: Success\r\nActionID: pbx1:1\r\n\r\n",
    );
    assert_eq!(session.outcomes(), []);
    assert_eq!(session.counters().responses_unmatched, forged.len() as u64 + 1);
}

#[test]
fn an_event_with_the_id_of_a_single_response_is_for_listeners() {
    let mut session = Session::ready();
    session.subscribe(Some("UserEvent"));
    let completion = Completion { strategy: Strategy::Single, max_duration: SECOND, max_messages: 1 };
    let sequence = session.send(&action("UserEvent"), completion).unwrap();
    let line = session.action_id_line(sequence);
    session.frame(&["Event: UserEvent", &line, "UserEvent: mine"]);
    session.frame(&["Response: Success", &line]);
    assert_eq!((session.events(), session.outcomes()), (vec!["UserEvent".to_owned()], vec![(sequence, None)]));
}

#[test]
fn a_single_response_does_not_wait_for_the_list_that_it_announces() {
    let mut session = Session::ready();
    session.subscribe(None);
    let completion = Completion { strategy: Strategy::Single, max_duration: SECOND, max_messages: 1 };
    let sequence = session.send(&action("QueueStatus"), completion).unwrap();
    let line = session.action_id_line(sequence);
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: QueueParams", &line]);
    assert_eq!((session.outcomes(), session.events()), (vec![(sequence, None)], vec!["QueueParams".to_owned()]));
}
