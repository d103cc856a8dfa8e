//! What PHP wants to do between two of its own steps, such as running the signal handlers of pcntl.

use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::ffi::{ext_php_rs_executor_globals, zend_interrupt_function};

/// What became of the interrupts that were pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// Go on.
    No,
    /// A handler threw or exits, or the script's time is up: return to PHP at once.
    Leave,
}

/// Lets PHP do what it would do between two steps of a script. Nothing may be borrowed: it may run any code.
pub(crate) fn run_interrupts() -> Interrupted {
    // SAFETY: the globals of this thread, by their address only: handlers of signals change them, too.
    unsafe {
        let globals = ext_php_rs_executor_globals();
        let pending = AtomicBool::from_ptr(&raw mut (*globals).vm_interrupt.value);
        if !pending.load(Ordering::Acquire) {
            return Interrupted::No;
        }
        if AtomicBool::from_ptr(&raw mut (*globals).timed_out.value).load(Ordering::Acquire) {
            // PHP itself ends the script when this returns: from here it would jump over what is on the stack.
            return Interrupted::Leave;
        }
        pending.store(false, Ordering::Release);
        if let Some(run) = zend_interrupt_function {
            run((*globals).current_execute_data);
        }
        if (*globals).exception.is_null() { Interrupted::No } else { Interrupted::Leave }
    }
}
