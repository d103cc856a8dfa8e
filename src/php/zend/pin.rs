//! Keeps the code of this extension in memory until the process ends.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::Once;

/// Tells the dynamic loader never to unload this library. PHP unloads extensions before the process ends, and a thread that
/// still looks a name up would then return to code that is not there.
pub(crate) fn stay_loaded() {
    static PIN: Once = Once::new();
    PIN.call_once(|| {
        let flags: c_int = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
        let mut found = MaybeUninit::<libc::Dl_info>::uninit();
        let here = stay_loaded as fn() as *const c_void;
        // SAFETY: where `dladdr` succeeds, it has filled in `found`, whose name lives as long as the library; that is
        // loaded already, so that `dlopen` runs no code of it. Where either fails there is nothing to be done about it:
        // the GNU loader keeps a library with threads of Rust anyway, until they have ended.
        unsafe {
            if libc::dladdr(here, found.as_mut_ptr()) != 0 {
                libc::dlopen(found.assume_init().dli_fname, flags);
            }
        }
    });
}
