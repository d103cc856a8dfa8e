//! What the two sides take turns with: the reactor, and what each has told the other.

use super::turns::Leave;
use super::worker::Work;
use crate::reactor::Reactor;
use ami_core::cluster::ServerId;
use ami_core::time::Instant;
use mio::Waker;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What the caller waits for.
#[derive(Debug, Clone, Copy)]
enum Awaited {
    /// It does not wait, or was woken.
    Nothing,
    /// Whatever there is to tell, with the events of any server or of one.
    News(Option<ServerId>),
}

/// The reactor and the bells.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) reactor: Reactor,
    /// When the thread comes back by itself, as far as it or its bell was told; `None` is never.
    sleeps_until: Option<Instant>,
    awaited: Awaited,
    /// The [state changes](ami_core::cluster::Cluster::state_changes) that the caller knows of.
    seen_changes: u64,
    leave: Arc<Leave>,
    /// Ends the caller's wait.
    bell: Arc<Waker>,
    /// Whether there is something besides events to tell, for the caller to see without a turn.
    news: Arc<AtomicBool>,
}

impl Desk {
    pub(crate) fn new(mut reactor: Reactor, leave: Arc<Leave>, bell: Arc<Waker>, news: Arc<AtomicBool>) -> Self {
        reactor.share(Arc::clone(&leave));
        Self { reactor, sleeps_until: None, awaited: Awaited::Nothing, seen_changes: 0, leave, bell, news }
    }

    /// Whether a tick of the caller would find something to tell.
    pub(crate) fn has_to_tell(&self, only: Option<ServerId>) -> bool {
        let cluster = self.reactor.cluster();
        cluster.has_events_of(only)
            || cluster.has_news(only)
            || cluster.has_records()
            || cluster.state_changes() != self.seen_changes
    }

    /// The caller looks at everything now.
    pub(crate) fn look(&mut self) {
        self.seen_changes = self.reactor.cluster().state_changes();
        self.expect_nothing();
    }

    /// The caller waits, or another loop for it.
    pub(crate) fn expect(&mut self, only: Option<ServerId>) {
        self.awaited = Awaited::News(only);
        self.leave.set_asleep(true);
    }

    fn expect_nothing(&mut self) {
        self.awaited = Awaited::Nothing;
        self.leave.set_asleep(false);
    }

    /// Ends the wait of whoever waits for what there is to tell.
    pub(crate) fn ring(&mut self) {
        if let Awaited::News(only) = self.awaited
            && self.has_to_tell(only)
        {
            self.expect_nothing();
            // It fails only where the descriptor is gone, and with it who waits.
            let _ = self.bell.wake();
        }
    }

    /// The caller's turn ends: tells whether there is something for the thread to do that it does not know of.
    pub(crate) fn end_turn(&mut self) -> bool {
        self.tell_news();
        let Some(due) = self.reactor.io_due() else { return false };
        let is_news = self.sleeps_until.is_none_or(|until| due < until);
        if is_news {
            self.sleeps_until = Some(due);
        }
        is_news
    }

    /// There is no thread that sleeps.
    pub(crate) const fn forget_thread(&mut self) {
        self.sleeps_until = None;
    }

    fn tell_news(&self) {
        self.news.store(self.reactor.cluster().has_news(None), Ordering::Relaxed);
    }
}

impl Work for Desk {
    fn work(&mut self, waited: Duration) -> io::Result<()> {
        self.reactor.has_waited(waited);
        self.reactor.work(Duration::ZERO, None)?;
        self.tell_news();
        self.ring();
        Ok(())
    }

    fn until_due(&mut self) -> Option<Duration> {
        self.sleeps_until = self.reactor.io_due();
        self.sleeps_until.map(|due| due.since(self.reactor.now().instant))
    }

    fn tell_end(&self) {
        let _ = self.bell.wake();
    }
}
