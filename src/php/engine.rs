//! What a manager and everything made by it share: the reactor, the listeners, and the tick.
//!
//! A tick has two phases. First the reactor works, borrowed; then what came of it goes to PHP, one thing at a time,
//! and for each the borrow is over before PHP is called. `ticking` refuses a tick within a tick.

mod dispatch;
mod hand;
mod outside;
mod records;
mod round;
mod timing;

use super::exceptions::{Class, Exception};
use super::held::Held;
use super::listeners::Listeners;
use super::log::{self, CallbackFailure, Warnings};
use super::message;
use super::metrics::{self, Pushed};
use super::server_keys::ServerKeys;
use super::signals::Signals;
use super::stream::ForeignLoop;
use super::tick_summary;
use super::zend::{self, CallError, Interrupted, PreparedCallable, SharedString, Tracer, call_method};
use ami_core::cluster::ServerId;
use ami_core::connection::Connection;
use ami_core::correlation::LossReason;
use ami_core::hash::NumberMap;
use ami_core::metrics::Sampler;
use ami_core::time::Instant;
use ami_reactor::{Driver, Guard, MAX_WAIT, Reactor, Unavailable};
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::types::Zval;
use hand::Hand;
use round::Round;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// How a wait or a round of callbacks ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// What was waited for has happened.
    Done,
    /// The time is over.
    TimedOut,
    /// `exit()` is unwinding the stack: return to PHP at once.
    Exiting,
}

/// The end of a wait, and how far off it was when last looked at: an answer is often there after one tick, and reading the
/// clock takes a noticeable part of that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    left: Duration,
}

/// The shared part of a manager.
#[derive(Debug)]
pub(crate) struct Engine {
    driver: Driver,
    hand: Hand,
    listeners: RefCell<Listeners>,
    gap_listeners: RefCell<Vec<PreparedCallable>>,
    /// The `PendingAction` objects of actions on their way, by server and sequence number: their callbacks are called
    /// even when nobody else holds them.
    pending: RefCell<NumberMap<(ServerId, u64), Zval>>,
    logger: Held,
    collector: Held,
    pushed: Pushed,
    clock: Held,
    server_keys: ServerKeys,
    ticking: Cell<bool>,
    round: Round,
    foreign: ForeignLoop,
    signals: Signals,
    owner: u32,
    generation: u32,
    failures: RefCell<VecDeque<CallbackFailure>>,
    counts: Counts,
    warnings: Warnings,
    sampler: Cell<Sampler>,
}

/// What this layer counts.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Callbacks that threw.
    pub(crate) callback_failures: Cell<u64>,
    /// Records that the logger threw at.
    pub(crate) log_failures: Cell<u64>,
    /// Callback failures of which no record could be kept.
    pub(crate) log_drops: Cell<u64>,
    /// Ticks that were asked to wait longer than they may.
    pub(crate) clamped_timeouts: Cell<u64>,
}

/// Tells that a tick is over, however it ends.
struct Ticking<'a>(&'a Cell<bool>);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Tells another loop, however a tick ends, of what it leaves behind.
struct Resting<'a>(&'a Engine);

