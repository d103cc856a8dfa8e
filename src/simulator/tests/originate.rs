//! Originate: who answers, who does not, and who hears of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use common::{Client, Frame, in_order, names, node, plain_node};

fn originate(client: &mut Client, channel: &str, more: &str) {
    client.send(&format!(
        "Action: Originate\nActionID: o\nChannel: {channel}\nAsync: true\nApplication: Wait\nData: 1{more}"
    ));
}

/// The `OriginateResponse` to a call to this channel.
fn result_of(client: &mut Client, channel: &str, more: &str) -> Frame {
    originate(client, channel, more);
    client.until_event("OriginateResponse")
}

#[test]
fn an_asynchronous_call_is_queued_and_answered_later_by_an_event() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    originate(&mut client, "Local/1000@default/n", "\nCallerID: \"Zoe\" <123>");
    let answer = client.response("o");
    assert_eq!((answer.status(), answer.get("Message")), ("Success", "Originate successfully queued"));
    let result = client.until_event("OriginateResponse");
    let keys = "Event Privilege ActionID Response Channel Application Data Reason Uniqueid CallerIDNum CallerIDName";
    assert_eq!(result.keys().join(" "), keys);
    assert_eq!((result.get("Response"), result.get("Reason"), result.get("ActionID")), ("Success", "4", "o"));
    assert_eq!((result.get("CallerIDNum"), result.get("CallerIDName")), ("123", "Zoe"));
    assert!(result.get("Channel").starts_with("Local/1000@default-") && result.get("Channel").ends_with(";1"));
}

#[test]
fn reasons_are_those_of_a_real_server() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    let cases = [
        ("Local/1003@default/n", "5"),
        ("Local/1004@default/n", "8"),
        ("Local/1005@default/n", "3"),
        ("Local/99999@default/n", "0"),
        ("Local/1000@nosuch/n", "0"),
        ("PJSIP/nosuch", "0"),
        ("PJSIP/6001", "0"),
        ("Foo/bar", "0"),
    ];
    for (channel, reason) in cases {
        let result = result_of(&mut client, channel, "\nTimeout: 50");
        assert_eq!((result.get("Response"), result.get("Reason")), ("Failure", reason), "{channel}");
        assert_eq!((result.get("Uniqueid"), result.get("Channel")), ("<unknown>", channel));
    }
}

#[test]
fn a_reachable_phone_rings_and_answers() {
    let simulator = node(|_, node| node.calls.ring = Duration::from_millis(20)..=Duration::from_millis(20));
    let mut client = Client::login(&simulator, "call");
    originate(&mut client, "PJSIP/6003", "");
    let frames = client.frames_until("OriginateResponse");
    let states: Vec<_> = frames.iter().filter(|frame| frame.event() == "Newstate").collect();
    assert_eq!(states[0].get("ChannelStateDesc"), "Ringing");
    assert_eq!(frames.last().unwrap().get("Reason"), "4");
}

#[test]
fn channel_ids_and_variables_are_taken_over() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call,dialplan");
    let more = "\nChannelId: one\nOtherChannelId: two\nVariable: A=1,B=2\nVariable: C=\"x,y\"";
    originate(&mut client, "Local/1012@default/n", more);
    let frames = client.frames_until("OriginateResponse");
    let new: Vec<_> = frames.iter().filter(|frame| frame.event() == "Newchannel").collect();
    assert_eq!((new[0].get("Uniqueid"), new[1].get("Uniqueid"), new[1].get("Linkedid")), ("one", "two", "one"));
    let set: BTreeSet<_> = frames
        .iter()
        .filter(|frame| frame.event() == "VarSet")
        .map(|frame| (frame.get("Variable"), frame.get("Value")))
        .collect();
    assert_eq!(set, BTreeSet::from([("A", "1"), ("B", "2"), ("C", "x,y")]));
    let value = client.ask("Action: Getvar\nChannel: two\nVariable: C");
    assert_eq!(value.get("Value"), "x,y");
}

