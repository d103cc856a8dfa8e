//! What the tests of the parser share.

use ami_core::protocol::{FrameKind, Item, Parser, ParserLimits};

/// Key and value of each header.
pub(crate) type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// An item with all that can be asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Banner(Vec<u8>),
    Frame { kind: FrameKind, name: Vec<u8>, action_id: Option<Vec<u8>>, headers: Headers, bytes: Vec<u8> },
    Oversized { bytes: u64, kind: Option<FrameKind>, action_id: Option<Vec<u8>> },
    Garbage(Vec<u8>),
}

impl Seen {
    pub(crate) fn new(item: Item<'_>) -> Self {
        match item {
            Item::Banner(line) => Self::Banner(line.to_vec()),
            Item::Frame(frame) => Self::Frame {
                kind: frame.kind(),
                name: frame.name().to_vec(),
                action_id: frame.action_id().map(<[u8]>::to_vec),
                headers: frame.headers().map(|(key, value)| (key.to_vec(), value.to_vec())).collect(),
                bytes: frame.bytes().to_vec(),
            },
            Item::Oversized { bytes, kind, action_id } => {
                Self::Oversized { bytes, kind, action_id: action_id.map(<[u8]>::to_vec) }
            }
            Item::Garbage(block) => Self::Garbage(block.to_vec()),
        }
    }
}

/// Feeds a connection whose bytes come in chunks of `sizes`, repeated, and hands each item to `seen`.
/// Returns what was left at the end.
pub(crate) fn read(limits: ParserLimits, bytes: &[u8], sizes: &[usize], mut seen: impl FnMut(Item<'_>)) -> usize {
    let memory = limits.buffer_limit.max(ParserLimits::min_buffer(limits.max_frame_size)) + 2 * 1024;
    let mut parser = Parser::new(limits);
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (mut now, later) = rest.split_at(rest.len().min((*size).max(1)));
        rest = later;
        while !now.is_empty() {
            let fed = parser.feed(now);
            assert!(fed > 0, "a drained parser has room");
            assert!(parser.capacity() <= memory, "{} bytes held, {memory} allowed", parser.capacity());
            now = &now[fed..];
            while let Some(item) = parser.next() {
                seen(item);
            }
        }
    }
    parser.buffered()
}

/// Everything that [`read`] finds, and what was left.
pub(crate) fn read_all(limits: ParserLimits, bytes: &[u8], sizes: &[usize]) -> (Vec<Seen>, usize) {
    let mut items = Vec::new();
    let left = read(limits, bytes, sizes, |item| items.push(Seen::new(item)));
    (items, left)
}
