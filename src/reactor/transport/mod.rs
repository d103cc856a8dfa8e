//! One connection: a socket, with TLS on it or without.

mod tcp;
mod tls;

pub(crate) use tcp::{ReadOutcome, Tcp, WriteOutcome};
pub(crate) use tls::{Handshake, Tls};

use mio::Registry;

/// A connection. Which kind it is costs one branch a call; both read into the same buffer.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Bytes as they are.
    Tcp(Tcp),
    /// Encrypted. Boxed, as what rustls holds for a session is large.
    Tls(Box<Tls>),
}

impl Transport {
    /// The socket.
    pub(crate) const fn tcp(&self) -> &Tcp {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Tls(tls) => &tls.tcp,
        }
    }

    /// The socket.
    pub(crate) const fn tcp_mut(&mut self) -> &mut Tcp {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::Tls(tls) => &mut tls.tcp,
        }
    }

    /// Whether AMI can be spoken.
    pub(crate) const fn is_open(&self) -> bool {
        match self {
            Self::Tcp(tcp) => tcp.is_open,
            Self::Tls(tls) => tls.is_open(),
        }
    }

    /// Whether bytes that were taken by [`Transport::write`] wait for the socket.
    pub(crate) fn has_unsent(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            Self::Tls(tls) => tls.has_unsent(),
        }
    }

    /// The handshake, while there is one to be made.
    pub(crate) fn handshake(&mut self) -> Option<&mut Tls> {
        match self {
            Self::Tls(tls) if tls.tcp.is_open && !tls.is_open() => Some(tls),
            _ => None,
        }
    }

    /// The poll has told that there is something to read, which it does once.
    pub(crate) const fn note_readable(&mut self) {
        if let Self::Tls(tls) = self {
            tls.note_readable();
        }
    }

    /// Reads what there is, once.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> ReadOutcome {
        match self {
            Self::Tcp(tcp) => tcp.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }

    /// Writes what the kernel takes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> WriteOutcome {
        match self {
            Self::Tcp(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    /// Ends it, and takes the socket out of the poll before it is closed.
    pub(crate) fn close(&mut self, registry: &Registry) {
        if let Self::Tls(tls) = self {
            tls.say_goodbye();
        }
        self.tcp_mut().deregister(registry);
    }
}
