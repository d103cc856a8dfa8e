//! Sessions with a server that is played by the tests, in a time that only the tests move.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod answers;
mod attempts;
mod closing;
mod commands;
mod custom;
mod day;
mod dispatch;
mod event_queue;
mod failures;
mod filters;
mod gaps;
mod heartbeat;
mod hour;
mod lease;
mod limits;
mod lists;
mod login;
mod logs;
mod loss;
mod memory;
mod metrics;
mod names;
mod noise;
mod originate;
mod priorities;
mod random;
mod ready;
mod refusal;
mod removal;
mod routing;
mod support;
mod terminal_events;
mod timers;
mod tls;
mod version;
