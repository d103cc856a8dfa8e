//! What an error of rustls means to the people who run this.

use super::verifier::Refused;
use ami_core::correlation::{TlsFailure, TlsProblem};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Describes an error; `has_client_certificate` tells what may have been refused.
pub(crate) fn describe(error: &Error, is_handshaking: bool, has_client_certificate: bool) -> TlsFailure {
    match error {
        Error::InvalidCertificate(CertificateError::Other(other)) if other.0.is::<Refused>() => {
            match other.0.downcast_ref::<Refused>() {
                Some(Refused(failure)) => failure.clone(),
                None => TlsFailure::new(TlsProblem::BadCertificate, error.to_string()),
            }
        }
        Error::InvalidCertificate(error) => {
            let message = format!("the server does not hold the key of its certificate, or that is broken: {error}");
            TlsFailure::new(TlsProblem::BadCertificate, message)
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) if is_handshaking => {
            let message = "what answers there does not speak TLS; AMI without TLS has a port of its own, by default 5038, \
                           and with TLS 5039";
            TlsFailure::new(TlsProblem::NotTls, message)
        }
        Error::PeerIncompatible(why) => {
            let message = format!("the server has no TLS version or cipher in common with this client: {why:?}");
            TlsFailure::new(TlsProblem::NothingInCommon, message)
        }
        Error::AlertReceived(alert) => describe_alert(*alert, has_client_certificate),
        other => TlsFailure::new(TlsProblem::Other, format!("TLS failed: {other}")),
    }
}

/// Whether the other side has said what is wrong, so that nothing need be said to it.
pub(crate) const fn is_alert(error: &Error) -> bool {
    matches!(error, Error::AlertReceived(_))
}

fn describe_alert(alert: AlertDescription, has_client_certificate: bool) -> TlsFailure {
    let refused = if has_client_certificate {
        "the server does not accept the client certificate of tls.client_cert"
    } else {
        "the server wants a client certificate, and tls.client_cert names none"
    };
    match alert {
        AlertDescription::CertificateRequired
        | AlertDescription::NoCertificate
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => {
            TlsFailure::new(TlsProblem::ClientCertificate, format!("{refused} (its alert: {alert:?})"))
        }
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity => {
            // In TLS 1.2, OpenSSL says the same where it misses a client certificate.
            let hint = if has_client_certificate { "" } else { ", or wants a client certificate" };
            let message = format!(
                "the server has no TLS version or cipher in common with this client{hint} (its alert: {alert:?})"
            );
            TlsFailure::new(TlsProblem::NothingInCommon, message)
        }
        other => TlsFailure::new(TlsProblem::Other, format!("the server ended TLS with the alert {other:?}")),
    }
}
