//! The tables of metrics in `docs/metrics.md` are written from the table in the code.
//!
//! `UPDATE_DOCS=1 cargo test -p ami-core --test metrics_doc` writes them anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use ami_core::export::{Family, Kind, PREFIX, PROCESS, server_families};
use ami_core::metrics::{ACTION_LATENCY, Bounds, EVENT_LAG, LISTENER_DURATION, TICK_DURATION};
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "| metric | kind | label | what |\n|---|---|---|---|\n";

fn row<S>(family: &Family<S>) -> String {
    let (name, help, kind) = (family.name, family.help, family.kind().name());
    let suffix = if family.kind() == Kind::Counter { "_total" } else { "" };
    let label = family.label().map_or_else(String::new, |label| format!("`{label}`"));
    format!("| `{PREFIX}{name}{suffix}` | {kind} | {label} | {help} |\n")
}

fn bounds() -> String {
    let rows: [(&str, &Bounds); 4] = [
        ("action_latency_seconds", &ACTION_LATENCY),
        ("tick_duration_seconds", &TICK_DURATION),
        ("listener_duration_seconds", &LISTENER_DURATION),
        ("event_lag_seconds", &EVENT_LAG),
    ];
    let mut table = "| histogram | upper bounds, in seconds |\n|---|---|\n".to_owned();
    for (name, bounds) in rows {
        let bounds: Vec<&str> = bounds.iter().map(|&(text, _)| text).collect();
        writeln!(table, "| `{PREFIX}{name}` | {} |", bounds.join(", ")).unwrap();
    }
    table
}

#[test]
fn the_manual_lists_every_metric_as_the_code_has_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let mut expected = std::fs::read_to_string(&path).unwrap();
    let server: String = server_families().map(|family| row(&family)).collect();
    let process: String = PROCESS.iter().map(row).collect();
    for (place, table) in
        [("server", HEAD.to_owned() + &server), ("process", HEAD.to_owned() + &process), ("bounds", bounds())]
    {
        let begin = format!("<!-- {place} -->\n");
        let (before, rest) = expected.split_once(&begin).unwrap();
        let (_, after) = rest.split_once("<!-- end -->\n").unwrap();
        expected = format!("{before}{begin}\n{table}\n<!-- end -->\n{after}");
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == expected, "run: UPDATE_DOCS=1 cargo test -p ami-core --test metrics_doc");
}
