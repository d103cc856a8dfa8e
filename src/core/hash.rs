//! Hashes: one that is the same in every process, version and machine, and one for tables of numbers.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// A table whose keys are numbers that this process counts up itself: nobody else chooses them, so that a hash with a
/// secret would only cost time.
pub type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Hashes numbers by a multiplication.
#[derive(Debug, Clone, Copy, Default)]
pub struct NumberHasher(u64);

impl Hasher for NumberHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        // The upper bits are the good ones, and a table takes both ends.
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a of 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>).
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    fnv1a_on(START, bytes)
}

/// The same, going on from a hash: that of both together.
pub(crate) fn fnv1a_on(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Lets every bit of a hash depend on every other: the finalizer of `SplitMix64`
/// (<https://prng.di.unimi.it/splitmix64.c>). FNV leaves the last bytes in the lower bits, and whoever compares hashes
/// looks at the upper ones.
pub(crate) const fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
