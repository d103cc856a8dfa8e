//! The interfaces `Action` and `VersionedAction`, and `GenericAction`, which is any action by its name and headers.
//!
//! Everything that Asterisk would misread is refused when a `GenericAction` is made, and what is kept is ready to be
//! sent. Actions of an application's own classes are read by their methods each time they are sent.

use ami_core::config::{ConfigError, Value};
use ami_core::correlation::is_originate;
use ami_core::protocol::{self as core, ActionError};
use ami_core::version::{AsteriskVersion, Availability};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ExecutorGlobals};

use crate::php::class::{self, Native, Reply, native_class};
use crate::php::completion::{self, COMPLETION_STRATEGY};
use crate::php::config;
use crate::php::exceptions::{from_action_error, invalid_configuration};
use crate::php::zend::{self, ClassSlot, Field};

/// Name of the interface.
pub(crate) const ACTION: &str = "Apn\\AmiClient\\Action";
/// The property with the strategy: PHP's collector of cycles must see it.
const STRATEGY: &str = "completionStrategy";

const VERSIONED_ACTION: &str = "Apn\\AmiClient\\VersionedAction";
/// Most releases that `since()` may name: Asterisk maintains some four series at a time.
const MAX_RELEASES: usize = 32;

static INTERFACE: ClassSlot = ClassSlot::new();
static VERSIONED: ClassSlot = ClassSlot::new();

/// Declares the interfaces and the class, at startup.
pub(crate) fn declare() -> ext_php_rs::error::Result<()> {
    let methods = [
        FunctionBuilder::new_abstract("name").returns(DataType::String, false, false),
        FunctionBuilder::new_abstract("headers").returns(DataType::Array, false, false),
        FunctionBuilder::new_abstract(STRATEGY).returns(DataType::object(COMPLETION_STRATEGY), false, true),
    ];
    let builder = ClassBuilder::new(ACTION).flags(ClassFlags::Interface);
    let builder = methods.into_iter().fold(builder, |builder, method| builder.method(method, MethodFlags::Public));
    INTERFACE.set(zend::register(builder)?);
    let since = FunctionBuilder::new_abstract("since").returns(DataType::Array, false, false);
    let removed_in = FunctionBuilder::new_abstract("removedIn").returns(DataType::String, false, true);
    let builder = ClassBuilder::new(VERSIONED_ACTION)
        .flags(ClassFlags::Interface)
        .implements((interface, ACTION))
        .method(since, MethodFlags::Public)
        .method(removed_in, MethodFlags::Public);
    VERSIONED.set(zend::register(builder)?);
    class::declare::<GenericAction>()
}

/// The interface, to ask whether an object is one.
pub(crate) fn interface() -> &'static ClassEntry {
    INTERFACE.entry()
}

/// An action that was found good.
#[derive(Debug)]
pub(crate) struct GenericAction {
    action: core::Action,
}

/// A `GenericAction` of PHP.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Generic<'a> {
    object: &'a ZendObject,
    this: &'a GenericAction,
}

impl<'a> Generic<'a> {
    /// What is sent.
    pub(crate) const fn action(self) -> &'a core::Action {
        &self.this.action
    }

    /// Its strategy, if it has one.
    pub(crate) fn completion(self) -> Option<&'a Zval> {
        zend::property(self.object, STRATEGY).filter(|strategy| strategy.is_object())
    }
}

native_class!(GenericAction, "Apn\\AmiClient\\GenericAction", implements & [(interface, ACTION)]);

