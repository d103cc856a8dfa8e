//! The servers of a cluster and the ids that name them.

use super::dispatch::DispatchMark;
use crate::config::ServerKey;
use crate::connection::Connection;
use crate::time::Instant;
use std::collections::HashMap;
use thiserror::Error;

/// Names one server for as long as the cluster lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(u32);

impl ServerId {
    /// Not less than any other.
    pub const LAST: Self = Self(u32::MAX);

    /// The id with that index.
    pub const fn from_index(index: u32) -> Self {
        Self(index)
    }

    /// Counts from 0 in the order in which servers were added.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A server with that key is there already.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is a server \"{0}\" already")]
pub struct DuplicateKey(pub ServerKey);

/// A connection and what the cluster's lists know of it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) connection: Connection,
    /// Its place in the timers.
    pub(super) deadline: Option<Instant>,
    /// It stands in the list of those that want to connect.
    pub(super) is_waiting: bool,
    /// It stands in the list of those that want to write.
    pub(super) is_writer: bool,
    /// It counts against the budget of logins under way.
    pub(super) is_logging_in: bool,
    pub(super) dispatch: DispatchMark,
}

#[derive(Debug, Default)]
pub(super) struct Registry {
    slots: Vec<Slot>,
    by_key: HashMap<Box<str>, ServerId>,
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
        let id = ServerId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.by_key.insert(key.as_str().into(), id);
        self.slots.push(Slot {
            connection: make(id),
            deadline: None,
            is_waiting: false,
            is_writer: false,
            is_logging_in: false,
            dispatch: DispatchMark::default(),
        });
        Ok(id)
    }

    pub(super) const fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn id(&self, key: &str) -> Option<ServerId> {
        self.by_key.get(key).copied()
    }

    pub(super) fn get(&self, id: ServerId) -> Option<&Connection> {
        self.slots.get(id.index()).map(|slot| &slot.connection)
    }

    pub(super) fn get_mut(&mut self, id: ServerId) -> Option<&mut Connection> {
        self.slots.get_mut(id.index()).map(|slot| &mut slot.connection)
    }

    pub(super) fn slot_mut(&mut self, id: ServerId) -> Option<&mut Slot> {
        self.slots.get_mut(id.index())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ServerId, &Connection)> {
        (0_u32..).map(ServerId).zip(self.slots.iter().map(|slot| &slot.connection))
    }
}
