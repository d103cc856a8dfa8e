//! What must hold for any input, one function for each target. They panic when it does not.
//!
//! `./run [target] [seconds]` runs them. The seeds in `corpus/` are named after the quirk they show;
//! `chunks` uses those of `parser`.

mod session;

pub use session::session;

use ami_core::protocol::{Action, FrameRef, Item, Parser, ParserLimits, command as command_output};

/// The names of all targets.
pub const TARGETS: [&str; 5] = ["parser", "chunks", "command", "action", "session"];

/// Calls a target by its name; `false` when there is none.
pub fn call(target: &str, data: &[u8]) -> bool {
    match target {
        "parser" => parser(data),
        "chunks" => chunks(data),
        "command" => command(data),
        "action" => action(data),
        "session" => session(data),
        _ => return false,
    }
    true
}

/// The folder in `corpus/` that a target starts from.
pub fn seeds_of(target: &str) -> &str {
    if target == "chunks" { "parser" } else { target }
}

const LIMITS: [ParserLimits; 3] = [
    ParserLimits { max_frame_size: 1024 * 1024, buffer_limit: 2 * 1024 * 1024 },
    ParserLimits { max_frame_size: 64, buffer_limit: 0 },
    ParserLimits { max_frame_size: 3, buffer_limit: 0 },
];

/// Any bytes in one piece: no panic, the memory bound, and look-ups that agree with one another.
pub fn parser(data: &[u8]) {
    for limits in LIMITS {
        for follows in [Follows::Always, Follows::Never, Follows::Toggled] {
            read(limits, follows, data, data.len(), |item| {
                if let Item::Frame(frame) = item {
                    assert!(frame.bytes().len() <= limits.max_frame_size);
                    agree(frame);
                }
            });
        }
    }
}

/// Any bytes in any pieces: the same items as in one piece. The bytes themselves choose the pieces.
pub fn chunks(data: &[u8]) {
    for limits in LIMITS {
        for follows in [Follows::Always, Follows::Never, Follows::Toggled] {
            let mut whole = Vec::new();
            let left = read(limits, follows, data, data.len(), |item| whole.push(owned(item)));
            for most in [1, 7, 40] {
                let mut pieces = Vec::new();
                let left_of_pieces = read(limits, follows, data, most, |item| pieces.push(owned(item)));
                assert_eq!(pieces, whole, "in pieces of up to {most}, {limits:?}, {follows:?}");
                assert_eq!(left_of_pieces, left, "in pieces of up to {most}, {limits:?}, {follows:?}");
            }
        }
    }
}

/// A block taken for a frame: its output in both shapes.
pub fn command(data: &[u8]) {
    let Some(frame) = FrameRef::from_bytes(data) else { return };
    agree(frame);
    let output = command_output::output(frame);
    let total = output.total_len();
    let lines: Vec<_> = output.collect();
    assert_eq!(lines.iter().map(|line| line.len() + 1).sum::<usize>(), total);
    assert!(total <= data.len() + 1);
    assert!(lines.iter().all(|line| !line.contains(&b'\n')));
}

/// Action id, name and headers from the lines of the input (a NUL ends each, a 0x01 the key): what is
/// accepted is parsed back to the same.
pub fn action(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == 0);
    let id = lines.next().unwrap_or_default();
    let Ok(mut action) = Action::new(lines.next().unwrap_or_default()) else { return };
    for line in lines {
        let mut parts = line.splitn(2, |byte| *byte == 1);
        let (key, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match action.clone().with_header(key, value) {
            Ok(longer) => action = longer,
            Err(error) => drop(error.to_string()),
        }
    }
    let mut wire = b"Event: Wrapped\r\n".to_vec();
    let before = wire.len();
    if action.serialize(id, &mut wire).is_err() {
        assert_eq!(wire.len(), before);
        return;
    }
    assert_eq!(wire.len() - before, action.serialized_len(id));
    assert!(wire.split(|byte| *byte == b'\n').all(|line| line.len() < 1024));
    let mut frames = 0;
    let left = read(LIMITS[0], Follows::Always, &wire, wire.len(), |item| {
        let Item::Frame(frame) = item else { panic!("{item:?}") };
        frames += 1;
        let expected = [(b"Event".as_slice(), b"Wrapped".as_slice()), (b"Action", action.name()), (b"ActionID", id)];
        let expected = expected.into_iter().chain(action.headers().iter().map(|(key, value)| (&**key, &**value)));
        assert!(frame.headers().eq(expected), "{}", frame.bytes().escape_ascii());
    });
    assert_eq!((frames, left), (1, 0));
}

