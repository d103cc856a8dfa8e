//! Answers that are lists of events.

use crate::support::{MILLISECOND, SECOND, Session, action, frame, text};
use ami_core::correlation::{Completion, Failure, LossReason, MAX_ANSWER_BYTES, Settled, Strategy};

fn names(settled: &Settled) -> Vec<String> {
    settled.outcome.events.iter().map(|event| text(event.as_ref().name())).collect()
}

/// A list of some items that was asked for with these end events.
fn list(session: &mut Session, name: &str, complete_events: &[&str]) -> (u64, String) {
    let complete_events = complete_events.iter().map(|name| name.as_bytes().into()).collect();
    let strategy = Strategy::List { complete_events };
    let sequence =
        session.send(&action(name), Completion { strategy, max_duration: 60 * SECOND, max_messages: 4 }).unwrap();
    (sequence, session.action_id_line(sequence))
}

#[test]
fn a_list_is_known_by_its_header_and_collects_items_up_to_its_end() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (sequence, line) = session.ask(&action("QueueStatus"));
    session.frame(&["Response: Success", &line, "EventList: start", "Message: Queue status will follow"]);
    session.frame(&["Event: QueueParams", "Queue: support", &line]);
    session.event("Newchannel");
    session.frame(&["Event: QueueMember", "Queue: support", "Name: Agent One", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: QueueStatusComplete", &line, "EventList: Complete", "ListItems: 2"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, &settled.outcome.failure), (sequence, &None));
    assert_eq!(names(&settled), ["QueueParams", "QueueMember", "QueueStatusComplete"]);
    assert_eq!(session.events(), ["Newchannel"], "items are for the one who asked, all else for listeners");
}

#[test]
fn an_item_may_be_named_like_an_end_or_like_a_public_event() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (_, line) = session.ask(&action("DeviceStateList"));
    session.frame(&["Response: Success", &line, "EventList: Start"]);
    session.frame(&["Event: DeviceStateChange", &line, "Device: PJSIP/6001"]);
    session.frame(&["Event: DeviceStateListComplete", "EventList: Complete", &line]);
    let settled = session.settled().unwrap();
    assert_eq!((names(&settled).len(), session.events().len()), (2, 0));
}

#[test]
fn an_empty_list_has_only_its_end() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("QueueStatus"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: QueueStatusComplete", &line, "EventList: Complete", "ListItems: 0"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, names(&settled)), (sequence, vec!["QueueStatusComplete".to_owned()]));
}

#[test]
fn an_error_instead_of_a_list_fails_at_once() {
    let mut session = Session::ready();
    for ask in
        [|s: &mut Session| s.ask(&action("PJSIPShowContacts")), |s: &mut Session| list(s, "PJSIPShowContacts", &[])]
    {
        let (sequence, line) = ask(&mut session);
        session.feed(format!("Response: Error\r\n{line}\r\nMessage: No Contacts found\n\r\n\r\n").as_bytes());
        assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
    }
}

#[test]
fn a_cancelled_list_is_cancelled() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: StatusComplete", &line, "EventList: cancelled"]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ListCancelled))]);
}

#[test]
fn a_list_without_the_header_ends_by_the_name_of_its_end_event() {
    let mut session = Session::ready();
    let (sequence, line) = list(&mut session, "WaitEvent", &[]);
    session.frame(&["Response: Success", &line, "Message: Waiting for Event completed."]);
    session.frame(&["Event: Hangup", &line]);
    session.frame(&["Event: WaitEventComplete", &line]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, names(&settled).len()), (sequence, 2));
}

