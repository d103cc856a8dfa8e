//! Routing strategies: which server an action goes to when nobody said.
//!
//! The strategies of the extension are rules that `ami_core::cluster` carries out on its own servers, without a PHP value
//! being made. A class of the application is asked by `select()` with a list of candidates, and may ask other strategies in
//! turn: then these carry out their rules on that list.

mod candidate;
mod choose;
mod rule;
mod strategies;

pub(crate) use candidate::RoutingCandidate;
pub(crate) use choose::choose;
pub(crate) use rule::Routed;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;

use crate::php::action::ACTION;
use crate::php::class;
use crate::php::zend::{self, ClassSlot};

/// Name of the interface.
pub(crate) const ROUTING_STRATEGY: &str = "Apn\\AmiClient\\RoutingStrategy";

static INTERFACE: ClassSlot = ClassSlot::new();

/// For the classes that implement it.
const IMPLEMENTED: ClassEntryInfo = (interface, ROUTING_STRATEGY);

/// Declares the interface and the classes, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    class::declare::<RoutingCandidate>()?;
    let select = with_arguments(FunctionBuilder::new_abstract("select"));
    let builder = ClassBuilder::new(ROUTING_STRATEGY).flags(ClassFlags::Interface).method(select, MethodFlags::Public);
    INTERFACE.set(zend::register(builder)?);
    strategies::declare()
}

fn interface() -> &'static ClassEntry {
    INTERFACE.entry()
}

/// What every `select()` takes and returns.
fn with_arguments(function: FunctionBuilder<'static>) -> FunctionBuilder<'static> {
    function
        .arg(Arg::new("candidates", DataType::Array))
        .arg(Arg::new("action", DataType::object(ACTION)).allow_null())
        .returns(DataType::String, false, true)
}

/// The strategy that an argument is.
pub(crate) fn read(arguments: &[Zval], place: usize) -> PhpResult<Zval> {
    let given = class::argument(arguments, place);
    if given.object().is_some_and(|object| object.instance_of(interface())) {
        return Ok(given);
    }
    Err(class::wrong_type(place, "strategy", ROUTING_STRATEGY, Some(&given)))
}
