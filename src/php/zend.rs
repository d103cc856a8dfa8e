//! Every unsafe line of the project.

mod array;
mod call;
mod collect;
mod dump;
mod fork;
mod info;
mod interrupt;
mod lazy;
mod memory;
mod pin;
mod signals;
mod stream;
mod strings;

pub(crate) use array::{array_of_headers, list};
pub(crate) use call::{CallError, PreparedCallable, call_method, is_calm, is_unwinding, take_pending_exception};
pub(crate) use collect::{Traced, Tracer, trace};
pub(crate) use dump::{Dumped, show_in_dumps};
pub(crate) use fork::{process_generation, watch_forks};
pub(crate) use info::{print_pairs, print_table};
pub(crate) use interrupt::{Interrupted, run_interrupts};
pub(crate) use lazy::{Lazy, filled_object, make_lazy};
pub(crate) use memory::memory_usage;
pub(crate) use pin::stay_loaded;
pub(crate) use signals::{Caught, LAST_SIGNAL, wire};
pub(crate) use stream::{is_open, stream_of};
pub(crate) use strings::{Names, SharedString, string};

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::builders::{ClassBuilder, EnumBuilder};
use ext_php_rs::ffi::{
    _ZEND_TYPE_NAME_BIT, _ZEND_TYPE_NULLABLE_BIT, zend_function, zend_hash_str_find_ptr_lc,
    zend_wrong_parameters_count_error,
};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ZendType, ce};

// Values of Zend/zend_compile.h and Zend/zend_types.h, the same from PHP 8.1 to 8.5.
const ACC_PUBLIC: c_int = 1;
const ACC_READONLY: c_int = 1 << 7;
const MAY_BE_BOOL: u32 = 1 << 2 | 1 << 3;
const MAY_BE_LONG: u32 = 1 << 4;
const MAY_BE_DOUBLE: u32 = 1 << 5;
const MAY_BE_STRING: u32 = 1 << 6;
const MAY_BE_ARRAY: u32 = 1 << 7;
const ATTRIBUTE_PERSISTENT: u32 = 1;

unsafe extern "C" {
    fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        access: c_int,
        doc: *mut ZendStr,
        kind: ZendType,
    ) -> *mut c_void;
    fn zend_update_property_ex(scope: *mut ClassEntry, object: *mut ZendObject, name: *mut ZendStr, value: *mut Zval);
    fn zend_add_attribute(
        attributes: *mut *mut ext_php_rs::types::ZendHashTable,
        name: *mut ZendStr,
        argc: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

/// The arguments of a call, where the engine put them, and its object. They stay there until the call returns.
///
/// `None` when their number is wrong; PHP has thrown then.
pub(crate) fn arguments<'a>(
    ex: &'a mut ExecuteData,
    required: usize,
    most: usize,
) -> Option<(&'a [Zval], Option<&'a mut ZendObject>)> {
    // SAFETY: arguments lie behind the frame, one after the other, as many as it says; this frame is the one that runs.
    let given: &'a [Zval] = unsafe {
        let count = ex.This.u2.num_args as usize;
        let first: *const Zval = ex.zend_call_arg(0).map_or(ptr::null(), |first| ptr::from_mut(first).cast_const());
        if count == 0 || first.is_null() { &[] } else { std::slice::from_raw_parts(first, count) }
    };
    if (required..=most).contains(&given.len()) {
        return Some((given, ex.get_self()));
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    // SAFETY: throws, and returns.
    unsafe { zend_wrong_parameters_count_error(number(required), number(most)) };
    None
}

/// Type of a declared property.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    Bool,
    Int,
    Float,
    /// A float, or null.
    OptionalFloat,
    String,
    /// A string, or null.
    OptionalString,
    Array,
    StringOrArray,
    ArrayOrNull,
    /// An object of this class, or null.
    Nullable(&'static str),
}