#[test]
fn twenty_calls_at_once_have_twenty_results() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    for number in 0..20 {
        client.send(&format!(
            "Action: Originate\nActionID: o{number}\nChannel: Local/1000@default/n\nApplication: Wait\nData: 1\nAsync: true"
        ));
    }
    let ids: BTreeSet<String> =
        (0..20).map(|_| client.until_event("OriginateResponse").get("ActionID").to_owned()).collect();
    assert_eq!(ids.len(), 20);
}

#[test]
fn the_result_goes_to_all_sessions_whose_mask_has_calls_and_to_no_other() {
    let simulator = plain_node();
    let mut other = Client::login(&simulator, "call");
    let mut deaf = Client::login(&simulator, "user");
    let mut client = Client::login(&simulator, "off");
    originate(&mut client, "Local/1003@default/n", "");
    assert_eq!(other.until_event("OriginateResponse").get("ActionID"), "o");
    assert!(deaf.silent());
}

#[test]
fn a_synchronous_call_silences_its_session_until_it_ends() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    let asked = Instant::now();
    client.send("Action: Originate\nActionID: s\nChannel: Local/1005@default/n\nApplication: Wait\nTimeout: 200");
    client.send("Action: Ping\nActionID: behind");
    let answer = client.frame();
    assert!(asked.elapsed() >= Duration::from_millis(200));
    assert_eq!((answer.get("ActionID"), answer.get("Message")), ("s", "Originate failed"));
    assert_eq!(client.frame().event(), "Newchannel");
    assert_eq!(client.response("behind").get("Ping"), "Pong");
}

#[test]
fn a_synchronous_call_that_is_answered_succeeds_without_an_event() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    let answer = client.ask("Action: Originate\nChannel: Local/1000@default/n\nApplication: Hangup");
    assert_eq!((answer.status(), answer.get("Message")), ("Success", "Originate successfully queued"));
    let frames = client.frames_until("DialEnd");
    assert!(!names(&frames).contains(&"OriginateResponse"));
}

#[test]
fn what_is_missing_is_told_as_a_real_server_tells_it() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let cases = [
        ("Action: Originate", "Channel not specified"),
        ("Action: Originate\nChannel: Local/1000", "Originate with 'Exten' requires 'Context' and 'Priority'"),
        ("Action: Originate\nChannel: Local\nApplication: Wait", "Invalid channel"),
    ];
    for (action, message) in cases {
        assert_eq!(client.ask(action).get("Message"), message);
    }
}

#[test]
fn a_call_that_is_up_is_listed_and_can_be_hung_up() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call,cdr");
    let name = result_of(&mut client, "Local/1012@default/n", "00").get("Channel").to_owned();
    client.send("Action: CoreShowChannels\nActionID: list");
    let frames = client.frames_until("CoreShowChannelsComplete");
    assert_eq!(frames.last().unwrap().get("ListItems"), "2");
    client.send(&format!("Action: Hangup\nActionID: h\nChannel: {name}"));
    assert_eq!(client.response("h").get("Message"), "Channel Hungup");
    let mut seen: Vec<String> = Vec::new();
    while seen.iter().filter(|name| *name == "Hangup").count() < 2 {
        seen.push(client.frame().event().to_owned());
    }
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert!(in_order(&seen, &["Cdr", "SoftHangupRequest", "HangupRequest", "Hangup", "Hangup"]));
    assert_eq!(client.ask(&format!("Action: Hangup\nChannel: {name}")).get("Message"), "No such channel");
}

#[test]
fn a_hangup_by_expression_is_a_list() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "call");
    result_of(&mut client, "Local/1012@default/n", "00");
    client.send("Action: Hangup\nActionID: h\nChannel: /^Local/");
    assert_eq!(client.response("h").get("EventList"), "start");
    let frames = client.frames_until("ChannelsHungupListComplete");
    assert_eq!(names(&frames), ["ChannelHungup", "ChannelHungup", "ChannelsHungupListComplete"]);
    assert_eq!(frames[2].get("ListItems"), "2");
}

#[test]
fn values_with_line_ends_forge_headers_and_a_whole_event() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "user");
    originate(&mut client, "Local/5002@default/n", "");
    assert_eq!(client.until_event("UserEvent").get("Injected"), "yes");
    assert_eq!(client.frame().get("UserEvent"), "BlankLine");
    assert_eq!(client.frame().event(), "Forged");
}
