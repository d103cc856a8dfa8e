//! `ServerRegistry`: the servers of a manager by key.

use std::cell::{Ref, RefCell};

use ami_core::config::{ConfigError, ServerSet, Value};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce};

use super::server::ServerConfig;
use super::{refused, value};
use crate::php::class::{self, Native, Reply, native_class};
use crate::php::zend;

/// Place of the argument with servers in every method that takes some.
const SERVERS: u32 = 0;

/// Servers, and the PHP objects that they came as.
///
/// PHP's collector does not see the objects; they are immutable and refer to nothing, so no cycle can run through
/// them. No borrow outlives a method, and no method calls PHP.
#[derive(Debug, Default)]
pub(crate) struct ServerRegistry {
    entries: RefCell<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    set: ServerSet,
    objects: Vec<Zval>,
}

native_class!(ServerRegistry, "Apn\\AmiClient\\ServerRegistry", implements & [(ce::countable, "\\Countable")]);

impl ServerRegistry {
    /// The registry of a PHP object, if it is one of this class.
    pub(crate) fn of(object: &ZendObject) -> Option<&Self> {
        ZendClassObject::<Self>::from_zend_obj(object).map(|object| &**object)
    }

    /// The servers in it now.
    pub(crate) fn servers(&self) -> Ref<'_, ServerSet> {
        Ref::map(self.entries.borrow(), |entries| &entries.set)
    }

    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 0, 2) else {
            return ConstructorResult::ArgError;
        };
        let constructed = match Entries::from_objects(&class::argument(values, 0), &class::argument(values, 1)) {
            Ok(entries) => class::fill::<Self>(this, Vec::new()).map(|()| Self { entries: RefCell::new(entries) }),
            Err(error) => Err(refused(&error)),
        };
        constructed.into()
    }

    pub(super) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function
            .not_required()
            .arg(Arg::new("servers", DataType::Array).default("[]"))
            .arg(Arg::new("default", DataType::String).allow_null().default("null"))
    }

    pub(super) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let key = || Arg::new("key", DataType::String);
        let this = DataType::object("Apn\\AmiClient\\ServerRegistry");
        let server = DataType::object("Apn\\AmiClient\\ServerConfig");
        vec![
            (
                FunctionBuilder::new("fromArray", from_array)
                    .arg(Arg::new("servers", DataType::Array))
                    .not_required()
                    .arg(Arg::new("default", DataType::String).allow_null().default("null"))
                    .returns(this, false, false),
                public | MethodFlags::Static,
            ),
            (FunctionBuilder::new("add", add).arg(Arg::new("server", server)).returns(this, false, false), public),
            (FunctionBuilder::new("get", get).arg(key()).returns(server, false, false), public),
            (FunctionBuilder::new("has", has).arg(key()).returns(DataType::Bool, false, false), public),
            (FunctionBuilder::new("keys", keys).returns(DataType::Array, false, false), public),
            (FunctionBuilder::new("default", default).returns(DataType::String, false, false), public),
            (FunctionBuilder::new("count", count).returns(DataType::Long, false, false), public),
        ]
    }
}

impl Native for ServerRegistry {
    fn finish(class: &mut ClassEntry) {
        // Where objects belong, a caller may by mistake give the arrays that they are made of.
        for method in ["__construct", "fromArray", "add"] {
            zend::mark_sensitive(class, method, SERVERS);
        }
    }
}

impl Entries {
    fn from_objects(servers: &Zval, default: &Zval) -> Result<Self, ConfigError> {
        let mut entries = Self::default();
        let servers = servers.dereference();
        if let Some(array) = servers.array() {
            let mut elements = array.iter();
            let mut place = 0;
            while let Some((_, server)) = elements.next_zval() {
                entries.add(&format!("servers.{place}"), server)?;
                place += 1;
            }
        } else if !servers.is_null() {
            let given = value::named_type(servers);
            return Err(ConfigError::wrong_type("servers", given, "an array of ServerConfig objects"));
        }
        entries.choose(default)?;
        Ok(entries)
    }

