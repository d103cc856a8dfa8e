//! `TickSummary`: what one tick did.

use ami_core::config::ConfigError;
use ami_core::connection::TickCounts;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use crate::php::class::{self, Native, Reply, native_class};
use crate::php::config;
use crate::php::exceptions::invalid_configuration;
use crate::php::zend::{self, Slot};

const COUNTS: [&str; 9] = [
    "bytesRead",
    "bytesWritten",
    "framesRead",
    "eventsDispatched",
    "eventsDropped",
    "eventsUnheard",
    "actionsCompleted",
    "connectAttempts",
    "listenerFailures",
];
const CLAMPED: &str = "timeoutClamped";
const STOPPING: &str = "stopping";

/// All properties, in the order in which they are declared.
const NAMES: [&str; 11] = {
    let [one, two, three, four, five, six, seven, eight, nine] = COUNTS;
    [one, two, three, four, five, six, seven, eight, nine, CLAMPED, STOPPING]
};

/// Whether anything happened; the numbers are PHP properties.
#[derive(Debug)]
pub(crate) struct TickSummary {
    progress: bool,
}

native_class!(TickSummary, "Apn\\AmiClient\\TickSummary", implements & []);

/// Declares the class, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    class::declare::<TickSummary>()
}

/// What one tick did, for PHP. `clamped`: the caller's timeout was longer than a tick may wait. `stopping`: why the client
/// shuts down, if it does.
pub(crate) fn new(counts: TickCounts, listener_failures: u64, clamped: bool, stopping: Option<&str>) -> Zval {
    let numbers = [
        counts.bytes_read,
        counts.bytes_written,
        counts.frames_read,
        counts.events_dispatched,
        counts.events_dropped,
        counts.events_unheard,
        counts.actions_completed,
        counts.connect_attempts,
        listener_failures,
    ];
    let numbers = numbers.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let stopping = stopping.map_or_else(Zval::null, class::zval);
    zend::filled_object(TickSummary::of(numbers), in_order(numbers, clamped, stopping))
}

/// The values of the properties, in the order of [`NAMES`].
fn in_order(numbers: [i64; 9], clamped: bool, stopping: Zval) -> [Zval; NAMES.len()] {
    let [one, two, three, four, five, six, seven, eight, nine] = numbers.map(class::zval);
    [one, two, three, four, five, six, seven, eight, nine, class::zval(clamped), stopping]
}

impl TickSummary {
    fn of(numbers: [i64; 9]) -> Self {
        Self { progress: numbers.iter().any(|number| *number > 0) }
    }

    /// From PHP only fakes and tests make one.
    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 0, COUNTS.len() + 2) else {
            return ConstructorResult::ArgError;
        };
        let constructed = match read(values) {
            Ok((numbers, clamped, stopping)) => {
                let values = in_order(numbers, clamped, stopping);
                let properties = NAMES.into_iter().map(str::to_owned).zip(values).collect();
                class::fill::<Self>(this, properties).map(|()| Self::of(numbers))
            }
            Err(error) => Err(invalid_configuration(&error)),
        };
        constructed.into()
    }

    pub(super) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        COUNTS
            .iter()
            .fold(function.not_required(), |function, name| function.arg(Arg::new(*name, DataType::Long).default("0")))
            .arg(Arg::new(CLAMPED, DataType::Bool).default("false"))
            .arg(Arg::new(STOPPING, DataType::String).allow_null().default("null"))
    }

    pub(super) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let has_progress = FunctionBuilder::new("hasProgress", has_progress).returns(DataType::Bool, false, false);
        vec![(has_progress, MethodFlags::Public)]
    }
}

impl Native for TickSummary {
    fn finish(class: &mut ClassEntry) {
        for name in COUNTS {
            zend::declare_readonly(class, name, Slot::Int);
        }
        zend::declare_readonly(class, CLAMPED, Slot::Bool);
        zend::declare_readonly(class, STOPPING, Slot::OptionalString);
    }
}

fn read(values: &[Zval]) -> Result<([i64; 9], bool, Zval), ConfigError> {
    let mut numbers = [0; 9];
    for ((number, name), given) in numbers.iter_mut().zip(COUNTS).zip(values) {
        match given.dereference().long() {
            Some(given) if given >= 0 => *number = given,
            Some(_) => return Err(ConfigError::invalid(name, config::read(given), "is negative")),
            None => return Err(ConfigError::wrong_type(name, config::read(given), "a whole number")),
        }
    }
    let clamped = match values.get(COUNTS.len()).map(Zval::dereference) {
        None => false,
        Some(flag) => {
            flag.bool().ok_or_else(|| ConfigError::wrong_type(CLAMPED, config::read(flag), "true or false"))?
        }
    };
    let stopping = match values.get(COUNTS.len() + 1).map(Zval::dereference) {
        None => Zval::null(),
        Some(reason) if reason.is_null() || reason.is_string() => reason.shallow_clone(),
        Some(other) => return Err(ConfigError::wrong_type(STOPPING, config::read(other), "a string or null")),
    };
    Ok((numbers, clamped, stopping))
}

extern "C" fn has_progress(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &TickSummary, _| -> PhpResult<Reply> {
        Ok(Reply::Value(class::zval(this.progress)))
    });
}
