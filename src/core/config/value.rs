//! What a front end hands over, before it means anything.

use core::fmt;

use super::error::ConfigError;

/// A value of a front end's language.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Nothing: for an option, the same as leaving it out.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, an infinity, or not a number.
    Float(f64),
    /// A string of any bytes.
    Bytes(Vec<u8>),
    /// Values without names. An empty one also stands for an empty [`Value::Map`], as PHP has only one empty array.
    List(Vec<Value>),
    /// Values by name, in the order given.
    Map(Vec<(Vec<u8>, Value)>),
    /// Something that no setting can be, by the name of its type (an object, a resource).
    Other(Box<str>),
}

/// How a value was written down, which decides how its type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A configuration array. Numbers may be numeric strings (`"12"`), and booleans `"true"`, `"false"`, `"1"`, `"0"`,
    /// 1 or 0, because that is what an environment variable gives.
    Array,
    /// Typed arguments of a call: numbers are numbers, booleans are booleans.
    Arguments,
}

/// Longest part of a value that a message shows, in bytes: enough to recognise it, short enough for one line of a log.
const SHOWN: usize = 60;

impl Value {
    /// A string value.
    pub fn text(text: impl AsRef<[u8]>) -> Self {
        Self::Bytes(text.as_ref().to_vec())
    }

    /// The name of its type, as a PHP developer calls it.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Bytes(_) => "string",
            Self::List(_) | Self::Map(_) => "array",
            Self::Other(name) => name,
        }
    }

    /// The values by name of an array called `key`.
    pub fn into_named(self, key: &str) -> Result<Vec<(Vec<u8>, Self)>, ConfigError> {
        self.into_map().map_err(|other| ConfigError::wrong_type(key, other, "an array of values by name"))
    }

    /// The elements, if this is a list. Arrays whose keys are all numbers count: removing an element from a PHP list
    /// leaves one.
    pub(super) fn into_list(self) -> Result<Vec<Self>, Self> {
        match self {
            Self::List(values) => Ok(values),
            Self::Map(pairs) if pairs.iter().all(|(key, _)| is_index(key)) => {
                Ok(pairs.into_iter().map(|(_, value)| value).collect())
            }
            other => Err(other),
        }
    }

    /// The named values, if this is a map. Nothing, or an empty list, is an empty map.
    pub(super) fn into_map(self) -> Result<Vec<(Vec<u8>, Self)>, Self> {
        match self {
            Self::Map(pairs) => Ok(pairs),
            Self::Null => Ok(Vec::new()),
            Self::List(values) if values.is_empty() => Ok(Vec::new()),
            other => Err(other),
        }
    }
}

fn is_index(key: &[u8]) -> bool {
    !key.is_empty() && key.iter().all(u8::is_ascii_digit)
}

/// As a message shows it: strings quoted, control bytes escaped, long ones shortened, arrays only by their size.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) if value.is_nan() => f.write_str("NAN"),
            Self::Float(value) if value.is_infinite() => f.write_str(if *value > 0.0 { "INF" } else { "-INF" }),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Bytes(bytes) => {
                let shown = String::from_utf8_lossy(bytes.get(..SHOWN).unwrap_or(bytes)).into_owned();
                let rest = if bytes.len() > SHOWN { "..." } else { "" };
                f.write_str("\"")?;
                for c in shown.chars() {
                    if c == '"' || c == '\\' || c.is_control() {
                        write!(f, "{}", c.escape_default())?;
                    } else {
                        write!(f, "{c}")?;
                    }
                }
                write!(f, "{rest}\"")
            }
            Self::List(values) => write!(f, "an array of {}", values.len()),
            Self::Map(pairs) => write!(f, "an array of {}", pairs.len()),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// The same as `Display`: an array may hold a secret, and a debug line must not show it.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_string_is_shortened_where_it_is_shown() {
        let shown = Value::text("x".repeat(1_000)).to_string();
        assert_eq!(shown, format!("\"{}...\"", "x".repeat(SHOWN)));
    }

    #[test]
    fn control_bytes_and_quotes_are_escaped_where_they_are_shown() {
        assert_eq!(Value::text("a\r\n\"b\0").to_string(), r#""a\r\n\"b\u{0}""#);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_shown_without_failing() {
        assert_eq!(Value::text(b"M\xfcnchen").to_string(), "\"M\u{fffd}nchen\"");
    }

    #[test]
    fn an_array_is_shown_by_its_size_only_even_when_debugged() {
        let value = Value::Map(vec![(b"secret".to_vec(), Value::text("hunter2"))]);
        assert_eq!(format!("{value} {value:?}"), "an array of 1 an array of 1");
    }

    #[test]
    fn numbers_that_are_none_are_shown_as_php_writes_them() {
        let all = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0].map(|n| Value::Float(n).to_string());
        assert_eq!(all, ["NAN", "INF", "-INF", "1.0"]);
    }

    #[test]
    fn a_list_with_a_gap_in_its_numbers_is_still_a_list() {
        let gap = Value::Map(vec![(b"0".to_vec(), Value::Int(1)), (b"2".to_vec(), Value::Int(3))]);
        assert_eq!(gap.into_list(), Ok(vec![Value::Int(1), Value::Int(3)]));
    }
}
