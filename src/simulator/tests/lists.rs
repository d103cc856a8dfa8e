//! Lists: start, items, end, and their `ActionIDs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{Client, Frame, plain_node};

/// Asks for a list and returns its start, items and end.
fn list(client: &mut Client, action: &str, end: &str) -> (Frame, Vec<Frame>, Frame) {
    client.send(&format!("Action: {action}\nActionID: list"));
    let mut frames = client.frames_until(end);
    let (end, start) = (frames.pop().unwrap(), frames.remove(0));
    assert!(frames.iter().all(|frame| frame.get("ActionID") == "list"), "{frames:?}");
    (start, frames, end)
}

#[test]
fn every_list_says_start_and_complete_and_counts_its_items() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let lists = [
        ("QueueStatus", "QueueStatusComplete", "Queue status will follow", 7),
        ("QueueSummary", "QueueSummaryComplete", "Queue summary will follow", 3),
        ("CoreShowChannels", "CoreShowChannelsComplete", "Channels will follow", 0),
        ("Status", "StatusComplete", "Channel status will follow", 0),
        (
            "PJSIPShowEndpoints",
            "EndpointListComplete",
            "A listing of Endpoints follows, presented as EndpointList events",
            4,
        ),
        ("DeviceStateList", "DeviceStateListComplete", "Device State Changes will follow", 11),
    ];
    for (action, end_event, message, count) in lists {
        let (start, items, end) = list(&mut client, action, end_event);
        assert_eq!(start.keys(), ["Response", "ActionID", "EventList", "Message"], "{action}");
        assert_eq!((start.get("EventList"), start.get("Message")), ("start", message));
        assert_eq!(end.keys()[..4], ["Event", "ActionID", "EventList", "ListItems"]);
        assert_eq!(end.get("EventList"), "Complete");
        assert_eq!((items.len(), end.get("ListItems")), (count, count.to_string().as_str()), "{action}");
        assert!(items.iter().all(|item| !item.keys().contains(&"Privilege")));
    }
}

#[test]
fn a_status_counts_its_items_twice() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let (_, _, end) = list(&mut client, "Status", "StatusComplete");
    assert_eq!(end.keys(), ["Event", "ActionID", "EventList", "ListItems", "Items"]);
}

#[test]
fn queue_items_have_the_headers_of_a_real_server() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let (_, items, _) = list(&mut client, "QueueStatus\nQueue: support", "QueueStatusComplete");
    let names: Vec<&str> = items.iter().map(Frame::event).collect();
    assert_eq!(names, ["QueueParams", "QueueMember", "QueueMember"]);
    let params = "Event Queue Max Strategy Calls Holdtime TalkTime Completed Abandoned ServiceLevel ServicelevelPerf \
                  ServicelevelPerf2 Weight ActionID";
    assert_eq!(items[0].keys().join(" "), params);
    let member = "Event Queue Name Location StateInterface Membership Penalty CallsTaken LastCall LastPause LoginTime \
                  InCall Status Paused PausedReason Wrapuptime ActionID";
    assert_eq!(items[1].keys().join(" "), member);
}

#[test]
fn an_unknown_queue_is_an_empty_list() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    let (_, items, end) = list(&mut client, "QueueStatus\nQueue: nosuch", "QueueStatusComplete");
    assert!(items.is_empty());
    assert_eq!(end.get("ListItems"), "0");
}

#[test]
fn list_items_go_only_to_the_one_who_asked() {
    let simulator = plain_node();
    let mut other = Client::login(&simulator, "all");
    let mut client = Client::login(&simulator, "off");
    other.until_event("SuccessfulAuth");
    other.until_event("SuccessfulAuth");
    list(&mut client, "QueueStatus", "QueueStatusComplete");
    assert!(other.silent());
}

#[test]
fn queue_members_can_be_added_paused_and_removed_and_everybody_hears_of_it() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "agent");
    let member = "Queue: support\nInterface: Local/9@agents/n";
    let answer = client.ask(&format!("Action: QueueAdd\n{member}\nMemberName: Temp\nPenalty: 3"));
    assert_eq!(answer.get("Message"), "Added interface to queue");
    let added = client.frame();
    let keys = "Event Privilege Queue MemberName Interface StateInterface Membership Penalty CallsTaken LastCall \
                LastPause LoginTime InCall Status Paused PausedReason Ringinuse Wrapuptime";
    assert_eq!((added.event(), added.keys().join(" ").as_str()), ("QueueMemberAdded", keys));
    assert_eq!((added.get("MemberName"), added.get("Penalty"), added.get("Membership")), ("Temp", "3", "dynamic"));

    let again = client.ask(&format!("Action: QueueAdd\n{member}"));
    assert_eq!(again.get("Message"), "Unable to add interface: Already there");

    let pause = client.ask(&format!("Action: QueuePause\n{member}\nPaused: true\nReason: lunch: break"));
    assert_eq!(pause.get("Message"), "Interface paused successfully");
    let paused = client.frame();
    assert_eq!((paused.event(), paused.get("Paused")), ("QueueMemberPause", "1"));
    assert_eq!(paused.get("PausedReason"), "lunch: break");

    let removal = client.ask(&format!("Action: QueueRemove\n{member}"));
    assert_eq!(removal.get("Message"), "Removed interface from queue");
    assert_eq!(client.frame().event(), "QueueMemberRemoved");
    let gone = client.ask(&format!("Action: QueueRemove\n{member}"));
    assert_eq!(gone.get("Message"), "Unable to remove interface: Not there");
}

#[test]
fn database_entries_are_a_list_and_missing_ones_an_error() {
    let simulator = plain_node();
    let mut client = Client::login(&simulator, "off");
    assert_eq!(client.ask("Action: DBGet\nFamily: f\nKey: k").get("Message"), "Database entry not found");
    client.ask("Action: DBPut\nFamily: f\nKey: k\nVal: v");
    let (_, items, _) = list(&mut client, "DBGet\nFamily: f\nKey: k", "DBGetComplete");
    assert_eq!((items[0].event(), items[0].get("Val")), ("DBGetResponse", "v"));
    let (_, items, _) = list(&mut client, "DBGetTree\nFamily: f", "DBGetTreeComplete");
    assert_eq!(items[0].get("Key"), "/f/k");
}
