//! Certificates and keys in PEM files, and the roots of the system.

use ami_core::config::{ConfigError, Value};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::File;
use std::io::Read;
use std::sync::{Arc, Mutex};

/// Longest file that is read: bundles of all public roots have a quarter of a megabyte. A device or pipe by mistake ends
/// here too.
const MAX_FILE: u64 = 4 * 1024 * 1024;

fn refuse(key: &str, path: &str, reason: impl Into<String>) -> ConfigError {
    ConfigError::invalid(key, Value::text(path), reason)
}

fn read(key: &str, path: &str) -> Result<Vec<u8>, ConfigError> {
    let mut bytes = Vec::new();
    let cannot = |error: std::io::Error| refuse(key, path, format!("cannot be read: {error}"));
    // Asked before it is opened: opening a pipe that nobody writes to waits for ever, as reading it would.
    if !std::fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(refuse(key, path, "is no file"));
    }
    let file = File::open(path).map_err(cannot)?;
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(refuse(key, path, format!("is longer than {MAX_FILE} bytes; is it a PEM file?")));
    }
    Ok(bytes)
}

/// All certificates of a file; at least one.
pub(super) fn certificates(key: &str, path: &str) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let bytes = read(key, path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if found.is_empty() => {
            Err(refuse(key, path, "has no certificate in PEM form (-----BEGIN CERTIFICATE-----)"))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(refuse(key, path, format!("has a certificate that cannot be read: {error}"))),
    }
}

/// The private key of a file.
pub(super) fn private_key(key: &str, path: &str) -> Result<PrivateKeyDer<'static>, ConfigError> {
    let bytes = read(key, path)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| {
        let marker = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
        let reason = if bytes.windows(marker.len()).any(|window| window == marker) {
            "is encrypted, and there is nobody to ask for its passphrase; keep the key unencrypted, readable for its user only"
        } else {
            "has no private key in PEM form (-----BEGIN PRIVATE KEY-----)"
        };
        refuse(key, path, reason)
    })
}

/// The roots of the operating system, read once in a process: it takes milliseconds.
pub(super) fn system_roots() -> Result<Arc<Vec<CertificateDer<'static>>>, ConfigError> {
    static ROOTS: Mutex<Option<Arc<Vec<CertificateDer<'static>>>>> = Mutex::new(None);
    let mut roots = ROOTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(roots) = &*roots {
        return Ok(Arc::clone(roots));
    }
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map_or_else(|| "none is there".to_owned(), ToString::to_string);
        let reason = format!(
            "needs root certificates of the system ({why}); install them (package ca-certificates), name a file by \
             SSL_CERT_FILE, or verify by \"ca\" or \"pin\""
        );
        return Err(refuse("tls.verify", "system", reason));
    }
    Ok(Arc::clone(roots.insert(Arc::new(found.certs))))
}
