//! Servers that leave while the others go on.
//!
//! A removed server is none any more at once: its key is free, nobody chooses it, its own listeners are gone. What it
//! still has to do, it does unseen: say goodbye, get the answers that come before that, hand on the events that had been
//! received. Then its place is given free.

use super::registry::Slot;
use super::{Cluster, ServerId};
use crate::config::{Host, ServerConfig};
use crate::connection::{Connection, TransportRequest};
use crate::events::SubscriptionId;
use crate::export::{self, Sample};
use crate::health::ConnectionState;
use crate::metrics::Counters;
use crate::time::Now;
use std::sync::Arc;

/// What all servers that were removed have counted, so that sums over a process do not go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemovedTotals {
    /// How many there were.
    pub servers: u64,
    /// Their counters, added up.
    pub counters: Counters,
    /// Events that their queues gave up.
    pub events_dropped: u64,
}

impl RemovedTotals {
    fn add(&mut self, connection: &Connection) {
        self.servers += 1;
        self.counters.add(connection.counters());
        self.events_dropped += connection.drops().total();
    }
}

/// Servers whose last numbers wait for the driver: far more than are removed between two ticks of a program that ticks. What
/// further ones counted is in the sums of the removed ones alone.
const MAX_GONE: usize = 256;

/// A server that is gone, for those who keep something by its id.
#[derive(Debug, Clone)]
pub struct Gone {
    /// Its id, which finds nothing any more.
    pub id: ServerId,
    /// What it was.
    pub config: Arc<ServerConfig>,
    /// Its last numbers: what it counted, and gauges at zero.
    pub samples: Vec<Sample>,
}

impl Cluster {
    /// Removes a server as [`Cluster::close`] would close it. Gives the subscriptions that ended with it; `None` when there
    /// is no such server.
    pub fn remove(&mut self, id: ServerId, now: Now) -> Option<Vec<SubscriptionId>> {
        if !self.registry.dismiss(id) {
            return None;
        }
        self.filtering.retain(|&other| other != id);
        let ended = self.subscriptions.remove_of(id);
        self.close(id, now);
        Some(ended)
    }

    /// Whether there is such a server that was not removed.
    pub fn contains(&self, id: ServerId) -> bool {
        self.registry.slot(id).is_some_and(|slot| !slot.is_leaving)
    }

    /// Servers that were removed and still say goodbye.
    pub fn leaving(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        self.registry.leaving()
    }

    /// Removed servers of which nobody was told the last numbers, because too many went at once.
    pub const fn gone_untold(&self) -> u64 {
        self.gone_untold
    }

    /// What removed servers have counted.
    pub fn removed(&self) -> RemovedTotals {
        let mut totals = self.removed;
        self.leaving().for_each(|(_, connection)| totals.add(connection));
        totals
    }

    /// Lets a removed server go that has nothing to do any more.
    pub(super) fn release_if_over(&mut self, id: ServerId) {
        if self.registry.slot(id).is_some_and(is_over)
            && let Some(slot) = self.registry.release(id)
        {
            self.forget(id, &slot);
        }
    }

    fn forget(&mut self, id: ServerId, slot: &Slot) {
        if let Some(deadline) = slot.deadline {
            self.timers.remove(&(deadline, id));
        }
        if slot.is_waiting {
            self.waiting.retain(|&other| other != id);
        }
        if slot.is_writer {
            self.writers.retain(|&other| other != id);
        }
        self.gaps.retain(|&other| other != id);
        self.dispatch.unlist(id, slot.dispatch);
        if let Host::Name(_) = slot.connection.config().host {
            self.effects.requests.push_back(TransportRequest::Forget(id));
        }
        self.removed.add(&slot.connection);
        // One that never did anything is missed by nobody; so a loop that adds and removes fills nothing.
        if *slot.connection.counters() != Counters::default() {
            if self.effects.gone.len() >= MAX_GONE {
                self.gone_untold += 1;
                return;
            }
            let (config, samples) = (Arc::clone(slot.connection.config()), export::last_samples(&slot.connection));
            self.effects.gone.push(Gone { id, config, samples });
        }
    }
}

/// A removed server is gone when its session is, with everything that could be told of it.
fn is_over(slot: &Slot) -> bool {
    let connection = &slot.connection;
    slot.is_leaving
        && connection.state() == ConnectionState::Disconnected
        && connection.queued_events() == 0
        && connection.pending_actions() == 0
}
