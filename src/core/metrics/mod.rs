//! What is counted and timed, as plain arrays of numbers: adding to one costs an addition.
//!
//! What of it is told, under which names, is the table in [`export`](crate::export).

mod counters;
mod histogram;
mod outcome;
mod sampling;

pub use counters::{Counters, SCALARS, Scalar};
pub use histogram::{ACTION_LATENCY, BOUNDS, Bounds, EVENT_LAG, Histogram, LISTENER_DURATION, TICK_DURATION};
pub use outcome::ActionResult;
pub use sampling::Sampler;

use core::time::Duration;

/// What is timed of one server, over all its sessions.
#[derive(Debug, Clone)]
pub struct Timings {
    latency: [Histogram; ActionResult::ALL.len()],
    /// Listeners of an event, all of them together.
    pub listeners: Histogram,
    /// From reading an event to calling its first listener.
    pub lag: Histogram,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            latency: core::array::from_fn(|_| Histogram::new(&ACTION_LATENCY)),
            listeners: Histogram::new(&LISTENER_DURATION),
            lag: Histogram::new(&EVENT_LAG),
        }
    }
}

impl Timings {
    /// An action ended so long after it was sent.
    pub fn ended(&mut self, result: ActionResult, latency: Duration) {
        if let Some(histogram) = self.latency.get_mut(result as usize) {
            histogram.observe(latency);
        }
    }

    /// How long actions took, by their results.
    pub fn latency(&self) -> impl Iterator<Item = (ActionResult, &Histogram)> {
        ActionResult::ALL.into_iter().zip(&self.latency)
    }
}
