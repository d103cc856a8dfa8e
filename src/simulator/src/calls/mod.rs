//! Calls: what happens to channels over time.
//!
//! A call is a stage and the channels it has so far. Each step tells the events of its stage and says when the next one
//! comes; a call whose epoch has moved on (it was hung up) ignores steps that were planned before. The order of events
//! is that of captures of real servers.

mod dial;
mod originate;
mod queue;
mod script;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use originate::{Originate, Target};

use crate::config::CallsConfig;
use crate::effects::{Effects, Order};
use crate::pbx::{Bridge, ChannelId, ChannelState, Pbx, Queue};
use crate::rng::Rng;
use crate::time::Stamp;

/// Cause of a call that ends as calls do.
pub(crate) const NORMAL: u8 = 16;
const USER_BUSY: u8 = 17;
const NO_ANSWER: u8 = 19;
const CONGESTION: u8 = 34;

#[derive(Debug, Default)]
pub(crate) struct Calls {
    active: BTreeMap<u64, Call>,
    next: u64,
    /// Incoming calls so far.
    incoming: u64,
    pub(crate) started: u64,
    pub(crate) ended: u64,
}

impl Calls {
    /// No calls, but no number that was used before.
    pub(crate) fn restarted(self) -> Self {
        Self { active: BTreeMap::new(), ..self }
    }

    pub(crate) fn active(&self) -> usize {
        self.active.len()
    }
}

#[derive(Debug)]
pub(crate) struct Call {
    id: u64,
    epoch: u64,
    stage: Stage,
    /// The channel that runs the dialplan.
    caller: ChannelId,
    /// The other half of the caller's Local channel, if the call was originated through one.
    partner: Option<ChannelId>,
    callee: Option<ChannelId>,
    /// The other half of the callee's Local channel.
    half: Option<ChannelId>,
    bridge: Option<Bridge>,
    queued: Option<Queued>,
    originate: Option<Box<Originate>>,
    outcome: Outcome,
    /// How long people will talk, or an application runs.
    talk: Duration,
    answered: bool,
    /// Every call draws from its own numbers, so that what it does is not a matter of timing.
    rng: Rng,
}

/// Where a call stands in a queue.
#[derive(Debug)]
struct Queued {
    queue: usize,
    /// Interface of the member that rings or talks.
    interface: Option<String>,
    joined: Stamp,
    connected: Option<Stamp>,
    /// How often the caller still waits before giving up.
    patience: u32,
    /// Whether giving up is the queue's timeout and not the caller's.
    timeout: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Answer,
    Busy,
    NoAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// An originated channel is about to decide: answer, busy, ring.
    Originated,
    /// An originated channel rings and will answer.
    OriginateRings,
    /// An originated channel rings for nobody.
    OriginateTimesOut,
    /// A dialled phone begins to ring.
    DialRings,
    /// A dialled phone decides.
    DialEnds,
    /// A caller waits for a member.
    QueueWaits,
    /// A member rings and will answer.
    QueueAnswers,
    /// An application or a conversation ends.
    Ends,
}

impl Pbx {
    const fn new_call(id: u64, caller: ChannelId, rng: Rng) -> Call {
        Call {
            id,
            epoch: 0,
            stage: Stage::Ends,
            caller,
            partner: None,
            callee: None,
            half: None,
            bridge: None,
            queued: None,
            originate: None,
            outcome: Outcome::Answer,
            talk: Duration::ZERO,
            answered: false,
            rng,
        }
    }

    /// The number of the next call. Channels carry it before the call itself exists.
    const fn begin_call(&mut self) -> u64 {
        self.calls.started += 1;
        self.calls.next += 1;
        self.calls.next
    }

    /// Keeps the call and plans its next stage.
    fn later(&mut self, fx: &mut Effects, mut call: Call, stage: Stage, after: Duration) {
        call.stage = stage;
        call.epoch += 1;
        fx.orders.push(Order::Call { id: call.id, epoch: call.epoch, after });
        self.calls.active.insert(call.id, call);
    }

