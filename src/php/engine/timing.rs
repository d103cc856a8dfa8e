//! How long things take: ticks, and the listeners of some of the events.

use super::Engine;
use ami_core::cluster::ServerId;
use ami_core::time::Instant;
use ext_php_rs::exception::PhpResult;
use std::time::Duration;

/// An event that is being timed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    began: Instant,
    lag: Duration,
}

impl Engine {
    /// The listeners of an event are about to be called: `None` where it is not timed.
    pub(super) fn begin_timing(&self, read_at: Instant) -> PhpResult<Option<Timing>> {
        let mut sampler = self.sampler.get();
        let wanted = sampler.wants_next();
        let timing = if wanted {
            let began = self.reactor()?.instant();
            sampler.read(began);
            Some(Timing { began, lag: began.since(read_at) })
        } else {
            None
        };
        self.sampler.set(sampler);
        Ok(timing)
    }

    /// They have been called.
    pub(super) fn end_timing(&self, id: ServerId, timing: Option<Timing>) -> PhpResult {
        let Some(Timing { began, lag }) = timing else { return Ok(()) };
        let mut reactor = self.reactor()?;
        let ended = reactor.instant();
        reactor.cluster_mut().time_event(id, lag, ended.since(began));
        drop(reactor);
        let mut sampler = self.sampler.get();
        sampler.read(ended);
        self.sampler.set(sampler);
        Ok(())
    }

    pub(super) fn begin_timing_tick(&self) {
        let mut sampler = self.sampler.get();
        sampler.begin_tick();
        self.sampler.set(sampler);
    }

    pub(super) fn end_timing_tick(&self, woke: Instant) -> PhpResult {
        let mut reactor = self.reactor()?;
        let took = reactor.instant().since(woke);
        reactor.cluster_mut().time_tick(took);
        Ok(())
    }
}
