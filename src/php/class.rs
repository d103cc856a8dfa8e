//! What classes built by hand have in common: declaring them, reading arguments, making objects.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ce, run_handler};

pub(crate) use crate::php::zend::arguments;
use crate::php::zend::{self, PreparedCallable};

/// A class declared by hand.
pub(crate) trait Native: RegisteredClass {
    /// Declares what a builder cannot: typed readonly properties, unions, attributes.
    fn finish(class: &mut ClassEntry);
}

/// What a method returns.
pub(crate) enum Reply {
    Value(Zval),
    This,
}

/// Registers a class with the engine, at startup.
pub(crate) fn declare<T: Native>() -> ext_php_rs::error::Result<()> {
    let mut builder = ClassBuilder::new(T::CLASS_NAME).flags(T::FLAGS);
    for (method, flags) in T::method_builders() {
        builder = builder.method(method, flags);
    }
    for interface in T::IMPLEMENTS {
        builder = builder.implements(*interface);
    }
    builder
        .object_override::<T>()
        .registration(|class, arguments| {
            T::finish(class);
            T::get_metadata().set_ce(class);
            T::get_metadata().set_arg_info(arguments);
        })
        .register()
}

/// Keeps a panic on this side.
///
/// `run_handler` alone would do it, too, but catches fatal errors besides, to clean up after them. Nothing here needs
/// that, and it costs more than a short method.
#[inline]
fn run(body: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
        run_handler(AssertUnwindSafe(|| resume_unwind(panic)));
    }
}

/// Runs the body of a method.
pub(crate) fn method<T: RegisteredClass>(
    ex: &mut ExecuteData,
    returned: &mut Zval,
    arguments_of: usize,
    body: impl FnOnce(&T, &[Zval]) -> PhpResult<Reply>,
) {
    run(|| {
        let Some((values, Some(this))) = arguments(ex, arguments_of, arguments_of) else { return };
        let result = match ZendClassObject::<T>::from_zend_obj(this) {
            Some(object) => body(object, values),
            None => Err(unconstructed::<T>()),
        };
        match result {
            Ok(Reply::Value(value)) => *returned = value,
            Ok(Reply::This) => returned.set_object(this),
            Err(exception) => exception.throw(),
        }
    });
}

/// Runs the body of a method that hands its own object on, as a value.
pub(crate) fn method_of_object<T: RegisteredClass>(
    ex: &mut ExecuteData,
    returned: &mut Zval,
    required: usize,
    most: usize,
    body: impl FnOnce(&T, &Zval, &[Zval]) -> PhpResult<Reply>,
) {
    run(|| {
        let Some((values, Some(this))) = arguments(ex, required, most) else { return };
        // The count is changed through the exclusive reference: a shared one promises that nothing changes.
        let mut itself = Zval::new();
        itself.set_object(this);
        let result = match ZendClassObject::<T>::from_zend_obj(this) {
            Some(object) => body(object, &itself, values),
            None => Err(unconstructed::<T>()),
        };
        match result {
            Ok(Reply::Value(value)) => *returned = value,
            Ok(Reply::This) => *returned = itself,
            Err(exception) => exception.throw(),
        }
    });
}

/// Runs the body of a static method.
pub(crate) fn static_method(
    ex: &mut ExecuteData,
    returned: &mut Zval,
    required: usize,
    most: usize,
    body: impl FnOnce(&[Zval]) -> PhpResult<Zval>,
) {
    run(|| {
        let Some((values, _)) = arguments(ex, required, most) else { return };
        match body(values) {
            Ok(value) => *returned = value,
            Err(exception) => exception.throw(),
        }
    });
}

/// The argument at a place, null if there is none.
pub(crate) fn argument(values: &[Zval], place: usize) -> Zval {
    values.get(place).map_or_else(Zval::null, Zval::shallow_clone)
}

/// The bytes of a string argument.
pub(crate) fn bytes<'a>(values: &'a [Zval], place: usize, name: &str) -> PhpResult<&'a [u8]> {
    let value = values.get(place).map(Zval::dereference);
    match value.and_then(Zval::zend_str) {
        Some(text) => Ok(text.as_bytes()),
        None => Err(wrong_type(place, name, "string", value)),
    }
}

/// A whole number, or what it is when left out.
pub(crate) fn integer(values: &[Zval], place: usize, name: &str, otherwise: i64) -> PhpResult<i64> {
    match values.get(place).map(Zval::dereference) {
        None => Ok(otherwise),
        Some(value) => value.long().ok_or_else(|| wrong_type(place, name, "int", Some(value))),
    }
}

/// True or false, or what it is when left out.
pub(crate) fn boolean(values: &[Zval], place: usize, name: &str, otherwise: bool) -> PhpResult<bool> {
    match values.get(place).map(Zval::dereference) {
        None => Ok(otherwise),
        Some(value) => value.bool().ok_or_else(|| wrong_type(place, name, "bool", Some(value))),
    }
}

/// A whole number, or null.
pub(crate) fn optional_integer(values: &[Zval], place: usize, name: &str) -> PhpResult<Option<i64>> {
    if values.get(place).is_none_or(|value| value.dereference().is_null()) {
        return Ok(None);
    }
    integer(values, place, name, 0).map(Some)
}

/// A callable, resolved where it was written, so that `[$this, 'privateMethod']` works.
pub(crate) fn callable(values: &[Zval], place: usize, name: &str) -> PhpResult<PreparedCallable> {
    let given = argument(values, place);
    PreparedCallable::new(&given).map_err(|reason| {
        let message = format!("Argument #{} (${name}) must be a valid callback, {}", place + 1, reason.0);
        PhpException::new(message, 0, ce::type_error())
    })
}

