//! How a connection is protected: which certificate of the server is believed, and which one is shown to it.
//!
//! Only shapes are checked here. Files are read where sockets are, when the server is added.

use core::fmt;

use super::error::ConfigError;
use super::host::Host;
use super::spec::flag;
use super::suggest::nearest;
use super::value::{Source, Value};

/// Where Asterisk's manager listens with TLS.
pub const DEFAULT_TLS_PORT: u16 = 5039;

/// The names of the settings of `tls`, in the order in which manuals list them.
pub const TLS_SETTINGS: [&str; 6] = ["verify", "ca_file", "server_name", "fingerprint", "client_cert", "client_key"];

/// The names of the ways to verify.
const WAYS: [&str; 4] = ["system", "ca", "pin", "none"];

/// What PHP's streams, curl and other clients call these settings.
const OTHER_NAMES: [(&[u8], &str); 10] = [
    (b"cafile", "ca_file"),
    (b"ca", "ca_file"),
    (b"capath", "ca_file"),
    (b"verify_peer", "verify"),
    (b"peer_name", "server_name"),
    (b"sni", "server_name"),
    (b"peer_fingerprint", "fingerprint"),
    (b"pin", "fingerprint"),
    (b"local_cert", "client_cert"),
    (b"local_pk", "client_key"),
];

/// Most fingerprints of one server: the certificate in use, the next one, and those of a few nodes behind one address.
const MAX_PINS: usize = 16;

/// Longest path of a file (`PATH_MAX` of Linux, which counts a final NUL).
const MAX_PATH: usize = 4_095;

/// The SHA-256 digest of a certificate in DER: what `openssl x509 -fingerprint -sha256` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads hexadecimal digits of any case, with or without colons, and with what OpenSSL or others put before them.
    fn parse(text: &[u8]) -> Result<Self, String> {
        let text = text.to_ascii_lowercase();
        let text =
            [b"sha256 fingerprint=".as_slice(), b"sha256:"].iter().find_map(|p| text.strip_prefix(*p)).unwrap_or(&text);
        let digits: Vec<u8> = text.iter().copied().filter(|b| *b != b':').collect();
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(
                "is no fingerprint; it has the 64 hexadecimal digits of a SHA-256 digest, with or without colons"
                    .into(),
            );
        }
        match digits.len() {
            64 => {}
            40 => return Err("is a SHA-1 fingerprint; one by SHA-256 is needed, with 64 hexadecimal digits".into()),
            count => return Err(format!("is no fingerprint; it has {count} hexadecimal digits instead of 64")),
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks(2)) {
            let pair = core::str::from_utf8(pair).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).unwrap_or_default();
        }
        Ok(Self(digest))
    }
}

/// As OpenSSL prints it: upper case, with colons.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

/// Which certificate of the server is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verify {
    /// One that a root of the operating system vouches for, by name.
    System,
    /// One that a certificate of this file vouches for, by name.
    Ca(Box<str>),
    /// The one with one of these fingerprints, whatever it says of itself.
    Pin(Vec<Fingerprint>),
    /// Any: whoever stands in between reads and writes along.
    None,
}

impl Verify {
    /// Its name in a configuration.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Ca(_) => "ca",
            Self::Pin(_) => "pin",
            Self::None => "none",
        }
    }
}

/// The certificate that is shown to the server, by the paths of its PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those between it and the root after it.
    pub cert: Box<str>,
    /// Its private key.
    pub key: Box<str>,
}

/// How a connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// Which certificate of the server is believed.
    pub verify: Verify,
    /// The name or address that the certificate must have, and that the server is told; else the host's.
    pub server_name: Option<Host>,
    /// What is shown to the server, where it asks.
    pub client: Option<ClientCertificate>,
}

impl TlsConfig {
    /// Reads the setting `tls`: false is none, true checks with the roots of the system, and an array says more.
    pub(super) fn parse(value: Value, source: Source) -> Result<Option<Self>, ConfigError> {
        let pairs = match value {
            Value::Null => return Ok(None),
            Value::Map(pairs) => pairs,
            Value::List(values) => Value::List(values).into_map().unwrap_or_default(),
            other => match flag("tls", other, source) {
                Ok(true) => Vec::new(),
                Ok(false) => return Ok(None),
                Err(error) => {
                    let expected = "true, false or an array of settings by name";
                    return Err(ConfigError::wrong_type("tls", error.value, expected));
                }
            },
        };
        Self::from_pairs(pairs).map(Some).map_err(|error| error.within("tls"))
    }

    fn from_pairs(pairs: Vec<(Vec<u8>, Value)>) -> Result<Self, ConfigError> {
        let (mut way, mut ca_file, mut pins, mut server_name) = (None, None, None, None);
        let (mut cert, mut key) = (None, None);
        for (name, value) in pairs {
            if value == Value::Null && TLS_SETTINGS.iter().any(|known| known.as_bytes() == name) {
                continue;
            }
            match name.as_slice() {
                b"verify" => way = Some(read_way(value)?),
                b"ca_file" => ca_file = Some(path("ca_file", value)?),
                b"server_name" => server_name = Some(Host::parse("server_name", string("server_name", value)?)?),
                b"fingerprint" => pins = Some(read_pins(value)?),
                b"client_cert" => cert = Some(path("client_cert", value)?),
                b"client_key" => key = Some(path("client_key", value)?),
                unknown => return Err(unknown_setting(unknown, value)),
            }
        }
        Ok(Self { verify: read_verify(way, ca_file, pins)?, server_name, client: read_client(cert, key)? })
    }

