//! What a manager and everything made by it share: the reactor, the listeners, and the tick.
//!
//! A tick has two phases. First the reactor works, borrowed; then what came of it goes to PHP, one thing at a time,
//! and for each the borrow is over before PHP is called. `ticking` refuses a tick within a tick.

mod outside;

use super::event::AmiEvent;
use super::exceptions::{Class, Exception};
use super::gap;
use super::held::Held;
use super::listeners::Listeners;
use super::log::{self, CallbackFailure, Warnings};
use super::message;
use super::metrics::{self, Pushed};
use super::pending::PendingAction;
use super::server_keys::ServerKeys;
use super::signals::Signals;
use super::stream::ForeignLoop;
use super::tick_summary;
use super::zend::{self, CallError, Interrupted, PreparedCallable, SharedString, Tracer, call_method};
use ami_core::cluster::ServerId;
use ami_core::connection::{Connection, Gap};
use ami_core::correlation::{Judgement, LossReason};
use ami_core::events::SubscriptionId;
use ami_core::log::{LOG_CAPACITY, Level, Record};
use ami_core::time::Instant;
use ami_reactor::{MAX_WAIT, Reactor};
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::Zval;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{HashMap, VecDeque};
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

/// The shared part of a manager.
#[derive(Debug)]
pub(crate) struct Engine {
    /// `None` only while it is dropped, in a process that does not own it.
    reactor: RefCell<Option<Reactor>>,
    listeners: RefCell<Listeners>,
    gap_listeners: RefCell<Vec<PreparedCallable>>,
    /// The `PendingAction` objects of actions on their way, by server and sequence number: their callbacks are called
    /// even when nobody else holds them.
    pending: RefCell<HashMap<(ServerId, u64), Zval>>,
    logger: Held,
    collector: Held,
    pushed: Pushed,
    clock: Held,
    server_keys: ServerKeys,
    ticking: Cell<bool>,
    foreign: ForeignLoop,
    signals: Signals,
    owner: u32,
    generation: u32,
    failures: RefCell<VecDeque<CallbackFailure>>,
    counts: Counts,
    warnings: Warnings,
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

impl Drop for Engine {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Engine {
    pub(crate) fn new(reactor: Reactor, logger: Zval, collector: Zval, clock: Zval) -> Self {
        let servers = reactor.cluster().iter();
        let server_keys = ServerKeys::new(servers.map(|(id, server)| (id, server.config().key.as_str())));
        Self {
            reactor: RefCell::new(Some(reactor)),
            listeners: RefCell::default(),
            gap_listeners: RefCell::default(),
            pending: RefCell::default(),
            logger: Held::new(logger),
            collector: Held::new(collector),
            pushed: Pushed::default(),
            clock: Held::new(clock),
            server_keys,
            ticking: Cell::new(false),
            foreign: ForeignLoop::default(),
            signals: Signals::default(),
            owner: std::process::id(),
            generation: zend::process_generation(),
            failures: RefCell::default(),
            counts: Counts::default(),
            warnings: Warnings::default(),
        }
    }

    /// The reactor, for as long as no PHP code is called. Busy only after a fatal error within a tick.
    pub(crate) fn reactor(&self) -> PhpResult<RefMut<'_, Reactor>> {
        let busy = || Exception::new(Class::Reentrancy, "the client was left in the middle of a tick by a fatal error");
        let reactor = self.reactor.try_borrow_mut().map_err(|_| busy())?;
        RefMut::filter_map(reactor, Option::as_mut).map_err(|_| busy().into())
    }

    /// Refuses a process that does not own the sockets.
    pub(crate) fn check_owner(&self) -> PhpResult {
        if zend::process_generation() == self.generation {
            return Ok(());
        }
        let message = format!("this client belongs to process {}; a forked process has to make its own", self.owner);
        Err(Exception::new(Class::ForkedProcess, message).owner_pid(i64::from(self.owner)).into())
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
        let reactor = self.reactor.try_borrow_mut().ok().and_then(|mut reactor| reactor.take());
        if zend::process_generation() == self.generation {
            drop(reactor);
        } else {
            // The sockets of a forked child are the parent's: they are neither closed nor taken out of its poll.
            std::mem::forget(reactor);
        }
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
        // What commands and waits did in between is not this tick's work.
        self.reactor()?.cluster_mut().take_counts();
        let failures = self.counts.callback_failures.get();
        if self.tick_once(manager, timeout, only)? == Waited::Exiting {
            return Ok(Zval::null());
        }
        self.foreign.forget();
        let counts = self.reactor()?.cluster_mut().take_counts();
        Ok(tick_summary::new(counts, self.counts.callback_failures.get() - failures, clamped))
    }

