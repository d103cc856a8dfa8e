//! What PHP's cycle collector is told about values that Rust structs hold.
//!
//! A closure in a Rust struct is invisible to the collector, and a cycle through it leaks. A class that implements
//! [`Traced`] names the values that it owns; nothing of this shows in `var_dump`, casts or Reflection, as a private
//! property would, and looking one up costs no array.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendObject, Zval};

use super::call::PreparedCallable;
use super::lazy::handlers;

/// `zend_get_gc_buffer` of `Zend/zend_gc.h`.
#[repr(C)]
struct Buffer {
    cur: *mut Zval,
    end: *mut Zval,
    start: *mut Zval,
}

unsafe extern "C" {
    fn zend_get_gc_buffer_create() -> *mut Buffer;
    fn zend_get_gc_buffer_grow(buffer: *mut Buffer);
}

/// A class whose Rust value owns PHP values.
pub(crate) trait Traced: RegisteredClass {
    /// Names every PHP value that this object owns, each reference exactly once.
    ///
    /// A value that several PHP objects reach must be named by one of them only. Naming nothing is always allowed (a
    /// cell that is borrowed just now, say): what is not named counts as used from outside and stays. Must not call PHP.
    fn trace(&self, tracer: &mut Tracer<'_>);
}

/// Takes the values that [`Traced::trace`] names.
#[derive(Debug)]
pub(crate) struct Tracer<'a> {
    buffer: *mut Buffer,
    lifetime: PhantomData<&'a Zval>,
}

impl Tracer<'_> {
    /// Names a value.
    pub(crate) fn value(&mut self, value: &Zval) {
        // SAFETY: the buffer is the engine's own and lives until the next call of `zend_get_gc_buffer_create`; it holds
        // copies that are not counted, as the collector expects.
        unsafe {
            // The flags of a value that is counted are in the second byte.
            if value.u1.type_info & 0xff00 == 0 {
                return;
            }
            if (*self.buffer).cur == (*self.buffer).end {
                zend_get_gc_buffer_grow(self.buffer);
            }
            ptr::copy_nonoverlapping(ptr::from_ref(value), (*self.buffer).cur, 1);
            (*self.buffer).cur = (*self.buffer).cur.add(1);
        }
    }

    /// Names a prepared callable.
    pub(crate) fn callable(&mut self, callable: &PreparedCallable) {
        self.value(callable.closure());
    }
}

/// Lets the collector see what the objects of a class own. For startup.
pub(crate) fn trace<T: Traced>() {
    // SAFETY: runs at startup, where no object and no other thread reads the handlers yet.
    unsafe { (*handlers::<T>()).get_gc = Some(get_gc::<T>) };
}

unsafe extern "C" fn get_gc<T: Traced>(
    object: *mut ZendObject,
    table: *mut *mut Zval,
    count: *mut c_int,
) -> *mut ZendHashTable {
    // SAFETY: the engine calls this with a live object, reads the buffer before it asks for another one, and owns the
    // declared properties, of which there are as many as the class says. The table of properties that dumps leave
    // behind holds no references of its own: its elements point to the declared ones.
    unsafe {
        let buffer = zend_get_gc_buffer_create();
        let mut tracer = Tracer { buffer, lifetime: PhantomData };
        let declared = usize::try_from((*(*object).ce).default_properties_count).unwrap_or_default();
        for place in 0..declared {
            tracer.value(&*(*object).properties_table.as_ptr().add(place));
        }
        if let Some(this) = object.as_ref().and_then(ZendClassObject::<T>::from_zend_obj)
            && catch_unwind(AssertUnwindSafe(|| this.trace(&mut tracer))).is_err()
        {
            (*buffer).cur = (*buffer).start;
        }
        *table = (*buffer).start;
        *count = c_int::try_from((*buffer).cur.offset_from((*buffer).start)).unwrap_or_default();
    }
    ptr::null_mut()
}
