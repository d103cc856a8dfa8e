//! Event names as keys: in any case, looked up without an allocation.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// Longest event name that is found; Asterisk's longest has 41 bytes.
const MAX_NAME: usize = 128;

/// Values by event name.
#[derive(Debug)]
pub(super) struct NameMap<V>(HashMap<Box<[u8]>, V, BuildHasherDefault<NameHasher>>);

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<V> NameMap<V> {
    pub(super) fn get(&self, name: &[u8]) -> Option<&V> {
        // The application chose the keys, so there is often none, and no need to look at the name.
        if self.0.is_empty() {
            return None;
        }
        let mut lower = [0_u8; MAX_NAME];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        self.0.get(&*lower)
    }

    pub(super) fn get_mut(&mut self, name: &[u8]) -> Option<&mut V> {
        self.0.get_mut(&*name.to_ascii_lowercase())
    }

    pub(super) fn get_or_insert(&mut self, name: &[u8]) -> &mut V
    where
        V: Default,
    {
        self.0.entry(name.to_ascii_lowercase().into_boxed_slice()).or_default()
    }

    /// The names, in lower case.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &V)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub(super) fn remove(&mut self, name: &[u8]) {
        self.0.remove(&*name.to_ascii_lowercase());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// FNV-1a: for keys of a dozen bytes that the application chose, a keyed hash would only cost time.
#[derive(Debug)]
struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
