//! What is to be called for a subscription.

use super::zend::{PreparedCallable, Tracer};
use ami_core::events::SubscriptionId;
use ext_php_rs::types::Zval;
use std::fmt;

/// A listener and its filter.
pub(crate) struct Listener {
    pub(crate) closure: PreparedCallable,
    /// An `EventFilter` object.
    pub(crate) filter: Option<Zval>,
}

impl Clone for Listener {
    fn clone(&self) -> Self {
        Self { closure: self.closure.clone(), filter: self.filter.as_ref().map(Zval::shallow_clone) }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// Listeners by the place of their subscription.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    places: Vec<Option<(u32, Listener)>>,
    additions: u64,
}

impl Listeners {
    pub(crate) fn set(&mut self, id: SubscriptionId, listener: Listener) {
        self.additions += 1;
        let place = id.index as usize;
        if self.places.len() <= place {
            self.places.resize_with(place + 1, || None);
        }
        if let Some(entry) = self.places.get_mut(place) {
            *entry = Some((id.generation, listener));
        }
    }

    /// How many were ever added.
    pub(crate) const fn additions(&self) -> u64 {
        self.additions
    }

    /// Another reference to a listener: it may be taken back while it is called.
    pub(crate) fn get(&self, id: SubscriptionId) -> Option<Listener> {
        let (generation, listener) = self.places.get(id.index as usize)?.as_ref()?;
        (*generation == id.generation).then(|| listener.clone())
    }

    /// Takes a listener out. Dropping it may run PHP code, so the caller chooses when.
    #[must_use]
    pub(crate) fn remove(&mut self, id: SubscriptionId) -> Option<Listener> {
        let entry = self.places.get_mut(id.index as usize)?;
        if entry.as_ref().is_some_and(|(generation, _)| *generation == id.generation) {
            entry.take().map(|(_, listener)| listener)
        } else {
            None
        }
    }

    /// Tells the collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer<'_>) {
        for (_, listener) in self.places.iter().flatten() {
            tracer.callable(&listener.closure);
            if let Some(filter) = &listener.filter {
                tracer.value(filter);
            }
        }
    }
}
