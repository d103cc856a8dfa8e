//! Lists of event names.

use super::error::ConfigError;
use super::value::Value;

/// Longest event name, in bytes. The longest that Asterisk 22 has is under 50; a user event's name is `UserEvent`.
const MAX_NAME: usize = 128;
/// Most names of a list: Asterisk 22 has fewer than 200 events.
const MAX_NAMES: usize = 1_000;

/// Reads a list of event names: lowercase, in the order given, each once.
pub(super) fn parse(key: &str, value: Value) -> Result<Vec<Box<[u8]>>, ConfigError> {
    let values = match value.into_list() {
        Ok(values) => values,
        Err(other) => return Err(ConfigError::invalid(key, other, "must be a list of event names")),
    };
    if values.len() > MAX_NAMES {
        return Err(ConfigError::invalid(key, Value::List(values), format!("is over the limit of {MAX_NAMES} names")));
    }
    let mut names: Vec<Box<[u8]>> = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let at = || format!("{key}.{index}");
        let Value::Bytes(name) = value else {
            let reason = format!("must be an event name, {} given", value.type_name());
            return Err(ConfigError::invalid(at(), value, reason));
        };
        if name.is_empty() || name.len() > MAX_NAME || !name.iter().all(u8::is_ascii_graphic) {
            let reason = format!("is no event name (1 to {MAX_NAME} printable ASCII characters without spaces)");
            return Err(ConfigError::invalid(at(), Value::Bytes(name), reason));
        }
        let name = name.to_ascii_lowercase().into_boxed_slice();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
