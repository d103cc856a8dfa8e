//! Whom a client believes, and who believes it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/tls.rs"]
mod tls;

use ami_core::config::{ServerConfig, ServerKey, Source, Value};
use ami_core::correlation::{LossReason, TlsFailure, TlsProblem};
use ami_core::health::CircuitState;
use common::{Client, PATIENCE, quick};
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, ServerConnection, StreamOwned};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tls::{Authority, Identity, Terms, client, expired, for_clients, not_yet_valid, self_signed, serve, server_config};
use tls::{log_in, settings, stay, version_1};

/// Connects, and says how it ended.
fn connect(server: &Identity, terms: &Terms, tls: &[(&str, &str)]) -> Result<(), TlsFailure> {
    connect_with(server, terms, |address| client(address, settings(tls), quick()))
}

fn connect_with(server: &Identity, terms: &Terms, client: impl FnOnce(SocketAddr) -> Client) -> Result<(), TlsFailure> {
    let (address, thread) = serve(server_config(server, terms), stay);
    let mut client = client(address);
    client.until(|client| client.all_ready() || client.first().last_loss().is_some());
    let ended = match client.first().last_loss() {
        None => Ok(()),
        Some(LossReason::Tls(failure)) => {
            let opened = client.first().circuit() == CircuitState::Open;
            assert_eq!(opened, failure.problem.is_about_certificates(), "{failure}");
            Err(failure.clone())
        }
        Some(other) => panic!("{other}"),
    };
    leave(client);
    thread.join().unwrap();
    ended
}

fn leave(mut client: Client) {
    let (id, now) = (client.ids[0], client.reactor.now());
    client.reactor.cluster_mut().terminate(id, now);
    client.reactor.release();
}

fn accepted(server: &Identity, tls: &[(&str, &str)]) {
    for version in [&TLS12, &TLS13] {
        let terms = Terms { versions: vec![version], ..Terms::default() };
        assert_eq!(connect(server, &terms, tls), Ok(()), "{version:?}");
    }
}

fn refused(server: &Identity, tls: &[(&str, &str)], problem: TlsProblem) -> String {
    let failure = connect(server, &Terms::default(), tls).unwrap_err();
    assert_eq!(failure.problem, problem, "{failure}");
    failure.to_string()
}

#[test]
fn a_pinned_certificate_is_believed_whatever_it_says_of_itself() {
    for server in [self_signed(|_| {}), self_signed(expired), self_signed(not_yet_valid), version_1()] {
        accepted(&server, &[("fingerprint", &server.fingerprint())]);
    }
}

#[test]
fn a_certificate_that_is_not_the_pinned_one_is_refused_with_both_fingerprints() {
    let (server, other) = (self_signed(|_| {}), self_signed(|_| {}));
    let message = refused(&server, &[("fingerprint", &other.fingerprint())], TlsProblem::PinMismatch);
    assert!(message.contains(&server.fingerprint()) && message.contains(&other.fingerprint()), "{message}");
}

#[test]
fn nobody_who_shows_the_certificate_without_its_key_is_believed_whatever_is_verified() {
    let (own, old) = (self_signed(|_| {}), version_1());
    let authority = Authority::new();
    let vouched = authority.sign(|_| {});
    let ways = [
        (&own, ("fingerprint", own.fingerprint())),
        (&own, ("verify", "none".to_owned())),
        (&own, ("ca_file", own.cert_file())),
        (&vouched, ("ca_file", authority.file())),
        (&old, ("fingerprint", old.fingerprint())),
        (&old, ("verify", "none".to_owned())),
    ];
    for (original, (name, value)) in &ways {
        let thief = Identity { der: original.der.clone(), key: self_signed(|_| {}).key };
        for version in [&TLS12, &TLS13] {
            let terms = Terms { versions: vec![version], ..Terms::default() };
            let failure = connect(&thief, &terms, &[(name, value)]).unwrap_err();
            assert_eq!(failure.problem, TlsProblem::BadCertificate, "{failure}");
            assert!(failure.message.contains("does not hold the key of its certificate"), "{failure}");
        }
    }
}

#[test]
fn a_certificate_that_the_ca_file_vouches_for_is_believed() {
    let authority = Authority::new();
    accepted(&authority.sign(|_| {}), &[("ca_file", &authority.file())]);
}

#[test]
fn a_self_signed_certificate_is_its_own_ca_file() {
    let server = self_signed(|_| {});
    accepted(&server, &[("ca_file", &server.cert_file())]);
}

