//! `memory_limit`: past it the client shuts down in order, and does not come back.
//!
//! What the process has is measured by the driver and handed in, like the time. It is more than what the client holds:
//! the application's own leak is what usually fills it.

use super::{Cluster, ServerId};
use crate::connection::Connection;
use crate::log::{Kind, Record};
use crate::time::{Instant, Now};
use core::time::Duration;
use thiserror::Error;

/// How often the driver is to measure. A listener that fills memory faster is stopped by PHP's own limit.
const INTERVAL: Duration = Duration::from_secs(1);

/// The process has more memory than `memory_limit` allows, so the client shuts down, or has done so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("memory_limit: the process uses {used} bytes, and {limit} are allowed; the client shuts down")]
pub struct MemoryExceeded {
    /// What the process had.
    pub used: u64,
    /// What it may have.
    pub limit: u64,
}

/// What the client itself holds, in bytes: a part of what the process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// Events that wait for listeners.
    pub events: usize,
    /// Answers that are not whole yet.
    pub answers: usize,
    /// What waits to be written.
    pub unwritten: usize,
    /// Room of the parsers.
    pub parsers: usize,
}

impl Held {
    /// All of it.
    pub const fn total(self) -> usize {
        self.events + self.answers + self.unwritten + self.parsers
    }

    fn add(self, connection: &Connection) -> Self {
        Self {
            events: self.events + connection.queued_bytes(),
            answers: self.answers + connection.answer_bytes(),
            unwritten: self.unwritten + connection.unwritten_len(),
            parsers: self.parsers + connection.parser_capacity(),
        }
    }
}

/// What a cluster knows of the memory of its process.
#[derive(Debug, Default)]
pub(super) struct MemoryWatch {
    due: Instant,
    last: Option<u64>,
    exceeded: Option<MemoryExceeded>,
}

impl Cluster {
    /// When [`Cluster::handle_memory`] is to be called next. `None` without a limit, and while no server is open: then there
    /// is nothing to shut down.
    pub fn memory_due(&self) -> Option<Instant> {
        let is_watched = self.options.memory_limit > 0 && self.memory.exceeded.is_none() && self.open_servers > 0;
        is_watched.then_some(self.memory.due)
    }

    /// The process has so many bytes of memory. If that is more than allowed, all servers are closed.
    pub fn handle_memory(&mut self, used: u64, now: Now) {
        self.memory.due = now.instant + INTERVAL;
        self.memory.last = Some(used);
        let Some(limit) = self.memory_limit().filter(|&limit| used > limit && self.memory.exceeded.is_none()) else {
            return;
        };
        self.memory.exceeded = Some(MemoryExceeded { used, limit });
        let held = self.held();
        let fields = vec![
            ("memory", used.into()),
            ("memory_limit", limit.into()),
            ("client_bytes", held.total().into()),
            ("event_bytes", held.events.into()),
            ("answer_bytes", held.answers.into()),
            ("unwritten_bytes", held.unwritten.into()),
            ("parser_bytes", held.parsers.into()),
        ];
        self.effects.log.push(
            Record {
                kind: Kind::MemoryExceeded,
                server: None,
                action_id: None,
                queue_depth: None,
                at: now.wall,
                fields,
            },
            now.instant,
        );
        let ids: Vec<ServerId> = self.iter().map(|(id, _)| id).collect();
        for id in ids {
            self.close(id, now);
        }
    }

    /// Why the client shuts down or has done so, if it has: nothing is sent and no server opened from then on.
    pub const fn shutdown(&self) -> Option<MemoryExceeded> {
        self.memory.exceeded
    }

    /// What the process may have, where there is a limit.
    pub fn memory_limit(&self) -> Option<u64> {
        u64::try_from(self.options.memory_limit).ok().filter(|&limit| limit > 0)
    }

    /// What the process had when it was last measured.
    pub const fn memory(&self) -> Option<u64> {
        self.memory.last
    }

    /// What the client holds now, by looking at each server.
    pub fn held(&self) -> Held {
        let connections = self.iter().chain(self.leaving());
        connections.fold(Held::default(), |held, (_, connection)| held.add(connection))
    }
}
