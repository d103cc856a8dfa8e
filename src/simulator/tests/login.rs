//! Connecting, logging in, choosing events, logging off: as captures of real servers show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::time::{Duration, Instant};

use ami_simulator::FullyBooted;
use common::{Client, node, plain_node};
use md5::{Digest as _, Md5};

#[test]
fn the_banner_is_one_line_and_no_blank_line_follows() {
    let simulator = plain_node();
    let mut client = Client::connect(simulator.node(0).address());
    assert_eq!(client.line(), "Asterisk Call Manager/11.0.0");
    assert!(client.silent());
}

#[test]
fn the_banner_can_be_chosen() {
    let simulator = node(|_, node| "Asterisk Call Manager/5.0.4".clone_into(&mut node.banner));
    assert_eq!(Client::connect(simulator.node(0).address()).line(), "Asterisk Call Manager/5.0.4");
}

#[test]
fn a_login_answers_then_says_fully_booted_then_reports_itself() {
    let simulator = plain_node();
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    client.send("Action: Login\nActionID: login\nUsername: dialer\nSecret: s3cret");
    let answer = client.frame();
    assert_eq!(answer.keys(), ["Response", "ActionID", "Message"]);
    assert_eq!(answer.get("Message"), "Authentication accepted");
    let booted = client.frame();
    assert_eq!(booted.keys(), ["Event", "Privilege", "Uptime", "LastReload", "Status"]);
    assert_eq!((booted.event(), booted.get("Privilege")), ("FullyBooted", "system,all"));
    let auth = client.frame();
    assert_eq!((auth.event(), auth.get("Privilege")), ("SuccessfulAuth", "security,all"));
    assert_eq!(simulator.node(0).stats().logins, 1);
}

#[test]
fn a_login_with_events_off_is_followed_by_nothing() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    assert!(client.silent());
}

#[test]
fn an_md5_login_proves_the_secret_by_a_challenge() {
    let simulator = plain_node();
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    client.send("Action: Challenge\nAuthType: MD5\nActionID: chal");
    let answer = client.frame();
    assert_eq!(answer.keys(), ["Response", "ActionID", "Challenge"]);
    let digest = Md5::digest(format!("{}s3cret", answer.get("Challenge")));
    let key = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    client.send(&format!("Action: Login\nActionID: login\nUsername: dialer\nAuthType: MD5\nKey: {key}"));
    assert_eq!(client.response("login").status(), "Success");
}

#[test]
fn an_md5_login_with_a_wrong_key_is_refused() {
    let simulator = node(|_, node| node.auth_failure_delay = Duration::ZERO);
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    client.send("Action: Challenge\nAuthType: MD5");
    client.send("Action: Login\nActionID: l\nUsername: dialer\nAuthType: MD5\nKey: 00");
    assert_eq!(client.response("l").get("Message"), "Authentication failed");
    assert!(client.at_end());
}

#[test]
fn md5_can_be_switched_off() {
    let simulator = node(|_, node| node.md5 = false);
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    client.send("Action: Challenge\nAuthType: MD5\nActionID: c");
    assert_eq!(client.response("c").status(), "Error");
}

#[test]
fn a_wrong_secret_is_answered_late_and_then_the_connection_ends() {
    let simulator = node(|_, node| node.auth_failure_delay = Duration::from_millis(120));
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    let asked = Instant::now();
    client.send("Action: Login\nActionID: l\nUsername: dialer\nSecret: wrong");
    let answer = client.frame();
    assert!(asked.elapsed() >= Duration::from_millis(120));
    assert_eq!(answer.keys(), ["Response", "ActionID", "Message"]);
    assert_eq!((answer.status(), answer.get("Message")), ("Error", "Authentication failed"));
    assert!(client.at_end());
    assert_eq!(simulator.node(0).stats().logins_refused, 1);
}

#[test]
fn before_a_login_everything_but_logoff_is_denied() {
    let simulator = plain_node();
    let mut client = Client::connect(simulator.node(0).address());
    client.line();
    for action in ["Ping", "CoreShowChannels", "Nonsense"] {
        assert_eq!(client.ask(&format!("Action: {action}")).get("Message"), "Permission denied");
    }
    client.send("Action: Logoff\nActionID: bye");
    assert_eq!(client.response("bye").status(), "Goodbye");
    assert!(client.at_end());
}

#[test]
fn a_second_login_says_already_authenticated() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let answer = client.ask("Action: Login\nUsername: dialer\nSecret: wrong");
    assert_eq!((answer.status(), answer.get("Message")), ("Success", "Already authenticated"));
}

