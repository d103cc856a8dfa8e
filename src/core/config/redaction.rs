//! What is to be hidden, as options have it.

use super::error::ConfigError;
use super::value::Value;
use crate::redact::Pattern;

/// Names in one list; more are a data model, not a list of secrets.
const MAX_KEYS: usize = 1_000;

/// Bytes of a name.
const MAX_KEY: usize = 128;

/// Patterns in one list: each is matched against each value.
const MAX_PATTERNS: usize = 100;

/// Names whose values are hidden.
pub(super) fn keys(key: &str, value: Value) -> Result<Vec<Box<[u8]>>, ConfigError> {
    let parse = |place: &str, value: Value| match &value {
        Value::Bytes(name) if name.len() > MAX_KEY => {
            Err(ConfigError::invalid(place, value, format!("is longer than {MAX_KEY} bytes")))
        }
        Value::Bytes(name) if name.iter().any(u8::is_ascii_alphanumeric) => Ok(name.clone().into_boxed_slice()),
        Value::Bytes(_) => Err(ConfigError::invalid(place, value, "has no letter and no digit")),
        _ => Err(ConfigError::wrong_type(place, value, "a name")),
    };
    each(key, value, "a list of names", MAX_KEYS, parse)
}

/// Patterns of names or values.
pub(super) fn patterns(key: &str, value: Value) -> Result<Vec<Pattern>, ConfigError> {
    let parse = |place: &str, value: Value| match &value {
        Value::Bytes(source) => match Pattern::parse(source) {
            Ok(pattern) => Ok(pattern),
            Err(error) => Err(ConfigError::invalid(place, value, error.to_string())),
        },
        _ => Err(ConfigError::wrong_type(place, value, "a pattern")),
    };
    each(key, value, "a list of patterns", MAX_PATTERNS, parse)
}

fn each<T>(
    key: &str,
    value: Value,
    expected: &str,
    limit: usize,
    parse: impl Fn(&str, Value) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    let values = value.into_list().map_err(|other| ConfigError::wrong_type(key, other, expected))?;
    if values.len() > limit {
        return Err(ConfigError::invalid(key, Value::List(values), format!("has more than {limit} elements")));
    }
    values.into_iter().enumerate().map(|(place, value)| parse(&format!("{key}.{place}"), value)).collect()
}
