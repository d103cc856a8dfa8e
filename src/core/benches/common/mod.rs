//! The streams that are measured.

use std::path::Path;

use ami_core::protocol::{FrameKind, FrameRef, Item, Parser, ParserLimits};

/// One event of 520 bytes with its delimiter, shaped like a `Newexten`.
pub(crate) fn synthetic_event() -> Vec<u8> {
    let mut event = String::from("Event: Newexten\r\nPrivilege: dialplan,all\r\n");
    for (key, value) in [
        ("Channel", "Local/5000@default-0000003a;2"),
        ("ChannelState", "6"),
        ("ChannelStateDesc", "Up"),
        ("CallerIDNum", "<unknown>"),
        ("CallerIDName", "<unknown>"),
        ("ConnectedLineNum", "<unknown>"),
        ("ConnectedLineName", "<unknown>"),
        ("Language", "en"),
        ("AccountCode", ""),
        ("Context", "default"),
        ("Exten", "5000"),
        ("Priority", "5"),
        ("Uniqueid", "1795230213.118"),
        ("Linkedid", "1795230213.117"),
        ("Extension", "5000"),
        ("Application", "UserEvent"),
    ] {
        event.extend([key, ": ", value, "\r\n"]);
    }
    event.push_str("AppData: ");
    let filler = 520 - 4 - event.len();
    event.push_str(&"Flood,Seq: 4,".repeat(40)[..filler]);
    event.push_str("\r\n\r\n");
    assert_eq!(event.len(), 520);
    event.into_bytes()
}

/// The streams by name: the synthetic one and the captures of busy servers that the folder of captures
/// holds. The flood is too large for the repository; it is measured where somebody has put it there.
pub(crate) fn streams() -> Vec<(&'static str, Vec<u8>)> {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/22");
    let mut streams = vec![("synthetic_520", synthetic_event().repeat(2000))];
    for name in ["flood_small", "parallel20"] {
        if let Ok(bytes) = std::fs::read(captures.join(name).with_extension("bin")) {
            streams.push((name, bytes));
        }
    }
    streams
}

/// What is done with each frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// An event that nobody listens to: its kind and name are looked at.
    Skip,
    /// An event that waits in a queue.
    Keep,
    /// A listener that reads three headers.
    ThreeHeaders,
    /// An event as an array.
    AllHeaders,
    /// The search for an action id in an event that has none.
    ActionId,
}

impl Work {
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("skip", Self::Skip),
        ("to_frame", Self::Keep),
        ("three_headers", Self::ThreeHeaders),
        ("all_headers", Self::AllHeaders),
        ("action_id", Self::ActionId),
    ];

    #[inline]
    pub(crate) fn on(self, frame: FrameRef<'_>) -> usize {
        let name = frame.name().len() + usize::from(frame.kind() == FrameKind::Event);
        name + match self {
            Self::Skip => 0,
            Self::Keep => std::hint::black_box(frame.to_frame()).as_ref().bytes().len(),
            Self::ThreeHeaders => [b"Channel".as_slice(), b"Uniqueid", b"AppData"]
                .iter()
                .filter_map(|key| frame.header(key))
                .map(<[u8]>::len)
                .sum(),
            Self::AllHeaders => frame.headers().map(|(key, value)| key.len() + value.len()).sum(),
            Self::ActionId => frame.action_id().map_or(0, <[u8]>::len),
        }
    }
}

/// Reads a stream in pieces of 64 KiB, as from a socket that always has more; returns the frames seen.
pub(crate) fn run(parser: &mut Parser, stream: &[u8], work: Work) -> usize {
    read(parser, stream, |parser| measured(parser, work))
}

/// A parser that has seen a flood, so that its buffer has its size.
pub(crate) fn warm_parser(stream: &[u8]) -> Parser {
    let mut parser = Parser::new(ParserLimits::default());
    read(&mut parser, stream, |parser| std::iter::from_fn(|| parser.next().map(|_| ())).count());
    parser
}

fn read(parser: &mut Parser, mut stream: &[u8], mut parse: impl FnMut(&mut Parser) -> usize) -> usize {
    let mut frames = 0;
    while !stream.is_empty() {
        let spare = parser.spare();
        let (now, later) = stream.split_at(stream.len().min(spare.len()));
        spare[..now.len()].copy_from_slice(now);
        parser.commit(now.len());
        stream = later;
        frames += parse(parser);
    }
    frames
}

/// Parses what has been read. A function of its own, so that callgrind can leave out the copying.
#[inline(never)]
fn measured(parser: &mut Parser, work: Work) -> usize {
    let mut frames = 0;
    while let Some(item) = parser.next() {
        if let Item::Frame(frame) = item {
            std::hint::black_box(work.on(frame));
            frames += 1;
        }
    }
    frames
}
