//! Completion strategies: when an action is over, and how long and how much it may take until then.
//!
//! A strategy is only a description here; `ami_core::correlation` carries it out. So an application's own class, whose
//! PHP code would have to run for each frame, is refused until there is a way to do that without slowing all others.

use core::time::Duration;

use ami_core::config::{ConfigError, Value};
use ami_core::correlation::{Completion, DEFAULT_MAX_MESSAGES, Strategy, is_originate};
use ami_core::protocol::Action;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ConstructorResult, RegisteredClass};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use crate::php::class::{self, Native, Reply, native_class};
use crate::php::config;
use crate::php::exceptions::{self, Exception};
use crate::php::zend::{self, ClassSlot};

/// Name of the interface.
pub(crate) const COMPLETION_STRATEGY: &str = "Apn\\AmiClient\\CompletionStrategy";

/// Bounds of `maxDurationMs`: under 50 ms a remote server cannot answer; no session is worth waiting for longer than a day.
const DURATION_MS: (i64, i64) = (50, 86_400_000);
/// Bounds of `maxMessages`: a million list items take half a gigabyte.
const MESSAGES: (i64, i64) = (1, 1_000_000);
/// How long a list may take by default: `CoreShowChannels` of a big server, asked during a flood.
const LIST_MS: u32 = 60_000;
/// Most names of end events; no list of Asterisk has more than one.
const MAX_END_EVENTS: usize = 16;

static INTERFACE: ClassSlot = ClassSlot::new();

const IMPLEMENTED: ClassEntryInfo = (interface, COMPLETION_STRATEGY);

/// Declares the interface and the strategies, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let max_duration = FunctionBuilder::new_abstract("maxDurationMs").returns(DataType::Long, false, true);
    let max_messages = FunctionBuilder::new_abstract("maxMessages").returns(DataType::Long, false, false);
    let builder = ClassBuilder::new(COMPLETION_STRATEGY)
        .flags(ClassFlags::Interface)
        .method(max_duration, MethodFlags::Public)
        .method(max_messages, MethodFlags::Public);
    INTERFACE.set(zend::register(builder)?);
    class::declare::<SingleResponse>()?;
    class::declare::<EventList>()?;
    class::declare::<AsyncEvent>()?;
    class::declare::<Command>()
}

/// The interface, to ask whether an object is one.
pub(crate) fn interface() -> &'static ClassEntry {
    INTERFACE.entry()
}

/// How long and how many messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// `None`: as long as the server's `action_timeout`.
    max_duration_ms: Option<u32>,
    max_messages: u32,
}

/// A strategy that PHP knows by a class of its own.
trait Described: Native {
    fn bounds(&self) -> Bounds;
    fn strategy(&self) -> Strategy;
}

/// A strategy whose only choice is how long.
macro_rules! timed_strategy {
    ($type:ident, $name:literal, $messages:literal, $strategy:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) struct $type(Bounds);

        native_class!($type, $name, implements & [IMPLEMENTED]);

        impl Native for $type {
            fn finish(_: &mut ClassEntry) {}
        }

        impl Described for $type {
            fn bounds(&self) -> Bounds {
                self.0
            }

            fn strategy(&self) -> Strategy {
                $strategy
            }
        }

        impl $type {
            fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
                construct(ex, 1, |values| {
                    let max_duration_ms = read_duration(values, 0, None)?;
                    Ok(Self(Bounds { max_duration_ms, max_messages: $messages }))
                })
            }

            fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
                function.not_required().arg(Arg::new("maxDurationMs", DataType::Long).allow_null().default("null"))
            }

            fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
                bounds_methods::<Self>().into()
            }
        }
    };
}

timed_strategy!(
    SingleResponse,
    "Apn\\AmiClient\\SingleResponse",
    1,
    Strategy::Single,
    "One response and nothing else."
);
timed_strategy!(
    AsyncEvent,
    "Apn\\AmiClient\\AsyncEvent",
    2,
    Strategy::originate(),
    "`Originate`: a response, and the event with its result."
);
timed_strategy!(Command, "Apn\\AmiClient\\Command", 1, Strategy::Command, "One response whose output is limited.");

/// A response, items, and an event that ends the list.
#[derive(Debug)]
pub(crate) struct EventList {
    bounds: Bounds,
    complete_events: Vec<Box<[u8]>>,
}

native_class!(EventList, "Apn\\AmiClient\\EventList", implements & [IMPLEMENTED]);

impl Native for EventList {
    fn finish(_: &mut ClassEntry) {}
}

impl Described for EventList {
    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn strategy(&self) -> Strategy {
        Strategy::List { complete_events: self.complete_events.clone() }
    }
}

impl EventList {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 3, |values| {
            let bounds = Bounds {
                max_duration_ms: read_duration(values, 0, Some(LIST_MS))?,
                max_messages: read_number(values, 1, "maxMessages", MESSAGES)?.unwrap_or(DEFAULT_MAX_MESSAGES),
            };
            Ok(Self { bounds, complete_events: read_names(values, 2)? })
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function
            .not_required()
            .arg(Arg::new("maxDurationMs", DataType::Long).allow_null().default(LIST_MS.to_string()))
            .arg(Arg::new("maxMessages", DataType::Long).default(DEFAULT_MAX_MESSAGES.to_string()))
            .arg(Arg::new("completeEvents", DataType::Array).default("[]"))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let names = FunctionBuilder::new("completeEvents", complete_events).returns(DataType::Array, false, false);
        let [duration, messages] = bounds_methods::<Self>();
        vec![duration, messages, (names, MethodFlags::Public)]
    }
}