#[test]
fn a_logoff_says_goodbye_and_leaves_what_is_pipelined_behind_it_unanswered() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.raw(b"Action: Logoff\r\nActionID: bye\r\n\r\nAction: Ping\r\nActionID: late\r\n\r\n");
    let answer = client.frame();
    assert_eq!(answer.keys(), ["Response", "ActionID", "Message"]);
    assert_eq!((answer.status(), answer.get("Message")), ("Goodbye", "Thanks for all the fish."));
    assert!(client.at_end());
}

#[test]
fn a_client_that_closes_its_half_gets_all_answers_before_the_end() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    client.raw("Action: Ping\r\nActionID: p\r\n\r\n".repeat(50).as_bytes());
    client.stream.shutdown(std::net::Shutdown::Write).unwrap();
    let text = String::from_utf8(client.rest()).unwrap();
    assert_eq!(text.matches("Ping: Pong").count(), 50);
}

#[test]
fn the_events_action_answers_on_or_off_and_selects() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    for (mask, state) in [("call,user", "On"), ("on", "On"), ("bogus", "Off"), ("64", "On"), ("off", "Off")] {
        let answer = client.ask(&format!("Action: Events\nEventMask: {mask}"));
        assert_eq!(answer.keys(), ["Response", "ActionID", "Events"]);
        assert_eq!(answer.get("Events"), state, "{mask}");
    }
    assert_eq!(client.ask("Action: Events").get("Message"), "Invalid event mask");
}

#[test]
fn a_session_sees_only_events_of_its_mask_and_of_its_users_rights() {
    let simulator = plain_node();
    let mut agents = Client::login(&simulator, "agent");
    let mut limited = Client::login_as(&simulator, "ro", "rosecret", "on");
    let mut sender = Client::login(&simulator, "off");
    let pause = "Action: QueuePause\nQueue: support\nInterface: Local/2101@agents/n\nPaused: true";
    assert_eq!(sender.ask(pause).status(), "Success");
    assert_eq!(sender.ask("Action: UserEvent\nUserEvent: X").status(), "Success");
    assert_eq!(agents.frame().event(), "QueueMemberPause");
    assert!(agents.silent());
    assert_eq!(limited.frame().event(), "DeviceStateChange");
    assert_eq!(limited.frame().event(), "UserEvent");
    assert!(limited.silent() && sender.silent());
}

#[test]
fn a_user_may_do_only_what_the_rights_say() {
    let simulator = plain_node();
    let mut client = Client::login_as(&simulator, "ro", "rosecret", "off");
    assert_eq!(client.ask("Action: Command\nCommand: core show channels").get("Message"), "Permission denied");
    assert_eq!(client.ask("Action: Originate\nChannel: Local/1000@default").get("Message"), "Permission denied");
    assert!(client.alive());
}

#[test]
fn fully_booted_may_come_later_and_queues_are_unknown_until_then() {
    let simulator = node(|_, node| node.fully_booted = FullyBooted::After(Duration::from_millis(100)));
    let mut client = Client::login(&simulator, "system");
    assert!(client.ask("Action: QueueStatus").get("Message").starts_with("Invalid/unknown command: QueueStatus."));
    assert_eq!(client.frame().event(), "FullyBooted");
    assert_eq!(client.ask("Action: QueueStatus").get("EventList"), "start");
}

#[test]
fn fully_booted_may_never_come() {
    let simulator = node(|_, node| node.fully_booted = FullyBooted::Never);
    let mut client = Client::login(&simulator, "system");
    assert!(client.silent());
}

#[test]
fn a_connection_without_a_login_ends_at_the_timeout() {
    let simulator = node(|_, node| node.auth_timeout = Some(Duration::from_millis(80)));
    let mut idle = Client::connect(simulator.node(0).address());
    idle.line();
    let mut working = Client::login(&simulator, "off");
    assert!(idle.at_end());
    assert!(working.alive());
}

#[test]
fn connections_past_the_limit_of_logins_end_without_a_banner() {
    let simulator = node(|_, node| node.auth_limit = Some(1));
    let mut first = Client::connect(simulator.node(0).address());
    first.line();
    assert!(Client::connect(simulator.node(0).address()).at_end());
}

#[test]
fn timestamps_and_a_system_name_follow_the_privilege() {
    let simulator = node(|_, node| {
        node.timestamp_events = true;
        node.system_name = Some("ast22b".to_owned());
    });
    let mut client = Client::login(&simulator, "on");
    let booted = client.frame();
    assert_eq!(booted.keys(), ["Event", "Privilege", "Timestamp", "SystemName", "Uptime", "LastReload", "Status"]);
}
