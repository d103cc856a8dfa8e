//! What a strategy of the extension is made of.

use std::cell::RefCell;
use std::rc::Rc;

use ami_core::cluster::{Candidates, Load, Routing};
use ami_core::config::ConfigError;
use ami_core::protocol::Action;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::types::Zval;

use super::candidate::RoutingCandidate;
use crate::php::action::read_action;
use crate::php::class;
use crate::php::config;
use crate::php::engine::rethrow;
use crate::php::exceptions::invalid_configuration;
use crate::php::zend::{CallError, PreparedCallable};

/// What makes actions belong together.
#[derive(Debug)]
pub(super) enum Affinity {
    /// Nothing.
    None,
    /// The value of this header.
    Header(Box<[u8]>),
    /// What a function of the application says of the action.
    Function(PreparedCallable),
}

/// A rule, and whose turn it is where PHP code asks. Shared, so that it outlives its object while PHP is called.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(super) routing: Routing,
    pub(super) affinity: Affinity,
    /// The key of the candidate chosen last.
    last: RefCell<Box<str>>,
}

/// An action to be routed, as its owner made it and, where that is known already, as it is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Routed<'a> {
    pub(crate) object: &'a Zval,
    pub(crate) action: Option<&'a Action>,
}

impl Rule {
    pub(super) fn new(routing: Routing, affinity: Affinity) -> Rc<Self> {
        Rc::new(Self { routing, affinity, last: RefCell::default() })
    }

    /// The affinity of an action. Calls PHP.
    pub(super) fn affinity(&self, routed: Option<Routed<'_>>) -> PhpResult<Option<Vec<u8>>> {
        let Some(routed) = routed else { return Ok(None) };
        match &self.affinity {
            Affinity::None => Ok(None),
            Affinity::Header(name) => match routed.action {
                Some(action) => Ok(action.header(name).map(<[u8]>::to_vec)),
                None => Ok(read_action(routed.object)?.0.header(name).map(<[u8]>::to_vec)),
            },
            Affinity::Function(function) => match function.call(std::slice::from_ref(routed.object)) {
                Ok(said) => text(&said),
                Err(CallError::Thrown(exception)) => Err(rethrow(exception)),
                // What is pending already is what PHP sees.
                Err(CallError::Unwinding | CallError::NoMethod) => {
                    Err(PhpException::new("the affinity was not told".to_owned(), 0, class::error()))
                }
            },
        }
    }

    /// Chooses one of a list, in turn after the one that was chosen before.
    pub(super) fn choose(&self, list: &[&RoutingCandidate], affinity: Option<&[u8]>) -> Option<usize> {
        let candidates = List(list);
        let turn = candidates.place(&self.last.borrow()).map_or(0, |place| place + 1);
        let turn = if turn < list.len() { turn } else { 0 };
        let place = self.routing.choose(&candidates, turn, affinity)?;
        if self.routing.takes_turns(affinity) {
            *self.last.borrow_mut() = candidates.key(place).into();
        }
        Some(place)
    }
}

struct List<'a>(&'a [&'a RoutingCandidate]);

impl Candidates for List<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, place: usize) -> &str {
        self.0.get(place).map_or("", |candidate| candidate.key())
    }

    fn load(&self, place: usize) -> Load {
        self.0.get(place).map_or_else(Load::default, |candidate| candidate.load())
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|candidate| candidate.key() == key)
    }
}

/// The affinity that a function returned.
fn text(said: &Zval) -> PhpResult<Option<Vec<u8>>> {
    let said = said.dereference();
    if said.is_null() {
        return Ok(None);
    }
    if let Some(number) = said.long() {
        return Ok(Some(number.to_string().into_bytes()));
    }
    let refuse = || ConfigError::invalid("affinity", config::named_type(said), "is no string, int or null");
    let text = said.zend_str().ok_or_else(|| invalid_configuration(&refuse()))?;
    Ok(Some(text.as_bytes().to_vec()))
}

/// The candidates that an argument lists.
pub(super) fn candidates(given: &Zval) -> PhpResult<Vec<&RoutingCandidate>> {
    let wrong =
        |found: &Zval| class::wrong_type(0, "candidates", "list<Apn\\AmiClient\\RoutingCandidate>", Some(found));
    let array = given.dereference().array().ok_or_else(|| wrong(given))?;
    let mut list = Vec::with_capacity(array.len());
    let mut elements = array.iter();
    while let Some((_, element)) = elements.next_zval() {
        list.push(RoutingCandidate::of(element).ok_or_else(|| wrong(element.dereference()))?);
    }
    Ok(list)
}
