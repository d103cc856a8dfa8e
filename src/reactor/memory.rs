//! How much memory this process has to itself.
//!
//! What counts is what an operator sees and what a container is killed for: resident memory that is shared with nobody, as
//! Linux tells it. Elsewhere, or without `/proc`, it is what the host of this library (PHP) says of itself and what the
//! client holds, which leaves out other extensions.

use std::fmt;
use std::fs;

/// Measures the process; `None` where that cannot be done.
type Measure = Box<dyn Fn() -> Option<u64> + Send>;

/// What the process has, as far as it can be known.
pub(crate) struct Gauge {
    measure: Measure,
    /// It cannot be measured, so that the host has to say.
    pub(crate) is_blind: bool,
    /// What the host said last.
    pub(crate) told: u64,
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_blind, told, .. } = self;
        f.debug_struct("Gauge").field("is_blind", is_blind).field("told", told).finish_non_exhaustive()
    }
}

impl Default for Gauge {
    fn default() -> Self {
        Self::new(Box::new(private_bytes))
    }
}

impl Gauge {
    pub(crate) fn new(measure: Measure) -> Self {
        let is_blind = measure().is_none();
        Self { measure, is_blind, told: 0 }
    }

    /// What the process has, where the client holds so much.
    pub(crate) fn read(&self, held: impl FnOnce() -> usize) -> u64 {
        let measured = if self.is_blind { None } else { (self.measure)() };
        measured.unwrap_or_else(|| self.told.saturating_add(u64::try_from(held()).unwrap_or(u64::MAX)))
    }
}

/// The anonymous part of the resident memory, which is all that `/proc/self/statm` has as resident and not as shared; here
/// it comes in kB and not in pages.
fn private_bytes() -> Option<u64> {
    anonymous_bytes(&fs::read_to_string("/proc/self/status").ok()?)
}

fn anonymous_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn of_what_linux_tells_the_private_part_is_taken() {
        let status = "Name:\tphp\nVmRSS:\t   46000 kB\nRssAnon:\t    7852 kB\nRssFile:\t   38148 kB\nThreads:\t1\n";
        assert_eq!(anonymous_bytes(status), Some(7_852 * 1_024));
        assert_eq!(anonymous_bytes("VmRSS:\t   46000 kB\n"), None, "kernels before 4.5");
        assert_eq!(anonymous_bytes("RssAnon:\t    7852 pages\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_that_is_used_shows() {
        let before = private_bytes().unwrap();
        let used = vec![1_u8; 32 * 1_024 * 1_024];
        let after = private_bytes().unwrap();
        assert!(after > before + 24 * 1_024 * 1_024, "{before} {after}");
        drop(used);
    }

    #[test]
    fn where_it_cannot_be_measured_the_host_says_and_what_the_client_holds_is_added() {
        let mut gauge = Gauge::new(Box::new(|| None));
        assert!(gauge.is_blind);
        gauge.told = 5_000;
        assert_eq!(gauge.read(|| 300), 5_300);
        let gauge = Gauge::new(Box::new(|| Some(7)));
        assert_eq!((gauge.is_blind, gauge.read(|| 300)), (false, 7));
    }
}
