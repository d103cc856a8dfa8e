//! The name of a host and what becomes of it before each attempt.
//!
//! A lookup is the driver's, and may take as long as a dead DNS server makes it. The attempt waits for it within
//! `connect_timeout`, or less where earlier answers are known: those outlive a DNS server. An answer that comes later is
//! kept for the next attempt.

use super::{Context, Link, Session, TransportRequest};
use crate::correlation::LossReason;
use crate::log::Kind;
use core::net::SocketAddr;
use core::time::Duration;

/// How long an attempt waits for a lookup where an earlier one has found addresses. DNS that is well answers in
/// well under a second; one that is not must not hold up every reconnect by `connect_timeout`.
const PATIENCE_WITH_KNOWN: Duration = Duration::from_secs(2);

impl Session {
    /// Nothing but its address holds the attempt back.
    pub(super) fn prepare_attempt(&mut self, cx: &mut Context<'_>) {
        let now = cx.now.instant;
        if !self.addresses.need_lookup(now) {
            self.await_turn();
            return;
        }
        self.link = Link::Resolving;
        self.addresses.begin_lookup();
        // `open()` again and again must not hammer DNS either.
        self.last_attempt = Some(now);
        self.step_deadline = Some(now + self.patience());
        self.counters.lookups += 1;
        let mut fields = self.where_to();
        fields.push(("attempt", (self.backoff.attempt() + 1).into()));
        self.log(Kind::LookingUp, fields, cx);
        cx.effects.requests.push_back(TransportRequest::Resolve(self.id));
    }

    pub(super) fn resolved(&mut self, found: Result<&[SocketAddr], &str>, cx: &mut Context<'_>) {
        match found {
            Ok(found) if !found.is_empty() => {
                let port = self.config.port;
                let with_port = |&(mut address): &SocketAddr| {
                    address.set_port(port);
                    address
                };
                self.addresses.found(found.iter().map(with_port), cx.now.instant);
                if self.link == Link::Resolving {
                    self.await_turn();
                }
            }
            Ok(_) => self.unresolved("it has no address", cx),
            Err(words) => self.unresolved(words, cx),
        }
    }

    pub(super) fn lookup_overdue(&mut self, cx: &mut Context<'_>) {
        let words = format!("no answer within {} ms", self.patience().as_millis());
        self.unresolved(&words, cx);
    }

    fn patience(&self) -> Duration {
        let timeout = self.options.connect_timeout;
        if self.addresses.are_known() { timeout.min(PATIENCE_WITH_KNOWN) } else { timeout }
    }

    fn unresolved(&mut self, words: &str, cx: &mut Context<'_>) {
        // The attempt that asked is over; the next one asks again.
        if self.link != Link::Resolving {
            return;
        }
        self.counters.lookups_failed += 1;
        // They are the resolver's, which may be the application's own.
        let reason = LossReason::Unresolved(cx.effects.log.redactor().text_without(words.as_bytes(), b""));
        if !self.addresses.are_known() {
            self.lose(reason, cx);
            return;
        }
        let mut fields = self.where_to();
        fields.push(("reason", reason.name().into()));
        fields.push(("error", reason.to_string().into()));
        fields.push(("attempt", (self.backoff.attempt() + 1).into()));
        self.log(Kind::NotResolved, fields, cx);
        self.await_turn();
    }

    /// The attempt may begin as soon as the cluster's budget allows.
    const fn await_turn(&mut self) {
        self.link = Link::Wanted;
        self.step_deadline = None;
    }
}
