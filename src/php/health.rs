//! `health()` and `metrics()`: what there is to know of servers, as arrays.

use super::class::zval;
use super::engine::Engine;
use super::enums;
use super::message::seconds;
use super::zend;
use ami_core::cluster::ServerId;
use ami_core::connection::Connection;
use ami_core::health::{CircuitState, ConnectionState};
use ami_core::metrics::Counters;
use ami_core::time::Instant;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::{ZendHashTable, Zval};

/// What is read of a connection before any PHP value is made.
struct Reading {
    state: ConnectionState,
    circuit: CircuitState,
    since: f64,
    attempt: u32,
    retry_in_ms: Option<u64>,
    last_error: Option<String>,
    pending: usize,
    queued: usize,
    unwritten: usize,
    dropped: u64,
    sessions: u64,
}

/// The health of one server.
pub(crate) fn of_server(engine: &Engine, id: ServerId) -> PhpResult<Zval> {
    let reading = {
        let reactor = engine.reactor()?;
        let now = reactor.now().instant;
        reactor.cluster().connection(id).map(|connection| read(connection, now))
    };
    Ok(reading.map_or_else(Zval::null, |reading| health_array(&reading)))
}

/// The health of every server, by key.
pub(crate) fn of_all(engine: &Engine) -> PhpResult<Zval> {
    let readings: Vec<(String, Reading)> = {
        let reactor = engine.reactor()?;
        let now = reactor.now().instant;
        let key = |connection: &Connection| connection.config().key.as_str().to_owned();
        reactor.cluster().iter().map(|(_, connection)| (key(connection), read(connection, now))).collect()
    };
    Ok(array(readings.iter().map(|(key, reading)| (key.as_str(), health_array(reading)))))
}

/// Key, counters, drops by event name, and all drops of a server.
type ServerCounts = (String, Counters, Vec<(Box<[u8]>, u64)>, u64);

/// The counters of every server by key, the sums of those that were removed, and those of this process.
pub(crate) fn metrics(engine: &Engine) -> PhpResult<Zval> {
    let servers: Vec<ServerCounts> = {
        let reactor = engine.reactor()?;
        let read = |connection: &Connection| {
            let names = connection.drops().by_name().map(|(name, count)| (name.unwrap_or(b"(other)").into(), count));
            let key = connection.config().key.as_str().to_owned();
            (key, *connection.counters(), names.collect(), connection.drops().total())
        };
        reactor.cluster().iter().map(|(_, connection)| read(connection)).collect()
    };
    let servers = servers.iter().map(|(key, counters, drops, dropped)| {
        let by_name = array(drops.iter().map(|(name, count)| (&**name, integer(*count))));
        let counters = counters.iter().map(|(name, count)| (name, integer(count)));
        let more = [("events_dropped", integer(*dropped)), ("events_dropped_by_name", by_name)];
        (key.as_str(), array(counters.chain(more)))
    });
    let servers = array(servers);
    let counts = engine.counts();
    let process = [
        ("callback_failures", &counts.callback_failures),
        ("log_failures", &counts.log_failures),
        ("callback_failures_unlogged", &counts.log_drops),
        ("timeouts_clamped", &counts.clamped_timeouts),
    ];
    let log_dropped = engine.reactor()?.cluster_mut().effects().log.dropped();
    let process = process.map(|(name, count)| (name, integer(count.get())));
    let process = array(process.into_iter().chain([("log_records_dropped", integer(log_dropped))]));
    let removed = engine.reactor()?.cluster().removed();
    let sums =
        removed.counters.iter().chain([("events_dropped", removed.events_dropped), ("servers", removed.servers)]);
    let removed = array(sums.map(|(name, count)| (name, integer(count))));
    Ok(array([("servers", servers), ("removed", removed), ("process", process)].into_iter()))
}

fn read(connection: &Connection, now: Instant) -> Reading {
    let retry_in = connection.retry_in(now).map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    Reading {
        state: connection.state(),
        circuit: connection.circuit(),
        since: seconds(connection.since().wall),
        attempt: connection.failed_attempts(),
        retry_in_ms: retry_in,
        last_error: connection.last_loss().map(ToString::to_string),
        pending: connection.pending_actions(),
        queued: connection.queued_events(),
        unwritten: connection.unwritten_len(),
        dropped: connection.drops().total(),
        sessions: connection.counters().sessions,
    }
}

fn health_array(reading: &Reading) -> Zval {
    let size = |number: usize| integer(number as u64);
    array(
        [
            ("state", enums::connection_state(reading.state)),
            ("circuit", enums::circuit_state(reading.circuit)),
            ("since", zval(reading.since)),
            ("failedAttempts", integer(u64::from(reading.attempt))),
            ("retryInMs", reading.retry_in_ms.map_or_else(Zval::null, integer)),
            ("lastError", reading.last_error.as_deref().map_or_else(Zval::null, |text| zend::string(text.as_bytes()))),
            ("pendingActions", size(reading.pending)),
            ("queuedEvents", size(reading.queued)),
            ("unwrittenBytes", size(reading.unwritten)),
            ("droppedEvents", integer(reading.dropped)),
            ("sessions", integer(reading.sessions)),
        ]
        .into_iter(),
    )
}

fn array<K: AsRef<[u8]>>(entries: impl Iterator<Item = (K, Zval)>) -> Zval {
    let mut table = ZendHashTable::new();
    for (key, value) in entries {
        // It cannot fail: the value is a plain one.
        let _ = table.insert(&*String::from_utf8_lossy(key.as_ref()), value);
    }
    let mut zval = Zval::new();
    zval.set_hashtable(table);
    zval
}

fn integer(number: u64) -> Zval {
    zval(i64::try_from(number).unwrap_or(i64::MAX))
}
