//! Completion strategies: when an action is over, and how long and how much it may take until then.
//!
//! The strategies of the extension are only descriptions here, which `ami_core::correlation` carries out. A class of the
//! application is asked by `isComplete()` about each message of its action, and about nothing else.

mod arguments;
mod strategies;

use std::time::Duration;

use ami_core::config::{ConfigError, Value};
use ami_core::correlation::{Completion, Judgement, Strategy, is_originate};
use ami_core::protocol::Action;
use arguments::{DURATION_MS, MESSAGES};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;
use strategies::Bounds;

use crate::php::class;
use crate::php::config;
use crate::php::engine::rethrow;
use crate::php::exceptions;
use crate::php::message::AMI_MESSAGE;
use crate::php::zend::{self, CallError, ClassSlot, call_method};

/// Name of the interface.
pub(crate) const COMPLETION_STRATEGY: &str = "Apn\\AmiClient\\CompletionStrategy";

static INTERFACE: ClassSlot = ClassSlot::new();

/// For the classes that implement it.
const IMPLEMENTED: ClassEntryInfo = (interface, COMPLETION_STRATEGY);

/// Declares the interface and the strategies, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let max_duration = FunctionBuilder::new_abstract("maxDurationMs").returns(DataType::Long, false, true);
    let max_messages = FunctionBuilder::new_abstract("maxMessages").returns(DataType::Long, false, false);
    let is_complete = FunctionBuilder::new_abstract("isComplete")
        .arg(Arg::new("message", DataType::object(AMI_MESSAGE)))
        .returns(DataType::Bool, false, false);
    let builder = ClassBuilder::new(COMPLETION_STRATEGY)
        .flags(ClassFlags::Interface)
        .method(max_duration, MethodFlags::Public)
        .method(max_messages, MethodFlags::Public)
        .method(is_complete, MethodFlags::Public);
    INTERFACE.set(zend::register(builder)?);
    strategies::declare()
}

/// The interface, to ask whether an object is one.
pub(crate) fn interface() -> &'static ClassEntry {
    INTERFACE.entry()
}

/// What completes an action, within which bounds, and the object to ask where the application's own code decides.
///
/// Without a strategy the action decides, as [`Strategy::of`] has it. What the object's methods throw passes through.
pub(crate) fn read(
    strategy: Option<&Zval>,
    action: &Action,
    default_timeout: Duration,
) -> PhpResult<(Completion, Option<Zval>)> {
    let given = strategy.map(Zval::dereference).filter(|strategy| !strategy.is_null());
    let Some(given) = given else { return Ok((Completion::of(action, default_timeout), None)) };
    let (strategy, bounds) = match strategies::described(given) {
        Some(described) => described,
        None => (Strategy::Custom, bounds_of(given)?),
    };
    if strategy == Strategy::originate() && is_originate(action) && Strategy::of(action) != strategy {
        let given = Value::Other("Apn\\AmiClient\\AsyncEvent".into());
        let reason = "waits for an event that a synchronous Originate never has; its Async header must be true";
        let error = ConfigError::invalid("completionStrategy", given, reason);
        return Err(exceptions::invalid_configuration(&error));
    }
    let max_duration = match bounds.max_duration_ms {
        Some(millis) => Duration::from_millis(u64::from(millis)),
        None => strategy.default_duration(action, default_timeout),
    };
    let custom = (strategy == Strategy::Custom).then(|| given.shallow_clone());
    Ok((Completion { strategy, max_duration, max_messages: bounds.max_messages }, custom))
}

/// Asks an object whether a message is the last one. What it throws comes back as the value.
pub(crate) fn judge(strategy: &Zval, message: &Zval) -> Result<Judgement, CallError> {
    let verdict = call_method(strategy, "isComplete", std::slice::from_ref(message))?;
    Ok(if verdict.is_true() { Judgement::Completes } else { Judgement::Continues })
}

/// The bounds that a strategy of the application names.
fn bounds_of(strategy: &Zval) -> PhpResult<Bounds> {
    if !strategy.object().is_some_and(|object| object.instance_of(interface())) {
        let given = config::named_type(strategy);
        let error = ConfigError::invalid("completionStrategy", given, "is no CompletionStrategy");
        return Err(exceptions::invalid_configuration(&error));
    }
    let duration = ask(strategy, "maxDurationMs")?;
    let messages = ask(strategy, "maxMessages")?;
    let read = |duration| {
        Ok(Bounds {
            max_duration_ms: duration,
            max_messages: arguments::number(&messages, "completionStrategy.maxMessages", MESSAGES)?,
        })
    };
    let duration = match &duration {
        none if none.is_null() => Ok(None),
        given => arguments::number(given, "completionStrategy.maxDurationMs", DURATION_MS).map(Some),
    };
    duration.and_then(read).map_err(|error| exceptions::invalid_configuration(&error))
}

fn ask(strategy: &Zval, method: &str) -> PhpResult<Zval> {
    call_method(strategy, method, &[]).map_err(|error| match error {
        CallError::Thrown(exception) => rethrow(exception),
        // What is pending already is what PHP sees.
        CallError::Unwinding | CallError::NoMethod => {
            PhpException::new(format!("{method}() was not called"), 0, class::error())
        }
    })
}
