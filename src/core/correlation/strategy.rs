//! What completes an action, and within which bounds.

use crate::catalog;
use crate::protocol::{Action, FrameKind, FrameRef};
use core::time::Duration;

/// What an action's answer looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strategy {
    /// One response; or, when that response announces a list, the list that follows it.
    /// Asterisk announces by `EventList: start`. A server that sends no such header is taken by its word, when the
    /// `Message` says that something follows and the action is known to answer with a list. A list has
    /// [`LIST_DURATION`] from sending, or longer when the completion says so: nobody knew beforehand that it would
    /// be one.
    ByAnswer {
        /// The end event that the action is known to have, in lower case.
        list_end: Option<&'static [u8]>,
    },
    /// One response and nothing else. Events that carry the action's id go to listeners.
    Single,
    /// A response, items, and an end event with `EventList: Complete`. For servers that send no such header the
    /// end is known by these names, or without any by a name that ends in `Complete`.
    List {
        /// Names of end events, in lower case.
        complete_events: Vec<Box<[u8]>>,
    },
    /// A response, and events up to one of these names.
    Multi {
        /// Names of events that end it, in lower case.
        terminal_events: Vec<Box<[u8]>>,
    },
    /// Events up to one of these names. A response may come, and fails the action when it is an error, but none is
    /// needed.
    EventOnly {
        /// Names of events that end it, in lower case.
        terminal_events: Vec<Box<[u8]>>,
    },
    /// A response that says "queued", and later one event with the result.
    Async {
        /// Name of that event, in lower case.
        event: Box<[u8]>,
    },
    /// One response whose output lines are limited to `command_output_limit`.
    Command,
    /// The driver judges each message; see [`Question`](super::Question).
    Custom,
}

impl Default for Strategy {
    fn default() -> Self {
        Self::ByAnswer { list_end: None }
    }
}

impl Strategy {
    /// `Originate` and its `OriginateResponse`.
    pub fn originate() -> Self {
        Self::Async { event: b"originateresponse".as_slice().into() }
    }

    /// What an action's name and headers tell: `Command` has its output limited, an asynchronous `Originate` waits for
    /// its result, and everything else for its response and for the list that this announces.
    pub fn of(action: &Action) -> Self {
        if action.name().eq_ignore_ascii_case(b"Command") {
            Self::Command
        } else if is_originate(action) && is_asynchronous(action) {
            Self::originate()
        } else {
            Self::ByAnswer { list_end: catalog::list_end(action.name()) }
        }
    }

    /// How long this waits for an action where nobody said how long: lists [`LIST_DURATION`], an `Originate` for as
    /// long as it may ring and [`ORIGINATE_GRACE`], but never less than `action_timeout`.
    pub fn default_duration(&self, action: &Action, action_timeout: Duration) -> Duration {
        match self {
            Self::List { .. } => action_timeout.max(LIST_DURATION),
            _ if is_originate(action) => action_timeout.max(ringing(action) + ORIGINATE_GRACE),
            _ => action_timeout,
        }
    }

    /// Whether this message is the last one that the action waits for. An error response always is.
    ///
    /// Of a list that [`Strategy::ByAnswer`] found, this knows the end; that a response announces one, it does not ask.
    pub fn completes(&self, frame: FrameRef<'_>) -> bool {
        match frame.kind() {
            FrameKind::Response => {
                frame.is_error() || matches!(self, Self::ByAnswer { .. } | Self::Single | Self::Command)
            }
            FrameKind::Event => match self {
                Self::ByAnswer { .. } | Self::List { .. } => match frame.event_list() {
                    Some(value) => value.eq_ignore_ascii_case(b"complete") || value.eq_ignore_ascii_case(b"cancelled"),
                    None => self.ends_by_name(frame.name()),
                },
                Self::Multi { terminal_events } | Self::EventOnly { terminal_events } => {
                    is_one_of(frame.name(), terminal_events)
                }
                Self::Async { event } => frame.name().eq_ignore_ascii_case(event),
                Self::Single | Self::Command | Self::Custom => false,
            },
        }
    }

