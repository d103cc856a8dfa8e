//! `AmiClient`: one server of a manager.

use super::action;
use super::class::{self, Native, Reply, native_class};
use super::completion;
use super::engine::{self, Engine, Waited};
use super::enums;
use super::exceptions::{Class, Exception};
use super::filter;
use super::health;
use super::held::Held;
use super::listeners::Listener;
use super::pending::PendingAction;
use super::subscription::Subscription;
use super::zend::{self, SharedString, Traced, Tracer};
use ami_core::cluster::{Cluster, ServerId};
use ami_core::connection::{Connection, SendError};
use ami_core::correlation::{Completion, LossReason};
use ami_core::events::NewSubscription;
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use ami_core::time::Now;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::prelude::PhpException;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::rc::Rc;
use std::time::Duration;

/// How long `call()` and `waitUntilReady()` wait when nothing is said, in milliseconds.
const DEFAULT_WAIT_MS: i64 = 10_000;

/// A handle on one server: any number of them are the same.
#[derive(Debug)]
pub(crate) struct AmiClient {
    engine: Rc<Engine>,
    manager: Held,
    id: ServerId,
    key: SharedString,
}

native_class!(AmiClient, "Apn\\AmiClient\\AmiClient", made by the extension only, implements &[]);

impl AmiClient {
    pub(crate) fn object(engine: Rc<Engine>, manager: &Zval, id: ServerId) -> Zval {
        let key = engine.server_key(id);
        class::object(Self { engine, manager: Held::new(manager.shallow_clone()), id, key }, Vec::new())
    }

    /// Refuses a process that does not own the server, and a server that was removed.
    fn check(&self) -> PhpResult {
        self.engine.check_owner()?;
        self.engine.check_present(self.id, &self.key)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let timeout = || Arg::new("timeoutMs", DataType::Long).default("10000");
        let action = || Arg::new("action", DataType::object("Apn\\AmiClient\\Action"));
        let this = DataType::object("Apn\\AmiClient\\AmiClient");
        let pending = DataType::object("Apn\\AmiClient\\PendingAction");
        let response = DataType::object("Apn\\AmiClient\\AmiResponse");
        let state = DataType::object("Apn\\AmiClient\\ConnectionState");
        let mut methods = vec![
            (FunctionBuilder::new("open", open).returns(DataType::Void, false, false), public),
            (FunctionBuilder::new("close", close).returns(DataType::Void, false, false), public),
            (FunctionBuilder::new("send", send).arg(action()).returns(pending, false, false), public),
            (
                FunctionBuilder::new("call", call)
                    .arg(action())
                    .not_required()
                    .arg(timeout())
                    .returns(response, false, false),
                public,
            ),
            (
                FunctionBuilder::new("waitUntilReady", wait_until_ready)
                    .not_required()
                    .arg(timeout())
                    .returns(this, false, false),
                public,
            ),
            (FunctionBuilder::new("state", get_state).returns(state, false, false), public),
            (FunctionBuilder::new("health", get_health).returns(DataType::Array, false, false), public),
            (FunctionBuilder::new("serverKey", server_key).returns(DataType::String, false, false), public),
            (FunctionBuilder::new("asteriskVersion", asterisk_version).returns(DataType::String, false, true), public),
            (FunctionBuilder::new("amiVersion", ami_version).returns(DataType::String, false, true), public),
        ];
        methods.push((listener_arguments(FunctionBuilder::new("onEvent", on_event), true), public));
        methods.push((listener_arguments(FunctionBuilder::new("onAnyEvent", on_any_event), false), public));
        methods
    }
}

/// The arguments of `onEvent` and `onAnyEvent`, here and on the manager.
pub(crate) fn listener_arguments(function: FunctionBuilder<'static>, named: bool) -> FunctionBuilder<'static> {
    let function = if named { function.arg(Arg::new("name", DataType::String)) } else { function };
    function
        .arg(Arg::new("listener", DataType::Callable))
        .not_required()
        .arg(Arg::new("filter", DataType::object("Apn\\AmiClient\\EventFilter")).allow_null().default("null"))
        .arg(Arg::new("priority", DataType::Long).default("0"))
        .returns(DataType::object("Apn\\AmiClient\\Subscription"), false, false)
}

impl Native for AmiClient {
    fn finish(class: &mut ClassEntry) {
        zend::allow_array(class, "onevent", 2);
        zend::allow_array(class, "onanyevent", 1);
        zend::trace::<Self>();
    }
}

impl Traced for AmiClient {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.manager.trace(tracer);
    }
}

