//! Configuration as PHP sees it: `ClientOptions`, `ServerConfig` and `ServerRegistry`.
//!
//! What a value means is decided in `ami_core::config`; here are only its PHP forms. The classes are built by hand,
//! since macros can give properties neither types nor `readonly`, and because the arguments of `ClientOptions` come
//! from the table of options.

mod options;
mod registry;
mod server;
mod value;

use crate::php::exceptions::invalid_configuration as refused;

pub(crate) use options::ClientOptions;
pub(crate) use registry::ServerRegistry;
pub(crate) use server::ServerConfig;
pub(crate) use value::{named_type, read, write};

/// Declares the classes, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    crate::php::class::declare::<ClientOptions>()?;
    crate::php::class::declare::<ServerConfig>()?;
    crate::php::class::declare::<ServerRegistry>()
}
