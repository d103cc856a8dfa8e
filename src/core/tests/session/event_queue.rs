//! The queue of events: what comes in, what is dropped, and how that is told.

use crate::support::{MILLISECOND, SECOND, Session, field};
use ami_core::config::ClientOptions;
use ami_core::events::{HeaderCondition, NewSubscription};
use ami_core::log::LogValue;
use std::collections::HashMap;

fn names(names: &[&str]) -> Vec<Box<[u8]>> {
    names.iter().map(|name| name.as_bytes().into()).collect()
}

fn small_queue() -> Session {
    let mut session = Session::ready_with(ClientOptions { event_queue_capacity: 3, ..ClientOptions::default() });
    session.subscribe(None);
    session
}

#[test]
fn a_full_queue_drops_its_oldest_and_counts_it_by_name() {
    let mut session = small_queue();
    for name in ["A", "B", "B", "C", "D", "E"] {
        session.event(name);
    }
    let drops: HashMap<_, _> =
        session.connection().drops().by_name().map(|(name, n)| (name.unwrap().to_vec(), n)).collect();
    assert_eq!(drops, HashMap::from([(b"A".to_vec(), 1), (b"B".to_vec(), 2)]));
    assert_eq!(session.connection().drops().total(), 3);
    assert_eq!(session.cluster.take_counts().events_dropped, 3);
    assert_eq!(session.events(), ["C", "D", "E"]);
}

#[test]
fn drops_are_summed_up_in_one_record_an_interval() {
    let mut session = small_queue();
    for _ in 0..10 {
        for _ in 0..100 {
            session.event("VarSet");
        }
        session.event("Hangup");
        session.pass(100 * MILLISECOND);
    }
    session.pass(5 * SECOND);
    let told = session.records_of("events were dropped: listeners are too slow for this server");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(field(told[0], "dropped"), Some(&LogValue::Int(1_007)));
    let expected = LogValue::Counts(vec![("VarSet".into(), 998), ("Hangup".into(), 9)]);
    assert_eq!(field(told[0], "by_name"), Some(&expected));
    assert_eq!(told[0].queue_depth, Some(3));
}

#[test]
fn each_record_counts_what_the_ones_before_did_not() {
    let mut session = small_queue();
    for _ in 0..3 {
        for _ in 0..5 {
            session.event("VarSet");
        }
        session.pass(SECOND);
    }
    let told: Vec<_> = session
        .records_of("events were dropped: listeners are too slow for this server")
        .iter()
        .map(|record| (field(record, "dropped").cloned(), field(record, "dropped_total").cloned()))
        .collect();
    let int = |n| Some(LogValue::Int(n));
    assert_eq!(told, [(int(2), int(2)), (int(5), int(7)), (int(5), int(12))]);
}

#[test]
fn an_interval_of_zero_tells_nothing_and_still_counts() {
    let mut session = Session::ready_with(ClientOptions {
        event_queue_capacity: 1,
        event_drop_log_interval_ms: std::time::Duration::ZERO,
        ..ClientOptions::default()
    });
    session.subscribe(None);
    session.event("A");
    session.event("B");
    session.pass(10 * SECOND);
    assert_eq!(session.connection().drops().total(), 1);
    assert!(!session.records.iter().any(|record| record.message().contains("dropped")));
}

#[test]
fn events_that_nobody_listens_to_are_counted_and_take_no_room() {
    let mut session = Session::ready();
    session.subscribe(Some("Hangup"));
    session.event("Newchannel");
    session.event("hangup");
    assert_eq!(session.connection().queued_events(), 1);
    assert_eq!(session.counters().events_unheard, 2, "FullyBooted was not listened to either");
    assert_eq!(session.cluster.take_counts().events_unheard, 2);
}

#[test]
fn events_whose_headers_nobody_asked_for_take_no_room_either() {
    let mut session = Session::ready();
    let conditions =
        vec![HeaderCondition { header: b"Queue".as_slice().into(), values: vec![b"sales".as_slice().into()] }];
    let name = Some(b"join".as_slice().into());
    session.cluster.subscribe(NewSubscription { name, conditions, ..NewSubscription::default() }).unwrap();
    session.frame(&["Event: Join", "Queue: support"]);
    session.frame(&["Event: Join", "Queue: sales"]);
    session.frame(&["Event: Join"]);
    assert_eq!((session.connection().queued_events(), session.counters().events_unheard), (1, 3));
}

#[test]
fn with_allowed_events_only_those_come_in() {
    let options = ClientOptions { allowed_events: names(&["hangup", "cdr"]), ..ClientOptions::default() };
    let mut session = Session::ready_with(options);
    session.subscribe(None);
    for name in ["Hangup", "Newchannel", "CDR"] {
        session.event(name);
    }
    assert_eq!(session.events(), ["Hangup", "CDR"]);
}

#[test]
fn a_blocked_event_does_not_come_in_but_still_ends_its_list() {
    let options =
        ClientOptions { blocked_events: names(&["rtcpsent", "queuestatuscomplete"]), ..ClientOptions::default() };
    let mut session = Session::ready_with(options);
    session.subscribe(None);
    session.event("RTCPSent");
    session.event("Hangup");
    assert_eq!(session.events(), ["Hangup"]);
    let (sequence, line) = session.ask(&crate::support::action("QueueStatus"));
    session.frame(&["Response: Success", &line, "EventList: start"]);
    session.frame(&["Event: QueueStatusComplete", &line, "EventList: Complete"]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
}

#[test]
fn an_event_keeps_the_moment_at_which_it_was_read() {
    let mut session = Session::ready();
    session.subscribe(None);
    let read = session.now.wall;
    session.event("Hangup");
    session.pass(3 * SECOND);
    let (_, event) = session.cluster.pop_event(None).unwrap();
    assert_eq!(event.received, read);
}

#[test]
fn drops_that_do_not_end_are_told_every_interval() {
    let mut session = small_queue();
    for _ in 0..35 {
        for _ in 0..5 {
            session.event("VarSet");
        }
        session.pass(100 * MILLISECOND);
    }
    assert_eq!(session.records_of("events were dropped: listeners are too slow for this server").len(), 3);
}

#[test]
fn drops_that_nobody_was_told_of_are_told_when_the_server_is_closed() {
    let mut session = small_queue();
    for _ in 0..5 {
        session.event("VarSet");
    }
    session.close();
    session.event("VarSet");
    session.end();
    let told = session.records_of("events were dropped: listeners are too slow for this server");
    assert_eq!(told.len(), 1);
    assert_eq!(field(told[0], "dropped"), Some(&LogValue::Int(3)));
    session.pass(60 * SECOND);
    assert_eq!(session.records_of("events were dropped: listeners are too slow for this server").len(), 1);
}