#[test]
fn given_end_events_count_instead_of_the_guess() {
    let mut session = Session::ready();
    let (sequence, line) = list(&mut session, "FAXStats", &["faxstats"]);
    session.frame(&["Response: Success", &line]);
    session.frame(&["Event: SomethingComplete", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: FAXStats", &line]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
}

#[test]
fn a_list_longer_than_allowed_fails_and_its_rest_reaches_nobody_who_asked() {
    let mut session = Session::ready();
    let (sequence, line) = list(&mut session, "CoreShowChannels", &[]);
    session.frame(&["Response: Success", &line, "EventList: start"]);
    for _ in 0..6 {
        session.frame(&["Event: CoreShowChannel", &line]);
    }
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, &settled.outcome.failure), (sequence, &Some(Failure::TooManyMessages(4))));
    assert_eq!(names(&settled).len(), 3, "the response is a message too");
    session.subscribe(None);
    session.frame(&["Event: CoreShowChannel", &line]);
    session.frame(&["Event: CoreShowChannelsComplete", &line, "EventList: Complete"]);
    assert_eq!((session.outcomes(), session.events()), (vec![], vec![]));
    assert_eq!(session.counters().events_late, 4, "two of them at once with the one that was too many");
}

#[test]
fn an_end_before_any_response_is_a_missing_response() {
    let mut session = Session::ready();
    let (sequence, line) = list(&mut session, "Status", &[]);
    session.frame(&["Event: StatusComplete", &line, "EventList: Complete"]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::MissingResponse))]);
}

#[test]
fn two_lists_at_once_do_not_mix() {
    let mut session = Session::ready();
    let (first, one) = session.ask(&action("QueueStatus"));
    let (second, two) = session.ask(&action("QueueSummary"));
    for line in [&one, &two] {
        session.frame(&["Response: Success", line, "EventList: start"]);
    }
    session.frame(&["Event: QueueSummary", &two]);
    session.frame(&["Event: QueueParams", &one]);
    session.frame(&["Event: QueueSummaryComplete", &two, "EventList: Complete"]);
    session.frame(&["Event: QueueStatusComplete", &one, "EventList: Complete"]);
    let order: Vec<_> = std::iter::from_fn(|| session.settled()).map(|s| (s.sequence, names(&s))).collect();
    let expected =
        [(second, ["QueueSummary", "QueueSummaryComplete"]), (first, ["QueueParams", "QueueStatusComplete"])];
    assert_eq!(order.len(), 2);
    for ((sequence, names), (expected_sequence, expected_names)) in order.iter().zip(&expected) {
        assert_eq!((sequence, names.as_slice()), (expected_sequence, expected_names.map(str::to_owned).as_slice()));
    }
}

#[test]
fn a_list_that_nobody_announced_has_a_minute_from_sending() {
    let mut session = Session::ready_with(ami_core::config::ClientOptions {
        heartbeat_interval: 600 * SECOND,
        read_timeout: 600 * SECOND,
        ..ami_core::config::ClientOptions::default()
    });
    let (sequence, line) = session.ask(&action("CoreShowChannels"));
    session.pass(29 * SECOND);
    session.feed(&frame(&["Response: Success", &line, "EventList: start"]));
    session.pass_just_short_of(31 * SECOND);
    assert_eq!(session.outcomes(), []);
    session.pass(MILLISECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(60 * SECOND)))]);
}

#[test]
fn a_list_that_was_given_more_than_a_minute_keeps_it() {
    let mut session = Session::ready_with(ami_core::config::ClientOptions {
        heartbeat_interval: 600 * SECOND,
        read_timeout: 600 * SECOND,
        ..ami_core::config::ClientOptions::default()
    });
    let sequence = session.send(&action("CoreShowChannels"), Completion::by_answer(90 * SECOND)).unwrap();
    let line = session.action_id_line(sequence);
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.pass_just_short_of(90 * SECOND);
    assert_eq!(session.outcomes(), []);
    session.pass(MILLISECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(90 * SECOND)))]);
}

#[test]
fn a_list_that_was_asked_for_with_a_duration_keeps_to_it() {
    let mut session = Session::ready();
    let strategy = Strategy::List { complete_events: Vec::new() };
    let completion = Completion { strategy, max_duration: 2 * SECOND, max_messages: 100 };
    let sequence = session.send(&action("CoreShowChannels"), completion).unwrap();
    let line = session.action_id_line(sequence);
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.pass(2 * SECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(2 * SECOND)))]);
}

