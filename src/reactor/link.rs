//! The socket of one server, and whether it may be written to.
//!
//! A session that Asterisk has cut looks alive until its end of file has been read, and a write to it makes the kernel
//! throw away the megabytes that were still on their way. Asterisk cuts when a write of its own does not get on, so only
//! a pause of ours can have led to it. After a pause a socket is therefore read first. Found empty, it may be
//! empty only until the other kernel has noticed the room; so where there was a backlog, a grace follows.

use crate::tls::Profile;
use crate::transport::Transport;
use ami_core::cluster::ServerId;
use ami_core::time::Instant;
use std::time::Duration;

/// A pause between two ticks after which sessions may have been cut: Asterisk gives a write that does not get on
/// 100 ms.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// Less than this was read after a pause: the other side was never held up. A socket takes at least 64 KiB.
const SMALL_BACKLOG: usize = 32 * 1024;

/// How long after a pause and a backlog the socket has been empty before it is written to: some round trips.
const GRACE: Duration = Duration::from_millis(100);

/// So many bytes read after a pause show that the session was not cut by then: more than the buffers of both kernels
/// hold (4 and 6 MiB at most by Linux's defaults). Without this, a server that always sends faster than
/// listeners take would never get a Ping.
const MOST_IN_FLIGHT: usize = 16 * 1024 * 1024;

/// The socket of one server.
#[derive(Debug)]
pub(crate) struct Link {
    /// Whose it is.
    pub(crate) id: ServerId,
    pub(crate) transport: Option<Transport>,
    /// What TLS is made with, where the server has it.
    pub(crate) tls: Option<Profile>,
    /// Counts the sockets of this place, whoever had it.
    pub(crate) generation: u32,
    /// It stands in the list of those to read.
    pub(crate) is_listed: bool,
    /// The last pause that is known not to have cut the session.
    caught_up: u64,
    /// Bytes read since then.
    backlog: usize,
    /// The pause after which the socket was last found empty, and since when every reading has emptied it.
    emptied: Option<(u64, Instant)>,
}

impl Link {
    /// A server without a socket, in a place that has had so many.
    pub(crate) const fn new(id: ServerId, generation: u32, tls: Option<Profile>) -> Self {
        let (transport, is_listed, emptied) = (None, false, None);
        Self { id, transport, tls, generation, is_listed, caught_up: 0, backlog: 0, emptied }
    }

    /// Takes a new socket, which no pause has touched.
    pub(crate) fn put(&mut self, transport: Transport, pauses: u64) {
        self.transport = Some(transport);
        self.catch_up(pauses);
    }

    /// Bytes were read.
    pub(crate) const fn count_read(&mut self, bytes: usize, pauses: u64) {
        if self.caught_up != pauses {
            self.backlog = self.backlog.saturating_add(bytes);
        }
    }

    /// The socket was found empty.
    pub(crate) fn found_empty(&mut self, pauses: u64, now: Instant) {
        self.emptied = Some((pauses, self.emptied.map_or(now, |(_, since)| since)));
        if self.backlog < SMALL_BACKLOG || self.grace_end(pauses).is_some_and(|end| end <= now) {
            self.catch_up(pauses);
        }
    }

    /// More than a reading takes was there.
    pub(crate) const fn found_more(&mut self) {
        self.emptied = None;
    }

    /// When it may be written to, if it was read since the last pause and stays empty until then.
    pub(crate) fn grace_end(&self, pauses: u64) -> Option<Instant> {
        self.emptied.filter(|&(pause, _)| pause == pauses).map(|(_, since)| since + GRACE)
    }

    /// Whether nothing can be lost by writing; asked when there is something to write.
    pub(crate) const fn may_write(&mut self, pauses: u64) -> bool {
        if self.caught_up == pauses {
            return true;
        }
        // Said once, and then not until as much has been read again.
        let is_alive = self.backlog >= MOST_IN_FLIGHT;
        if is_alive {
            self.backlog = 0;
        }
        is_alive
    }

    const fn catch_up(&mut self, pauses: u64) {
        self.caught_up = pauses;
        self.backlog = 0;
        self.emptied = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: ServerId = ServerId::new(0, 0);
    const NOW: Instant = Instant::from_nanos(1);

    fn after_a_pause(backlog: usize) -> Link {
        let mut link = Link::new(ID, 0, None);
        link.count_read(backlog, 1);
        link
    }

    #[test]
    fn without_a_pause_it_may_be_written_to() {
        assert!(Link::new(ID, 0, None).may_write(0));
    }

    #[test]
    fn after_a_pause_it_is_read_first_and_a_small_rest_needs_no_grace() {
        let mut link = after_a_pause(SMALL_BACKLOG - 1);
        assert!(!link.may_write(1));
        link.found_empty(1, NOW);
        assert!(link.may_write(1));
    }

    #[test]
    fn after_a_backlog_a_grace_follows_which_begins_when_it_was_first_empty() {
        let mut link = after_a_pause(SMALL_BACKLOG);
        link.found_empty(1, NOW);
        assert!(!link.may_write(1));
        link.found_empty(1, NOW + GRACE / 2);
        assert_eq!(link.grace_end(1), Some(NOW + GRACE));
        link.found_empty(1, NOW + GRACE);
        assert!(link.may_write(1));
    }

    #[test]
    fn a_further_pause_needs_a_further_reading_but_no_longer_grace() {
        let mut link = after_a_pause(SMALL_BACKLOG);
        link.found_empty(1, NOW);
        assert_eq!((link.grace_end(2), link.may_write(2)), (None, false));
        link.found_empty(2, NOW + GRACE);
        assert!(link.may_write(2));
    }

    #[test]
    fn a_reading_that_leaves_something_begins_the_grace_anew() {
        let mut link = after_a_pause(SMALL_BACKLOG);
        link.found_empty(1, NOW);
        link.found_more();
        link.found_empty(1, NOW + GRACE);
        assert!(!link.may_write(1));
    }

    #[test]
    fn more_than_kernels_hold_shows_that_it_lives_once() {
        let mut link = after_a_pause(MOST_IN_FLIGHT);
        assert!(link.may_write(1));
        assert!(!link.may_write(1));
    }
}
