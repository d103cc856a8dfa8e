//! Answers to actions: headers in the order of real servers, limits, oddities.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_simulator::CommandShape;
use common::{Client, node, plain_node};

#[test]
fn a_ping_is_answered_with_pong_and_a_timestamp() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: Ping");
    assert_eq!(answer.keys(), ["Response", "ActionID", "Ping", "Timestamp"]);
    assert_eq!(answer.get("Ping"), "Pong");
    let (seconds, micros) = answer.get("Timestamp").split_once('.').unwrap();
    assert!(seconds.parse::<u64>().is_ok() && micros.len() == 6);
}

#[test]
fn without_an_action_id_there_is_none_in_the_answer() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.send("Action: Ping\nActionID: ");
    assert_eq!(client.frame().keys(), ["Response", "Ping", "Timestamp"]);
}

#[test]
fn an_unknown_action_and_a_missing_one_are_errors() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let unknown = client.ask("Action: Nonsense");
    let text = "Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands.";
    assert_eq!((unknown.status(), unknown.get("Message")), ("Error", text));
    assert_eq!(client.ask("Foo: bar").get("Message"), "Missing action in request");
}

#[test]
fn each_stray_blank_line_is_answered() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.raw(b"\r\n\r\nAction: Ping\r\nActionID: after\r\n\r\n");
    for _ in 0..2 {
        let frame = client.frame();
        assert_eq!(frame.keys(), ["Response", "Message"]);
        assert_eq!(frame.get("Message"), "Missing action in request");
    }
    assert_eq!(client.frame().get("ActionID"), "after");
}

#[test]
fn a_line_over_1024_bytes_is_refused_and_the_session_goes_on() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    assert_eq!(client.ask(&format!("Action: Ping\nX: {}", "a".repeat(1_019))).status(), "Success");
    let answer = client.ask(&format!("Action: Ping\nX: {}", "a".repeat(1_021)));
    assert_eq!(answer.get("Message"), "Failed to parse message: line too long");
    assert!(client.alive());
}

#[test]
fn more_than_128_headers_are_refused() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let action = |headers: usize| format!("Action: Ping\nActionID: many{}", "\nH: v".repeat(headers - 2));
    client.send(&action(128));
    assert_eq!(client.response("many").status(), "Success");
    client.send(&action(129));
    assert_eq!(client.response("many").get("Message"), "Too many lines in message or allocation failure");
}

#[test]
fn a_thousand_pipelined_pings_are_all_answered_in_order() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let pings: Vec<String> = (0..1_000).map(|number| format!("Action: Ping\r\nActionID: p{number}\r\n\r\n")).collect();
    client.raw(pings.concat().as_bytes());
    for number in 0..1_000 {
        assert_eq!(client.frame().get("ActionID"), format!("p{number}"));
    }
}

#[test]
fn a_user_event_reaches_every_session_with_its_lines_as_they_were_sent() {
    let simulator = plain_node();
    let mut other = Client::listening(&simulator);
    let mut sender = Client::listening(&simulator);
    other.until_event("SuccessfulAuth");
    sender.send("Action: UserEvent\nActionID: u1\nUserEvent: Cap\nKey2: a: b: c\nEmpty2:\nNoColon");
    let answer = sender.frame();
    assert_eq!((answer.status(), answer.get("Message")), ("Success", "Event Sent"));
    let wanted = "Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Cap\r\nActionID: u1\r\nKey2: a: b: c\r\n\
                  Empty2:\r\nNoColon";
    assert_eq!(String::from_utf8(sender.frame_bytes()).unwrap(), wanted);
    assert_eq!(String::from_utf8(other.frame_bytes()).unwrap(), wanted);
}

#[test]
fn a_command_is_answered_with_one_output_header_for_each_line() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: Command\nCommand: core show channels");
    assert_eq!(answer.keys()[..4], ["Response", "ActionID", "Message", "Output"]);
    assert_eq!(answer.get("Message"), "Command output follows");
    let outputs: Vec<_> = answer.0.iter().filter(|(key, _)| key == "Output").map(|(_, value)| value).collect();
    assert_eq!(outputs[1..], ["0 active channels", "0 active calls", "0 calls processed"]);
}

#[test]
fn a_long_command_output_holds_blank_lines() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: Command\nCommand: core show help");
    assert!(answer.0.len() > 590);
    assert!(answer.0.iter().any(|(key, value)| key == "Output" && value.is_empty()));
    assert!(client.alive());
}

