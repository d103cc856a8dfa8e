//! The tick.

mod opening;
mod shared;

use crate::background::Leave;
use crate::clock::Clock;
use crate::link::{Link, PAUSE};
use crate::memory::Gauge;
use crate::resolve::Resolver;
use crate::tls::Profiles;
use crate::token::{self, MAX_SERVERS};
use crate::transport::{ReadOutcome, WriteOutcome};
use ami_core::cluster::{Cluster, DuplicateKey, ServerId};
use ami_core::config::{ClientOptions, ConfigError, ServerConfig};
use ami_core::connection::Seed;
use ami_core::correlation::LossReason;
use ami_core::time::{Instant, Now, UnixMicros};
use mio::{Events, Poll, Waker};
use rand::{RngExt, rng};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use thiserror::Error;

/// A tick waits no longer than this, so that signals and other work get their turn.
pub const MAX_WAIT: Duration = Duration::from_millis(250);

/// Readiness taken from the kernel at once; more is told by the next tick.
const READINESS_A_POLL: usize = 1_024;

/// So long a wait stays awake when an answer is expected soon. Falling asleep and being woken takes some 30 us of a call to
/// a server of the same machine or rack; a server that takes longer costs no more than this.
const EAGERNESS: Duration = Duration::from_micros(50);

/// How long deadlines of a server may wait for what has arrived of it and is not yet read.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a tick came to, besides the counts of the cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// A signal ended the wait.
    pub interrupted: bool,
    /// When its wait was over and its work began.
    pub woke: Instant,
}

