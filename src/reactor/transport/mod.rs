//! One socket.

mod tcp;

pub(crate) use tcp::{ReadOutcome, Tcp, WriteOutcome};
