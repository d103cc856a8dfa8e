//! A seeded random number generator (`SplitMix64`, public domain algorithm).
//!
//! Its own few lines instead of a crate, so that a seed gives the same calls for ever, whatever is upgraded.

use std::ops::RangeInclusive;
use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Generator number `number` of this seed: independent of all others and of when it is made.
    pub(crate) const fn numbered(seed: u64, number: u64) -> Self {
        let mut mix = Self(seed ^ number.rotate_left(32));
        Self(mix.next())
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if `bound` is 0. The bias of the remainder does not matter here.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        match self.next().checked_rem(bound) {
            Some(number) => number,
            None => 0,
        }
    }

    /// True in `percent` of 100 cases.
    pub(crate) const fn chance(&mut self, percent: u8) -> bool {
        self.below(100) < percent as u64
    }

    /// A duration in the range, in whole milliseconds; the range's start if it is empty.
    pub(crate) fn between(&mut self, range: &RangeInclusive<Duration>) -> Duration {
        let span = range.end().saturating_sub(*range.start());
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX - 1);
        *range.start() + Duration::from_millis(self.below(millis + 1))
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(items.len() as u64);
        items.get(usize::try_from(index).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut two) = (Rng::new(7), Rng::new(7));
        assert!((0..100).all(|_| one.next() == two.next()));
    }

    #[test]
    fn a_duration_stays_in_its_range() {
        let range = Duration::from_millis(5)..=Duration::from_millis(9);
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| range.contains(&rng.between(&range))));
    }
}
