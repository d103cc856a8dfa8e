//! What an action or a step of a call wants to happen: events for whoever may see them, and orders for the event loop.
//!
//! Handlers only collect; the event loop delivers afterwards. So a handler never holds a session while it reaches for
//! another, and an action's answer always precedes its events.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::class::Classes;
use crate::config::FloodConfig;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::session::SessionKey;
use crate::time::Stamp;
use crate::worker::Timer;

/// Headers that a node adds to each event, by its settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decor {
    pub(crate) timestamps: bool,
    pub(crate) system_name: Option<Arc<str>>,
}

impl Decor {
    fn write(&self, frame: &mut Frame<'_>, now: Stamp) {
        if self.timestamps {
            frame.put("Timestamp", now.micros());
        }
        if let Some(system_name) = &self.system_name {
            frame.put("SystemName", system_name.as_bytes());
        }
    }
}

#[derive(Debug)]
pub(crate) struct Effects {
    pub(crate) now: Stamp,
    decor: Decor,
    bytes: Vec<u8>,
    events: Vec<(Classes, Range<usize>)>,
    pub(crate) orders: Vec<Order>,
}

#[derive(Debug)]
pub(crate) enum Order {
    /// Go on with this call after that time, unless its epoch has moved on.
    Call { id: u64, epoch: u64, after: Duration },
    /// Set a timer.
    Timer { after: Duration, timer: Timer },
    /// The answer of a synchronous Originate: ends the block of the session that asked.
    Answer { session: SessionKey, frame: Vec<u8> },
    /// Flood the node's sessions.
    Flood(FloodConfig),
    /// Apply a fault to the node, or to one session of it.
    Fault { fault: Box<Fault>, only: Option<SessionKey> },
}

impl Effects {
    pub(crate) const fn new(decor: Decor, now: Stamp) -> Self {
        Self { now, decor, bytes: Vec::new(), events: Vec::new(), orders: Vec::new() }
    }

    /// Adds an event with its `Privilege` and what the node adds to each.
    pub(crate) fn event(&mut self, name: &str, class: Classes, fill: impl FnOnce(&mut Frame<'_>)) {
        let start = self.bytes.len();
        let mut frame = Frame::item(&mut self.bytes, name);
        frame.put("Privilege", format!("{},all", class.name()));
        self.decor.write(&mut frame, self.now);
        fill(&mut frame);
        frame.end();
        self.events.push((class, start..self.bytes.len()));
    }

    /// The headers that the node adds to each event, as of now.
    pub(crate) fn decoration(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.decor.write(&mut Frame::bare(&mut bytes), self.now);
        bytes
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = (Classes, &[u8])> {
        self.events.iter().filter_map(|(class, range)| Some((*class, self.bytes.get(range.clone())?)))
    }

    pub(crate) const fn has_events(&self) -> bool {
        !self.events.is_empty()
    }
}
