//! Whether this process is a fork of the one that made something, without a system call each time it is asked.

use ami_reactor::background::{after_fork_in_child, after_fork_in_parent, before_fork};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// Forks between the process that loaded the extension and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

extern "C" fn before() {
    before_fork();
}

extern "C" fn in_the_parent() {
    after_fork_in_parent();
}

extern "C" fn in_the_child() {
    after_fork_in_child();
    GENERATION.fetch_add(1, Ordering::Relaxed);
    super::signals::give_all_back();
}

/// Counts forks from now on.
pub(crate) fn watch_forks() {
    static WATCH: Once = Once::new();
    // SAFETY: the handler of the child calls only what a child of many threads may call; the C library forgets it when the extension is unloaded.
    WATCH.call_once(|| unsafe {
        libc::pthread_atfork(Some(before), Some(in_the_parent), Some(in_the_child));
    });
}

/// A number that differs between a process and the processes that forked from it.
pub(crate) fn process_generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}