// ---- what the manager does for one of its servers, too ---------------------------------------------------------

/// Does something to the cluster with the time, in the process that owns it.
pub(crate) fn command<R>(engine: &Engine, act: impl FnOnce(&mut Cluster, Now) -> R) -> PhpResult<R> {
    engine.check_owner()?;
    let result = {
        let mut reactor = engine.reactor()?;
        let now = reactor.now();
        act(reactor.cluster_mut(), now)
    };
    engine.nudge();
    Ok(result)
}

/// Sends an action to a server. Returns the `PendingAction`.
pub(crate) fn send_to(engine: &Rc<Engine>, manager: &Zval, id: ServerId, action: &Zval) -> PhpResult<Zval> {
    engine.check_owner()?;
    // May call the methods of an application's own action, so nothing is borrowed yet.
    let (action, strategy) = action::read_action(action)?;
    send_read(engine, manager, id, &action, strategy.as_ref())
}

/// The same for an action that was read already.
pub(crate) fn send_read(
    engine: &Rc<Engine>,
    manager: &Zval,
    id: ServerId,
    action: &Action,
    strategy: Option<&Zval>,
) -> PhpResult<Zval> {
    let (completion, custom) = completion::read(strategy, action, action_timeout(engine, id)?)?;
    // What was called above may have removed the server.
    engine.check_present(id, &engine.server_key(id))?;
    match queue(engine, manager, id, action, completion, custom.unwrap_or_else(Zval::null))? {
        Ok(pending) => Ok(pending),
        Err(error) => Err(not_sent(engine, id, &error)?.action_name(action.name()).into()),
    }
}

/// Sends an action of our own, which is complete as one of PHP without a strategy would be.
pub(crate) fn send_by_default(
    engine: &Rc<Engine>,
    manager: &Zval,
    id: ServerId,
    action: &Action,
) -> PhpResult<Result<Zval, SendError>> {
    let completion = Completion::of(action, action_timeout(engine, id)?);
    queue(engine, manager, id, action, completion, Zval::null())
}

fn action_timeout(engine: &Engine, id: ServerId) -> PhpResult<Duration> {
    let reactor = engine.reactor()?;
    let options = reactor.cluster().connection(id).map(|connection| connection.options().action_timeout);
    Ok(options.unwrap_or_default())
}

fn queue(
    engine: &Rc<Engine>,
    manager: &Zval,
    id: ServerId,
    action: &Action,
    completion: Completion,
    strategy: Zval,
) -> PhpResult<Result<Zval, SendError>> {
    let sent = {
        let mut reactor = engine.reactor()?;
        let now = reactor.now();
        let cluster = reactor.cluster_mut();
        match too_many_untold(engine, cluster, id) {
            Some(error) => Some(Err(error)),
            None => cluster.send(id, action, completion, now).map(|sent| {
                let action_id = |sequence| cluster.connection(id).map(|connection| connection.action_id(sequence));
                sent.map(|sequence| (sequence, action_id(sequence).unwrap_or_default()))
            }),
        }
    };
    match sent {
        Some(Ok((sequence, action_id))) => {
            let name = action.name().to_vec();
            let pending = PendingAction::object(Rc::clone(engine), manager, id, sequence, action_id, name, strategy);
            engine.await_answer(id, sequence, &pending);
            engine.nudge();
            Ok(Ok(pending))
        }
        Some(Err(error)) => Ok(Err(error)),
        None => Err(Exception::new(Class::InvalidConfiguration, "there is no such server").into()),
    }
}

/// A thread ends actions between ticks, too. Those of which nobody was told count as waiting, since they do: here.
fn too_many_untold(engine: &Engine, cluster: &mut Cluster, id: ServerId) -> Option<SendError> {
    if !engine.is_background() {
        return None;
    }
    let connection = cluster.connection(id)?;
    let (limit, waiting) = (connection.options().max_pending_actions, connection.pending_actions());
    let settled = &cluster.effects().settled;
    // Counted only where those of all servers together could be too many.
    let is_full = settled.len() >= limit.saturating_sub(waiting)
        && settled.iter().filter(|(server, _)| *server == id).count() + waiting >= limit;
    if is_full {
        cluster.count_refusal(id);
    }
    is_full.then_some(SendError::TooManyPending { limit })
}

