//! Events that wait for their listeners.
//!
//! The queue is bounded: a full one gives up its oldest event and counts it, by name.

use crate::protocol::Frame;
use crate::time::UnixMicros;
use std::collections::{HashMap, VecDeque};

/// Event names that are counted apart; drops of further names are counted together. Asterisk 22 documents 171
/// events, so only made-up names go past it.
pub const MAX_DROP_NAMES: usize = 256;

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

/// A first-in, first-out queue of at most `capacity` events.
#[derive(Debug)]
pub struct EventQueue {
    events: VecDeque<QueuedEvent>,
    capacity: usize,
    drops: DropCounts,
}

impl EventQueue {
    /// An empty queue; it takes no memory until events come.
    pub const fn new(capacity: usize, drops: DropCounts) -> Self {
        Self { events: VecDeque::new(), capacity, drops }
    }

    /// Adds an event. A full queue drops its oldest; tells whether it did.
    pub fn push(&mut self, event: QueuedEvent) -> bool {
        let dropped = if self.events.len() >= self.capacity { self.events.pop_front() } else { None };
        if let Some(oldest) = &dropped {
            self.drops.count(oldest.frame.as_ref().name());
        }
        self.events.push_back(event);
        dropped.is_some()
    }

    /// Takes the oldest event.
    pub fn pop(&mut self) -> Option<QueuedEvent> {
        let event = self.events.pop_front();
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
