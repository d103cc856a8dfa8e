//! Originated calls: a channel is called, and what answers runs an application or an extension.

use std::time::Duration;

use super::{CONGESTION, Call, NO_ANSWER, Outcome, Stage, USER_BUSY};
use crate::class::Classes;
use crate::config::CallsConfig;
use crate::effects::{Effects, Order};
use crate::frame;
use crate::pbx::{ChannelId, ChannelState, Pbx, caller_text};
use crate::session::SessionKey;

/// A real server needs a moment, too; and a client sees the answer before the events.
const SETUP: Duration = Duration::from_millis(1);

/// What a client asked for.
#[derive(Debug)]
pub(crate) struct Originate {
    pub(crate) action_id: Option<Vec<u8>>,
    /// As the client wrote it.
    pub(crate) channel: Vec<u8>,
    pub(crate) target: Target,
    pub(crate) caller: (Vec<u8>, Vec<u8>),
    pub(crate) variables: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) timeout: Duration,
    /// The session that waits for the answer, if it waits.
    pub(crate) asker: Option<SessionKey>,
    pub(crate) ids: (Option<String>, Option<String>),
}

/// What the channel runs once it has answered.
#[derive(Debug)]
pub(crate) enum Target {
    Application { name: String, data: Vec<u8> },
    Exten { context: String, exten: String, priority: String },
}

/// Reasons of an `OriginateResponse`.
mod reason {
    pub(super) const FAILURE: u8 = 0;
    pub(super) const NO_ANSWER: u8 = 3;
    pub(super) const ANSWERED: u8 = 4;
    pub(super) const BUSY: u8 = 5;
    pub(super) const CONGESTION: u8 = 8;
}

impl Pbx {
    pub(crate) fn originate(&mut self, fx: &mut Effects, request: Originate) {
        let channel = String::from_utf8_lossy(&request.channel).into_owned();
        match channel.split_once('/') {
            Some((tech, rest)) if tech.eq_ignore_ascii_case("Local") => {
                let place = rest.split('/').next().unwrap_or(rest);
                let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
                self.originate_local(fx, request, exten, context, rest);
            }
            Some((tech, phone))
                if tech.eq_ignore_ascii_case("PJSIP") && self.endpoint(phone).is_some_and(|known| known.reachable) =>
            {
                self.originate_phone(fx, request, phone);
            }
            _ => Self::originate_failed(fx, &request, reason::FAILURE),
        }
    }

    fn originate_local(&mut self, fx: &mut Effects, request: Originate, exten: &str, context: &str, dial: &str) {
        let id = self.begin_call();
        let number = self.next_name();
        let name = |half: u8| format!("Local/{exten}@{context}-{number:08x};{half}");
        let one = self.add_channel(fx.now, id, name(1), None, (context, exten));
        let two = self.add_channel(fx.now, id, name(2), Some(one), (context, exten));
        if let Some(id) = &request.ids.0 {
            for channel in [one, two] {
                self.change(channel, |channel| channel.linkedid.clone_from(id));
            }
            self.change(one, |channel| channel.uniqueid.clone_from(id));
        }
        if let Some(id) = &request.ids.1 {
            self.change(two, |channel| channel.uniqueid.clone_from(id));
        }
        self.change(two, |channel| channel.state = ChannelState::Ring);
        self.newchannel(fx, one);
        self.newchannel(fx, two);
        self.run(fx, one, 1, "AppDial2", b"(Outgoing Line)");
        let mut call = Self::new_call(id, two, self.originate_rng(id));
        call.partner = Some(one);
        if !Self::extension_exists(context, exten) {
            self.cdr(fx, two, None, "FAILED");
            self.hangup(fx, two, 0);
            Self::originate_failed(fx, &request, reason::FAILURE);
            self.hangup(fx, one, 0);
            self.device_of(fx, one, "INVALID");
            self.cdr(fx, one, None, "FAILED");
            return self.forget(&call);
        }
        // A server sets the variables in reverse order on the first half, in order on the second.
        for (name, value) in request.variables.iter().rev() {
            self.set_variable(fx, one, name, value);
        }
        self.show_caller(fx, one, &request);
        for (name, value) in &request.variables {
            self.set_variable(fx, two, name, value);
        }
        self.show_caller(fx, two, &request);
        self.local_bridge(fx, one, two);
        self.dial_begin(fx, None, one, dial);
        call.originate = Some(Box::new(request));
        self.later(fx, call, Stage::Originated, SETUP);
    }

