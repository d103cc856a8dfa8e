//! Which Asterisk a server is, and whether that one has an action.
//!
//! An action that a server does not know would be answered with an error anyway; saying so before it is sent is a
//! courtesy. So whatever is not certain counts as unknown, and unknown never refuses.

use core::fmt;

/// Longest text of a version that is kept: Debian's are some 40 bytes.
const MAX_TEXT: usize = 128;

/// The version of an Asterisk as far as its text tells.
///
/// ```
/// use ami_core::version::AsteriskVersion;
///
/// let server = AsteriskVersion::parse(b"22.10.1+dfsg-1");
/// assert_eq!(server.major(), Some(22));
/// assert_eq!(server.reaches(&AsteriskVersion::parse(b"22.2.0")), Some(true));
/// assert_eq!(AsteriskVersion::parse(b"22").reaches(&AsteriskVersion::parse(b"22.2.0")), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsteriskVersion {
    text: Box<str>,
    numbers: [Option<u32>; 3],
    /// A certified branch: its numbers are those of the release it began with, and later features are taken over.
    is_certified: bool,
}

impl AsteriskVersion {
    /// Reads `22.10.1`, `16.28.0~dfsg-0+deb11u4`, `18`, `certified/18.9-cert4` or `GIT-20-1a2b3c4`. A text without a
    /// number, such as `GIT-master-1a2b3c4`, is a version of which nothing is known.
    pub fn parse(text: &[u8]) -> Self {
        let text = text.trim_ascii();
        let text = String::from_utf8_lossy(text.get(..MAX_TEXT).unwrap_or(text));
        let certified = ["certified/", "certified-"].iter().find_map(|prefix| text.strip_prefix(prefix));
        let begin = certified.or_else(|| text.strip_prefix("GIT-")).unwrap_or(&text);
        let numbers = numbers(begin);
        Self { numbers, is_certified: certified.is_some() || text.contains("-cert"), text: text.into() }
    }

    /// Reads a version that an action names as its first or its first without. It begins with a number.
    pub fn parse_release(text: &[u8]) -> Option<Self> {
        let release = text.first().is_some_and(u8::is_ascii_digit).then(|| Self::parse(text))?;
        (release.text.len() == text.len() && release.major().is_some()).then_some(release)
    }

    /// The release series that speaks this version of AMI, as the banner has it.
    ///
    /// Asterisk raises the first number by one with each series (docs.asterisk.org, "Asterisk Manager Interface (AMI)
    /// Changes"). `AMI_VERSION` in `include/asterisk/manager.h` is 3.2.2 at the end of 14 and 12.0.0 in 23, without a
    /// gap; 2 was that of 12, of 13 and of the first 14, and later ones than 12 are not out.
    pub fn of_ami(version: &[u8]) -> Option<Self> {
        let ami = numbers(core::str::from_utf8(version).ok()?)[0]?;
        let major = (3..=12).contains(&ami).then_some(ami + 11)?;
        Some(Self { text: major.to_string().into(), numbers: [Some(major), None, None], is_certified: false })
    }

    /// The release series, such as 22.
    pub const fn major(&self) -> Option<u32> {
        self.numbers[0]
    }

    /// Whether this server's version is that release or a later one by its numbers. `None` where a number decides that
    /// is not known.
    pub fn reaches(&self, release: &Self) -> Option<bool> {
        let wanted = release.numbers.map(Option::unwrap_or_default);
        for (place, (known, wanted)) in self.numbers.iter().zip(wanted).enumerate() {
            match known {
                Some(known) if *known != wanted => {
                    // What a certified branch took over since its first release is not known.
                    let takes_over = self.is_certified && place > 0;
                    return if *known < wanted && takes_over { None } else { Some(*known > wanted) };
                }
                Some(_) => {}
                None => return release_ends_before(&release.numbers, place).then_some(true),
            }
        }
        Some(true)
    }
}

