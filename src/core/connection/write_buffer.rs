//! Bytes that wait to be written.

/// A buffer of at most `limit` bytes that gives its memory back when it is empty.
#[derive(Debug)]
pub struct WriteBuffer {
    bytes: Vec<u8>,
    written: usize,
    limit: usize,
    /// All bytes that were ever added.
    added: u64,
}

/// Room that an empty buffer keeps: a few actions.
const KEPT: usize = 4 * 1024;

impl WriteBuffer {
    /// An empty buffer.
    pub const fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), written: 0, limit, added: 0 }
    }

    /// Adds bytes, or, when they do not fit, adds nothing and tells so.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        if self.len() + bytes.len() > self.limit {
            return false;
        }
        self.bytes.extend_from_slice(bytes);
        self.added += bytes.len() as u64;
        true
    }

    /// What is to be written next.
    pub fn unwritten(&self) -> &[u8] {
        self.bytes.get(self.written..).unwrap_or_default()
    }

    /// The first `count` bytes of [`WriteBuffer::unwritten`] are on their way.
    pub fn advance(&mut self, count: usize) {
        self.written = (self.written + count).min(self.bytes.len());
        if self.written == self.bytes.len() {
            self.clear();
        } else if self.written > self.bytes.len() / 2 {
            self.bytes.drain(..self.written);
            self.written = 0;
        }
    }

    /// Forgets everything: the session is over.
    pub fn clear(&mut self) {
        self.written = 0;
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
    }

    /// How many bytes were added so far: where the last one stands among all.
    pub const fn added(&self) -> u64 {
        self.added
    }

    /// How many of those are on their way; asked before [`WriteBuffer::clear`].
    pub fn sent(&self) -> u64 {
        self.added - self.len() as u64
    }

    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Most bytes that may wait.
    pub const fn limit(&self) -> usize {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_whole() {
        let mut buffer = WriteBuffer::new(10);
        assert!(buffer.push(b"12345678"));
        assert!(!buffer.push(b"abc"));
        assert_eq!(buffer.unwritten(), b"12345678");
        assert!(buffer.push(b"ab"));
    }

    #[test]
    fn partial_writes_keep_the_rest_in_order_and_make_room() {
        let mut buffer = WriteBuffer::new(10);
        buffer.push(b"0123456789");
        buffer.advance(3);
        assert_eq!(buffer.unwritten(), b"3456789");
        buffer.advance(4);
        assert!(buffer.push(b"abcdefg"));
        assert_eq!(buffer.unwritten(), b"789abcdefg");
        buffer.advance(10);
        assert!(buffer.is_empty());
    }

    #[test]
    fn places_count_on_over_all_that_was_added() {
        let mut buffer = WriteBuffer::new(10);
        buffer.push(b"01234567");
        buffer.advance(5);
        assert_eq!((buffer.added(), buffer.sent()), (8, 5));
        buffer.advance(3);
        buffer.push(b"abc");
        assert_eq!((buffer.added(), buffer.sent()), (11, 8));
    }
}
