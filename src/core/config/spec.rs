//! What an option is: its type, default and range, and how a value becomes one.

use core::time::Duration;

use super::error::ConfigError;
use super::names;
use super::redaction;
use super::value::{Source, Value};
use crate::redact::Pattern;

/// One option: everything that a manual page or a front end needs to know about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionSpec {
    /// Its name in snake case, as an array key. [`camel_case`] gives that of a named argument.
    pub name: &'static str,
    /// Type, unit, default and range.
    pub kind: Kind,
    /// Whether a server may have its own.
    pub scope: Scope,
    /// What it does, in one sentence.
    pub effect: &'static str,
    /// Why its range ends where it does.
    pub bounds: &'static str,
}

/// Type, unit, default and range of an option. Both ends of a range are allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Seconds, with fractions.
    Seconds {
        /// When not given.
        default: f64,
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// Whole milliseconds.
    Millis {
        /// When not given.
        default: u64,
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A number of things.
    Count {
        /// When not given.
        default: u64,
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A number of bytes.
    Bytes {
        /// When not given.
        default: u64,
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// Yes or no.
    Flag {
        /// When not given.
        default: bool,
    },
    /// One of some words, the first when not given.
    Choice {
        /// The words, in lower case.
        choices: &'static [&'static str],
    },
    /// Event names, none when not given.
    Names,
    /// Names of values, none when not given.
    Keys,
    /// Patterns as PHP's `preg_match` takes them, none when not given.
    Patterns,
}

/// For whom an option holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each server, which may override it.
    Server,
    /// All servers together: one server's own value would have no meaning.
    Process,
}

/// A parsed value of an option.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    Time(Duration),
    Number(u64),
    Flag(bool),
    Choice(&'static str),
    Names(Vec<Box<[u8]>>),
    Patterns(Vec<Pattern>),
}

impl Kind {
    /// The value when none is given.
    pub(super) fn default_setting(self) -> Setting {
        match self {
            Self::Seconds { default, .. } => Setting::Time(Duration::from_secs_f64(default)),
            Self::Millis { default, .. } => Setting::Time(Duration::from_millis(default)),
            Self::Count { default, .. } | Self::Bytes { default, .. } => Setting::Number(default),
            Self::Flag { default } => Setting::Flag(default),
            Self::Choice { choices } => Setting::Choice(choices.first().copied().unwrap_or_default()),
            Self::Names | Self::Keys => Setting::Names(Vec::new()),
            Self::Patterns => Setting::Patterns(Vec::new()),
        }
    }

    /// A parsed value as a front end writes it.
    pub(super) fn to_value(self, setting: &Setting) -> Value {
        let whole = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        match setting {
            Setting::Time(time) if matches!(self, Self::Millis { .. }) => {
                whole(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
            }
            Setting::Time(time) => Value::Float(time.as_secs_f64()),
            Setting::Number(number) => whole(*number),
            Setting::Flag(flag) => Value::Bool(*flag),
            Setting::Choice(word) => Value::text(word),
            Setting::Names(names) => Value::List(names.iter().map(Value::text).collect()),
            Setting::Patterns(patterns) => {
                Value::List(patterns.iter().map(|pattern| Value::text(pattern.as_str())).collect())
            }
        }
    }

    pub(super) fn parse(self, key: &str, value: Value, source: Source) -> Result<Setting, ConfigError> {
        match self {
            Self::Seconds { min, max, .. } => seconds(key, value, source, min, max).map(Setting::Time),
            Self::Millis { min, max, .. } => {
                whole(key, value, source, min, max).map(|millis| Setting::Time(Duration::from_millis(millis)))
            }
            Self::Count { min, max, .. } | Self::Bytes { min, max, .. } => {
                whole(key, value, source, min, max).map(Setting::Number)
            }
            Self::Flag { .. } => flag(key, value, source).map(Setting::Flag),
            Self::Choice { choices } => choice(key, value, choices).map(Setting::Choice),
            Self::Names => names::parse(key, value).map(Setting::Names),
            Self::Keys => redaction::keys(key, value).map(Setting::Names),
            Self::Patterns => redaction::patterns(key, value).map(Setting::Patterns),
        }
    }
}

/// A whole number within a range.
pub(super) fn whole(key: &str, value: Value, source: Source, min: u64, max: u64) -> Result<u64, ConfigError> {
    let number = match (&value, source) {
        (Value::Int(number), _) => Some(*number),
        (Value::Bytes(text), Source::Array) => numeric::<i64>(text),
        _ => None,
    };
    let Some(number) = number else {
        return Err(ConfigError::wrong_type(key, value, "a whole number"));
    };
    match u64::try_from(number) {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(ConfigError::invalid(key, value, format!("is out of range ({min} to {max})"))),
    }
}

fn seconds(key: &str, value: Value, source: Source, min: f64, max: f64) -> Result<Duration, ConfigError> {
    let number = match (&value, source) {
        (Value::Float(number), _) => Some(*number),
        // Beyond 2^53 this rounds, far outside every range.
        #[allow(clippy::cast_precision_loss, reason = "every range ends far below where this loses anything")]
        (Value::Int(number), _) => Some(*number as f64),
        (Value::Bytes(text), Source::Array) => numeric::<f64>(text),
        _ => None,
    };
    match number {
        None => Err(ConfigError::wrong_type(key, value, "a number of seconds")),
        Some(number) if (min..=max).contains(&number) => Ok(Duration::from_secs_f64(number)),
        Some(_) => Err(ConfigError::invalid(key, value, format!("is out of range ({min} to {max} seconds)"))),
    }
}

/// One of some words, in any case.
fn choice(key: &str, value: Value, choices: &[&'static str]) -> Result<&'static str, ConfigError> {
    let Value::Bytes(text) = &value else {
        return Err(ConfigError::wrong_type(key, value, "a string"));
    };
    match choices.iter().find(|choice| choice.as_bytes().eq_ignore_ascii_case(text)) {
        Some(choice) => Ok(choice),
        None => Err(ConfigError::invalid(key, value, format!("is not one of: {}", choices.join(", ")))),
    }
}

pub(super) fn flag(key: &str, value: Value, source: Source) -> Result<bool, ConfigError> {
    match (&value, source) {
        (Value::Bool(flag), _) => Ok(*flag),
        (Value::Int(1), Source::Array) => Ok(true),
        (Value::Int(0), Source::Array) => Ok(false),
        (Value::Bytes(text), Source::Array) => match text.to_ascii_lowercase().as_slice() {
            b"true" | b"1" => Ok(true),
            b"false" | b"0" => Ok(false),
            _ => Err(ConfigError::wrong_type(key, value, "true or false")),
        },
        _ => Err(ConfigError::wrong_type(key, value, "true or false")),
    }
}

/// A number written with digits. Words such as `inf` are none, although Rust's parser takes them.
fn numeric<T: core::str::FromStr>(text: &[u8]) -> Option<T> {
    if !text.iter().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The camel case form of a snake case name: `backoff_min_ms` is `backoffMinMs`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
