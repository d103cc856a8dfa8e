//! The strategies of the extension.

use ami_core::config::{ConfigError, Value};
use ami_core::correlation::{DEFAULT_MAX_MESSAGES, Strategy};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::{ConstructorResult, RegisteredClass};
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::{IMPLEMENTED, arguments};
use crate::php::class::{self, Native, Reply, native_class};
use crate::php::config;
use crate::php::engine::rethrow;
use crate::php::exceptions;
use crate::php::message::{self, AMI_MESSAGE};
use crate::php::zend::{self, CallError, PreparedCallable, Traced, Tracer};

/// How long a list may take by default: `CoreShowChannels` of a big server, asked during a flood.
const LIST_MS: u32 = 60_000;

pub(super) fn declare() -> ext_php_rs::error::Result<()> {
    class::declare::<SingleResponse>()?;
    class::declare::<EventList>()?;
    class::declare::<MultiEvent>()?;
    class::declare::<EventOnly>()?;
    class::declare::<AsyncEvent>()?;
    class::declare::<Command>()?;
    class::declare::<CompleteWhen>()
}

/// What one of these classes says of an action, if the object is one.
pub(super) fn described(object: &Zval) -> Option<(Strategy, Bounds)> {
    fn of<T: Described>(strategy: &Zval) -> Option<(Strategy, Bounds)> {
        let object = ZendClassObject::<T>::from_zend_obj(strategy.object()?)?;
        Some((object.strategy(), object.bounds()))
    }
    of::<SingleResponse>(object)
        .or_else(|| of::<EventList>(object))
        .or_else(|| of::<MultiEvent>(object))
        .or_else(|| of::<EventOnly>(object))
        .or_else(|| of::<AsyncEvent>(object))
        .or_else(|| of::<Command>(object))
        .or_else(|| of::<CompleteWhen>(object))
}

/// How long and how many messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// `None`: as long as the server's `action_timeout`.
    pub(super) max_duration_ms: Option<u32>,
    pub(super) max_messages: u32,
}

/// A strategy of the extension.
trait Described: Native {
    fn bounds(&self) -> Bounds;
    fn strategy(&self) -> Strategy;

    fn is_complete(&self, message: &Zval) -> PhpResult<bool> {
        let Some(frame) = message::frame_of(message) else {
            return Err(class::wrong_type(0, "message", AMI_MESSAGE, Some(message)));
        };
        Ok(self.strategy().completes(frame))
    }
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
                construct(ex, 0, 1, |values| {
                    let max_duration_ms = arguments::duration(values, 0, None)?;
                    Ok(Self(Bounds { max_duration_ms, max_messages: $messages }))
                })
            }

            fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
                function.not_required().arg(Arg::new("maxDurationMs", DataType::Long).allow_null().default("null"))
            }

            fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
                methods_of_interface::<Self>()
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

/// A strategy that ends with events of given names.
macro_rules! named_strategy {
    ($type:ident, $name:literal, $field:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) struct $type {
            bounds: Bounds,
            $field: Vec<Box<[u8]>>,
        }

        native_class!($type, $name, implements & [IMPLEMENTED]);

        impl Native for $type {
            fn finish(_: &mut ClassEntry) {}
        }

        impl Described for $type {
            fn bounds(&self) -> Bounds {
                self.bounds
            }

            fn strategy(&self) -> Strategy {
                Self::strategy_of(self.$field.clone())
            }
        }

        impl Named for $type {
            fn names(&self) -> &[Box<[u8]>] {
                &self.$field
            }
        }
    };
}

/// A strategy that names events.
trait Named: Native {
    fn names(&self) -> &[Box<[u8]>];
}

named_strategy!(
    EventList,
    "Apn\\AmiClient\\EventList",
    complete_events,
    "A response, items, and an event that ends the list."
);
named_strategy!(
    MultiEvent,
    "Apn\\AmiClient\\MultiEvent",
    terminal_events,
    "A response, and events up to one of some names."
);
named_strategy!(
    EventOnly,
    "Apn\\AmiClient\\EventOnly",
    terminal_events,
    "Events up to one of some names; a response is not needed."
);

impl EventList {
    const fn strategy_of(complete_events: Vec<Box<[u8]>>) -> Strategy {
        Strategy::List { complete_events }
    }

    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 0, 3, |values| {
            let bounds = Bounds {
                max_duration_ms: arguments::duration(values, 0, Some(LIST_MS))?,
                max_messages: arguments::messages(values, 1, DEFAULT_MAX_MESSAGES)?,
            };
            Ok(Self { bounds, complete_events: arguments::names(values, 2, "completeEvents")? })
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
        with_names::<Self>("completeEvents")
    }
}

impl MultiEvent {
    const fn strategy_of(terminal_events: Vec<Box<[u8]>>) -> Strategy {
        Strategy::Multi { terminal_events }
    }

    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 1, 3, |values| {
            let terminal_events = arguments::some_names(values, 0, "terminalEvents")?;
            Ok(Self { bounds: bounds(values)?, terminal_events })
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        bounded(function.arg(Arg::new("terminalEvents", DataType::Array)))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        with_names::<Self>("terminalEvents")
    }
}

