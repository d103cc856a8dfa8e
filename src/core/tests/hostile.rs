//! A server that sends far too much: the memory of the whole process stays within what the options say, the action that
//! waits fails for the right reason, and the next frame is read.
//!
//! `cargo test -p ami-core --test hostile -- --nocapture` shows the figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "session/support.rs"]
#[allow(dead_code, reason = "shared with the tests of the session")]
mod support;

use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, Failure, LossReason, MAX_ANSWER_BYTES};
use ami_core::health::ConnectionState;
use ami_core::protocol::{Action, command};
use peak_alloc::PeakAlloc;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::sync::{Mutex, MutexGuard};
use support::{SECOND, Session, action};

/// Counts every allocation of this program.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The heap is one: tests that measure it take turns.
static TURN: Mutex<()> = Mutex::new(());

const MIB: usize = 1024 * 1024;

/// What a driver reads at once here.
const READ: usize = 64 * 1024;

/// Log records, counters, the head of a frame that is thrown away: what is not the parser's buffer.
const REST: usize = 64 * 1024;

/// A session with one listener, and the heap as it was before anything came.
struct Flood {
    session: Session,
    allowed: usize,
    before: usize,
    sent: usize,
    _turn: MutexGuard<'static, ()>,
}

impl Flood {
    fn new(options: ClientOptions) -> Self {
        let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The buffer, the one that it grows out of and that is half as large (together no more pages than the limit
        // are ever written to: the new one's are taken as it is filled), and one frame that was kept.
        let allowed = options.parser_buffer_limit * 3 / 2 + options.max_frame_size + REST;
        let mut session = Session::ready_with(options);
        session.subscribe(None);
        let before = HEAP.current_usage();
        HEAP.reset_peak_usage();
        Self { session, allowed, before, sent: 0, _turn: turn }
    }

    /// The server sends a piece `times` times.
    fn pour(&mut self, piece: &[u8], times: usize) {
        // It has read what it was sent.
        self.session.received();
        for _ in 0..times {
            for read in piece.chunks(READ) {
                self.session.feed(read);
                self.sent += read.len();
            }
        }
    }

    /// The heap never held more than allowed, and the next answer is read.
    fn ends_well(mut self, what: &str) {
        let peak = HEAP.peak_usage().saturating_sub(self.before);
        println!(
            "{what}: {} KiB sent, peak heap {} KiB of {} KiB allowed",
            self.sent / 1024,
            peak / 1024,
            self.allowed / 1024
        );
        assert!(peak <= self.allowed, "{what}: {peak} bytes of heap, {} allowed", self.allowed);
        let (sequence, line) = self.session.ask(&action("Ping"));
        self.session.frame(&["Response: Success", &line, "Ping: Pong"]);
        self.session.event("Hangup");
        assert_eq!(self.session.outcomes(), [(sequence, None)], "{what}: the next answer is read");
        assert_eq!(self.session.events().last().map(String::as_str), Some("Hangup"), "{what}: the next event is read");
        assert_eq!(self.session.state(), ConnectionState::Ready);
        assert_eq!(self.session.connection().unparsed(), 0);
    }
}

fn shell() -> Action {
    action("Command").with_header("Command", "dialplan show").unwrap()
}

/// So large that the limit of the output decides and not that of the frame.
fn large_frames() -> ClientOptions {
    ClientOptions { max_frame_size: 4 * MIB, parser_buffer_limit: 5 * MIB, ..ClientOptions::default() }
}

/// The lines of an output, as a header each and as they are, of 1,000 bytes with their ends on the wire.
const OUTPUT_LINES: [(&str, usize); 2] = [("Output: ", 990), ("", 999)];

fn output_lines(header: &str, length: usize, end: &str) -> Vec<u8> {
    format!("{header}{}{end}", "x".repeat(length)).repeat(60).into_bytes()
}

#[test]
fn a_frame_of_ten_mebibytes_fails_its_action_and_no_other() {
    let mut flood = Flood::new(ClientOptions::default());
    let (sequence, line) = flood.session.ask(&action("Getvar"));
    let (other, other_line) = flood.session.ask(&action("Ping"));
    let head = format!("Response: Success\r\n{line}\r\nValue: ");
    flood.pour(head.as_bytes(), 1);
    flood.pour(&vec![b'x'; READ], 10 * MIB / READ);
    assert_eq!(flood.session.outcomes(), [], "not before the frame's end is known");
    flood.pour(b"\r\n\r\n", 1);
    let length = (head.len() + 10 * MIB) as u64;
    assert_eq!(flood.session.outcomes(), [(sequence, Some(Failure::FrameTooLong(length)))]);
    flood.session.frame(&["Response: Success", &other_line, "Ping: Pong"]);
    assert_eq!(flood.session.outcomes(), [(other, None)]);
    flood.ends_well("a frame of 10 MiB");
}

#[test]
fn command_output_of_five_mebibytes_fails_its_action_in_both_shapes() {
    for (options, name) in [(ClientOptions::default(), "default limits"), (large_frames(), "frames of 4 MiB")] {
        let mut flood = Flood::new(options.clone());
        let (sequence, line) = flood.session.ask(&shell());
        flood.pour(format!("Response: Success\r\n{line}\r\nMessage: Command output follows\r\n").as_bytes(), 1);
        flood.pour(&output_lines("Output: ", 990, "\r\n"), 5 * MIB / 60_000);
        flood.pour(b"\r\n", 1);
        assert!(
            matches!(flood.session.outcomes()[..], [(failed, Some(Failure::FrameTooLong(_)))] if failed == sequence)
        );
        flood.ends_well(&format!("Output lines of 5 MiB, {name}"));

        let mut flood = Flood::new(options);
        let (sequence, line) = flood.session.ask(&shell());
        flood.pour(format!("Response: Follows\r\nPrivilege: Command\r\n{line}\r\n").as_bytes(), 1);
        flood.pour(&output_lines("", 997, "\n\r\n"), 5 * MIB / 60_000);
        flood.pour(b"--END COMMAND--\r\n\r\n", 1);
        assert!(
            matches!(flood.session.outcomes()[..], [(failed, Some(Failure::FrameTooLong(_)))] if failed == sequence)
        );
        flood.ends_well(&format!("Response: Follows of 5 MiB, {name}"));
    }
}

#[test]
fn command_output_over_its_own_limit_is_not_kept_in_either_shape() {
    for (header, length) in OUTPUT_LINES {
        for (blocks, fits) in [(MIB / 60_000, true), (MIB / 60_000 + 1, false)] {
            let mut flood = Flood::new(large_frames());
            let (sequence, line) = flood.session.ask(&shell());
            let head = if header.is_empty() { "Response: Follows\r\nPrivilege: Command" } else { "Response: Success" };
            let line_end = if header.is_empty() { "\n" } else { "\r\n" };
            flood.pour(format!("{head}\r\n{line}\r\n").as_bytes(), 1);
            flood.pour(&output_lines(header, length, line_end), blocks);
            if fits && header.is_empty() {
                // To the byte: a line more of what is left, less its own end.
                let left = MIB - blocks * 60_000 - 1;
                flood.pour("y".repeat(left).as_bytes(), 1);
                flood.pour(b"\n", 1);
            }
            flood.pour(if header.is_empty() { b"--END COMMAND--\r\n\r\n" } else { b"\r\n" }, 1);
            let settled = flood.session.settled().unwrap();
            assert_eq!(settled.sequence, sequence);
            assert_eq!(settled.outcome.failure, (!fits).then_some(Failure::OutputTooLong(MIB)));
            assert_eq!(settled.outcome.response.is_some(), fits, "what is over the limit is not kept");
            if let Some(response) = &settled.outcome.response {
                let total = command::output(response.as_ref()).total_len();
                assert!(total <= MIB && (total == MIB || !header.is_empty()), "{total}");
            }
            drop(settled);
            flood.ends_well(&format!("{} KiB of output, {header:?}", blocks * 60_000 / 1024));
        }
    }
}

#[test]
fn a_command_whose_output_never_ends_times_out_and_the_stream_comes_back() {
    let mut flood = Flood::new(ClientOptions { heartbeat_interval: 600 * SECOND, ..ClientOptions::default() });
    let (sequence, line) = flood.session.ask(&shell());
    flood.pour(format!("Response: Follows\r\nPrivilege: Command\r\n{line}\r\n").as_bytes(), 1);
    flood.pour(&b"line\r\n\r\n--END COMMAND-- not yet\n".repeat(2_000), 200);
    assert_eq!(flood.session.outcomes(), []);
    flood.session.pass(30 * SECOND);
    assert_eq!(flood.session.outcomes(), [(sequence, Some(Failure::Timeout(30 * SECOND)))]);
    flood.pour(b"the rest\r\n\r\n", 1);
    flood.ends_well("Response: Follows without an end");
}

#[test]
fn a_list_that_never_ends_is_given_up_before_it_holds_too_much() {
    let mut flood = Flood::new(ClientOptions::default());
    // What is kept, the item that is one too many, and an event on its way to a listener.
    flood.allowed += MAX_ANSWER_BYTES + 2 * MIB;
    let action = action("Status");
    let completion = Completion { max_messages: u32::MAX, ..Completion::of(&action, 30 * SECOND) };
    let sequence = flood.session.send(&action, completion).unwrap();
    let line = flood.session.action_id_line(sequence);
    flood.pour(format!("Response: Success\r\n{line}\r\nEventList: start\r\n\r\n").as_bytes(), 1);
    let item = format!("Event: Status\r\n{line}\r\nVariable: {}\r\n\r\n", "x".repeat(MIB - 1024));
    for _ in 0..100 {
        flood.pour(item.as_bytes(), 1);
        // What nobody waits for any more goes to listeners, who take it.
        flood.session.events();
    }
    let outcomes = flood.session.outcomes();
    assert_eq!(outcomes, [(sequence, Some(Failure::AnswerTooLarge(MAX_ANSWER_BYTES)))]);
    flood.ends_well("a list without an end, 1 MiB an item");
}

#[test]
fn a_hundred_mebibytes_without_a_delimiter_are_thrown_away_while_they_arrive() {
    for (name, piece) in [
        ("one line", vec![b'x'; READ]),
        ("lines", b"Key: value\r\n".repeat(READ / 12)),
        ("half delimiters", b"\n\r\n.\r\n\r-".repeat(READ / 8)),
        ("NUL bytes", vec![0; READ]),
    ] {
        let mut flood = Flood::new(ClientOptions::default());
        let (sequence, line) = flood.session.ask(&action("Getvar"));
        // So that the frame's lines end in CRLF, and nobody knows whose answer it is.
        flood.pour(b"Event: Start\r\n", 1);
        flood.pour(&piece, 100 * MIB / piece.len() + 1);
        assert!(flood.session.connection().unparsed() > 100 * MIB);
        flood.pour(b"\r\n\r\n", 1);
        assert_eq!((flood.session.outcomes(), flood.session.counters().frames_too_long), (vec![], 1));
        flood.session.frame(&["Response: Success", &line, "Value: 1"]);
        assert_eq!(flood.session.outcomes(), [(sequence, None)]);
        flood.ends_well(&format!("100 MiB without a delimiter, {name}"));
    }
}

#[test]
fn an_endless_frame_does_not_keep_an_action_waiting_for_ever() {
    let mut flood = Flood::new(ClientOptions::default());
    let (sequence, _) = flood.session.ask(&action("Getvar"));
    while flood.session.state() != ConnectionState::Reconnecting {
        assert!(flood.sent < 100 * MIB, "for ever");
        flood.pour(&vec![b'x'; READ], 16);
        flood.session.pass(SECOND);
    }
    let outcomes = flood.session.outcomes();
    assert!(
        matches!(outcomes[..], [(failed, Some(Failure::Timeout(_) | Failure::ConnectionLost(_)))] if failed == sequence)
    );
    assert_eq!(flood.session.loss(), Some(&LossReason::HeartbeatLost), "nobody answers Pings within a frame");
    flood.session.come_back();
    flood.ends_well("a frame without an end");
}

#[test]
fn a_hundred_mebibytes_of_random_bytes_cost_sessions_and_no_memory() {
    let mut piece = vec![0; READ];
    let mut resets = 0;
    for seed in 0..10 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut flood = Flood::new(ClientOptions::default());
        let mut sequence = flood.session.ask(&action("Getvar")).0;
        for _ in 0..10 * MIB / READ {
            rng.fill(&mut piece[..]);
            flood.pour(&piece, 1);
            if flood.session.state() != ConnectionState::Ready {
                let desync = Failure::ConnectionLost(LossReason::Desync);
                assert_eq!(flood.session.outcomes(), [(sequence, Some(desync))], "it fails as its session does");
                resets += 1;
                flood.session.come_back();
                sequence = flood.session.ask(&action("Getvar")).0;
            }
        }
        // Whatever the last bytes began ends here.
        flood.pour(b"\r\n\r\n\n\n", 1);
        assert!(flood.session.cancel(sequence));
        flood.session.outcomes();
        flood.session.events();
        flood.ends_well("10 MiB of random bytes");
    }
    println!("{resets} sessions of random bytes were reset");
    assert!(resets > 3, "{resets} resets");
}
