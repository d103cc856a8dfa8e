//! What the tests of this module share: items that own their bytes.

use super::message::{Frame, FrameKind};
use super::parser::{Item, Parser, ParserLimits};

/// An [`Item`] that outlives the parser's buffer.
#[derive(Debug, Clone)]
pub(super) enum Owned {
    Banner(Vec<u8>),
    Frame(Frame),
    Oversized { bytes: u64, kind: Option<FrameKind>, action_id: Option<Vec<u8>> },
    Garbage(Vec<u8>),
}

impl Owned {
    fn new(item: Item<'_>) -> Self {
        match item {
            Item::Banner(line) => Self::Banner(line.to_vec()),
            Item::Frame(frame) => Self::Frame(frame.to_frame()),
            Item::Oversized { bytes, kind, action_id } => {
                Self::Oversized { bytes, kind, action_id: action_id.map(<[u8]>::to_vec) }
            }
            Item::Garbage(block) => Self::Garbage(block.to_vec()),
        }
    }

    /// The item in one line, to compare and to read.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Banner(line) => format!("banner {}", line.escape_ascii()),
            Self::Frame(frame) => {
                let frame = frame.as_ref();
                let kind = match frame.kind() {
                    FrameKind::Event => "event",
                    FrameKind::Response => "response",
                };
                format!("{kind} {} <{}>", frame.name().escape_ascii(), frame.bytes().escape_ascii())
            }
            Self::Oversized { bytes, kind, action_id } => {
                let action_id = action_id.as_ref().map(|id| id.escape_ascii().to_string());
                format!("oversized {bytes} {kind:?} {action_id:?}")
            }
            Self::Garbage(block) => format!("garbage <{}>", block.escape_ascii()),
        }
    }

    pub(super) fn frame(self) -> Frame {
        match self {
            Self::Frame(frame) => frame,
            other => panic!("a frame, not {}", other.shown()),
        }
    }
}

/// Everything that is ready.
pub(super) fn drain(parser: &mut Parser) -> Vec<Owned> {
    let mut items = Vec::new();
    while let Some(item) = parser.next() {
        items.push(Owned::new(item));
    }
    items
}

/// The items of a connection whose bytes come `chunk` at a time.
pub(super) fn parse_in(chunk: usize, limits: ParserLimits, bytes: &[u8]) -> Vec<Owned> {
    let mut parser = Parser::new(limits);
    let mut items = Vec::new();
    for mut part in bytes.chunks(chunk) {
        while !part.is_empty() {
            let n = parser.feed(part);
            assert!(n > 0, "a drained parser has room");
            part = &part[n..];
            items.extend(drain(&mut parser));
        }
    }
    items
}

/// The items of a connection, the same however its bytes are cut.
pub(super) fn parse_with(limits: ParserLimits, bytes: &[u8]) -> Vec<Owned> {
    let whole = parse_in(bytes.len().max(1), limits, bytes);
    for chunk in 1..=23 {
        assert_eq!(shown(&parse_in(chunk, limits, bytes)), shown(&whole), "in chunks of {chunk}");
    }
    whole
}

/// [`parse_with`] the default limits.
pub(super) fn parse(bytes: &[u8]) -> Vec<Owned> {
    parse_with(ParserLimits::default(), bytes)
}

pub(super) fn shown(items: &[Owned]) -> Vec<String> {
    items.iter().map(Owned::shown).collect()
}

/// The single frame in `bytes`.
pub(super) fn one(bytes: &[u8]) -> Frame {
    let mut items = parse(bytes);
    assert_eq!(items.len(), 1, "{:?}", shown(&items));
    items.remove(0).frame()
}

/// Headers as text.
pub(super) fn headers(frame: &Frame) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    frame.as_ref().headers().map(|(key, value)| (text(key), text(value))).collect()
}