fn not_sent(engine: &Engine, id: ServerId, error: &SendError) -> PhpResult<Exception> {
    let key = engine.server_key(id);
    let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
    let message = format!("\"{key}\": {error}");
    let number = |number: &usize| i64::try_from(*number).unwrap_or(i64::MAX);
    let exception = match error {
        SendError::NotReady(state) => {
            let exception = Exception::new(Class::InvalidConnectionState, message).state(*state);
            let lost = engine.reactor()?.cluster().connection(id).is_some_and(|server| server.last_loss().is_some());
            if lost { exception.previous(engine.loss(id)?.into_zval()) } else { exception }
        }
        SendError::TooManyPending { limit } => {
            Exception::new(Class::Backpressure, message).limit("max_pending_actions", number(limit), number(limit))
        }
        SendError::WriteBufferFull { waiting, limit } => {
            Exception::new(Class::Backpressure, message).limit("write_buffer_limit", number(limit), number(waiting))
        }
        SendError::ShuttingDown(exceeded) => Exception::memory_exceeded(*exceeded, &message),
        SendError::NotAvailable { .. } => Exception::new(Class::ActionSendFailed, message),
        SendError::Action(error) => super::exceptions::from_action_error(error),
        _ => {
            let events = engine.reactor()?.cluster().connection(id).map(|server| server.config().events.to_string());
            let events = class::zval(events.unwrap_or_default());
            Exception::new(Class::InvalidConfiguration, message).key_value("events", events, None)
        }
    };
    Ok(exception.server_key(&key))
}

/// Subscribes. `arguments` are the listener, the filter and the priority.
pub(crate) fn subscribe(
    engine: &Rc<Engine>,
    manager: &Zval,
    server: Option<ServerId>,
    name: Option<&[u8]>,
    arguments: &[Zval],
    first: usize,
) -> PhpResult<Zval> {
    engine.check_owner()?;
    if name.is_some_and(<[u8]>::is_empty) {
        let exception = Exception::new(Class::InvalidConfiguration, "name: an event's name is not empty");
        return Err(exception.key_value("name", class::zval(""), None).into());
    }
    let closure = class::callable(arguments, first, "listener")?;
    let (conditions, filter) = filter::read(arguments, first + 1)?;
    let priority = class::integer(arguments, first + 2, "priority", 0)?;
    let subscription = NewSubscription { name: name.map(Into::into), server, conditions, priority };
    let id = engine.reactor()?.cluster_mut().subscribe(subscription).map_err(|error| {
        let limit = i64::try_from(ami_core::events::MAX_SUBSCRIPTIONS).unwrap_or(i64::MAX);
        Exception::new(Class::Backpressure, error.to_string()).limit("subscriptions", limit, limit)
    })?;
    engine.listeners().borrow_mut().set(id, Listener { closure, filter });
    engine.nudge();
    let name = name.map_or_else(Zval::null, zend::string);
    Ok(Subscription::object(Rc::clone(engine), manager, id, name, priority))
}

/// Whether nothing has to be waited for before something is sent.
fn is_usable(this: &AmiClient) -> PhpResult<bool> {
    this.check()?;
    let reactor = this.engine.reactor()?;
    Ok(reactor.cluster().connection(this.id).is_some_and(|connection| connection.state().is_usable()))
}

/// Opens the connection if it is not, and ticks until it is usable.
fn become_ready(this: &AmiClient, timeout_ms: i64) -> PhpResult<Waited> {
    let engine = &this.engine;
    this.check()?;
    let state_of = || -> PhpResult<(ConnectionState, bool)> {
        let reactor = engine.reactor()?;
        let Some(server) = reactor.cluster().connection(this.id) else {
            return Ok((ConnectionState::Disconnected, false));
        };
        let refused = server.last_loss().is_some_and(LossReason::needs_a_person);
        let hopeless =
            server.state() == ConnectionState::Fatal || (refused && server.state() == ConnectionState::Reconnecting);
        Ok((server.state(), hopeless))
    };
    let deadline = engine.deadline(Some(timeout_ms))?;
    if state_of()?.0 == ConnectionState::Disconnected {
        command(engine, |cluster, now| cluster.open(this.id, now))?;
    }
    let is_decided = || {
        state_of().map_or(true, |(state, hopeless)| state.is_usable() || hopeless)
            || this.check().and_then(|()| engine.check_not_shut_down()).is_err()
    };
    let waited = engine.tick_until(&this.manager.get(), deadline, is_decided)?;
    if waited == Waited::Exiting || state_of()?.0.is_usable() {
        return Ok(waited);
    }
    this.check()?;
    engine.check_not_shut_down()?;
    Err(engine.loss(this.id)?.into())
}

