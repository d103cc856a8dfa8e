//! Faults: each does what it says, to whom it says, and ends when told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

use ami_simulator::{Fault, FloodConfig, Simulator, SimulatorConfig};
use common::{Client, node, plain_node};

fn refused(simulator: &Simulator) -> bool {
    matches!(TcpStream::connect(simulator.node(0).address()), Err(error) if error.kind() == ErrorKind::ConnectionRefused)
}

#[test]
fn refused_connections_come_back_on_the_same_port_and_sessions_live_on() {
    let simulator = plain_node();
    let mut session = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Refuse { lasting: None });
    assert!(refused(&simulator) && refused(&simulator));
    assert!(session.alive());
    simulator.node(0).fault(Fault::Clear);
    assert!(Client::login(&simulator, "off").alive());
}

#[test]
fn a_refusal_may_end_by_itself() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::Refuse { lasting: Some(Duration::from_millis(50)) });
    assert!(refused(&simulator));
    while refused(&simulator) {
        std::thread::yield_now();
    }
    assert!(Client::login(&simulator, "off").alive());
}

#[test]
fn a_stalled_connection_hears_nothing_until_the_fault_ends() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::Stall);
    let mut client = Client::connect(simulator.node(0).address());
    assert!(client.silent());
    simulator.node(0).fault(Fault::Clear);
    assert_eq!(client.line(), "Asterisk Call Manager/11.0.0");
}

#[test]
fn a_slow_banner_comes_late() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::SlowBanner(Duration::from_millis(250)));
    let mut client = Client::connect(simulator.node(0).address());
    assert!(client.silent());
    assert_eq!(client.line(), "Asterisk Call Manager/11.0.0");
}

#[test]
fn an_http_answer_may_come_instead_of_the_banner() {
    let simulator = node(|_, node| node.fault = Some(Fault::Http));
    let mut client = Client::connect(simulator.node(0).address());
    let bytes = client.rest();
    assert!(bytes.starts_with(b"HTTP/1.1 400 Bad Request\r\n") && bytes.ends_with(b"</html>"));
}

#[test]
fn garbage_may_come_instead_of_the_banner() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::GarbageBanner { bytes: 300 });
    let mut client = Client::connect(simulator.node(0).address());
    while client.buffer.len() < 300 {
        assert!(client.fill());
    }
    assert!(client.silent() || client.buffer.len() == 300);
}

#[test]
fn a_cut_session_ends_in_the_middle_of_a_frame() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Cut { after: 0, lasting: false });
    let bytes = client.rest();
    assert!(bytes.starts_with(b"Event: ") && !bytes.ends_with(b"\r\n"));
    assert!(Client::login(&simulator, "off").alive());
}

#[test]
fn a_cut_after_so_many_bytes_is_exact() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    simulator.node(0).fault(Fault::Cut { after: 12_345, lasting: false });
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    assert_eq!(client.rest().len(), 12_345);
}

#[test]
fn a_lasting_cut_hits_every_connection_until_it_is_cleared() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::Cut { after: 10, lasting: true });
    for _ in 0..3 {
        assert_eq!(Client::connect(simulator.node(0).address()).rest(), b"Asterisk C");
    }
    simulator.node(0).fault(Fault::Clear);
    assert!(Client::login(&simulator, "off").alive());
}

#[test]
fn a_reset_is_a_reset() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Reset);
    let error = client.stream.read(&mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn delimited_garbage_is_one_block_and_the_next_frame_is_whole() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Garbage { bytes: 5_000, delimited: true });
    assert_eq!(client.frame_bytes().len(), 5_000);
    assert!(client.alive());
}

#[test]
fn blank_frames_are_only_line_ends() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Blank { count: 3 });
    for _ in 0..3 {
        assert_eq!(client.line(), "");
    }
    assert!(client.alive());
}

#[test]
fn an_oversized_frame_has_exactly_the_wanted_size() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Oversized { bytes: 3_000_000 });
    assert_eq!(client.frame_bytes().len() + 4, 3_000_000);
    assert!(client.alive());
}

#[test]
fn raw_bytes_go_out_as_they_are() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    simulator.node(0).send(&b"Event: Odd\nKey:\xff\0\n\n"[..]);
    while client.buffer.len() < 19 {
        assert!(client.fill());
    }
    assert_eq!(client.buffer, b"Event: Odd\nKey:\xff\0\n\n");
}

