//! `allowed_events` and `blocked_events`: what is taken in at all.

use super::names::NameMap;

/// Names that are let in, and names that are not.
#[derive(Debug, Default)]
pub struct Admission {
    allowed: NameMap<()>,
    blocked: NameMap<()>,
}

impl Admission {
    /// Lets in `allowed`, or everything when that is empty, but nothing of `blocked`.
    pub fn new<'a>(allowed: impl IntoIterator<Item = &'a [u8]>, blocked: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut admission = Self::default();
        for name in allowed {
            admission.allowed.get_or_insert(name);
        }
        for name in blocked {
            admission.blocked.get_or_insert(name);
        }
        admission
    }

    /// Whether an event of that name is let in.
    pub fn admits(&self, name: &[u8]) -> bool {
        (self.allowed.is_empty() || self.allowed.get(name).is_some()) && self.blocked.get(name).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [&[u8]; 0] = [];

    #[test]
    fn without_names_everything_is_let_in() {
        assert!(Admission::default().admits(b"Newchannel"));
    }

    #[test]
    fn only_allowed_names_are_let_in_whatever_their_case() {
        let admission = Admission::new([b"hangup".as_slice()], NONE);
        assert!(admission.admits(b"Hangup"));
        assert!(!admission.admits(b"Newchannel"));
        assert!(!admission.admits(&[b'x'; 200]), "a name longer than any key");
    }

    #[test]
    fn a_blocked_name_is_kept_out_even_when_it_is_allowed() {
        let admission = Admission::new([b"Hangup".as_slice()], [b"HANGUP".as_slice()]);
        assert!(!admission.admits(b"Hangup"));
        assert!(Admission::new(NONE, [b"RTCPSent".as_slice()]).admits(b"Hangup"));
    }
}
