//! Actions that wait for their answers.
//!
//! Each ends exactly once: it leaves the table in the same step that produces its [`Settled`].
//!
//! A message of an action whose strategy is [`Strategy::Custom`] is not kept here at first: it goes to the driver as a
//! [`Question`] and comes back with [`PendingTable::judge`]. What ends such an action meanwhile, be it its time or its
//! session, waits until the driver has judged everything that had come before.

use super::failure::{Failure, LossReason};
use super::strategy::{Completion, LIST_DURATION, Strategy, is_broadcast};
use crate::hash::NumberMap;
use crate::protocol::{Frame, FrameKind, FrameRef, command};
use crate::time::Instant;
use core::time::Duration;
use std::collections::BTreeSet;

/// Most bytes that the answers under way of one server may hold together: some ten of the longest lists allowed, and
/// an end to what a server that never ends its lists can make this process keep.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Most actions of a session that ended before their answers did and are remembered, so that what still comes of these
/// answers is known for what it is. Of older ones it is an event like any other.
const MAX_ABANDONED: usize = 1_024;

/// An action on its way.
#[derive(Debug)]
pub struct Pending {
    completion: Completion,
    is_list: bool,
    silences_session: bool,
    /// Where its last byte stands in all that the session writes.
    written_at: u64,
    /// A response came: the first one counts.
    has_response: bool,
    response: Option<Frame>,
    events: Vec<Frame>,
    messages: u32,
    /// Bytes of its messages, those that the driver judges included.
    bytes: usize,
    /// Messages that the driver has not judged yet.
    unjudged: u32,
    /// How it ends as soon as the driver has judged them, unless one of them completes it.
    ends_by: Option<Failure>,
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

/// A message that the driver is to judge, because its action has a [`Strategy::Custom`].
#[derive(Debug)]
pub struct Question {
    /// The action's sequence number.
    pub sequence: u64,
    /// The response or event.
    pub frame: Frame,
}

/// What the driver says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// More is to come.
    Continues,
    /// This was the last one.
    Completes,
    /// It could not tell: the action fails.
    Failed,
}

/// What a message meant to the action whose id it carries.
#[derive(Debug)]
pub enum Progress {
    /// It is a part of the answer; more is waited for.
    Waits,
    /// It ended the action.
    Ends(Settled),
    /// The driver is to judge it.
    Asks(Question),
}

/// What an event meant to the action whose id it carries.
#[derive(Debug)]
pub enum EventVerdict {
    /// Nothing: it is for listeners.
    Foreign,
    /// It is part of the answer, and for nobody else.
    Consumed(Progress),
    /// It is part of the answer, and also a public event.
    Shared(Progress),
    /// It is part of an answer that nobody waits for any more.
    Late,
}

/// An action whose time is over.
#[derive(Debug)]
pub struct Expired {
    /// Its sequence number.
    pub sequence: u64,
    /// How long it had.
    pub after: Duration,
    /// When it was sent, if nothing else could be answered because of it.
    pub silenced_since: Option<Instant>,
    /// `None` while the driver has messages of it to judge.
    pub settled: Option<Settled>,
}

/// The pending actions of one server.
#[derive(Debug)]
pub struct PendingTable {
    entries: NumberMap<u64, Pending>,
    deadlines: BTreeSet<(Instant, u64)>,
    capacity: usize,
    output_limit: usize,
    /// Actions that silence the session.
    silencing: usize,
    silence_ended: bool,
    /// Bytes of all messages that are kept or being judged.
    bytes: usize,
    /// Actions that ended before their answers did, of this session.
    abandoned: BTreeSet<u64>,
    /// Ended to make room for others.
    evicted: Vec<Settled>,
}

impl PendingTable {
    /// A table for at most `capacity` actions, whose commands may put out `output_limit` bytes.
    pub fn new(capacity: usize, output_limit: usize) -> Self {
        Self {
            entries: NumberMap::default(),
            deadlines: BTreeSet::new(),
            capacity,
            output_limit,
            silencing: 0,
            silence_ended: false,
            bytes: 0,
            abandoned: BTreeSet::new(),
            evicted: Vec::new(),
        }
    }

    /// How many actions wait.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of all messages that are kept or being judged.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether an event may be part of an answer: of one that is waited for, or of one that is not any more.
    pub fn may_know_events(&self) -> bool {
        !self.entries.is_empty() || !self.abandoned.is_empty()
    }

