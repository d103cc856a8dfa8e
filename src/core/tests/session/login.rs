//! From the socket to the login: how the secret is shown, and what may answer instead of Asterisk.

use crate::support::{BANNER, MILLISECOND, SECOND, SECRET, Session, Socket};
use ami_core::config::ClientOptions;
use ami_core::correlation::LossReason;
use ami_core::health::ConnectionState;

fn connected(auth: &str) -> Session {
    let mut session = Session::opened(&[("auth", auth)], ClientOptions::default());
    session.accept();
    session
}

#[test]
fn a_plain_login_sends_the_secret_and_the_event_mask_after_the_banner() {
    let mut session = connected("plain");
    assert_eq!((session.state(), session.received().len()), (ConnectionState::Connected, 0));
    session.feed(BANNER);
    assert_eq!(session.state(), ConnectionState::Authenticating);
    let login = session.received_one();
    assert_eq!(login.name(), "Login");
    assert_eq!((login.get("Username"), login.get("Secret")), (Some("dialer"), Some(SECRET)));
    assert_eq!(login.get("Events"), Some("on"));
    assert!(login.get("ActionID").unwrap().starts_with("pbx1:"));
    assert_eq!(session.connection().ami_version(), Some(b"11.0.0".as_slice()));
}

#[test]
fn an_md5_login_answers_the_challenge_and_never_shows_the_secret() {
    let mut session = connected("md5");
    session.feed(BANNER);
    let challenge = session.received_one();
    assert_eq!((challenge.name(), challenge.get("AuthType")), ("Challenge", Some("MD5")));
    session.frame(&["Response: Success", &challenge.action_id_line(), "Challenge: 840415273"]);
    let login = session.received_one();
    assert_eq!((login.name(), login.get("AuthType"), login.get("Secret")), ("Login", Some("MD5"), None));
    // printf %s 8404152730f-all-the-dialers | md5sum
    assert_eq!(login.get("Key"), Some("60a46f6d70c75a905a691e309ba5e89b"));
}

#[test]
fn auto_falls_back_to_a_plain_login_where_the_challenge_is_refused() {
    let mut session = connected("auto");
    session.feed(BANNER);
    let challenge = session.received_one();
    session.frame(&["Response: Error", &challenge.action_id_line(), "Message: Must specify AuthType"]);
    assert_eq!(session.received_one().get("Secret"), Some(SECRET));
}

#[test]
fn md5_never_falls_back_to_a_plain_login() {
    let mut session = connected("md5");
    session.feed(BANNER);
    let challenge = session.received_one();
    session.frame(&["Response: Error", &challenge.action_id_line(), "Message: Must specify AuthType"]);
    assert_eq!(session.received().len(), 0);
    assert_eq!(session.loss(), Some(&LossReason::LoginRefused("Must specify AuthType".into())));
}

#[test]
fn the_banner_may_come_byte_by_byte() {
    let mut session = connected("plain");
    for byte in BANNER {
        session.feed(&[*byte]);
    }
    assert_eq!(session.received_one().name(), "Login");
}

#[test]
fn an_http_server_is_told_apart_at_its_first_answer() {
    let mut session = connected("plain");
    session.feed(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html></html>\r\n");
    assert_eq!(session.loss(), Some(&LossReason::NotAmi));
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Reconnecting, Socket::None));
    assert_eq!(session.received().len(), 0, "the secret stays here");
}

#[test]
fn a_frame_instead_of_the_banner_is_not_ami_either() {
    let mut session = connected("plain");
    session.event("FullyBooted");
    assert_eq!(session.loss(), Some(&LossReason::NotAmi));
}

#[test]
fn a_connection_without_a_banner_is_given_up_after_the_auth_timeout() {
    let mut session = connected("plain");
    session.pass_just_short_of(10 * SECOND);
    assert_eq!(session.state(), ConnectionState::Connected);
    session.pass(MILLISECOND);
    assert_eq!(session.loss(), Some(&LossReason::BannerTimeout));
    assert_eq!(session.socket(session.id), Socket::None);
}

#[test]
fn a_login_that_is_not_answered_is_given_up_after_the_auth_timeout_from_the_connection() {
    let mut session = connected("plain");
    session.pass(6 * SECOND);
    session.feed(BANNER);
    session.pass_just_short_of(4 * SECOND);
    assert_eq!(session.state(), ConnectionState::Authenticating);
    session.pass(MILLISECOND);
    assert_eq!(session.loss(), Some(&LossReason::AuthTimeout));
}

#[test]
fn an_end_of_file_during_the_login_is_a_failed_attempt() {
    let mut session = connected("plain");
    session.feed(BANNER);
    session.end();
    assert_eq!(session.loss(), Some(&LossReason::EndOfFile));
    assert_eq!((session.counters().losses, session.counters().sessions), (1, 0));
}

#[test]
fn nothing_can_be_sent_before_the_login() {
    let mut session = Session::new(&[], ClientOptions::default());
    let completion = ami_core::correlation::Completion::by_answer(SECOND);
    for step in 0..4 {
        let refused = session.send(&crate::support::action("Ping"), completion.clone());
        assert!(matches!(refused, Err(ami_core::connection::SendError::NotReady(_))), "step {step}: {refused:?}");
        match step {
            0 => session.open(),
            1 => session.accept(),
            2 => session.feed(BANNER),
            _ => assert_eq!(session.received_one().name(), "Login", "and nothing else"),
        }
    }
    assert_eq!(session.counters().actions_refused, 4);
}
