//! Whether a server can be used, and when to try again.

mod backoff;
mod breaker;
mod heartbeat;
mod state;

pub use backoff::{Backoff, MIN_DELAY};
pub use breaker::{Breaker, BreakerPolicy, CircuitState};
pub use heartbeat::{Heartbeat, Verdict};
pub use state::ConnectionState;
