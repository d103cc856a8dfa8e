//! What the thread does: wait without a turn, take its turn, work, and again.

use super::turns::{Leave, Turns};
use crate::resolve::without_signals;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::any::Any;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Threads that a panic has ended, in this process.
static PANICS: AtomicU64 = AtomicU64::new(0);

/// How many background threads a panic has ended since the process began.
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// What is done in turns.
pub(crate) trait Work: Send + 'static {
    /// Does everything that can be done now. So much of the time since the last turn was spent waiting for it.
    fn work(&mut self, waited: Duration) -> io::Result<()>;

    /// How long until there is something to do again, if the descriptor does not become readable before; `None` is for
    /// ever. Called at the end of each turn.
    fn until_due(&mut self) -> Option<Duration>;

    /// Tells those who wait that the thread has ended before its time.
    fn tell_end(&self);
}

/// Why a thread ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It could not be started, or the poll failed: another one may do better.
    Passing(String),
    /// It panicked in the midst of its work, which nobody can trust any more.
    Panic(String),
}

/// What both sides know.
#[derive(Debug)]
pub(crate) struct Shared<W> {
    pub(crate) turns: Turns<W>,
    /// Forks between the process that loaded this and the one that made this.
    pub(crate) forks: u32,
    failure: Mutex<Option<Failure>>,
    has_failed: AtomicBool,
}

impl<W: Work> Shared<W> {
    pub(crate) fn new(work: W, leave: Arc<Leave>) -> Self {
        let (failure, has_failed) = (Mutex::new(None), AtomicBool::new(false));
        Self { turns: Turns::new(work, leave), forks: super::forks::count(), failure, has_failed }
    }

    pub(crate) fn fail(&self, failure: Failure) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        self.has_failed.store(true, Ordering::Release);
    }

    /// What a panic of the thread said.
    pub(crate) fn panic(&self) -> Option<String> {
        if !self.has_failed.load(Ordering::Acquire) {
            return None;
        }
        match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Failure::Panic(words)) => Some(words.clone()),
            _ => None,
        }
    }

    /// What ended the thread; told once where another one may do better.
    pub(crate) fn take_failure(&self) -> Option<Failure> {
        if !self.has_failed.load(Ordering::Acquire) {
            return None;
        }
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        match &*failure {
            Some(Failure::Passing(_)) => failure.take(),
            other => other.clone(),
        }
    }

    /// Starts a thread that works until it is told to end.
    pub(crate) fn start(self: &Arc<Self>, readiness: OwnedFd) -> io::Result<JoinHandle<()>> {
        self.turns.begin();
        let shared = Arc::clone(self);
        without_signals(|| Builder::new().name("apn-ami".to_owned()).spawn(move || shared.run(&readiness)))
    }

    fn run(&self, readiness: &OwnedFd) {
        // After a panic nobody gets at the work again, whatever it was in the midst of.
        match catch_unwind(AssertUnwindSafe(|| self.work_on(readiness))) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => self.fail(Failure::Passing(format!("the sockets could not be polled: {error}"))),
            Err(panic) => {
                PANICS.fetch_add(1, Ordering::Relaxed);
                self.fail(Failure::Panic(words(&*panic)));
            }
        }
        if let Some(work) = self.turns.worker() {
            work.tell_end();
        }
    }

    fn work_on(&self, readiness: &OwnedFd) -> io::Result<()> {
        let mut waited = Duration::ZERO;
        while let Some(mut work) = self.turns.worker() {
            work.work(waited)?;
            let due = work.until_due();
            drop(work);
            // The bell of an end that came in this turn was taken with all other readiness.
            if self.turns.is_over() {
                break;
            }
            let began = Instant::now();
            wait(readiness, due)?;
            waited = began.elapsed();
        }
        Ok(())
    }
}

/// Waits until the descriptor is readable. Rounded up: a millisecond early would find nothing to do.
fn wait(readiness: &OwnedFd, at_most: Option<Duration>) -> io::Result<()> {
    let timeout = match at_most {
        Some(Duration::ZERO) => return Ok(()),
        // Longer than 49 days is cut, and found to be too early.
        Some(time) => PollTimeout::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(PollTimeout::MAX),
        None => PollTimeout::NONE,
    };
    match poll(&mut [PollFd::new(readiness.as_fd(), PollFlags::POLLIN)], timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it said nothing".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{Sender, channel};

    /// Does what it is told, once, and says so.
    struct Task<A> {
        act: A,
        told: Sender<&'static str>,
    }

    impl<A: FnMut() -> io::Result<()> + Send + 'static> Work for Task<A> {
        fn work(&mut self, _: Duration) -> io::Result<()> {
            let done = (self.act)();
            let _ = self.told.send("worked");
            done
        }

        fn until_due(&mut self) -> Option<Duration> {
            None
        }

        fn tell_end(&self) {
            let _ = self.told.send("ended");
        }
    }

    /// Runs a thread until it ends by itself.
    fn failure_of(act: impl FnMut() -> io::Result<()> + Send + 'static) -> (Vec<&'static str>, Option<Failure>) {
        let (told, heard) = channel();
        let shared = Arc::new(Shared::new(Task { act, told }, Arc::default()));
        let (readiness, _other) = UnixStream::pair().unwrap();
        shared.start(readiness.into()).unwrap().join().unwrap();
        (heard.try_iter().collect(), shared.take_failure())
    }

    #[test]
    fn a_panic_ends_the_thread_alone_and_is_told_and_counted() {
        let before = panics();
        let (heard, failure) = failure_of(|| panic!("on purpose"));
        assert_eq!((heard, failure), (vec!["ended"], Some(Failure::Panic("on purpose".to_owned()))));
        assert_eq!(panics(), before + 1);
    }

    #[test]
    fn a_poll_that_fails_ends_the_thread_and_is_told_once() {
        let (heard, failure) = failure_of(|| Err(io::Error::from_raw_os_error(9)));
        assert_eq!(heard, ["worked", "ended"]);
        assert!(
            matches!(failure, Some(Failure::Passing(words)) if words.starts_with("the sockets could not be polled:"))
        );
    }

    #[test]
    fn a_thread_that_waits_for_ever_wakes_and_ends_when_it_is_told() {
        let (told, heard) = channel();
        let shared = Arc::new(Shared::new(Task { act: || Ok(()), told }, Arc::default()));
        let (readiness, other) = UnixStream::pair().unwrap();
        let thread = shared.start(readiness.into()).unwrap();
        assert_eq!(heard.recv().unwrap(), "worked");
        io::Write::write_all(&mut &other, b"!").unwrap();
        assert_eq!(heard.recv().unwrap(), "worked", "it is readable");
        shared.turns.end();
        thread.join().unwrap();
        assert_eq!(shared.take_failure(), None);
    }
}
