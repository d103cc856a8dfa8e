//! What there is to log, of the core and of the callbacks that threw.

use super::{Engine, increment};
use crate::php::log::CallbackFailure;
use ami_core::cluster::ServerId;
use ami_core::connection::Connection;
use ami_core::log::{Kind, LOG_CAPACITY, Record};
use ami_core::time::Instant;
use ext_php_rs::types::Zval;
use std::sync::Arc;

impl Engine {
    /// Counts a callback that threw, and keeps what it threw for the log.
    pub(crate) fn callback_failed(&self, what: &'static str, server: Option<ServerId>, exception: Zval) {
        increment(&self.counts.callback_failures);
        let (at, queue_depth) = match self.reactor() {
            Ok(mut reactor) => {
                let now = reactor.now();
                if let Some(id) = server {
                    reactor.cluster_mut().count_listener_failure(id);
                }
                // Without a logger they become PHP warnings, which have a limit of their own.
                if self.logger.get().is_object()
                    && !reactor.cluster_mut().effects().log.admit(Kind::CallbackThrew, server, now.instant)
                {
                    return;
                }
                let connection = server.and_then(|id| reactor.cluster().connection(id));
                (now.wall, connection.map(Connection::queued_events))
            }
            Err(_) => return,
        };
        let fields = vec![("callback", what.into())];
        let record = Record { kind: Kind::CallbackThrew, server, action_id: None, queue_depth, at, fields };
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

    /// A text as logs show it; after the end of the manager, by the built-in rules.
    pub(crate) fn redacted(&self, text: &[u8]) -> Vec<u8> {
        let redactor = self.reactor().map(|mut reactor| Arc::clone(reactor.cluster_mut().effects().log.redactor()));
        redactor.unwrap_or_default().text(text).into_owned()
    }

    /// The time, as the reactor has it.
    pub(crate) fn instant(&self) -> Instant {
        self.reactor().map(|reactor| reactor.now().instant).unwrap_or_default()
    }

    pub(crate) fn count_log_failure(&self) {
        increment(&self.counts.log_failures);
    }
}
