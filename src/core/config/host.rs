//! Where a server is.

use core::fmt;
use core::net::IpAddr;

use super::error::ConfigError;
use super::value::Value;

/// An address, or a name to be looked up before the first connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IPv4 or IPv6 address.
    Ip(IpAddr),
    /// A host name, lowercase; only where `enforce_ip_endpoints` is off.
    Name(Box<str>),
}

/// Longest host name and longest part between dots (RFC 1035, section 2.3.4, as text).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

impl Host {
    /// Reads an address (`192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`) or a host name.
    pub(super) fn parse(key: &str, bytes: Vec<u8>) -> Result<Self, ConfigError> {
        match Self::read(&bytes) {
            Ok(host) => Ok(host),
            Err(reason) => {
                // Before an @ of a URL there is a username, and maybe a secret.
                let hidden = bytes.contains(&b'@');
                let error = ConfigError::invalid(key, Value::Bytes(bytes), reason);
                Err(if hidden { error.secret() } else { error })
            }
        }
    }

    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.is_empty() {
            return Err("is empty; an IP address or a host name is needed");
        }
        let Ok(text) = core::str::from_utf8(bytes) else {
            return Err("is no host name; names with other letters are written in punycode");
        };
        let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(Self::Ip(ip));
        }
        if text.contains("://") {
            return Err("is a URL; give the address alone, and the port as \"port\"");
        }
        if text.contains(':') {
            return Err("is no IP address; a port is given as \"port\"");
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let mut labels = name.split('.');
        let well_formed = |label: &str| {
            (1..=MAX_LABEL).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if name.len() > MAX_NAME || !labels.all(well_formed) {
            return Err("is neither an IP address nor a host name");
        }
        // No top-level domain is a number, so this was meant to be an IPv4 address.
        if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err("is no IP address");
        }
        Ok(Self::Name(name.to_ascii_lowercase().into_boxed_str()))
    }
}

impl Host {
    /// With a port, as an address of both is written: that of IPv6 in brackets.
    pub fn with_port(&self, port: u16) -> String {
        match self {
            Self::Ip(IpAddr::V6(ip)) => format!("[{ip}]:{port}"),
            _ => format!("{self}:{port}"),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => write!(f, "{ip}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn read(text: &str) -> Result<Host, String> {
        Host::parse("host", text.into()).map_err(|e| e.to_string())
    }

    #[test]
    fn addresses_of_both_kinds_are_addresses() {
        for text in ["192.0.2.1", "2001:db8::1", "[2001:db8::1]"] {
            assert!(matches!(read(text), Ok(Host::Ip(_))), "{text}");
        }
    }

    #[test]
    fn an_address_of_ipv6_has_brackets_where_a_port_follows() {
        let shown = ["2001:db8::1", "192.0.2.1"].map(|text| read(text).unwrap().with_port(5038));
        assert_eq!(shown, ["[2001:db8::1]:5038", "192.0.2.1:5038"]);
    }

    #[test]
    fn a_name_is_kept_lowercase_and_without_its_final_dot() {
        assert_eq!(read("PBX-1.Example.org."), Ok(Host::Name("pbx-1.example.org".into())));
        assert_eq!(read("docker_service"), Ok(Host::Name("docker_service".into())));
    }

    #[test]
    fn a_mistyped_address_is_not_taken_for_a_name() {
        for text in ["10.0.0.256", "10.0.0", "300", "1.2.3.4.5"] {
            assert!(read(text).unwrap_err().contains("is no IP address"), "{text}");
        }
    }

    #[test]
    fn a_port_or_a_scheme_in_the_host_is_refused_with_the_place_for_it() {
        assert!(read("10.0.0.1:5038").unwrap_err().contains("a port is given as \"port\""));
        assert!(read("tcp://10.0.0.1").unwrap_err().contains("is a URL"));
        assert_eq!(
            read("ami://admin:hunter2@10.0.0.1").unwrap_err(),
            "host: \"***\" is a URL; give the address alone, and the port as \"port\""
        );
    }

    #[test]
    fn what_no_resolver_could_look_up_is_refused() {
        let long_name = vec!["a".repeat(60); 5].join(".");
        let long_label = "a".repeat(64);
        for text in ["", " ", "a b", "-a", "a-", "a..b", ".", "a\r\nb", "a\0", "münchen", &long_name, &long_label] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(Host::parse("host", vec![0xff]).is_err());
    }
}
