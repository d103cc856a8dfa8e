//! The exceptions, registered by hand so that PHP fills in their file, line and trace.

use std::panic::AssertUnwindSafe;

use ami_core::config::ConfigError;
use ext_php_rs::builders::{ClassBuilder, ClassProperty, FunctionBuilder};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags, PropertyFlags};
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce, run_handler};

use super::config::write;
use super::zend::{self, ClassSlot};

const MARKER: &str = "Apn\\AmiClient\\AmiException";
const INVALID_CONFIGURATION: &str = "Apn\\AmiClient\\InvalidConfigurationException";

static MARKER_CLASS: ClassSlot = ClassSlot::new();
static INVALID_CONFIGURATION_CLASS: ClassSlot = ClassSlot::new();

/// Registers the exceptions, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    ClassBuilder::new(MARKER)
        .flags(ClassFlags::Interface)
        .implements((ce::throwable, "\\Throwable"))
        .registration(|class, arguments| {
            MARKER_CLASS.set(class);
            std::mem::forget(arguments);
        })
        .register()?;
    let getter = |name, handler: extern "C" fn(&mut ExecuteData, &mut Zval), kind, nullable| {
        FunctionBuilder::new(name, handler).returns(kind, false, nullable)
    };
    ClassBuilder::new(INVALID_CONFIGURATION)
        .extends((zend::invalid_argument_exception, "\\InvalidArgumentException"))
        .implements((marker, MARKER))
        .property(protected("key", || Ok(zend::interned(""))))
        .property(protected("value", || Ok(Zval::null())))
        .property(protected("suggestion", || Ok(Zval::null())))
        .method(getter("key", key, DataType::String, false), MethodFlags::Public)
        .method(getter("value", value, DataType::Mixed, false), MethodFlags::Public)
        .method(getter("suggestion", suggestion, DataType::String, true), MethodFlags::Public)
        .registration(|class, arguments| {
            INVALID_CONFIGURATION_CLASS.set(class);
            std::mem::forget(arguments);
        })
        .register()
}

/// The exception for a refused setting.
pub(crate) fn invalid_configuration(error: &ConfigError) -> PhpException {
    let Some(class) = INVALID_CONFIGURATION_CLASS.get() else {
        return PhpException::from_message(error.to_string());
    };
    let mut object = ZendObject::new(class);
    let suggestion = error.suggestion.as_deref().map_or_else(Zval::null, text);
    for (name, value) in [
        ("message", text(&error.to_string())),
        ("key", text(&error.key)),
        ("value", write(&error.value)),
        ("suggestion", suggestion),
    ] {
        zend::init_readonly(&mut object, name, value);
    }
    let exception = PhpException::new(error.to_string(), 0, class);
    match object.into_zval(false) {
        Ok(object) => exception.with_object(object),
        Err(_) => exception,
    }
}

fn text(text: &str) -> Zval {
    let mut zval = Zval::new();
    zval.set_binary(text.as_bytes().to_vec());
    zval
}

fn marker() -> &'static ClassEntry {
    MARKER_CLASS.get().unwrap_or_else(ce::throwable)
}

fn protected(name: &str, default: fn() -> ext_php_rs::error::Result<Zval>) -> ClassProperty {
    ClassProperty {
        name: name.to_owned(),
        flags: PropertyFlags::Protected,
        default: Some(Box::new(default)),
        docs: &[],
        ty: None,
        nullable: true,
        readonly: false,
        default_stub: None,
    }
}

fn read(ex: &mut ExecuteData, returned: &mut Zval, name: &str) {
    run_handler(AssertUnwindSafe(|| {
        let property = ex.get_self().and_then(|this| this.get_property::<&Zval>(name).ok());
        *returned = property.map_or_else(Zval::null, |value| value.dereference().shallow_clone());
    }));
}

extern "C" fn key(ex: &mut ExecuteData, returned: &mut Zval) {
    read(ex, returned, "key");
}

extern "C" fn value(ex: &mut ExecuteData, returned: &mut Zval) {
    read(ex, returned, "value");
}

extern "C" fn suggestion(ex: &mut ExecuteData, returned: &mut Zval) {
    read(ex, returned, "suggestion");
}
