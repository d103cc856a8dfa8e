//! What a node is: channels, queues, phones, variables. No sockets, no clock of its own.

mod channel;
mod events;
mod queue;

use std::collections::BTreeMap;

pub(crate) use channel::{Channel, ChannelId, ChannelState, caller_text};
pub(crate) use events::Bridge;
pub(crate) use queue::{Member, Queue, status};

use crate::calls::Calls;
use crate::config::{EndpointConfig, NodeConfig};
use crate::rng::Rng;
use crate::time::Stamp;

#[derive(Debug)]
pub(crate) struct Pbx {
    pub(crate) channels: BTreeMap<ChannelId, Channel>,
    pub(crate) calls: Calls,
    pub(crate) queues: Vec<Queue>,
    pub(crate) endpoints: Vec<EndpointConfig>,
    pub(crate) globals: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) database: BTreeMap<String, Vec<u8>>,
    pub(crate) seed: u64,
    /// When calls come in.
    pub(crate) arrivals: Rng,
    /// Challenges and noise.
    pub(crate) rng: Rng,
    pub(crate) started: Stamp,
    next_channel: u64,
    next_name: u32,
    unique_prefix: String,
}

impl Pbx {
    pub(crate) fn new(config: &NodeConfig, now: Stamp) -> Self {
        Self {
            channels: BTreeMap::new(),
            calls: Calls::default(),
            queues: config.queues.iter().map(|queue| Queue::new(queue, now)).collect(),
            endpoints: config.endpoints.clone(),
            globals: BTreeMap::from([(b"GLOBALVAR".to_vec(), b"global value".to_vec())]),
            database: BTreeMap::new(),
            seed: config.seed,
            arrivals: Rng::new(config.seed),
            rng: Rng::numbered(config.seed, 0),
            started: now,
            next_channel: 0,
            next_name: 0,
            unique_prefix: config.system_name.as_ref().map(|name| format!("{name}-")).unwrap_or_default(),
        }
    }

    /// The number that a new channel's name carries, the same for both halves of a Local channel.
    pub(crate) const fn next_name(&mut self) -> u32 {
        let name = self.next_name;
        self.next_name += 1;
        name
    }

    /// Adds a channel of a call. `linked` is the channel whose `Linkedid` it shares.
    pub(crate) fn add_channel(
        &mut self,
        now: Stamp,
        call: u64,
        name: String,
        linked: Option<ChannelId>,
        place: (&str, &str),
    ) -> ChannelId {
        let id = ChannelId(self.next_channel);
        self.next_channel += 1;
        let uniqueid = format!("{}{}.{}", self.unique_prefix, now.seconds(), id.0);
        let linkedid =
            linked.and_then(|id| self.channels.get(&id)).map_or_else(|| uniqueid.clone(), |ch| ch.linkedid.clone());
        let (context, exten) = place;
        self.channels.insert(id, Channel::new(call, name, uniqueid, linkedid, context, exten, now));
        id
    }

    pub(crate) fn change(&mut self, id: ChannelId, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.get_mut(&id) {
            change(channel);
        }
    }

    pub(crate) fn channel_named(&self, name: &str) -> Option<&Channel> {
        self.channels.values().find(|channel| channel.name == name || channel.uniqueid == name)
    }

    pub(crate) fn channel_named_mut(&mut self, name: &str) -> Option<&mut Channel> {
        self.channels.values_mut().find(|channel| channel.name == name || channel.uniqueid == name)
    }

    pub(crate) fn queue(&self, name: &str) -> Option<usize> {
        self.queues.iter().position(|queue| queue.name == name)
    }

    pub(crate) fn endpoint(&self, name: &str) -> Option<&EndpointConfig> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name)
    }

    /// Channels of `PJSIP/name` that are up or ringing.
    pub(crate) fn channels_of(&self, device: &str) -> usize {
        self.channels.values().filter(|channel| channel.device() == device).count()
    }
}
