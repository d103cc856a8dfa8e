//! Names whose values are secrets.
//!
//! A name is taken apart into words, and its last one says what it is: `NewPassword` is a password, `PasswordDigest` too
//! (words such as `Digest` only say in what form), but `SecretExist` is a yes or no, `PrivKeyFile` a path, and
//! `UsingPassword` whether there is one. A bare `Key` is the name of something in most of AMI; only the key of something
//! that has keys is hidden.

/// A last word that ends like this is a secret. Long enough to be nothing else.
const ENDINGS: [&[u8]; 20] = [
    b"password",
    b"passwords",
    b"passwd",
    b"passphrase",
    b"passcode",
    b"secret",
    b"secrets",
    b"credential",
    b"credentials",
    b"token",
    b"tokens",
    b"authorization",
    b"cookie",
    b"apikey",
    b"privatekey",
    b"privkey",
    b"secretkey",
    b"accesskey",
    b"authkey",
    b"pincode",
];

/// A last word that is one of these is a secret.
const WORDS: [&[u8]; 11] =
    [b"bearer", b"pass", b"pwd", b"pin", b"pins", b"cred", b"creds", b"md5cred", b"psk", b"userpass", b"dbpass"];

/// Whole names, by letters and digits: what `ChallengeResponseFailed` and `InvalidPassword` tell of a password.
const NAMES: [&[u8]; 2] = [b"receivedhash", b"expectedresponse"];

/// In front of `key` or `keys`: what has keys that are secret. Others are names of entries, or, such as `server_key`, of
/// servers.
const KEY_OF: [&[u8]; 16] = [
    b"api",
    b"private",
    b"priv",
    b"secret",
    b"access",
    b"auth",
    b"encryption",
    b"encrypt",
    b"crypto",
    b"signing",
    b"master",
    b"session",
    b"ssh",
    b"shared",
    b"hmac",
    b"aes",
];

/// Last words that only say in what form, or which of several.
const FORMS: [&[u8]; 23] = [
    b"hash",
    b"digest",
    b"value",
    b"text",
    b"string",
    b"plain",
    b"plaintext",
    b"confirm",
    b"confirmation",
    b"repeat",
    b"again",
    b"old",
    b"new",
    b"current",
    b"word",
    b"phrase",
    b"code",
    b"number",
    b"pem",
    b"md5",
    b"sha1",
    b"sha256",
    b"base64",
];

/// First words that ask a question, or count.
const QUESTIONS: [&[u8]; 15] = [
    b"using",
    b"uses",
    b"use",
    b"has",
    b"is",
    b"no",
    b"require",
    b"requires",
    b"need",
    b"needs",
    b"allow",
    b"allows",
    b"max",
    b"min",
    b"num",
];

/// Most words of a name that are looked at, its last ones.
const MAX_WORDS: usize = 8;

/// Whether what has this name is a secret by the built-in rules.
pub(super) fn is_secret(name: &[u8]) -> bool {
    let words = words(name);
    let Some(first) = words.first() else { return false };
    if words.len() > 1 && QUESTIONS.contains(&first.as_slice()) {
        return false;
    }
    let meant = words.iter().rposition(|word| !FORMS.contains(&word.as_slice()));
    let Some((last, before)) = meant.and_then(|meant| words.get(..=meant)).and_then(<[_]>::split_last) else {
        return false;
    };
    let last = last.as_slice();
    ENDINGS.iter().any(|ending| last.ends_with(ending))
        || WORDS.contains(&last)
        || (matches!(last, b"key" | b"keys") && before.last().is_some_and(|of| KEY_OF.contains(&of.as_slice())))
        || NAMES.contains(&&*super::plain(name))
}

/// The words of a name in lower case, parted where a small letter meets a capital, and by all that is no letter. Digits at
/// the end of a word tell it from others like it, and are left out.
fn words(name: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = vec![Vec::new()];
    for (place, &byte) in name.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| name.get(place)).copied().unwrap_or(b' ');
        let after = name.get(place + 1).copied().unwrap_or(b' ');
        let begins = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || (before.is_ascii_digit() && after.is_ascii_lowercase())
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if begins || !byte.is_ascii_alphanumeric() {
            words.push(Vec::new());
        }
        if byte.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(byte.to_ascii_lowercase());
        }
    }
    for word in &mut words {
        // `md5` and its like are words of their own.
        if !FORMS.contains(&word.as_slice()) {
            let kept = word.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
            word.truncate(kept);
        }
    }
    words.retain(|word| !word.is_empty());
    words.drain(..words.len().saturating_sub(MAX_WORDS));
    words
}