impl GenericAction {
    /// The action of a PHP object, if it is one of this class.
    pub(crate) fn of(object: &ZendObject) -> Option<Generic<'_>> {
        ZendClassObject::<Self>::from_zend_obj(object).map(|this| Generic { object, this })
    }

    pub(super) fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 1, 3) else {
            return ConstructorResult::ArgError;
        };
        let [name, headers, strategy] = [0, 1, 2].map(|place| class::argument(values, place));
        let headers = if values.len() > 1 { Some(headers) } else { None };
        let constructed = Self::new(&name, headers.as_ref(), &strategy).and_then(|action| {
            class::fill::<Self>(this, vec![(STRATEGY.to_owned(), strategy)])?;
            Ok(action)
        });
        constructed.into()
    }

    fn new(name: &Zval, headers: Option<&Zval>, strategy: &Zval) -> PhpResult<Self> {
        let strategy_fits =
            strategy.is_null() || strategy.object().is_some_and(|object| object.instance_of(completion::interface()));
        if !strategy_fits {
            let given = config::named_type(strategy);
            return Err(invalid_configuration(&ConfigError::invalid(
                STRATEGY,
                given,
                "is neither a CompletionStrategy nor null",
            )));
        }
        Ok(Self { action: build(name, headers)? })
    }

    pub(super) fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        function
            .arg(Arg::new("name", DataType::String))
            .not_required()
            .arg(Arg::new("headers", DataType::Array).default("[]"))
            .arg(Arg::new(STRATEGY, DataType::object(COMPLETION_STRATEGY)).allow_null().default("null"))
    }

    pub(super) fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let strategy = DataType::object(COMPLETION_STRATEGY);
        vec![
            (FunctionBuilder::new("name", name).returns(DataType::String, false, false), MethodFlags::Public),
            (FunctionBuilder::new("headers", headers).returns(DataType::Array, false, false), MethodFlags::Public),
            (FunctionBuilder::new(STRATEGY, completion_strategy).returns(strategy, false, true), MethodFlags::Public),
        ]
    }
}

impl Native for GenericAction {
    fn finish(class: &mut ClassEntry) {
        zend::declare_private(class, STRATEGY, Field::Once(COMPLETION_STRATEGY));
        // Variables and passwords.
        zend::mark_sensitive(class, "__construct", 1);
    }
}

extern "C" fn name(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &GenericAction, _| {
        Ok(Reply::Value(config::write(&Value::Bytes(this.action.name().to_vec()))))
    });
}

extern "C" fn headers(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 0, |this: &GenericAction, _| Ok(Reply::Value(config::write(&grouped(&this.action)))));
}

extern "C" fn completion_strategy(ex: &mut ExecuteData, returned: &mut Zval) {
    ext_php_rs::zend::run_handler(std::panic::AssertUnwindSafe(|| {
        if class::arguments(ex, 0, 0).is_some() {
            *returned = zend::own_property(ex);
        }
    }));
}

/// Headers by name as first written; one that repeats, in whatever case, is a list.
fn grouped(action: &core::Action) -> Value {
    let mut pairs: Vec<(Vec<u8>, Value)> = Vec::new();
    for (key, value) in action.headers() {
        let value = Value::Bytes(value.to_vec());
        match pairs.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            None => pairs.push((key.to_vec(), value)),
            Some((_, Value::List(values))) => values.push(value),
            Some((_, first)) => *first = Value::List(vec![std::mem::replace(first, Value::Null), value]),
        }
    }
    Value::Map(pairs)
}

/// Reads any `Action`, and its strategy if it has one. What its methods throw passes through.
pub(crate) fn read_action(given: &Zval) -> PhpResult<(core::Action, Option<Zval>)> {
    let object = given.object().filter(|object| object.instance_of(interface()));
    let Some(object) = object else {
        return Err(class::wrong_type(0, "action", "Apn\\AmiClient\\Action", Some(given)));
    };
    if let Some(generic) = GenericAction::of(object) {
        return Ok((generic.action().clone(), generic.completion().map(Zval::shallow_clone)));
    }
    let mut action = build(&call(object, "name")?, Some(&call(object, "headers")?))?;
    if object.instance_of(VERSIONED.entry()) {
        action = action.with_availability(read_availability(object)?);
    }
    let strategy = call(object, STRATEGY)?;
    Ok((action, strategy.is_object().then_some(strategy)))
}

fn read_availability(object: &ZendObject) -> PhpResult<Availability> {
    const SINCE: &str = "since()";
    let since = match config::read(&call(object, "since")?) {
        Value::List(releases) if releases.len() <= MAX_RELEASES => {
            releases.into_iter().map(|given| release(SINCE, given)).collect::<PhpResult<_>>()?
        }
        Value::List(releases) => {
            let reason = format!("has more than {MAX_RELEASES} releases");
            return Err(invalid_configuration(&ConfigError::invalid(SINCE, Value::List(releases), reason)));
        }
        other => return Err(invalid_configuration(&ConfigError::invalid(SINCE, other, "is no list of releases"))),
    };
    let removed_in = match config::read(&call(object, "removedIn")?) {
        Value::Null => None,
        given => Some(release("removedIn()", given)?),
    };
    Ok(Availability { since, removed_in })
}

fn release(method: &str, given: Value) -> PhpResult<AsteriskVersion> {
    let release = if let Value::Bytes(text) = &given { AsteriskVersion::parse_release(text) } else { None };
    let refused = || ConfigError::invalid(method, given, "is no release of Asterisk, such as \"20.4.0\"");
    release.ok_or_else(|| invalid_configuration(&refused()))
}

