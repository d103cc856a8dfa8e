//! A cluster in memory: time that moves on demand, and sockets that are lists of bytes.

use ami_core::cluster::{Cluster, ServerId};
use ami_core::config::{ClientOptions, ServerConfig, ServerKey, Source, Value};
use ami_core::connection::{Connection, Seed, SendError, TransportRequest};
use ami_core::correlation::{Completion, Failure, LossReason, Settled};
use ami_core::events::{NewSubscription, SubscriptionId};
use ami_core::health::{CircuitState, ConnectionState};
use ami_core::log::{LogValue, Record};
use ami_core::metrics::Counters;
use ami_core::protocol::{Action, Frame};
use ami_core::time::{Instant, Now, UnixMicros};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

/// The secret of every server here; no record may carry it.
pub(crate) const SECRET: &str = "0f-all-the-dialers";
pub(crate) const BANNER: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";
pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);

const START: Instant = Instant::from_nanos(1_000_000_000);
const WALL: u64 = 1_700_000_000_000_000;

/// What the driver's side of a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socket {
    None,
    Asked,
    Open,
}

/// Servers, their sockets, and everything that came out so far.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) cluster: Cluster,
    pub(crate) now: Now,
    pub(crate) sockets: Vec<Socket>,
    added: u64,
    /// Who was to be connected to, and when.
    pub(crate) connects: Vec<(ServerId, Instant)>,
    /// Whose host was to be looked up.
    pub(crate) lookups: Vec<ServerId>,
    /// Who is gone and waits for no lookup.
    pub(crate) forgotten: Vec<ServerId>,
    pub(crate) settled: VecDeque<(ServerId, Settled)>,
    pub(crate) records: Vec<Record>,
    /// What the process has, as the driver measures it, and when that was.
    pub(crate) memory: u64,
    pub(crate) measured: Vec<Instant>,
}

