//! What handling something brought about, for the driver to carry out or hand on.

use crate::cluster::{Gone, ServerId};
use crate::correlation::{Question, Settled};
use crate::log::LogRing;
use core::net::SocketAddr;
use std::collections::VecDeque;

/// What the driver is to do about a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportRequest {
    /// Look up the name of the host, and hand in by [`Cluster::handle_resolved`](crate::cluster::Cluster::handle_resolved)
    /// what came of it, whenever that is.
    Resolve(ServerId),
    /// That server is gone, and waits for no lookup any more.
    Forget(ServerId),
    /// Open one.
    Connect(ServerId, SocketAddr),
    /// Close it. Nothing more of it may be reported.
    Close(ServerId),
}

/// What happened since the counts were last taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickCounts {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Frames parsed.
    pub frames_read: u64,
    /// Events handed to the driver for listeners.
    pub events_dispatched: u64,
    /// Events that a full queue gave up.
    pub events_dropped: u64,
    /// Events that nobody wanted.
    pub events_unheard: u64,
    /// Actions that ended, well or not.
    pub actions_completed: u64,
    /// Attempts to connect.
    pub connect_attempts: u64,
}

/// Everything that connections bring about. Shared by all of them, so that taking it out costs what happened,
/// not how many servers there are.
#[derive(Debug, Default)]
pub struct Effects {
    /// Sockets to open and close, in order.
    pub requests: VecDeque<TransportRequest>,
    /// Actions that have ended, in order. Bounded by what was pending.
    pub settled: VecDeque<(ServerId, Settled)>,
    /// Messages to judge, as far as their actions [are still waiting](crate::connection::Connection::is_waiting), before what has settled is told, in order, each with
    /// [`Cluster::judge`](crate::cluster::Cluster::judge). Bounded by [`MAX_ANSWER_BYTES`](crate::correlation::MAX_ANSWER_BYTES)
    /// a server and by the `max_messages` of each action.
    pub questions: VecDeque<(ServerId, Question)>,
    /// Removed servers that are gone, of those that ever did anything. Bounded; further ones are counted by
    /// [`Cluster::gone_untold`](crate::cluster::Cluster::gone_untold).
    pub gone: Vec<Gone>,
    /// What there is to log.
    pub log: LogRing,
    /// What happened.
    pub counts: TickCounts,
}
