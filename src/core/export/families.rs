//! The table of all metrics.

use crate::connection::Connection;
use crate::health::{CircuitState, ConnectionState};
use crate::metrics::{ActionResult, Counters, Histogram, SCALARS};
use crate::time::{Now, UnixMicros};
use core::time::Duration;

/// What a family of metrics is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It is as it is.
    Gauge,
    /// Durations by their length.
    Histogram,
}

impl Kind {
    /// The word for it in the formats of Prometheus.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Metrics of one name.
#[derive(Debug)]
pub struct Family<S: 'static> {
    /// Its name, without prefix and suffix. Where there is a unit, the name ends with it.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// Where its values are.
    pub source: Source<S>,
}

/// How the values of a family are read. The text before a function is the name of the label by which they are told apart.
#[derive(Debug)]
pub enum Source<S: 'static> {
    /// One of the plain counters.
    Scalar(fn(&Counters) -> u64),
    /// Another counter.
    Count(fn(&S) -> u64),
    /// Counters by names, which may be whatever a server sent.
    Counts(&'static str, fn(&S, Put<'_>)),
    /// A gauge, where there is a value.
    Level(fn(&S, Now) -> Option<f64>),
    /// Gauges by names.
    Levels(&'static str, fn(&S, &mut dyn FnMut(&'static str, f64))),
    /// A histogram.
    Times(fn(&S) -> &Histogram),
    /// Histograms by names.
    TimesBy(&'static str, fn(&S, PutTimes<'_>)),
}

/// Takes a name and a count.
type Put<'a> = &'a mut dyn FnMut(&[u8], u64);

/// Takes a name and a histogram.
type PutTimes<'a> = &'a mut dyn FnMut(&'static str, &Histogram);

/// What metrics are about: a server, or the process.
pub trait Subject {
    /// The plain counters, where there are any.
    fn counters(&self) -> Option<&Counters>;
}

// By hand, because a derived one would want `S` to be copied.
impl<S> Clone for Family<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Family<S> {}

impl<S> Clone for Source<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Source<S> {}

impl<S> Family<S> {
    const fn new(name: &'static str, help: &'static str, source: Source<S>) -> Self {
        Self { name, help, source }
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        match self.source {
            Source::Scalar(_) | Source::Count(_) | Source::Counts(..) => Kind::Counter,
            Source::Level(_) | Source::Levels(..) => Kind::Gauge,
            Source::Times(_) | Source::TimesBy(..) => Kind::Histogram,
        }
    }

    /// The label by which its values are told apart, where there is one.
    pub const fn label(&self) -> Option<&'static str> {
        match self.source {
            Source::Counts(label, _) | Source::Levels(label, _) | Source::TimesBy(label, _) => Some(label),
            _ => None,
        }
    }

    /// The unit, where there is one.
    pub fn unit(&self) -> Option<&'static str> {
        ["seconds", "bytes"]
            .into_iter()
            .find(|unit| self.name.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_')))
    }
}

/// Everything that is told of a server.
pub fn server_families() -> impl Iterator<Item = Family<Connection>> {
    let scalars = SCALARS.iter().copied().flatten();
    let scalars = scalars.map(|scalar| Family::new(scalar.name, scalar.help, Source::Scalar(scalar.read)));
    scalars.chain(SERVER.iter().copied())
}

impl Subject for Connection {
    fn counters(&self) -> Option<&Counters> {
        Some(Self::counters(self))
    }
}

