//! Secrets within a text.

use super::{HIDDEN, Redactor};
use core::ops::Range;
use memchr::memchr3_iter;
use std::borrow::Cow;

/// Bytes before a `=`, `:` or `@` in which a name, or the beginning of an address, is looked for. Keeps the work in
/// proportion to the text.
const MAX_LOOK_BACK: usize = 128;

/// Where the built-in rules see secrets, in order.
pub(super) fn secrets(redactor: &Redactor, text: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr3_iter(b'=', b':', b'@', text) {
        if found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let secret = if text.get(at) == Some(&b'@') { userinfo(text, at) } else { assigned(redactor, text, at) };
        found.extend(secret.filter(|secret| !secret.is_empty()));
    }
    found
}

/// The text with [`HIDDEN`] in these places. Ones that overlap become one.
pub(super) fn without(text: &[u8], mut places: Vec<Range<usize>>) -> Cow<'_, [u8]> {
    places.retain(|place| !place.is_empty());
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    places.sort_unstable_by_key(|place| place.start);
    let mut shown = Vec::with_capacity(text.len());
    let mut done = 0;
    for place in places {
        if place.start >= done {
            shown.extend_from_slice(text.get(done..place.start).unwrap_or_default());
            shown.extend_from_slice(HIDDEN.as_bytes());
        }
        done = done.max(place.end);
    }
    shown.extend_from_slice(text.get(done..).unwrap_or_default());
    Cow::Owned(shown)
}

/// The value behind the `=` or `:` at a place, if the name before it is hidden.
fn assigned(redactor: &Redactor, text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = text.get(at.saturating_sub(MAX_LOOK_BACK)..at)?.trim_ascii_end();
    let unquoted =
        before.strip_suffix(b"\\\"").or_else(|| before.strip_suffix(b"\"")).or_else(|| before.strip_suffix(b"'"));
    let is_quoted = unquoted.is_some();
    let before = unquoted.unwrap_or(before);
    // `CHANNEL(secret)` and `arguments[token]` are named by what stands last in them.
    let before = before.strip_suffix(b")").or_else(|| before.strip_suffix(b"]")).unwrap_or(before);
    let begin = before.iter().rposition(|&byte| !is_of_name(byte)).map_or(0, |last| last + 1);
    let name = before.get(begin..).filter(|name| !name.is_empty())?;
    if !redactor.hides(name) {
        return None;
    }
    let mut start = at + 1;
    // `=>` as in configuration files, `::` and `==` as somebody may write.
    while text.get(start).is_some_and(|byte| matches!(byte, b'>' | b'=' | b':' | b' ' | b'\t')) {
        start += 1;
    }
    let rest = text.get(start..)?;
    let end = if let Some(quote) = quote(rest) {
        start += quote.len();
        end_of_quoted(rest.get(quote.len()..)?, quote)
    } else if !is_quoted && (is_alone(text, at, before, begin) || is_header(name)) {
        rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len())
    } else {
        rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'&' | b'"')).unwrap_or(rest.len())
    };
    Some(start..start + end)
}

/// Whether nothing but the name stands between the beginning of its line and the place: `secret = my secret, with commas`.
fn is_alone(text: &[u8], at: usize, before: &[u8], begin: usize) -> bool {
    let line = text.get(..at).unwrap_or_default();
    let line = line.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let named = before.get(begin..).unwrap_or_default().len();
    line.trim_ascii().len() == named
}

/// Headers of SIP and HTTP whose values have several words.
fn is_header(name: &[u8]) -> bool {
    let plain = super::plain(name);
    plain.ends_with(b"authorization") || plain.ends_with(b"cookie")
}

fn quote(rest: &[u8]) -> Option<&'static [u8]> {
    [b"\\\"".as_slice(), b"\"", b"'"].into_iter().find(|quote| rest.starts_with(quote))
}

/// Where a quoted value ends. A quote behind a backslash does not end it.
fn end_of_quoted(rest: &[u8], quote: &[u8]) -> usize {
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with(quote) {
            return at;
        }
        at += if tail.starts_with(b"\\") { 2 } else { 1 };
    }
    rest.len()
}

/// The password before the `@` at a place: `https://user:password@host`, `sip:user:password@host`.
fn userinfo(text: &[u8], at: usize) -> Option<Range<usize>> {
    let from = at.saturating_sub(MAX_LOOK_BACK);
    let before = text.get(from..at)?;
    let begin = before.iter().rposition(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'\''));
    let begin = begin.map_or(0, |last| last + 1);
    let address = before.get(begin..)?;
    let lower = address.to_ascii_lowercase();
    let ends = [b"://".as_slice(), b"sips:", b"sip:"].into_iter();
    let user = ends.filter_map(|scheme| memchr::memmem::rfind(&lower, scheme).map(|at| at + scheme.len())).max()?;
    let colon = address.get(user..)?.iter().position(|&byte| byte == b':')?;
    Some(from + begin + user + colon + 1..at)
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}
