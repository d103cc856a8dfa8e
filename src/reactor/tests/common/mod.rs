//! A reactor against simulated nodes: real sockets on this machine.
#![allow(dead_code, reason = "each test file uses its part")]

use ami_core::cluster::ServerId;
use ami_core::config::{ClientOptions, ServerConfig, ServerKey, Source, Value};
use ami_core::connection::Connection;
use ami_core::correlation::{Completion, Settled};
use ami_core::events::NewSubscription;
use ami_core::health::ConnectionState;
use ami_core::protocol::{Action, Frame};
use ami_reactor::Reactor;
use ami_simulator::{NodeConfig, Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
const TICK: Duration = Duration::from_millis(50);

pub(crate) fn nodes(count: usize, change: impl FnMut(usize, &mut NodeConfig)) -> Simulator {
    Simulator::start(SimulatorConfig::with_nodes(count).each(change)).unwrap()
}

/// Timeouts and waits short enough for tests.
pub(crate) fn quick() -> ClientOptions {
    ClientOptions {
        backoff_max_ms: Duration::from_millis(100),
        circuit_failure_threshold: 1_000,
        ..ClientOptions::default()
    }
}

/// A reactor, and what came out of it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) reactor: Reactor,
    options: Arc<ClientOptions>,
    pub(crate) ids: Vec<ServerId>,
    pub(crate) events: Vec<(ServerId, Frame)>,
    pub(crate) settled: Vec<(ServerId, Settled)>,
}

impl Client {
    /// Knows all nodes, and has opened none.
    pub(crate) fn new(simulator: &Simulator, options: ClientOptions) -> Self {
        Self::of(&simulator.addresses(), options)
    }

    pub(crate) fn of(addresses: &[SocketAddr], options: ClientOptions) -> Self {
        Self::with(addresses, options, &[])
    }

    /// The same with more settings, which all servers have.
    pub(crate) fn with(addresses: &[SocketAddr], options: ClientOptions, more: &[(&str, Value)]) -> Self {
        Self::each(addresses, options, |_| more.to_vec())
    }

    /// The same with settings of each server's own.
    pub(crate) fn each<'a>(
        addresses: &[SocketAddr],
        options: ClientOptions,
        more: impl Fn(usize) -> Vec<(&'a str, Value)>,
    ) -> Self {
        let options = Arc::new(options);
        let reactor = Reactor::new(Arc::clone(&options)).unwrap();
        let mut client = Self::around(reactor, options, Vec::new());
        for (n, address) in addresses.iter().enumerate() {
            client.add_with(n, *address, more(n));
        }
        client
    }

    /// A reactor that has its servers already.
    pub(crate) fn around(reactor: Reactor, options: Arc<ClientOptions>, ids: Vec<ServerId>) -> Self {
        Self { reactor, options, ids, events: Vec::new(), settled: Vec::new() }
    }

    /// Adds the server `pbx{n}`.
    pub(crate) fn add(&mut self, n: usize, address: SocketAddr) -> ServerId {
        self.add_with(n, address, Vec::new())
    }

    fn add_with(&mut self, n: usize, address: SocketAddr, more: Vec<(&str, Value)>) -> ServerId {
        let host = address.ip().to_string();
        let pairs = [("host", host.as_str()), ("username", "dialer"), ("secret", "s3cret"), ("auth", "plain")];
        let pairs = pairs.map(|(name, value)| (name, Value::text(value.as_bytes())));
        let pairs = pairs.into_iter().chain(more);
        let key = ServerKey::parse(format!("pbx{n}").as_bytes()).unwrap();
        let config = ServerConfig::from_pairs(key, pairs, Source::Array).unwrap();
        let id = self.reactor.add(Arc::new(config), Arc::clone(&self.options), Some(address)).unwrap();
        self.ids.push(id);
        id
    }

    /// Removes a server of the list.
    pub(crate) fn remove(&mut self, n: usize) -> ServerId {
        let id = self.ids.remove(n);
        let now = self.reactor.now();
        self.reactor.cluster_mut().remove(id, now).unwrap();
        id
    }

    /// All servers are `Ready`.
    pub(crate) fn ready(simulator: &Simulator, options: ClientOptions) -> Self {
        let mut client = Self::new(simulator, options);
        client.open_all();
        client.until(Self::all_ready);
        client
    }

    pub(crate) fn open_all(&mut self) {
        let now = self.reactor.now();
        for id in &self.ids {
            self.reactor.cluster_mut().open(*id, now);
        }
    }

    pub(crate) fn all_ready(&self) -> bool {
        self.ids.iter().all(|id| self.connection(*id).state() == ConnectionState::Ready)
    }

    pub(crate) fn connection(&self, id: ServerId) -> &Connection {
        self.reactor.cluster().connection(id).unwrap()
    }

    /// The first server's connection.
    pub(crate) fn first(&self) -> &Connection {
        self.connection(self.ids[0])
    }

    pub(crate) fn listen(&mut self, name: Option<&str>) {
        let name = name.map(|name| name.as_bytes().into());
        self.reactor.cluster_mut().subscribe(NewSubscription { name, ..NewSubscription::default() }).unwrap();
    }

    pub(crate) fn send(&mut self, id: ServerId, action: &Action) -> u64 {
        let now = self.reactor.now();
        let completion = Completion::of(action, PATIENCE);
        self.reactor.cluster_mut().send(id, action, completion, now).unwrap().unwrap()
    }

    /// Sends to the first server.
    pub(crate) fn ask(&mut self, name: &str) -> u64 {
        self.send(self.ids[0], &Action::new(name).unwrap())
    }

    /// One tick, and everything taken out.
    pub(crate) fn tick(&mut self, timeout: Duration, only: Option<ServerId>) {
        self.reactor.tick(timeout, only).unwrap();
        let cluster = self.reactor.cluster_mut();
        while let Some((id, event)) = cluster.pop_event(only) {
            self.events.push((id, event.frame));
        }
        let effects = cluster.effects();
        self.settled.extend(effects.settled.drain(..));
        while effects.log.pop().is_some() {}
    }

    /// Ticks until something holds.
    pub(crate) fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < end, "not in time; the first server: {:?}", self.first());
            self.tick(TICK, None);
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.events.iter().map(|(_, frame)| text(frame.as_ref().name())).collect()
    }

    /// The numbers of the flood events of one server.
    pub(crate) fn numbers(&self, id: ServerId) -> Vec<u64> {
        let of_server = self.events.iter().filter(|(server, _)| *server == id);
        of_server.filter_map(|(_, frame)| text(frame.as_ref().header(b"Seq")?).parse().ok()).collect()
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A listener that takes so long.
pub(crate) fn work(duration: Duration) {
    let end = Instant::now() + duration;
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}