/// What is told of a server besides its plain counters.
pub const SERVER: &[Family<Connection>] = &[
    Family::new(
        "actions",
        "Actions that ended, by their result.",
        Source::Counts("result", |connection, put| {
            for result in ActionResult::ALL {
                put(result.name().as_bytes(), result.counted(connection.counters()));
            }
        }),
    ),
    Family::new(
        "losses_by_reason",
        "Sessions and attempts that were lost, by the reason.",
        Source::Counts("reason", |connection, put| {
            connection.losses().for_each(|(reason, count)| put(reason.as_bytes(), count));
        }),
    ),
    Family::new(
        "events_dropped",
        "Events that a full queue gave up.",
        Source::Count(|connection| connection.drops().total()),
    ),
    Family::new(
        "events_dropped_by_name",
        "Events that a full queue gave up, by the name of the event.",
        Source::Counts("event", |connection, put| {
            connection.drops().by_name().for_each(|(name, count)| put(name.unwrap_or(b"(other)"), count));
        }),
    ),
    Family::new(
        "ready",
        "1 while actions can be sent: the state is ready or degraded.",
        Source::Level(|connection, _| Some(f64::from(u8::from(connection.state().is_usable())))),
    ),
    Family::new(
        "connection_state",
        "1 for the state of the connection, 0 for each other.",
        Source::Levels("state", |connection, put| {
            for state in ConnectionState::ALL {
                put(state.name(), f64::from(u8::from(state == connection.state())));
            }
        }),
    ),
    Family::new(
        "state_since_timestamp_seconds",
        "When the connection came into its state.",
        Source::Level(|connection, _| Some(timestamp(connection.since().wall))),
    ),
    Family::new(
        "circuit_state",
        "1 for the state of the circuit breaker, 0 for each other.",
        Source::Levels("state", |connection, put| {
            for state in CircuitState::ALL {
                put(state.name(), f64::from(u8::from(state == connection.circuit())));
            }
        }),
    ),
    Family::new(
        "failed_attempts",
        "Failed attempts to connect in a row.",
        Source::Level(|connection, _| Some(f64::from(connection.failed_attempts()))),
    ),
    Family::new(
        "next_attempt_timestamp_seconds",
        "When the next attempt to connect comes; 0 where none is planned.",
        Source::Level(|connection, now| {
            let at = connection.retry_in(now.instant).map(|wait| timestamp(now.wall) + wait.as_secs_f64());
            Some(at.unwrap_or_default())
        }),
    ),
    Family::new(
        "event_queue_depth",
        "Events that wait for listeners.",
        Source::Level(|connection, _| Some(size(connection.queued_events()))),
    ),
    Family::new(
        "event_queue_capacity",
        "Events that may wait for listeners before the oldest is given up.",
        Source::Level(|connection, _| Some(size(connection.options().event_queue_capacity))),
    ),
    Family::new(
        "event_queue_age_seconds",
        "How long the oldest event in the queue has waited; 0 where none waits.",
        Source::Level(|connection, now| {
            Some(connection.queue_age(now.instant).as_ref().map_or(0.0, Duration::as_secs_f64))
        }),
    ),
    Family::new(
        "pending_actions",
        "Actions that wait for their answers.",
        Source::Level(|connection, _| Some(size(connection.pending_actions()))),
    ),
    Family::new(
        "pending_actions_limit",
        "Actions that may wait for their answers before further ones are refused.",
        Source::Level(|connection, _| Some(size(connection.options().max_pending_actions))),
    ),
    Family::new(
        "write_buffer_bytes",
        "Bytes that wait to be written.",
        Source::Level(|connection, _| Some(size(connection.unwritten_len()))),
    ),
    Family::new(
        "write_buffer_limit_bytes",
        "Bytes that may wait to be written before further actions are refused.",
        Source::Level(|connection, _| Some(size(connection.options().write_buffer_limit))),
    ),
    Family::new(
        "heartbeat_latency_seconds",
        "How long the server takes to answer a Ping, smoothed; more while an answer is overdue. Absent where not known.",
        Source::Level(|connection, now| connection.latency(now.instant).as_ref().map(Duration::as_secs_f64)),
    ),
    Family::new(
        "action_latency_seconds",
        "How long actions took to end, by their result.",
        Source::TimesBy("result", |connection, put| {
            connection.timings().latency().for_each(|(result, histogram)| put(result.name(), histogram));
        }),
    ),
    Family::new(
        "listener_duration_seconds",
        "How long the listeners of an event took together, of the events that were timed.",
        Source::Times(|connection| &connection.timings().listeners),
    ),
    Family::new(
        "event_lag_seconds",
        "How long events waited between being read and their first listener, of the events that were timed.",
        Source::Times(|connection| &connection.timings().lag),
    ),
];

