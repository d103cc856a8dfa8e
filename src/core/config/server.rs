//! One server: where it is, who logs in, and what of its events is wanted.

use core::fmt;
use std::sync::Arc;

use super::error::ConfigError;
use super::host::Host;
use super::options::{ClientOptions, OPTIONS, OptionOverrides};
use super::spec::whole;
use super::suggest::nearest;
use super::tls::{DEFAULT_TLS_PORT, TLS_SETTINGS, TlsConfig};
use super::value::{Source, Value};
use crate::secret::Secret;

/// Where Asterisk's manager listens without TLS.
pub const DEFAULT_PORT: u16 = 5038;

/// The names of a server's settings, in the order in which manuals list them.
pub const SERVER_SETTINGS: [&str; 8] = ["host", "port", "username", "secret", "auth", "events", "tls", "options"];

/// What other clients call these settings.
const OTHER_NAMES: [(&[u8], &str); 8] = [
    (b"address", "host"),
    (b"hostname", "host"),
    (b"ip", "host"),
    (b"user", "username"),
    (b"login", "username"),
    (b"password", "secret"),
    (b"pass", "secret"),
    (b"ssl", "tls"),
];

/// The classes that events have on Asterisk 16 and 22: the words that its `Events:` header knows.
pub const EVENT_CLASSES: [&str; 19] = [
    "system",
    "call",
    "log",
    "verbose",
    "command",
    "agent",
    "user",
    "config",
    "dtmf",
    "reporting",
    "cdr",
    "dialplan",
    "originate",
    "agi",
    "cc",
    "aoc",
    "test",
    "security",
    "message",
];

/// Longest server key: with an instance id and a number behind it, it should not need cutting by default, and it is
/// read in every log line.
const MAX_KEY: usize = 64;

/// Longest header line that Asterisk reads, with its CRLF.
const MAX_LINE: usize = 1_024;

/// The name of a server within its cluster: printable ASCII without spaces and colons, at most 64 bytes.
///
/// It becomes part of action ids (`key:instance:number`), metric labels and command line options. A colon would make
/// an id that people and log tools cannot take apart again; spaces need quoting nearly everywhere.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKey(Arc<str>);

impl ServerKey {
    /// Reads a server key.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        let refuse = |reason: String| Err(ConfigError::invalid("key", Value::text(bytes), reason));
        if bytes.is_empty() {
            return refuse("is no server key; it must not be empty".to_owned());
        }
        if bytes.len() > MAX_KEY {
            return refuse(format!("is no server key; it has {} bytes, the limit is {MAX_KEY}", bytes.len()));
        }
        match core::str::from_utf8(bytes) {
            Ok(text) if text.bytes().all(|b| b.is_ascii_graphic() && b != b':') => Ok(Self(text.into())),
            _ => refuse("is no server key; only printable ASCII without spaces and colons can be one".to_owned()),
        }
    }

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// How to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthMethod {
    /// By challenge where the server offers one, else plain.
    #[default]
    Auto,
    /// By MD5 challenge: the secret is never on the wire.
    Md5,
    /// With the secret as it is.
    Plain,
}

impl AuthMethod {
    /// Its name in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Md5 => "md5",
            Self::Plain => "plain",
        }
    }
}

/// Which events the server is asked to send at login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EventMask {
    /// All that the user may read.
    #[default]
    On,
    /// None.
    Off,
    /// Those of these classes, each one of [`EVENT_CLASSES`]; at least one.
    Classes(Vec<&'static str>),
}

impl EventMask {
    /// Whether events of that class may come.
    pub fn includes(&self, class: &str) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Classes(classes) => classes.contains(&class),
        }
    }
}

/// As the `Events:` header of a login has it.
impl fmt::Display for EventMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off => f.write_str("off"),
            Self::Classes(classes) => f.write_str(&classes.join(",")),
        }
    }
}

