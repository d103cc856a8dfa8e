//! The options: one table, from which the struct, its defaults and its documentation are made.

use core::time::Duration;

use super::error::ConfigError;
use super::spec::{Kind, OptionSpec, Scope, Setting};
use super::suggest::nearest;
use super::value::{Source, Value};
use crate::redact::Pattern;

/// Bytes of the CRLFCRLF that ends a frame.
pub const FRAME_DELIMITER: usize = 4;

const KIB: u64 = 1_024;
const MIB: u64 = 1_024 * KIB;
const TIB: u64 = 1_024 * 1_024 * MIB;
const DAY: f64 = 86_400.0;

/// The least `memory_limit` besides none: PHP with this extension takes about 8 MB before anything happens.
pub const MIN_MEMORY_LIMIT: usize = 16 * 1_024 * 1_024;

const INLINE: &str = "inline";
const BACKGROUND: &str = "background";

/// Who reads and writes the sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Io {
    /// The ticks of the application.
    #[default]
    Inline,
    /// A thread beside the application.
    Background,
}

/// A field of [`ClientOptions`] that a parsed setting goes into.
trait Field {
    fn put(&mut self, setting: &Setting);
    fn setting(&self) -> Setting;
}

impl Field for Duration {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Time(time) = setting {
            *self = *time;
        }
    }
    fn setting(&self) -> Setting {
        Setting::Time(*self)
    }
}

impl Field for u32 {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Number(number) = setting {
            *self = Self::try_from(*number).unwrap_or(Self::MAX);
        }
    }
    fn setting(&self) -> Setting {
        Setting::Number(u64::from(*self))
    }
}

impl Field for usize {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Number(number) = setting {
            *self = Self::try_from(*number).unwrap_or(Self::MAX);
        }
    }
    fn setting(&self) -> Setting {
        Setting::Number(u64::try_from(*self).unwrap_or(u64::MAX))
    }
}

impl Field for bool {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Flag(flag) = setting {
            *self = *flag;
        }
    }
    fn setting(&self) -> Setting {
        Setting::Flag(*self)
    }
}

impl Field for Io {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Choice(name) = setting {
            *self = if *name == BACKGROUND { Self::Background } else { Self::Inline };
        }
    }
    fn setting(&self) -> Setting {
        Setting::Choice(match self {
            Self::Inline => INLINE,
            Self::Background => BACKGROUND,
        })
    }
}

impl Field for Vec<Box<[u8]>> {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Names(names) = setting {
            self.clone_from(names);
        }
    }
    fn setting(&self) -> Setting {
        Setting::Names(self.clone())
    }
}

impl Field for Vec<Pattern> {
    fn put(&mut self, setting: &Setting) {
        if let Setting::Patterns(patterns) = setting {
            self.clone_from(patterns);
        }
    }
    fn setting(&self) -> Setting {
        Setting::Patterns(self.clone())
    }
}

