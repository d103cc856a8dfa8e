//! From a stream of bytes to frames.
//!
//! The parser owns one buffer. The driver reads into [`Parser::spare`], says how much with
//! [`Parser::commit`] and drains [`Parser::next`], whose items borrow from that buffer: a frame that
//! nobody wants costs a search for its end and nothing else. What has been searched is not searched
//! again when more bytes come.
//!
//! No input is an error here. Noise is handed out as such, a frame over the limit is dropped while it
//! arrives, and in both cases the stream goes on at the next frame; how much of it is too much is for
//! the connection to say.

use core::fmt;
use core::ops::Range;

use memchr::memchr;

use super::buffer::{self, Buffer};
use super::message::{FrameKind, FrameRef};
use super::scan::{DELIMITER_MAX, Ending, Search, ends_with_cr, frame_end};

/// What is kept of a frame over the limit, to say which action it answered: responses carry their
/// action id in the second line.
const HEAD_MAX: usize = 2 * 1024;

/// The longest first line taken for a banner; real ones have 28 bytes.
const BANNER_MAX: usize = 256;

/// How the first line of a connection starts.
const BANNER: &[u8] = b"Asterisk Call Manager";

/// How large things may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParserLimits {
    /// The longest frame in bytes, without its delimiter. A longer one is discarded.
    pub max_frame_size: usize,
    /// The largest buffer in bytes. Raised to [`ParserLimits::min_buffer`] when smaller, because a frame
    /// and its delimiter have to fit.
    pub buffer_limit: usize,
}

impl ParserLimits {
    /// The smallest buffer that goes with a frame size: the frame, its delimiter, and never less than
    /// 4 KiB.
    pub const fn min_buffer(max_frame_size: usize) -> usize {
        let needed = max_frame_size.saturating_add(DELIMITER_MAX);
        if needed < buffer::SMALL { buffer::SMALL } else { needed }
    }
}

impl Default for ParserLimits {
    fn default() -> Self {
        Self { max_frame_size: 1024 * 1024, buffer_limit: 2 * 1024 * 1024 }
    }
}

