//! Actions: what the client sends.
//!
//! Everything that Asterisk would answer wrongly, late or twice is refused while the action is built, so
//! that an action which exists can be sent: only its action id, which is chosen later, is checked when
//! it is serialised.

use crate::redact::Redactor;
use crate::version::Availability;
use core::fmt;

/// The most header lines in an action, `Action` and `ActionID` counted. Asterisk 16 and 22 answer more
/// with an error, and without an action id when that came behind the first 128.
pub const MAX_HEADERS: usize = 128;

/// The longest header line in bytes, with its CRLF. Asterisk 16 and 22 answer longer ones with an error,
/// and one of exactly 1,025 bytes with two frames.
pub const MAX_LINE: usize = 1024;

const ACTION: &[u8] = b"Action";
const ACTION_ID: &[u8] = b"ActionID";

/// How much of a refused value an error shows.
const SHOWN: usize = 64;

/// A header of an action: key and value.
pub type ActionHeader = (Box<[u8]>, Box<[u8]>);

/// An action with its headers, in the order in which they were given; repeated ones stay.
///
/// ```
/// use ami_core::protocol::Action;
///
/// let action = Action::new("Originate")?.with_header("Channel", "PJSIP/100")?.with_header("Async", "true")?;
/// let mut bytes = Vec::new();
/// action.serialize(b"pbx:5f3a:1", &mut bytes)?;
/// assert_eq!(
///     bytes,
///     b"Action: Originate\r\nActionID: pbx:5f3a:1\r\nChannel: PJSIP/100\r\nAsync: true\r\n\r\n"
/// );
/// # Ok::<(), ami_core::protocol::ActionError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    name: Box<[u8]>,
    headers: Vec<ActionHeader>,
    availability: Option<Box<Availability>>,
}

impl Action {
    /// An action without headers.
    pub fn new(name: impl Into<Vec<u8>>) -> Result<Self, ActionError> {
        let name = without_leading_blanks(name.into());
        if name.trim_ascii().is_empty() {
            return Err(ActionError::EmptyName);
        }
        check_line(ACTION, &name)?;
        Ok(Self { name: name.into(), headers: Vec::new(), availability: None })
    }

    /// The action with one more header.
    pub fn with_header(mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Result<Self, ActionError> {
        let (key, value) = (key.into(), without_leading_blanks(value.into()));
        check_key(&key)?;
        check_line(&key, &value)?;
        let count = self.headers.len() + 3;
        if count > MAX_HEADERS {
            return Err(ActionError::TooManyHeaders { count, limit: MAX_HEADERS });
        }
        self.headers.push((key.into(), value.into()));
        Ok(self)
    }

    /// The action with the releases that have it, so that it is not sent to a server without it.
    #[must_use]
    pub fn with_availability(mut self, availability: Availability) -> Self {
        self.availability = Some(Box::new(availability));
        self
    }

    /// Which releases of Asterisk have the action, where that is known.
    pub fn availability(&self) -> Option<&Availability> {
        self.availability.as_deref()
    }

    /// The action's name as it was given.
    pub const fn name(&self) -> &[u8] {
        &self.name
    }

    /// The headers without `Action` and `ActionID`.
    pub fn headers(&self) -> &[ActionHeader] {
        &self.headers
    }

    /// The first value of a header, its key in any ASCII case.
    pub fn header(&self, key: &[u8]) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| &**value)
    }

    /// Appends the action as it goes on the wire, the action id in its second line. On an error nothing
    /// is appended.
    pub fn serialize(&self, action_id: &[u8], out: &mut Vec<u8>) -> Result<(), ActionError> {
        check_line(ACTION_ID, action_id)?;
        out.reserve(self.serialized_len(action_id));
        write_line(out, ACTION, &self.name);
        write_line(out, ACTION_ID, action_id);
        for (key, value) in &self.headers {
            write_line(out, key, value);
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// How many bytes [`Action::serialize`] appends.
    pub fn serialized_len(&self, action_id: &[u8]) -> usize {
        let headers: usize = self.headers.iter().map(|(key, value)| line_len(key, value)).sum();
        line_len(ACTION, &self.name) + line_len(ACTION_ID, action_id) + headers + 2
    }
}

impl fmt::Debug for Action {
    /// Without the values: logins and variables hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.headers.iter().map(|(key, _)| String::from_utf8_lossy(key)).collect();
        f.debug_struct("Action")
            .field("name", &String::from_utf8_lossy(&self.name))
            .field("headers", &keys)
            .finish_non_exhaustive()
    }
}

