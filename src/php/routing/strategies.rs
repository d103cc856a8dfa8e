//! The strategies of the extension.

use std::rc::Rc;

use ami_core::cluster::Routing;
use ami_core::config::{ConfigError, ServerKey, Value};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::rule::{Affinity, Routed, Rule, candidates};
use super::{IMPLEMENTED, with_arguments};
use crate::php::class::{self, Native, Reply, native_class};
use crate::php::config;
use crate::php::exceptions::invalid_configuration;
use crate::php::zend::{self, Traced, Tracer};

/// Most servers that `Failover` may name: a search through more is no order of preference any more.
const MAX_KEYS: usize = 64;
/// Longest name of a header: far over any that Asterisk knows, and within one line of an action.
const MAX_HEADER: usize = 128;

pub(super) fn declare() -> ext_php_rs::error::Result<()> {
    class::declare::<RoundRobin>()?;
    class::declare::<LeastPending>()?;
    class::declare::<HealthAware>()?;
    class::declare::<Explicit>()?;
    class::declare::<Failover>()?;
    class::declare::<Sticky>()
}

/// The rule of one of these classes, if the object is one.
pub(super) fn rule_of(object: &Zval) -> Option<Rc<Rule>> {
    fn of<T: Ruled>(strategy: &Zval) -> Option<Rc<Rule>> {
        Some(Rc::clone(ZendClassObject::<T>::from_zend_obj(strategy.object()?)?.rule()))
    }
    of::<RoundRobin>(object)
        .or_else(|| of::<LeastPending>(object))
        .or_else(|| of::<HealthAware>(object))
        .or_else(|| of::<Explicit>(object))
        .or_else(|| of::<Failover>(object))
        .or_else(|| of::<Sticky>(object))
}

/// A strategy of the extension.
trait Ruled: Native {
    fn rule(&self) -> &Rc<Rule>;
}

macro_rules! strategy {
    ($type:ident, $name:literal, $finish:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug)]
        pub(crate) struct $type(Rc<Rule>);

        native_class!($type, $name, implements & [IMPLEMENTED]);

        impl Native for $type {
            fn finish(class: &mut ClassEntry) {
                let finish: fn(&mut ClassEntry) = $finish;
                finish(class);
            }
        }

        impl Ruled for $type {
            fn rule(&self) -> &Rc<Rule> {
                &self.0
            }
        }
    };
}

/// A strategy without arguments.
macro_rules! plain_strategy {
    ($type:ident, $name:literal, $routing:expr, $doc:literal) => {
        strategy!($type, $name, |_| {}, $doc);

        impl $type {
            fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
                construct(ex, 0, |_| Ok(Self(Rule::new($routing, Affinity::None))))
            }

            const fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
                function
            }

            fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
                vec![select_method::<Self>()]
            }
        }
    };
}

plain_strategy!(RoundRobin, "Apn\\AmiClient\\RoundRobin", Routing::RoundRobin, "Each server in its turn.");
plain_strategy!(
    LeastPending,
    "Apn\\AmiClient\\LeastPending",
    Routing::LeastPending,
    "The server with the fewest actions that wait for answers."
);
plain_strategy!(
    HealthAware,
    "Apn\\AmiClient\\HealthAware",
    Routing::HealthAware,
    "The server that would probably answer first."
);
strategy!(Explicit, "Apn\\AmiClient\\Explicit", |_| {}, "One server or none.");
strategy!(Failover, "Apn\\AmiClient\\Failover", |_| {}, "The first of some servers that is ready.");
strategy!(
    Sticky,
    "Apn\\AmiClient\\Sticky",
    |class| {
        zend::allow_string(class, "__construct", 0);
        zend::trace::<Sticky>();
    },
    "The same server for what belongs together."
);

impl Explicit {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 1, |values| {
            let key = key_of(config::read(&class::argument(values, 0)), "key");
            let key = key.map_err(|error| invalid_configuration(&error))?;
            Ok(Self(Rule::new(Routing::Explicit(key), Affinity::None)))
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function.arg(Arg::new("key", DataType::String))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let key = FunctionBuilder::new("key", explicit_key).returns(DataType::String, false, false);
        vec![select_method::<Self>(), (key, MethodFlags::Public)]
    }
}

