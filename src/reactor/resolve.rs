//! Host names, looked up outside of the ticks.
//!
//! What the system looks names up with blocks, for half a minute where a DNS server is dead. So each lookup under way
//! has a thread of its own, which asks, hands over the answer, wakes the poll and ends: a name that hangs holds up no
//! other. A thread knows a name, a channel and a waker, and nobody ever waits for one: when the reactor is gone, its
//! answer goes nowhere. In a forked child there are no such threads, and nothing there waits for any.
//!
//! There are no other threads in the project.

use crate::token::WAKER;
use ami_core::cluster::ServerId;
use mio::{Registry, Waker};
use nix::sys::signal::{SigSet, SigmaskHow};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Lookups under way at one time, each with a thread. So many that hang mean that DNS is dead, for which more threads
/// would do nothing; where it lives, two hundred names are through in a second or two. Further names wait, and those
/// who wait for them give up in their own time, counted as `lookups_failed`.
const MAX_LOOKUPS: usize = 32;

/// Where a name leads; the ports do not matter.
type Found = io::Result<Vec<SocketAddr>>;

/// Finds addresses, for as long as it takes.
type Lookup = Arc<dyn Fn(&str) -> Found + Send + Sync>;

/// What became of a name.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) name: Box<str>,
    pub(crate) found: Found,
}

/// The names that are being looked up.
pub(crate) struct Resolver {
    lookup: Lookup,
    /// Made for the first lookup.
    waker: Option<Arc<Waker>>,
    /// Has room for an answer of each lookup under way, so that no thread waits here.
    answers: (SyncSender<Answer>, Receiver<Answer>),
    under_way: usize,
    /// Names that wait until one of the others is through. Each is here once, so that these are no more than servers.
    waiting: VecDeque<Box<str>>,
    /// For whom each name is looked up. The same name is not looked up twice at one time.
    asked: HashMap<Box<str>, Vec<ServerId>>,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { under_way, waiting, .. } = self;
        f.debug_struct("Resolver").field("under_way", under_way).field("waiting", waiting).finish_non_exhaustive()
    }
}

impl Default for Resolver {
    fn default() -> Self {
        Self {
            lookup: Arc::new(look_up),
            waker: None,
            answers: sync_channel(MAX_LOOKUPS),
            under_way: 0,
            waiting: VecDeque::new(),
            asked: HashMap::new(),
        }
    }
}

impl Resolver {
    /// What ends the poll's waits from elsewhere. A poll may have one only, so whoever else needs it takes it from here.
    pub(crate) fn waker(&mut self, registry: &Registry) -> io::Result<Arc<Waker>> {
        if let Some(waker) = &self.waker {
            return Ok(Arc::clone(waker));
        }
        let waker = Arc::new(Waker::new(registry, WAKER)?);
        Ok(Arc::clone(self.waker.insert(waker)))
    }

    /// Looks names up by this from now on.
    pub(crate) fn set_lookup(&mut self, lookup: Lookup) {
        self.lookup = lookup;
    }

    /// Has a name looked up for a server.
    pub(crate) fn ask(&mut self, name: &str, server: ServerId, registry: &Registry) {
        if let Some(servers) = self.asked.get_mut(name) {
            // One that gave up and asks again is still told, once.
            if !servers.contains(&server) {
                servers.push(server);
            }
            return;
        }
        self.asked.insert(name.into(), vec![server]);
        self.waiting.push_back(name.into());
        self.start(registry);
    }

    /// The next answer that is there, and for whom it is.
    pub(crate) fn take(&mut self, registry: &Registry) -> Option<(Answer, Vec<ServerId>)> {
        if self.under_way == 0 {
            return None;
        }
        let answer = self.answers.1.try_recv().ok()?;
        self.under_way -= 1;
        let servers = self.asked.remove(&answer.name).unwrap_or_default();
        self.start(registry);
        Some((answer, servers))
    }

    fn start(&mut self, registry: &Registry) {
        while self.under_way < MAX_LOOKUPS {
            let Some(name) = self.waiting.pop_front() else { return };
            self.under_way += 1;
            if let Err(error) = self.spawn(name.clone(), registry) {
                // There is room, and the next tick finds it.
                let _ = self.answers.0.try_send(Answer { name, found: Err(error) });
            }
        }
    }

    fn spawn(&mut self, name: Box<str>, registry: &Registry) -> io::Result<()> {
        let waker = self.waker(registry)?;
        let (lookup, answers) = (Arc::clone(&self.lookup), self.answers.0.clone());
        without_signals(|| {
            thread::Builder::new().name("ami-lookup".to_owned()).spawn(move || {
                let found = lookup(&name);
                if answers.send(Answer { name, found }).is_ok() {
                    // Where it fails, the answer is found by the next tick that ends otherwise.
                    let _ = waker.wake();
                }
            })
        })
        // Its handle is dropped, which detaches it.
        .map(drop)
    }
}

/// Does something with all signals blocked, as a thread that it starts then has them for good: a signal that came to such
/// a thread would run handlers of PHP in it, and end no wait of a tick.
fn without_signals<T>(act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let done = act();
    // It fails for an unknown way of setting only.
    let _ = before.thread_set_mask();
    done
}

/// By the system: `/etc/hosts`, DNS, and whatever else it is configured for.
fn look_up(name: &str) -> Found {
    Ok((name, 0).to_socket_addrs()?.collect())
}
