//! Event names as keys: in any case, looked up without an allocation.

use crate::hash::NumberHasher;
use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// Longest event name that is found; Asterisk's longest has 41 bytes.
const MAX_NAME: usize = 128;

/// Values by event name.
///
/// Looked up when an event comes and when it goes to its listeners, so eight bytes are taken at a time.
#[derive(Debug)]
pub(super) struct NameMap<V>(HashMap<Box<[u64]>, V, BuildHasherDefault<NameHasher>>);

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<V> NameMap<V> {
    #[inline]
    pub(super) fn get(&self, name: &[u8]) -> Option<&V> {
        // The application chose the keys, so there is often none, and no need to look at the name.
        if self.0.is_empty() {
            return None;
        }
        let mut key = [0; MAX_NAME / 8 + 1];
        self.0.get(write_key(name, &mut key)?)
    }

    pub(super) fn get_mut(&mut self, name: &[u8]) -> Option<&mut V> {
        self.0.get_mut(&key_of(name))
    }

    pub(super) fn get_or_insert(&mut self, name: &[u8]) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key_of(name)).or_default()
    }

    /// The names, in lower case.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Vec<u8>, &V)> {
        self.0.iter().map(|(key, value)| (name_of(key), value))
    }

    pub(super) fn remove(&mut self, name: &[u8]) {
        self.0.remove(&key_of(name));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A name as a key: its length, and eight bytes at a time in lower case, the last ones filled up with zeros. `None`
/// when there is no room.
#[inline]
fn write_key<'a>(name: &[u8], room: &'a mut [u64]) -> Option<&'a [u64]> {
    let (words, rest) = name.as_chunks();
    let key = room.get_mut(..=name.len().div_ceil(8))?;
    let (len, places) = key.split_first_mut()?;
    *len = name.len() as u64;
    for (place, word) in places.iter_mut().zip(words) {
        *place = lower_case(u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        *places.last_mut()? = lower_case(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    Some(key)
}

fn key_of(name: &[u8]) -> Box<[u64]> {
    let mut key = vec![0; name.len().div_ceil(8) + 1];
    write_key(name, &mut key);
    key.into()
}

fn name_of(key: &[u64]) -> Vec<u8> {
    let Some((len, words)) = key.split_first() else { return Vec::new() };
    let mut name: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    name.truncate(usize::try_from(*len).unwrap_or(usize::MAX));
    name
}

/// Eight ASCII bytes in lower case; others stay as they are.
#[inline]
const fn lower_case(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let seven_bits = word & (EACH * 0x7f);
    let from_a = seven_bits + EACH * (0x80 - b'A' as u64);
    let past_z = seven_bits + EACH * (0x7f - b'Z' as u64);
    let is_upper = (from_a ^ past_z) & !word & (EACH * 0x80);
    word | is_upper >> 2
}

/// For keys of a dozen bytes that the application chose, a hash with a secret would only cost time.
#[derive(Debug, Default)]
struct NameHasher(NumberHasher);

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.as_chunks().0 {
            self.0.write_u64(u64::from_le_bytes(*word));
        }
    }

    /// How many words there are follows from the first of them, the name's length.
    #[inline]
    fn write_usize(&mut self, _: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_lowered_as_ascii_has_it_at_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut word = [0xff; 8];
                if let Some(place) = word.get_mut(at) {
                    *place = byte;
                }
                let expected = u64::from_le_bytes(word.map(|byte| byte.to_ascii_lowercase()));
                assert_eq!(lower_case(u64::from_le_bytes(word)), expected, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_name_is_found_in_any_case_and_no_other_is() {
        let mut map = NameMap::<usize>::default();
        let longest = "L".repeat(MAX_NAME);
        let names = ["", "A", "Hangup", "Newexten", "UserEvent", "DeviceStateListComplete", "caf\u{c9}", &longest];
        for (value, name) in names.iter().enumerate() {
            *map.get_or_insert(name.as_bytes()) = value;
        }
        for (value, name) in names.iter().enumerate() {
            for name in [(*name).to_owned(), name.to_ascii_uppercase(), name.to_ascii_lowercase()] {
                assert_eq!(map.get(name.as_bytes()), Some(&value), "{name}");
                assert_eq!(map.get(format!("{name}\0").as_bytes()), None);
                assert_eq!(map.get(format!("{name}_").as_bytes()), None);
            }
        }
        let mut found: Vec<_> = map.iter().map(|(name, _)| name).collect();
        let mut lower: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase().into_bytes()).collect();
        found.sort();
        lower.sort();
        assert_eq!(found, lower);
        map.remove(b"HANGUP");
        assert_eq!((map.get(b"Hangup"), map.iter().count()), (None, names.len() - 1));
    }

    #[test]
    fn a_name_longer_than_any_is_not_found() {
        let mut map = NameMap::<usize>::default();
        map.get_or_insert(&[b'x'; MAX_NAME + 1]);
        assert_eq!(map.get(&[b'x'; MAX_NAME + 1]), None);
    }
}
