//! Whether a server's certificate is believed.

use super::certificate::{Fields, shown};
use super::files::{certificates, system_roots};
use ami_core::config::{ConfigError, Fingerprint, Value, Verify};
use ami_core::correlation::{TlsFailure, TlsProblem};
use ring::digest::{SHA256, digest};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, PeerMisbehaved, RootCertStore, SignatureScheme,
};
use std::collections::HashSet;
use std::sync::Arc;
use thiserror::Error as ThisError;

/// A certificate that was refused, on its way through rustls.
#[derive(Debug, ThisError)]
#[error("{0}")]
pub(super) struct Refused(pub(super) TlsFailure);

/// Whom to believe.
#[derive(Debug)]
pub(super) enum Trust {
    /// Roots, and whom they vouch for, by name and time.
    Roots {
        chain: Arc<WebPkiServerVerifier>,
        /// The roots themselves: a server may present one, as self-signed ones do.
        roots: HashSet<Fingerprint>,
        /// Where they come from, for messages.
        origin: String,
    },
    /// Certificates with these fingerprints, and nothing else about them.
    Pins(Vec<Fingerprint>),
    /// Anybody.
    Anybody,
}

impl Trust {
    /// Reads what is needed for it.
    pub(super) fn of(verify: &Verify, provider: &Arc<CryptoProvider>) -> Result<Self, ConfigError> {
        match verify {
            Verify::System => {
                let roots = system_roots()?;
                let mut store = RootCertStore::empty();
                // Some systems have roots of odd forms: those are left out.
                store.add_parsable_certificates(roots.iter().cloned());
                Self::roots(&roots, store, "the roots of the system".to_owned(), provider)
                    .map_err(|error| ConfigError::invalid("tls.verify", Value::text("system"), error))
            }
            Verify::Ca(path) => {
                let roots = certificates("tls.ca_file", path)?;
                let mut store = RootCertStore::empty();
                for (place, root) in roots.iter().enumerate() {
                    store.add(root.clone()).map_err(|error| {
                        let reason = format!("has a certificate, number {}, that cannot be a root: {error}", place + 1);
                        ConfigError::invalid("tls.ca_file", Value::text(&**path), reason)
                    })?;
                }
                Self::roots(&roots, store, format!("tls.ca_file ({path})"), provider)
                    .map_err(|error| ConfigError::invalid("tls.ca_file", Value::text(&**path), error))
            }
            Verify::Pin(pins) => Ok(Self::Pins(pins.clone())),
            Verify::None => Ok(Self::Anybody),
        }
    }

    fn roots(
        roots: &[CertificateDer<'_>],
        store: RootCertStore,
        origin: String,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider)).build();
        let chain = chain.map_err(|error| format!("cannot be used: {error}"))?;
        Ok(Self::Roots { chain, roots: roots.iter().map(fingerprint).collect(), origin })
    }
}

/// Decides by [`Trust`], and says in full why not.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) const fn new(trust: Trust, algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { trust, algorithms }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = match &self.trust {
            Trust::Anybody => Ok(()),
            Trust::Pins(pins) => check_pins(pins, certificate),
            Trust::Roots { chain, roots, origin } => {
                let verified = if roots.contains(&fingerprint(certificate)) {
                    check_root(certificate, name, now)
                } else {
                    chain.verify_server_cert(certificate, intermediates, name, ocsp_response, now).map(|_| ())
                };
                verified.map_err(|error| explain(&error, certificate, name, origin))
            }
        };
        match verified {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(failure) => Err(CertificateError::Other(OtherError(Arc::new(Refused(failure)))).into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trust {
            Trust::Roots { .. } => verify_tls12_signature(message, certificate, signed, &self.algorithms),
            Trust::Pins(_) | Trust::Anybody => {
                check_signature(message, certificate, signed, &self.algorithms, usize::MAX)
            }
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trust {
            Trust::Roots { .. } => verify_tls13_signature(message, certificate, signed, &self.algorithms),
            // RFC 8446, section 4.2.3: no PKCS#1 in a handshake any more.
            _ if matches!(
                signed.scheme,
                SignatureScheme::RSA_PKCS1_SHA256
                    | SignatureScheme::RSA_PKCS1_SHA384
                    | SignatureScheme::RSA_PKCS1_SHA512
            ) =>
            {
                Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
            }
            // In 1.3 a scheme has one curve, which rustls lists first.
            Trust::Pins(_) | Trust::Anybody => check_signature(message, certificate, signed, &self.algorithms, 1),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

pub(super) fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    let mut bytes = [0; 32];
    for (byte, found) in bytes.iter_mut().zip(digest(&SHA256, certificate).as_ref()) {
        *byte = *found;
    }
    Fingerprint(bytes)
}

/// The fingerprint alone counts: a pinned certificate may be self-signed, expired, and for any name.
fn check_pins(pins: &[Fingerprint], certificate: &CertificateDer<'_>) -> Result<(), TlsFailure> {
    let presented = fingerprint(certificate);
    if pins.contains(&presented) {
        return Ok(());
    }
    let pinned: Vec<String> = pins.iter().map(Fingerprint::to_string).collect();
    let message = format!(
        "the server's certificate has the fingerprint {presented}, but tls.fingerprint is {}; either the certificate was \
         replaced, or somebody stands in between",
        pinned.join(" or ")
    );
    Err(TlsFailure::new(TlsProblem::PinMismatch, message))
}

/// A certificate that is a root itself needs nobody to vouch for it: its time and its name are left to check.
fn check_root(certificate: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
    let fields = Fields::of(certificate).ok_or(CertificateError::BadEncoding)?;
    if now > fields.not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after: fields.not_after }.into());
    }
    if now < fields.not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before: fields.not_before }.into());
    }
    rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
}