/// `name: type = Kind { default, min, max }, scope: "effect", "why the range ends there";`
macro_rules! options {
    ($($name:ident: $type:ty = $kind:expr, $scope:ident: $effect:literal, $bounds:literal;)*) => {
        /// Every option with its value, defaults where nothing was given.
        ///
        /// Limits are for each server and, where the name says so, each tick.
        #[derive(Debug, Clone, PartialEq)]
        pub struct ClientOptions {
            $(#[doc = $effect] #[doc = ""] #[doc = $bounds] pub $name: $type,)*
        }

        /// Every option there is, in the order in which manuals list them.
        pub const OPTIONS: &[OptionSpec] = &[
            $(OptionSpec {
                name: stringify!($name),
                kind: $kind,
                scope: Scope::$scope,
                effect: $effect,
                bounds: $bounds,
            },)*
        ];

        impl Default for ClientOptions {
            fn default() -> Self {
                let mut options = Self { $($name: <$type>::default(),)* };
                $(options.$name.put(&$kind.default_setting());)*
                options
            }
        }

        impl ClientOptions {
            fn put(&mut self, name: &str, setting: &Setting) {
                match name {
                    $(stringify!($name) => self.$name.put(setting),)*
                    _ => {}
                }
            }

            fn setting(&self, name: &str) -> Option<Setting> {
                match name {
                    $(stringify!($name) => Some(self.$name.setting()),)*
                    _ => None,
                }
            }
        }
    };
}

options! {
    connect_timeout: Duration = Kind::Seconds { default: 10.0, min: 0.05, max: 300.0 }, Server:
        "Seconds until a connection that is not established is given up, and before that the lookup of a host name.",
        "Under 50 ms a remote server is not reached; Linux itself gives up after about two minutes.";
    auth_timeout: Duration = Kind::Seconds { default: 10.0, min: 0.05, max: 300.0 }, Server:
        "Seconds from the connection until the login must have been answered.",
        "Asterisk answers a wrong secret after 1 s and cuts a session without login after its `authtimeout` of 30 s.";
    read_timeout: Duration = Kind::Seconds { default: 30.0, min: 0.05, max: DAY }, Server:
        "Seconds without a byte from the server after which a Ping is sent before its turn.",
        "A link that was silent for a day is not alive.";
    heartbeat_interval: Duration = Kind::Seconds { default: 15.0, min: 0.05, max: 3_600.0 }, Server:
        "Seconds between two Pings.",
        "Over an hour, firewalls have long forgotten the connection.";
    heartbeat_misses: u32 = Kind::Count { default: 2, min: 1, max: 100 }, Server:
        "Unanswered Pings in a row that reset the connection; one that does not yet makes it `Degraded`.",
        "One is the least that can be missed; 100 is as good as none.";
    action_timeout: Duration = Kind::Seconds { default: 30.0, min: 0.05, max: DAY }, Server:
        "Seconds until an action without an answer fails, where its completion strategy does not say otherwise.",
        "A session does not live long enough for a longer wait.";
    backoff_min_ms: Duration = Kind::Millis { default: 100, min: 100, max: 3_600_000 }, Server:
        "Milliseconds before the first attempt to reconnect; doubled, with jitter, at each further one.",
        "Under 100 ms a refusing server is hammered; over an hour an operator waits too long.";
    backoff_max_ms: Duration = Kind::Millis { default: 30_000, min: 100, max: 3_600_000 }, Server:
        "Milliseconds that the wait between two attempts never exceeds; not under `backoff_min_ms`.",
        "The same as for `backoff_min_ms`.";
    max_reconnect_attempts: u32 = Kind::Count { default: 0, min: 0, max: 1_000_000 }, Server:
        "Attempts to reconnect in a row, after a first failure, until the server is `Fatal`; 0 is no end.",
        "A million attempts at the longest default wait are a year.";
    max_connect_attempts_per_tick: usize = Kind::Count { default: 5, min: 1, max: 1_000 }, Process:
        "Connections begun in one tick, over all servers.",
        "0 would never connect; 1,000 is more than a tick has time for.";
    max_connecting: usize = Kind::Count { default: 40, min: 1, max: 10_000 }, Process:
        "Connections not yet logged in at one time, over all servers.",
        "Asterisk's `authlimit` lets 50 in; more only makes sense over many machines, within the limit of open files.";
    circuit_failure_threshold: u32 = Kind::Count { default: 5, min: 1, max: 1_000 }, Server:
        "Failures in a row that open the circuit breaker.",
        "1 opens at the first; at 1,000 it never does.";
    circuit_cooldown: Duration = Kind::Seconds { default: 30.0, min: 0.05, max: DAY }, Server:
        "Seconds that an open breaker waits before it lets a probe through.",
        "After a day without a try, somebody has to look.";
    circuit_half_open_max_probes: u32 = Kind::Count { default: 1, min: 1, max: 100 }, Server:
        "Attempts that a half open breaker lets through before it decides.",
        "0 would never close it; 100 probes are no probes.";
    write_buffer_limit: usize = Kind::Bytes { default: 5 * MIB, min: 128 * KIB, max: 256 * MIB }, Server:
        "Bytes that wait to be written; over it `send()` is refused.",
        "The largest action, 128 lines of 1,024 bytes, must fit; a server that leaves 256 MiB unread is not reading.";
    max_pending_actions: usize = Kind::Count { default: 5_000, min: 1, max: 1_000_000 }, Server:
        "Actions that wait for their answers; over it `send()` is refused.",
        "At some hundred bytes each, a million take hundreds of megabytes.";
    event_queue_capacity: usize = Kind::Count { default: 10_000, min: 1, max: 1_000_000 }, Server:
        "Events that wait for their listeners; over it the oldest is dropped and counted.",
        "A million events of 500 bytes are half a gigabyte; the limit is also 1 KiB for each event it may hold, at least 64 MiB.";
    max_frame_size: usize = Kind::Bytes { default: MIB, min: 64 * KIB, max: 4 * MIB }, Server:
        "Bytes of the largest message; a larger one is discarded and counted.",
        "Real answers reach 90 KiB; 4 MiB is what Asterisk's own socket buffer takes.";
    parser_buffer_limit: usize = Kind::Bytes { default: 2 * MIB, min: 64 * KIB + 4, max: 64 * MIB }, Server:
        "Bytes received and not yet parsed; at least `max_frame_size` and the 4 bytes of a delimiter.",
        "The smallest frame limit must fit; beyond some frames a larger buffer gains nothing.";
    command_output_limit: usize = Kind::Bytes { default: MIB, min: 4 * KIB, max: 4 * MIB }, Server:
        "Bytes of output of one Command; an action that has more fails.",
        "The output arrives in one frame, and that has at most 4 MiB.";
    max_action_id_length: usize = Kind::Count { default: 64, min: 32, max: 256 }, Server:
        "Bytes of an `ActionID`; a longer one is cut and made unique again by a hash.",
        "Under 32 there is no room for a hash; from 88 on real servers cut ids in list items, past 243 they merge items.";
    max_bytes_read_per_tick: usize = Kind::Bytes { default: MIB, min: 4 * KIB, max: 64 * MIB }, Server:
        "Bytes read in one tick from one server.",
        "Less costs a system call for a few events; more keeps the other servers waiting too long.";
    max_frames_per_tick: usize = Kind::Count { default: 1_000, min: 1, max: 1_000_000 }, Server:
        "Messages parsed in one tick from one server.",
        "More than a million keep the other servers waiting too long.";
    max_events_per_tick: usize = Kind::Count { default: 1_000, min: 1, max: 1_000_000 }, Server:
        "Events handed to listeners in one tick from one server.",
        "More than a million keep the other servers waiting too long.";
    event_drop_log_interval_ms: Duration = Kind::Millis { default: 1_000, min: 0, max: 3_600_000 }, Server:
        "Milliseconds between two log records that sum up dropped events; 0 writes none, drops are still counted.",
        "An operator should hear of lost events within the hour.";
    memory_limit: usize = Kind::Bytes { default: 0, min: 0, max: TIB }, Process:
        "Bytes of private memory of the process past which the client shuts down in order; 0 is none; see `docs/flow.md`.",
        "Under 16 MiB (16,777,216) PHP with this extension is over it before anything happens; a terabyte is as good as none.";
    allowed_events: Vec<Box<[u8]>> = Kind::Names, Server:
        "Names of the only events to take in, case-insensitive; empty takes all.",
        "At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.";
    blocked_events: Vec<Box<[u8]>> = Kind::Names, Server:
        "Names of events not to take in, case-insensitive; stronger than `allowed_events`.",
        "At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.";
    event_priorities: Vec<Box<[u8]>> = Kind::Names, Server:
        "Names of events that go to listeners before others, case-insensitive, all of them alike; see `docs/flow.md`.",
        "At most 1,000 names of 128 bytes: Asterisk has fewer than 200 events.";
    push_filters: bool = Kind::Flag { default: false }, Server:
        "Whether the server is told which events are listened to, so that it does not send the others; see `docs/filters.md`.",
        "";
    reconcile: bool = Kind::Flag { default: false }, Server:
        "Whether a `ConnectionGap` comes with `Status`, `CoreShowChannels` and `QueueStatus`, asked for when the server is back.",
        "";
    redaction_keys: Vec<Box<[u8]>> = Kind::Keys, Process:
        "Names whose values no log shows, besides the built-in ones, by their letters and digits in any case; see `docs/logging.md`.",
        "At most 1,000 names of 128 bytes.";
    redaction_key_patterns: Vec<Pattern> = Kind::Patterns, Process:
        "Patterns of such names, as `preg_match()` takes them.",
        "At most 100 patterns of 1,000 bytes, each at most 1 MiB once compiled.";
    redaction_value_patterns: Vec<Pattern> = Kind::Patterns, Process:
        "Patterns of what no log shows, wherever it stands; of a pattern with groups only these are hidden.",
        "At most 100 patterns of 1,000 bytes, each at most 1 MiB once compiled.";
    log_actions: bool = Kind::Flag { default: false }, Server:
        "Whether each action that is sent is logged as a debug record, without its secrets.",
        "";
    log_frames: bool = Kind::Flag { default: false }, Server:
        "Whether each message that is received is logged as a debug record, without its secrets.",
        "";
    enforce_ip_endpoints: bool = Kind::Flag { default: true }, Process:
        "Whether hosts must be IP addresses, so that nothing has to be looked up; see `docs/configuration.md`.",
        "";
    lazy: bool = Kind::Flag { default: true }, Process:
        "Whether nothing connects before it is used or told to.",
        "";
    io: Io = Kind::Choice { choices: &[INLINE, BACKGROUND] }, Process:
        "Who reads and writes the sockets: the ticks (`inline`), or a thread that goes on while listeners take their time (`background`); see `docs/background.md`.",
        "";
}

impl ClientOptions {
    /// The defaults with the options of a configuration array on top.
    pub fn from_pairs<K: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Result<Self, ConfigError> {
        Self::default().merged(&OptionOverrides::from_pairs(pairs, Source::Array)?)
    }

    /// These options with others on top. Refused where two values contradict each other.
    pub fn merged(&self, overrides: &OptionOverrides) -> Result<Self, ConfigError> {
        let mut options = self.clone();
        for (spec, setting) in &overrides.given {
            options.put(spec.name, setting);
        }
        options.check(overrides)?;
        Ok(options)
    }

    /// Every option with its value as a front end writes it, in the order of [`OPTIONS`].
    pub fn values(&self) -> impl Iterator<Item = (&'static OptionSpec, Value)> {
        OPTIONS.iter().filter_map(|spec| Some((spec, spec.kind.to_value(&self.setting(spec.name)?))))
    }

    /// What a range cannot say, and what two options together can break: the one that was given is the one to blame.
    fn check(&self, overrides: &OptionOverrides) -> Result<(), ConfigError> {
        let (frame, buffer) = (self.max_frame_size, self.parser_buffer_limit);
        if buffer < frame.saturating_add(FRAME_DELIMITER) {
            let least = frame.saturating_add(FRAME_DELIMITER);
            return Err(if overrides.gives("parser_buffer_limit") {
                let reason = format!("is less than max_frame_size and its delimiter ({least})");
                self.refuse("parser_buffer_limit", reason)
            } else {
                let reason = format!("does not fit with its delimiter into parser_buffer_limit ({buffer})");
                self.refuse("max_frame_size", reason)
            });
        }
        if (1..MIN_MEMORY_LIMIT).contains(&self.memory_limit) {
            let reason = format!("is out of range ({MIN_MEMORY_LIMIT} to {TIB}, or 0 for none)");
            return Err(self.refuse("memory_limit", reason));
        }
        let (min, max) = (self.backoff_min_ms.as_millis(), self.backoff_max_ms.as_millis());
        if max < min {
            return Err(if overrides.gives("backoff_max_ms") {
                self.refuse("backoff_max_ms", format!("is less than backoff_min_ms ({min})"))
            } else {
                self.refuse("backoff_min_ms", format!("is more than backoff_max_ms ({max})"))
            });
        }
        Ok(())
    }

    fn refuse(&self, name: &str, reason: String) -> ConfigError {
        let value = self.values().find(|(spec, _)| spec.name == name).map_or(Value::Null, |(_, value)| value);
        ConfigError::invalid(name, value, reason)
    }
}

/// The options that were given, and no others: what a server changes of its cluster's options.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OptionOverrides {
    given: Vec<(&'static OptionSpec, Setting)>,
}

impl OptionOverrides {
    /// Reads options by their names in snake case. Null is the same as not given.
    pub fn from_pairs<K: AsRef<[u8]>>(
        pairs: impl IntoIterator<Item = (K, Value)>,
        source: Source,
    ) -> Result<Self, ConfigError> {
        let mut given: Vec<(&'static OptionSpec, Setting)> = Vec::new();
        for (name, value) in pairs {
            let name = name.as_ref();
            let Some(spec) = OPTIONS.iter().find(|spec| spec.name.as_bytes() == name) else {
                let near = nearest(name, OPTIONS.iter().map(|spec| spec.name));
                return Err(ConfigError::unknown(name, value, near.map(str::to_owned)));
            };
            if value == Value::Null {
                continue;
            }
            let setting = spec.kind.parse(spec.name, value, source)?;
            given.retain(|(other, _)| other.name != spec.name);
            given.push((spec, setting));
        }
        Ok(Self { given })
    }

    /// Whether nothing was given.
    pub const fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Whether this option was given.
    pub fn gives(&self, name: &str) -> bool {
        self.given.iter().any(|(spec, _)| spec.name == name)
    }

    /// What was given, as a front end writes it, in the order given.
    pub fn values(&self) -> impl Iterator<Item = (&'static OptionSpec, Value)> {
        self.given.iter().map(|(spec, setting)| (*spec, spec.kind.to_value(setting)))
    }

    /// What was given, as an array by name.
    pub fn to_value(&self) -> Value {
        Value::Map(self.values().map(|(spec, value)| (spec.name.into(), value)).collect())
    }

    /// The same options, if a single server may have all of them.
    pub(super) fn for_server(self) -> Result<Self, ConfigError> {
        let shared = self.values().find(|(spec, _)| spec.scope == Scope::Process);
        match shared {
            None => Ok(self),
            Some((spec, value)) => {
                let reason = "cannot be set for one server; it holds for all servers of the process";
                Err(ConfigError::invalid(spec.name, value, reason))
            }
        }
    }
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
