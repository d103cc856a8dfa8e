//! An hour of each kind of trouble, and what it writes.
//!
//! The manual lists the figures: `UPDATE_DOCS=1 cargo test -p ami-core --test session hour` writes them anew.

use crate::support::{SECOND, Session, Socket, action, frame, text};
use ami_core::config::ClientOptions;
use ami_core::log::{Kind, LOG_WINDOW, LOG_WINDOW_RECORDS, Level, LogValue};
use ami_core::protocol::Action;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const STEP: Duration = Duration::from_millis(500);

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Refuse,
    Kill,
    Flap,
    RefuseLogin,
    Stall,
    TimeOut,
    Flood,
    Garbage,
    TooLong,
    Shutdown,
    NoDns,
    Close,
}

const FAULTS: [(Fault, &str); 12] = [
    (Fault::Refuse, "the port refuses"),
    (Fault::Kill, "each session is cut after 1 s"),
    (Fault::Flap, "each session is cut after 11 s, so that the backoff starts anew"),
    (Fault::RefuseLogin, "each login is refused"),
    (Fault::Stall, "nothing is answered but logins"),
    (Fault::TimeOut, "10 actions a second get no answer"),
    (Fault::Flood, "the queue is full, and 40 events a second are dropped"),
    (Fault::Garbage, "20 blocks a second are no frame"),
    (Fault::TooLong, "a frame each 5 s is too long"),
    (Fault::Shutdown, "20 events `Shutdown` a second"),
    (Fault::NoDns, "the name of the host cannot be resolved"),
    (Fault::Close, "the application opens and terminates twice a second"),
];

fn options() -> ClientOptions {
    // The room of the queue and of a frame changes no rate.
    ClientOptions {
        event_queue_capacity: 10,
        max_frame_size: 64 * 1_024,
        action_timeout: 2 * SECOND,
        ..ClientOptions::default()
    }
}

/// As impatient as options can be.
fn impatient() -> ClientOptions {
    ClientOptions {
        backoff_max_ms: Duration::from_millis(100),
        circuit_failure_threshold: 1,
        circuit_cooldown: Duration::from_millis(50),
        heartbeat_interval: Duration::from_millis(250),
        heartbeat_misses: 100,
        ..options()
    }
}

struct Hour {
    session: Session,
    ready_for: Duration,
}

impl Hour {
    fn new(options: ClientOptions) -> Self {
        let mut session = Session::opened(&[("host", "pbx.example")], options);
        session.subscribe(None);
        Self { session, ready_for: Duration::ZERO }
    }

    fn step(&mut self, fault: Fault) {
        let session = &mut self.session;
        let id = session.id;
        for _ in 0..std::mem::take(&mut session.lookups).len() {
            if fault == Fault::NoDns {
                session.fail_lookup(id, "Temporary failure in name resolution");
            } else {
                session.resolve(id, &["192.0.2.1"]);
            }
        }
        if session.socket(id) == Socket::Asked {
            match fault {
                Fault::Refuse => session.fail("Connection refused (os error 111)"),
                Fault::RefuseLogin => {
                    session.accept();
                    session.feed(crate::support::BANNER);
                    let line = session.received_one().action_id_line();
                    session.frame(&["Response: Error", &line, "Message: Authentication failed"]);
                }
                _ => session.log_in(id),
            }
            self.ready_for = Duration::ZERO;
        }
        if self.session.state().is_usable() {
            self.trouble(fault);
        }
        if fault == Fault::Close {
            let session = &mut self.session;
            session.terminate();
            session.open();
        }
        if fault != Fault::Flood {
            self.session.events();
        }
        self.ready_for += STEP;
        self.session.pass(STEP);
        self.session.settled.clear();
    }

