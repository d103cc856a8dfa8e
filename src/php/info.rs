//! What `php --ri apn_ami` and `phpinfo()` show: which build this is, and its limits and defaults.

use super::zend;
use ami_core::config::{Kind, OPTIONS, OptionSpec};
use ami_core::events::MAX_SUBSCRIPTIONS;
use ami_core::protocol::{MAX_HEADERS, MAX_LINE};
use ext_php_rs::zend::ModuleEntry;
use std::fmt::Display;

/// Prints it all. PHP makes a table or lines of it, by where it runs.
pub(crate) extern "C" fn show(_module: *mut ModuleEntry) {
    zend::print_pairs(build());
    zend::print_table(["Limit", "Value", "Past it"], limits());
    zend::print_table(["Option", "Default", "Range"], OPTIONS.iter().map(option));
}

fn build() -> [(&'static str, String); 6] {
    let threads = if ext_php_rs::PHP_ZTS { "thread-safe (ZTS)" } else { "not thread-safe (NTS)" };
    let debug = if ext_php_rs::PHP_DEBUG { ", debug" } else { "" };
    [
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("Commit", env!("APN_AMI_COMMIT").to_owned()),
        ("Built for PHP", format!("API {}, {threads}{debug}", ext_php_rs::ffi::ZEND_MODULE_API_NO)),
        ("Built by", concat!("rustc ", env!("APN_AMI_RUSTC"), ", profile ", env!("APN_AMI_PROFILE")).to_owned()),
        ("Target", env!("APN_AMI_TARGET").to_owned()),
        ("Features", "tls (rustls, ring), background io, foreign event loops, signals".to_owned()),
    ]
}

fn limits() -> [[String; 3]; 3] {
    let limit = |name: &str, value: usize, past: &str| [name.to_owned(), value.to_string(), past.to_owned()];
    [
        limit("headers of an action", MAX_HEADERS, "InvalidConfigurationException"),
        limit("bytes of a header line", MAX_LINE, "InvalidConfigurationException"),
        limit("subscriptions of a manager", MAX_SUBSCRIPTIONS, "BackpressureException"),
    ]
}

/// Name, default and range, as `docs/configuration.md` has them.
fn option(spec: &OptionSpec) -> [String; 3] {
    let range = |default: &dyn Display, min: &dyn Display, max: &dyn Display, unit: &str| {
        (format!("{default}{unit}"), format!("{min} to {max}{unit}"))
    };
    let (default, range) = match spec.kind {
        Kind::Seconds { default, min, max } => range(&default, &min, &max, " s"),
        Kind::Millis { default, min, max } => range(&default, &min, &max, " ms"),
        Kind::Count { default, min, max } => range(&default, &min, &max, ""),
        Kind::Bytes { default, min, max } => range(&default, &min, &max, " bytes"),
        Kind::Flag { default } => ((if default { "on" } else { "off" }).to_owned(), "on, off".to_owned()),
        Kind::Choice { choices } => (choices.first().copied().unwrap_or_default().to_owned(), choices.join(", ")),
        Kind::Names | Kind::Keys => ("none".to_owned(), "names".to_owned()),
        Kind::Patterns => ("none".to_owned(), "patterns".to_owned()),
    };
    [spec.name.to_owned(), default, range]
}
