//! What a reactor does for a thread that drives it beside the application.

use super::Reactor;
use crate::background::Leave;
use crate::link::PAUSE;
use ami_core::cluster::{Cluster, ServerId};
use ami_core::time::{Instant, Now};
use std::sync::Arc;
use std::time::Duration;

/// Messages handled between two looks at whether the application waits for its turn: some tens of microseconds.
const FRAMES_A_SLICE: usize = 64;

impl Reactor {
    /// Leaves its work early from now on when it is told so, between two servers and between two slices of one.
    pub(crate) fn share(&mut self, leave: Arc<Leave>) {
        self.leave = Some(leave);
    }

    /// Whether somebody waits for what this works on, or for what came of it. What is left is listed, for the next turn.
    pub(super) fn is_to_leave(&self) -> bool {
        let is_to_leave = |leave: &Arc<Leave>| leave.is_wanted() || leave.is_asleep() && self.cluster.has_events();
        self.leave.as_ref().is_some_and(is_to_leave)
    }

    /// Handles what was read, and looks between two slices whether it is to leave: how many messages, and whether it went on
    /// to the end or to the budget.
    pub(super) fn handle_in_slices(&mut self, id: ServerId, count: usize, frames: usize, now: Now) -> (usize, bool) {
        let mut handled = self.cluster.handle_read(id, count, frames.min(FRAMES_A_SLICE), now);
        self.carry_out(now);
        let mut slice = handled;
        while slice == FRAMES_A_SLICE && handled < frames {
            if self.is_to_leave() {
                return (handled, false);
            }
            slice = self.cluster.handle_read(id, 0, (frames - handled).min(FRAMES_A_SLICE), now);
            self.carry_out(now);
            handled += slice;
        }
        (handled, true)
    }

    /// Forgets all servers, and closes their sockets.
    pub(crate) fn clear(&mut self) {
        self.cluster = Cluster::new(Arc::clone(self.cluster.options()));
        self.links.clear();
        self.readable.clear();
        self.held_back.clear();
    }

    /// When there is something to do for the sockets, whatever there is to tell: 0 is now, `None` is never.
    pub(crate) fn io_due(&self) -> Option<Instant> {
        if !self.readable.is_empty() || self.cluster.has_attempts_to_begin() || self.cluster.has_output() {
            return Some(Instant::default());
        }
        self.cluster.next_deadline().into_iter().chain(self.next_grace_end()).min()
    }

    /// So much of the time since the last tick was spent waiting for readiness: that is no pause.
    pub(crate) fn has_waited(&mut self, waited: Duration) {
        self.last_tick = self.last_tick + waited;
    }

    /// Opens and closes what commands asked for, and writes what is queued, unless so much time has passed since the last
    /// tick that it has to be read first.
    pub(crate) fn carry_out_commands(&mut self) {
        let now = self.clock.now();
        self.carry_out(now);
        if self.cluster.has_output() && now.instant.since(self.last_tick) <= PAUSE {
            self.flush_writers(now);
        }
    }
}
