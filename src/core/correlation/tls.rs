//! How TLS can fail.

use core::fmt;

/// What a handshake, or what is read after it, failed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// The server's certificate is none of those that are pinned.
    PinMismatch,
    /// The server's certificate, or one above it, is past its end.
    CertificateExpired,
    /// The server's certificate, or one above it, is not valid yet. A wrong clock looks the same.
    CertificateNotYetValid,
    /// Nobody who is believed vouches for the server's certificate.
    UnknownIssuer,
    /// The server's certificate is for another name.
    WrongName,
    /// The server's certificate cannot be used for something else that is wrong with it.
    BadCertificate,
    /// The server wants a client certificate, or does not accept the one it got.
    ClientCertificate,
    /// What answers does not speak TLS.
    NotTls,
    /// No version or cipher that both sides know.
    NothingInCommon,
    /// The server accepted the connection and did not finish the handshake within `connect_timeout`.
    HandshakeTimeout,
    /// The server closed the connection during the handshake.
    HandshakeClosed,
    /// Anything else: a broken or forged record, an alert.
    Other,
}

impl TlsProblem {
    /// A short name for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PinMismatch => "tls_pin_mismatch",
            Self::CertificateExpired => "tls_certificate_expired",
            Self::CertificateNotYetValid => "tls_certificate_not_yet_valid",
            Self::UnknownIssuer => "tls_unknown_issuer",
            Self::WrongName => "tls_wrong_name",
            Self::BadCertificate => "tls_bad_certificate",
            Self::ClientCertificate => "tls_client_certificate",
            Self::NotTls => "tls_not_tls",
            Self::NothingInCommon => "tls_nothing_in_common",
            Self::HandshakeTimeout => "tls_handshake_timeout",
            Self::HandshakeClosed => "tls_handshake_closed",
            Self::Other => "tls_error",
        }
    }

    /// Whether it is about a certificate: only a person mends that.
    pub const fn is_about_certificates(self) -> bool {
        match self {
            Self::PinMismatch
            | Self::CertificateExpired
            | Self::CertificateNotYetValid
            | Self::UnknownIssuer
            | Self::WrongName
            | Self::BadCertificate
            | Self::ClientCertificate => true,
            Self::NotTls | Self::NothingInCommon | Self::HandshakeTimeout | Self::HandshakeClosed | Self::Other => {
                false
            }
        }
    }
}

/// A failure of TLS, with what an operator needs to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFailure {
    /// Which one.
    pub problem: TlsProblem,
    /// The whole of it as a sentence.
    pub message: Box<str>,
}

impl TlsFailure {
    /// A failure with its sentence.
    pub fn new(problem: TlsProblem, message: impl Into<Box<str>>) -> Self {
        Self { problem, message: message.into() }
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
