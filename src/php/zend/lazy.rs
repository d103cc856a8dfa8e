//! Properties that are made when somebody reads them.
//!
//! A property is a real, typed, readonly one: declared, in its slot, known to Reflection. Its slot stays undefined until
//! the first read, which the engine hands to the handlers here since it finds nothing there; they write the value into
//! the slot. Every later read is the engine's own fast path and never comes here.

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{
    ext_php_rs_zend_object_alloc, zend_object_std_init, zend_std_compare_objects, zend_std_get_properties,
    zend_std_get_property_ptr_ptr, zend_std_has_property, zend_std_read_property, zend_std_unset_property,
    zend_std_write_property,
};
use ext_php_rs::flags::ZvalTypeFlags;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ZendObjectHandlers};

use super::{Slot, declare_readonly};

/// `GC_NOT_COLLECTABLE` of `Zend/zend_types.h`, the same from PHP 8.1 to 8.5.
const NOT_COLLECTABLE: u32 = 1 << 4;

/// A class all of whose properties are readonly and may be made on demand.
pub(crate) trait Lazy: RegisteredClass {
    /// The properties, in order.
    const SLOTS: &'static [(&'static str, Slot)];

    /// The value of the property at a place of [`Lazy::SLOTS`]; asked for once at most. Must not call PHP.
    fn make(&self, place: usize) -> Zval;
}

/// Declares the properties of a class that has just been registered, and makes them lazy.
pub(crate) fn make_lazy<T: Lazy>(class: &mut ClassEntry) {
    for (name, slot) in T::SLOTS {
        declare_readonly(class, name, *slot);
    }
    let handlers = handlers::<T>();
    // SAFETY: runs at startup, where no object and no other thread reads the handlers yet; the metadata keep them in a
    // cell, so they are not in memory that must not be written.
    unsafe {
        (*handlers).read_property = Some(read_property::<T>);
        (*handlers).write_property = Some(write_property::<T>);
        (*handlers).has_property = Some(has_property::<T>);
        (*handlers).unset_property = Some(unset_property::<T>);
        (*handlers).get_property_ptr_ptr = Some(get_property_ptr_ptr::<T>);
        (*handlers).get_properties = Some(get_properties::<T>);
        (*handlers).compare = Some(compare::<T>);
    }
}

/// A new object whose first properties have these values, and the others those of their declarations.
///
/// For objects of which there are millions: the general way sets every property twice, by its name. The values are numbers,
/// strings and arrays of strings, and so must all be that the object is ever given.
#[inline]
pub(crate) fn filled_object<T: RegisteredClass, const N: usize>(value: T, first: [Zval; N]) -> Zval {
    let mut zval = Zval::new();
    // SAFETY: the allocation has room for the object and for the properties that its class declares, each of which is
    // written: by a value as far as there are properties, the others by their defaults, which are not counted. The
    // engine frees the object by the handlers of its class, which expect what is written here.
    unsafe {
        let metadata = T::get_metadata();
        let class = ptr::from_ref(metadata.ce()).cast_mut();
        let object: *mut ZendClassObject<T> =
            ext_php_rs_zend_object_alloc(size_of::<ZendClassObject<T>>(), class).cast();
        ptr::write(&raw mut (*object).obj, Some(value));
        let std = &raw mut (*object).std;
        zend_object_std_init(std, class);
        (*std).handlers = metadata.handlers();
        // Nothing in it can be part of a cycle: the collector need not look each time that somebody lets go of it.
        (*std).gc.u.type_info |= NOT_COLLECTABLE;
        let slots = (*std).properties_table.as_mut_ptr();
        let declared = usize::try_from((*class).default_properties_count).unwrap_or_default();
        let given = N.min(declared);
        for (place, value) in first.into_iter().enumerate().take(given) {
            ptr::write(slots.add(place), value);
            (*slots.add(place)).u2.extra = 0;
        }
        ptr::copy_nonoverlapping((*class).default_properties_table.add(given), slots.add(given), declared - given);
        zval.value.obj = std;
        zval.u1.type_info = ZvalTypeFlags::ObjectEx.bits();
    }
    zval
}

