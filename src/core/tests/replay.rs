//! Every capture of a real server, read in pieces of several sizes, gives the same items, and those that
//! a splitter finds which shares nothing with the parser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::path::PathBuf;

use ami_core::protocol::{FrameKind, ParserLimits};
use common::{Headers, Seen, read_all};

const CAPTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");

/// The captures of all servers; a missing folder is a failure, not an empty success.
fn captures() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for server in ["22", "22b", "16"] {
        let folder = PathBuf::from(CAPTURES).join(server);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let before = found.len();
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "bin") {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
        assert!(found.len() > before, "no captures in {}", folder.display());
    }
    found.sort();
    found
}

/// What a simple reader makes of a capture: banner, frames and noise by splitting at `\r\n\r\n`, headers
/// by splitting lines, and whether the capture ends in the middle of a frame.
fn split_naively(bytes: &[u8]) -> (Vec<Seen>, bool) {
    let text: String = bytes.iter().copied().map(char::from).collect();
    let raw = |part: &str| -> Vec<u8> { part.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let (banner, stream) = text.split_once("\r\n").unwrap();
    let mut items = vec![Seen::Banner(raw(banner))];
    let mut blocks: Vec<&str> = stream.split("\r\n\r\n").collect();
    let cut = !blocks.pop().unwrap().trim_start_matches("\r\n").is_empty();
    for block in blocks.into_iter().map(|block| block.trim_start_matches("\r\n")).filter(|block| !block.is_empty()) {
        let mut headers: Headers = Vec::new();
        for line in block.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
            if let Some((key, value)) = line.split_once(':').filter(|(key, _)| !key.is_empty())
                && !line.starts_with([' ', '\t'])
            {
                headers.push((raw(key.trim_end()), raw(value.strip_prefix(' ').unwrap_or(value))));
            }
        }
        let deciding = headers.iter().find(|(key, _)| key == b"Event" || key == b"Response");
        items.push(match deciding.cloned() {
            Some((key, name)) => Seen::Frame {
                kind: if key == b"Event" { FrameKind::Event } else { FrameKind::Response },
                name: name.trim_ascii().to_vec(),
                action_id: headers.iter().find(|(key, _)| key == b"ActionID").map(|(_, id)| id.clone()),
                headers,
                bytes: raw(block),
            },
            None => Seen::Garbage(raw(block)),
        });
    }
    (items, cut)
}

#[test]
fn every_capture_gives_the_same_items_in_pieces_of_any_size_as_a_naive_splitter_finds() {
    let limits = ParserLimits::default();
    let (mut frames, mut garbage) = (0, 0);
    for (path, bytes) in captures() {
        let (expected, cut) = split_naively(&bytes);
        for size in [1, 7, 1460, 65_536] {
            let (items, left) = read_all(limits, &bytes, &[size]);
            for (at, (item, expected)) in items.iter().zip(&expected).enumerate() {
                assert_eq!(item, expected, "{} in pieces of {size}, item {at}", path.display());
            }
            assert_eq!(items.len(), expected.len(), "{} in pieces of {size}", path.display());
            assert_eq!(left > 0, cut, "{} in pieces of {size}", path.display());
        }
        frames += expected.iter().filter(|item| matches!(item, Seen::Frame { .. })).count();
        garbage += expected.iter().filter(|item| matches!(item, Seen::Garbage(_))).count();
    }
    println!("{frames} frames, {garbage} blocks of noise");
    assert!(frames > 1000, "{frames}");
}

#[test]
fn every_capture_survives_a_frame_limit_that_most_frames_exceed() {
    let limits = ParserLimits { max_frame_size: 300, buffer_limit: 4096 };
    for (path, bytes) in captures() {
        let (whole, left) = read_all(limits, &bytes, &[usize::MAX]);
        let (pieces, left_of_pieces) = read_all(limits, &bytes, &[7, 1460, 1]);
        assert!(whole == pieces && left == left_of_pieces, "{}", path.display());
        let (expected, _) = split_naively(&bytes);
        assert_eq!(whole.len(), expected.len(), "{}", path.display());
        for (item, expected) in whole.iter().zip(&expected) {
            if let (
                Seen::Oversized { bytes: len, kind, action_id },
                Seen::Frame { kind: expected_kind, action_id: id, bytes, .. },
            ) = (item, expected)
            {
                assert_eq!((*len, *kind), (bytes.len() as u64, Some(*expected_kind)), "{}", path.display());
                assert!(action_id.is_none() || action_id == id, "{}", path.display());
            }
        }
    }
}

#[test]
fn every_seed_of_the_fuzzers_gives_the_same_items_in_pieces_of_any_size() {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/parser");
    let mut count = 0;
    for entry in std::fs::read_dir(seeds).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for max_frame_size in [1024 * 1024, 64, 3] {
            let limits = ParserLimits { max_frame_size, buffer_limit: 0 };
            let whole = read_all(limits, &bytes, &[usize::MAX]);
            for size in 1..=bytes.len().min(70) {
                assert_eq!(read_all(limits, &bytes, &[size]), whole, "{} in pieces of {size}", path.display());
            }
        }
        count += 1;
    }
    assert!(count > 30, "{count} seeds");
}

#[test]
fn the_class_of_every_event_is_the_one_that_servers_give_it() {
    let mut names = std::collections::BTreeSet::new();
    for (path, bytes) in captures() {
        for item in read_all(ParserLimits::default(), &bytes, &[usize::MAX]).0 {
            let Seen::Frame { kind: FrameKind::Event, name, headers, .. } = item else { continue };
            // Items of lists have no privilege, or an odd one.
            let privilege = headers.iter().find(|(key, _)| key.as_slice() == b"Privilege").map(|(_, value)| value);
            let Some(class) = privilege.and_then(|value| value.strip_suffix(b",all")) else { continue };
            if let Some(known) = ami_core::catalog::event_class(&name) {
                assert_eq!(known.as_bytes(), class, "{} in {}", name.escape_ascii(), path.display());
                names.insert(name);
            }
        }
    }
    assert!(names.len() > 40, "{} names", names.len());
}