    /// Ticks until `is_done`, or until the deadline.
    pub(crate) fn tick_until(
        self: &Rc<Self>,
        manager: &Zval,
        deadline: Option<Instant>,
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
        deadline: Option<Instant>,
        is_done: &mut impl FnMut() -> bool,
    ) -> PhpResult<Waited> {
        while !is_done() {
            // PHP cannot run what others have in mind for between two steps of the script (the handlers of
            // `pcntl_async_signals`, say) while a method waits here.
            if zend::run_interrupts() == Interrupted::Leave {
                return Ok(Waited::Exiting);
            }
            let now = self.reactor()?.now().instant;
            let left = match deadline {
                Some(deadline) if deadline <= now => return Ok(Waited::TimedOut),
                Some(deadline) => deadline.since(now),
                None => MAX_WAIT,
            };
            if self.tick_once(manager, left, None)? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
        Ok(Waited::Done)
    }

    /// The moment in so many milliseconds; `None` for ever.
    pub(crate) fn deadline(&self, timeout_ms: Option<i64>) -> PhpResult<Option<Instant>> {
        let Some(timeout_ms) = timeout_ms else { return Ok(None) };
        let millis = u64::try_from(timeout_ms).map_err(|_| negative(timeout_ms))?;
        Ok(Some(self.reactor()?.now().instant + Duration::from_millis(millis)))
    }

    /// Tells those who wait for actions that ended by a command, not by a tick.
    pub(crate) fn settle_outside_a_tick(&self) -> PhpResult {
        if self.ticking.get() {
            return Ok(());
        }
        self.ticking.set(true);
        let settled = {
            let _ticking = Ticking(&self.ticking);
            self.settle_all()
        };
        self.nudge();
        settled.map(|_| ())
    }

    fn wait_of(&self, timeout_ms: i64) -> PhpResult<(Duration, bool)> {
        let millis = u64::try_from(timeout_ms).map_err(|_| negative(timeout_ms))?;
        let timeout = Duration::from_millis(millis);
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
            self.reactor()?.clock_mut().set_wall(wall);
        }
        let worked = self.reactor()?.tick(timeout, only);
        worked
            .map_err(|error| Exception::new(Class::Connection, format!("the sockets could not be polled: {error}")))?;
        self.foreign.ticked();
        if self.dispatch(manager, only)? == Waited::Exiting || self.tell_signals()? == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
        let collector = self.collector.get();
        let gone = std::mem::take(&mut self.reactor()?.cluster_mut().effects().gone);
        if collector.is_object() && metrics::push(self, &collector, &self.pushed, gone)? == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
        Ok(log::deliver(self, &self.logger.get()))
    }

    // ---- from the core to PHP -----------------------------------------------------------------------------