    fn originate_phone(&mut self, fx: &mut Effects, request: Originate, phone: &str) {
        let id = self.begin_call();
        let name = format!("PJSIP/{phone}-{:08x}", self.next_name());
        let channel = self.add_channel(fx.now, id, name, None, ("default", phone));
        if let Some(id) = &request.ids.0 {
            self.change(channel, |channel| {
                channel.uniqueid.clone_from(id);
                channel.linkedid.clone_from(id);
            });
        }
        self.newchannel(fx, channel);
        self.run(fx, channel, 1, "AppDial2", b"(Outgoing Line)");
        for (name, value) in request.variables.iter().rev() {
            self.set_variable(fx, channel, name, value);
        }
        self.show_caller(fx, channel, &request);
        self.dial_begin(fx, None, channel, phone);
        let mut call = Self::new_call(id, channel, self.originate_rng(id));
        call.originate = Some(Box::new(request));
        self.later(fx, call, Stage::Originated, SETUP);
    }

    fn show_caller(&mut self, fx: &mut Effects, id: ChannelId, request: &Originate) {
        if request.caller.0.is_empty() && request.caller.1.is_empty() {
            return;
        }
        self.change(id, |channel| channel.caller.clone_from(&request.caller));
        self.new_caller_id(fx, id);
        self.change(id, |channel| channel.connected.clone_from(&request.caller));
        self.new_connected_line(fx, id);
    }

    /// The called side decides.
    pub(super) fn originated(&mut self, fx: &mut Effects, config: &CallsConfig, call: Call) {
        let Some(exten) = self.channels.get(&call.caller).map(|channel| channel.exten.clone()) else { return };
        if call.partner.is_none() {
            return self.phone_rings(fx, config, call);
        }
        match exten.as_str() {
            "1003" => self.originate_refused(fx, call, "Busy", reason::BUSY, USER_BUSY),
            "1004" => self.originate_refused(fx, call, "Congestion", reason::CONGESTION, CONGESTION),
            "1005" | "1006" | "2102" => {
                self.run(fx, call.caller, 1, if exten == "1006" { "Progress" } else { "Ringing" }, b"");
                if let Some(partner) = call.partner {
                    self.set_state(fx, partner, ChannelState::Ringing);
                    self.run(fx, call.caller, 2, "Wait", b"60");
                    self.device_of(fx, partner, "INUSE");
                    self.dial_state(fx, None, partner, "RINGING");
                }
                let timeout = call.originate.as_ref().map(|originate| originate.timeout).unwrap_or_default();
                self.later(fx, call, Stage::OriginateTimesOut, timeout);
            }
            _ => self.originate_answered(fx, config, call),
        }
    }

    fn phone_rings(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call) {
        self.set_state(fx, call.caller, ChannelState::Ringing);
        self.device_of(fx, call.caller, "RINGING");
        self.dial_state(fx, None, call.caller, "RINGING");
        let ring = call.rng.between(&config.ring);
        let timeout = call.originate.as_ref().map(|originate| originate.timeout).unwrap_or_default();
        if ring > timeout {
            self.later(fx, call, Stage::OriginateTimesOut, timeout);
        } else {
            self.later(fx, call, Stage::OriginateRings, ring);
        }
    }

    /// Busy or congestion: the called side refuses.
    fn originate_refused(&mut self, fx: &mut Effects, mut call: Call, app: &str, reason: u8, cause: u8) {
        self.run(fx, call.caller, 1, app, b"1");
        self.set_state(fx, call.caller, ChannelState::Busy);
        if let Some(originate) = call.originate.take() {
            Self::originate_failed(fx, &originate, reason);
        }
        let disposition = super::disposition(cause);
        if let Some(partner) = call.partner {
            self.cdr(fx, partner, None, disposition);
            self.dial_end(fx, None, partner, if cause == USER_BUSY { "BUSY" } else { "CONGESTION" });
            self.hangup_request(fx, call.caller, 0);
            self.hangup(fx, partner, 0);
        }
        self.soft_hangup_request(fx, call.caller, super::NORMAL);
        self.hangup(fx, call.caller, cause);
        self.cdr(fx, call.caller, None, disposition);
        self.device_of(fx, call.caller, "NOT_INUSE");
        self.forget(&call);
    }

