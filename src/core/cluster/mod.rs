//! Many connections in one process.
//!
//! Costs follow what happens, never how many servers there are: deadlines are in one ordered set, and the
//! connections that want to connect, to write or to hand on events stand in lists of their own.

mod dispatch;
mod lease;
mod memory;
mod ready;
mod registry;
mod removal;
mod routing;

pub use memory::{Held, MemoryExceeded};
pub use registry::{DuplicateKey, ServerId};
pub use removal::{Gone, RemovedTotals};
pub use routing::{Candidates, Load, Routing};

use crate::config::{ClientOptions, ServerConfig};
use crate::connection::{Connection, Context, Effects, Seed, SendError, TickCounts};
use crate::correlation::{Completion, Judgement, LossReason, Question};
use crate::events::{NewSubscription, SubscriptionId, Subscriptions, TooManySubscriptions};
use crate::health::ConnectionState;
use crate::log::LogRing;
use crate::metrics::{Histogram, TICK_DURATION};
use crate::protocol::Action;
use crate::redact::Redactor;
use crate::time::{Instant, Now};
use core::net::SocketAddr;
use core::time::Duration;
use dispatch::DispatchList;
use memory::MemoryWatch;
use ready::ReadyList;
use registry::Registry;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// All servers of one client.
#[derive(Debug)]
pub struct Cluster {
    options: Arc<ClientOptions>,
    registry: Registry,
    subscriptions: Subscriptions,
    effects: Effects,
    timers: BTreeSet<(Instant, ServerId)>,
    waiting: VecDeque<ServerId>,
    logging_in: usize,
    writers: VecDeque<ServerId>,
    dispatch: DispatchList,
    /// Servers with a gap to tell.
    gaps: VecDeque<ServerId>,
    /// Attempts that may still begin in this tick.
    attempts_left: usize,
    /// Servers that are told what is wanted of them.
    filtering: Vec<ServerId>,
    /// Which [`Subscriptions::changes`] they know.
    told_changes: u64,
    ready: ReadyList,
    removed: RemovedTotals,
    gone_untold: u64,
    memory: MemoryWatch,
    /// Until when connections may live.
    lease: Option<Instant>,
    /// Servers that are neither `Disconnected` nor `Fatal`.
    open_servers: usize,
    ticks: Histogram,
    state_changes: u64,
}

impl Cluster {
    /// A cluster without servers. Of the options, the process-wide ones count here.
    pub fn new(options: Arc<ClientOptions>) -> Self {
        let redactor =
            Redactor::new(&options.redaction_keys, &options.redaction_key_patterns, &options.redaction_value_patterns);
        Self {
            options,
            registry: Registry::default(),
            subscriptions: Subscriptions::default(),
            effects: Effects { log: LogRing::new(Arc::new(redactor)), ..Effects::default() },
            timers: BTreeSet::new(),
            waiting: VecDeque::new(),
            logging_in: 0,
            writers: VecDeque::new(),
            dispatch: DispatchList::default(),
            gaps: VecDeque::new(),
            attempts_left: 0,
            filtering: Vec::new(),
            told_changes: 0,
            ready: ReadyList::default(),
            removed: RemovedTotals::default(),
            gone_untold: 0,
            memory: MemoryWatch::default(),
            lease: None,
            open_servers: 0,
            ticks: Histogram::new(&TICK_DURATION),
            state_changes: 0,
        }
    }

    // ---- servers ------------------------------------------------------------------------------------------

    /// Adds a server, which stays `Disconnected`. `options` are those in force for it.
    pub fn add(
        &mut self,
        config: Arc<ServerConfig>,
        options: Arc<ClientOptions>,
        address: Option<SocketAddr>,
        seed: Seed,
        now: Now,
    ) -> Result<ServerId, DuplicateKey> {
        let is_filtering = options.push_filters;
        let id =
            self.registry.add(config.key.clone(), |id| Connection::new(id, config, options, address, seed, now))?;
        if is_filtering {
            self.filtering.push(id);
        }
        Ok(id)
    }

    /// The server with that key.
    pub fn id(&self, key: &str) -> Option<ServerId> {
        self.registry.id(key)
    }