    fn from_arrays(servers: &Zval, default: &Zval) -> Result<Self, ConfigError> {
        let set = ServerSet::from_value(value::read(servers))?;
        let array = servers.dereference().array();
        let objects = set.iter().map(|server| {
            let settings = array.and_then(|array| array.get(server.key.as_str()));
            let options = settings.and_then(|settings| settings.dereference().array()?.get("options"));
            ServerConfig::object(server.clone(), options.unwrap_or(&Zval::null()))
        });
        let objects = objects.collect::<Result<_, _>>()?;
        let mut entries = Self { set, objects };
        entries.choose(default)?;
        Ok(entries)
    }

    fn add(&mut self, place: &str, server: &Zval) -> Result<(), ConfigError> {
        let server = server.dereference();
        let Some(config) = server.object().and_then(ServerConfig::of) else {
            // A string or an array in its place may hold a secret.
            return Err(ConfigError::wrong_type(place, value::named_type(server), "a ServerConfig"));
        };
        self.set.add(config.config().clone()).map_err(|error| error.at(place))?;
        self.objects.push(server.shallow_clone());
        Ok(())
    }

    fn choose(&mut self, default: &Zval) -> Result<(), ConfigError> {
        match value::read(default) {
            Value::Null => Ok(()),
            Value::Bytes(key) => self.set.set_default(&key),
            other => Err(ConfigError::wrong_type("default", other, "the key of a server")),
        }
    }
}

/// A key to look for: any string, even one that no server could have.
fn looked_for(values: &[Zval]) -> Result<Vec<u8>, ConfigError> {
    match value::read(&class::argument(values, 0)) {
        Value::Bytes(key) => Ok(key),
        other => Err(ConfigError::wrong_type("key", other, "a string")),
    }
}

extern "C" fn from_array(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 1, 2, |values| {
        let entries = Entries::from_arrays(&class::argument(values, 0), &class::argument(values, 1));
        let entries = entries.map_err(|error| refused(&error))?;
        Ok(class::object(ServerRegistry { entries: RefCell::new(entries) }, Vec::new()))
    });
}

extern "C" fn add(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &ServerRegistry, values| {
        let added = this.entries.borrow_mut().add("server", &class::argument(values, 0));
        added.map(|()| Reply::This).map_err(|error| refused(&error))
    });
}

extern "C" fn get(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &ServerRegistry, values| {
        let entries = this.entries.borrow();
        let found = looked_for(values).and_then(|key| {
            entries.set.require(&key)?;
            let place = entries.set.iter().position(|server| server.key.as_str().as_bytes() == key);
            Ok(place.and_then(|place| entries.objects.get(place)).map_or_else(Zval::null, Zval::shallow_clone))
        });
        found.map(Reply::Value).map_err(|error| refused(&error))
    });
}

extern "C" fn has(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &ServerRegistry, values| {
        let key = looked_for(values).map_err(|error| refused(&error))?;
        Ok(Reply::Value(class::zval(this.servers().get(&key).is_some())))
    });
}

extern "C" fn keys(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &ServerRegistry, _| {
        Ok(Reply::Value(value::strings(this.servers().iter().map(|server| server.key.as_str()))))
    });
}

extern "C" fn default(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &ServerRegistry, _| {
        if let Some(key) = this.servers().default_key() {
            return Ok(Reply::Value(class::zval(key.as_str())));
        }
        let none = Value::List(Vec::new());
        Err(refused(&ConfigError::invalid("servers", none, "must hold at least one server")))
    });
}

extern "C" fn count(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &ServerRegistry, _| {
        let count = i64::try_from(this.servers().len()).unwrap_or(i64::MAX);
        Ok(Reply::Value(class::zval(count)))
    });
}
