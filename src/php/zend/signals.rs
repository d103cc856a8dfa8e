//! Signal handlers that set a flag and end the waits of ticks. They never end the process.
//!
//! They stand in the place of whatever handled the signal before, which comes back when the last manager lets the signal
//! go, unless somebody else has taken it since. A child that a fork made handles signals as its parent did before: nobody
//! there would look at the flags.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use ami_reactor::Wire;
use libc::{c_int, sigaction};

/// Signals above are those of real time, which the C library uses itself.
pub(crate) const LAST_SIGNAL: c_int = 31;

const COUNT: usize = 32;

/// How often each signal has come.
static ARRIVED: [AtomicU32; COUNT] = [const { AtomicU32::new(0) }; COUNT];

/// What handlers pull. It is never freed, since a handler may hold it.
static WIRE: AtomicPtr<Wire> = AtomicPtr::new(ptr::null_mut());

/// By signal: how many hold it, and what handled it before.
static HELD: Mutex<[Option<(usize, sigaction)>; COUNT]> = Mutex::new([None; COUNT]);

/// A signal that is handled here for as long as this lives.
#[derive(Debug)]
pub(crate) struct Caught {
    signal: c_int,
    place: usize,
    generation: u32,
}

impl Caught {
    /// Handles a signal from now on, in the place of what handled it until now.
    pub(crate) fn new(signal: c_int) -> io::Result<Self> {
        let place = usize::try_from(signal).ok().filter(|place| (1..COUNT).contains(place));
        let Some(place) = place else { return Err(io::Error::from(io::ErrorKind::InvalidInput)) };
        let mut held = HELD.lock().map_err(|_| io::Error::other("a lock is poisoned"))?;
        let before = install(signal)?;
        if let Some(entry) = held.get_mut(place) {
            *entry = match *entry {
                Some((holders, known)) => Some((holders + 1, if is_ours(&before) { known } else { before })),
                None => Some((1, before)),
            };
        }
        Ok(Self { signal, place, generation: super::process_generation() })
    }

    /// The number of the signal.
    pub(crate) const fn signal(&self) -> c_int {
        self.signal
    }

    /// How often it has come, to anybody, ever.
    pub(crate) fn arrivals(&self) -> u32 {
        ARRIVED.get(self.place).map_or(0, |count| count.load(Ordering::Acquire))
    }
}

impl Drop for Caught {
    fn drop(&mut self) {
        // The child's signals were given back when it was made.
        if self.generation != super::process_generation() {
            return;
        }
        let Ok(mut held) = HELD.lock() else { return };
        let Some(entry) = held.get_mut(self.place) else { return };
        *entry = match *entry {
            Some((holders, before)) if holders > 1 => Some((holders - 1, before)),
            Some((_, before)) => {
                give_back(self.signal, &before);
                None
            }
            None => None,
        };
    }
}

/// The wire that a handler pulls: a reactor that is to be woken watches it.
pub(crate) fn wire() -> io::Result<&'static Wire> {
    static OWNER: AtomicU32 = AtomicU32::new(u32::MAX);
    let generation = super::process_generation();
    // Two threads of PHP may ask at once, and whoever watches the wire of the one that came first would never be woken.
    let _held = HELD.lock().map_err(|_| io::Error::other("a lock is poisoned"))?;
    // A child has to have one of its own: that of its parent would wake the parent.
    if OWNER.load(Ordering::Relaxed) != generation {
        WIRE.store(Box::into_raw(Box::new(Wire::new()?)), Ordering::Release);
        OWNER.store(generation, Ordering::Relaxed);
    }
    // SAFETY: never freed once it is there.
    unsafe { WIRE.load(Ordering::Acquire).as_ref() }.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}

/// In the child of a fork: gives back all signals. What it calls may be called there.
pub(super) fn give_all_back() {
    // The thread that forked cannot have been within it, but another one might.
    let Ok(mut held) = HELD.try_lock() else { return };
    for (signal, entry) in (0..).zip(held.iter_mut()) {
        if let Some((_, before)) = entry.take() {
            give_back(signal, &before);
        }
    }
}

/// Runs at any time, between any two instructions: an atomic, a write to a socket that never blocks, and nothing else.
extern "C" fn arrived(signal: c_int) {
    // SAFETY: `errno` is this thread's, and whatever was interrupted finds it as it was. The wire is never freed.
    unsafe {
        let errno = errno_location();
        let before = *errno;
        if let Some(count) = usize::try_from(signal).ok().and_then(|place| ARRIVED.get(place)) {
            count.fetch_add(1, Ordering::AcqRel);
        }
        if let Some(wire) = WIRE.load(Ordering::Acquire).as_ref() {
            wire.pull();
        }
        *errno = before;
    }
}

unsafe fn errno_location() -> *mut c_int {
    // SAFETY: the C library's own, under the name that it has there.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    unsafe {
        libc::__errno_location()
    }
    // SAFETY: as above.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    unsafe {
        libc::__error()
    }
}

fn handler() -> libc::sighandler_t {
    arrived as *const () as libc::sighandler_t
}

fn is_ours(action: &sigaction) -> bool {
    action.sa_sigaction == handler()
}

/// Returns what handled the signal before.
fn install(signal: c_int) -> io::Result<sigaction> {
    let mut before = MaybeUninit::<sigaction>::zeroed();
    // SAFETY: all zeroes is a valid `sigaction`; the mask is emptied as the standard asks; the call fills `before` when it
    // succeeds. System calls of others go on after the handler, as far as they can; waits for sockets end by it.
    unsafe {
        let mut action = MaybeUninit::<sigaction>::zeroed().assume_init();
        action.sa_sigaction = handler();
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut action.sa_mask);
        if sigaction(signal, &raw const action, before.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(before.assume_init())
    }
}

/// Gives a signal back, unless somebody else has taken it.
fn give_back(signal: c_int, before: &sigaction) {
    let mut current = MaybeUninit::<sigaction>::zeroed();
    // SAFETY: reads what is in force, and puts back what was.
    unsafe {
        if sigaction(signal, ptr::null(), current.as_mut_ptr()) == 0 && is_ours(&current.assume_init()) {
            sigaction(signal, before, ptr::null_mut());
        }
    }
}