/// Whether the server holds the key of the certificate that it shows, of whatever version that is.
fn check_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
    most: usize,
) -> Result<HandshakeSignatureValid, Error> {
    let fields = Fields::of(certificate).ok_or(CertificateError::BadEncoding)?;
    let of_scheme = algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
    let (_, of_scheme) = of_scheme.ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    let mut of_key = of_scheme.iter().take(most).filter(|a| a.public_key_alg_id().as_ref() == fields.key_kind);
    match of_key.next().map(|algorithm| algorithm.verify_signature(fields.key, message, signed.signature())) {
        Some(Ok(())) => Ok(HandshakeSignatureValid::assertion()),
        Some(Err(_)) | None => Err(CertificateError::BadSignature.into()),
    }
}

/// A name of a certificate without the kind that rustls writes around it: `DnsName("localhost")`,
/// `IpAddress(127.0.0.1)`.
fn bare(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    inner.map_or(name, |inner| inner.trim_matches('"'))
}

/// Says what is wrong with a certificate, and what can be done.
fn explain(error: &Error, certificate: &CertificateDer<'_>, name: &ServerName<'_>, origin: &str) -> TlsFailure {
    let presented = fingerprint(certificate);
    let fields = Fields::of(certificate);
    let is_self_issued = fields.is_some_and(|fields| fields.is_self_issued);
    let whose = |is_own: bool| if is_own { "the server's certificate" } else { "a certificate above the server's" };
    let Error::InvalidCertificate(error) = error else {
        return TlsFailure::new(
            TlsProblem::BadCertificate,
            format!("the server's certificate cannot be used: {error}"),
        );
    };
    let (problem, message) = match error {
        CertificateError::ExpiredContext { time, not_after } => {
            let whose = whose(fields.is_none_or(|fields| fields.not_after == *not_after));
            let message = format!("{whose} expired at {}, and it is {}", shown(*not_after), shown(*time));
            (TlsProblem::CertificateExpired, message)
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let whose = whose(fields.is_none_or(|fields| fields.not_before == *not_before));
            let message = format!("{whose} is valid from {} on, and it is {}", shown(*not_before), shown(*time));
            (TlsProblem::CertificateNotYetValid, message)
        }
        // A self-signed one that is a CA is refused as such before anybody looks for its issuer.
        CertificateError::Other(_) | CertificateError::UnknownIssuer if is_self_issued => {
            let message = format!(
                "the server's certificate is self-signed and not in {origin}; if it is the right one, tls.fingerprint can \
                 pin it"
            );
            (TlsProblem::UnknownIssuer, message)
        }
        // A root that was made anew under its old name is found by that, and did not sign it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            let message = format!(
                "nobody in {origin} vouches for the server's certificate; if it is the right one, tls.ca_file can name \
                 its root, or tls.fingerprint can pin it"
            );
            (TlsProblem::UnknownIssuer, message)
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let wanted = name.to_str();
            let names = if presented.is_empty() {
                "for no name at all (only subjectAltName counts, not the common name)".to_owned()
            } else {
                let names: Vec<&str> = presented.iter().map(|name| bare(name)).collect();
                format!("for {}; tls.server_name can choose one", names.join(", "))
            };
            (TlsProblem::WrongName, format!("the server's certificate is not for \"{wanted}\", but {names}"))
        }
        other => {
            let message = format!(
                "the server's certificate cannot be verified ({other}); tls.fingerprint can pin it, as a pin does not look into it"
            );
            (TlsProblem::BadCertificate, message)
        }
    };
    TlsFailure::new(problem, format!("{message} (its fingerprint is {presented})"))
}
