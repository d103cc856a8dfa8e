//! One server: protocol, correlation, health and events joined into a connection without a socket.
//!
//! The driver hands in what happened (`handle_*`, with the bytes and the time), then looks at what is to be done:
//! bytes to write ([`Connection::unwritten`]), the next deadline ([`Connection::next_deadline`]), and everything
//! that [`Effects`] collected. Nothing else happens between two calls.
//!
//! The parser and the rest are apart, because a frame is handled while it still lies in the parser's buffer.

mod addresses;
mod effects;
mod filters;
mod gap;
mod ingest;
mod lifecycle;
mod login;
mod resolving;
mod send;
mod server_version;
mod write_buffer;

pub use effects::{Effects, TickCounts, TransportRequest};
pub use gap::Gap;
pub use send::SendError;
pub use write_buffer::WriteBuffer;

use crate::cluster::ServerId;
use crate::config::{ClientOptions, ServerConfig};
use crate::correlation::{ActionIds, LossReason, PendingTable};
use crate::events::{Admission, DropCounts, EventQueue, Lane, QueuedEvent, Subscriptions};
use crate::health::{Backoff, Breaker, BreakerPolicy, CircuitState, ConnectionState, Heartbeat, Latency};
use crate::log::{Kind, LogValue, Record};
use crate::metrics::{Counters, Timings};
use crate::protocol::{Item, Parser, ParserLimits};
use crate::redact::{MAX_LINE, Redactor};
use crate::time::{Instant, Now};
use addresses::Addresses;
use core::net::SocketAddr;
use core::time::Duration;
use filters::Filters;
use gap::GapState;
use login::Step;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use server_version::ServerVersion;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So long after its return a server that was lost is not yet trusted as the others are: two rounds of the longest
/// backoff, in which one that comes and goes would have gone again.
const RECOVERY: Duration = Duration::from_secs(60);

/// What a connection needs to handle something.
#[derive(Debug)]
pub struct Context<'a> {
    /// The time.
    pub now: Now,
    /// Who listens.
    pub subscriptions: &'a Subscriptions,
    /// Where to put what comes of it.
    pub effects: &'a mut Effects,
}

/// Numbers that nobody can guess, from the driver's source of randomness.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// Makes the ids of this process's actions its own.
    pub instance: u64,
    /// Spreads reconnects.
    pub jitter: u64,
}

/// The connection to one server, over all its sessions.
#[derive(Debug)]
pub struct Connection {
    parser: Parser,
    session: Session,
}

/// Everything of a connection but the parser.
#[derive(Debug)]
struct Session {
    id: ServerId,
    config: Arc<ServerConfig>,
    options: Arc<ClientOptions>,
    addresses: Addresses,
    state: ConnectionState,
    since: Now,
    link: Link,
    step: Step,
    step_deadline: Option<Instant>,
    ids: ActionIds,
    pending: PendingTable,
    /// Commands of this session that have no answer yet, whether anybody still waits for it or not.
    commands: BTreeSet<u64>,
    write: WriteBuffer,
    admission: Admission,
    queue: EventQueue,
    backoff: Backoff,
    breaker: Breaker,
    heartbeat: Option<Heartbeat>,
    /// Pings without an answer; never more than `heartbeat_misses`.
    pings: Vec<u64>,
    latency: Latency,
    last_read: Instant,
    /// An action that silences the session got nothing in all its time: until something is read, no other such action
    /// excuses the silence.
    is_suspect: bool,
    last_attempt: Option<Instant>,
    ready_at: Instant,
    /// When the last session was lost, while there is no new one.
    lost_at: Option<Instant>,
    /// How long the attempt that is next was waited for.
    waited: Duration,
    /// `open()` was called while the old session said goodbye.
    reopen: bool,
    drop_log: DropLog,
    desync: DesyncWindow,
    banner: Option<Box<[u8]>>,
    version: ServerVersion,
    filters: Filters,
    last_loss: Option<LossReason>,
    gap: GapState,
    counters: Counters,
    losses: LossCounts,
    timings: Timings,
    rng: Xoshiro256PlusPlus,
}

