//! Event classes: what a `Privilege:` names, what an event mask selects, and what a user may do.

/// A set of event classes. The bits are those that Asterisk takes as a number in an `EventMask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Classes(u32);

const NAMES: [(&str, Classes); 18] = [
    ("system", Classes::SYSTEM),
    ("call", Classes::CALL),
    ("log", Classes::LOG),
    ("verbose", Classes::VERBOSE),
    ("command", Classes::COMMAND),
    ("agent", Classes::AGENT),
    ("user", Classes::USER),
    ("config", Classes::CONFIG),
    ("dtmf", Classes::DTMF),
    ("reporting", Classes::REPORTING),
    ("cdr", Classes::CDR),
    ("dialplan", Classes::DIALPLAN),
    ("originate", Classes::ORIGINATE),
    ("agi", Classes::AGI),
    ("cc", Classes::CC),
    ("aoc", Classes::AOC),
    ("test", Classes::TEST),
    ("security", Classes::SECURITY),
];

impl Classes {
    /// No class: events off.
    pub const NONE: Self = Self(0);
    /// Every class: events on.
    pub const ALL: Self = Self(u32::MAX);
    /// `system`: `FullyBooted`, Shutdown, registrations.
    pub const SYSTEM: Self = Self(1);
    /// `call`: channels, dialling, bridges.
    pub const CALL: Self = Self(1 << 1);
    /// `log`.
    pub const LOG: Self = Self(1 << 2);
    /// `verbose`.
    pub const VERBOSE: Self = Self(1 << 3);
    /// `command`.
    pub const COMMAND: Self = Self(1 << 4);
    /// `agent`: queues and their members.
    pub const AGENT: Self = Self(1 << 5);
    /// `user`: `UserEvent`.
    pub const USER: Self = Self(1 << 6);
    /// `config`.
    pub const CONFIG: Self = Self(1 << 7);
    /// `dtmf`.
    pub const DTMF: Self = Self(1 << 8);
    /// `reporting`.
    pub const REPORTING: Self = Self(1 << 9);
    /// `cdr`.
    pub const CDR: Self = Self(1 << 10);
    /// `dialplan`: Newexten, `VarSet`.
    pub const DIALPLAN: Self = Self(1 << 11);
    /// `originate`.
    pub const ORIGINATE: Self = Self(1 << 12);
    /// `agi`.
    pub const AGI: Self = Self(1 << 13);
    /// `cc`.
    pub const CC: Self = Self(1 << 15);
    /// `aoc`.
    pub const AOC: Self = Self(1 << 16);
    /// `test`.
    pub const TEST: Self = Self(1 << 17);
    /// `security`: `SuccessfulAuth` and its like.
    pub const SECURITY: Self = Self(1 << 18);

    /// The class with this name; `all` is every class.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("all") {
            return Some(Self::ALL);
        }
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, class)| class)
    }

    /// What Asterisk makes of an event mask: `on`, `off`, a number, or a comma-separated list in which unknown names
    /// count for nothing (a mask of only unknown names is off).
    pub fn from_mask(mask: &str) -> Self {
        let mask = mask.trim();
        if let Ok(number) = mask.parse::<u32>() {
            return Self(number);
        }
        match mask.to_ascii_lowercase().as_str() {
            "on" | "yes" | "true" | "y" | "t" => Self::ALL,
            "off" | "no" | "false" | "n" | "f" => Self::NONE,
            list => list.split(',').filter_map(|name| Self::named(name.trim())).fold(Self::NONE, Self::with),
        }
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two sets share a class.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no class is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The name of the set's first class, as a `Privilege:` shows it.
    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, class)| class.intersects(self)).map_or("all", |&(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_on_off_a_number_or_a_list() {
        assert_eq!(Classes::from_mask("on"), Classes::ALL);
        assert_eq!(Classes::from_mask("OFF"), Classes::NONE);
        assert_eq!(Classes::from_mask("64"), Classes::USER);
        assert_eq!(Classes::from_mask("call, user"), Classes::CALL.with(Classes::USER));
    }

    #[test]
    fn a_mask_of_unknown_names_is_off() {
        assert!(Classes::from_mask("bogus").is_empty());
    }
}