    /// A planned step, if it is still wanted.
    pub(crate) fn step_call(&mut self, fx: &mut Effects, config: &CallsConfig, id: u64, epoch: u64) {
        if self.calls.active.get(&id).is_none_or(|call| call.epoch != epoch) {
            return;
        }
        let Some(call) = self.calls.active.remove(&id) else { return };
        match call.stage {
            Stage::Originated => self.originated(fx, config, call),
            Stage::OriginateRings => self.originate_answered(fx, config, call),
            Stage::OriginateTimesOut => self.originate_timed_out(fx, call),
            Stage::DialRings => self.dial_rings(fx, config, call),
            Stage::DialEnds => self.dial_ends(fx, call),
            Stage::QueueWaits => self.queue_waits(fx, config, call),
            Stage::QueueAnswers => self.queue_answers(fx, call),
            Stage::Ends => self.end_call(fx, call, NORMAL, Ending::Callee),
        }
    }

    /// Ends a call because somebody asked for it.
    pub(crate) fn hang_up(&mut self, fx: &mut Effects, id: u64, cause: u8) {
        let Some(mut call) = self.calls.active.remove(&id) else { return };
        if let Some(originate) = call.originate.take().filter(|_| !call.answered) {
            Self::originate_failed(fx, &originate, 1);
        }
        self.end_call(fx, call, cause, Ending::Caller);
    }

    /// The numbers of the next incoming call. Originated calls have others, lest they change those that come in.
    const fn incoming_rng(&mut self) -> Rng {
        self.calls.incoming += 1;
        Rng::numbered(self.seed, self.calls.incoming)
    }

    const fn originate_rng(&self, id: u64) -> Rng {
        Rng::numbered(self.seed, id | 1 << 63)
    }

    /// A call that comes in by itself, to a phone or to a queue.
    pub(crate) fn incoming(&mut self, fx: &mut Effects, config: &CallsConfig) {
        // A queue that is long enough overflows to a phone, so that any rate of calls keeps its pace.
        let open: Vec<usize> =
            (0..self.queues.len()).filter(|&at| self.queues.get(at).is_some_and(Queue::takes_calls)).collect();
        let mut rng = self.incoming_rng();
        let queue = rng.pick(&open).copied().filter(|_| rng.chance(config.queued_percent));
        let phones: Vec<String> =
            self.endpoints.iter().filter(|endpoint| endpoint.reachable).map(|endpoint| endpoint.name.clone()).collect();
        let phone = rng.pick(&phones).cloned();
        let exten = match (queue, &phone) {
            (Some(queue), _) => format!("{}", 2000 + queue),
            (None, Some(phone)) => phone.clone(),
            (None, None) => return,
        };
        let id = self.begin_call();
        let name = format!("PJSIP/trunk-{:08x}", self.next_name());
        let caller = self.add_channel(fx.now, id, name, None, ("default", &exten));
        let number = format!("49{:09}", rng.below(1_000_000_000));
        let person = rng.pick(&PEOPLE).copied().unwrap_or_default();
        self.change(caller, |channel| {
            channel.caller = (number.into_bytes(), person.as_bytes().to_vec());
            channel.state = ChannelState::Ring;
        });
        self.newchannel(fx, caller);
        self.device_of(fx, caller, "INUSE");
        let mut call = Self::new_call(id, caller, rng);
        call.talk = call.rng.between(&config.talk);
        match (queue, phone) {
            (Some(queue), _) => {
                self.run(fx, caller, 1, "Answer", b"");
                self.set_state(fx, caller, ChannelState::Up);
                call.answered = true;
                let patience = 10 + u32::try_from(call.rng.below(30)).unwrap_or(0);
                self.enter_queue(fx, config, call, queue, patience, false);
            }
            (None, Some(phone)) => {
                call.outcome = match call.rng.below(10) {
                    0 => Outcome::Busy,
                    1 => Outcome::NoAnswer,
                    _ => Outcome::Answer,
                };
                self.dial(fx, call, &format!("PJSIP/{phone}"));
            }
            (None, None) => {}
        }
    }
}