/// How far the driver's socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// There is none and none is wanted.
    None,
    /// The driver looks up where it leads. That holds nothing on the server, and so is outside of the cluster's budget:
    /// names that nobody answers for must not keep other servers from connecting.
    Resolving,
    /// One is wanted as soon as the cluster's budget allows.
    Wanted,
    /// One is being opened or open.
    Held,
}

/// By the name of the reason: as many as there are reasons.
type LossCounts = BTreeMap<&'static str, u64>;

/// When the next summary of dropped events is due, and what it counts from.
#[derive(Debug, Default)]
struct DropLog {
    due: Option<Instant>,
    told: DropCounts,
}

/// Unreadable blocks within the current window.
#[derive(Debug, Default)]
struct DesyncWindow {
    began: Instant,
    count: u32,
}

impl Connection {
    /// A connection that is `Disconnected`. A name that comes with an `address` is never looked up.
    pub fn new(
        id: ServerId,
        config: Arc<ServerConfig>,
        options: Arc<ClientOptions>,
        address: Option<SocketAddr>,
        seed: Seed,
        now: Now,
    ) -> Self {
        let limits = ParserLimits { max_frame_size: options.max_frame_size, buffer_limit: options.parser_buffer_limit };
        let policy = BreakerPolicy {
            threshold: options.circuit_failure_threshold,
            cooldown: options.circuit_cooldown,
            probes: options.circuit_half_open_max_probes,
        };
        let session = Session {
            id,
            addresses: Addresses::new(&config, address),
            state: ConnectionState::Disconnected,
            since: now,
            link: Link::None,
            step: Step::Idle,
            step_deadline: None,
            ids: ActionIds::new(config.key.as_str(), seed.instance, options.max_action_id_length),
            pending: PendingTable::new(options.max_pending_actions, options.command_output_limit),
            commands: BTreeSet::new(),
            write: WriteBuffer::new(options.write_buffer_limit),
            admission: Admission::new(
                options.allowed_events.iter().map(AsRef::as_ref),
                options.blocked_events.iter().map(AsRef::as_ref),
            ),
            queue: EventQueue::new(options.event_queue_capacity, options.event_priorities.iter().map(AsRef::as_ref)),
            backoff: Backoff::new(options.backoff_min_ms, options.backoff_max_ms),
            breaker: Breaker::new(policy),
            heartbeat: None,
            pings: Vec::new(),
            latency: Latency::default(),
            last_read: now.instant,
            is_suspect: false,
            last_attempt: None,
            ready_at: now.instant,
            lost_at: None,
            waited: Duration::ZERO,
            reopen: false,
            drop_log: DropLog::default(),
            desync: DesyncWindow::default(),
            banner: None,
            version: ServerVersion::default(),
            filters: Filters::default(),
            last_loss: None,
            gap: GapState::default(),
            counters: Counters::default(),
            losses: LossCounts::default(),
            timings: Timings::default(),
            rng: Xoshiro256PlusPlus::seed_from_u64(seed.jitter),
            config,
            options,
        };
        Self { parser: Parser::new(limits), session }
    }

    // ---- inputs -------------------------------------------------------------------------------------------

    /// The socket that was asked for stands, and the driver begins the TLS handshake.
    pub fn handle_handshake(&mut self) {
        self.session.handshake();
    }

    /// The socket that was asked for stands, and TLS with it where that is configured.
    pub fn handle_connected(&mut self, cx: &mut Context<'_>) {
        self.parser.reset();
        self.session.connected(cx);
    }

    /// Room for the driver to read into, to be followed by [`Connection::handle_read`]. Empty when what was read
    /// before has to be parsed first.
    pub fn read_buffer(&mut self) -> &mut [u8] {
        self.parser.spare()
    }

