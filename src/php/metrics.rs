//! The interface `MetricsCollector`: where an application takes the client's numbers.
//!
//! Numbers are pushed at most once a second, from ticks: counters by what they grew, gauges when they changed, and of
//! durations what was seen. Which there are is the table in `ami_core::export`.

use ami_core::cluster::{Gone, ServerId};
use ami_core::export::{self, Change, Process, Sample, Value};
use ami_core::time::Instant;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ClassEntry;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use crate::php::class;
use crate::php::engine::{Engine, Waited};
use crate::php::health::{array, integer};
use crate::php::zend::{self, CallError, ClassSlot};

/// Place of the number in every method.
const NUMBER: u32 = 1;

static METRICS_COLLECTOR: ClassSlot = ClassSlot::new();

/// Declares the interface, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let method = |name, number, kind| {
        FunctionBuilder::new_abstract(name)
            .arg(Arg::new("name", DataType::String))
            .arg(Arg::new(number, kind))
            .arg(Arg::new("labels", DataType::Array))
            .returns(DataType::Void, false, false)
    };
    let interface = ClassBuilder::new("Apn\\AmiClient\\MetricsCollector")
        .flags(ClassFlags::Interface)
        .method(method("increment", "by", DataType::Long), MethodFlags::Public)
        .method(method("gauge", "value", DataType::Long), MethodFlags::Public)
        .method(
            method("observe", "value", DataType::Double).arg(Arg::new("times", DataType::Long)),
            MethodFlags::Public,
        );
    let class = zend::register(interface)?;
    zend::allow_float(class, "increment", NUMBER);
    zend::allow_float(class, "gauge", NUMBER);
    METRICS_COLLECTOR.set(class);
    Ok(())
}

/// The interface, to ask whether an object is one.
pub(crate) fn metrics_collector() -> &'static ClassEntry {
    METRICS_COLLECTOR.entry()
}

/// How often numbers are pushed.
const INTERVAL: Duration = Duration::from_secs(1);

/// Gauges are pushed when they have changed, and all of them once in so many pushes: a collector that was restarted, or
/// forgets what it is not told for a while, knows all of them again after a minute.
const ALL_GAUGES: u32 = 60;

/// What was pushed before.
#[derive(Debug, Default)]
pub(crate) struct Pushed {
    due: Cell<Instant>,
    pushes: Cell<u32>,
    servers: RefCell<HashMap<ServerId, Vec<Sample>>>,
    process: RefCell<Vec<Sample>>,
    /// Removed servers of which the last numbers are to be pushed. As many as went within an interval.
    gone: RefCell<Vec<Gone>>,
}

/// One call of the collector.
struct Call {
    /// Whose labels it has, by place; none for the process.
    server: Option<usize>,
    sample: Sample,
    change: Change,
}

/// Pushes what is due. A collector that throws is counted as a failing callback and stops nothing.
pub(crate) fn push(engine: &Engine, collector: &Zval, pushed: &Pushed, gone: Vec<Gone>) -> PhpResult<Waited> {
    pushed.gone.borrow_mut().extend(gone);
    let Some((servers, calls)) = due(engine, pushed)? else { return Ok(Waited::Done) };
    let labels: Vec<Zval> = servers.iter().map(|(id, host)| labels(engine, *id, host)).collect();
    let mut none = Zval::new();
    none.set_hashtable(ZendHashTable::new());
    for Call { server, sample, change } in calls {
        let labels = server.and_then(|place| labels.get(place)).unwrap_or(&none);
        let labels = match &sample.label {
            Some((name, value)) => with_label(labels, name, value),
            None => labels.shallow_clone(),
        };
        if report(engine, collector, sample.name, change, labels) == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
    }
    Ok(Waited::Done)
}

/// What is to be told, and of which servers. `None` until the next push is due.
#[allow(clippy::type_complexity, reason = "a pair that is taken apart at once")]
fn due(engine: &Engine, pushed: &Pushed) -> PhpResult<Option<(Vec<(ServerId, String)>, Vec<Call>)>> {
    let now = engine.reactor()?.now();
    if now.instant < pushed.due.get() {
        return Ok(None);
    }
    pushed.due.set(now.instant + INTERVAL);
    let all = pushed.pushes.get().is_multiple_of(ALL_GAUGES);
    pushed.pushes.set(pushed.pushes.get().wrapping_add(1));
    let (mut servers, mut calls) = (Vec::new(), Vec::new());
    let mut tell = |server, before: &[Sample], now: &[Sample]| {
        let changes = export::changes(before, now, all);
        calls.extend(changes.into_iter().map(|(sample, change)| Call { server, sample: sample.clone(), change }));
    };
    let process = export::process_samples(&process(engine)?, now);
    tell(None, &pushed.process.borrow(), &process);
    *pushed.process.borrow_mut() = process;

    let reactor = engine.reactor()?;
    let cluster = reactor.cluster();
    let mut known = pushed.servers.borrow_mut();
    for Gone { id, config, samples } in pushed.gone.take() {
        servers.push((id, config.host.to_string()));
        tell(Some(servers.len() - 1), known.remove(&id).as_deref().unwrap_or_default(), &samples);
    }
    for (id, connection) in cluster.leaving().chain(cluster.iter()) {
        let samples = export::samples(connection, now);
        servers.push((id, connection.config().host.to_string()));
        tell(Some(servers.len() - 1), known.get(&id).map(Vec::as_slice).unwrap_or_default(), &samples);
        known.insert(id, samples);
    }
    // One that never did anything goes untold, and where a key is used again its new server has the last word.
    known.retain(|&id, _| cluster.connection(id).is_some());
    Ok(Some((servers, calls)))
}

