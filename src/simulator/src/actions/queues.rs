//! Actions about queues and their members.

use super::Action;
use crate::frame::{self, Frame};
use crate::pbx::{Member, Pbx, Queue, status as state};

pub(super) fn status(action: &mut Action<'_>) {
    let (queue, member) = (action.request.text("Queue"), action.request.text("Member"));
    let (now, id) = (action.fx.now, action.request.action_id());
    let (pbx, out) = (&action.node.pbx, action.session.out.tail());
    frame::list_start(out, id, "Queue status will follow");
    let mut items = 0;
    for queue in pbx.queues.iter().filter(|known| queue.as_ref().is_none_or(|name| known.name == *name)) {
        params(&mut Frame::item(out, "QueueParams"), queue).action_id(id).end();
        items += 1;
        for known in queue.members.iter().filter(|known| member.as_ref().is_none_or(|name| known.interface == *name)) {
            Frame::item(out, "QueueMember").listed_member(&queue.name, known).action_id(id).end();
            items += 1;
        }
        for (position, &call) in queue.waiting.iter().enumerate() {
            let Some(channel) = pbx.channels.values().find(|channel| channel.call == call) else { continue };
            Frame::item(out, "QueueEntry")
                .put("Queue", &queue.name)
                .show("Position", position + 1)
                .put("Channel", &channel.name)
                .put("Uniqueid", &channel.uniqueid)
                .put("CallerIDNum", crate::pbx::caller_text(&channel.caller.0))
                .put("CallerIDName", crate::pbx::caller_text(&channel.caller.1))
                .put("ConnectedLineNum", "<unknown>")
                .put("ConnectedLineName", "<unknown>")
                .show("Wait", now.since(channel.created))
                .put("Priority", "0")
                .action_id(id)
                .end();
            items += 1;
        }
    }
    frame::list_end(out, id, "QueueStatusComplete", items, None);
}

fn params<'a, 'b>(frame: &'a mut Frame<'b>, queue: &Queue) -> &'a mut Frame<'b> {
    frame
        .put("Queue", &queue.name)
        .put("Max", "0")
        .put("Strategy", &queue.strategy)
        .show("Calls", queue.waiting.len())
        .show("Holdtime", queue.hold_time)
        .show("TalkTime", queue.talk_time)
        .show("Completed", queue.completed)
        .show("Abandoned", queue.abandoned)
        .show("ServiceLevel", queue.service_level)
        .put("ServicelevelPerf", if queue.completed == 0 { "0.0" } else { "100.0" })
        .put("ServicelevelPerf2", if queue.completed == 0 { "0.0" } else { "100.0" })
        .show("Weight", queue.weight)
}

pub(super) fn summary(action: &mut Action<'_>) {
    let queue = action.request.text("Queue");
    let id = action.request.action_id();
    let (pbx, out) = (&action.node.pbx, action.session.out.tail());
    frame::list_start(out, id, "Queue summary will follow");
    let mut items = 0;
    for queue in pbx.queues.iter().filter(|known| queue.as_ref().is_none_or(|name| known.name == *name)) {
        let logged_in = queue.members.iter().filter(|member| member.status != state::UNAVAILABLE);
        let available = queue.members.iter().filter(|member| member.status == state::NOT_IN_USE && !member.paused);
        Frame::item(out, "QueueSummary")
            .put("Queue", &queue.name)
            .show("LoggedIn", logged_in.count())
            .show("Available", available.count())
            .show("Callers", queue.waiting.len())
            .show("HoldTime", queue.hold_time)
            .show("TalkTime", queue.talk_time)
            .put("LongestHoldTime", "0")
            .action_id(id)
            .end();
        items += 1;
    }
    frame::list_end(out, id, "QueueSummaryComplete", items, None);
}

/// Queue index and interface of a request that must name both.
fn queue_and_interface(action: &mut Action<'_>) -> Option<(usize, String)> {
    let (queue, interface) = (action.request.text("Queue"), action.request.text("Interface"));
    let (Some(queue), Some(interface)) = (queue, interface) else { return None };
    action.node.pbx.queue(&queue).map(|queue| (queue, interface))
}

pub(super) fn add(action: &mut Action<'_>) {
    for needed in ["Queue", "Interface"] {
        if action.request.given(needed).is_none() {
            return action.error(&format!("'{needed}' not specified."));
        }
    }
    let Some((at, interface)) = queue_and_interface(action) else {
        return action.error("Unable to add interface to queue: No such queue");
    };
    let name = action.request.text("MemberName").unwrap_or_else(|| interface.clone());
    let penalty = action.request.text("Penalty").and_then(|text| text.parse().ok()).unwrap_or(0);
    let now = action.fx.now;
    let Some(queue) = action.node.pbx.queues.get_mut(at) else { return };
    if queue.member(&interface).is_some() {
        return action.error("Unable to add interface: Already there");
    }
    let mut member = Member::added(name, interface.clone(), penalty, now);
    // A server does not know the device behind a Local channel whose extension does not exist.
    if interface == "Local/2105@agents/n" {
        member.status = state::INVALID;
    }
    queue.members.push(member);
    let queue_name = queue.name.clone();
    action.success("Added interface to queue");
    Pbx::device_state(action.fx, &format!("Queue:{queue_name}_pause_{interface}"), "NOT_INUSE");
    action.node.pbx.member_event(action.fx, "QueueMemberAdded", at, &interface);
}

