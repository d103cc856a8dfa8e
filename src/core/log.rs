//! What there is to tell the people who run this.
//!
//! Records wait in a bounded ring until the driver hands them on; a full ring gives up its oldest record and
//! counts it. No record carries a secret: the core puts none in, and what others say (servers, resolvers, the operating
//! system) is [redacted](crate::redact) before it waits.

mod kinds;
mod ring;

pub use kinds::{Kind, Pace, Spec};
pub use ring::{LOG_CAPACITY, LOG_WINDOW, LOG_WINDOW_RECORDS, LogRing, PAYLOAD_CAPACITY};

use crate::cluster::ServerId;
use crate::time::UnixMicros;

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
    /// Nothing: the field has no value here.
    Null,
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
    /// What it is about, and with that its level and message.
    pub kind: Kind,
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

impl Record {
    /// How bad it is.
    pub const fn level(&self) -> Level {
        self.kind.spec().level
    }

    /// The fixed text.
    pub const fn message(&self) -> &'static str {
        self.kind.spec().message
    }
}
