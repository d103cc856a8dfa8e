//! `push_filters`: the server is told which events anybody wants, so that it does not send the others.
//!
//! Two means, each for one session. The event mask knows classes, and `Events` may change it at any time. Filters know
//! names, but `Filter` can only add them: each lets more through than the ones before, and what a listener wanted once
//! comes until the session ends. Both are only a help: what comes nevertheless is judged by `ingest` as ever.
//!
//! ```text
//!   a subscription comes or goes ──▶ what is wanted ──┬─▶ narrower or wider mask ──▶ Events
//!   ready, or an answer awaited  ──▶                  └─▶ names not passing yet  ──▶ Filter
//! ```
//!
//! The next change waits until the last one is answered, so that a listener who comes and goes in each tick costs one
//! action a round trip, and nothing grows.

use super::{Connection, Context, Session};
use crate::catalog;
use crate::cluster::ServerId;
use crate::config::{ClientOptions, EVENT_CLASSES, EventMask};
use crate::correlation::Strategy;
use crate::events::Subscriptions;
use crate::log::Kind;
use crate::protocol::{Action, ActionError, FrameRef, MAX_LINE};
use crate::time::Instant;
use core::time::Duration;
use std::collections::BTreeSet;

/// Most filters of a session: each is a regular expression that the server tries on every event. With so many
/// listeners that come one by one, everything is let through.
pub(super) const MAX_FILTERS: usize = 32;

/// Most names of events that actions wait for in a session; with more, everything is let through.
const MAX_AWAITED: usize = 64;

/// Most names that are looked at: five times the events that Asterisk has. With more, everything is let through.
const MAX_NAMES: usize = 1_000;

/// How long a change waits for room in the write buffer.
const RETRY: Duration = Duration::from_secs(1);

/// Longest name that is asked for; a listener for a longer one never hears anything.
const MAX_NAME: usize = 128;

/// Names are not cut shorter than this to fit: `Queue` and `Bridge` are no choice any more.
const MIN_PREFIX: usize = 4;

/// Lets everything through, for all filters are alternatives. Asterisk 22 refuses an empty one.
const EVERYTHING: &str = "^Event: ";

/// What the client itself reads once a session is ready: `Shutdown` is logged, and an `OriginateResponse` ends its
/// action. `FullyBooted` was there before.
const CORE_EVENTS: [&[u8]; 2] = [b"originateresponse", b"shutdown"];

/// The classes of these.
const CORE_CLASSES: [&str; 2] = ["system", "call"];

type Name = Box<[u8]>;

/// What a server was told in this session.
#[derive(Debug, Default)]
pub(super) struct Filters {
    /// When to try again what found no room, or to give up waiting for an answer.
    pub(super) due: Option<Instant>,
    /// What has no answer yet.
    asked: Vec<(u64, Asked)>,
    /// How long an answer is waited for.
    asked_until: Option<Instant>,
    /// Something changed while answers were waited for.
    is_stale: bool,
    /// The mask that was asked for last; at first that of the login.
    mask: Option<EventMask>,
    mask_refused: bool,
    /// Names that filters let through, in lower case.
    passing: BTreeSet<Name>,
    added: usize,
    stage: Stage,
    /// Names that actions of this session waited for, in lower case.
    awaited: BTreeSet<Name>,
}

/// How far the filters of a session are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// The server has taken none yet.
    #[default]
    Unfiltered,
    /// It has; more may follow.
    Filtered,
    /// None is added any more: everything passes, or the server takes none.
    Final,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Mask,
    Names,
    Everything,
}

/// What is wanted of a server.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Everything,
    /// In lower case.
    Names(BTreeSet<Name>),
}

impl Wanted {
    fn of(subscriptions: &Subscriptions, server: ServerId, options: &ClientOptions, awaited: &BTreeSet<Name>) -> Self {
        let lower =
            |names: &[Name]| -> BTreeSet<Name> { names.iter().map(|name| name.to_ascii_lowercase().into()).collect() };
        let allowed = lower(&options.allowed_events);
        let mut names: BTreeSet<Name> = match subscriptions.names(server) {
            None if allowed.is_empty() => return Self::Everything,
            None => allowed,
            Some(names) => {
                let taken_in = names.filter(|name| allowed.is_empty() || allowed.contains(&**name));
                taken_in.take(MAX_NAMES + 1).map(Into::into).collect()
            }
        };
        if names.len() > MAX_NAMES {
            return Self::Everything;
        }
        let blocked = lower(&options.blocked_events);
        names.retain(|name| !blocked.contains(name));
        names.extend(CORE_EVENTS.map(Name::from));
        names.extend(awaited.iter().cloned());
        if awaited.len() > MAX_AWAITED || !names.iter().all(|name| is_plain(name)) {
            return Self::Everything;
        }
        Self::Names(names)
    }

