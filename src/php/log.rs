//! Log records on their way to the application's PSR-3 logger.

use super::class::{class_name, zval};
use super::engine::{Engine, Waited};
use super::zend::{self, CallError, call_method, string as text};
use ami_core::log::{LogValue, Record};
use ami_core::time::UnixMicros;
use ext_php_rs::types::{ZendHashTable, Zval};
use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

/// A record of this layer: about a callback that threw.
#[derive(Debug)]
pub(crate) struct CallbackFailure {
    pub(crate) record: Record,
    pub(crate) exception: Zval,
}

/// Warnings in one second at most: a listener that fails at each event of a flood must not flood the terminal too.
const WARNINGS_A_SECOND: u32 = 10;

/// How long a logger may take in one tick before the rest waits for the next: a tick waits at most 250 ms, and answers and
/// heartbeats must not wait much longer for a logger whose disk or network is slow.
const TIME_PER_TICK: Duration = Duration::from_millis(50);

/// Which callback failures become PHP warnings, where there is no logger.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    second: Cell<u64>,
    said: Cell<u32>,
    unsaid: Cell<u64>,
}

impl Warnings {
    /// Tells whether one more may be raised, and how many were not since the last.
    fn allow(&self, at: UnixMicros) -> Option<u64> {
        let second = at.0 / 1_000_000;
        if self.second.replace(second) != second {
            self.said.set(0);
        }
        if self.said.get() >= WARNINGS_A_SECOND {
            self.unsaid.set(self.unsaid.get() + 1);
            return None;
        }
        self.said.set(self.said.get() + 1);
        Some(self.unsaid.take())
    }
}

/// Hands everything that waits to the logger, after the work of a tick. A logger that throws is counted and stops
/// nothing.
pub(crate) fn deliver(engine: &Engine, logger: &Zval) -> Waited {
    let began = engine.instant();
    // What a logger itself brings about waits for the next tick: it could go on for ever.
    for _ in 0..engine.waiting_records() {
        if engine.instant().since(began) >= TIME_PER_TICK {
            break;
        }
        let Some((record, exception)) = engine.next_record() else { break };
        if !logger.is_object() {
            // Without a logger a failing listener must not fail silently.
            if let Some(exception) = exception
                && let Some(unsaid) = engine.warnings().allow(record.at)
                && warn(engine, &record, &exception, unsaid) == Waited::Exiting
            {
                return Waited::Exiting;
            }
            continue;
        }
        let context = context(engine, &record, exception);
        match call_method(logger, "log", &[zval(record.level().name()), zval(record.message()), context]) {
            Ok(_) => {}
            Err(CallError::Thrown(_) | CallError::NoMethod) => engine.count_log_failure(),
            Err(CallError::Unwinding) => return Waited::Exiting,
        }
        // The record may have had the last reference to something whose destructor threw.
        if zend::take_pending_exception().is_some() {
            engine.count_log_failure();
        }
    }
    if zend::is_unwinding() { Waited::Exiting } else { Waited::Done }
}

fn context(engine: &Engine, record: &Record, exception: Option<Zval>) -> Zval {
    let mut context = ZendHashTable::new();
    let mut put = |name: &str, value: Zval| {
        // It cannot fail: the value is a plain one.
        let _ = context.insert(name, value);
    };
    put("server_key", record.server.map_or_else(Zval::null, |id| engine.server_key(id).zval()));
    put("action_id", record.action_id.as_deref().map_or_else(Zval::null, text));
    put("queue_depth", record.queue_depth.map_or_else(Zval::null, |depth| integer(depth as u64)));
    put("worker_pid", integer(u64::from(engine.owner())));
    put("timestamp_ms", integer(record.at.0 / 1_000));
    for (name, value) in &record.fields {
        put(name, log_value(value));
    }
    if let Some(exception) = exception {
        put("exception", exception);
    }
    let mut zval = Zval::new();
    zval.set_hashtable(context);
    zval
}

fn log_value(value: &LogValue) -> Zval {
    match value {
        LogValue::Null => Zval::null(),
        LogValue::Int(number) => zval(*number),
        LogValue::Text(content) => text(content.as_bytes()),
        LogValue::Counts(counts) => {
            let mut table = ZendHashTable::new();
            for (name, count) in counts {
                let _ = table.insert(&**name, *count);
            }
            let mut zval = Zval::new();
            zval.set_hashtable(table);
            zval
        }
    }
}

fn integer(number: u64) -> Zval {
    zval(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A PHP warning, which an application's error handler may turn into an exception: that one is dropped. It may also
/// call `exit()`.
fn warn(engine: &Engine, record: &Record, exception: &Zval, unsaid: u64) -> Waited {
    let class = exception.object().map(class_name).unwrap_or_default();
    let said = call_method(exception, "getMessage", &[]).ok();
    let said = said
        .as_ref()
        .and_then(Zval::zend_str)
        .map(|text| String::from_utf8_lossy(&engine.redacted(text.as_bytes())).into_owned());
    let mut message = format!("{}: {class}: {}", record.message(), said.unwrap_or_default());
    if unsaid > 0 {
        // Writing to a String cannot fail.
        let _ = write!(message, " ({unsaid} more before it were only counted)");
    }
    // The engine takes a C string.
    let message = message.replace('\0', "\\0");
    ext_php_rs::error::php_error(&ext_php_rs::flags::ErrorType::Warning, &message);
    drop(zend::take_pending_exception());
    if zend::is_unwinding() { Waited::Exiting } else { Waited::Done }
}
