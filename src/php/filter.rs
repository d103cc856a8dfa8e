//! Which events a listener gets: by header values, or by an application's own decision (`EventFilter`).

use ami_core::events::HeaderCondition;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::prelude::PhpException;
use ext_php_rs::types::Zval;

use crate::php::class;
use crate::php::exceptions::{Class, Exception};
use crate::php::zend::{self, ClassSlot};

static EVENT_FILTER: ClassSlot = ClassSlot::new();

/// Declares the interface, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let accepts = FunctionBuilder::new_abstract("accepts")
        .arg(Arg::new("event", DataType::object("Apn\\AmiClient\\AmiEvent")))
        .returns(DataType::Bool, false, false);
    let interface = ClassBuilder::new("Apn\\AmiClient\\EventFilter")
        .flags(ClassFlags::Interface)
        .method(accepts, MethodFlags::Public);
    EVENT_FILTER.set(zend::register(interface)?);
    Ok(())
}

/// The filter of a subscription: header conditions, which native code checks, or an `EventFilter` object.
pub(crate) fn read(arguments: &[Zval], place: usize) -> PhpResult<(Vec<HeaderCondition>, Option<Zval>)> {
    let given = class::argument(arguments, place);
    let given = given.dereference();
    if given.is_null() {
        return Ok((Vec::new(), None));
    }
    if given.object().is_some_and(|object| object.instance_of(EVENT_FILTER.entry())) {
        return Ok((Vec::new(), Some(given.shallow_clone())));
    }
    let Some(headers) = given.array() else {
        return Err(class::wrong_type(place, "filter", "Apn\\AmiClient\\EventFilter|array|null", Some(given)));
    };
    let mut conditions = Vec::with_capacity(headers.len());
    let mut entries = headers.iter();
    while let Some((key, value)) = entries.next_zval() {
        let Some(name) = key.zend_str().map(|name| name.as_bytes().to_vec()) else {
            return Err(refused("filter", "a filter is an array of values by header name", value));
        };
        let shown = format!("filter.{}", String::from_utf8_lossy(&name));
        let values = match value.dereference().array() {
            Some(list) => {
                let mut values = Vec::with_capacity(list.len());
                let mut elements = list.iter();
                while let Some((_, element)) = elements.next_zval() {
                    values.push(text(&shown, element)?);
                }
                values
            }
            None => vec![text(&shown, value)?],
        };
        conditions.push(HeaderCondition { header: name.into_boxed_slice(), values });
    }
    Ok((conditions, None))
}

fn text(key: &str, value: &Zval) -> PhpResult<Box<[u8]>> {
    let value = value.dereference();
    if let Some(number) = value.long() {
        return Ok(number.to_string().into_bytes().into_boxed_slice());
    }
    value
        .zend_str()
        .map(|text| text.as_bytes().into())
        .ok_or_else(|| refused(key, "a header's value is a string, or one of a list of strings", value))
}

fn refused(key: &str, reason: &str, value: &Zval) -> PhpException {
    Exception::new(Class::InvalidConfiguration, format!("{key}: {reason}"))
        .key_value(key, value.shallow_clone(), None)
        .into()
}