/// What this process counts, and the extension around the core.
pub(super) fn process(engine: &Engine) -> PhpResult<Process> {
    let mut reactor = engine.reactor()?;
    let log = &reactor.cluster_mut().effects().log;
    let (log_records_dropped, log_records_held_back) = (log.dropped(), log.held_back());
    let lookups_refused = reactor.lookups().refused;
    let (counts, cluster) = (engine.counts(), reactor.cluster());
    Ok(Process {
        version: env!("CARGO_PKG_VERSION"),
        servers: cluster.iter().count(),
        callback_failures: counts.callback_failures.get(),
        callback_failures_unlogged: counts.log_drops.get(),
        log_failures: counts.log_failures.get(),
        log_records_dropped,
        log_records_held_back,
        lookups_refused,
        removed_servers_untold: cluster.gone_untold(),
        background_panics: ami_reactor::background::panics(),
        memory: cluster.memory(),
        memory_limit: cluster.memory_limit(),
        timeouts_clamped: counts.clamped_timeouts.get(),
        ticks: *cluster.ticks(),
    })
}

/// The samples of a family as a PHP value: an array where a label tells them apart, null where there is none.
pub(super) fn family(label: Option<&'static str>, samples: Vec<Sample>) -> Zval {
    if label.is_some() {
        return array(samples.into_iter().map(|sample| {
            let name = sample.label.map(|(_, value)| value).unwrap_or_default();
            (name, value(&sample.value))
        }));
    }
    samples.first().map_or_else(Zval::null, |sample| value(&sample.value))
}

fn value(value: &Value) -> Zval {
    match value {
        Value::Count(count) => integer(*count),
        Value::Level(level) => number(*level),
        Value::Times(histogram) => array(
            [
                ("count", integer(histogram.count())),
                ("sum", class::zval(histogram.sum().as_secs_f64())),
                ("buckets", array(histogram.cumulative().map(|(bound, count)| (bound, integer(count))))),
            ]
            .into_iter(),
        ),
    }
}

/// Whole numbers as integers.
fn number(level: f64) -> Zval {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if level.fract() == 0.0 && level.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "just asked")]
        return class::zval(level as i64);
    }
    class::zval(level)
}

fn labels(engine: &Engine, id: ServerId, host: &str) -> Zval {
    let mut labels = ZendHashTable::new();
    // They cannot fail: both are plain values.
    let _ = labels.insert(export::SERVER_KEY, engine.server_key(id).zval());
    let _ = labels.insert(export::SERVER_HOST, host);
    let mut zval = Zval::new();
    zval.set_hashtable(labels);
    zval
}

fn with_label(labels: &Zval, name: &str, value: &str) -> Zval {
    let mut copy = ZendHashTable::new();
    for (name, value) in labels.array().into_iter().flat_map(ZendHashTable::iter) {
        let _ = copy.insert(name, value.shallow_clone());
    }
    let _ = copy.insert(name, value);
    let mut zval = Zval::new();
    zval.set_hashtable(copy);
    zval
}

fn report(engine: &Engine, collector: &Zval, name: &str, change: Change, labels: Zval) -> Waited {
    let name = |suffix| class::zval(format!("{}{name}{suffix}", export::PREFIX));
    let called = match change {
        Change::Grown(by) => zend::call_method(collector, "increment", &[name("_total"), integer(by), labels]),
        Change::Is(level) => zend::call_method(collector, "gauge", &[name(""), number(level), labels]),
        Change::Seen(mean, times) => {
            let mean = class::zval(mean.as_secs_f64());
            zend::call_method(collector, "observe", &[name(""), mean, labels, integer(times)])
        }
    };
    match called {
        Ok(_) | Err(CallError::NoMethod) => Waited::Done,
        Err(CallError::Unwinding) => Waited::Exiting,
        Err(CallError::Thrown(exception)) => {
            engine.callback_failed("metrics collector", None, exception);
            Waited::Done
        }
    }
}
