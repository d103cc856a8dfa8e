//! Whether this process is a fork of the one that made something, without a system call each time it is asked.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// Forks between the process that loaded the extension and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

extern "C" fn in_the_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    super::signals::give_all_back();
}

/// Counts forks from now on.
pub(crate) fn watch_forks() {
    static WATCH: Once = Once::new();
    // SAFETY: the handler calls only what a child of many threads may call; the C library forgets it when the extension is unloaded.
    WATCH.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(in_the_child));
    });
}

/// A number that differs between a process and the processes that forked from it.
pub(crate) fn process_generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}
