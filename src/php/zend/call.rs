//! Calls into PHP.
//!
//! A listener is called millions of times, so what a callable means is found out once, at registration, where it also
//! can be resolved in the scope of whoever registers it: `[$this, 'privateMethod']` is callable there and nowhere else.
//! Nothing of Rust may be borrowed during a call: it can come back in, suspend a Fiber, or never return (a fatal error).

use std::ffi::{CStr, c_char};
use std::fmt;
use std::ptr;

use ext_php_rs::alloc::efree;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::{
    ext_php_rs_executor_globals, zend_call_known_function, zend_fcall_info_cache, zend_function,
    zend_hash_str_find_ptr_lc, zend_is_callable_ex,
};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecutorGlobals};

unsafe extern "C" {
    static zend_ce_closure: *mut ClassEntry;
    fn zend_is_unwind_exit(exception: *const ZendObject) -> bool;
    fn zend_is_graceful_exit(exception: *const ZendObject) -> bool;
    fn zend_release_fcall_info_cache(target: *mut zend_fcall_info_cache);
}

/// Why a call returned no value.
#[derive(Debug)]
pub(crate) enum CallError {
    /// It threw. The exception is no longer pending: whoever gets this decides what becomes of it.
    Thrown(Zval),
    /// PHP is on its way out: `exit()`, or a Fiber that is being destroyed. What is pending stays pending, and the
    /// caller returns to PHP at once, calling nothing.
    Unwinding,
    /// The object has no such method, or is no object.
    NoMethod,
}

/// A value that cannot be called, and why, in the engine's words.
#[derive(Debug)]
pub(crate) struct NotCallable(pub(crate) String);

/// A closure that is ready to be called.
///
/// Cloning shares the closure. During a call the closure is kept alive by the call itself, so the last `PreparedCallable` may
/// be dropped inside.
pub(crate) struct PreparedCallable {
    closure: Zval,
    target: zend_fcall_info_cache,
}

impl PreparedCallable {
    /// Resolves a callable in the scope of the PHP code that is running.
    ///
    /// Anything but a closure becomes one. May run PHP code: an autoloader, for `'Class::method'`; then an exception may be pending
    /// besides the error.
    pub(crate) fn new(callable: &Zval) -> Result<Self, NotCallable> {
        let callable = callable.dereference();
        let target = resolve(callable)?;
        if is_closure(callable) {
            return Ok(Self { closure: callable.shallow_clone(), target });
        }
        let closure = closure_of(callable)?;
        let target = resolve(&closure)?;
        Ok(Self { closure, target })
    }

    /// Calls it.
    ///
    /// Costs what a call in PHP costs. The caller must hold no borrow of anything that PHP code could reach.
    #[inline]
    pub(crate) fn call(&self, arguments: &[Zval]) -> Result<Zval, CallError> {
        // Not dropped when a fatal error jumps over this frame; the engine then frees objects whatever their count.
        self.clone().call_held(arguments)
    }

    /// The same for a caller that has this one for itself, so that nobody can drop it meanwhile.
    #[inline]
    pub(crate) fn call_held(&self, arguments: &[Zval]) -> Result<Zval, CallError> {
        let target = &self.target;
        // SAFETY: the function belongs to the closure that is held here.
        unsafe { call(target.function_handler, target.object, target.called_scope, arguments) }
    }

    /// The closure, as a value.
    pub(crate) const fn closure(&self) -> &Zval {
        &self.closure
    }
}

impl Clone for PreparedCallable {
    fn clone(&self) -> Self {
        Self { closure: self.closure.shallow_clone(), target: self.target }
    }
}

impl fmt::Debug for PreparedCallable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedCallable")
    }
}

/// Calls a public method by its name.
pub(crate) fn call_method(object: &Zval, name: &str, arguments: &[Zval]) -> Result<Zval, CallError> {
    let this = object.dereference().object().map_or(ptr::null(), ptr::from_ref).cast_mut();
    // SAFETY: the object, and with it its class, is held by the caller.
    unsafe {
        let class = if this.is_null() { ptr::null_mut() } else { (*this).ce };
        match method(class, name) {
            Some(function) => call(function, this, class, arguments),
            None => Err(CallError::NoMethod),
        }
    }
}