impl Failover {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 1, |values| {
            let keys = keys_of(config::read(&class::argument(values, 0)));
            let keys = keys.map_err(|error| invalid_configuration(&error))?;
            Ok(Self(Rule::new(Routing::Failover(keys), Affinity::None)))
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function.arg(Arg::new("keys", DataType::Array))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let keys = FunctionBuilder::new("keys", failover_keys).returns(DataType::Array, false, false);
        vec![select_method::<Self>(), (keys, MethodFlags::Public)]
    }
}

impl Sticky {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        construct(ex, 1, |values| {
            let affinity = match config::read(&class::argument(values, 0)) {
                Value::Bytes(name) => Affinity::Header(header(name).map_err(|error| invalid_configuration(&error))?),
                Value::List(_) | Value::Map(_) | Value::Other(_) => {
                    Affinity::Function(class::callable(values, 0, "affinity")?)
                }
                _ => return Err(class::wrong_type(0, "affinity", "callable|string", values.first())),
            };
            Ok(Self(Rule::new(Routing::Sticky, affinity)))
        })
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function.arg(Arg::new("affinity", DataType::Callable))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        vec![select_method::<Self>()]
    }
}

impl Traced for Sticky {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Affinity::Function(function) = &self.0.affinity {
            tracer.callable(function);
        }
    }
}

fn construct<T: Native>(
    ex: &mut ExecuteData,
    count: usize,
    read: impl FnOnce(&[Zval]) -> PhpResult<T>,
) -> ConstructorResult<T> {
    let Some((values, Some(this))) = class::arguments(ex, count, count) else {
        return ConstructorResult::ArgError;
    };
    read(values).and_then(|strategy| class::fill::<T>(this, Vec::new()).map(|()| strategy)).into()
}

fn key_of(given: Value, argument: &str) -> Result<ServerKey, ConfigError> {
    match given {
        Value::Bytes(key) => ServerKey::parse(&key).map_err(|error| error.at(argument)),
        other => Err(ConfigError::wrong_type(argument, other, "the key of a server")),
    }
}

fn keys_of(given: Value) -> Result<Vec<ServerKey>, ConfigError> {
    match given {
        Value::List(keys) if keys.is_empty() => {
            Err(ConfigError::invalid("keys", Value::List(keys), "names no server: none would ever be chosen"))
        }
        Value::List(keys) if keys.len() > MAX_KEYS => {
            let reason = format!("has more than {MAX_KEYS} keys");
            Err(ConfigError::invalid("keys", Value::Other("array".into()), reason))
        }
        Value::List(keys) => keys.into_iter().map(|key| key_of(key, "keys")).collect(),
        other => Err(ConfigError::wrong_type("keys", other, "a list of server keys")),
    }
}

fn header(name: Vec<u8>) -> Result<Box<[u8]>, ConfigError> {
    if name.is_empty() || name.len() > MAX_HEADER || !name.iter().all(u8::is_ascii_graphic) {
        return Err(ConfigError::invalid("affinity", Value::Bytes(name), "is no name of a header"));
    }
    Ok(name.into())
}

fn select_method<T: Ruled>() -> (FunctionBuilder<'static>, MethodFlags) {
    (with_arguments(FunctionBuilder::new("select", select::<T>)), MethodFlags::Public)
}

extern "C" fn select<T: Ruled>(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 2, |this: &T, arguments| {
        let rule = Rc::clone(this.rule());
        let action = class::argument(arguments, 1);
        let routed = (!action.is_null()).then_some(Routed { object: &action, action: None });
        let affinity = rule.affinity(routed)?;
        // A copy, which what the function did cannot change.
        let given = class::argument(arguments, 0);
        let list = candidates(&given)?;
        let chosen = rule.choose(&list, affinity.as_deref()).and_then(|place| list.get(place));
        Ok(Reply::Value(chosen.map_or_else(Zval::null, |candidate| zend::string(candidate.key().as_bytes()))))
    });
}

extern "C" fn explicit_key(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &Explicit, _| {
        let key = this.0.routing.keys().and_then(<[ServerKey]>::first);
        Ok(Reply::Value(key.map_or_else(Zval::null, |key| zend::string(key.as_str().as_bytes()))))
    });
}

extern "C" fn failover_keys(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &Failover, _| {
        let keys = this.0.routing.keys().unwrap_or_default();
        Ok(Reply::Value(zend::list(keys.iter().map(|key| key.as_str().as_bytes()))))
    });
}
