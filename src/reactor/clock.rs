//! The only clock.

use ami_core::time::{Instant, Now, UnixMicros};
use std::time::SystemTime;

/// Reads the monotonic and the wall clock.
#[derive(Debug)]
pub struct Clock {
    origin: std::time::Instant,
    wall: Option<UnixMicros>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { origin: std::time::Instant::now(), wall: None }
    }
}

impl Clock {
    /// Both clocks, now.
    pub fn now(&self) -> Now {
        let nanos = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // Nanosecond 0 is "never" to nobody, but an origin in the past keeps differences positive.
        Now { instant: Instant::from_nanos(nanos + 1), wall: self.wall.unwrap_or_else(system_time) }
    }

    /// Uses this wall-clock time until the next call, or the system's again.
    pub const fn set_wall(&mut self, wall: Option<UnixMicros>) {
        self.wall = wall;
    }
}

fn system_time() -> UnixMicros {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMicros(u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX))
}
