//! What monitoring gets to see, and under which names.
//!
//! There is one table, [`SERVER`] and [`PROCESS`] in `families.rs`. From it come the text that Prometheus reads ([`text()`]),
//! and the samples ([`samples()`]) of which a driver makes arrays, or the changes since the last time ([`changes()`]).

mod changes;
mod families;
mod overview;
mod samples;
mod text;

pub use changes::{Change, changes};
pub use families::{Family, Kind, PROCESS, Process, SERVER, Source, Subject, server_families};
pub use overview::Overview;
pub use samples::{Sample, Value, family_samples, last_samples, process_samples, samples, sums};
pub use text::{Format, text};

/// What all names begin with.
pub const PREFIX: &str = "ami_";

/// The label with the key of a server.
pub const SERVER_KEY: &str = "server_key";

/// The label with its host.
pub const SERVER_HOST: &str = "server_host";
