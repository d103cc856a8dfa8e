//! Actions about channels and calls.

use std::time::Duration;

use regex_lite::Regex;

use super::Action;
use crate::calls::{NORMAL, Originate, Target};
use crate::frame;
use crate::pbx::Channel;
use crate::session::Wait;

/// What an Originate without Timeout waits for an answer.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn core_show_channels(action: &mut Action<'_>) {
    action.list_start("Channels will follow");
    let (now, id) = (action.fx.now, action.request.action_id());
    let channels = &action.node.pbx.channels;
    for channel in channels.values() {
        let age = now.since(channel.created);
        frame::Frame::item(action.session.out.tail(), "CoreShowChannel")
            .action_id(id)
            .channel("", channel)
            .put("Application", &channel.application)
            .put("ApplicationData", &channel.data)
            .put("Duration", format!("{:02}:{:02}:{:02}", age / 3600, age / 60 % 60, age % 60))
            .put("BridgeId", channel.bridge.as_deref().unwrap_or_default())
            .end();
    }
    let items = channels.len();
    action.list_end("CoreShowChannelsComplete", items);
}

pub(super) fn status(action: &mut Action<'_>) {
    let wanted = action.request.text("Channel");
    let all = action.node.pbx.channels.values();
    let shown: Vec<&Channel> = all.filter(|channel| wanted.as_ref().is_none_or(|name| channel.name == *name)).collect();
    if wanted.is_some() && shown.is_empty() {
        return action.error("No such channel");
    }
    let (now, id, out) = (action.fx.now, action.request.action_id(), action.session.out.tail());
    frame::list_start(out, id, "Channel status will follow");
    for channel in &shown {
        let mut item = frame::Frame::item(out, "Status");
        item.put("Privilege", "Call").channel("", channel);
        item.put("Type", channel.name.split('/').next().unwrap_or_default())
            .put("DNID", "")
            .put("EffectiveConnectedLineNum", crate::pbx::caller_text(&channel.connected.0))
            .put("EffectiveConnectedLineName", crate::pbx::caller_text(&channel.connected.1))
            .put("TimeToHangup", "0")
            .put("BridgeID", channel.bridge.as_deref().unwrap_or_default())
            .put("Application", &channel.application)
            .put("Data", &channel.data)
            .put("Nativeformats", "(slin)")
            .put("Readformat", "slin")
            .put("Readtrans", "")
            .put("Writeformat", "slin")
            .put("Writetrans", "")
            .put("Callgroup", "0")
            .put("Pickupgroup", "0")
            .show("Seconds", now.since(channel.created))
            .action_id(id)
            .end();
    }
    frame::list_end(out, id, "StatusComplete", shown.len(), Some(("Items", shown.len())));
}

/// One channel by name, or all whose names match `/expression/`.
pub(super) fn hangup(action: &mut Action<'_>) {
    let Some(name) = action.request.text("Channel") else {
        return action.error("No channel specified");
    };
    let cause = action.request.text("Cause").and_then(|text| text.parse().ok()).unwrap_or(NORMAL);
    if let Some(pattern) = name.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        return hang_up_matching(action, pattern, cause);
    }
    if action.node.pbx.channel_named(&name).is_none() {
        return action.error("No such channel");
    }
    action.success("Channel Hungup");
    action.node.pbx.hang_up_channel(action.fx, &name, cause);
}

fn hang_up_matching(action: &mut Action<'_>, pattern: &str, cause: u8) {
    let Ok(regex) = Regex::new(pattern) else {
        return action.error("Regex format invalid, Channel param should be /regex/");
    };
    let channels = action.node.pbx.channels.values();
    let names: Vec<String> =
        channels.filter(|channel| regex.is_match(&channel.name)).map(|channel| channel.name.clone()).collect();
    action.list_start("Channels hung up will follow");
    let id = action.request.action_id();
    for name in &names {
        action.item("ChannelHungup").put("Channel", name).action_id(id).end();
    }
    action.list_end("ChannelsHungupListComplete", names.len());
    for name in names {
        action.node.pbx.hang_up_channel(action.fx, &name, cause);
    }
}