#[test]
fn a_certificate_of_a_foreign_issuer_is_refused_with_its_fingerprint_and_a_hint() {
    let file = Authority::new().file();
    for server in [Authority::new().sign(|_| {}), self_signed(|_| {})] {
        let message = refused(&server, &[("ca_file", &file)], TlsProblem::UnknownIssuer);
        for part in [&*server.fingerprint(), &file, "tls.fingerprint"] {
            assert!(message.contains(part), "{message}");
        }
        refused(&server, &[("verify", "system")], TlsProblem::UnknownIssuer);
    }
    let message = refused(&self_signed(|_| {}), &[("ca_file", &file)], TlsProblem::UnknownIssuer);
    assert!(message.contains("is self-signed and not in tls.ca_file"), "{message}");
}

#[test]
fn a_root_that_was_made_anew_under_its_old_name_is_a_foreign_issuer() {
    let (old, new) = (Authority::named("root"), Authority::named("root"));
    refused(&new.sign(|_| {}), &[("ca_file", &old.file())], TlsProblem::UnknownIssuer);
}

#[test]
fn a_certificate_out_of_its_time_is_refused_with_that_time() {
    let authority = Authority::new();
    let past = self_signed(expired);
    for (server, file) in [(&authority.sign(expired), authority.file()), (&past, past.cert_file())] {
        let message = refused(server, &[("ca_file", &file)], TlsProblem::CertificateExpired);
        assert!(message.contains("the server's certificate expired at 2021-02-03 00:00:00 UTC"), "{message}");
    }
    let future = self_signed(not_yet_valid);
    for (server, file) in [(&authority.sign(not_yet_valid), authority.file()), (&future, future.cert_file())] {
        let message = refused(server, &[("ca_file", &file)], TlsProblem::CertificateNotYetValid);
        assert!(message.contains("is valid from 2090-01-01 00:00:00 UTC on"), "{message}");
    }
}

#[test]
fn a_host_that_is_a_name_needs_a_certificate_for_that_name_and_not_for_its_address() {
    let named = |params: &mut rcgen::CertificateParams| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("pbx.example.org".try_into().unwrap())];
    };
    let by_name = |server: &Identity| {
        let tls = settings(&[("ca_file", &server.cert_file())]);
        connect_with(server, &Terms::default(), |address| {
            let mut client = Client::of(&[], quick());
            client.reactor.set_lookup(move |_| Ok(vec![address]));
            let port = address.port().to_string();
            let pairs = [("host", "pbx.example.org"), ("port", &port), ("username", "dialer"), ("secret", "s3cret")];
            let pairs = pairs.map(|(name, value)| (name, Value::text(value.as_bytes())));
            let pairs = pairs.into_iter().chain([("auth", Value::text("plain")), ("tls", tls)]);
            let key = ServerKey::parse(b"pbx0").unwrap();
            let config = ServerConfig::from_pairs(key, pairs, Source::Array).unwrap();
            client.ids.push(client.reactor.add(Arc::new(config), Arc::new(quick()), None).unwrap());
            client.open_all();
            client
        })
    };
    assert_eq!(by_name(&self_signed(named)), Ok(()));
    assert_eq!(by_name(&self_signed(|_| {})).unwrap_err().problem, TlsProblem::WrongName);
}

#[test]
fn a_certificate_for_another_name_is_refused_unless_server_name_says_so() {
    let named = |params: &mut rcgen::CertificateParams| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("pbx.example.org".try_into().unwrap())];
    };
    let authority = Authority::new();
    let own = self_signed(named);
    for (server, file) in [(&authority.sign(named), authority.file()), (&own, own.cert_file())] {
        let message = refused(server, &[("ca_file", &file)], TlsProblem::WrongName);
        assert!(message.contains("is not for \"127.0.0.1\", but for pbx.example.org; "), "{message}");
        accepted(server, &[("ca_file", &file), ("server_name", "pbx.example.org")]);
        refused(server, &[("ca_file", &file), ("server_name", "other.example.org")], TlsProblem::WrongName);
    }
    let nameless = authority.sign(|params| params.subject_alt_names.clear());
    let message = refused(&nameless, &[("ca_file", &authority.file())], TlsProblem::WrongName);
    assert!(message.contains("only subjectAltName counts"), "{message}");
}

#[test]
fn a_certificate_of_version_1_is_refused_by_a_ca_file_with_a_hint() {
    let authority = Authority::new();
    let message = refused(&version_1(), &[("ca_file", &authority.file())], TlsProblem::BadCertificate);
    assert!(message.contains("tls.fingerprint can pin it"), "{message}");
}

