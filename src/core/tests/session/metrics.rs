//! What monitoring sees: names, values, and the texts that carry them.

use crate::support::{MILLISECOND, SECOND, Session, action, frame};
use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, LossReason};
use ami_core::export::{self, Format, Overview, Process, Value};
use ami_core::health::ConnectionState;
use ami_core::metrics::{Histogram, TICK_DURATION};
use std::collections::HashSet;

fn process() -> Process {
    Process {
        version: "1.2.3",
        servers: 1,
        callback_failures: 2,
        callback_failures_unlogged: 0,
        log_failures: 0,
        log_records_dropped: 0,
        log_records_held_back: 0,
        lookups_refused: 0,
        removed_servers_untold: 0,
        background_panics: 0,
        memory: None,
        memory_limit: None,
        timeouts_clamped: 0,
        ticks: Histogram::new(&TICK_DURATION),
    }
}

fn text(session: &Session, format: Format) -> String {
    export::text(&session.cluster, &process(), format, session.now)
}

fn value(session: &Session, name: &str, label: Option<&str>) -> Option<Value> {
    let samples = export::samples(session.connection(), session.now);
    let is_it = |sample: &&export::Sample| {
        sample.name == name && sample.label.as_ref().map(|(_, value)| value.as_str()) == label
    };
    samples.iter().find(is_it).map(|sample| sample.value.clone())
}

/// One whose queue gave up an event of each of these names.
fn dropped(names: &[&[u8]]) -> Session {
    let mut session = Session::ready_with(ClientOptions { event_queue_capacity: 1, ..ClientOptions::default() });
    session.subscribe(None);
    for name in names.iter().chain([&&b"Last"[..]]) {
        session.feed(&[b"Event: ", *name, b"\r\n\r\n"].concat());
    }
    session
}

#[test]
fn each_name_is_there_once_and_follows_the_rules_of_prometheus() {
    let server = export::server_families().map(|family| (family.name, family.help, family.label()));
    let process = export::PROCESS.iter().map(|family| (family.name, family.help, family.label()));
    let mut names = HashSet::new();
    for (name, help, label) in server.chain(process) {
        assert!(names.insert(name), "{name} is there twice");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        for suffix in ["_total", "_count", "_sum", "_bucket", "_created", "_seconds_total"] {
            assert!(!name.ends_with(suffix), "{name}: the suffix is added where it belongs");
        }
        assert!(help.ends_with('.') && !help.contains(['"', '\\', '\n']), "{name}: {help}");
        assert!(
            label.is_none_or(|label| !["le", "quantile", export::SERVER_KEY, export::SERVER_HOST].contains(&label))
        );
    }
}

#[test]
fn the_two_formats_differ_in_how_they_name_counters_and_how_they_end() {
    let session = Session::ready();
    let (prometheus, open) = (text(&session, Format::Prometheus), text(&session, Format::OpenMetrics));
    let sample = "ami_sessions_total{server_key=\"pbx1\",server_host=\"192.0.2.1\"} 1\n";
    assert!(prometheus.contains(&format!("# TYPE ami_sessions_total counter\n{sample}")));
    assert!(open.contains(&format!("# TYPE ami_sessions counter\n{sample}")));
    assert!(open.contains("# TYPE ami_event_lag_seconds histogram\n# UNIT ami_event_lag_seconds seconds\n"));
    assert!(!prometheus.contains("# UNIT") && !prometheus.contains("# EOF"));
    assert!(open.ends_with("\n# EOF\n") && open.matches("# EOF").count() == 1);
    assert!(open.contains("ami_build_info{version=\"1.2.3\"} 1\n") && open.contains("ami_callback_failures_total 2\n"));
}

#[test]
fn whatever_a_name_is_made_of_its_line_stays_one_line_with_one_value() {
    let session = dropped(&[b"Quo\"te", b"Back\\slash", b"Lat\xefn", b"\xff\xfe", "Gr\u{fc}n".as_bytes()]);
    let text = text(&session, Format::OpenMetrics);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("ami_events_dropped_by_name_total{")).collect();
    let event = |line: &str| line.split_once(",event=").unwrap().1.to_owned();
    let mut events: Vec<String> = lines.into_iter().map(event).collect();
    events.sort_unstable();
    let expected =
        ["\"Back\\\\slash\"} 1", "\"Grün\"} 1", "\"Lat\\\\xefn\"} 1", "\"Quo\\\"te\"} 1", "\"\\\\xff\\\\xfe\"} 1"];
    assert_eq!(events, expected);
}

#[test]
fn names_that_read_alike_are_one_time_series() {
    let session = dropped(&[b"A\xff", b"A\\xff", b"A\xff"]);
    assert_eq!(value(&session, "events_dropped_by_name", Some("A\\xff")), Some(Value::Count(3)));
    let text = text(&session, Format::Prometheus);
    assert_eq!(text.matches("event=\"A\\\\xff\"").count(), 1, "{text}");
}

