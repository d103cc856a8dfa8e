//! Several servers and the options that they share.

use super::error::ConfigError;
use super::options::ClientOptions;
use super::server::{ServerConfig, ServerKey};
use super::suggest::nearest;
use super::value::{Source, Value};

/// Servers by key, in the order given, one of them the default.
///
/// A list, not a map: it is searched at configuration time only, and keeps the order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerSet {
    servers: Vec<ServerConfig>,
    default: Option<ServerKey>,
}

impl ServerSet {
    /// Adds a server. A key that is taken is refused.
    pub fn add(&mut self, server: ServerConfig) -> Result<(), ConfigError> {
        if self.get(server.key.as_str().as_bytes()).is_some() {
            let given = Value::text(server.key.as_str());
            return Err(ConfigError::invalid("key", given, "is the key of another server already"));
        }
        self.servers.push(server);
        Ok(())
    }

    /// Chooses the default server, which must be there.
    pub fn set_default(&mut self, key: &[u8]) -> Result<(), ConfigError> {
        let Some(server) = self.get(key) else {
            return Err(self.no_such("default", key));
        };
        self.default = Some(server.key.clone());
        Ok(())
    }

    /// The server with this key.
    pub fn get(&self, key: &[u8]) -> Option<&ServerConfig> {
        self.servers.iter().find(|server| server.key.as_str().as_bytes() == key)
    }

    /// The server with this key, or the error that names the nearest one.
    pub fn require(&self, key: &[u8]) -> Result<&ServerConfig, ConfigError> {
        self.get(key).ok_or_else(|| self.no_such("key", key))
    }

    /// The key of the default server: the chosen one, else the first.
    pub fn default_key(&self) -> Option<&ServerKey> {
        self.default.as_ref().or_else(|| self.servers.first().map(|server| &server.key))
    }

    /// The servers in the order given.
    pub fn iter(&self) -> core::slice::Iter<'_, ServerConfig> {
        self.servers.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.servers.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Reads servers by key. Errors are named from `servers` on, such as `servers.pbx1.port`.
    pub fn from_value(value: Value) -> Result<Self, ConfigError> {
        let pairs = match value {
            Value::List(servers) if !servers.is_empty() => {
                let reason = "must have each server under its key, such as 'pbx1' => [...]; a list was given";
                return Err(ConfigError::invalid("servers", Value::List(servers), reason));
            }
            other => {
                other.into_map().map_err(|e| ConfigError::wrong_type("servers", e, "an array of servers by key"))?
            }
        };
        let mut set = Self::default();
        for (key, settings) in pairs {
            let key = ServerKey::parse(&key).map_err(|e| e.at("servers"))?;
            let place = format!("servers.{key}");
            let settings = settings.into_map().map_err(|e| {
                let error = ConfigError::wrong_type(&place, e, "an array of settings by name");
                // A string here may be a URL with a secret in it.
                if let Value::Bytes(_) = error.value { error.secret() } else { error }
            })?;
            let server = ServerConfig::from_pairs(key, settings, Source::Array).map_err(|e| e.within(&place))?;
            set.add(server).map_err(|e| e.at("servers"))?;
        }
        Ok(set)
    }

    /// Refuses the set if, under these options of the cluster, one of its servers cannot be used.
    pub fn check(&self, cluster: &ClientOptions) -> Result<(), ConfigError> {
        self.iter().try_for_each(|server| match server.options(cluster) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.within(&format!("servers.{}", server.key))),
        })
    }

    fn no_such(&self, place: &str, key: &[u8]) -> ConfigError {
        let error = ConfigError::invalid(place, Value::text(key), "is the key of no server");
        let near = nearest(key, self.iter().map(|server| server.key.as_str()));
        let near = near.map(str::to_owned);
        near.into_iter().fold(error, ConfigError::suggest)
    }
}

impl<'a> IntoIterator for &'a ServerSet {
    type Item = &'a ServerConfig;
    type IntoIter = core::slice::Iter<'a, ServerConfig>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A whole configuration: `['default' => key, 'servers' => [key => [...]], 'options' => [...]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The servers, at least one, and which of them is the default.
    pub servers: ServerSet,
    /// The options that hold for all of them.
    pub options: ClientOptions,
}

impl Config {
    /// Reads a configuration array and everything in it.
    pub fn from_value(value: Value) -> Result<Self, ConfigError> {
        let pairs = value.into_map().map_err(|e| ConfigError::wrong_type("config", e, "an array"))?;
        let (mut default, mut servers, mut options) = (Value::Null, Value::Null, Value::Null);
        for (name, value) in pairs {
            match name.as_slice() {
                b"default" => default = value,
                b"servers" => servers = value,
                b"options" => options = value,
                unknown => {
                    let near = nearest(unknown, ["default", "servers", "options"]);
                    return Err(ConfigError::unknown(unknown, value, near.map(str::to_owned)));
                }
            }
        }
        let options =
            options.into_map().map_err(|e| ConfigError::wrong_type("options", e, "an array of options by name"))?;
        let options = ClientOptions::from_pairs(options).map_err(|e| e.within("options"))?;
        if servers == Value::Null {
            return Err(ConfigError::missing("servers"));
        }
        let mut servers = ServerSet::from_value(servers)?;
        if servers.is_empty() {
            return Err(ConfigError::invalid("servers", Value::List(Vec::new()), "must hold at least one server"));
        }
        match default {
            Value::Null => {}
            Value::Bytes(key) => servers.set_default(&key)?,
            // PHP makes an integer of a key such as '5'.
            Value::Int(key) => servers.set_default(key.to_string().as_bytes())?,
            other => return Err(ConfigError::wrong_type("default", other, "the key of a server")),
        }
        servers.check(&options)?;
        Ok(Self { servers, options })
    }
}

#[cfg(test)]
#[path = "cluster_tests.rs"]
mod tests;