    /// The mask that lets it through, within the one that is configured.
    fn mask(&self, configured: &EventMask) -> EventMask {
        let Self::Names(names) = self else { return configured.clone() };
        let mut classes: BTreeSet<&str> = CORE_CLASSES.into();
        for name in names {
            match catalog::event_class(name) {
                Some(class) if EVENT_CLASSES.contains(&class) => classes.insert(class),
                _ => return configured.clone(),
            };
        }
        let kept: Vec<&'static str> =
            EVENT_CLASSES.into_iter().filter(|class| classes.contains(class) && configured.includes(class)).collect();
        match configured {
            EventMask::Classes(all) if all.len() == kept.len() => configured.clone(),
            _ if kept.is_empty() => EventMask::Off,
            _ => EventMask::Classes(kept),
        }
    }
}

/// Whether a name can stand in a regular expression as it is. No event of Asterisk has another one.
fn is_plain(name: &[u8]) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// The expression that lets these names through, within one header line; names are cut to prefixes where they are too
/// many, which lets more through. `None` where even that is too long. One expression, not several: between the first
/// and the last the server would hold back what is wanted.
///
/// Extended POSIX: the event begins where the text does, and a line end is a control character. Listeners may write a
/// name in any case, so each letter stands in both.
fn expression(names: &[Name]) -> Option<String> {
    let fits = |text: &String| "Filter: ".len() + text.len() + "\r\n".len() <= MAX_LINE;
    let longest = names.iter().map(|name| name.len()).max()?;
    let whole = format!("{}[[:cntrl:]]", alternatives(names, longest));
    if fits(&whole) {
        return Some(whole);
    }
    // The longest prefixes that fit, by halves: longer ones never make a shorter expression.
    let (mut short, mut long, mut found) = (MIN_PREFIX, longest, None);
    while short < long {
        let length = usize::midpoint(short, long);
        let prefixes = alternatives(names, length);
        if fits(&prefixes) {
            found = Some(prefixes);
            short = length + 1;
        } else {
            long = length;
        }
    }
    found
}

/// The begin of an event with one of these names, or with the first `length` bytes of one.
fn alternatives(names: &[Name], length: usize) -> String {
    let parts: BTreeSet<String> = names.iter().map(|name| spelled(name.get(..length).unwrap_or(name))).collect();
    format!("^Event: ({})", parts.into_iter().collect::<Vec<_>>().join("|"))
}

fn spelled(name: &[u8]) -> String {
    name.iter().fold(String::with_capacity(4 * name.len()), |mut text, byte| {
        let (upper, lower) = (char::from(byte.to_ascii_uppercase()), char::from(byte.to_ascii_lowercase()));
        if upper == lower {
            text.push(lower);
        } else {
            text.extend(['[', upper, lower, ']']);
        }
        text
    })
}

/// Names of events that end an action and may go to every session, so that filters concern them.
fn broadcast_ends(strategy: &Strategy) -> &[Name] {
    match strategy {
        Strategy::Async { event } => core::slice::from_ref(event),
        Strategy::Multi { terminal_events } | Strategy::EventOnly { terminal_events } => terminal_events,
        // What an application's own strategy waits for is not known.
        Strategy::ByAnswer { .. } | Strategy::Single | Strategy::List { .. } | Strategy::Command | Strategy::Custom => {
            &[]
        }
    }
}

impl Connection {
    /// Subscriptions have changed.
    pub fn push_filters(&mut self, cx: &mut Context<'_>) {
        self.session.push_filters(cx);
    }
}

impl Session {
    /// Tells the server what is wanted of it, as far as it does not know that already.
    pub(super) fn push_filters(&mut self, cx: &mut Context<'_>) {
        self.filters.due = None;
        if !self.options.push_filters || !self.state.is_usable() || self.config.events == EventMask::Off {
            return;
        }
        if self.filters.asked_until.is_some_and(|until| until <= cx.now.instant) {
            // A server with `brokeneventsaction` does not answer every `Events`. What it was told stands in the order in
            // which it reads, so that nothing is lost by going on.
            self.filters.asked.clear();
            self.filters.is_stale = false;
        }
        if self.filters.asked.is_empty() {
            self.tell_wanted(cx);
        } else {
            self.filters.is_stale = true;
            self.filters.due = self.filters.asked_until;
        }
    }

    /// Lets the events through that will end an action, before that is sent: its answer may come at once.
    pub(super) fn await_events(&mut self, action: &Action, strategy: &Strategy, cx: &mut Context<'_>) {
        if !self.options.push_filters {
            return;
        }
        let known = self.filters.awaited.len();
        // Items and ends of lists go to who asked, whatever the filters.
        let list_end = catalog::list_end(action.name());
        let comes_anyway = |name: &[u8]| CORE_EVENTS.contains(&name) || list_end == Some(name);
        for name in broadcast_ends(strategy).iter().filter(|name| !comes_anyway(name)) {
            if self.filters.awaited.len() <= MAX_AWAITED {
                self.filters.awaited.insert(name.to_ascii_lowercase().into());
            }
        }
        if self.filters.awaited.len() > known && self.config.events != EventMask::Off {
            self.tell_wanted(cx);
        }
    }

