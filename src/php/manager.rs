//! `AmiClientManager`: all servers of a process.

use super::action;
use super::class::{self, Native, Reply, native_class};
use super::client::{self, AmiClient, command};
use super::config::{self, ClientOptions, ServerConfig, ServerRegistry};
use super::engine::Engine;
use super::exceptions::{Class, Exception, invalid_configuration};
use super::gap;
use super::health;
use super::held::Held;
use super::metrics;
use super::routing::{self, Routed};
use super::servers;
use super::signals;
use super::zend::{self, PreparedCallable, Traced, Tracer};
use ami_core::cluster::ServerId;
use ami_core::config as core;
use ami_core::export::Format;
use ami_reactor::Reactor;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

const LOGGER: &str = "Psr\\Log\\LoggerInterface";
const CLOCK: &str = "Psr\\Clock\\ClockInterface";

/// A manager. The engine is shared with everything made by it; the PHP values that the engine owns are named to the
/// collector by this object alone.
#[derive(Debug)]
pub(crate) struct AmiClientManager {
    engine: Rc<Engine>,
    default: core::ServerKey,
    /// The strategy that chooses servers; null at first.
    routing: Held,
    resolver: Option<PreparedCallable>,
    /// All servers were asked to connect, so that further ones are, too.
    connects: Cell<bool>,
}

impl Drop for AmiClientManager {
    fn drop(&mut self) {
        self.engine.let_go();
    }
}

native_class!(AmiClientManager, "Apn\\AmiClient\\AmiClientManager", implements & []);

impl AmiClientManager {
    fn new(servers: &core::ServerSet, options: &core::ClientOptions, helpers: &[Zval; 4]) -> PhpResult<Self> {
        let [logger, collector, clock, resolver] = helpers;
        servers.check(options).map_err(|error| invalid_configuration(&error))?;
        let Some(default) = servers.default_key() else {
            let error =
                core::ConfigError::invalid("servers", core::Value::List(Vec::new()), "must hold at least one server");
            return Err(invalid_configuration(&error));
        };
        let resolver = if resolver.is_null() { None } else { Some(class::callable(helpers, 3, "resolver")?) };
        let no_poll = |error| Exception::new(Class::Connection, format!("no poll could be opened: {error}"));
        if options.io == core::Io::Background {
            // A thread must never return into code that is not there any more.
            zend::stay_loaded();
        }
        let mut reactor = Reactor::new(Arc::new(options.clone())).map_err(no_poll)?;
        for server in servers {
            let (own, address) = servers::prepare(server, options, resolver.as_ref())?;
            reactor
                .add(Arc::new(server.clone()), Arc::new(own), address)
                .map_err(|error| servers::refused(server, &error))?;
        }
        let default = default.clone();
        let engine = Engine::new(reactor, logger.shallow_clone(), collector.shallow_clone(), clock.shallow_clone());
        let engine = engine.map_err(no_poll)?;
        if !options.lazy {
            open_all(&mut *engine.reactor()?);
        }
        let connects = Cell::new(!options.lazy);
        Ok(Self { engine: Rc::new(engine), default, routing: Held::default(), resolver, connects })
    }

