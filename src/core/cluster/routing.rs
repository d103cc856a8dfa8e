//! Which server an action goes to when nobody said: one of those that are `Ready`.
//!
//! A rule chooses a place among [`Candidates`], which are the cluster's own servers here and a list of PHP objects where
//! an application's strategy asks another one. Nothing is random: the same servers in the same state give the same choice,
//! and of equal ones each has its turn.

use super::ready::ReadyList;
use super::registry::Registry;
use super::{Cluster, ServerId};
use crate::config::ServerKey;
use crate::connection::Connection;
use crate::hash;
use crate::time::Instant;
use core::time::Duration;

/// What is assumed of a server that was not measured.
const UNKNOWN_LATENCY: Duration = Duration::from_millis(1);

/// So many events that wait for listeners count as one action that waits. It is the default of `max_events_per_tick`:
/// the work of one tick.
const EVENTS_LIKE_AN_ACTION: usize = 1_000;

/// How a server is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Routing {
    /// Each in its turn.
    #[default]
    RoundRobin,
    /// This one or none.
    Explicit(ServerKey),
    /// The first of these that is ready, so that an earlier one that comes back is used again.
    Failover(Vec<ServerKey>),
    /// The one of the least [`Load::cost`].
    HealthAware,
    /// The one with the fewest actions that wait for answers.
    LeastPending,
    /// The same one for the same affinity, as long as it is ready; without one, each in its turn.
    Sticky,
}

/// How much a server has to do, and how well it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Actions that wait for answers.
    pub pending_actions: usize,
    /// Events that wait for listeners.
    pub queued_events: usize,
    /// Bytes that wait to be written.
    pub unwritten_bytes: usize,
    /// How long it takes to answer, if that was measured.
    pub latency: Option<Duration>,
    /// It was lost and is back since a short time.
    pub is_recovering: bool,
}

impl Load {
    /// That of a connection.
    pub fn of(connection: &Connection, now: Instant) -> Self {
        Self {
            pending_actions: connection.pending_actions(),
            queued_events: connection.queued_events(),
            unwritten_bytes: connection.unwritten_len(),
            latency: connection.latency(now),
            is_recovering: connection.is_recovering(now),
        }
    }

    /// About how many milliseconds a further action would take: the time of an answer, for this action and for each that
    /// waits before it; twice that for a server that is recovering.
    ///
    /// Latencies are whole milliseconds, at least one: what differs by less is as good, and the difference is as much
    /// this process's as the server's. Bytes that wait to be written are those of actions that wait, and count as such.
    pub fn cost(&self) -> u64 {
        let latency = self.latency.unwrap_or(UNKNOWN_LATENCY).as_micros().div_ceil(1_000);
        let latency = u64::try_from(latency).unwrap_or(u64::MAX).max(1);
        let waiting = self.pending_actions.saturating_add(self.queued_events / EVENTS_LIKE_AN_ACTION);
        let cost = latency.saturating_mul((waiting as u64).saturating_add(1));
        if self.is_recovering { cost.saturating_mul(2) } else { cost }
    }
}

/// Servers to choose from, in an order that stays.
pub trait Candidates {
    /// How many.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of the one at that place.
    fn key(&self, place: usize) -> &str;

    /// How it is loaded.
    fn load(&self, place: usize) -> Load;

    /// Where that server is.
    fn place(&self, key: &str) -> Option<usize>;
}

impl Routing {
    /// Chooses one. `turn` is the place that is to be chosen where nothing else decides.
    pub fn choose(&self, candidates: &impl Candidates, turn: usize, affinity: Option<&[u8]>) -> Option<usize> {
        let count = candidates.len();
        let in_turn = || (0..count).map(|step| (turn + step) % count);
        match (self, affinity) {
            (Self::Explicit(key), _) => candidates.place(key.as_str()),
            (Self::Failover(keys), _) => keys.iter().find_map(|key| candidates.place(key.as_str())),
            // The first of the least, so that equal ones take turns.
            (Self::LeastPending, _) => in_turn().min_by_key(|&place| candidates.load(place).pending_actions),
            (Self::HealthAware, _) => in_turn().min_by_key(|&place| candidates.load(place).cost()),
            (Self::Sticky, Some(affinity)) => {
                let affinity = hash::fnv1a(affinity);
                let weight = |place: &usize| hash::mixed(hash::fnv1a_on(affinity, candidates.key(*place).as_bytes()));
                (0..count).max_by_key(weight)
            }
            (Self::RoundRobin, _) | (Self::Sticky, None) => in_turn().next(),
        }
    }

    /// Whether the turn goes on with a choice.
    pub const fn takes_turns(&self, affinity: Option<&[u8]>) -> bool {
        match self {
            Self::RoundRobin | Self::HealthAware | Self::LeastPending => true,
            Self::Explicit(_) | Self::Failover(_) => false,
            Self::Sticky => affinity.is_none(),
        }
    }

    /// The servers that it names, if it chooses only among them.
    pub fn keys(&self) -> Option<&[ServerKey]> {
        match self {
            Self::Explicit(key) => Some(core::slice::from_ref(key)),
            Self::Failover(keys) => Some(keys),
            Self::RoundRobin | Self::HealthAware | Self::LeastPending | Self::Sticky => None,
        }
    }
}

/// The servers of a cluster that are ready.
struct Ready<'a> {
    registry: &'a Registry,
    list: &'a ReadyList,
    now: Instant,
}

impl Ready<'_> {
    fn connection(&self, place: usize) -> Option<&Connection> {
        self.registry.get(self.list.get(place)?)
    }
}

impl Candidates for Ready<'_> {
    fn len(&self) -> usize {
        self.list.len()
    }

    fn key(&self, place: usize) -> &str {
        self.connection(place).map_or("", |connection| connection.config().key.as_str())
    }

    fn load(&self, place: usize) -> Load {
        self.connection(place).map_or_else(Load::default, |connection| Load::of(connection, self.now))
    }

    fn place(&self, key: &str) -> Option<usize> {
        let id = self.registry.id(key)?;
        self.list.place(self.registry.slot(id)?.serial, id)
    }
}

impl Cluster {
    /// Chooses a server that is ready. `None` where none fits. Costs by how many are ready, and allocates nothing.
    pub fn select(&mut self, routing: &Routing, affinity: Option<&[u8]>, now: Instant) -> Option<ServerId> {
        let ready = Ready { registry: &self.registry, list: &self.ready, now };
        let place = routing.choose(&ready, self.ready.turn(), affinity)?;
        if routing.takes_turns(affinity) {
            self.ready.take_turn(place);
        }
        self.ready.get(place)
    }

    /// The servers that are ready, in the order in which they were added.
    pub fn ready(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        self.ready.iter().filter_map(|id| Some((id, self.registry.get(id)?)))
    }

    /// Whether that server may be chosen.
    pub fn is_ready(&self, id: ServerId) -> bool {
        self.registry.slot(id).is_some_and(|slot| slot.is_ready)
    }
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
