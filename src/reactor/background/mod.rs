//! A thread that reads and writes the sockets while the application is busy with something else.
//!
//! Asterisk ends a session of which a write does not get on for 100 ms, and a listener that waits for a database takes
//! longer. So a [`Reactor`] may be shared: a thread waits on a duplicate of its poll's descriptor, as a foreign event loop
//! would, and ticks it in turns (`turns.rs`) with the application. What the application asks for goes to the same reactor,
//! within its own turn; so neither the core nor those who command it know of the thread. The application's ticks wait for
//! what there is to tell, and tell it.
//!
//! The thread is started when there is first something to do for a socket, is told of what is due sooner than it
//! sleeps by the reactor's own bell, and ends when it is told to. It has all signals blocked and calls nothing of
//! the application's. The price: a wake-up between the arrival of a message and its listener, and a turn to wait for, which is
//! as long as the thread takes for some messages.

mod desk;
mod forks;
mod turns;
mod worker;

pub use forks::{after_fork_in_child, after_fork_in_parent, before_fork};
pub(crate) use turns::Leave;
pub use worker::panics;

use crate::clock::Clock;
use crate::driver::Unavailable;
use crate::foreign::Wire;
use crate::reactor::{MAX_WAIT, Reactor, Ticked};
use crate::token::WAKER;
use ami_core::cluster::ServerId;
use desk::Desk;
use mio::{Events, Poll, Waker};
use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;
use turns::Turn;
use worker::{Failure, Shared};

/// The bell and the wire of signals.
const WAKERS: usize = 2;

/// The application's side of a reactor that a thread drives.
#[derive(Debug)]
pub(crate) struct Background {
    shared: Arc<Shared<Desk>>,
    /// What the application waits with.
    waiter: RefCell<(Poll, Events)>,
    bell: Arc<Waker>,
    news: Arc<AtomicBool>,
    /// What the thread waits on, and what ends that.
    readiness: OwnedFd,
    thread_bell: Arc<Waker>,
    thread: RefCell<Option<JoinHandle<()>>>,
    /// The reactor's, which needs no turn.
    clock: Clock,
    is_gone: Cell<bool>,
}

impl Background {
    /// Shares a reactor. There is no thread yet.
    pub(crate) fn new(mut reactor: Reactor) -> io::Result<Self> {
        let (readiness, thread_bell) = (reactor.readiness()?, reactor.bell()?);
        let (poll, clock) = (Poll::new()?, *reactor.clock());
        let bell = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let (leave, news) = (Arc::new(Leave::default()), Arc::new(AtomicBool::new(false)));
        let desk = Desk::new(reactor, Arc::clone(&leave), Arc::clone(&bell), Arc::clone(&news));
        let shared = Arc::new(Shared::new(desk, leave));
        forks::register(&shared);
        let this = Self {
            shared,
            waiter: RefCell::new((poll, Events::with_capacity(WAKERS))),
            bell,
            news,
            readiness,
            thread_bell,
            thread: RefCell::new(None),
            clock,
            is_gone: Cell::new(false),
        };
        Ok(this)
    }