    pub(crate) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 1, 6) else { return ConstructorResult::ArgError };
        Self::from_objects(this, values).into()
    }

    fn from_objects(this: &mut ZendObject, values: &[Zval]) -> PhpResult<Self> {
        class::fill::<Self>(this, Vec::new())?;
        let registry = class::argument(values, 0);
        let Some(registry) = registry.object().and_then(ServerRegistry::of) else {
            return Err(class::wrong_type(0, "servers", "Apn\\AmiClient\\ServerRegistry", Some(&registry)));
        };
        let given = class::argument(values, 1);
        let options = match given.object().and_then(ClientOptions::of) {
            Some(options) => options.all().clone(),
            None if given.is_null() => core::ClientOptions::default(),
            None => return Err(class::wrong_type(1, "options", "?Apn\\AmiClient\\ClientOptions", Some(&given))),
        };
        let helpers = helpers(values, 2)?;
        // A copy, so that nothing is borrowed while the resolver is called.
        let servers = registry.servers().clone();
        Self::new(&servers, &options, &helpers)
    }

    pub(crate) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        let function = function
            .arg(Arg::new("servers", DataType::object("Apn\\AmiClient\\ServerRegistry")))
            .not_required()
            .arg(Arg::new("options", DataType::object("Apn\\AmiClient\\ClientOptions")).allow_null().default("null"));
        helper_arguments(function)
    }

    pub(crate) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let public = MethodFlags::Public;
        let key = || Arg::new("key", DataType::String);
        let timeout = || Arg::new("timeoutMs", DataType::Long).default("0");
        let client = DataType::object("Apn\\AmiClient\\AmiClient");
        let pending = DataType::object("Apn\\AmiClient\\PendingAction");
        let summary = DataType::object("Apn\\AmiClient\\TickSummary");
        let this = DataType::object("Apn\\AmiClient\\AmiClientManager");
        let config = DataType::object("Apn\\AmiClient\\ServerConfig");
        let strategy = Arg::new("strategy", DataType::object(routing::ROUTING_STRATEGY));
        let action = Arg::new("action", DataType::object("Apn\\AmiClient\\Action"));
        let from_config = FunctionBuilder::new("fromConfig", from_config).arg(Arg::new("config", DataType::Array));
        let plain = |name, handler: extern "C" fn(&mut ExecuteData, &mut Zval), kind| {
            (FunctionBuilder::new(name, handler).returns(kind, false, false), public)
        };
        vec![
            (helper_arguments(from_config.not_required()).returns(this, false, false), public | MethodFlags::Static),
            (FunctionBuilder::new("server", server).arg(key()).returns(client, false, false), public),
            plain("default", default, client),
            plain("connectAll", connect_all, DataType::Void),
            (FunctionBuilder::new("send", send).arg(action).returns(pending, false, false), public),
            plain("select", select, client),
            (FunctionBuilder::new("routing", set_routing).arg(strategy).returns(this, false, false), public),
            (
                FunctionBuilder::new("addServer", add_server)
                    .arg(Arg::new("server", config))
                    .returns(client, false, false),
                public,
            ),
            (
                FunctionBuilder::new("removeServer", remove_server).arg(key()).returns(DataType::Bool, false, false),
                public,
            ),
            (client::listener_arguments(FunctionBuilder::new("onEvent", on_event), true), public),
            (client::listener_arguments(FunctionBuilder::new("onAnyEvent", on_any_event), false), public),
            (
                FunctionBuilder::new("onGap", on_gap)
                    .arg(Arg::new("listener", DataType::Callable))
                    .returns(this, false, false),
                public,
            ),
            (
                FunctionBuilder::new("tickAll", tick_all).not_required().arg(timeout()).returns(summary, false, false),
                public,
            ),
            (
                FunctionBuilder::new("tick", tick)
                    .arg(key())
                    .not_required()
                    .arg(timeout())
                    .returns(summary, false, false),
                public,
            ),
            plain("pollAll", poll_all, summary),
            (FunctionBuilder::new("poll", poll).arg(key()).returns(summary, false, false), public),
            (FunctionBuilder::new("nextTimerMs", next_timer).returns(DataType::Long, false, true), public),
            (FunctionBuilder::new("stream", stream), public),
            (
                FunctionBuilder::new("registerSignalHandlers", register_signal_handlers)
                    .arg(Arg::new("handler", DataType::Callable).allow_null())
                    .not_required()
                    .arg(Arg::new("signals", DataType::Array).default("[15, 2]"))
                    .returns(this, false, false),
                public,
            ),
            plain("health", get_health, DataType::Array),
            plain("clusterHealth", cluster_health, DataType::Array),
            plain("metrics", get_metrics, DataType::Array),
            (FunctionBuilder::new("shutdownReason", shutdown_reason).returns(DataType::String, false, true), public),
            (
                FunctionBuilder::new("prometheus", prometheus)
                    .not_required()
                    .arg(Arg::new("openMetrics", DataType::Bool).default("false"))
                    .returns(DataType::String, false, false),
                public,
            ),
            (
                FunctionBuilder::new("lease", lease)
                    .arg(Arg::new("milliseconds", DataType::Long).allow_null())
                    .returns(DataType::Void, false, false),
                public,
            ),
            plain("close", close, DataType::Void),
            plain("terminate", terminate, DataType::Void),
        ]
    }
}

