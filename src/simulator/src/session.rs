//! One connection: who it is, what it may see, what waits for it.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use crate::class::Classes;
use crate::filter::Filters;
use crate::flood::{Block, Flood, Next};
use crate::outbuf::OutBuffer;
use crate::request::Reader;
use crate::stats::{Counters, add};

/// Most bytes that one session writes before others have their turn.
const TURN_BYTES: usize = 4 * 1024 * 1024;
/// Most bytes that one session reads before others have their turn.
const READ_TURN: usize = 256 * 1024;
/// Single bytes that a slow writer without a pause writes in a turn.
const SLOW_TURN: usize = 256;

/// Names a session for as long as it lives: a slot is used again, a serial never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionKey {
    pub(crate) slot: usize,
    pub(crate) serial: u64,
}

/// Why a session's next action and its events wait.
#[derive(Debug)]
pub(crate) enum Wait {
    /// A refused login, which is answered late.
    Refused { action_id: Option<Vec<u8>> },
    /// A synchronous Originate.
    Originate,
    /// The action `WaitEvent`.
    Event { action_id: Option<Vec<u8>> },
}

/// How a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// When everything is written.
    Drained,
    /// After one more attempt to write.
    Now,
}

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about one connection")]
pub(crate) struct Session {
    pub(crate) key: SessionKey,
    /// Which of the thread's nodes it belongs to.
    pub(crate) node: usize,
    /// Number of the connection at its node, from 1.
    pub(crate) connection: u64,
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) reader: Reader,
    pub(crate) out: OutBuffer,
    /// Events that a waiting session does not get yet.
    pub(crate) held: Vec<u8>,
    pub(crate) greeted: bool,
    pub(crate) user: Option<User>,
    pub(crate) booted: bool,
    pub(crate) challenge: Option<String>,
    pub(crate) mask: Classes,
    pub(crate) filters: Filters,
    pub(crate) wait: Option<Wait>,
    pub(crate) closing: Option<Closing>,
    /// Neither reads nor writes: stalled or half-open.
    pub(crate) frozen: bool,
    pub(crate) cut_after: Option<u64>,
    pub(crate) slow_write: Option<Duration>,
    pub(crate) flood: Option<Flood>,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(crate) peer_closed: bool,
    /// Is in the list of sessions with work.
    pub(crate) queued: bool,
    /// What was read may hold another action.
    pub(crate) input_pending: bool,
    /// A slow writer's next byte.
    pub(crate) resume: Option<Instant>,
    /// When a timer will give the session a turn.
    pub(crate) resume_planned: Option<Instant>,
    pub(crate) blocked_since: Option<Instant>,
}

/// Who logged in.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) read: Classes,
    pub(crate) write: Classes,
}

/// What a session is up to after it wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing is left to write.
    Idle,
    /// The client takes nothing now.
    Blocked,
    /// There is more, and the socket may take it.
    More,
    /// There is more, but not before then.
    Later(Instant),
    /// The session is over.
    Closed,
}

impl Session {
    pub(crate) fn new(key: SessionKey, node: usize, connection: u64, stream: TcpStream, peer: SocketAddr) -> Self {
        Self {
            key,
            node,
            connection,
            stream,
            peer,
            reader: Reader::default(),
            out: OutBuffer::default(),
            held: Vec::new(),
            greeted: false,
            user: None,
            booted: true,
            challenge: None,
            mask: Classes::ALL,
            filters: Filters::default(),
            wait: None,
            closing: None,
            frozen: false,
            cut_after: None,
            slow_write: None,
            flood: None,
            readable: true,
            writable: true,
            peer_closed: false,
            queued: false,
            input_pending: false,
            resume: None,
            resume_planned: None,
            blocked_since: None,
        }
    }

    /// Whether events of this class reach the session.
    pub(crate) fn sees(&self, class: Classes) -> bool {
        self.closing.is_none()
            && class.intersects(self.mask)
            && self.user.as_ref().is_some_and(|user| class.intersects(user.read))
    }

    /// Queues an event if the session may see it; says whether it was queued.
    pub(crate) fn deliver(&mut self, class: Classes, event: &[u8]) -> bool {
        if !self.sees(class) || !self.filters.accepts(event) {
            return false;
        }
        if self.wait.is_some() {
            self.held.extend_from_slice(event);
        } else {
            self.out.tail().extend_from_slice(event);
        }
        true
    }

    /// Ends a wait: the answer first, then what was held back.
    pub(crate) fn resume_with(&mut self, answer: &[u8]) {
        self.wait = None;
        self.out.tail().extend_from_slice(answer);
        let held = std::mem::take(&mut self.held);
        self.out.tail().extend_from_slice(&held);
    }