    /// One connection.
    pub fn connection(&self, id: ServerId) -> Option<&Connection> {
        self.registry.get(id)
    }

    /// The server that has that [place](ServerId::index).
    pub fn at(&self, index: usize) -> Option<ServerId> {
        self.registry.at(index)
    }

    /// How many servers there are, those that are leaving counted.
    pub const fn len(&self) -> usize {
        self.registry.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.registry.len() == 0
    }

    /// All servers, in the order in which they were added, without those that were removed.
    pub fn iter(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        self.registry.iter()
    }

    /// The process-wide options.
    pub const fn options(&self) -> &Arc<ClientOptions> {
        &self.options
    }

    // ---- commands -----------------------------------------------------------------------------------------

    /// Connects one server, unless it was removed, the client [shuts down](Cluster::shutdown), or its
    /// [lease](Cluster::set_lease) is over.
    pub fn open(&mut self, id: ServerId, now: Now) {
        if self.contains(id) && self.shutdown().is_none() && !self.is_lease_over(now) {
            self.with(id, now, Connection::open);
        }
    }

    /// Says goodbye to one server.
    pub fn close(&mut self, id: ServerId, now: Now) {
        self.with(id, now, Connection::close);
    }

    /// Ends the connection to one server at once.
    pub fn terminate(&mut self, id: ServerId, now: Now) {
        self.with(id, now, Connection::terminate);
    }

    /// Queues an action for one server. `None` when there is no such server.
    pub fn send(
        &mut self,
        id: ServerId,
        action: &Action,
        completion: Completion,
        now: Now,
    ) -> Option<Result<u64, SendError>> {
        let shutdown = self.shutdown();
        self.with(id, now, |connection, cx| match shutdown {
            None => connection.send(action, completion, cx),
            Some(exceeded) => Err(connection.refuse(exceeded)),
        })
    }

    /// The driver refused an action for a server by itself.
    pub fn count_refusal(&mut self, id: ServerId) {
        if let Some(connection) = self.registry.get_mut(id) {
            connection.count_refusal();
        }
    }

    /// Says what a message from [`Effects::questions`] means to its action.
    pub fn judge(&mut self, id: ServerId, question: Question, judgement: Judgement, now: Now) {
        self.with(id, now, |connection, cx| connection.judge(question, judgement, cx));
    }

    /// Gives up an action. Tells whether it was waiting.
    pub fn cancel(&mut self, id: ServerId, sequence: u64, now: Now) -> bool {
        self.with(id, now, |connection, cx| connection.cancel(sequence, cx)).unwrap_or_default()
    }

    /// Has a server asked for its version, if it was not in this session; see [`Connection::asterisk_version`].
    pub fn want_version(&mut self, id: ServerId, now: Now) {
        self.with(id, now, Connection::want_version);
    }

    /// Subscribes to events.
    pub fn subscribe(&mut self, new: NewSubscription) -> Result<SubscriptionId, TooManySubscriptions> {
        self.subscriptions.add(new)
    }