impl World {
    pub(crate) fn new(options: ClientOptions) -> Self {
        let now = Now { instant: START, wall: UnixMicros(WALL) };
        let cluster = Cluster::new(Arc::new(options));
        let (settled, records) = (VecDeque::new(), Vec::new());
        let (sockets, connects, lookups, forgotten) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            cluster,
            now,
            sockets,
            added: 0,
            connects,
            lookups,
            forgotten,
            settled,
            records,
            memory: 0,
            measured: Vec::new(),
        }
    }

    /// Adds a server with these settings besides the necessary ones.
    pub(crate) fn add(&mut self, key: &str, settings: &[(&str, &str)]) -> ServerId {
        let options = Arc::clone(self.cluster.options());
        self.add_with(key, settings, options)
    }

    pub(crate) fn add_with(&mut self, key: &str, settings: &[(&str, &str)], options: Arc<ClientOptions>) -> ServerId {
        let mut pairs = vec![("host", "192.0.2.1"), ("username", "dialer"), ("secret", SECRET)];
        pairs.extend_from_slice(settings);
        let pairs = pairs.into_iter().map(|(name, value)| (name, Value::text(value.as_bytes())));
        let key = ServerKey::parse(key.as_bytes()).unwrap();
        let config = ServerConfig::from_pairs(key, pairs, Source::Array).unwrap();
        self.added += 1;
        let seed = Seed { instance: 7_000_000_007 * self.added, jitter: self.added };
        let address = config.host.to_string().parse().ok().map(|ip| SocketAddr::new(ip, config.port));
        let id = self.cluster.add(Arc::new(config), options, address, seed, self.now).unwrap();
        if self.sockets.len() <= id.index() {
            self.sockets.resize(id.index() + 1, Socket::None);
        }
        assert_eq!(self.socket(id), Socket::None, "the one before has closed its socket");
        id
    }

    pub(crate) fn connection(&self, id: ServerId) -> &Connection {
        self.cluster.connection(id).unwrap()
    }

    pub(crate) fn socket(&self, id: ServerId) -> Socket {
        self.sockets[id.index()]
    }

    /// Since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now.instant.since(START)
    }

    fn set_time(&mut self, instant: Instant) {
        let passed = instant.since(self.now.instant);
        let wall = self.now.wall.0 + u64::try_from(passed.as_micros()).unwrap();
        self.now = Now { instant, wall: UnixMicros(wall) };
    }

    /// Takes out what came of the last step, as a driver does.
    pub(crate) fn carry_out(&mut self) {
        let effects = self.cluster.effects();
        while let Some(request) = effects.requests.pop_front() {
            match request {
                TransportRequest::Resolve(id) => self.lookups.push(id),
                TransportRequest::Forget(id) => self.forgotten.push(id),
                TransportRequest::Connect(id, _) => {
                    assert_eq!(self.sockets[id.index()], Socket::None, "one socket at a time");
                    self.sockets[id.index()] = Socket::Asked;
                    self.connects.push((id, self.now.instant));
                }
                TransportRequest::Close(id) => self.sockets[id.index()] = Socket::None,
            }
        }
        self.settled.append(&mut effects.settled);
        self.records.extend(std::iter::from_fn(|| effects.log.pop()).inspect(check_fields));
    }

    /// What a tick does without readiness.
    pub(crate) fn tick(&mut self) {
        self.cluster.begin_tick();
        self.cluster.end_lease(self.now);
        self.cluster.handle_timeouts(self.now, |_, _| false);
        if self.cluster.memory_due().is_some_and(|due| due <= self.now.instant) {
            self.measured.push(self.now.instant);
            self.cluster.handle_memory(self.memory, self.now);
        }
        self.cluster.begin_attempts(self.now);
        self.carry_out();
    }

    /// Lets time pass, deadline by deadline.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        let mut rounds = 0;
        while let Some(due) = self.cluster.next_deadline().filter(|due| *due <= end) {
            rounds += 1;
            assert!(rounds < 100_000, "a deadline that is handled must be over: {due:?}");
            self.set_time(due.max(self.now.instant));
            self.tick();
        }
        self.set_time(end);
        self.tick();
    }

    /// Lets all but the last millisecond of that time pass.
    pub(crate) fn pass_just_short_of(&mut self, duration: Duration) {
        self.pass(duration.saturating_sub(MILLISECOND));
    }

    /// Lets time pass to the next deadline and tells how long that was.
    pub(crate) fn pass_to_deadline(&mut self) -> Duration {
        let wait = self.cluster.next_deadline().unwrap().since(self.now.instant);
        self.set_time(self.now.instant + wait);
        self.tick();
        wait
    }

    pub(crate) fn open(&mut self, id: ServerId) {
        self.cluster.open(id, self.now);
        self.tick();
    }

    /// Tells whether there was one to remove.
    pub(crate) fn remove(&mut self, id: ServerId) -> bool {
        let removed = self.cluster.remove(id, self.now);
        self.carry_out();
        removed.is_some()
    }

    /// The socket that was asked for stands.
    pub(crate) fn accept(&mut self, id: ServerId) {
        assert_eq!(self.socket(id), Socket::Asked);
        self.sockets[id.index()] = Socket::Open;
        self.cluster.handle_connected(id, self.now);
        self.carry_out();
    }

    pub(crate) fn end(&mut self, id: ServerId, error: Option<&str>) {
        self.cluster.handle_end(id, error, self.now);
        self.carry_out();
    }

    /// The name of a host leads to these addresses.
    pub(crate) fn resolve(&mut self, id: ServerId, addresses: &[&str]) {
        let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        let found: Vec<SocketAddr> = found.collect();
        self.cluster.handle_resolved(id, Ok(&found), self.now);
        self.tick();
    }

    /// A lookup failed.
    pub(crate) fn fail_lookup(&mut self, id: ServerId, words: &str) {
        self.cluster.handle_resolved(id, Err(words), self.now);
        self.tick();
    }

    /// The server sends bytes.
    pub(crate) fn feed(&mut self, id: ServerId, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.socket(id) == Socket::Open {
            let room = self.cluster.read_buffer(id);
            let count = room.len().min(bytes.len());
            assert!(count > 0, "a drained parser has room");
            room[..count].copy_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            self.cluster.handle_read(id, count, usize::MAX, self.now);
            self.carry_out();
        }
    }

    /// Takes what was written to the server.
    pub(crate) fn take_written(&mut self, id: ServerId) -> Vec<u8> {
        let bytes = self.connection(id).unwritten().to_vec();
        self.cluster.handle_written(id, bytes.len(), self.now);
        bytes
    }

    /// The actions that the server reads.
    pub(crate) fn received(&mut self, id: ServerId) -> Vec<Received> {
        let bytes = String::from_utf8(self.take_written(id)).unwrap();
        assert!(bytes.is_empty() || bytes.ends_with("\r\n\r\n"), "whole actions: {bytes:?}");
        bytes
            .split_terminator("\r\n\r\n")
            .map(|text| Received(text.split("\r\n").map(str::to_owned).collect()))
            .collect()
    }

    /// From a socket that was asked for to `Ready`.
    pub(crate) fn log_in(&mut self, id: ServerId) {
        self.accept(id);
        self.feed(id, BANNER);
        let login = self.received(id).pop().unwrap();
        assert_eq!(login.name(), "Login");
        let accepted = frame(&["Response: Success", &login.action_id_line(), "Message: Authentication accepted"]);
        self.feed(id, &accepted);
        self.feed(id, &frame(&["Event: FullyBooted", "Privilege: system,all", "Status: Fully Booted"]));
        assert_eq!(self.connection(id).state(), ConnectionState::Ready);
    }

    pub(crate) fn subscribe(&mut self, name: Option<&str>) -> SubscriptionId {
        let name = name.map(|name| name.as_bytes().into());
        self.cluster.subscribe(NewSubscription { name, ..NewSubscription::default() }).unwrap()
    }

    /// The names of the events that wait, taken out in the order of dispatch, over as many ticks as it takes.
    pub(crate) fn events(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while self.cluster.has_events() {
            self.cluster.begin_tick();
            while let Some((_, event)) = self.cluster.pop_event(None) {
                names.push(text(event.frame.as_ref().name()));
            }
        }
        names
    }

    pub(crate) fn send(&mut self, id: ServerId, action: &Action, completion: Completion) -> Result<u64, SendError> {
        let sent = self.cluster.send(id, action, completion, self.now).unwrap();
        self.carry_out();
        sent
    }

    /// The records with that message.
    pub(crate) fn records_of(&self, message: &str) -> Vec<&Record> {
        self.records.iter().filter(|record| record.message() == message).collect()
    }
}

