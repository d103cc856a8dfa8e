//! The keys of servers as PHP strings.

use super::zend::SharedString;
use ami_core::cluster::ServerId;
use ami_core::log::LOG_CAPACITY;
use std::cell::RefCell;
use std::collections::VecDeque;

/// One PHP string a server, for all of its messages, and for a while after its end: log records of it may still wait.
#[derive(Debug)]
pub(crate) struct ServerKeys {
    /// By the place of the server.
    present: RefCell<Vec<(ServerId, SharedString)>>,
    /// Those whose place another server has, at most as many as records may wait.
    former: RefCell<VecDeque<(ServerId, SharedString)>>,
    none: SharedString,
}

impl ServerKeys {
    pub(crate) fn new<'a>(keys: impl Iterator<Item = (ServerId, &'a str)>) -> Self {
        let present = keys.map(|(id, key)| (id, SharedString::new(key.as_bytes()))).collect();
        Self { present: RefCell::new(present), former: RefCell::default(), none: SharedString::new(b"") }
    }

    pub(crate) fn get(&self, id: ServerId) -> SharedString {
        if let Some((holder, key)) = self.present.borrow().get(id.index())
            && *holder == id
        {
            return key.clone();
        }
        let former = self.former.borrow();
        let found = former.iter().rev().find(|(other, _)| *other == id);
        found.map_or_else(|| self.none.clone(), |(_, key)| key.clone())
    }

    /// A server was added.
    pub(crate) fn add(&self, id: ServerId, key: &str) {
        let new = (id, SharedString::new(key.as_bytes()));
        let mut present = self.present.borrow_mut();
        match present.get_mut(id.index()) {
            None => present.push(new),
            Some(place) => {
                let mut former = self.former.borrow_mut();
                if former.len() >= LOG_CAPACITY {
                    former.pop_front();
                }
                former.push_back(std::mem::replace(place, new));
            }
        }
    }
}