unsafe fn write_slot(object: *mut ZendObject, place: usize, value: Zval) {
    // SAFETY: the caller has checked the place. An undefined slot holds nothing to be freed; overwriting the whole
    // value clears the engine's mark of an uninitialised property too.
    unsafe {
        let slot = (*object).properties_table.as_mut_ptr().add(place);
        if (*slot).u1.type_info == 0 {
            ptr::write(slot, value);
            (*slot).u2.extra = 0;
        }
    }
}

/// Makes the property of that name, or every one, unless it has been made.
unsafe fn fill<T: Lazy>(object: *mut ZendObject, member: *mut ZendStr) {
    // SAFETY: the engine calls handlers with a live object and, where there is one, a live name.
    unsafe {
        let Some(this) = object.as_ref().and_then(ZendClassObject::<T>::from_zend_obj) else { return };
        let name = member.as_ref().map(ZendStr::as_bytes);
        for (place, (slot, _)) in T::SLOTS.iter().enumerate() {
            let undefined = (*(*object).properties_table.as_ptr().add(place)).u1.type_info == 0;
            if undefined && name.is_none_or(|name| name == slot.as_bytes()) {
                // After a panic the slot stays undefined, and the engine throws what it throws then.
                if let Ok(value) = catch_unwind(AssertUnwindSafe(|| this.make(place))) {
                    write_slot(object, place, value);
                }
            }
        }
    }
}

unsafe extern "C" fn read_property<T: Lazy>(
    object: *mut ZendObject,
    member: *mut ZendStr,
    kind: c_int,
    cache: *mut *mut c_void,
    rv: *mut Zval,
) -> *mut Zval {
    // SAFETY: passes on what the engine gave, as do the handlers below.
    unsafe {
        fill::<T>(object, member);
        zend_std_read_property(object, member, kind, cache, rv)
    }
}

unsafe extern "C" fn write_property<T: Lazy>(
    object: *mut ZendObject,
    member: *mut ZendStr,
    value: *mut Zval,
    cache: *mut *mut c_void,
) -> *mut Zval {
    // SAFETY: as above.
    unsafe {
        fill::<T>(object, member);
        zend_std_write_property(object, member, value, cache)
    }
}

unsafe extern "C" fn has_property<T: Lazy>(
    object: *mut ZendObject,
    member: *mut ZendStr,
    check: c_int,
    cache: *mut *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        fill::<T>(object, member);
        zend_std_has_property(object, member, check, cache)
    }
}

unsafe extern "C" fn unset_property<T: Lazy>(object: *mut ZendObject, member: *mut ZendStr, cache: *mut *mut c_void) {
    // SAFETY: as above.
    unsafe {
        fill::<T>(object, member);
        zend_std_unset_property(object, member, cache);
    }
}

unsafe extern "C" fn get_property_ptr_ptr<T: Lazy>(
    object: *mut ZendObject,
    member: *mut ZendStr,
    kind: c_int,
    cache: *mut *mut c_void,
) -> *mut Zval {
    // SAFETY: as above.
    unsafe {
        fill::<T>(object, member);
        zend_std_get_property_ptr_ptr(object, member, kind, cache)
    }
}

unsafe extern "C" fn get_properties<T: Lazy>(object: *mut ZendObject) -> *mut ZendHashTable {
    // SAFETY: as above.
    unsafe {
        fill::<T>(object, ptr::null_mut());
        zend_std_get_properties(object)
    }
}

unsafe extern "C" fn compare<T: Lazy>(one: *mut Zval, other: *mut Zval) -> c_int {
    // SAFETY: as above; at least one of the two is an object with these handlers.
    unsafe {
        for value in [one, other] {
            if (*value).is_object() {
                fill::<T>((*value).value.obj, ptr::null_mut());
            }
        }
        zend_std_compare_objects(one, other)
    }
}

/// The handlers of a class, for the other files of this folder.
pub(super) fn handlers<T: RegisteredClass>() -> *mut ZendObjectHandlers {
    ptr::from_ref(T::get_metadata().handlers()).cast_mut()
}
