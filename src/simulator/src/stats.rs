//! Counters of a node, readable from any thread while it runs.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most actions that `NodeHandle::received` keeps; the oldest go first.
const RECORD_LIMIT: usize = 100_000;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a node has counted since it started.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct NodeStats {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: AtomicU64,)*
        }

        impl Counters {
            pub(crate) fn snapshot(&self) -> NodeStats {
                NodeStats { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }

        impl std::fmt::Display for NodeStats {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let pairs = [$((stringify!($name), self.$name),)*];
                let texts = pairs.map(|(name, value)| format!("{name}={value}"));
                formatter.write_str(&texts.join(" "))
            }
        }
    };
}

counters! {
    /// Connections accepted.
    connections_accepted,
    /// Connections open now.
    connections_open,
    /// Logins that succeeded.
    logins,
    /// Logins that were refused.
    logins_refused,
    /// Sessions that said goodbye.
    logoffs,
    /// Actions read, known or not.
    actions,
    /// Events queued or sent, each session counted.
    events_sent,
    /// Those of them that belonged to a flood.
    flood_events_sent,
    /// Bytes that the kernel took.
    bytes_sent,
    /// Bytes read.
    bytes_received,
    /// Calls begun, incoming and originated.
    calls_started,
    /// Calls ended.
    calls_ended,
    /// Sessions closed because their client did not read.
    sessions_cut,
    /// Faults applied.
    faults,
}

pub(crate) fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

pub(crate) fn subtract(counter: &AtomicU64, amount: u64) {
    counter.fetch_sub(amount, Ordering::Relaxed);
}

/// An action as a node read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedAction {
    /// Which connection of the node it came by, counted from 1.
    pub connection: u64,
    /// Its lines without line ends. A `Secret` or `Key` is shown as sent: these are test secrets.
    pub lines: Vec<Vec<u8>>,
}

impl ReceivedAction {
    /// The first header with that name, any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.lines.iter().find_map(|line| {
            let (key, rest) = line.split_at_checked(name.len())?;
            key.eq_ignore_ascii_case(name.as_bytes()).then(|| rest.strip_prefix(b":"))?.map(<[u8]>::trim_ascii_start)
        })
    }
}

/// What a node's handle shares with its event loop.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    received: Mutex<VecDeque<ReceivedAction>>,
}

impl Shared {
    pub(crate) fn record(&self, action: ReceivedAction) {
        if let Ok(mut received) = self.received.lock() {
            if received.len() >= RECORD_LIMIT {
                received.pop_front();
            }
            received.push_back(action);
        }
    }

    pub(crate) fn received(&self) -> Vec<ReceivedAction> {
        self.received.lock().map(|received| received.iter().cloned().collect()).unwrap_or_default()
    }
}