/// Why an action cannot be sent. Texts are lossy UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The action has no name, or one of blanks only.
    #[error("an action needs a name")]
    EmptyName,
    /// A CR, LF or NUL: Asterisk would end the header there and take the rest for another one. Usually a
    /// value that came from a user.
    #[error("byte 0x{byte:02x} in header {header:?} (value {value:?})")]
    ForbiddenByte {
        /// The header.
        header: String,
        /// The value's first 64 bytes; `***` where it may be a secret.
        value: String,
        /// The first such byte.
        byte: u8,
    },
    /// A header name that is empty, holds a colon or a control byte, or starts or ends with a blank.
    /// Usually a list where a map was meant, or `Key: value` in one string.
    #[error("bad header name {name:?}")]
    BadHeaderName {
        /// The name.
        name: String,
    },
    /// `Action` or `ActionID` among the headers: the client sets both.
    #[error("header {name:?} is set by the client")]
    ReservedHeader {
        /// The name as it was given.
        name: String,
    },
    /// A header line longer than Asterisk reads.
    #[error("header {header:?} makes a line of {len} bytes, {limit} are allowed")]
    LineTooLong {
        /// The header.
        header: String,
        /// The line's length in bytes, with its CRLF.
        len: usize,
        /// [`MAX_LINE`].
        limit: usize,
    },
    /// More headers than Asterisk reads.
    #[error("{count} headers with Action and ActionID, {limit} are allowed")]
    TooManyHeaders {
        /// How many there would be, `Action` and `ActionID` counted.
        count: usize,
        /// [`MAX_HEADERS`].
        limit: usize,
    },
}

fn check_key(key: &[u8]) -> Result<(), ActionError> {
    if let Some(byte) = forbidden(key) {
        return Err(ActionError::ForbiddenByte { header: shown(key), value: String::new(), byte });
    }
    if key.is_empty() || key.trim_ascii().len() != key.len() || key.iter().any(|b| *b == b':' || b.is_ascii_control()) {
        return Err(ActionError::BadHeaderName { name: shown(key) });
    }
    if key.eq_ignore_ascii_case(ACTION) || key.eq_ignore_ascii_case(ACTION_ID) {
        return Err(ActionError::ReservedHeader { name: shown(key) });
    }
    Ok(())
}

fn check_line(key: &[u8], value: &[u8]) -> Result<(), ActionError> {
    if let Some(byte) = forbidden(value) {
        let value = if may_be_secret(key) { "***".to_owned() } else { shown(value) };
        return Err(ActionError::ForbiddenByte { header: shown(key), value, byte });
    }
    let len = line_len(key, value);
    if len > MAX_LINE {
        return Err(ActionError::LineTooLong { header: shown(key), len, limit: MAX_LINE });
    }
    Ok(())
}

fn forbidden(bytes: &[u8]) -> Option<u8> {
    memchr::memchr3(b'\r', b'\n', 0, bytes).and_then(|at| bytes.get(at)).copied()
}

/// A value as Asterisk reads it: blanks before it are skipped, those behind it are not. Whatever looks at an action later
/// sees what the server will.
fn without_leading_blanks(mut value: Vec<u8>) -> Vec<u8> {
    let blanks = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    value.drain(..blanks);
    value
}

/// Whether a header's value is kept out of errors: what logs hide, the answer to a challenge, and what carries whatever the
/// application puts there, such as variables, values of settings, commands and texts.
fn may_be_secret(key: &[u8]) -> bool {
    if Redactor::default().hides(key) {
        return true;
    }
    let key = key.to_ascii_lowercase();
    [b"key".as_slice(), b"variable", b"auth", b"val", b"command", b"data", b"body", b"message"]
        .iter()
        .any(|word| memchr::memmem::find(&key, word).is_some())
}

