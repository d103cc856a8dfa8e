//! The few fields of a certificate that are read here: its issuer, its time and its key.
//!
//! rustls reads certificates of version 3 alone and tells none of these. Pinned certificates may be of version 1, as scripts
//! around older OpenSSL make them, and a message about time is of use only with the time in it.

use rustls::pki_types::{CertificateDer, UnixTime};
use std::time::Duration;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`: the version, which version 1 leaves out.
const VERSION: u8 = 0xa0;

/// Fields of a certificate (RFC 5280, section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    /// It names itself as its issuer.
    pub(super) is_self_issued: bool,
    /// The first second in which it is valid.
    pub(super) not_before: UnixTime,
    /// The last one.
    pub(super) not_after: UnixTime,
    /// What kind of key it has: the inside of its `AlgorithmIdentifier`.
    pub(super) key_kind: &'a [u8],
    /// The key itself.
    pub(super) key: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Reads them. `None` for what is no certificate.
    pub(super) fn of(certificate: &'a CertificateDer<'_>) -> Option<Self> {
        let mut outer = certificate.as_ref();
        let mut signed = take(&mut outer, SEQUENCE)?;
        let mut fields = take(&mut signed, SEQUENCE)?;
        if fields.first() == Some(&VERSION) {
            take(&mut fields, VERSION)?;
        }
        take(&mut fields, INTEGER)?;
        // The algorithm of the signature.
        take(&mut fields, SEQUENCE)?;
        let issuer = take(&mut fields, SEQUENCE)?;
        let mut validity = take(&mut fields, SEQUENCE)?;
        let is_self_issued = take(&mut fields, SEQUENCE)? == issuer;
        let mut key_info = take(&mut fields, SEQUENCE)?;
        let key_kind = take(&mut key_info, SEQUENCE)?;
        // The first byte says how many bits at the end do not count, which is none for keys.
        let (0, key) = take(&mut key_info, BIT_STRING)?.split_first().map(|(unused, key)| (*unused, key))? else {
            return None;
        };
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        Some(Self { is_self_issued, not_before, not_after, key_kind, key })
    }
}

/// Takes one element of that kind and gives its content.
fn take<'a>(bytes: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    let (found, content) = element(bytes)?;
    (found == kind).then_some(content)
}

/// Takes one element. Lengths of more than four bytes are no certificate's.
fn element<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some((kind, content))
}

/// Takes a time: `YYMMDDhhmmssZ` until 2049, `YYYYMMDDhhmmssZ` after.
fn time(bytes: &mut &[u8]) -> Option<UnixTime> {
    let (kind, text) = element(bytes)?;
    let digits = text.strip_suffix(b"Z")?;
    let two = |place: usize| -> Option<u64> {
        match digits.get(place..place + 2)? {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u64::from(a - b'0') * 10 + u64::from(b - b'0')),
            _ => None,
        }
    };
    let (year, at) = match (kind, digits.len()) {
        (UTC_TIME, 12) => (two(0).map(|year| if year < 50 { 2000 + year } else { 1900 + year })?, 2),
        (GENERALIZED_TIME, 14) => (two(0)? * 100 + two(2)?, 4),
        _ => return None,
    };
    let (month, day) = (two(at)?, two(at + 2)?);
    let (hour, minute, second) = (two(at + 4)?, two(at + 6)?, two(at + 8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Before 1970 nothing is told apart: it is over or has begun either way.
    let days = days_from_epoch(year, month, day).unwrap_or(0);
    Some(UnixTime::since_unix_epoch(Duration::from_secs(days * 86_400 + hour * 3_600 + minute * 60 + second)))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counted in years that begin in March.
fn days_from_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let month = (month + 9) % 12;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    days.checked_sub(719_468)
}

/// A time as an operator reads it: `2026-11-21 10:09:00 UTC`.
pub(super) fn shown(time: UnixTime) -> String {
    let seconds = time.as_secs();
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, date_time_ymd};

    fn certificate() -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["pbx.example.org".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(1999, 12, 31), date_time_ymd(2050, 2, 28));
        params.self_signed(&KeyPair::generate_for(&PKCS_ED25519).unwrap()).unwrap().into()
    }

    #[test]
    fn times_of_both_kinds_and_the_key_are_read() {
        let certificate = certificate();
        let fields = Fields::of(&certificate).unwrap();
        assert_eq!(shown(fields.not_before), "1999-12-31 00:00:00 UTC");
        assert_eq!(shown(fields.not_after), "2050-02-28 00:00:00 UTC");
        assert!(fields.is_self_issued);
        assert_eq!((fields.key.len(), fields.key_kind), (32, b"\x06\x03\x2b\x65\x70".as_slice()));
    }

    #[test]
    fn what_is_cut_or_changed_is_no_certificate_and_no_panic() {
        let whole = certificate().as_ref().to_vec();
        for length in 0..whole.len() {
            assert_eq!(Fields::of(&CertificateDer::from(&whole[..length])), None);
        }
        for place in 0..whole.len() {
            for byte in [0, 0x7f, 0x84, 0xff] {
                let mut changed = whole.clone();
                changed[place] = byte;
                let _ = Fields::of(&CertificateDer::from(changed));
            }
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("1970-01-01 00:00:00 UTC", 0),
            ("2000-02-29 23:59:59 UTC", 951_868_799),
            ("2026-11-21 10:09:00 UTC", 1_795_255_740),
            ("2100-03-01 00:00:00 UTC", 4_107_542_400),
        ] {
            assert_eq!(shown(UnixTime::since_unix_epoch(Duration::from_secs(seconds))), text);
        }
        assert_eq!(days_from_epoch(2100, 3, 1), Some(4_107_542_400 / 86_400));
        assert_eq!(days_from_epoch(1969, 12, 31), None);
    }
}
