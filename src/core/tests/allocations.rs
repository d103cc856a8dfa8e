//! What the path of an event allocates: nothing for one that nobody wants, and one block for one that waits.
//!
//! A program of its own, as it counts every allocation of the thread.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "session/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the session")]
mod support;

use allocation_counter::measure;
use ami_core::config::ClientOptions;
use ami_core::events::{HeaderCondition, NewSubscription};
use support::{Session, action};

/// Fewer than the queue holds and than one tick hands out.
const EVENTS: usize = 500;

fn flood(name: &str) -> Vec<u8> {
    let event = format!("Event: {name}\r\nPrivilege: call,all\r\nChannel: PJSIP/100-00000001\r\nSeq: 1\r\n\r\n");
    event.repeat(EVENTS).into_bytes()
}

/// Every buffer and queue has the size that this flood needs.
fn warm(session: &mut Session, bytes: &[u8]) {
    session.feed(bytes);
    session.events();
}

/// Takes out what is queued, as a driver does; how many events that were.
fn dispatch(session: &mut Session) -> usize {
    let mut found = Vec::with_capacity(8);
    let mut count = 0;
    session.cluster.begin_tick();
    while let Some((id, event)) = session.cluster.pop_event(None) {
        session.cluster.subscriptions().find(id, event.frame.as_ref(), &mut found);
        count += usize::from(!found.is_empty());
    }
    count
}

#[test]
fn an_event_that_nobody_wants_allocates_nothing() {
    let refusing = ClientOptions { blocked_events: vec![b"Blocked".as_slice().into()], ..ClientOptions::default() };
    let mut session = Session::ready_with(refusing);
    session.subscribe(Some("Hangup"));
    session.subscribe(Some("Blocked"));
    let conditions = vec![HeaderCondition { header: b"Seq".as_slice().into(), values: vec![b"2".as_slice().into()] }];
    let name = Some(b"Filtered".as_slice().into());
    session.cluster.subscribe(NewSubscription { name, conditions, ..NewSubscription::default() }).unwrap();
    for name in ["UserEvent", "Blocked", "Filtered", &"x".repeat(300)] {
        let bytes = flood(name);
        warm(&mut session, &bytes);
        let before = session.counters().events_unheard;
        let info = measure(|| session.feed(&bytes));
        assert_eq!(session.counters().events_unheard - before, EVENTS as u64, "{name}");
        assert_eq!(info.count_total, 0, "{name}: {info:?}");
    }
}

#[test]
fn an_event_that_no_pending_action_wants_allocates_nothing() {
    let mut session = Session::ready();
    let bytes = flood("UserEvent");
    warm(&mut session, &bytes);
    // While a list is awaited, every event is asked for its action id.
    session.ask(&action("QueueStatus"));
    let info = measure(|| session.feed(&bytes));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn an_event_that_waits_is_one_block_and_handing_it_out_is_none() {
    let mut session = Session::ready();
    session.subscribe(Some("UserEvent"));
    let bytes = flood("UserEvent");
    // The queue grows with a flood and gives its room back when it is empty: a few more blocks, the fewer the longer it is.
    warm(&mut session, &bytes);
    let info = measure(|| session.feed(&bytes));
    let growth = u64::from(EVENTS.ilog2());
    assert!((EVENTS as u64..=EVENTS as u64 + growth).contains(&info.count_total), "{info:?}");
    let mut handed_out = 0;
    let info = measure(|| handed_out = dispatch(&mut session));
    assert_eq!(handed_out, EVENTS);
    // The list of those who want an event, which the driver keeps.
    assert_eq!(info.count_total, 1, "{info:?}");
}
