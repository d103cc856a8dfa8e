//! Choosing a server for a manager.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ami_core::cluster::{Cluster, Load, Routing, ServerId};
use ami_core::config::{ServerKey, nearest};
use ami_core::health::ConnectionState;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::types::Zval;

use super::candidate::RoutingCandidate;
use super::rule::Routed;
use super::strategies::rule_of;
use crate::php::class;
use crate::php::engine::{Engine, rethrow};
use crate::php::exceptions::{Class, Exception};
use crate::php::zend::{self, CallError, SharedString, call_method};

/// Servers whose states a message names one by one; the rest it counts.
const NAMED_STATES: usize = 20;

/// The server for an action, or for none in particular. `strategy` is null where none was set.
pub(crate) fn choose(engine: &Engine, strategy: &Zval, routed: Option<Routed<'_>>) -> PhpResult<ServerId> {
    engine.check_owner()?;
    if strategy.is_null() {
        return by_rule(engine, &Routing::RoundRobin, None);
    }
    match rule_of(strategy) {
        Some(rule) => {
            let affinity = rule.affinity(routed)?;
            by_rule(engine, &rule.routing, affinity.as_deref())
        }
        None => by_application(engine, strategy, routed),
    }
}

fn by_rule(engine: &Engine, routing: &Routing, affinity: Option<&[u8]>) -> PhpResult<ServerId> {
    let mut reactor = engine.reactor()?;
    let now = reactor.now().instant;
    let cluster = reactor.cluster_mut();
    if let Some(id) = cluster.select(routing, affinity, now) {
        return Ok(id);
    }
    let exception = match routing {
        Routing::Explicit(key) => explicit_is_not_ready(cluster, key),
        Routing::Failover(keys) => {
            let named = keys.iter().map(|key| (key.as_str(), cluster.id(key.as_str())));
            let known = named.map(|(key, id)| (key, id.and_then(|id| cluster.connection(id))));
            let states = known.map(|(key, server)| (key, server.map(ami_core::connection::Connection::state)));
            with_states("no server that Failover names is ready", &states.collect::<Vec<_>>())
        }
        _ => nobody_is_ready(cluster),
    };
    drop(reactor);
    Err(exception.make().into())
}

/// Asks an application's own strategy. Nothing is borrowed meanwhile, and whatever it says is checked.
fn by_application(engine: &Engine, strategy: &Zval, routed: Option<Routed<'_>>) -> PhpResult<ServerId> {
    let candidates: Vec<(SharedString, Load)> = {
        let reactor = engine.reactor()?;
        let now = reactor.now().instant;
        let cluster = reactor.cluster();
        cluster.ready().map(|(id, connection)| (engine.server_key(id), Load::of(connection, now))).collect()
    };
    if candidates.is_empty() {
        let refusal = nobody_is_ready(engine.reactor()?.cluster());
        return Err(refusal.make().into());
    }
    let count = candidates.len();
    let mut list = Zval::new_array();
    if let Some(array) = list.array_mut() {
        for (key, load) in candidates {
            // It cannot fail: an object is a plain value.
            let _ = array.push(RoutingCandidate::object(key, load));
        }
    }
    let action = routed.map_or_else(Zval::null, |routed| routed.object.shallow_clone());
    let said = match call_method(strategy, "select", &[list, action]) {
        Ok(said) => {
            // It may have forked.
            engine.check_owner()?;
            said
        }
        Err(CallError::Thrown(exception)) => return Err(rethrow(exception)),
        // What is pending already is what PHP sees.
        Err(CallError::Unwinding | CallError::NoMethod) => {
            return Err(PhpException::new("select() was not called".to_owned(), 0, class::error()));
        }
    };
    let name = strategy.object().map(class::class_name).unwrap_or_default();
    let Some(key) = said.dereference().zend_str() else {
        let refusal = every_state(engine.reactor()?.cluster(), &format!("{name} chose none of {count} servers"));
        return Err(refusal.make().into());
    };
    let reactor = engine.reactor()?;
    let cluster = reactor.cluster();
    let Some(id) = std::str::from_utf8(key.as_bytes()).ok().and_then(|key| cluster.id(key)) else {
        let place = format!("{name}::select()");
        let exception = unknown(cluster, &place, key.as_bytes());
        drop(reactor);
        return Err(exception.make().into());
    };
    if cluster.is_ready(id) {
        return Ok(id);
    }
    let state = cluster.connection(id).map_or_else(Default::default, ami_core::connection::Connection::state);
    let shown = String::from_utf8_lossy(key.as_bytes()).into_owned();
    drop(reactor);
    let message = format!("{name} chose \"{shown}\", which is {state}");
    Err(Exception::new(Class::InvalidConnectionState, message).server_key(&shown).state(state).into())
}