impl Drop for Resting<'_> {
    fn drop(&mut self) {
        self.0.rest();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Engine {
    pub(crate) fn new(reactor: Reactor, logger: Zval, collector: Zval, clock: Zval) -> io::Result<Self> {
        let servers = reactor.cluster().iter();
        let server_keys = ServerKeys::new(servers.map(|(id, server)| (id, server.config().key.as_str())));
        Ok(Self {
            driver: Driver::new(reactor)?,
            hand: Hand::default(),
            listeners: RefCell::default(),
            gap_listeners: RefCell::default(),
            pending: RefCell::default(),
            logger: Held::new(logger),
            collector: Held::new(collector),
            pushed: Pushed::default(),
            clock: Held::new(clock),
            server_keys,
            ticking: Cell::new(false),
            round: Round::default(),
            foreign: ForeignLoop::default(),
            signals: Signals::default(),
            owner: std::process::id(),
            generation: zend::process_generation(),
            failures: RefCell::default(),
            counts: Counts::default(),
            warnings: Warnings::default(),
            sampler: Cell::default(),
        })
    }

    /// The reactor, for as long as no PHP code is called. Busy only after a fatal error within a tick.
    pub(crate) fn reactor(&self) -> PhpResult<Guard<'_>> {
        self.driver.reactor().map_err(|why| unavailable(&why))
    }

    /// Refuses a process that does not own the sockets.
    pub(crate) fn check_owner(&self) -> PhpResult {
        if zend::process_generation() == self.generation {
            return Ok(());
        }
        let message = format!("this client belongs to process {}; a forked process has to make its own", self.owner);
        Err(Exception::new(Class::ForkedProcess, message).owner_pid(i64::from(self.owner)).into())
    }

    /// Refuses what begins something while the client shuts down, or after that.
    pub(crate) fn check_not_shut_down(&self) -> PhpResult {
        self.shut_down().map_or(Ok(()), |exception| Err(exception.into()))
    }

    /// Why the client shuts down or has done so, if it has.
    pub(crate) fn shut_down(&self) -> Option<Exception> {
        let exceeded = self.reactor().ok()?.cluster().shutdown()?;
        Some(Exception::memory_exceeded(exceeded, &exceeded.to_string()))
    }

    /// Refuses what needs a tick of its own while one runs.
    pub(crate) fn check_not_ticking(&self) -> PhpResult {
        if self.ticking.get() {
            let message = "a tick cannot run within a tick: return from the listener first";
            return Err(Exception::new(Class::Reentrancy, message).into());
        }
        Ok(())
    }

    pub(crate) const fn owner(&self) -> u32 {
        self.owner
    }

    pub(crate) const fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    pub(crate) const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The key of a server as a PHP string.
    pub(crate) fn server_key(&self, id: ServerId) -> SharedString {
        self.server_keys.get(id)
    }

    /// Those of all servers.
    pub(crate) const fn server_keys(&self) -> &ServerKeys {
        &self.server_keys
    }

    /// Remembers who waits for an action.
    pub(crate) fn await_answer(&self, server: ServerId, sequence: u64, pending: &Zval) {
        let known = self.pending.borrow_mut().insert((server, sequence), pending.shallow_clone());
        drop(known);
    }

    /// Lets everything go that this owns: the manager's object is being freed, and it alone names these values to the
    /// collector. An action that has ended may keep the engine itself for longer.
    pub(crate) fn let_go(&self) {
        if zend::process_generation() == self.generation {
            self.driver.let_go();
        } else {
            self.driver.forget();
        }
        self.hand.let_go();
        // Each leaves its cell before it is dropped: destructors may come back here.
        let listeners = self.listeners.try_borrow_mut().map(|mut listeners| std::mem::take(&mut *listeners));
        let pending = self.pending.try_borrow_mut().map(|mut pending| std::mem::take(&mut *pending));
        let failures = self.failures.try_borrow_mut().map(|mut failures| std::mem::take(&mut *failures));
        let gap_listeners = self.gap_listeners.try_borrow_mut().map(|mut listeners| std::mem::take(&mut *listeners));
        let helpers = [&self.logger, &self.collector, &self.clock].map(|helper| helper.replace(Zval::null()));
        let outside = (self.signals.let_go(), self.foreign.let_go());
        drop((listeners, gap_listeners, pending, failures, helpers, outside));
    }

    /// Tells the collector what this owns. Only the manager's object does: an owner is named once.
    pub(crate) fn trace(&self, tracer: &mut Tracer<'_>) {
        self.logger.trace(tracer);
        self.collector.trace(tracer);
        self.clock.trace(tracer);
        self.signals.trace(tracer);
        if let Ok(listeners) = self.listeners.try_borrow() {
            listeners.trace(tracer);
        }
        if let Ok(listeners) = self.gap_listeners.try_borrow() {
            listeners.iter().for_each(|listener| tracer.callable(listener));
        }
        if let Ok(pending) = self.pending.try_borrow() {
            pending.values().for_each(|object| tracer.value(object));
        }
        if let Ok(failures) = self.failures.try_borrow() {
            failures.iter().for_each(|failure| tracer.value(&failure.exception));
        }
    }

    pub(crate) const fn listeners(&self) -> &RefCell<Listeners> {
        &self.listeners
    }

    pub(crate) const fn gap_listeners(&self) -> &RefCell<Vec<PreparedCallable>> {
        &self.gap_listeners
    }

    // ---- ticks --------------------------------------------------------------------------------------------

    /// One tick: waits at most `timeout_ms`, works, calls listeners, hands over logs. Returns a `TickSummary`.
    pub(crate) fn tick(self: &Rc<Self>, manager: &Zval, timeout_ms: i64, only: Option<ServerId>) -> PhpResult<Zval> {
        let (timeout, clamped) = self.wait_of(timeout_ms)?;
        if !self.driver.is_background() {
            // What commands and waits did in between is not this tick's work; what a thread did is told by nobody else.
            self.reactor()?.cluster_mut().take_counts();
        }
        let failures = self.counts.callback_failures.get();
        if self.tick_once(manager, timeout, only)? == Waited::Exiting {
            return Ok(Zval::null());
        }
        self.foreign.forget();
        let (counts, stopping) = {
            let mut reactor = self.reactor()?;
            (reactor.cluster_mut().take_counts(), reactor.cluster().shutdown())
        };
        let stopping = stopping.map(|exceeded| exceeded.to_string());
        let failures = self.counts.callback_failures.get() - failures;
        Ok(tick_summary::new(counts, failures, clamped, stopping.as_deref()))
    }

    /// Ticks until `is_done`, or until the deadline.
    pub(crate) fn tick_until(
        self: &Rc<Self>,
        manager: &Zval,
        deadline: Option<Deadline>,
        mut is_done: impl FnMut() -> bool,
    ) -> PhpResult<Waited> {
        let waited = self.tick_while_waiting(manager, deadline, &mut is_done);
        // These ticks were nobody's whom the loop would have asked.
        self.nudge();
        waited
    }

    fn tick_while_waiting(
        self: &Rc<Self>,
        manager: &Zval,
        mut deadline: Option<Deadline>,
        is_done: &mut impl FnMut() -> bool,
    ) -> PhpResult<Waited> {
        if is_done() {
            return Ok(Waited::Done);
        }
        self.reactor()?.expect_answer();
        loop {
            // PHP cannot run what others have in mind for between two steps of the script (the handlers of
            // `pcntl_async_signals`, say) while a method waits here.
            if zend::run_interrupts() == Interrupted::Leave {
                return Ok(Waited::Exiting);
            }
            let left = match &deadline {
                Some(deadline) if deadline.left.is_zero() => return Ok(Waited::TimedOut),
                Some(deadline) => deadline.left,
                None => MAX_WAIT,
            };
            if self.tick_once(manager, left, None)? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            if is_done() {
                return Ok(Waited::Done);
            }
            if let Some(deadline) = &mut deadline {
                deadline.left = deadline.at.since(self.reactor()?.instant());
            }
        }
    }

    /// The moment in so many milliseconds; `None` for ever.
    pub(crate) fn deadline(&self, timeout_ms: Option<i64>) -> PhpResult<Option<Deadline>> {
        let Some(timeout_ms) = timeout_ms else { return Ok(None) };
        let left = duration(timeout_ms)?;
        Ok(Some(Deadline { at: self.reactor()?.instant() + left, left }))
    }

    /// Tells those who wait for actions that ended by a command, not by a tick.
    pub(crate) fn settle_outside_a_tick(&self) -> PhpResult {
        if self.ticking.get() {
            return Ok(());
        }
        self.ticking.set(true);
        let settled = {
            let _ticking = Ticking(&self.ticking);
            self.round.begin();
            self.settle_all()
        };
        self.nudge();
        settled.map(|_| ())
    }

    fn wait_of(&self, timeout_ms: i64) -> PhpResult<(Duration, bool)> {
        let timeout = duration(timeout_ms)?;
        let clamped = timeout > MAX_WAIT;
        if clamped {
            increment(&self.counts.clamped_timeouts);
        }
        Ok((timeout.min(MAX_WAIT), clamped))
    }

    fn tick_once(self: &Rc<Self>, manager: &Zval, timeout: Duration, only: Option<ServerId>) -> PhpResult<Waited> {
        self.check_owner()?;
        self.check_not_ticking()?;
        self.ticking.set(true);
        let _ticking = Ticking(&self.ticking);
        // The listeners may let go of the last reference to the manager, which owns what is called here.
        let _alive = manager.shallow_clone();
        let clock = self.clock.get();
        if clock.is_object() {
            let wall = wall_clock(&clock)?;
            if zend::is_unwinding() {
                return Ok(Waited::Exiting);
            }
            self.reactor()?.set_wall(wall);
        }
        if self.reactor()?.needs_memory() {
            self.reactor()?.tell_memory(zend::memory_usage());
        }
        let timeout = if self.hand.is_empty() { timeout } else { Duration::ZERO };
        let woke = self.driver.tick(timeout, only).map_err(|why| unavailable(&why))?.woke;
        self.begin_timing_tick();
        self.round.begin_at(woke);
        self.foreign.ticked();
        let _resting = Resting(self);
        if self.dispatch(manager, only)? == Waited::Exiting || self.tell_signals()? == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
        let collector = self.collector.get();
        let gone = std::mem::take(&mut self.reactor()?.cluster_mut().effects().gone);
        if collector.is_object() && metrics::push(self, &collector, &self.pushed, gone)? == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
        let delivered = log::deliver(self, &self.logger.get());
        self.end_timing_tick(woke)?;
        Ok(delivered)
    }

    /// An exception that says where its server is and how it stands.
    pub(crate) fn with_place(&self, id: ServerId, exception: Exception) -> Exception {
        let Ok(reactor) = self.reactor() else { return exception };
        let Some(connection) = reactor.cluster().connection(id) else { return exception };
        let config = connection.config();
        exception.state(connection.state()).host(&config.host.to_string()).port(config.port)
    }

    /// Refuses a server that was removed.
    pub(crate) fn check_present(&self, id: ServerId, key: &SharedString) -> PhpResult {
        let state = {
            let reactor = self.reactor()?;
            if reactor.cluster().contains(id) {
                return Ok(());
            }
            reactor.cluster().connection(id).map_or_else(Default::default, Connection::state)
        };
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        let exception =
            Exception::new(Class::InvalidConnectionState, format!("\"{key}\" was removed from its manager"));
        Err(exception.server_key(&key).state(state).into())
    }

    /// Why a server cannot be used, as an exception.
    pub(crate) fn loss(&self, id: ServerId) -> PhpResult<Exception> {
        let (class, key, message) = {
            let reactor = self.reactor()?;
            let Some(connection) = reactor.cluster().connection(id) else {
                return Ok(Exception::new(Class::Connection, "there is no such server"));
            };
            let config = connection.config();
            let key = config.key.as_str().to_owned();
            let server = format!("\"{key}\" ({})", config.host.with_port(config.port));
            match connection.last_loss() {
                Some(loss @ LossReason::LoginRefused(_)) => (Class::Authentication, key, format!("{server}: {loss}")),
                Some(loss) => (Class::Connection, key, format!("{server}: {loss}")),
                None => (Class::Connection, key, format!("{server} is {} and not ready yet", connection.state())),
            }
        };
        Ok(self.with_place(id, Exception::new(class, message).server_key(&key)))
    }
}

