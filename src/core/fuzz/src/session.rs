//! A connection that is logged in, a server that says anything, an application that sends in between.
//!
//! The input is a script: parts between `\x1e`, whose first byte says what happens (see [`Play::step`]). Whatever it
//! is, every action ends exactly once, the counters add up, and the memory of the parser stays within its limit.

use ami_core::cluster::{Cluster, ServerId};
use ami_core::config::{ClientOptions, ServerConfig, ServerKey, Source, Value};
use ami_core::connection::{Connection, Seed, TransportRequest};
use ami_core::correlation::{Completion, Judgement, Outcome, Strategy};
use ami_core::events::NewSubscription;
use ami_core::health::ConnectionState;
use ami_core::protocol::{Action, ParserLimits};
use ami_core::time::{Instant, Now, UnixMicros};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Small, so that short inputs reach every limit.
const MAX_FRAME: usize = 256;
const BUFFER: usize = 512;

/// What the parser may hold besides its buffer: the head of a frame that it throws away.
const HEAD: usize = 2 * 1024;

/// Ends a part of the script.
const SEPARATOR: u8 = 0x1e;

/// More parts add nothing but time.
const MAX_STEPS: usize = 200;

/// Plays a script to its end, and then lets time pass until nothing may wait any more.
pub fn session(data: &[u8]) {
    let mut play = Play::new();
    play.log_in();
    for part in data.split(|byte| *byte == SEPARATOR).take(MAX_STEPS) {
        play.step(part);
        play.check();
    }
    play.finish();
}

struct Play {
    cluster: Cluster,
    id: ServerId,
    now: Now,
    asked: bool,
    open: bool,
    waiting: HashSet<u64>,
    /// The action ids that the server has read, the newest last.
    ids: Vec<Vec<u8>>,
    dispatched: u64,
    judged: u64,
}

impl Play {
    fn new() -> Self {
        let options = Arc::new(ClientOptions {
            max_frame_size: MAX_FRAME,
            parser_buffer_limit: BUFFER,
            command_output_limit: 40,
            max_pending_actions: 6,
            event_queue_capacity: 5,
            max_events_per_tick: 3,
            write_buffer_limit: 2_000,
            ..ClientOptions::default()
        });
        let pairs = [("host", "192.0.2.1"), ("username", "u"), ("secret", "s"), ("auth", "plain")];
        let pairs = pairs.map(|(name, value)| (name, Value::text(value.as_bytes())));
        let key = ServerKey::parse(b"p").expect("a key");
        let config = Arc::new(ServerConfig::from_pairs(key, pairs, Source::Array).expect("a server"));
        let now = Now { instant: Instant::from_nanos(1_000_000_000), wall: UnixMicros(1_700_000_000_000_000) };
        let mut cluster = Cluster::new(Arc::clone(&options));
        let address = Some("192.0.2.1:5038".parse().expect("an address"));
        let id = cluster.add(config, options, address, Seed { instance: 7, jitter: 7 }, now).expect("a server");
        cluster.subscribe(NewSubscription::default()).expect("room for a listener");
        let (waiting, ids) = (HashSet::new(), Vec::new());
        Self { cluster, id, now, asked: false, open: false, waiting, ids, dispatched: 0, judged: 0 }
    }

    /// What the first byte of a part says; what it does not know is what the server sends.
    fn step(&mut self, part: &[u8]) {
        let Some((&what, rest)) = part.split_first() else { return };
        let number = rest.first().copied().unwrap_or_default();
        match what {
            0x01 => self.send(number),
            0x02 => self.pass(Duration::from_millis(1 << (number % 18))),
            0x03 => {
                if let Some(sequence) = self.waiting.iter().min().copied() {
                    assert!(self.cluster.cancel(self.id, sequence, self.now), "what has not ended can be cancelled");
                }
            }
            0x04 => {
                self.cluster.begin_tick();
                while self.cluster.pop_event(None).is_some() {
                    self.dispatched += 1;
                }
            }
            0x05 if self.open || self.asked => {
                let error = (number % 2 == 1).then_some("reset");
                (self.open, self.asked) = (false, false);
                self.cluster.handle_end(self.id, error, self.now);
            }
            0x06 => self.cluster.close(self.id, self.now),
            0x07 => self.log_in(),
            0x08 => drop(self.take_written()),
            0x09 => self.feed(rest, 1 + usize::from(number % 7)),
            _ => self.feed(part, usize::MAX),
        }
        self.carry_out();
    }