    /// Ends a subscription. Tells whether it was there.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> bool {
        self.subscriptions.remove(id)
    }

    /// Who listens.
    pub const fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }

    // ---- inputs -------------------------------------------------------------------------------------------

    /// Where the name of a server's host leads, of whatever port, or the resolver's words on why that is not known.
    pub fn handle_resolved(&mut self, id: ServerId, found: Result<&[SocketAddr], &str>, now: Now) {
        self.with(id, now, |connection, cx| connection.handle_resolved(found, cx));
    }

    /// The socket of a server stands, and its TLS handshake begins.
    pub fn handle_handshake(&mut self, id: ServerId, now: Now) {
        self.with(id, now, |connection, _| connection.handle_handshake());
    }

    /// The socket of a server stands, and TLS with it where that is configured.
    pub fn handle_connected(&mut self, id: ServerId, now: Now) {
        self.with(id, now, Connection::handle_connected);
    }

    /// Room to read bytes of a server into, to be followed by [`Cluster::handle_read`].
    pub fn read_buffer(&mut self, id: ServerId) -> &mut [u8] {
        self.registry.get_mut(id).map_or_else(Default::default, Connection::read_buffer)
    }

    /// `count` bytes were read into [`Cluster::read_buffer`]; at most `frames` of them are handled now. Tells how
    /// many were: fewer means that nothing whole is left.
    pub fn handle_read(&mut self, id: ServerId, count: usize, frames: usize, now: Now) -> usize {
        let handled = self.with(id, now, |connection, cx| {
            if count > 0 {
                connection.handle_read(count, cx);
            }
            connection.parse(frames, cx)
        });
        handled.unwrap_or_default()
    }

    /// The socket of a server is at its end, or broke.
    pub fn handle_end(&mut self, id: ServerId, error: Option<&str>, now: Now) {
        self.with(id, now, |connection, cx| connection.handle_end(error, cx));
    }

    /// The connection to a server ended for a reason of the transport's.
    pub fn handle_loss(&mut self, id: ServerId, reason: LossReason, now: Now) {
        self.with(id, now, |connection, cx| connection.handle_loss(reason, cx));
    }

    /// The first `count` bytes of [`Connection::unwritten`] were written.
    pub fn handle_written(&mut self, id: ServerId, count: usize, now: Now) {
        self.with(id, now, |connection, cx| connection.handle_written(count, cx));
    }

    /// The driver timed an event of a server; see [`Sampler`](crate::metrics::Sampler).
    pub fn time_event(&mut self, id: ServerId, lag: Duration, listeners: Duration) {
        if let Some(connection) = self.registry.get_mut(id) {
            connection.time_event(lag, listeners);
        }
    }

    /// A tick of the driver worked for so long.
    pub fn time_tick(&mut self, duration: Duration) {
        self.ticks.observe(duration);
    }

    /// A callback that the driver called for a server threw.
    pub fn count_listener_failure(&mut self, id: ServerId) {
        if let Some(connection) = self.registry.get_mut(id) {
            connection.count_listener_failure();
        }
    }

    /// Time has passed. Deadlines for which `skip` holds are left for later: the answers may lie in what has not
    /// been read yet.
    pub fn handle_timeouts(&mut self, now: Now, skip: impl Fn(ServerId, Instant) -> bool) {
        self.push_filters(now);
        self.effects.log.handle_timeout(now);
        let overdue = self.timers.range(..=(now.instant, ServerId::LAST));
        let due: Vec<ServerId> = overdue.filter(|&&(at, id)| !skip(id, at)).map(|&(_, id)| id).collect();
        for id in due {
            self.with(id, now, Connection::handle_timeout);
        }
    }

    /// Tells servers that want to know what listeners came and went, all of them since the last time at once.
    fn push_filters(&mut self, now: Now) {
        if self.has_untold_changes() {
            self.told_changes = self.subscriptions.changes();
            let filtering = core::mem::take(&mut self.filtering);
            for &id in &filtering {
                self.with(id, now, Connection::push_filters);
            }
            self.filtering = filtering;
        }
    }

    fn has_untold_changes(&self) -> bool {
        !self.filtering.is_empty() && self.told_changes != self.subscriptions.changes()
    }

    /// Lets connections that wait for it begin, in the order in which they came, within the budgets of attempts in
    /// one tick and of logins under way.
    pub fn begin_attempts(&mut self, now: Now) {
        while self.attempts_left > 0 && self.logging_in < self.options.max_connecting {
            let Some(id) = self.waiting.pop_front() else { break };
            let Some(slot) = self.registry.slot_mut(id) else { continue };
            slot.is_waiting = false;
            // One that was closed while it waited uses up no budget.
            if slot.connection.wants_attempt() {
                self.attempts_left -= 1;
                self.with(id, now, Connection::begin_attempt);
            }
        }
    }

    // ---- outputs ------------------------------------------------------------------------------------------

    /// When [`Cluster::handle_timeouts`] is to be called, [`Cluster::handle_memory`], or [`Cluster::end_lease`].
    pub fn next_deadline(&self) -> Option<Instant> {
        self.next_deadline_except(|_, _| false)
    }

    /// The same for a driver that skips some deadlines.
    pub fn next_deadline_except(&self, skip: impl Fn(ServerId, Instant) -> bool) -> Option<Instant> {
        if self.has_untold_changes() {
            return Some(Instant::default());
        }
        let due = self.timers.iter().find(|&&(at, id)| !skip(id, at)).map(|&(at, _)| at);
        due.into_iter().chain(self.memory_due()).chain(self.lease_due()).chain(self.effects.log.due()).min()
    }

    /// How long ticks worked.
    pub const fn ticks(&self) -> &Histogram {
        &self.ticks
    }

    /// Whether sockets are to be opened, closed or written to.
    pub fn has_output(&self) -> bool {
        !self.writers.is_empty() || !self.effects.requests.is_empty()
    }

    /// Whether a connection waits for its turn and the budget has room.
    pub fn has_attempts_to_begin(&self) -> bool {
        !self.waiting.is_empty() && self.logging_in < self.options.max_connecting
    }

    /// Whether there is something to tell besides events: actions that have ended, messages to judge, and gaps, of any
    /// server or of one.
    pub fn has_news(&self, only: Option<ServerId>) -> bool {
        !self.effects.settled.is_empty() || !self.effects.questions.is_empty() || self.has_gap(only)
    }

    /// Whether [`Cluster::pop_gap`] may have one.
    pub fn has_gap(&self, only: Option<ServerId>) -> bool {
        only.map_or(!self.gaps.is_empty(), |id| self.gaps.contains(&id))
    }

    /// How often a server has changed its state: whoever waits for one looks again when this is another number.
    pub const fn state_changes(&self) -> u64 {
        self.state_changes
    }

    /// Whether log records wait for somebody to take them.
    pub fn has_records(&self) -> bool {
        !self.effects.log.is_empty()
    }

    /// Everything that came about.
    pub const fn effects(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// Takes the counts of what happened since the last call.
    pub fn take_counts(&mut self) -> TickCounts {
        core::mem::take(&mut self.effects.counts)
    }

    /// Takes a server that has got bytes to write. It comes up again when it gets more.
    pub fn take_writer(&mut self) -> Option<ServerId> {
        let id = self.writers.pop_front()?;
        if let Some(slot) = self.registry.slot_mut(id) {
            slot.is_writer = false;
        }
        Some(id)
    }

    /// Does something to a connection and notes what it wants afterwards.
    fn with<R>(
        &mut self,
        id: ServerId,
        now: Now,
        act: impl FnOnce(&mut Connection, &mut Context<'_>) -> R,
    ) -> Option<R> {
        let slot = self.registry.slot_mut(id)?;
        let (unwritten, state) = (slot.connection.unwritten_len(), slot.connection.state());
        let mut cx = Context { now, subscriptions: &self.subscriptions, effects: &mut self.effects };
        let result = act(&mut slot.connection, &mut cx);
        let connection = &slot.connection;

        let deadline = connection.next_deadline();
        if deadline != slot.deadline {
            if let Some(old) = slot.deadline {
                self.timers.remove(&(old, id));
            }
            if let Some(new) = deadline {
                self.timers.insert((new, id));
            }
            slot.deadline = deadline;
        }
        if connection.wants_attempt() && !slot.is_waiting {
            slot.is_waiting = true;
            self.waiting.push_back(id);
        }
        if connection.unwritten_len() > unwritten && !slot.is_writer {
            slot.is_writer = true;
            self.writers.push_back(id);
        }
        if connection.is_logging_in() != slot.is_logging_in {
            slot.is_logging_in = !slot.is_logging_in;
            self.logging_in = if slot.is_logging_in { self.logging_in + 1 } else { self.logging_in.saturating_sub(1) };
        }
        self.dispatch.note(id, connection, &mut slot.dispatch);
        let is_open = !matches!(connection.state(), ConnectionState::Disconnected | ConnectionState::Fatal);
        if is_open != slot.is_open {
            slot.is_open = is_open;
            self.open_servers = if is_open { self.open_servers + 1 } else { self.open_servers.saturating_sub(1) };
        }
        self.state_changes += u64::from(connection.state() != state);
        let is_ready = connection.state() == ConnectionState::Ready && !slot.is_leaving;
        if is_ready != slot.is_ready {
            slot.is_ready = is_ready;
            self.ready.set(slot.serial, id, is_ready);
        }
        slot.note_gap(id, &mut self.gaps);
        if slot.is_leaving {
            self.release_if_over(id);
        }
        Some(result)
    }
}