    /// Whether a list without `EventList` headers ends with an event of that name.
    fn ends_by_name(&self, name: &[u8]) -> bool {
        match self {
            Self::ByAnswer { list_end: Some(end) } => name.eq_ignore_ascii_case(end),
            Self::List { complete_events } if !complete_events.is_empty() => is_one_of(name, complete_events),
            _ => {
                name.len() >= 8 && name.get(name.len() - 8..).is_some_and(|tail| tail.eq_ignore_ascii_case(b"complete"))
            }
        }
    }

    /// Whether a response to an action that is complete by its answer says that a list follows.
    pub(super) fn announces_list(&self, response: FrameRef<'_>) -> bool {
        let Self::ByAnswer { list_end } = self else { return false };
        match response.event_list() {
            Some(value) => value.eq_ignore_ascii_case(b"start"),
            None => list_end.is_some() && response.header(b"Message").is_some_and(says_follow),
        }
    }
}

fn is_one_of(name: &[u8], names: &[Box<[u8]>]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether Asterisk sends events of that name to every session, whosever action they answer. All others that carry an
/// `ActionID` go to the session that asked, be they named and marked like public ones.
pub(super) fn is_broadcast(name: &[u8]) -> bool {
    [b"originateresponse".as_slice(), b"userevent"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Every list of Asterisk 16 and 22 is announced by a message with "will follow", "follows", "follow" or "following".
fn says_follow(message: &[u8]) -> bool {
    message.windows(6).any(|word| word.eq_ignore_ascii_case(b"follow"))
}

/// Default of how long a list may take: `CoreShowChannels` of a big server, asked during a flood.
pub const LIST_DURATION: Duration = Duration::from_secs(60);

/// What an `Originate` may take besides ringing: without it, a call that nobody answers and the timeout of its action
/// would come at the same moment.
pub const ORIGINATE_GRACE: Duration = Duration::from_secs(10);

/// How long Asterisk rings when an `Originate` has no `Timeout`.
const DEFAULT_RINGING: Duration = Duration::from_secs(30);

/// Whether an action starts a call.
pub fn is_originate(action: &Action) -> bool {
    action.name().eq_ignore_ascii_case(b"Originate")
}

/// Whether an `Originate` is answered at once.
fn is_asynchronous(action: &Action) -> bool {
    action.header(b"Async").is_some_and(is_true)
}

/// Whether Asterisk answers nothing else on the session, and sends no events, until this action has ended: a
/// synchronous `Originate`, and `WaitEvent`.
pub fn silences_session(action: &Action) -> bool {
    action.name().eq_ignore_ascii_case(b"WaitEvent") || (is_originate(action) && !is_asynchronous(action))
}

/// What Asterisk takes for a yes.
fn is_true(value: &[u8]) -> bool {
    [b"yes".as_slice(), b"true", b"y", b"t", b"1", b"on"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
}

/// How long an `Originate` rings. A `Timeout` that is no number of milliseconds is refused by Asterisk.
fn ringing(action: &Action) -> Duration {
    let millis = action.header(b"Timeout").and_then(|value| core::str::from_utf8(value).ok()?.trim().parse().ok());
    millis.map_or(DEFAULT_RINGING, |millis: u32| Duration::from_millis(millis.into()))
}

/// A strategy with its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What to wait for.
    pub strategy: Strategy,
    /// How long, from sending; see [`Strategy::default_duration`].
    pub max_duration: Duration,
    /// How many messages, the response included.
    pub max_messages: u32,
}

/// Default of [`Completion::max_messages`]: a list of 10,000 items is some 5 MB.
pub const DEFAULT_MAX_MESSAGES: u32 = 10_000;

impl Completion {
    /// What is right for this action where nobody said otherwise.
    pub fn of(action: &Action, action_timeout: Duration) -> Self {
        let strategy = Strategy::of(action);
        let max_duration = strategy.default_duration(action, action_timeout);
        Self { strategy, max_duration, max_messages: DEFAULT_MAX_MESSAGES }
    }

    /// The default strategy within `max_duration`.
    pub const fn by_answer(max_duration: Duration) -> Self {
        Self { strategy: Strategy::ByAnswer { list_end: None }, max_duration, max_messages: DEFAULT_MAX_MESSAGES }
    }
}