impl EventOnly {
    const fn strategy_of(terminal_events: Vec<Box<[u8]>>) -> Strategy {
        Strategy::EventOnly { terminal_events }
    }

    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 1, 3, |values| {
            let terminal_events = arguments::some_names(values, 0, "terminalEvents")?;
            Ok(Self { bounds: bounds(values)?, terminal_events })
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        bounded(function.arg(Arg::new("terminalEvents", DataType::Array)))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        with_names::<Self>("terminalEvents")
    }
}

/// A function of the application decides.
#[derive(Debug)]
pub(crate) struct CompleteWhen {
    bounds: Bounds,
    predicate: PreparedCallable,
}

native_class!(CompleteWhen, "Apn\\AmiClient\\CompleteWhen", implements & [IMPLEMENTED]);

impl Native for CompleteWhen {
    fn finish(_: &mut ClassEntry) {
        zend::trace::<Self>();
    }
}

impl Traced for CompleteWhen {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.callable(&self.predicate);
    }
}

impl Described for CompleteWhen {
    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn strategy(&self) -> Strategy {
        Strategy::Custom
    }

    fn is_complete(&self, message: &Zval) -> PhpResult<bool> {
        // The function may let go of the last reference to this object.
        let predicate = self.predicate.clone();
        match predicate.call(std::slice::from_ref(message)) {
            Ok(verdict) => Ok(verdict.coerce_to_bool()),
            Err(CallError::Thrown(exception)) => Err(rethrow(exception)),
            Err(CallError::Unwinding | CallError::NoMethod) => Ok(false),
        }
    }
}

impl CompleteWhen {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 1, 3) else {
            return ConstructorResult::ArgError;
        };
        let made = class::callable(values, 0, "isComplete").and_then(|predicate| {
            let bounds = bounds(values).map_err(|error| exceptions::invalid_configuration(&error))?;
            class::fill::<Self>(this, Vec::new())?;
            Ok(Self { bounds, predicate })
        });
        made.into()
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        bounded(function.arg(Arg::new("isComplete", DataType::Callable)))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        methods_of_interface::<Self>()
    }
}

/// The bounds that stand behind the first argument.
fn bounds(values: &[Zval]) -> Result<Bounds, ConfigError> {
    Ok(Bounds {
        max_duration_ms: arguments::duration(values, 1, None)?,
        max_messages: arguments::messages(values, 2, DEFAULT_MAX_MESSAGES)?,
    })
}

fn bounded(function: FunctionBuilder) -> FunctionBuilder {
    function
        .not_required()
        .arg(Arg::new("maxDurationMs", DataType::Long).allow_null().default("null"))
        .arg(Arg::new("maxMessages", DataType::Long).default(DEFAULT_MAX_MESSAGES.to_string()))
}

fn methods_of_interface<T: Described>() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
    let duration = FunctionBuilder::new("maxDurationMs", max_duration_ms::<T>).returns(DataType::Long, false, true);
    let messages = FunctionBuilder::new("maxMessages", max_messages::<T>).returns(DataType::Long, false, false);
    let is_complete = FunctionBuilder::new("isComplete", is_complete::<T>)
        .arg(Arg::new("message", DataType::object(AMI_MESSAGE)))
        .returns(DataType::Bool, false, false);
    [duration, messages, is_complete].map(|method| (method, MethodFlags::Public)).into()
}

fn with_names<T: Described + Named>(name: &'static str) -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
    let mut methods = methods_of_interface::<T>();
    let names = FunctionBuilder::new(name, names::<T>).returns(DataType::Array, false, false);
    methods.push((names, MethodFlags::Public));
    methods
}

extern "C" fn max_duration_ms<T: Described>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &T, _| {
        Ok(Reply::Value(this.bounds().max_duration_ms.map_or_else(Zval::null, |ms| class::zval(i64::from(ms)))))
    });
}

extern "C" fn max_messages<T: Described>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &T, _| Ok(Reply::Value(class::zval(i64::from(this.bounds().max_messages)))));
}

extern "C" fn is_complete<T: Described>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &T, arguments| {
        Ok(Reply::Value(class::zval(this.is_complete(&class::argument(arguments, 0))?)))
    });
}

extern "C" fn names<T: Named>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &T, _| {
        let names = this.names().iter().map(|name| Value::Bytes(name.to_vec())).collect();
        Ok(Reply::Value(config::write(&Value::List(names))))
    });
}

fn construct<T: RegisteredClass>(
    ex: &mut ExecuteData,
    required: usize,
    most: usize,
    read: impl FnOnce(&[Zval]) -> Result<T, ConfigError>,
) -> ConstructorResult<T> {
    let Some((values, Some(this))) = class::arguments(ex, required, most) else {
        return ConstructorResult::ArgError;
    };
    match read(values) {
        Ok(strategy) => class::fill::<T>(this, Vec::new()).map(|()| strategy),
        Err(error) => Err(exceptions::invalid_configuration(&error)),
    }
    .into()
}