/// One server.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerConfig {
    /// Its name within the cluster.
    pub key: ServerKey,
    /// Where it is.
    pub host: Host,
    /// TCP port of its manager.
    pub port: u16,
    /// Who logs in: bytes as `manager.conf` has them.
    pub username: Vec<u8>,
    /// The secret of that user.
    pub secret: Secret,
    /// How to log in.
    pub auth: AuthMethod,
    /// Which events it is asked for.
    pub events: EventMask,
    /// How the connection is protected; `None`: not at all.
    pub tls: Option<TlsConfig>,
    /// What it changes of the cluster's options.
    pub overrides: OptionOverrides,
}

impl ServerConfig {
    /// Reads the settings of a server. Null is the same as not given.
    pub fn from_pairs<K: AsRef<[u8]>>(
        key: ServerKey,
        pairs: impl IntoIterator<Item = (K, Value)>,
        source: Source,
    ) -> Result<Self, ConfigError> {
        let (mut host, mut username, mut secret) = (None, None, None);
        let (mut port, mut tls) = (None, None);
        let mut auth = AuthMethod::default();
        let mut events = EventMask::default();
        let mut overrides = OptionOverrides::default();
        for (name, value) in pairs {
            let name = name.as_ref();
            if value == Value::Null && SERVER_SETTINGS.iter().any(|known| known.as_bytes() == name) {
                continue;
            }
            match name {
                b"host" => host = Some(Host::parse("host", string("host", value)?)?),
                b"port" => port = Some(read_port(value, source)?),
                b"username" => username = Some(credential("username", value)?),
                b"secret" => secret = Some(credential("secret", value).map_err(ConfigError::secret)?),
                b"auth" => auth = read_auth(value)?,
                b"events" => events = read_events(value)?,
                b"tls" => tls = TlsConfig::parse(value, source)?,
                b"options" => overrides = read_options(value)?,
                unknown => return Err(unknown_setting(unknown, value)),
            }
        }
        Ok(Self {
            key,
            host: host.ok_or_else(|| ConfigError::missing("host"))?,
            port: port.unwrap_or(if tls.is_some() { DEFAULT_TLS_PORT } else { DEFAULT_PORT }),
            username: username.ok_or_else(|| ConfigError::missing("username"))?,
            secret: Secret::new(secret.ok_or_else(|| ConfigError::missing("secret"))?),
            auth,
            events,
            tls,
            overrides,
        })
    }

    /// The options that hold for this server: those of the cluster with its own on top.
    ///
    /// Refused where the two contradict each other, or where the cluster asks for addresses and this has a name.
    pub fn options(&self, cluster: &ClientOptions) -> Result<ClientOptions, ConfigError> {
        if let Host::Name(name) = &self.host
            && cluster.enforce_ip_endpoints
        {
            let reason = "is a name, and enforce_ip_endpoints allows only IP addresses";
            let error = ConfigError::invalid("host", Value::text(name.as_bytes()), reason);
            return Err(if &**name == "localhost" { error.suggest("127.0.0.1") } else { error });
        }
        cluster.merged(&self.overrides).map_err(|e| e.within("options"))
    }
}

fn string(key: &str, value: Value) -> Result<Vec<u8>, ConfigError> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        other => Err(ConfigError::wrong_type(key, other, "a string")),
    }
}

fn read_port(value: Value, source: Source) -> Result<u16, ConfigError> {
    let port = whole("port", value, source, 1, u64::from(u16::MAX))?;
    Ok(u16::try_from(port).unwrap_or(DEFAULT_PORT))
}

