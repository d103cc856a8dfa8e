//! Which socket a readiness belongs to.
//!
//! Sockets follow one another in the same place, those of one server and of another that gets the place after it, so a
//! token holds a generation too: readiness of a socket that is gone says nothing about the next one.

use ami_core::cluster::ServerId;
use mio::Token;

/// Bits of the token that hold the server's index; the rest is the generation.
const INDEX_BITS: u32 = 24;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// Most servers that tokens can tell apart.
pub(crate) const MAX_SERVERS: usize = INDEX_MASK;

/// Wakes the poll when a thread has something; the token of no server's socket.
pub(crate) const WAKER: Token = Token(usize::MAX);

/// Makes the token of a server's socket.
pub(crate) const fn pack(id: ServerId, generation: u32) -> Token {
    Token(id.index() | (generation as usize) << INDEX_BITS)
}

/// The place of the server and the generation of its socket, as far as the token holds it.
pub(crate) fn unpack(token: Token) -> (usize, u32) {
    let generation = u32::try_from(token.0 >> INDEX_BITS & 0xffff_ffff).unwrap_or_default();
    (token.0 & INDEX_MASK, generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_back_server_and_generation() {
        for (index, generation) in [(0, 0), (7, 1), (16_777_214, u32::MAX)] {
            let id = ServerId::new(index, 3);
            assert_eq!(unpack(pack(id, generation)), (id.index(), generation));
        }
    }

    #[test]
    fn the_waker_is_no_server() {
        assert_eq!(unpack(WAKER).0, MAX_SERVERS);
    }
}
