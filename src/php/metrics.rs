//! The interface `MetricsCollector`: where an application takes the client's numbers.
//!
//! Numbers are pushed at most once a second, from ticks: counters by what they grew, gauges as they are.

use ami_core::cluster::{Gone, ServerId};
use ami_core::config::Host;
use ami_core::metrics::Counters;
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
        .method(method("observe", "value", DataType::Double), MethodFlags::Public);
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

/// What was pushed before.
#[derive(Debug, Default)]
pub(crate) struct Pushed {
    due: Cell<Instant>,
    counters: RefCell<HashMap<ServerId, Counters>>,
    /// Removed servers of which the last numbers are to be pushed. As many as went within an interval.
    gone: RefCell<Vec<Gone>>,
}

/// The numbers of one server.
struct Numbers {
    id: ServerId,
    host: String,
    grown: Vec<(&'static str, u64)>,
    gauges: [(&'static str, usize); 4],
}

impl Numbers {
    fn new(id: ServerId, host: &Host, now: Counters, before: Option<Counters>, gauges: [usize; 4]) -> Self {
        let before = before.unwrap_or_default();
        let grown = now.iter().zip(before.iter()).map(|((name, now), (_, then))| (name, now - then)).collect();
        let [ready, pending, queued, unwritten] = gauges;
        let gauges = [
            ("ready", ready),
            ("pending_actions", pending),
            ("event_queue_depth", queued),
            ("write_buffer_bytes", unwritten),
        ];
        Self { id, host: host.to_string(), grown, gauges }
    }
}

/// Pushes what is due. A collector that throws is counted as a failing callback and stops nothing.
pub(crate) fn push(engine: &Engine, collector: &Zval, pushed: &Pushed, gone: Vec<Gone>) -> PhpResult<Waited> {
    pushed.gone.borrow_mut().extend(gone);
    let servers = {
        let reactor = engine.reactor()?;
        let now = reactor.now().instant;
        if now < pushed.due.get() {
            return Ok(Waited::Done);
        }
        pushed.due.set(now + INTERVAL);
        let mut known = pushed.counters.borrow_mut();
        let mut servers: Vec<Numbers> = Vec::new();
        for Gone { id, config, counters } in pushed.gone.take() {
            servers.push(Numbers::new(id, &config.host, counters, known.remove(&id), [0; 4]));
        }
        let cluster = reactor.cluster();
        servers.extend(cluster.leaving().chain(cluster.iter()).map(|(id, connection)| {
            let counters = *connection.counters();
            let gauges = [
                usize::from(connection.state().is_usable()),
                connection.pending_actions(),
                connection.queued_events(),
                connection.unwritten_len(),
            ];
            Numbers::new(id, &connection.config().host, counters, known.insert(id, counters), gauges)
        }));
        // One that never did anything goes untold, and where a key is used again its new server has the last word.
        known.retain(|&id, _| cluster.connection(id).is_some());
        servers
    };
    for server in servers {
        let labels = labels(engine, &server);
        for (name, grown) in server.grown.iter().filter(|(_, grown)| *grown > 0) {
            if report(engine, collector, "increment", &format!("ami_{name}_total"), *grown, &labels) == Waited::Exiting
            {
                return Ok(Waited::Exiting);
            }
        }
        for (name, value) in server.gauges {
            if report(engine, collector, "gauge", &format!("ami_{name}"), value as u64, &labels) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
    }
    Ok(Waited::Done)
}

fn labels(engine: &Engine, server: &Numbers) -> Zval {
    let mut labels = ZendHashTable::new();
    // They cannot fail: both are plain values.
    let _ = labels.insert("server_key", engine.server_key(server.id).zval());
    let _ = labels.insert("server_host", server.host.as_str());
    let mut zval = Zval::new();
    zval.set_hashtable(labels);
    zval
}

fn report(engine: &Engine, collector: &Zval, method: &str, name: &str, number: u64, labels: &Zval) -> Waited {
    let number = class::zval(i64::try_from(number).unwrap_or(i64::MAX));
    match zend::call_method(collector, method, &[class::zval(name), number, labels.shallow_clone()]) {
        Ok(_) | Err(CallError::NoMethod) => Waited::Done,
        Err(CallError::Unwinding) => Waited::Exiting,
        Err(CallError::Thrown(exception)) => {
            engine.callback_failed("metrics collector", None, exception);
            Waited::Done
        }
    }
}