/// A username or secret: it must fit into a header line, unbroken.
fn credential(key: &'static str, value: Value) -> Result<Vec<u8>, ConfigError> {
    let bytes = string(key, value)?;
    let limit = MAX_LINE - key.len() - ": \r\n".len();
    let reason = if bytes.is_empty() {
        "is empty".to_owned()
    } else if let Some(byte) = bytes.iter().find(|b| matches!(b, b'\r' | b'\n' | 0)) {
        let name = match byte {
            b'\r' => "a carriage return",
            b'\n' => "a line feed",
            _ => "a NUL byte",
        };
        format!("contains {name}, which would end the header that carries it")
    } else if bytes.len() > limit {
        format!("has {} bytes, the limit is {limit}", bytes.len())
    } else {
        return Ok(bytes);
    };
    Err(ConfigError::invalid(key, Value::Bytes(bytes), reason))
}

fn read_auth(value: Value) -> Result<AuthMethod, ConfigError> {
    let bytes = string("auth", value)?;
    let methods = [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain];
    if let Some(method) = methods.into_iter().find(|method| method.name().as_bytes().eq_ignore_ascii_case(&bytes)) {
        return Ok(method);
    }
    let near = nearest(&bytes, methods.map(AuthMethod::name));
    let error = ConfigError::invalid("auth", Value::Bytes(bytes), "is no way to log in (auto, md5 or plain)");
    Err(near.into_iter().fold(error, ConfigError::suggest))
}

/// `on`, `off`, true, false, class names in a list, or in one string with commas between, as `Events:` has them.
fn read_events(value: Value) -> Result<EventMask, ConfigError> {
    let names = match value {
        Value::Bool(true) => return Ok(EventMask::On),
        Value::Bool(false) => return Ok(EventMask::Off),
        Value::Bytes(text) if text.eq_ignore_ascii_case(b"on") => return Ok(EventMask::On),
        Value::Bytes(text) if text.eq_ignore_ascii_case(b"off") => return Ok(EventMask::Off),
        Value::Bytes(text) => text.split(|b| *b == b',').map(|name| Value::text(name.trim_ascii())).collect(),
        other => {
            other.into_list().map_err(|e| ConfigError::wrong_type("events", e, "on, off or a list of event classes"))?
        }
    };
    if names.is_empty() {
        let error = ConfigError::invalid("events", Value::List(names), "names no event class");
        return Err(error.suggest("off"));
    }
    let mut classes: Vec<&'static str> = Vec::new();
    for name in names {
        let bytes = string("events", name)?;
        let Some(class) = EVENT_CLASSES.into_iter().find(|class| class.as_bytes().eq_ignore_ascii_case(&bytes)) else {
            let near = if bytes.eq_ignore_ascii_case(b"all") { Some("on") } else { nearest(&bytes, EVENT_CLASSES) };
            let reason = format!("is no event class (on, off, or of {})", EVENT_CLASSES.join(", "));
            let error = ConfigError::invalid("events", Value::Bytes(bytes), reason);
            return Err(near.into_iter().fold(error, ConfigError::suggest));
        };
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    Ok(EventMask::Classes(classes))
}

/// An array of options reads as one also where its server was given as typed arguments.
fn read_options(value: Value) -> Result<OptionOverrides, ConfigError> {
    let pairs = value.into_map().map_err(|e| ConfigError::wrong_type("options", e, "an array of options by name"))?;
    let overrides = OptionOverrides::from_pairs(pairs, Source::Array).and_then(OptionOverrides::for_server);
    overrides.map_err(|e| e.within("options"))
}

fn unknown_setting(name: &[u8], value: Value) -> ConfigError {
    let other_name = OTHER_NAMES.iter().find(|(other, _)| name.eq_ignore_ascii_case(other)).map(|(_, known)| *known);
    let suggestion = if OPTIONS.iter().any(|option| option.name.as_bytes() == name) {
        Some(format!("options.{}", String::from_utf8_lossy(name)))
    } else if let Some(setting) = TLS_SETTINGS.iter().find(|setting| setting.as_bytes() == name) {
        Some(format!("tls.{setting}"))
    } else {
        other_name.or_else(|| nearest(name, SERVER_SETTINGS)).map(str::to_owned)
    };
    // A string under a mistaken name may be the secret.
    ConfigError::unknown(name, value, suggestion).hide_text()
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
