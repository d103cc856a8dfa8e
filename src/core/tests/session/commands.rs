//! `Command`: both shapes of its output, and the limit.

use crate::support::{SECOND, Session, action};
use ami_core::config::ClientOptions;
use ami_core::correlation::Failure;
use ami_core::protocol::command;

fn command(session: &mut Session) -> (u64, String) {
    session.ask(&action("Command").with_header("Command", "core show uptime").unwrap())
}

fn output(session: &mut Session) -> Vec<String> {
    let settled = session.settled().unwrap();
    assert_eq!(settled.outcome.failure, None);
    let response = settled.outcome.response.unwrap();
    command::output(response.as_ref()).map(crate::support::text).collect()
}

#[test]
fn output_headers_are_the_lines_of_the_output() {
    let mut session = Session::ready();
    let (_, line) = command(&mut session);
    session.frame(&[
        "Response: Success",
        &line,
        "Message: Command output follows",
        "Output: System uptime: 1 minute",
        "Output: ",
        "Output: Last reload: never",
    ]);
    assert_eq!(output(&mut session), ["System uptime: 1 minute", "", "Last reload: never"]);
}

#[test]
fn the_old_shape_may_hold_blank_lines() {
    let mut session = Session::ready();
    let (_, line) = command(&mut session);
    let answer =
        format!("Response: Follows\r\nPrivilege: Command\r\n{line}\r\none\n\r\n\r\ntwo: 2\n--END COMMAND--\r\n\r\n");
    for byte in answer.as_bytes() {
        session.feed(&[*byte]);
    }
    let lines = output(&mut session);
    assert_eq!((lines.first().unwrap().as_str(), lines.last().unwrap().as_str()), ("one", "two: 2"));
    session.event("Hangup");
    assert_eq!(session.counters().protocol_desync, 0);
}

#[test]
fn a_forged_follows_does_not_swallow_the_stream_when_no_action_waits() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.feed(b"Response: Follows\r\nActionID: forged\r\n\r\n");
    session.event("Hangup");
    assert_eq!(session.events(), ["Hangup"]);
}

#[test]
fn a_forged_follows_does_not_swallow_the_stream_while_other_actions_wait() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (sequence, line) = session.ask(&action("Getvar"));
    session.feed(b"Event: UserEvent\r\nV: a\r\n\r\nResponse: Follows\r\nX: y\r\n\r\n");
    session.frame(&["Response: Success", &line, "Value: 1"]);
    session.event("Hangup");
    assert_eq!(session.outcomes(), [(sequence, None)]);
    assert_eq!(session.events(), ["UserEvent", "Hangup"]);
}

#[test]
fn output_in_the_old_shape_ends_at_its_marker_while_a_later_command_waits() {
    let mut session = Session::ready();
    for _ in 0..2 {
        let (first, line) = command(&mut session);
        let (second, second_line) = command(&mut session);
        session.feed(format!("Response: Follows\r\nPrivilege: Command\r\n{line}\r\na\n\r\n\r\nb\n").as_bytes());
        session.feed(b"--END COMMAND--\r\n\r\n");
        session.frame(&["Response: Success", &second_line, "Output: c"]);
        assert_eq!(session.outcomes(), [(first, None), (second, None)]);
    }
    assert_eq!(session.counters().protocol_desync, 0);
}

#[test]
fn an_unknown_command_is_an_error_with_output() {
    let mut session = Session::ready();
    let (sequence, line) = command(&mut session);
    session.frame(&["Response: Error", &line, "Message: Command output follows", "Output: No such command 'nosuch'"]);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::ErrorResponse))]);
}

#[test]
fn output_over_the_limit_fails_the_action_and_is_not_kept() {
    let mut session = Session::ready_with(ClientOptions { command_output_limit: 4096, ..ClientOptions::default() });
    for (lines, fits) in [(4, true), (5, false)] {
        let (sequence, line) = command(&mut session);
        let mut answer = vec!["Response: Success".to_owned(), line, "Message: Command output follows".to_owned()];
        answer.extend((0..lines).map(|_| format!("Output: {}", "x".repeat(1_000))));
        session.frame(&answer.iter().map(String::as_str).collect::<Vec<_>>());
        let settled = session.settled().unwrap();
        assert_eq!(settled.sequence, sequence);
        assert_eq!(settled.outcome.failure, (!fits).then_some(Failure::OutputTooLong(4096)));
        assert_eq!(settled.outcome.response.is_some(), fits);
    }
    session.event("Hangup");
    assert_eq!(session.state(), ami_core::health::ConnectionState::Ready);
}

#[test]
fn the_late_answer_of_an_old_server_to_a_command_that_nobody_waits_for_any_more_is_skipped_whole() {
    let mut session = Session::ready();
    session.subscribe(None);
    let (sequence, line) = command(&mut session);
    session.received();
    session.pass(30 * SECOND);
    assert_eq!(session.outcomes(), [(sequence, Some(Failure::Timeout(30 * SECOND)))]);
    let blocks = "[ Context 'c' created by 'pbx_config' ]\r\n\r\n".repeat(150);
    session.feed(
        format!(
            "Response: Follows\r\nPrivilege: Command\r\n{line}\r\n{blocks}Event: Forged\r\n\r\n--END COMMAND--\r\n\r\n"
        )
        .as_bytes(),
    );
    session.event("Newchannel");
    assert_eq!((session.events(), session.counters().protocol_desync), (vec!["Newchannel".to_owned()], 0));
    // It was answered: what comes in that shape now is a forgery, and swallows nothing.
    session.frame(&["Response: Follows", "Privilege: Command"]);
    session.event("Hangup");
    assert_eq!(session.events(), ["Hangup"]);
}
