//! Configuration as PHP sees it: `ClientOptions`, `ServerConfig` and `ServerRegistry`.
//!
//! What a value means is decided in `ami_core::config`; here are only its PHP forms. The classes are built by hand,
//! since macros can give properties neither types nor `readonly`, and because the arguments of `ClientOptions` come
//! from the table of options.

mod options;
mod registry;
mod server;
mod value;

use ami_core::config::ConfigError;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ce;

pub(crate) use options::ClientOptions;
pub(crate) use registry::ServerRegistry;
pub(crate) use server::ServerConfig;

/// Declares the classes, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    crate::php::class::declare::<ClientOptions>()?;
    crate::php::class::declare::<ServerConfig>()?;
    crate::php::class::declare::<ServerRegistry>()
}

/// The exception for a refused setting.
pub(crate) fn refused(error: &ConfigError) -> PhpException {
    PhpException::new(error.to_string(), 0, ce::value_error())
}