    fn connection(&self) -> &Connection {
        self.cluster.connection(self.id).expect("it was added")
    }

    /// Tries to get from wherever it is to `Ready`.
    fn log_in(&mut self) {
        self.cluster.open(self.id, self.now);
        self.pass(Duration::ZERO);
        if self.asked {
            (self.asked, self.open) = (false, true);
            self.cluster.handle_connected(self.id, self.now);
            self.carry_out();
            self.feed(b"Asterisk Call Manager/11.0.0\r\n", usize::MAX);
        }
        if self.connection().state() == ConnectionState::Authenticating {
            let written = self.take_written();
            assert!(written.starts_with(b"Action: Login\r\n") || written.is_empty());
            self.feed(b"Response: Success\r\nActionID: @0\r\n\r\nEvent: FullyBooted\r\n\r\n", usize::MAX);
        }
    }

    fn send(&mut self, number: u8) {
        let terminal_events = vec![b"end".as_slice().into()];
        let (name, strategy) = match number % 8 {
            0 => ("Command", Strategy::Command),
            1 => ("QueueStatus", Strategy::List { complete_events: Vec::new() }),
            2 => ("Originate", Strategy::originate()),
            3 => ("DBGet", Strategy::Single),
            4 => ("Status", Strategy::default()),
            5 => ("Atxfer", Strategy::Multi { terminal_events }),
            6 => ("WaitEvent", Strategy::EventOnly { terminal_events }),
            _ => ("Getvar", Strategy::Custom),
        };
        let action = Action::new(name).expect("a name");
        let max_duration = Duration::from_millis(100 << (number >> 5));
        let completion =
            Completion { strategy, max_messages: u32::from(number % 4) + 1, ..Completion::of(&action, max_duration) };
        let before = (self.connection().pending_actions(), self.connection().unwritten_len());
        match self.cluster.send(self.id, &action, completion, self.now).expect("it was added") {
            Ok(sequence) => assert!(self.waiting.insert(sequence), "a new number"),
            Err(_) => {
                assert_eq!((self.connection().pending_actions(), self.connection().unwritten_len()), before);
            }
        }
    }

