//! The server's version: asked for when it is wanted, and what it refuses.

use crate::support::{SECOND, Session, action, frame};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::Completion;
use ami_core::protocol::Action;
use ami_core::version::{AsteriskVersion, Availability};

fn want(session: &mut Session) {
    let (id, now) = (session.id, session.now);
    session.cluster.want_version(id, now);
    session.carry_out();
}

fn version(session: &Session) -> Option<String> {
    session.connection().asterisk_version().map(ToString::to_string)
}

fn answer(session: &mut Session, version: &str) {
    let asked = session.received_one();
    assert_eq!(asked.name(), "CoreSettings");
    session.frame(&["Response: Success", &asked.action_id_line(), "AMIversion: 11.0.0", version, "SystemName: "]);
}

fn versioned(since: &[&str], removed_in: Option<&str>) -> Action {
    let release = |text: &str| AsteriskVersion::parse_release(text.as_bytes()).unwrap();
    let since = since.iter().copied().map(release).collect();
    action("SIPpeers").with_availability(Availability { since, removed_in: removed_in.map(release) })
}

fn refusal(session: &mut Session, action: &Action) -> Option<String> {
    match session.send(action, Completion::by_answer(SECOND)) {
        Ok(_) => None,
        Err(error @ SendError::NotAvailable { .. }) => Some(error.to_string()),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn nobody_asks_for_a_version_that_nobody_wants() {
    let mut session = Session::ready();
    session.ask(&action("Ping"));
    assert_eq!(session.received_one().name(), "Ping");
    assert_eq!((version(&session), session.connection().ami_version()), (None, Some(b"11.0.0".as_slice())));
}

#[test]
fn the_version_is_asked_for_once_a_session_and_kept_until_it_ends() {
    let mut session = Session::ready();
    want(&mut session);
    want(&mut session);
    answer(&mut session, "AsteriskVersion: 22.10.1+dfsg-1");
    want(&mut session);
    assert_eq!((version(&session).as_deref(), session.received().len()), (Some("22.10.1+dfsg-1"), 0));
    assert_eq!((session.outcomes(), session.counters().responses_unmatched), (vec![], 0), "it is nobody's action");
    session.end();
    assert_eq!(version(&session), None, "the next start may be another Asterisk");
    session.come_back();
    want(&mut session);
    answer(&mut session, "AsteriskVersion: 22.11.0");
    assert_eq!(version(&session).as_deref(), Some("22.11.0"));
}

#[test]
fn a_server_that_will_not_say_is_not_asked_again() {
    for refusal in [["Response: Error", "Message: Permission denied"], ["Response: Success", "AsteriskVersion: "]] {
        let mut session = Session::ready();
        want(&mut session);
        let id_line = session.received_one().action_id_line();
        session.frame(&[refusal[0], &id_line, refusal[1]]);
        want(&mut session);
        assert_eq!((version(&session), session.received().len()), (None, 0), "{refusal:?}");
    }
}

#[test]
fn a_late_answer_counts_and_one_that_never_comes_harms_nothing() {
    let mut session = Session::ready_with(ClientOptions { heartbeat_interval: 3_600 * SECOND, ..Default::default() });
    want(&mut session);
    session.pass(29 * SECOND);
    assert_eq!(session.outcomes(), []);
    answer(&mut session, "AsteriskVersion: 22.10.1");
    assert_eq!(version(&session).as_deref(), Some("22.10.1"));
}

#[test]
fn an_answer_to_the_last_session_s_question_is_ignored() {
    let mut session = Session::ready();
    want(&mut session);
    let id_line = session.received_one().action_id_line();
    session.end();
    session.come_back();
    session.feed(&frame(&["Response: Success", &id_line, "AsteriskVersion: 16.28.0"]));
    assert_eq!((version(&session), session.counters().responses_unmatched), (None, 1));
}

#[test]
fn a_session_that_is_not_ready_is_asked_nothing() {
    let mut session = Session::opened(&[], ClientOptions::default());
    want(&mut session);
    session.accept();
    want(&mut session);
    assert_eq!(session.received().len(), 0);
    session.feed(crate::support::BANNER);
    want(&mut session);
    assert_eq!(session.received_one().name(), "Login");
}

#[test]
fn an_action_with_releases_makes_the_client_ask_behind_it() {
    let mut session = Session::ready();
    session.send(&versioned(&["18.19.0"], None), Completion::by_answer(SECOND)).unwrap();
    let names: Vec<_> = session.received().iter().map(|action| action.name().to_owned()).collect();
    assert_eq!(names, ["SIPpeers", "CoreSettings"], "the question delays nothing");
}

#[test]
fn an_action_that_the_server_is_known_to_lack_is_not_sent() {
    let mut session = Session::ready();
    let young = versioned(&["20.16.0", "22.11.0"], None);
    assert_eq!(refusal(&mut session, &young), None, "by the banner it is 22, and that is not enough to tell");
    session.received();
    let id_line = session.action_id_line(session.counters().actions_sent + 2);
    session.frame(&["Response: Success", &id_line, "AsteriskVersion: 22.10.1"]);
    assert_eq!(version(&session).as_deref(), Some("22.10.1"));
    let told = "Asterisk 22.10.1 does not have SIPpeers (since 20.16.0 and 22.11.0)";
    assert_eq!(refusal(&mut session, &young).as_deref(), Some(told));
    assert_eq!((session.received().len(), session.connection().pending_actions()), (0, 1));
    assert_eq!(session.counters().actions_refused, 1);
    assert_eq!(refusal(&mut session, &versioned(&["22.10.1"], None)), None);
}

#[test]
fn the_banner_alone_tells_that_a_whole_series_lacks_an_action() {
    let mut session = Session::ready();
    let gone = versioned(&["12.0.0"], Some("21"));
    let told = "Asterisk 22 does not have SIPpeers (since 12.0.0, removed in 21)";
    assert_eq!(refusal(&mut session, &gone).as_deref(), Some(told));
    assert_eq!(session.received().len(), 0);
    assert!(refusal(&mut session, &versioned(&["23.0.0"], None)).is_some());
}
