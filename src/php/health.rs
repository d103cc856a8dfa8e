//! `health()`, `clusterHealth()`, `metrics()` and `prometheus()`: what there is to know of servers.
//!
//! Keys are in snake case, as those of configuration, of log contexts and of metrics are.

use super::class::zval;
use super::engine::Engine;
use super::enums;
use super::message::seconds;
use super::metrics;
use super::zend;
use ami_core::cluster::ServerId;
use ami_core::connection::Connection;
use ami_core::export::{self, Format, Overview};
use ami_core::health::{CircuitState, ConnectionState};
use ami_core::metrics::ActionResult;
use ami_core::time::Now;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::{ZendHashTable, Zval};
use std::time::Duration;

/// What is read of a connection before any PHP value is made.
struct Reading {
    host: String,
    port: u16,
    state: ConnectionState,
    since: f64,
    circuit: CircuitState,
    attempts: u32,
    retry_in: Option<Duration>,
    retry_at: Option<u64>,
    last_error: Option<(&'static str, String)>,
    latency: Option<Duration>,
    lag: Duration,
    queued: usize,
    pending: usize,
    unwritten: usize,
    dropped: u64,
    sessions: u64,
}

/// The health of one server.
pub(crate) fn of_server(engine: &Engine, id: ServerId) -> PhpResult<Zval> {
    let reading = {
        let reactor = engine.reactor()?;
        let now = reactor.now();
        reactor.cluster().connection(id).map(|connection| read(connection, now))
    };
    Ok(reading.map_or_else(Zval::null, |reading| health_array(&reading)))
}

/// The health of every server, by key.
pub(crate) fn of_all(engine: &Engine) -> PhpResult<Zval> {
    let readings: Vec<(String, Reading)> = {
        let reactor = engine.reactor()?;
        let now = reactor.now();
        reactor.cluster().iter().map(|(_, connection)| (key(connection), read(connection, now))).collect()
    };
    Ok(array(readings.iter().map(|(key, reading)| (key.as_str(), health_array(reading)))))
}

/// All servers together.
pub(crate) fn of_cluster(engine: &Engine) -> PhpResult<Zval> {
    let (all, now) = {
        let reactor = engine.reactor()?;
        let now = reactor.now();
        (Overview::of(reactor.cluster(), now.instant), now)
    };
    let states = ConnectionState::ALL.iter().zip(all.states).map(|(state, count)| (state.name(), size(count)));
    Ok(array(
        [
            ("servers", size(all.servers)),
            ("usable", size(all.usable)),
            ("worst_state", all.worst.map_or_else(Zval::null, enums::connection_state)),
            ("states", array(states)),
            ("next_retry_at", optional(all.retry_in.map(|wait| millis_at(now, wait)))),
            ("event_lag_ms", millis(all.queue_age)),
            ("queued_events", size(all.queued_events)),
            ("pending_actions", size(all.pending_actions)),
            ("unwritten_bytes", size(all.unwritten_bytes)),
            ("dropped_events", integer(all.events_dropped)),
        ]
        .into_iter(),
    ))
}

/// All metrics: of every server by its key, of those that were removed the sums, and of this process.
pub(crate) fn metrics(engine: &Engine) -> PhpResult<Zval> {
    let process = metrics::process(engine)?;
    let (servers, removed, now) = {
        let reactor = engine.reactor()?;
        let (now, cluster) = (reactor.now(), reactor.cluster());
        let servers: Vec<_> = cluster
            .iter()
            .map(|(_, connection)| {
                let families = export::server_families();
                let families = families
                    .map(|family| (family.label(), export::family_samples(&family, connection, now), family.name));
                (key(connection), families.collect::<Vec<_>>())
            })
            .collect();
        (servers, cluster.removed(), now)
    };
    let servers = array(servers.into_iter().map(|(key, families)| {
        let families = families.into_iter().map(|(label, samples, name)| (name, metrics::family(label, samples)));
        (key, array(families))
    }));
    let families = export::PROCESS.iter();
    let process =
        array(families.map(|family| {
            (family.name, metrics::family(family.label(), export::family_samples(family, &process, now)))
        }));
    let sums = export::sums(&removed).map(|(name, count)| (name, integer(count)));
    let actions = ActionResult::ALL.map(|result| (result.name(), integer(result.counted(&removed.counters))));
    let removed = array(sums.chain([("actions", array(actions.into_iter()))]));
    Ok(array([("servers", servers), ("removed", removed), ("process", process)].into_iter()))
}

/// All metrics as text.
pub(crate) fn text(engine: &Engine, format: Format) -> PhpResult<Zval> {
    let process = metrics::process(engine)?;
    let text = {
        let reactor = engine.reactor()?;
        export::text(reactor.cluster(), &process, format, reactor.now())
    };
    Ok(zend::string(text.as_bytes()))
}

fn key(connection: &Connection) -> String {
    connection.config().key.as_str().to_owned()
}

fn read(connection: &Connection, now: Now) -> Reading {
    let config = connection.config();
    let retry_in = connection.retry_in(now.instant);
    Reading {
        host: config.host.to_string(),
        port: config.port,
        state: connection.state(),
        since: seconds(connection.since().wall),
        circuit: connection.circuit(),
        attempts: connection.failed_attempts(),
        retry_in,
        retry_at: retry_in.map(|wait| millis_at(now, wait)),
        last_error: connection.last_loss().map(|loss| (loss.name(), loss.to_string())),
        latency: connection.latency(now.instant),
        lag: connection.queue_age(now.instant).unwrap_or_default(),
        queued: connection.queued_events(),
        pending: connection.pending_actions(),
        unwritten: connection.unwritten_len(),
        dropped: connection.drops().total(),
        sessions: connection.counters().sessions,
    }
}

fn health_array(reading: &Reading) -> Zval {
    let text = |text: Option<&str>| text.map_or_else(Zval::null, |text| zend::string(text.as_bytes()));
    let error = reading.last_error.as_ref();
    let retry_in = reading.retry_in.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    array(
        [
            ("host", zend::string(reading.host.as_bytes())),
            ("port", integer(u64::from(reading.port))),
            ("state", enums::connection_state(reading.state)),
            ("since", zval(reading.since)),
            ("circuit", enums::circuit_state(reading.circuit)),
            ("failed_attempts", integer(u64::from(reading.attempts))),
            ("retry_in_ms", optional(retry_in)),
            ("next_retry_at", optional(reading.retry_at)),
            ("last_reason", text(error.map(|(reason, _)| *reason))),
            ("last_error", text(error.map(|(_, words)| words.as_str()))),
            ("latency_ms", reading.latency.map_or_else(Zval::null, millis)),
            ("event_lag_ms", millis(reading.lag)),
            ("queued_events", size(reading.queued)),
            ("pending_actions", size(reading.pending)),
            ("unwritten_bytes", size(reading.unwritten)),
            ("dropped_events", integer(reading.dropped)),
            ("sessions", integer(reading.sessions)),
        ]
        .into_iter(),
    )
}

/// The time after so long, in milliseconds since the epoch, as log records have it.
fn millis_at(now: Now, wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(now.wall.0 / 1_000)
}

fn millis(duration: Duration) -> Zval {
    zval(duration.as_secs_f64() * 1e3)
}

fn optional(number: Option<u64>) -> Zval {
    number.map_or_else(Zval::null, integer)
}

fn size(number: usize) -> Zval {
    integer(number as u64)
}

/// An array with these keys.
pub(super) fn array<K: AsRef<str>>(entries: impl Iterator<Item = (K, Zval)>) -> Zval {
    let mut table = ZendHashTable::new();
    for (key, value) in entries {
        // It cannot fail: the value is a plain one.
        let _ = table.insert(key.as_ref(), value);
    }
    let mut zval = Zval::new();
    zval.set_hashtable(table);
    zval
}

/// A count; more than PHP's integers hold is the most of them.
pub(super) fn integer(number: u64) -> Zval {
    zval(i64::try_from(number).unwrap_or(i64::MAX))
}
