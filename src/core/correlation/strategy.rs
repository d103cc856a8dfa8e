//! What completes an action, and the ways in which it can fail.

use core::fmt;
use core::time::Duration;
use thiserror::Error;

/// What an action's answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Strategy {
    /// One response; or, when that response says `EventList: start`, the list that follows it.
    /// Asterisk tells by that header which actions answer with lists.
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
}

/// A strategy with its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What to wait for.
    pub strategy: Strategy,
    /// How long.
    pub max_duration: Duration,
    /// How many messages, the response included.
    pub max_messages: u32,
}

/// Default of [`Completion::max_messages`]: a list of 10,000 items is some 5 MB.
pub const DEFAULT_MAX_MESSAGES: u32 = 10_000;

impl Completion {
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
