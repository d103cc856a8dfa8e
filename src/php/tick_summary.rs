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

/// What one tick did, for PHP. `clamped`: the caller's timeout was longer than a tick may wait.
pub(crate) fn new(counts: TickCounts, listener_failures: u64, clamped: bool) -> Zval {
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
    class::object(TickSummary::of(numbers), properties(numbers, clamped))
}

fn properties(numbers: [i64; 9], clamped: bool) -> Vec<(String, Zval)> {
    let numbers = COUNTS.iter().zip(numbers).map(|(name, number)| ((*name).to_owned(), class::zval(number)));
    numbers.chain([(CLAMPED.to_owned(), class::zval(clamped))]).collect()
}

impl TickSummary {
    fn of(numbers: [i64; 9]) -> Self {
        Self { progress: numbers.iter().any(|number| *number > 0) }
    }

    /// From PHP only fakes and tests make one.
    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 0, COUNTS.len() + 1) else {
            return ConstructorResult::ArgError;
        };
        let constructed = match read(values) {
            Ok((numbers, clamped)) => {
                class::fill::<Self>(this, properties(numbers, clamped)).map(|()| Self::of(numbers))
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
    }
}

fn read(values: &[Zval]) -> Result<([i64; 9], bool), ConfigError> {
    let mut numbers = [0; 9];
    for ((number, name), given) in numbers.iter_mut().zip(COUNTS).zip(values) {
        match given.dereference().long() {
            Some(given) if given >= 0 => *number = given,
            Some(_) => return Err(ConfigError::invalid(name, config::read(given), "is negative")),
            None => return Err(ConfigError::wrong_type(name, config::read(given), "a whole number")),
        }
    }
    match values.get(COUNTS.len()).map(Zval::dereference) {
        None => Ok((numbers, false)),
        Some(flag) => match flag.bool() {
            Some(clamped) => Ok((numbers, clamped)),
            None => Err(ConfigError::wrong_type(CLAMPED, config::read(flag), "true or false")),
        },
    }
}

extern "C" fn has_progress(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &TickSummary, _| -> PhpResult<Reply> {
        Ok(Reply::Value(class::zval(this.progress)))
    });
}
