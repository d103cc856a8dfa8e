//! How sessions begin and end, and what happens when time passes.

use super::filters::Filters;
use super::login::Step;
use super::server_version::ServerVersion;
use super::{Context, DesyncWindow, Link, Session, TransportRequest};
use crate::config::{Host, Verify};
use crate::correlation::{LossReason, TlsFailure, TlsProblem};
use crate::health::{CircuitState, ConnectionState, Latency, MIN_DELAY, Verdict};
use crate::log::{Kind, LogValue};
use crate::protocol::Action;
use crate::time::Instant;
use core::time::Duration;
use std::collections::HashMap;

/// How long a closing session may take to write what is queued and to get its Goodbye. Asterisk answers a Logoff in
/// well under a millisecond; a server that takes longer has hung.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// A session that lasted so long starts the backoff anew. One that is cut sooner does not: a server that lets us in and
/// throws us out again would otherwise be asked ten times a second.
const STABLE_SESSION: Duration = Duration::from_secs(10);

/// Event names that a summary of drops lists, the most dropped first.
const DROP_LOG_NAMES: usize = 10;

impl Session {
    pub(super) fn open(&mut self, cx: &mut Context<'_>) {
        match self.state {
            ConnectionState::Fatal => self.backoff.reset(),
            ConnectionState::Disconnected => {}
            // The old session says goodbye first.
            ConnectionState::Closing => {
                self.reopen = true;
                return;
            }
            // The breaker holds: what refuses logins would refuse this one too.
            ConnectionState::Reconnecting if self.breaker.state() != CircuitState::Open => {}
            _ => return,
        }
        self.want_attempt(cx);
    }

    /// Asks for an attempt, which an impatient `open()` may not bring closer to the last one than [`MIN_DELAY`].
    fn want_attempt(&mut self, cx: &mut Context<'_>) {
        let circuit = self.breaker.state();
        self.breaker.on_attempt(cx.now.instant);
        self.log_circuit(circuit, "cooldown_over", cx);
        self.enter(ConnectionState::Connecting, cx.now);
        let earliest = self.last_attempt.map(|last| last + MIN_DELAY);
        self.step_deadline = earliest.filter(|&earliest| earliest > cx.now.instant);
        if self.step_deadline.is_none() {
            self.prepare_attempt(cx);
        }
    }

    pub(super) fn begin_attempt(&mut self, cx: &mut Context<'_>) {
        if self.link != Link::Wanted {
            return;
        }
        let Some(address) = self.addresses.next() else { return self.prepare_attempt(cx) };
        self.link = Link::Held;
        self.last_attempt = Some(cx.now.instant);
        self.counters.connect_attempts += 1;
        cx.effects.counts.connect_attempts += 1;
        self.step_deadline = Some(cx.now.instant + self.options.connect_timeout);
        let mut fields = self.where_to();
        fields.push(("attempt", (self.backoff.attempt() + 1).into()));
        fields.push(("backoff", core::mem::take(&mut self.waited).as_millis().into()));
        fields.push(("next_retry_at", LogValue::Null));
        self.log(Kind::Connecting, fields, cx);
        cx.effects.requests.push_back(TransportRequest::Connect(self.id, address));
    }

    /// The socket stands, and TLS has to follow within the same `connect_timeout`.
    pub(super) fn handshake(&mut self) {
        if self.state == ConnectionState::Connecting && self.link == Link::Held {
            self.step = Step::Handshake;
        }
    }

    pub(super) fn connected(&mut self, cx: &mut Context<'_>) {
        if self.state != ConnectionState::Connecting || self.link != Link::Held {
            return;
        }
        self.enter(ConnectionState::Connected, cx.now);
        self.step = Step::Idle;
        self.banner = None;
        self.desync = DesyncWindow::default();
        self.last_read = cx.now.instant;
        self.is_suspect = false;
        // Asterisk's own authtimeout counts from here too.
        self.step_deadline = Some(cx.now.instant + self.options.auth_timeout);
        if self.config.tls.as_ref().is_some_and(|tls| tls.verify == Verify::None) {
            self.log(Kind::NotVerified, self.where_to(), cx);
        }
    }

