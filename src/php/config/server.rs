//! `ServerConfig`: one server. Its secret can be put in, and never be read again from PHP.

use ami_core::config::{self as core, ConfigError, EventMask, ServerKey, Source, Value};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::options::ClientOptions;
use super::{refused, value};
use crate::php::class::{self, Native, native_class};
use crate::php::zend::{self, Slot};

/// The arguments of the constructor, in order; `key` and the settings of a server.
const ARGUMENTS: [&str; 9] = ["key", "host", "username", "secret", "port", "auth", "events", "options", "tls"];
const REQUIRED: usize = 4;
/// Places of arguments that hold a secret: the secret itself, and the array of `fromArray`.
const SECRET: u32 = 3;
const CONFIG: u32 = 1;
const EVENTS: u32 = 6;
const OPTIONS: u32 = 7;
const TLS: u32 = 8;

/// A server as configured.
#[derive(Debug)]
pub(crate) struct ServerConfig {
    config: core::ServerConfig,
}

native_class!(ServerConfig, "Apn\\AmiClient\\ServerConfig", implements & []);

impl ServerConfig {
    /// The server of a PHP object, if it is one of this class.
    pub(crate) fn of(object: &ZendObject) -> Option<&Self> {
        ZendClassObject::<Self>::from_zend_obj(object).map(|object| &**object)
    }

    /// The parsed configuration.
    pub(crate) const fn config(&self) -> &core::ServerConfig {
        &self.config
    }

    /// A PHP object of this server; `options` is its options as a PHP value.
    pub(super) fn object(config: core::ServerConfig, options: &Zval) -> Result<Zval, ConfigError> {
        let properties = properties(&config, options)?;
        Ok(class::object(Self { config }, properties))
    }

    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, REQUIRED, ARGUMENTS.len()) else {
            return ConstructorResult::ArgError;
        };
        let options = class::argument(values, OPTIONS as usize);
        let read = from_arguments(values).and_then(|config| Ok((properties(&config, &options)?, config)));
        let constructed = match read {
            Ok((properties, config)) => class::fill::<Self>(this, properties).map(|()| Self { config }),
            Err(error) => Err(refused(&error)),
        };
        constructed.into()
    }

    pub(super) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function
            .arg(Arg::new("key", DataType::String))
            .arg(Arg::new("host", DataType::String))
            .arg(Arg::new("username", DataType::String))
            .arg(Arg::new("secret", DataType::String))
            .not_required()
            .arg(Arg::new("port", DataType::Long).allow_null().default("null"))
            .arg(Arg::new("auth", DataType::String).default("'auto'"))
            .arg(Arg::new("events", DataType::String).default("'on'"))
            .arg(Arg::new("options", DataType::object("Apn\\AmiClient\\ClientOptions")).allow_null().default("null"))
            .arg(Arg::new("tls", DataType::Bool).default("false"))
    }

    pub(super) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let from_array = FunctionBuilder::new("fromArray", from_array)
            .arg(Arg::new("key", DataType::String))
            .arg(Arg::new("config", DataType::Array))
            .returns(DataType::object("Apn\\AmiClient\\ServerConfig"), false, false);
        vec![(from_array, MethodFlags::Public | MethodFlags::Static)]
    }
}

impl Native for ServerConfig {
    fn finish(class: &mut ClassEntry) {
        for (name, slot) in [
            ("key", Slot::String),
            ("host", Slot::String),
            ("port", Slot::Int),
            ("username", Slot::String),
            ("auth", Slot::String),
            ("events", Slot::StringOrArray),
            ("tls", Slot::ArrayOrNull),
            ("options", Slot::Nullable("Apn\\AmiClient\\ClientOptions")),
        ] {
            zend::declare_readonly(class, name, slot);
        }
        zend::mark_sensitive(class, "__construct", SECRET);
        zend::mark_sensitive(class, "fromArray", CONFIG);
        zend::allow_array(class, "__construct", EVENTS);
        zend::allow_array(class, "__construct", OPTIONS);
        zend::allow_array(class, "__construct", TLS);
    }
}

fn from_arguments(values: &[Zval]) -> Result<core::ServerConfig, ConfigError> {
    let mut pairs = Vec::with_capacity(ARGUMENTS.len());
    let mut key = None;
    for (name, zval) in ARGUMENTS.into_iter().zip(values) {
        match value::read(zval) {
            // A setting left out of an array is null; an argument that is null was given as null.
            Value::Null if !matches!(name, "options" | "port") => {
                let expected = match name {
                    "tls" => "true, false or an array of settings by name",
                    "events" => "on, off or a list of event classes",
                    _ => "a string",
                };
                return Err(ConfigError::wrong_type(name, Value::Null, expected));
            }
            given if name == "key" => key = Some(read_key(given)?),
            given => pairs.push((name, given)),
        }
    }
    let key = key.map_or_else(|| read_key(Value::Null), Ok)?;
    core::ServerConfig::from_pairs(key, pairs, Source::Arguments)
}

pub(super) fn read_key(given: Value) -> Result<ServerKey, ConfigError> {
    match given {
        Value::Bytes(bytes) => ServerKey::parse(&bytes),
        other => Err(ConfigError::wrong_type("key", other, "a string")),
    }
}

/// The properties of a server. Of options given as an object that object is kept.
fn properties(config: &core::ServerConfig, options: &Zval) -> Result<Vec<(String, Zval)>, ConfigError> {
    let options = match options.dereference() {
        null if null.is_null() => Zval::null(),
        object if object.is_object() => object.shallow_clone(),
        _ => ClientOptions::object(config.overrides.clone())?,
    };
    let events = match &config.events {
        EventMask::Classes(classes) => value::strings(classes.iter().copied()),
        mask => class::zval(mask.to_string()),
    };
    let properties = [
        ("key", class::zval(config.key.as_str())),
        ("host", class::zval(config.host.to_string())),
        ("port", class::zval(i64::from(config.port))),
        ("username", value::write(&Value::text(&config.username))),
        ("auth", class::zval(config.auth.name())),
        ("events", events),
        ("tls", config.tls.as_ref().map_or_else(Zval::null, |tls| value::write(&tls.to_value()))),
        ("options", options),
    ];
    Ok(properties.map(|(name, value)| (name.to_owned(), value)).into())
}

extern "C" fn from_array(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 2, 2, |values| {
        let (key, config) = (class::argument(values, 0), class::argument(values, 1));
        let server = read_key(value::read(&key)).and_then(|key| {
            let pairs = value::read(&config).into_named("config")?;
            let server = core::ServerConfig::from_pairs(key, pairs, Source::Array)?;
            let options = config.dereference().array().and_then(|array| array.get("options"));
            ServerConfig::object(server, options.unwrap_or(&Zval::null()))
        });
        server.map_err(|error| refused(&error))
    });
}