fn increment(count: &Cell<u64>) {
    count.set(count.get() + 1);
}

/// So many milliseconds, unless they are negative.
pub(crate) fn duration(timeout_ms: i64) -> PhpResult<Duration> {
    u64::try_from(timeout_ms).map(Duration::from_millis).map_err(|_| negative(timeout_ms).into())
}

fn negative(timeout_ms: i64) -> Exception {
    Exception::new(Class::InvalidConfiguration, format!("timeoutMs: {timeout_ms} is negative; 0 does not wait"))
        .key_value("timeoutMs", super::class::zval(timeout_ms), None)
}

/// Why there is no reactor, for PHP.
fn unavailable(why: &Unavailable) -> PhpException {
    let class = if *why == Unavailable::Busy { Class::Reentrancy } else { Class::Connection };
    Exception::new(class, why.to_string()).into()
}

/// What the application's clock says. `None` when it says nothing that can be read.
fn wall_clock(clock: &Zval) -> PhpResult<Option<ami_core::time::UnixMicros>> {
    let text = call_method(clock, "now", &[]).and_then(|now| call_method(&now, "format", &[super::class::zval("U.u")]));
    match text {
        Ok(text) => Ok(text.str().and_then(|text| text.parse().ok()).map(message::micros)),
        Err(CallError::Thrown(exception)) => Err(rethrow(exception)),
        Err(CallError::Unwinding | CallError::NoMethod) => Ok(None),
    }
}

/// Throws an object that was caught before.
pub(crate) fn rethrow(exception: Zval) -> PhpException {
    PhpException::from_message(String::new()).with_object(exception)
}
