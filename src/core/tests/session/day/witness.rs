//! What must hold after every step, told from outside: from the sockets that were asked for, from the bytes that servers
//! read and said, and from what came out.

use super::{Day, Meaning, SERVERS, Weather};
use crate::random::is_drawn;
use crate::support::{Received, Socket, text};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::connection::Connection;
use ami_core::correlation::{Failure, LossReason};
use ami_core::health::{CircuitState, ConnectionState, MIN_DELAY};
use ami_core::time::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// A session that lasted so long starts the backoff anew: docs/configuration.md.
const STABLE: Duration = Duration::from_secs(10);
/// How long an attempt that has its turn takes at most: `connect_timeout`, `auth_timeout`, the wait for `FullyBooted`.
const ATTEMPT: Duration = Duration::from_secs(10 + 10 + 5);

/// What came about in a day.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) steps: u64,
    pub(super) attempts: u64,
    pub(super) sessions: u64,
    pub(super) gaps: u64,
    pub(super) pings: u64,
    pub(super) sent: u64,
    pub(super) answered: u64,
    pub(super) failed: BTreeMap<String, u64>,
    pub(super) losses: BTreeMap<&'static str, u64>,
    pub(super) degraded: u64,
    pub(super) healed: u64,
    pub(super) tripped: u64,
    pub(super) fatal: u64,
    pub(super) closed: u64,
    pub(super) events: u64,
    pub(super) most_logging_in: usize,
    /// The longest that a server waited for its turn.
    pub(super) longest_wait: Duration,
}

impl Tally {
    /// A day in which something never happened shows nothing about it.
    pub(super) fn assert_all_was_seen(&self, is_patience_limited: bool) {
        let reasons = [
            "connect_timeout",
            "io_error",
            "banner_timeout",
            "auth_timeout",
            "login_refused",
            "not_ami",
            "end_of_file",
            "heartbeat_lost",
        ];
        for reason in reasons {
            assert!(self.losses.contains_key(reason), "no {reason} in this day: {self:?}");
        }
        assert!(self.pings > 10_000 && self.answered > 1_000 && self.events > 1_000, "{self:?}");
        for (what, count) in [
            ("degraded", self.degraded),
            ("healed", self.healed),
            ("tripped", self.tripped),
            ("gaps", self.gaps),
            ("closed", self.closed),
        ] {
            assert!(count > 0, "nothing was {what}: {self:?}");
        }
        assert_eq!(self.fatal > 0, is_patience_limited, "{self:?}");
    }
}

/// What is known of one server without asking it.
#[derive(Debug)]
pub(super) struct Witness {
    pub(super) id: ServerId,
    /// Counts the sockets that were asked for.
    pub(super) connection: u64,
    /// It has said that the login is accepted, in this connection.
    let_in: bool,
    last_attempt: Option<Instant>,
    state: ConnectionState,
    /// Since when it waits for its turn to connect.
    waiting: Option<Instant>,
    ready_at: Instant,
    /// The last Ping it was sent, or when the session was ready.
    pinged: Instant,
    /// The last Pong it sent, or when the session was ready.
    ponged: Instant,
    losses: u64,
    /// Failed attempts that count for the backoff.
    attempt: u32,
    /// Failures in a row.
    failures: u32,
    /// The breaker is to hold until a session is ready.
    tripped: bool,
    pub(super) lost_at: Instant,
    sessions: u64,
    /// Why the last session ended.
    ended_by: Option<LossReason>,
    live_told: u64,
    live_heard: u64,
}

impl Witness {
    pub(super) const fn new(id: ServerId, now: Instant) -> Self {
        Self {
            id,
            connection: 0,
            let_in: false,
            last_attempt: None,
            state: ConnectionState::Disconnected,
            waiting: None,
            ready_at: now,
            pinged: now,
            ponged: now,
            losses: 0,
            attempt: 0,
            failures: 0,
            tripped: false,
            lost_at: now,
            sessions: 0,
            ended_by: None,
            live_told: 0,
            live_heard: 0,
        }
    }

    pub(super) fn said(&mut self, meaning: Meaning, usable: bool, now: Instant) {
        match meaning {
            Meaning::Any => {}
            Meaning::LoggedIn => self.let_in = true,
            Meaning::Pong => self.ponged = now,
            Meaning::Live => self.live_told += u64::from(usable),
        }
    }

    fn attempted(&mut self, now: Instant, options: &ClientOptions) {
        if let Some(last) = self.last_attempt.replace(now) {
            assert!(now.since(last) >= MIN_DELAY, "{:?} after the last attempt", now.since(last));
        }
        if self.tripped {
            let waited = now.since(self.lost_at);
            assert!(waited >= options.circuit_cooldown, "an open breaker let an attempt through after {waited:?}");
        }
        self.connection += 1;
        self.let_in = false;
        self.waiting = None;
    }

