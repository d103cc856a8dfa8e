//! What there is to tell the people who run this.
//!
//! Records wait in a bounded ring until the driver hands them on; a full ring gives up its oldest record and
//! counts it. No record carries a secret: the core never puts one in.

use crate::cluster::ServerId;
use crate::time::UnixMicros;
use std::collections::VecDeque;

/// Records that wait at most: a tick that produces more has a thousand lines on what went wrong already.
pub const LOG_CAPACITY: usize = 1_000;

/// The levels of PSR-3 that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What happened, step by step.
    Debug,
    /// A session began or ended as wanted.
    Info,
    /// Something unusual that needs nobody.
    Notice,
    /// Something was lost or failed, and is tried again.
    Warning,
    /// Something needs a person.
    Error,
}

impl Level {
    /// The PSR-3 name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum LogValue {
    /// A number.
    Int(i64),
    /// A text.
    Text(Box<str>),
    /// Numbers by name.
    Counts(Vec<(Box<str>, i64)>),
}

impl From<u32> for LogValue {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u64> for LogValue {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for LogValue {
    fn from(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u128> for LogValue {
    fn from(number: u128) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for LogValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for LogValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// How bad it is.
    pub level: Level,
    /// The fixed text; what varies is in the fields.
    pub message: &'static str,
    /// The server it is about.
    pub server: Option<ServerId>,
    /// The action it is about.
    pub action_id: Option<Box<[u8]>>,
    /// Events that wait for listeners of that server.
    pub queue_depth: Option<usize>,
    /// When it happened.
    pub at: UnixMicros,
    /// The rest.
    pub fields: Vec<(&'static str, LogValue)>,
}

/// Records that wait.
#[derive(Debug, Default)]
pub struct LogRing {
    records: VecDeque<Record>,
    dropped: u64,
    told: u64,
}

impl LogRing {
    /// Adds a record; a full ring gives up its oldest.
    pub fn push(&mut self, record: Record) {
        if self.records.len() >= LOG_CAPACITY {
            self.records.pop_front();
            self.dropped += 1;
        }
        self.records.push_back(record);
    }

    /// Takes the oldest record. Where records before it were given up, one that says how many comes first.
    pub fn pop(&mut self) -> Option<Record> {
        let at = self.records.front()?.at;
        let untold = self.dropped - self.told;
        if untold == 0 {
            return self.records.pop_front();
        }
        self.told = self.dropped;
        Some(Record {
            level: Level::Warning,
            message: "log records were dropped: more came than a tick can hand over",
            server: None,
            action_id: None,
            queue_depth: None,
            at,
            fields: vec![("dropped", untold.into()), ("dropped_total", self.dropped.into())],
        })
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
}
