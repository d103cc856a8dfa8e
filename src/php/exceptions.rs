//! The exceptions that PHP sees, and how Rust makes them.
//!
//! Declared without a Rust type behind their objects: only so does PHP give them file, line and trace, and may
//! applications extend them. What an exception is about is in private properties, each read by the method of its name.

use ami_core::cluster::MemoryExceeded;
use ami_core::config::ConfigError;
use ami_core::health::ConnectionState;
use ami_core::protocol::ActionError;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce, run_handler};

use crate::php::class;
use crate::php::config;
use crate::php::enums::{self, CONNECTION_STATE};
use crate::php::zend::{self, ClassSlot, Field};

const AMI_RESPONSE: &str = "Apn\\AmiClient\\AmiResponse";
const AMI_EVENT: &str = "Apn\\AmiClient\\AmiEvent";

/// Which exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]

pub(crate) enum Class {
    InvalidConfiguration,
    Connection,
    ConnectionLost,
    Authentication,
    InvalidConnectionState,
    Backpressure,
    Action,
    ActionSendFailed,
    ActionTimeout,
    ActionErrorResponse,
    OriginateFailed,
    MissingResponse,
    ActionCancelled,
    Protocol,
    ParserDesync,
    Reentrancy,
    ForkedProcess,
}

/// A class as it is declared.
struct Definition {
    class: Class,
    name: &'static str,
    parent: ClassEntryInfo,
    /// The parent, where it is one of these classes.
    inherits: Option<Class>,
    /// Its own properties, each with a method of the same name that reads it.
    fields: &'static [(&'static str, Field)],
    entry: ClassSlot,
}

static MARKER: ClassSlot = ClassSlot::new();

const RUNTIME: ClassEntryInfo = (zend::runtime_exception, "\\RuntimeException");
const LOGIC: ClassEntryInfo = (zend::logic_exception, "\\LogicException");
const ARGUMENT: ClassEntryInfo = (zend::invalid_argument_exception, "\\InvalidArgumentException");

const SERVER_KEY: (&str, Field) = ("serverKey", Field::OptionalString);
const ACTION_ID: (&str, Field) = ("actionId", Field::OptionalString);
const STATE: (&str, Field) = ("state", Field::Optional(CONNECTION_STATE));

const fn root(
    class: Class,
    name: &'static str,
    parent: ClassEntryInfo,
    fields: &'static [(&'static str, Field)],
) -> Definition {
    Definition { class, name, parent, inherits: None, fields, entry: ClassSlot::new() }
}

const fn child(
    class: Class,
    name: &'static str,
    (inherits, parent): (Class, fn() -> &'static ClassEntry),
    fields: &'static [(&'static str, Field)],
) -> Definition {
    Definition { class, name, parent: (parent, ""), inherits: Some(inherits), fields, entry: ClassSlot::new() }
}

