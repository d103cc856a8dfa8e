//! Servers that do anything at any time: what must hold all the same.
//!
//! `AMI_SEED=… cargo test -p ami-core --test session random` repeats one run.

use crate::support::{BANNER, Received, Socket, World, action, frame};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, Judgement, Strategy};
use ami_core::events::NewSubscription;
use ami_core::health::{CircuitState, ConnectionState};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const SERVERS: usize = 4;
const STEPS: usize = 2_000;
const RUNS: u64 = 30;

fn add(world: &mut World, rng: &mut Xoshiro256PlusPlus, key: &str) -> ServerId {
    let auth = ["plain", "md5", "auto"][rng.random_range(0..3)];
    let events = ["on", "off", "call,user"][rng.random_range(0..3)];
    let host = ["192.0.2.1", "pbx.example"][rng.random_range(0..2)];
    world.add(key, &[("host", host), ("auth", auth), ("events", events)])
}

/// What an arrow in the diagram of `health/state.rs` allows; staying is always allowed.
pub(crate) fn is_drawn(from: ConnectionState, to: ConnectionState) -> bool {
    use ConnectionState::{
        Authenticating, Closing, Connected, Connecting, Degraded, Disconnected, Fatal, Ready, Reconnecting,
    };
    match (from, to) {
        (Disconnected | Reconnecting | Fatal | Closing, Connecting)
        | (Connecting, Connected)
        | (Connected, Authenticating)
        | (Authenticating | Degraded, Ready)
        | (Ready, Degraded | Closing)
        | (Degraded, Closing)
        | (Connecting | Connected | Authenticating | Ready | Degraded, Reconnecting | Fatal) => true,
        (from, to) => to == Disconnected || from == to,
    }
}

