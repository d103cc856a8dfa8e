//! Wall-clock stamps in the shapes that Asterisk uses. UTC throughout: a simulator needs no time zone.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Time since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Stamp(Duration);

impl Stamp {
    pub(crate) fn now() -> Self {
        Self(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    pub(crate) const fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// Whole seconds from `earlier` until this.
    pub(crate) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0).as_secs()
    }

    /// `1795230054.535824`, as in a Ping answer.
    pub(crate) fn micros(self) -> String {
        format!("{}.{:06}", self.0.as_secs(), self.0.subsec_micros())
    }

    /// `2026-11-21 03:01:20`, as in a Cdr.
    pub(crate) fn date_time(self) -> String {
        let civil = self.civil();
        format!("{} {}", civil.date(), civil.time())
    }

    /// `2026-11-21`, as in `CoreStatus`.
    pub(crate) fn date(self) -> String {
        self.civil().date()
    }

    /// `01:45:16`, as in `CoreStatus`.
    pub(crate) fn time(self) -> String {
        self.civil().time()
    }

    /// `2026-11-21T03:00:47.712+0000`, as in security events.
    pub(crate) fn security(self) -> String {
        let civil = self.civil();
        format!("{}T{}.{:03}+0000", civil.date(), civil.time(), self.0.subsec_millis())
    }

    fn civil(self) -> Civil {
        let seconds = self.0.as_secs();
        let (year, month, day) = civil_from_days(seconds / 86_400);
        Civil { year, month, day, second_of_day: seconds % 86_400 }
    }
}

struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second_of_day: u64,
}

impl Civil {
    fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    fn time(&self) -> String {
        let s = self.second_of_day;
        format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

/// Days since 1970-01-01 to year, month, day of the Gregorian calendar. Years are counted from March, so that the leap
/// day is the last of its year.
const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_have_the_shapes_of_a_real_server() {
        let stamp = Stamp(Duration::new(1_795_230_047, 712_345_678));
        assert_eq!(stamp.micros(), "1795230047.712345");
        assert_eq!(stamp.date_time(), "2026-11-21 03:00:47");
        assert_eq!(stamp.security(), "2026-11-21T03:00:47.712+0000");
    }

    #[test]
    fn leap_days_and_year_ends_are_right() {
        assert_eq!(Stamp(Duration::from_secs(951_782_400)).date(), "2000-02-29");
        assert_eq!(Stamp(Duration::from_secs(1_704_067_199)).date_time(), "2023-12-31 23:59:59");
    }
}
