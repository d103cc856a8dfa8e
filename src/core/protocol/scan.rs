//! Where lines and frames end.
//!
//! Frames are found by one vectorised search each. The needle is `\n\r`, not the whole `\r\n\r\n`: every
//! line holds `\r\n`, so a search for the delimiter itself stops to compare at each line end, while
//! `\n\r` occurs at blank lines only. The two bytes around it are then compared by hand.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr2_iter};

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
/// Lines are about 22 bytes long: going from one to the next costs more than reading them. So the rarest letter of the key
/// is searched for, and where it stands as far behind a newline as it stands in the key, the line is looked at.
pub(super) fn find_header<'a>(bytes: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let (place, letter) = rarest(key)?;
    if let Some(value) = header_at(bytes, 0, key) {
        return Some(value);
    }
    memchr2_iter(letter.to_ascii_lowercase(), letter.to_ascii_uppercase(), bytes).find_map(|found| {
        let start = found.checked_sub(place)?;
        let is_start = start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\n');
        if is_start { header_at(bytes, start, key) } else { None }
    })
}

/// Letters by how often they stand in two captures of busy servers, the most frequent first.
const FREQUENT: &[u8; 26] = b"nealtciodurspwkmghvxfyqbzj";

/// The byte of a key that stands least often in what a server sends, and its place; `None` for what is no key.
#[inline]
fn rarest(key: &[u8]) -> Option<(usize, u8)> {
    if matches!(key, [b' ' | b'\t', ..] | [.., b' ' | b'\t']) {
        return None;
    }
    let (mut best, mut rarest) = (0, None);
    for (place, &byte) in key.iter().enumerate() {
        let rarity = RARITY.get(usize::from(byte)).copied()?;
        if rarity > best {
            (best, rarest) = (rarity, Some((place, byte)));
        }
    }
    rarest.filter(|_| best < NEVER)
}

/// Of what no key has.
const NEVER: u8 = u8::MAX;

/// How rare a byte is; what is no letter stands in numbers and addresses, which are everywhere.
#[allow(clippy::indexing_slicing, reason = "by bytes, and evaluated by the compiler")]
static RARITY: [u8; 256] = {
    let mut rarity = [1; 256];
    let (mut rank, mut rest) = (1, FREQUENT.as_slice());
    while let [letter, others @ ..] = rest {
        rank += 1;
        rarity[*letter as usize] = rank;
        rarity[letter.to_ascii_uppercase() as usize] = rank;
        rest = others;
    }
    rarity[b':' as usize] = NEVER;
    rarity[b'\n' as usize] = NEVER;
    rarity
};

/// The value of the header that starts at `start`, when it has this key, in which there is no colon and no newline, and no
/// blank at either end.
#[inline]
fn header_at<'a>(bytes: &'a [u8], start: usize, key: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = bytes.get(start..)?.split_at_checked(key.len())?;
    if found != key && !found.eq_ignore_ascii_case(key) {
        return None;
    }
    let mut rest = rest;
    while let [b' ' | b'\t', others @ ..] = rest {
        rest = others;
    }
    let value = Lines::new(rest.strip_prefix(b":")?).next().unwrap_or_default();
    Some(value.strip_prefix(b" ").unwrap_or(value))
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
    use proptest::prelude::*;

    /// Bytes in which most of what matters here is likely, with lines of all lengths.
    fn blocks() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::sample::select(vec!["\r\n", "\n", "\r", ": ", ":", " ", "\t", "key", "KeY", "\u{8a}"])
                .prop_map(|text| text.as_bytes().to_vec()),
            (0..40_usize).prop_map(|len| vec![b'x'; len]),
            any::<u8>().prop_map(|byte| vec![byte]),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    /// A line as a header, by the plainest means.
    fn header_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (key, value) = (&line[..colon], &line[colon + 1..]);
        let end = key.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'))? + 1;
        (!matches!(key[0], b' ' | b'\t')).then(|| (&key[..end], value.strip_prefix(b" ").unwrap_or(value)))
    }

    proptest! {
        #[test]
        fn headers_are_those_of_the_lines_one_by_one(bytes in blocks()) {
            let plainly: Vec<_> = Lines::new(&bytes).filter_map(header_of).collect();
            prop_assert_eq!(Lines::new(&bytes).filter_map(split_header).collect::<Vec<_>>(), plainly);
        }

        #[test]
        fn the_header_that_is_found_is_the_first_of_its_key(bytes in blocks(), key in blocks()) {
            for key in [b"key".as_slice(), b"x", &key] {
                let plainly = Lines::new(&bytes).filter_map(header_of).find(|(found, _)| found.eq_ignore_ascii_case(key));
                prop_assert_eq!(find_header(&bytes, key), plainly.map(|(_, value)| value));
            }
        }
    }

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
    fn a_key_is_searched_for_by_its_rarest_letter_and_any_key_by_something() {
        assert_eq!(rarest(b"Uniqueid"), Some((3, b'q')));
        assert_eq!(rarest(b"ACTIONID"), Some((7, b'D')));
        assert_eq!(rarest(b"1-2"), Some((0, b'1')));
        for no_key in ["", " Key", "Key\t", "K:y", "K\ny"] {
            assert_eq!(rarest(no_key.as_bytes()), None, "{no_key:?}");
        }
        assert!((b'a'..=b'z').all(|letter| FREQUENT.contains(&letter)));
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
