//! The PHP edge: classes, conversions, exceptions.

use ext_php_rs::prelude::*;

pub(crate) mod class;
pub(crate) mod config;
pub(crate) mod exceptions;
pub(crate) mod zend;

/// Adds everything that PHP sees.
pub(crate) fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.startup_function(startup)
}

extern "C" fn startup(_type: i32, _module: i32) -> i32 {
    i32::from(exceptions::declare().and_then(|()| config::declare()).is_err())
}