    fn trouble(&mut self, fault: Fault) {
        let session = &mut self.session;
        if fault != Fault::Stall {
            answer_pings(session);
        }
        match fault {
            Fault::Kill if self.ready_for >= SECOND => session.end(),
            Fault::Flap if self.ready_for >= 11 * SECOND => session.end(),
            Fault::NoDns => session.end(),
            Fault::TimeOut => (0..5).for_each(|_| {
                session.ask(&action("CoreStatus"));
            }),
            Fault::Flood => session.feed(&frame(&["Event: VarSet", "Privilege: dialplan,all"]).repeat(20)),
            Fault::Garbage => session.feed(&b"line3\r\n\r\n".repeat(10)),
            Fault::TooLong if self.ready_for.as_millis().is_multiple_of(5_000) => {
                session.frame(&["Event: UserEvent", &format!("A: {}", "x".repeat(70_000))]);
            }
            Fault::Shutdown => {
                session.feed(&frame(&["Event: Shutdown", "Shutdown: Cleanly", "Restart: False"]).repeat(10));
            }
            _ => {}
        }
    }

    /// Records of the whole time, and of these warnings and worse.
    fn lines(&self) -> (usize, usize) {
        let records = &self.session.records;
        (records.len(), records.iter().filter(|record| record.level() >= Level::Warning).count())
    }
}

fn answer_pings(session: &mut Session) {
    for received in session.received() {
        if received.name() == "Ping" {
            session.frame(&["Response: Success", &received.action_id_line(), "Ping: Pong"]);
        }
    }
}

fn hour_of(options: ClientOptions, fault: impl Fn(u64) -> Fault) -> Hour {
    let mut hour = Hour::new(options);
    let steps = u64::try_from(HOUR.as_millis() / STEP.as_millis()).unwrap();
    for step in 0..steps {
        hour.step(fault(step));
    }
    hour
}

fn in_turn(step: u64) -> Fault {
    // Each for 20 s, so that breakers and backoffs come and go.
    FAULTS[usize::try_from(step / 40).unwrap() % FAULTS.len()].0
}

fn together(step: u64) -> Fault {
    // What comes next is in no order; the multiplier is Knuth's.
    FAULTS[usize::try_from(step.wrapping_mul(2_654_435_761) >> 16).unwrap() % FAULTS.len()].0
}

/// The bound that the manual states, with the default interval of drop summaries.
fn bound() -> usize {
    let windows = usize::try_from(HOUR.as_secs() / LOG_WINDOW.as_secs() + 1).unwrap();
    windows * usize::try_from(LOG_WINDOW_RECORDS + 1).unwrap() + 3_600
}

#[test]
fn an_hour_of_any_trouble_with_any_options_writes_no_more_than_the_bound() {
    for (fault, words) in FAULTS {
        let hour = hour_of(impatient(), |_| fault);
        assert!(hour.lines().0 <= bound(), "{words}: {} lines", hour.lines().0);
    }
    for schedule in [in_turn, together] {
        let mut hour = hour_of(impatient(), schedule);
        assert!(hour.lines().0 <= bound(), "{:?}", hour.lines());
        assert!(hour.session.cluster.effects().log.is_empty());
    }
}

#[test]
fn no_minute_tells_more_of_a_kind_than_the_table_says_and_the_rest_is_counted() {
    let mut hour = hour_of(options(), |_| Fault::TimeOut);
    // What waits is over, and so is the last window.
    hour.session.pass(2 * LOG_WINDOW);
    let records = &hour.session.records;
    let timed_out: Vec<u64> = records.iter().filter(|r| r.kind == Kind::TimedOut).map(|r| r.at.0 / 1_000_000).collect();
    for &from in &timed_out {
        let window = timed_out.iter().filter(|at| (from..from + 60).contains(at)).count();
        assert!(window <= 20, "{window} from {from} on: two windows may meet");
    }
    let held_back: i64 = records
        .iter()
        .filter(|record| record.kind == Kind::HeldBack)
        .map(|record| match crate::support::field(record, "by_message") {
            Some(LogValue::Counts(counts)) => {
                counts.iter().filter(|(name, _)| &**name == "action timed out").map(|(_, count)| *count).sum::<i64>()
            }
            other => panic!("{other:?}"),
        })
        .sum();
    let told = timed_out.len() + usize::try_from(held_back).unwrap();
    assert_eq!(told as u64, hour.session.counters().actions_failed(), "every one is told or counted");
}

