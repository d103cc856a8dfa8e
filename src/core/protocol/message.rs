//! Frames: an event or a response as the bytes that were sent, and the headers in them.
//!
//! A frame is not turned into a map. Most events are skipped or asked for two or three headers, so the
//! bytes stay as they are and every look-up goes through them again; who needs all headers iterates
//! once. Keeping a frame past the next read costs one allocation and one copy.

use core::fmt;
use core::ops::Range;
use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;

use super::scan::{Lines, find_header, split_header};

static ACTION_ID_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\nActionID:"));

const ACTION_ID: &[u8] = b"ActionID:";

/// Lines among which `EventList` counts. In every list seen of Asterisk 16 and 22 it is the second or third.
const EVENT_LIST_LINES: usize = 3;

/// What a frame is, by the first of its headers that is called `Event` or `Response`.
///
/// The first, because one can hold the other: `OriginateResponse` is an event with a `Response` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// A whole register: a byte with padding behind it is copied in overlapping pieces, for which the processor waits.
#[repr(usize)]
pub enum FrameKind {
    /// Something that happened, or an item of a list.
    Event,
    /// The answer to an action.
    Response,
}

/// A frame that still lies in the parser's buffer.
///
/// Keys are compared without regard to ASCII case, and of headers with the same key the first one
/// counts: a value that holds real newlines can forge headers, but never replace one that stands before it.
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
        Self::with_first_line(bytes, memchr(b'\n', bytes).unwrap_or(bytes.len()))
    }

    /// [`FrameRef::from_bytes`] for a block whose first line's length is known, give or take its end.
    #[inline]
    pub(super) fn with_first_line(bytes: &'a [u8], len: usize) -> Option<Self> {
        let first = bytes.get(..len)?;
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
        find_header(self.header_bytes(), key)
    }

    /// The value of the first `ActionID` header.
    ///
    /// Responses carry it in their second line, which is looked at first; list items may carry it last,
    /// which costs one vectorised search. Written as Asterisk writes it only: [`FrameRef::header`] takes
    /// any case.
    pub fn action_id(&self) -> Option<&'a [u8]> {
        let bytes = self.header_bytes();
        let second = memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1);
        let start = if bytes.starts_with(ACTION_ID) {
            0
        } else if bytes.get(second..)?.starts_with(ACTION_ID) {
            second
        } else {
            ACTION_ID_LINE.find(bytes)? + 1
        };
        let value = bytes.get(start + ACTION_ID.len()..)?;
        let value = match memchr(b'\n', value).and_then(|newline| value.get(..newline)) {
            Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
            None => value,
        };
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

    /// The header `EventList`, where Asterisk writes it: in one of the first lines. Further down it is part of a value, for
    /// values may hold line ends.
    pub fn event_list(&self) -> Option<&'a [u8]> {
        let mut first = self.headers().take(EVENT_LIST_LINES);
        first.find(|(key, _)| key.eq_ignore_ascii_case(b"EventList")).map(|(_, value)| value)
    }

    /// Whether this is a `Response: Error`.
    pub fn is_error(&self) -> bool {
        self.kind == FrameKind::Response && self.name.eq_ignore_ascii_case(b"Error")
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn frame(bytes: &[u8]) -> FrameRef<'_> {
        FrameRef::from_bytes(bytes).expect("a frame")
    }

    fn values<'a>(frame: FrameRef<'a>, key: &[u8]) -> Vec<&'a [u8]> {
        frame.headers().filter(|(found, _)| *found == key).map(|(_, value)| value).collect()
    }

    #[test]
    fn the_first_deciding_header_makes_the_kind_and_the_name() {
        let event = frame(b"Event: OriginateResponse\r\nActionID: o1\r\nResponse: Failure\r\nReason: 5");
        assert_eq!((event.kind(), event.name()), (FrameKind::Event, b"OriginateResponse".as_slice()));
        assert_eq!(event.header(b"Response"), Some(b"Failure".as_slice()));
        let response = frame(b"Response: Success\r\nEvent: x");
        assert_eq!((response.kind(), response.name()), (FrameKind::Response, b"Success".as_slice()));
    }

    #[test]
    fn the_deciding_header_need_not_be_first_nor_written_as_asterisk_writes_it() {
        for bytes in [
            b"noise\r\n: empty\r\nACTIONID: 1\r\neVENT:  A \r\nResponse: no".as_slice(),
            b"Event:A",
            b"Event : A",
            b"event: A",
            b" Event: folded\nEvent: A",
        ] {
            assert_eq!((frame(bytes).kind(), frame(bytes).name()), (FrameKind::Event, b"A".as_slice()), "{bytes:?}");
        }
    }

    #[test]
    fn a_block_without_a_deciding_header_is_no_frame() {
        for bytes in [b"".as_slice(), b"HTTP/1.1 400 Bad Request\r\nServer: Event: x", b"Events: On", b" Event: folded"]
        {
            assert!(FrameRef::from_bytes(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn an_event_without_a_name_has_an_empty_one() {
        assert_eq!(frame(b"Event: \r\nX: 1").name(), b"");
        assert_eq!(frame(b"Event:").to_frame().as_ref().name(), b"");
    }

    #[test]
    fn keys_are_found_in_any_case_and_the_first_one_wins() {
        let frame = frame(b"Event: A\r\nVariable: 1\r\nvariable: 2\r\nVARIABLE: 3");
        assert_eq!(frame.header(b"vAriable"), Some(b"1".as_slice()));
        assert_eq!(frame.headers().count(), 4);
        assert_eq!(values(frame, b"VARIABLE"), [b"3"]);
    }

    #[test]
    fn repeated_keys_are_all_there_in_order() {
        let frame = frame(b"Event: A\r\nRule: 1\r\nRuleList: x\r\nRule: 2\r\nRule: 3");
        assert_eq!(values(frame, b"Rule"), [b"1", b"2", b"3"]);
    }

    #[test]
    fn a_space_after_the_colon_may_be_missing_and_only_one_is_taken() {
        let frame = frame(b"Event: A\r\nNone:x\r\nTwo:  x \r\nBefore : x\r\nEmpty: \r\nEmpty2:\r\nColon: a: b");
        assert_eq!(frame.header(b"None"), Some(b"x".as_slice()));
        assert_eq!(frame.header(b"Two"), Some(b" x ".as_slice()));
        assert_eq!(frame.header(b"Before"), Some(b"x".as_slice()));
        assert_eq!(frame.header(b"Empty"), Some(b"".as_slice()));
        assert_eq!(frame.header(b"Empty2"), Some(b"".as_slice()));
        assert_eq!(frame.header(b"Colon"), Some(b"a: b".as_slice()));
        assert_eq!(frame.header(b"Absent"), None);
        assert_eq!(frame.header(b""), None);
    }

    #[test]
    fn odd_keys_are_keys() {
        let frame = frame(b"Event: A\r\nChanVariable(Local/1@d-0;1): FOO=\r\nNamed Callgroup: x\r\nSIP-T.38Support: N");
        assert_eq!(frame.header(b"ChanVariable(Local/1@d-0;1)"), Some(b"FOO=".as_slice()));
        assert_eq!(frame.header(b"named callgroup"), Some(b"x".as_slice()));
        assert_eq!(frame.header(b"sip-t.38support"), Some(b"N".as_slice()));
    }

    #[test]
    fn folded_lines_and_lines_without_a_colon_are_no_headers_but_stay_in_the_bytes() {
        let bytes = b"Event: A\r\nX: 1\r\n folded: 2\r\n\tfolded: 3\r\nline3\r\nNoColon\r\n: nokey\r\nY: 2";
        let frame = frame(bytes);
        assert_eq!(frame.headers().count(), 3);
        assert_eq!(frame.header(b"folded"), None);
        assert_eq!(frame.header(b" folded"), None);
        assert_eq!(frame.bytes(), bytes);
    }

    #[test]
    fn bytes_that_are_no_text_survive() {
        let bytes = b"Event: A\r\nLatin: \xe9\xff\r\nUtf: \xc3\xa9\r\nControl: \x01\x1b\x7f\r\nNul: a\0b\r\nCr: a\rInjected: yes";
        let frame = frame(bytes);
        assert_eq!(frame.header(b"Latin"), Some(b"\xe9\xff".as_slice()));
        assert_eq!(frame.header(b"Utf"), Some("é".as_bytes()));
        assert_eq!(frame.header(b"Control"), Some(b"\x01\x1b\x7f".as_slice()));
        assert_eq!(frame.header(b"Nul"), Some(b"a\0b".as_slice()));
        assert_eq!(frame.header(b"Cr"), Some(b"a\rInjected: yes".as_slice()));
        assert_eq!(frame.header(b"Injected"), None);
    }

    #[test]
    fn a_carriage_return_before_the_line_end_belongs_to_the_value_wherever_its_line_stands() {
        let frame = frame(b"Event: A\r\nX: a\r\r\nY: b\r");
        assert_eq!(frame.header(b"X"), Some(b"a\r".as_slice()));
        assert_eq!(frame.header(b"Y"), Some(b"b\r".as_slice()));
    }

    #[test]
    fn the_action_id_is_found_in_the_second_line_in_the_middle_and_last() {
        for bytes in [
            b"Response: Success\r\nActionID: x:1\r\nMessage: m".as_slice(),
            b"Response: Success\nActionID:x:1\nMessage: m",
            b"Event: QueueParams\r\nQueue: q\r\nActionID: x:1\r\nMax: 0",
            b"Event: Contact\r\nUri: u\r\nActionID: x:1",
            b"ActionID: x:1\r\nResponse: Success",
            b"Response: Follows\r\nPrivilege: Command\r\nActionID: x:1\r\nout\n--END COMMAND--",
        ] {
            assert_eq!(frame(bytes).action_id(), Some(b"x:1".as_slice()), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn only_a_line_of_its_own_is_an_action_id() {
        for bytes in [
            b"Event: A".as_slice(),
            b"Event: A\r\nX: ActionID: 1",
            b"Event: A\r\nX: a\rActionID: 1",
            b"Event: A\r\n ActionID: 1",
            b"Response: Follows\r\nPrivilege: Command\r\noutput\nActionID: 1\n--END COMMAND--",
        ] {
            assert_eq!(frame(bytes).action_id(), None, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn of_two_action_ids_the_first_counts_even_when_it_was_forged_by_a_value() {
        let forged = frame(b"Event: UserEvent\r\nAppData: a\nActionID: forged\r\nActionID: real");
        assert_eq!(forged.action_id(), Some(b"forged".as_slice()));
        assert_eq!(forged.header(b"ActionID"), forged.action_id());
        let safe = frame(b"Response: Success\r\nActionID: real\r\nValue: a\r\nActionID: forged");
        assert_eq!(safe.action_id(), Some(b"real".as_slice()));
    }

    #[test]
    fn a_copy_answers_like_the_original() {
        let bytes = b"noise\r\nEvent:  Hangup \r\nChannel: c\r\nActionID: 7".to_vec();
        let copy = {
            let bytes = bytes.clone();
            frame(&bytes).to_frame()
        };
        assert_eq!(copy.as_ref().bytes(), bytes);
        assert_eq!((copy.as_ref().kind(), copy.as_ref().name()), (FrameKind::Event, b"Hangup".as_slice()));
        assert_eq!(copy.clone().as_ref().action_id(), Some(b"7".as_slice()));
    }

    #[test]
    fn a_frame_shows_its_name_and_no_header() {
        let frame = frame(b"Event: AuthDetail\r\nPassword: hush");
        for text in [format!("{frame:?}"), format!("{:?}", frame.to_frame()), format!("{:?}", frame.headers())] {
            assert!(!text.contains("hush"), "{text}");
        }
        assert!(format!("{frame:?}").contains("AuthDetail"));
    }

    #[test]
    fn a_frame_can_go_to_another_thread() {
        fn sendable<T: Send + Sync + 'static>() {}
        sendable::<Frame>();
    }
}