#[test]
fn an_error_after_the_start_fails_the_list_and_keeps_what_had_come() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: Status", &line]);
    session.frame(&["Response: Error", &line, "Message: gone"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure), (sequence, Some(Failure::ErrorResponse)));
    assert_eq!(crate::support::header(&settled.outcome.response.unwrap(), "Message").as_deref(), Some("gone"));
    assert_eq!(settled.outcome.events.len(), 1);
}

#[test]
fn a_list_cut_by_the_end_of_the_connection_fails_with_what_had_come() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Status"));
    session.received();
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: Status", &line]);
    session.end();
    let settled = session.settled().unwrap();
    assert_eq!(settled.sequence, sequence);
    assert_eq!(settled.outcome.failure, Some(Failure::ConnectionLost(LossReason::EndOfFile)));
    assert_eq!((settled.outcome.response.is_some(), settled.outcome.events.len()), (true, 1));
}

#[test]
fn a_server_without_the_header_is_taken_by_its_word_for_actions_known_to_answer_with_lists() {
    let mut session = Session::ready();
    let (queues, line) = session.ask(&action("queuestatus"));
    session.frame(&["Response: Success", &line, "Message: Queue status will follow"]);
    session.frame(&["Event: QueueParams", &line]);
    session.frame(&["Event: SomethingComplete", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: QueueStatusComplete", &line]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, names(&settled).len()), (queues, 3));
    // Neither an unknown action nor a known one that announces nothing waits for events.
    for (name, message) in [("MyList", "Message: Items will follow"), ("QueueStatus", "Message: Nothing there")] {
        let (sequence, line) = session.ask(&action(name));
        session.frame(&["Response: Success", &line, message]);
        assert_eq!(session.outcomes(), [(sequence, None)], "{name}");
    }
}

#[test]
fn two_lists_of_the_same_kind_at_once_do_not_mix() {
    let mut session = Session::ready();
    let (first, one) = session.ask(&action("QueueStatus"));
    let (second, two) = session.ask(&action("QueueStatus"));
    for line in [&one, &two] {
        session.frame(&["Response: Success", line, "EventList: start"]);
    }
    for (line, queue) in [(&two, "Queue: b"), (&one, "Queue: a"), (&two, "Queue: c")] {
        session.frame(&["Event: QueueParams", line, queue]);
    }
    for line in [&two, &one] {
        session.frame(&["Event: QueueStatusComplete", line, "EventList: Complete", "ListItems: 1"]);
    }
    let queues = |settled: Settled| {
        let names = settled.outcome.events.iter().filter_map(|event| crate::support::header(event, "Queue"));
        (settled.sequence, names.collect::<Vec<_>>().concat())
    };
    let ended: Vec<_> = std::iter::from_fn(|| session.settled()).map(queues).collect();
    assert_eq!(ended, [(second, "bc".to_owned()), (first, "a".to_owned())]);
}

#[test]
fn answers_that_hold_too_much_together_fail_the_one_that_goes_over() {
    let mut session = Session::ready();
    let lines: Vec<_> = (0..2).map(|_| session.ask(&action("Status"))).collect();
    for (_, line) in &lines {
        session.frame(&["Response: Success", line, "EventList: start"]);
    }
    let value = "x".repeat(1_000_000);
    let mut sent = 0;
    while session.connection().pending_actions() == 2 {
        session.frame(&["Event: Status", &lines[sent % 2].1, &format!("Value: {value}")]);
        sent += 1;
    }
    assert_eq!(sent, 68, "each a little over a million bytes");
    let (failed, left) = match session.outcomes()[..] {
        [(failed, Some(Failure::AnswerTooLarge(MAX_ANSWER_BYTES)))] if failed == lines[0].0 => (&lines[0], &lines[1]),
        [(failed, Some(Failure::AnswerTooLarge(MAX_ANSWER_BYTES)))] if failed == lines[1].0 => (&lines[1], &lines[0]),
        ref other => panic!("one of them: {other:?}"),
    };
    session.frame(&["Event: Status", &failed.1]);
    // What it held is free again.
    session.frame(&["Event: Status", &left.1, &format!("Value: {value}")]);
    session.frame(&["Event: StatusComplete", &left.1, "EventList: Complete"]);
    assert_eq!(session.outcomes(), [(left.0, None)]);
}

#[test]
fn an_answer_that_hoards_all_room_ends_and_not_those_that_come_after_it() {
    let mut session = Session::ready();
    let (hoarder, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    let item = |session: &mut Session, bytes: usize| {
        session.frame(&["Event: Status", &line, &format!("Value: {}", "x".repeat(bytes))]);
    };
    for _ in 0..67 {
        item(&mut session, 1_000_000);
    }
    item(&mut session, MAX_ANSWER_BYTES - 67 * 1_000_100);
    assert_eq!(session.outcomes(), []);
    let (ping, its_line) = session.ask(&action("Ping"));
    session.frame(&["Response: Success", &its_line]);
    assert_eq!(session.outcomes(), [(ping, None)]);
    let (list, its_line) = session.ask(&action("QueueStatus"));
    session.frame(&["Response: Success", &its_line, "EventList: start"]);
    for _ in 0..1_000 {
        session.frame(&["Event: QueueMember", &its_line, "Name: somebody with a name of some length"]);
    }
    session.frame(&["Event: QueueStatusComplete", &its_line, "EventList: Complete"]);
    assert_eq!(session.outcomes(), [(hoarder, Some(Failure::AnswerTooLarge(MAX_ANSWER_BYTES))), (list, None)]);
}

#[test]
fn items_of_a_list_that_ended_early_reach_nobody() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (cancelled, one) = session.ask(&action("DeviceStateList"));
    session.frame(&["Response: Success", &one, "EventList: start"]);
    assert!(session.cancel(cancelled));
    let (failed, two) = session.ask(&action("DeviceStateList"));
    session.frame(&["Response: Success", &two, "EventList: start"]);
    session.frame(&["Event: DeviceStateChange", &two]);
    session.frame(&["Response: Error", &two]);
    let (late, three) = session.ask(&action("DeviceStateList"));
    session.received();
    session.pass(30 * SECOND);
    session.frame(&["Response: Success", &three, "EventList: start"]);
    let failures: Vec<_> = session.outcomes();
    assert_eq!(failures.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), [cancelled, failed, late]);
    for line in [&one, &two, &three] {
        session.frame(&["Event: DeviceStateChange", line]);
        session.frame(&["Event: DeviceStateListComplete", "EventList: Complete", line]);
        // Over is over.
        session.frame(&["Event: DeviceStateChange", line]);
    }
    assert_eq!((session.counters().events_late, session.events().len()), (6, 3));
    // What everybody gets is for listeners.
    session.frame(&["Event: DeviceStateChange", "Privilege: call,all"]);
    assert_eq!(session.events(), ["DeviceStateChange"]);
}

#[test]
fn a_line_end_in_a_value_ends_no_list() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start", "Message: Channel status will follow"]);
    session.frame(&["Event: Status", "Privilege: Call", &line, "Variable: X=a", "EventList: Complete"]);
    session.frame(&["Event: Status", "Privilege: Call", &line, "Variable: X=a", "EventList: cancelled"]);
    session.frame(&["Event: StatusComplete", &line, "EventList: Complete", "ListItems: 2"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure, settled.outcome.events.len()), (sequence, None, 3));
}

#[test]
fn a_second_response_within_a_list_changes_nothing() {
    let mut session = Session::ready();
    let (sequence, line) = session.ask(&action("Status"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Response: Success", &line]);
    assert_eq!(session.outcomes(), []);
    session.frame(&["Event: StatusComplete", &line, "EventList: Complete"]);
    let settled = session.settled().unwrap();
    assert_eq!((settled.sequence, settled.outcome.failure), (sequence, None));
    let response = settled.outcome.response.unwrap();
    assert_eq!(crate::support::header(&response, "EventList").as_deref(), Some("start"));
}