impl Native for AmiClientManager {
    fn finish(class: &mut ClassEntry) {
        zend::allow_array(class, "onevent", 2);
        zend::allow_array(class, "onanyevent", 1);
        zend::mark_sensitive(class, "fromconfig", 0);
        // Where an object belongs, a caller may by mistake give the array that it is made of.
        zend::mark_sensitive(class, "addserver", 0);
        zend::trace::<Self>();
    }
}

impl Traced for AmiClientManager {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.engine.trace(tracer);
        self.routing.trace(tracer);
        if let Some(resolver) = &self.resolver {
            tracer.callable(resolver);
        }
    }
}

fn helper_arguments(function: FunctionBuilder<'_>) -> FunctionBuilder<'_> {
    function
        .arg(Arg::new("logger", DataType::object(LOGGER)).allow_null().default("null"))
        .arg(Arg::new("metrics", DataType::object("Apn\\AmiClient\\MetricsCollector")).allow_null().default("null"))
        .arg(Arg::new("clock", DataType::object(CLOCK)).allow_null().default("null"))
        .arg(Arg::new("resolver", DataType::Callable).allow_null().default("null"))
}

/// Logger, collector, clock and resolver, from that place on.
fn helpers(values: &[Zval], first: usize) -> PhpResult<[Zval; 4]> {
    let helpers = [0, 1, 2, 3].map(|place| class::argument(values, first + place));
    let [logger, collector, clock, _] = &helpers;
    for (offset, (value, name, wanted)) in [(logger, "logger", LOGGER), (clock, "clock", CLOCK)].into_iter().enumerate()
    {
        let fits = value
            .object()
            .is_some_and(|object| ClassEntry::try_find(wanted).is_some_and(|interface| object.instance_of(interface)));
        if !fits && !value.is_null() {
            return Err(class::wrong_type(first + offset * 2, name, &format!("?{wanted}"), Some(value)));
        }
    }
    let fits = collector.object().is_some_and(|object| object.instance_of(metrics::metrics_collector()));
    if !fits && !collector.is_null() {
        return Err(class::wrong_type(first + 1, "metrics", "?Apn\\AmiClient\\MetricsCollector", Some(collector)));
    }
    let [_, _, _, resolver] = &helpers;
    if !resolver.is_null() {
        class::callable(values, first + 3, "resolver")?;
    }
    Ok(helpers)
}

fn open_all(reactor: &mut Reactor) {
    let now = reactor.now();
    let ids: Vec<ServerId> = reactor.cluster().iter().map(|(id, _)| id).collect();
    for id in ids {
        reactor.cluster_mut().open(id, now);
    }
}

/// The key that an argument is. A numeric one comes back from PHP arrays, such as `health()`, as an int.
fn key_of(arguments: &[Zval]) -> PhpResult<Vec<u8>> {
    match arguments.first().and_then(|key| key.dereference().long()) {
        Some(number) => Ok(number.to_string().into_bytes()),
        None => class::bytes(arguments, 0, "key").map(<[u8]>::to_vec),
    }
}

/// The server that an argument names.
fn server_of(this: &AmiClientManager, arguments: &[Zval]) -> PhpResult<ServerId> {
    let key = &*key_of(arguments)?;
    let reactor = this.engine.reactor()?;
    let found = std::str::from_utf8(key).ok().and_then(|key| reactor.cluster().id(key));
    found.ok_or_else(|| {
        let known: Vec<&str> = reactor.cluster().iter().map(|(_, server)| server.config().key.as_str()).collect();
        let near = core::nearest(key, known.iter().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        let message = format!("there is no server \"{}\"{hint}", String::from_utf8_lossy(key));
        Exception::new(Class::InvalidConfiguration, message).key_value("key", zend::string(key), near).into()
    })
}

extern "C" fn from_config(ex: &mut ExecuteData, returned: &mut Zval) {
    class::static_method(ex, returned, 1, 5, |values| {
        let config = core::Config::from_value(config::read(&class::argument(values, 0)));
        let config = config.map_err(|error| invalid_configuration(&error))?;
        let helpers = helpers(values, 1)?;
        let manager = AmiClientManager::new(&config.servers, &config.options, &helpers)?;
        Ok(class::object(manager, Vec::new()))
    });
}

extern "C" fn server(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 1, |this, object, arguments| {
        let id = server_of(this, arguments)?;
        Ok(Reply::Value(AmiClient::object(Rc::clone(&this.engine), object, id)))
    });
}

extern "C" fn default(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 0, 0, |this, object, _| {
        let id = this.engine.reactor()?.cluster().id(this.default.as_str());
        let Some(id) = id else {
            let key = this.default.as_str();
            let message = format!("default: the server \"{key}\" was removed");
            let exception = Exception::new(Class::InvalidConfiguration, message);
            return Err(exception.key_value("default", class::zval(key), None).into());
        };
        Ok(Reply::Value(AmiClient::object(Rc::clone(&this.engine), object, id)))
    });
}