/// What the driver counts itself, and what is true of all servers together.
#[derive(Debug, Clone)]
pub struct Process {
    /// Of this software.
    pub version: &'static str,
    /// Servers that there are.
    pub servers: usize,
    /// Callbacks that threw.
    pub callback_failures: u64,
    /// Of these, those of which no record could be kept.
    pub callback_failures_unlogged: u64,
    /// Records at which the logger threw.
    pub log_failures: u64,
    /// Records given up because too many waited.
    pub log_records_dropped: u64,
    /// Records that were only counted because more came of their kind than are told in a minute.
    pub log_records_held_back: u64,
    /// Host names that were not looked up because too many waited.
    pub lookups_refused: u64,
    /// Removed servers whose last numbers were told to nobody.
    pub removed_servers_untold: u64,
    /// Background threads that a panic has ended.
    pub background_panics: u64,
    /// What the process had in memory when it was last measured.
    pub memory: Option<u64>,
    /// What it may have, where there is a limit.
    pub memory_limit: Option<u64>,
    /// Ticks that were asked to wait longer than they may.
    pub timeouts_clamped: u64,
    /// What ticks took, the waiting left out.
    pub ticks: Histogram,
}

impl Subject for Process {
    fn counters(&self) -> Option<&Counters> {
        None
    }
}

/// Everything that is told of the process.
pub const PROCESS: &[Family<Process>] = &[
    Family::new(
        "build_info",
        "Always 1; the version of the extension is a label.",
        Source::Levels("version", |process, put| put(process.version, 1.0)),
    ),
    Family::new("servers", "Servers that the manager has.", Source::Level(|process, _| Some(size(process.servers)))),
    Family::new(
        "callback_failures",
        "Callbacks that threw, of all servers and of none.",
        Source::Count(|process| process.callback_failures),
    ),
    Family::new(
        "callback_failures_unlogged",
        "Callbacks that threw and of which no record could be kept.",
        Source::Count(|process| process.callback_failures_unlogged),
    ),
    Family::new("log_failures", "Records at which the logger threw.", Source::Count(|process| process.log_failures)),
    Family::new(
        "log_records_dropped",
        "Records given up because more came than a tick can hand over.",
        Source::Count(|process| process.log_records_dropped),
    ),
    Family::new(
        "log_records_held_back",
        "Records that were only counted because more came of their kind than are told in a minute.",
        Source::Count(|process| process.log_records_held_back),
    ),
    Family::new(
        "lookups_refused",
        "Host names that were not looked up because too many waited for it.",
        Source::Count(|process| process.lookups_refused),
    ),
    Family::new(
        "removed_servers_untold",
        "Removed servers whose last numbers no collector was told because too many went between two ticks.",
        Source::Count(|process| process.removed_servers_untold),
    ),
    Family::new(
        "background_panics",
        "Background threads that a panic has ended, of all managers of the process.",
        Source::Count(|process| process.background_panics),
    ),
    Family::new(
        "memory_bytes",
        "What the process had in memory of its own when it was last measured. Absent without a memory_limit.",
        Source::Level(|process, _| process.memory.map(bytes)),
    ),
    Family::new(
        "memory_limit_bytes",
        "What it may have before the client shuts down. Absent without a memory_limit.",
        Source::Level(|process, _| process.memory_limit.map(bytes)),
    ),
    Family::new(
        "timeouts_clamped",
        "Ticks that were asked to wait longer than they may.",
        Source::Count(|process| process.timeouts_clamped),
    ),
    Family::new(
        "tick_duration_seconds",
        "How long ticks worked, without what they waited: reading, listeners, callbacks and the logger.",
        Source::Times(|process| &process.ticks),
    ),
];

fn timestamp(at: UnixMicros) -> f64 {
    Duration::from_micros(at.0).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "no process has 2^53 bytes")]
const fn bytes(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "no limit allows for 2^53 of anything")]
const fn size(number: usize) -> f64 {
    number as f64
}