/// Whether a release says nothing, or zero, from that place on: whatever comes there is enough. A series alone is no
/// answer for a text without numbers.
fn release_ends_before(numbers: &[Option<u32>; 3], place: usize) -> bool {
    place > 0 && numbers.iter().skip(place).all(|number| number.unwrap_or_default() == 0)
}

/// As the server wrote it.
impl fmt::Display for AsteriskVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The numbers at the beginning of a text, as far as they are parted by dots.
fn numbers(text: &str) -> [Option<u32>; 3] {
    let mut found = [None; 3];
    let mut rest = text;
    for number in &mut found {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        *number = digits.parse().ok();
        let Some(next) = after.strip_prefix('.').filter(|_| number.is_some()) else { break };
        rest = next;
    }
    found
}

/// Which releases have an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Availability {
    /// The first release with it, one for each release series that got it; empty where that is not known.
    pub since: Vec<AsteriskVersion>,
    /// The first release without it.
    pub removed_in: Option<AsteriskVersion>,
}

/// Whether a server has an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has.
    Available,
    /// It does not have it yet.
    TooOld,
    /// It does not have it any more.
    Removed,
    /// Nobody knows.
    Unknown,
}

impl Availability {
    /// Whether a server of that version has the action.
    pub fn of(&self, version: &AsteriskVersion) -> Verdict {
        let Some(major) = version.major() else { return Verdict::Unknown };
        if self.removed_in.as_ref().and_then(|removed| version.reaches(removed)) == Some(true) {
            return Verdict::Removed;
        }
        let majors = || self.since.iter().filter_map(AsteriskVersion::major);
        let mut same = self.since.iter().filter(|since| since.major() == Some(major)).peekable();
        if same.peek().is_some() {
            let reached: Vec<_> = same.map(|since| version.reaches(since)).collect();
            return if reached.contains(&Some(true)) {
                Verdict::Available
            } else if reached.contains(&None) {
                Verdict::Unknown
            } else {
                Verdict::TooOld
            };
        }
        match (majors().min(), majors().max()) {
            (Some(first), _) if major < first => Verdict::TooOld,
            (_, Some(last)) if major > last => Verdict::Available,
            _ => Verdict::Unknown,
        }
    }
}

