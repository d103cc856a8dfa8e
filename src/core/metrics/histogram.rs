//! Durations, by how long they were.
//!
//! The bounds are fixed: those of one name are the same in every process and in every version, so that what many of them
//! tell can be added up.

use core::time::Duration;

/// Upper bounds of each histogram, the one without an end not counted. Each is a time series of each server, and 14 tell
/// apart what an operator does something different about.
pub const BOUNDS: usize = 14;

/// Upper bounds: as they are written, in seconds, and in nanoseconds.
pub type Bounds = [(&'static str, u64); BOUNDS];

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// A Ping takes under a millisecond in one network and 100 between two continents; a list takes seconds; 30 s and 60 s are
/// the defaults of `action_timeout` and of lists.
pub const ACTION_LATENCY: Bounds = [
    ("0.001", MILLISECOND),
    ("0.0025", 2_500 * MICROSECOND),
    ("0.005", 5 * MILLISECOND),
    ("0.01", 10 * MILLISECOND),
    ("0.025", 25 * MILLISECOND),
    ("0.05", 50 * MILLISECOND),
    ("0.1", 100 * MILLISECOND),
    ("0.25", 250 * MILLISECOND),
    ("0.5", 500 * MILLISECOND),
    ("1.0", SECOND),
    ("2.5", 2_500 * MILLISECOND),
    ("10.0", 10 * SECOND),
    ("30.0", 30 * SECOND),
    ("60.0", 60 * SECOND),
];

/// A tick with nothing to do takes some microseconds, one with a whole budget of events some milliseconds; past 250 ms
/// signals wait, past 5 s heartbeats.
pub const TICK_DURATION: Bounds = [
    ("0.0001", 100 * MICROSECOND),
    ("0.00025", 250 * MICROSECOND),
    ("0.0005", 500 * MICROSECOND),
    ("0.001", MILLISECOND),
    ("0.0025", 2_500 * MICROSECOND),
    ("0.005", 5 * MILLISECOND),
    ("0.01", 10 * MILLISECOND),
    ("0.025", 25 * MILLISECOND),
    ("0.05", 50 * MILLISECOND),
    ("0.1", 100 * MILLISECOND),
    ("0.25", 250 * MILLISECOND),
    ("0.5", 500 * MILLISECOND),
    ("1.0", SECOND),
    ("5.0", 5 * SECOND),
];

/// A closure that counts takes under a microsecond, a query to a database a millisecond, a request over HTTP a hundred;
/// what takes a second makes a dialer late.
pub const LISTENER_DURATION: Bounds = [
    ("1e-06", MICROSECOND),
    ("5e-06", 5 * MICROSECOND),
    ("2.5e-05", 25 * MICROSECOND),
    ("0.0001", 100 * MICROSECOND),
    ("0.00025", 250 * MICROSECOND),
    ("0.001", MILLISECOND),
    ("0.0025", 2_500 * MICROSECOND),
    ("0.01", 10 * MILLISECOND),
    ("0.025", 25 * MILLISECOND),
    ("0.1", 100 * MILLISECOND),
    ("0.25", 250 * MILLISECOND),
    ("0.5", 500 * MILLISECOND),
    ("1.0", SECOND),
    ("5.0", 5 * SECOND),
];

/// Events that are called for in the tick that reads them wait some microseconds; half a second is what a person notices on
/// a screen, and a call that rang for ten is lost before its event is seen.
pub const EVENT_LAG: Bounds = [
    ("2.5e-05", 25 * MICROSECOND),
    ("0.0001", 100 * MICROSECOND),
    ("0.00025", 250 * MICROSECOND),
    ("0.001", MILLISECOND),
    ("0.0025", 2_500 * MICROSECOND),
    ("0.01", 10 * MILLISECOND),
    ("0.025", 25 * MILLISECOND),
    ("0.1", 100 * MILLISECOND),
    ("0.25", 250 * MILLISECOND),
    ("0.5", 500 * MILLISECOND),
    ("1.0", SECOND),
    ("2.5", 2_500 * MILLISECOND),
    ("10.0", 10 * SECOND),
    ("60.0", 60 * SECOND),
];

/// How often durations of each size were seen, and what they add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Histogram {
    bounds: &'static Bounds,
    counts: [u64; BOUNDS + 1],
    /// Nanoseconds: 584 years of them fit.
    sums: [u64; BOUNDS + 1],
}

impl Histogram {
    /// One that has seen nothing.
    pub const fn new(bounds: &'static Bounds) -> Self {
        Self { bounds, counts: [0; BOUNDS + 1], sums: [0; BOUNDS + 1] }
    }

    /// Adds a duration. One that is as long as a bound is within it.
    pub fn observe(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let place = self.bounds.partition_point(|&(_, bound)| bound < nanos);
        if let (Some(count), Some(sum)) = (self.counts.get_mut(place), self.sums.get_mut(place)) {
            *count += 1;
            *sum = sum.saturating_add(nanos);
        }
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What they add up to.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.sums.iter().fold(0, |all, sum| all.saturating_add(*sum)))
    }

    /// How many were within each bound; the last bound is `+Inf`, and has them all.
    pub fn cumulative(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let bounds = self.bounds.iter().map(|&(text, _)| text).chain(["+Inf"]);
        bounds.zip(&self.counts).scan(0, |all, (text, count)| {
            *all += count;
            Some((text, *all))
        })
    }

    /// What came since an earlier state of this: for each size the mean of what was seen, and how often. So the counts and
    /// the sum of what is told are those of what was.
    pub fn since(&self, earlier: Option<&Self>) -> impl Iterator<Item = (Duration, u64)> {
        let zero = [0; BOUNDS + 1];
        let (counts, sums) = earlier.map_or((zero, zero), |earlier| (earlier.counts, earlier.sums));
        let grown = self.counts.into_iter().zip(counts).zip(self.sums.into_iter().zip(sums));
        grown.filter_map(|((count, counted), (sum, summed))| {
            let times = count.saturating_sub(counted);
            Some((Duration::from_nanos(sum.saturating_sub(summed).checked_div(times)?), times))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_precision_loss, reason = "tests")]
    use super::*;

    const ALL: [&Bounds; 4] = [&ACTION_LATENCY, &TICK_DURATION, &LISTENER_DURATION, &EVENT_LAG];

    #[test]
    fn a_bound_is_written_as_long_as_it_is_and_longer_than_the_one_before() {
        for bounds in ALL {
            for &(text, nanos) in bounds {
                let written: f64 = text.parse::<f64>().unwrap() * 1e9;
                assert!((written - nanos as f64).abs() < 1e-3, "{text} is not {nanos} ns");
            }
            assert!(bounds.windows(2).all(|pair| pair[0].1 < pair[1].1));
        }
    }

    #[test]
    fn a_duration_counts_within_each_bound_that_is_not_below_it() {
        let mut histogram = Histogram::new(&ACTION_LATENCY);
        for millis in [1, 10, 11, 61_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let within: Vec<_> = histogram.cumulative().collect();
        assert_eq!(within[0], ("0.001", 1), "as long as the bound is within it");
        assert_eq!((within[3], within[4]), (("0.01", 2), ("0.025", 3)));
        assert_eq!((within[13], within[14]), (("60.0", 3), ("+Inf", 4)));
        assert_eq!((histogram.count(), histogram.sum()), (4, Duration::from_millis(61_022)));
    }

    #[test]
    fn what_came_since_has_the_counts_and_the_sum_of_what_came() {
        let mut histogram = Histogram::new(&EVENT_LAG);
        histogram.observe(Duration::from_millis(400));
        let earlier = histogram;
        for micros in [30, 50, 3_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let news: Vec<_> = histogram.since(Some(&earlier)).collect();
        assert_eq!(news, [(Duration::from_micros(40), 2), (Duration::from_secs(3), 1)]);
        assert_eq!(histogram.since(None).map(|(_, times)| times).sum::<u64>(), 4);
        assert_eq!(histogram.since(Some(&histogram)).count(), 0);
    }
}
