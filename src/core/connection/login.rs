//! From the banner to `Ready`: Challenge, Login, `FullyBooted`.

use super::{Context, Session};
use crate::config::AuthMethod;
use crate::correlation::LossReason;
use crate::health::{ConnectionState, Heartbeat};
use crate::log::Kind;
use crate::protocol::{Action, ActionError, FrameRef};
use core::fmt::Write as _;
use core::time::Duration;
use md5::{Digest, Md5};

/// What a session without a usable login waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing.
    Idle,
    /// The end of the TLS handshake.
    Handshake,
    /// The answer to the Challenge.
    Challenge(u64),
    /// The answer to the Login.
    Login(u64),
    /// `FullyBooted`.
    Boot,
    /// The answer to the Logoff.
    Logoff(u64),
}

/// How long an accepted login waits for `FullyBooted`. A booted server sends it within the same write; one that
/// boots sent it 0.6 s after it began to listen. A user without the `system` right never gets it, so after this
/// time the session is taken as ready.
pub(super) const FULLY_BOOTED_WAIT: Duration = Duration::from_secs(5);

impl Session {
    pub(super) fn on_banner(&mut self, line: &[u8], cx: &mut Context<'_>) {
        self.banner = Some(line.into());
        if self.state != ConnectionState::Connected {
            return;
        }
        self.enter(ConnectionState::Authenticating, cx.now);
        if self.config.auth == AuthMethod::Plain {
            self.log_in(None, cx);
        } else {
            let challenge = Action::new("Challenge").and_then(|action| action.with_header("AuthType", "MD5"));
            self.step = self.ask(challenge, Step::Challenge, cx);
        }
    }

    /// Handles an answer that the login waits for. Tells whether it was one.
    pub(super) fn on_login_response(&mut self, sequence: u64, frame: FrameRef<'_>, cx: &mut Context<'_>) -> bool {
        match self.step {
            Step::Challenge(asked) if asked == sequence => self.on_challenge(frame, cx),
            Step::Login(asked) if asked == sequence => self.on_login(frame, cx),
            Step::Logoff(asked) if asked == sequence => self.closed(cx),
            _ => return false,
        }
        true
    }

    fn on_challenge(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        match frame.header(b"Challenge") {
            Some(challenge) if !frame.is_error() => {
                let mut hash = Md5::new();
                hash.update(challenge);
                hash.update(self.config.secret.expose());
                let key = hash.finalize().iter().fold(String::with_capacity(32), |mut key, byte| {
                    // Writing to a String cannot fail.
                    let _ = write!(key, "{byte:02x}");
                    key
                });
                self.log_in(Some(&key), cx);
            }
            _ if self.config.auth == AuthMethod::Auto => self.log_in(None, cx),
            _ => self.refused(frame, cx),
        }
    }

    fn log_in(&mut self, md5_key: Option<&str>, cx: &mut Context<'_>) {
        let login = self.login_action(md5_key);
        self.step = self.ask(login, Step::Login, cx);
        self.latency.ask(cx.now.instant);
    }

    fn login_action(&self, md5_key: Option<&str>) -> Result<Action, ActionError> {
        let login = Action::new("Login")?.with_header("Username", &*self.config.username)?;
        let login = match md5_key {
            Some(key) => login.with_header("AuthType", "MD5")?.with_header("Key", key)?,
            None => login.with_header("Secret", self.config.secret.expose())?,
        };
        login.with_header("Events", self.config.events.to_string())
    }

    /// Queues an action of our own. The configuration was checked, so that only a write buffer which is smaller than
    /// a login can refuse it; the step's deadline then ends the attempt.
    fn ask(&mut self, action: Result<Action, ActionError>, step: fn(u64) -> Step, cx: &mut Context<'_>) -> Step {
        match action.map_err(Into::into).and_then(|action| self.write_action(&action, cx)) {
            Ok(sequence) => step(sequence),
            Err(error) => {
                self.log(Kind::NoLogin, vec![("reason", error.to_string().into())], cx);
                Step::Idle
            }
        }
    }

    fn on_login(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        self.latency.answer(cx.now.instant);
        if frame.is_error() {
            self.refused(frame, cx);
        } else if self.config.events.includes("system") {
            self.step = Step::Boot;
            self.step_deadline = Some(cx.now.instant + FULLY_BOOTED_WAIT);
        } else {
            self.ready(cx);
        }
    }

    fn refused(&mut self, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        let message = frame.header(b"Message").unwrap_or(b"no reason given");
        let message = cx.effects.log.redactor().text_without(message, self.config.secret.expose());
        self.lose(LossReason::LoginRefused(message), cx);
    }

    /// `FullyBooted` did not come in time.
    pub(super) fn boot_wait_over(&mut self, cx: &mut Context<'_>) {
        self.log(Kind::NotBooted, vec![("waited_ms", FULLY_BOOTED_WAIT.as_millis().into())], cx);
        self.ready(cx);
    }

    pub(super) fn ready(&mut self, cx: &mut Context<'_>) {
        self.step = Step::Idle;
        self.step_deadline = None;
        self.enter(ConnectionState::Ready, cx.now);
        self.end_gap(cx.now);
        let away = self.lost_at.take().map(|lost_at| cx.now.instant.since(lost_at));
        let circuit = self.breaker.state();
        self.breaker.on_success();
        self.addresses.worked();
        self.ready_at = cx.now.instant;
        self.log_circuit(circuit, "session_ready", cx);
        self.heartbeat =
            Some(Heartbeat::new(self.options.heartbeat_interval, self.options.heartbeat_misses, cx.now.instant));
        self.last_loss = None;
        self.counters.reconnects += u64::from(self.counters.sessions > 0);
        self.counters.sessions += 1;
        let mut fields = self.where_to();
        let banner = String::from_utf8_lossy(self.banner.as_deref().unwrap_or_default());
        fields.push(("banner", banner.into_owned().into()));
        fields.extend(away.map(|away| ("away_ms", away.as_millis().into())));
        self.log(Kind::Ready, fields, cx);
        self.push_filters(cx);
    }
}
