//! The event loop: one thread, many nodes, all their sockets and timers.
//!
//! Readiness is edge-triggered: a session remembers that it may read or write until the kernel says "not now". Sessions
//! with work stand in a queue and get turns of bounded size, so that a flood does not starve a login.

mod faults;
mod serve;
mod timers;

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
use crate::node::{Listener, Node};
use crate::session::{Session, SessionKey, Wait};
use crate::stats::{add, subtract};
use crate::time::Stamp;

use timers::Planned;
pub(crate) use timers::Timer;

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
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                return;
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
        if let Some(session) = self.session(key)
            && !session.queued
        {
            session.queued = true;
            self.ready.push_back(key);
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
            for key in woken {
                self.end_wait(key);
            }
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
