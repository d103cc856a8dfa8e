//! The table of records in `docs/logging.md` is written from the table in the code.
//!
//! `UPDATE_DOCS=1 cargo test -p ami-core --test log_doc` writes it anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;
use std::fmt::Write as _;

use ami_core::log::{Kind, LOG_WINDOW, LOG_WINDOW_RECORDS, Pace};

const BEGIN: &str = "<!-- records -->\n";
const END: &str = "<!-- end -->\n";

fn table() -> String {
    let mut table = "| level | message | more fields | a minute | meaning |\n|---|---|---|---|---|\n".to_owned();
    for spec in Kind::ALL.iter().map(|kind| kind.spec()) {
        let fields: Vec<String> = spec
            .fields()
            .map(|(name, is_always)| if is_always { format!("`{name}`") } else { format!("`{name}`?") })
            .collect();
        let pace = match spec.pace {
            Pace::AMinute(limit) => limit.to_string(),
            Pace::DropInterval | Pace::Summary => "-".to_owned(),
            Pace::Payload => "all".to_owned(),
        };
        let (level, message, fields) = (spec.level.name(), spec.message, fields.join(", "));
        writeln!(table, "| {level} | `{message}` | {fields} | {pace} | {} |", spec.meaning).unwrap();
    }
    table
}

fn manual() -> (std::path::PathBuf, String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/logging.md");
    let manual = std::fs::read_to_string(&path).unwrap();
    (path, manual)
}

#[test]
fn the_manual_lists_every_record_as_the_code_has_it() {
    let (path, manual) = manual();
    let (before, rest) = manual.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == expected, "run: UPDATE_DOCS=1 cargo test -p ami-core --test log_doc");
}

#[test]
fn the_manual_says_how_many_lines_an_hour_makes_at_most() {
    // A window begins with a record of its own; 61 can begin in an hour.
    let windows = 3_600 / LOG_WINDOW.as_secs() + 1;
    let lines = windows * u64::from(LOG_WINDOW_RECORDS + 1);
    let said = format!("{windows} × ({LOG_WINDOW_RECORDS} + 1) = {},{:03} lines", lines / 1_000, lines % 1_000);
    assert!(manual().1.contains(&said), "{said}");
}

#[test]
fn messages_and_fields_are_told_apart_by_their_names() {
    let mut seen = HashSet::new();
    for spec in Kind::ALL.iter().map(|kind| kind.spec()) {
        // The two of the breaker are one message at two levels.
        assert!(seen.insert((spec.message, spec.level.name())), "{} is there twice", spec.message);
        let names: HashSet<_> = spec.fields().map(|(name, _)| name).collect();
        assert_eq!(names.len(), spec.fields().count(), "{}", spec.message);
        for fixed in ["server_key", "action_id", "queue_depth", "worker_pid", "timestamp_ms"] {
            assert!(!names.contains(fixed), "{}: every record has {fixed}", spec.message);
        }
    }
}