    fn lost(&mut self, connection: &Connection, now: Instant, tally: &mut Tally) {
        let reason = connection.last_loss().unwrap();
        *tally.losses.entry(reason.name()).or_default() += 1;
        let had_session = self.state.is_usable();
        if had_session {
            self.ended_by = Some(reason.clone());
            if now.since(self.ready_at) >= STABLE {
                self.attempt = 0;
            }
        }
        let options = connection.options();
        self.attempt += 1;
        self.failures += 1;
        self.lost_at = now;
        let trips = self.failures >= options.circuit_failure_threshold || matches!(reason, LossReason::LoginRefused(_));
        tally.tripped += u64::from(trips && !self.tripped);
        self.tripped |= trips;
        let is_over =
            options.max_reconnect_attempts > 0 && self.attempt > options.max_reconnect_attempts && !had_session;
        let state = connection.state();
        assert_eq!(state == ConnectionState::Fatal, is_over, "{state} after {} failures", self.attempt);
        if is_over {
            tally.fatal += 1;
            return;
        }
        assert_eq!(state, ConnectionState::Reconnecting);
        let circuit = connection.circuit();
        assert_eq!(circuit == CircuitState::Open, self.tripped, "{circuit:?} after {} failures", self.failures);
        let (min, max) = (options.backoff_min_ms, options.backoff_max_ms);
        let full = min.saturating_mul(1 << (self.attempt - 1).min(20)).min(max);
        let wait = connection.next_deadline().unwrap().since(now);
        if self.tripped {
            assert!(wait >= options.circuit_cooldown && wait <= options.circuit_cooldown.max(max), "{wait:?}");
        } else {
            assert!(wait >= MIN_DELAY.max(full / 2), "attempt {}: {wait:?}", self.attempt);
            assert!(wait <= full.max(MIN_DELAY * 3 / 2), "attempt {}: {wait:?}", self.attempt);
        }
    }

    /// Compares what a connection says of itself with what was seen.
    fn look(&mut self, connection: &Connection, socket: Socket, now: Instant, tally: &mut Tally) {
        let (from, to) = (self.state, connection.state());
        assert!(is_drawn(from, to), "{from} to {to}");
        let losses = connection.counters().losses;
        assert!(losses <= self.losses + 1, "lost twice in one step");
        if losses > self.losses {
            self.losses = losses;
            self.lost(connection, now, tally);
        }
        if from.has_session() && to == ConnectionState::Disconnected {
            self.ended_by = Some(LossReason::Closed);
        }
        // Opened by a person: the count begins anew.
        if from == ConnectionState::Fatal && to == ConnectionState::Connecting {
            self.attempt = 0;
        }
        if to.is_usable() && !from.is_usable() {
            assert!(self.let_in, "{to} without a login");
            (self.ready_at, self.pinged, self.ponged) = (now, now, now);
            (self.failures, self.tripped) = (0, false);
            assert_eq!(connection.circuit(), CircuitState::Closed);
        }
        tally.degraded += u64::from(from == ConnectionState::Ready && to == ConnectionState::Degraded);
        tally.healed += u64::from(from == ConnectionState::Degraded && to == ConnectionState::Ready);
        let options = connection.options();
        if to.is_usable() {
            assert!(connection.next_deadline().is_some_and(|due| due.since(now) <= options.heartbeat_interval));
            assert!(now.since(self.pinged) <= options.heartbeat_interval, "no heartbeat while {to}");
            let silence = now.since(self.ponged);
            assert!(silence <= options.heartbeat_interval * (options.heartbeat_misses + 1), "{to} after {silence:?}");
        }
        let has_socket = socket != Socket::None;
        match to {
            ConnectionState::Disconnected | ConnectionState::Reconnecting | ConnectionState::Fatal => {
                assert!(!has_socket, "a socket while {to}");
            }
            ConnectionState::Connected | ConnectionState::Authenticating => {
                assert!(has_socket, "no socket while {to}");
                let under_way = now.since(self.last_attempt.unwrap());
                assert!(under_way <= ATTEMPT, "{to} for {under_way:?}");
            }
            _ => {}
        }
        if to == ConnectionState::Connecting && !has_socket {
            let waited = now.since(*self.waiting.get_or_insert(now));
            tally.longest_wait = tally.longest_wait.max(waited);
            let rounds = u32::try_from(SERVERS.div_ceil(options.max_connecting)).unwrap();
            assert!(waited <= ATTEMPT * rounds, "starved for {waited:?}");
        } else {
            self.waiting = None;
        }
        self.state = to;
    }
}

