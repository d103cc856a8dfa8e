//! Where a server is: at one address for good, or at those that its name has by and by.

use crate::config::{Host, ServerConfig};
use crate::time::Instant;
use core::net::SocketAddr;
use core::time::Duration;

/// Addresses of a name that are kept. A server has two or four; whoever has more would wait minutes for the last.
const MAX_ADDRESSES: usize = 16;

/// How long an answer may be used without asking again, as long as nothing fails. The order of the time that names
/// in front of changing machines are given to live.
const REFRESH_AFTER: Duration = Duration::from_secs(60);

/// The addresses of a server, and which is next.
#[derive(Debug)]
pub(super) struct Addresses {
    /// A literal address, or what the application said at the start: nothing is looked up.
    is_fixed: bool,
    known: Vec<SocketAddr>,
    found_at: Instant,
    /// Something failed since the last answer: it may be out of date.
    is_suspect: bool,
    /// Where the attempt or the session under way goes to.
    current: Option<SocketAddr>,
    /// Where the last session was.
    proven: Option<SocketAddr>,
    /// Those of the known ones at which attempts have failed since.
    failed: Vec<SocketAddr>,
}

impl Addresses {
    pub(super) fn new(config: &ServerConfig, given: Option<SocketAddr>) -> Self {
        let literal = match &config.host {
            Host::Ip(ip) => Some(SocketAddr::new(*ip, config.port)),
            Host::Name(_) => None,
        };
        let known: Vec<SocketAddr> = given.or(literal).into_iter().collect();
        Self {
            is_fixed: !known.is_empty(),
            known,
            found_at: Instant::default(),
            is_suspect: false,
            current: None,
            proven: None,
            failed: Vec::new(),
        }
    }

    /// Whether the name is to be looked up before the next attempt.
    pub(super) fn need_lookup(&self, now: Instant) -> bool {
        !self.is_fixed && (self.known.is_empty() || self.is_suspect || now.since(self.found_at) >= REFRESH_AFTER)
    }

    /// Whether there is somewhere to connect to.
    pub(super) const fn are_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// An attempt begins, and does not know yet where it goes to.
    pub(super) const fn begin_lookup(&mut self) {
        self.current = None;
    }

    /// The name leads here, in the order in which the resolver would try them.
    pub(super) fn found(&mut self, addresses: impl IntoIterator<Item = SocketAddr>, now: Instant) {
        self.known = interleaved(addresses);
        self.failed.retain(|address| self.known.contains(address));
        self.found_at = now;
        self.is_suspect = false;
    }

    /// Where the attempt that begins goes to: to where the last session was, else to the first that has not failed
    /// since. When all have, they are tried again.
    pub(super) fn next(&mut self) -> Option<SocketAddr> {
        if self.known.iter().all(|address| self.failed.contains(address)) {
            self.failed.clear();
        }
        let mut left = self.known.iter().filter(|address| !self.failed.contains(address));
        let proven = left.clone().find(|address| Some(**address) == self.proven);
        self.current = proven.or_else(|| left.next()).copied();
        self.current
    }

    /// The attempt has become a session.
    pub(super) fn worked(&mut self) {
        self.proven = self.current;
        self.failed.clear();
    }

    /// The attempt or the session failed. What a session was held with is tried again first.
    pub(super) fn failed(&mut self, had_session: bool) {
        self.is_suspect = true;
        if let Some(address) = self.current.take().filter(|_| !had_session) {
            self.failed.push(address);
        }
    }

    /// Where the attempt or the session under way goes to.
    pub(super) const fn current(&self) -> Option<SocketAddr> {
        self.current
    }
}

/// The two families in turn, as in section 4 of RFC 8305: where one of them does not work, the second attempt does.
fn interleaved(addresses: impl IntoIterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.into_iter().peekable();
    let is_first_v6 = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.partition(|address| address.is_ipv6() == is_first_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] || mixed.len() >= MAX_ADDRESSES {
            mixed.truncate(MAX_ADDRESSES);
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn list(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| format!("{text}:5038").parse().unwrap()).collect()
    }

    #[test]
    fn the_families_take_turns_beginning_with_the_one_that_came_first() {
        let found = interleaved(list(&["[2001:db8::1]", "[2001:db8::2]", "[2001:db8::3]", "192.0.2.1", "192.0.2.2"]));
        assert_eq!(found, list(&["[2001:db8::1]", "192.0.2.1", "[2001:db8::2]", "192.0.2.2", "[2001:db8::3]"]));
        let found = interleaved(list(&["192.0.2.1", "192.0.2.2", "[2001:db8::1]"]));
        assert_eq!(found, list(&["192.0.2.1", "[2001:db8::1]", "192.0.2.2"]));
    }

    #[test]
    fn of_very_many_addresses_some_are_kept() {
        let many: Vec<String> = (0..250).map(|n| format!("192.0.2.{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(interleaved(list(&many)), list(&many[..MAX_ADDRESSES]));
    }
}
