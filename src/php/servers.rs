//! What a manager does with its servers while it runs, and when it is made.

use super::class;
use super::client::command;
use super::engine::Engine;
use super::exceptions::{Class, Exception, invalid_configuration};
use super::zend::{self, CallError, PreparedCallable};
use ami_core::cluster::{DuplicateKey, ServerId};
use ami_core::config as core;
use ami_reactor::AddError;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::types::Zval;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Adds a server, which connects at once if it `connects`.
pub(crate) fn add(
    engine: &Engine,
    server: &core::ServerConfig,
    resolver: Option<&PreparedCallable>,
    connects: bool,
) -> PhpResult<ServerId> {
    engine.check_owner()?;
    let options = {
        let reactor = engine.reactor()?;
        if reactor.cluster().id(server.key.as_str()).is_some() {
            return Err(key_is_taken(&DuplicateKey(server.key.clone())));
        }
        Arc::clone(reactor.cluster().options())
    };
    if let core::Host::Name(name) = &server.host
        && resolver.is_some()
        && engine.check_not_ticking().is_err()
    {
        let message = format!("\"{name}\" cannot be resolved within a tick: return from the listener first");
        return Err(Exception::new(Class::Reentrancy, message).into());
    }
    // Calls the application's resolver, so nothing is borrowed yet.
    let (own, address) = prepare(server, &options, resolver)?;
    let mut reactor = engine.reactor()?;
    let added = reactor.add(Arc::new(server.clone()), Arc::new(own), address);
    let id = added.map_err(|error| refused(server, &error))?;
    engine.server_keys().add(id, server.key.as_str());
    if connects {
        let now = reactor.now();
        reactor.cluster_mut().open(id, now);
    }
    drop(reactor);
    engine.nudge();
    Ok(id)
}

/// What a server needs: the options in force for it and its address. Calls PHP.
pub(crate) fn prepare(
    server: &core::ServerConfig,
    options: &core::ClientOptions,
    resolver: Option<&PreparedCallable>,
) -> PhpResult<(core::ClientOptions, Option<SocketAddr>)> {
    let refused = |error: core::ConfigError| invalid_configuration(&error.within(&format!("servers.{}", server.key)));
    let own = server.options(options).map_err(refused)?;
    let address = address_of(server, resolver)?.map(|ip| SocketAddr::new(ip, server.port));
    Ok((own, address))
}

/// The reactor does not take a server.
pub(crate) fn refused(server: &core::ServerConfig, error: &AddError) -> PhpException {
    match error {
        AddError::Tls(error) => invalid_configuration(&error.clone().within(&format!("servers.{}", server.key))),
        AddError::Key(error) => key_is_taken(error),
    }
}

/// Another server has the key.
fn key_is_taken(error: &DuplicateKey) -> PhpException {
    let key = class::zval(error.0.as_str());
    Exception::new(Class::InvalidConfiguration, format!("key: {error}")).key_value("key", key, None).into()
}

/// Removes a server and lets go of its own listeners. Tells whether there was one.
pub(crate) fn remove(engine: &Engine, key: &[u8]) -> PhpResult<bool> {
    let ended = command(engine, |cluster, now| {
        let id = std::str::from_utf8(key).ok().and_then(|key| cluster.id(key))?;
        cluster.remove(id, now)
    })?;
    // What it had open or was looking up goes at once: servers may come and go without a tick in between.
    engine.reactor()?.release();
    engine.nudge();
    let was_there = ended.is_some();
    let listeners: Vec<_> = {
        let mut listeners = engine.listeners().borrow_mut();
        ended.into_iter().flatten().filter_map(|id| listeners.remove(id)).collect()
    };
    // Last, when nothing is borrowed: what closures hold may have destructors.
    drop(listeners);
    Ok(was_there)
}

/// Where a server is: a literal address, or what the application's resolver says, now and never in a tick. `None`: a
/// name that the reactor looks up before each attempt, as the application has no resolver.
fn address_of(server: &core::ServerConfig, resolver: Option<&PreparedCallable>) -> PhpResult<Option<IpAddr>> {
    let name = match &server.host {
        core::Host::Ip(ip) => return Ok(Some(*ip)),
        core::Host::Name(name) => name,
    };
    let Some(resolver) = resolver else {
        zend::stay_loaded();
        return Ok(None);
    };
    let refuse = |reason: &str| {
        let key = format!("servers.{}.host", server.key);
        Exception::new(Class::InvalidConfiguration, format!("{key}: \"{name}\" {reason}")).key_value(
            &key,
            class::zval(&**name),
            None,
        )
    };
    match resolver.call(&[class::zval(&**name)]) {
        Ok(found) => match found.str().and_then(|text| text.parse().ok()) {
            Some(address) => Ok(Some(address)),
            None => Err(refuse("was not resolved to an IP address").into()),
        },
        Err(CallError::Thrown(exception)) => {
            let said = zend::call_method(&exception, "getMessage", &[]).ok();
            let said = said.as_ref().and_then(Zval::str).unwrap_or_default();
            Err(refuse(&format!("could not be resolved: {said}")).previous(exception).into())
        }
        Err(CallError::Unwinding | CallError::NoMethod) => Err(refuse("could not be resolved").into()),
    }
}