    fn tell_wanted(&mut self, cx: &mut Context<'_>) {
        let wanted = Wanted::of(cx.subscriptions, self.id, &self.options, &self.filters.awaited);
        if !(self.tell_filter(&wanted, cx) && self.tell_mask(&wanted, cx)) {
            self.filters.due = Some(cx.now.instant + RETRY);
        }
        self.filters.asked_until = Some(cx.now.instant + self.options.action_timeout);
    }

    /// Tells whether there was room for what had to be said.
    fn tell_mask(&mut self, wanted: &Wanted, cx: &mut Context<'_>) -> bool {
        let mask = wanted.mask(&self.config.events);
        if self.filters.mask_refused || mask == *self.filters.mask.as_ref().unwrap_or(&self.config.events) {
            return true;
        }
        let action = Action::new("Events").and_then(|action| action.with_header("EventMask", mask.to_string()));
        let told = self.tell(action, Asked::Mask, cx);
        if told {
            self.filters.mask = Some(mask);
        }
        told
    }

    /// Tells whether there was room for what had to be said.
    fn tell_filter(&mut self, wanted: &Wanted, cx: &mut Context<'_>) -> bool {
        if self.filters.stage == Stage::Final {
            return true;
        }
        let Wanted::Names(names) = wanted else { return self.lift_filters(cx) };
        let missing: Vec<Name> = names.difference(&self.filters.passing).cloned().collect();
        if missing.is_empty() {
            return true;
        }
        let expression = if self.filters.added < MAX_FILTERS { expression(&missing) } else { None };
        let Some(expression) = expression else { return self.give_up_filters(cx) };
        let told = self.tell(filter(&expression), Asked::Names, cx);
        if told {
            self.filters.added += 1;
            self.filters.passing.extend(missing);
        }
        told
    }

    /// What is wanted cannot be said by filters. Tells whether there was room for what had to be said.
    fn give_up_filters(&mut self, cx: &mut Context<'_>) -> bool {
        let lifted = self.lift_filters(cx);
        if lifted {
            self.filters.stage = Stage::Final;
            self.counters.filters_given_up += 1;
        }
        lifted
    }

    /// Adds a filter that lets everything through, if there are others. Tells whether there was room.
    fn lift_filters(&mut self, cx: &mut Context<'_>) -> bool {
        if self.filters.added == 0 {
            return true;
        }
        let told = self.tell(filter(EVERYTHING), Asked::Everything, cx);
        if told {
            self.filters.stage = Stage::Final;
        }
        told
    }

    fn tell(&mut self, action: Result<Action, ActionError>, asked: Asked, cx: &mut Context<'_>) -> bool {
        let Ok(sequence) = action.map_err(Into::into).and_then(|action| self.write_action(&action, cx)) else {
            return false;
        };
        self.filters.asked.push((sequence, asked));
        self.counters.filters_pushed += 1;
        true
    }

    /// Handles the answer to what was told. Tells whether it was that.
    pub(super) fn on_filter_response(&mut self, sequence: u64, frame: FrameRef<'_>, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.filters.asked.iter().position(|&(asked, _)| asked == sequence) else { return false };
        let (_, asked) = self.filters.asked.swap_remove(at);
        if frame.is_error() {
            self.on_refusal(asked, frame, cx);
        } else if asked == Asked::Names && self.filters.stage == Stage::Unfiltered {
            self.filters.stage = Stage::Filtered;
        }
        if self.filters.asked.is_empty() && core::mem::take(&mut self.filters.is_stale) {
            self.push_filters(cx);
        }
        true
    }

    /// Without the right `system` a server takes no filter; then the mask has to do.
    fn on_refusal(&mut self, asked: Asked, frame: FrameRef<'_>, cx: &mut Context<'_>) {
        let reason = String::from_utf8_lossy(frame.header(b"Message").unwrap_or_default()).into_owned();
        let fields = vec![("reason", reason.into())];
        match asked {
            Asked::Mask => {
                self.filters.mask_refused = true;
                self.log(Kind::MaskRefused, fields, cx);
            }
            Asked::Names if self.filters.stage == Stage::Final => {}
            Asked::Names => {
                let was_filtered = self.filters.stage == Stage::Filtered;
                self.filters.stage = Stage::Final;
                self.log(Kind::NoFilter, fields.clone(), cx);
                // Filters that it took before would hold back what this one was to let through.
                if was_filtered && !self.lift_filters(cx) {
                    self.log(Kind::FilterNotLifted, fields, cx);
                }
            }
            Asked::Everything => self.log(Kind::FilterNotLifted, fields, cx),
        }
    }
}

fn filter(expression: &str) -> Result<Action, ActionError> {
    Action::new("Filter")?.with_header("Operation", "Add")?.with_header("Filter", expression)
}
