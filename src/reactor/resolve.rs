//! Host names, looked up outside of the ticks.
//!
//! What the system looks names up with blocks, for half a minute where a DNS server is dead. So each lookup under way
//! has a thread of its own, which asks, hands over the answer, wakes the poll and ends: a name that hangs holds up no
//! other. A thread knows a name, a channel and a waker, and nobody ever waits for one: when the reactor is gone, its
//! answer goes nowhere. In a forked child there are no such threads, and nothing there waits for any.
//!
//! A thread cannot be called back, so a name that nobody wants any more keeps its place until it is through. One that
//! only waits for a place is forgotten with the last server that wants it: what is kept here is never more than servers.
//!
//! The only other thread in the project is the one in [`crate::background`].

use crate::token::WAKER;
use ami_core::cluster::ServerId;
use mio::{Registry, Waker};
use nix::sys::signal::{SigSet, SigmaskHow};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use thiserror::Error;

/// Lookups under way at one time, each with a thread. So many that hang mean that DNS is dead, for which more threads
/// would do nothing; where it lives, two hundred names are through in a second or two. Further names wait, and those
/// who wait for them give up in their own time, counted as `lookups_failed`.
const MAX_LOOKUPS: usize = 32;

/// Names that wait for a place at one time. Where DNS lives, so many are through in a minute; where it is dead, those
/// behind them have long given up. A further one is refused, and asked for again when its server tries again.
const MAX_WAITING: usize = 10_000;

/// Where a name leads; the ports do not matter.
type Found = io::Result<Vec<SocketAddr>>;

/// Finds addresses, for as long as it takes.
type Lookup = Arc<dyn Fn(&str) -> Found + Send + Sync>;

/// A name was not looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{MAX_WAITING} other names wait to be looked up already")]
pub(crate) struct TooManyWait;

/// What became of a name.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) name: Box<str>,
    pub(crate) found: Found,
}

/// Who wants a name.
#[derive(Debug)]
struct Asked {
    /// None where its lookup is under way and all who wanted it have gone.
    servers: BTreeSet<ServerId>,
    /// Its place among those that wait; `None`: it is under way.
    place: Option<u64>,
}

/// What is looked up at the moment, and what was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lookups {
    /// Names that a thread looks up.
    pub under_way: usize,
    /// Names that wait until one of those is through.
    pub waiting: usize,
    /// Servers that wait for a name.
    pub servers: usize,
    /// Times that a name was not looked up because too many waited, since the beginning.
    pub refused: u64,
}

/// The names that are being looked up.
pub(crate) struct Resolver {
    lookup: Lookup,
    /// Made for the first lookup.
    waker: Option<Arc<Waker>>,
    /// Has room for an answer of each lookup under way, so that no thread waits here.
    answers: (SyncSender<Answer>, Receiver<Answer>),
    under_way: usize,
    /// Names that wait until one of the others is through, in the order in which they came; at most [`MAX_WAITING`].
    waiting: BTreeMap<u64, Box<str>>,
    /// Names that ever waited.
    places: u64,
    /// For whom each name is looked up. The same name is not looked up twice at one time.
    asked: HashMap<Box<str>, Asked>,
    /// The name that each server waits for.
    wanted: HashMap<ServerId, Box<str>>,
    refused: u64,
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
            waiting: BTreeMap::new(),
            places: 0,
            asked: HashMap::new(),
            wanted: HashMap::new(),
            refused: 0,
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

    /// Has a name looked up for a server. Refused where too many wait already.
    pub(crate) fn ask(&mut self, name: &str, server: ServerId, registry: &Registry) -> Result<(), TooManyWait> {
        if let Some(asked) = self.asked.get_mut(name) {
            // One that gave up and asks again is still told, once.
            asked.servers.insert(server);
            self.wanted.insert(server, name.into());
            return Ok(());
        }
        if self.waiting.len() >= MAX_WAITING {
            self.refused += 1;
            return Err(TooManyWait);
        }
        self.places += 1;
        let asked = Asked { servers: BTreeSet::from([server]), place: Some(self.places) };
        self.asked.insert(name.into(), asked);
        self.wanted.insert(server, name.into());
        self.waiting.insert(self.places, name.into());
        self.start(registry);
        Ok(())
    }

    /// A server does not want its name any more.
    pub(crate) fn forget(&mut self, server: ServerId) {
        let Some(name) = self.wanted.remove(&server) else { return };
        let Some(asked) = self.asked.get_mut(&name) else { return };
        asked.servers.remove(&server);
        if asked.servers.is_empty()
            && let Some(place) = asked.place
        {
            self.waiting.remove(&place);
            self.asked.remove(&name);
        }
    }

