//! From the core to PHP: events to listeners, answers to those who wait, gaps, questions.
//!
//! Whatever is handed over is taken out of the core first, and every borrow is over before PHP is called.

use super::hand::Next;
use super::{Engine, Waited};
use crate::php::event::AmiEvent;
use crate::php::gap;
use crate::php::pending::PendingAction;
use crate::php::zend::{self, CallError, call_method};
use ami_core::cluster::ServerId;
use ami_core::connection::Gap;
use ami_core::correlation::{Failure, Judgement, LossReason, Settled};
use ami_core::events::SubscriptionId;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::types::Zval;
use std::rc::Rc;

impl Engine {
    pub(super) fn dispatch(self: &Rc<Self>, manager: &Zval, only: Option<ServerId>) -> PhpResult<Waited> {
        let mut found = Vec::new();
        loop {
            let next = if self.driver.is_background() {
                if !self.round.is_over() && self.driver.has_news() && self.settle_all()? == Waited::Exiting {
                    return Ok(Waited::Exiting);
                }
                self.next_in_hand(only, &mut found)
            } else {
                self.next(only, &mut found)
            };
            let (id, event) = match next? {
                Next::Event(id, event) => (id, event),
                Next::News => {
                    if self.tell_news(manager, only)? == Waited::Exiting {
                        return Ok(Waited::Exiting);
                    }
                    continue;
                }
                Next::Nothing => return Ok(Waited::Done),
            };
            if found.is_empty() {
                continue;
            }
            let timing = self.begin_timing(event.read_at)?;
            let event = [AmiEvent::object(event.frame, &self.server_key(id), event.received)];
            for subscription in &found {
                if self.call_listener(*subscription, id, &event) == Waited::Exiting
                    || self.after_letting_go(Some(id)) == Waited::Exiting
                {
                    return Ok(Waited::Exiting);
                }
            }
            drop(event);
            if self.after_letting_go(Some(id)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            // A listener may have forked: the rest of the queue is the parent's.
            self.check_owner()?;
            self.end_timing(id, timing)?;
            self.renew_round();
        }
    }

    /// Tells what goes before events: actions that have ended, and a gap.
    #[cold]
    fn tell_news(self: &Rc<Self>, manager: &Zval, only: Option<ServerId>) -> PhpResult<Waited> {
        if self.settle_all()? == Waited::Exiting {
            return Ok(Waited::Exiting);
        }
        let gap = self.reactor()?.cluster_mut().pop_gap(only);
        match gap {
            Some((id, gap)) => self.tell_gap(manager, id, &gap),
            None => Ok(Waited::Done),
        }
    }

    /// The next thing to tell, of any server or of one, with those who want it if it is an event. One borrow an event:
    /// what goes before events is there only now and then.
    fn next(&self, only: Option<ServerId>, found: &mut Vec<SubscriptionId>) -> PhpResult<Next> {
        let mut reactor = self.reactor()?;
        let cluster = reactor.cluster_mut();
        if cluster.has_news(only) {
            return Ok(Next::News);
        }
        let Some((id, event)) = cluster.pop_event(only) else { return Ok(Next::Nothing) };
        cluster.subscriptions().find(id, event.frame.as_ref(), found);
        Ok(Next::Event(id, event))
    }

    /// Asks about the messages of actions whose end the application's own code decides.
    fn judge_all(&self) -> PhpResult<Waited> {
        loop {
            let (server, question, now) = {
                let mut reactor = self.reactor()?;
                let questions = &mut reactor.cluster_mut().effects().questions;
                if questions.front().is_some_and(|(server, asked)| self.has_to_wait(*server, asked.sequence)) {
                    return Ok(Waited::Done);
                }
                let Some((server, question)) = questions.pop_front() else { return Ok(Waited::Done) };
                let connection = reactor.cluster().connection(server);
                if !connection.is_some_and(|connection| connection.is_waiting(question.sequence)) {
                    // Nobody is asked any more; the core counts it.
                    let now = reactor.now();
                    reactor.cluster_mut().judge(server, question, Judgement::Continues, now);
                    continue;
                }
                (server, question, reactor.now())
            };
            let pending = self.pending.borrow().get(&(server, question.sequence)).map(Zval::shallow_clone);
            let this = pending.as_ref().and_then(Zval::object).and_then(PendingAction::of);
            let judgement = match this.map(|this| this.judge(question.frame.clone(), now.wall)) {
                Some(Some(judgement)) => judgement,
                Some(None) => return Ok(Waited::Exiting),
                None => Judgement::Continues,
            };
            // It may have forked: what else there is to ask is the parent's.
            self.check_owner()?;
            self.reactor()?.cluster_mut().judge(server, question, judgement, now);
            drop(pending);
            if self.after_letting_go(Some(server)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
    }

    pub(super) fn settle_all(&self) -> PhpResult<Waited> {
        loop {
            if self.judge_all()? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            let (server, settled, at) = {
                let mut reactor = self.reactor()?;
                let all = &mut reactor.cluster_mut().effects().settled;
                // What the application itself ended is no answer, and told at once.
                let may_wait = |ended: &Settled| {
                    use Failure::{Cancelled, ConnectionLost, NotSent};
                    let closed = LossReason::Closed;
                    !matches!(&ended.outcome.failure, Some(Cancelled))
                        && !matches!(&ended.outcome.failure, Some(ConnectionLost(why) | NotSent(why)) if *why == closed)
                };
                if all.front().is_some_and(|(id, ended)| may_wait(ended) && self.has_to_wait(*id, ended.sequence)) {
                    return Ok(Waited::Done);
                }
                let Some((server, settled)) = all.pop_front() else { return Ok(Waited::Done) };
                (server, settled, reactor.wall())
            };
            let pending = self.pending.borrow_mut().remove(&(server, settled.sequence));
            let Some(this) = pending.as_ref().and_then(Zval::object).and_then(PendingAction::of) else { continue };
            if this.settle(settled.outcome, at)? == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
            drop(pending);
            if self.after_letting_go(Some(server)) == Waited::Exiting {
                return Ok(Waited::Exiting);
            }
        }
    }

    /// Tells everybody who wants to know that a server was away.
    fn tell_gap(self: &Rc<Self>, manager: &Zval, id: ServerId, gap: &Gap) -> PhpResult<Waited> {
        let listeners = self.gap_listeners.borrow().clone();
        if listeners.is_empty() {
            return Ok(Waited::Done);
        }
        let gap = [gap::object(self, manager, id, gap)?];
        for listener in &listeners {
            match listener.call(&gap) {
                Ok(_) | Err(CallError::NoMethod) => {}
                Err(CallError::Unwinding) => return Ok(Waited::Exiting),
                Err(CallError::Thrown(exception)) => self.callback_failed("onGap", Some(id), exception),
            }
            // It may have forked.
            self.check_owner()?;
        }
        drop((gap, listeners));
        Ok(self.after_letting_go(Some(id)))
    }

    fn call_listener(&self, id: SubscriptionId, server: ServerId, event: &[Zval; 1]) -> Waited {
        // One that an earlier listener of this event took back is not there any more.
        let Some(listener) = self.listeners.borrow().get(id) else { return Waited::Done };
        let called = match &listener.filter {
            Some(filter) => match call_method(filter, "accepts", event) {
                Ok(verdict) if !verdict.is_true() => return Waited::Done,
                Ok(_) => listener.closure.call_held(event),
                Err(error) => Err(error),
            },
            None => listener.closure.call_held(event),
        };
        match called {
            Ok(_) | Err(CallError::NoMethod) => {}
            Err(CallError::Unwinding) => return Waited::Exiting,
            Err(CallError::Thrown(exception)) => self.callback_failed("listener", Some(server), exception),
        }
        Waited::Done
    }

    /// What a destructor threw, when a tick let go of the last reference to its object, must not keep the next callback
    /// from being called.
    #[inline]
    pub(crate) fn after_letting_go(&self, server: Option<ServerId>) -> Waited {
        if zend::is_calm() { Waited::Done } else { self.after_a_throw(server) }
    }

    #[cold]
    fn after_a_throw(&self, server: Option<ServerId>) -> Waited {
        if let Some(exception) = zend::take_pending_exception() {
            self.callback_failed("destructor", server, exception);
        }
        if zend::is_unwinding() { Waited::Exiting } else { Waited::Done }
    }
}
