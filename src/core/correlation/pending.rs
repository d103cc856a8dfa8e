//! Actions that wait for their answers.
//!
//! Each ends exactly once: it leaves the table in the same step that produces its [`Settled`].

use super::strategy::{Completion, Failure, LIST_DURATION, LossReason, Strategy};
use crate::protocol::{Frame, FrameKind, FrameRef, command};
use crate::time::Instant;
use core::time::Duration;
use std::collections::{BTreeSet, HashMap};

/// An action on its way.
#[derive(Debug)]
pub struct Pending {
    completion: Completion,
    is_list: bool,
    response: Option<Frame>,
    events: Vec<Frame>,
    messages: u32,
    sent: Instant,
    deadline: Instant,
}

/// What an action came to.
#[derive(Debug)]
pub struct Outcome {
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// The response, also of a failed action that had got one.
    pub response: Option<Frame>,
    /// The list items and end events, in order.
    pub events: Vec<Frame>,
}

/// An action that has ended.
#[derive(Debug)]
pub struct Settled {
    /// Its sequence number.
    pub sequence: u64,
    /// What it came to.
    pub outcome: Outcome,
    /// From sending to ending.
    pub latency: Duration,
}

/// What an event meant to the action whose id it carries.
#[derive(Debug)]
pub enum EventVerdict {
    /// Nothing: it is for listeners.
    Foreign,
    /// It is part of the answer, and for nobody else.
    Consumed(Option<Settled>),
    /// It is part of the answer, and also a public event.
    Shared(Option<Settled>),
}

/// The pending actions of one server.
#[derive(Debug)]
pub struct PendingTable {
    entries: HashMap<u64, Pending>,
    deadlines: BTreeSet<(Instant, u64)>,
    capacity: usize,
    output_limit: usize,
}

impl PendingTable {
    /// A table for at most `capacity` actions, whose commands may put out `output_limit` bytes.
    pub fn new(capacity: usize, output_limit: usize) -> Self {
        Self { entries: HashMap::new(), deadlines: BTreeSet::new(), capacity, output_limit }
    }

