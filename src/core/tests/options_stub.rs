//! The stub of `ClientOptions` is written from the table of options, so that it cannot say anything else.
//!
//! `UPDATE_STUBS=1 cargo test -p ami-core --test options_stub` writes it anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use ami_core::config::{ClientOptions, Kind, OPTIONS, OptionSpec, Scope, Value, camel_case};

const HEAD: &str = r"<?php

declare(strict_types=1);

// Written from the table in src/core/config/options.rs: UPDATE_STUBS=1 cargo test -p ami-core --test options_stub

namespace Apn\AmiClient;

/**
 * Timeouts, limits and filters; whatever is not given has its default.
 *
 * Immutable. Each option has one name: camel case here, as a named argument and as a property, and snake case in
 * arrays. Numbers have a range, both ends of which are allowed. An option of a server overrides that of the manager,
 * except where it says that it holds for all servers of the process.
 *
 * Objects cannot be cloned or serialized, and take no further properties.
 */
final class ClientOptions
{
";

const FROM_ARRAY: &str = r"
    /**
     * Reads options by their names in snake case, as a configuration file has them.
     *
     * Null is the same as not given. As environment variables are strings, a number may be a numeric string
     * (`'12'`), and a boolean may be `'true'`, `'false'`, `'1'`, `'0'`, 1 or 0.
     *
     * @param array<string, mixed> $options
     *
     * @throws InvalidConfigurationException where an option is unknown, of another type, out of its range, or
     *     contradicts another; key() is its name in snake case, suggestion() the nearest known one
     */
    public static function fromArray(array $options): self
    {
        throw new \Error('a stub');
    }
";

fn php_type(spec: &OptionSpec) -> &'static str {
    match spec.kind {
        Kind::Seconds { .. } => "float",
        Kind::Millis { .. } | Kind::Count { .. } | Kind::Bytes { .. } => "int",
        Kind::Flag { .. } => "bool",
        Kind::Choice { .. } => "string",
        Kind::Names | Kind::Keys | Kind::Patterns => "array",
    }
}

fn doc_type(spec: &OptionSpec) -> &'static str {
    if php_type(spec) == "array" { "list<string>" } else { php_type(spec) }
}

fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut shown = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        write!(shown, ".{fraction}").unwrap();
    }
    shown
}

fn range(spec: &OptionSpec) -> String {
    match spec.kind {
        Kind::Seconds { default, min, max } => {
            format!("Default {}, from {} to {} seconds.", grouped(default), grouped(min), grouped(max))
        }
        Kind::Millis { default, min, max } => {
            format!("Default {}, from {} to {} ms.", grouped(default), grouped(min), grouped(max))
        }
        Kind::Bytes { default, min, max } => {
            format!("Default {}, from {} to {} bytes.", grouped(default), grouped(min), grouped(max))
        }
        Kind::Count { default, min, max } => {
            format!("Default {}, from {} to {}.", grouped(default), grouped(min), grouped(max))
        }
        Kind::Flag { default } => format!("Default {default}."),
        Kind::Choice { choices } => {
            format!("Default `{}`; one of `{}`.", choices.first().unwrap(), choices.join("`, `"))
        }
        Kind::Names | Kind::Keys | Kind::Patterns => "Default none.".to_owned(),
    }
}

/// Words in lines of at most 120 columns, each behind `lead`.
fn wrapped(lead: &str, text: &str) -> String {
    let mut lines = String::new();
    let mut line = lead.to_owned();
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > 120 {
            writeln!(lines, "{line}").unwrap();
            lead.clone_into(&mut line);
        }
        write!(line, " {word}").unwrap();
    }
    writeln!(lines, "{line}").unwrap();
    lines
}

fn stub() -> String {
    let mut stub = HEAD.to_owned();
    for spec in OPTIONS {
        let scope = if spec.scope == Scope::Process { " For all servers of the process." } else { "" };
        writeln!(stub, "    /**").unwrap();
        stub += &wrapped("     *", spec.effect);
        writeln!(stub, "     *").unwrap();
        stub += &wrapped("     *", &format!("{}{scope} {}", range(spec), spec.bounds));
        if php_type(spec) == "array" {
            let kept = if spec.kind == Kind::Names { " in lower case, each once" } else { "" };
            writeln!(stub, "     *\n     * @var list<string>{kept}").unwrap();
        }
        writeln!(stub, "     */\n    public readonly {} ${};\n", php_type(spec), camel_case(spec.name)).unwrap();
    }
    writeln!(stub, "    /**\n     * Takes named arguments; null is the same as not given. Each is explained at its property.\n     *").unwrap();
    for spec in OPTIONS.iter().filter(|spec| php_type(spec) == "array") {
        writeln!(stub, "     * @param list<string>|null ${}", camel_case(spec.name)).unwrap();
    }
    stub += "     *
     * @throws InvalidConfigurationException where an argument is of another type, out of its range, or contradicts
     *     another; key() is its name. Numeric strings are no numbers here.
     */
    public function __construct(
";
    for spec in OPTIONS {
        writeln!(stub, "        ?{} ${} = null,", php_type(spec), camel_case(spec.name)).unwrap();
    }
    stub += "    ) {\n        throw new \\Error('a stub');\n    }\n";
    stub += FROM_ARRAY;
    stub += "
    /**
     * Every option with its value, given or default, by its name in snake case.
     *
     * @return array{
";
    for spec in OPTIONS {
        writeln!(stub, "     *     {}: {},", spec.name, doc_type(spec)).unwrap();
    }
    stub += "     * }\n     */\n    public function toArray(): array\n    {\n        throw new \\Error('a stub');\n    }\n}\n";
    stub
}

#[test]
fn the_stub_of_the_options_says_what_their_table_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stubs/ClientOptions.php");
    if std::env::var_os("UPDATE_STUBS").is_some() {
        std::fs::write(&path, stub()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == stub(), "run: UPDATE_STUBS=1 cargo test -p ami-core --test options_stub");
}

#[test]
fn every_option_has_a_default_of_its_own_type() {
    for (spec, value) in ClientOptions::default().values() {
        let fits = match value {
            Value::Float(_) => php_type(spec) == "float",
            Value::Int(_) => php_type(spec) == "int",
            Value::Bool(_) => php_type(spec) == "bool",
            Value::List(_) => php_type(spec) == "array",
            Value::Bytes(_) => php_type(spec) == "string",
            _ => false,
        };
        assert!(fits, "{}", spec.name);
    }
}