    /// The driver read `count` bytes into [`Connection::read_buffer`].
    pub fn handle_read(&mut self, count: usize, cx: &mut Context<'_>) {
        let bytes = count as u64;
        self.parser.commit(count);
        self.session.counters.bytes_read += bytes;
        cx.effects.counts.bytes_read += bytes;
        self.session.last_read = cx.now.instant;
        self.session.is_suspect = false;
    }

    /// Parses and handles at most `frames` frames of what was read. Tells how many it handled; fewer than asked for
    /// means that nothing whole is left.
    pub fn parse(&mut self, frames: usize, cx: &mut Context<'_>) -> usize {
        let mut handled = 0;
        // Only a command is answered in the shape that swallows blank lines, and values can forge that shape.
        self.parser.expect_follows(!self.session.commands.is_empty());
        let is_logged = self.session.options.log_frames;
        while handled < frames && self.session.link == Link::Held {
            let Some(item) = self.parser.next() else { break };
            if is_logged {
                self.session.log_item(&item, cx);
            }
            self.session.on_item(item, cx);
            handled += 1;
        }
        if self.session.link != Link::Held {
            self.parser.reset();
        }
        handled
    }

    /// The driver's socket is at its end, or broke: `error` says how. Everything that was read is still handled.
    pub fn handle_end(&mut self, error: Option<&str>, cx: &mut Context<'_>) {
        self.handle_loss(error.map_or(LossReason::EndOfFile, |error| LossReason::Io(error.into())), cx);
    }

    /// The same for an end of another kind.
    pub fn handle_loss(&mut self, reason: LossReason, cx: &mut Context<'_>) {
        self.parse(usize::MAX, cx);
        if self.session.link != Link::Held {
            return;
        }
        if self.parser.buffered() > 0 {
            self.session.counters.frames_cut += 1;
        }
        self.session.lose(reason, cx);
        self.parser.reset();
    }

    /// A deadline may have passed.
    pub fn handle_timeout(&mut self, cx: &mut Context<'_>) {
        self.session.on_timeout(cx);
        if self.parser.is_in_follows() {
            self.session.give_up_commands();
        }
        // Heartbeats make this the rhythm in which the room of a past flood is given back.
        self.parser.shrink_if_idle();
        if self.session.link != Link::Held {
            self.parser.reset();
        }
    }

    /// The driver wrote the first `count` bytes of [`Connection::unwritten`].
    pub fn handle_written(&mut self, count: usize, cx: &mut Context<'_>) {
        let bytes = count as u64;
        self.session.write.advance(count);
        self.session.counters.bytes_written += bytes;
        cx.effects.counts.bytes_written += bytes;
    }

    /// The cluster's budget lets this connection try now.
    pub fn begin_attempt(&mut self, cx: &mut Context<'_>) {
        self.session.begin_attempt(cx);
    }

    /// Where the name of the host leads, as [`TransportRequest::Resolve`] asked, or why that is not known.
    pub fn handle_resolved(&mut self, found: Result<&[SocketAddr], &str>, cx: &mut Context<'_>) {
        self.session.resolved(found, cx);
    }

    // ---- commands -----------------------------------------------------------------------------------------

    /// Connects, unless it is at it already. Starts anew after `Fatal`, and cuts the wait of `Reconnecting` short.
    pub fn open(&mut self, cx: &mut Context<'_>) {
        self.session.open(cx);
    }

