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
        self.concerns(server) && self.conditions.iter().all(|condition| condition.holds(frame))
    }

    fn concerns(&self, server: ServerId) -> bool {
        self.server.is_none_or(|wanted| wanted == server)
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
    /// Grows whenever the answer of [`Subscriptions::names`] may be another one.
    changes: u64,
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
        self.changes += u64::from(!list.iter().any(|other| other.server == entry.server));
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
                    self.changes += u64::from(take_out(list, id));
                    if list.is_empty() {
                        self.by_name.remove(&name);
                    }
                }
            }
            None => self.changes += u64::from(take_out(&mut self.any, id)),
        }
        if let Some(generation) = self.generations.get_mut(id.index as usize) {
            *generation = generation.wrapping_add(1);
        }
        self.free.push(id.index);
        true
    }

    /// Ends all those of one server, and tells which they were.
    pub fn remove_of(&mut self, server: ServerId) -> Vec<SubscriptionId> {
        let of_server = |list: &[Entry]| -> Vec<SubscriptionId> {
            list.iter().filter(|entry| entry.server == Some(server)).map(|entry| entry.id).collect()
        };
        let mut ids = of_server(&self.any);
        ids.extend(self.by_name.iter().flat_map(|(_, list)| of_server(list)));
        for &id in &ids {
            self.remove(id);
        }
        ids
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

    /// The names that anybody wants of this server, in lower case; `None` where somebody wants every event. Header
    /// conditions do not count.
    pub fn names(&self, server: ServerId) -> Option<impl Iterator<Item = Vec<u8>>> {
        let is_concerned = move |list: &[Entry]| list.iter().any(|entry| entry.concerns(server));
        let named = self.by_name.iter().filter(move |(_, list)| is_concerned(list)).map(|(name, _)| name);
        (!is_concerned(&self.any)).then_some(named)
    }

    /// Grows whenever [`Subscriptions::names`] may have another answer for some server, and at no other time.
    pub const fn changes(&self) -> u64 {
        self.changes
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

/// Takes one out. Tells whether it was the last one for its server, or for all.
fn take_out(list: &mut Vec<Entry>, id: SubscriptionId) -> bool {
    let Some(at) = list.iter().position(|entry| entry.id == id) else { return false };
    let gone = list.remove(at);
    !list.iter().any(|other| other.server == gone.server)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const SERVER: ServerId = ServerId::new(0, 0);
    const OTHER: ServerId = ServerId::new(1, 0);

    fn named(name: &str, priority: i64) -> NewSubscription {
        let name = (name != "*").then(|| name.as_bytes().into());
        NewSubscription { name, priority, ..NewSubscription::default() }
    }

    fn found(table: &Subscriptions, server: ServerId, event: &str) -> Vec<SubscriptionId> {
        let frame = FrameRef::from_bytes(event.as_bytes()).unwrap();
        let mut found = vec![SubscriptionId { index: 99, generation: 99 }];
        table.find(server, frame, &mut found);
        assert_eq!(!found.is_empty(), table.wants(server, frame), "both questions have the same answer");
        found
    }

    #[test]
    fn a_higher_priority_comes_first_and_of_equal_ones_the_older() {
        let mut table = Subscriptions::default();
        let add = |table: &mut Subscriptions, name, priority| table.add(named(name, priority)).unwrap();
        let low = add(&mut table, "Hangup", -5);
        let first = add(&mut table, "*", 0);
        let second = add(&mut table, "hangup", 0);
        let third = add(&mut table, "*", 0);
        let high = add(&mut table, "HANGUP", 7);
        let highest = add(&mut table, "*", i64::MAX);
        let lowest = add(&mut table, "*", i64::MIN);
        assert_eq!(found(&table, SERVER, "Event: Hangup"), [highest, high, first, second, third, low, lowest]);
        assert_eq!(found(&table, SERVER, "Event: Cdr"), [highest, first, third, lowest]);
    }

    #[test]
    fn without_anybody_nothing_is_wanted() {
        let mut table = Subscriptions::default();
        assert_eq!(found(&table, SERVER, "Event: Hangup"), []);
        table.add(named("Newchannel", 0)).unwrap();
        assert_eq!(found(&table, SERVER, "Event: Hangup"), []);
        assert_eq!(found(&table, SERVER, &format!("Event: {}", "x".repeat(500))), []);
    }

    #[test]
    fn a_subscription_may_be_to_one_server() {
        let mut table = Subscriptions::default();
        let one = table.add(NewSubscription { server: Some(SERVER), ..named("Hangup", 0) }).unwrap();
        let all = table.add(named("Hangup", 0)).unwrap();
        assert_eq!(found(&table, SERVER, "Event: Hangup"), [one, all]);
        assert_eq!(found(&table, OTHER, "Event: Hangup"), [all]);
    }

    #[test]
    fn all_conditions_hold_or_it_is_not_wanted() {
        let condition = |header: &str, values: &[&str]| HeaderCondition {
            header: header.as_bytes().into(),
            values: values.iter().map(|value| value.as_bytes().into()).collect(),
        };
        let conditions = vec![condition("queue", &["sales", "support"]), condition("Priority", &["1"])];
        let mut table = Subscriptions::default();
        let id = table.add(NewSubscription { conditions, ..named("Join", 0) }).unwrap();
        assert_eq!(found(&table, SERVER, "Event: Join\r\nQueue: support\r\nPriority: 1"), [id]);
        for refused in [
            "Event: Join\r\nQueue: support\r\nPriority: 2",
            "Event: Join\r\nQueue: Support\r\nPriority: 1",
            "Event: Join\r\nPriority: 1",
            "Event: Join\r\nQueue: other\r\nQueue: support\r\nPriority: 1",
        ] {
            assert_eq!(found(&table, SERVER, refused), [], "{refused:?}");
        }
    }

    #[test]
    fn an_ended_subscription_is_gone_and_its_id_never_comes_back() {
        let mut table = Subscriptions::default();
        let first = table.add(named("Hangup", 0)).unwrap();
        assert!(table.remove(first) && !table.remove(first));
        let second = table.add(named("Hangup", 0)).unwrap();
        assert_eq!(first.index, second.index, "the place is used again");
        assert!(first != second && !table.contains(first) && table.contains(second));
        assert_eq!(found(&table, SERVER, "Event: Hangup"), [second]);
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn subscriptions_made_in_a_loop_end_at_the_limit() {
        let mut table = Subscriptions::default();
        let ids: Vec<_> = (0..MAX_SUBSCRIPTIONS).map(|n| table.add(named(&format!("E{n}"), 0)).unwrap()).collect();
        assert_eq!(table.add(named("One", 0)), Err(TooManySubscriptions));
        table.remove(ids[7]);
        assert!(table.add(named("One", 0)).is_ok());
    }
}