/// As a person reads it: "since 18.19.0 and 20.4.0, removed in 23".
impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since: Vec<String> = self.since.iter().map(ToString::to_string).collect();
        let since = (!since.is_empty()).then(|| format!("since {}", since.join(" and ")));
        let removed = self.removed_in.as_ref().map(|removed| format!("removed in {removed}"));
        f.write_str(&since.into_iter().chain(removed).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn version(text: &str) -> AsteriskVersion {
        AsteriskVersion::parse(text.as_bytes())
    }

    fn availability(since: &[&str], removed_in: Option<&str>) -> Availability {
        Availability { since: since.iter().map(|text| version(text)).collect(), removed_in: removed_in.map(version) }
    }

    #[test]
    fn texts_of_real_servers_are_read_and_shown_as_they_are() {
        for (text, numbers) in [
            ("22.10.1", [Some(22), Some(10), Some(1)]),
            ("22.10.1+dfsg+~cs6.17.60671434-1", [Some(22), Some(10), Some(1)]),
            ("16.28.0~dfsg-0+deb11u4", [Some(16), Some(28), Some(0)]),
            ("certified/18.9-cert4", [Some(18), Some(9), None]),
            ("certified-20.7-cert2", [Some(20), Some(7), None]),
            ("GIT-20-1a2b3c4M", [Some(20), None, None]),
            ("GIT-master-1a2b3c4", [None; 3]),
            ("1.8.32.3", [Some(1), Some(8), Some(32)]),
            ("18", [Some(18), None, None]),
            ("18.", [Some(18), None, None]),
            ("99999999999.1", [None; 3]),
            ("", [None; 3]),
        ] {
            assert_eq!((version(text).numbers, &*version(text).to_string()), (numbers, text));
        }
        assert_eq!(version(&"9".repeat(500)).to_string().len(), MAX_TEXT);
    }

    #[test]
    fn versions_are_ordered_by_numbers_and_a_missing_one_decides_nothing() {
        let reaches = |server, release| version(server).reaches(&version(release));
        assert_eq!(reaches("22.10.1", "22.9.3"), Some(true), "ten is more than nine");
        assert_eq!(reaches("22.9.3", "22.10.0"), Some(false));
        assert_eq!(reaches("22.10.1~rc1", "22.10.1"), Some(true));
        assert_eq!(reaches("20", "21.5"), Some(false));
        assert_eq!(reaches("21", "21.5"), None);
        assert_eq!(reaches("21", "21"), Some(true));
        assert_eq!(reaches("21.5", "21.5.0"), Some(true));
        assert_eq!(reaches("21.5", "21.5.1"), None);
        assert_eq!(reaches("GIT-master-1a2b3c4", "0"), None);
    }

    #[test]
    fn a_certified_branch_may_have_got_what_came_after_its_first_release() {
        let reaches = |release| version("certified/18.9-cert4").reaches(&version(release));
        assert_eq!(reaches("18.19.0"), None);
        assert_eq!(reaches("18.8.0"), Some(true));
        assert_eq!(reaches("20.0.0"), Some(false));
    }

    #[test]
    fn the_banner_tells_the_release_series_where_that_is_certain() {
        let series = |ami: &str| AsteriskVersion::of_ami(ami.as_bytes()).map(|version| version.to_string());
        assert_eq!(series("11.0.0").as_deref(), Some("22"));
        assert_eq!(series("5.0.4").as_deref(), Some("16"));
        assert_eq!(series("3.2.2").as_deref(), Some("14"));
        assert_eq!(series("12.0.0").as_deref(), Some("23"));
        for unsure in ["2.10.6", "2.8.0", "13.0.0", "1.1", "", "x"] {
            assert_eq!(series(unsure), None, "{unsure}");
        }
    }

    #[test]
    fn an_action_is_there_from_its_first_release_in_each_series_on() {
        let action = availability(&["18.19.0", "20.4.0"], None);
        for (server, verdict) in [
            ("18.18.1", Verdict::TooOld),
            ("18.19.0", Verdict::Available),
            ("18", Verdict::Unknown),
            ("19.3.0", Verdict::Unknown),
            ("20.3.9", Verdict::TooOld),
            ("20.4.0", Verdict::Available),
            ("21.0.0", Verdict::Available),
            ("22", Verdict::Available),
            ("17.9.9", Verdict::TooOld),
            ("16", Verdict::TooOld),
            ("certified/18.9-cert4", Verdict::Unknown),
            ("GIT-master-1a2b3c4", Verdict::Unknown),
        ] {
            assert_eq!(action.of(&version(server)), verdict, "{server}");
        }
    }

    #[test]
    fn an_action_is_gone_from_the_release_on_that_removed_it() {
        let action = availability(&["12.0.0"], Some("21"));
        assert_eq!(action.of(&version("20.99.0")), Verdict::Available);
        assert_eq!(action.of(&version("21.0.0")), Verdict::Removed);
        assert_eq!(action.of(&version("22")), Verdict::Removed);
        assert_eq!(availability(&[], Some("21.2.0")).of(&version("21")), Verdict::Unknown);
        assert_eq!(action.to_string(), "since 12.0.0, removed in 21");
    }

    #[test]
    fn without_a_release_nothing_is_known() {
        assert_eq!(Availability::default().of(&version("22.10.1")), Verdict::Unknown);
    }

    #[test]
    fn a_release_that_an_action_names_begins_with_a_number() {
        assert!(AsteriskVersion::parse_release(b"18.19.0").is_some());
        for wrong in ["", "x18", "certified/18.9", " 18", "18 ", "99999999999"] {
            assert!(AsteriskVersion::parse_release(wrong.as_bytes()).is_none(), "{wrong:?}");
        }
    }
}
