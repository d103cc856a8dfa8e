//! The table of options in `docs/configuration.md` is written from the table in the code.
//!
//! `UPDATE_DOCS=1 cargo test -p ami-core --test options_doc` writes it anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use ami_core::config::{Kind, OPTIONS, OptionSpec, SERVER_SETTINGS, Scope};

const BEGIN: &str = "<!-- options -->\n";
const END: &str = "<!-- end -->\n";

/// With a comma after each three digits of the whole part.
fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), ""), |(whole, _)| (whole, &text[whole.len()..]));
    let groups = whole.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>();
    groups.join(",") + fraction
}

/// Default, and the range with its unit.
fn numbers(spec: &OptionSpec) -> (String, String) {
    let range = |default: u64, min: u64, max: u64, unit: &str| {
        (grouped(default), format!("{} to {}{unit}", grouped(min), grouped(max)))
    };
    match spec.kind {
        Kind::Seconds { default, min, max } => {
            (grouped(default), format!("{} to {} seconds", grouped(min), grouped(max)))
        }
        Kind::Millis { default, min, max } => range(default, min, max, " ms"),
        Kind::Bytes { default, min, max } => range(default, min, max, " bytes"),
        Kind::Count { default, min, max } => range(default, min, max, ""),
        Kind::Choice { choices } => (
            format!("`{}`", choices.first().unwrap()),
            choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
        ),
        Kind::Flag { default } => (default.to_string(), "true, false".to_owned()),
        Kind::Names | Kind::Keys => ("none".to_owned(), "names".to_owned()),
        Kind::Patterns => ("none".to_owned(), "patterns".to_owned()),
    }
}

fn table() -> String {
    let mut table = "| option | default | range | what it does |\n|---|---|---|---|\n".to_owned();
    for spec in OPTIONS {
        let (default, range) = numbers(spec);
        let scope = if spec.scope == Scope::Process { " *For the process.*" } else { "" };
        let bounds = if spec.bounds.is_empty() { String::new() } else { format!(" {}", spec.bounds) };
        writeln!(table, "| `{}` | {default} | {range} | {}{scope}{bounds} |", spec.name, spec.effect).unwrap();
    }
    table
}

#[test]
fn the_manual_lists_every_option_as_the_code_has_it() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let manual = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = manual.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == expected, "run: UPDATE_DOCS=1 cargo test -p ami-core --test options_doc");
}

#[test]
fn the_manual_has_a_row_for_every_setting_of_a_server() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let manual = std::fs::read_to_string(path).unwrap();
    for setting in SERVER_SETTINGS {
        assert!(manual.contains(&format!("\n| `{setting}` | ")), "{setting}");
    }
}
