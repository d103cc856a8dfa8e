//! Who wants which events.
//!
//! The table holds ids, never callables. It answers two questions: while reading, whether anybody wants this
//! event at all, and while dispatching, who, in which order. Both look an event name up by a hash of its
//! lower-case bytes, without an allocation.

use super::names::NameMap;
use crate::cluster::ServerId;
use crate::protocol::FrameRef;
use std::collections::HashMap;
use thiserror::Error;

/// Most subscriptions of one client: far over what an application has, and the point at which a subscription
/// made in a loop and never cancelled shows itself.
pub const MAX_SUBSCRIPTIONS: usize = 65_536;

/// Names one subscription; never used again after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId {
    /// Place in a table; used again.
    pub index: u32,
    /// Tells the users of one place apart.
    pub generation: u32,
}

/// A header that must have one of some values, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCondition {
    /// Name of the header, in any case.
    pub header: Box<[u8]>,
    /// The values, one of which its first occurrence must have.
    pub values: Vec<Box<[u8]>>,
}

impl HeaderCondition {
    fn holds(&self, frame: FrameRef<'_>) -> bool {
        frame.header(&self.header).is_some_and(|found| self.values.iter().any(|value| &**value == found))
    }
}

/// What is subscribed to.
#[derive(Debug, Clone, Default)]
pub struct NewSubscription {
    /// The event's name in any case; `None` for every event.
    pub name: Option<Box<[u8]>>,
    /// One server, or all.
    pub server: Option<ServerId>,
    /// All of these must hold.
    pub conditions: Vec<HeaderCondition>,
    /// Higher comes first; equal ones in the order of subscription.
    pub priority: i64,
}

/// There are [`MAX_SUBSCRIPTIONS`] already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there are {MAX_SUBSCRIPTIONS} subscriptions already; are some made in a loop and never cancelled?")]
pub struct TooManySubscriptions;

#[derive(Debug)]
struct Entry {
    id: SubscriptionId,
    order: u64,
    server: Option<ServerId>,
    conditions: Vec<HeaderCondition>,
    priority: i64,
}

impl Entry {
    fn wants(&self, server: ServerId, frame: FrameRef<'_>) -> bool {
        self.server.is_none_or(|wanted| wanted == server)
            && self.conditions.iter().all(|condition| condition.holds(frame))
    }

    /// Sorts by falling priority, then by age.
    const fn rank(&self) -> (i64, u64) {
        (self.priority.saturating_neg(), self.order)
    }
}

/// All subscriptions of one client.
#[derive(Debug, Default)]
pub struct Subscriptions {
    by_name: NameMap<Vec<Entry>>,
    any: Vec<Entry>,
    generations: Vec<u32>,
    names: HashMap<SubscriptionId, Option<Box<[u8]>>>,
    free: Vec<u32>,
    subscribed: u64,
}

impl Subscriptions {
    /// Adds one.
    pub fn add(&mut self, new: NewSubscription) -> Result<SubscriptionId, TooManySubscriptions> {
        if self.names.len() >= MAX_SUBSCRIPTIONS {
            return Err(TooManySubscriptions);
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.generations.push(0);
            u32::try_from(self.generations.len() - 1).unwrap_or(u32::MAX)
        });
        let generation = self.generations.get(index as usize).copied().unwrap_or_default();
        let id = SubscriptionId { index, generation };
        let NewSubscription { name, server, conditions, priority } = new;
        self.subscribed += 1;
        let entry = Entry { id, order: self.subscribed, server, conditions, priority };
        let list = match &name {
            Some(name) => self.by_name.get_or_insert(name),
            None => &mut self.any,
        };
        let place = list.partition_point(|other| other.rank() <= entry.rank());
        list.insert(place, entry);
        self.names.insert(id, name);
        Ok(id)
    }

    /// Ends one. Tells whether it was there.
    pub fn remove(&mut self, id: SubscriptionId) -> bool {
        let Some(name) = self.names.remove(&id) else { return false };
        match name {
            Some(name) => {
                if let Some(list) = self.by_name.get_mut(&name) {
                    list.retain(|entry| entry.id != id);
                    if list.is_empty() {
                        self.by_name.remove(&name);
                    }
                }
            }
            None => self.any.retain(|entry| entry.id != id),
        }
        if let Some(generation) = self.generations.get_mut(id.index as usize) {
            *generation = generation.wrapping_add(1);
        }
        self.free.push(id.index);
        true
    }

    /// Whether that one is still there.
    pub fn contains(&self, id: SubscriptionId) -> bool {
        self.names.contains_key(&id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether anybody wants this event of this server.
    pub fn wants(&self, server: ServerId, frame: FrameRef<'_>) -> bool {
        self.any.iter().any(|entry| entry.wants(server, frame))
            || self.named(frame.name()).iter().any(|entry| entry.wants(server, frame))
    }

    /// Puts those who want this event into `found`, first the one to call first.
    pub fn find(&self, server: ServerId, frame: FrameRef<'_>, found: &mut Vec<SubscriptionId>) {
        found.clear();
        let mut any = self.any.iter().filter(|entry| entry.wants(server, frame)).peekable();
        for entry in self.named(frame.name()).iter().filter(|entry| entry.wants(server, frame)) {
            while let Some(before) = any.next_if(|other| other.rank() < entry.rank()) {
                found.push(before.id);
            }
            found.push(entry.id);
        }
        found.extend(any.map(|entry| entry.id));
    }

    fn named(&self, name: &[u8]) -> &[Entry] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}
