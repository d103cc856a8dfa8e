//! Events that wait for their listeners.
//!
//! The queue is bounded: a full one gives up its oldest event and counts it, by name.

use crate::protocol::Frame;
use crate::time::UnixMicros;
use std::collections::{HashMap, VecDeque};

/// Event names that are counted apart; drops of further names are counted together. Asterisk 22 documents 171
/// events, so only made-up names go past it.
pub const MAX_DROP_NAMES: usize = 256;

/// Bytes for which a queue has room, for each event of its capacity: twice what real ones have on average. Without a
/// limit in bytes, events as long as `max_frame_size` lets them be could take all memory there is.
const BYTES_AN_EVENT: usize = 1024;

/// Room that any queue has: that of 64 events of the longest default size.
const MIN_QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// An event and the moment at which its bytes were read.
#[derive(Debug)]
pub struct QueuedEvent {
    /// The event.
    pub frame: Frame,
    /// When it was read.
    pub received: UnixMicros,
}

/// How many events were dropped, by name.
#[derive(Debug, Default, Clone)]
pub struct DropCounts {
    total: u64,
    by_name: HashMap<Box<[u8]>, u64>,
    other: u64,
}

impl DropCounts {
    /// All drops.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Drops by event name, as sent, in no order; names past [`MAX_DROP_NAMES`] under `None`.
    pub fn by_name(&self) -> impl Iterator<Item = (Option<&[u8]>, u64)> {
        let other = (self.other > 0).then_some((None, self.other));
        self.by_name.iter().map(|(name, &count)| (Some(&**name), count)).chain(other)
    }

    fn count(&mut self, name: &[u8]) {
        self.total += 1;
        if let Some(count) = self.by_name.get_mut(name) {
            *count += 1;
        } else if self.by_name.len() < MAX_DROP_NAMES {
            self.by_name.insert(name.into(), 1);
        } else {
            self.other += 1;
        }
    }
}

/// A first-in, first-out queue of at most `capacity` events, and of at most 1 KiB for each of these (but never less than
/// 64 MiB).
#[derive(Debug)]
pub struct EventQueue {
    events: VecDeque<QueuedEvent>,
    capacity: usize,
    byte_limit: usize,
    /// Bytes of all that waits.
    bytes: usize,
    drops: DropCounts,
}

impl EventQueue {
    /// An empty queue; it takes no memory until events come.
    pub fn new(capacity: usize, drops: DropCounts) -> Self {
        let byte_limit = capacity.saturating_mul(BYTES_AN_EVENT).max(MIN_QUEUE_BYTES);
        Self { events: VecDeque::new(), capacity, byte_limit, bytes: 0, drops }
    }

    /// Adds an event. A full queue drops its oldest, as many as it takes; tells how many that were.
    pub fn push(&mut self, event: QueuedEvent) -> u64 {
        let size = event.frame.as_ref().bytes().len();
        let mut dropped = 0;
        while self.events.len() >= self.capacity || self.bytes.saturating_add(size) > self.byte_limit {
            let Some(oldest) = self.events.pop_front() else { break };
            let oldest = oldest.frame.as_ref();
            self.bytes -= oldest.bytes().len();
            self.drops.count(oldest.name());
            dropped += 1;
        }
        self.bytes += size;
        self.events.push_back(event);
        dropped
    }

    /// Takes the oldest event.
    pub fn pop(&mut self) -> Option<QueuedEvent> {
        let event = self.events.pop_front();
        if let Some(event) = &event {
            self.bytes -= event.frame.as_ref().bytes().len();
        }
        // An idle connection gives the room of a past flood back.
        if self.events.is_empty() && self.events.capacity() > 64 {
            self.events = VecDeque::new();
        }
        event
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// What was dropped so far.
    pub const fn drops(&self) -> &DropCounts {
        &self.drops
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::protocol::FrameRef;

    fn event(name: &str) -> QueuedEvent {
        let bytes = format!("Event: {name}\r\nPrivilege: call,all");
        let frame = FrameRef::from_bytes(bytes.as_bytes()).unwrap().to_frame();
        QueuedEvent { frame, received: UnixMicros(1) }
    }

    fn pop(queue: &mut EventQueue) -> Option<Vec<u8>> {
        queue.pop().map(|event| event.frame.as_ref().name().to_vec())
    }

    #[test]
    fn events_leave_in_the_order_in_which_they_came() {
        let mut queue = EventQueue::new(3, DropCounts::default());
        for name in ["A", "B", "C"] {
            assert_eq!(queue.push(event(name)), 0);
        }
        assert_eq!([pop(&mut queue), pop(&mut queue)], [Some(b"A".to_vec()), Some(b"B".to_vec())]);
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn made_up_names_beyond_the_limit_are_counted_together() {
        let mut queue = EventQueue::new(1, DropCounts::default());
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
            QueuedEvent { frame, received: UnixMicros(1) }
        };
        let mut queue = EventQueue::new(10_000, DropCounts::default());
        for _ in 0..3 {
            assert_eq!(queue.push(large("Small", MIN_QUEUE_BYTES / 8)), 0);
        }
        assert_eq!(queue.push(large("Half", MIN_QUEUE_BYTES / 2)), 0);
        assert_eq!(queue.push(large("Quarter", MIN_QUEUE_BYTES / 4)), 2);
        assert_eq!((queue.len(), queue.drops().total()), (3, 2));
        while queue.pop().is_some() {}
        assert_eq!((queue.bytes, queue.push(large("Half", MIN_QUEUE_BYTES / 2))), (0, 0));
        let roomy = EventQueue::new(1_000_000, DropCounts::default());
        assert_eq!(roomy.byte_limit, 1_000_000 * BYTES_AN_EVENT);
    }

    #[test]
    fn an_emptied_queue_gives_the_room_of_a_flood_back() {
        let mut queue = EventQueue::new(10_000, DropCounts::default());
        for _ in 0..5_000 {
            queue.push(event("A"));
        }
        while queue.pop().is_some() {}
        assert_eq!(queue.events.capacity(), 0);
    }
}
