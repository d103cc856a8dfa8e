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

/// The lowest bit of each of eight bytes.
const LOW: u64 = 0x0101_0101_0101_0101;

/// Where the first colon is. Keys are too short for a vectorised search to pay; eight bytes at a time do.
#[inline]
fn colon_in(line: &[u8]) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const COLONS: u64 = LOW * b':' as u64;
    let (words, tail) = line.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let zero_where_colon = u64::from_le_bytes(*word) ^ COLONS;
        let found = zero_where_colon.wrapping_sub(LOW) & !zero_where_colon & HIGH;
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    tail.iter().position(|byte| *byte == b':').map(|at| words.len() * 8 + at)
}

/// Splits a line into key and value, or `None` when it is no header: no colon, no key, or folded.
///
/// One space after the colon is the separator's; blanks before the colon are not the key's.
#[inline]
pub(super) fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if matches!(line.first(), None | Some(b' ' | b'\t')) {
        return None;
    }
    let (key, rest) = line.split_at_checked(colon_in(line)?)?;
    let value = rest.get(1..).unwrap_or_default();
    let key = trim_blanks_end(key);
    if key.is_empty() {
        return None;
    }
    Some((key, value.strip_prefix(b" ").unwrap_or(value)))
}

/// The first value of a header in a block, its key in any ASCII case.
///
/// Lines are about 22 bytes long: going from one to the next costs more than reading them. So 64 bytes at
/// a time are asked for a newline that has a colon or a blank just where this key would end.
pub(super) fn find_header<'a>(bytes: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    if let Some(value) = header_at(bytes, 0, key) {
        return Some(value);
    }
    let mut searched = 0;
    let ends = bytes.get(key.len() + 1..)?;
    for (starts, ends) in bytes.as_chunks().0.iter().zip(ends.as_chunks().0) {
        let mut found = line_starts(starts, ends);
        while found != 0 {
            let newline = searched + found.trailing_zeros() as usize;
            found &= found - 1;
            if let Some(value) = header_at(bytes, newline + 1, key) {
                return Some(value);
            }
        }
        searched += BLOCK;
    }
    while let Some(newline) = bytes.get(searched..).and_then(|rest| memchr(b'\n', rest)) {
        searched += newline + 1;
        if let Some(value) = header_at(bytes, searched, key) {
            return Some(value);
        }
    }
    None
}

/// The value of the header that starts at `start`, when it has this key.
#[inline]
fn header_at<'a>(bytes: &'a [u8], start: usize, key: &[u8]) -> Option<&'a [u8]> {
    let rest = bytes.get(start..)?;
    if !rest.get(..key.len())?.eq_ignore_ascii_case(key) {
        return None;
    }
    let (found, value) = split_header(Lines::new(rest).next()?)?;
    // Longer when the key goes on, shorter when a newline, a colon or a blank was asked for as part of one.
    (found.len() == key.len()).then_some(value)
}

/// How many bytes [`line_starts`] looks at.
const BLOCK: usize = 64;

/// The newlines in `starts` for which `ends` has a colon, a blank or a control byte at the same place; the
/// first byte in the lowest bit.
///
/// Written so that the compiler makes vector instructions of it, which it does for comparisons of equal
/// arrays but not for gathering bits in order: they come as eight columns and are turned at the end.
#[inline]
fn line_starts(starts: &[u8; BLOCK], ends: &[u8; BLOCK]) -> u64 {
    let starts = starts.map(|byte| if byte == b'\n' { u8::MAX } else { 0 });
    let ends = ends.map(|byte| if byte == b':' || byte <= b' ' { u8::MAX } else { 0 });
    let words = starts.as_chunks().0.iter().zip(ends.as_chunks().0).enumerate();
    let columns = words.fold(0, |columns, (row, (start, end))| {
        columns | (u64::from_le_bytes(*start) & u64::from_le_bytes(*end) & (LOW << row))
    });
    if columns == 0 { 0 } else { transpose(columns) }
}

/// Turns a matrix of eight by eight bits, by exchanging ever larger blocks across the diagonal.
#[inline]
const fn transpose(mut bits: u64) -> u64 {
    let swap = (bits ^ (bits >> 7)) & 0x00AA_00AA_00AA_00AA;
    bits ^= swap ^ (swap << 7);
    let swap = (bits ^ (bits >> 14)) & 0x0000_CCCC_0000_CCCC;
    bits ^= swap ^ (swap << 14);
    let swap = (bits ^ (bits >> 28)) & 0x0000_0000_F0F0_F0F0;
    bits ^ swap ^ (swap << 28)
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
    fn places_where_a_header_could_start_are_found_in_order() {
        let (mut starts, mut ends) = ([b'x'; BLOCK], [b'x'; BLOCK]);
        let mut expected = 0;
        for at in [0, 1, 7, 8, 13, 31, 32, 62, 63] {
            starts[at] = b'\n';
            ends[at] = if at % 2 == 0 { b':' } else { b' ' };
            expected |= 1 << at;
        }
        starts[20] = b'\n';
        ends[21] = b':';
        assert_eq!(line_starts(&starts, &ends), expected);
        assert_eq!(line_starts(&[b'\n'; BLOCK], &[b':'; BLOCK]), u64::MAX);
    }

    #[test]
    fn a_header_is_found_wherever_it_lies_in_a_block() {
        for before in 0..200 {
            for after in [0, 1, 63, 64, 65] {
                let block = format!("Event: {}\r\nkEy: value\r\n{}", "x".repeat(before), "y".repeat(after));
                assert_eq!(find_header(block.as_bytes(), b"Key"), Some(b"value".as_slice()), "{block}");
                assert_eq!(find_header(block.as_bytes(), b"Ke"), None);
                assert_eq!(find_header(block.as_bytes(), b"Keys"), None);
            }
        }
    }

    #[test]
    fn what_cannot_be_a_key_is_not_found() {
        let block = b"Event: A\r\nX : Y: Z\r\n folded: 1\r\n: none\r\nlast\r\nthe: end";
        for key in ["", " ", "X ", "X :", "X : Y", ":", " folded", "last", "last\r\nthe", "\n", "Event:"] {
            assert_eq!(find_header(block, key.as_bytes()), None, "{key:?}");
        }
        assert_eq!(find_header(block, b"X"), Some(b"Y: Z".as_slice()));
        assert_eq!(find_header(block, &[b'k'; 1000]), None);
    }

    #[test]
    fn the_first_colon_is_found_at_any_place() {
        for at in 0..40 {
            let mut line = vec![b';'; 40];
            assert_eq!(colon_in(&line), None);
            line[at..].fill(b':');
            assert_eq!(colon_in(&line), Some(at));
        }
        assert_eq!(colon_in(b""), None);
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
