//! Forks of a process that has threads.
//!
//! The child has the memory of its parent, but not its threads. What a thread was in the midst of stays so there for
//! ever, and a lock that it held is held for ever. So before a fork every reactor is taken out of its thread's hands, for the
//! moment that the copying takes: a child finds it whole, and may look at it. It never takes turns there.
//!
//! The handlers are to be called by `pthread_atfork`, which is the business of those who link the C library.

use super::desk::Desk;
use super::worker::Shared;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Forks between the process that loaded this and this process.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// What threads of this process work on. Those that are gone go with the next one that comes.
static KNOWN: Mutex<Vec<Weak<Shared<Desk>>>> = Mutex::new(Vec::new());

/// What is being copied.
static PAUSED: Mutex<Vec<Arc<Shared<Desk>>>> = Mutex::new(Vec::new());

pub(super) fn count() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Has a reactor copied whole.
pub(super) fn register(shared: &Arc<Shared<Desk>>) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|shared| shared.strong_count() > 0);
    known.push(Arc::downgrade(shared));
}

/// To be called before a fork, by the thread that forks.
pub fn before_fork() {
    let known: Vec<_> = {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter_map(Weak::upgrade).collect()
    };
    let ours = known.into_iter().filter(|shared| shared.forks == count() && shared.turns.pause());
    PAUSED.lock().unwrap_or_else(PoisonError::into_inner).extend(ours);
}

/// To be called after a fork, where it was called.
pub fn after_fork_in_parent() {
    for shared in PAUSED.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        shared.turns.resume();
    }
}

/// To be called after a fork, in the child.
pub fn after_fork_in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    // Another thread of the parent may have been within it.
    if let Ok(mut paused) = PAUSED.try_lock() {
        // The parent's, which must not be closed here when nobody else holds them.
        std::mem::forget(std::mem::take(&mut *paused));
    }
}