fn call(object: &ZendObject, method: &str) -> PhpResult<Zval> {
    let result = object.try_call_method(method, Vec::new())?;
    if ExecutorGlobals::has_exception() {
        // The exception that is pending is the one that PHP sees.
        return Err(PhpException::from_message(format!("{method}() threw an exception")));
    }
    Ok(result)
}

/// An action of a name and headers as PHP has them.
///
/// An `Originate` that does not say whether it is asynchronous is: a synchronous one would silence the whole session
/// until the call ends, however long that takes. `Async: false` asks for that.
fn build(name: &Zval, headers: Option<&Zval>) -> PhpResult<core::Action> {
    let Some(name) = name.dereference().zend_str() else {
        return Err(invalid_configuration(&ConfigError::wrong_type("name", config::read(name), "a string")));
    };
    let mut action = core::Action::new(name.as_bytes()).map_err(|error| refused(&error))?;
    if let Some(headers) = headers {
        action = with_headers(action, headers)?;
    }
    if is_originate(&action) && action.header(b"Async").is_none() {
        action = action.with_header("Async", "true").map_err(|error| refused(&error))?;
    }
    Ok(action)
}

fn with_headers(mut action: core::Action, headers: &Zval) -> PhpResult<core::Action> {
    // A reference of our own: `__toString()` of a value may change what the caller holds.
    let headers = headers.dereference().shallow_clone();
    let Some(array) = headers.array() else {
        let given = config::named_type(&headers);
        return Err(invalid_configuration(&ConfigError::invalid("headers", given, "is no array of headers by name")));
    };
    let mut entries = array.iter();
    while let Some((key, value)) = entries.next_zval() {
        let Some(key) = key.zend_str().map(|key| key.as_bytes().to_vec()) else {
            let place = key.long().unwrap_or_default();
            let reason = format!("stands at place {place} without a header's name as its key");
            let error = ConfigError::invalid("headers", config::named_type(value), reason);
            return Err(invalid_configuration(&error));
        };
        let value = value.dereference().shallow_clone();
        let Some(list) = value.array() else {
            action = with_header(action, &key, &value)?;
            continue;
        };
        if !list.has_sequential_keys() {
            return Err(unfit(&key, &value, "is no list"));
        }
        let mut items = list.iter();
        while let Some((_, item)) = items.next_zval() {
            action = with_header(action, &key, &item.dereference().shallow_clone())?;
        }
    }
    Ok(action)
}

fn with_header(action: core::Action, key: &[u8], value: &Zval) -> PhpResult<core::Action> {
    match text(key, value)? {
        // A setting that is not set. Asterisk would take it for a no.
        Some(text) if text.is_empty() && is_originate(&action) && key.eq_ignore_ascii_case(b"Async") => Ok(action),
        Some(text) => action.with_header(key, text).map_err(|error| refused(&error)),
        None => Ok(action),
    }
}

/// A value as Asterisk reads it; nothing for null.
fn text(key: &[u8], value: &Zval) -> PhpResult<Option<Vec<u8>>> {
    if let Some(text) = value.zend_str() {
        return Ok(Some(text.as_bytes().to_vec()));
    }
    let text = if let Some(number) = value.long() {
        number.to_string()
    } else if let Some(flag) = value.bool() {
        flag.to_string()
    } else if let Some(number) = value.double().filter(|number| number.is_finite()) {
        number.to_string()
    } else if let Some(object) = value.object().filter(|object| object.instance_of(ext_php_rs::zend::ce::stringable()))
    {
        return stringable(object).map(Some);
    } else if value.is_null() {
        return Ok(None);
    } else {
        return Err(unfit(
            key,
            value,
            "is neither a string, a finite number, a boolean, a Stringable, null nor a list of these",
        ));
    };
    Ok(Some(text.into_bytes()))
}

fn stringable(object: &ZendObject) -> PhpResult<Vec<u8>> {
    let text = call(object, "__toString")?;
    Ok(text.zend_str().map(|text| text.as_bytes().to_vec()).unwrap_or_default())
}

fn unfit(key: &[u8], value: &Zval, reason: &str) -> PhpException {
    let key = String::from_utf8_lossy(key.get(..60).unwrap_or(key));
    invalid_configuration(&ConfigError::invalid(key, config::named_type(value), reason))
}

fn refused(error: &ActionError) -> PhpException {
    from_action_error(error).into()
}
