//! A login that is refused.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, Socket};
use ami_core::config::ClientOptions;
use ami_core::correlation::LossReason;
use ami_core::health::{CircuitState, ConnectionState};

fn refused() -> Session {
    let mut session = Session::opened(&[], ClientOptions::default());
    refuse(&mut session);
    session
}

fn refuse(session: &mut Session) {
    session.accept();
    session.feed(BANNER);
    let login = session.received_one();
    session.frame(&["Response: Error", &login.action_id_line(), "Message: Authentication failed"]);
}

#[test]
fn a_wrong_secret_opens_the_breaker_and_says_what_the_server_said() {
    let session = refused();
    assert_eq!(session.loss(), Some(&LossReason::LoginRefused("Authentication failed".into())));
    assert_eq!((session.circuit(), session.state()), (CircuitState::Open, ConnectionState::Reconnecting));
    assert_eq!(session.socket(session.id), Socket::None);
}

#[test]
fn a_refused_login_is_not_tried_again_before_the_cooldown_is_over() {
    let mut session = refused();
    assert_eq!(session.connection().retry_in(session.now.instant), Some(30 * SECOND));
    session.pass_just_short_of(30 * SECOND);
    assert_eq!(session.connects.len(), 1);
    session.pass(MILLISECOND);
    assert_eq!((session.connects.len(), session.circuit()), (2, CircuitState::HalfOpen));
}

#[test]
fn an_impatient_open_does_not_get_around_the_breaker() {
    let mut session = refused();
    for _ in 0..10 {
        session.pass(SECOND);
        session.open();
    }
    assert_eq!((session.connects.len(), session.circuit()), (1, CircuitState::Open));
}

#[test]
fn a_probe_that_is_refused_too_starts_the_cooldown_again() {
    let mut session = refused();
    session.pass(30 * SECOND);
    refuse(&mut session);
    assert_eq!(session.circuit(), CircuitState::Open);
    session.pass_just_short_of(30 * SECOND);
    assert_eq!(session.connects.len(), 2);
}

#[test]
fn a_probe_that_gets_in_closes_the_breaker() {
    let mut session = refused();
    session.pass(30 * SECOND);
    let id = session.id;
    session.log_in(id);
    assert_eq!((session.circuit(), session.loss()), (CircuitState::Closed, None));
}
