//! The wire format of the Asterisk Manager Interface: bytes in, frames out, and actions back to bytes.
//!
//! ```text
//!   socket bytes ──> parser::Parser ──> Item::Frame(FrameRef) ──> to_frame() ──> Frame (kept)
//!                        │  scan: where lines and frames end          │
//!                        └─ banner, garbage, over-long frames         └─> command::output()
//!
//!   action::Action ──serialize(action id)──> bytes for the socket
//! ```
//!
//! Everything is bytes: Asterisk passes Latin-1, UTF-8 and control bytes on as it gets them, and so do
//! these types. Each byte is looked at once on the way in; the headers of a frame are looked for when
//! somebody asks for them, and a frame nobody asks about costs no allocation.
//!
//! # What a frame cannot promise
//!
//! Asterisk puts line ends that occur inside values (the `AppData` of `Newexten`, `UserEvent` values,
//! channel variables) on the wire as they are. A value therefore can hold what looks like a further
//! header, and one with a blank line what looks like a further frame; nobody can tell them from real
//! ones. What this module does is to be predictable: the first header of a name wins, and a frame's
//! kind is that of its first deciding header. Guarding against forged answers is left to action ids
//! that cannot be guessed. A lone carriage return ends nothing: it stays in its value.

pub mod action;
mod buffer;
pub mod command;
pub mod message;
pub mod parser;
mod scan;
#[cfg(test)]
#[allow(clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod testing;

pub use action::{Action, ActionError, MAX_HEADERS, MAX_LINE};
pub use command::CommandOutput;
pub use message::{Frame, FrameKind, FrameRef, Headers};
pub use parser::{Item, Parser, ParserLimits};