pub(super) fn redirect(action: &mut Action<'_>) {
    let Some(name) = action.request.text("Channel") else {
        return action.error("Channel not specified");
    };
    let context = action.request.text("Context");
    let exten = action.request.text("Exten");
    let Some(channel) = action.node.pbx.channel_named_mut(&name) else {
        return action.error("Channel does not exist");
    };
    if let (Some(context), Some(exten)) = (context, exten) {
        channel.context = context;
        channel.exten = exten;
        channel.priority = 1;
    }
    action.success("Redirect successful");
}

pub(super) fn originate(action: &mut Action<'_>) {
    let request = match read_originate(action) {
        Ok(request) => request,
        Err(message) => return action.error(message),
    };
    if request.asker.is_some() {
        action.session.wait = Some(Wait::Originate);
    } else {
        action.success("Originate successfully queued");
    }
    action.node.pbx.originate(action.fx, request);
}

/// Checks in the order of a real server, so that a request with two mistakes is told the same one.
fn read_originate(action: &Action<'_>) -> Result<Originate, &'static str> {
    let request = action.request;
    let channel = request.given("Channel").ok_or("Channel not specified")?;
    let timeout = match request.text("Timeout") {
        Some(text) => Duration::from_millis(text.trim().parse().map_err(|_| "Invalid timeout")?),
        None => DEFAULT_TIMEOUT,
    };
    if !channel.contains(&b'/') {
        return Err("Invalid channel");
    }
    let target = match (request.text("Application"), request.text("Exten"), request.text("Context")) {
        (Some(name), ..) => Target::Application { name, data: request.header("Data").unwrap_or_default().to_vec() },
        (None, Some(exten), Some(context)) => match request.text("Priority") {
            Some(priority) => Target::Exten { context, exten, priority },
            None => return Err(NEEDS_MORE),
        },
        _ => return Err(NEEDS_MORE),
    };
    let asynchronous =
        request.text("Async").is_some_and(|text| ["true", "yes", "1", "on"].contains(&text.to_lowercase().as_str()));
    Ok(Originate {
        action_id: action.id(),
        channel: channel.to_vec(),
        target,
        caller: caller_id(request.given("CallerID").unwrap_or_default()),
        variables: request.all("Variable").flat_map(variables).collect(),
        timeout,
        asker: (!asynchronous).then_some(action.session.key),
        ids: (request.text("ChannelId"), request.text("OtherChannelId")),
    })
}

const NEEDS_MORE: &str = "Originate with 'Exten' requires 'Context' and 'Priority'";

/// `"Zoe" <123>` is a name and a number; digits alone are a number, anything else is a name.
fn caller_id(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let unquoted = |name: &[u8]| {
        let name = name.trim_ascii();
        name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name).to_vec()
    };
    if let Some(start) = text.iter().position(|&byte| byte == b'<') {
        let (name, rest) = text.split_at(start);
        let number = rest.iter().copied().skip(1).take_while(|&byte| byte != b'>').collect();
        return (number, unquoted(name));
    }
    if text.iter().all(|byte| byte.is_ascii_digit() || b"+*#".contains(byte)) {
        return (text.to_vec(), Vec::new());
    }
    (Vec::new(), unquoted(text))
}

/// `A=x,B="y,z"` sets two variables; a variable without a value counts for nothing.
fn variables(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut quoted = false;
    let parts = text.split(|&byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    });
    let pairs = parts.filter_map(|part| {
        let at = part.iter().position(|&byte| byte == b'=')?;
        let (name, value) = part.split_at(at);
        let value = value.iter().skip(1).copied().filter(|&byte| byte != b'"').collect();
        Some((name.trim_ascii().to_vec(), value))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_id_is_a_name_and_a_number() {
        assert_eq!(caller_id(b"\"Zoe\" <123>"), (b"123".to_vec(), b"Zoe".to_vec()));
        assert_eq!(caller_id(b"4711"), (b"4711".to_vec(), Vec::new()));
        assert_eq!(caller_id(b"Zoe Q"), (Vec::new(), b"Zoe Q".to_vec()));
    }

    #[test]
    fn commas_separate_variables_unless_quoted() {
        let pair = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(variables(b"A2=y,A3=z"), [pair("A2", "y"), pair("A3", "z")]);
        assert_eq!(variables(b"A4=\"q,r\""), [pair("A4", "q,r")]);
        assert_eq!(variables(b"A6"), []);
    }
}
