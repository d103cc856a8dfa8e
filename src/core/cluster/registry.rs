//! The servers of a cluster and the ids that name them.
//!
//! Servers stand in places that are used again; the generation in an id tells those apart that had the same place. So an
//! id that somebody still has of a server that is gone finds nothing.

use super::dispatch::DispatchMark;
use crate::config::ServerKey;
use crate::connection::Connection;
use crate::time::Instant;
use std::collections::{HashMap, VecDeque};
use thiserror::Error;

/// Names one server, also after its end: no other gets the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId {
    index: u32,
    generation: u32,
}

impl ServerId {
    /// Not less than any other.
    pub const LAST: Self = Self::new(u32::MAX, u32::MAX);

    /// The id of a place and of the server that had it after so many others.
    pub const fn new(index: u32, generation: u32) -> Self {
        Self { index, generation }
    }

    /// The place, less than the most servers there ever were at once. One that was given up is used again.
    pub const fn index(self) -> usize {
        self.index as usize
    }
}

/// A server with that key is there already.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is a server \"{0}\" already")]
pub struct DuplicateKey(pub ServerKey);

/// Counts servers in the order in which they were added, which is that of turns.
pub(super) type Serial = u64;

/// A connection and what the cluster's lists know of it.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says whether it stands in one of several lists")]
pub(super) struct Slot {
    pub(super) connection: Connection,
    pub(super) serial: Serial,
    /// Its place in the timers.
    pub(super) deadline: Option<Instant>,
    /// It stands in the list of those that want to connect.
    pub(super) is_waiting: bool,
    /// It stands in the list of those that want to write.
    pub(super) is_writer: bool,
    /// It counts against the budget of logins under way.
    pub(super) is_logging_in: bool,
    /// It counts as one that is open.
    pub(super) is_open: bool,
    /// It stands in the list of those that are ready.
    pub(super) is_ready: bool,
    /// It was removed, and stays until it has said goodbye and what came of it is handed on.
    pub(super) is_leaving: bool,
    pub(super) dispatch: DispatchMark,
}

impl Slot {
    /// Puts a server into the list of those with a gap to tell, once that is so.
    pub(super) fn note_gap(&mut self, id: ServerId, gaps: &mut VecDeque<ServerId>) {
        if !self.dispatch.has_gap && self.connection.has_gap_to_tell() {
            self.dispatch.has_gap = true;
            gaps.push_back(id);
        }
    }
}

/// A place for a server.
#[derive(Debug, Default)]
struct Place {
    /// How many had it before.
    generation: u32,
    slot: Option<Slot>,
}

#[derive(Debug, Default)]
pub(super) struct Registry {
    places: Vec<Place>,
    free: Vec<u32>,
    by_key: HashMap<Box<str>, ServerId>,
    /// Those that were not removed, in the order in which they were added.
    order: Vec<ServerId>,
    leaving: Vec<ServerId>,
    added: Serial,
}

impl Registry {
    pub(super) fn add(
        &mut self,
        key: ServerKey,
        make: impl FnOnce(ServerId) -> Connection,
    ) -> Result<ServerId, DuplicateKey> {
        if self.by_key.contains_key(key.as_str()) {
            return Err(DuplicateKey(key));
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
        });
        let Some(place) = self.places.get_mut(index as usize) else { return Err(DuplicateKey(key)) };
        let id = ServerId::new(index, place.generation);
        self.added += 1;
        place.slot = Some(Slot {
            connection: make(id),
            serial: self.added,
            deadline: None,
            is_waiting: false,
            is_writer: false,
            is_logging_in: false,
            is_open: false,
            is_ready: false,
            is_leaving: false,
            dispatch: DispatchMark::default(),
        });
        self.by_key.insert(key.as_str().into(), id);
        self.order.push(id);
        Ok(id)
    }

    /// Takes a server out of those that have a key and a turn. Tells whether it was one.
    pub(super) fn dismiss(&mut self, id: ServerId) -> bool {
        let Some(slot) = self.slot_mut(id).filter(|slot| !slot.is_leaving) else { return false };
        slot.is_leaving = true;
        let key = slot.connection.config().key.clone();
        self.by_key.remove(key.as_str());
        self.order.retain(|&other| other != id);
        self.leaving.push(id);
        true
    }

    /// Gives the place of a dismissed server free.
    pub(super) fn release(&mut self, id: ServerId) -> Option<Slot> {
        self.slot(id).filter(|slot| slot.is_leaving)?;
        let place = self.places.get_mut(id.index())?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(id.index);
        self.leaving.retain(|&other| other != id);
        place.slot.take()
    }

    /// How many there are, those that are leaving counted.
    pub(super) const fn len(&self) -> usize {
        self.order.len() + self.leaving.len()
    }

    pub(super) fn id(&self, key: &str) -> Option<ServerId> {
        self.by_key.get(key).copied()
    }

    pub(super) fn at(&self, index: usize) -> Option<ServerId> {
        let place = self.places.get(index).filter(|place| place.slot.is_some())?;
        Some(ServerId::new(u32::try_from(index).ok()?, place.generation))
    }

    pub(super) fn slot(&self, id: ServerId) -> Option<&Slot> {
        self.places.get(id.index()).filter(|place| place.generation == id.generation)?.slot.as_ref()
    }

    pub(super) fn slot_mut(&mut self, id: ServerId) -> Option<&mut Slot> {
        self.places.get_mut(id.index()).filter(|place| place.generation == id.generation)?.slot.as_mut()
    }

    pub(super) fn get(&self, id: ServerId) -> Option<&Connection> {
        self.slot(id).map(|slot| &slot.connection)
    }

    pub(super) fn get_mut(&mut self, id: ServerId) -> Option<&mut Connection> {
        self.slot_mut(id).map(|slot| &mut slot.connection)
    }

    /// Those that were not removed, in the order in which they were added.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        self.order.iter().filter_map(|&id| Some((id, self.get(id)?)))
    }

    /// Those that were removed and are still there.
    pub(super) fn leaving(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        self.leaving.iter().filter_map(|&id| Some((id, self.get(id)?)))
    }
}
