//! The Asterisk Manager Interface without input or output.
//!
//! Bytes and moments go in; frames, bytes to write, deadlines and things to log come out. There is no socket
//! here, no clock, no thread and no source of randomness, so that a thread, an event loop or a test can drive
//! it alike.
//!
//! ```text
//!   cluster      many connections: budgets, timers, fairness, routing
//!      │
//!   connection   one server: joins what is below into a session that comes and goes
//!      │
//!      ├── protocol      bytes ⇄ frames and actions
//!      ├── correlation   which answer belongs to which action
//!      ├── events        which events are wanted, and where they wait
//!      └── health        states, heartbeats, backoff, circuit breaker
//!
//!   export       what is counted and timed, under the names by which monitoring knows it
//!   catalog      what Asterisk documents of its actions and events
//! ```
//!
//! Methods are of four kinds, as in quinn-proto: `handle_*` take what happened, commands change something, and
//! what is to be done about it is taken out (`take_*`, `pop_*`) or asked for by getters. A driver handles one
//! thing, takes out everything, waits until [`cluster::Cluster::next_deadline`], and goes on.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod cluster;
pub mod config;
pub mod connection;
pub mod correlation;
pub mod events;
pub mod export;
pub mod hash;
pub mod health;
pub mod log;
pub mod metrics;
pub mod protocol;
pub mod redact;
pub mod secret;
pub mod time;
pub mod version;
