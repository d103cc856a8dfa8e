//! Plain counters: what happened on one connection since it was made.

/// Counters of one server. They only grow, over all its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counters {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Frames parsed.
    pub frames: u64,
    /// Events that came.
    pub events: u64,
    /// Events put into the queue.
    pub events_queued: u64,
    /// Events taken out of the queue for listeners.
    pub events_dispatched: u64,
    /// Events that nobody listens to, or that a filter refused.
    pub events_unheard: u64,
    /// Events that came before the session was ready.
    pub events_before_ready: u64,
    /// Blocks that were no frame.
    pub protocol_desync: u64,
    /// Frames longer than `max_frame_size`.
    pub frames_too_long: u64,
    /// Frames cut by the end of a connection.
    pub frames_cut: u64,
    /// Responses that nothing waited for.
    pub responses_unmatched: u64,
    /// Actions queued for sending.
    pub actions_sent: u64,
    /// Actions that completed.
    pub actions_completed: u64,
    /// Actions that failed.
    pub actions_failed: u64,
    /// Actions refused because a limit was reached.
    pub actions_refused: u64,
    /// Attempts to connect.
    pub connect_attempts: u64,
    /// Sessions that became ready.
    pub sessions: u64,
    /// Sessions and attempts that were lost.
    pub losses: u64,
    /// Heartbeats that were not answered in time.
    pub heartbeats_missed: u64,
}