/// A number, 0 when left out.
#[allow(clippy::cast_precision_loss, reason = "as PHP does it where an int is given for a float")]
pub(crate) fn float(values: &[Zval], place: usize, name: &str) -> PhpResult<f64> {
    match values.get(place).map(Zval::dereference) {
        None => Ok(0.0),
        Some(value) => match (value.double(), value.long()) {
            (Some(number), _) => Ok(number),
            (None, Some(number)) => Ok(number as f64),
            (None, None) => Err(wrong_type(place, name, "float", Some(value))),
        },
    }
}

/// PHP's `Error`.
pub(crate) fn error() -> &'static ClassEntry {
    ce::error()
}

/// The class of an object, for messages: that of an anonymous class has the path of its file behind a NUL, which is left out.
pub(crate) fn class_name(object: &ZendObject) -> String {
    let name = object.get_class_name().unwrap_or_else(|_| "object".to_owned());
    name.split('\0').next().unwrap_or_default().to_owned()
}

/// What PHP itself says of an argument of the wrong type.
pub(crate) fn wrong_type(place: usize, name: &str, wanted: &str, given: Option<&Zval>) -> PhpException {
    let given = match given {
        None => "none".to_owned(),
        Some(value) => match value.object() {
            Some(object) => class_name(object),
            None => type_name(value).to_owned(),
        },
    };
    let message = format!("Argument #{} (${name}) must be of type {wanted}, {given} given", place + 1);
    PhpException::new(message, 0, ce::type_error())
}

/// A type as PHP code writes it.
fn type_name(value: &Zval) -> &'static str {
    match value.get_type() {
        DataType::Null | DataType::Undef => "null",
        DataType::Bool | DataType::True | DataType::False => "bool",
        DataType::Long => "int",
        DataType::Double => "float",
        DataType::String => "string",
        DataType::Array => "array",
        _ => "resource",
    }
}

/// Gives the properties of an object their only values. An object that has them already stays as it is.
pub(crate) fn fill<T: RegisteredClass>(this: &mut ZendObject, properties: Vec<(String, Zval)>) -> PhpResult {
    if ZendClassObject::<T>::from_zend_obj(this).is_some() {
        let message = format!("{} is constructed already", T::CLASS_NAME);
        return Err(PhpException::new(message, 0, ce::error()));
    }
    for (name, value) in properties {
        zend::init_readonly(this, &name, value);
    }
    Ok(())
}

/// Any other value for PHP; null where it cannot be one.
pub(crate) fn zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).unwrap_or_else(|_| Zval::null())
}

/// A new object.
pub(crate) fn object<T: RegisteredClass>(value: T, properties: Vec<(String, Zval)>) -> Zval {
    let mut object = ZendClassObject::new(value);
    for (name, value) in properties {
        zend::init_readonly(&mut object.std, &name, value);
    }
    zval(object)
}

fn unconstructed<T: RegisteredClass>() -> PhpException {
    PhpException::new(format!("{} is not constructed", T::CLASS_NAME), 0, ce::error())
}

/// The exception of a constructor that PHP cannot reach anyhow: it is private.
pub(crate) fn not_for_php<T>(class: &str) -> PhpResult<T> {
    Err(PhpException::new(format!("{class} is made by the extension only"), 0, ce::error()))
}

/// Implements what `#[php_class]` would, for a class whose methods and constructor are built by hand.
macro_rules! native_class {
    ($type:ty, $name:literal, implements $interfaces:expr) => {
        $crate::php::class::native_class!(@class $type, $name, $interfaces, {
            Some(ext_php_rs::class::ConstructorMeta {
                constructor: Self::construct,
                build_fn: Self::constructor_arguments,
                flags: None,
            })
        });
    };
    ($type:ty, $name:literal, made by the extension only, implements $interfaces:expr) => {
        $crate::php::class::native_class!(@class $type, $name, $interfaces, {
            Some(ext_php_rs::class::ConstructorMeta {
                constructor: |_| $crate::php::class::not_for_php($name).into(),
                build_fn: |function| function,
                flags: Some(ext_php_rs::flags::MethodFlags::Private),
            })
        });
    };
    (@class $type:ty, $name:literal, $interfaces:expr, $constructor:block) => {
        impl ext_php_rs::class::RegisteredClass for $type {
            const CLASS_NAME: &'static str = $name;
            const BUILDER_MODIFIER: Option<fn(ext_php_rs::builders::ClassBuilder) -> ext_php_rs::builders::ClassBuilder> =
                None;
            const EXTENDS: Option<ext_php_rs::class::ClassEntryInfo> = None;
            const IMPLEMENTS: &'static [ext_php_rs::class::ClassEntryInfo] = $interfaces;
            const FLAGS: ext_php_rs::flags::ClassFlags =
                ext_php_rs::flags::ClassFlags::Final.union(ext_php_rs::flags::ClassFlags::NoDynamicProperties);

            fn get_metadata() -> &'static ext_php_rs::class::ClassMetadata<Self> {
                static METADATA: ext_php_rs::class::ClassMetadata<$type> = ext_php_rs::class::ClassMetadata::new(&[]);
                &METADATA
            }

            fn method_builders() -> Vec<(
                ext_php_rs::builders::FunctionBuilder<'static>,
                ext_php_rs::flags::MethodFlags,
            )> {
                Self::methods()
            }

            fn constructor() -> Option<ext_php_rs::class::ConstructorMeta<Self>> $constructor

            fn constants() -> &'static [(
                &'static str,
                &'static dyn ext_php_rs::convert::IntoZvalDyn,
                ext_php_rs::describe::DocComments,
                ext_php_rs::flags::ConstantFlags,
            )] {
                &[]
            }
        }
    };
}
pub(crate) use native_class;