/// A world with one server that logs in plainly.
#[derive(Debug)]
pub(crate) struct Session {
    world: World,
    pub(crate) id: ServerId,
}

impl Deref for Session {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Session {
    /// `Disconnected`, with these settings besides the necessary ones.
    pub(crate) fn new(settings: &[(&str, &str)], options: ClientOptions) -> Self {
        let mut world = World::new(options);
        let mut all = vec![("auth", "plain")];
        all.extend_from_slice(settings);
        let id = world.add("pbx1", &all);
        Self { world, id }
    }

    /// The same, with the socket asked for.
    pub(crate) fn opened(settings: &[(&str, &str)], options: ClientOptions) -> Self {
        let mut session = Self::new(settings, options);
        session.open();
        session
    }

    /// `Ready`.
    pub(crate) fn ready() -> Self {
        Self::ready_with(ClientOptions::default())
    }

    pub(crate) fn ready_with(options: ClientOptions) -> Self {
        let mut session = Self::opened(&[], options);
        let id = session.id;
        session.log_in(id);
        session
    }

    /// What the shorter methods of a session hide: those that take a server.
    pub(crate) const fn world(&mut self) -> &mut World {
        &mut self.world
    }

    pub(crate) fn open(&mut self) {
        let id = self.id;
        self.world.open(id);
    }

    pub(crate) fn accept(&mut self) {
        let id = self.id;
        self.world.accept(id);
    }

    pub(crate) fn end(&mut self) {
        let id = self.id;
        self.world.end(id, None);
    }

    pub(crate) fn fail(&mut self, error: &str) {
        let id = self.id;
        self.world.end(id, Some(error));
    }

    pub(crate) fn close(&mut self) {
        let (id, now) = (self.id, self.now);
        self.cluster.close(id, now);
        self.carry_out();
    }

    pub(crate) fn terminate(&mut self) {
        let (id, now) = (self.id, self.now);
        self.cluster.terminate(id, now);
        self.carry_out();
    }