/// A text for people, shortened.
fn shown(bytes: &[u8]) -> String {
    let short = bytes.get(..SHOWN).unwrap_or(bytes);
    let mut text = String::from_utf8_lossy(short).into_owned();
    if short.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// The length of `key: value` with CRLF.
const fn line_len(key: &[u8], value: &[u8]) -> usize {
    key.len() + value.len() + 4
}

fn write_line(out: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    out.extend_from_slice(key);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn action() -> Action {
        Action::new("Originate").expect("a valid name")
    }

    fn serialized(action: &Action) -> Vec<u8> {
        let mut out = Vec::new();
        action.serialize(b"k:i:1", &mut out).expect("a valid action id");
        out
    }

    #[test]
    fn headers_keep_their_order_and_repeat() {
        let action = action().with_header("Variable", "a=1").unwrap().with_header("X", "").unwrap();
        let action = action.with_header("Variable", b"b=\xff\x01".to_vec()).unwrap();
        assert_eq!(
            serialized(&action),
            b"Action: Originate\r\nActionID: k:i:1\r\nVariable: a=1\r\nX: \r\nVariable: b=\xff\x01\r\n\r\n"
        );
        assert_eq!(action.header(b"VARIABLE"), Some(b"a=1".as_slice()));
        assert_eq!((action.name(), action.headers().len()), (b"Originate".as_slice(), 3));
    }

    #[test]
    fn a_serialised_action_is_appended_and_as_long_as_it_says() {
        let mut out = b"before".to_vec();
        let action = action().with_header("A", "b").unwrap();
        action.serialize(b"id", &mut out).unwrap();
        assert_eq!(out.len(), 6 + action.serialized_len(b"id"));
        assert!(out.starts_with(b"beforeAction: "));
    }

    #[test]
    fn line_ends_and_nul_are_refused_everywhere() {
        for byte in [b'\r', b'\n', 0] {
            let bad = [b"a".as_slice(), &[byte], b"Injected: yes"].concat();
            let refused = |result: Result<Action, ActionError>| {
                let Err(ActionError::ForbiddenByte { byte: found, .. }) = result else { panic!("{result:?}") };
                assert_eq!(found, byte);
            };
            refused(Action::new(bad.clone()));
            refused(action().with_header(bad.clone(), "x"));
            refused(action().with_header("X", bad.clone()));
            let mut out = Vec::new();
            refused(action().serialize(&bad, &mut out).map(|()| action()));
            assert!(out.is_empty());
        }
    }

    #[test]
    fn a_name_that_is_empty_or_blank_is_refused() {
        for name in ["", " ", "\t "] {
            assert_eq!(Action::new(name), Err(ActionError::EmptyName));
        }
    }

    #[test]
    fn header_names_that_asterisk_would_read_otherwise_are_refused() {
        for name in ["", " X", "X ", "X: y", "X:", "X\tY", "\x01"] {
            assert!(matches!(action().with_header(name, "v"), Err(ActionError::BadHeaderName { .. })), "{name:?}");
        }
        for name in ["Action", "ActionID", "ACTIONID", "action"] {
            assert!(matches!(action().with_header(name, "v"), Err(ActionError::ReservedHeader { .. })), "{name:?}");
        }
    }

    #[test]
    fn a_line_may_have_1024_bytes_with_its_end() {
        let fits = "v".repeat(MAX_LINE - 5);
        assert!(action().with_header("X", fits.clone()).is_ok());
        assert_eq!(
            action().with_header("X", fits + "v"),
            Err(ActionError::LineTooLong { header: "X".into(), len: 1025, limit: 1024 })
        );
        assert!(matches!(Action::new("n".repeat(1015)), Err(ActionError::LineTooLong { len: 1025, .. })));
        let mut out = Vec::new();
        assert!(action().serialize(&[b'i'; 1012], &mut out).is_ok());
        out.clear();
        assert!(matches!(action().serialize(&[b'i'; 1013], &mut out), Err(ActionError::LineTooLong { .. })));
        assert!(out.is_empty());
    }

    #[test]
    fn there_may_be_128_headers_with_action_and_action_id() {
        let mut full = action();
        for i in 0..126 {
            full = full.with_header(format!("H{i}"), "v").unwrap();
        }
        assert_eq!(memchr::memchr_iter(b'\n', &serialized(&full)).count(), 129);
        assert_eq!(full.with_header("H", "v"), Err(ActionError::TooManyHeaders { count: 129, limit: 128 }));
    }

    #[test]
    fn secrets_are_in_no_error_and_no_debug_text() {
        for key in ["Secret", "Password", "Key", "Variable", "AuthToken", "PIN", "Md5Cred"] {
            let error = action().with_header(key, "hush\n").unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
            let action = action().with_header(key, "hush").unwrap();
            assert!(!format!("{action:?}").contains("hush"), "{action:?}");
        }
    }

    #[test]
    fn errors_show_the_start_of_other_values() {
        let error = action().with_header("Channel", format!("PJSIP/1\n{}", "x".repeat(500))).unwrap_err();
        let ActionError::ForbiddenByte { header, value, byte: b'\n' } = error else { panic!("{error:?}") };
        assert_eq!(header, "Channel");
        assert!(value.starts_with("PJSIP/1\n") && value.len() < 80, "{value}");
    }
}
