//! Faults on demand: what can go wrong with a server or on the way to it.
//!
//! The same names and parameters work from Rust ([`Fault`]), on the control line and in the action `SimulatorFault`.

use std::time::Duration;

use crate::config::FloodConfig;

/// What goes wrong. Unless a variant says otherwise it hits the sessions that are there now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// Ends all lasting faults: opens the door, greets and serves the stalled and half-open, ends floods.
    Clear,
    /// Connections are refused (the port stays reserved), for so long or until [`Fault::Clear`]. Sessions live on.
    Refuse {
        /// How long.
        lasting: Option<Duration>,
    },
    /// New connections are accepted and never spoken to.
    Stall,
    /// New connections wait so long for the banner.
    SlowBanner(Duration),
    /// New connections get an HTTP answer and an end of file.
    Http,
    /// New connections get so many random bytes instead of the banner, then are served as usual.
    GarbageBanner {
        /// How many.
        bytes: usize,
    },
    /// Logins are refused, right or wrong.
    RefuseLogin,
    /// Closes each session in the middle of a frame: at once (a frame is begun for that), or when so many more bytes
    /// were sent.
    Cut {
        /// 0 is at once.
        after: u64,
        /// New connections are cut after so many bytes as well, until [`Fault::Clear`].
        lasting: bool,
    },
    /// Ends each session by RST.
    Reset,
    /// Sends random bytes (never a line feed), followed by a delimiter if wanted.
    Garbage {
        /// How many.
        bytes: usize,
        /// Ends them by CRLF CRLF, so that the next frame is whole.
        delimited: bool,
    },
    /// Sends so many blank frames.
    Blank {
        /// How many.
        count: usize,
    },
    /// Sends one event of exactly so many bytes.
    Oversized {
        /// Size with the delimiter.
        bytes: usize,
    },
    /// Sends these bytes as they are.
    Raw(Vec<u8>),
    /// Starts a flood.
    Flood(FloodConfig),
    /// Neither reads nor writes from now on, without closing; a kernel still acknowledges what the client sends.
    HalfOpen,
    /// One byte at a time, with this pause between two; new connections as well, until [`Fault::Clear`].
    SlowWrite(Duration),
    /// Actions are read and never answered, all or those of one name, until [`Fault::Clear`]. Events go on.
    Mute {
        /// Only actions of this name.
        action: Option<String>,
    },
    /// The event Shutdown, end of file, refused connections; back after a while, or after [`Fault::Clear`].
    Shutdown {
        /// What `Restart:` says.
        restart: bool,
        /// How long connections are refused.
        down: Option<Duration>,
    },
}

/// Why text is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl std::fmt::Display for FaultError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

/// Names as the control line and the action take them, with their parameters.
pub(crate) const NAMES: &str = "clear; refuse [ms]; stall; slow_banner ms; http; garbage_banner [bytes]; refuse_login; \
    cut [after] [lasting]; reset; garbage [bytes] [delimited]; blank [count]; oversized [bytes]; raw data; \
    flood [count] [rate] [size] [names] [class]; half_open; slow_write [ms]; mute [action]; shutdown [ms] [restart]";

impl Fault {
    /// Reads a fault from its name and parameters, as the control line and the action do.
    ///
    /// Durations are in milliseconds (`ms`). See `docs/simulator.md` for all of them.
    pub fn parse(name: &str, parameter: impl Fn(&str) -> Option<String>) -> Result<Self, FaultError> {
        let parameters = Parameters(parameter);
        let wanted = name.trim().to_ascii_lowercase().replace('-', "_");
        Ok(match wanted.as_str() {
            "clear" => Self::Clear,
            "refuse" => Self::Refuse { lasting: parameters.millis("ms")? },
            "stall" => Self::Stall,
            "slow_banner" => Self::SlowBanner(parameters.millis("ms")?.unwrap_or(Duration::from_secs(1))),
            "http" => Self::Http,
            "garbage_banner" => Self::GarbageBanner { bytes: parameters.size("bytes", 256)? },
            "refuse_login" => Self::RefuseLogin,
            "cut" => Self::Cut {
                after: parameters.number("after")?.unwrap_or(0),
                lasting: parameters.flag("lasting", false)?,
            },
            "reset" => Self::Reset,
            "garbage" => {
                Self::Garbage { bytes: parameters.size("bytes", 256)?, delimited: parameters.flag("delimited", true)? }
            }
            "blank" => Self::Blank { count: parameters.size("count", 1)? },
            "oversized" => Self::Oversized { bytes: parameters.size("bytes", 2 * 1024 * 1024)? },
            "raw" => Self::Raw(unescape(&parameters.required("data")?)),
            "flood" => Self::Flood(parameters.flood()?),
            "half_open" => Self::HalfOpen,
            "slow_write" => Self::SlowWrite(parameters.millis("ms")?.unwrap_or_default()),
            "mute" => Self::Mute { action: parameters.text("action") },
            "shutdown" => Self::Shutdown { restart: parameters.flag("restart", true)?, down: parameters.millis("ms")? },
            _ => return Err(FaultError(format!("no fault '{name}'; there are: {NAMES}"))),
        })
    }
}