const OF_CONNECTION: (Class, fn() -> &'static ClassEntry) = (Class::Connection, || Class::Connection.entry());
const OF_ACTION: (Class, fn() -> &'static ClassEntry) = (Class::Action, || Class::Action.entry());
const OF_ERROR_RESPONSE: (Class, fn() -> &'static ClassEntry) =
    (Class::ActionErrorResponse, || Class::ActionErrorResponse.entry());
const OF_PROTOCOL: (Class, fn() -> &'static ClassEntry) = (Class::Protocol, || Class::Protocol.entry());

/// In the order of [`Class`], parents before their children.
static DEFINITIONS: [Definition; 17] = [
    root(
        Class::InvalidConfiguration,
        "Apn\\AmiClient\\InvalidConfigurationException",
        ARGUMENT,
        &[("key", Field::String), ("value", Field::Mixed), ("suggestion", Field::OptionalString)],
    ),
    root(
        Class::Connection,
        "Apn\\AmiClient\\ConnectionException",
        RUNTIME,
        &[SERVER_KEY, STATE, ("host", Field::OptionalString), ("port", Field::OptionalInt)],
    ),
    child(Class::ConnectionLost, "Apn\\AmiClient\\ConnectionLostException", OF_CONNECTION, &[ACTION_ID]),
    child(Class::Authentication, "Apn\\AmiClient\\AuthenticationException", OF_CONNECTION, &[]),
    root(
        Class::InvalidConnectionState,
        "Apn\\AmiClient\\InvalidConnectionStateException",
        RUNTIME,
        &[SERVER_KEY, STATE, ("states", Field::OptionalArray)],
    ),
    root(
        Class::Backpressure,
        "Apn\\AmiClient\\BackpressureException",
        RUNTIME,
        &[SERVER_KEY, ("limitName", Field::String), ("limit", Field::Int), ("current", Field::Int)],
    ),
    root(
        Class::Action,
        "Apn\\AmiClient\\ActionException",
        RUNTIME,
        &[SERVER_KEY, ACTION_ID, ("actionName", Field::OptionalString)],
    ),
    child(Class::ActionSendFailed, "Apn\\AmiClient\\ActionSendFailedException", OF_ACTION, &[]),
    child(Class::ActionTimeout, "Apn\\AmiClient\\ActionTimeoutException", OF_ACTION, &[("timeoutMs", Field::Int)]),
    child(
        Class::ActionErrorResponse,
        "Apn\\AmiClient\\ActionErrorResponseException",
        OF_ACTION,
        &[("response", Field::Object(AMI_RESPONSE))],
    ),
    child(
        Class::OriginateFailed,
        "Apn\\AmiClient\\OriginateFailedException",
        OF_ERROR_RESPONSE,
        &[("reason", Field::OptionalInt), ("result", Field::Object(AMI_EVENT))],
    ),
    child(Class::MissingResponse, "Apn\\AmiClient\\MissingResponseException", OF_ACTION, &[]),
    child(Class::ActionCancelled, "Apn\\AmiClient\\ActionCancelledException", OF_ACTION, &[]),
    root(Class::Protocol, "Apn\\AmiClient\\ProtocolException", RUNTIME, &[SERVER_KEY, ACTION_ID]),
    child(Class::ParserDesync, "Apn\\AmiClient\\ParserDesyncException", OF_PROTOCOL, &[]),
    root(Class::Reentrancy, "Apn\\AmiClient\\ReentrancyException", LOGIC, &[]),
    root(Class::ForkedProcess, "Apn\\AmiClient\\ForkedProcessException", LOGIC, &[("ownerPid", Field::Int)]),
];

/// Declares the interface and the classes, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let marker = ClassBuilder::new("Apn\\AmiClient\\AmiException")
        .flags(ClassFlags::Interface)
        .implements((ce::throwable, "\\Throwable"));
    MARKER.set(zend::register(marker)?);
    for definition in &DEFINITIONS {
        let mut builder = ClassBuilder::new(definition.name).extends(definition.parent);
        if definition.inherits.is_none() {
            builder = builder.implements((|| MARKER.get().unwrap_or_else(ce::throwable), ""));
        }
        for (name, field) in definition.fields {
            let (data_type, nullable) = data_type(*field);
            let method = FunctionBuilder::new(*name, read).returns(data_type, false, nullable);
            builder = builder.method(method, MethodFlags::Public);
        }
        let class = zend::register(builder)?;
        for (name, field) in definition.fields {
            zend::declare_private(class, name, *field);
        }
        definition.entry.set(class);
    }
    Ok(())
}

const fn data_type(field: Field) -> (DataType, bool) {
    match field {
        Field::OptionalString => (DataType::String, true),
        Field::OptionalInt => (DataType::Long, true),
        Field::OptionalArray => (DataType::Array, true),
        Field::String => (DataType::String, false),
        Field::Int => (DataType::Long, false),
        Field::Mixed => (DataType::Mixed, false),
        Field::Optional(class) | Field::Once(class) => (DataType::object(class), true),
        Field::Object(class) => (DataType::object(class), false),
    }
}

/// Every getter: what differs is the name under which it was called.
extern "C" fn read(ex: &mut ExecuteData, returned: &mut Zval) {
    run_handler(std::panic::AssertUnwindSafe(|| {
        if class::arguments(ex, 0, 0).is_some() {
            *returned = zend::own_property(ex);
        }
    }));
}

impl Class {
    fn definition(self) -> Option<&'static Definition> {
        DEFINITIONS.iter().find(|definition| definition.class == self)
    }

    /// The PHP class.
    pub(crate) fn entry(self) -> &'static ClassEntry {
        self.definition().and_then(|definition| definition.entry.get()).unwrap_or_else(ce::exception)
    }

    /// The class that declares a field: this one or one that it extends.
    fn declaring(self, field: &str) -> Option<Self> {
        let definition = self.definition()?;
        if definition.fields.iter().any(|(name, _)| *name == field) {
            return Some(self);
        }
        definition.inherits?.declaring(field)
    }
}

/// An exception to be. A field that its class does not have is left out.
#[derive(Debug)]
pub(crate) struct Exception {
    class: Class,
    message: Vec<u8>,
    fields: Vec<(&'static str, Zval)>,
    previous: Option<Zval>,
}

impl Exception {
    pub(crate) fn new(class: Class, message: impl Into<Vec<u8>>) -> Self {
        Self { class, message: message.into(), fields: Vec::new(), previous: None }
    }

    pub(crate) fn server_key(self, key: &str) -> Self {
        self.field("serverKey", class::zval(key))
    }

    pub(crate) fn action_id(self, id: impl AsRef<[u8]>) -> Self {
        self.field("actionId", bytes(id.as_ref()))
    }

    pub(crate) fn action_name(self, name: impl AsRef<[u8]>) -> Self {
        self.field("actionName", bytes(name.as_ref()))
    }

    pub(crate) fn state(self, state: ConnectionState) -> Self {
        self.field("state", enums::connection_state(state))
    }

    /// The states of servers by key.
    pub(crate) fn states(self, states: &[(String, ConnectionState)]) -> Self {
        let mut array = ZendHashTable::new();
        for (key, state) in states {
            // It cannot fail: the value is a plain one.
            let _ = array.insert(key.as_str(), enums::connection_state(*state));
        }
        let mut zval = Zval::new();
        zval.set_hashtable(array);
        self.field("states", zval)
    }

    pub(crate) fn host(self, host: &str) -> Self {
        self.field("host", class::zval(host))
    }

    pub(crate) fn port(self, port: u16) -> Self {
        self.field("port", class::zval(i64::from(port)))
    }

    /// Which limit was reached, what it allows, and how much there was.
    pub(crate) fn limit(self, name: &str, limit: i64, current: i64) -> Self {
        self.field("limitName", class::zval(name))
            .field("limit", class::zval(limit))
            .field("current", class::zval(current))
    }

    /// The client shuts down because of `memory_limit`.
    pub(crate) fn memory_exceeded(exceeded: MemoryExceeded, message: &str) -> Self {
        let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
        Self::new(Class::Backpressure, message).limit("memory_limit", number(exceeded.limit), number(exceeded.used))
    }

    pub(crate) fn timeout_ms(self, timeout: i64) -> Self {
        self.field("timeoutMs", class::zval(timeout))
    }

    /// The `AmiResponse` that said no.
    pub(crate) fn response(self, response: Zval) -> Self {
        self.field("response", response)
    }

    /// The `Reason` of the `OriginateResponse`, and that event.
    pub(crate) fn originate_result(self, reason: Option<u32>, result: Zval) -> Self {
        let reason = reason.map_or_else(Zval::null, |reason| class::zval(i64::from(reason)));
        self.field("reason", reason).field("result", result)
    }

    /// What was refused. A secret must not get here.
    pub(crate) fn key_value(self, key: &str, value: Zval, suggestion: Option<&str>) -> Self {
        let suggestion = suggestion.map_or_else(Zval::null, class::zval);
        self.field("key", class::zval(key)).field("value", value).field("suggestion", suggestion)
    }

    pub(crate) fn owner_pid(self, pid: i64) -> Self {
        self.field("ownerPid", class::zval(pid))
    }

    /// The exception that led to this one.
    pub(crate) fn previous(mut self, previous: Zval) -> Self {
        self.previous = Some(previous);
        self
    }

    fn field(mut self, name: &'static str, value: Zval) -> Self {
        self.fields.push((name, value));
        self
    }

    /// The PHP object, not thrown. Its file, line and trace are those of the PHP code that runs now.
    pub(crate) fn into_zval(self) -> Zval {
        let Some(mut object) = zend::instantiate(self.class.entry()) else { return Zval::null() };
        zend::set_property(ce::exception(), &mut object, "message", bytes(&self.message));
        for (name, value) in self.fields {
            if let Some(declaring) = self.class.declaring(name) {
                zend::set_property(declaring.entry(), &mut object, name, value);
            }
        }
        if let Some(previous) = self.previous.filter(Zval::is_object) {
            zend::set_property(ce::exception(), &mut object, "previous", previous);
        }
        object
    }
}

impl From<Exception> for PhpException {
    fn from(exception: Exception) -> Self {
        let (class, message) = (exception.class, String::from_utf8_lossy(&exception.message).into_owned());
        Self::new(message, 0, class.entry()).with_object(exception.into_zval())
    }
}

/// The exception for a refused setting, on its way to PHP.
pub(crate) fn invalid_configuration(error: &ConfigError) -> PhpException {
    invalid(error).into()
}

/// The exception for a refused setting.
pub(crate) fn invalid(error: &ConfigError) -> Exception {
    let exception = Exception::new(Class::InvalidConfiguration, error.to_string());
    exception.key_value(&error.key, config::write(&error.value), error.suggestion.as_deref())
}

fn bytes(bytes: &[u8]) -> Zval {
    let mut zval = Zval::new();
    zval.set_binary(bytes.to_vec());
    zval
}

/// The exception for an action that must not be sent: `key()` is the header, or `name`, `value()` its value as far as
/// known, or the number of headers where there are too many.
pub(crate) fn from_action_error(error: &ActionError) -> Exception {
    let (key, value) = match error {
        ActionError::EmptyName => ("name", class::zval("")),
        ActionError::ForbiddenByte { header, value, .. } => (of_header(header), class::zval(value.as_str())),
        ActionError::BadHeaderName { name } | ActionError::ReservedHeader { name } => (name.as_str(), Zval::null()),
        ActionError::LineTooLong { header, .. } => (of_header(header), Zval::null()),
        ActionError::TooManyHeaders { count, .. } => {
            ("headers", class::zval(i64::try_from(*count).unwrap_or(i64::MAX)))
        }
        _ => ("action", Zval::null()),
    };
    Exception::new(Class::InvalidConfiguration, format!("the action cannot be sent: {error}"))
        .key_value(key, value, None)
}

/// What the caller calls a line of the action.
fn of_header(header: &str) -> &str {
    if header == "Action" { "name" } else { header }
}
