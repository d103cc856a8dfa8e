//! The application Queue: join, ring members, connect, complete; or give up.

use std::time::Duration;

use super::{Call, Ending, NORMAL, Queued, Stage};
use crate::class::Classes;
use crate::config::CallsConfig;
use crate::effects::Effects;
use crate::frame::Frame;
use crate::pbx::{ChannelId, Pbx, status};

/// Between two looks for a free member.
const RETRY: Duration = Duration::from_millis(500);

impl Pbx {
    /// The caller joins a queue, with patience for so many retries.
    pub(super) fn enter_queue(
        &mut self,
        fx: &mut Effects,
        config: &CallsConfig,
        mut call: Call,
        queue: usize,
        patience: u32,
        timeout: bool,
    ) {
        let Some((name, position)) = self.queues.get_mut(queue).map(|queue| {
            queue.waiting.push(call.id);
            (queue.name.clone(), queue.waiting.len())
        }) else {
            return self.end_call(fx, call, NORMAL, Ending::Callee);
        };
        self.run(fx, call.caller, 3, "Queue", format!("{name},tTkx,,,60").as_bytes());
        Self::device_state(fx, &format!("Queue:{name}"), "RINGING");
        self.channel_event(fx, "QueueCallerJoin", Classes::AGENT, call.caller, |frame| {
            frame.put("Queue", &name).show("Position", position).show("Count", position);
        });
        self.music_on_hold(fx, call.caller, true);
        call.queued = Some(Queued { queue, interface: None, joined: fx.now, connected: None, patience, timeout });
        self.queue_waits(fx, config, call);
    }

    pub(super) fn queue_waits(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call) {
        let Some(queued) = call.queued.as_mut() else { return self.end_call(fx, call, NORMAL, Ending::Callee) };
        let at = queued.queue;
        let first = self.queues.get(at).is_some_and(|queue| queue.waiting.first() == Some(&call.id));
        let free = self.queues.get(at).and_then(|queue| queue.free_member()).filter(|_| first);
        if let Some(interface) = free.map(|member| member.interface.clone()) {
            queued.interface = Some(interface.clone());
            return self.ring_member(fx, config, call, at, &interface);
        }
        if queued.patience == 0 {
            let by = if queued.timeout { Ending::Callee } else { Ending::Caller };
            return self.end_call(fx, call, NORMAL, by);
        }
        queued.patience -= 1;
        self.later(fx, call, Stage::QueueWaits, RETRY);
    }

    fn ring_member(&mut self, fx: &mut Effects, config: &CallsConfig, mut call: Call, queue: usize, interface: &str) {
        let callee = self.make_leg(fx, &mut call, interface, "AppQueue");
        self.agent_event(fx, "AgentCalled", &call, callee, |_| {});
        let dial_string = interface.split_once('/').map_or(interface, |(_, rest)| rest);
        self.dial_begin(fx, Some(call.caller), callee, dial_string);
        self.ring_leg(fx, &call, callee);
        self.member_status(fx, queue, interface, status::RINGING);
        let ring = call.rng.between(&config.ring);
        self.later(fx, call, Stage::QueueAnswers, ring);
    }

    pub(super) fn queue_answers(&mut self, fx: &mut Effects, mut call: Call) {
        let (Some(callee), Some(queued)) = (call.callee, call.queued.as_mut()) else {
            return self.end_call(fx, call, NORMAL, Ending::Callee);
        };
        queued.connected = Some(fx.now);
        let (at, hold) = (queued.queue, fx.now.since(queued.joined));
        let interface = queued.interface.clone().unwrap_or_default();
        self.answer_leg(fx, &call, callee);
        self.music_on_hold(fx, call.caller, false);
        self.caller_leaves(fx, &call, at);
        self.agent_event(fx, "AgentConnect", &call, callee, |frame| {
            frame.show("HoldTime", hold).show("RingTime", hold);
        });
        self.connect(fx, &mut call, callee);
        if let Some(queue) = self.queues.get_mut(at) {
            queue.hold_time = hold;
            if let Some(member) = queue.member_mut(&interface) {
                member.in_call = true;
            }
        }
        self.member_status(fx, at, &interface, status::IN_USE);
        let talk = call.talk;
        self.later(fx, call, Stage::Ends, talk);
    }

