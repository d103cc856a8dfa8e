//! What a foreign event loop is told: when it is to tick.
//!
//! It waits for two things, a stream and a time. Whoever ticks asks for the time again. Whatever else brings the next
//! tick closer than what the loop was told (an action sent from one of its own callbacks, a connection opened, an inner
//! tick of `await()`) makes the stream readable; so the loop never has to guess, and never has to poll.

use super::held::Held;
use super::zend;
use ami_core::time::Instant;
use ami_reactor::{Driver, Guard};
use ext_php_rs::types::Zval;
use std::cell::Cell;
use std::io;
use std::time::Duration;

/// Loops are told whole milliseconds, so that a time closer than this to what they know is no news.
const GRAIN: Duration = Duration::from_millis(1);

/// What the loop of the application knows.
#[derive(Debug, Default)]
pub(crate) struct ForeignLoop {
    /// A resource. It is no value that a cycle could go through, so the collector is not told.
    stream: Held,
    is_there: Cell<bool>,
    /// Until when the loop sleeps, by what it was told since the last tick; `None` is for ever.
    told: Cell<Option<Instant>>,
    /// The stream was made readable, and no tick has been since.
    is_woken: Cell<bool>,
}

impl ForeignLoop {
    /// The stream: the same one until somebody closes it.
    pub(crate) fn stream(&self, driver: &Driver) -> io::Result<Zval> {
        let known = self.stream.get();
        if zend::is_open(&known) {
            return Ok(known);
        }
        let stream = zend::stream_of(driver.readiness()?).ok_or_else(|| io::Error::other("PHP made no stream"))?;
        drop(self.stream.replace(stream.shallow_clone()));
        self.is_there.set(true);
        Ok(stream)
    }

    /// Whether a loop watches.
    pub(crate) fn is_there(&self) -> bool {
        self.is_there.get()
    }

    /// The loop sleeps until then.
    pub(crate) fn tell(&self, due: Option<Instant>) {
        self.told.set(due);
    }

    /// A tick has taken the readiness of the stream.
    pub(crate) fn ticked(&self) {
        self.is_woken.set(false);
    }

    /// The application's own tick is over: until it asks again, anything wakes the loop.
    pub(crate) fn forget(&self) {
        self.told.set(None);
    }

    /// Wakes the loop where `due` is before the end of its sleep.
    pub(crate) fn nudge(&self, reactor: &Guard<'_>, due: impl FnOnce() -> Option<Instant>) {
        if !self.is_there.get() || self.is_woken.get() {
            return;
        }
        let Some(due) = due() else { return };
        if self.told.get().is_none_or(|told| due + GRAIN < told) {
            // It fails only where the descriptor is gone, and the loop with it.
            self.is_woken.set(reactor.wake().is_ok());
        }
    }

    /// Lets the stream go; one that the application still holds is never readable again.
    #[must_use = "dropping it closes the stream"]
    pub(crate) fn let_go(&self) -> Zval {
        self.stream.replace(Zval::null())
    }
}