    /// How many actions wait.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether no further action may be added.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.capacity
    }

    /// Most actions that may wait.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// The moment at which the next action expires.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|&(deadline, _)| deadline)
    }

    /// Adds an action that was queued at `now`. The caller has asked [`PendingTable::is_full`].
    pub fn insert(&mut self, sequence: u64, completion: Completion, now: Instant) {
        let deadline = now + completion.max_duration;
        let is_list = matches!(completion.strategy, Strategy::List { .. });
        let entry =
            Pending { completion, is_list, response: None, events: Vec::new(), messages: 0, sent: now, deadline };
        self.entries.insert(sequence, entry);
        self.deadlines.insert((deadline, sequence));
    }

    /// Whether an action with that sequence number waits.
    pub fn contains(&self, sequence: u64) -> bool {
        self.entries.contains_key(&sequence)
    }

    /// A response with that sequence number came. `None` when nothing waits for it or it goes on.
    /// Tells apart by [`PendingTable::contains`], asked before.
    pub fn on_response(&mut self, sequence: u64, frame: FrameRef<'_>, now: Instant) -> Option<Settled> {
        let output_limit = self.output_limit;
        let entry = self.entries.get_mut(&sequence)?;
        if entry.response.is_some() {
            // Asterisk answers some malformed requests with several error frames; the first one counts.
            return None;
        }
        entry.messages += 1;
        entry.response = Some(frame.to_frame());
        let failure = if frame.name().eq_ignore_ascii_case(b"error") {
            Some(Failure::ErrorResponse)
        } else {
            match entry.completion.strategy {
                Strategy::Single => None,
                Strategy::Command => {
                    (command::output(frame).total_len() > output_limit).then_some(Failure::OutputTooLong(output_limit))
                }
                Strategy::ByAnswer => {
                    if !frame.header(b"EventList").is_some_and(|value| value.eq_ignore_ascii_case(b"start")) {
                        return Some(self.settle(sequence, None, now));
                    }
                    entry.is_list = true;
                    let list_deadline = entry.sent + LIST_DURATION;
                    if entry.deadline < list_deadline {
                        self.deadlines.remove(&(entry.deadline, sequence));
                        self.deadlines.insert((list_deadline, sequence));
                        entry.deadline = list_deadline;
                    }
                    return None;
                }
                Strategy::List { .. } | Strategy::Async { .. } => return None,
            }
        };
        if matches!(failure, Some(Failure::OutputTooLong(_))) {
            // What is over the limit is not kept.
            entry.response = None;
        }
        Some(self.settle(sequence, failure, now))
    }

    /// An event with that sequence number came.
    pub fn on_event(&mut self, sequence: u64, frame: FrameRef<'_>, now: Instant) -> EventVerdict {
        let Some(entry) = self.entries.get_mut(&sequence) else { return EventVerdict::Foreign };
        let (shared, ends, event_list) = match &entry.completion.strategy {
            Strategy::Async { event } => {
                if !frame.name().eq_ignore_ascii_case(event) {
                    return EventVerdict::Foreign;
                }
                (true, true, None)
            }
            strategy if entry.is_list => {
                let event_list = frame.header(b"EventList");
                let ends = match event_list {
                    Some(value) => value.eq_ignore_ascii_case(b"complete") || value.eq_ignore_ascii_case(b"cancelled"),
                    None => is_end_by_name(strategy, frame.name()),
                };
                (false, ends, event_list)
            }
            _ => return EventVerdict::Foreign,
        };
        debug_assert_eq!(frame.kind(), FrameKind::Event);
        entry.messages += 1;
        entry.events.push(frame.to_frame());
        let failure = if entry.messages > entry.completion.max_messages {
            entry.events.pop();
            Some(Failure::TooManyMessages(entry.completion.max_messages))
        } else if !ends {
            return if shared { EventVerdict::Shared(None) } else { EventVerdict::Consumed(None) };
        } else if entry.response.is_none() {
            Some(Failure::MissingResponse)
        } else if event_list.is_some_and(|value| value.eq_ignore_ascii_case(b"cancelled")) {
            Some(Failure::Cancelled)
        } else {
            None
        };
        let settled = Some(self.settle(sequence, failure, now));
        if shared { EventVerdict::Shared(settled) } else { EventVerdict::Consumed(settled) }
    }

    /// Ends one action by `failure`. `None` when nothing with that number waits.
    pub fn fail(&mut self, sequence: u64, failure: Failure, now: Instant) -> Option<Settled> {
        self.entries.contains_key(&sequence).then(|| self.settle(sequence, Some(failure), now))
    }

    /// Ends the next action whose time is over.
    pub fn expire(&mut self, now: Instant) -> Option<Settled> {
        let &(deadline, sequence) = self.deadlines.first()?;
        if deadline > now {
            return None;
        }
        let after = self.entries.get(&sequence).map_or(Duration::ZERO, |entry| entry.deadline.since(entry.sent));
        Some(self.settle(sequence, Some(Failure::Timeout(after)), now))
    }

    /// Ends all actions because their session is over, the oldest first.
    pub fn lose_all(&mut self, reason: &LossReason, now: Instant) -> Vec<Settled> {
        let mut sequences: Vec<u64> = self.entries.keys().copied().collect();
        sequences.sort_unstable();
        sequences
            .into_iter()
            .map(|sequence| self.settle(sequence, Some(Failure::ConnectionLost(reason.clone())), now))
            .collect()
    }

    fn settle(&mut self, sequence: u64, failure: Option<Failure>, now: Instant) -> Settled {
        let entry = self.entries.remove(&sequence);
        let (outcome, latency) = match entry {
            Some(entry) => {
                self.deadlines.remove(&(entry.deadline, sequence));
                (Outcome { failure, response: entry.response, events: entry.events }, now.since(entry.sent))
            }
            None => (Outcome { failure, response: None, events: Vec::new() }, Duration::ZERO),
        };
        Settled { sequence, outcome, latency }
    }
}

fn is_end_by_name(strategy: &Strategy, name: &[u8]) -> bool {
    match strategy {
        Strategy::List { complete_events } if !complete_events.is_empty() => {
            complete_events.iter().any(|end| name.eq_ignore_ascii_case(end))
        }
        _ => name.len() >= 8 && name.get(name.len() - 8..).is_some_and(|tail| tail.eq_ignore_ascii_case(b"complete")),
    }
}