/// Why a server was not added.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AddError {
    /// There is one with its key, or there are too many.
    #[error(transparent)]
    Key(#[from] DuplicateKey),
    /// What its `tls` names cannot be used: a file that is not there, or holds something else.
    #[error(transparent)]
    Tls(#[from] ConfigError),
}

/// A cluster and its sockets.
#[derive(Debug)]
pub struct Reactor {
    pub(crate) poll: Poll,
    /// Wakes loops that watch the poll; none while nobody does.
    pub(crate) bell: Option<Arc<Waker>>,
    events: Events,
    clock: Clock,
    cluster: Cluster,
    links: Vec<Link>,
    profiles: Profiles,
    pub(crate) resolver: Resolver,
    /// Made where there is a `memory_limit`.
    memory: Option<Gauge>,
    /// Servers with bytes in the socket or in the parser, in turn.
    readable: VecDeque<ServerId>,
    /// Servers whose bytes wait for the end of a grace.
    held_back: Vec<ServerId>,
    /// Counts pauses between ticks.
    pauses: u64,
    last_tick: Instant,
    /// The next wait is for an answer that may come at once.
    is_eager: bool,
    /// Whether there is a processor for the server's side while this one stays awake.
    may_be_eager: bool,
    /// Tells when to leave work for later; only where a thread shares this with the application.
    leave: Option<Arc<Leave>>,
}

/// Whether a deadline has to wait because the answer may lie in what has not been read.
fn is_deferred(links: &[Link], now: Instant, id: ServerId, due: Instant) -> bool {
    now.since(due) < PATIENCE && link(links, id).is_some_and(|link| link.is_listed)
}

/// The link of a server that is still there: its place may be another's by now.
fn link(links: &[Link], id: ServerId) -> Option<&Link> {
    links.get(id.index()).filter(|link| link.id == id)
}

fn link_mut(links: &mut [Link], id: ServerId) -> Option<&mut Link> {
    links.get_mut(id.index()).filter(|link| link.id == id)
}

impl Reactor {
    /// A reactor without servers.
    pub fn new(options: Arc<ClientOptions>) -> io::Result<Self> {
        // Forked workers must not make the same ids: a generator of the parent would go on alike in each of them.
        rng().reseed().map_err(io::Error::other)?;
        let clock = Clock::default();
        let last_tick = clock.now().instant;
        let memory = (options.memory_limit > 0).then(Gauge::default);
        Ok(Self {
            poll: Poll::new()?,
            bell: None,
            events: Events::with_capacity(READINESS_A_POLL),
            clock,
            cluster: Cluster::new(options),
            links: Vec::new(),
            profiles: Profiles::default(),
            resolver: Resolver::default(),
            memory,
            readable: VecDeque::new(),
            held_back: Vec::new(),
            pauses: 0,
            last_tick,
            is_eager: false,
            may_be_eager: available_parallelism().is_ok_and(|processors| processors.get() > 1),
            leave: None,
        })
    }

    /// Adds a server. `options` are those in force for it. The files that its `tls` names are read now; the name of its
    /// host is looked up before it is connected to, unless its `address` is given.
    pub fn add(
        &mut self,
        config: Arc<ServerConfig>,
        options: Arc<ClientOptions>,
        address: Option<SocketAddr>,
    ) -> Result<ServerId, AddError> {
        if self.cluster.len() >= MAX_SERVERS {
            return Err(DuplicateKey(config.key.clone()).into());
        }
        let tls = self.profiles.of(&config)?;
        let mut random = rng();
        let seed = Seed { instance: random.random(), jitter: random.random() };
        let id = self.cluster.add(config, options, address, seed, self.clock.now())?;
        match self.links.get_mut(id.index()) {
            None => self.links.push(Link::new(id, 0, tls)),
            Some(link) => {
                // Whoever had the place may have been removed since the last tick, and its socket not be closed yet.
                if let Some(mut transport) = link.transport.take() {
                    transport.close(self.poll.registry());
                }
                *link = Link::new(id, link.generation, tls);
            }
        }
        Ok(id)
    }

    /// The cluster, to look at.
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The cluster, to command. What is queued goes out with the next tick.
    pub const fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// The time.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// The time by the monotonic clock alone.
    pub fn instant(&self) -> Instant {
        self.clock.instant()
    }

    /// The clock, to look at.
    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time by the wall clock alone.
    pub fn wall(&self) -> UnixMicros {
        self.clock.wall()
    }

    /// The clock.
    pub const fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// How long a driver may wait before the next tick is due, when no socket becomes ready. `None`: for ever.
    pub fn until_due(&self) -> Option<Duration> {
        if self.has_work(None) || self.cluster.has_output() {
            return Some(Duration::ZERO);
        }
        let deadline = self.cluster.next_deadline().into_iter().chain(self.next_grace_end()).min()?;
        Some(deadline.since(self.clock.now().instant))
    }

    fn next_grace_end(&self) -> Option<Instant> {
        let links = self.held_back.iter().filter_map(|&id| link(&self.links, id));
        links.filter_map(|link| link.grace_end(self.pauses)).min()
    }

    /// Does everything that can be done now for all servers, or reads of one only, after waiting at most `timeout`
    /// (and [`MAX_WAIT`]) for something to do.
    pub fn tick(&mut self, timeout: Duration, only: Option<ServerId>) -> io::Result<Ticked> {
        self.cluster.begin_dispatch();
        self.work(timeout, only)
    }

    /// A tick that does not begin a dispatch of events.
    pub(crate) fn work(&mut self, timeout: Duration, only: Option<ServerId>) -> io::Result<Ticked> {
        let mut now = self.clock.now();
        if now.instant.since(self.last_tick) > PAUSE {
            self.pauses += 1;
        }
        self.end_lease(now);
        self.cluster.renew_attempts();
        self.begin_attempts(now);
        self.flush_writers(now);

        let wait = if self.has_work(only) { Duration::ZERO } else { self.wait_at_most(timeout, now.instant) };
        let interrupted = self.wait(wait)?;
        if !wait.is_zero() {
            now = self.clock.now();
            // Before anything is read: a process that was stopped meanwhile has no right to it any more.
            self.end_lease(now);
        }
        self.take_answers(now);
        self.take_readiness(now);
        self.read(only, now);
        self.flush_held_back(now);
        self.expire(now);
        self.watch_memory(now);
        self.begin_attempts(now);
        self.flush_writers(now);
        self.last_tick = self.clock.instant();
        Ok(Ticked { interrupted, woke: now.instant })
    }

    /// Whether the memory of the process cannot be measured here, although there is a limit: then
    /// [`Reactor::tell_memory`] is to be called before each tick.
    pub fn needs_memory(&self) -> bool {
        self.memory.as_ref().is_some_and(|memory| memory.is_blind)
    }

    /// The host of this library says how much memory it has.
    pub const fn tell_memory(&mut self, bytes: u64) {
        if let Some(memory) = &mut self.memory {
            memory.told = bytes;
        }
    }

    /// Measures the memory of the process by this from now on, where there is a limit.
    pub fn set_memory(&mut self, measure: impl Fn() -> Option<u64> + Send + 'static) {
        if let Some(memory) = &mut self.memory {
            *memory = Gauge::new(Box::new(measure));
        }
    }

    /// Opens and closes the sockets that commands asked for, without waiting for the next tick.
    pub fn release(&mut self) {
        self.carry_out(self.clock.now());
    }

    /// Whether a tick would find something to do without waiting.
    fn has_work(&self, only: Option<ServerId>) -> bool {
        let reads_or_events = match only {
            None => !self.readable.is_empty() || self.cluster.has_events(),
            Some(id) => {
                link(&self.links, id).is_some_and(|link| link.is_listed)
                    || self.cluster.connection(id).is_some_and(|connection| connection.queued_events() > 0)
            }
        };
        reads_or_events || self.cluster.has_news(only) || self.cluster.has_attempts_to_begin()
    }

    fn wait_at_most(&self, timeout: Duration, now: Instant) -> Duration {
        let timeout = timeout.min(MAX_WAIT);
        let deadline = self.cluster.next_deadline_except(|id, due| is_deferred(&self.links, now, id, due));
        let deadline = deadline.into_iter().chain(self.next_grace_end()).min();
        deadline.map_or(timeout, |deadline| timeout.min(deadline.since(now)))
    }

    /// The next tick waits for an answer to what was just sent: it stays awake for a moment before it falls asleep.
    pub(crate) const fn expect_answer(&mut self) {
        self.is_eager = self.may_be_eager;
    }

    /// Tells whether a signal ended the wait.
    fn wait(&mut self, timeout: Duration) -> io::Result<bool> {
        if core::mem::take(&mut self.is_eager) && !timeout.is_zero() {
            let until = self.clock.instant() + timeout.min(EAGERNESS);
            while self.clock.instant() < until {
                let interrupted = self.look(Duration::ZERO)?;
                if interrupted || !self.events.is_empty() {
                    return Ok(interrupted);
                }
            }
        }
        self.look(timeout)
    }

    fn look(&mut self, timeout: Duration) -> io::Result<bool> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Ok(()) => Ok(false),
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                self.events.clear();
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    fn take_readiness(&mut self, now: Now) {
        let (mut connecting, mut writable) = (Vec::new(), Vec::new());
        for event in &self.events {
            let (place, generation) = token::unpack(event.token());
            let Some(link) = self.links.get_mut(place).filter(|link| link.generation == generation) else {
                continue;
            };
            let id = link.id;
            let is_readable = event.is_readable() || event.is_read_closed() || event.is_error();
            let Some(transport) = link.transport.as_mut() else { continue };
            if is_readable {
                transport.note_readable();
            }
            let tcp = transport.tcp_mut();
            if !tcp.is_open {
                connecting.push(id);
            }
            tcp.read_closed |= event.is_read_closed() || event.is_error();
            if event.is_writable() {
                tcp.is_full = false;
                writable.push(id);
            }
            if is_readable && !link.is_listed {
                link.is_listed = true;
                self.readable.push_back(id);
            }
        }
        for id in connecting {
            self.confirm(id, now);
            self.shake_hands(id, now);
        }
        // Sockets that were full and are not any more have bytes waiting for them.
        for id in writable {
            self.shake_hands(id, now);
            self.flush(id, now);
        }
    }

    /// Notes that there is something to read.
    fn list(&mut self, id: ServerId) {
        if let Some(link) = link_mut(&mut self.links, id).filter(|link| !link.is_listed) {
            link.is_listed = true;
            self.readable.push_back(id);
        }
    }

    /// Reads each server that is readable once, within its budget; what is left is for the next tick.
    fn read(&mut self, only: Option<ServerId>, now: Now) {
        for _ in 0..self.readable.len() {
            let Some(id) = self.readable.pop_front() else { break };
            let is_wanted = only.is_none_or(|wanted| wanted == id);
            let is_drained = is_wanted && self.read_one(id, now);
            let Some(link) = link_mut(&mut self.links, id) else { continue };
            link.is_listed = !is_drained && link.transport.is_some();
            if link.is_listed {
                self.readable.push_back(id);
            }
            if is_wanted {
                if is_drained {
                    link.found_empty(self.pauses, now.instant);
                } else {
                    link.found_more();
                }
                self.flush(id, now);
            }
            if self.is_to_leave() {
                break;
            }
        }
    }

    /// Tells whether everything that had arrived was handled.
    fn read_one(&mut self, id: ServerId, now: Now) -> bool {
        if let Some(is_drained) = self.shake_hands(id, now) {
            return is_drained;
        }
        let Some(connection) = self.cluster.connection(id) else { return true };
        let mut bytes = connection.options().max_bytes_read_per_tick;
        let mut frames = connection.options().max_frames_per_tick;
        if connection.unparsed() > 0 {
            let (handled, is_whole) = self.handle_read(id, 0, frames, now);
            frames = frames.saturating_sub(handled);
            if !is_whole {
                return false;
            }
        }
        loop {
            if bytes == 0 || frames == 0 {
                return false;
            }
            let Some(link) = link_mut(&mut self.links, id) else { return true };
            let Some(transport) = link.transport.as_mut().filter(|transport| transport.is_open()) else { return true };
            let buffer = self.cluster.read_buffer(id);
            let room = buffer.len().min(bytes);
            let Some(buffer) = buffer.get_mut(..room).filter(|buffer| !buffer.is_empty()) else { return false };
            let lost = match transport.read(buffer) {
                ReadOutcome::Bytes(count, is_empty) => {
                    bytes -= count;
                    link.count_read(count, self.pauses);
                    let (handled, is_whole) = self.handle_read(id, count, frames, now);
                    frames = frames.saturating_sub(handled);
                    if is_empty && is_whole && frames > 0 {
                        return true;
                    }
                    if !is_whole || self.is_to_leave() {
                        return false;
                    }
                    continue;
                }
                ReadOutcome::Empty => return true,
                ReadOutcome::Unread => return false,
                ReadOutcome::End => LossReason::EndOfFile,
                ReadOutcome::Broken(error) => LossReason::Io(error.to_string().into()),
                ReadOutcome::Failed(failure) => LossReason::Tls(failure),
            };
            self.cluster.handle_loss(id, lost, now);
            self.carry_out(now);
            return true;
        }
    }

    /// Handles what was read: how many messages, and whether it went on to the end or to the budget.
    fn handle_read(&mut self, id: ServerId, count: usize, frames: usize, now: Now) -> (usize, bool) {
        if self.leave.is_none() {
            let handled = self.cluster.handle_read(id, count, frames, now);
            self.carry_out(now);
            return (handled, true);
        }
        self.handle_in_slices(id, count, frames, now)
    }

    fn end_lease(&mut self, now: Now) {
        if self.cluster.end_lease(now) {
            self.carry_out(now);
        }
    }

    fn expire(&mut self, now: Now) {
        let links = &self.links;
        self.cluster.handle_timeouts(now, |id, due| is_deferred(links, now.instant, id, due));
        self.carry_out(now);
    }

    fn watch_memory(&mut self, now: Now) {
        if let Some(memory) = &self.memory
            && self.cluster.memory_due().is_some_and(|due| due <= now.instant)
        {
            let used = memory.read(|| self.cluster.held().total());
            self.cluster.handle_memory(used, now);
            self.carry_out(now);
        }
    }

    fn begin_attempts(&mut self, now: Now) {
        self.cluster.begin_attempts(now);
        self.carry_out(now);
    }

    fn flush_writers(&mut self, now: Now) {
        while let Some(id) = self.cluster.take_writer() {
            self.flush(id, now);
        }
        self.carry_out(now);
    }

    /// Writes to those that stayed empty until their grace was over.
    fn flush_held_back(&mut self, now: Now) {
        for id in core::mem::take(&mut self.held_back) {
            if let Some(link) = link_mut(&mut self.links, id).filter(|link| !link.is_listed) {
                if link.grace_end(self.pauses).is_some() {
                    link.found_empty(self.pauses, now.instant);
                }
                self.flush(id, now);
            }
        }
    }

    /// Writes what the socket takes.
    fn flush(&mut self, id: ServerId, now: Now) {
        loop {
            let Some(connection) = self.cluster.connection(id) else { return };
            let bytes = connection.unwritten();
            let Some(link) = link_mut(&mut self.links, id) else { return };
            let Some(transport) = &link.transport else { return };
            if bytes.is_empty() && !transport.has_unsent() {
                return;
            }
            if !transport.is_open() || transport.tcp().is_full {
                return;
            }
            if !link.may_write(self.pauses) {
                if link.grace_end(self.pauses).is_none() {
                    self.list(id);
                } else if !self.held_back.contains(&id) {
                    self.held_back.push(id);
                }
                return;
            }
            let Some(transport) = &mut link.transport else { return };
            match transport.write(bytes) {
                WriteOutcome::Bytes(count) => self.cluster.handle_written(id, count, now),
                WriteOutcome::Full => return,
                WriteOutcome::Broken => {
                    // Reading tells why, after what had still arrived.
                    transport.tcp_mut().read_closed = true;
                    self.list(id);
                    return;
                }
            }
        }
    }
}
