//! How much a tick tells of actions that end while it runs.
//!
//! A thread has an action answered before the callback that sent it has returned. A callback that sends the next one would
//! keep a tick for ever, and events, signals and logs would wait. So what was sent in a round is told in the next one, as it
//! is inline, where a tick's answers have to be read by the next.

use super::Engine;
use crate::php::pending::PendingAction;
use ami_core::cluster::ServerId;
use ami_core::time::Instant;
use ext_php_rs::types::Zval;
use std::cell::Cell;
use std::time::Duration;

/// A tick whose listeners take longer begins another round: answers must not wait for all of its events.
const LONG: Duration = Duration::from_millis(50);

/// Which round it is. One begins with each tick.
#[derive(Debug, Default)]
pub(super) struct Round {
    number: Cell<u64>,
    began: Cell<Instant>,
    /// What is next to be told was sent in this round.
    is_over: Cell<bool>,
}

impl Round {
    pub(super) fn begin(&self) {
        self.number.set(self.number.get() + 1);
        self.is_over.set(false);
    }

    pub(super) fn begin_at(&self, now: Instant) {
        self.began.set(now);
        self.begin();
    }

    /// Whether nothing more is told of actions in this round.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.get()
    }
}

impl Engine {
    /// The round in which an action is sent.
    pub(crate) fn round(&self) -> u64 {
        self.round.number.get()
    }

    /// Whether an action has to wait for the next round, and with it all that ended after it.
    pub(super) fn has_to_wait(&self, server: ServerId, sequence: u64) -> bool {
        if !self.is_background() {
            return false;
        }
        let pending = self.pending.borrow().get(&(server, sequence)).map(Zval::shallow_clone);
        let this = pending.as_ref().and_then(Zval::object).and_then(PendingAction::of);
        let waits = this.is_some_and(|this| this.round() == self.round());
        self.round.is_over.set(waits);
        waits
    }

    /// An event was told, which may have taken long.
    pub(super) fn renew_round(&self) {
        if self.round.is_over() {
            let now = self.instant();
            if now.since(self.round.began.get()) > LONG {
                self.round.begin_at(now);
            }
        }
    }
}