/// What the parser found.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// The greeting, without its line end: the first line of a connection, once.
    Banner(&'a [u8]),
    /// An event or a response.
    Frame(FrameRef<'a>),
    /// A frame over [`ParserLimits::max_frame_size`] has ended and is gone.
    Oversized {
        /// Its length without the delimiter.
        bytes: u64,
        /// What it was, when its first 2 KiB say so.
        kind: Option<FrameKind>,
        /// The action it answered, when that stands in its first 2 KiB.
        action_id: Option<&'a [u8]>,
    },
    /// A block up to a delimiter, in which no line starts an event or a response: noise, or the answer
    /// of something that is no Asterisk.
    Garbage(&'a [u8]),
}

/// Cuts a stream into frames.
///
/// ```
/// use ami_core::protocol::{Item, Parser, ParserLimits};
///
/// let mut parser = Parser::new(ParserLimits::default());
/// parser.feed(b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: a1\r\nPing: Pong\r\n\r\n");
///
/// assert!(matches!(parser.next(), Some(Item::Banner(b"Asterisk Call Manager/11.0.0"))));
/// let Some(Item::Frame(frame)) = parser.next() else { panic!("a frame") };
/// assert_eq!(frame.action_id(), Some(b"a1".as_slice()));
/// assert_eq!(frame.header(b"ping"), Some(b"Pong".as_slice()));
/// assert!(parser.next().is_none());
/// ```
pub struct Parser {
    limits: ParserLimits,
    buffer: Buffer,
    /// From where in the live bytes the search for the current frame's end goes on.
    resume: usize,
    /// The length of the current frame's first line, once that is complete.
    first_line: usize,
    /// How the current frame ends; `None` until its first line is complete.
    ending: Option<Ending>,
    /// Bytes of the current frame that were thrown away; the frame is over the limit when not 0.
    discarded: u64,
    /// The first bytes of the last frame that was thrown away while it arrived.
    head: Vec<u8>,
    banner_expected: bool,
    follows_expected: bool,
    /// The current frame is a `Response: Follows`.
    follows: bool,
}

impl Parser {
    /// A parser for a new connection. Allocates nothing yet.
    pub const fn new(limits: ParserLimits) -> Self {
        Self {
            limits,
            buffer: Buffer::new(),
            resume: 0,
            first_line: 0,
            ending: None,
            discarded: 0,
            head: Vec::new(),
            banner_expected: true,
            follows_expected: true,
            follows: false,
        }
    }

    /// Room to read into; never empty when [`Parser::next`] has returned `None` before.
    ///
    /// Makes room when there is little left: by moving a short rest to the front, or by growing up to
    /// [`ParserLimits::buffer_limit`] when the rest is most of the buffer.
    pub fn spare(&mut self) -> &mut [u8] {
        let limit = self.limits.buffer_limit.max(ParserLimits::min_buffer(self.limits.max_frame_size));
        self.buffer.spare(limit)
    }

    /// Says that the first `n` bytes of [`Parser::spare`] were filled.
    pub fn commit(&mut self, n: usize) {
        self.buffer.commit(n);
    }

    /// Copies bytes in, for drivers that have them already; returns how many fitted.
    pub fn feed(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            let spare = self.spare();
            let n = spare.len().min(rest.len());
            let Some((now, later)) = rest.split_at_checked(n).filter(|_| n > 0) else { break };
            if let Some(room) = spare.get_mut(..n) {
                room.copy_from_slice(now);
            }
            self.commit(n);
            rest = later;
        }
        bytes.len() - rest.len()
    }

    /// The next item, or `None` when more bytes are needed.
    ///
    /// No iterator, since an item borrows the buffer.
    #[expect(clippy::should_implement_trait, reason = "the item borrows the parser, which Iterator cannot say")]
    #[inline]
    pub fn next(&mut self) -> Option<Item<'_>> {
        if self.banner_expected {
            match self.banner() {
                Banner::Line(line) => return Some(Item::Banner(self.buffer.taken(line))),
                Banner::Partial => return None,
                Banner::Absent => {}
            }
        }
        self.frame()
    }

    /// Bytes that were received and belong to no complete item yet, those of a frame that is being thrown
    /// away included. Not 0 at the end of the stream means that a frame was cut.
    pub fn buffered(&self) -> usize {
        self.buffer.len().saturating_add(usize::try_from(self.discarded).unwrap_or(usize::MAX))
    }

    /// Bytes of memory held.
    pub fn capacity(&self) -> usize {
        self.buffer.capacity() + self.head.capacity()
    }

    /// Starts over for a new connection: what is left of the old one is dropped and its memory freed.
    pub fn reset(&mut self) {
        *self = Self { follows_expected: self.follows_expected, ..Self::new(self.limits) };
    }

    /// Gives back a buffer that is larger than its little content needs. For connections that have been quiet for a while:
    /// called after every read, it would allocate anew for each.
    pub fn shrink_if_idle(&mut self) {
        self.buffer.shrink();
        if self.discarded == 0 {
            self.head = Vec::new();
        }
    }

    /// Whether a `Response: Follows` ends at `--END COMMAND--` (true at first) or like any other frame.
    ///
    /// Values can forge frames, and a forged `Response: Follows` without its marker would swallow the
    /// stream. A connection that says here whether a `Command` is pending cannot be silenced that way,
    /// and one that was is released by `false`.
    pub fn expect_follows(&mut self, expected: bool) {
        self.follows_expected = expected;
    }

    /// Whether the frame under way is a `Response: Follows` whose end has not come.
    pub const fn is_in_follows(&self) -> bool {
        self.follows
    }

    /// Looks for the banner, once for a connection.
    #[cold]
    fn banner(&mut self) -> Banner {
        let live = self.buffer.live();
        let known = live.len().min(BANNER.len());
        let possible = live.get(..known) == BANNER.get(..known);
        let newline = memchr(b'\n', live.get(..BANNER_MAX).unwrap_or(live));
        if possible && newline.is_none() && live.len() < BANNER_MAX {
            return Banner::Partial;
        }
        self.banner_expected = false;
        match newline.filter(|newline| possible && *newline >= BANNER.len()) {
            Some(newline) => {
                let len = newline - usize::from(ends_with_cr(live, newline));
                Banner::Line(self.buffer.take(len, newline + 1))
            }
            None => Banner::Absent,
        }
    }

    fn frame(&mut self) -> Option<Item<'_>> {
        if self.ending.is_none() && self.discarded == 0 && self.resume == 0 {
            self.skip_blank_lines()?;
        }
        let mut ending = match self.ending {
            Some(ending) => ending,
            None => self.first_line()?,
        };
        if self.follows {
            if self.follows_expected { ending = Ending::Marker } else { self.release_follows() }
        }
        match frame_end(ending, self.buffer.live(), self.resume) {
            Search::Found { len, consumed } => Some(self.take(len, consumed)),
            Search::Partial { resume } => {
                self.resume = resume;
                self.discard_if_oversized();
                None
            }
        }
    }

    /// Leaves `start` at a byte that starts a frame, or returns `None` when none has arrived.
    #[inline]
    fn skip_blank_lines(&mut self) -> Option<()> {
        loop {
            match self.buffer.live() {
                [b'\n', ..] => self.buffer.consume(1),
                [b'\r', b'\n', ..] => self.buffer.consume(2),
                // A carriage return alone may be the first half of a blank line.
                [] | [b'\r'] => return None,
                _ => return Some(()),
            }
        }
    }

    /// Learns from the first line how the frame ends; `None` when the line is not complete.
    #[inline]
    fn first_line(&mut self) -> Option<Ending> {
        let live = self.buffer.live();
        let Some(found) = live.get(self.resume..).and_then(|rest| memchr(b'\n', rest)) else {
            // The last byte is kept: whether the line ends in CRLF must be visible after a discard.
            self.resume = live.len().saturating_sub(1);
            self.discard_if_oversized();
            return None;
        };
        let newline = self.resume + found;
        let (ending, line_end) =
            if ends_with_cr(live, newline) { (Ending::Crlf, newline - 1) } else { (Ending::Lf, newline) };
        // Not for a line over the limit, whose start is gone when it arrived in pieces.
        self.follows = self.discarded == 0 && is_follows(live.get(..newline)?) && newline < self.oversized_at();
        self.resume = line_end;
        self.first_line = line_end;
        self.ending = Some(ending);
        Some(ending)
    }

    /// Goes back to the ordinary end of frames for a `Response: Follows` that nobody waits for.
    #[cold]
    fn release_follows(&mut self) {
        self.follows = false;
        self.resume = 0;
    }

    /// Hands out the block of `len` bytes at `start`.
    #[inline]
    fn take(&mut self, len: usize, consumed: usize) -> Item<'_> {
        let discarded = core::mem::take(&mut self.discarded);
        let place = self.buffer.take(len, consumed);
        self.resume = 0;
        self.ending = None;
        self.follows = false;
        let block = self.buffer.taken(place);
        if discarded == 0 && len <= self.limits.max_frame_size {
            return FrameRef::with_first_line(block, self.first_line).map_or(Item::Garbage(block), Item::Frame);
        }
        let head = if discarded == 0 { self.head_of(block) } else { &self.head };
        let frame = FrameRef::from_bytes(head);
        Item::Oversized {
            bytes: discarded.saturating_add(len as u64),
            kind: frame.map(|frame| frame.kind()),
            action_id: frame.and_then(|frame| frame.action_id()),
        }
    }

    /// The complete lines among the first bytes of a frame over the limit, or all of those when not even
    /// one is. Never more than the limit: how much of the frame has arrived must not matter.
    fn head_of<'a>(&self, block: &'a [u8]) -> &'a [u8] {
        let head = block.get(..HEAD_MAX.min(self.limits.max_frame_size)).unwrap_or(block);
        memchr::memrchr(b'\n', head).and_then(|newline| head.get(..=newline)).unwrap_or(head)
    }

    /// How many bytes without a frame's end in them show that the frame is over the limit.
    fn oversized_at(&self) -> usize {
        self.limits.max_frame_size.saturating_add(DELIMITER_MAX)
    }

    /// Throws away what has been searched of a frame that is already too long.
    fn discard_if_oversized(&mut self) {
        let live = self.buffer.len();
        if self.discarded == 0 {
            if live < self.oversized_at() {
                return;
            }
            let mut head = core::mem::take(&mut self.head);
            head.clear();
            head.extend_from_slice(self.head_of(self.buffer.live()));
            self.head = head;
        }
        self.buffer.consume(self.resume);
        self.discarded = self.discarded.saturating_add(self.resume as u64);
        self.resume = 0;
    }
}

impl fmt::Debug for Parser {
    /// Without the buffer: it may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser")
            .field("limits", &self.limits)
            .field("buffered", &self.buffered())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

/// Whether a connection starts with a banner.
enum Banner {
    /// It does; the line's place in the buffer.
    Line(Range<usize>),
    Absent,
    Partial,
}

/// Whether a first line, with its carriage return, says that raw output follows.
fn is_follows(line: &[u8]) -> bool {
    // Almost every line is ruled out by its first byte.
    matches!(line.first(), Some(b'R' | b'r'))
        && super::scan::split_header(line).is_some_and(|(key, value)| {
            key.eq_ignore_ascii_case(b"Response") && value.trim_ascii().eq_ignore_ascii_case(b"Follows")
        })
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
