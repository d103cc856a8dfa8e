//! Patterns of the application, written as PHP's `preg_match` takes them.
//!
//! They run over whatever a server sends, so they are matched by an engine whose time grows with the text and nothing
//! else. What PCRE has beyond that (looking around, backreferences, recursion) is refused, not approximated.

use core::fmt;
use core::ops::Range;
use regex::bytes::{Regex, RegexBuilder};
use thiserror::Error;

/// Bytes of one pattern; nobody reads a longer one.
pub const MAX_PATTERN: usize = 1_000;

/// Bytes of one compiled pattern, and of what is remembered while it matches. Repetitions of repetitions would take any
/// amount.
pub const MAX_COMPILED: usize = 1 << 20;

/// Groups within groups: the compiler calls itself for each.
const MAX_NESTING: u32 = 50;

/// Why a pattern cannot be used; continues a sentence that begins with the pattern.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadPattern(String);

/// A pattern such as `/^card/i`.
#[derive(Clone)]
pub struct Pattern {
    source: Box<str>,
    regex: Regex,
}

impl Pattern {
    /// Reads a pattern with its delimiters and flags.
    pub fn parse(source: &[u8]) -> Result<Self, BadPattern> {
        let refuse = |reason: &str| BadPattern(reason.to_owned());
        if source.len() > MAX_PATTERN {
            return Err(BadPattern(format!("is longer than {MAX_PATTERN} bytes")));
        }
        let source = core::str::from_utf8(source).map_err(|_| refuse("is no UTF-8"))?;
        let (expression, flags) = taken_apart(source)?;
        if let Some(other) = means_something_else(expression) {
            return Err(BadPattern(format!("has \"{other}\", which means something else in PCRE than here")));
        }
        if has_property(expression) {
            return Err(refuse("is no valid pattern: \\p and \\P are not supported"));
        }
        let regex = compile(expression, flags)?;
        if regex.is_match(b"") {
            return Err(refuse("matches the empty text, and so every text"));
        }
        Ok(Self { source: source.into(), regex })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    pub(super) fn matches(&self, name: &[u8]) -> bool {
        self.regex.is_match(name)
    }

    /// Where in a text there are secrets: the groups of each match, or all of a match of a pattern without groups.
    pub(super) fn secrets(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.regex.captures_len() == 1 {
            return self.regex.find_iter(text).map(|found| found.range()).collect();
        }
        let groups = self.regex.captures_iter(text);
        groups
            .flat_map(|groups| groups.iter().skip(1).flatten().map(|group| group.range()).collect::<Vec<_>>())
            .collect()
    }
}

fn taken_apart(source: &str) -> Result<(&str, &str), BadPattern> {
    const NO_DELIMITERS: &str = "must stand between delimiters, as in preg_match(): \"/pattern/i\"";
    let refuse = || BadPattern(NO_DELIMITERS.to_owned());
    let opening = source.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\').ok_or_else(refuse)?;
    let closing = match opening {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let (expression, flags) = source.get(1..).and_then(|rest| rest.rsplit_once(closing)).ok_or_else(refuse)?;
    if expression.is_empty() {
        return Err(BadPattern("is empty".to_owned()));
    }
    Ok((expression, flags))
}

/// What both know and read in different ways: it must not hide less than its author thinks.
fn means_something_else(expression: &str) -> Option<&'static str> {
    const IN_CLASS: [&str; 4] = ["&&", "--", "~~", "["];
    let mut rest = expression;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        if first == '\\' {
            if let Some(found) = ["\\<", "\\>"].into_iter().find(|escape| rest.starts_with(escape)) {
                return Some(found);
            }
            taken += rest.chars().nth(1).map_or(0, char::len_utf8);
        } else if in_class {
            let is_named = rest.starts_with("[:");
            if let Some(found) = IN_CLASS.into_iter().find(|set| rest.starts_with(set) && !is_named) {
                return Some(found);
            }
            in_class = first != ']';
            taken = if is_named { rest.find(":]").map_or(taken, |end| end + 2) } else { taken };
        } else if rest.starts_with("(?R") {
            return Some("(?R");
        } else if first == '[' {
            in_class = true;
            // A bracket that stands first in a class is one of its members.
            let opened = rest.strip_prefix("[^").or_else(|| rest.strip_prefix('[')).unwrap_or_default();
            taken = rest.len() - opened.strip_prefix(']').unwrap_or(opened).len();
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    None
}

/// Whether it names a property of Unicode. The tables of these are not built in, unless another crate of the same build
/// wants them: so that a pattern is good everywhere or nowhere, it is refused here.
fn has_property(expression: &str) -> bool {
    let mut characters = expression.chars();
    // What stands behind a backslash is taken with it: in `\\p` the p is a letter.
    while let Some(character) = characters.next() {
        if character == '\\' && matches!(characters.next(), Some('p' | 'P')) {
            return true;
        }
    }
    false
}

fn compile(expression: &str, flags: &str) -> Result<Regex, BadPattern> {
    let mut builder = RegexBuilder::new(expression);
    builder.unicode(false).size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).nest_limit(MAX_NESTING);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'u' => builder.unicode(true),
            'U' => builder.swap_greed(true),
            other => return Err(BadPattern(format!("has the flag {other:?}, and only i, m, s, u, U and x are known"))),
        };
    }
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => BadPattern(format!("takes more than {limit} bytes once compiled")),
        // The first lines show the pattern with a mark under the place; the last one has the reason.
        other => {
            let said = other.to_string();
            let reason = said.lines().last().unwrap_or_default();
            BadPattern(format!("is no valid pattern: {}", reason.strip_prefix("error: ").unwrap_or(reason)))
        }
    })
}

/// By what was written: that is what it was made of.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
