//! What strategies are constructed with.

use ami_core::config::{ConfigError, Value};
use ext_php_rs::types::Zval;

use crate::php::config;

/// Bounds of `maxDurationMs`: under 50 ms a remote server cannot answer; no session is worth waiting for longer than a day.
pub(super) const DURATION_MS: (i64, i64) = (50, 86_400_000);
/// Bounds of `maxMessages`: a million list items take half a gigabyte, far over what answers may hold.
pub(super) const MESSAGES: (i64, i64) = (1, 1_000_000);
/// Most names of events that end an action; no list of Asterisk has more than one.
const MAX_EVENTS: usize = 16;

/// A duration; null stands for the server's `action_timeout`.
pub(super) fn duration(values: &[Zval], place: usize, default: Option<u32>) -> Result<Option<u32>, ConfigError> {
    match values.get(place) {
        None => Ok(default),
        Some(given) if given.dereference().is_null() => Ok(None),
        Some(given) => number(given, "maxDurationMs", DURATION_MS).map(Some),
    }
}

/// A number of messages, or what it is when left out.
pub(super) fn messages(values: &[Zval], place: usize, default: u32) -> Result<u32, ConfigError> {
    values.get(place).map_or(Ok(default), |given| number(given, "maxMessages", MESSAGES))
}

/// A whole number within bounds.
pub(super) fn number(given: &Zval, name: &str, (least, most): (i64, i64)) -> Result<u32, ConfigError> {
    let Some(number) = given.dereference().long() else {
        return Err(ConfigError::wrong_type(name, config::read(given), "a whole number"));
    };
    match u32::try_from(number) {
        Ok(fits) if (least..=most).contains(&number) => Ok(fits),
        _ => Err(ConfigError::invalid(name, Value::Int(number), format!("is out of range ({least} to {most})"))),
    }
}

/// Names of events, in lower case; none when left out.
pub(super) fn names(values: &[Zval], place: usize, argument: &str) -> Result<Vec<Box<[u8]>>, ConfigError> {
    let names = match values.get(place).map(config::read) {
        None => return Ok(Vec::new()),
        Some(Value::List(names)) if names.len() <= MAX_EVENTS => names,
        Some(Value::List(_)) => {
            let reason = format!("has more than {MAX_EVENTS} names");
            return Err(ConfigError::invalid(argument, Value::Other("array".into()), reason));
        }
        Some(other) => return Err(ConfigError::wrong_type(argument, other, "a list of event names")),
    };
    let name = |name| match name {
        Value::Bytes(name) if !name.trim_ascii().is_empty() => Ok(name.trim_ascii().to_ascii_lowercase().into()),
        Value::Bytes(name) => Err(ConfigError::invalid(argument, Value::Bytes(name), "is no event name")),
        other => Err(ConfigError::wrong_type(argument, other, "a list of event names")),
    };
    names.into_iter().map(name).collect()
}

/// The same, at least one.
pub(super) fn some_names(values: &[Zval], place: usize, argument: &str) -> Result<Vec<Box<[u8]>>, ConfigError> {
    let names = names(values, place, argument)?;
    if names.is_empty() {
        return Err(ConfigError::invalid(
            argument,
            Value::List(Vec::new()),
            "names no event: nothing would end the action",
        ));
    }
    Ok(names)
}
