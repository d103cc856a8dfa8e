//! Floods: nothing lost, nothing buffered, others still served.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::time::{Duration, Instant};

use ami_simulator::{Classes, Fault, FloodConfig};
use common::{Client, Frame, node, plain_node};

/// Reads a flood to its end, checks the numbers, and returns how many events it had.
fn count_flood(client: &mut Client) -> u64 {
    let mut next = 0;
    loop {
        let frame = client.frame();
        match frame.get("UserEvent") {
            "Flood" => {
                assert_eq!(frame.get("Seq"), next.to_string());
                next += 1;
            }
            "FloodDone" => {
                assert_eq!(frame.get("Count"), next.to_string());
                return next;
            }
            _ => {}
        }
    }
}

#[test]
fn a_call_to_extension_5000_floods_with_the_wanted_count() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    client.send(
        "Action: Originate\nChannel: Local/5000@default/n\nApplication: Wait\nData: 600\nAsync: true\nVariable: __COUNT=3000",
    );
    assert_eq!(count_flood(&mut client), 3_000);
    assert_eq!(simulator.node(0).stats().flood_events_sent, 3_000);
}

#[test]
fn each_session_has_its_own_numbers() {
    let simulator = plain_node();
    let mut clients: Vec<Client> = (0..3).map(|_| Client::login(&simulator, "user")).collect();
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(5_000)));
    for client in &mut clients {
        assert_eq!(count_flood(client), 5_000);
    }
}

#[test]
fn an_event_of_a_flood_is_about_520_bytes_and_looks_like_one_of_a_dialplan() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(1)));
    let bytes = client.frame_bytes();
    assert_eq!(bytes.len() + 4, 520);
    let frame = Frame::parse(&bytes);
    let keys = "Event Privilege Channel ChannelState ChannelStateDesc CallerIDNum CallerIDName ConnectedLineNum \
                ConnectedLineName Language AccountCode Context Exten Priority Uniqueid Linkedid UserEvent Seq Text";
    assert_eq!(frame.keys().join(" "), keys);
}

#[test]
fn a_flood_can_start_at_login_and_have_a_rate() {
    let simulator = node(|_, node| {
        node.flood = Some(FloodConfig { events_per_second: Some(2_000), ..FloodConfig::of(400) });
    });
    let started = Instant::now();
    let mut client = Client::login(&simulator, "user");
    assert_eq!(count_flood(&mut client), 400);
    assert!(started.elapsed() >= Duration::from_millis(180), "{:?}", started.elapsed());
}

#[test]
fn a_ping_is_answered_in_the_midst_of_an_endless_flood() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    client.until_event("UserEvent");
    client.send("Action: Ping\nActionID: p");
    assert_eq!(client.response("p").get("Ping"), "Pong");
    simulator.node(0).fault(Fault::Clear);
    client.until_event("UserEvent");
}

#[test]
fn a_flood_that_nobody_reads_costs_no_memory_and_the_reader_finds_it_whole_later() {
    let simulator = plain_node();
    let mut slow = Client::login(&simulator, "user");
    let mut other = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Flood(FloodConfig::of(60_000)));
    for _ in 0..100 {
        assert!(other.alive());
    }
    assert!(simulator.node(0).stats().flood_events_sent < 60_000);
    assert_eq!(count_flood(&mut slow), 60_000);
}

#[test]
fn a_flood_may_have_other_names_and_class_and_obeys_mask_and_filter() {
    let simulator = plain_node();
    let mut calls = Client::login(&simulator, "call");
    let mut users = Client::login(&simulator, "user");
    assert_eq!(calls.ask("Action: Filter\nOperation: Add\nFilter: !Event: VarSet").status(), "Success");
    let names = ["Newchannel", "VarSet", "Hangup"].map(str::to_owned).to_vec();
    simulator.node(0).fault(Fault::Flood(FloodConfig { names, class: Classes::CALL, ..FloodConfig::of(4) }));
    let seen: Vec<String> = (0..4).map(|_| calls.frame().event().to_owned()).collect();
    assert_eq!(seen, ["Newchannel", "Hangup", "Newchannel", "Hangup"]);
    assert!(users.silent());
}

#[test]
fn a_session_that_does_not_read_is_cut_at_the_write_timeout() {
    let simulator = node(|_, node| node.write_timeout = Some(Duration::from_millis(100)));
    let mut client = Client::login(&simulator, "user");
    let mut other = Client::login(&simulator, "off");
    simulator.node(0).fault(Fault::Flood(FloodConfig::endless()));
    assert!(simulator.node(0).wait_until(common::PATIENCE, |stats| stats.sessions_cut == 1));
    // What the kernel had taken still arrives, and ends in the middle of a frame.
    let rest = client.rest();
    assert!(rest.len() > 100_000);
    assert!(other.alive());
}

#[test]
fn a_session_over_the_limit_of_its_buffer_is_cut() {
    let simulator = node(|_, node| node.buffer_limit = 1024 * 1024);
    let mut client = Client::login(&simulator, "user");
    simulator.node(0).fault(Fault::Oversized { bytes: 32 * 1024 * 1024 });
    assert!(simulator.node(0).wait_until(common::PATIENCE, |stats| stats.sessions_cut == 1));
    assert!(client.rest().len() < 32 * 1024 * 1024);
}
