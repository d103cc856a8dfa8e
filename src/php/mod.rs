//! The PHP edge: classes, conversions, exceptions.
//!
//! The rule of this layer: a borrow of ours never lives over a call into PHP, since PHP may call back, throw, exit,
//! or switch to another fiber there.

use ext_php_rs::prelude::*;

mod action;
mod class;
mod client;
mod completion;
mod config;
mod engine;
mod enums;
mod event;
mod exceptions;
mod filter;
mod gap;
mod health;
mod held;
mod info;
mod listeners;
mod log;
mod manager;
mod message;
mod metrics;
mod pending;
mod redactor;
mod response;
mod routing;
mod server_keys;
mod servers;
mod signals;
mod stream;
mod subscription;
mod tick_summary;
mod zend;

/// Adds everything that PHP sees.
pub(crate) fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.startup_function(startup).info_function(info::show)
}

extern "C" fn startup(_type: i32, _module: i32) -> i32 {
    i32::from(declare().is_err())
}

/// Interfaces and parents before the classes that name them.
fn declare() -> ext_php_rs::error::Result<()> {
    zend::watch_forks();
    exceptions::declare()?;
    enums::declare()?;
    message::declare()?;
    completion::declare()?;
    action::declare()?;
    routing::declare()?;
    filter::declare()?;
    metrics::declare()?;
    tick_summary::declare()?;
    config::declare()?;
    class::declare::<redactor::Redactor>()?;
    class::declare::<event::AmiEvent>()?;
    class::declare::<response::AmiResponse>()?;
    class::declare::<subscription::Subscription>()?;
    class::declare::<pending::PendingAction>()?;
    class::declare::<gap::ConnectionGap>()?;
    class::declare::<client::AmiClient>()?;
    class::declare::<manager::AmiClientManager>()
}
