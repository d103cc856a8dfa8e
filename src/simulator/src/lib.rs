//! Simulated Asterisk nodes that speak the Asterisk Manager Interface (AMI).
//!
//! For people who develop without a PBX, for the demo, for tests (deterministic by seed, a port that the system
//! chooses, faults on demand) and for benchmarks (floods as fast as the socket takes them).
//!
//! ```
//! use ami_simulator::{Fault, Simulator, SimulatorConfig};
//!
//! let simulator = Simulator::start(SimulatorConfig::with_nodes(1))?;
//! let node = simulator.node(0);
//! println!("{} listens on {}", node.name(), node.address());
//! node.fault(Fault::RefuseLogin);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It knows nothing of the client crates on purpose: it is an independent witness of the protocol, written from what
//! real servers (16.28 and 22.10) were seen to send.
//!
//! Layers, each of which uses only the ones below it:
//!
//! ```text
//! control (handles)                    main.rs, cli.rs, console.rs
//!   worker (event loop, timers)        the only sockets
//!     actions · calls · fault · flood  what a node does
//!       pbx (channels, queues)         what a node is
//!         frame · request · class      bytes
//! ```
//!
//! One thread serves all nodes (or a few threads, [`SimulatorConfig::threads`]); no thread belongs to a connection.
//! The trade-off: a session that floods without limit shares its thread with the others, turn by turn.

mod actions;
mod calls;
mod class;
mod config;
mod control;
mod effects;
mod fault;
mod filter;
mod flood;
mod frame;
mod node;
mod outbuf;
mod pbx;
mod request;
mod rng;
mod session;
mod stats;
mod time;
mod worker;

pub use class::Classes;
pub use config::{
    CallsConfig, CommandShape, EndpointConfig, FloodConfig, FullyBooted, MemberConfig, NodeConfig, QueueConfig,
    SimulatorConfig, User,
};
pub use control::{NodeHandle, Simulator};
pub use fault::{Fault, FaultError};
pub use stats::{NodeStats, ReceivedAction};
