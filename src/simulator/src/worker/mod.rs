//! The event loop: one thread, many nodes, all their sockets and timers.
//!
//! Readiness is edge-triggered: a session remembers that it may read or write until the kernel says "not now". Sessions
//! with work stand in a queue and get turns of bounded size, so that a flood does not starve a login.

mod faults;
mod serve;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token, Waker};
use slab::Slab;

use crate::effects::{Effects, Order};
use crate::fault::Fault;
use crate::flood::Block;
use crate::frame::{self, Frame};
use crate::node::{Listener, Node};
use crate::session::{Closing, Session, SessionKey, Wait};
use crate::stats::{add, subtract};
use crate::time::Stamp;

const WAKER: Token = Token(usize::MAX);

/// What a handle asks of the loop.
#[derive(Debug)]
pub(crate) enum Command {
    /// Apply a fault to this thread's node; the reply says that it is done.
    Fault {
        node: usize,
        fault: Box<Fault>,
        done: Sender<()>,
    },
    Stop,
}

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

pub(crate) struct Worker {
    poll: Poll,
    nodes: Vec<Node>,
    sessions: Slab<Session>,
    serial: u64,
    timers: BinaryHeap<Reverse<Planned>>,
    planned: u64,
    ready: VecDeque<SessionKey>,
    block: Block,
    scratch: Vec<u8>,
    commands: Receiver<Command>,
    now: Instant,
    stamp: Stamp,
    stopped: bool,
}