#[test]
fn a_half_open_session_takes_bytes_and_says_nothing() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "on");
    client.until_event("SuccessfulAuth");
    simulator.node(0).fault(Fault::HalfOpen);
    client.send("Action: Ping\nActionID: p");
    assert!(client.silent());
    simulator.node(0).fault(Fault::Clear);
    assert_eq!(client.response("p").get("Ping"), "Pong");
}

#[test]
fn slow_writing_still_sends_everything() {
    let simulator = plain_node();
    simulator.node(0).fault(Fault::SlowWrite(Duration::from_millis(1)));
    let mut client = Client::login(&simulator, "off");
    assert!(client.alive());
    simulator.node(0).fault(Fault::SlowWrite(Duration::ZERO));
    assert!(client.alive());
}

#[test]
fn logins_can_be_refused_however_right_they_are() {
    let simulator = node(|_, node| node.auth_failure_delay = Duration::ZERO);
    simulator.node(0).fault(Fault::RefuseLogin);
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    client.send("Action: Login\nActionID: l\nUsername: dialer\nSecret: s3cret");
    assert_eq!(client.response("l").get("Message"), "Authentication failed");
    assert!(client.at_end());
}

#[test]
fn muted_actions_are_not_answered_and_others_are() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    simulator.node(0).fault(Fault::Mute { action: Some("Ping".to_owned()) });
    client.send("Action: Ping\nActionID: p");
    assert!(client.silent());
    assert_eq!(client.ask("Action: UserEvent\nUserEvent: X").status(), "Success");
    simulator.node(0).fault(Fault::Clear);
    assert!(client.alive());
}

#[test]
fn a_shutdown_says_so_ends_refuses_and_comes_back() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "system");
    client.until_event("FullyBooted");
    simulator.node(0).fault(Fault::Shutdown { restart: true, down: Some(Duration::from_millis(100)) });
    let event = client.frame();
    assert_eq!(event.keys(), ["Event", "Privilege", "Shutdown", "Restart"]);
    assert_eq!((event.event(), event.get("Shutdown"), event.get("Restart")), ("Shutdown", "Cleanly", "True"));
    assert!(client.at_end());
    assert!(refused(&simulator));
    while refused(&simulator) {
        std::thread::yield_now();
    }
    assert!(Client::login(&simulator, "off").alive());
}

#[test]
fn a_restart_by_command_is_not_answered() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "system");
    client.until_event("FullyBooted");
    client.send("Action: Command\nActionID: c\nCommand: core restart now");
    assert_eq!(client.frame().event(), "Shutdown");
    assert!(client.at_end());
}

#[test]
fn a_fault_hits_only_its_node() {
    let simulator = Simulator::start(SimulatorConfig::with_nodes(2)).unwrap();
    let mut second = Client::connect(simulator.node(1).address());
    simulator.node(0).fault(Fault::Refuse { lasting: None });
    simulator.node(0).fault(Fault::Reset);
    assert_eq!(second.line(), "Asterisk Call Manager/11.0.0");
    assert!(TcpStream::connect(simulator.node(1).address()).is_ok());
}

#[test]
fn a_client_may_cause_faults_by_an_action() {
    let simulator = plain_node();
    let mut other = Client::login(&simulator, "off");
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: SimulatorFault\nFault: blank\nCount: 2\nScope: self");
    assert_eq!((answer.status(), answer.get("Message")), ("Success", "Fault set"));
    assert_eq!((client.line().as_str(), client.line().as_str()), ("", ""));
    assert!(other.alive());
    client.send("Action: SimulatorFault\nActionID: f\nFault: cut");
    assert_eq!(client.response("f").status(), "Success");
    assert!(client.rest().starts_with(b"Event: "));
    assert!(other.rest().starts_with(b"Event: "));
}

#[test]
fn an_answer_itself_may_be_oversized() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: SimulatorFault\nFault: oversized\nKind: response\nBytes: 100000");
    assert_eq!(answer.get("Data").len(), 100_000);
}

#[test]
fn a_wrong_fault_is_an_error_that_lists_the_right_ones() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: SimulatorFault\nFault: nosuch");
    assert_eq!(answer.status(), "Error");
    assert!(answer.get("Message").contains("half_open"));
}

#[test]
fn counters_can_be_asked_for_by_an_action() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: SimulatorStats");
    assert_eq!((answer.get("logins"), answer.get("connections_open")), ("1", "1"));
}
