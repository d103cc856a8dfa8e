//! A TCP socket that never blocks.

use ami_core::correlation::TlsFailure;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

/// What a read came to.
#[derive(Debug)]
pub(crate) enum ReadOutcome {
    /// That many bytes, and whether the socket is empty now.
    Bytes(usize, bool),
    /// Nothing until the socket is readable again.
    Empty,
    /// Something came that gives nothing yet, and more waits: it is for the next tick.
    Unread,
    /// The other side has ended.
    End,
    /// The socket broke.
    Broken(io::Error),
    /// TLS did.
    Failed(TlsFailure),
}

/// What a write came to.
#[derive(Debug)]
pub(crate) enum WriteOutcome {
    /// That many bytes.
    Bytes(usize),
    /// Nothing until the socket is writable again.
    Full,
    /// The socket broke. What the other side had sent before may still be read.
    Broken,
}

/// A socket and what is known of its readiness. Readiness is told once, at its edge, and so must be kept.
#[derive(Debug)]
pub(crate) struct Tcp {
    stream: TcpStream,
    /// Whether the connection is confirmed.
    pub(crate) is_open: bool,
    /// The kernel's buffer was full at the last write.
    pub(crate) is_full: bool,
    /// The kernel said that no more will come: an empty read is then an end, not a pause.
    pub(crate) read_closed: bool,
}

impl Tcp {
    /// Begins to connect. The socket becomes writable when it stands or has failed.
    pub(crate) fn connect(address: SocketAddr, registry: &Registry, token: Token) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { stream, is_open: false, is_full: false, read_closed: false })
    }

    /// Asks the socket itself whether it stands: `Ok(false)` means not yet.
    pub(crate) fn confirm(&mut self) -> io::Result<bool> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        match self.stream.peer_addr() {
            Ok(_) => {
                self.is_open = true;
                // Actions are small and wait for answers: Nagle's algorithm would hold them back.
                self.stream.set_nodelay(true)?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads what there is, once.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> ReadOutcome {
        loop {
            return match self.stream.read(buffer) {
                Ok(0) => ReadOutcome::End,
                // A read that did not fill its room emptied the socket, unless its end is waiting behind.
                Ok(count) => ReadOutcome::Bytes(count, count < buffer.len() && !self.read_closed),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => ReadOutcome::Empty,
                    ErrorKind::Interrupted => continue,
                    _ => ReadOutcome::Broken(error),
                },
            };
        }
    }

    /// Writes what the kernel takes, once.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> WriteOutcome {
        loop {
            return match self.stream.write(bytes) {
                Ok(count) => WriteOutcome::Bytes(count),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => {
                        self.is_full = true;
                        WriteOutcome::Full
                    }
                    ErrorKind::Interrupted => continue,
                    _ => WriteOutcome::Broken,
                },
            };
        }
    }

    /// Takes the socket out of the poll before it is closed.
    pub(crate) fn deregister(&mut self, registry: &Registry) {
        // It fails only for a socket that is not there any more, which is what is wanted.
        let _ = registry.deregister(&mut self.stream);
    }
}
