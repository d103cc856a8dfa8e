//! Whose turn it is with what two threads work on: the caller's (the thread of the application) or the worker's.
//!
//! A plain mutex is not fair: whoever lets go of it and wants it again a moment later has it again, and under a flood the
//! worker always wants it. Here the worker does not come back before a caller who waits has had its turn, and is told
//! ([`Leave::is_wanted`]) in the midst of its work that one waits. The caller, who asks for short turns again and again, steps
//! back once the worker has waited for [`WORKER_PATIENCE`], but not for longer than [`COURTESY`].
//!
//! The worker never waits on the work itself, only for its turn, and that wait ends when everything does. So a caller who
//! jumped out of its turn (a fatal error of PHP unwinds nothing) holds up neither the worker's end nor whoever joins it.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long the worker waits before the caller steps back: far less than the 100 ms after which Asterisk cuts a session that
/// nobody reads.
const WORKER_PATIENCE: Duration = Duration::from_millis(2);

/// How long the caller steps back at most, where the machine has no time for the worker.
const COURTESY: Duration = Duration::from_millis(1);

/// Tells a worker in the midst of its turn that it is to end it soon.
#[derive(Debug, Default)]
pub(crate) struct Leave {
    /// The caller waits for its turn.
    wanted: AtomicBool,
    /// The caller waits for something to be told.
    asleep: AtomicBool,
}

impl Leave {
    /// Whether the caller waits for its turn.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Whether the caller waits for something to be told.
    pub(crate) fn is_asleep(&self) -> bool {
        self.asleep.load(Ordering::Relaxed)
    }

    pub(crate) fn set_asleep(&self, is_asleep: bool) {
        self.asleep.store(is_asleep, Ordering::Relaxed);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Nobody,
    Caller,
    Worker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Wants nothing, or has its turn.
    Content,
    /// Lets the worker go first.
    StepsBack,
    /// Is next.
    Waits,
}

#[derive(Debug)]
struct State {
    holder: Holder,
    caller: Caller,
    worker_waits: Option<Instant>,
    is_over: bool,
}

/// Something that a caller and a worker take turns with.
#[derive(Debug)]
pub(crate) struct Turns<T> {
    state: Mutex<State>,
    for_caller: Condvar,
    for_worker: Condvar,
    leave: Arc<Leave>,
    courtesy: Duration,
    /// Locked by whose turn it is, so never waited for.
    work: Mutex<T>,
}

/// Nothing panics while it holds one of these locks but work, which is given up then.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Turns<T> {
    pub(crate) fn new(work: T, leave: Arc<Leave>) -> Self {
        let state = State { holder: Holder::Nobody, caller: Caller::Content, worker_waits: None, is_over: false };
        Self {
            state: Mutex::new(state),
            for_caller: Condvar::new(),
            for_worker: Condvar::new(),
            leave,
            courtesy: COURTESY,
            work: Mutex::new(work),
        }
    }

    /// The caller's turn, waited for as short as can be. `None`: it has it already.
    pub(crate) fn caller(&self) -> Option<Turn<'_, T>> {
        let mut state = lock(&self.state);
        if state.holder == Holder::Caller {
            return None;
        }
        let is_owed = state.worker_waits.is_some_and(|since| since.elapsed() >= WORKER_PATIENCE);
        if state.holder == Holder::Worker || is_owed {
            state.caller = if is_owed { Caller::StepsBack } else { Caller::Waits };
            self.leave.wanted.store(true, Ordering::Relaxed);
            while state.holder != Holder::Nobody || state.caller == Caller::StepsBack {
                let (again, waited) =
                    self.for_caller.wait_timeout(state, self.courtesy).unwrap_or_else(PoisonError::into_inner);
                state = again;
                if waited.timed_out() && state.caller == Caller::StepsBack {
                    state.caller = Caller::Waits;
                }
            }
            self.leave.wanted.store(false, Ordering::Relaxed);
            state.caller = Caller::Content;
        }
        state.holder = Holder::Caller;
        drop(state);
        Some(Turn { work: lock(&self.work), pass: PassOn(self) })
    }

    /// The worker's turn, whenever the caller leaves room. `None`: it is over.
    pub(crate) fn worker(&self) -> Option<Turn<'_, T>> {
        let mut state = lock(&self.state);
        while !state.is_over && (state.holder != Holder::Nobody || state.caller == Caller::Waits) {
            if state.worker_waits.is_none() {
                state.worker_waits = Some(Instant::now());
            }
            state = self.for_worker.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.worker_waits = None;
        if state.is_over {
            return None;
        }
        if state.caller == Caller::StepsBack {
            state.caller = Caller::Waits;
        }
        state.holder = Holder::Worker;
        drop(state);
        Some(Turn { work: lock(&self.work), pass: PassOn(self) })
    }

    /// From now on the worker gets no more turns.
    pub(crate) fn end(&self) {
        lock(&self.state).is_over = true;
        // It leaves the turn that it has early.
        self.leave.wanted.store(true, Ordering::Relaxed);
        self.for_worker.notify_all();
    }

    /// Whether the worker gets no more turns.
    pub(crate) fn is_over(&self) -> bool {
        lock(&self.state).is_over
    }

    /// The worker has gone, and another may come.
    pub(crate) fn begin(&self) {
        let mut state = lock(&self.state);
        state.is_over = false;
        state.worker_waits = None;
        self.leave.wanted.store(false, Ordering::Relaxed);
    }

    /// Takes the caller's turn without the work, for as long as the process is copied. Tells whether it was free to take.
    pub(crate) fn pause(&self) -> bool {
        let Some(turn) = self.caller() else { return false };
        turn.keep();
        true
    }

    /// Ends what [`Turns::pause`] has begun.
    pub(crate) fn resume(&self) {
        self.pass_on();
    }

    /// The work, where there is no worker and the state of whose turn it is may be that of another process.
    pub(crate) fn alone(&self) -> Option<MutexGuard<'_, T>> {
        self.work.try_lock().ok()
    }

    fn pass_on(&self) {
        let mut state = lock(&self.state);
        let was = std::mem::replace(&mut state.holder, Holder::Nobody);
        let (worker, caller) = (state.worker_waits.is_some(), state.caller != Caller::Content);
        drop(state);
        if was == Holder::Caller && worker {
            self.for_worker.notify_one();
        }
        if was == Holder::Worker && caller {
            self.for_caller.notify_one();
        }
    }
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a, T> {
    // Dropped in this order: the other side must not hear that it may take the work before it can.
    work: MutexGuard<'a, T>,
    pass: PassOn<'a, T>,
}

