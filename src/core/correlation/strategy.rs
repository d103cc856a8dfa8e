//! What completes an action, and the ways in which it can fail.

use crate::protocol::Action;
use core::fmt;
use core::time::Duration;
use thiserror::Error;

/// What an action's answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Strategy {
    /// One response; or, when that response says `EventList: start`, the list that follows it.
    /// Asterisk tells by that header which actions answer with lists. A list has [`LIST_DURATION`] from sending, or
    /// longer when the completion says so: nobody knew beforehand that it would be one.
    #[default]
    ByAnswer,
    /// One response and nothing else. Events that carry the action's id go to listeners.
    Single,
    /// A response, items, and an end event with `EventList: Complete`. For servers that send no such header the
    /// end is known by these names, or without any by a name that ends in `Complete`.
    List {
        /// Names of end events, in lower case.
        complete_events: Vec<Box<[u8]>>,
    },
    /// A response that says "queued", and later one event with the result, which goes to listeners too.
    Async {
        /// Name of that event, in lower case.
        event: Box<[u8]>,
    },
    /// One response whose output lines are limited to `command_output_limit`.
    Command,
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
        } else if is_originate(action) && action.header(b"Async").is_some_and(is_true) {
            Self::originate()
        } else {
            Self::ByAnswer
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
        Self { strategy: Strategy::ByAnswer, max_duration, max_messages: DEFAULT_MAX_MESSAGES }
    }
}

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LossReason {
    /// `connect_timeout` passed: the host is down or drops packets.
    ConnectTimeout,
    /// The operating system refused or broke the connection; its words.
    Io(Box<str>),
    /// `auth_timeout` passed without a banner: not an AMI port, or one that is silent.
    BannerTimeout,
    /// `auth_timeout` passed between the banner and the accepted login.
    AuthTimeout,
    /// The server refused the login; its words.
    LoginRefused(Box<str>),
    /// What spoke first was not Asterisk: for instance an HTTP server.
    NotAmi,
    /// The server closed the connection.
    EndOfFile,
    /// Heartbeats were not answered.
    HeartbeatLost,
    /// Too much of what came could not be read as AMI.
    Desync,
    /// The application closed the connection.
    Closed,
}

impl LossReason {
    /// A short name for logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConnectTimeout => "connect_timeout",
            Self::Io(_) => "io_error",
            Self::BannerTimeout => "banner_timeout",
            Self::AuthTimeout => "auth_timeout",
            Self::LoginRefused(_) => "login_refused",
            Self::NotAmi => "not_ami",
            Self::EndOfFile => "end_of_file",
            Self::HeartbeatLost => "heartbeat_lost",
            Self::Desync => "desync",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for LossReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectTimeout => f.write_str("connecting took too long"),
            Self::Io(error) => f.write_str(error),
            Self::BannerTimeout => f.write_str("no banner came in time"),
            Self::AuthTimeout => f.write_str("the login was not answered in time"),
            Self::LoginRefused(message) => write!(f, "the login was refused: {message}"),
            Self::NotAmi => f.write_str("what answers there does not speak AMI"),
            Self::EndOfFile => f.write_str("the server closed the connection"),
            Self::HeartbeatLost => f.write_str("heartbeats were not answered"),
            Self::Desync => f.write_str("too much of what came could not be read as AMI"),
            Self::Closed => f.write_str("the connection was closed by the application"),
        }
    }
}

/// Why an action did not complete.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The server answered `Response: Error`: a wrong parameter, a missing right, an unknown action.
    #[error("the server answered with an error")]
    ErrorResponse,
    /// Nothing completed it in time: a slow server, a blocked session, or the wrong strategy.
    #[error("no complete answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The answer had more messages than allowed: a list longer than expected.
    #[error("the answer has more than {0} messages")]
    TooManyMessages(u32),
    /// The session ended first. Whether the server carried the action out is not known.
    #[error("the connection was lost before the answer: {0}")]
    ConnectionLost(LossReason),
    /// The application gave it up.
    #[error("the action was cancelled")]
    Cancelled,
    /// An event completed it, but no response had come.
    #[error("the action completed without a response")]
    MissingResponse,
    /// The frame that answered was longer than `max_frame_size` and was thrown away.
    #[error("the answer was a frame of {0} bytes, longer than max_frame_size")]
    FrameTooLong(u64),
    /// The output of a command was longer than `command_output_limit`.
    #[error("the command's output is longer than {0} bytes")]
    OutputTooLong(usize),
}
