//! Events on their way to listeners, where a thread works on the reactor meanwhile.
//!
//! A turn with the reactor that a thread wants, too, is not free: under a flood each may cost a switch between the two. So
//! events are taken a handful at a time. What is in the hand is out of its queue: it is never dropped, and told before
//! anything that is taken later, `event_priorities` included. So a handful is no more than listeners take in a moment, as
//! far as the one before it tells.

use super::Engine;
use ami_core::cluster::ServerId;
use ami_core::events::{QueuedEvent, SubscriptionId};
use ami_core::time::Instant;
use ext_php_rs::exception::PhpResult;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

/// Most events taken at once: their listeners take longer than a turn is waited for, and a full hand is little beside a
/// full queue.
const HANDFUL: usize = 256;

/// How long the listeners of a handful may take: about as long as the thread waits for its turn at most, so that more would
/// save nothing, and far less than anybody would notice who waits for an event of `event_priorities`.
const MOMENT: Duration = Duration::from_millis(2);

/// By how much a handful grows at most from one to the next.
const GROWTH: usize = 4;

/// What is to be told next.
#[derive(Debug)]
pub(super) enum Next {
    /// What goes before events: actions that have ended, or a gap.
    News,
    Event(ServerId, QueuedEvent),
    Nothing,
}

/// Events that were taken and not told, each with how many subscriptions want it.
#[derive(Debug, Default)]
pub(super) struct Hand {
    events: RefCell<VecDeque<(ServerId, QueuedEvent, usize)>>,
    /// The subscriptions of all events, one after the other.
    wanted_by: RefCell<VecDeque<SubscriptionId>>,
    /// Listeners that had been added when those were found.
    known: Cell<u64>,
    /// The handful that is being told: how many it was, and when it was taken.
    last: Cell<Option<(usize, Instant)>>,
    /// How many the next one may be.
    most: Cell<usize>,
}

impl Engine {
    /// The next thing to tell, of any server or of one, with those who want it if it is an event.
    pub(super) fn next_in_hand(&self, only: Option<ServerId>, found: &mut Vec<SubscriptionId>) -> PhpResult<Next> {
        if self.listeners.borrow().additions() != self.hand.known.get() {
            self.find_anew()?;
        }
        if let Some((id, event)) = self.hand.take(only, found) {
            return Ok(Next::Event(id, event));
        }
        if !self.fill_hand(only, found)? {
            return Ok(Next::News);
        }
        Ok(self.hand.take(only, found).map_or(Next::Nothing, |(id, event)| Next::Event(id, event)))
    }

    /// Takes as many events as the hand holds, unless there is something to tell before them.
    fn fill_hand(&self, only: Option<ServerId>, found: &mut Vec<SubscriptionId>) -> PhpResult<bool> {
        let mut reactor = self.reactor()?;
        let cluster = reactor.cluster();
        if cluster.has_gap(only) || (!self.round.is_over() && cluster.has_news(only)) {
            return Ok(false);
        }
        let now = reactor.instant();
        if let Some((last, taken_at)) = self.hand.last.take() {
            self.hand.most.set(handful_after(last, now.since(taken_at)));
        }
        let cluster = reactor.cluster_mut();
        let (mut events, mut wanted_by) = (self.hand.events.borrow_mut(), self.hand.wanted_by.borrow_mut());
        // A gap comes after the last events of the session before it, and before those of the next.
        for _ in 0..self.hand.most.get().max(1) {
            if cluster.has_gap(only) {
                break;
            }
            let Some((id, event)) = cluster.pop_event(only) else { break };
            cluster.subscriptions().find(id, event.frame.as_ref(), found);
            events.push_back((id, event, found.len()));
            wanted_by.extend(found.iter().copied());
        }
        if !events.is_empty() {
            self.hand.last.set(Some((events.len(), now)));
        }
        Ok(true)
    }

    /// A listener was added: it hears of what comes next, also of what is in the hand already.
    fn find_anew(&self) -> PhpResult<()> {
        self.hand.known.set(self.listeners.borrow().additions());
        let (mut events, mut wanted_by) = (self.hand.events.borrow_mut(), self.hand.wanted_by.borrow_mut());
        if events.is_empty() {
            return Ok(());
        }
        let reactor = self.reactor()?;
        let mut found = Vec::new();
        wanted_by.clear();
        for (id, event, count) in events.iter_mut() {
            reactor.cluster().subscriptions().find(*id, event.frame.as_ref(), &mut found);
            *count = found.len();
            wanted_by.extend(found.iter().copied());
        }
        Ok(())
    }
}

/// How many events are to be taken after so many, whose listeners took so long.
fn handful_after(last: usize, took: Duration) -> usize {
    let in_a_moment = last as u128 * MOMENT.as_nanos() / took.as_nanos().max(1);
    usize::try_from(in_a_moment).unwrap_or(HANDFUL).min(last * GROWTH).min(HANDFUL)
}

impl Hand {
    fn take(&self, only: Option<ServerId>, found: &mut Vec<SubscriptionId>) -> Option<(ServerId, QueuedEvent)> {
        let mut events = self.events.borrow_mut();
        // Others are in the hand only where a tick of all servers ended before its time.
        let place = events.iter().position(|(id, ..)| only.is_none_or(|wanted| wanted == *id))?;
        let before: usize = events.iter().take(place).map(|(.., count)| count).sum();
        let (id, event, count) = events.remove(place)?;
        found.clear();
        found.extend(self.wanted_by.borrow_mut().drain(before..before + count));
        Some((id, event))
    }

    /// Whether nothing waits in it: so it is after each tick that was not left by `exit()`.
    pub(super) fn is_empty(&self) -> bool {
        self.events.borrow().is_empty()
    }

    /// Takes everything out, for the caller to drop.
    pub(super) fn let_go(&self) {
        self.events.take();
        self.wanted_by.take();
    }
}
