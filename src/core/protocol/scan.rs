//! Where lines and frames end.
//!
//! Frames are found by one vectorised search each. The needle is `\n\r`, not the whole `\r\n\r\n`: every
//! line holds `\r\n`, so a search for the delimiter itself stops to compare at each line end, while
//! `\n\r` occurs at blank lines only. The two bytes around it are then compared by hand.

use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;

/// What ends the raw output of a command on Asterisk 13 and older.
pub(super) const END_COMMAND: &[u8] = b"--END COMMAND--";

/// The longest thing that can follow a frame: `\r\n\r\n`.
pub(super) const DELIMITER_MAX: usize = 4;

static BLANK_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n\r"));
static MARKER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(END_COMMAND));

/// How the end of a frame is recognised; its first line decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The first line ended in CRLF: `\r\n\r\n`, so that `\n\n` inside a value does not cut the frame.
    Crlf,
    /// The first line ended in a bare LF: the first of `\n\n` and `\r\n\r\n`.
    Lf,
    /// `Response: Follows`: the marker and a blank line, since the output may hold blank lines.
    Marker,
}

/// The result of looking for a frame's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// The frame is `len` bytes long and `consumed` bytes with its delimiter.
    Found { len: usize, consumed: usize },
    /// Not in these bytes; with more of them, go on from `resume`.
    Partial { resume: usize },
}

/// Looks for the end of a frame in `bytes`, of which none before `from` can be the delimiter's first.
pub(super) fn frame_end(ending: Ending, bytes: &[u8], from: usize) -> Search {
    match ending {
        Ending::Crlf => crlf_end(bytes, from),
        Ending::Lf => lf_end(bytes, from),
        Ending::Marker => marker_end(bytes, from),
    }
}

fn crlf_end(bytes: &[u8], from: usize) -> Search {
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| BLANK_LINE.find(rest)) {
        let newline = at + found;
        if bytes.get(newline + 2) == Some(&b'\n') && ends_with_cr(bytes, newline) {
            return Search::Found { len: newline - 1, consumed: newline + 3 };
        }
        at = newline + 1;
    }
    Search::Partial { resume: from.max(bytes.len().saturating_sub(DELIMITER_MAX - 1)) }
}

fn lf_end(bytes: &[u8], from: usize) -> Search {
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\n', rest)) {
        let newline = at + found;
        let after_cr = ends_with_cr(bytes, newline);
        let len = newline - usize::from(after_cr);
        match bytes.get(newline + 1) {
            Some(b'\n') => return Search::Found { len, consumed: newline + 2 },
            Some(b'\r') if after_cr && bytes.get(newline + 2) == Some(&b'\n') => {
                return Search::Found { len, consumed: newline + 3 };
            }
            _ => at = newline + 1,
        }
    }
    Search::Partial { resume: from.max(bytes.len().saturating_sub(DELIMITER_MAX - 1)) }
}

fn marker_end(bytes: &[u8], from: usize) -> Search {
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| MARKER.find(rest)) {
        let marker = at + found;
        let len = marker + END_COMMAND.len();
        let after = bytes.get(len..).unwrap_or_default();
        for delimiter in [b"\r\n\r\n".as_slice(), b"\n\n"] {
            if after.starts_with(delimiter) {
                return Search::Found { len, consumed: len + delimiter.len() };
            }
            if delimiter.starts_with(after) {
                return Search::Partial { resume: marker };
            }
        }
        at = marker + 1;
    }
    Search::Partial { resume: from.max(bytes.len().saturating_sub(END_COMMAND.len() - 1)) }
}

/// Whether a carriage return stands right before `newline`.
pub(super) fn ends_with_cr(bytes: &[u8], newline: usize) -> bool {
    newline.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'\r')
}

/// The lines of a block without their line ends. A line end after the last line starts no further one.
#[derive(Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been handed out yet.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl core::fmt::Debug for Lines<'_> {
    /// Without the bytes: they may hold passwords.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Lines").field("len", &self.rest.len()).finish()
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let Some((line, rest)) = memchr(b'\n', self.rest).and_then(|newline| self.rest.split_at_checked(newline))
        else {
            // The delimiter took this line's end with it: a carriage return here belongs to the value.
            return Some(core::mem::take(&mut self.rest));
        };
        self.rest = rest.get(1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// Splits a line into key and value, or `None` when it is no header: no colon, no key, or folded.
///
/// One space after the colon is the separator's; blanks before the colon are not the key's.
#[inline]
pub(super) fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if matches!(line.first(), None | Some(b' ' | b'\t')) {
        return None;
    }
    let (key, rest) = line.split_at_checked(memchr(b':', line)?)?;
    let value = rest.get(1..).unwrap_or_default();
    let key = trim_blanks_end(key);
    if key.is_empty() {
        return None;
    }
    Some((key, value.strip_prefix(b" ").unwrap_or(value)))
}

/// Without spaces and tabs at the end; other white space may be a value's business.
#[inline]
fn trim_blanks_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    #[test]
    fn a_search_goes_on_where_a_delimiter_could_have_begun() {
        for (ending, bytes) in [
            (Ending::Crlf, b"Event: A\r\nX: 1\n\r \r\n\r\n".as_slice()),
            (Ending::Lf, b"Event: A\nX: 1\r\n\r \r\n\r\n"),
            (Ending::Lf, b"Event: A\nX: 1\n\n"),
            (Ending::Marker, b"Response: Follows\r\n--END COMMAND--\r\n\r\n"),
            (Ending::Marker, b"Response: Follows\n--END COMMAND----END COMMAND--\n\n"),
        ] {
            let Search::Found { len, consumed } = frame_end(ending, bytes, 0) else { panic!("{ending:?}") };
            assert_eq!(consumed, bytes.len());
            let mut from = 0;
            for end in 0..bytes.len() {
                let Search::Partial { resume } = frame_end(ending, &bytes[..end], from) else { panic!("{end}") };
                assert!(resume >= from);
                from = resume;
            }
            assert_eq!(frame_end(ending, bytes, from), Search::Found { len, consumed }, "{ending:?}");
        }
    }

    #[test]
    fn a_block_is_cut_into_lines_without_their_ends() {
        let lines = |bytes: &'static [u8]| Lines::new(bytes).collect::<Vec<_>>();
        assert_eq!(lines(b"a\r\nb\n\nc"), [b"a".as_slice(), b"b", b"", b"c"]);
        assert_eq!(lines(b"a\r\r\nb\r"), [b"a\r".as_slice(), b"b\r"]);
        assert_eq!(lines(b"a\n"), [b"a".as_slice()]);
        assert_eq!(lines(b"\n"), [b"".as_slice()]);
        assert_eq!(lines(b""), Vec::<&[u8]>::new());
    }

    #[test]
    fn a_header_needs_a_key_at_the_start_of_its_line() {
        assert_eq!(split_header(b"Key: value"), Some((b"Key".as_slice(), b"value".as_slice())));
        assert_eq!(split_header(b"Key \t:value"), Some((b"Key".as_slice(), b"value".as_slice())));
        for line in [b"".as_slice(), b"no colon", b": value", b" Key: value", b"\tKey: value"] {
            assert_eq!(split_header(line), None, "{}", line.escape_ascii());
        }
    }
}