    /// What the server reads; it learns the action ids.
    fn take_written(&mut self) -> Vec<u8> {
        let written = self.connection().unwritten().to_vec();
        self.cluster.handle_written(self.id, written.len(), self.now);
        let lines = written.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"ActionID: "));
        self.ids.extend(lines.map(|id| id.trim_ascii_end().to_vec()));
        written
    }

    /// The server sends `bytes`, in which `@0` to `@9` stand for the last ten action ids that it was sent.
    fn feed(&mut self, bytes: &[u8], most: usize) {
        drop(self.take_written());
        let mut wire = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match (byte, after.split_first()) {
                (b'@', Some((digit @ b'0'..=b'9', after))) => {
                    let id = self.ids.len().checked_sub(1 + usize::from(digit - b'0')).and_then(|at| self.ids.get(at));
                    wire.extend(id.into_iter().flatten());
                    rest = after;
                }
                _ => wire.push(byte),
            }
        }
        for mut piece in wire.chunks(most) {
            while !piece.is_empty() && self.open {
                let room = self.cluster.read_buffer(self.id);
                let count = room.len().min(piece.len());
                assert!(count > 0, "a drained parser has room");
                room[..count].copy_from_slice(&piece[..count]);
                piece = &piece[count..];
                self.cluster.handle_read(self.id, count, usize::MAX, self.now);
                self.carry_out();
                let memory = BUFFER.max(ParserLimits::min_buffer(MAX_FRAME)) + HEAD;
                assert!(self.connection().parser_capacity() <= memory);
            }
        }
    }

    /// Time passes deadline by deadline.
    fn pass(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        let mut rounds = 0;
        while let Some(due) = self.cluster.next_deadline().filter(|due| *due <= end) {
            rounds += 1;
            assert!(rounds < 10_000, "a deadline that is handled must be over: {due:?}");
            self.tick_at(due.max(self.now.instant));
        }
        self.tick_at(end);
    }

    fn tick_at(&mut self, instant: Instant) {
        let passed = u64::try_from(instant.since(self.now.instant).as_micros()).expect("a short time");
        self.now = Now { instant, wall: UnixMicros(self.now.wall.0 + passed) };
        self.cluster.begin_tick();
        self.cluster.handle_timeouts(self.now, |_, _| false);
        self.cluster.begin_attempts(self.now);
        self.carry_out();
    }

    /// What a driver does after each step. Every action ends once.
    fn carry_out(&mut self) {
        let effects = self.cluster.effects();
        while let Some(request) = effects.requests.pop_front() {
            match request {
                TransportRequest::Connect(..) => {
                    assert!(!self.asked && !self.open, "one socket at a time");
                    self.asked = true;
                }
                TransportRequest::Resolve(_) | TransportRequest::Forget(_) => panic!("an address needs no lookup"),
                TransportRequest::Close(_) => (self.asked, self.open) = (false, false),
            }
        }
        while effects.log.pop().is_some() {}
        while let Some((id, question)) = self.cluster.effects().questions.pop_front() {
            self.judged += 1;
            let judgement = match self.judged % 4 {
                0 => Judgement::Failed,
                3 => Judgement::Completes,
                _ => Judgement::Continues,
            };
            self.cluster.judge(id, question, judgement, self.now);
        }
        let effects = self.cluster.effects();
        while let Some((_, settled)) = effects.settled.pop_front() {
            assert!(self.waiting.remove(&settled.sequence), "ended twice, or never sent: {settled:?}");
            let Outcome { failure, response, events } = &settled.outcome;
            assert!(failure.is_some() || response.is_some() || !events.is_empty(), "an invented answer");
        }
    }

    fn check(&self) {
        let connection = self.connection();
        let counters = connection.counters();
        assert_eq!(connection.pending_actions(), self.waiting.len());
        let ended = counters.actions_completed + counters.actions_failed();
        assert_eq!(counters.actions_sent, ended + self.waiting.len() as u64);
        let queued = connection.queued_events();
        assert!(queued <= connection.options().event_queue_capacity);
        assert_eq!(counters.events_queued, counters.events_dispatched + connection.drops().total() + queued as u64);
        assert_eq!(counters.events_dispatched, self.dispatched);
        assert!(counters.events >= counters.events_queued + counters.events_unheard + counters.events_before_ready);
        assert!(counters.frames >= counters.events);
        assert!(connection.unwritten_len() <= connection.options().write_buffer_limit);
        let usable = connection.state().is_usable() || connection.state() == ConnectionState::Closing;
        assert!(usable || self.waiting.is_empty(), "actions wait while {}", connection.state());
        assert!(self.open || connection.unparsed() == 0, "bytes of a session that is over");
    }

    /// Nothing waits longer than its time, whatever the server did before, and although it answers every heartbeat:
    /// otherwise all would end with the session.
    fn finish(&mut self) {
        let end = self.now.instant + Duration::from_secs(120);
        while self.now.instant < end {
            let due = self.cluster.next_deadline().map_or(end, |due| due.clamp(self.now.instant, end));
            self.pass(due.since(self.now.instant));
            let pings = self.take_written().windows(PING.len()).filter(|bytes| *bytes == PING).count();
            let newest = self.ids.iter().rev().take(pings).cloned().collect::<Vec<_>>();
            for id in newest {
                self.feed(&[b"Response: Success\r\nActionID: ", &*id, b"\r\n\r\n"].concat(), usize::MAX);
            }
        }
        self.check();
        assert!(self.waiting.is_empty(), "never ended: {:?}", self.waiting);
    }
}

/// How a heartbeat starts; the application sends no Ping here.
const PING: &[u8] = b"Action: Ping\r\n";