    /// The application's turn.
    pub(crate) fn seat(&self) -> Result<Seat<'_>, Unavailable> {
        if self.is_gone.get() {
            return Err(Unavailable::Busy);
        }
        if self.is_elsewhere() {
            let desk = self.shared.turns.alone().ok_or(Unavailable::Busy)?;
            return Ok(Seat { desk: Hold::Alone(desk), background: self, is_touched: false });
        }
        if let Some(words) = self.shared.panic() {
            return Err(Unavailable::Panicked(words));
        }
        let desk = self.shared.turns.caller().ok_or(Unavailable::Busy)?;
        Ok(Seat { desk: Hold::Turn(desk), background: self, is_touched: false })
    }

    /// Waits for something to tell, at most that long. What is told is taken out by the application afterwards.
    pub(crate) fn tick(&self, timeout: Duration, only: Option<ServerId>) -> Result<Ticked, Unavailable> {
        let waits = {
            let mut seat = self.seat()?;
            let desk = seat.desk_mut();
            desk.reactor.cluster_mut().begin_dispatch();
            desk.reactor.carry_out_commands();
            let waits = !timeout.is_zero() && !desk.has_to_tell(only);
            desk.look();
            if waits {
                desk.expect(only);
            }
            waits
        };
        self.check_thread()?;
        // Also without a wait, so that a loop which watches is not told of what is being told.
        let ticked = self.wait(if waits { timeout.min(MAX_WAIT) } else { Duration::ZERO })?;
        if waits {
            self.check_thread()?;
            self.seat()?.desk_mut().look();
        }
        Ok(ticked)
    }

    fn wait(&self, timeout: Duration) -> Result<Ticked, Unavailable> {
        let mut waiter = self.waiter.try_borrow_mut().map_err(|_| Unavailable::Busy)?;
        let (poll, events) = &mut *waiter;
        match poll.poll(events, Some(timeout)) {
            Ok(()) => Ok(Ticked { interrupted: false, woke: self.clock.instant() }),
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                Ok(Ticked { interrupted: true, woke: self.clock.instant() })
            }
            Err(error) => Err(Unavailable::Poll(error.to_string())),
        }
    }

    /// Whether there may be something besides events to tell, without a turn.
    pub(crate) fn has_news(&self) -> bool {
        self.news.load(Ordering::Relaxed)
    }

    /// A descriptor that is readable when there is something to tell, once [`Seat::rest`] was called.
    pub(crate) fn readiness(&self) -> io::Result<OwnedFd> {
        let waiter = self.waiter.try_borrow().map_err(io::Error::other)?;
        waiter.0.registry().as_fd().try_clone_to_owned()
    }

    /// Has a wire end the application's waits.
    pub(crate) fn watch(&self, wire: &Wire) -> io::Result<()> {
        let waiter = self.waiter.try_borrow().map_err(io::Error::other)?;
        wire.register(waiter.0.registry())
    }

    /// Ends the thread, and waits for that. The next thing to do starts another one.
    pub(crate) fn stop(&self) {
        if self.is_elsewhere() {
            return;
        }
        let Some(thread) = self.thread.take() else { return };
        self.shared.turns.end();
        // Where it fails, there is no poll that the thread could wait on.
        let _ = self.thread_bell.wake();
        // It catches its panics.
        let _ = thread.join();
        if let Some(mut desk) = self.shared.turns.caller() {
            desk.forget_thread();
        }
    }

    /// Ends everything: the thread, and the sockets with it.
    pub(crate) fn let_go(&self) {
        self.stop();
        if !self.is_gone.replace(true)
            && let Some(mut desk) = self.shared.turns.caller()
        {
            desk.reactor.clear();
        }
    }

    /// In a forked child: leaves everything as it is, for it is the parent's.
    pub(crate) fn forget(&self) {
        if !self.is_gone.replace(true) {
            std::mem::forget((self.thread.take(), Arc::clone(&self.shared)));
        }
    }

    /// Whether this is another process than that of the thread.
    fn is_elsewhere(&self) -> bool {
        self.shared.forks != forks::count()
    }

    fn is_running(&self) -> bool {
        self.thread.borrow().as_ref().is_some_and(|thread| !thread.is_finished())
    }

    fn start(&self) {
        let started = self.readiness.try_clone().and_then(|readiness| self.shared.start(readiness));
        match started {
            // One that was there before has ended by itself.
            Ok(thread) => drop(self.thread.replace(Some(thread))),
            Err(error) => self.shared.fail(Failure::Passing(format!("no thread could be started: {error}"))),
        }
    }

    fn check_thread(&self) -> Result<(), Unavailable> {
        match self.shared.take_failure() {
            None => Ok(()),
            Some(Failure::Passing(words)) => Err(Unavailable::Poll(words)),
            Some(Failure::Panic(words)) => Err(Unavailable::Panicked(words)),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if self.is_elsewhere() {
            self.forget();
        } else {
            self.let_go();
        }
    }
}

