//! What time brings: steps of calls, waits that end, listeners that come back.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use super::Worker;
use crate::frame::{self, Frame};
use crate::node::{Listener, Node};
use crate::session::{Closing, SessionKey, Wait};

/// What comes when its time comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    Call { node: usize, id: u64, epoch: u64 },
    IncomingCall { node: usize },
    OpenListener { node: usize, epoch: u64 },
    Banner(SessionKey),
    AuthTimeout(SessionKey),
    FullyBooted(SessionKey),
    EndWait(SessionKey),
    Resume(SessionKey),
    WriteTimeout(SessionKey),
}

/// A timer in the heap; the number keeps timers of one instant in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Planned {
    at: Instant,
    number: u64,
    timer: Timer,
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Worker {
    pub(super) fn plan(&mut self, after: Duration, timer: Timer) {
        self.planned += 1;
        // A wait too long for the clock never ends.
        if let Some(at) = self.now.checked_add(after) {
            self.timers.push(Reverse(Planned { at, number: self.planned, timer }));
        }
    }

    pub(super) fn until_next_timer(&self) -> Option<Duration> {
        self.timers.peek().map(|Reverse(next)| next.at.saturating_duration_since(Instant::now()))
    }

    pub(super) fn fire_timers(&mut self) {
        while self.timers.peek().is_some_and(|Reverse(next)| next.at <= self.now) {
            if let Some(Reverse(due)) = self.timers.pop() {
                self.fire(due.timer);
            }
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Call { node, id, epoch } => self.with_pbx(node, |node, fx| {
                node.pbx.step_call(fx, &node.config.calls, id, epoch);
            }),
            Timer::IncomingCall { node } => self.incoming_calls(node),
            Timer::OpenListener { node, epoch } => {
                if self.nodes.get(node).is_some_and(|node| node.listener_epoch == epoch) {
                    self.open_listener(node);
                }
            }
            Timer::Banner(key) => self.greet(key),
            Timer::AuthTimeout(key) => {
                if self.session(key).is_some_and(|session| session.user.is_none() && !session.frozen) {
                    self.close(key);
                }
            }
            Timer::FullyBooted(key) => self.fully_booted(key),
            Timer::EndWait(key) => self.end_wait(key),
            Timer::Resume(key) => {
                if let Some(session) = self.session(key) {
                    session.resume = None;
                    session.resume_planned = None;
                }
                self.wake(key);
            }
            Timer::WriteTimeout(key) => self.write_timeout(key),
        }
    }

    pub(super) fn open_listener(&mut self, index: usize) {
        if self.nodes.get_mut(index).is_some_and(Node::open_listener) {
            // Without a watch the node would be deaf; there is nobody to tell, so it is tried again.
            if self.watch_listener(index).is_err() {
                self.plan_listener(index, Duration::from_millis(100));
            }
        } else if self.nodes.get(index).is_some_and(|node| matches!(node.listener, Listener::Lost)) {
            self.plan_listener(index, Duration::from_millis(100));
        }
    }

    pub(super) fn plan_listener(&mut self, index: usize, after: Duration) {
        if let Some(node) = self.nodes.get_mut(index) {
            let epoch = node.listener_epoch;
            self.plan(after, Timer::OpenListener { node: index, epoch });
        }
    }

    pub(super) fn plan_incoming_call(&mut self, index: usize) {
        let Some(gap) = self.nodes.get_mut(index).and_then(Node::call_gap) else { return };
        if let Some(node) = self.nodes.get_mut(index) {
            node.next_call = Some(self.now + gap);
        }
        self.plan(gap, Timer::IncomingCall { node: index });
    }

    /// Begins all calls that are due: at high rates several at once.
    fn incoming_calls(&mut self, index: usize) {
        let now = self.now;
        self.with_pbx(index, |node, fx| {
            while let Some(at) = node.next_call.filter(|&at| at <= now) {
                if node.pbx.calls.active() >= node.config.calls.max_active {
                    node.next_call = Some(now);
                    break;
                }
                node.pbx.incoming(fx, &node.config.calls);
                node.next_call = node.call_gap().map(|gap| at + gap);
            }
        });
        let next = self.nodes.get(index).and_then(|node| node.next_call);
        if let Some(at) = next {
            // At the limit of calls a short rest replaces the gap.
            let after = at.saturating_duration_since(now).max(Duration::from_millis(5));
            self.plan(after, Timer::IncomingCall { node: index });
        }
    }

    fn fully_booted(&mut self, key: SessionKey) {
        let Some(index) = self.session(key).map(|session| session.node) else { return };
        let (stamp, Some(node)) = (self.stamp, self.nodes.get(index)) else { return };
        let mut effects = node.effects(stamp);
        crate::actions::fully_booted(&mut effects, node.pbx.started);
        let Some(session) = self.session(key) else { return };
        session.booted = true;
        for (class, event) in effects.events() {
            session.deliver(class, event);
        }
        self.wake(key);
    }

    /// The end of a wait that time ends: a refused login, or a `WaitEvent`.
    pub(super) fn end_wait(&mut self, key: SessionKey) {
        let Some(session) = self.session(key) else { return };
        let mut answer = Vec::new();
        match session.wait.take() {
            Some(Wait::Refused { action_id }) => {
                frame::error(&mut answer, action_id.as_deref(), "Authentication failed");
                session.resume_with(&answer);
                session.closing = Some(Closing::Drained);
            }
            Some(Wait::Event { action_id }) => {
                let id = action_id.as_deref();
                frame::success(&mut answer, id, "Waiting for Event completed.");
                session.resume_with(&answer);
                Frame::item(session.out.tail(), "WaitEventComplete").action_id(id).end();
            }
            other => session.wait = other,
        }
        self.wake(key);
    }

    fn write_timeout(&mut self, key: SessionKey) {
        let now = self.now;
        let Some(index) = self.session(key).map(|session| session.node) else { return };
        let Some(limit) = self.nodes.get(index).and_then(|node| node.config.write_timeout) else { return };
        let Some(session) = self.session(key) else { return };
        let Some(since) = session.blocked_since else { return };
        let left = limit.saturating_sub(now.saturating_duration_since(since));
        if left.is_zero() {
            self.cut(key);
        } else {
            self.plan(left, Timer::WriteTimeout(key));
        }
    }
}