/// An exception to be, made of what was read while the cluster was borrowed: making its PHP object runs code that is not
/// ours.
struct Refusal {
    class: Class,
    message: String,
    states: Vec<(String, ConnectionState)>,
    server: Option<(String, ConnectionState)>,
    key: Option<(String, Vec<u8>, Option<String>)>,
}

impl Refusal {
    const fn of(class: Class, message: String) -> Self {
        Self { class, message, states: Vec::new(), server: None, key: None }
    }

    fn make(self) -> Exception {
        let exception = Exception::new(self.class, self.message);
        if let Some((place, value, near)) = self.key {
            return exception.key_value(&place, zend::string(&value), near.as_deref());
        }
        let exception = exception.states(&self.states);
        match self.server {
            Some((key, state)) => exception.server_key(&key).state(state),
            None => exception,
        }
    }
}

/// The key of no server.
fn unknown(cluster: &Cluster, place: &str, key: &[u8]) -> Refusal {
    let near = nearest(key, cluster.iter().map(|(_, server)| server.config().key.as_str())).map(str::to_owned);
    let hint = near.as_ref().map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    let message = format!("{place}: there is no server \"{}\"{hint}", String::from_utf8_lossy(key));
    Refusal { key: Some((place.to_owned(), key.to_vec(), near)), ..Refusal::of(Class::InvalidConfiguration, message) }
}

fn explicit_is_not_ready(cluster: &Cluster, key: &ServerKey) -> Refusal {
    let server = cluster.id(key.as_str()).and_then(|id| cluster.connection(id));
    let Some(server) = server else { return unknown(cluster, "Explicit", key.as_str().as_bytes()) };
    let state = server.state();
    let refusal = with_states("the server that Explicit names is not ready", &[(key.as_str(), Some(state))]);
    Refusal { server: Some((key.as_str().to_owned(), state)), ..refusal }
}

fn nobody_is_ready(cluster: &Cluster) -> Refusal {
    every_state(cluster, "no server is ready")
}

fn every_state(cluster: &Cluster, said: &str) -> Refusal {
    let states: Vec<_> =
        cluster.iter().map(|(_, server)| (server.config().key.as_str(), Some(server.state()))).collect();
    with_states(said, &states)
}

/// The first servers with their states, and how many more there are of each state.
fn with_states(said: &str, states: &[(&str, Option<ConnectionState>)]) -> Refusal {
    let mut message = format!("{said}: ");
    if states.is_empty() {
        message.push_str("there is none");
    }
    let (named, rest) = states.split_at(states.len().min(NAMED_STATES));
    for (n, (key, state)) in named.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = match state {
            Some(state) => write!(message, "{comma}\"{key}\" is {state}"),
            None => write!(message, "{comma}there is no \"{key}\""),
        };
    }
    if !rest.is_empty() {
        let mut counts = BTreeMap::<&str, usize>::new();
        for (_, state) in rest {
            *counts.entry(state.map_or("unknown", ConnectionState::name)).or_default() += 1;
        }
        let counts: Vec<_> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        let _ = write!(message, ", and {} more: {}", rest.len(), counts.join(", "));
    }
    let states = states.iter().filter_map(|(key, state)| Some(((*key).to_owned(), (*state)?))).collect();
    Refusal { states, ..Refusal::of(Class::InvalidConnectionState, message) }
}