// ---- methods -----------------------------------------------------------------------------------------------------

extern "C" fn open(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| {
        this.check()?;
        this.engine.check_not_shut_down()?;
        command(&this.engine, |cluster, now| cluster.open(this.id, now))?;
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn close(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| {
        this.check()?;
        command(&this.engine, |cluster, now| cluster.close(this.id, now))?;
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn send(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 1, |this, arguments| {
        this.check()?;
        let action = class::argument(arguments, 0);
        send_to(&this.engine, &this.manager.get(), this.id, &action).map(Reply::Value)
    });
}

extern "C" fn call(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClient>(ex, returned, 1, 2, |this, _, arguments| {
        let timeout = class::integer(arguments, 1, "timeoutMs", DEFAULT_WAIT_MS)?;
        // Before anything is sent: its answer could not be waited for.
        this.engine.check_not_ticking()?;
        engine::duration(timeout)?;
        let left = if is_usable(this)? {
            timeout
        } else {
            let began = this.engine.reactor()?.instant();
            if become_ready(this, timeout)? == Waited::Exiting {
                return Ok(Reply::Value(Zval::null()));
            }
            let spent = this.engine.reactor()?.instant().since(began).as_millis();
            timeout.saturating_sub(i64::try_from(spent).unwrap_or(i64::MAX)).max(0)
        };
        let action = class::argument(arguments, 0);
        let pending = send_to(&this.engine, &this.manager.get(), this.id, &action)?;
        match pending.object().and_then(PendingAction::of) {
            Some(pending) => pending.wait(Some(left)),
            None => Ok(Reply::Value(Zval::null())),
        }
    });
}

extern "C" fn wait_until_ready(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClient>(ex, returned, 0, 1, |this, _, arguments| {
        let timeout = class::integer(arguments, 0, "timeoutMs", DEFAULT_WAIT_MS)?;
        become_ready(this, timeout)?;
        Ok(Reply::This)
    });
}

extern "C" fn on_event(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClient>(ex, returned, 2, 4, |this, _, arguments| {
        this.check()?;
        let name = class::bytes(arguments, 0, "name")?;
        subscribe(&this.engine, &this.manager.get(), Some(this.id), Some(name), arguments, 1).map(Reply::Value)
    });
}

extern "C" fn on_any_event(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClient>(ex, returned, 1, 3, |this, _, arguments| {
        this.check()?;
        subscribe(&this.engine, &this.manager.get(), Some(this.id), None, arguments, 0).map(Reply::Value)
    });
}

extern "C" fn get_state(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| {
        let reactor = this.engine.reactor()?;
        let state = reactor.cluster().connection(this.id).map_or_else(Default::default, Connection::state);
        drop(reactor);
        Ok(Reply::Value(enums::connection_state(state)))
    });
}

extern "C" fn get_health(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| {
        this.engine.check_present(this.id, &this.key)?;
        health::of_server(&this.engine, this.id).map(Reply::Value)
    });
}

extern "C" fn server_key(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| Ok::<_, PhpException>(Reply::Value(this.key.zval())));
}

extern "C" fn asterisk_version(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| -> Result<Reply, PhpException> {
        // A forked child is told what is known; it may not ask.
        let may_ask = this.engine.check_owner().is_ok();
        let mut reactor = this.engine.reactor()?;
        let now = reactor.now();
        if may_ask {
            reactor.cluster_mut().want_version(this.id, now);
        }
        let version = reactor.cluster().connection(this.id).and_then(Connection::asterisk_version);
        let version = version.map_or_else(Zval::null, |version| zend::string(version.to_string().as_bytes()));
        drop(reactor);
        this.engine.nudge();
        Ok(Reply::Value(version))
    });
}

extern "C" fn ami_version(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClient>(ex, returned, 0, |this, _| -> Result<Reply, PhpException> {
        let reactor = this.engine.reactor()?;
        let version = reactor.cluster().connection(this.id).and_then(Connection::ami_version);
        Ok(Reply::Value(version.map_or_else(Zval::null, zend::string)))
    });
}