    /// What the end of a call means to its queue: completed, abandoned, or timed out.
    pub(super) fn leave_queue(&mut self, fx: &mut Effects, call: &mut Call, by: Ending) {
        let Some(queued) = call.queued.take() else { return };
        let at = queued.queue;
        let interface = queued.interface.clone().unwrap_or_default();
        if let (Some(connected), Some(callee)) = (queued.connected, call.callee) {
            let (hold, talk) = (connected.since(queued.joined), fx.now.since(connected));
            let reason = if by == Ending::Callee { "agent" } else { "caller" };
            call.queued = Some(queued);
            self.agent_event(fx, "AgentComplete", call, callee, |frame| {
                frame.show("HoldTime", hold).show("TalkTime", talk).put("Reason", reason);
            });
            call.queued = None;
            let now = fx.now.seconds();
            if let Some(queue) = self.queues.get_mut(at) {
                queue.completed += 1;
                queue.talk_time = talk;
                if let Some(member) = queue.member_mut(&interface) {
                    member.in_call = false;
                    member.calls_taken += 1;
                    member.last_call = now;
                }
            }
            self.member_status(fx, at, &interface, status::NOT_IN_USE);
            return;
        }
        self.music_on_hold(fx, call.caller, false);
        let position = self.position(call, at);
        if by == Ending::Caller {
            if let Some(queue) = self.queues.get_mut(at) {
                queue.abandoned += 1;
            }
            let (name, hold) = (self.queue_name(at), fx.now.since(queued.joined));
            self.channel_event(fx, "QueueCallerAbandon", Classes::AGENT, call.caller, |frame| {
                frame.put("Queue", name).show("Position", position);
                frame.show("OriginalPosition", position).show("HoldTime", hold);
            });
        }
        self.caller_leaves(fx, call, at);
        if !interface.is_empty() {
            self.member_status(fx, at, &interface, status::NOT_IN_USE);
        }
    }

    fn caller_leaves(&mut self, fx: &mut Effects, call: &Call, at: usize) {
        let position = self.position(call, at);
        let Some(queue) = self.queues.get_mut(at) else { return };
        queue.waiting.retain(|&waiting| waiting != call.id);
        let (name, count) = (queue.name.clone(), queue.waiting.len());
        Self::device_state(fx, &format!("Queue:{name}"), if count == 0 { "NOT_INUSE" } else { "RINGING" });
        self.channel_event(fx, "QueueCallerLeave", Classes::AGENT, call.caller, |frame| {
            frame.put("Queue", &name).show("Position", position).show("Count", count);
        });
    }

    fn position(&self, call: &Call, at: usize) -> usize {
        let waiting = self.queues.get(at).map(|queue| queue.waiting.as_slice()).unwrap_or_default();
        waiting.iter().position(|&waiting| waiting == call.id).unwrap_or(0) + 1
    }

    fn queue_name(&self, at: usize) -> String {
        self.queues.get(at).map(|queue| queue.name.clone()).unwrap_or_default()
    }

    fn member_status(&mut self, fx: &mut Effects, at: usize, interface: &str, status: u8) {
        if let Some(member) = self.queues.get_mut(at).and_then(|queue| queue.member_mut(interface)) {
            member.status = status;
        }
        self.member_event(fx, "QueueMemberStatus", at, interface);
    }

    /// `AgentCalled`, `AgentConnect`, `AgentComplete`: both channels, the queue, the member, and what `more` adds.
    fn agent_event(
        &self,
        fx: &mut Effects,
        name: &str,
        call: &Call,
        callee: ChannelId,
        more: impl FnOnce(&mut Frame<'_>),
    ) {
        let (Some(callee), Some(queued)) = (self.channels.get(&callee), &call.queued) else { return };
        let Some(queue) = self.queues.get(queued.queue) else { return };
        let interface = queued.interface.as_deref().unwrap_or_default();
        let member = queue.member(interface).map_or("", |member| member.name.as_str());
        self.channel_event(fx, name, Classes::AGENT, call.caller, |frame| {
            frame.channel("Dest", callee).put("Queue", &queue.name);
            frame.put("Interface", interface).put("MemberName", member);
            more(frame);
        });
    }
}
