//! The parser's storage: one block of memory, read into at its end and consumed from its start.
//!
//! No ring, because a frame has to be one slice. What remains is moved to the front only when the room
//! behind it is nearly used up, and then it is short: most of a read is consumed before the next one.

use core::ops::Range;

/// The first buffer of a connection: enough for answers and a quiet stream of events, and small, since
/// a process may hold a thousand idle connections.
pub(super) const SMALL: usize = 4 * 1024;

/// The buffer once a read has filled the small one: large enough to make system calls rare, small
/// enough to stay in the processor's cache. Doubled only for frames that do not fit.
pub(super) const READ: usize = 64 * 1024;

/// Zeroed storage of which `start..end` has been read and not consumed.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The last read filled the room there was: more is waiting.
    filled: bool,
}

impl Buffer {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), start: 0, end: 0, filled: false }
    }

    /// What has been read and not consumed.
    #[inline]
    pub(super) fn live(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) const fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Room to read into, empty only when `limit` bytes are live.
    pub(super) fn spare(&mut self, limit: usize) -> &mut [u8] {
        let capacity = self.bytes.len();
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
        if capacity == 0 {
            self.move_to(SMALL.min(limit));
        } else if self.filled && capacity < READ.min(limit) {
            self.move_to(READ.min(limit));
        } else if capacity - self.end < capacity / 4 {
            // Up to half, the move is paid for by what fits in afterwards; above, it is room that is missing.
            if self.len() > capacity / 2 && capacity < limit {
                self.move_to(capacity.saturating_mul(2).max(READ).min(limit));
            } else if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
        }
        self.filled = false;
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// Takes the first `n` bytes of the spare room as read.
    pub(super) fn commit(&mut self, n: usize) {
        let room = self.bytes.len() - self.end;
        self.end += n.min(room);
        self.filled = n >= room;
    }

    /// Drops the first `n` live bytes.
    #[inline]
    pub(super) fn consume(&mut self, n: usize) {
        self.start = self.end.min(self.start + n);
    }

    /// Drops the first `n` live bytes and returns where the first `len` of them are.
    #[inline]
    pub(super) fn take(&mut self, len: usize, n: usize) -> Range<usize> {
        let start = self.start;
        self.consume(n);
        start..start + len
    }

    /// The bytes that [`Buffer::take`] returned the place of; gone with the next call of `spare`.
    #[inline]
    pub(super) fn taken(&self, place: Range<usize>) -> &[u8] {
        self.bytes.get(place).unwrap_or_default()
    }

    /// Gives back what a quiet connection does not need: everything when nothing is live.
    pub(super) fn shrink(&mut self) {
        if self.bytes.len() <= SMALL {
            return;
        }
        if self.len() == 0 {
            *self = Self::new();
        } else if self.len() <= SMALL / 2 {
            self.move_to(SMALL);
        }
    }

    #[cold]
    fn move_to(&mut self, capacity: usize) {
        let len = self.len();
        // From the zeroing allocator: large blocks come as pages that cost nothing until they are read into.
        let mut bytes = vec![0; capacity];
        if let Some(room) = bytes.get_mut(..len) {
            room.copy_from_slice(self.live());
        }
        self.bytes = bytes;
        self.start = 0;
        self.end = len;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const LIMIT: usize = 1024 * 1024;

    fn fill(buffer: &mut Buffer, n: usize) {
        assert!(buffer.spare(LIMIT).len() >= n);
        buffer.commit(n);
    }

    #[test]
    fn a_new_buffer_holds_no_memory() {
        assert_eq!(Buffer::new().capacity(), 0);
    }

    #[test]
    fn a_quiet_connection_stays_with_the_small_buffer() {
        let mut buffer = Buffer::new();
        for _ in 0..1000 {
            fill(&mut buffer, 100);
            buffer.consume(100);
        }
        assert_eq!(buffer.capacity(), SMALL);
    }

    #[test]
    fn a_read_that_fills_the_small_buffer_brings_the_large_one() {
        let mut buffer = Buffer::new();
        fill(&mut buffer, SMALL);
        buffer.consume(SMALL - 10);
        assert_eq!(buffer.spare(LIMIT).len(), READ - 10);
    }

    #[test]
    fn a_rest_is_moved_only_when_the_room_behind_it_is_nearly_used_up() {
        let mut buffer = Buffer::new();
        fill(&mut buffer, SMALL);
        buffer.consume(SMALL);
        fill(&mut buffer, READ / 2);
        buffer.consume(READ / 2 - 1);
        assert_eq!(buffer.spare(LIMIT).len(), READ / 2);
        buffer.commit(READ / 2 - 5);
        buffer.consume(READ / 2 - 5);
        assert_eq!(buffer.spare(LIMIT).len(), READ - 1);
        assert_eq!(buffer.len(), 1);
    }

    #[test]
    fn room_is_left_until_the_limit_is_live_and_the_memory_never_exceeds_it() {
        let limit = 100_000;
        let mut buffer = Buffer::new();
        while buffer.len() < limit {
            let room = buffer.spare(limit).len();
            assert!(room > 0, "no room at {}", buffer.len());
            buffer.commit(room.min(7001));
            assert!(buffer.capacity() <= limit);
        }
        assert!(buffer.spare(limit).is_empty());
    }

    #[test]
    fn a_large_buffer_is_kept_while_its_content_would_soon_need_it_again() {
        let mut buffer = Buffer::new();
        fill(&mut buffer, SMALL);
        fill(&mut buffer, 1);
        assert_eq!(buffer.capacity(), READ);
        buffer.consume(SMALL / 2);
        buffer.shrink();
        assert_eq!((buffer.capacity(), buffer.len()), (READ, SMALL / 2 + 1));
        buffer.consume(1);
        buffer.shrink();
        assert_eq!((buffer.capacity(), buffer.len()), (SMALL, SMALL / 2));
    }

    #[test]
    fn what_is_live_survives_moves_and_growth() {
        let mut buffer = Buffer::new();
        let (mut written, mut read) = (0u32, 0u32);
        for round in 0..5000usize {
            let spare = buffer.spare(LIMIT);
            let n = spare.len().min(round % 1900);
            for byte in &mut spare[..n] {
                *byte = (written % 251) as u8;
                written += 1;
            }
            buffer.commit(n);
            let take = buffer.len().min((round * 7) % 1700);
            let place = buffer.take(take, take);
            for byte in buffer.taken(place) {
                assert_eq!(*byte, (read % 251) as u8);
                read += 1;
            }
        }
        assert!(read > 1_000_000);
    }
}