    pub(crate) fn cancel(&mut self, sequence: u64) -> bool {
        let (id, now) = (self.id, self.now);
        let waited = self.cluster.cancel(id, sequence, now);
        self.carry_out();
        waited
    }

    /// Asks for the next attempt, and lets it come to `Ready`.
    pub(crate) fn come_back(&mut self) {
        while self.socket(self.id) != Socket::Asked {
            self.pass_to_deadline();
        }
        let id = self.id;
        self.log_in(id);
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let id = self.id;
        self.world.feed(id, bytes);
    }

    /// The server sends a frame of these lines.
    pub(crate) fn frame(&mut self, lines: &[&str]) {
        self.feed(&frame(lines));
    }

    pub(crate) fn event(&mut self, name: &str) {
        self.frame(&[&format!("Event: {name}"), "Privilege: call,all"]);
    }

    pub(crate) fn received(&mut self) -> Vec<Received> {
        let id = self.id;
        self.world.received(id)
    }

    /// The one action that the server reads.
    pub(crate) fn received_one(&mut self) -> Received {
        let mut received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0)
    }

    /// Sends an action; tells its sequence number and its `ActionID: …` line.
    pub(crate) fn ask(&mut self, action: &Action) -> (u64, String) {
        let sequence = self.send(action, Completion::of(action, 30 * SECOND)).unwrap();
        (sequence, self.action_id_line(sequence))
    }

    pub(crate) fn send(&mut self, action: &Action, completion: Completion) -> Result<u64, SendError> {
        let id = self.id;
        self.world.send(id, action, completion)
    }

    pub(crate) fn action_id_line(&self, sequence: u64) -> String {
        format!("ActionID: {}", text(&self.connection().action_id(sequence)))
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.world.connection(self.id)
    }

    pub(crate) fn state(&self) -> ConnectionState {
        self.connection().state()
    }

    pub(crate) fn circuit(&self) -> CircuitState {
        self.connection().circuit()
    }

    pub(crate) fn loss(&self) -> Option<&LossReason> {
        self.connection().last_loss()
    }

    pub(crate) fn counters(&self) -> &Counters {
        self.connection().counters()
    }

    /// The next action that ended.
    pub(crate) fn settled(&mut self) -> Option<Settled> {
        self.world.settled.pop_front().map(|(_, settled)| settled)
    }

    /// Sequence numbers and failures of all actions that ended and were not taken yet.
    pub(crate) fn outcomes(&mut self) -> Vec<(u64, Option<Failure>)> {
        std::mem::take(&mut self.world.settled)
            .into_iter()
            .map(|(_, settled)| (settled.sequence, settled.outcome.failure))
            .collect()
    }
}

/// An action as the server reads it.
#[derive(Debug, Clone)]
pub(crate) struct Received(pub(crate) Vec<String>);

impl Received {
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let prefix = format!("{key}: ");
        self.0.iter().find_map(|line| line.strip_prefix(&prefix))
    }

    pub(crate) fn name(&self) -> &str {
        self.get("Action").unwrap()
    }

    pub(crate) fn action_id_line(&self) -> String {
        format!("ActionID: {}", self.get("ActionID").unwrap())
    }
}

pub(crate) fn frame(lines: &[&str]) -> Vec<u8> {
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

pub(crate) fn action(name: &str) -> Action {
    Action::new(name).unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A header of a frame.
pub(crate) fn header(frame: &Frame, key: &str) -> Option<String> {
    frame.as_ref().header(key.as_bytes()).map(text)
}

/// Whatever a test is about: each record has the fields that the table gives its kind, and no others.
fn check_fields(record: &Record) {
    let spec = record.kind.spec();
    for (name, is_needed) in spec.fields() {
        assert!(!is_needed || field(record, name).is_some(), "no {name} in {record:?}");
    }
    for (name, _) in &record.fields {
        assert!(spec.fields().any(|(known, _)| known == *name), "{name} is not in the table: {record:?}");
    }
}

/// A field of a record.
pub(crate) fn field<'a>(record: &'a Record, name: &str) -> Option<&'a LogValue> {
    record.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}
