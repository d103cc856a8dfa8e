//! Why a configuration was refused.

use core::fmt;

use super::options::OPTIONS;
use super::spec::camel_case;
use super::value::Value;

/// A refused setting: which one, what was given, and why.
///
/// The likely cause is a typing error or a value of another unit; `suggestion` helps with the first, the range in
/// `reason` with the second.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigError {
    /// Path of the setting from where the reader stands, such as `servers.pbx1.port` or `backoff_min_ms`.
    pub key: String,
    /// What was given. A secret is replaced by `***` before it gets here.
    pub value: Value,
    /// What is wrong with it.
    pub reason: Reason,
    /// What was probably meant: a name or a value.
    pub suggestion: Option<String>,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No setting has this name.
    Unknown,
    /// It has no default and was not given.
    Missing,
    /// The value cannot be used; the text continues the sentence that starts with the value.
    Invalid(String),
}

impl ConfigError {
    /// A value that cannot be used; `reason` continues the sentence that starts with it.
    pub fn invalid(key: impl Into<String>, value: Value, reason: impl Into<String>) -> Self {
        Self { key: key.into(), value, reason: Reason::Invalid(reason.into()), suggestion: None }
    }

    /// A value of another type than `expected`.
    pub fn wrong_type(key: &str, value: Value, expected: &str) -> Self {
        let reason = format!("must be {expected}, {} given", value.type_name());
        Self::invalid(key, value, reason)
    }

    pub(super) fn unknown(key: &[u8], value: Value, suggestion: Option<String>) -> Self {
        let shown = String::from_utf8_lossy(key.get(..60).unwrap_or(key)).into_owned();
        Self { key: shown, value, reason: Reason::Unknown, suggestion }
    }

    pub(super) fn missing(key: &str) -> Self {
        Self { key: key.to_owned(), value: Value::Null, reason: Reason::Missing, suggestion: None }
    }

    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Hides what was given, for settings that must not be seen.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.value = Value::text("***");
        self
    }

    /// The same error seen from one level further out: `port` within `servers.pbx1` is `servers.pbx1.port`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        self.key = format!("{parent}.{}", self.key);
        self
    }

    /// The same error at another place.
    #[must_use]
    pub fn at(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// The same error for a caller who wrote named arguments: every option's name in camel case.
    #[must_use]
    pub fn in_camel_case(mut self) -> Self {
        let translate = |text: &str| {
            OPTIONS.iter().fold(text.to_owned(), |text, option| text.replace(option.name, &camel_case(option.name)))
        };
        self.key = translate(&self.key);
        if let Reason::Invalid(reason) = &mut self.reason {
            *reason = translate(reason);
        }
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Unknown => write!(f, "option {} is unknown", Value::text(&self.key))?,
            Reason::Missing => write!(f, "{} is required", self.key)?,
            Reason::Invalid(reason) => write!(f, "{}: {} {reason}", self.key, self.value)?,
        }
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean \"{suggestion}\"?"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for ConfigError {}
