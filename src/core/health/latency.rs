//! How long a server takes to answer.

use crate::time::Instant;
use core::time::Duration;

/// The weight of a new measure is one in so many: one slow Pong makes no slow server, a minute of them does.
const SMOOTHING: u32 = 4;

/// Round trips of one session, smoothed: of its login, and of each Ping.
///
/// The time is the caller's, so what a driver takes between two ticks is part of it.
#[derive(Debug, Default)]
pub struct Latency {
    average: Option<Duration>,
    asked: Option<Instant>,
}

impl Latency {
    /// The server is asked something that it answers at once.
    pub const fn ask(&mut self, now: Instant) {
        // The oldest question counts: a server that is asked again is not faster for it.
        if self.asked.is_none() {
            self.asked = Some(now);
        }
    }

    /// It answered.
    pub fn answer(&mut self, now: Instant) {
        let Some(asked) = self.asked.take() else { return };
        let measured = now.since(asked);
        self.average = Some(match self.average {
            // A pause of the driver was taken for the server's.
            Some(average) if measured * SMOOTHING < average => measured,
            Some(average) => (average * (SMOOTHING - 1) + measured) / SMOOTHING,
            None => measured,
        });
    }

    /// What is to be expected: the average, or how long an answer is overdue if that is more.
    pub fn expected(&self, now: Instant) -> Option<Duration> {
        let waited = self.asked.map(|asked| now.since(asked));
        self.average.map(|average| waited.map_or(average, |waited| waited.max(average)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_nanos(0);
    const MILLISECOND: Duration = Duration::from_millis(1);

    fn measure(latency: &mut Latency, at: Instant, duration: Duration) {
        latency.ask(at);
        latency.answer(at + duration);
    }

    #[test]
    fn the_first_measure_counts_whole_and_each_further_one_a_quarter() {
        let mut latency = Latency::default();
        assert_eq!(latency.expected(START), None);
        measure(&mut latency, START, 8 * MILLISECOND);
        assert_eq!(latency.expected(START), Some(8 * MILLISECOND));
        measure(&mut latency, START, 40 * MILLISECOND);
        assert_eq!(latency.expected(START), Some(16 * MILLISECOND));
    }

    #[test]
    fn a_much_faster_answer_than_the_average_shows_that_the_average_was_a_pause() {
        let mut latency = Latency::default();
        for duration in [MILLISECOND, 900 * MILLISECOND, MILLISECOND] {
            measure(&mut latency, START, duration);
        }
        assert_eq!(latency.expected(START), Some(MILLISECOND));
    }

    #[test]
    fn an_answer_that_is_overdue_shows_before_it_comes() {
        let mut latency = Latency::default();
        measure(&mut latency, START, 2 * MILLISECOND);
        latency.ask(START);
        latency.ask(START + 50 * MILLISECOND);
        assert_eq!(latency.expected(START + MILLISECOND), Some(2 * MILLISECOND));
        assert_eq!(latency.expected(START + 60 * MILLISECOND), Some(60 * MILLISECOND));
    }

    #[test]
    fn an_answer_to_nothing_measures_nothing() {
        let mut latency = Latency::default();
        latency.answer(START + MILLISECOND);
        assert_eq!(latency.expected(START), None);
    }
}
