//! Header by header, the events and list items that Asterisk 22.10 was seen to send.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ami_simulator::Simulator;
use common::{Client, node};

const CHANNEL: &str = "Channel ChannelState ChannelStateDesc CallerIDNum CallerIDName ConnectedLineNum \
    ConnectedLineName Language AccountCode Context Exten Priority Uniqueid Linkedid";
const BRIDGE: &str = "BridgeUniqueid BridgeType BridgeTechnology BridgeCreator BridgeName BridgeNumChannels \
    BridgeVideoSourceMode";
const MEMBER: &str = "Queue MemberName Interface StateInterface Membership Penalty CallsTaken LastCall LastPause \
    LoginTime InCall Status Paused PausedReason Ringinuse Wrapuptime";

/// Headers after Event and Privilege. `@x` is a channel with the prefix x (`@` alone has none), `%` a bridge,
/// `$` a queue member.
const EVENTS: [(&str, &str, &str); 35] = [
    ("AgentCalled", "agent", "@ @Dest Queue Interface MemberName"),
    ("AgentComplete", "agent", "@ @Dest Queue Interface MemberName HoldTime TalkTime Reason"),
    ("AgentConnect", "agent", "@ @Dest Queue Interface MemberName HoldTime RingTime"),
    ("BridgeCreate", "call", "%"),
    ("BridgeDestroy", "call", "%"),
    ("BridgeEnter", "call", "% @"),
    ("BridgeLeave", "call", "% @"),
    (
        "Cdr",
        "cdr",
        "AccountCode Source Destination DestinationContext CallerID Channel DestinationChannel LastApplication LastData \
         StartTime AnswerTime EndTime Duration BillableSeconds Disposition AMAFlags UniqueID UserField",
    ),
    ("DeviceStateChange", "call", "Device State"),
    ("DialBegin", "call", "@Dest DialString"),
    ("DialBegin", "call", "@ @Dest DialString"),
    ("DialEnd", "call", "@Dest DialStatus"),
    ("DialEnd", "call", "@ @Dest DialStatus"),
    ("DialState", "call", "@ @Dest DialStatus"),
    ("FullyBooted", "system", "Uptime LastReload Status"),
    ("Hangup", "call", "@ Cause Cause-txt"),
    ("HangupRequest", "call", "@ Cause"),
    ("LocalBridge", "call", "@LocalOne @LocalTwo Context Exten LocalOptimization"),
    ("MusicOnHoldStart", "call", "@ Class"),
    ("MusicOnHoldStop", "call", "@"),
    ("NewCallerid", "call", "@ CID-CallingPres"),
    ("NewConnectedLine", "call", "@"),
    ("Newchannel", "call", "@"),
    ("Newexten", "dialplan", "@ Extension Application AppData"),
    ("Newstate", "call", "@"),
    (
        "OriginateResponse",
        "call",
        "ActionID Response Channel Application Data Reason Uniqueid CallerIDNum CallerIDName",
    ),
    ("QueueCallerJoin", "agent", "@ Queue Position Count"),
    ("QueueCallerLeave", "agent", "@ Queue Position Count"),
    ("QueueMemberStatus", "agent", "$"),
    ("SoftHangupRequest", "call", "@ Cause"),
    (
        "SuccessfulAuth",
        "security",
        "EventTV Severity Service EventVersion AccountID SessionID LocalAddress RemoteAddress UsingPassword SessionTV",
    ),
    ("UserEvent", "user", "@ UserEvent Key1 Key2 Empty"),
    ("UserEvent", "user", "@ UserEvent Count"),
    ("UserEvent", "user", "@ UserEvent Seq Text"),
    ("VarSet", "dialplan", "@ Variable Value"),
];

/// List items, headers after Event.
const ITEMS: [(&str, &str); 3] = [
    ("CoreShowChannel", "ActionID @ Application ApplicationData Duration BridgeId"),
    (
        "Status",
        "Call @ Type DNID EffectiveConnectedLineNum EffectiveConnectedLineName TimeToHangup BridgeID Application \
         Data Nativeformats Readformat Readtrans Writeformat Writetrans Callgroup Pickupgroup Seconds ActionID",
    ),
    (
        "EndpointList",
        "ActionID ObjectType ObjectName Transport Aor Auths OutboundAuths Contacts DeviceState ActiveChannels",
    ),
];

fn expand(shape: &str) -> String {
    let words = shape.split(' ').map(|word| match word.split_at(1) {
        ("@", prefix) => CHANNEL.split(' ').map(|key| format!("{prefix}{key}")).collect::<Vec<_>>().join(" "),
        ("%", _) => BRIDGE.to_owned(),
        ("$", _) => MEMBER.to_owned(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Calls of all kinds, and lists while they are up.
fn everything(simulator: &Simulator) -> BTreeMap<String, BTreeSet<String>> {
    let mut client = Client::login(simulator, "on");
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (number, exten) in ["1000", "1012", "2000", "1010", "5000"].iter().enumerate() {
        client.send(&format!(
            "Action: Originate\nActionID: o{number}\nChannel: Local/{exten}@default/n\nApplication: Echo\nAsync: true\n\
             CallerID: \"Zoe\" <123>\nVariable: COUNT=2"
        ));
    }
    let mut complete = 0;
    while complete < 1 || !seen.contains_key("StatusComplete") {
        let frame = client.frame();
        if frame.event().is_empty() {
            continue;
        }
        if frame.event() == "AgentComplete" {
            for action in ["CoreShowChannels", "PJSIPShowEndpoints", "Status"] {
                client.send(&format!("Action: {action}\nActionID: list"));
            }
            client.send("Action: Hangup\nChannel: /./");
            complete += 1;
        }
        // The class instead of the header that names it.
        let shape = frame.keys()[1..].join(" ").replace("Privilege", frame.get("Privilege"));
        seen.entry(frame.event().to_owned()).or_default().insert(shape);
    }
    seen
}

#[test]
fn events_have_the_headers_of_a_real_server_in_their_order() {
    let simulator = node(|_, node| {
        node.calls.ring = Duration::from_millis(20)..=Duration::from_millis(20);
        node.calls.talk = Duration::from_millis(1_500)..=Duration::from_millis(1_500);
    });
    let seen = everything(&simulator);
    let mut known: BTreeSet<(&str, String)> = BTreeSet::new();
    for (name, class, shape) in EVENTS {
        let shape = format!("{class},all {}", expand(shape));
        assert!(seen.get(name).is_some_and(|shapes| shapes.contains(&shape)), "{name} {:#?}", seen.get(name));
        known.insert((name, shape));
    }
    for (name, shape) in ITEMS {
        let shape = expand(shape);
        assert!(seen.get(name).is_some_and(|shapes| shapes.contains(&shape)), "{name} {:#?}", seen.get(name));
        known.insert((name, shape));
    }
    // The other form of DialState belongs to originated calls that ring.
    for (name, shapes) in seen.iter().filter(|(name, _)| EVENTS.iter().any(|(known, ..)| known == name)) {
        for shape in shapes {
            assert!(known.contains(&(name.as_str(), shape.clone())), "{name} with unknown headers {shape}");
        }
    }
}
