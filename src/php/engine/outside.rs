//! What reaches an engine from outside of its ticks: event loops that are not its own, and signals.

use super::{Engine, Waited};
use crate::php::class;
use crate::php::exceptions::{Class, Exception};
use crate::php::zend::{self, CallError, PreparedCallable};
use ami_reactor::Guard;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::Zval;
use std::time::Duration;

impl Engine {
    /// The stream that is readable when a tick is due for a socket.
    pub(crate) fn stream(&self) -> PhpResult<Zval> {
        self.check_owner()?;
        let stream = self.foreign.stream(&self.driver);
        self.rest();
        stream.map_err(|error| Exception::new(Class::Connection, format!("no stream could be made: {error}")).into())
    }

    /// How long another loop may sleep, if the stream does not become readable before. `None` is for ever.
    pub(crate) fn until_due(&self) -> PhpResult<Option<Duration>> {
        let due = self.due(&self.reactor()?);
        let now = self.reactor()?.now().instant;
        self.foreign.tell(due.map(|due| now + due));
        Ok(due)
    }

    fn due(&self, reactor: &Guard<'_>) -> Option<Duration> {
        let has_more = self.signals.has_arrived() || !self.failures.borrow().is_empty() || !self.hand.is_empty();
        if has_more || (reactor.cluster().has_records() && self.logger.get().is_object()) {
            return Some(Duration::ZERO);
        }
        reactor.until_due()
    }

    /// Tells another loop that a tick is due sooner than it knows. For whatever is done outside of a tick.
    pub(crate) fn nudge(&self) {
        // What wakes the loop is shared with a child, whose business it is not.
        if self.ticking.get() || zend::process_generation() != self.generation {
            return;
        }
        if let Ok(reactor) = self.reactor() {
            let due = || self.due(&reactor).map(|due| reactor.now().instant + due);
            self.foreign.nudge(&reactor, due);
        }
    }

    /// The application goes on to something else: a thread wakes the loop that watches, if there is one.
    pub(super) fn rest(&self) {
        if self.foreign.is_there()
            && zend::process_generation() == self.generation
            && let Ok(mut reactor) = self.reactor()
        {
            reactor.rest();
        }
    }

    /// Whether a thread reads and writes.
    pub(crate) const fn is_background(&self) -> bool {
        self.driver.is_background()
    }

    /// Ends the thread of sockets that were all closed; the next one to open starts another.
    pub(crate) fn stop(&self) {
        self.driver.stop();
    }

    /// Calls `handler` for these signals at the ends of ticks; without one, gives them back.
    pub(crate) fn register_signals(&self, handler: Option<PreparedCallable>, signals: &[i32]) -> PhpResult {
        self.check_owner()?;
        let before = match handler {
            None => Ok(self.signals.let_go()),
            Some(handler) => self.signals.register(&self.driver, handler, signals),
        };
        match before {
            Ok(before) => drop(before),
            Err(error) => {
                let message = format!("the signals could not be taken: {error}");
                return Err(Exception::new(Class::InvalidConfiguration, message).into());
            }
        }
        Ok(())
    }

    /// Calls the handler for the signals that have come.
    pub(super) fn tell_signals(&self) -> PhpResult<Waited> {
        let arrived = self.signals.take_arrived();
        if arrived.is_empty() {
            return Ok(Waited::Done);
        }
        for signal in arrived {
            let Some(handler) = self.signals.handler() else { break };
            match handler.call(&[class::zval(i64::from(signal))]) {
                Ok(_) | Err(CallError::NoMethod) => {}
                Err(CallError::Unwinding) => return Ok(Waited::Exiting),
                Err(CallError::Thrown(exception)) => self.callback_failed("signalHandler", None, exception),
            }
            drop(handler);
            if self.after_letting_go(None) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            self.check_owner()?;
        }
        // What the handler ended is told in the same tick.
        self.round.begin();
        self.settle_all()
    }
}