#[test]
fn what_was_held_back_is_said_though_nothing_more_happens() {
    let mut session = Session::ready();
    for _ in 0..100 {
        session.frame(&["Event: Shutdown", "Restart: True"]);
    }
    session.pass(LOG_WINDOW);
    let told = session.records_of("log records were held back: more came of a kind than are told in a minute");
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].server, told[0].level()), (Some(session.id), Level::Warning));
    assert_eq!(crate::support::field(told[0], "held_back"), Some(&LogValue::Int(98)));
    let counts = LogValue::Counts(vec![("the server is shutting down".into(), 98)]);
    assert_eq!(crate::support::field(told[0], "by_message"), Some(&counts));
    assert_eq!(session.records_of("the server is shutting down").len(), 2);
}

#[test]
fn the_noise_of_one_server_takes_nothing_from_another() {
    let mut world = crate::support::World::new(ClientOptions::default());
    let ids = ["noisy", "calm"].map(|key| world.add(key, &[("auth", "plain")]));
    for id in ids {
        world.open(id);
        world.log_in(id);
    }
    world.feed(ids[0], &frame(&["Event: Shutdown", "Restart: True"]).repeat(100));
    world.feed(ids[1], &frame(&["Event: Shutdown", "Restart: True"]));
    world.end(ids[1], None);
    let calm: Vec<Kind> = world.records.iter().filter(|r| r.server == Some(ids[1])).map(|record| record.kind).collect();
    assert_eq!(calm, [Kind::Connecting, Kind::Ready, Kind::ShuttingDown, Kind::ConnectionLost]);
}

#[test]
fn a_payload_is_told_each_time_and_leaves_room_for_trouble() {
    let options = ClientOptions { log_frames: true, log_actions: true, ..ClientOptions::default() };
    let mut session = Session::ready_with(options);
    let (_, line) = session.ask(&Action::new("Setvar").unwrap().with_header("Variable", "PIN").unwrap());
    let sent = session.records_of("action sent").last().copied().unwrap().clone();
    assert_eq!(sent.level(), Level::Debug);
    assert_eq!(sent.action_id.as_deref().map(text), line.strip_prefix("ActionID: ").map(str::to_owned));
    session.records.clear();
    // All of it in one tick, before anybody takes records out.
    let bytes = frame(&["Event: VarSet", "Variable: PIN", "Value: 1234"]);
    let (id, now) = (session.id, session.now);
    for _ in 0..600 {
        session.cluster.read_buffer(id)[..bytes.len()].copy_from_slice(&bytes);
        session.cluster.handle_read(id, bytes.len(), usize::MAX, now);
    }
    session.end();
    assert_eq!(session.records_of("frame received").len(), 500);
    assert_eq!(session.records_of("connection lost").len(), 1);
    assert!(session.records.iter().all(|record| !format!("{record:?}").contains("1234")));
    session.pass(2 * LOG_WINDOW);
    let told = session.records_of("log records were held back: more came of a kind than are told in a minute");
    assert_eq!(crate::support::field(told[0], "held_back"), Some(&LogValue::Int(100)));
}

#[test]
fn the_manual_says_how_many_lines_each_trouble_writes() {
    const BEGIN: &str = "<!-- hour -->\n";
    const END: &str = "<!-- end of hour -->\n";
    let mut table =
        "| an hour in which | lines | of these warnings and errors | most of one message |\n|---|---|---|---|\n"
            .to_owned();
    let mut row = |words: &str, hour: &Hour| {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        hour.session.records.iter().for_each(|record| *counts.entry(record.message()).or_default() += 1);
        let (message, count) = counts.into_iter().max_by_key(|&(message, count)| (count, message)).unwrap();
        let (lines, warnings) = hour.lines();
        writeln!(table, "| {words} | {lines} | {warnings} | {count} of `{message}` |").unwrap();
    };
    for (fault, words) in FAULTS {
        row(words, &hour_of(options(), |_| fault));
    }
    row("all of these come in turn, each for 20 s", &hour_of(options(), in_turn));
    row("all of these come in no order, each for 0.5 s", &hour_of(options(), together));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/logging.md");
    let manual = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = manual.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}\n{table}\n{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written == expected, "run: UPDATE_DOCS=1 cargo test -p ami-core --test session hour");
}
