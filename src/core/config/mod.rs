//! What a user configures, parsed into types.
//!
//! A front end hands over [`Value`]s by name; what comes back can be used without another check, or
//! is a [`ConfigError`] that names the key, the value and, where one is near, the name that was
//! probably meant. Nothing is half applied: every function returns a new value.
//!
//! The trade-off: options live in one table ([`OPTIONS`]) made by a macro, so that the struct, the
//! documentation and the named arguments of a front end cannot drift apart. The price is one macro.

mod cluster;
mod error;
mod host;
mod names;
mod options;
mod redaction;
mod server;
mod spec;
mod suggest;
mod tls;
mod value;

pub use cluster::{Config, ServerSet};
pub use error::{ConfigError, Reason};
pub use host::Host;
pub use options::{ClientOptions, FRAME_DELIMITER, Io, MIN_MEMORY_LIMIT, OPTIONS, OptionOverrides};
pub use server::{AuthMethod, DEFAULT_PORT, EVENT_CLASSES, EventMask, SERVER_SETTINGS, ServerConfig, ServerKey};
pub use spec::{Kind, OptionSpec, Scope, camel_case};
pub use suggest::nearest;
pub use tls::{ClientCertificate, DEFAULT_TLS_PORT, Fingerprint, TLS_SETTINGS, TlsConfig, Verify};
pub use value::{Source, Value};
