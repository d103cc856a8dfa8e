//! The application Dial: one phone rings, and answers or not.

use std::time::Duration;

use super::{Call, NO_ANSWER, NORMAL, Outcome, Stage, USER_BUSY};
use crate::config::CallsConfig;
use crate::effects::Effects;
use crate::pbx::{ChannelId, ChannelState, Pbx};

/// Between the start of dialling and the ringing.
const POST_DIAL_DELAY: Duration = Duration::from_millis(120);
const LOCAL_DELAY: Duration = Duration::from_millis(1);

impl Pbx {
    /// Dials `interface` (`PJSIP/6003`, `Local/1001@default/n`) from the call's caller.
    pub(super) fn dial(&mut self, fx: &mut Effects, mut call: Call, interface: &str) {
        self.run(fx, call.caller, 2, "Dial", format!("{interface},30,tT").as_bytes());
        let callee = self.make_leg(fx, &mut call, interface, "AppDial");
        let dial_string = interface.split_once('/').map_or(interface, |(_, rest)| rest);
        self.dial_begin(fx, Some(call.caller), callee, dial_string);
        let delay = if call.half.is_some() { LOCAL_DELAY } else { POST_DIAL_DELAY };
        self.later(fx, call, Stage::DialRings, delay);
    }

    /// Makes the channel that is called, or both halves of it.
    pub(super) fn make_leg(&mut self, fx: &mut Effects, call: &mut Call, interface: &str, app: &str) -> ChannelId {
        let number = self.next_name();
        let now = fx.now;
        let (caller_id, caller_exten) = self
            .channels
            .get(&call.caller)
            .map(|caller| (caller.caller.clone(), caller.exten.clone()))
            .unwrap_or_default();
        if let Some(rest) = interface.strip_prefix("Local/") {
            let place = rest.split('/').next().unwrap_or(rest);
            let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
            let name = |half: u8| format!("Local/{exten}@{context}-{number:08x};{half}");
            let one = self.add_channel(now, call.id, name(1), Some(call.caller), (context, &caller_exten));
            let two = self.add_channel(now, call.id, name(2), Some(call.caller), (context, exten));
            self.change(two, |channel| channel.state = ChannelState::Ring);
            self.newchannel(fx, one);
            self.newchannel(fx, two);
            self.run(fx, one, 1, app, b"(Outgoing Line)");
            for id in [one, two] {
                self.change(id, |channel| {
                    channel.caller.clone_from(&caller_id);
                    channel.connected.clone_from(&caller_id);
                });
                self.new_caller_id(fx, id);
            }
            self.new_connected_line(fx, two);
            self.local_bridge(fx, one, two);
            call.half = Some(two);
            call.callee = Some(one);
            return one;
        }
        let exten = interface.split_once('/').map_or(interface, |(_, rest)| rest).to_owned();
        let name = format!("{interface}-{number:08x}");
        let id = self.add_channel(now, call.id, name, Some(call.caller), ("default", ""));
        self.newchannel(fx, id);
        self.run(fx, id, 1, app, b"(Outgoing Line)");
        self.change(id, |channel| {
            channel.caller = (exten.into_bytes(), Vec::new());
            channel.connected = caller_id;
        });
        self.new_caller_id(fx, id);
        self.new_connected_line(fx, id);
        call.callee = Some(id);
        id
    }

    /// The called channel begins to ring.
    pub(super) fn ring_leg(&mut self, fx: &mut Effects, call: &Call, callee: ChannelId) {
        if let Some(half) = call.half {
            self.run(fx, half, 2, "Ringing", b"");
        }
        self.set_state(fx, callee, ChannelState::Ringing);
        self.device_of(fx, callee, if call.half.is_some() { "INUSE" } else { "RINGING" });
        if let Some(half) = call.half {
            self.run(fx, half, 3, "Wait", b"1");
        }
        self.dial_state(fx, Some(call.caller), callee, "RINGING");
    }

    /// The called channel answers.
    pub(super) fn answer_leg(&mut self, fx: &mut Effects, call: &Call, callee: ChannelId) {
        if let Some(half) = call.half {
            self.run(fx, half, 4, "Answer", b"");
            self.set_state(fx, half, ChannelState::Up);
        }
        self.set_state(fx, callee, ChannelState::Up);
        self.dial_end(fx, Some(call.caller), callee, "ANSWER");
        self.device_of(fx, callee, "INUSE");
    }

    pub(super) fn dial_rings(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call) {
        let Some(callee) = call.callee else { return self.end_call(fx, call, NORMAL, super::Ending::Callee) };
        if call.outcome != Outcome::Busy {
            self.ring_leg(fx, &call, callee);
        }
        let ring = if call.half.is_some() { LOCAL_DELAY } else { call.rng.between(&config.ring) };
        self.later(fx, call, Stage::DialEnds, ring);
    }

    pub(super) fn dial_ends(&mut self, fx: &mut Effects, mut call: Call) {
        let Some(callee) = call.callee else { return self.end_call(fx, call, NORMAL, super::Ending::Callee) };
        let (status, cause) = match call.outcome {
            Outcome::Answer => {
                self.answer_leg(fx, &call, callee);
                if !call.answered {
                    self.set_state(fx, call.caller, ChannelState::Up);
                }
                self.connect(fx, &mut call, callee);
                let talk = call.talk;
                return self.later(fx, call, Stage::Ends, talk);
            }
            Outcome::Busy => ("BUSY", USER_BUSY),
            Outcome::NoAnswer => ("NOANSWER", NO_ANSWER),
        };
        self.hangup(fx, callee, cause);
        self.dial_end(fx, Some(call.caller), callee, status);
        self.device_of(fx, callee, "NOT_INUSE");
        self.channels.remove(&callee);
        call.callee = None;
        if let Some(half) = call.half.take() {
            self.hangup(fx, half, cause);
            self.channels.remove(&half);
        }
        self.run(fx, call.caller, 3, "Hangup", b"");
        self.end_call(fx, call, cause, super::Ending::Callee);
    }
}
