//! Whose events go to listeners next: one event of each server in turn, up to a budget a tick.
//!
//! There are two rounds of turns: one of the servers that have events of `event_priorities`, and after every
//! [`PRIORITY_RUN`] turns of that one turn of those that have others. What a server gives at its turn is its queue's
//! business, which keeps the same bound for each server alone.

use super::{Cluster, ServerId};
use crate::connection::{Connection, Gap};
use crate::events::{Lane, PRIORITY_RUN, QueuedEvent};
use std::collections::VecDeque;

/// Servers with events, in the order in which they take turns.
#[derive(Debug, Default)]
pub(super) struct DispatchList {
    priority: VecDeque<ServerId>,
    ordinary: VecDeque<ServerId>,
    /// Turns of the first since the last one of the second.
    run: usize,
    /// Those whose budget for this tick is used up.
    rested: Vec<ServerId>,
    tick: u64,
}

/// What the list knows of one server.
#[derive(Debug, Default, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each says whether it stands in one of several lists")]
pub(super) struct DispatchMark {
    in_priority: bool,
    in_ordinary: bool,
    is_rested: bool,
    /// It stands in the list of those with a gap to tell.
    pub(super) has_gap: bool,
    tick: u64,
    dispatched: usize,
}

impl DispatchMark {
    const fn is_listed(self) -> bool {
        self.in_priority || self.in_ordinary || self.is_rested
    }
}

impl DispatchList {
    /// A server may have other events now than before.
    pub(super) fn note(&mut self, id: ServerId, connection: &Connection, mark: &mut DispatchMark) {
        if mark.is_rested {
            return;
        }
        if !mark.in_priority && connection.has_events(Lane::Priority) {
            mark.in_priority = true;
            self.priority.push_back(id);
        }
        if !mark.in_ordinary && connection.has_events(Lane::Ordinary) {
            mark.in_ordinary = true;
            self.ordinary.push_back(id);
        }
    }

    /// Takes the server whose turn it is. It may have nothing left: both rounds take from the same queue.
    fn next(&mut self) -> Option<(ServerId, Lane)> {
        if !self.priority.is_empty()
            && (self.run < PRIORITY_RUN || self.ordinary.is_empty())
            && let Some(id) = self.priority.pop_front()
        {
            return Some((id, Lane::Priority));
        }
        Some((self.ordinary.pop_front()?, Lane::Ordinary))
    }

    /// A server has gone, or has nothing left.
    pub(super) fn unlist(&mut self, id: ServerId, mark: DispatchMark) {
        if mark.in_priority {
            self.priority.retain(|&other| other != id);
        }
        if mark.in_ordinary {
            self.ordinary.retain(|&other| other != id);
        }
        if mark.is_rested {
            self.rested.retain(|&other| other != id);
        }
    }
}

impl Cluster {
    /// Begins a tick: every server has its whole `max_events_per_tick` again, and all together have
    /// `max_connect_attempts_per_tick`.
    pub fn begin_tick(&mut self) {
        self.renew_attempts();
        self.begin_dispatch();
    }

    /// The half of [`Cluster::begin_tick`] for a driver whose sockets are read apart from the dispatch of events: all
    /// servers together have `max_connect_attempts_per_tick` again.
    pub fn renew_attempts(&mut self) {
        self.attempts_left = self.options.max_connect_attempts_per_tick;
    }

    /// The other half: every server has its whole `max_events_per_tick` again.
    pub fn begin_dispatch(&mut self) {
        self.dispatch.tick += 1;
        for id in core::mem::take(&mut self.dispatch.rested) {
            if let Some(slot) = self.registry.slot_mut(id) {
                slot.dispatch.is_rested = false;
                self.dispatch.note(id, &slot.connection, &mut slot.dispatch);
            }
        }
    }

    /// Takes the next event for listeners: of any server, or of one.
    pub fn pop_event(&mut self, only: Option<ServerId>) -> Option<(ServerId, QueuedEvent)> {
        if let Some(id) = only {
            let event = self.pop_event_of(id, Lane::Priority);
            self.unlist_if_empty(id);
            self.release_if_over(id);
            return event;
        }
        loop {
            let (id, lane) = self.dispatch.next()?;
            let event = self.pop_event_of(id, lane);
            let Some(slot) = self.registry.slot_mut(id) else { continue };
            let mark = &mut slot.dispatch;
            match lane {
                Lane::Priority => mark.in_priority = false,
                Lane::Ordinary => mark.in_ordinary = false,
            }
            if mark.tick == self.dispatch.tick && mark.dispatched >= slot.connection.options().max_events_per_tick {
                if !mark.is_rested && slot.connection.queued_events() > 0 {
                    mark.is_rested = true;
                    self.dispatch.rested.push(id);
                }
            } else {
                self.dispatch.note(id, &slot.connection, mark);
            }
            self.release_if_over(id);
            if event.is_some() {
                self.dispatch.run = if lane == Lane::Priority { self.dispatch.run + 1 } else { 0 };
                return event;
            }
        }
    }

    /// Takes the next gap that is to be told before any further event of its server: of any server, or of one.
    pub fn pop_gap(&mut self, only: Option<ServerId>) -> Option<(ServerId, Gap)> {
        loop {
            let place = self.gaps.iter().position(|&id| only.is_none_or(|wanted| wanted == id))?;
            let id = self.gaps.remove(place)?;
            // One that was removed meanwhile has nobody to tell.
            let Some(slot) = self.registry.slot_mut(id) else { continue };
            slot.dispatch.has_gap = false;
            if let Some(gap) = slot.connection.take_gap() {
                return Some((id, gap));
            }
        }
    }

    /// Whether events wait for listeners.
    pub fn has_events(&self) -> bool {
        !self.dispatch.priority.is_empty() || !self.dispatch.ordinary.is_empty() || !self.dispatch.rested.is_empty()
    }

    /// Whether events of one server wait for listeners, or of any.
    pub fn has_events_of(&self, only: Option<ServerId>) -> bool {
        let queued = |id| self.connection(id).is_some_and(|connection| connection.queued_events() > 0);
        only.map_or_else(|| self.has_events(), queued)
    }

    /// Takes a server whose last event was taken out of turn off the list, so that nobody waits for it.
    fn unlist_if_empty(&mut self, id: ServerId) {
        let Some(slot) = self.registry.slot_mut(id) else { return };
        if slot.dispatch.is_listed() && slot.connection.queued_events() == 0 {
            self.dispatch.unlist(id, slot.dispatch);
            let mark = &mut slot.dispatch;
            (mark.in_priority, mark.in_ordinary, mark.is_rested) = (false, false, false);
        }
    }

    fn pop_event_of(&mut self, id: ServerId, turn: Lane) -> Option<(ServerId, QueuedEvent)> {
        let tick = self.dispatch.tick;
        let slot = self.registry.slot_mut(id)?;
        if slot.dispatch.tick != tick {
            slot.dispatch.tick = tick;
            slot.dispatch.dispatched = 0;
        }
        if slot.dispatch.dispatched >= slot.connection.options().max_events_per_tick {
            return None;
        }
        let event = slot.connection.pop_event(turn)?;
        slot.dispatch.dispatched += 1;
        slot.note_gap(id, &mut self.gaps);
        self.effects.counts.events_dispatched += 1;
        Some((id, event))
    }
}