fn bounds_methods<T: Described>() -> [(FunctionBuilder<'static>, MethodFlags); 2] {
    let duration = FunctionBuilder::new("maxDurationMs", max_duration_ms::<T>).returns(DataType::Long, false, true);
    let messages = FunctionBuilder::new("maxMessages", max_messages::<T>).returns(DataType::Long, false, false);
    [(duration, MethodFlags::Public), (messages, MethodFlags::Public)]
}

extern "C" fn max_duration_ms<T: Described>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &T, _| {
        Ok(Reply::Value(this.bounds().max_duration_ms.map_or_else(Zval::null, |ms| class::zval(i64::from(ms)))))
    });
}

extern "C" fn max_messages<T: Described>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &T, _| Ok(Reply::Value(class::zval(i64::from(this.bounds().max_messages)))));
}

extern "C" fn complete_events(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &EventList, _| {
        let names = this.complete_events.iter().map(|name| Value::Bytes(name.to_vec())).collect();
        Ok(Reply::Value(config::write(&Value::List(names))))
    });
}

fn construct<T: RegisteredClass>(
    ex: &mut ExecuteData,
    arguments: usize,
    read: impl FnOnce(&[Zval]) -> Result<T, ConfigError>,
) -> ConstructorResult<T> {
    let Some((values, Some(this))) = class::arguments(ex, 0, arguments) else {
        return ConstructorResult::ArgError;
    };
    match read(values) {
        Ok(strategy) => class::fill::<T>(this, Vec::new()).map(|()| strategy),
        Err(error) => Err(exceptions::invalid_configuration(&error)),
    }
    .into()
}

/// A duration; null stands for the server's `action_timeout`.
fn read_duration(values: &[Zval], place: usize, default: Option<u32>) -> Result<Option<u32>, ConfigError> {
    match values.get(place) {
        None => Ok(default),
        Some(given) if given.dereference().is_null() => Ok(None),
        Some(_) => read_number(values, place, "maxDurationMs", DURATION_MS),
    }
}

fn read_number(
    values: &[Zval],
    place: usize,
    name: &str,
    (least, most): (i64, i64),
) -> Result<Option<u32>, ConfigError> {
    let Some(given) = values.get(place) else { return Ok(None) };
    let Some(number) = given.dereference().long() else {
        return Err(ConfigError::wrong_type(name, config::read(given), "a whole number"));
    };
    match u32::try_from(number) {
        Ok(fits) if (least..=most).contains(&number) => Ok(Some(fits)),
        _ => Err(ConfigError::invalid(name, Value::Int(number), format!("is out of range ({least} to {most})"))),
    }
}

fn read_names(values: &[Zval], place: usize) -> Result<Vec<Box<[u8]>>, ConfigError> {
    const NAME: &str = "completeEvents";
    let names = match values.get(place).map(config::read) {
        None => return Ok(Vec::new()),
        Some(Value::List(names)) if names.len() <= MAX_END_EVENTS => names,
        Some(Value::List(_)) => {
            let reason = format!("has more than {MAX_END_EVENTS} names");
            return Err(ConfigError::invalid(NAME, Value::Other("array".into()), reason));
        }
        Some(other) => return Err(ConfigError::wrong_type(NAME, other, "a list of event names")),
    };
    let name = |name| match name {
        Value::Bytes(name) if !name.trim_ascii().is_empty() => Ok(name.trim_ascii().to_ascii_lowercase().into()),
        Value::Bytes(name) => Err(ConfigError::invalid(NAME, Value::Bytes(name), "is no event name")),
        other => Err(ConfigError::wrong_type(NAME, other, "a list of event names")),
    };
    names.into_iter().map(name).collect()
}

/// What completes an action, and within which bounds.
///
/// Without a strategy the action decides, as [`Strategy::of`] has it.
pub(crate) fn read(
    strategy: Option<&Zval>,
    action: &Action,
    default_timeout: Duration,
) -> Result<Completion, Exception> {
    let given = strategy.map(Zval::dereference).filter(|strategy| !strategy.is_null());
    let Some(given) = given else { return Ok(Completion::of(action, default_timeout)) };
    let found = described::<SingleResponse>(given)
        .or_else(|| described::<EventList>(given))
        .or_else(|| described::<AsyncEvent>(given))
        .or_else(|| described::<Command>(given));
    let Some((strategy, bounds)) = found else { return Err(refuse(given)) };
    if strategy == Strategy::originate() && is_originate(action) && Strategy::of(action) != strategy {
        let given = Value::Other("Apn\\AmiClient\\AsyncEvent".into());
        let reason = "waits for an event that a synchronous Originate never has; its Async header must be true";
        return Err(exceptions::invalid(&ConfigError::invalid("completionStrategy", given, reason)));
    }
    let max_duration = match bounds.max_duration_ms {
        Some(millis) => Duration::from_millis(u64::from(millis)),
        None => strategy.default_duration(action, default_timeout),
    };
    Ok(Completion { strategy, max_duration, max_messages: bounds.max_messages })
}

fn described<T: Described>(strategy: &Zval) -> Option<(Strategy, Bounds)> {
    let object = ZendClassObject::<T>::from_zend_obj(strategy.object()?)?;
    Some((object.strategy(), object.bounds()))
}

fn refuse(strategy: &Zval) -> Exception {
    let given = config::named_type(strategy);
    let error = if strategy.object().is_some_and(|object| object.instance_of(interface())) {
        let reason = "is a class of the application, which is not supported yet; use SingleResponse, EventList, AsyncEvent or Command";
        ConfigError::invalid("completionStrategy", given, reason)
    } else {
        ConfigError::invalid("completionStrategy", given, "is no CompletionStrategy")
    };
    exceptions::invalid(&error)
}