    /// Whether no further action may be added.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= self.capacity
    }

    /// Most actions that may wait.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether an action waits on which Asterisk answers nothing else.
    pub const fn is_silenced(&self) -> bool {
        self.silencing > 0
    }

    /// Whether the last such action has ended since this was last asked.
    pub const fn take_silence_end(&mut self) -> bool {
        core::mem::replace(&mut self.silence_ended, false)
    }

    /// The moment at which the next action expires.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|&(deadline, _)| deadline)
    }

    /// Adds an action that was queued at `now`, the last of its bytes being the one at `written_at`. The caller has asked
    /// [`PendingTable::is_full`].
    pub fn insert(
        &mut self,
        sequence: u64,
        completion: Completion,
        silences_session: bool,
        written_at: u64,
        now: Instant,
    ) {
        let deadline = now + completion.max_duration;
        let is_list = matches!(completion.strategy, Strategy::List { .. });
        let entry = Pending {
            completion,
            is_list,
            silences_session,
            written_at,
            has_response: false,
            response: None,
            events: Vec::new(),
            messages: 0,
            bytes: 0,
            unjudged: 0,
            ends_by: None,
            sent: now,
            deadline,
        };
        self.silencing += usize::from(silences_session);
        self.entries.insert(sequence, entry);
        self.deadlines.insert((deadline, sequence));
    }

    /// Whether an action with that sequence number waits.
    pub fn contains(&self, sequence: u64) -> bool {
        self.entries.contains_key(&sequence)
    }

    /// A response with that sequence number came. `None` when nothing waits for it.
    pub fn on_response(&mut self, sequence: u64, frame: FrameRef<'_>, now: Instant) -> Option<Progress> {
        let output_limit = self.output_limit;
        let entry = self.entries.get_mut(&sequence).filter(|entry| entry.ends_by.is_none())?;
        let strategy = &entry.completion.strategy;
        let is_error = frame.is_error();
        if entry.has_response && !is_error {
            return None;
        }
        if *strategy == Strategy::Command && !is_error && command::output(frame).total_len() > output_limit {
            // What is over the limit is not kept.
            return Some(self.end(sequence, Some(Failure::OutputTooLong(output_limit)), now));
        }
        let announces_list = strategy.announces_list(frame);
        let ends = strategy.completes(frame) && !announces_list;
        let asks = *strategy == Strategy::Custom && !is_error;
        // A response that ends its action is not kept waiting, and takes no room from others.
        if !ends && let Err(failure) = self.count(sequence, frame, now) {
            return Some(self.end(sequence, Some(failure), now));
        }
        let entry = self.entries.get_mut(&sequence)?;
        entry.has_response = true;
        if asks {
            entry.unjudged += 1;
            return Some(Progress::Asks(Question { sequence, frame: frame.to_frame() }));
        }
        entry.response = Some(frame.to_frame());
        if announces_list {
            entry.is_list = true;
            let list_deadline = entry.sent + LIST_DURATION;
            if entry.deadline < list_deadline {
                self.deadlines.remove(&(entry.deadline, sequence));
                self.deadlines.insert((list_deadline, sequence));
                entry.deadline = list_deadline;
            }
        }
        Some(if ends { self.end(sequence, is_error.then_some(Failure::ErrorResponse), now) } else { Progress::Waits })
    }

    /// An event with that sequence number came.
    pub fn on_event(&mut self, sequence: u64, frame: FrameRef<'_>, now: Instant) -> EventVerdict {
        let Some(entry) = self.entries.get(&sequence).filter(|entry| entry.ends_by.is_none()) else {
            return self.on_foreign(sequence, frame);
        };
        let strategy = &entry.completion.strategy;
        let ends = strategy.completes(frame);
        let verdict = match strategy {
            Strategy::Single | Strategy::Command => return EventVerdict::Foreign,
            Strategy::ByAnswer { .. } | Strategy::List { .. } if !entry.is_list => return EventVerdict::Foreign,
            Strategy::Async { .. } if !ends => return EventVerdict::Foreign,
            Strategy::ByAnswer { .. } | Strategy::List { .. } => EventVerdict::Consumed,
            Strategy::Async { .. } => EventVerdict::Shared,
            _ if is_broadcast(frame.name()) => EventVerdict::Shared,
            _ => EventVerdict::Consumed,
        };
        verdict(self.on_part(sequence, frame, ends, now))
    }

    /// An event came whose action does not wait for it.
    fn on_foreign(&mut self, sequence: u64, frame: FrameRef<'_>) -> EventVerdict {
        let has_ended_early = self.entries.contains_key(&sequence) || self.abandoned.contains(&sequence);
        if !has_ended_early || is_broadcast(frame.name()) {
            return EventVerdict::Foreign;
        }
        if frame.event_list().is_some_and(|value| value.eq_ignore_ascii_case(b"complete")) {
            self.abandoned.remove(&sequence);
        }
        EventVerdict::Late
    }

    /// An event came that is part of an answer.
    fn on_part(&mut self, sequence: u64, frame: FrameRef<'_>, ends: bool, now: Instant) -> Progress {
        if let Err(failure) = self.count(sequence, frame, now) {
            return self.end(sequence, Some(failure), now);
        }
        let Some(entry) = self.entries.get_mut(&sequence) else { return Progress::Waits };
        if entry.completion.strategy == Strategy::Custom {
            entry.unjudged += 1;
            return Progress::Asks(Question { sequence, frame: frame.to_frame() });
        }
        entry.events.push(frame.to_frame());
        if !ends {
            return Progress::Waits;
        }
        let failure = match entry.completion.strategy {
            Strategy::EventOnly { .. } => None,
            _ if entry.response.is_none() => Some(Failure::MissingResponse),
            Strategy::Async { .. } => failed_originate(frame),
            _ => frame
                .event_list()
                .is_some_and(|value| value.eq_ignore_ascii_case(b"cancelled"))
                .then_some(Failure::ListCancelled),
        };
        self.end(sequence, failure, now)
    }

    /// The driver has judged a message. `None` when the action goes on, or has ended meanwhile.
    pub fn judge(&mut self, question: Question, judgement: Judgement, now: Instant) -> Option<Settled> {
        let Question { sequence, frame } = question;
        let entry = self.entries.get_mut(&sequence)?;
        entry.unjudged = entry.unjudged.saturating_sub(1);
        match frame.as_ref().kind() {
            // An error that came behind it is the answer that counts.
            FrameKind::Response => {
                entry.response.get_or_insert(frame);
            }
            FrameKind::Event => entry.events.push(frame),
        }
        let failure = match judgement {
            Judgement::Failed => Some(Failure::StrategyFailed),
            Judgement::Completes => entry.response.is_none().then_some(Failure::MissingResponse),
            Judgement::Continues if entry.unjudged == 0 => Some(entry.ends_by.take()?),
            Judgement::Continues => return None,
        };
        Some(self.settle(sequence, failure, now))
    }

    /// Ends one action by `failure`, at once. `None` when nothing with that number waits.
    pub fn fail(&mut self, sequence: u64, failure: Failure, now: Instant) -> Option<Settled> {
        self.entries.contains_key(&sequence).then(|| self.settle(sequence, Some(failure), now))
    }

    /// Ends the next action whose time is over.
    pub fn expire(&mut self, now: Instant) -> Option<Expired> {
        let &(deadline, sequence) = self.deadlines.first()?;
        if deadline > now {
            return None;
        }
        let entry = self.entries.get(&sequence);
        let after = entry.map_or(Duration::ZERO, |entry| entry.deadline.since(entry.sent));
        let silenced_since = entry.filter(|entry| entry.silences_session).map(|entry| entry.sent);
        let settled = match self.end(sequence, Some(Failure::Timeout(after)), now) {
            Progress::Ends(settled) => Some(settled),
            Progress::Waits | Progress::Asks(_) => None,
        };
        Some(Expired { sequence, after, silenced_since, settled })
    }

    /// Ends all actions because their session is over, the oldest first. Those of which not every byte was among the
    /// first `written` of the session were not sent.
    pub fn lose_all(&mut self, reason: &LossReason, written: u64, now: Instant) -> Vec<Settled> {
        self.abandoned.clear();
        let mut waiting: Vec<(u64, u64)> =
            self.entries.iter().map(|(&sequence, entry)| (sequence, entry.written_at)).collect();
        waiting.sort_unstable();
        let mut lost = Vec::with_capacity(waiting.len());
        for (sequence, written_at) in waiting {
            let failure = if written_at > written { Failure::NotSent } else { Failure::ConnectionLost };
            if let Progress::Ends(settled) = self.end(sequence, Some(failure(reason.clone())), now) {
                lost.push(settled);
            }
        }
        lost
    }

    /// Takes an action that was ended so that others had room for their answers.
    pub fn take_evicted(&mut self) -> Option<Settled> {
        self.evicted.pop()
    }

    /// Counts a message against the limits of its action and of the table. Where there is no room for it, the action
    /// that takes up most of it ends.
    fn count(&mut self, sequence: u64, frame: FrameRef<'_>, now: Instant) -> Result<(), Failure> {
        let bytes = frame.bytes().len();
        while self.bytes + bytes > MAX_ANSWER_BYTES {
            let largest = self
                .entries
                .iter()
                .max_by_key(|&(&sequence, entry)| (entry.bytes, sequence))
                .map(|(&sequence, _)| sequence);
            let failure = Failure::AnswerTooLarge(MAX_ANSWER_BYTES);
            match largest.filter(|&largest| largest != sequence) {
                Some(largest) => {
                    let settled = self.settle(largest, Some(failure), now);
                    self.evicted.push(settled);
                }
                None => return Err(failure),
            }
        }
        let Some(entry) = self.entries.get_mut(&sequence) else { return Ok(()) };
        if entry.messages >= entry.completion.max_messages {
            return Err(Failure::TooManyMessages(entry.completion.max_messages));
        }
        entry.messages += 1;
        entry.bytes += bytes;
        self.bytes += bytes;
        Ok(())
    }

    /// Ends an action, or says how it ends once the driver has judged what came before.
    fn end(&mut self, sequence: u64, failure: Option<Failure>, now: Instant) -> Progress {
        if let Some(entry) = self.entries.get_mut(&sequence).filter(|entry| entry.unjudged > 0) {
            self.deadlines.remove(&(entry.deadline, sequence));
            entry.ends_by = entry.ends_by.take().or(failure);
            return Progress::Waits;
        }
        Progress::Ends(self.settle(sequence, failure, now))
    }

    /// Remembers an action of whose answer more may come: one that failed, or that the driver found complete.
    fn abandon(&mut self, sequence: u64, entry: &Pending, failure: Option<&Failure>) {
        let strategy = &entry.completion.strategy;
        let collects = !matches!(strategy, Strategy::Single | Strategy::Command | Strategy::Async { .. });
        let is_over = match failure {
            None => *strategy != Strategy::Custom,
            // An answer that is an error has no more to it, unless it began as another one.
            Some(Failure::ErrorResponse) => entry.events.is_empty(),
            Some(Failure::NotSent(_) | Failure::ConnectionLost(_)) => true,
            Some(_) => false,
        };
        if collects && !is_over {
            self.abandoned.insert(sequence);
            if self.abandoned.len() > MAX_ABANDONED {
                self.abandoned.pop_first();
            }
        }
    }

    fn settle(&mut self, sequence: u64, failure: Option<Failure>, now: Instant) -> Settled {
        let entry = self.entries.remove(&sequence);
        let (outcome, latency) = match entry {
            Some(entry) => {
                self.deadlines.remove(&(entry.deadline, sequence));
                self.abandon(sequence, &entry, failure.as_ref());
                if entry.silences_session {
                    self.silencing -= 1;
                    self.silence_ended = self.silencing == 0;
                }
                self.bytes -= entry.bytes;
                (Outcome { failure, response: entry.response, events: entry.events }, now.since(entry.sent))
            }
            None => (Outcome { failure, response: None, events: Vec::new() }, Duration::ZERO),
        };
        Settled { sequence, outcome, latency }
    }
}

/// Why the call of an `OriginateResponse` failed, if it did.
fn failed_originate(result: FrameRef<'_>) -> Option<Failure> {
    let failed = result.header(b"Response").is_some_and(|value| value.eq_ignore_ascii_case(b"failure"));
    failed.then(|| {
        let reason = result.header(b"Reason").and_then(|value| core::str::from_utf8(value).ok()?.trim().parse().ok());
        Failure::OriginateFailed(reason)
    })
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;
