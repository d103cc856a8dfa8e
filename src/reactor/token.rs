//! Which socket a readiness belongs to.
//!
//! A server's sockets follow one another under the same id, so a token holds a generation too: readiness of a
//! socket that is gone says nothing about the next one.

use ami_core::cluster::ServerId;
use mio::Token;

/// Bits of the token that hold the server's index; the rest is the generation.
const INDEX_BITS: u32 = 24;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// Most servers that tokens can tell apart.
pub(crate) const MAX_SERVERS: usize = INDEX_MASK;

/// Makes the token of a server's socket.
pub(crate) const fn pack(id: ServerId, generation: u32) -> Token {
    Token(id.index() | (generation as usize) << INDEX_BITS)
}

/// The server's index and the generation of its socket, as far as the token holds it.
pub(crate) fn unpack(token: Token) -> (ServerId, u32) {
    let index = u32::try_from(token.0 & INDEX_MASK).unwrap_or_default();
    let generation = u32::try_from(token.0 >> INDEX_BITS & 0xffff_ffff).unwrap_or_default();
    (ServerId::from_index(index), generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_back_server_and_generation() {
        for (index, generation) in [(0, 0), (7, 1), (16_777_214, u32::MAX)] {
            let id = ServerId::from_index(index);
            assert_eq!(unpack(pack(id, generation)), (id, generation));
        }
    }
}