    /// Bytes that wait in memory.
    pub(crate) const fn buffered(&self) -> usize {
        self.out.len() + self.held.len()
    }

    /// Reads what is there, a turn's worth at most.
    pub(crate) fn read(&mut self, scratch: &mut [u8], counters: &Counters) -> io::Result<()> {
        let mut taken = 0;
        while self.readable && taken < READ_TURN {
            match self.stream.read(scratch) {
                Ok(0) => {
                    self.peer_closed = true;
                    self.readable = false;
                }
                Ok(count) => {
                    taken += count;
                    self.input_pending = true;
                    add(&counters.bytes_received, count as u64);
                    self.reader.push(scratch.get(..count).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what waits: a begun flood event first, then answers and events, then the flood.
    pub(crate) fn write(&mut self, now: Instant, block: &mut Block, counters: &Counters) -> io::Result<Written> {
        if self.frozen {
            return Ok(Written::Idle);
        }
        let slow_turn = self.slow_write.is_some().then_some(SLOW_TURN);
        let mut budget = slow_turn.unwrap_or(TURN_BYTES);
        loop {
            if let Some(resume) = self.resume.filter(|&resume| resume > now && self.slow_write.is_some()) {
                return Ok(Written::Later(resume));
            }
            let source = match self.source(now, counters) {
                Ok(source) => source,
                Err(Written::Idle) if self.closing.is_some() => return Ok(Written::Closed),
                Err(written) => return Ok(written),
            };
            if !self.writable {
                return Ok(if self.closing == Some(Closing::Now) { Written::Closed } else { Written::Blocked });
            }
            if budget == 0 {
                return Ok(Written::More);
            }
            let limit = self.cut_after.map_or(budget, |left| usize::try_from(left).unwrap_or(budget).min(budget));
            let limit = if slow_turn.is_some() { limit.min(1) } else { limit };
            let Some(count) = self.write_once(&source, limit, block, counters)? else { continue };
            budget = budget.saturating_sub(count);
            self.blocked_since = None;
            add(&counters.bytes_sent, count as u64);
            if let Some(left) = self.cut_after.as_mut() {
                *left = left.saturating_sub(count as u64);
                if *left == 0 {
                    return Ok(Written::Closed);
                }
            }
            if let Some(pause) = self.slow_write.filter(|pause| !pause.is_zero()) {
                self.resume = Some(now + pause);
            }
        }
    }

    /// Where the next bytes come from; an error is what to do if there are none.
    fn source(&mut self, now: Instant, counters: &Counters) -> Result<Source, Written> {
        let Some(flood) = &self.flood else {
            return if self.out.is_empty() { Err(Written::Idle) } else { Ok(Source::Buffer) };
        };
        let unfinished = flood.unfinished();
        if unfinished > 0 {
            return Ok(Source::Flood(unfinished));
        }
        if !self.out.is_empty() {
            return Ok(Source::Buffer);
        }
        if !self.sees(flood.class()) {
            self.flood = None;
            return Err(Written::Idle);
        }
        if self.wait.is_some() {
            return Err(Written::Idle);
        }
        match flood.next(now) {
            Next::Send(limit) => Ok(Source::Flood(limit)),
            Next::Wait(until) => Err(Written::Later(until)),
            Next::Done => {
                let done = flood.done();
                self.flood = None;
                self.out.tail().extend_from_slice(&done);
                add(&counters.events_sent, 1);
                Ok(Source::Buffer)
            }
        }
    }

    fn write_once(
        &mut self,
        source: &Source,
        limit: usize,
        block: &mut Block,
        counters: &Counters,
    ) -> io::Result<Option<usize>> {
        let bytes = match (source, &self.flood) {
            (Source::Flood(most), Some(flood)) => flood.fill(block, (*most).min(limit as u64)),
            _ => self.out.waiting(),
        };
        let bytes = bytes.get(..bytes.len().min(limit)).unwrap_or_default();
        match self.stream.write(bytes) {
            Ok(count) => {
                match (source, self.flood.as_mut()) {
                    (Source::Flood(_), Some(flood)) => {
                        let before = flood.sent();
                        flood.advance(count);
                        add(&counters.flood_events_sent, flood.sent() - before);
                        add(&counters.events_sent, flood.sent() - before);
                    }
                    _ => self.out.consume(count),
                }
                Ok(Some(count))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.writable = false;
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes what the client has sent and forgets it, so that closing the socket does not become a reset.
    pub(crate) fn discard_input(&mut self, scratch: &mut [u8]) {
        for _ in 0..64 {
            match self.stream.read(scratch) {
                Ok(count) if count > 0 => {}
                _ => return,
            }
        }
    }
}

/// Where bytes come from.
#[derive(Debug)]
enum Source {
    Buffer,
    /// At most so many bytes of the flood.
    Flood(u64),
}
