//! When to send a Ping, and what its silence means.

use crate::time::Instant;
use core::time::Duration;

/// What a heartbeat that is due asks of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send a Ping.
    Ping,
    /// A Pong is missing: the server is `Degraded`; send another Ping.
    Missed,
    /// Too many are missing: reset the connection.
    Dead,
}

/// A Ping each interval while the session is up. One that is unanswered when the next is due is missed.
#[derive(Debug)]
pub struct Heartbeat {
    interval: Duration,
    allowed_misses: u32,
    due: Instant,
    waiting: bool,
    misses: u32,
}

impl Heartbeat {
    /// The schedule of a session that became ready at `now`.
    pub fn new(interval: Duration, allowed_misses: u32, now: Instant) -> Self {
        Self { interval, allowed_misses, due: now + interval, waiting: false, misses: 0 }
    }

    /// When [`Heartbeat::on_due`] is to be called.
    pub const fn due(&self) -> Instant {
        self.due
    }

    /// Whether a Ping is unanswered, or could not even be sent.
    pub const fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// Pongs that are missing in a row.
    pub const fn misses(&self) -> u32 {
        self.misses
    }

    /// The interval is over.
    pub fn on_due(&mut self, now: Instant) -> Verdict {
        self.due = now + self.interval;
        if !self.waiting {
            self.waiting = true;
            return Verdict::Ping;
        }
        self.misses += 1;
        if self.misses >= self.allowed_misses { Verdict::Dead } else { Verdict::Missed }
    }

    /// Nothing could be answered until now: a whole interval passes before the next verdict.
    pub fn postpone(&mut self, now: Instant) {
        self.due = now + self.interval;
    }

    /// A Pong came. Tells whether Pongs had been missing, so that `Degraded` ends.
    pub const fn on_pong(&mut self) -> bool {
        let recovered = self.misses > 0;
        self.waiting = false;
        self.misses = 0;
        recovered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_nanos(0);
    const INTERVAL: Duration = Duration::from_secs(15);

    #[test]
    fn an_answered_heartbeat_goes_on_for_ever() {
        let mut heartbeat = Heartbeat::new(INTERVAL, 2, START);
        for _ in 0..100 {
            let due = heartbeat.due();
            assert_eq!(heartbeat.on_due(due), Verdict::Ping);
            assert!(!heartbeat.on_pong());
        }
        assert_eq!(heartbeat.due(), START + INTERVAL * 101);
    }

    #[test]
    fn one_missed_pong_degrades_and_the_second_is_death() {
        let mut heartbeat = Heartbeat::new(INTERVAL, 2, START);
        assert_eq!(heartbeat.on_due(START + INTERVAL), Verdict::Ping);
        assert_eq!(heartbeat.on_due(START + INTERVAL * 2), Verdict::Missed);
        assert_eq!(heartbeat.on_due(START + INTERVAL * 3), Verdict::Dead);
    }

    #[test]
    fn a_late_pong_heals() {
        let mut heartbeat = Heartbeat::new(INTERVAL, 2, START);
        heartbeat.on_due(START + INTERVAL);
        heartbeat.on_due(START + INTERVAL * 2);
        assert!(heartbeat.on_pong());
        assert_eq!((heartbeat.misses(), heartbeat.on_due(START + INTERVAL * 3)), (0, Verdict::Ping));
    }
}
