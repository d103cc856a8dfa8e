//! `ClientOptions`: one named argument and one property for each option of the table.

use ami_core::config::{self as core, Kind, OPTIONS, OptionOverrides, OptionSpec, Source, Value, camel_case};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::{refused, value};
use crate::php::class::{self, Native, Reply, native_class};
use crate::php::zend::{self, Slot};

/// Options that were given, and what holds with them.
///
/// Both are kept: a server overrides what was given to it, even with a value that happens to be the default.
#[derive(Debug)]
pub(crate) struct ClientOptions {
    given: OptionOverrides,
    all: core::ClientOptions,
}

native_class!(ClientOptions, "Apn\\AmiClient\\ClientOptions", implements & []);

impl ClientOptions {
    /// The options of a PHP object, if it is one of this class.
    pub(crate) fn of(object: &ZendObject) -> Option<&Self> {
        ZendClassObject::<Self>::from_zend_obj(object).map(|object| &**object)
    }

    /// Every option with its value.
    pub(crate) const fn all(&self) -> &core::ClientOptions {
        &self.all
    }

    /// What was given, as an array by name.
    pub(super) fn as_value(&self) -> Value {
        self.given.to_value()
    }

    /// A PHP object of these options.
    pub(super) fn object(given: OptionOverrides) -> Result<Zval, core::ConfigError> {
        let this = Self::new(given)?;
        let properties = this.properties();
        Ok(class::object(this, properties))
    }

    fn new(given: OptionOverrides) -> Result<Self, core::ConfigError> {
        let all = core::ClientOptions::default().merged(&given)?;
        Ok(Self { given, all })
    }

    fn properties(&self) -> Vec<(String, Zval)> {
        self.all.values().map(|(spec, setting)| (camel_case(spec.name), value::write(&setting))).collect()
    }

    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 0, OPTIONS.len()) else {
            return ConstructorResult::ArgError;
        };
        let pairs = OPTIONS.iter().zip(values).map(|(spec, zval)| (spec.name, value::read(zval)));
        let options = OptionOverrides::from_pairs(pairs, Source::Arguments).and_then(Self::new);
        let constructed = match options {
            Ok(options) => class::fill::<Self>(this, options.properties()).map(|()| options),
            Err(error) => Err(refused(&error.in_camel_case())),
        };
        constructed.into()
    }

    pub(super) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        OPTIONS.iter().fold(function.not_required(), |function, spec| {
            function.arg(Arg::new(camel_case(spec.name), php_type(spec).0).allow_null().default("null"))
        })
    }

    pub(super) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let from_array = FunctionBuilder::new("fromArray", from_array)
            .arg(Arg::new("options", DataType::Array))
            .returns(DataType::object("Apn\\AmiClient\\ClientOptions"), false, false);
        let to_array = FunctionBuilder::new("toArray", to_array).returns(DataType::Array, false, false);
        vec![(from_array, MethodFlags::Public | MethodFlags::Static), (to_array, MethodFlags::Public)]
    }
}

impl Native for ClientOptions {
    fn finish(class: &mut ClassEntry) {
        for spec in OPTIONS {
            zend::declare_readonly(class, &camel_case(spec.name), php_type(spec).1);
        }
    }
}

const fn php_type(spec: &OptionSpec) -> (DataType, Slot) {
    match spec.kind {
        Kind::Seconds { .. } => (DataType::Double, Slot::Float),
        Kind::Millis { .. } | Kind::Count { .. } | Kind::Bytes { .. } => (DataType::Long, Slot::Int),
        Kind::Flag { .. } => (DataType::Bool, Slot::Bool),
        Kind::Choice { .. } => (DataType::String, Slot::String),
        Kind::Names | Kind::Keys | Kind::Patterns => (DataType::Array, Slot::Array),
    }
}

extern "C" fn from_array(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 1, 1, |values| {
        let pairs = value::read(&class::argument(values, 0)).into_named("options");
        let given = pairs.and_then(|pairs| OptionOverrides::from_pairs(pairs, Source::Array));
        given.and_then(ClientOptions::object).map_err(|error| refused(&error))
    });
}

extern "C" fn to_array(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &ClientOptions, _| -> PhpResult<Reply> {
        let pairs = this.all.values().map(|(spec, setting)| (spec.name.into(), setting)).collect();
        Ok(Reply::Value(value::write(&Value::Map(pairs))))
    });
}
