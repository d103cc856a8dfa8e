//! Every unsafe line of the project.

use std::ffi::{c_int, c_void};
use std::ptr;

use ext_php_rs::ffi::{_ZEND_TYPE_NAME_BIT, _ZEND_TYPE_NULLABLE_BIT, zend_function, zend_hash_str_find_ptr_lc};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ZendType};

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

/// Type of a declared property.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    Bool,
    Int,
    Float,
    String,
    Array,
    StringOrArray,
    /// An object of this class, or null.
    Nullable(&'static str),
}

/// Declares a public, typed readonly property.
pub(crate) fn declare_readonly(class: &mut ClassEntry, name: &str, slot: Slot) {
    let mask = match slot {
        Slot::Bool => MAY_BE_BOOL,
        Slot::Int => MAY_BE_LONG,
        Slot::Float => MAY_BE_DOUBLE,
        Slot::String => MAY_BE_STRING,
        Slot::Array => MAY_BE_ARRAY,
        Slot::StringOrArray => MAY_BE_STRING | MAY_BE_ARRAY,
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

/// Gives a readonly property of a new object its only value.
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
    if let Some(function) = method_of(class, method) {
        // SAFETY: the table of argument types is owned by the class for as long as the method lives, and nobody else
        // uses it at startup; the engine keeps one entry for each argument.
        unsafe {
            let internal = &mut (*function).internal_function;
            if argument < internal.num_args {
                (*internal.arg_info.add(argument as usize)).type_.type_mask |= MAY_BE_ARRAY;
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
