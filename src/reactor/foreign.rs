//! What other event loops see of a reactor, and how its waits are ended from outside.
//!
//! The poll is a descriptor itself: it is readable as long as it holds readiness that no tick has taken. What it does not
//! show (bytes that are read and not parsed, queued events, deadlines) is what [`Reactor::until_due`] tells.

use crate::reactor::Reactor;
use crate::token::MAX_SERVERS;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token, Waker};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// The token of what ends a wait and belongs to no server: its index is one that no server has.
const BELL: Token = Token(MAX_SERVERS);

/// Two ends of a socket, for signal handlers: each [`Wire::pull`] wakes every reactor that watches it.
///
/// Nobody reads it as a rule, since several reactors may watch: readiness is told at its edge, so that a byte that stays
/// wakes nobody twice.
#[derive(Debug)]
pub struct Wire {
    watched: UnixStream,
    pulled: UnixStream,
}

impl Wire {
    /// A wire of which neither end blocks.
    pub fn new() -> io::Result<Self> {
        let (watched, pulled) = UnixStream::pair()?;
        watched.set_nonblocking(true)?;
        pulled.set_nonblocking(true)?;
        Ok(Self { watched, pulled })
    }

    /// Has it end the waits of a poll.
    pub(crate) fn register(&self, registry: &Registry) -> io::Result<()> {
        registry.register(&mut SourceFd(&self.watched.as_raw_fd()), BELL, Interest::READABLE)
    }

    /// Ends waits. Three system calls at most, and nothing else: a signal handler may do that.
    pub fn pull(&self) {
        if matches!((&self.pulled).write(b"!"), Err(error) if error.kind() == ErrorKind::WouldBlock) {
            // Full of bytes that have woken already: a new one needs room to be an edge.
            let _ = (&self.watched).read(&mut [0; 4_096]);
            let _ = (&self.pulled).write(b"!");
        }
    }
}

impl Reactor {
    /// A descriptor of its own that is readable when a tick would find a socket ready. It may outlive the reactor, and is
    /// never readable then. From now on [`Reactor::wake`] makes it readable, too.
    pub fn readiness(&mut self) -> io::Result<OwnedFd> {
        self.bell()?;
        self.poll.registry().as_fd().try_clone_to_owned()
    }

    /// What makes [`Reactor::readiness`] readable.
    pub(crate) fn bell(&mut self) -> io::Result<Arc<Waker>> {
        if let Some(bell) = &self.bell {
            return Ok(Arc::clone(bell));
        }
        let bell = self.resolver.waker(self.poll.registry())?;
        Ok(Arc::clone(self.bell.insert(bell)))
    }

    /// Makes [`Reactor::readiness`] readable until the next tick. Nothing where nobody asked for it.
    pub fn wake(&self) -> io::Result<()> {
        self.bell.as_ref().map_or(Ok(()), |bell| bell.wake())
    }

    /// Has a wire end waits. It has to stay open for as long as this reactor.
    pub fn watch(&mut self, wire: &Wire) -> io::Result<()> {
        wire.register(self.poll.registry())
    }
}