#[derive(Debug)]
enum Hold<'a> {
    Turn(Turn<'a, Desk>),
    /// In a forked child, where nobody takes turns.
    Alone(MutexGuard<'a, Desk>),
}

/// The application's turn with the reactor. When it ends, the thread hears of what is due sooner than it knows.
#[derive(Debug)]
pub struct Seat<'a> {
    desk: Hold<'a>,
    background: &'a Background,
    is_touched: bool,
}

impl Seat<'_> {
    fn desk(&self) -> &Desk {
        match &self.desk {
            Hold::Turn(desk) => desk,
            Hold::Alone(desk) => desk,
        }
    }

    fn desk_mut(&mut self) -> &mut Desk {
        self.is_touched = true;
        match &mut self.desk {
            Hold::Turn(desk) => desk,
            Hold::Alone(desk) => desk,
        }
    }

    /// How long another loop may sleep. `None` where nothing is open and nothing waits; else it ticks in a while, though
    /// the thread needs that for nothing.
    pub(crate) fn until_due(&self) -> Option<Duration> {
        let desk = self.desk();
        if desk.has_to_tell(None) {
            return Some(Duration::ZERO);
        }
        let due = desk.reactor.cluster().next_deadline()?;
        Some(due.since(desk.reactor.now().instant).max(MAX_WAIT))
    }

    /// From now on [`Background::readiness`] is readable when there is something to tell.
    pub(crate) fn rest(&mut self) {
        let desk = self.desk_mut();
        desk.expect(None);
        desk.ring();
    }

    /// Makes [`Background::readiness`] readable.
    pub(crate) fn wake(&self) -> io::Result<()> {
        self.background.bell.wake()
    }
}

impl Deref for Seat<'_> {
    type Target = Reactor;

    fn deref(&self) -> &Reactor {
        &self.desk().reactor
    }
}

impl DerefMut for Seat<'_> {
    fn deref_mut(&mut self) -> &mut Reactor {
        &mut self.desk_mut().reactor
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let Hold::Turn(desk) = &mut self.desk else { return };
        if !self.is_touched {
            return;
        }
        let is_running = self.background.is_running();
        if !is_running {
            desk.forget_thread();
        }
        if !desk.end_turn() {
            return;
        }
        if is_running {
            // Where it fails, there is no poll that the thread could wait on.
            let _ = self.background.thread_bell.wake();
        } else {
            self.background.start();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use ami_core::config::ClientOptions;

    fn background() -> Background {
        Background::new(Reactor::new(Arc::new(ClientOptions::default())).unwrap()).unwrap()
    }

    #[test]
    fn after_a_panic_every_call_says_so_and_nobody_hangs() {
        let background = background();
        background.shared.fail(Failure::Panic("on purpose".to_owned()));
        for _ in 0..2 {
            let panicked = Unavailable::Panicked("on purpose".to_owned());
            assert_eq!(background.seat().map(drop), Err(panicked.clone()));
            assert_eq!(background.tick(MAX_WAIT, None), Err(panicked));
        }
        background.let_go();
        assert_eq!(background.seat().map(drop), Err(Unavailable::Busy));
    }

    #[test]
    fn a_thread_that_could_not_go_on_is_told_by_one_tick_and_another_one_may_come() {
        let background = background();
        background.shared.fail(Failure::Passing("no thread".to_owned()));
        assert!(background.seat().is_ok());
        assert_eq!(background.tick(Duration::ZERO, None), Err(Unavailable::Poll("no thread".to_owned())));
        assert!(background.tick(Duration::ZERO, None).is_ok());
    }

    #[test]
    fn a_turn_within_a_turn_is_refused_instead_of_waited_for() {
        let background = background();
        let seat = background.seat().unwrap();
        assert_eq!(background.seat().map(drop), Err(Unavailable::Busy));
        drop(seat);
        assert!(background.seat().is_ok());
    }
}