/// Names of callers: with the letters that make encodings fail.
const PEOPLE: [&str; 8] = [
    "Alice Example",
    "Böb Üñïcode",
    "Carol Jones",
    "Dağhan Işık",
    "Zoë Ångström",
    "",
    "Erik \"The Voice\"",
    "Fatima: Sales",
];

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Caller,
    Callee,
}

impl Pbx {
    /// Ends a call in whatever stage it is: tells everything that its end means, and forgets its channels.
    fn end_call(&mut self, fx: &mut Effects, mut call: Call, cause: u8, by: Ending) {
        if let Some(half) = call.half.filter(|_| call.bridge.is_some()) {
            self.run(fx, half, 6, "Hangup", b"");
            self.soft_hangup_request(fx, half, cause);
        }
        if let Some(callee) = call.callee {
            self.hangup_request(fx, callee, cause);
        }
        self.leave_queue(fx, &mut call, by);
        if let Some(half) = call.half {
            self.hangup(fx, half, cause);
            self.cdr(fx, half, None, if call.bridge.is_some() { "ANSWERED" } else { "NO ANSWER" });
        }
        let disposition = if call.answered { "ANSWERED" } else { disposition(cause) };
        self.cdr(fx, call.caller, call.callee, disposition);
        if let Some(partner) = call.partner {
            self.cdr(fx, partner, None, disposition);
        }
        self.end_bridge(fx, &mut call, cause);
        self.soft_hangup_request(fx, call.caller, cause);
        if let Some(partner) = call.partner {
            self.hangup_request(fx, partner, cause);
        }
        self.hangup(fx, call.caller, cause);
        if let Some(partner) = call.partner {
            self.soft_hangup_request(fx, partner, cause);
            self.hangup(fx, partner, cause);
        }
        for id in [call.callee, Some(call.caller), call.partner].into_iter().flatten() {
            self.device_of(fx, id, "NOT_INUSE");
        }
        self.forget(&call);
    }

    /// The callee's end, in a bridge or while it rings.
    fn end_bridge(&mut self, fx: &mut Effects, call: &mut Call, cause: u8) {
        let Some(callee) = call.callee else { return };
        if let Some(mut bridge) = call.bridge.take() {
            self.set_variable(fx, callee, b"BRIDGEPEER", b"");
            self.set_variable(fx, call.caller, b"BRIDGEPEER", b"");
            self.bridge_leave(fx, &mut bridge, callee);
            self.hangup(fx, callee, cause);
            self.bridge_leave(fx, &mut bridge, call.caller);
            Self::bridge_event(fx, "BridgeDestroy", &bridge);
        } else {
            self.hangup(fx, callee, cause);
            self.dial_end(fx, Some(call.caller), callee, "CANCEL");
        }
    }

    fn forget(&mut self, call: &Call) {
        for id in [Some(call.caller), call.partner, call.callee, call.half].into_iter().flatten() {
            self.channels.remove(&id);
        }
        self.calls.ended += 1;
    }

    /// Joins caller and callee.
    fn connect(&mut self, fx: &mut Effects, call: &mut Call, callee: ChannelId) {
        let id = bridge_id(&mut call.rng);
        let mut bridge = Bridge { id, channels: 0 };
        Self::bridge_event(fx, "BridgeCreate", &bridge);
        self.bridge_enter(fx, &mut bridge, callee);
        self.bridge_enter(fx, &mut bridge, call.caller);
        let names = [callee, call.caller].map(|id| self.channels.get(&id).map(|channel| channel.name.clone()));
        if let [Some(callee_name), Some(caller_name)] = names {
            self.set_variable(fx, callee, b"BRIDGEPEER", caller_name.as_bytes());
            self.set_variable(fx, call.caller, b"BRIDGEPEER", callee_name.as_bytes());
        }
        call.bridge = Some(bridge);
        call.answered = true;
    }
}

/// A random UUID.
fn bridge_id(rng: &mut Rng) -> String {
    let (high, low) = (rng.next(), rng.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

const fn disposition(cause: u8) -> &'static str {
    match cause {
        USER_BUSY => "BUSY",
        CONGESTION | 0 => "FAILED",
        _ => "NO ANSWER",
    }
}
