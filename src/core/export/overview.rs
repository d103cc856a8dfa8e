//! How all servers stand together, for probes.

use crate::cluster::Cluster;
use crate::health::ConnectionState;
use crate::time::Instant;
use core::time::Duration;

/// The servers of a cluster, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overview {
    /// How many there are.
    pub servers: usize,
    /// How many can be used: those in the states `Ready` and `Degraded`.
    pub usable: usize,
    /// How many are in each state, in the order of [`ConnectionState::ALL`].
    pub states: [usize; ConnectionState::ALL.len()],
    /// The worst state that one is in; `None` without servers.
    pub worst: Option<ConnectionState>,
    /// How long until the next attempt of any.
    pub retry_in: Option<Duration>,
    /// The longest that an event has waited for listeners.
    pub queue_age: Duration,
    /// Events that wait.
    pub queued_events: usize,
    /// Actions that wait.
    pub pending_actions: usize,
    /// Bytes that wait.
    pub unwritten_bytes: usize,
    /// Events given up, those of removed servers as well.
    pub events_dropped: u64,
}

impl Overview {
    /// That of a cluster.
    pub fn of(cluster: &Cluster, now: Instant) -> Self {
        let mut all = Self { events_dropped: cluster.removed().events_dropped, ..Self::default() };
        for (_, connection) in cluster.iter() {
            let state = connection.state();
            all.servers += 1;
            all.usable += usize::from(state.is_usable());
            if let Some(count) = all.states.get_mut(state as usize) {
                *count += 1;
            }
            all.worst = all.worst.into_iter().chain([state]).max_by_key(|state| badness(*state));
            all.retry_in = all.retry_in.into_iter().chain(connection.retry_in(now)).min();
            all.queue_age = all.queue_age.max(connection.queue_age(now).unwrap_or_default());
            all.queued_events += connection.queued_events();
            all.pending_actions += connection.pending_actions();
            all.unwritten_bytes += connection.unwritten_len();
            all.events_dropped += connection.drops().total();
        }
        all
    }
}

/// What is worse needs a person sooner.
const fn badness(state: ConnectionState) -> u8 {
    match state {
        ConnectionState::Ready => 0,
        ConnectionState::Degraded => 1,
        ConnectionState::Authenticating => 2,
        ConnectionState::Connected => 3,
        ConnectionState::Connecting => 4,
        ConnectionState::Closing => 5,
        ConnectionState::Disconnected => 6,
        ConnectionState::Reconnecting => 7,
        ConnectionState::Fatal => 8,
    }
}
