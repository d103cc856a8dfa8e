//! Actions about the session and the server itself.

use std::time::Duration;

use super::{ACTIONS, Action};
use crate::class::Classes;
use crate::effects::Order;
use crate::session::Wait;
use crate::worker::Timer;

pub(super) fn ping(action: &mut Action<'_>) {
    let now = action.fx.now.micros();
    action.answer().put("Ping", "Pong").put("Timestamp", now).end();
}

/// Lines go out as they came in, but for the two that the event has already.
pub(super) fn user_event(action: &mut Action<'_>) {
    action.success("Event Sent");
    let request = action.request;
    action.fx.event("UserEvent", Classes::USER, |frame| {
        frame.put("UserEvent", request.header("UserEvent").unwrap_or_default());
        let of_the_event = |line: &&[u8]| !begins(line, b"UserEvent:") && !begins(line, b"Action:");
        for line in request.lines().filter(of_the_event) {
            frame.line(line);
        }
    });
}

fn begins(line: &[u8], key: &[u8]) -> bool {
    line.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key))
}

pub(super) fn list_commands(action: &mut Action<'_>) {
    let write = action.session.user.as_ref().map(|user| user.write).unwrap_or_default();
    let mut answer = action.answer();
    for known in &ACTIONS {
        if known.privilege.is_empty() {
            answer.put(known.name, format!("{}  (Priv: <none>)", known.synopsis));
        } else if write.intersects(Classes::from_mask(known.privilege)) {
            answer.put(known.name, format!("{}  (Priv: {},all)", known.synopsis, known.privilege));
        }
    }
    answer.end();
}

pub(super) fn filter(action: &mut Action<'_>) {
    let adds = action.request.given("Operation").is_some_and(|operation| operation.eq_ignore_ascii_case(b"Add"));
    if !adds {
        return action.error("Unknown operation");
    }
    let Some(filter) = action.request.text("Filter") else {
        return action.error("Filter was formatted incorrectly.  Check the syntax of the filter given.");
    };
    match action.session.filters.add(&filter) {
        Ok(()) => action.success("Success"),
        Err(message) => action.error(message),
    }
}

/// Answered when an event comes or the time is over; the session hears and says nothing until then.
pub(super) fn wait_event(action: &mut Action<'_>) {
    let seconds = action.request.text("Timeout").and_then(|text| text.trim().parse::<i64>().ok()).unwrap_or(-1);
    action.session.wait = Some(Wait::Event { action_id: action.id() });
    if let Ok(seconds) = u64::try_from(seconds) {
        let after = Duration::from_secs(seconds);
        action.fx.orders.push(Order::Timer { after, timer: Timer::EndWait(action.session.key) });
    }
}

pub(super) fn core_status(action: &mut Action<'_>) {
    let started = action.node.pbx.started;
    let (current, ended) = (action.node.pbx.calls.active(), action.node.pbx.calls.ended);
    action
        .answer()
        .put("CoreStartupDate", started.date())
        .put("CoreStartupTime", started.time())
        .put("CoreReloadDate", started.date())
        .put("CoreReloadTime", started.time())
        .show("CoreCurrentCalls", current)
        .show("CoreProcessedCalls", ended)
        .end();
}

pub(super) fn core_settings(action: &mut Action<'_>) {
    let config = &action.node.config;
    let ami_version = config.banner.rsplit('/').next().unwrap_or_default().to_owned();
    let system_name = config.system_name.clone().unwrap_or_default();
    action
        .answer()
        .put("AMIversion", ami_version)
        .put("AsteriskVersion", super::command::VERSION)
        .put("SystemName", system_name)
        .put("CoreMaxCalls", "0")
        .put("CoreMaxLoadAvg", "0.000000")
        .put("CoreRunUser", "")
        .put("CoreRunGroup", "")
        .put("CoreMaxFilehandles", "20000")
        .put("CoreRealTimeEnabled", "No")
        .put("CoreCDRenabled", "Yes")
        .put("CoreHTTPenabled", "No")
        .put("SoundsSearchCustomDir", "No")
        .end();
}

/// An oddity of real servers: three errors for one action.
pub(super) fn module_load(action: &mut Action<'_>) {
    if action.request.given("LoadType").is_some() {
        return action.success("Module loaded.");
    }
    for message in ["Incomplete ModuleLoad action.", "Need module name", "Incomplete ModuleLoad action."] {
        action.error(message);
    }
}
