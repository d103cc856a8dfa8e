//! What is told, and what never is.

use crate::support::{BANNER, SECOND, SECRET, Session, action};
use ami_core::config::ClientOptions;
use ami_core::log::{LOG_CAPACITY, LogRing, Record};

fn text_of(record: &Record) -> String {
    format!("{record:?}")
}

#[test]
fn no_record_of_a_failing_login_carries_the_secret_or_its_hash() {
    for auth in ["plain", "md5", "auto"] {
        let mut session = Session::opened(&[("auth", auth)], ClientOptions::default());
        let mut shown = Vec::new();
        for _ in 0..6 {
            while session.socket(session.id) != crate::support::Socket::Asked {
                session.pass_to_deadline();
            }
            session.accept();
            session.feed(BANNER);
            let mut asked = session.received_one();
            if asked.name() == "Challenge" {
                session.frame(&["Response: Success", &asked.action_id_line(), "Challenge: 123456789"]);
                asked = session.received_one();
            }
            shown.extend(asked.get("Key").map(str::to_owned));
            session.frame(&["Response: Error", &asked.action_id_line(), "Message: Authentication failed"]);
        }
        shown.push(SECRET.to_owned());
        assert!(session.records.len() > 10);
        for record in &session.records {
            for secret in &shown {
                assert!(!text_of(record).contains(secret), "{record:?}");
            }
        }
        let state = format!("{:?}", session.connection());
        assert!(!state.contains(SECRET), "not by Debug either: {state}");
    }
}

#[test]
fn a_login_that_cannot_be_written_is_told_without_the_secret() {
    let mut session = Session::opened(&[], ClientOptions { write_buffer_limit: 10, ..ClientOptions::default() });
    session.accept();
    session.feed(BANNER);
    assert_eq!(session.records_of("login could not be written").len(), 1);
    session.pass(10 * SECOND);
    assert!(session.records.iter().all(|record| !text_of(record).contains(SECRET)));
}

#[test]
fn every_record_of_a_connection_names_its_server_its_queue_and_its_time() {
    let mut session = Session::ready();
    session.ask(&action("Ping"));
    session.pass(31 * SECOND);
    session.end();
    assert!(session.records.len() >= 5, "{:?}", session.records);
    for record in &session.records {
        assert_eq!(record.server, Some(session.id), "{record:?}");
        assert!(record.queue_depth.is_some() && record.at.0 > 0, "{record:?}");
    }
    assert!(session.records.is_sorted_by_key(|record| record.at));
}

#[test]
fn failures_and_retries_say_where_to_and_when_again() {
    let mut session = Session::ready();
    session.end();
    let record = session.records_of("connection lost")[0];
    let names: Vec<_> = record.fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["host", "port", "reason", "error", "attempt", "backoff", "next_retry_at"]);
    assert_eq!(crate::support::field(record, "reason"), Some(&"end_of_file".into()));
    let wait = session.connection().retry_in(session.now.instant).unwrap();
    let at = u128::from(session.now.wall.0 / 1_000) + wait.as_millis();
    assert_eq!(crate::support::field(record, "next_retry_at"), Some(&at.into()));
}

#[test]
fn a_full_ring_gives_up_its_oldest_record_and_says_how_many_it_gave_up() {
    let mut session = Session::ready();
    let record = session.records.remove(0);
    let mut ring = LogRing::default();
    for at in 0..LOG_CAPACITY as u64 + 7 {
        ring.push(Record { at: ami_core::time::UnixMicros(at), ..record.clone() });
    }
    assert_eq!(ring.dropped(), 7);
    let told = ring.pop().unwrap();
    assert_eq!(crate::support::field(&told, "dropped"), Some(&7_u64.into()));
    assert_eq!(ring.pop().map(|record| record.at.0), Some(7));
    assert_eq!(std::iter::from_fn(|| ring.pop()).count(), LOG_CAPACITY - 1, "what was told is told once");
}
