#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::protocol::FrameRef;

const NONE: [&[u8]; 0] = [];

fn event(name: &str) -> QueuedEvent {
    let bytes = format!("Event: {name}\r\nPrivilege: call,all");
    let frame = FrameRef::from_bytes(bytes.as_bytes()).unwrap().to_frame();
    QueuedEvent { frame, received: UnixMicros(1), read_at: Instant::default() }
}

fn pop(queue: &mut EventQueue) -> Option<Vec<u8>> {
    queue.pop(Lane::Priority).map(|event| event.frame.as_ref().name().to_vec())
}

#[test]
fn events_leave_in_the_order_in_which_they_came() {
    let mut queue = EventQueue::new(3, NONE);
    for name in ["A", "B", "C"] {
        assert_eq!(queue.push(event(name)), 0);
    }
    assert_eq!([pop(&mut queue), pop(&mut queue)], [Some(b"A".to_vec()), Some(b"B".to_vec())]);
    assert_eq!(queue.len(), 1);
}

#[test]
fn made_up_names_beyond_the_limit_are_counted_together() {
    let mut queue = EventQueue::new(1, NONE);
    for number in 0..=MAX_DROP_NAMES + 10 {
        queue.push(event(&format!("E{number}")));
    }
    let drops = queue.drops();
    assert_eq!(drops.total(), (MAX_DROP_NAMES + 10) as u64);
    assert_eq!(drops.by_name().count(), MAX_DROP_NAMES + 1);
    assert_eq!(drops.by_name().find(|(name, _)| name.is_none()), Some((None, 10)));
    assert_eq!(drops.by_name().map(|(_, count)| count).sum::<u64>(), drops.total());
}

#[test]
fn events_that_hold_too_much_drop_as_many_of_the_oldest_as_it_takes() {
    let large = |name: &str, size: usize| {
        let bytes = [format!("Event: {name}\r\nValue: ").as_bytes(), &vec![b'x'; size]].concat();
        let frame = FrameRef::from_bytes(&bytes).unwrap().to_frame();
        QueuedEvent { frame, received: UnixMicros(1), read_at: Instant::default() }
    };
    let mut queue = EventQueue::new(10_000, NONE);
    for _ in 0..3 {
        assert_eq!(queue.push(large("Small", MIN_QUEUE_BYTES / 8)), 0);
    }
    assert_eq!(queue.push(large("Half", MIN_QUEUE_BYTES / 2)), 0);
    assert_eq!(queue.push(large("Quarter", MIN_QUEUE_BYTES / 4)), 2);
    assert_eq!((queue.len(), queue.drops().total()), (3, 2));
    while queue.pop(Lane::Priority).is_some() {}
    assert_eq!((queue.bytes, queue.push(large("Half", MIN_QUEUE_BYTES / 2))), (0, 0));
    let roomy = EventQueue::new(1_000_000, NONE);
    assert_eq!(roomy.byte_limit, 1_000_000 * BYTES_AN_EVENT);
}

#[test]
fn an_emptied_queue_gives_the_room_of_a_flood_back() {
    let mut queue = EventQueue::new(10_000, NONE);
    for _ in 0..5_000 {
        queue.push(event("A"));
    }
    while queue.pop(Lane::Priority).is_some() {}
    assert_eq!(queue.ordinary.events.capacity(), 0);
}

/// A queue in which events whose names begin with `P` go first.
fn two_lanes(capacity: usize) -> EventQueue {
    EventQueue::new(capacity, [b"p1".as_slice(), b"P2"])
}

fn all(queue: &mut EventQueue) -> Vec<String> {
    let names = std::iter::from_fn(|| queue.pop(Lane::Priority));
    names.map(|event| String::from_utf8_lossy(event.frame.as_ref().name()).into_owned()).collect()
}

fn fill(queue: &mut EventQueue, names: &[&str]) -> u64 {
    names.iter().map(|name| queue.push(event(name))).sum()
}

fn dropped(queue: &EventQueue) -> Vec<(String, u64)> {
    let names = queue.drops().by_name().map(|(name, n)| (String::from_utf8_lossy(name.unwrap()).into_owned(), n));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn names_that_go_first_overtake_the_others_and_keep_their_own_order() {
    let mut queue = two_lanes(10);
    fill(&mut queue, &["A", "P2", "B", "p1", "P1", "C"]);
    assert_eq!(all(&mut queue), ["P2", "p1", "P1", "A", "B", "C"]);
}

#[test]
fn after_so_many_in_a_row_one_of_the_others_has_its_turn() {
    let mut queue = two_lanes(1_000);
    fill(&mut queue, &["A", "B"]);
    fill(&mut queue, &["P1"; 3 * PRIORITY_RUN]);
    let order = all(&mut queue);
    let others: Vec<usize> = (0..order.len()).filter(|&place| order[place] != "P1").collect();
    assert_eq!(others, [PRIORITY_RUN, 2 * PRIORITY_RUN + 1]);
}

#[test]
fn at_the_turn_of_the_others_one_of_them_leaves_if_there_is_one() {
    let mut queue = two_lanes(10);
    fill(&mut queue, &["A", "P1", "P2"]);
    let mut next = |turn| queue.pop(turn).map(|event| event.frame.as_ref().name().to_vec());
    assert_eq!(next(Lane::Ordinary), Some(b"A".to_vec()));
    assert_eq!(next(Lane::Ordinary), Some(b"P1".to_vec()));
    assert_eq!((next(Lane::Priority), next(Lane::Priority)), (Some(b"P2".to_vec()), None));
}

#[test]
fn a_full_queue_gives_up_what_goes_first_only_where_nothing_else_is_left() {
    let mut queue = two_lanes(4);
    assert_eq!(fill(&mut queue, &["P1", "A", "B", "P2"]), 0);
    assert_eq!(fill(&mut queue, &["P1", "C"]), 2, "A and B");
    assert_eq!(fill(&mut queue, &["P2"]), 1, "C");
    assert_eq!(fill(&mut queue, &["D"]), 1, "D itself: what goes first does not make room for it");
    assert_eq!(fill(&mut queue, &["P2"]), 1, "the oldest P1");
    assert_eq!(dropped(&queue), [("A", 1), ("B", 1), ("C", 1), ("D", 1), ("P1", 1)].map(|(n, c)| (n.into(), c)));
    assert_eq!(all(&mut queue), ["P2", "P1", "P2", "P2"]);
    assert_eq!((queue.bytes(), queue.drops().total()), (0, 5));
}

#[test]
fn an_event_of_a_new_session_overtakes_none_of_an_old_one() {
    let mut queue = two_lanes(10);
    fill(&mut queue, &["A", "P1", "B"]);
    queue.begin_session();
    fill(&mut queue, &["C", "P2"]);
    let mut order = Vec::new();
    while queue.has_old() {
        order.push(pop(&mut queue).unwrap());
    }
    assert_eq!(order, [b"P1".as_slice(), b"A", b"B"]);
    assert_eq!(all(&mut queue), ["P2", "C"]);
}

#[test]
fn drops_of_a_new_session_do_not_count_for_the_old_one() {
    let mut queue = two_lanes(3);
    fill(&mut queue, &["P1", "P1"]);
    queue.begin_session();
    assert_eq!(fill(&mut queue, &["A", "B", "C"]), 2);
    assert!(queue.has_old());
    assert_eq!([pop(&mut queue), pop(&mut queue)], [Some(b"P1".to_vec()), Some(b"P1".to_vec())]);
    assert!(!queue.has_old());
}
