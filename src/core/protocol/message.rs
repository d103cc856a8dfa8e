//! Frames: an event or a response as the bytes that were sent, and the headers in them.
//!
//! A frame is not turned into a map. Most events are skipped or asked for two or three headers, so the
//! bytes stay as they are and every look-up goes through them again; who needs all headers iterates
//! once. Keeping a frame past the next read costs one allocation and one copy.

use core::fmt;
use core::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::scan::{Lines, split_header};

static ACTION_ID_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\nActionID:"));

const ACTION_ID: &[u8] = b"ActionID:";

/// What a frame is, by the first of its headers that is called `Event` or `Response`.
///
/// The first, because one can hold the other: `OriginateResponse` is an event with a `Response` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Something that happened, or an item of a list.
    Event,
    /// The answer to an action.
    Response,
}

/// A frame that still lies in the parser's buffer.
///
/// Keys are compared without regard to ASCII case, and of headers with the same key the first one
/// counts; a real newline inside a value can therefore hide a header only from those behind it.
/// Lines without a colon, folded lines (they start with a blank) and lines without a key are no headers,
/// but stay in [`FrameRef::bytes`].
#[derive(Clone, Copy)]
pub struct FrameRef<'a> {
    bytes: &'a [u8],
    name: &'a [u8],
    kind: FrameKind,
}

impl<'a> FrameRef<'a> {
    /// Takes a block without its delimiter for a frame, or `None` when no line in it starts an event or
    /// a response.
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let mut lines = Lines::new(bytes);
        let first = lines.next()?;
        if let Some(name) = first.strip_prefix(b"Event: ") {
            return Some(Self { bytes, name: name.trim_ascii(), kind: FrameKind::Event });
        }
        if let Some(name) = first.strip_prefix(b"Response: ") {
            return Some(Self { bytes, name: name.trim_ascii(), kind: FrameKind::Response });
        }
        let (kind, name) = deciding_header(bytes)?;
        Some(Self { bytes, name, kind })
    }

    /// Whether it is an event or a response.
    pub const fn kind(&self) -> FrameKind {
        self.kind
    }

    /// The event's name or the response's status, without blanks around it.
    pub const fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The frame as it was sent, without its delimiter.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The first value of a header, its key in any ASCII case.
    ///
    /// The value is what stands after the colon less one space and the line end: further blanks belong
    /// to it, and so do all other bytes.
    pub fn header(&self, key: &[u8]) -> Option<&'a [u8]> {
        let mut lines = Lines::new(self.header_bytes());
        lines.find_map(|line| {
            // Most lines are ruled out by one byte: where this key would end, there is no colon or blank.
            if !matches!(line.get(key.len()), Some(b':' | b' ' | b'\t')) {
                return None;
            }
            split_header(line).filter(|(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| value)
        })
    }

    /// The value of the first `ActionID` header.
    ///
    /// Responses carry it in their second line, which is looked at first; list items may carry it last,
    /// which costs one vectorised search. Written as Asterisk writes it only: [`FrameRef::header`] takes
    /// any case.
    pub fn action_id(&self) -> Option<&'a [u8]> {
        let mut lines = Lines::new(self.header_bytes());
        let first = lines.next()?;
        if let Some(value) = first.strip_prefix(ACTION_ID) {
            return Some(value.strip_prefix(b" ").unwrap_or(value));
        }
        let after_first = lines.rest();
        if !after_first.starts_with(ACTION_ID) {
            let found = ACTION_ID_LINE.find(after_first)?;
            lines = Lines::new(after_first.get(found + 1..)?);
        }
        let value = lines.next()?.strip_prefix(ACTION_ID)?;
        Some(value.strip_prefix(b" ").unwrap_or(value))
    }

    /// All headers in the order in which they were sent, repeated ones each time.
    pub fn headers(&self) -> Headers<'a> {
        Headers { lines: Lines::new(self.header_bytes()) }
    }

    /// A copy that outlives the parser's buffer: one allocation of the frame's size.
    pub fn to_frame(&self) -> Frame {
        let start = offset_in(self.bytes, self.name);
        Frame { bytes: self.bytes.into(), name: start..start + self.name.len(), kind: self.kind }
    }

    /// Whether this is the answer to a command in the shape of Asterisk 13 and older.
    pub(super) fn is_follows(&self) -> bool {
        self.kind == FrameKind::Response && self.name.eq_ignore_ascii_case(b"Follows")
    }

    /// The headers of a `Response: Follows` and the raw output behind them.
    ///
    /// Nothing marks the border. Asterisk writes at most these headers, each once and with the line end
    /// of the first line, and then what the command printed, whose lines end in a bare LF.
    pub(super) fn split_follows(&self) -> (&'a [u8], &'a [u8]) {
        let mut lines = Lines::new(self.bytes);
        let Some(first) = lines.next() else { return (self.bytes, &[]) };
        let line_end = self.bytes.len() - lines.rest().len() - first.len();
        let mut expected: [Option<&[u8]>; 3] = [Some(b"Privilege"), Some(b"ActionID"), Some(b"Message")];
        let mut output = lines.rest();
        while let Some(line) = lines.next() {
            let own_end = output.len() - lines.rest().len() - line.len();
            let key = split_header(line).map(|(key, _)| key);
            let known = expected
                .iter_mut()
                .find(|slot| slot.zip(key).is_some_and(|(known, key)| known.eq_ignore_ascii_case(key)));
            match known {
                Some(slot) if own_end == line_end => *slot = None,
                _ => break,
            }
            output = lines.rest();
        }
        self.bytes.split_at_checked(self.bytes.len() - output.len()).unwrap_or((self.bytes, &[]))
    }

    /// The part of the frame that holds headers.
    #[inline]
    fn header_bytes(&self) -> &'a [u8] {
        if self.is_follows() { self.split_follows().0 } else { self.bytes }
    }
}

impl fmt::Debug for FrameRef<'_> {
    /// Without the headers: they may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameRef")
            .field("kind", &self.kind)
            .field("name", &String::from_utf8_lossy(self.name))
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// Finds the header that makes a block an event or a response, when it is not plainly the first line.
#[cold]
fn deciding_header(bytes: &[u8]) -> Option<(FrameKind, &[u8])> {
    Lines::new(bytes).filter_map(split_header).find_map(|(key, value)| {
        if key.eq_ignore_ascii_case(b"Event") {
            Some((FrameKind::Event, value.trim_ascii()))
        } else if key.eq_ignore_ascii_case(b"Response") {
            Some((FrameKind::Response, value.trim_ascii()))
        } else {
            None
        }
    })
}

/// Where `part` starts in `whole`, of which it is a slice.
fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr()).min(whole.len())
}

/// An event or a response that owns its bytes.
#[derive(Clone)]
pub struct Frame {
    bytes: Box<[u8]>,
    name: Range<usize>,
    kind: FrameKind,
}

impl Frame {
    /// The frame as it was while it lay in the parser's buffer; all look-ups are there.
    pub fn as_ref(&self) -> FrameRef<'_> {
        let name = self.bytes.get(self.name.clone()).unwrap_or_default();
        FrameRef { bytes: &self.bytes, name, kind: self.kind }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref(), f)
    }
}

/// The headers of a frame in order; made by [`FrameRef::headers`].
#[derive(Debug, Clone)]
pub struct Headers<'a> {
    lines: Lines<'a>,
}

impl<'a> Iterator for Headers<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.lines.find_map(split_header)
    }
}