#[derive(Debug)]
struct PassOn<'a, T>(&'a Turns<T>);

impl<T> Drop for PassOn<'_, T> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

impl<T> Turn<'_, T> {
    /// Lets go of the work and keeps the turn.
    fn keep(self) {
        let Self { work, pass } = self;
        drop(work);
        std::mem::forget(pass);
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.work
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.work
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::thread;

    /// Only a failing test waits so long.
    const LONG: Duration = Duration::from_secs(20);

    fn turns() -> Turns<Vec<&'static str>> {
        Turns::new(Vec::new(), Arc::default())
    }

    fn until(holds: impl Fn() -> bool) {
        let end = Instant::now() + LONG;
        while !holds() {
            assert!(Instant::now() < end, "not in time");
            thread::yield_now();
        }
    }

    #[test]
    fn a_worker_does_not_come_back_before_a_caller_that_waits_has_had_its_turn() {
        let turns = turns();
        let working = turns.worker().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| turns.caller().unwrap().push("caller"));
            until(|| turns.leave.is_wanted());
            drop(working);
            turns.worker().unwrap().push("worker");
        });
        assert_eq!(*turns.caller().unwrap(), ["caller", "worker"]);
        assert!(!turns.leave.is_wanted());
    }

    #[test]
    fn a_caller_who_comes_again_and_again_steps_back_for_a_worker_that_has_waited() {
        let turns = Turns { courtesy: LONG, ..turns() };
        let calling = turns.caller().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| turns.worker().unwrap().push("worker"));
            until(|| lock(&turns.state).worker_waits.is_some());
            lock(&turns.state).worker_waits = Instant::now().checked_sub(WORKER_PATIENCE);
            drop(calling);
            turns.caller().unwrap().push("caller");
        });
        assert_eq!(*turns.caller().unwrap(), ["worker", "caller"]);
    }

    #[test]
    fn a_caller_does_not_step_back_for_long() {
        let turns = turns();
        lock(&turns.state).worker_waits = Instant::now().checked_sub(WORKER_PATIENCE);
        assert!(turns.caller().is_some());
    }

    #[test]
    fn a_turn_that_was_never_given_back_holds_up_neither_the_end_nor_its_holder() {
        let turns = turns();
        std::mem::forget(turns.caller().unwrap());
        assert!(turns.caller().is_none());
        thread::scope(|scope| {
            let worker = scope.spawn(|| turns.worker().is_none());
            until(|| lock(&turns.state).worker_waits.is_some());
            turns.end();
            assert!(worker.join().unwrap());
        });
    }

    #[test]
    fn a_worker_in_the_midst_of_its_turn_hears_of_the_end_and_gets_no_other() {
        let turns = turns();
        let working = turns.worker().unwrap();
        turns.end();
        assert!(turns.leave.is_wanted());
        drop(working);
        assert!(turns.worker().is_none());
        turns.begin();
        assert!(turns.worker().is_some());
    }

    #[test]
    fn what_is_paused_for_a_copy_is_whole_and_free_in_it() {
        let turns = turns();
        assert!(turns.pause());
        assert!(turns.alone().is_some() && turns.caller().is_none());
        turns.resume();
        let working = turns.worker().unwrap();
        assert!(turns.alone().is_none());
        drop(working);
        assert!(turns.caller().is_some());
    }
}