struct Parameters<F>(F);

impl<F: Fn(&str) -> Option<String>> Parameters<F> {
    fn text(&self, key: &str) -> Option<String> {
        (self.0)(key).filter(|value| !value.is_empty())
    }

    fn required(&self, key: &str) -> Result<String, FaultError> {
        self.text(key).ok_or_else(|| FaultError(format!("parameter '{key}' is missing")))
    }

    fn number(&self, key: &str) -> Result<Option<u64>, FaultError> {
        let Some(text) = self.text(key) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| FaultError(format!("parameter '{key}' is no number: '{text}'")))
    }

    fn size(&self, key: &str, default: usize) -> Result<usize, FaultError> {
        Ok(self.number(key)?.map_or(default, |number| usize::try_from(number).unwrap_or(usize::MAX)))
    }

    fn millis(&self, key: &str) -> Result<Option<Duration>, FaultError> {
        Ok(self.number(key)?.map(Duration::from_millis))
    }

    fn flag(&self, key: &str, default: bool) -> Result<bool, FaultError> {
        match self.text(key).map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            None => Ok(default),
            Some("yes" | "true" | "on" | "1") => Ok(true),
            Some("no" | "false" | "off" | "0") => Ok(false),
            Some(other) => Err(FaultError(format!("parameter '{key}' is neither yes nor no: '{other}'"))),
        }
    }

    fn flood(&self) -> Result<FloodConfig, FaultError> {
        let defaults = FloodConfig::default();
        let names = self.text("names").map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
        Ok(FloodConfig {
            events_per_second: self.number("rate")?,
            count: self.number("count")?,
            event_bytes: self.size("size", defaults.event_bytes)?,
            names: names.unwrap_or(defaults.names),
            class: self.text("class").map_or(defaults.class, |mask| crate::class::Classes::from_mask(&mask)),
        })
    }
}

/// Turns `\r`, `\n`, `\t`, `\\` and `\xHH` into the bytes that they mean.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, tail)) = rest.split_first() else { break };
        rest = tail;
        match escape {
            b'r' => bytes.push(b'\r'),
            b'n' => bytes.push(b'\n'),
            b't' => bytes.push(b'\t'),
            b'x' => {
                let hex = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(value) = hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    bytes.push(value);
                    rest = rest.get(2..).unwrap_or_default();
                }
            }
            other => bytes.push(other),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;

    fn parse(name: &str, parameters: &[(&str, &str)]) -> Result<Fault, FaultError> {
        Fault::parse(name, |key| {
            parameters.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_fault_is_its_name_and_parameters() {
        assert!(matches!(parse("cut", &[("after", "10")]), Ok(Fault::Cut { after: 10, lasting: false })));
        assert!(matches!(parse("half-open", &[]), Ok(Fault::HalfOpen)));
        let Ok(Fault::Flood(flood)) = parse("flood", &[("count", "5"), ("names", "Hangup, Cdr")]) else { panic!() };
        assert_eq!((flood.count, flood.names.len()), (Some(5), 2));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(parse("cut", &[("after", "soon")]).unwrap_err().to_string().contains("'after'"));
        assert!(parse("nosuch", &[]).unwrap_err().to_string().contains("half_open"));
        assert!(parse("raw", &[]).unwrap_err().to_string().contains("'data'"));
    }

    #[test]
    fn raw_data_may_hold_any_byte() {
        assert_eq!(unescape(r"a\r\n\x00\xff\\b"), b"a\r\n\x00\xff\\b");
    }
}
