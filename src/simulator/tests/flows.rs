//! Calls that come in by themselves: order and classes of their events, and that a seed repeats them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::time::Duration;

use ami_simulator::{CallsConfig, NodeConfig};
use common::{Client, Frame, in_order, names, node};

/// Frequent short calls.
fn busy(queued_percent: u8) -> impl FnMut(usize, &mut NodeConfig) {
    move |_, node| {
        let short = Duration::from_millis(10)..=Duration::from_millis(30);
        node.calls = CallsConfig {
            per_second: 20.0,
            queued_percent,
            ring: short.clone(),
            talk: short,
            ..CallsConfig::default()
        };
    }
}

/// The events of the first whole call with this many channels told between its Newchannel and its Cdr.
fn events_of_a_call(client: &mut Client, ends_with: &str) -> Vec<Frame> {
    client.until_event("SuccessfulAuth");
    loop {
        let first = client.until_event("Newchannel");
        let linked = first.get("Linkedid").to_owned();
        let mut frames = vec![first];
        loop {
            let frame = client.frame();
            let mine = [frame.get("Linkedid"), frame.get("DestLinkedid"), frame.get("UniqueID"), frame.get("Uniqueid")]
                .contains(&linked.as_str());
            let bridge = frame.event().starts_with("Bridge");
            if mine || bridge {
                frames.push(frame.clone());
            }
            if mine && frame.event() == "Hangup" && frame.get("Uniqueid") == linked {
                break;
            }
        }
        if names(&frames).contains(&ends_with) && frames[0].get("Uniqueid") == linked {
            return frames;
        }
    }
}

#[test]
fn a_dialled_call_tells_its_events_in_the_order_of_a_real_server() {
    let simulator = node(busy(0));
    let mut client = Client::login(&simulator, "on");
    let frames = events_of_a_call(&mut client, "BridgeEnter");
    let wanted = [
        "Newchannel",
        "Newexten",
        "Newchannel",
        "NewCallerid",
        "DialBegin",
        "Newstate",
        "DialState",
        "Newstate",
        "DialEnd",
        "BridgeCreate",
        "BridgeEnter",
        "BridgeEnter",
        "HangupRequest",
        "Cdr",
        "BridgeLeave",
        "Hangup",
        "BridgeLeave",
        "BridgeDestroy",
        "Hangup",
    ];
    assert!(in_order(&names(&frames), &wanted), "{:?}", names(&frames));
}

#[test]
fn a_queued_call_tells_its_events_in_the_order_of_a_real_server() {
    let simulator = node(busy(100));
    let mut client = Client::login(&simulator, "on");
    let frames = events_of_a_call(&mut client, "AgentComplete");
    let wanted = [
        "Newchannel",
        "QueueCallerJoin",
        "MusicOnHoldStart",
        "Newchannel",
        "AgentCalled",
        "DialBegin",
        "DialEnd",
        "MusicOnHoldStop",
        "QueueCallerLeave",
        "AgentConnect",
        "BridgeCreate",
        "BridgeEnter",
        "BridgeEnter",
        "AgentComplete",
        "Cdr",
        "BridgeLeave",
        "BridgeDestroy",
        "Hangup",
    ];
    assert!(in_order(&names(&frames), &wanted), "{:?}", names(&frames));
    let class = |name: &str| frames.iter().find(|frame| frame.event() == name).unwrap().get("Privilege").to_owned();
    assert_eq!(class("QueueCallerJoin"), "agent,all");
    assert_eq!(class("Newexten"), "dialplan,all");
    assert_eq!(class("Cdr"), "cdr,all");
    assert_eq!(class("Hangup"), "call,all");
}

#[test]
fn every_call_that_begins_ends_and_leaves_nothing_behind() {
    let simulator = node(|index, node| {
        busy(50)(index, node);
        node.calls.max_active = 4;
    });
    let node = simulator.node(0);
    assert!(node.wait_until(common::PATIENCE, |stats| stats.calls_ended >= 40));
    let stats = node.stats();
    assert!(stats.calls_started - stats.calls_ended <= 4, "{stats}");
    let mut client = Client::login(&simulator, "off");
    client.send("Action: CoreShowChannels\nActionID: l");
    let channels: usize = client.until_event("CoreShowChannelsComplete").get("ListItems").parse().unwrap();
    assert!(channels <= 4 * 4, "{channels}");
}

#[test]
fn a_seed_repeats_its_callers() {
    let callers = |seed: u64| {
        let simulator = node(|index, node| {
            busy(0)(index, node);
            node.seed = seed;
        });
        let mut client = Client::login(&simulator, "call");
        let mut seen = Vec::new();
        let mut last = 0;
        while seen.len() < 5 {
            let frame = client.until_event("Newchannel");
            let number: u64 = frame.get("Uniqueid").rsplit('.').next().unwrap().parse().unwrap();
            if frame.get("Channel").starts_with("PJSIP/trunk") {
                seen.push((number, frame.get("CallerIDNum").to_owned()));
            }
            last = last.max(number);
        }
        seen
    };
    let (one, two) = (callers(7), callers(7));
    // A client may miss the first calls, so the callers are compared by channel number.
    let common: Vec<_> = one.iter().filter_map(|a| two.iter().find(|b| a.0 == b.0).map(|b| (&a.1, &b.1))).collect();
    assert!(!common.is_empty() && common.iter().all(|(a, b)| a == b), "{one:?} {two:?}");
    assert_ne!(
        callers(8).iter().map(|seen| &seen.1).collect::<Vec<_>>(),
        one.iter().map(|seen| &seen.1).collect::<Vec<_>>()
    );
}

#[test]
fn a_rate_of_events_can_be_aimed_at() {
    let simulator = node(|index, node| {
        busy(0)(index, node);
        node.calls.per_second = 0.0;
        node.calls.events_per_second = 5_000.0;
    });
    let _client = Client::login(&simulator, "on");
    let node = simulator.node(0);
    assert!(node.wait_until(common::PATIENCE, |stats| stats.events_sent > 5_000));
}
