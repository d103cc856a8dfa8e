//! Whole actions and frames, as a debug record shows them.

use super::{HIDDEN, Redactor};
use core::fmt::Write as _;
use std::borrow::Cow;

/// Bytes of a payload that are shown; what matters of an event comes first.
pub const MAX_PAYLOAD: usize = 4_096;

/// Bytes of a line that is shown. A longer one is given by its length: to cut it could cut a secret so that no rule knows
/// it any more.
pub const MAX_LINE: usize = 1_024;

/// Names of headers that name another value, and of those values: `Variable: PIN` makes `Value` a secret.
const NAMING: [&[u8]; 5] = [b"variable", b"var", b"key", b"family", b"name"];
const NAMED: [&[u8]; 3] = [b"value", b"val", b"match"];

impl Redactor {
    /// Headers with what is to be shown of their values, by the rules for whole messages.
    pub fn headers<'a>(&self, headers: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Vec<(&'a [u8], Cow<'a, [u8]>)> {
        let headers: Vec<_> = headers.collect();
        let names_secret = headers.iter().any(|(name, value)| is_one_of(name, &NAMING) && self.hides(value));
        let shown = headers.into_iter().map(|(name, value)| {
            let is_secret = self.hides(name) || (names_secret && is_one_of(name, &NAMED));
            (name, if is_secret { Cow::Borrowed(HIDDEN.as_bytes()) } else { self.text(value) })
        });
        shown.collect()
    }

    /// The lines of an action or of a frame without what is secret in them, and cut.
    pub fn payload(&self, bytes: &[u8]) -> String {
        let is_login = lines(bytes).any(|line| {
            let (name, value) = parted(line);
            name.eq_ignore_ascii_case(b"Action") && value.is_some_and(|value| value.eq_ignore_ascii_case(b"Login"))
        });
        let names_secret = lines(bytes).any(|line| {
            let (name, value) = parted(line);
            is_one_of(name, &NAMING) && value.is_some_and(|value| self.hides(value))
        });
        let mut shown = String::new();
        let mut goes_on_secret = false;
        for line in lines(bytes) {
            if shown.len() >= MAX_PAYLOAD {
                // Writing to a String cannot fail.
                let _ = write!(shown, "... ({} bytes in all)", bytes.len());
                return shown;
            }
            let (name, value) = parted(line);
            let is_secret = match value {
                // What belongs to the line before is as secret as that.
                None => goes_on_secret,
                Some(_) => {
                    self.hides(name)
                        || (names_secret && is_one_of(name, &NAMED))
                        || (is_login && name.eq_ignore_ascii_case(b"Key"))
                }
            };
            goes_on_secret = is_secret;
            self.show_line(&mut shown, line, name, value, is_secret);
            shown.push('\n');
        }
        shown.truncate(shown.trim_end().len());
        shown
    }

    fn show_line(&self, shown: &mut String, line: &[u8], name: &[u8], value: Option<&[u8]>, is_secret: bool) {
        let is_long = line.len() > MAX_LINE;
        if value.is_some() {
            let name = if name.len() > MAX_LINE { name.get(..MAX_LINE).unwrap_or_default() } else { name };
            shown.push_str(&String::from_utf8_lossy(name));
            shown.push_str(": ");
        }
        if is_secret {
            shown.push_str(HIDDEN);
        } else if is_long {
            let _ = write!(shown, "({} bytes)", value.unwrap_or(line).len());
        } else {
            shown.push_str(&String::from_utf8_lossy(&self.text(value.unwrap_or(line))));
        }
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty())
}

/// Name and value of a line; a line without a colon has no value.
fn parted(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some(colon) = memchr::memchr(b':', line) else { return (line, None) };
    let value = line.get(colon + 1..).unwrap_or_default();
    (line.get(..colon).unwrap_or_default(), Some(value.strip_prefix(b" ").unwrap_or(value)))
}

/// Whether a header has one of these names, a number behind it (`Var-000001`) not counted.
fn is_one_of(name: &[u8], names: &[&[u8]]) -> bool {
    let end = name.iter().rposition(|byte| !byte.is_ascii_digit() && *byte != b'-').map_or(0, |last| last + 1);
    let name = name.get(..end).unwrap_or_default();
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}
