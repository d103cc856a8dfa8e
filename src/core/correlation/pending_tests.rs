#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;

const NOW: Instant = Instant::from_nanos(1);

fn frame(text: &str) -> Frame {
    FrameRef::from_bytes(text.as_bytes()).unwrap().to_frame()
}

/// A table that holds one action of that strategy, with number 1.
fn waiting_for(strategy: Strategy, max_messages: u32) -> PendingTable {
    let mut table = PendingTable::new(10_000, 1_024);
    add(&mut table, 1, strategy, max_messages);
    table
}

fn add(table: &mut PendingTable, sequence: u64, strategy: Strategy, max_messages: u32) {
    let completion = Completion { strategy, max_messages, ..Completion::by_answer(Duration::from_secs(30)) };
    table.insert(sequence, completion, false, 0, NOW);
}

fn list() -> Strategy {
    Strategy::List { complete_events: Vec::new() }
}

#[test]
fn a_table_is_empty_before_the_first_action_and_after_the_last() {
    let mut table = PendingTable::new(2, 1_024);
    assert!(table.is_empty());
    add(&mut table, 1, Strategy::Single, 1);
    add(&mut table, 2, Strategy::Single, 1);
    assert_eq!((table.is_empty(), table.len(), table.is_full()), (false, 2, true));
    let response = frame("Response: Success\r\nPing: Pong");
    assert!(matches!(table.on_response(1, response.as_ref(), NOW), Some(Progress::Ends(_))));
    assert!(!table.is_empty());
    assert!(table.fail(2, Failure::Cancelled, NOW).is_some());
    assert_eq!((table.is_empty(), table.bytes(), table.next_deadline()), (true, 0, None));
}

#[test]
fn of_actions_that_ended_before_their_answers_the_oldest_is_forgotten_first() {
    let item = frame("Event: QueueMember\r\nQueue: sales");
    let mut table = PendingTable::new(10_000, 1_024);
    let most = MAX_ABANDONED as u64;
    for sequence in 1..=most {
        add(&mut table, sequence, list(), 100);
        table.fail(sequence, Failure::Cancelled, NOW).unwrap();
    }
    assert!(matches!(table.on_event(1, item.as_ref(), NOW), EventVerdict::Late));
    add(&mut table, most + 1, list(), 100);
    table.fail(most + 1, Failure::Cancelled, NOW).unwrap();
    assert!(matches!(table.on_event(1, item.as_ref(), NOW), EventVerdict::Foreign), "an event like any other");
    for known in [2, most + 1] {
        assert!(matches!(table.on_event(known, item.as_ref(), NOW), EventVerdict::Late), "{known}");
    }
    assert_eq!(table.abandoned.len(), MAX_ABANDONED);
}

#[test]
fn a_response_behind_which_more_would_come_fails_its_action_when_it_is_one_message_too_many() {
    let mut table = waiting_for(Strategy::Multi { terminal_events: vec![b"end".as_slice().into()] }, 1);
    let item = frame("Event: Item");
    assert!(matches!(table.on_event(1, item.as_ref(), NOW), EventVerdict::Consumed(Progress::Waits)));
    let response = frame("Response: Success\r\nMessage: more follows");
    let Some(Progress::Ends(settled)) = table.on_response(1, response.as_ref(), NOW) else { panic!("it goes on") };
    assert_eq!(settled.outcome.failure, Some(Failure::TooManyMessages(1)));
    assert_eq!((settled.outcome.response.is_none(), settled.outcome.events.len()), (true, 1));
    assert_eq!((table.is_empty(), table.bytes()), (true, 0));
    assert!(table.on_response(1, response.as_ref(), NOW).is_none());
}

#[test]
fn a_response_that_ends_its_action_is_never_one_too_many() {
    let mut table = waiting_for(Strategy::Single, 0);
    let response = frame("Response: Success");
    let Some(Progress::Ends(settled)) = table.on_response(1, response.as_ref(), NOW) else { panic!("it goes on") };
    assert_eq!(settled.outcome.failure, None);
}
