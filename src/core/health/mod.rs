//! Whether a server can be used, and when to try again.

mod backoff;
mod breaker;
mod heartbeat;
mod latency;
mod state;

pub use backoff::{Backoff, MIN_DELAY};
pub use breaker::{Breaker, BreakerPolicy, CircuitState};
pub use heartbeat::{Heartbeat, Verdict};
pub use latency::Latency;
pub use state::ConnectionState;
