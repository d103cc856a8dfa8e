//! A PHP stream that can only be waited for.
//!
//! It has operations of its own, not those of a file: `php://fd` would be refused outside of a command line, and reading
//! from it would be an error of the system. And it can refuse to be waited for in a process that does not own it.

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr;

use ext_php_rs::ffi::{_php_stream, ZEND_DEBUG};
use ext_php_rs::types::Zval;

// Values of main/php_streams.h, the same in every PHP 8.
const OPTION_BLOCKING: c_int = 1;
const OPTION_CHECK_LIVENESS: c_int = 12;
const OPTION_NOT_IMPLEMENTED: c_int = -2;
const CAST_FD: c_int = 1;
const CAST_SOCKET: c_int = 2;
const CAST_SELECT: c_int = 3;
const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;
/// `IS_RESOURCE_EX`: a resource, which is counted.
const IS_COUNTED_RESOURCE: u32 = 9 | 1 << 8;

/// `php_stream_ops`.
#[repr(C)]
struct Operations {
    write: Option<unsafe extern "C" fn(*mut _php_stream, *const c_char, usize) -> isize>,
    read: Option<unsafe extern "C" fn(*mut _php_stream, *mut c_char, usize) -> isize>,
    close: Option<unsafe extern "C" fn(*mut _php_stream, c_int) -> c_int>,
    flush: Option<unsafe extern "C" fn(*mut _php_stream) -> c_int>,
    label: *const c_char,
    seek: Option<unsafe extern "C" fn(*mut _php_stream, i64, c_int, *mut i64) -> c_int>,
    cast: Option<unsafe extern "C" fn(*mut _php_stream, c_int, *mut *mut c_void) -> c_int>,
    stat: Option<unsafe extern "C" fn(*mut _php_stream, *mut c_void) -> c_int>,
    set_option: Option<unsafe extern "C" fn(*mut _php_stream, c_int, c_int, *mut c_void) -> c_int>,
}

// SAFETY: constants; the label is a literal.
unsafe impl Sync for Operations {}

/// Without `write`, PHP says that the stream is not writable; without `seek`, that it cannot be sought in.
static OPERATIONS: Operations = Operations {
    write: None,
    read: Some(read),
    close: Some(close),
    flush: None,
    label: c"apn_ami".as_ptr(),
    seek: None,
    cast: Some(cast),
    stat: None,
    set_option: Some(set_option),
};

type Alloc = unsafe extern "C" fn(*const Operations, *mut c_void, *const c_char, *const c_char) -> *mut _php_stream;
/// In a debug build of PHP, it is told who asks, too.
type DebugAlloc = unsafe extern "C" fn(
    *const Operations,
    *mut c_void,
    *const c_char,
    *const c_char,
    c_int,
    *const c_char,
    u32,
    *const c_char,
    u32,
) -> *mut _php_stream;

unsafe extern "C" {
    #[link_name = "_php_stream_alloc"]
    fn php_stream_alloc();
}

/// What a stream owns.
struct Source {
    fd: OwnedFd,
    generation: u32,
}

/// A stream that is readable when the descriptor is, in this process only. It closes the descriptor with itself.
pub(crate) fn stream_of(fd: OwnedFd) -> Option<Zval> {
    let source = Box::into_raw(Box::new(Source { fd, generation: super::process_generation() }));
    // SAFETY: the function has one of the two types, by the build of PHP that this is compiled for. It copies the mode and
    // keeps the operations, which live for ever, and the source, which `close` frees.
    let stream = unsafe {
        let (operations, alloc) = (&raw const OPERATIONS, php_stream_alloc as *const ());
        if ZEND_DEBUG == 0 {
            let alloc: Alloc = std::mem::transmute(alloc);
            alloc(operations, source.cast(), ptr::null(), c"r".as_ptr())
        } else {
            let alloc: DebugAlloc = std::mem::transmute(alloc);
            let (file, line) = (c"apn_ami".as_ptr(), line!());
            alloc(operations, source.cast(), ptr::null(), c"r".as_ptr(), 0, file, line, ptr::null(), 0)
        }
    };
    let mut zval = Zval::new();
    // SAFETY: a new stream has a resource with one reference, which becomes the value's.
    unsafe {
        let stream = stream.as_mut()?;
        stream.set___exposed(1);
        zval.value.res = stream.res;
        zval.u1.type_info = IS_COUNTED_RESOURCE;
    }
    Some(zval)
}

/// Whether a value is a resource that nobody has closed.
pub(crate) fn is_open(value: &Zval) -> bool {
    // SAFETY: a resource that is held by the value; closing it leaves it there, with a type that is none.
    value.is_resource() && unsafe { value.value.res.as_ref() }.is_some_and(|resource| resource.type_ >= 0)
}

/// There is nothing to read, and who reads all the same comes to an end at once.
unsafe extern "C" fn read(stream: *mut _php_stream, _buffer: *mut c_char, _count: usize) -> isize {
    // SAFETY: the stream that is being read.
    unsafe { (*stream).set_eof(1) };
    0
}

unsafe extern "C" fn close(stream: *mut _php_stream, _close_handle: c_int) -> c_int {
    // SAFETY: called once for each stream, whose source was a box.
    drop(unsafe { Box::from_raw((*stream).abstract_.cast::<Source>()) });
    SUCCESS
}

unsafe extern "C" fn cast(stream: *mut _php_stream, kind: c_int, to: *mut *mut c_void) -> c_int {
    // SAFETY: the source lives until the stream is closed.
    let source = unsafe { &*(*stream).abstract_.cast::<Source>() };
    if !matches!(kind, CAST_FD | CAST_SOCKET | CAST_SELECT) || source.generation != super::process_generation() {
        return FAILURE;
    }
    if !to.is_null() {
        // SAFETY: for these kinds, the place is one for a descriptor.
        unsafe { *to.cast::<c_int>() = source.fd.as_raw_fd() };
    }
    SUCCESS
}

/// It never blocks, whatever it is told, and is alive.
unsafe extern "C" fn set_option(_stream: *mut _php_stream, option: c_int, _value: c_int, _place: *mut c_void) -> c_int {
    match option {
        OPTION_BLOCKING | OPTION_CHECK_LIVENESS => SUCCESS,
        _ => OPTION_NOT_IMPLEMENTED,
    }
}
