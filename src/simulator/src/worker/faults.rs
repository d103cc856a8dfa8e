//! Faults, carried out.

use std::time::Duration;

use socket2::SockRef;

use super::Worker;
use super::serve::noise;
use crate::class::Classes;
use crate::config::FloodConfig;
use crate::fault::Fault;
use crate::flood::Flood;
use crate::node::{Door, Mute};
use crate::pbx::Pbx;
use crate::session::{Closing, Session, SessionKey};
use crate::stats::add;

/// What a cut session sees of its last event.
const BEGUN_FRAME: &[u8] = b"Event: Newchannel\r\nPrivilege: call,all\r\nChannel: PJSIP/60";

impl Worker {
    /// Applies a fault to a node, or to one session of it.
    pub(super) fn apply_fault(&mut self, index: usize, fault: &Fault, only: Option<SessionKey>) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        add(&node.shared.counters.faults, 1);
        match fault {
            Fault::Clear => self.clear(index),
            Fault::Refuse { lasting } => {
                node.close_listener();
                if let Some(lasting) = lasting {
                    self.plan_listener(index, *lasting);
                }
            }
            Fault::Stall => node.door = Door::Stall,
            Fault::SlowBanner(delay) => node.door = Door::SlowBanner(*delay),
            Fault::Http => node.door = Door::Http,
            Fault::GarbageBanner { bytes } => node.door = Door::Garbage(*bytes),
            Fault::RefuseLogin => node.refuse_login = true,
            Fault::Mute { action } => node.mute = Some(Mute::new(action.clone())),
            Fault::Cut { after, lasting } => {
                if *lasting {
                    node.cut_after = Some((*after).max(1));
                }
                let after = *after;
                self.each_session(index, only, |session| {
                    if after == 0 {
                        session.out.tail().extend_from_slice(BEGUN_FRAME);
                        session.closing = Some(Closing::Now);
                    } else {
                        session.cut_after = Some(after);
                    }
                });
            }
            Fault::Reset => {
                for key in self.chosen(index, only) {
                    if let Some(session) = self.session(key) {
                        // Without the option the end is a plain one, which a test would notice.
                        let _ = SockRef::from(&session.stream).set_linger(Some(Duration::ZERO));
                    }
                    self.close(key);
                }
            }
            Fault::Garbage { bytes, delimited } => {
                let mut bytes: Vec<u8> = noise(&mut node.pbx.rng, *bytes).collect();
                if *delimited {
                    bytes.extend_from_slice(b"\r\n\r\n");
                }
                self.send_raw(index, only, &bytes);
            }
            Fault::Blank { count } => self.send_raw(index, only, &b"\r\n".repeat(*count)),
            Fault::Oversized { bytes } => self.send_raw(index, only, &oversized(*bytes)),
            Fault::Raw(bytes) => self.send_raw(index, only, bytes),
            Fault::Flood(flood) => self.flood(index, only, flood),
            Fault::HalfOpen => self.each_session(index, only, |session| session.frozen = true),
            Fault::SlowWrite(pause) => {
                if only.is_none() {
                    node.slow_write = Some(*pause);
                }
                let pause = *pause;
                self.each_session(index, only, |session| session.slow_write = Some(pause));
            }
            Fault::Shutdown { restart, down } => self.shut_down(index, *restart, *down),
        }
    }

    fn chosen(&self, index: usize, only: Option<SessionKey>) -> Vec<SessionKey> {
        match only {
            Some(key) => vec![key],
            None => self.nodes.get(index).map(|node| node.sessions.clone()).unwrap_or_default(),
        }
    }

    fn each_session(&mut self, index: usize, only: Option<SessionKey>, mut change: impl FnMut(&mut Session)) {
        for key in self.chosen(index, only) {
            if let Some(session) = self.session(key) {
                change(session);
            }
            self.wake(key);
        }
    }

    fn send_raw(&mut self, index: usize, only: Option<SessionKey>, bytes: &[u8]) {
        self.each_session(index, only, |session| {
            if session.wait.is_some() {
                session.held.extend_from_slice(bytes);
            } else {
                session.out.tail().extend_from_slice(bytes);
            }
        });
    }

    fn flood(&mut self, index: usize, only: Option<SessionKey>, config: &FloodConfig) {
        let (now, decor) = match self.nodes.get(index) {
            Some(node) => (self.now, node.effects(self.stamp).decoration()),
            None => return,
        };
        self.each_session(index, only, |session| {
            if session.sees(config.class) {
                session.flood = Flood::new(config.clone(), &session.filters, &decor, now);
            }
        });
    }

    fn shut_down(&mut self, index: usize, restart: bool, down: Option<Duration>) {
        self.with_pbx(index, |_, fx| {
            fx.event("Shutdown", Classes::SYSTEM, |frame| {
                frame.put("Shutdown", "Cleanly").put("Restart", if restart { "True" } else { "False" });
            });
        });
        self.each_session(index, None, |session| {
            session.flood = None;
            session.wait = None;
            session.closing = Some(Closing::Drained);
        });
        let stamp = self.stamp;
        if let Some(node) = self.nodes.get_mut(index) {
            node.close_listener();
            // Calls are gone, but their numbers are not used again: steps that were planned must find nothing.
            let calls = std::mem::take(&mut node.pbx.calls);
            node.pbx = Pbx::new(&node.config, stamp);
            node.pbx.calls = calls.restarted();
        }
        if let Some(down) = down {
            self.plan_listener(index, down);
        }
    }

    /// Ends all lasting faults.
    fn clear(&mut self, index: usize) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.door = Door::Open;
        node.refuse_login = false;
        node.cut_after = None;
        node.slow_write = None;
        node.mute = None;
        self.open_listener(index);
        for key in self.chosen(index, None) {
            if let Some(session) = self.session(key) {
                session.frozen = false;
                session.slow_write = None;
                session.cut_after = None;
                if let Some(flood) = session.flood.as_mut() {
                    flood.stop();
                }
            }
            self.greet(key);
            self.wake(key);
        }
    }
}

/// An event of exactly so many bytes, unless that is too few for its headers.
fn oversized(bytes: usize) -> Vec<u8> {
    let mut event = b"Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Oversized\r\nData: ".to_vec();
    event.resize(bytes.saturating_sub(4).max(event.len()), b'x');
    event.extend_from_slice(b"\r\n\r\n");
    event
}