    /// Says goodbye: a session gets its Logoff and a moment to answer what it was asked.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        self.session.close(cx);
        if self.session.link != Link::Held {
            self.parser.reset();
        }
    }

    /// Ends at once: nothing more is written, what is pending fails.
    pub fn terminate(&mut self, cx: &mut Context<'_>) {
        self.session.terminate(cx);
        self.parser.reset();
    }

    // ---- outputs and getters ------------------------------------------------------------------------------

    /// What is to be written next.
    pub fn unwritten(&self) -> &[u8] {
        self.session.write.unwritten()
    }

    /// Takes the next event that waits for listeners, at the turn of a lane: see [`EventQueue::pop`].
    pub fn pop_event(&mut self, turn: Lane) -> Option<QueuedEvent> {
        let event = self.session.queue.pop(turn);
        self.session.counters.events_dispatched += u64::from(event.is_some());
        event
    }

    /// Takes the gap between the last session and the one that is ready, once: see [`Gap`]. `None` too while events of
    /// the last session still wait.
    pub fn take_gap(&mut self) -> Option<Gap> {
        self.session.take_gap()
    }

    /// Whether [`Connection::take_gap`] has one.
    pub fn has_gap_to_tell(&self) -> bool {
        self.session.has_gap_to_tell()
    }

    /// When [`Connection::handle_timeout`] is to be called.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.session.next_deadline()
    }

    /// Whether this connection waits for its turn to connect.
    pub fn wants_attempt(&self) -> bool {
        self.session.link == Link::Wanted
    }

    /// Whether this connection holds, or is about to hold, a session without a login on its server.
    pub fn is_logging_in(&self) -> bool {
        self.session.link == Link::Held && self.session.state.is_logging_in()
    }

    /// The state.
    pub const fn state(&self) -> ConnectionState {
        self.session.state
    }

    /// Since when.
    pub const fn since(&self) -> Now {
        self.session.since
    }

    /// The breaker's state.
    pub const fn circuit(&self) -> CircuitState {
        self.session.breaker.state()
    }

    /// Failed attempts since the last session.
    pub const fn failed_attempts(&self) -> u32 {
        if self.session.state.is_usable() { 0 } else { self.session.backoff.attempt() }
    }

    /// How long until the next attempt, while `Reconnecting`.
    pub fn retry_in(&self, now: Instant) -> Option<Duration> {
        let at = self.session.step_deadline.filter(|_| self.session.state == ConnectionState::Reconnecting)?;
        Some(at.since(now))
    }

    /// Why the last session or attempt ended.
    pub const fn last_loss(&self) -> Option<&LossReason> {
        self.session.last_loss.as_ref()
    }

    /// The server's configuration.
    pub const fn config(&self) -> &Arc<ServerConfig> {
        &self.session.config
    }

    /// The options in force for this server.
    pub const fn options(&self) -> &Arc<ClientOptions> {
        &self.session.options
    }

    /// Where the attempt or the session under way goes to.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.session.addresses.current()
    }

    /// What happened so far.
    pub const fn counters(&self) -> &Counters {
        &self.session.counters
    }

    /// Losses by the [names](LossReason::name) of their reasons.
    pub fn losses(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.session.losses.iter().map(|(&reason, &count)| (reason, count))
    }

    /// What was timed so far.
    pub const fn timings(&self) -> &Timings {
        &self.session.timings
    }

    /// Listeners of an event of this server took so long, so long after it was read.
    pub fn time_event(&mut self, lag: Duration, listeners: Duration) {
        self.session.timings.lag.observe(lag);
        self.session.timings.listeners.observe(listeners);
    }

    /// A callback that was called for this server threw.
    pub const fn count_listener_failure(&mut self) {
        self.session.counters.listener_failures += 1;
    }

    /// How long the oldest event that waits for listeners has waited.
    pub fn queue_age(&self, now: Instant) -> Option<Duration> {
        self.session.queue.oldest_read_at().map(|read_at| now.since(read_at))
    }

    /// Events given up by a full queue so far.
    pub const fn drops(&self) -> &DropCounts {
        self.session.queue.drops()
    }

    /// Events that wait for listeners.
    pub fn queued_events(&self) -> usize {
        self.session.queue.len()
    }

    /// Whether events of a lane wait for listeners.
    pub fn has_events(&self, lane: Lane) -> bool {
        self.session.queue.has(lane)
    }

    /// Bytes of the events that wait for listeners.
    pub const fn queued_bytes(&self) -> usize {
        self.session.queue.bytes()
    }

    /// Bytes of the answers that are not whole yet.
    pub const fn answer_bytes(&self) -> usize {
        self.session.pending.bytes()
    }

    /// Actions that wait for answers.
    pub fn pending_actions(&self) -> usize {
        self.session.pending.len()
    }

    /// How long this session's server takes to answer, as far as it was measured.
    pub fn latency(&self, now: Instant) -> Option<Duration> {
        self.session.latency.expected(now)
    }

    /// Whether the session is a new one after a loss, so that the next loss may be near.
    pub fn is_recovering(&self, now: Instant) -> bool {
        self.session.counters.losses > 0 && now.since(self.session.ready_at) < RECOVERY
    }

    /// Bytes that wait to be written.
    pub fn unwritten_len(&self) -> usize {
        self.session.write.len()
    }

    /// The `ActionID` of an action by its sequence number.
    pub fn action_id(&self, sequence: u64) -> Vec<u8> {
        self.session.ids.format(sequence)
    }

    /// Bytes that were read and not parsed.
    pub fn unparsed(&self) -> usize {
        self.parser.buffered()
    }

    /// Bytes of memory that the parser holds.
    pub fn parser_capacity(&self) -> usize {
        self.parser.capacity()
    }
}

