//! Which events are timed.
//!
//! Two readings of a clock cost a fifth of what an event costs that is handed to a listener which does little. So of a
//! flood only some events are timed, chosen by their place and not by what they are; and all of them where a reading is
//! nothing beside what the listeners take, which is where timing matters.

use crate::time::Instant;
use core::time::Duration;

/// So many events of each tick are timed in any case. More come in one tick only under load.
const FIRST: u32 = 16;

/// After these, one of so many is: two readings for this many events are 1 % of what the events cost.
const ONE_OF: u32 = 32;

/// Where the time between two readings, or of one event, is longer, somebody is slow.
const SLOW: Duration = Duration::from_millis(10);

/// So many events are timed after somebody was slow, to find out who: the budget of a tick by default. That costs a tenth of a
/// millisecond, one hundredth of what was lost before.
const WATCHED: u32 = 1_000;

/// Chooses the events that are timed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sampler {
    /// Events still to be timed one by one.
    each: u32,
    /// Events still to be passed over.
    skip: u32,
    /// The last reading of this tick.
    last: Option<Instant>,
}

impl Sampler {
    /// A tick begins to hand out events.
    pub const fn begin_tick(&mut self) {
        if self.each < FIRST {
            self.each = FIRST;
        }
        self.last = None;
    }

    /// Whether the next event is to be timed.
    pub const fn wants_next(&mut self) -> bool {
        if self.each > 0 {
            self.each -= 1;
            return true;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.skip = ONE_OF - 1;
        true
    }

    /// The time before an event that is timed, or after it.
    pub fn read(&mut self, now: Instant) {
        if self.last.is_some_and(|last| now.since(last) > SLOW) {
            self.each = WATCHED;
        }
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times those of `events` that are to be, each of which takes so long; tells how many were.
    fn timed(sampler: &mut Sampler, now: &mut Instant, events: u32, each: Duration) -> u32 {
        let mut timed = 0;
        for _ in 0..events {
            let wanted = sampler.wants_next();
            if wanted {
                sampler.read(*now);
            }
            *now = *now + each;
            if wanted {
                sampler.read(*now);
                timed += 1;
            }
        }
        timed
    }

    #[test]
    fn each_event_of_a_small_tick_is_timed_and_few_of_a_flood() {
        let (mut sampler, mut now) = (Sampler::default(), Instant::from_nanos(1));
        for _ in 0..10 {
            sampler.begin_tick();
            assert_eq!(timed(&mut sampler, &mut now, 16, Duration::from_micros(1)), 16);
        }
        sampler.begin_tick();
        assert_eq!(timed(&mut sampler, &mut now, 16 + 3_200, Duration::from_micros(1)), 16 + 100);
    }

    #[test]
    fn a_slow_event_that_was_passed_over_has_the_next_ones_timed_each() {
        let (mut sampler, mut now) = (Sampler::default(), Instant::from_nanos(1));
        sampler.begin_tick();
        assert_eq!(timed(&mut sampler, &mut now, 17, Duration::from_micros(1)), 17);
        assert!(!sampler.wants_next(), "this one takes its time and is not timed");
        now = now + Duration::from_millis(11);
        let timed = timed(&mut sampler, &mut now, 40, Duration::from_micros(1));
        assert_eq!(timed, 40 - 30, "from the next one that is timed on, each is");
    }

    #[test]
    fn what_was_between_two_ticks_makes_nobody_slow() {
        let (mut sampler, mut now) = (Sampler::default(), Instant::from_nanos(1));
        sampler.begin_tick();
        timed(&mut sampler, &mut now, 100, Duration::from_micros(1));
        now = now + Duration::from_secs(1);
        sampler.begin_tick();
        assert_eq!(timed(&mut sampler, &mut now, 48, Duration::from_micros(1)), 17);
    }
}
