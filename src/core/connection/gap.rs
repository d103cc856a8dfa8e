//! What the application has not seen: the time between two sessions.
//!
//! Asterisk replays nothing. A session that comes after another one is therefore told to the application as a gap, once,
//! after the last event of the old session and before the first of the new one. A gap that nobody has taken when the
//! next one comes grows instead: there is never more than one.

use super::Session;
use crate::correlation::LossReason;
use crate::time::{Now, UnixMicros};

/// A time in which events of a server were lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// When something was last read from the old session.
    pub from: UnixMicros,
    /// When the new one was ready.
    pub to: UnixMicros,
    /// Why the old session ended.
    pub reason: LossReason,
    /// Sessions that ended within: more than one where one ended before anybody heard of its gap.
    pub sessions: u32,
    /// Events that had been read of these sessions and that a full queue gave up.
    pub events_dropped: u64,
}

/// What a connection knows of its gap.
#[derive(Debug, Default)]
pub(super) struct GapState {
    /// The last session has ended, and no new one is ready: since when, and why.
    open: Option<(UnixMicros, LossReason)>,
    /// To be told once the events of the sessions before it have left the queue.
    untold: Option<Gap>,
    /// Events that had been dropped when the session that is there became ready.
    drops_before: u64,
}

impl GapState {
    /// A session has ended.
    pub(super) fn begin(&mut self, from: UnixMicros, reason: &LossReason) {
        self.open.get_or_insert_with(|| (from, reason.clone()));
    }

    /// A session is ready. `dropped` is how many events were given up so far.
    fn end(&mut self, now: Now, dropped: u64) {
        let events_dropped = dropped - self.drops_before;
        self.drops_before = dropped;
        let Some((from, reason)) = self.open.take() else { return };
        let gap = match self.untold.take() {
            Some(untold) => Gap {
                to: now.wall,
                reason,
                sessions: untold.sessions + 1,
                events_dropped: untold.events_dropped + events_dropped,
                ..untold
            },
            None => Gap { from, to: now.wall, reason, sessions: 1, events_dropped },
        };
        self.untold = Some(gap);
    }
}

impl Session {
    /// Notes that the session has ended, if there was one.
    pub(super) fn begin_gap(&mut self, reason: &LossReason, now: Now) {
        if self.state.has_session() {
            let unread = now.instant.since(self.last_read);
            let unread = u64::try_from(unread.as_micros()).unwrap_or(u64::MAX);
            self.gap.begin(UnixMicros(now.wall.0.saturating_sub(unread)), reason);
        }
    }

    /// Notes that a session is ready, of which nothing was queued yet.
    pub(super) fn end_gap(&mut self, now: Now) {
        self.queue.begin_session();
        self.gap.end(now, self.queue.drops().total());
    }

    /// Whether a gap is to be told now: what had been queued before it has left the queue.
    pub(super) const fn has_gap_to_tell(&self) -> bool {
        self.gap.untold.is_some() && !self.queue.has_old()
    }

    /// Takes the gap that is to be told.
    pub(super) fn take_gap(&mut self) -> Option<Gap> {
        if self.has_gap_to_tell() { self.gap.untold.take() } else { None }
    }
}