    fn dispatch(self: &Rc<Self>, manager: &Zval, only: Option<ServerId>) -> PhpResult<Waited> {
        let mut found = Vec::new();
        loop {
            if self.settle_all()? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            let gap = self.reactor()?.cluster_mut().pop_gap(only);
            if let Some((id, gap)) = gap {
                if self.tell_gap(manager, id, &gap)? == Waited::Exiting {
                    return Ok(Waited::Exiting);
                }
                continue;
            }
            let next = {
                let mut reactor = self.reactor()?;
                let cluster = reactor.cluster_mut();
                let next = cluster.pop_event(only);
                if let Some((id, event)) = &next {
                    cluster.subscriptions().find(*id, event.frame.as_ref(), &mut found);
                }
                next
            };
            let Some((id, event)) = next else { return Ok(Waited::Done) };
            if found.is_empty() {
                continue;
            }
            let event = [AmiEvent::object(event.frame, &self.server_key(id), event.received)];
            for subscription in &found {
                if self.call_listener(*subscription, id, &event) == Waited::Exiting
                    || self.after_letting_go(Some(id)) == Waited::Exiting
                {
                    return Ok(Waited::Exiting);
                }
            }
            drop(event);
            if self.after_letting_go(Some(id)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            // A listener may have forked: the rest of the queue is the parent's.
            self.check_owner()?;
        }
    }

    /// Asks about the messages of actions whose end the application's own code decides.
    fn judge_all(&self) -> PhpResult<Waited> {
        loop {
            let (server, question, now) = {
                let mut reactor = self.reactor()?;
                let Some((server, question)) = reactor.cluster_mut().effects().questions.pop_front() else {
                    return Ok(Waited::Done);
                };
                let connection = reactor.cluster().connection(server);
                if !connection.is_some_and(|connection| connection.is_waiting(question.sequence)) {
                    // Nobody is asked any more; the core counts it.
                    let now = reactor.now();
                    reactor.cluster_mut().judge(server, question, Judgement::Continues, now);
                    continue;
                }
                (server, question, reactor.now())
            };
            let pending = self.pending.borrow().get(&(server, question.sequence)).map(Zval::shallow_clone);
            let this = pending.as_ref().and_then(Zval::object).and_then(PendingAction::of);
            let judgement = match this.map(|this| this.judge(question.frame.clone(), now.wall)) {
                Some(Some(judgement)) => judgement,
                Some(None) => return Ok(Waited::Exiting),
                None => Judgement::Continues,
            };
            // It may have forked: what else there is to ask is the parent's.
            self.check_owner()?;
            self.reactor()?.cluster_mut().judge(server, question, judgement, now);
            drop(pending);
            if self.after_letting_go(Some(server)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
    }

    fn settle_all(&self) -> PhpResult<Waited> {
        loop {
            if self.judge_all()? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            let (server, settled, now) = {
                let mut reactor = self.reactor()?;
                let Some((server, settled)) = reactor.cluster_mut().effects().settled.pop_front() else {
                    return Ok(Waited::Done);
                };
                (server, settled, reactor.now())
            };
            let pending = self.pending.borrow_mut().remove(&(server, settled.sequence));
            let Some(this) = pending.as_ref().and_then(Zval::object).and_then(PendingAction::of) else { continue };
            if this.settle(settled.outcome, now.wall)? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            drop(pending);
            if self.after_letting_go(Some(server)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
    }

    /// Tells everybody who wants to know that a server was away.
    fn tell_gap(self: &Rc<Self>, manager: &Zval, id: ServerId, gap: &Gap) -> PhpResult<Waited> {
        let listeners = self.gap_listeners.borrow().clone();
        if listeners.is_empty() {
            return Ok(Waited::Done);
        }
        let gap = [gap::object(self, manager, id, gap)?];
        for listener in &listeners {
            match listener.call(&gap) {
                Ok(_) | Err(CallError::NoMethod) => {}
                Err(CallError::Unwinding) => return Ok(Waited::Exiting),
                Err(CallError::Thrown(exception)) => self.callback_failed("onGap", Some(id), exception),
            }
            // It may have forked.
            self.check_owner()?;
        }
        drop((gap, listeners));
        Ok(self.after_letting_go(Some(id)))
    }

    fn call_listener(&self, id: SubscriptionId, server: ServerId, event: &[Zval; 1]) -> Waited {
        // One that an earlier listener of this event took back is not there any more.
        let Some(listener) = self.listeners.borrow().get(id) else { return Waited::Done };
        let called = match &listener.filter {
            Some(filter) => match call_method(filter, "accepts", event) {
                Ok(verdict) if !verdict.is_true() => return Waited::Done,
                Ok(_) => listener.closure.call(event),
                Err(error) => Err(error),
            },
            None => listener.closure.call(event),
        };
        match called {
            Ok(_) | Err(CallError::NoMethod) => {}
            Err(CallError::Unwinding) => return Waited::Exiting,
            Err(CallError::Thrown(exception)) => self.callback_failed("listener", Some(server), exception),
        }
        Waited::Done
    }

    /// What a destructor threw, when a tick let go of the last reference to its object, must not keep the next callback
    /// from being called.
    pub(crate) fn after_letting_go(&self, server: Option<ServerId>) -> Waited {
        if let Some(exception) = zend::take_pending_exception() {
            self.callback_failed("destructor", server, exception);
        }
        if zend::is_unwinding() { Waited::Exiting } else { Waited::Done }
    }

    // ---- logs ---------------------------------------------------------------------------------------------

    /// Counts a callback that threw, and keeps what it threw for the log.
    pub(crate) fn callback_failed(&self, what: &'static str, server: Option<ServerId>, exception: Zval) {
        increment(&self.counts.callback_failures);
        let (at, queue_depth) = match self.reactor() {
            Ok(reactor) => {
                let connection = server.and_then(|id| reactor.cluster().connection(id));
                (reactor.now().wall, connection.map(Connection::queued_events))
            }
            Err(_) => return,
        };
        let fields = vec![("callback", what.into())];
        let message = "a callback threw";
        let record = Record { level: Level::Error, message, server, action_id: None, queue_depth, at, fields };
        let mut failures = self.failures.borrow_mut();
        if failures.len() >= LOG_CAPACITY {
            increment(&self.counts.log_drops);
        } else {
            failures.push_back(CallbackFailure { record, exception });
        }
    }

    /// How many records wait.
    pub(crate) fn waiting_records(&self) -> usize {
        let records = self.reactor().map_or(0, |mut reactor| reactor.cluster_mut().effects().log.len());
        records + self.failures.borrow().len()
    }

    pub(crate) fn next_record(&self) -> Option<(Record, Option<Zval>)> {
        if let Some(record) = self.reactor().ok()?.cluster_mut().effects().log.pop() {
            return Some((record, None));
        }
        let failure = self.failures.borrow_mut().pop_front()?;
        Some((failure.record, Some(failure.exception)))
    }

    pub(crate) fn count_log_failure(&self) {
        increment(&self.counts.log_failures);
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
            let server = format!("\"{key}\" ({}:{})", config.host, config.port);
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

fn negative(timeout_ms: i64) -> Exception {
    Exception::new(Class::InvalidConfiguration, format!("timeoutMs: {timeout_ms} is negative; 0 does not wait"))
        .key_value("timeoutMs", super::class::zval(timeout_ms), None)
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
pub(crate) fn rethrow(exception: Zval) -> ext_php_rs::exception::PhpException {
    ext_php_rs::exception::PhpException::from_message(String::new()).with_object(exception)
}
