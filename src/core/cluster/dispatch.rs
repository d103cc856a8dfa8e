//! Whose events go to listeners next: one event of each server in turn, up to a budget a tick.

use super::{Cluster, ServerId};
use crate::connection::Gap;
use crate::events::QueuedEvent;
use std::collections::VecDeque;

/// Servers with events, in the order in which they take turns.
#[derive(Debug, Default)]
pub(super) struct DispatchList {
    ready: VecDeque<ServerId>,
    /// Those whose budget for this tick is used up.
    rested: Vec<ServerId>,
    tick: u64,
}

/// What the list knows of one server.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct DispatchMark {
    listed: bool,
    /// It stands in the list of those with a gap to tell.
    pub(super) has_gap: bool,
    tick: u64,
    dispatched: usize,
}

impl DispatchList {
    /// A server has that many events now.
    pub(super) fn note(&mut self, id: ServerId, queued: usize, mark: &mut DispatchMark) {
        if queued > 0 && !mark.listed {
            mark.listed = true;
            self.ready.push_back(id);
        }
    }

    /// A server has gone.
    pub(super) fn unlist(&mut self, id: ServerId, mark: DispatchMark) {
        if mark.listed {
            self.ready.retain(|&other| other != id);
            self.rested.retain(|&other| other != id);
        }
    }
}

impl Cluster {
    /// Begins a tick: every server has its whole `max_events_per_tick` again, and all together have
    /// `max_connect_attempts_per_tick`.
    pub fn begin_tick(&mut self) {
        self.attempts_left = self.options.max_connect_attempts_per_tick;
        self.dispatch.tick += 1;
        let rested = core::mem::take(&mut self.dispatch.rested);
        self.dispatch.ready.extend(rested);
    }

    /// Takes the next event for listeners: of any server, or of one.
    pub fn pop_event(&mut self, only: Option<ServerId>) -> Option<(ServerId, QueuedEvent)> {
        if let Some(id) = only {
            let event = self.pop_event_of(id);
            self.unlist_if_empty(id);
            self.release_if_over(id);
            return event;
        }
        loop {
            let id = self.dispatch.ready.pop_front()?;
            let event = self.pop_event_of(id);
            let Some(slot) = self.registry.slot_mut(id) else { continue };
            let left = slot.connection.queued_events();
            let budget = slot.connection.options().max_events_per_tick;
            slot.dispatch.listed = left > 0;
            if left > 0 {
                if slot.dispatch.tick == self.dispatch.tick && slot.dispatch.dispatched >= budget {
                    self.dispatch.rested.push(id);
                } else {
                    self.dispatch.ready.push_back(id);
                }
            }
            self.release_if_over(id);
            if let Some(event) = event {
                return Some(event);
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
        !self.dispatch.ready.is_empty() || !self.dispatch.rested.is_empty()
    }

    /// Takes a server whose last event was taken out of turn off the list, so that nobody waits for it.
    fn unlist_if_empty(&mut self, id: ServerId) {
        let Some(slot) = self.registry.slot_mut(id) else { return };
        if slot.dispatch.listed && slot.connection.queued_events() == 0 {
            let mark = slot.dispatch;
            slot.dispatch.listed = false;
            self.dispatch.unlist(id, mark);
        }
    }

    fn pop_event_of(&mut self, id: ServerId) -> Option<(ServerId, QueuedEvent)> {
        let tick = self.dispatch.tick;
        let slot = self.registry.slot_mut(id)?;
        if slot.dispatch.tick != tick {
            slot.dispatch.tick = tick;
            slot.dispatch.dispatched = 0;
        }
        if slot.dispatch.dispatched >= slot.connection.options().max_events_per_tick {
            return None;
        }
        let event = slot.connection.pop_event()?;
        slot.dispatch.dispatched += 1;
        slot.note_gap(id, &mut self.gaps);
        self.effects.counts.events_dispatched += 1;
        Some((id, event))
    }
}