impl Session {
    fn on_item(&mut self, item: Item<'_>, cx: &mut Context<'_>) {
        match item {
            Item::Banner(line) => self.on_banner(line, cx),
            Item::Frame(frame) => self.on_frame(frame, cx),
            Item::Oversized { bytes, action_id, .. } => self.on_oversized(bytes, action_id, cx),
            Item::Garbage(_) => self.on_garbage(cx),
        }
    }

    fn log(&self, kind: Kind, fields: Vec<(&'static str, LogValue)>, cx: &mut Context<'_>) {
        cx.effects.log.push(self.record(kind, fields, cx.now), cx.now.instant);
    }

    /// Tells something about one action.
    fn log_action(&self, sequence: u64, kind: Kind, fields: Vec<(&'static str, LogValue)>, cx: &mut Context<'_>) {
        let action_id = Some(self.ids.format(sequence).into_boxed_slice());
        cx.effects.log.push(Record { action_id, ..self.record(kind, fields, cx.now) }, cx.now.instant);
    }

    fn record(&self, kind: Kind, fields: Vec<(&'static str, LogValue)>, now: Now) -> Record {
        Record {
            kind,
            server: Some(self.id),
            action_id: None,
            queue_depth: Some(self.queue.len()),
            at: now.wall,
            fields,
        }
    }

    /// Tells what was received.
    #[cold]
    fn log_item(&self, item: &Item<'_>, cx: &mut Context<'_>) {
        let (bytes, action_id) = match item {
            Item::Banner(line) => (*line, None),
            Item::Frame(frame) => (frame.bytes(), frame.action_id()),
            // What is thrown away as it arrives is nowhere to be shown; it has a record of its own.
            Item::Oversized { .. } => return,
            Item::Garbage(bytes) => (*bytes, None),
        };
        self.log_payload(Kind::FrameReceived, bytes, action_id, cx);
    }

    /// Tells what was received or is to be written.
    fn log_payload(&self, kind: Kind, bytes: &[u8], action_id: Option<&[u8]>, cx: &mut Context<'_>) {
        let now = cx.now;
        let record = |redactor: &Redactor| Record {
            // One that a server made up may be as long as a frame.
            action_id: action_id.filter(|id| id.len() <= MAX_LINE).map(Into::into),
            ..self.record(kind, vec![("bytes", bytes.len().into()), ("payload", redactor.payload(bytes).into())], now)
        };
        cx.effects.log.push_payload(record, kind, self.id, now.instant);
    }

    fn enter(&mut self, state: ConnectionState, now: Now) {
        self.state = state;
        self.since = now;
    }
}
