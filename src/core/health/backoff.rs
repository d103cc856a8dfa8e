//! How long to wait before the next attempt.

use core::time::Duration;
use rand::{Rng, RngExt};

/// No two attempts at one server are closer than this, whatever the configuration says: a storm of
/// logins is what exhausts Asterisk's `authlimit`.
pub const MIN_DELAY: Duration = Duration::from_millis(100);

/// Exponential delays with jitter: attempt `n` waits between half and all of `min * 2^(n-1)`, at most
/// `max`, so that servers which were lost together do not come back together. Where that would be less than
/// [`MIN_DELAY`], it is as much more.
#[derive(Debug, Clone)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    attempt: u32,
}

impl Backoff {
    /// Delays from `min` to `max`; a `min` under [`MIN_DELAY`] is raised to it.
    pub fn new(min: Duration, max: Duration) -> Self {
        let min = min.max(MIN_DELAY);
        Self { min, max: max.max(min), attempt: 0 }
    }

    /// Counts one more failed attempt and tells how long to wait before the next.
    pub fn next_delay(&mut self, rng: &mut impl Rng) -> Duration {
        // 2^20 times 100 ms is a day, far over any `max`; it also keeps the shift in range.
        let doublings = self.attempt.min(20);
        self.attempt = self.attempt.saturating_add(1);
        let full = self.min.saturating_mul(1 << doublings).min(self.max);
        let delay = full.mul_f64(rng.random_range(0.5..=1.0));
        // Mirrored at the floor, not raised to it: all first attempts would come in the same instant.
        delay.max((MIN_DELAY + MIN_DELAY.saturating_sub(delay)).min(self.max))
    }

    /// Failed attempts since the last success.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Forgets the failures: the server answered.
    pub const fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    #[test]
    fn delays_double_up_to_the_maximum_and_never_fall_under_100_ms() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut backoff = Backoff::new(Duration::from_millis(1), Duration::from_secs(30));
        for attempt in 0..40_u32 {
            let full = Duration::from_millis(100).saturating_mul(1 << attempt.min(20)).min(Duration::from_secs(30));
            let delay = backoff.next_delay(&mut rng);
            let most = full.max(MIN_DELAY * 3 / 2);
            assert!(delay >= MIN_DELAY && delay >= full / 2 && delay <= most, "attempt {attempt}: {delay:?}");
        }
    }

    #[test]
    fn servers_with_different_seeds_wait_differently_from_the_first_attempt_on() {
        for min in [Duration::from_secs(1), MIN_DELAY] {
            let delays: std::collections::HashSet<Duration> = (0..50)
                .map(|seed| {
                    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
                    let mut backoff = Backoff::new(min, Duration::from_secs(30));
                    backoff.next_delay(&mut rng)
                })
                .collect();
            assert!(delays.len() > 45, "{} different delays of 50", delays.len());
        }
    }

    #[test]
    fn the_maximum_holds_for_the_first_attempt_too() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut backoff = Backoff::new(MIN_DELAY, MIN_DELAY);
        assert!((0..50).all(|_| backoff.next_delay(&mut rng) == MIN_DELAY));
    }

    #[test]
    fn a_success_starts_again_at_the_minimum() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(30));
        for _ in 0..10 {
            backoff.next_delay(&mut rng);
        }
        backoff.reset();
        assert_eq!(backoff.attempt(), 0);
        assert!(backoff.next_delay(&mut rng) <= MIN_DELAY * 3 / 2);
    }
}
