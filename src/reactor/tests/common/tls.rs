//! A server of TLS that plays Asterisk by a script, and certificates for it.
#![allow(dead_code, reason = "each test file uses its part")]

use crate::common::{Client, PATIENCE, text};
use ami_core::config::{ClientOptions, Value};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PublicKeyData, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

pub(crate) const BANNER: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";

pub(crate) type Session = StreamOwned<ServerConnection, TcpStream>;

/// A certificate with its key.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) key: KeyPair,
}

impl Identity {
    /// In the form that a person would put into the configuration.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = ::ring::digest::digest(&::ring::digest::SHA256, &self.der);
        digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }

    fn certified(&self) -> CertifiedKey {
        let key = ring::sign::any_supported_type(&PrivateKeyDer::Pkcs8(self.key.serialize_der().into())).unwrap();
        CertifiedKey::new(vec![self.der.clone()], key)
    }

    pub(crate) fn cert_file(&self) -> String {
        let pem = pem("CERTIFICATE", &self.der);
        file(&pem)
    }

    pub(crate) fn key_file(&self) -> String {
        file(&self.key.serialize_pem())
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    ::pem::encode(&::pem::Pem::new(label, der))
}

/// A file of this process's own, with that in it.
pub(crate) fn file(content: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    path.push(format!("tls-{}-{}.pem", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// One that signs others.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

impl Authority {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self::named(&format!("authority {}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    pub(crate) fn file(&self) -> String {
        file(&pem("CERTIFICATE", self.certificate.der()))
    }

    /// Signs a certificate for 127.0.0.1 that is changed before.
    pub(crate) fn sign(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Identity { der: params.signed_by(&key, &self.issuer).unwrap().into(), key }
    }
}

/// What scripts for PBXs make: self-signed, and a CA at the same time.
pub(crate) fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    Identity { der: params.self_signed(&key).unwrap().into(), key }
}

pub(crate) fn expired(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 2, 3));
}

pub(crate) fn not_yet_valid(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
}

pub(crate) fn for_clients(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

/// A certificate of version 1, written out here, as no library makes one any more. Its signature is none.
pub(crate) fn version_1() -> Identity {
    let key = KeyPair::generate().unwrap();
    let element = |kind: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let mut bytes = vec![kind, 0x82];
        bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        bytes.extend(content);
        bytes
    };
    let algorithm = element(0x30, &[b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"]);
    let validity = element(0x30, &[b"\x17\x0d200101000000Z", b"\x17\x0d210203000000Z"]);
    let (name, serial) = (element(0x30, &[]), b"\x02\x01\x01".as_slice());
    let key_info = key.subject_public_key_info();
    let signed = element(0x30, &[serial, &algorithm, &name, &validity, &name, &key_info]);
    let der = element(0x30, &[&signed, &algorithm, &element(0x03, &[b"\0none"])]);
    Identity { der: der.into(), key }
}

#[derive(Debug)]
struct Fixed(Arc<CertifiedKey>);

impl ResolvesServerCert for Fixed {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// How the server speaks TLS.
pub(crate) struct Terms {
    pub(crate) versions: Vec<&'static SupportedProtocolVersion>,
    /// Whose certificates it wants from clients.
    pub(crate) clients: Option<CertificateDer<'static>>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { versions: rustls::ALL_VERSIONS.to_vec(), clients: None }
    }
}

pub(crate) fn server_config(identity: &Identity, terms: &Terms) -> Arc<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_protocol_versions(&terms.versions).unwrap();
    let builder = match &terms.clients {
        None => builder.with_no_client_auth(),
        Some(root) => {
            let mut roots = RootCertStore::empty();
            roots.add(root.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    Arc::new(builder.with_cert_resolver(Arc::new(Fixed(Arc::new(identity.certified())))))
}

/// Listens, and hands the first connection to a script in a thread of its own.
pub(crate) fn listen<R: Send + 'static>(
    script: impl FnOnce(TcpStream) -> R + Send + 'static,
) -> (SocketAddr, JoinHandle<R>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        script(socket)
    });
    (address, thread)
}

/// The same with TLS on top. A handshake that fails is seen by the first read or write.
pub(crate) fn serve<R: Send + 'static>(
    config: Arc<ServerConfig>,
    script: impl FnOnce(Session) -> R + Send + 'static,
) -> (SocketAddr, JoinHandle<R>) {
    listen(move |socket| script(StreamOwned::new(ServerConnection::new(config).unwrap(), socket)))
}

/// Reads until there is a whole frame; what is behind it must not be there yet.
pub(crate) fn frame(session: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        session.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    text(&bytes)
}

/// Banner, login, and the event that makes the session ready.
pub(crate) fn log_in(session: &mut (impl Read + Write)) {
    session.write_all(BANNER).unwrap();
    answer_login(session);
}

/// Login, and the event that makes the session ready.
pub(crate) fn answer_login(session: &mut (impl Read + Write)) {
    let login = frame(session);
    let id = login.lines().find(|line| line.starts_with("ActionID:")).unwrap();
    let answer = format!("Response: Success\r\n{id}\r\nMessage: Authentication accepted\r\n\r\n");
    session.write_all(answer.as_bytes()).unwrap();
    session.write_all(b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n").unwrap();
}

/// Logs the client in and waits until it has gone.
pub(crate) fn stay(mut session: Session) {
    session.write_all(b"").ok();
    if session.conn.complete_io(&mut session.sock).is_ok() {
        log_in(&mut session);
        let mut rest = Vec::new();
        let _ = session.read_to_end(&mut rest);
    }
}

/// The setting `tls`.
pub(crate) fn settings(pairs: &[(&str, &str)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), Value::text(value))).collect())
}

/// A client of that server, on its way.
pub(crate) fn client(address: SocketAddr, tls: Value, options: ClientOptions) -> Client {
    let mut client = Client::with(&[address], options, &[("tls", tls)]);
    client.open_all();
    client
}
