//! Call queues and their members, and how events and lists show them.

use crate::config::{MemberConfig, QueueConfig};
use crate::frame::Frame;
use crate::time::Stamp;

/// Device states as queue members carry them.
pub(crate) mod status {
    pub(crate) const NOT_IN_USE: u8 = 1;
    pub(crate) const IN_USE: u8 = 2;
    pub(crate) const INVALID: u8 = 4;
    pub(crate) const UNAVAILABLE: u8 = 5;
    pub(crate) const RINGING: u8 = 6;
}

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) strategy: String,
    pub(crate) service_level: u32,
    pub(crate) weight: u32,
    pub(crate) members: Vec<Member>,
    /// The calls that wait, in order.
    pub(crate) waiting: Vec<u64>,
    pub(crate) completed: u32,
    pub(crate) abandoned: u32,
    pub(crate) hold_time: u64,
    pub(crate) talk_time: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) interface: String,
    pub(crate) membership: &'static str,
    pub(crate) penalty: u32,
    pub(crate) calls_taken: u32,
    pub(crate) last_call: u64,
    pub(crate) last_pause: u64,
    pub(crate) login_time: u64,
    pub(crate) in_call: bool,
    pub(crate) status: u8,
    pub(crate) paused: bool,
    pub(crate) paused_reason: Vec<u8>,
}

impl Queue {
    pub(super) fn new(config: &QueueConfig, now: Stamp) -> Self {
        Self {
            name: config.name.clone(),
            strategy: config.strategy.clone(),
            service_level: config.service_level,
            weight: config.weight,
            members: config.members.iter().map(|member| Member::configured(member, now)).collect(),
            waiting: Vec::new(),
            completed: 0,
            abandoned: 0,
            hold_time: 0,
            talk_time: 0,
        }
    }

    /// The member that the next call goes to: the lowest penalty, then the one that has been free for longest.
    pub(crate) fn free_member(&self) -> Option<&Member> {
        let free = self.members.iter().filter(|member| member.status == status::NOT_IN_USE && !member.paused);
        free.min_by_key(|member| (member.penalty, member.last_call))
    }

    /// Whether another caller has a chance.
    pub(crate) fn takes_calls(&self) -> bool {
        !self.members.is_empty() && self.waiting.len() < 5 + 2 * self.members.len()
    }

    pub(crate) fn member(&self, interface: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.interface == interface)
    }

    pub(crate) fn member_mut(&mut self, interface: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.interface == interface)
    }
}

impl Member {
    fn configured(config: &MemberConfig, now: Stamp) -> Self {
        Self {
            name: config.name.clone(),
            interface: config.interface.clone(),
            membership: "static",
            penalty: config.penalty,
            calls_taken: 0,
            last_call: 0,
            last_pause: 0,
            login_time: now.seconds(),
            in_call: false,
            status: if config.reachable { status::NOT_IN_USE } else { status::UNAVAILABLE },
            paused: false,
            paused_reason: Vec::new(),
        }
    }

    pub(crate) fn added(name: String, interface: String, penalty: u32, now: Stamp) -> Self {
        let mut member = Self::configured(&MemberConfig { name, interface, penalty, reachable: true }, now);
        member.membership = "dynamic";
        member
    }
}

impl Frame<'_> {
    /// The headers of `QueueMemberStatus`, `QueueMemberAdded` and their kin.
    pub(crate) fn member(&mut self, queue: &str, member: &Member) -> &mut Self {
        self.put("Queue", queue).put("MemberName", &member.name).put("Interface", &member.interface);
        self.member_state(member);
        self.put("PausedReason", &member.paused_reason).put("Ringinuse", "1").put("Wrapuptime", "0")
    }

    /// The headers of a member in `QueueStatus`.
    pub(crate) fn listed_member(&mut self, queue: &str, member: &Member) -> &mut Self {
        self.put("Queue", queue).put("Name", &member.name).put("Location", &member.interface);
        self.member_state(member);
        self.put("PausedReason", &member.paused_reason).put("Wrapuptime", "0")
    }

    fn member_state(&mut self, member: &Member) {
        self.put("StateInterface", &member.interface)
            .put("Membership", member.membership)
            .show("Penalty", member.penalty)
            .show("CallsTaken", member.calls_taken)
            .show("LastCall", member.last_call)
            .show("LastPause", member.last_pause)
            .show("LoginTime", member.login_time)
            .show("InCall", u8::from(member.in_call))
            .show("Status", member.status)
            .show("Paused", u8::from(member.paused));
    }
}