    /// As a front end shows it: every setting that is in force, by name.
    pub fn to_value(&self) -> Value {
        let mut pairs = vec![("verify", Value::text(self.verify.name()))];
        match &self.verify {
            Verify::Ca(file) => pairs.push(("ca_file", Value::text(&**file))),
            Verify::Pin(pins) => match pins.as_slice() {
                [pin] => pairs.push(("fingerprint", Value::text(pin.to_string()))),
                pins => {
                    let pins = pins.iter().map(|pin| Value::text(pin.to_string())).collect();
                    pairs.push(("fingerprint", Value::List(pins)));
                }
            },
            Verify::System | Verify::None => {}
        }
        pairs.extend(self.server_name.as_ref().map(|name| ("server_name", Value::text(name.to_string()))));
        if let Some(client) = &self.client {
            pairs.push(("client_cert", Value::text(&*client.cert)));
            pairs.push(("client_key", Value::text(&*client.key)));
        }
        Value::Map(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// What was given decides where `verify` was not, and must fit to it where it was.
fn read_verify(
    way: Option<&'static str>,
    ca_file: Option<Box<str>>,
    pins: Option<Vec<Fingerprint>>,
) -> Result<Verify, ConfigError> {
    let way = way.unwrap_or(match (&ca_file, &pins) {
        (_, Some(_)) => "pin",
        (Some(_), None) => "ca",
        (None, None) => "system",
    });
    let stray = |name: &str, value: Value, wanted: &str| {
        let reason = format!("is of no use where verify is \"{way}\"; leave it out, or set verify to \"{wanted}\"");
        Err(ConfigError::invalid(name, value, reason))
    };
    match (way, ca_file, pins) {
        ("pin", None, Some(pins)) => Ok(Verify::Pin(pins)),
        ("pin", None, None) => Err(ConfigError::missing("fingerprint")),
        ("ca", Some(file), None) => Ok(Verify::Ca(file)),
        ("ca", None, None) => Err(ConfigError::missing("ca_file")),
        ("system", None, None) => Ok(Verify::System),
        (_, Some(file), _) if way != "ca" => stray("ca_file", Value::text(&*file), "ca"),
        (_, _, Some(pins)) => {
            let first = pins.first().map_or(Value::Null, |pin| Value::text(pin.to_string()));
            stray("fingerprint", first, "pin")
        }
        _ => Ok(Verify::None),
    }
}

fn read_client(cert: Option<Box<str>>, key: Option<Box<str>>) -> Result<Option<ClientCertificate>, ConfigError> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(ClientCertificate { cert, key })),
        (None, None) => Ok(None),
        (Some(cert), None) => {
            Err(ConfigError::invalid("client_cert", Value::text(&*cert), "needs its private key, as client_key"))
        }
        (None, Some(key)) => {
            Err(ConfigError::invalid("client_key", Value::text(&*key), "needs its certificate, as client_cert"))
        }
    }
}

fn string(key: &str, value: Value) -> Result<Vec<u8>, ConfigError> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        other => Err(ConfigError::wrong_type(key, other, "a string")),
    }
}

fn path(key: &str, value: Value) -> Result<Box<str>, ConfigError> {
    let bytes = string(key, value)?;
    // A key pasted in the place of its path must not be shown.
    let is_pem = bytes.windows(11).any(|window| window == b"-----BEGIN ");
    let reason = match core::str::from_utf8(&bytes) {
        _ if is_pem => "must be the path of a PEM file, not its content",
        Ok("") => "is empty; the path of a PEM file is needed",
        Ok(text) if text.contains('\0') => "contains a NUL byte, which no path has",
        Ok(text) if text.len() > MAX_PATH => "is longer than a path can be",
        Ok(text) => return Ok(text.into()),
        Err(_) => "is no UTF-8",
    };
    let error = ConfigError::invalid(key, Value::Bytes(bytes), reason);
    Err(if is_pem { error.secret() } else { error })
}

fn read_way(value: Value) -> Result<&'static str, ConfigError> {
    let bytes = string("verify", value)?;
    if let Some(way) = WAYS.into_iter().find(|way| way.as_bytes().eq_ignore_ascii_case(&bytes)) {
        return Ok(way);
    }
    let near = nearest(&bytes, WAYS);
    let error = ConfigError::invalid("verify", Value::Bytes(bytes), "is no way to verify (system, ca, pin or none)");
    Err(near.into_iter().fold(error, ConfigError::suggest))
}

/// One fingerprint, or a list of them: while a certificate is being replaced, both hold.
fn read_pins(value: Value) -> Result<Vec<Fingerprint>, ConfigError> {
    let values = match value {
        Value::Bytes(text) => return Ok(vec![read_pin("fingerprint", Value::Bytes(text))?]),
        other => other
            .into_list()
            .map_err(|other| ConfigError::wrong_type("fingerprint", other, "a fingerprint or a list of them"))?,
    };
    if values.is_empty() || values.len() > MAX_PINS {
        let reason = format!("must have 1 to {MAX_PINS} fingerprints");
        return Err(ConfigError::invalid("fingerprint", Value::List(values), reason));
    }
    let pins = values.into_iter().enumerate();
    pins.map(|(place, value)| read_pin(&format!("fingerprint.{place}"), value)).collect()
}

fn read_pin(key: &str, value: Value) -> Result<Fingerprint, ConfigError> {
    let bytes = string(key, value)?;
    Fingerprint::parse(&bytes).map_err(|reason| ConfigError::invalid(key, Value::Bytes(bytes), reason))
}

fn unknown_setting(name: &[u8], value: Value) -> ConfigError {
    let other_name = OTHER_NAMES.iter().find(|(other, _)| name.eq_ignore_ascii_case(other)).map(|(_, known)| *known);
    let suggestion = other_name.or_else(|| nearest(name, TLS_SETTINGS)).map(str::to_owned);
    // A string under a mistaken name may be a key or its passphrase.
    ConfigError::unknown(name, value, suggestion).hide_text()
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