struct Run {
    world: World,
    ids: Vec<ServerId>,
    /// Removed, and not gone yet.
    leaving: Vec<ServerId>,
    rng: Xoshiro256PlusPlus,
    states: HashMap<ServerId, ConnectionState>,
    /// Actions that were sent and have not ended.
    open: HashSet<(ServerId, u64)>,
    /// What each server was asked in this session and has not answered.
    asked: HashMap<ServerId, Vec<Received>>,
    /// Ids that each server has seen, in any session.
    old_ids: Vec<String>,
    dispatched: HashMap<ServerId, u64>,
    consumed: HashMap<ServerId, u64>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let options = ClientOptions {
            event_queue_capacity: rng.random_range(1..50),
            event_priorities: if rng.random() { vec![b"hangup".as_slice().into()] } else { Vec::new() },
            max_events_per_tick: rng.random_range(1..20),
            max_connecting: rng.random_range(1..=SERVERS),
            max_connect_attempts_per_tick: rng.random_range(1..3),
            max_pending_actions: rng.random_range(1..20),
            max_reconnect_attempts: rng.random_range(0..8),
            max_frame_size: 64 * 1024,
            ..ClientOptions::default()
        };
        let mut world = World::new(options);
        let ids: Vec<_> = (0..SERVERS).map(|n| add(&mut world, &mut rng, &format!("pbx{n}"))).collect();
        Self {
            leaving: Vec::new(),
            states: HashMap::new(),
            dispatched: HashMap::new(),
            consumed: HashMap::new(),
            open: HashSet::new(),
            asked: HashMap::new(),
            old_ids: Vec::new(),
            world,
            ids,
            rng,
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn step(&mut self) {
        let all: Vec<_> = self.all().collect();
        let id = all[self.rng.random_range(0..all.len())];
        match self.rng.random_range(0..100) {
            0..=4 => self.world.open(id),
            5..=14 => {
                let nanos = 2_u64.pow(self.rng.random_range(0..34));
                let passed = Duration::from_nanos(self.rng.random_range(0..nanos));
                self.pass(passed);
            }
            15..=22 => self.network(id),
            23..=54 => self.server(id),
            55..=74 => self.application(id),
            75..=94 => self.listen(id),
            95 => self.world.cluster.close(id, self.world.now),
            96 if self.chance(30) => self.world.cluster.terminate(id, self.world.now),
            97 if self.chance(40) => self.replace(),
            _ => self.world.tick(),
        }
        self.check();
    }

    /// Servers that are there, those that are leaving among them.
    fn all(&self) -> impl Iterator<Item = ServerId> {
        self.ids.iter().chain(&self.leaving).copied()
    }

    /// A server is removed, and another one gets its key.
    fn replace(&mut self) {
        let which = self.rng.random_range(0..SERVERS);
        let id = self.ids[which];
        let key = self.world.connection(id).config().key.as_str().to_owned();
        assert!(self.world.remove(id));
        assert!(!self.world.remove(id), "once");
        self.leaving.push(id);
        self.ids[which] = add(&mut self.world, &mut self.rng, &key);
    }

    /// Time passes deadline by deadline, so that every state in between is seen.
    fn pass(&mut self, duration: Duration) {
        let end = self.world.now.instant + duration;
        while let Some(due) = self.world.cluster.next_deadline().filter(|due| *due <= end) {
            let before = self.world.now.instant;
            self.world.pass(due.since(before));
            self.check();
        }
        self.world.pass(end.since(self.world.now.instant));
    }

    fn network(&mut self, id: ServerId) {
        match self.world.socket(id) {
            Socket::Asked if self.chance(70) => {
                self.asked.remove(&id);
                self.world.accept(id);
            }
            Socket::Asked => self.world.end(id, Some("refused")),
            Socket::Open if self.chance(10) => self.world.end(id, None),
            Socket::Open if self.chance(5) => self.world.end(id, Some("reset")),
            // Asked for or not, in time or not.
            _ if self.world.lookups.contains(&id) => match self.rng.random_range(0..4) {
                0 => self.world.fail_lookup(id, "unknown"),
                1 => self.world.resolve(id, &[]),
                _ => self.world.resolve(id, &["2001:db8::1", "192.0.2.1"]),
            },
            _ => {}
        }
    }

    /// The server reads, and says something.
    fn server(&mut self, id: ServerId) {
        if self.world.socket(id) != Socket::Open {
            return;
        }
        if self.world.connection(id).state() == ConnectionState::Connected {
            let greeting: &[u8] = if self.chance(95) { BANNER } else { b"HTTP/1.1 400 Bad Request\r\n\r\n" };
            self.world.feed(id, greeting);
            return;
        }
        let received = self.world.received(id);
        self.old_ids.extend(received.iter().filter_map(|action| action.get("ActionID")).map(str::to_owned));
        self.asked.entry(id).or_default().extend(received);
        let mut bytes = Vec::new();
        for _ in 0..self.rng.random_range(0..6) {
            let frame = self.anything(id);
            bytes.extend(frame);
        }
        let piece = self.rng.random_range(1..=bytes.len().max(1));
        for piece in bytes.chunks(piece) {
            self.world.feed(id, piece);
            self.check();
        }
    }

    fn anything(&mut self, id: ServerId) -> Vec<u8> {
        let asked = self.asked.entry(id).or_default();
        match self.rng.random_range(0..20) {
            0..=9 if !asked.is_empty() => {
                let action = asked.remove(0);
                self.answer(&action)
            }
            10 => b"noise\r\n\r\n".to_vec(),
            11 if self.chance(20) => frame(&["Event: Big", &"x".repeat(70_000)]),
            12 => b"\r\n\r\n".to_vec(),
            13 if !self.old_ids.is_empty() => {
                let old = self.old_ids[self.rng.random_range(0..self.old_ids.len())].clone();
                let head =
                    ["Response: Success", "Event: OriginateResponse", "Event: XComplete"][self.rng.random_range(0..3)];
                frame(&[head, &format!("ActionID: {old}"), "EventList: Complete"])
            }
            14 => frame(&["Event: FullyBooted", "Privilege: system,all"]),
            _ => {
                let name = ["Newchannel", "VarSet", "Hangup"][self.rng.random_range(0..3)];
                frame(&[&format!("Event: {name}"), "Privilege: call,all"])
            }
        }
    }

    fn answer(&mut self, action: &Received) -> Vec<u8> {
        let line = action.action_id_line();
        if self.chance(10) {
            return frame(&["Response: Error", &line, "Message: no"]).repeat(self.rng.random_range(1..4));
        }
        let mut bytes = match action.name() {
            "Challenge" => frame(&["Response: Success", &line, "Challenge: 1"]),
            "Logoff" => frame(&["Response: Goodbye", &line]),
            "QueueStatus" => frame(&["Response: Success", &line, "EventList: start"]),
            "Ping" if self.chance(30) => Vec::new(),
            _ => frame(&["Response: Success", &line]),
        };
        if action.name() == "QueueStatus" {
            for _ in 0..self.rng.random_range(0..8) {
                bytes.extend(frame(&["Event: QueueParams", &line]));
            }
            if self.chance(80) {
                bytes.extend(frame(&["Event: QueueStatusComplete", "EventList: Complete", &line]));
            }
        }
        if action.name() == "Originate" && self.chance(80) {
            bytes.extend(frame(&["Event: OriginateResponse", &line, "Response: Failure"]));
        }
        if action.name() == "Login" && self.chance(90) {
            bytes.extend(frame(&["Event: FullyBooted", "Privilege: system,all"]));
        }
        bytes
    }

    fn application(&mut self, id: ServerId) {
        if self.chance(10) {
            let waiting: Vec<_> = self.open.iter().copied().collect();
            if let Some(&(id, sequence)) = waiting.first() {
                assert!(self.world.cluster.cancel(id, sequence, self.world.now), "what has not ended can be cancelled");
            }
            return;
        }
        let terminal = || vec![b"queuestatuscomplete".as_slice().into()];
        let (name, strategy) = match self.rng.random_range(0..8) {
            0 => ("Originate", Strategy::originate()),
            1 => ("QueueStatus", Strategy::List { complete_events: Vec::new() }),
            2 => ("Command", Strategy::Command),
            3 => ("QueueStatus", Strategy::Custom),
            4 => ("QueueStatus", Strategy::Multi { terminal_events: terminal() }),
            5 => ("QueueStatus", Strategy::EventOnly { terminal_events: terminal() }),
            6 => ("WaitEvent", Strategy::default()),
            _ => ("QueueStatus", Strategy::of(&action("QueueStatus"))),
        };
        let max_duration = Duration::from_millis(self.rng.random_range(50..40_000));
        let max_messages = self.rng.random_range(1..10);
        let pending = self.world.connection(id).pending_actions();
        let unwritten = self.world.connection(id).unwritten_len();
        let sent = self.world.send(id, &action(name), Completion { strategy, max_duration, max_messages });
        if let Ok(sequence) = sent {
            assert!(self.open.insert((id, sequence)), "a new number");
        } else {
            let connection = self.world.connection(id);
            assert_eq!((connection.pending_actions(), connection.unwritten_len()), (pending, unwritten));
        }
    }

    fn listen(&mut self, id: ServerId) {
        match self.rng.random_range(0..10) {
            0 if self.world.cluster.subscriptions().len() < 5 => {
                let name = [None, Some("VarSet"), Some("hangup")][self.rng.random_range(0..3)];
                let server = (self.chance(50) && self.ids.contains(&id)).then_some(id);
                let name = name.map(|name| name.as_bytes().into());
                self.world.cluster.subscribe(NewSubscription { name, server, ..NewSubscription::default() }).unwrap();
            }
            _ => {
                self.world.cluster.begin_tick();
                let only = self.chance(50).then_some(id);
                while let Some((id, _)) = self.world.cluster.pop_event(only) {
                    *self.dispatched.entry(id).or_default() += 1;
                }
            }
        }
    }

    /// What there is to judge is judged before anything else happens, as it is in a tick.
    fn judge(&mut self) {
        while let Some((id, question)) = self.world.cluster.effects().questions.pop_front() {
            let judgement = [Judgement::Continues, Judgement::Continues, Judgement::Completes, Judgement::Failed]
                [self.rng.random_range(0..4)];
            self.world.cluster.judge(id, question, judgement, self.world.now);
        }
    }

    fn check(&mut self) {
        self.judge();
        self.world.carry_out();
        while let Some((id, settled)) = self.world.settled.pop_front() {
            assert!(self.open.remove(&(id, settled.sequence)), "ended twice, or never sent: {settled:?}");
        }
        let mut waiting = 0;
        self.leaving.retain(|id| {
            let is_there = self.world.cluster.connection(*id).is_some();
            assert!(is_there || !self.open.iter().any(|(server, _)| server == id), "gone with actions that wait");
            is_there
        });
        for id in self.all().collect::<Vec<_>>() {
            let connection = self.world.connection(id);
            let (from, to) = (self.states.get(&id).copied().unwrap_or_default(), connection.state());
            assert!(is_drawn(from, to), "{from} to {to}");
            self.states.insert(id, to);
            let pending = self.open.iter().filter(|(server, _)| *server == id).count();
            assert_eq!(connection.pending_actions(), pending);
            if !to.is_usable() && to != ConnectionState::Closing {
                assert_eq!(pending, 0, "{to}");
            }
            let has_socket = self.world.socket(id) != Socket::None;
            let may_have =
                !matches!(to, ConnectionState::Disconnected | ConnectionState::Reconnecting | ConnectionState::Fatal);
            assert!(may_have || !has_socket, "a socket while {to}");
            let has_turn = has_socket || connection.wants_attempt();
            if matches!(to, ConnectionState::Reconnecting | ConnectionState::Closing)
                || to == ConnectionState::Connecting && !has_turn
            {
                assert!(connection.next_deadline().is_some(), "{to} would last for ever");
            }
            let counters = connection.counters();
            let drops = connection.drops().total();
            let queued = connection.queued_events() as u64;
            assert_eq!(counters.events_queued, counters.events_dispatched + drops + queued);
            assert_eq!(counters.events_dispatched, self.dispatched.get(&id).copied().unwrap_or_default());
            let consumed =
                counters.events - counters.events_queued - counters.events_unheard - counters.events_before_ready;
            let before = self.consumed.insert(id, consumed).unwrap_or_default();
            assert!(consumed >= before, "events go one way only");
            assert_eq!(counters.actions_sent, counters.actions_completed + counters.actions_failed() + pending as u64);
            assert!(connection.queued_events() <= connection.options().event_queue_capacity);
            assert!(
                connection.next_deadline() >= self.world.cluster.next_deadline()
                    || connection.next_deadline().is_none()
            );
            waiting += usize::from(self.world.socket(id) == Socket::Asked);
            assert!(connection.circuit() != CircuitState::Open || to != ConnectionState::Ready);
        }
        assert!(waiting <= self.world.cluster.options().max_connecting);
        let queued = self.all().any(|id| self.world.connection(id).queued_events() > 0);
        assert_eq!(self.world.cluster.has_events(), queued, "who has events is known");
        let cluster = &self.world.cluster;
        assert_eq!(cluster.len(), SERVERS + self.leaving.len());
        let ready = self.ids.iter().filter(|id| self.world.connection(**id).state() == ConnectionState::Ready);
        assert!(cluster.ready().map(|(id, _)| id).collect::<HashSet<_>>() == ready.copied().collect());
        let dispatched: u64 = cluster.iter().map(|(_, connection)| connection.counters().events_dispatched).sum();
        assert_eq!(
            cluster.removed().counters.events_dispatched + dispatched,
            self.dispatched.values().sum::<u64>(),
            "what removed servers did stays counted"
        );
    }

    /// Everything that was sent ends at last.
    fn finish(&mut self) {
        self.pass(Duration::from_secs(120));
        self.check();
        assert!(self.open.is_empty(), "never ended: {:?}", self.open);
        self.world.events();
        let mut left = self.leaving.iter().filter(|id| self.world.cluster.connection(**id).is_some());
        assert_eq!(left.next(), None, "never gone");
    }
}

#[test]
fn whatever_servers_do_every_action_ends_once_and_the_counters_add_up() {
    let seeds: Vec<u64> = match std::env::var("AMI_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=RUNS).collect(),
    };
    let (mut sessions, mut removed) = (0, 0);
    for seed in seeds {
        // Shown only when the run fails.
        println!("AMI_SEED={seed}");
        let mut run = Run::new(seed);
        for _ in 0..STEPS {
            run.step();
        }
        run.finish();
        sessions += run.ids.iter().map(|id| run.world.connection(*id).counters().sessions).sum::<u64>();
        removed += run.world.cluster.removed().counters.sessions;
    }
    assert!(sessions > 0 && removed > 0, "nothing ever got ready");
}