impl Day {
    /// Everything that came of the last step, and all that must hold now.
    pub(super) fn check(&mut self) {
        self.tally.steps += 1;
        let now = self.world.now;
        for (id, at) in self.world.connects.split_off(0) {
            self.connects += 1;
            let n = id.index();
            assert_eq!(at, now.instant);
            let options = self.world.connection(id).options().clone();
            self.witnesses[n].attempted(at, &options);
            self.tally.attempts += 1;
            if self.weather[n] != Weather::Dark {
                let (wait, connection) = (self.between(1, 200), self.witnesses[n].connection);
                self.plan(n, wait, super::Plan::Accept(connection));
            }
        }
        self.world.records.clear();
        self.check_settled();
        let mut logging_in = 0;
        for n in 0..SERVERS {
            let id = self.witnesses[n].id;
            let (connection, socket) = (self.world.cluster.connection(id).unwrap(), self.world.sockets[id.index()]);
            self.witnesses[n].look(connection, socket, now.instant, &mut self.tally);
            logging_in += usize::from(connection.state().is_logging_in() && socket != Socket::None);
            let pending = self.open.keys().filter(|(server, _)| *server == n).count();
            assert_eq!(connection.pending_actions(), pending);
            self.check_gap(n);
            self.read(n);
        }
        self.tally.most_logging_in = self.tally.most_logging_in.max(logging_in);
        assert!(logging_in <= self.world.cluster.options().max_connecting, "{logging_in} log in at once");
        self.check_events();
    }

    fn check_settled(&mut self) {
        let now = self.world.now.instant;
        while let Some((id, settled)) = self.world.settled.pop_front() {
            let until = self.open.remove(&(id.index(), settled.sequence));
            assert!(now <= until.expect("ended twice, or never sent"), "late: {settled:?}");
            match settled.outcome.failure {
                None => self.tally.answered += 1,
                Some(Failure::ConnectionLost(_)) => *self.tally.failed.entry("lost".to_owned()).or_default() += 1,
                Some(failure) => {
                    let name = format!("{failure:?}");
                    let name = name.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
                    *self.tally.failed.entry(name).or_default() += 1;
                }
            }
        }
        assert!(self.open.values().all(|until| *until >= now), "an action outlived its time");
    }

    /// Each session but the first comes with one gap, which is told at once.
    fn check_gap(&mut self, n: usize) {
        let witness = &mut self.witnesses[n];
        let sessions = self.world.connection(witness.id).counters().sessions;
        let is_new = sessions > witness.sessions;
        self.tally.sessions += sessions - witness.sessions;
        witness.sessions = sessions;
        let gap = self.world.cluster.pop_gap(Some(witness.id)).map(|(_, gap)| gap);
        assert_eq!(gap.is_some(), is_new && sessions > 1, "session {sessions}: {gap:?}");
        if let Some(gap) = gap {
            self.tally.gaps += 1;
            assert_eq!((Some(&gap.reason), gap.sessions, gap.events_dropped), (witness.ended_by.as_ref(), 1, 0));
            assert_eq!(gap.to, self.world.now.wall);
            assert!(gap.from < gap.to);
            witness.ended_by = None;
        }
    }

    /// A server reads what was written to it.
    fn read(&mut self, n: usize) {
        let id = self.witnesses[n].id;
        if self.world.socket(id) != Socket::Open || self.world.connection(id).unwritten().is_empty() {
            return;
        }
        let connection = self.witnesses[n].connection;
        let received: Vec<Received> = self.world.received(id);
        for action in received {
            let action_id = action.get("ActionID").unwrap().to_owned();
            if let Some(sent_in) = self.sent_in.remove(&action_id) {
                assert_eq!(sent_in, connection, "an action of another session: {action:?}");
            }
            assert!(self.read.insert(action_id), "sent twice: {action:?}");
            if action.name() == "Ping" {
                self.tally.pings += 1;
                self.witnesses[n].pinged = self.world.now.instant;
            }
            if !matches!(self.weather[n], Weather::Dark | Weather::Frozen) {
                self.answer(n, &action);
            }
        }
    }

    fn check_events(&mut self) {
        self.world.cluster.begin_tick();
        while let Some((id, event)) = self.world.cluster.pop_event(None) {
            let name = text(event.frame.as_ref().name());
            assert_ne!(name, "Early", "an event of before Ready");
            if name == "Live" {
                self.witnesses[id.index()].live_heard += 1;
                self.tally.events += 1;
            }
        }
        for witness in &self.witnesses {
            assert_eq!(witness.live_heard, witness.live_told, "events are lost or doubled");
        }
    }

    /// All servers get well, and everything comes right without anybody's help but where that was given up.
    pub(super) fn recover(&mut self) {
        self.plans.retain(|_, (_, plan)| !matches!(plan, super::Plan::Weather(_) | super::Plan::Storm));
        self.plans.retain(|_, (_, plan)| !matches!(plan, super::Plan::Act | super::Plan::Tell));
        self.weather = [Weather::Fine; SERVERS];
        for n in 0..SERVERS {
            let id = self.witnesses[n].id;
            let state = self.world.connection(id).state();
            if matches!(state, ConnectionState::Fatal | ConnectionState::Disconnected) {
                self.plan(n, Duration::from_secs(60), super::Plan::Open);
            }
        }
        self.run(Duration::from_secs(300));
        for witness in &self.witnesses {
            assert_eq!(witness.state, ConnectionState::Ready, "{:?}", self.world.connection(witness.id));
        }
        assert!(self.open.is_empty(), "never ended: {:?}", self.open);
    }
}
