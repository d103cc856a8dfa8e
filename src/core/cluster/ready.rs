//! The servers that are ready, and whose turn it is.

use super::ServerId;
use super::registry::Serial;

/// Sorted by the order in which servers were added. Kept up where states change, so that choosing one costs by those
/// that are ready.
#[derive(Debug, Default)]
pub(super) struct ReadyList {
    list: Vec<(Serial, ServerId)>,
    /// Who was chosen last.
    last: Serial,
}

impl ReadyList {
    /// A server became ready, or is it no more.
    pub(super) fn set(&mut self, serial: Serial, id: ServerId, is_ready: bool) {
        match self.list.binary_search(&(serial, id)) {
            Ok(place) if !is_ready => {
                self.list.remove(place);
            }
            Err(place) if is_ready => self.list.insert(place, (serial, id)),
            Ok(_) | Err(_) => {}
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<ServerId> {
        self.list.get(place).map(|&(_, id)| id)
    }

    pub(super) fn place(&self, serial: Serial, id: ServerId) -> Option<usize> {
        self.list.binary_search(&(serial, id)).ok()
    }

    /// The place after the one that was chosen last, also when that is gone.
    pub(super) fn turn(&self) -> usize {
        let after = self.list.partition_point(|&(serial, _)| serial <= self.last);
        if after < self.list.len() { after } else { 0 }
    }

    pub(super) fn take_turn(&mut self, place: usize) {
        if let Some(&(serial, _)) = self.list.get(place) {
            self.last = serial;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = ServerId> {
        self.list.iter().map(|&(_, id)| id)
    }
}
