//! The Asterisk Manager Interface without input or output.
#![forbid(unsafe_code)]

pub mod protocol;
pub mod secret;
pub mod time;