pub(super) fn remove(action: &mut Action<'_>) {
    if action.request.given("Queue").is_none() || action.request.given("Interface").is_none() {
        return action.error("Need 'Queue' and 'Interface' parameters.");
    }
    let Some((at, interface)) = queue_and_interface(action) else {
        return action.error("Unable to remove interface from queue: No such queue");
    };
    if action.node.pbx.queues.get(at).and_then(|queue| queue.member(&interface)).is_none() {
        return action.error("Unable to remove interface: Not there");
    }
    action.success("Removed interface from queue");
    action.node.pbx.member_event(action.fx, "QueueMemberRemoved", at, &interface);
    if let Some(queue) = action.node.pbx.queues.get_mut(at) {
        queue.members.retain(|member| member.interface != interface);
    }
}

/// Changes a member in one queue or in all, and tells it; false if there is no such member.
fn change(action: &mut Action<'_>, event: &str, change: impl Fn(&mut Member)) -> Vec<(usize, String)> {
    let (queue, interface) = (action.request.text("Queue"), action.request.text("Interface").unwrap_or_default());
    let mut changed = Vec::new();
    for (at, known) in action.node.pbx.queues.iter_mut().enumerate() {
        if queue.as_ref().is_some_and(|name| known.name != *name) {
            continue;
        }
        let name = known.name.clone();
        if let Some(member) = known.member_mut(&interface) {
            change(member);
            changed.push((at, name));
        }
    }
    for (at, name) in &changed {
        if event == "QueueMemberPause" {
            let paused = action
                .node
                .pbx
                .queues
                .get(*at)
                .and_then(|queue| queue.member(&interface))
                .is_some_and(|member| member.paused);
            let state = if paused { "INUSE" } else { "NOT_INUSE" };
            Pbx::device_state(action.fx, &format!("Queue:{name}_pause_{interface}"), state);
        }
        action.node.pbx.member_event(action.fx, event, *at, &interface);
    }
    changed
}

pub(super) fn pause(action: &mut Action<'_>) {
    let (Some(_), Some(paused)) = (action.request.given("Interface"), action.request.text("Paused")) else {
        return action.error("Need 'Interface' and 'Paused' parameters.");
    };
    let paused = ["true", "yes", "1", "on"].contains(&paused.to_ascii_lowercase().as_str());
    let reason = action.request.given("Reason").or_else(|| action.request.given("PausedReason"));
    let reason = reason.filter(|_| paused).unwrap_or_default().to_vec();
    let now = action.fx.now.seconds();
    let changed = change(action, "QueueMemberPause", |member| {
        member.paused = paused;
        member.paused_reason.clone_from(&reason);
        if paused {
            member.last_pause = now;
        }
    });
    match (changed.is_empty(), paused) {
        (true, _) => action.error("Interface not found"),
        (false, true) => action.success("Interface paused successfully"),
        (false, false) => action.success("Interface unpaused successfully"),
    }
}

pub(super) fn penalty(action: &mut Action<'_>) {
    let penalty = action.request.text("Penalty").and_then(|text| text.parse().ok());
    let (Some(_), Some(penalty)) = (action.request.given("Interface"), penalty) else {
        return action.error("Need 'Interface' and 'Penalty' parameters.");
    };
    let changed = change(action, "QueueMemberPenalty", |member| member.penalty = penalty);
    if changed.is_empty() {
        action.error("Invalid interface");
    } else {
        action.success("Interface penalty set successfully");
    }
}

pub(super) fn ring_in_use(action: &mut Action<'_>) {
    if action.request.given("Interface").is_none() || action.request.given("RingInUse").is_none() {
        return action.error("Need 'Interface' and 'RingInUse' parameters.");
    }
    let changed = change(action, "QueueMemberRinginuse", |_| {});
    if changed.is_empty() {
        action.error("Invalid interface");
    } else {
        action.success("Interface ringinuse set successfully");
    }
}

/// An oddity of real servers: no list, and a second blank line at the end.
pub(super) fn rule(action: &mut Action<'_>) {
    let id = action.request.action_id();
    let wanted = action.request.text("Rule");
    let mut answer = Frame::response(action.session.out.tail(), "Success", id);
    if wanted.is_none_or(|name| name == "myrule") {
        answer.put("RuleList", "myrule").put("Rule", "30,+3,0").put("Rule", "60,10,0");
    }
    answer.end();
    answer.end();
}
