//! Sending actions: all or nothing.

use super::{Connection, Context, Session};
use crate::cluster::MemoryExceeded;
use crate::correlation::{Completion, Failure, Judgement, Question, Strategy, silences_session};
use crate::health::ConnectionState;
use crate::log::Kind;
use crate::protocol::{Action, ActionError};
use crate::version::{AsteriskVersion, Availability};
use thiserror::Error;

/// Most commands without an answer that are remembered, for the sake of answers in the shape of old servers, which hold blank
/// lines. Of older ones such an answer is noise.
const MAX_COMMANDS: usize = 1_024;

/// Why an action was not sent. Nothing of it was queued.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is not usable: it never was opened, is being opened, or was lost.
    #[error("the connection is {0}")]
    NotReady(ConnectionState),
    /// `max_pending_actions` wait for answers already.
    #[error("{limit} actions wait for answers already")]
    TooManyPending {
        /// The limit.
        limit: usize,
    },
    /// The write buffer has no room for it: the server reads slowly or not at all.
    #[error("{waiting} bytes wait to be written already, and {limit} is the limit")]
    WriteBufferFull {
        /// What waits.
        waiting: usize,
        /// The limit.
        limit: usize,
    },
    /// The whole client shuts down.
    #[error(transparent)]
    ShuttingDown(MemoryExceeded),
    /// The action itself cannot be sent.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Its result is an event that this session's event mask keeps away.
    #[error("the result of {action} is an event of class {class}, which this server's `events` leave out")]
    ResultMasked {
        /// The action.
        action: Box<str>,
        /// The class that has to be in the mask.
        class: &'static str,
    },
    /// The server is known not to have it.
    #[error("Asterisk {version} does not have {action} ({availability})")]
    NotAvailable {
        /// The action.
        action: Box<str>,
        /// The server's version.
        version: Box<AsteriskVersion>,
        /// Which releases have it.
        availability: Box<Availability>,
    },
}

impl Connection {
    /// Queues an action and tells its sequence number. On an error nothing is queued and nothing waits.
    pub fn send(&mut self, action: &Action, completion: Completion, cx: &mut Context<'_>) -> Result<u64, SendError> {
        let sent = self.session.send(action, completion, cx);
        if sent.is_err() {
            self.count_refusal();
        }
        sent
    }

    /// Counts an action that is not sent because the client shuts down.
    pub(crate) const fn refuse(&mut self, exceeded: MemoryExceeded) -> SendError {
        self.count_refusal();
        SendError::ShuttingDown(exceeded)
    }

    /// An action was not sent.
    pub(crate) const fn count_refusal(&mut self) {
        self.session.counters.actions_refused += 1;
    }

    /// Whether an action waits for its answer.
    pub fn is_waiting(&self, sequence: u64) -> bool {
        self.session.pending.contains(sequence)
    }

    /// Takes what the driver says of a message of one of this server's actions.
    pub fn judge(&mut self, question: Question, judgement: Judgement, cx: &mut Context<'_>) {
        let session = &mut self.session;
        if !session.pending.contains(question.sequence) {
            // It ended meanwhile, by an earlier message or by `cancel`.
            session.counters.events_late += 1;
        }
        if let Some(settled) = session.pending.judge(question, judgement, cx.now.instant) {
            session.settle(settled, cx);
        }
    }

    /// Gives up an action. Tells whether it was waiting; a later answer is counted and ignored.
    pub fn cancel(&mut self, sequence: u64, cx: &mut Context<'_>) -> bool {
        let session = &mut self.session;
        let settled = session.pending.fail(sequence, Failure::Cancelled, cx.now.instant);
        let was_waiting = settled.is_some();
        if let Some(settled) = settled {
            session.settle(settled, cx);
        }
        was_waiting
    }
}

impl Session {
    fn send(&mut self, action: &Action, completion: Completion, cx: &mut Context<'_>) -> Result<u64, SendError> {
        if !self.state.is_usable() {
            return Err(SendError::NotReady(self.state));
        }
        if self.pending.is_full() {
            return Err(SendError::TooManyPending { limit: self.pending.capacity() });
        }
        if completion.strategy == Strategy::originate() && !self.config.events.includes("call") {
            let action = String::from_utf8_lossy(action.name()).into();
            return Err(SendError::ResultMasked { action, class: "call" });
        }
        self.check_available(action)?;
        self.await_events(action, &completion.strategy, cx);
        let sequence = self.write_action(action, cx)?;
        self.pending.insert(sequence, completion, silences_session(action), self.write.added(), cx.now.instant);
        if action.name().eq_ignore_ascii_case(b"Command") {
            self.commands.insert(sequence);
            if self.commands.len() > MAX_COMMANDS {
                self.commands.pop_first();
            }
        }
        self.counters.actions_sent += 1;
        if action.availability().is_some() {
            self.want_version(cx);
        }
        Ok(sequence)
    }

    /// Output of a command is being read whose end does not come: once nobody waits for any command, it swallows nothing
    /// more.
    pub(super) fn give_up_commands(&mut self) {
        if !self.commands.iter().any(|&sequence| self.pending.contains(sequence)) {
            self.commands.clear();
        }
    }

    /// Puts an action into the write buffer under a new sequence number.
    pub(super) fn write_action(&mut self, action: &Action, cx: &mut Context<'_>) -> Result<u64, SendError> {
        let sequence = self.ids.take();
        let mut bytes = Vec::with_capacity(256);
        let id = self.ids.format(sequence);
        action.serialize(&id, &mut bytes)?;
        if self.write.push(&bytes) {
            if self.options.log_actions {
                self.log_payload(Kind::ActionSent, &bytes, Some(&id), cx);
            }
            Ok(sequence)
        } else {
            Err(SendError::WriteBufferFull { waiting: self.write.len(), limit: self.write.limit() })
        }
    }
}
