//! What Asterisk documents of its actions and events, as far as the core needs it.
//!
//! The tables are generated (`./dev generate`) from the documentation of Asterisk 16 and 22 and from lists observed on
//! both. They are hints: a server's own answer wins, and a name that is not here is no error.

mod events;
mod lists;

use core::cmp::Ordering;
use events::EVENT_CLASSES;
use lists::LIST_ENDS;

/// The event that ends the list which this action answers with, in lower case; none for an action that answers otherwise,
/// or with a list only at times, as `Hangup` does.
pub fn list_end(action_name: &[u8]) -> Option<&'static [u8]> {
    find(LIST_ENDS, action_name)
}

/// The class of this event as in event masks, such as `call`; none where it is not known.
///
/// Items of lists have one here too, but go to whoever asked, whatever the mask.
pub fn event_class(event_name: &[u8]) -> Option<&'static str> {
    find(EVENT_CLASSES, event_name)
}

/// By halves, in any case, without an allocation.
fn find<V: Copy>(table: &[(&[u8], V)], name: &[u8]) -> Option<V> {
    let at = table.binary_search_by(|(key, _)| compare(key, name)).ok()?;
    table.get(at).map(|&(_, value)| value)
}

/// How a lower-case key compares with a name in any case.
fn compare(key: &[u8], name: &[u8]) -> Ordering {
    key.iter().copied().cmp(name.iter().map(u8::to_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_action_has_its_end_event() {
        assert_eq!(list_end(b"QueueStatus"), Some(b"queuestatuscomplete".as_slice()));
        assert_eq!(list_end(b"PJSIPShowEndpoint"), Some(b"endpointdetailcomplete".as_slice()));
        assert_eq!(list_end(b"SIPpeers"), Some(b"peerlistcomplete".as_slice()));
        assert_eq!(list_end(b"MeetmeList"), Some(b"meetmelistcomplete".as_slice()));
    }

    #[test]
    fn an_action_that_is_no_list_or_only_at_times_has_none() {
        for name in
            ["Ping", "Hangup", "FAXStats", "WaitEvent", "QueueRule", "NoSuchAction", "", "QueueStatu", "QueueStatusX"]
        {
            assert_eq!(list_end(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn an_event_has_its_class() {
        assert_eq!(event_class(b"Hangup"), Some("call"));
        assert_eq!(event_class(b"QueueMemberStatus"), Some("agent"));
        assert_eq!(event_class(b"AOC-D"), Some("aoc"));
        assert_eq!(event_class(b"TestEvent"), Some("reporting"), "seen, though not documented");
        assert_eq!(event_class(b"ChannelTalkingStart"), Some("call"), "documented with a placeholder");
        assert_eq!(event_class(b"MonitorStart"), Some("call"), "documented by 16 alone");
        assert_eq!(event_class(b"NoSuchEvent"), None);
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(list_end(b"queuestatus"), list_end(b"QUEUESTATUS"));
        assert_eq!(event_class(b"varset"), Some("dialplan"));
        assert_eq!(event_class(b"VARSET"), Some("dialplan"));
    }

    #[test]
    fn every_name_of_the_tables_is_found() {
        for (name, end) in LIST_ENDS {
            assert_eq!(list_end(&name.to_ascii_uppercase()), Some(*end), "{}", name.escape_ascii());
        }
        for (name, class) in EVENT_CLASSES {
            assert_eq!(event_class(name), Some(*class), "{}", name.escape_ascii());
        }
    }

    #[test]
    fn every_class_is_one_that_an_event_mask_may_name() {
        // The names of `perms` in main/manager.c.
        let classes = [
            "system",
            "call",
            "log",
            "verbose",
            "agent",
            "user",
            "config",
            "command",
            "dtmf",
            "reporting",
            "cdr",
            "dialplan",
            "agi",
            "cc",
            "aoc",
            "test",
            "security",
            "message",
            "all",
        ];
        for (name, class) in EVENT_CLASSES {
            assert!(classes.contains(class), "{} {class}", name.escape_ascii());
        }
    }
}