    pub(super) fn close(&mut self, cx: &mut Context<'_>) {
        match self.state {
            ConnectionState::Disconnected => {}
            ConnectionState::Closing => self.reopen = false,
            ConnectionState::Ready | ConnectionState::Degraded => {
                let logoff =
                    Action::new("Logoff").map_err(Into::into).and_then(|action| self.write_action(&action, cx));
                match logoff {
                    Ok(sequence) => {
                        self.step = Step::Logoff(sequence);
                        self.step_deadline = Some(cx.now.instant + CLOSE_TIMEOUT);
                        self.heartbeat = None;
                        self.pings.clear();
                        self.enter(ConnectionState::Closing, cx.now);
                    }
                    Err(_) => self.terminate(cx),
                }
            }
            _ => self.terminate(cx),
        }
    }

    pub(super) fn terminate(&mut self, cx: &mut Context<'_>) {
        self.reopen = false;
        if self.state != ConnectionState::Disconnected {
            let actions_lost = self.end_session(&LossReason::Closed, cx);
            // Whoever closes may not tick until the next summary is due.
            if self.drop_log.due.is_some() {
                self.log_drops(cx);
            }
            self.waited = Duration::ZERO;
            self.enter(ConnectionState::Disconnected, cx.now);
            self.log(Kind::Closed, vec![("actions_lost", actions_lost.into())], cx);
        }
    }

    /// A closing session is over: its Logoff was answered, its connection ended, or its time is up.
    pub(super) fn closed(&mut self, cx: &mut Context<'_>) {
        let reopen = self.reopen;
        self.terminate(cx);
        if reopen {
            self.want_attempt(cx);
        }
    }

    /// The session or the attempt failed: everything of it ends here, once.
    pub(super) fn lose(&mut self, reason: LossReason, cx: &mut Context<'_>) {
        if self.state == ConnectionState::Closing {
            self.closed(cx);
            return;
        }
        let had_session = self.state.is_usable();
        if had_session && cx.now.instant.since(self.ready_at) >= STABLE_SESSION {
            self.backoff.reset();
        }
        let actions_lost = self.end_session(&reason, cx);
        self.counters.losses += 1;
        if had_session {
            self.lost_at = Some(cx.now.instant);
        }
        *self.losses.entry(reason.name()).or_default() += 1;
        let circuit = self.breaker.state();
        if reason.needs_a_person() {
            self.breaker.on_refusal(cx.now.instant);
        } else {
            self.breaker.on_failure(cx.now.instant);
        }
        let delay = self.backoff.next_delay(&mut self.rng);
        let attempt = self.backoff.attempt();
        let limit = self.options.max_reconnect_attempts;
        let mut fields = self.where_to();
        let why = reason.name();
        fields.push(("reason", why.into()));
        fields.push(("error", reason.to_string().into()));
        fields.push(("attempt", attempt.into()));
        self.last_loss = Some(reason);
        self.addresses.failed(had_session);
        if limit > 0 && attempt > limit && !had_session {
            self.step_deadline = None;
            self.enter(ConnectionState::Fatal, cx.now);
            fields.extend([("backoff", LogValue::Null), ("next_retry_at", LogValue::Null)]);
            fields.push(("actions_lost", actions_lost.into()));
            self.log(Kind::GivenUp, fields, cx);
            self.log_circuit(circuit, why, cx);
            return;
        }
        let earliest = cx.now.instant + delay;
        let at = self.breaker.retry_at().map_or(earliest, |retry_at| retry_at.max(earliest));
        self.step_deadline = Some(at);
        self.enter(ConnectionState::Reconnecting, cx.now);
        let wait = at.since(cx.now.instant);
        fields.push(("backoff", wait.as_millis().into()));
        fields.push(("next_retry_at", LogValue::from(u128::from(cx.now.wall.0 / 1_000) + wait.as_millis())));
        fields.push(("actions_lost", actions_lost.into()));
        self.waited = wait;
        if had_session {
            fields.push(("session_ms", cx.now.instant.since(self.ready_at).as_millis().into()));
            self.log(Kind::ConnectionLost, fields, cx);
        } else {
            self.log(Kind::ConnectingFailed, fields, cx);
        }
        self.log_circuit(circuit, why, cx);
    }

