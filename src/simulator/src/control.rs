//! Handles: start a simulation, cause faults, read counters, stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::Waker;

use crate::config::SimulatorConfig;
use crate::fault::Fault;
use crate::node::Node;
use crate::stats::{NodeStats, ReceivedAction, Shared};
use crate::worker::{Command, Worker};

/// How long a command may take until its sender goes on without an answer.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// A running simulation. Dropping it stops it.
#[derive(Debug)]
pub struct Simulator {
    nodes: Vec<NodeHandle>,
    loops: Vec<(Loop, JoinHandle<()>)>,
}

/// How to reach one event loop.
#[derive(Clone)]
struct Loop {
    commands: Sender<Command>,
    waker: Arc<Waker>,
}

impl std::fmt::Debug for Loop {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Loop")
    }
}

impl Loop {
    fn send(&self, command: Command) {
        // A loop that is gone needs no command, and one that cannot be woken reads it at its next event.
        let _ = self.commands.send(command);
        let _ = self.waker.wake();
    }
}

/// One node of a running simulation. Cheap to clone; works from any thread.
#[derive(Debug, Clone)]
pub struct NodeHandle {
    name: String,
    address: SocketAddr,
    /// The node's index in its loop.
    index: usize,
    home: Loop,
    shared: Arc<Shared>,
}

impl Simulator {
    /// Binds all nodes and serves them from background threads. Fails with the error of the first port that cannot
    /// be bound, its address in the message.
    pub fn start(config: SimulatorConfig) -> io::Result<Self> {
        let threads = config.threads.clamp(1, config.nodes.len().max(1));
        let mut groups: Vec<Vec<Node>> = (0..threads).map(|_| Vec::new()).collect();
        let mut places = Vec::with_capacity(config.nodes.len());
        for (number, settings) in config.nodes.into_iter().enumerate() {
            let (name, wanted) = (settings.name.clone(), settings.listen);
            let shared = Arc::new(Shared::default());
            let node = Node::bind(settings, Arc::clone(&shared))
                .map_err(|error| io::Error::new(error.kind(), format!("{name} on {wanted}: {error}")))?;
            let Some(group) = groups.get_mut(number % threads) else { continue };
            places.push((name, node.address, number % threads, group.len(), shared));
            group.push(node);
        }
        let mut loops: Vec<(Loop, JoinHandle<()>)> = Vec::with_capacity(threads);
        for (number, group) in groups.into_iter().enumerate() {
            let (commands, receiver) = channel();
            let (worker, waker) = Worker::new(group, receiver)?;
            let thread = std::thread::Builder::new().name(format!("ami-sim-{number}")).spawn(move || worker.run())?;
            loops.push((Loop { commands, waker }, thread));
        }
        let nodes = places.into_iter().filter_map(|(name, address, thread, index, shared)| {
            let home = loops.get(thread)?.0.clone();
            Some(NodeHandle { name, address, index, home, shared })
        });
        Ok(Self { nodes: nodes.collect(), loops })
    }

    /// All nodes, in the order of the configuration.
    pub fn nodes(&self) -> &[NodeHandle] {
        &self.nodes
    }

    /// One node by its index.
    ///
    /// # Panics
    /// If there is no such node: an index is written by the one who wrote the configuration.
    #[allow(clippy::indexing_slicing, reason = "documented to panic")]
    pub fn node(&self, index: usize) -> &NodeHandle {
        &self.nodes[index]
    }

    /// Where the nodes listen, in the order of the configuration.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(NodeHandle::address).collect()
    }

    /// Closes all connections and ends all threads.
    pub fn stop(&mut self) {
        for (home, thread) in self.loops.drain(..) {
            home.send(Command::Stop);
            // A loop that panicked has stopped as well.
            let _ = thread.join();
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop();
    }
}

impl NodeHandle {
    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens: the real port, also when port 0 was asked for.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Causes a fault, or ends all with [`Fault::Clear`]. Returns when it is in force.
    pub fn fault(&self, fault: Fault) {
        let (done, answer) = channel();
        self.home.send(Command::Fault { node: self.index, fault: Box::new(fault), done });
        // Nothing to do about a loop that does not answer: it has been stopped.
        let _ = answer.recv_timeout(COMMAND_TIMEOUT);
    }

    /// Sends bytes as they are to every session of the node, logged in or not.
    pub fn send(&self, bytes: impl Into<Vec<u8>>) {
        self.fault(Fault::Raw(bytes.into()));
    }

    /// The node's counters now.
    pub fn stats(&self) -> NodeStats {
        self.shared.counters.snapshot()
    }

    /// What clients sent, oldest first, if the configuration says to keep it.
    pub fn received(&self) -> Vec<ReceivedAction> {
        self.shared.received()
    }

    /// Waits until the counters satisfy a condition; false if they do not within that time.
    pub fn wait_until(&self, timeout: Duration, condition: impl Fn(&NodeStats) -> bool) -> bool {
        let end = Instant::now() + timeout;
        loop {
            if condition(&self.stats()) {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
