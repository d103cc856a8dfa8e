//! PHP values that a Rust struct owns and that may change.
//!
//! A value comes out as another reference to it and is replaced by handing the old one back, so that nothing is borrowed
//! while PHP runs, and a destructor runs only when the caller lets go.

use super::zend::Tracer;
use ext_php_rs::types::Zval;
use std::cell::RefCell;
use std::fmt;

/// One PHP value; null at first.
#[derive(Default)]
pub(crate) struct Held(RefCell<Option<Zval>>);

impl Held {
    pub(crate) fn new(value: Zval) -> Self {
        Self(RefCell::new(Some(value)))
    }

    /// Another reference to the value.
    pub(crate) fn get(&self) -> Zval {
        match self.0.try_borrow() {
            Ok(value) => value.as_ref().map_or_else(Zval::null, Zval::shallow_clone),
            Err(_) => Zval::null(),
        }
    }

    /// Puts a value in and hands back the old one.
    #[must_use = "dropping it may run PHP code, so the caller chooses when"]
    pub(crate) fn replace(&self, value: Zval) -> Zval {
        match self.0.try_borrow_mut() {
            Ok(mut held) => held.replace(value).unwrap_or_else(Zval::null),
            Err(_) => value,
        }
    }

    /// Tells the collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(value) = self.0.try_borrow()
            && let Some(value) = &*value
        {
            tracer.value(value);
        }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}
