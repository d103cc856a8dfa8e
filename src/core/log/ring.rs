//! Records that wait, and how many are let in.
//!
//! What an hour of trouble writes is bounded here, in one place and whatever goes wrong: in each minute, so many records
//! of a kind and so many of all kinds are told of one server. The rest is counted, and said at the end of the minute.

use super::kinds::{Kind, Pace};
use super::{LogValue, Record};
use crate::cluster::ServerId;
use crate::redact::Redactor;
use crate::time::{Instant, Now, UnixMicros};
use core::time::Duration;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Records that wait at most: a tick that produces more has a thousand lines on what went wrong already.
pub const LOG_CAPACITY: usize = 1_000;

/// Payloads that wait at most: what goes wrong in a tick full of traffic still finds room.
pub const PAYLOAD_CAPACITY: usize = LOG_CAPACITY / 2;

/// The time for which records are counted together. Who reads along sees a new trouble within it.
pub const LOG_WINDOW: Duration = Duration::from_secs(60);

/// Records of one server, of all kinds that are limited, in one [`LOG_WINDOW`]: one a second is what a person can follow.
pub const LOG_WINDOW_RECORDS: u32 = 60;

/// Counts that a window keeps: those of a thousand servers of which some kinds of records come. Where more servers than that
/// come and go within a minute, the further ones are counted together with what names no server.
const WINDOW_COUNTS: usize = 8_192;

/// Records that wait.
#[derive(Debug, Default)]
pub struct LogRing {
    records: VecDeque<Record>,
    payloads: usize,
    dropped: u64,
    told: u64,
    held_back: u64,
    window: Window,
    redactor: Arc<Redactor>,
}

/// What came within the current window.
#[derive(Debug, Default)]
struct Window {
    /// Set while there is anything below.
    ends: Option<Instant>,
    let_in: HashMap<(Option<ServerId>, Option<Kind>), u32>,
    held_back: BTreeMap<(Option<ServerId>, Kind), u64>,
}

impl LogRing {
    /// Records that this redactor goes over.
    pub fn new(redactor: Arc<Redactor>) -> Self {
        Self { redactor, ..Self::default() }
    }

    /// What hides secrets here.
    pub const fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    /// Adds a record, unless there were too many of its kind; a full ring gives up its oldest.
    pub fn push(&mut self, mut record: Record, now: Instant) {
        if !self.admit(record.kind, record.server, now) {
            return;
        }
        for (name, value) in &mut record.fields {
            match value {
                LogValue::Text(text) => self.redactor.field(name, text),
                LogValue::Counts(counts) => counts.iter_mut().for_each(|(name, _)| self.redactor.field("", name)),
                LogValue::Null | LogValue::Int(_) => {}
            }
        }
        self.add(record);
    }

    /// Adds what was written or read as a record, if there is room for it. Its text is made, and redacted, only then.
    pub fn push_payload(
        &mut self,
        record: impl FnOnce(&Redactor) -> Record,
        kind: Kind,
        server: ServerId,
        now: Instant,
    ) {
        if self.payloads >= PAYLOAD_CAPACITY {
            self.hold_back(kind, Some(server), now);
            return;
        }
        self.payloads += 1;
        let record = record(&self.redactor);
        self.add(record);
    }

    fn add(&mut self, record: Record) {
        if self.records.len() >= LOG_CAPACITY {
            self.take_oldest();
            self.dropped += 1;
        }
        self.records.push_back(record);
    }

    fn take_oldest(&mut self) -> Option<Record> {
        let record = self.records.pop_front()?;
        self.payloads -= usize::from(record.kind.spec().pace == Pace::Payload);
        Some(record)
    }

    /// Tells whether one more record of a kind may be told now, and counts it. For records that do not wait here.
    pub fn admit(&mut self, kind: Kind, server: Option<ServerId>, now: Instant) -> bool {
        let Pace::AMinute(limit) = kind.spec().pace else { return true };
        self.window.open(now);
        let server = self.window.counted_as(server);
        let of_kind = self.window.let_in.get(&(server, Some(kind))).copied().unwrap_or_default();
        let of_all = self.window.let_in.get(&(server, None)).copied().unwrap_or_default();
        if of_kind >= limit || of_all >= LOG_WINDOW_RECORDS {
            self.hold_back(kind, server, now);
            return false;
        }
        self.window.let_in.insert((server, Some(kind)), of_kind + 1);
        self.window.let_in.insert((server, None), of_all + 1);
        true
    }

    fn hold_back(&mut self, kind: Kind, server: Option<ServerId>, now: Instant) {
        self.window.open(now);
        let is_full = self.window.held_back.len() >= WINDOW_COUNTS;
        let server = server.filter(|_| !is_full || self.window.held_back.contains_key(&(server, kind)));
        *self.window.held_back.entry((server, kind)).or_default() += 1;
        self.held_back += 1;
    }

    /// When [`LogRing::handle_timeout`] has something to tell.
    pub fn due(&self) -> Option<Instant> {
        self.window.ends.filter(|_| !self.window.held_back.is_empty())
    }

    /// The window may be over: what it held back is told, in one record a server.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.window.ends.is_none_or(|ends| ends > now.instant) {
            return;
        }
        let window = core::mem::take(&mut self.window);
        let mut by_server: BTreeMap<Option<ServerId>, Vec<(Box<str>, i64)>> = BTreeMap::new();
        for ((server, kind), count) in window.held_back {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let counts = by_server.entry(server).or_default();
            let message = kind.spec().message;
            match counts.iter_mut().find(|(known, _)| **known == *message) {
                Some((_, known)) => *known = known.saturating_add(count),
                None => counts.push((message.into(), count)),
            }
        }
        for (server, counts) in by_server {
            let total = counts.iter().fold(0_i64, |total, (_, count)| total.saturating_add(*count));
            self.add(Record {
                kind: Kind::HeldBack,
                server,
                action_id: None,
                queue_depth: None,
                at: now.wall,
                fields: vec![("held_back", LogValue::Int(total)), ("by_message", LogValue::Counts(counts))],
            });
        }
    }

    /// Takes the oldest record. Where records before it were given up, one that says how many comes first.
    pub fn pop(&mut self) -> Option<Record> {
        let at = self.records.front()?.at;
        if self.dropped == self.told {
            return self.take_oldest();
        }
        Some(self.tell_drops(at))
    }

    fn tell_drops(&mut self, at: UnixMicros) -> Record {
        let untold = self.dropped - self.told;
        self.told = self.dropped;
        Record {
            kind: Kind::RecordsDropped,
            server: None,
            action_id: None,
            queue_depth: None,
            at,
            fields: vec![("dropped", untold.into()), ("dropped_total", self.dropped.into())],
        }
    }

    /// How many [`LogRing::pop`] would give.
    pub fn len(&self) -> usize {
        self.records.len() + usize::from(self.dropped > self.told)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many were given up so far.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many were held back so far.
    pub const fn held_back(&self) -> u64 {
        self.held_back
    }
}

impl Window {
    /// Begins a window, unless one is open. One that is over and has nothing to tell makes room for the next.
    fn open(&mut self, now: Instant) {
        if self.held_back.is_empty() && self.ends.is_some_and(|ends| ends <= now) {
            *self = Self::default();
        }
        self.ends.get_or_insert(now + LOG_WINDOW);
    }

    /// The server under which a record is counted.
    fn counted_as(&self, server: Option<ServerId>) -> Option<ServerId> {
        let has_room = self.let_in.len() < WINDOW_COUNTS || self.let_in.contains_key(&(server, None));
        server.filter(|_| has_room)
    }
}
