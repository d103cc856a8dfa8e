//! The events of channels, bridges and devices. Each function shows the state as it is and changes nothing, but for the
//! few whose name says so.

use super::{ChannelId, ChannelState, Pbx};
use crate::class::Classes;
use crate::effects::Effects;
use crate::frame::Frame;
use crate::time::Stamp;

/// A bridge as its events show it.
#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    pub(crate) id: String,
    pub(crate) channels: u8,
}

/// `Cause-txt` of a hangup cause.
const fn cause_text(cause: u8) -> &'static str {
    match cause {
        16 => "Normal Clearing",
        17 => "User busy",
        19 => "User alerting, no answer",
        34 => "Circuit/channel congestion",
        _ => "Unknown",
    }
}

impl Pbx {
    /// An event of one channel: its headers, then what `more` adds. Nothing if the channel is gone.
    pub(crate) fn channel_event(
        &self,
        fx: &mut Effects,
        name: &str,
        class: Classes,
        id: ChannelId,
        more: impl FnOnce(&mut Frame<'_>),
    ) {
        if let Some(channel) = self.channels.get(&id) {
            fx.event(name, class, |frame| {
                frame.channel("", channel);
                more(frame);
            });
        }
    }

    pub(crate) fn newchannel(&self, fx: &mut Effects, id: ChannelId) {
        self.channel_event(fx, "Newchannel", Classes::CALL, id, |_| {});
    }

    /// Sets the state and tells it.
    pub(crate) fn set_state(&mut self, fx: &mut Effects, id: ChannelId, state: ChannelState) {
        let now = fx.now;
        self.change(id, |channel| {
            channel.state = state;
            if state == ChannelState::Up {
                channel.answered.get_or_insert(now);
            }
        });
        self.channel_event(fx, "Newstate", Classes::CALL, id, |_| {});
    }

    /// Sets priority, application and data, and tells them.
    pub(crate) fn run(&mut self, fx: &mut Effects, id: ChannelId, priority: u32, application: &str, data: &[u8]) {
        self.change(id, |channel| {
            channel.priority = priority;
            application.clone_into(&mut channel.application);
            channel.data = data.to_vec();
        });
        if let Some(channel) = self.channels.get(&id) {
            fx.event("Newexten", Classes::DIALPLAN, |frame| {
                frame.channel("", channel).put("Extension", &channel.exten);
                frame.put("Application", application).put("AppData", data);
            });
        }
    }

    /// Sets a variable and tells it.
    pub(crate) fn set_variable(&mut self, fx: &mut Effects, id: ChannelId, name: &[u8], value: &[u8]) {
        self.change(id, |channel| {
            channel.variables.insert(name.to_vec(), value.to_vec());
        });
        self.channel_event(fx, "VarSet", Classes::DIALPLAN, id, |frame| {
            frame.put("Variable", name).put("Value", value);
        });
    }

    pub(crate) fn new_caller_id(&self, fx: &mut Effects, id: ChannelId) {
        self.channel_event(fx, "NewCallerid", Classes::CALL, id, |frame| {
            frame.put("CID-CallingPres", "0 (Presentation Allowed, Not Screened)");
        });
    }

    pub(crate) fn new_connected_line(&self, fx: &mut Effects, id: ChannelId) {
        self.channel_event(fx, "NewConnectedLine", Classes::CALL, id, |_| {});
    }

    pub(crate) fn local_bridge(&self, fx: &mut Effects, one: ChannelId, two: ChannelId) {
        if let (Some(one), Some(two)) = (self.channels.get(&one), self.channels.get(&two)) {
            fx.event("LocalBridge", Classes::CALL, |frame| {
                frame.channel("LocalOne", one).channel("LocalTwo", two);
                frame.put("Context", &two.context).put("Exten", &two.exten).put("LocalOptimization", "No");
            });
        }
    }

    /// `DialBegin`, `DialState`, `DialEnd`: with a caller unless the call was originated.
    fn dial_event(&self, fx: &mut Effects, name: &str, caller: Option<ChannelId>, dest: ChannelId, last: (&str, &str)) {
        let caller = caller.and_then(|id| self.channels.get(&id));
        if let Some(dest) = self.channels.get(&dest) {
            fx.event(name, Classes::CALL, |frame| {
                if let Some(caller) = caller {
                    frame.channel("", caller);
                }
                frame.channel("Dest", dest).put(last.0, last.1);
            });
        }
    }

    pub(crate) fn dial_begin(&self, fx: &mut Effects, caller: Option<ChannelId>, dest: ChannelId, dial: &str) {
        self.dial_event(fx, "DialBegin", caller, dest, ("DialString", dial));
    }

    pub(crate) fn dial_state(&self, fx: &mut Effects, caller: Option<ChannelId>, dest: ChannelId, status: &str) {
        self.dial_event(fx, "DialState", caller, dest, ("DialStatus", status));
    }

    pub(crate) fn dial_end(&self, fx: &mut Effects, caller: Option<ChannelId>, dest: ChannelId, status: &str) {
        self.dial_event(fx, "DialEnd", caller, dest, ("DialStatus", status));
    }

    pub(crate) fn music_on_hold(&self, fx: &mut Effects, id: ChannelId, start: bool) {
        let name = if start { "MusicOnHoldStart" } else { "MusicOnHoldStop" };
        self.channel_event(fx, name, Classes::CALL, id, |frame| {
            if start {
                frame.put("Class", "default");
            }
        });
    }

    pub(crate) fn bridge_event(fx: &mut Effects, name: &str, bridge: &Bridge) {
        fx.event(name, Classes::CALL, |frame| {
            frame.bridge(bridge);
        });
    }

    pub(crate) fn bridge_enter(&mut self, fx: &mut Effects, bridge: &mut Bridge, id: ChannelId) {
        bridge.channels += 1;
        self.change(id, |channel| channel.bridge = Some(bridge.id.clone()));
        self.bridge_move(fx, "BridgeEnter", bridge, id);
    }

    pub(crate) fn bridge_leave(&mut self, fx: &mut Effects, bridge: &mut Bridge, id: ChannelId) {
        bridge.channels = bridge.channels.saturating_sub(1);
        self.change(id, |channel| channel.bridge = None);
        self.bridge_move(fx, "BridgeLeave", bridge, id);
    }

    fn bridge_move(&self, fx: &mut Effects, name: &str, bridge: &Bridge, id: ChannelId) {
        if let Some(channel) = self.channels.get(&id) {
            fx.event(name, Classes::CALL, |frame| {
                frame.bridge(bridge).channel("", channel);
            });
        }
    }

    pub(crate) fn hangup_request(&self, fx: &mut Effects, id: ChannelId, cause: u8) {
        self.channel_event(fx, "HangupRequest", Classes::CALL, id, |frame| {
            frame.show("Cause", cause);
        });
    }

    pub(crate) fn soft_hangup_request(&self, fx: &mut Effects, id: ChannelId, cause: u8) {
        self.channel_event(fx, "SoftHangupRequest", Classes::CALL, id, |frame| {
            frame.show("Cause", cause);
        });
    }

    /// Tells the channel's end; the caller removes it when its Cdr is written.
    pub(crate) fn hangup(&self, fx: &mut Effects, id: ChannelId, cause: u8) {
        self.channel_event(fx, "Hangup", Classes::CALL, id, |frame| {
            frame.show("Cause", cause).put("Cause-txt", cause_text(cause));
        });
    }

    pub(crate) fn cdr(&self, fx: &mut Effects, id: ChannelId, dest: Option<ChannelId>, disposition: &str) {
        let Some(channel) = self.channels.get(&id) else { return };
        let dest = dest.and_then(|id| self.channels.get(&id)).map_or("", |dest| dest.name.as_str());
        let (number, name) = &channel.caller;
        let caller_id = [b"\"", name.as_slice(), b"\" <", number.as_slice(), b">"].concat();
        let now = fx.now;
        let billable = channel.answered.map_or(0, |answered| now.since(answered));
        fx.event("Cdr", Classes::CDR, |frame| {
            frame
                .put("AccountCode", "")
                .put("Source", number)
                .put("Destination", &channel.exten)
                .put("DestinationContext", &channel.context)
                .put("CallerID", caller_id)
                .put("Channel", &channel.name)
                .put("DestinationChannel", dest)
                .put("LastApplication", &channel.application)
                .put("LastData", &channel.data)
                .put("StartTime", channel.created.date_time())
                .put("AnswerTime", channel.answered.map(Stamp::date_time).unwrap_or_default())
                .put("EndTime", now.date_time())
                .show("Duration", now.since(channel.created))
                .show("BillableSeconds", billable)
                .put("Disposition", disposition)
                .put("AMAFlags", "DOCUMENTATION")
                .put("UniqueID", &channel.uniqueid)
                .put("UserField", "");
        });
    }

    pub(crate) fn device_state(fx: &mut Effects, device: &str, state: &str) {
        fx.event("DeviceStateChange", Classes::CALL, |frame| {
            frame.put("Device", device).put("State", state);
        });
    }

    /// Tells the state of the device that the channel belongs to.
    pub(crate) fn device_of(&self, fx: &mut Effects, id: ChannelId, state: &str) {
        if let Some(channel) = self.channels.get(&id) {
            Self::device_state(fx, channel.device(), state);
        }
    }

    pub(crate) fn member_event(&self, fx: &mut Effects, name: &str, queue: usize, interface: &str) {
        let Some(queue) = self.queues.get(queue) else { return };
        if let Some(member) = queue.member(interface) {
            fx.event(name, Classes::AGENT, |frame| {
                frame.member(&queue.name, member);
            });
        }
    }
}

impl Frame<'_> {
    fn bridge(&mut self, bridge: &Bridge) -> &mut Self {
        self.put("BridgeUniqueid", &bridge.id)
            .put("BridgeType", "basic")
            .put("BridgeTechnology", "simple_bridge")
            .put("BridgeCreator", "<unknown>")
            .put("BridgeName", "<unknown>")
            .show("BridgeNumChannels", bridge.channels)
            .put("BridgeVideoSourceMode", "none")
    }
}
