//! A dead man's switch: what is connected is cut at a moment, unless that is put off before.
//!
//! Two processes that stand by for each other share a lock that runs out. Who has it must have let go before it does,
//! whatever the application is at then: waiting for that very lock, for a database, or stopped altogether.

use super::{Cluster, ServerId};
use crate::time::{Instant, Now};

impl Cluster {
    /// Lets connections live until then, and no longer; `None` lets them live as before. Once it is over nothing is
    /// opened until there is another one.
    pub const fn set_lease(&mut self, until: Option<Instant>) {
        self.lease = until;
    }

    /// Cuts all connections if their time is over. Tells whether there was anything to cut. A driver calls it before
    /// it reads: what has come since may be another process's already.
    pub fn end_lease(&mut self, now: Now) -> bool {
        if self.open_servers == 0 || !self.is_lease_over(now) {
            return false;
        }
        let ids: Vec<ServerId> = self.iter().chain(self.leaving()).map(|(id, _)| id).collect();
        for id in ids {
            self.terminate(id, now);
        }
        true
    }

    pub(super) fn is_lease_over(&self, now: Now) -> bool {
        self.lease.is_some_and(|until| until <= now.instant)
    }

    /// When there is something to cut.
    pub(super) fn lease_due(&self) -> Option<Instant> {
        self.lease.filter(|_| self.open_servers > 0)
    }
}