#[test]
fn an_unknown_command_is_an_error_with_output_and_a_missing_one_is_not() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let unknown = client.ask("Action: Command\nCommand: no such thing");
    assert_eq!(unknown.keys(), ["Response", "ActionID", "Message", "Output"]);
    assert_eq!(unknown.status(), "Error");
    assert_eq!(client.ask("Action: Command").get("Message"), "No command provided");
}

#[test]
fn the_old_shape_of_a_command_ends_with_its_end_mark() {
    let simulator = node(|_, node| node.command_shape = CommandShape::Follows);
    let mut client = Client::login(&simulator, "off");
    client.send("Action: Command\nActionID: c\nCommand: core show help");
    let bytes = client.frame_bytes();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\n"));
    assert!(text.contains("\n\n") && text.ends_with("\n--END COMMAND--"));
}

#[test]
fn variables_are_kept_and_unknown_ones_are_empty() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    assert_eq!(client.ask("Action: Setvar\nVariable: V\nValue: a: b = c").get("Message"), "Variable Set");
    let answer = client.ask("Action: Getvar\nVariable: V");
    assert_eq!(answer.keys(), ["Response", "ActionID", "Variable", "Value"]);
    assert_eq!(answer.get("Value"), "a: b = c");
    let unknown = client.ask("Action: Getvar\nVariable: NOSUCH");
    assert_eq!((unknown.status(), unknown.get("Value")), ("Success", ""));
    assert_eq!(client.ask("Action: Getvar\nChannel: x\nVariable: V").get("Message"), "No such channel");
}

#[test]
fn filters_keep_events_from_a_session() {
    let simulator = plain_node();
    let mut client = Client::listening(&simulator);
    assert_eq!(client.ask("Action: Filter\nOperation: Add\nFilter: UserEvent: (One|Two)").status(), "Success");
    assert_eq!(client.ask("Action: Filter\nOperation: Add\nFilter: !UserEvent: Two").status(), "Success");
    for name in ["One", "Two", "Three"] {
        client.send(&format!("Action: UserEvent\nUserEvent: {name}"));
    }
    client.send("Action: Ping\nActionID: end");
    let mut seen = Vec::new();
    loop {
        let frame = client.frame();
        if frame.get("ActionID") == "end" {
            break;
        }
        if !frame.event().is_empty() {
            seen.push(frame.get("UserEvent").to_owned());
        }
    }
    assert_eq!(seen, ["One"]);
    assert_eq!(client.ask("Action: Filter\nOperation: Add\nFilter: [").status(), "Error");
}

#[test]
fn a_wait_for_events_ends_with_an_event_or_with_time() {
    let simulator = plain_node();
    let mut waiting = Client::login(&simulator, "user");
    let mut sender = Client::login(&simulator, "off");
    waiting.send("Action: WaitEvent\nActionID: w\nTimeout: 30");
    assert!(waiting.silent());
    sender.send("Action: UserEvent\nUserEvent: X");
    assert_eq!(waiting.frame().get("Message"), "Waiting for Event completed.");
    assert_eq!(waiting.frame().event(), "UserEvent");
    assert_eq!(waiting.frame().event(), "WaitEventComplete");
    waiting.send("Action: WaitEvent\nActionID: w\nTimeout: 0");
    assert_eq!(waiting.frame().status(), "Success");
    assert_eq!(waiting.frame().event(), "WaitEventComplete");
}

#[test]
fn an_error_about_an_endpoint_has_a_line_feed_before_its_end() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.send("Action: PJSIPShowEndpoint\nActionID: e\nEndpoint: nosuch");
    assert!(client.frame_bytes().ends_with(b"Message: Unable to retrieve endpoint nosuch\n"));
}

#[test]
fn one_action_may_have_three_answers() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.send("Action: ModuleLoad\nActionID: m");
    for _ in 0..3 {
        let answer = client.frame();
        assert_eq!((answer.status(), answer.get("ActionID")), ("Error", "m"));
    }
}

#[test]
fn what_was_received_can_be_asked_for() {
    let simulator = node(|_, node| node.record_actions = true);
    let mut client = Client::login(&simulator, "off");
    assert!(client.alive());
    let received = simulator.node(0).received();
    let names: Vec<_> = received.iter().map(|action| action.header("action").unwrap().to_vec()).collect();
    assert_eq!(names, [b"Login".to_vec(), b"Ping".to_vec()]);
    assert_eq!(received[1].connection, 1);
}