/// When `Response: Follows` is taken for the answer of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    Always,
    Never,
    /// Expected at first, and no more or again before each [`TOGGLE`] in the stream.
    Toggled,
}

/// A byte that means nothing to the parser.
const TOGGLE: u8 = 0x11;

/// Reads a stream in pieces of at most `most` bytes; returns what was left.
fn read(limits: ParserLimits, follows: Follows, data: &[u8], most: usize, mut seen: impl FnMut(Item<'_>)) -> usize {
    let memory = limits.buffer_limit.max(ParserLimits::min_buffer(limits.max_frame_size)) + 2 * 1024;
    let mut parser = Parser::new(limits);
    let mut expected = follows != Follows::Never;
    parser.expect_follows(expected);
    let mut rest = data;
    while let Some(first) = rest.first() {
        let size = if most == data.len() { most } else { 1 + usize::from(*first) % most };
        if follows == Follows::Toggled && *first == TOGGLE {
            expected = !expected;
            parser.expect_follows(expected);
        }
        let toggle = (follows == Follows::Toggled)
            .then(|| rest.iter().take(size).skip(1).position(|byte| *byte == TOGGLE))
            .flatten();
        let size = toggle.map_or(size, |before| before + 1);
        let spare = parser.spare();
        let (now, later) = rest.split_at(rest.len().min(size).min(spare.len()));
        assert!(!now.is_empty(), "a drained parser has room");
        spare[..now.len()].copy_from_slice(now);
        parser.commit(now.len());
        rest = later;
        while let Some(item) = parser.next() {
            seen(item);
        }
        assert!(parser.capacity() <= memory);
        if first % 16 == 1 {
            parser.shrink_if_idle();
        }
    }
    parser.buffered()
}

fn agree(frame: FrameRef<'_>) {
    let headers: Vec<_> = frame.headers().collect();
    for (key, _) in headers.iter().take(40) {
        let first = headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| *value);
        assert_eq!(frame.header(key), first);
    }
    if let Some(id) = frame.action_id() {
        assert!(headers.contains(&(b"ActionID", id)));
    }
    let copy = frame.to_frame();
    assert_eq!((copy.as_ref().name(), copy.as_ref().bytes()), (frame.name(), frame.bytes()));
    let _ = command_output::output(frame).total_len();
}

/// An item's kind, content and length, to compare.
fn owned(item: Item<'_>) -> (String, Vec<u8>, u64) {
    match item {
        Item::Banner(line) => ("banner".into(), line.to_vec(), 0),
        Item::Frame(frame) => (format!("{:?}", frame.kind()), frame.bytes().to_vec(), frame.name().len() as u64),
        Item::Oversized { bytes, kind, action_id } => {
            (format!("oversized {kind:?} {}", action_id.is_some()), action_id.unwrap_or_default().to_vec(), bytes)
        }
        Item::Garbage(block) => ("garbage".into(), block.to_vec(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_passes_its_targets() {
        for target in TARGETS {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(seeds_of(target));
            let mut seeds = 0;
            for entry in std::fs::read_dir(&folder).expect("a folder of seeds") {
                let seed = std::fs::read(entry.expect("an entry").path()).expect("a seed");
                assert!(call(target, &seed));
                seeds += 1;
            }
            assert!(seeds > 5, "{target}: {seeds} seeds");
        }
    }
}
