//! What PHP says of its own memory.

unsafe extern "C" {
    fn zend_memory_usage(real: bool) -> usize;
}

/// Bytes that PHP's allocator has from the system, as `memory_get_usage(true)` tells them.
pub(crate) fn memory_usage() -> u64 {
    // SAFETY: reads a number of the allocator of this thread, which is PHP's.
    let bytes = unsafe { zend_memory_usage(true) };
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