/// A timer in the heap; the number keeps timers of one instant in order.
#[derive(Debug, PartialEq, Eq)]
struct Planned {
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
    pub(crate) fn new(nodes: Vec<Node>, commands: Receiver<Command>) -> io::Result<(Self, Arc<Waker>)> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let mut worker = Self {
            poll,
            nodes,
            sessions: Slab::new(),
            serial: 0,
            timers: BinaryHeap::new(),
            planned: 0,
            ready: VecDeque::new(),
            block: Block::default(),
            scratch: vec![0; 64 * 1024],
            commands,
            now: Instant::now(),
            stamp: Stamp::now(),
            stopped: false,
        };
        for index in 0..worker.nodes.len() {
            worker.watch_listener(index)?;
            worker.plan_incoming_call(index);
            if let Some(fault) = worker.nodes.get(index).and_then(|node| node.config.fault.clone()) {
                worker.apply_fault(index, &fault, None);
            }
        }
        Ok((worker, waker))
    }

    pub(crate) fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        while !self.stopped {
            let timeout = if self.ready.is_empty() { self.until_next_timer() } else { Some(Duration::ZERO) };
            if let Err(error) = self.poll.poll(&mut events, timeout) {
                if error.kind() != io::ErrorKind::Interrupted {
                    return;
                }
            }
            self.now = Instant::now();
            self.stamp = Stamp::now();
            for event in &events {
                let (readable, writable) =
                    (event.is_readable() || event.is_read_closed(), event.is_writable() || event.is_write_closed());
                self.notice(event.token(), readable, writable);
            }
            self.obey();
            self.fire_timers();
            for _ in 0..self.ready.len() {
                if let Some(key) = self.ready.pop_front() {
                    self.turn(key);
                }
            }
        }
    }

    fn notice(&mut self, token: Token, readable: bool, writable: bool) {
        if token == WAKER {
            return;
        }
        if token.0 < self.nodes.len() {
            return self.accept(token.0);
        }
        let Some(session) = self.sessions.get_mut(token.0 - self.nodes.len()) else { return };
        session.readable |= readable;
        session.writable |= writable;
        let key = session.key;
        self.wake(key);
    }

    fn obey(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Stop => self.stopped = true,
                Command::Fault { node, fault, done } => {
                    self.apply_fault(node, &fault, None);
                    // Whoever asked may have given up waiting.
                    let _ = done.send(());
                }
            }
        }
    }

    /// Gives a session a turn soon.
    fn wake(&mut self, key: SessionKey) {
        if let Some(session) = self.session(key) {
            if !session.queued {
                session.queued = true;
                self.ready.push_back(key);
            }
        }
    }

    fn session(&mut self, key: SessionKey) -> Option<&mut Session> {
        self.sessions.get_mut(key.slot).filter(|session| session.key == key)
    }

    fn watch_listener(&mut self, index: usize) -> io::Result<()> {
        match self.nodes.get_mut(index).map(|node| &mut node.listener) {
            Some(Listener::Open(listener)) => self.poll.registry().register(listener, Token(index), Interest::READABLE),
            _ => Ok(()),
        }
    }

    // Timers

    fn plan(&mut self, after: Duration, timer: Timer) {
        self.planned += 1;
        // A wait too long for the clock never ends.
        if let Some(at) = self.now.checked_add(after) {
            self.timers.push(Reverse(Planned { at, number: self.planned, timer }));
        }
    }

    fn until_next_timer(&self) -> Option<Duration> {
        self.timers.peek().map(|Reverse(next)| next.at.saturating_duration_since(Instant::now()))
    }

    fn fire_timers(&mut self) {
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

    fn open_listener(&mut self, index: usize) {
        if self.nodes.get_mut(index).is_some_and(Node::open_listener) {
            // Without a watch the node would be deaf; there is nobody to tell, so it is tried again.
            if self.watch_listener(index).is_err() {
                self.plan_listener(index, Duration::from_millis(100));
            }
        } else if self.nodes.get(index).is_some_and(|node| matches!(node.listener, Listener::Lost)) {
            self.plan_listener(index, Duration::from_millis(100));
        }
    }

    fn plan_listener(&mut self, index: usize, after: Duration) {
        if let Some(node) = self.nodes.get_mut(index) {
            let epoch = node.listener_epoch;
            self.plan(after, Timer::OpenListener { node: index, epoch });
        }
    }

    // What happens in a node

    /// Lets something happen in a node and delivers what comes of it.
    fn with_pbx(&mut self, index: usize, happen: impl FnOnce(&mut Node, &mut Effects)) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        let mut effects = node.effects(self.stamp);
        happen(node, &mut effects);
        self.deliver(index, effects);
    }

    /// Hands events to the node's sessions and carries out orders.
    fn deliver(&mut self, index: usize, effects: Effects) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        let counters = &node.shared.counters;
        add(&counters.calls_started, std::mem::take(&mut node.pbx.calls.started));
        if effects.has_events() {
            let told = effects.events().count() as u64;
            node.told += told;
            let mut woken = Vec::new();
            for &key in &node.sessions {
                let Some(session) = self.sessions.get_mut(key.slot) else { continue };
                let seen = effects.events().filter(|&(class, event)| session.deliver(class, event)).count();
                if seen > 0 {
                    add(&counters.events_sent, seen as u64);
                    if !session.queued {
                        session.queued = true;
                        self.ready.push_back(key);
                    }
                    if matches!(session.wait, Some(Wait::Event { .. })) {
                        woken.push(key);
                    }
                }
            }
            woken.into_iter().for_each(|key| self.end_wait(key));
        }
        for order in effects.orders {
            self.carry_out(index, order);
        }
        let Some(node) = self.nodes.get(index) else { return };
        let ended = node.pbx.calls.ended;
        node.shared.counters.calls_ended.store(ended, std::sync::atomic::Ordering::Relaxed);
    }

    fn carry_out(&mut self, index: usize, order: Order) {
        match order {
            Order::Call { id, epoch, after } => self.plan(after, Timer::Call { node: index, id, epoch }),
            Order::Timer { after, timer } => self.plan(after, timer),
            Order::Answer { session, frame } => {
                if let Some(session) = self.session(session) {
                    session.resume_with(&frame);
                }
                self.wake(session);
            }
            Order::Flood(flood) => self.apply_fault(index, &Fault::Flood(flood), None),
            Order::Fault { fault, only } => self.apply_fault(index, &fault, only),
        }
    }

    fn plan_incoming_call(&mut self, index: usize) {
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

    // Sessions and time

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

    /// The end of a wait that time ends: a refused login, or a WaitEvent.
    fn end_wait(&mut self, key: SessionKey) {
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
        let waited = now.saturating_duration_since(since);
        if waited >= limit {
            self.cut(key);
        } else {
            self.plan(limit - waited, Timer::WriteTimeout(key));
        }
    }

    /// Closes a session because its client does not read.
    fn cut(&mut self, key: SessionKey) {
        if let Some(node) = self.session(key).map(|session| session.node).and_then(|index| self.nodes.get(index)) {
            add(&node.shared.counters.sessions_cut, 1);
        }
        self.close(key);
    }

    /// Closes a session and forgets it.
    fn close(&mut self, key: SessionKey) {
        if self.session(key).is_none() {
            return;
        }
        let mut session = self.sessions.remove(key.slot);
        session.discard_input(&mut self.scratch);
        // Dropping the stream closes it, whether the poll knew it or not.
        let _ = self.poll.registry().deregister(&mut session.stream);
        if let Some(node) = self.nodes.get_mut(session.node) {
            node.sessions.retain(|&other| other != key);
            subtract(&node.shared.counters.connections_open, 1);
        }
    }
}
