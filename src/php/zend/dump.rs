//! What `var_dump()`, `print_r()` and debuggers show of an object, where that is not what its properties hold.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendObject, Zval};

use super::lazy::handlers;

/// A class that has its own way to be shown.
pub(crate) trait Dumped: RegisteredClass {
    /// What is shown, by name. Must not call PHP.
    fn dump(&self, object: &ZendObject) -> Vec<(&'static str, Zval)>;
}

/// Has dumps of a class that has just been registered show that.
pub(crate) fn show_in_dumps<T: Dumped>() {
    // SAFETY: runs at startup, where no object and no other thread reads the handlers yet.
    unsafe { (*handlers::<T>()).get_debug_info = Some(get_debug_info::<T>) };
}

unsafe extern "C" fn get_debug_info<T: Dumped>(
    object: *mut ZendObject,
    is_temporary: *mut c_int,
) -> *mut ZendHashTable {
    // SAFETY: the engine calls handlers with a live object. It frees the table, as it is told that this is a new one.
    unsafe {
        *is_temporary = 1;
        let shown = object.as_ref().and_then(|object| {
            let this = ZendClassObject::<T>::from_zend_obj(object)?;
            catch_unwind(AssertUnwindSafe(|| this.dump(object))).ok()
        });
        let mut table = ZendHashTable::new();
        for (name, value) in shown.unwrap_or_default() {
            // It cannot fail: the value is a plain one.
            let _ = table.insert(name, value);
        }
        table.into_raw()
    }
}
