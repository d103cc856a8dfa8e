//! Turns of sessions: accept, greet, read, act, write.

use std::time::Instant;

use mio::{Interest, Token};

use super::{Timer, Worker};
use crate::actions;
use crate::frame;
use crate::node::{Door, Listener};
use crate::request::Input;
use crate::session::{Closing, Session, SessionKey, Written};
use crate::stats::{ReceivedAction, add};

/// A session that has so many bytes to write gets no more answers until its client has read some: a real server stops
/// reading there, too.
const ANSWER_LIMIT: usize = 1024 * 1024;

impl Worker {
    pub(super) fn accept(&mut self, index: usize) {
        loop {
            let Some(node) = self.nodes.get_mut(index) else { return };
            let Listener::Open(listener) = &node.listener else { return };
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // A connection that is gone again, or no descriptors left: the others can still be served.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => continue,
                Err(_) => return,
            };
            add(&node.shared.counters.connections_accepted, 1);
            let logging_in = node.sessions.iter().filter_map(|key| self.sessions.get(key.slot));
            let logging_in = logging_in.filter(|session| session.user.is_none()).count();
            if node.config.auth_limit.is_some_and(|limit| logging_in >= limit) {
                continue;
            }
            self.welcome(index, stream, peer);
        }
    }

    fn welcome(&mut self, index: usize, mut stream: mio::net::TcpStream, peer: std::net::SocketAddr) {
        // Small answers must not wait for one another; if the option is refused they are only slower.
        let _ = stream.set_nodelay(true);
        let entry = self.sessions.vacant_entry();
        self.serial += 1;
        let key = SessionKey { slot: entry.key(), serial: self.serial };
        let token = Token(self.nodes.len() + key.slot);
        if self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE).is_err() {
            return;
        }
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.connections += 1;
        let mut session = Session::new(key, index, node.connections, stream, peer);
        session.cut_after = node.cut_after;
        session.slow_write = node.slow_write;
        session.frozen = node.door == Door::Stall;
        entry.insert(session);
        node.sessions.push(key);
        add(&node.shared.counters.connections_open, 1);
        let (door, auth_timeout) = (node.door, node.config.auth_timeout);
        if let Some(limit) = auth_timeout {
            self.plan(limit, Timer::AuthTimeout(key));
        }
        match door {
            Door::SlowBanner(delay) => self.plan(delay, Timer::Banner(key)),
            Door::Stall => {}
            _ => self.greet(key),
        }
    }

    /// The banner, or what comes instead of it.
    pub(super) fn greet(&mut self, key: SessionKey) {
        let Some(session) = self.sessions.get_mut(key.slot).filter(|session| session.key == key) else { return };
        let Some(node) = self.nodes.get_mut(session.node) else { return };
        if session.greeted {
            return;
        }
        session.greeted = true;
        match node.door {
            Door::Http => {
                session.out.tail().extend_from_slice(HTTP_ANSWER);
                session.closing = Some(Closing::Drained);
            }
            Door::Garbage(bytes) => session.out.tail().extend(noise(&mut node.pbx.rng, bytes)),
            _ => {
                session.out.tail().extend_from_slice(node.config.banner.as_bytes());
                session.out.tail().extend_from_slice(b"\r\n");
            }
        }
        self.wake(key);
    }

    /// One turn of a session: read, act, write.
    pub(super) fn turn(&mut self, key: SessionKey) {
        let Some(session) = self.sessions.get_mut(key.slot).filter(|session| session.key == key) else { return };
        session.queued = false;
        let Some(node) = self.nodes.get(session.node) else { return };
        if session.frozen {
            if session.buffered() > node.config.buffer_limit {
                self.cut(key);
            }
            return;
        }
        let hungry = session.greeted && session.out.len() < ANSWER_LIMIT && session.closing.is_none();
        if hungry && session.wait.is_none() && session.read(&mut self.scratch, &node.shared.counters).is_err() {
            return self.close(key);
        }
        if hungry {
            self.act(key);
        }
        self.flush(key);
    }

    /// Answers the actions that were read.
    fn act(&mut self, key: SessionKey) {
        while let Some(session) = self.sessions.get_mut(key.slot).filter(|session| session.key == key) {
            let busy = session.wait.is_some() || session.closing.is_some() || session.frozen;
            if busy || session.out.len() >= ANSWER_LIMIT {
                return;
            }
            let Some(input) = session.reader.next() else {
                session.input_pending = false;
                break;
            };
            let index = session.node;
            let Some(node) = self.nodes.get_mut(index) else { return };
            add(&node.shared.counters.actions, 1);
            let request = match input {
                Input::Request(request) => request,
                Input::Refused(request, message) => {
                    frame::error(session.out.tail(), request.action_id(), message);
                    continue;
                }
            };
            if node.config.record_actions {
                let lines = request.lines().map(<[u8]>::to_vec).collect();
                node.shared.record(ReceivedAction { connection: session.connection, lines });
            }
            let mut effects = node.effects(self.stamp);
            actions::handle(&request, node, session, &mut effects);
            if effects.has_events() || !effects.orders.is_empty() {
                self.deliver(index, effects);
            }
        }
        // A client that closed its half gets all its answers before the end.
        if let Some(session) = self.session(key)
            && session.peer_closed
            && session.wait.is_none()
            && session.closing.is_none()
        {
            session.closing = Some(Closing::Drained);
        }
    }

    /// Writes what waits, and plans when to go on.
    pub(super) fn flush(&mut self, key: SessionKey) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(key.slot).filter(|session| session.key == key) else { return };
        let Some(node) = self.nodes.get(session.node) else { return };
        let counters = &node.shared.counters;
        let written = session.write(now, &mut self.block, counters);
        let over_limit = session.buffered() > node.config.buffer_limit;
        match written {
            Err(_) | Ok(Written::Closed) => return self.close(key),
            Ok(_) if over_limit => return self.cut(key),
            Ok(Written::More) => return self.wake(key),
            Ok(Written::Later(at)) => {
                if session.resume_planned.is_none_or(|planned| planned <= now || planned > at) {
                    session.resume_planned = Some(at);
                    self.plan(at.saturating_duration_since(Instant::now()), Timer::Resume(key));
                }
            }
            Ok(Written::Blocked) => {
                if let (None, Some(limit)) = (session.blocked_since, node.config.write_timeout) {
                    session.blocked_since = Some(now);
                    self.plan(limit, Timer::WriteTimeout(key));
                }
            }
            Ok(Written::Idle) => {}
        }
        let Some(session) = self.session(key) else { return };
        let unblocked = session.wait.is_none() && session.closing.is_none() && session.out.len() < ANSWER_LIMIT;
        if unblocked && !session.frozen && session.greeted && (session.readable || session.input_pending) {
            self.wake(key);
        }
    }
}

/// Random bytes without a line feed, so that they are one block however they are cut.
pub(super) fn noise(rng: &mut crate::rng::Rng, bytes: usize) -> impl Iterator<Item = u8> {
    (0..bytes).map(|_| match rng.next().to_le_bytes() {
        [b'\n', ..] => b'?',
        [byte, ..] => byte,
    })
}

const HTTP_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\
    Connection: close\r\n\r\n<html><body><h1>400 Bad Request</h1></body></html>";
