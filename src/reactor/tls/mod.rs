//! What TLS connections are made with. All files are read here, when a server is added, and never in a tick.

mod certificate;
mod failure;
mod files;
mod verifier;

pub(crate) use failure::{describe, is_alert};

use ami_core::config::{ConfigError, Host, ServerConfig, TlsConfig, Value};
use files::{certificates, private_key};
use rustls::client::{ClientConfig, Resumption};
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use verifier::{Trust, Verifier};

/// Everything that a handshake with one server needs.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
    /// Whether there is something to show to a server that asks for it.
    pub(crate) has_client_certificate: bool,
}

/// Makes profiles. Servers with the same settings share what was read for the first of them.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    made: Vec<(TlsConfig, Arc<ClientConfig>)>,
}

impl Profiles {
    /// The profile of a server; `None` when it has no TLS.
    pub(crate) fn of(&mut self, server: &ServerConfig) -> Result<Option<Profile>, ConfigError> {
        let Some(tls) = &server.tls else { return Ok(None) };
        let name = server_name(tls, &server.host)?;
        let alike = |made: &&(TlsConfig, _)| made.0.verify == tls.verify && made.0.client == tls.client;
        let config = if let Some((_, config)) = self.made.iter().find(alike) {
            Arc::clone(config)
        } else {
            let config = Arc::new(client_config(tls)?);
            self.made.push((tls.clone(), Arc::clone(&config)));
            config
        };
        Ok(Some(Profile { config, name, has_client_certificate: tls.client.is_some() }))
    }
}

/// The name or address that the certificate must have.
fn server_name(tls: &TlsConfig, host: &Host) -> Result<ServerName<'static>, ConfigError> {
    match tls.server_name.as_ref().unwrap_or(host) {
        Host::Ip(ip) => Ok(ServerName::IpAddress((*ip).into())),
        Host::Name(name) => ServerName::try_from(name.to_string()).map_err(|_| {
            let reason = "is a name that no certificate can have; give the one of the certificate";
            ConfigError::invalid("tls.server_name", Value::text(name.as_bytes()), reason)
        }),
    }
}

fn client_config(tls: &TlsConfig) -> Result<ClientConfig, ConfigError> {
    let provider = Arc::new(ring::default_provider());
    let trust = Trust::of(&tls.verify, &provider)?;
    let verifier = Verifier::new(trust, provider.signature_verification_algorithms);
    let refuse = |key: &str, value: &str, reason: String| ConfigError::invalid(key, Value::text(value), reason);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse("tls.verify", tls.verify.name(), format!("cannot be used: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &tls.client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let chain = certificates("tls.client_cert", &client.cert)?;
            let key = private_key("tls.client_key", &client.key)?;
            builder.with_client_auth_cert(chain, key).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => {
                    let reason = format!("is not the private key of the certificate in {}", client.cert);
                    refuse("tls.client_key", &client.key, reason)
                }
                error => refuse("tls.client_cert", &client.cert, format!("cannot be used with its key: {error}")),
            })?
        }
    };
    // A resumed session is not verified again, and a certificate may have expired since. Reconnects are rare.
    config.resumption = Resumption::disabled();
    Ok(config)
}
