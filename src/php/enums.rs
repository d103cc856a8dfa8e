//! The enums `ConnectionState` and `CircuitState`.
//!
//! Their cases are the core's states: case for case, with the core's names in lower case as values. A state is turned
//! into its case by name, which costs one lookup in the table of the enum's constants.

use ami_core::health::{CircuitState, ConnectionState};
use ext_php_rs::builders::EnumBuilder;
use ext_php_rs::enum_::{Discriminant, EnumCase};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;

use crate::php::zend::{self, ClassSlot};

/// Name of the PHP enum.
pub(crate) const CONNECTION_STATE: &str = "Apn\\AmiClient\\ConnectionState";
/// Name of the PHP enum.
pub(crate) const CIRCUIT_STATE: &str = "Apn\\AmiClient\\CircuitState";

static CONNECTION: ClassSlot = ClassSlot::new();
static CIRCUIT: ClassSlot = ClassSlot::new();

const fn case(name: &'static str, value: &'static str) -> EnumCase {
    EnumCase { name, discriminant: Some(Discriminant::String(value)), docs: &[] }
}

static CONNECTION_CASES: [EnumCase; 9] = [
    case("Disconnected", ConnectionState::Disconnected.name()),
    case("Connecting", ConnectionState::Connecting.name()),
    case("Connected", ConnectionState::Connected.name()),
    case("Authenticating", ConnectionState::Authenticating.name()),
    case("Ready", ConnectionState::Ready.name()),
    case("Degraded", ConnectionState::Degraded.name()),
    case("Reconnecting", ConnectionState::Reconnecting.name()),
    case("Closing", ConnectionState::Closing.name()),
    case("Fatal", ConnectionState::Fatal.name()),
];

static CIRCUIT_CASES: [EnumCase; 3] = [
    case("Closed", CircuitState::Closed.name()),
    case("Open", CircuitState::Open.name()),
    case("HalfOpen", CircuitState::HalfOpen.name()),
];

/// Declares the enums, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    CONNECTION.set(register(CONNECTION_STATE, &CONNECTION_CASES)?);
    CIRCUIT.set(register(CIRCUIT_STATE, &CIRCUIT_CASES)?);
    Ok(())
}

fn register(name: &str, cases: &'static [EnumCase]) -> ext_php_rs::error::Result<&'static mut ClassEntry> {
    let class = zend::register_enum(cases.iter().fold(EnumBuilder::new(name), EnumBuilder::case))?;
    // As every enum written in PHP is; the engine leaves it out for those of extensions.
    class.ce_flags |= ClassFlags::Final.bits();
    Ok(class)
}

/// The case of a connection's state.
pub(crate) fn connection_state(state: ConnectionState) -> Zval {
    let name = match state {
        ConnectionState::Disconnected => "Disconnected",
        ConnectionState::Connecting => "Connecting",
        ConnectionState::Connected => "Connected",
        ConnectionState::Authenticating => "Authenticating",
        ConnectionState::Ready => "Ready",
        ConnectionState::Degraded => "Degraded",
        ConnectionState::Reconnecting => "Reconnecting",
        ConnectionState::Closing => "Closing",
        ConnectionState::Fatal => "Fatal",
    };
    case_of(&CONNECTION, name)
}

/// The case of a circuit breaker's state.
pub(crate) fn circuit_state(state: CircuitState) -> Zval {
    let name = match state {
        CircuitState::Closed => "Closed",
        CircuitState::Open => "Open",
        CircuitState::HalfOpen => "HalfOpen",
    };
    case_of(&CIRCUIT, name)
}

fn case_of(class: &ClassSlot, name: &str) -> Zval {
    class.get().map_or_else(Zval::null, |class| zend::enum_case(class, name))
}
