//! Who drives a reactor: the ticks of the application, or a thread beside it.

use crate::background::{Background, Seat};
use crate::foreign::Wire;
use crate::reactor::{Reactor, Ticked};
use ami_core::cluster::ServerId;
use ami_core::config::Io;
use ami_core::time::UnixMicros;
use std::cell::{RefCell, RefMut};
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::OwnedFd;
use std::time::Duration;
use thiserror::Error;

/// Why a reactor cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unavailable {
    /// Somebody has it, and never gave it back; or it was let go.
    #[error("the client was left in the middle of a tick by a fatal error")]
    Busy,
    /// It cannot be polled, or nobody can be found to do so.
    #[error("{0}")]
    Poll(String),
    /// Its thread panicked in the midst of its work.
    #[error("the background thread has panicked: {0}; make another manager, and report this")]
    Panicked(String),
}

/// A reactor and who drives it.
#[derive(Debug)]
pub struct Driver(Mode);

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a manager")]
enum Mode {
    /// `None` when it was let go.
    Inline(RefCell<Option<Reactor>>),
    Background(Background),
}

impl Driver {
    /// Has a reactor driven as the option `io` says.
    pub fn new(reactor: Reactor) -> io::Result<Self> {
        Ok(Self(match reactor.cluster().options().io {
            Io::Inline => Mode::Inline(RefCell::new(Some(reactor))),
            Io::Background => Mode::Background(Background::new(reactor)?),
        }))
    }

    /// The reactor, for as long as none of the application's code is called.
    pub fn reactor(&self) -> Result<Guard<'_>, Unavailable> {
        match &self.0 {
            Mode::Inline(reactor) => {
                let reactor = reactor.try_borrow_mut().map_err(|_| Unavailable::Busy)?;
                let reactor = RefMut::filter_map(reactor, Option::as_mut);
                reactor.map(Guard::Inline).map_err(|_| Unavailable::Busy)
            }
            Mode::Background(background) => background.seat().map(Guard::Background),
        }
    }

    /// Whether a thread reads and writes.
    pub const fn is_background(&self) -> bool {
        matches!(self.0, Mode::Background(_))
    }

    /// Waits at most `timeout` for something to tell, doing the work of the sockets meanwhile if nobody else does.
    pub fn tick(&self, timeout: Duration, only: Option<ServerId>) -> Result<Ticked, Unavailable> {
        match &self.0 {
            Mode::Inline(_) => {
                let ticked = self.reactor()?.tick(timeout, only);
                ticked.map_err(|error| Unavailable::Poll(format!("the sockets could not be polled: {error}")))
            }
            Mode::Background(background) => background.tick(timeout, only),
        }
    }

    /// Whether there may be something besides events to tell. Costs next to nothing.
    pub fn has_news(&self) -> bool {
        match &self.0 {
            Mode::Inline(reactor) => reactor.try_borrow().map_or(true, |reactor| {
                // Without a reactor, whoever looks for the news is told why.
                reactor.as_ref().is_none_or(|reactor| reactor.cluster().has_news(None))
            }),
            Mode::Background(background) => background.has_news(),
        }
    }

    /// A descriptor of its own that is readable when a tick is due, for other loops; see [`Reactor::readiness`].
    pub fn readiness(&self) -> io::Result<OwnedFd> {
        match &self.0 {
            Mode::Inline(_) => self.reactor().map_err(io::Error::other)?.readiness(),
            Mode::Background(background) => background.readiness(),
        }
    }

    /// Has a wire end the waits of ticks; see [`Reactor::watch`].
    pub fn watch(&self, wire: &Wire) -> io::Result<()> {
        match &self.0 {
            Mode::Inline(_) => self.reactor().map_err(io::Error::other)?.watch(wire),
            Mode::Background(background) => background.watch(wire),
        }
    }

    /// Ends the thread, if there is one, until there is something to do again.
    pub fn stop(&self) {
        if let Mode::Background(background) = &self.0 {
            background.stop();
        }
    }

    /// Ends everything, sockets included.
    pub fn let_go(&self) {
        match &self.0 {
            Mode::Inline(reactor) => drop(reactor.try_borrow_mut().ok().and_then(|mut reactor| reactor.take())),
            Mode::Background(background) => background.let_go(),
        }
    }

    /// In a forked child, the sockets are the parent's: they are neither closed nor taken out of its poll.
    pub fn forget(&self) {
        match &self.0 {
            Mode::Inline(reactor) => {
                std::mem::forget(reactor.try_borrow_mut().ok().and_then(|mut reactor| reactor.take()));
            }
            Mode::Background(background) => background.forget(),
        }
    }
}

/// A reactor, until this is dropped.
#[derive(Debug)]
pub enum Guard<'a> {
    /// Nobody else wants it.
    Inline(RefMut<'a, Reactor>),
    /// A thread may wait for its turn.
    Background(Seat<'a>),
}

impl Guard<'_> {
    /// How long another loop may sleep, if the descriptor does not become readable before; `None` is for ever.
    pub fn until_due(&self) -> Option<Duration> {
        match self {
            Self::Inline(reactor) => reactor.until_due(),
            Self::Background(seat) => seat.until_due(),
        }
    }

    /// Makes the descriptor readable.
    pub fn wake(&self) -> io::Result<()> {
        match self {
            Self::Inline(reactor) => reactor.wake(),
            Self::Background(seat) => seat.wake(),
        }
    }

    /// The next tick waits for an answer to what was just sent. A thread that reads is woken in any case.
    pub fn expect_answer(&mut self) {
        if let Self::Inline(reactor) = self {
            reactor.expect_answer();
        }
    }

    /// Nobody ticks until the descriptor is readable.
    pub fn rest(&mut self) {
        if let Self::Background(seat) = self {
            seat.rest();
        }
    }

    /// What the application's clock shows now: for all that happens in this tick, or where a thread stamps what it reads, as
    /// what the system's clock is compared to until the next call.
    pub fn set_wall(&mut self, wall: Option<UnixMicros>) {
        match self {
            Self::Inline(reactor) => reactor.clock_mut().set_wall(wall),
            Self::Background(seat) => seat.clock_mut().follow_wall(wall),
        }
    }
}

impl Deref for Guard<'_> {
    type Target = Reactor;

    fn deref(&self) -> &Reactor {
        match self {
            Self::Inline(reactor) => reactor,
            Self::Background(seat) => seat,
        }
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Reactor {
        match self {
            Self::Inline(reactor) => reactor,
            Self::Background(seat) => seat,
        }
    }
}
