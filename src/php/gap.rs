//! `ConnectionGap`: the time between two sessions, of which a server tells nothing.

use super::class::{self, Native, native_class};
use super::client;
use super::engine::Engine;
use super::exceptions::{Class, Exception};
use super::message;
use super::zend::{self, PreparedCallable, Slot};
use ami_core::cluster::ServerId;
use ami_core::connection::{Connection, Gap};
use ami_core::log::{Kind, Record};
use ami_core::protocol::Action;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use std::rc::Rc;

/// Listeners that one manager may have: a loop that registers for ever shows itself here.
const MAX_LISTENERS: usize = 1_000;

const PENDING: &str = "Apn\\AmiClient\\PendingAction";

/// The lists of `reconcile`, and the properties that have them: what is there now, to hold against what was there before.
const LISTS: [(&str, &str); 3] = [("status", "Status"), ("channels", "CoreShowChannels"), ("queues", "QueueStatus")];

/// Its values are PHP properties.
#[derive(Debug)]
pub(crate) struct ConnectionGap;

native_class!(ConnectionGap, "Apn\\AmiClient\\ConnectionGap", implements & []);

impl ConnectionGap {
    fn object(key: Zval, gap: &Gap, lists: [Zval; 3]) -> Zval {
        let mut properties = vec![
            ("serverKey".to_owned(), key),
            ("from".to_owned(), class::zval(message::seconds(gap.from))),
            ("to".to_owned(), class::zval(message::seconds(gap.to))),
            ("reason".to_owned(), class::zval(gap.reason.name())),
            ("message".to_owned(), class::zval(gap.reason.to_string())),
            ("sessions".to_owned(), class::zval(i64::from(gap.sessions))),
            ("eventsDropped".to_owned(), class::zval(i64::try_from(gap.events_dropped).unwrap_or(i64::MAX))),
        ];
        properties.extend(LISTS.iter().zip(lists).map(|((name, _), list)| ((*name).to_owned(), list)));
        class::object(Self, properties)
    }

    /// From PHP only fakes and tests make one.
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 4, 10) else { return ConstructorResult::ArgError };
        Self::from_arguments(this, values).into()
    }

    fn from_arguments(this: &mut ZendObject, values: &[Zval]) -> PhpResult<Self> {
        let text = |place, name| class::bytes(values, place, name).map(zend::string);
        let count = |place, name, otherwise| -> PhpResult<Zval> {
            match class::integer(values, place, name, otherwise)? {
                count if count < 0 => {
                    let exception = Exception::new(Class::InvalidConfiguration, format!("{name}: {count} is negative"));
                    Err(exception.key_value(name, class::zval(count), None).into())
                }
                count => Ok(class::zval(count)),
            }
        };
        let mut properties = vec![
            ("serverKey".to_owned(), text(0, "serverKey")?),
            ("from".to_owned(), class::zval(class::float(values, 1, "from")?)),
            ("to".to_owned(), class::zval(class::float(values, 2, "to")?)),
            ("reason".to_owned(), text(3, "reason")?),
            ("message".to_owned(), if values.len() > 4 { text(4, "message")? } else { zend::string(b"") }),
            ("sessions".to_owned(), count(5, "sessions", 1)?),
            ("eventsDropped".to_owned(), count(6, "eventsDropped", 0)?),
        ];
        for (place, (name, _)) in (7..).zip(LISTS) {
            let list = class::argument(values, place);
            let fits =
                list.is_null() || list.object().is_some_and(|list| super::pending::PendingAction::of(list).is_some());
            if !fits {
                return Err(class::wrong_type(place, name, "?Apn\\AmiClient\\PendingAction", Some(&list)));
            }
            properties.push((name.to_owned(), list));
        }
        class::fill::<Self>(this, properties).map(|()| Self)
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        let function = function
            .arg(Arg::new("serverKey", DataType::String))
            .arg(Arg::new("from", DataType::Double))
            .arg(Arg::new("to", DataType::Double))
            .arg(Arg::new("reason", DataType::String))
            .not_required()
            .arg(Arg::new("message", DataType::String).default("''"))
            .arg(Arg::new("sessions", DataType::Long).default("1"))
            .arg(Arg::new("eventsDropped", DataType::Long).default("0"));
        LISTS.iter().fold(function, |function, (name, _)| {
            function.arg(Arg::new(*name, DataType::object(PENDING)).allow_null().default("null"))
        })
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        Vec::new()
    }
}

impl Native for ConnectionGap {
    fn finish(class: &mut ClassEntry) {
        for (name, slot) in [
            ("serverKey", Slot::String),
            ("from", Slot::Float),
            ("to", Slot::Float),
            ("reason", Slot::String),
            ("message", Slot::String),
            ("sessions", Slot::Int),
            ("eventsDropped", Slot::Int),
        ] {
            zend::declare_readonly(class, name, slot);
        }
        for (name, _) in LISTS {
            zend::declare_readonly(class, name, Slot::Nullable(PENDING));
        }
    }
}

/// Adds a listener for gaps.
pub(crate) fn listen(engine: &Engine, listener: PreparedCallable) -> PhpResult<()> {
    engine.check_owner()?;
    let mut listeners = engine.gap_listeners().borrow_mut();
    if listeners.len() >= MAX_LISTENERS {
        let limit = i64::try_from(MAX_LISTENERS).unwrap_or(i64::MAX);
        let message = format!("{limit} listeners for gaps are there already");
        return Err(Exception::new(Class::Backpressure, message).limit("onGap listeners", limit, limit).into());
    }
    listeners.push(listener);
    Ok(())
}

/// A gap as PHP has it. With `reconcile` the lists are asked for first, so that whoever hears of the gap can wait for them.
pub(crate) fn object(engine: &Rc<Engine>, manager: &Zval, id: ServerId, gap: &Gap) -> PhpResult<Zval> {
    let reconciles = {
        let reactor = engine.reactor()?;
        reactor.cluster().connection(id).is_some_and(|connection| connection.options().reconcile)
    };
    let mut lists = [(); 3].map(|()| Zval::null());
    if reconciles {
        for (list, (_, name)) in lists.iter_mut().zip(LISTS) {
            *list = ask(engine, manager, id, name)?;
        }
    }
    Ok(ConnectionGap::object(engine.server_key(id).zval(), gap, lists))
}

/// Sends one of the actions; null where that is not possible, which is told to the log.
fn ask(engine: &Rc<Engine>, manager: &Zval, id: ServerId, name: &'static str) -> PhpResult<Zval> {
    let action = Action::new(name).map_err(|error| Exception::new(Class::ActionSendFailed, error.to_string()))?;
    let error = match client::send_by_default(engine, manager, id, &action)? {
        Ok(pending) => return Ok(pending),
        Err(error) => error,
    };
    let mut reactor = engine.reactor()?;
    let now = reactor.now();
    let queue_depth = reactor.cluster().connection(id).map(Connection::queued_events);
    let fields = vec![("action", name.into()), ("reason", error.to_string().into())];
    let kind = Kind::NotReconciled;
    let record = Record { kind, server: Some(id), action_id: None, queue_depth, at: now.wall, fields };
    reactor.cluster_mut().effects().log.push(record, now.instant);
    Ok(Zval::null())
}
