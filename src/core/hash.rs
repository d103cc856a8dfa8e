//! A hash that is the same in every process, version and machine.

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
