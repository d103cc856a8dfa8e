//! What logs hide, and what they show.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod names;
mod options;
mod payloads;
mod texts;
