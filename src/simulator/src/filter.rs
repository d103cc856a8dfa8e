//! The `Filter` action: regular expressions over whole events, per session.
//!
//! As on a real server, `^` and `$` mean the ends of the event, not of its lines, and one accepting filter makes
//! everything else unwanted.

use regex_lite::Regex;

#[derive(Debug, Default)]
pub(crate) struct Filters {
    wanted: Vec<Regex>,
    unwanted: Vec<Regex>,
}

impl Filters {
    /// Adds a filter; a leading `!` makes it a refusing one.
    pub(crate) fn add(&mut self, filter: &str) -> Result<(), &'static str> {
        let (list, pattern) = match filter.strip_prefix('!') {
            Some(pattern) => (&mut self.unwanted, pattern),
            None => (&mut self.wanted, filter),
        };
        let regex = Regex::new(&format!("(?s){pattern}"))
            .map_err(|_| "Filter did not compile.  Check the syntax of the filter given.")?;
        list.push(regex);
        Ok(())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    pub(crate) fn accepts(&self, event: &[u8]) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = String::from_utf8_lossy(event);
        let wanted = self.wanted.is_empty() || self.wanted.iter().any(|regex| regex.is_match(&text));
        wanted && !self.unwanted.iter().any(|regex| regex.is_match(&text))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_event_must_be_wanted_and_not_unwanted() {
        let mut filters = Filters::default();
        filters.add("Event: (UserEvent|Hangup)").unwrap();
        filters.add("!UserEvent: F2").unwrap();
        assert!(filters.accepts(b"Event: UserEvent\r\nUserEvent: F1\r\n\r\n"));
        assert!(!filters.accepts(b"Event: UserEvent\r\nUserEvent: F2\r\n\r\n"));
        assert!(!filters.accepts(b"Event: Newchannel\r\n\r\n"));
    }

    #[test]
    fn a_dollar_means_the_end_of_the_event() {
        let mut filters = Filters::default();
        filters.add("Event: Hangup$").unwrap();
        assert!(!filters.accepts(b"Event: Hangup\r\nChannel: x\r\n\r\n"));
    }

    #[test]
    fn names_can_be_told_apart_by_the_begin_of_the_event_and_a_control_character() {
        let mut filters = Filters::default();
        filters.add("^Event: ([Hh][Aa][Nn][Gg][Uu][Pp]|Cdr)[[:cntrl:]]").unwrap();
        assert!(filters.accepts(b"Event: Hangup\r\nChannel: x\r\n\r\n"));
        assert!(!filters.accepts(b"Event: HangupRequest\r\nX: Event: Cdr\r\n\r\n"));
    }

    #[test]
    fn a_broken_expression_is_refused() {
        assert!(Filters::default().add("[").is_err());
    }
}
