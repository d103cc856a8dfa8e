//! The `ActionID` of each action: `{server_key}:{instance}:{sequence}`.
//!
//! The instance is random and not to be guessed, because values inside events can forge whole frames;
//! the sequence never starts again, so an answer from an earlier session completes nothing.

use crate::hash;

/// Digits of a sequence for which room is kept: at 10,000 actions a second they last three years, after
/// which ids merely grow by a byte.
const SEQUENCE_DIGITS: usize = 12;

/// Characters of the hash that stands in for what was cut from a server key.
const KEY_HASH_CHARS: usize = 6;

/// Characters that write 64 bits in base 62.
const INSTANCE_CHARS: usize = 11;

/// Makes the ids of one server and recognises them in answers.
#[derive(Debug)]
pub struct ActionIds {
    prefix: Box<[u8]>,
    next: u64,
}

impl ActionIds {
    /// Ids of at most `max_length` bytes (at least 32). A key that leaves too little room is cut and given a
    /// hash of the whole key, so that two long keys that start alike stay apart.
    pub fn new(server_key: &str, instance: u64, max_length: usize) -> Self {
        let room = max_length.saturating_sub(INSTANCE_CHARS + SEQUENCE_DIGITS + 2);
        let mut prefix = String::with_capacity(max_length);
        if server_key.len() <= room {
            prefix.push_str(server_key);
        } else {
            // Server keys are ASCII, so that any cut is between two characters.
            let kept = room.saturating_sub(KEY_HASH_CHARS + 1);
            prefix.push_str(server_key.get(..kept).unwrap_or_default());
            prefix.push('~');
            push_base62(&mut prefix, hash::fnv1a(server_key.as_bytes()), KEY_HASH_CHARS);
        }
        prefix.push(':');
        push_base62(&mut prefix, instance, INSTANCE_CHARS);
        prefix.push(':');
        Self { prefix: prefix.into_bytes().into_boxed_slice(), next: 1 }
    }

    /// The next sequence number.
    pub const fn take(&mut self) -> u64 {
        let sequence = self.next;
        self.next += 1;
        sequence
    }

    /// The id with that sequence number.
    pub fn format(&self, sequence: u64) -> Vec<u8> {
        let mut id = self.prefix.to_vec();
        id.extend_from_slice(sequence.to_string().as_bytes());
        id
    }

    /// The sequence number of an id that is one of ours.
    pub fn parse(&self, id: &[u8]) -> Option<u64> {
        let digits = id.strip_prefix(&*self.prefix)?;
        // `007` and `+7` are not how we write 7.
        if digits.is_empty() || digits.first() == Some(&b'0') {
            return None;
        }
        digits.iter().try_fold(0_u64, |value, &digit| {
            if !digit.is_ascii_digit() {
                return None;
            }
            value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
    }
}

/// The last `chars` base-62 digits of a number.
fn push_base62(out: &mut String, mut number: u64, chars: usize) {
    const DIGITS: [char; 62] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
        'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
        'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    ];
    for _ in 0..chars {
        let digit = usize::try_from(number % 62).unwrap_or_default();
        out.extend(DIGITS.get(digit));
        number /= 62;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_server_instance_and_sequence() {
        let mut ids = ActionIds::new("pbx1", 62 * 62 + 1, 64);
        let sequence = ids.take();
        assert_eq!(ids.format(sequence), b"pbx1:10100000000:1");
        assert_eq!(ids.parse(&ids.format(sequence)), Some(1));
        assert_eq!(ids.take(), 2);
    }

    #[test]
    fn ids_of_others_are_not_ours() {
        let ids = ActionIds::new("pbx1", 1, 64);
        let ours = String::from_utf8(ids.format(1)).unwrap_or_default();
        let prefix = ours.strip_suffix('1').unwrap_or_default();
        for foreign in ["", "pbx1", prefix, "pbx1:20000000000:1", "pbx2:10000000000:1"] {
            assert_eq!(ids.parse(foreign.as_bytes()), None, "{foreign}");
        }
        for digits in ["0", "01", "+1", "1x", "1 ", "99999999999999999999"] {
            assert_eq!(ids.parse(format!("{prefix}{digits}").as_bytes()), None, "{digits}");
        }
    }

    #[test]
    fn long_keys_are_cut_and_stay_apart_within_the_limit() {
        for limit in [32, 40, 64] {
            let one = ActionIds::new(&format!("{}a", "k".repeat(63)), 1, limit);
            let two = ActionIds::new(&format!("{}b", "k".repeat(63)), 1, limit);
            assert!(one.format(999_999_999_999).len() <= limit);
            assert_ne!(one.format(1), two.format(1));
            assert_eq!(one.parse(&one.format(u64::MAX)), Some(u64::MAX));
            assert_eq!(one.parse(&two.format(1)), None);
        }
    }
}
