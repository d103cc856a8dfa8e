//! The circuit breaker of one server.

use crate::time::Instant;
use core::time::Duration;

/// Whether attempts are let through.
///
/// ```text
///            threshold failures, or a refusal
///   Closed ────────────────────────────────────────► Open
///     ▲                                              ▲  │ cooldown is over
///     │ a probe succeeds           a probe fails     │  ▼
///     └───────────────────────────────────────── HalfOpen
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CircuitState {
    /// Attempts go through.
    #[default]
    Closed,
    /// None goes through until the cooldown is over.
    Open,
    /// A few probes go through.
    HalfOpen,
}

impl CircuitState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The name in lower case, as logs, metrics and the PHP enum's value have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub threshold: u32,
    /// How long it stays open.
    pub cooldown: Duration,
    /// Probes that a half-open breaker lets through before it opens again.
    pub probes: u32,
}

/// Counts failures in a row and holds attempts back when there are too many.
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: CircuitState,
    failures: u32,
    probes_left: u32,
    opened_at: Instant,
}

impl Breaker {
    /// A closed breaker.
    pub const fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: CircuitState::Closed, failures: 0, probes_left: 0, opened_at: Instant::from_nanos(0) }
    }

    /// The state as of the last call.
    pub const fn state(&self) -> CircuitState {
        self.state
    }

    /// Failures in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// The earliest moment of the next attempt, when an open breaker holds it back.
    pub fn retry_at(&self) -> Option<Instant> {
        (self.state == CircuitState::Open).then(|| self.opened_at + self.policy.cooldown)
    }

    /// An attempt is about to be made: an open breaker whose cooldown is over becomes half open.
    pub fn on_attempt(&mut self, now: Instant) {
        if self.state == CircuitState::Open && self.retry_at().is_some_and(|at| now >= at) {
            self.state = CircuitState::HalfOpen;
            self.probes_left = self.policy.probes;
        }
    }

    /// The server answered and let us in.
    pub const fn on_success(&mut self) {
        self.state = CircuitState::Closed;
        self.failures = 0;
    }

    /// An attempt failed.
    pub const fn on_failure(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        match self.state {
            CircuitState::Closed if self.failures >= self.policy.threshold => self.open(now),
            CircuitState::HalfOpen => {
                self.probes_left = self.probes_left.saturating_sub(1);
                if self.probes_left == 0 {
                    self.open(now);
                }
            }
            CircuitState::Closed | CircuitState::Open => {}
        }
    }

    /// The login or a certificate was refused: trying again soon cannot help, and looks like an attack.
    pub const fn on_refusal(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.open(now);
    }

    const fn open(&mut self, now: Instant) {
        self.state = CircuitState::Open;
        self.opened_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy { threshold: 3, cooldown: Duration::from_secs(30), probes: 2 };
    const START: Instant = Instant::from_nanos(1_000_000_000);

    fn opened() -> Breaker {
        let mut breaker = Breaker::new(POLICY);
        for _ in 0..3 {
            breaker.on_failure(START);
        }
        breaker
    }

    #[test]
    fn it_opens_at_the_threshold_and_not_before() {
        let mut breaker = Breaker::new(POLICY);
        breaker.on_failure(START);
        breaker.on_failure(START);
        assert_eq!(breaker.state(), CircuitState::Closed);
        breaker.on_failure(START);
        assert_eq!(breaker.state(), CircuitState::Open);
        assert_eq!(breaker.retry_at(), Some(START + Duration::from_secs(30)));
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let mut breaker = Breaker::new(POLICY);
        breaker.on_failure(START);
        breaker.on_failure(START);
        breaker.on_success();
        breaker.on_failure(START);
        assert_eq!(breaker.state(), CircuitState::Closed);
    }

    #[test]
    fn after_the_cooldown_probes_go_through_and_failed_ones_open_it_again() {
        let mut breaker = opened();
        let later = START + Duration::from_secs(30);
        breaker.on_attempt(later);
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        breaker.on_failure(later);
        assert_eq!(breaker.state(), CircuitState::HalfOpen, "one probe is left");
        breaker.on_failure(later);
        assert_eq!(breaker.retry_at(), Some(later + Duration::from_secs(30)));
    }

    #[test]
    fn an_attempt_within_the_cooldown_leaves_it_open() {
        let mut breaker = opened();
        breaker.on_attempt(START + Duration::from_secs(29));
        assert_eq!(breaker.state(), CircuitState::Open);
    }

    #[test]
    fn a_probe_that_succeeds_closes_it() {
        let mut breaker = opened();
        breaker.on_attempt(START + Duration::from_secs(30));
        breaker.on_success();
        assert_eq!((breaker.state(), breaker.failures()), (CircuitState::Closed, 0));
    }

    #[test]
    fn a_refusal_opens_it_at_once() {
        let mut breaker = Breaker::new(POLICY);
        breaker.on_refusal(START);
        assert_eq!(breaker.state(), CircuitState::Open);
    }
}
