//! A channel and how events show it.

use std::collections::BTreeMap;

use crate::frame::Frame;
use crate::time::Stamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChannelId(pub(crate) u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChannelState {
    Down = 0,
    Ring = 4,
    Ringing = 5,
    Up = 6,
    Busy = 7,
}

impl ChannelState {
    const fn description(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Ring => "Ring",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
            Self::Busy => "Busy",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) call: u64,
    pub(crate) name: String,
    pub(crate) state: ChannelState,
    /// Caller id and connected line as number and name. Bytes, since clients may set any.
    pub(crate) caller: (Vec<u8>, Vec<u8>),
    pub(crate) connected: (Vec<u8>, Vec<u8>),
    pub(crate) context: String,
    pub(crate) exten: String,
    pub(crate) priority: u32,
    pub(crate) uniqueid: String,
    pub(crate) linkedid: String,
    pub(crate) application: String,
    pub(crate) data: Vec<u8>,
    pub(crate) bridge: Option<String>,
    pub(crate) variables: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) created: Stamp,
    pub(crate) answered: Option<Stamp>,
}

impl Channel {
    pub(super) fn new(
        call: u64,
        name: String,
        uniqueid: String,
        linkedid: String,
        context: &str,
        exten: &str,
        now: Stamp,
    ) -> Self {
        Self {
            call,
            name,
            state: ChannelState::Down,
            caller: Default::default(),
            connected: Default::default(),
            context: context.to_owned(),
            exten: exten.to_owned(),
            priority: 1,
            uniqueid,
            linkedid,
            application: String::new(),
            data: Vec::new(),
            bridge: None,
            variables: BTreeMap::new(),
            created: now,
            answered: None,
        }
    }

    /// `PJSIP/6001` of `PJSIP/6001-0000000a`, `Local/1000@default` of `Local/1000@default-00000003;1`.
    pub(crate) fn device(&self) -> &str {
        self.name.rsplit_once('-').map_or(&self.name, |(device, _)| device)
    }
}

/// Empty caller ids read `<unknown>`.
pub(crate) const fn caller_text(value: &[u8]) -> &[u8] {
    if value.is_empty() { b"<unknown>" } else { value }
}

impl Frame<'_> {
    /// The headers that every channel event has, with a prefix such as `Dest`.
    pub(crate) fn channel(&mut self, prefix: &str, channel: &Channel) -> &mut Self {
        let (number, name) = &channel.caller;
        let (connected_number, connected_name) = &channel.connected;
        self.prefixed(prefix, "Channel", &channel.name)
            .prefixed(prefix, "ChannelState", (channel.state as u8).to_string())
            .prefixed(prefix, "ChannelStateDesc", channel.state.description())
            .prefixed(prefix, "CallerIDNum", caller_text(number))
            .prefixed(prefix, "CallerIDName", caller_text(name))
            .prefixed(prefix, "ConnectedLineNum", caller_text(connected_number))
            .prefixed(prefix, "ConnectedLineName", caller_text(connected_name))
            .prefixed(prefix, "Language", "en")
            .prefixed(prefix, "AccountCode", "")
            .prefixed(prefix, "Context", &channel.context)
            .prefixed(prefix, "Exten", &channel.exten)
            .prefixed(prefix, "Priority", channel.priority.to_string())
            .prefixed(prefix, "Uniqueid", &channel.uniqueid)
            .prefixed(prefix, "Linkedid", &channel.linkedid)
    }
}
