//! `RoutingCandidate`: a server that is ready, as strategies of applications see it.

use std::time::Duration;

use ami_core::cluster::Load;
use ami_core::config::{ConfigError, ServerKey, Value};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use crate::php::class::{self, Native, native_class};
use crate::php::config;
use crate::php::exceptions::invalid_configuration;
use crate::php::zend::{self, Lazy, SharedString, Slot};

/// A key and a load. The PHP properties are made when they are read, so that a list of a thousand costs little.
#[derive(Debug)]
pub(crate) struct RoutingCandidate {
    key: SharedString,
    load: Load,
}

native_class!(RoutingCandidate, "Apn\\AmiClient\\RoutingCandidate", implements & []);

impl RoutingCandidate {
    /// The PHP object of a server.
    pub(crate) fn object(key: SharedString, load: Load) -> Zval {
        class::object(Self { key, load }, Vec::new())
    }

    /// The candidate that a PHP value is.
    pub(super) fn of(value: &Zval) -> Option<&Self> {
        ZendClassObject::<Self>::from_zend_obj(value.dereference().object()?).map(|object| &**object)
    }

    /// Keys are checked to be ASCII where a server gets one.
    pub(super) fn key(&self) -> &str {
        std::str::from_utf8(self.key.as_bytes()).unwrap_or_default()
    }

    pub(super) const fn load(&self) -> Load {
        self.load
    }

    /// From PHP only tests of strategies make one.
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 1, 6) else { return ConstructorResult::ArgError };
        match read(values) {
            Ok(candidate) => class::fill::<Self>(this, Vec::new()).map(|()| candidate),
            Err(error) => Err(invalid_configuration(&error)),
        }
        .into()
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        let count = |name| Arg::new(name, DataType::Long).default("0");
        function
            .arg(Arg::new("key", DataType::String))
            .not_required()
            .arg(count("pendingActions"))
            .arg(count("queuedEvents"))
            .arg(count("unwrittenBytes"))
            .arg(Arg::new("latencyMs", DataType::Double).allow_null().default("null"))
            .arg(Arg::new("recovering", DataType::Bool).default("false"))
    }

    #[allow(clippy::missing_const_for_fn, reason = "as the other classes have it")]
    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        Vec::new()
    }
}

impl Native for RoutingCandidate {
    fn finish(class: &mut ClassEntry) {
        zend::make_lazy::<Self>(class);
    }
}

impl Lazy for RoutingCandidate {
    const SLOTS: &'static [(&'static str, Slot)] = &[
        ("key", Slot::String),
        ("pendingActions", Slot::Int),
        ("queuedEvents", Slot::Int),
        ("unwrittenBytes", Slot::Int),
        ("latencyMs", Slot::OptionalFloat),
        ("recovering", Slot::Bool),
    ];

    fn make(&self, place: usize) -> Zval {
        let Load { pending_actions, queued_events, unwritten_bytes, latency, is_recovering } = self.load;
        let size = |number: usize| class::zval(i64::try_from(number).unwrap_or(i64::MAX));
        match place {
            0 => self.key.zval(),
            1 => size(pending_actions),
            2 => size(queued_events),
            3 => size(unwritten_bytes),
            4 => latency.map_or_else(Zval::null, |latency| class::zval(latency.as_secs_f64() * 1_000.0)),
            _ => class::zval(is_recovering),
        }
    }
}

fn read(values: &[Zval]) -> Result<RoutingCandidate, ConfigError> {
    let key = match values.first().map(config::read) {
        Some(Value::Bytes(key)) => ServerKey::parse(&key)?,
        given => return Err(ConfigError::wrong_type("key", given.unwrap_or(Value::Null), "a string")),
    };
    let size = |place: usize, name| match values.get(place).map(config::read) {
        None => Ok(0),
        Some(Value::Int(number)) => {
            usize::try_from(number).map_err(|_| ConfigError::invalid(name, Value::Int(number), "is negative"))
        }
        Some(other) => Err(ConfigError::wrong_type(name, other, "a whole number")),
    };
    let latency = values.get(4).map(Zval::dereference).filter(|given| !given.is_null());
    let latency = latency.map(|given| {
        let millis = class::float(std::slice::from_ref(given), 0, "latencyMs").ok();
        let duration = millis.and_then(|millis| Duration::try_from_secs_f64(millis / 1_000.0).ok());
        duration.ok_or_else(|| ConfigError::invalid("latencyMs", config::read(given), "is no time in milliseconds"))
    });
    let load = Load {
        pending_actions: size(1, "pendingActions")?,
        queued_events: size(2, "queuedEvents")?,
        unwritten_bytes: size(3, "unwrittenBytes")?,
        latency: latency.transpose()?,
        is_recovering: match values.get(5).map(config::read) {
            None => false,
            Some(Value::Bool(recovering)) => recovering,
            Some(other) => return Err(ConfigError::wrong_type("recovering", other, "true or false")),
        },
    };
    Ok(RoutingCandidate { key: SharedString::new(key.as_str().as_bytes()), load })
}
