//! `memory_limit`: measured by the driver, which is these tests.

use crate::support::{MILLISECOND, SECOND, Session, Socket, World, action, field, frame};
use ami_core::cluster::{Held, MemoryExceeded};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::{Completion, Failure, LossReason};
use ami_core::health::ConnectionState;
use ami_core::log::{Level, LogValue};

const LIMIT: usize = 64 * 1024 * 1024;
const EXCEEDED: MemoryExceeded = MemoryExceeded { used: LIMIT as u64 + 1, limit: LIMIT as u64 };

fn limited() -> ClientOptions {
    ClientOptions { memory_limit: LIMIT, ..ClientOptions::default() }
}

/// A session whose process has outgrown the limit.
fn outgrown() -> Session {
    let mut session = Session::ready_with(limited());
    outgrow(session.world());
    session
}

fn outgrow(world: &mut World) {
    world.memory = EXCEEDED.used;
    world.pass(SECOND);
}

#[test]
fn it_is_measured_once_a_second_while_a_server_is_open_and_never_without_a_limit() {
    let mut session = Session::new(&[], limited());
    assert_eq!(session.cluster.next_deadline(), None, "nothing is open");
    let id = session.id;
    session.open();
    session.log_in(id);
    let before = session.measured.len();
    session.pass(5 * SECOND);
    assert_eq!(session.measured.len(), before + 5);
    session.terminate();
    assert_eq!(session.cluster.memory_due(), None);

    let mut unlimited = Session::ready();
    unlimited.memory = u64::MAX;
    unlimited.pass(60 * SECOND);
    assert_eq!((unlimited.measured.len(), unlimited.cluster.shutdown()), (0, None));
}

#[test]
fn up_to_the_limit_nothing_happens() {
    let mut session = Session::ready_with(limited());
    session.memory = LIMIT as u64;
    session.pass(10 * SECOND);
    assert_eq!((session.state(), session.cluster.shutdown()), (ConnectionState::Ready, None));
    assert_eq!(session.cluster.memory(), Some(LIMIT as u64));
}

#[test]
fn past_it_each_server_gets_its_goodbye_and_what_it_had_asked_its_answer() {
    let mut session = Session::ready_with(limited());
    let (sequence, line) = session.ask(&action("Ping"));
    outgrow(session.world());
    assert_eq!(session.cluster.shutdown(), Some(EXCEEDED));
    assert_eq!(session.state(), ConnectionState::Closing);
    let written = session.received();
    assert_eq!(written.iter().map(|action| action.name().to_owned()).collect::<Vec<_>>(), ["Ping", "Logoff"]);
    session.frame(&["Response: Success", &line, "Ping: Pong"]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
    session.frame(&["Response: Goodbye", &written[1].action_id_line()]);
    assert_eq!((session.state(), session.socket(session.id)), (ConnectionState::Disconnected, Socket::None));
    assert_eq!(session.cluster.next_deadline(), None, "nothing more is measured or tried");
}

#[test]
fn a_server_that_does_not_answer_is_cut_off_at_the_deadline() {
    let mut session = Session::ready_with(limited());
    let (sequence, _) = session.ask(&action("Ping"));
    outgrow(session.world());
    session.received();
    session.pass(2 * SECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ConnectionLost(LossReason::Closed)))]);
    assert_eq!(session.state(), ConnectionState::Disconnected);
}

#[test]
fn one_record_says_how_much_there_was_and_what_of_it_the_client_holds() {
    let mut session = Session::ready_with(limited());
    session.subscribe(None);
    let event = frame(&["Event: Newchannel", &"x".repeat(1_000)]);
    session.feed(&event.repeat(3));
    outgrow(session.world());
    session.pass(60 * SECOND);
    let records = session.records_of("memory_limit is exceeded: the client shuts down");
    assert_eq!(records.len(), 1);
    let value = |name| match field(records[0], name) {
        Some(LogValue::Int(number)) => *number,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!((records[0].kind.spec().level, records[0].server), (Level::Error, None));
    assert_eq!((value("memory"), value("memory_limit")), (67_108_865, 67_108_864));
    assert!((3_000..3_200).contains(&value("event_bytes")), "{}", value("event_bytes"));
    let parts = ["event_bytes", "answer_bytes", "unwritten_bytes", "parser_bytes"].map(value);
    assert_eq!(value("client_bytes"), parts.iter().sum::<i64>());
}

#[test]
fn from_then_on_nothing_is_sent_and_nothing_is_opened() {
    let mut session = outgrown();
    let refused = session.send(&action("Ping"), Completion::by_answer(SECOND));
    assert_eq!(refused, Err(SendError::ShuttingDown(EXCEEDED)));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "memory_limit: the process uses 67108865 bytes, and 67108864 are allowed; the client shuts down"
    );
    assert_eq!((session.counters().actions_refused, session.connection().pending_actions()), (1, 0));
    session.open();
    session.pass(10 * SECOND);
    session.memory = 0;
    session.open();
    session.pass(60 * SECOND);
    assert_eq!((session.state(), session.connects.len()), (ConnectionState::Disconnected, 1));
    assert_eq!(session.cluster.shutdown(), Some(EXCEEDED), "as it was then");
}

#[test]
fn whatever_state_a_server_is_in_it_ends_disconnected() {
    let mut world = World::new(limited());
    let ids: Vec<_> = (0..5).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    let [ready, connecting, lost, leaving, reopening] = ids[..] else { panic!() };
    for id in [ready, lost, leaving, reopening] {
        world.open(id);
        world.log_in(id);
    }
    world.open(connecting);
    world.end(lost, None);
    world.remove(leaving);
    world.cluster.close(reopening, world.now);
    world.cluster.open(reopening, world.now);
    world.memory = EXCEEDED.used;
    world.pass(MILLISECOND);
    world.pass(SECOND);
    world.pass(5 * SECOND);
    for id in [ready, connecting, lost, reopening] {
        assert_eq!(world.connection(id).state(), ConnectionState::Disconnected);
        assert_eq!(world.socket(id), Socket::None);
    }
    assert!(world.cluster.connection(leaving).is_none());
    assert_eq!(world.cluster.next_deadline(), None);
    assert_eq!(world.cluster.held(), Held { parsers: world.cluster.held().parsers, ..Held::default() });
}
