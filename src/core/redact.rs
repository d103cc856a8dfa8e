//! What must not be seen in a log, by the names of values and by what they look like.
//!
//! Built-in rules know passwords, secrets, tokens, keys, PINs and the credentials of SIP; those of the application come on
//! top. They err on the side of hiding: where a secret ends cannot always be told, and then the rest of the text goes with
//! it. What they cannot know is a secret under an ordinary name, such as digits that a caller types.

mod names;
mod pattern;
mod payload;
mod text;

pub use pattern::{BadPattern, MAX_COMPILED, MAX_PATTERN, Pattern};
pub use payload::{MAX_LINE, MAX_PAYLOAD};

use std::borrow::Cow;

/// What stands where a secret was.
pub const HIDDEN: &str = "***";

/// Hides secrets.
#[derive(Debug, Default)]
pub struct Redactor {
    keys: Vec<Box<[u8]>>,
    key_patterns: Vec<Pattern>,
    value_patterns: Vec<Pattern>,
}

impl Redactor {
    /// The built-in rules, and these: names whose values are hidden, patterns of such names, and patterns of values.
    ///
    /// Names are compared by their letters and digits alone: `account_code` is also `AccountCode`.
    pub fn new<K: AsRef<[u8]>>(keys: &[K], key_patterns: &[Pattern], value_patterns: &[Pattern]) -> Self {
        Self {
            keys: keys.iter().map(|key| plain(key.as_ref())).collect(),
            key_patterns: key_patterns.to_vec(),
            value_patterns: value_patterns.to_vec(),
        }
    }

    /// Whether the value of that name is hidden, whatever it is.
    pub fn hides(&self, name: &[u8]) -> bool {
        names::is_secret(name)
            || (!self.keys.is_empty() && self.keys.contains(&plain(name)))
            || self.key_patterns.iter().any(|pattern| pattern.matches(name))
    }

    /// A text without what in it looks like a secret: values behind names that are hidden (`secret=...`), passwords in
    /// addresses (`sip:user:...@`), and what the patterns of values match.
    pub fn text<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let found = text::secrets(self, text);
        let mut shown = text::without(text, found);
        for pattern in &self.value_patterns {
            let found = pattern.secrets(&shown);
            if !found.is_empty() {
                shown = Cow::Owned(text::without(&shown, found).into_owned());
            }
        }
        shown
    }

    /// A text without one known secret, and otherwise as [`Redactor::text`] has it.
    pub fn text_without(&self, text: &[u8], secret: &[u8]) -> Box<str> {
        let mut found = Vec::new();
        if !secret.is_empty() {
            found.extend(memchr::memmem::find_iter(text, secret).map(|at| at..at + secret.len()));
        }
        let text = text::without(text, found);
        String::from_utf8_lossy(&self.text(&text)).into()
    }

    /// The value of a field of that name.
    pub(crate) fn field(&self, name: &str, value: &mut Box<str>) {
        if self.hides(name.as_bytes()) {
            *value = HIDDEN.into();
        } else if let Cow::Owned(shown) = self.text(value.as_bytes()) {
            *value = String::from_utf8_lossy(&shown).into();
        }
    }
}

/// The letters and digits of a name, in lower case.
fn plain(name: &[u8]) -> Box<[u8]> {
    name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}