#[test]
fn a_name_longer_than_any_real_one_is_no_label() {
    let session = dropped(&[&[b'x'; 128], &[b'y'; 129]]);
    assert_eq!(value(&session, "events_dropped_by_name", Some(&"x".repeat(128))), Some(Value::Count(1)));
    assert_eq!(value(&session, "events_dropped_by_name", Some("(other)")), Some(Value::Count(1)));
}

#[test]
fn actions_are_counted_and_timed_by_how_they_end() {
    let mut session = Session::ready();
    let ids: Vec<u64> = (0..4).map(|_| session.send(&action("Ping"), Completion::by_answer(SECOND)).unwrap()).collect();
    session.pass(3 * MILLISECOND);
    for (id, response) in ids.iter().zip(["Response: Success", "Response: Error"]) {
        let line = session.action_id_line(*id);
        session.feed(&frame(&[response, &line]));
    }
    session.cancel(ids[2]);
    session.pass(2 * SECOND);
    session.send(&action("Ping"), Completion::by_answer(60 * SECOND)).unwrap();
    session.end();
    let counted = ["completed", "error", "cancelled", "timeout", "lost", "invalid"]
        .map(|result| value(&session, "actions", Some(result)).unwrap());
    assert_eq!(counted, [1, 1, 1, 1, 1, 0].map(Value::Count));
    let Some(Value::Times(timed)) = value(&session, "action_latency_seconds", Some("completed")) else { panic!() };
    assert_eq!((timed.count(), timed.sum()), (1, 3 * MILLISECOND));
    let text = text(&session, Format::Prometheus);
    assert!(text.contains("result=\"completed\",le=\"0.0025\"} 0\n"));
    assert!(text.contains("result=\"completed\",le=\"0.005\"} 1\n"));
    assert!(!text.contains("result=\"invalid\",le="), "a result that never came about has no buckets");
    assert!(text.contains("ami_actions_total{server_key=\"pbx1\",server_host=\"192.0.2.1\",result=\"invalid\"} 0\n"));
}

#[test]
fn a_loss_is_told_with_its_reason_its_time_and_the_time_of_the_next_attempt() {
    let mut session = Session::ready();
    session.fail("Connection reset by peer");
    assert_eq!(session.loss().map(LossReason::name), Some("io_error"));
    assert_eq!(value(&session, "losses_by_reason", Some("io_error")), Some(Value::Count(1)));
    assert_eq!(value(&session, "ready", None), Some(Value::Level(0.0)));
    assert_eq!(value(&session, "connection_state", Some("reconnecting")), Some(Value::Level(1.0)));
    assert_eq!(value(&session, "connection_state", Some("ready")), Some(Value::Level(0.0)));
    let Some(Value::Level(since)) = value(&session, "state_since_timestamp_seconds", None) else { panic!() };
    let Some(Value::Level(next)) = value(&session, "next_attempt_timestamp_seconds", None) else { panic!() };
    let wait = session.connection().retry_in(session.now.instant).unwrap();
    assert!((next - since - wait.as_secs_f64()).abs() < 1e-5, "{since} {next} {wait:?}");
    assert_eq!(value(&session, "heartbeat_latency_seconds", None), None, "that of a session that is no more");
    session.come_back();
    assert_eq!(value(&session, "next_attempt_timestamp_seconds", None), Some(Value::Level(0.0)));
    assert_eq!(value(&session, "reconnects", None), Some(Value::Count(1)));
}

#[test]
fn the_age_of_the_queue_is_that_of_its_oldest_event() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.event("First");
    session.pass(700 * MILLISECOND);
    session.event("Second");
    session.pass(300 * MILLISECOND);
    assert_eq!(value(&session, "event_queue_age_seconds", None), Some(Value::Level(1.0)));
    assert_eq!(Overview::of(&session.cluster, session.now.instant).queue_age, SECOND);
    assert_eq!(session.events().len(), 2);
    assert_eq!(value(&session, "event_queue_age_seconds", None), Some(Value::Level(0.0)));
}

#[test]
fn an_overview_counts_servers_by_their_states_and_names_the_worst() {
    let mut session = Session::ready();
    let other = session.add("pbx2", &[]);
    session.world().open(other);
    let all = Overview::of(&session.cluster, session.now.instant);
    assert_eq!((all.servers, all.usable, all.worst), (2, 1, Some(ConnectionState::Connecting)));
    assert_eq!(all.states.iter().sum::<usize>(), 2);
    assert_eq!(all.states[ConnectionState::Ready as usize], 1);
    session.fail("Connection refused");
    let all = Overview::of(&session.cluster, session.now.instant);
    assert_eq!((all.usable, all.worst), (0, Some(ConnectionState::Reconnecting)));
    assert_eq!(all.retry_in, session.connection().retry_in(session.now.instant));
}
