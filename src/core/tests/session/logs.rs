//! What is told, and what never is.

use crate::support::{BANNER, SECOND, SECRET, Session, action, field};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::log::{Kind, LOG_CAPACITY, LOG_WINDOW, Level, LogRing, LogValue, Record};
use ami_core::time::{Instant, Now, UnixMicros};

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
    assert_eq!(
        names,
        ["host", "port", "reason", "error", "attempt", "backoff", "next_retry_at", "actions_lost", "session_ms"]
    );
    assert_eq!(field(record, "reason"), Some(&"end_of_file".into()));
    let wait = session.connection().retry_in(session.now.instant).unwrap();
    let at = u128::from(session.now.wall.0 / 1_000) + wait.as_millis();
    assert_eq!(field(record, "next_retry_at"), Some(&at.into()));
}

#[test]
fn a_loss_says_what_was_lost_and_the_return_how_long_it_took() {
    let mut session = Session::ready();
    session.ask(&action("Ping"));
    session.ask(&action("Ping"));
    session.pass(7 * SECOND);
    session.end();
    let lost = session.records_of("connection lost")[0];
    assert_eq!(field(lost, "actions_lost"), Some(&2_u64.into()));
    assert_eq!(field(lost, "session_ms"), Some(&7_000_u64.into()));
    let waited = session.connection().retry_in(session.now.instant).unwrap().as_millis();
    session.come_back();
    let [first, again] = session.records_of("connecting")[..] else { panic!("{:?}", session.records) };
    assert_eq!((field(first, "backoff"), field(again, "backoff")), (Some(&0_u64.into()), Some(&waited.into())));
    let [first, again] = session.records_of("ready")[..] else { panic!("{:?}", session.records) };
    assert_eq!((field(first, "away_ms"), field(again, "away_ms")), (None, Some(&waited.into())));
}

#[test]
fn the_breaker_says_why_it_changed_and_after_how_many_failures() {
    let mut session = Session::opened(&[], ClientOptions::default());
    for _ in 0..5 {
        session.fail("Connection refused (os error 111)");
        session.pass_to_deadline();
    }
    session.come_back();
    let told: Vec<_> = session
        .records_of("circuit changed")
        .into_iter()
        .map(|record| {
            let [from, to, reason] = ["from", "to", "reason"].map(|name| match field(record, name) {
                Some(LogValue::Text(text)) => &**text,
                other => panic!("{other:?}"),
            });
            (
                record.level(),
                from,
                to,
                reason,
                field(record, "failures").cloned(),
                field(record, "retry_in_ms").cloned(),
            )
        })
        .collect();
    let int = |n| Some(LogValue::Int(n));
    assert_eq!(
        told,
        [
            (Level::Warning, "closed", "open", "io_error", int(5), int(30_000)),
            (Level::Info, "open", "half_open", "cooldown_over", int(5), None),
            (Level::Info, "half_open", "closed", "session_ready", int(0), None),
        ]
    );
}

#[test]
fn who_gives_up_says_that_there_is_no_next_attempt_and_what_its_breaker_did() {
    let options = ClientOptions { max_reconnect_attempts: 1, circuit_failure_threshold: 2, ..ClientOptions::default() };
    let mut session = Session::opened(&[], options);
    for _ in 0..2 {
        session.fail("Connection refused (os error 111)");
        if session.cluster.next_deadline().is_some() {
            session.pass_to_deadline();
        }
    }
    let record = session.records_of("given up")[0];
    for name in ["backoff", "next_retry_at"] {
        assert_eq!(field(record, name), Some(&LogValue::Null), "{name}");
    }
    assert_eq!(session.records_of("circuit changed").len(), 1, "the last failure opened it");
}

#[test]
fn a_server_that_says_the_secret_itself_is_not_quoted() {
    let mut session = Session::opened(&[], ClientOptions::default());
    session.accept();
    session.feed(BANNER);
    let line = session.received_one().action_id_line();
    session.frame(&["Response: Error", &line, &format!("Message: no user has the secret {SECRET}, token=abc")]);
    let told = format!("{:?} {:?}", session.loss(), session.records);
    assert!(told.contains("no user has the secret ***, token=***") && !told.contains(SECRET), "{told}");
}

#[test]
fn a_full_ring_gives_up_its_oldest_record_and_says_how_many_it_gave_up() {
    let mut session = Session::ready();
    let record = session.records.remove(0);
    let mut ring = LogRing::default();
    for at in 0..LOG_CAPACITY as u64 + 7 {
        // One of those that are not limited by the minute.
        let record = Record { kind: Kind::EventsDropped, at: ami_core::time::UnixMicros(at), ..record.clone() };
        ring.push(record, session.now.instant);
    }
    assert_eq!(ring.dropped(), 7);
    let told = ring.pop().unwrap();
    assert_eq!(field(&told, "dropped"), Some(&7_u64.into()));
    assert_eq!(ring.pop().map(|record| record.at.0), Some(7));
    assert_eq!(std::iter::from_fn(|| ring.pop()).count(), LOG_CAPACITY - 1, "what was told is told once");
}

#[test]
fn servers_that_come_and_go_by_the_thousand_are_counted_together_until_the_window_is_over() {
    const MANY: u32 = 100_000;
    let mut ring = LogRing::default();
    let begin = Instant::from_nanos(1);
    let admit = |ring: &mut LogRing, n: u32, now| ring.admit(Kind::Closed, Some(ServerId::new(0, n)), now);
    let told = (0..MANY).filter(|&n| admit(&mut ring, n, begin)).count();
    assert!((1_000..=8_192).contains(&told), "{told}");
    assert_eq!(ring.held_back(), u64::from(MANY) - told as u64);
    let now = begin + LOG_WINDOW;
    ring.handle_timeout(Now { instant: now, wall: UnixMicros(1) });
    assert!(admit(&mut ring, MANY, now), "a new window");
}