/// Declares a public, typed readonly property.
pub(crate) fn declare_readonly(class: &mut ClassEntry, name: &str, slot: Slot) {
    let mask = match slot {
        Slot::Bool => MAY_BE_BOOL,
        Slot::Int => MAY_BE_LONG,
        Slot::Float => MAY_BE_DOUBLE,
        Slot::OptionalFloat => MAY_BE_DOUBLE | MAY_BE_NULL,
        Slot::String => MAY_BE_STRING,
        Slot::OptionalString => MAY_BE_STRING | MAY_BE_NULL,
        Slot::Array => MAY_BE_ARRAY,
        Slot::StringOrArray => MAY_BE_STRING | MAY_BE_ARRAY,
        Slot::ArrayOrNull => MAY_BE_ARRAY | MAY_BE_NULL,
        Slot::Nullable(_) => _ZEND_TYPE_NAME_BIT | _ZEND_TYPE_NULLABLE_BIT,
    };
    let class_name: *mut c_void = match slot {
        Slot::Nullable(name) => ZendStr::new_interned(name, true).into_raw().cast(),
        _ => ptr::null_mut(),
    };
    let kind = ZendType { ptr: class_name, type_mask: mask };
    let mut undefined = Zval::new();
    undefined.u1.type_info = 0;
    // SAFETY: called at startup with a class just registered; the names are interned for the life of the process.
    unsafe {
        let name = ZendStr::new_interned(name, true).into_raw();
        zend_declare_typed_property(class, name, &raw mut undefined, ACC_PUBLIC | ACC_READONLY, ptr::null_mut(), kind);
    }
}

/// Writes a property as the object's own class may: a readonly one once, a protected one at any time.
pub(crate) fn init_readonly(object: &mut ZendObject, name: &str, mut value: Zval) {
    let mut name = ZendStr::new(name, false);
    // SAFETY: `name` and `value` outlive the call, which takes its own references; the scope is the object's class.
    unsafe { zend_update_property_ex(object.ce, object, &raw mut *name, &raw mut value) };
}

/// Marks an argument of a method as `#[\SensitiveParameter]`: a stack trace shows a placeholder instead of its value.
pub(crate) fn mark_sensitive(class: &mut ClassEntry, method: &str, argument: u32) {
    if let Some(function) = method_of(class, method) {
        // SAFETY: the function lives as long as its class; offsets of arguments count from 1, 0 is the function itself.
        unsafe {
            let name = ZendStr::new_interned("SensitiveParameter", true).into_raw();
            let attributes = &raw mut (*function).common.attributes;
            zend_add_attribute(attributes, name, 0, ATTRIBUTE_PERSISTENT, argument + 1, 0);
        }
    }
}

/// Lets an argument of a method be an array as well, in what Reflection shows.
pub(crate) fn allow_array(class: &mut ClassEntry, method: &str, argument: u32) {
    allow(class, method, argument, MAY_BE_ARRAY);
}

/// Lets an argument of a method be a string as well, in what Reflection shows.
pub(crate) fn allow_string(class: &mut ClassEntry, method: &str, argument: u32) {
    allow(class, method, argument, MAY_BE_STRING);
}

fn allow(class: &mut ClassEntry, method: &str, argument: u32, kind: u32) {
    if let Some(function) = method_of(class, method) {
        // SAFETY: the table of argument types is owned by the class for as long as the method lives, and nobody else
        // uses it at startup; the engine keeps one entry for each argument.
        unsafe {
            let internal = &mut (*function).internal_function;
            if argument < internal.num_args {
                (*internal.arg_info.add(argument as usize)).type_.type_mask |= kind;
            }
        }
    }
}

fn method_of(class: &mut ClassEntry, method: &str) -> Option<*mut zend_function> {
    // SAFETY: the table belongs to a live class; the lookup copies the name.
    let found =
        unsafe { zend_hash_str_find_ptr_lc(&raw const class.function_table, method.as_ptr().cast(), method.len()) };
    (!found.is_null()).then(|| found.cast())
}

// --- exceptions, enums and interfaces ------------------------------------------------------------------------------

const PRIVATE: c_int = 1 << 2;
const MAY_BE_NULL: u32 = 1 << 1;
const MAY_BE_ANY: u32 = 0x3fe;
const IS_UNDEF: u32 = 0;
const IS_NULL: u32 = 1;
const IS_LONG: u32 = 4;
/// `IS_INTERNED_STRING_EX`: a string that is not counted.
const IS_INTERNED_STRING: u32 = 6;

unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;
    static spl_ce_LogicException: *mut ClassEntry;
    static spl_ce_InvalidArgumentException: *mut ClassEntry;

    fn object_init_ex(object: *mut Zval, class: *mut ClassEntry) -> c_int;
    fn zend_read_property_ex(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *mut ZendStr,
        silent: bool,
        place: *mut Zval,
    ) -> *mut Zval;
    fn zend_enum_get_case(class: *mut ClassEntry, name: *mut ZendStr) -> *mut ZendObject;
}

/// The class of a name that PHP knows from startup on.
#[derive(Debug)]
pub(crate) struct ClassSlot(AtomicPtr<ClassEntry>);

impl ClassSlot {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    pub(crate) fn set(&self, class: &'static mut ClassEntry) {
        self.0.store(class, Ordering::Release);
    }

    /// The class, once declared.
    pub(crate) fn get(&self) -> Option<&'static ClassEntry> {
        // SAFETY: what is in it was registered with the engine, which keeps it until the module ends.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }
}

impl ClassSlot {
    /// The class; before it is declared, one that nothing is an instance of by accident.
    pub(crate) fn entry(&self) -> &'static ClassEntry {
        self.get().unwrap_or_else(ce::unhandled_match_error)
    }
}

/// What a private property holds, and with what it starts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field {
    /// null
    OptionalString,
    /// null
    OptionalInt,
    /// null
    OptionalArray,
    /// An empty one.
    String,
    /// 0
    Int,
    /// null
    Mixed,
    /// An object of this class, or null, which is the start.
    Optional(&'static str),
    /// An object of this class; nothing at the start.
    Object(&'static str),
    /// An object of this class, or null, given once: readonly.
    Once(&'static str),
}

static REGISTERED: ClassSlot = ClassSlot::new();

fn park(class: &'static mut ClassEntry, arguments: ArgInfoTables) {
    // The engine refers to the tables for as long as the module lives; a class without a Rust type has no place for them.
    Box::leak(arguments);
    REGISTERED.set(class);
}

fn registered() -> ext_php_rs::error::Result<&'static mut ClassEntry> {
    let class = REGISTERED.0.swap(ptr::null_mut(), Ordering::AcqRel);
    // SAFETY: a class that was registered a moment ago, to which nobody else has a reference.
    unsafe { class.as_mut() }.ok_or(ext_php_rs::error::Error::InvalidPointer)
}

/// Registers a class or an interface without a Rust type, at startup.
pub(crate) fn register(builder: ClassBuilder) -> ext_php_rs::error::Result<&'static mut ClassEntry> {
    builder.registration(park).register()?;
    registered()
}

/// Registers an enum, at startup.
pub(crate) fn register_enum(builder: EnumBuilder) -> ext_php_rs::error::Result<&'static mut ClassEntry> {
    builder.registration(park).register()?;
    registered()
}

/// Declares a private, typed property.
pub(crate) fn declare_private(class: &mut ClassEntry, name: &str, field: Field) {
    let (mask, class_name) = match field {
        Field::OptionalString => (MAY_BE_STRING | MAY_BE_NULL, None),
        Field::OptionalInt => (MAY_BE_LONG | MAY_BE_NULL, None),
        Field::OptionalArray => (MAY_BE_ARRAY | MAY_BE_NULL, None),
        Field::String => (MAY_BE_STRING, None),
        Field::Int => (MAY_BE_LONG, None),
        Field::Mixed => (MAY_BE_ANY, None),
        Field::Optional(name) | Field::Once(name) => (_ZEND_TYPE_NAME_BIT | _ZEND_TYPE_NULLABLE_BIT, Some(name)),
        Field::Object(name) => (_ZEND_TYPE_NAME_BIT, Some(name)),
    };
    let class_name = class_name.map_or(ptr::null_mut(), |name| ZendStr::new_interned(name, true).into_raw().cast());
    let kind = ZendType { ptr: class_name, type_mask: mask };
    let mut default = Zval::new();
    default.u1.type_info = match field {
        Field::OptionalString | Field::OptionalInt | Field::OptionalArray | Field::Mixed | Field::Optional(_) => {
            IS_NULL
        }
        Field::String => {
            default.value.str_ = ZendStr::new_interned("", true).into_raw();
            IS_INTERNED_STRING
        }
        Field::Int => {
            default.value.lval = 0;
            IS_LONG
        }
        Field::Object(_) | Field::Once(_) => IS_UNDEF,
    };
    let access = if let Field::Once(_) = field { PRIVATE | ACC_READONLY } else { PRIVATE };
    // SAFETY: called at startup with a class just registered; the strings are interned for the life of the process.
    unsafe {
        let name = ZendStr::new_interned(name, true).into_raw();
        zend_declare_typed_property(class, name, &raw mut default, access, ptr::null_mut(), kind);
    }
}

