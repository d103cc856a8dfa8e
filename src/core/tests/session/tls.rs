//! TLS as the core sees it: a step between the socket and the session, which can fail.

use crate::support::{BANNER, MILLISECOND, SECOND, Session};
use ami_core::config::ClientOptions;
use ami_core::correlation::{LossReason, TlsFailure, TlsProblem};
use ami_core::health::{CircuitState, ConnectionState};

fn opened() -> Session {
    Session::opened(&[("tls", "true")], ClientOptions::default())
}

fn lose(session: &mut Session, problem: TlsProblem) {
    let (id, now) = (session.id, session.now);
    session.cluster.handle_loss(id, LossReason::Tls(TlsFailure::new(problem, "why")), now);
    session.carry_out();
}

fn problem(session: &Session) -> TlsProblem {
    match session.loss() {
        Some(LossReason::Tls(failure)) => failure.problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_handshake_has_what_the_socket_left_of_the_connect_timeout_and_its_own_reason() {
    let mut session = opened();
    session.pass(4 * SECOND);
    let (id, now) = (session.id, session.now);
    session.cluster.handle_handshake(id, now);
    session.pass_just_short_of(6 * SECOND);
    assert_eq!(session.state(), ConnectionState::Connecting);
    session.pass(MILLISECOND);
    assert_eq!(problem(&session), TlsProblem::HandshakeTimeout);
    let record = session.records_of("connecting failed")[0];
    assert!(format!("{record:?}").contains("tls_handshake_timeout"), "{record:?}");
}

#[test]
fn a_socket_that_never_stood_took_too_long_by_itself_also_after_a_handshake_did() {
    let mut session = opened();
    let (id, now) = (session.id, session.now);
    session.cluster.handle_handshake(id, now);
    session.pass(10 * SECOND);
    assert_eq!(problem(&session), TlsProblem::HandshakeTimeout);
    session.pass(SECOND);
    session.pass(10 * SECOND);
    assert_eq!(session.loss(), Some(&LossReason::ConnectTimeout));
}

#[test]
fn after_the_handshake_the_banner_has_its_own_time() {
    let mut session = opened();
    let (id, now) = (session.id, session.now);
    session.cluster.handle_handshake(id, now);
    session.pass(9 * SECOND);
    session.accept();
    session.pass(9 * SECOND);
    assert_eq!(session.state(), ConnectionState::Connected);
    session.pass(SECOND);
    assert_eq!(session.loss(), Some(&LossReason::BannerTimeout));
}

#[test]
fn what_only_a_person_can_mend_opens_the_breaker_at_once() {
    for problem in [
        TlsProblem::PinMismatch,
        TlsProblem::CertificateExpired,
        TlsProblem::CertificateNotYetValid,
        TlsProblem::UnknownIssuer,
        TlsProblem::WrongName,
        TlsProblem::BadCertificate,
        TlsProblem::ClientCertificate,
    ] {
        let mut session = opened();
        lose(&mut session, problem);
        assert_eq!(session.connection().circuit(), CircuitState::Open, "{problem:?}");
    }
}

#[test]
fn other_failures_of_tls_count_as_one_failure_each() {
    for problem in [
        TlsProblem::NotTls,
        TlsProblem::NothingInCommon,
        TlsProblem::HandshakeTimeout,
        TlsProblem::HandshakeClosed,
        TlsProblem::Other,
    ] {
        let mut session = opened();
        lose(&mut session, problem);
        assert_eq!(session.connection().circuit(), CircuitState::Closed, "{problem:?}");
        assert_eq!(session.connection().failed_attempts(), 1);
    }
}

#[test]
fn what_was_received_before_tls_broke_is_handled() {
    let mut session = opened();
    session.accept();
    session.feed(BANNER);
    assert_eq!(session.state(), ConnectionState::Authenticating);
    lose(&mut session, TlsProblem::Other);
    assert_eq!(session.state(), ConnectionState::Reconnecting);
}
