//! Files that TLS needs are read when a server is added, and refused by name when they are of no use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/tls.rs"]
mod tls;

use ami_core::config::{ClientOptions, ConfigError, ServerConfig, ServerKey, Source, Value};
use ami_reactor::{AddError, Reactor};
use std::sync::Arc;
use tls::{Authority, file, for_clients, settings};

fn add(host: &str, pairs: &[(&str, &str)]) -> Result<(), ConfigError> {
    let options = Arc::new(ClientOptions { enforce_ip_endpoints: false, ..ClientOptions::default() });
    let mut reactor = Reactor::new(Arc::clone(&options)).unwrap();
    let settings = [
        ("host", Value::text(host)),
        ("username", Value::text("u")),
        ("secret", Value::text("s")),
        ("tls", settings(pairs)),
    ];
    let config = ServerConfig::from_pairs(ServerKey::parse(b"pbx").unwrap(), settings, Source::Array).unwrap();
    match reactor.add(Arc::new(config), options, None) {
        Ok(_) => Ok(()),
        Err(AddError::Tls(error)) => Err(error),
        Err(AddError::Key(error)) => panic!("{error}"),
    }
}

fn refused(pairs: &[(&str, &str)]) -> (String, String) {
    let error = add("192.0.2.1", pairs).unwrap_err();
    (error.key.clone(), error.to_string())
}

#[test]
fn a_file_that_is_not_there_is_refused_with_its_path_and_the_words_of_the_system() {
    let (key, message) = refused(&[("ca_file", "/nowhere/ca.pem")]);
    assert_eq!(key, "tls.ca_file");
    assert!(message.starts_with("tls.ca_file: \"/nowhere/ca.pem\" cannot be read: No such file"), "{message}");
}

#[test]
fn what_is_no_file_is_not_read() {
    for path in ["/dev/zero", env!("CARGO_TARGET_TMPDIR")] {
        let (key, message) = refused(&[("ca_file", path)]);
        assert!(key == "tls.ca_file" && message.ends_with("is no file"), "{message}");
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_is_not_waited_for() {
    let pipe = format!("{}/pipe-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for given in [
        vec![("ca_file", &*pipe)],
        vec![("verify", "none"), ("client_cert", &pipe), ("client_key", &pipe)],
        vec![
            ("verify", "none"),
            ("client_cert", &Authority::new().sign(for_clients).cert_file()),
            ("client_key", &pipe),
        ],
    ] {
        let given: Vec<_> = given.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let pairs: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
            tell.send(refused(&pairs))
        });
        let (_, message) = told.recv_timeout(common::PATIENCE).unwrap();
        assert!(message.ends_with("is no file"), "{message}");
    }
    std::fs::remove_file(pipe).unwrap();
}

#[test]
fn a_file_that_is_too_long_is_not_read_whole() {
    let (_, message) = refused(&[("ca_file", &file(&"x".repeat(5 * 1024 * 1024)))]);
    assert!(message.contains("is longer than 4194304 bytes"), "{message}");
}

#[test]
fn a_file_without_certificates_is_refused() {
    for content in ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        let (key, message) = refused(&[("ca_file", &file(content))]);
        assert!(key == "tls.ca_file" && message.contains("has no certificate in PEM form"), "{message}");
    }
    for content in
        ["-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n"]
    {
        let (_, message) = refused(&[("ca_file", &file(content))]);
        assert!(message.contains("has a certificate that cannot be read"), "{message}");
    }
    let (_, message) = refused(&[("ca_file", &file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))]);
    assert!(message.contains("has a certificate, number 1, that cannot be a root"), "{message}");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let authority = Authority::new();
    let (ours, other) = (authority.sign(for_clients), authority.sign(for_clients));
    let pairs =
        |cert: &str, key: &str| add("192.0.2.1", &[("verify", "none"), ("client_cert", cert), ("client_key", key)]);
    assert_eq!(pairs(&ours.cert_file(), &ours.key_file()), Ok(()));
    let error = pairs(&ours.cert_file(), &other.key_file()).unwrap_err();
    assert_eq!(error.key, "tls.client_key");
    assert!(error.to_string().contains("is not the private key of the certificate in"), "{error}");
}

#[test]
fn a_key_that_is_none_or_encrypted_is_refused_and_said_why() {
    let cert = Authority::new().sign(for_clients).cert_file();
    let with_key = |content: &str| refused(&[("client_cert", &cert), ("client_key", &file(content))]);
    let (key, message) = with_key("hello");
    assert!(key == "tls.client_key" && message.contains("has no private key in PEM form"), "{message}");
    let (_, message) = with_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    assert!(message.contains("is encrypted"), "{message}");
}

#[test]
fn a_host_name_is_the_name_that_the_certificate_must_have() {
    assert_eq!(add("pbx_1.example.org", &[("verify", "none")]), Ok(()));
}
