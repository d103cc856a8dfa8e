//! Each quirk of the protocol that is known, as bytes named after it, and what is made of them: the seeds of the
//! fuzzers, and captures of real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod captures;
#[path = "../common/mod.rs"]
mod common;
mod seeds;

use ami_core::protocol::{FrameKind, ParserLimits};
use captures::CAPTURES;
use common::{Seen, read_all};
use seeds::SEEDS;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file, what it shows, and the items in it: `...` stands for any number of them, `{id}` for a long action id, and
/// `left N` for bytes of a frame that has not ended.
type Quirk = (&'static str, &'static str, &'static [&'static str]);

/// An item in one line.
fn shown(item: &Seen) -> String {
    match item {
        Seen::Banner(line) => format!("banner {}", line.escape_ascii()),
        Seen::Frame { kind, headers, .. } => {
            let kind = if *kind == FrameKind::Event { "event" } else { "response" };
            let headers: Vec<_> = headers
                .iter()
                .map(|(key, value)| format!("{}: {}", key.escape_ascii(), value.escape_ascii()))
                .collect();
            format!("[{kind}] {}", headers.join(" | "))
        }
        Seen::Oversized { bytes, kind, action_id } => {
            let kind = kind.map_or(String::new(), |kind| format!("{kind:?}"));
            format!("oversized {bytes} {kind} {}", action_id.as_deref().unwrap_or_default().escape_ascii())
        }
        Seen::Garbage(block) => format!("garbage {}", block.escape_ascii()),
    }
}

/// What is read from a file, in pieces of that size.
fn items(path: &Path, max_frame_size: usize, size: usize) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let limits = ParserLimits { max_frame_size, buffer_limit: 2 * max_frame_size };
    let (items, left) = read_all(limits, &bytes, &[size]);
    let mut lines: Vec<_> = items.iter().map(shown).collect();
    if left > 0 {
        lines.push(format!("left {left}"));
    }
    lines
}

/// Whether `found` is what is expected; `...` takes as few lines as it can.
fn matches(found: &[String], expected: &[&str]) -> bool {
    match (found, expected) {
        (_, ["..."]) | ([], []) => true,
        (_, ["...", rest @ ..]) => (0..=found.len()).any(|skipped| matches(&found[skipped..], rest)),
        ([line, found @ ..], [wanted, expected @ ..]) => same(line, wanted) && matches(found, expected),
        _ => false,
    }
}

fn same(line: &str, wanted: &str) -> bool {
    line == wanted || [137, 245].iter().any(|length| line == wanted.replace("{id}", &"i".repeat(*length)))
}

fn seed_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/parser")
}

#[test]
fn each_seed_is_read_as_its_name_says() {
    for (seed, what, expected) in SEEDS {
        // So small that "oversized" seeds are.
        let max_frame_size = if seed.contains("oversized") { 64 } else { 1024 * 1024 };
        for size in [usize::MAX, 1, 5] {
            let found = items(&seed_folder().join(seed), max_frame_size, size);
            assert!(matches(&found, expected), "{seed}: {what}. In pieces of {size}:\n{}", found.join("\n"));
        }
    }
}

#[test]
fn each_seed_says_what_it_shows() {
    let files: BTreeSet<_> =
        seed_folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let named: BTreeSet<_> = SEEDS.iter().map(|(seed, ..)| (*seed).to_owned()).collect();
    assert_eq!(named, files, "a seed without a line in SEEDS, or the other way round");
    assert_eq!(named.len(), SEEDS.len(), "a seed is there twice");
}

#[test]
fn captures_of_real_servers_hold_the_quirks_that_are_told_of_them() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    for (capture, what, expected) in CAPTURES {
        let found = items(&captures.join(format!("{capture}.bin")), 1024 * 1024, 1460);
        let mut rest = found.iter();
        for wanted in *expected {
            assert!(rest.any(|line| line == wanted), "{capture}: {what}: no {wanted} in\n{}", found.join("\n"));
        }
    }
}

#[test]
fn a_real_frame_of_ninety_kilobytes_is_read_whole() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    for server in ["22", "16"] {
        let bytes = std::fs::read(captures.join(server).join("limit_total.bin")).unwrap();
        let (items, _) = read_all(ParserLimits::default(), &bytes, &[1460]);
        let longest = items.iter().map(|item| if let Seen::Frame { bytes, .. } = item { bytes.len() } else { 0 }).max();
        assert_eq!(longest, Some(90_869));
    }
}
