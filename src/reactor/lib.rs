//! The sockets of `apn_ami`: one `epoll` (or `kqueue`) for all servers, driven by ticks.
//!
//! [`Reactor::tick`] waits once for all servers and then works for those that have something to do. It never
//! resolves a name (threads do), never sleeps and never writes to a terminal. What came of it is taken out afterwards.

pub mod background;
mod clock;
mod driver;
mod foreign;
mod link;
mod memory;
mod reactor;
mod resolve;
mod tls;
mod token;
mod transport;

pub use clock::Clock;
pub use driver::{Driver, Guard, Unavailable};
pub use foreign::Wire;
pub use reactor::{AddError, MAX_WAIT, Reactor, Ticked};
pub use resolve::Lookups;