    /// Nobody answered within the Originate's Timeout.
    pub(super) fn originate_timed_out(&mut self, fx: &mut Effects, mut call: Call) {
        let originate = call.originate.take();
        if let Some(partner) = call.partner {
            self.hangup_request(fx, call.caller, NO_ANSWER);
            self.cdr(fx, call.caller, None, "NO ANSWER");
            self.soft_hangup_request(fx, call.caller, super::NORMAL);
            self.hangup(fx, call.caller, NO_ANSWER);
            self.hangup(fx, partner, NO_ANSWER);
        } else {
            self.hangup(fx, call.caller, NO_ANSWER);
        }
        if let Some(originate) = originate {
            Self::originate_failed(fx, &originate, reason::NO_ANSWER);
        }
        self.device_of(fx, call.caller, "NOT_INUSE");
        self.cdr(fx, call.partner.unwrap_or(call.caller), None, "NO ANSWER");
        self.forget(&call);
    }

    /// Answered: tells everybody, and runs what was dialled and what was asked for.
    pub(super) fn originate_answered(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call) {
        call.answered = true;
        let line = call.partner.unwrap_or(call.caller);
        if call.partner.is_some() {
            self.run(fx, call.caller, 2, "Answer", b"");
            self.set_state(fx, call.caller, ChannelState::Up);
        }
        let Some(originate) = call.originate.take() else { return };
        self.originate_succeeded(fx, &originate, line);
        self.set_state(fx, line, ChannelState::Up);
        self.dial_end(fx, None, line, "ANSWER");
        let limit = match &originate.target {
            Target::Application { name, data } => {
                self.run(fx, line, 1, name, data);
                Self::application_time(name, data)
            }
            Target::Exten { context, exten, priority } => {
                self.change(line, |channel| {
                    channel.context.clone_from(context);
                    channel.exten.clone_from(exten);
                });
                self.run(fx, line, priority.trim().parse().unwrap_or(1), "Answer", b"");
                Some(Self::extension_time(exten))
            }
        };
        self.device_of(fx, line, "INUSE");
        call.outcome = Outcome::Answer;
        if call.partner.is_some() {
            self.run_extension(fx, config, call, limit, &originate.variables);
        } else {
            let time = limit.unwrap_or_else(|| call.rng.between(&config.talk));
            self.later(fx, call, Stage::Ends, time);
        }
    }

    fn originate_succeeded(&self, fx: &mut Effects, request: &Originate, line: ChannelId) {
        let Some(channel) = self.channels.get(&line) else { return };
        respond(fx, request, reason::ANSWERED, channel.name.as_bytes(), &channel.uniqueid);
    }

    pub(super) fn originate_failed(fx: &mut Effects, request: &Originate, reason: u8) {
        respond(fx, request, reason, &request.channel, "<unknown>");
    }

    /// A hangup of the channel, asked for while the call is in any stage.
    pub(crate) fn hang_up_channel(&mut self, fx: &mut Effects, name: &str, cause: u8) -> bool {
        let Some(call) = self.channel_named(name).map(|channel| channel.call) else { return false };
        self.hang_up(fx, call, cause);
        true
    }
}

/// Tells the result: by an event to everybody, or by the answer that a session waits for.
fn respond(fx: &mut Effects, request: &Originate, reason: u8, channel: &[u8], uniqueid: &str) {
    let answered = reason == reason::ANSWERED;
    let id = request.action_id.as_deref();
    if let Some(session) = request.asker {
        let mut answer = Vec::new();
        if answered {
            frame::success(&mut answer, id, "Originate successfully queued");
        } else {
            frame::error(&mut answer, id, "Originate failed");
        }
        fx.orders.push(Order::Answer { session, frame: answer });
        return;
    }
    fx.event("OriginateResponse", Classes::CALL, |frame| {
        frame.action_id(id);
        frame.put("Response", if answered { "Success" } else { "Failure" }).put("Channel", channel);
        match &request.target {
            Target::Application { name, data } => frame.put("Application", name).put("Data", data),
            Target::Exten { context, exten, .. } => frame.put("Context", context).put("Exten", exten),
        };
        frame
            .show("Reason", reason)
            .put("Uniqueid", uniqueid)
            .put("CallerIDNum", caller_text(&request.caller.0))
            .put("CallerIDName", caller_text(&request.caller.1));
    });
}