    /// Tells when the breaker is not in the state any more in which it was.
    pub(super) fn log_circuit(&mut self, before: CircuitState, why: &'static str, cx: &mut Context<'_>) {
        let now = self.breaker.state();
        if before == now {
            return;
        }
        let mut fields = vec![
            ("from", before.name().into()),
            ("to", now.name().into()),
            ("reason", why.into()),
            ("failures", self.breaker.failures().into()),
        ];
        if let Some(retry_at) = self.breaker.retry_at() {
            fields.push(("retry_in_ms", retry_at.since(cx.now.instant).as_millis().into()));
            self.log(Kind::CircuitOpened, fields, cx);
        } else {
            self.log(Kind::CircuitChanged, fields, cx);
        }
    }

    /// Fails what is pending, forgets what is unwritten and lets the socket go. Tells how many actions failed.
    fn end_session(&mut self, reason: &LossReason, cx: &mut Context<'_>) -> usize {
        if self.link == Link::Held {
            cx.effects.requests.push_back(TransportRequest::Close(self.id));
        }
        self.begin_gap(reason, cx.now);
        self.link = Link::None;
        self.step = Step::Idle;
        self.step_deadline = None;
        self.heartbeat = None;
        self.pings.clear();
        self.latency = Latency::default();
        self.version = ServerVersion::default();
        self.filters = Filters::default();
        self.commands.clear();
        let written = self.write.sent();
        self.write.clear();
        let lost = self.pending.len();
        for settled in self.pending.lose_all(reason, written, cx.now.instant) {
            self.settle(settled, cx);
        }
        lost
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        [
            self.step_deadline,
            self.pending.next_deadline(),
            self.heartbeat_deadline(),
            self.drop_log.due,
            self.filters.due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When a heartbeat is due: by its schedule, or before, when nothing was read for `read_timeout` and no Pong
    /// is waited for. Not while an action silences the session: that action's own time is the bound, and those behind it
    /// have none of their own.
    fn heartbeat_deadline(&self) -> Option<Instant> {
        let heartbeat = self.heartbeat.as_ref().filter(|_| !self.pending.is_silenced() || self.is_suspect)?;
        let due = heartbeat.due();
        Some(if heartbeat.is_waiting() { due } else { due.min(self.last_read + self.options.read_timeout) })
    }

    pub(super) fn on_timeout(&mut self, cx: &mut Context<'_>) {
        let now = cx.now.instant;
        while let Some(expired) = self.pending.expire(now) {
            let fields = vec![("waited_ms", expired.after.as_millis().into())];
            self.log_action(expired.sequence, Kind::TimedOut, fields, cx);
            self.is_suspect |= expired.silenced_since.is_some_and(|sent| self.last_read <= sent);
            if let Some(settled) = expired.settled {
                self.settle(settled, cx);
            }
        }
        if self.drop_log.due.is_some_and(|due| due <= now) {
            self.log_drops(cx);
        }
        if self.filters.due.is_some_and(|due| due <= now) {
            self.push_filters(cx);
        }
        if self.step_deadline.is_some_and(|deadline| deadline <= now) {
            self.step_overdue(cx);
        }
        if self.heartbeat_deadline().is_some_and(|due| due <= now) {
            self.heartbeat_due(cx);
        }
    }

    fn step_overdue(&mut self, cx: &mut Context<'_>) {
        match self.state {
            ConnectionState::Connecting if self.link == Link::None => self.prepare_attempt(cx),
            ConnectionState::Connecting if self.link == Link::Resolving => self.lookup_overdue(cx),
            ConnectionState::Connecting if self.step == Step::Handshake => {
                let message = "the server accepted the connection, but the TLS handshake took too long";
                self.lose(LossReason::Tls(TlsFailure::new(TlsProblem::HandshakeTimeout, message)), cx);
            }
            ConnectionState::Connecting => self.lose(LossReason::ConnectTimeout, cx),
            ConnectionState::Connected => self.lose(LossReason::BannerTimeout, cx),
            ConnectionState::Authenticating if self.step == Step::Boot => self.boot_wait_over(cx),
            ConnectionState::Authenticating => self.lose(LossReason::AuthTimeout, cx),
            ConnectionState::Reconnecting => self.want_attempt(cx),
            ConnectionState::Closing => self.closed(cx),
            ConnectionState::Disconnected
            | ConnectionState::Ready
            | ConnectionState::Degraded
            | ConnectionState::Fatal => self.step_deadline = None,
        }
    }

    fn heartbeat_due(&mut self, cx: &mut Context<'_>) {
        let Some(heartbeat) = &mut self.heartbeat else { return };
        match heartbeat.on_due(cx.now.instant) {
            Verdict::Ping => self.ping(cx),
            Verdict::Missed => {
                self.counters.heartbeats_missed += 1;
                let missed = heartbeat.misses();
                if self.state == ConnectionState::Ready {
                    self.enter(ConnectionState::Degraded, cx.now);
                    let allowed = self.options.heartbeat_misses;
                    self.log(Kind::HeartbeatMissed, vec![("missed", missed.into()), ("allowed", allowed.into())], cx);
                }
                self.ping(cx);
            }
            Verdict::Dead => {
                self.counters.heartbeats_missed += 1;
                self.lose(LossReason::HeartbeatLost, cx);
            }
        }
    }

    fn ping(&mut self, cx: &mut Context<'_>) {
        let ping = Action::new("Ping").map_err(Into::into).and_then(|action| self.write_action(&action, cx));
        match ping {
            Ok(sequence) => {
                self.pings.push(sequence);
                self.latency.ask(cx.now.instant);
            }
            // A write buffer that is full for so long that Pings are missed ends the session by itself.
            Err(error) => {
                self.log(Kind::NoPing, vec![("reason", error.to_string().into())], cx);
            }
        }
    }

    /// A Ping was answered, be it an earlier one: the ones before it will not be.
    pub(super) fn on_pong(&mut self, sequence: u64, cx: &mut Context<'_>) {
        self.latency.answer(cx.now.instant);
        self.pings.retain(|&ping| ping > sequence);
        if self.heartbeat.as_mut().is_some_and(crate::health::Heartbeat::on_pong)
            && self.state == ConnectionState::Degraded
        {
            let degraded = cx.now.instant.since(self.since.instant);
            self.enter(ConnectionState::Ready, cx.now);
            self.log(Kind::HeartbeatsAgain, vec![("degraded_ms", degraded.as_millis().into())], cx);
        }
    }

    fn log_drops(&mut self, cx: &mut Context<'_>) {
        self.drop_log.due = None;
        let drops = self.queue.drops().clone();
        let told: HashMap<Option<&[u8]>, u64> = self.drop_log.told.by_name().collect();
        let mut news: Vec<(Box<str>, i64)> = drops
            .by_name()
            .map(|(name, count)| {
                let news = count - told.get(&name).copied().unwrap_or_default();
                let name = name.map_or_else(|| "(other)".into(), String::from_utf8_lossy);
                (name.into(), i64::try_from(news).unwrap_or(i64::MAX))
            })
            .filter(|&(_, count)| count > 0)
            .collect();
        news.sort_unstable_by_key(|&(_, count)| core::cmp::Reverse(count));
        news.truncate(DROP_LOG_NAMES);
        let fields = vec![
            ("dropped", (drops.total() - self.drop_log.told.total()).into()),
            ("dropped_total", drops.total().into()),
            ("by_name", LogValue::Counts(news)),
        ];
        self.drop_log.told = drops;
        self.log(Kind::EventsDropped, fields, cx);
    }

    pub(super) fn where_to(&self) -> Vec<(&'static str, LogValue)> {
        let mut fields =
            vec![("host", self.config.host.to_string().into()), ("port", u32::from(self.config.port).into())];
        if let (Host::Name(_), Some(address)) = (&self.config.host, self.addresses.current()) {
            fields.push(("address", address.ip().to_string().into()));
        }
        fields
    }
}