unsafe fn method(class: *mut ClassEntry, name: &str) -> Option<*mut zend_function> {
    // SAFETY: a live class or none.
    unsafe {
        let table = &raw const class.as_ref()?.function_table;
        let found = zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len());
        (!found.is_null()).then(|| found.cast())
    }
}

fn is_closure(zval: &Zval) -> bool {
    // SAFETY: the engine's class lives as long as the process.
    zval.object().is_some_and(|object| ptr::eq(object.ce, unsafe { zend_ce_closure }))
}

/// What `Closure::fromCallable()` makes of a callable.
fn closure_of(callable: &Zval) -> Result<Zval, NotCallable> {
    // SAFETY: a static method of the engine that every PHP from 7.1 on has.
    let made = unsafe {
        let Some(function) = method(zend_ce_closure, "fromCallable") else {
            return Err(NotCallable("it cannot become a closure".to_owned()));
        };
        call(function, ptr::null_mut(), zend_ce_closure, std::slice::from_ref(callable))
    };
    match made {
        Ok(closure) => Ok(closure),
        Err(_) => Err(NotCallable("it cannot become a closure".to_owned())),
    }
}

/// Finds what a callable stands for, in the scope of the PHP code that is running.
fn resolve(callable: &Zval) -> Result<zend_fcall_info_cache, NotCallable> {
    let mut target = zend_fcall_info_cache {
        function_handler: ptr::null_mut(),
        calling_scope: ptr::null_mut(),
        called_scope: ptr::null_mut(),
        object: ptr::null_mut(),
        closure: ptr::null_mut(),
    };
    let mut reason: *mut c_char = ptr::null_mut();
    // SAFETY: the engine writes to the two places and reads the callable. A stand-in for `__call` belongs to whoever asked, and
    // a closure has none.
    unsafe {
        let callable = ptr::from_ref(callable).cast_mut();
        let found =
            zend_is_callable_ex(callable, ptr::null_mut(), 0, ptr::null_mut(), &raw mut target, &raw mut reason);
        let reason = take_text(reason);
        if found {
            if !is_closure(&*callable) {
                zend_release_fcall_info_cache(&raw mut target);
            }
            Ok(target)
        } else {
            Err(NotCallable(reason.unwrap_or_else(|| "no array or string given".to_owned())))
        }
    }
}

unsafe fn take_text(text: *mut c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: a C string of the engine's allocator, which the caller owns.
    unsafe {
        let taken = CStr::from_ptr(text).to_string_lossy().into_owned();
        efree(text.cast::<u8>());
        Some(taken)
    }
}

/// Whether nothing is pending: no exception, and no end.
#[inline]
pub(crate) fn is_calm() -> bool {
    exception_pending().is_null()
}

/// Whether `exit()` is unwinding the stack: return to PHP at once and call nothing.
pub(crate) fn is_unwinding() -> bool {
    let exception = exception_pending();
    // SAFETY: a live object, as the engine keeps what is pending.
    !exception.is_null() && unsafe { zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception) }
}

/// Takes an exception that is pending, unless `exit()` is unwinding the stack.
pub(crate) fn take_pending_exception() -> Option<Zval> {
    if exception_pending().is_null() || is_unwinding() {
        return None;
    }
    ExecutorGlobals::take_exception()?.into_zval(false).ok()
}

#[inline]
fn exception_pending() -> *const ZendObject {
    // SAFETY: the globals of this thread. Not through `ExecutorGlobals`, whose lock costs as much as the rest of a call.
    unsafe { (*ext_php_rs_executor_globals()).exception }
}

unsafe fn call(
    function: *mut zend_function,
    object: *mut ZendObject,
    scope: *mut ClassEntry,
    arguments: &[Zval],
) -> Result<Zval, CallError> {
    if !exception_pending().is_null() {
        return Err(CallError::Unwinding);
    }
    let mut returned = Zval::new();
    let count = u32::try_from(arguments.len()).unwrap_or_default();
    // SAFETY: the engine takes its own references to the arguments and changes none of them.
    unsafe {
        zend_call_known_function(
            function,
            object,
            scope,
            &raw mut returned,
            count,
            arguments.as_ptr().cast_mut(),
            ptr::null_mut(),
        );
    }
    let exception = exception_pending();
    if exception.is_null() { Ok(returned) } else { Err(take_pending()) }
}

#[cold]
fn take_pending() -> CallError {
    take_pending_exception().map_or(CallError::Unwinding, CallError::Thrown)
}