extern "C" fn connect_all(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| {
        this.engine.check_owner()?;
        this.engine.check_not_shut_down()?;
        this.connects.set(true);
        open_all(&mut *this.engine.reactor()?);
        this.engine.nudge();
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn send(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 1, |this, object, arguments| {
        this.engine.check_owner()?;
        this.engine.check_not_shut_down()?;
        let given = class::argument(arguments, 0);
        // Read once, and before a strategy is asked: its methods may be the application's.
        let (action, completion) = action::read_action(&given)?;
        let routed = Routed { object: &given, action: Some(&action) };
        let id = routing::choose(&this.engine, &this.routing.get(), Some(routed))?;
        client::send_read(&this.engine, object, id, &action, completion.as_ref()).map(Reply::Value)
    });
}

extern "C" fn select(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 0, 0, |this, object, _| {
        this.engine.check_not_shut_down()?;
        let id = routing::choose(&this.engine, &this.routing.get(), None)?;
        Ok(Reply::Value(AmiClient::object(Rc::clone(&this.engine), object, id)))
    });
}

extern "C" fn set_routing(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 1, |this, _, arguments| {
        let strategy = routing::read(arguments, 0)?;
        drop(this.routing.replace(strategy));
        Ok(Reply::This)
    });
}

extern "C" fn add_server(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 1, |this, object, arguments| {
        let given = class::argument(arguments, 0);
        let Some(server) = given.object().and_then(ServerConfig::of) else {
            return Err(class::wrong_type(0, "server", "Apn\\AmiClient\\ServerConfig", Some(&given)));
        };
        this.engine.check_not_shut_down()?;
        let id = servers::add(&this.engine, server.config(), this.resolver.as_ref(), this.connects.get())?;
        Ok(Reply::Value(AmiClient::object(Rc::clone(&this.engine), object, id)))
    });
}

extern "C" fn remove_server(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 1, |this, arguments| {
        let was_there = servers::remove(&this.engine, &key_of(arguments)?)?;
        Ok(Reply::Value(class::zval(was_there)))
    });
}

extern "C" fn on_event(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 2, 4, |this, object, arguments| {
        let name = class::bytes(arguments, 0, "name")?;
        client::subscribe(&this.engine, object, None, Some(name), arguments, 1).map(Reply::Value)
    });
}

extern "C" fn on_any_event(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 3, |this, object, arguments| {
        client::subscribe(&this.engine, object, None, None, arguments, 0).map(Reply::Value)
    });
}

extern "C" fn on_gap(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 1, |this, arguments| {
        gap::listen(&this.engine, class::callable(arguments, 0, "listener")?)?;
        Ok(Reply::This)
    });
}

