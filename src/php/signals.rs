//! Signals on their way to the application: a handler only sets a flag, and the end of a tick tells of it.

use super::class;
use super::exceptions::{Class, Exception};
use super::zend::{Caught, LAST_SIGNAL, PreparedCallable, Tracer, wire};
use ami_reactor::Driver;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::Zval;
use std::cell::{Cell, RefCell};
use std::io;

/// Signals that cannot be handled, or that end a fault which would come again when the handler returns.
const REFUSED: [i32; 6] = [libc::SIGKILL, libc::SIGSTOP, libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL];

/// The signals of one manager.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    handler: RefCell<Option<PreparedCallable>>,
    /// With how often each had come when the handler was last called.
    caught: RefCell<Vec<(Caught, Cell<u32>)>>,
    /// The reactor knows of the wire.
    is_watching: Cell<bool>,
}

impl Signals {
    /// Calls `handler` for these signals from now on, and for no others. Returns what was called before, to be dropped
    /// when nothing is borrowed.
    #[must_use = "dropping it may run PHP code, so the caller chooses when"]
    pub(crate) fn register(
        &self,
        driver: &Driver,
        handler: PreparedCallable,
        signals: &[i32],
    ) -> io::Result<Option<PreparedCallable>> {
        let wire = wire()?;
        if !self.is_watching.replace(true) {
            driver.watch(wire).inspect_err(|_| self.is_watching.set(false))?;
        }
        // The new ones before the old ones go: what is in both is never without a handler, and when one of them fails,
        // everything stays as it was.
        let caught = signals.iter().map(|signal| {
            let caught = Caught::new(*signal)?;
            let seen = Cell::new(caught.arrivals());
            Ok((caught, seen))
        });
        let caught = caught.collect::<io::Result<Vec<_>>>()?;
        self.caught.replace(caught);
        Ok(self.handler.replace(Some(handler)))
    }

    /// Gives all signals back.
    #[must_use = "dropping it may run PHP code, so the caller chooses when"]
    pub(crate) fn let_go(&self) -> Option<PreparedCallable> {
        if let Ok(mut caught) = self.caught.try_borrow_mut() {
            caught.clear();
        }
        self.handler.try_borrow_mut().ok().and_then(|mut handler| handler.take())
    }

    /// Whether one has come that the handler was not called for.
    pub(crate) fn has_arrived(&self) -> bool {
        self.caught.borrow().iter().any(|(caught, seen)| caught.arrivals() != seen.get())
    }

    /// The signals that have come since the last call, each once however often it came.
    pub(crate) fn take_arrived(&self) -> Vec<i32> {
        let caught = self.caught.borrow();
        let arrived = caught.iter().filter(|(caught, seen)| {
            let arrivals = caught.arrivals();
            seen.replace(arrivals) != arrivals
        });
        arrived.map(|(caught, _)| caught.signal()).collect()
    }

    /// Another reference to the handler: it may be replaced while it is called.
    pub(crate) fn handler(&self) -> Option<PreparedCallable> {
        self.handler.borrow().clone()
    }

    /// Tells the collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(handler) = self.handler.try_borrow()
            && let Some(handler) = &*handler
        {
            tracer.callable(handler);
        }
    }
}

/// The signals that an argument lists.
pub(crate) fn read(values: &[Zval], place: usize) -> PhpResult<Vec<i32>> {
    let Some(value) = values.get(place).map(Zval::dereference) else { return Ok(vec![libc::SIGTERM, libc::SIGINT]) };
    let Some(list) = value.array() else {
        return Err(class::wrong_type(place, "signals", "array", Some(value)));
    };
    let mut signals = Vec::new();
    for signal in list.values() {
        let signal = signal.dereference();
        let number = signal.long().and_then(|number| i32::try_from(number).ok());
        let Some(number) = number.filter(|number| (1..=LAST_SIGNAL).contains(number) && !REFUSED.contains(number))
        else {
            let given = signal.long().map_or_else(|| "what is no number".to_owned(), |number| number.to_string());
            let message = format!("signals: {given} is not a signal that can be handled");
            return Err(refused(message, signal.shallow_clone()));
        };
        if !signals.contains(&number) {
            signals.push(number);
        }
    }
    if signals.is_empty() {
        return Err(refused("signals: at least one is needed".to_owned(), value.shallow_clone()));
    }
    Ok(signals)
}

fn refused(message: String, value: Zval) -> ext_php_rs::prelude::PhpException {
    Exception::new(Class::InvalidConfiguration, message).key_value("signals", value, None).into()
}