    /// The next answer that is there, and for whom it is.
    pub(crate) fn take(&mut self, registry: &Registry) -> Option<(Answer, BTreeSet<ServerId>)> {
        if self.under_way == 0 {
            return None;
        }
        let answer = self.answers.1.try_recv().ok()?;
        self.under_way -= 1;
        let servers = self.asked.remove(&answer.name).map_or_else(BTreeSet::new, |asked| asked.servers);
        for server in &servers {
            self.wanted.remove(server);
        }
        self.start(registry);
        Some((answer, servers))
    }

    /// What is looked up.
    pub(crate) fn lookups(&self) -> Lookups {
        Lookups {
            under_way: self.under_way,
            waiting: self.waiting.len(),
            servers: self.wanted.len(),
            refused: self.refused,
        }
    }

    fn start(&mut self, registry: &Registry) {
        while self.under_way < MAX_LOOKUPS {
            let Some((_, name)) = self.waiting.pop_first() else { return };
            if let Some(asked) = self.asked.get_mut(&name) {
                asked.place = None;
            }
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
pub(crate) fn without_signals<T>(act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use mio::Poll;
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    /// A resolver whose lookups hang for as long as what is handed out with it lives.
    fn hanging() -> (Resolver, Poll, Sender<()>) {
        let (alive, hangs) = channel();
        let hangs = Mutex::new(hangs);
        let mut resolver = Resolver::default();
        resolver.set_lookup(Arc::new(move |_| {
            let _ = hangs.lock().map(|hangs| hangs.recv());
            Err(io::Error::other("no answer"))
        }));
        (resolver, Poll::new().unwrap(), alive)
    }

    const fn server(index: u32) -> ServerId {
        ServerId::new(index, 0)
    }

    #[test]
    fn names_that_come_and_go_while_dns_is_dead_leave_nothing_behind() {
        let (mut resolver, poll, _alive) = hanging();
        for n in 0..50_000 {
            let id = ServerId::new(0, n);
            resolver.ask(&format!("pbx{n}.example"), id, poll.registry()).unwrap();
            resolver.forget(id);
        }
        let left = Lookups { under_way: MAX_LOOKUPS, ..Lookups::default() };
        assert_eq!(resolver.lookups(), left);
        assert_eq!(resolver.asked.len(), MAX_LOOKUPS);
    }

    #[test]
    fn servers_of_one_name_that_come_and_go_leave_nothing_behind_either() {
        let (mut resolver, poll, _alive) = hanging();
        for n in 0..1_000 {
            resolver.ask("pbx.example", ServerId::new(0, n), poll.registry()).unwrap();
            resolver.forget(ServerId::new(0, n));
        }
        assert_eq!(resolver.lookups(), Lookups { under_way: 1, ..Lookups::default() });
        assert!(resolver.asked.values().all(|asked| asked.servers.is_empty()));
    }

    #[test]
    fn a_name_that_another_server_still_wants_stays_in_its_place() {
        let (mut resolver, poll, _alive) = hanging();
        for n in 0..40 {
            resolver.ask(&format!("pbx{n}.example"), server(n), poll.registry()).unwrap();
        }
        resolver.ask("pbx35.example", server(100), poll.registry()).unwrap();
        resolver.forget(server(35));
        assert_eq!(resolver.lookups(), Lookups { under_way: 32, waiting: 8, servers: 40, refused: 0 });
        resolver.forget(server(100));
        resolver.forget(server(36));
        assert_eq!(resolver.lookups(), Lookups { under_way: 32, waiting: 6, servers: 38, refused: 0 });
    }

    #[test]
    fn over_the_limit_a_name_is_refused_and_counted_until_one_has_gone() {
        let (mut resolver, poll, _alive) = hanging();
        let most = u32::try_from(MAX_LOOKUPS + MAX_WAITING).unwrap();
        for n in 0..most {
            resolver.ask(&format!("pbx{n}.example"), server(n), poll.registry()).unwrap();
        }
        let refused = resolver.ask("one.too.many.example", server(most), poll.registry()).unwrap_err();
        assert_eq!(refused.to_string(), "10000 other names wait to be looked up already");
        assert_eq!((resolver.lookups().refused, resolver.lookups().waiting), (1, MAX_WAITING));
        // One that is asked for already needs no place.
        resolver.ask("pbx5.example", server(most), poll.registry()).unwrap();
        resolver.forget(server(most - 1));
        resolver.ask("one.too.many.example", server(most), poll.registry()).unwrap();
        assert_eq!(resolver.lookups().refused, 1);
    }
}