#[test]
fn without_verification_anybody_is_believed_and_that_is_told() {
    let (address, thread) = serve(server_config(&version_1(), &Terms::default()), stay);
    let mut client = client(address, settings(&[("verify", "none")]), quick());
    let mut told = 0;
    while !client.all_ready() {
        client.reactor.tick(std::time::Duration::from_millis(50), None).unwrap();
        assert_eq!(client.first().last_loss(), None);
        let log = &mut client.reactor.cluster_mut().effects().log;
        told += std::iter::from_fn(|| log.pop()).filter(|record| record.message().contains("is not verified")).count();
    }
    assert_eq!(told, 1);
    leave(client);
    thread.join().unwrap();
}

#[test]
fn a_server_that_wants_a_client_certificate_gets_it() {
    let (authority, server) = (Authority::new(), self_signed(|_| {}));
    let ours = authority.sign(for_clients);
    let pin = server.fingerprint();
    let with = [("fingerprint", &*pin), ("client_cert", &*ours.cert_file()), ("client_key", &*ours.key_file())];
    for version in [&TLS12, &TLS13] {
        let terms = || Terms { versions: vec![version], clients: Some(authority.der()) };
        assert_eq!(connect(&server, &terms(), &with), Ok(()));
        let failure = connect(&server, &terms(), &with[..1]).unwrap_err();
        assert_eq!(failure.problem, TlsProblem::ClientCertificate, "{failure}");
        assert!(failure.message.contains("tls.client_cert names none"), "{failure}");
    }
}

#[test]
fn a_client_certificate_of_a_foreign_issuer_is_not_accepted_and_that_is_said() {
    let (ours, server) = (Authority::new().sign(for_clients), self_signed(|_| {}));
    let pin = server.fingerprint();
    let with = [("fingerprint", &*pin), ("client_cert", &*ours.cert_file()), ("client_key", &*ours.key_file())];
    for version in [&TLS12, &TLS13] {
        let terms = Terms { versions: vec![version], clients: Some(Authority::new().der()) };
        let failure = connect(&server, &terms, &with).unwrap_err();
        assert_eq!(failure.problem, TlsProblem::ClientCertificate, "{failure}");
        assert!(failure.message.contains("does not accept"), "{failure}");
    }
}

/// Connects to two servers of one client, the second of which has the certificate `two`; each with its settings.
fn both(one: (&Identity, &[(&str, &str)]), two: (&Identity, &Terms, &[(&str, &str)])) {
    let (first, first_thread) = serve(server_config(one.0, &Terms::default()), stay);
    let (second, second_thread) = serve(server_config(two.0, two.1), stay);
    let settings = |n: usize| vec![("tls", settings(if n == 0 { one.1 } else { two.2 }))];
    let mut client = Client::each(&[first, second], quick(), settings);
    client.open_all();
    client
        .until(|client| client.all_ready() || client.ids.iter().any(|id| client.connection(*id).last_loss().is_some()));
    for id in &client.ids {
        assert_eq!(client.connection(*id).last_loss(), None);
    }
    let now = client.reactor.now();
    for id in client.ids.clone() {
        client.reactor.cluster_mut().terminate(id, now);
    }
    client.reactor.release();
    first_thread.join().unwrap();
    second_thread.join().unwrap();
}

#[test]
fn servers_of_one_client_have_a_pin_each() {
    let (one, two) = (self_signed(|_| {}), self_signed(|_| {}));
    let (first, second) = (one.fingerprint(), two.fingerprint());
    both((&one, &[("fingerprint", &first)]), (&two, &Terms::default(), &[("fingerprint", &second)]));
}

#[test]
fn a_client_certificate_is_shown_to_the_server_that_it_was_given_for_although_another_has_the_same_pin() {
    let (authority, server) = (Authority::new(), self_signed(|_| {}));
    let ours = authority.sign(for_clients);
    let pin = server.fingerprint();
    let with = [("fingerprint", &*pin), ("client_cert", &*ours.cert_file()), ("client_key", &*ours.key_file())];
    let terms = Terms { clients: Some(authority.der()), ..Terms::default() };
    both((&server, &with[..1]), (&server, &terms, &with));
}

#[test]
fn a_server_that_hands_out_tickets_is_verified_anew_by_each_connection() {
    for version in [&TLS12, &TLS13] {
        let server = self_signed(|_| {});
        let terms = Terms { versions: vec![version], ..Terms::default() };
        // One configuration: it knows sessions of before.
        let mut config = Arc::unwrap_or_clone(server_config(&server, &terms));
        config.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            [(); 2].map(|()| {
                let (socket, _) = listener.accept().unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut session = StreamOwned::new(connection, socket);
                log_in(&mut session);
                session.conn.handshake_kind()
            })
        });
        let mut client = client(address, settings(&[("fingerprint", &server.fingerprint())]), quick());
        client.until(|client| client.first().counters().losses == 2);
        assert_eq!(thread.join().unwrap(), [Some(HandshakeKind::Full); 2], "{version:?}");
    }
}