extern "C" fn tick_all(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 0, 1, |this, object, arguments| {
        let timeout = class::integer(arguments, 0, "timeoutMs", 0)?;
        this.engine.tick(object, timeout, None).map(Reply::Value)
    });
}

extern "C" fn tick(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 2, |this, object, arguments| {
        let id = server_of(this, arguments)?;
        let timeout = class::integer(arguments, 1, "timeoutMs", 0)?;
        this.engine.tick(object, timeout, Some(id)).map(Reply::Value)
    });
}

extern "C" fn poll_all(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 0, 0, |this, object, _| {
        this.engine.tick(object, 0, None).map(Reply::Value)
    });
}

extern "C" fn poll(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 1, |this, object, arguments| {
        let id = server_of(this, arguments)?;
        this.engine.tick(object, 0, Some(id)).map(Reply::Value)
    });
}

extern "C" fn next_timer(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| {
        let due = this.engine.until_due()?;
        // Rounded up: a millisecond early would find nothing to do.
        let millis = due.map(|due| i64::try_from(due.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX));
        Ok(Reply::Value(millis.map_or_else(Zval::null, class::zval)))
    });
}

extern "C" fn stream(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| this.engine.stream().map(Reply::Value));
}

extern "C" fn register_signal_handlers(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 1, 2, |this, _, arguments| {
        let handler = match arguments.first() {
            Some(handler) if !handler.dereference().is_null() => Some(class::callable(arguments, 0, "handler")?),
            _ => None,
        };
        this.engine.register_signals(handler, &signals::read(arguments, 1)?)?;
        Ok(Reply::This)
    });
}

extern "C" fn get_health(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| health::of_all(&this.engine).map(Reply::Value));
}

extern "C" fn cluster_health(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| health::of_cluster(&this.engine).map(Reply::Value));
}

extern "C" fn prometheus(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method_of_object::<AmiClientManager>(ex, returned, 0, 1, |this, _, arguments| {
        let format =
            if class::boolean(arguments, 0, "openMetrics", false)? { Format::OpenMetrics } else { Format::Prometheus };
        health::text(&this.engine, format).map(Reply::Value)
    });
}

extern "C" fn get_metrics(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| health::metrics(&this.engine).map(Reply::Value));
}

extern "C" fn shutdown_reason(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| -> PhpResult<Reply> {
        let exceeded = this.engine.reactor()?.cluster().shutdown();
        Ok(Reply::Value(exceeded.map_or_else(Zval::null, |exceeded| class::zval(exceeded.to_string()))))
    });
}

extern "C" fn lease(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 1, |this, arguments| {
        let given = class::optional_integer(arguments, 0, "milliseconds")?;
        let millis = given.map(u64::try_from).transpose().map_err(|_| {
            let message = format!("milliseconds: {} is negative; null ends the lease", given.unwrap_or_default());
            Exception::new(Class::InvalidConfiguration, message).key_value(
                "milliseconds",
                class::argument(arguments, 0),
                None,
            )
        })?;
        command(&this.engine, |cluster, now| {
            cluster.set_lease(millis.map(|millis| now.instant + Duration::from_millis(millis)));
        })?;
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn close(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| {
        command(&this.engine, |cluster, now| {
            let ids: Vec<ServerId> = cluster.iter().map(|(id, _)| id).collect();
            for id in ids {
                cluster.close(id, now);
            }
        })?;
        this.connects.set(false);
        Ok(Reply::Value(Zval::null()))
    });
}

extern "C" fn terminate(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method::<AmiClientManager>(ex, returned, 0, |this, _| {
        this.engine.check_owner()?;
        {
            let mut reactor = this.engine.reactor()?;
            let now = reactor.now();
            // Those that were removed and still say goodbye as well.
            let cluster = reactor.cluster();
            let ids: Vec<ServerId> = cluster.iter().chain(cluster.leaving()).map(|(id, _)| id).collect();
            this.connects.set(false);
            for id in ids {
                reactor.cluster_mut().terminate(id, now);
            }
            reactor.release();
        }
        this.engine.stop();
        this.engine.settle_outside_a_tick()?;
        Ok(Reply::Value(Zval::null()))
    });
}
