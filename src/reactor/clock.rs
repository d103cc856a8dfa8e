//! The only clock.

use ami_core::time::{Instant, Now, UnixMicros};
use std::time::SystemTime;

/// Where the wall-clock time comes from.
#[derive(Debug, Clone, Copy, Default)]
enum Wall {
    /// The system.
    #[default]
    System,
    /// It stands still.
    Fixed(UnixMicros),
    /// The system's, and so many microseconds.
    Shifted(i64),
}

/// Reads the monotonic and the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: std::time::Instant,
    wall: Wall,
}

impl Default for Clock {
    fn default() -> Self {
        Self { origin: std::time::Instant::now(), wall: Wall::System }
    }
}

impl Clock {
    /// The monotonic clock alone, for half the time.
    pub fn instant(&self) -> Instant {
        let nanos = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // Nanosecond 0 is "never" to nobody, but an origin in the past keeps differences positive.
        Instant::from_nanos(nanos + 1)
    }

    /// The wall clock alone.
    pub fn wall(&self) -> UnixMicros {
        match self.wall {
            Wall::System => system_time(),
            Wall::Fixed(wall) => wall,
            Wall::Shifted(by) => UnixMicros(system_time().0.saturating_add_signed(by)),
        }
    }

    /// Both clocks, now.
    pub fn now(&self) -> Now {
        Now { instant: self.instant(), wall: self.wall() }
    }

    /// Uses this wall-clock time until the next call, or the system's again.
    pub fn set_wall(&mut self, wall: Option<UnixMicros>) {
        self.wall = wall.map_or(Wall::System, Wall::Fixed);
    }

    /// Uses a wall clock that shows this now and goes on as the system's does, or the system's again. For a thread that
    /// cannot ask the clock that this was taken from.
    pub fn follow_wall(&mut self, wall: Option<UnixMicros>) {
        self.wall = wall.map_or(Wall::System, |wall| {
            let system = i64::try_from(system_time().0).unwrap_or(i64::MAX);
            Wall::Shifted(i64::try_from(wall.0).unwrap_or(i64::MAX).saturating_sub(system))
        });
    }
}

fn system_time() -> UnixMicros {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMicros(u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX))
}