/// A new object, its constructor not called. `None` where PHP cannot make one of this class.
pub(crate) fn instantiate(class: &ClassEntry) -> Option<Zval> {
    let mut object = Zval::new();
    // SAFETY: the class lives as long as the module; on success `object` owns one reference to the new object.
    let made = unsafe { object_init_ex(&raw mut object, ptr::from_ref(class).cast_mut()) };
    (made == 0).then_some(object)
}

/// Sets a property as code of the class `scope` would.
pub(crate) fn set_property(scope: &ClassEntry, object: &mut Zval, name: &str, mut value: Zval) {
    let Some(object) = object.object_mut() else { return };
    let mut name = ZendStr::new(name, false);
    // SAFETY: `name` and `value` outlive the call, which takes its own references.
    unsafe { zend_update_property_ex(ptr::from_ref(scope).cast_mut(), object, &raw mut *name, &raw mut value) };
}

/// The property that has the name of the called method, as the class that has the method sees it.
///
/// Where it was never given a value, PHP throws an `Error` and the result is undefined.
pub(crate) fn own_property(ex: &mut ExecuteData) -> Zval {
    let function = ex.func;
    let Some(object) = ex.get_self() else { return Zval::null() };
    let mut place = Zval::new();
    // SAFETY: the function is the method being called: it has a scope and a name. The result is borrowed from the
    // object, or from `place`, and is copied before either can change.
    unsafe {
        let common = &(*function).common;
        let found = zend_read_property_ex(common.scope, object, common.function_name, false, &raw mut place);
        found.as_ref().map_or_else(Zval::null, |value| value.dereference().shallow_clone())
    }
}

/// A declared property of an object as its class sees it; null where it was never given a value.
pub(crate) fn property<'a>(object: &'a ZendObject, name: &str) -> Option<&'a Zval> {
    let mut name = ZendStr::new(name, false);
    let mut place = Zval::new();
    // SAFETY: the property is declared, so that the result is its slot in the object and not `place`; where it never
    // had a value, the result is the engine's own null.
    unsafe {
        let object = ptr::from_ref(object).cast_mut();
        zend_read_property_ex((*object).ce, object, &raw mut *name, true, &raw mut place).as_ref()
    }
}

/// Lets an argument of a method be a float as well, in what Reflection shows and implementations must take.
pub(crate) fn allow_float(class: &mut ClassEntry, method: &str, argument: u32) {
    allow(class, method, argument, MAY_BE_DOUBLE);
}

/// A case of an enum.
pub(crate) fn enum_case(class: &ClassEntry, name: &str) -> Zval {
    let mut name = ZendStr::new(name, false);
    let mut zval = Zval::new();
    // SAFETY: the class is an enum of this extension, and every name asked for is one of its cases. The engine keeps the
    // object for the request; `set_object` takes a reference of its own.
    unsafe {
        if let Some(case) = zend_enum_get_case(ptr::from_ref(class).cast_mut(), &raw mut *name).as_mut() {
            zval.set_object(case);
        }
    }
    zval
}

/// `RuntimeException`.
pub(crate) fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: SPL is always there and starts before any extension that is loaded.
    unsafe { spl_ce_RuntimeException.as_ref() }.unwrap_or_else(ce::exception)
}

/// `LogicException`.
pub(crate) fn logic_exception() -> &'static ClassEntry {
    // SAFETY: as above.
    unsafe { spl_ce_LogicException.as_ref() }.unwrap_or_else(ce::exception)
}

/// `InvalidArgumentException`.
pub(crate) fn invalid_argument_exception() -> &'static ClassEntry {
    // SAFETY: as above.
    unsafe { spl_ce_InvalidArgumentException.as_ref() }.unwrap_or_else(ce::exception)
}
