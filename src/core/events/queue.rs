//! Events that wait for their listeners.
//!
//! The queue is bounded: a full one gives up its oldest event and counts it, by name. It has two lanes, so that a few
//! names (`event_priorities`) need not wait behind a flood of others.

use super::names::NameMap;
use crate::protocol::Frame;
use crate::time::{Instant, UnixMicros};
use std::collections::{HashMap, VecDeque};

/// Event names that are counted apart; drops of further names are counted together. Asterisk 22 documents 171
/// events, so only made-up names go past it.
pub const MAX_DROP_NAMES: usize = 256;

/// Longest name that is counted apart: the longest documented one has under 50 bytes, and a name is a label of a metric.
const MAX_DROP_NAME_LEN: usize = 128;

/// Bytes for which a queue has room, for each event of its capacity: twice what real ones have on average. Without a
/// limit in bytes, events as long as `max_frame_size` lets them be could take all memory there is.
const BYTES_AN_EVENT: usize = 1024;

/// Room that any queue has: that of 64 events of the longest default size.
const MIN_QUEUE_BYTES: usize = 64 * 1024 * 1024;

/// Most events of [`Lane::Priority`] that leave in a row while an ordinary one waits. So few that names which flood leave
/// the others a seventeenth of the time, so many that what goes first hardly waits for them.
pub const PRIORITY_RUN: usize = 16;

/// An event and the moment at which its bytes were read.
#[derive(Debug)]
pub struct QueuedEvent {
    /// The event.
    pub frame: Frame,
    /// When it was read, for people.
    pub received: UnixMicros,
    /// The same, to measure how long it waited.
    pub read_at: Instant,
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

    /// Drops by event name, as sent, in no order; names past [`MAX_DROP_NAMES`], or over 128 bytes long, under `None`.
    pub fn by_name(&self) -> impl Iterator<Item = (Option<&[u8]>, u64)> {
        let other = (self.other > 0).then_some((None, self.other));
        self.by_name.iter().map(|(name, &count)| (Some(&**name), count)).chain(other)
    }

    fn count(&mut self, name: &[u8]) {
        self.total += 1;
        if let Some(count) = self.by_name.get_mut(name) {
            *count += 1;
        } else if self.by_name.len() < MAX_DROP_NAMES && name.len() <= MAX_DROP_NAME_LEN {
            self.by_name.insert(name.into(), 1);
        } else {
            self.other += 1;
        }
    }
}

/// Which of the two lines of a queue an event stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// That of the names in `event_priorities`.
    Priority,
    /// That of all others.
    Ordinary,
}

/// Events of one lane, in the order in which they came.
#[derive(Debug, Default)]
struct Line {
    events: VecDeque<QueuedEvent>,
    /// So many of the first are of sessions that are over.
    old: usize,
}

impl Line {
    fn take(&mut self) -> Option<QueuedEvent> {
        let event = self.events.pop_front();
        self.old = self.old.saturating_sub(1);
        // An idle connection gives the room of a past flood back.
        if self.events.is_empty() && self.events.capacity() > 64 {
            self.events = VecDeque::new();
        }
        event
    }
}

/// A queue of at most `capacity` events, and of at most 1 KiB for each of these (but never less than 64 MiB).
///
/// Events leave in the order in which they came, but those of `event_priorities` before the others: never more than
/// [`PRIORITY_RUN`] of them in a row while another one waits, and none before an event of an earlier session.
#[derive(Debug)]
pub struct EventQueue {
    priority: Line,
    ordinary: Line,
    priorities: NameMap<()>,
    /// Events of [`Lane::Priority`] that left since the last ordinary one.
    run: usize,
    capacity: usize,
    byte_limit: usize,
    /// Bytes of all that waits.
    bytes: usize,
    drops: DropCounts,
}

impl EventQueue {
    /// An empty queue; it takes no memory until events come. Those of the names in `priorities` go first.
    pub fn new<'a>(capacity: usize, priorities: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut names = NameMap::default();
        for name in priorities {
            names.get_or_insert(name);
        }
        Self {
            priority: Line::default(),
            ordinary: Line::default(),
            priorities: names,
            run: 0,
            capacity,
            byte_limit: capacity.saturating_mul(BYTES_AN_EVENT).max(MIN_QUEUE_BYTES),
            bytes: 0,
            drops: DropCounts::default(),
        }
    }

    /// Adds an event. A full queue drops its oldest, as many as it takes: ordinary ones, be it this one itself, and only
    /// where none is left those that go first. Tells how many that were.
    pub fn push(&mut self, event: QueuedEvent) -> u64 {
        let frame = event.frame.as_ref();
        let size = frame.bytes().len();
        let is_priority = !self.priorities.is_empty() && self.priorities.get(frame.name()).is_some();
        let mut dropped = 0;
        while self.len() >= self.capacity || self.bytes.saturating_add(size) > self.byte_limit {
            dropped += 1;
            let oldest = match self.ordinary.take() {
                None if is_priority => self.priority.take(),
                None if !self.priority.events.is_empty() => {
                    self.drops.count(frame.name());
                    return dropped;
                }
                oldest => oldest,
            };
            let Some(oldest) = oldest else {
                dropped -= 1;
                break;
            };
            let oldest = oldest.frame.as_ref();
            self.bytes -= oldest.bytes().len();
            self.drops.count(oldest.name());
        }
        self.bytes += size;
        let line = if is_priority { &mut self.priority } else { &mut self.ordinary };
        line.events.push_back(event);
        dropped
    }

    /// Takes the next event: where it may be of either lane, one of that which has the `turn`, unless the others have
    /// waited for long enough.
    pub fn pop(&mut self, turn: Lane) -> Option<QueuedEvent> {
        let event = if !self.priority.events.is_empty() && self.goes_first(turn) {
            self.run += 1;
            self.priority.take()
        } else {
            self.run = 0;
            self.ordinary.take()
        };
        if let Some(event) = &event {
            self.bytes -= event.frame.as_ref().bytes().len();
        }
        event
    }

    /// Whether it is the turn of an event of [`Lane::Priority`].
    fn goes_first(&self, turn: Lane) -> bool {
        let has_old = self.has_old();
        let may_leave = |line: &Line| if has_old { line.old > 0 } else { !line.events.is_empty() };
        let is_free = !may_leave(&self.ordinary) || (turn == Lane::Priority && self.run < PRIORITY_RUN);
        may_leave(&self.priority) && is_free
    }

    /// A session begins: its events come after all that wait now, whatever their names.
    pub fn begin_session(&mut self) {
        for line in [&mut self.priority, &mut self.ordinary] {
            line.old = line.events.len();
        }
    }

    /// Whether events of earlier sessions wait.
    pub const fn has_old(&self) -> bool {
        self.priority.old + self.ordinary.old > 0
    }

    /// Whether events of a lane wait.
    pub fn has(&self, lane: Lane) -> bool {
        match lane {
            Lane::Priority => !self.priority.events.is_empty(),
            Lane::Ordinary => !self.ordinary.events.is_empty(),
        }
    }

    /// When the event was read that has waited the longest.
    pub fn oldest_read_at(&self) -> Option<Instant> {
        let fronts = [&self.priority, &self.ordinary].map(|line| line.events.front());
        fronts.into_iter().flatten().map(|event| event.read_at).min()
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.priority.events.len() + self.ordinary.events.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all that waits.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// What was dropped so far.
    pub const fn drops(&self) -> &DropCounts {
        &self.drops
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
