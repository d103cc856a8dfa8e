//! The ways in which sessions end and actions fail.

use super::tls::TlsFailure;
use core::fmt;
use core::time::Duration;
use std::borrow::Cow;
use thiserror::Error;

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LossReason {
    /// The name of the host could not be looked up; the resolver's words.
    Unresolved(Box<str>),
    /// `connect_timeout` passed: the host is down or drops packets.
    ConnectTimeout,
    /// The operating system refused or broke the connection; its words.
    Io(Box<str>),
    /// TLS failed.
    Tls(TlsFailure),
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
            Self::Unresolved(_) => "unresolved",
            Self::ConnectTimeout => "connect_timeout",
            Self::Io(_) => "io_error",
            Self::Tls(failure) => failure.problem.name(),
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

    /// Whether the next attempt will end alike until a person has changed something, here or there.
    pub const fn needs_a_person(&self) -> bool {
        match self {
            Self::LoginRefused(_) => true,
            Self::Tls(failure) => failure.problem.is_about_certificates(),
            _ => false,
        }
    }
}

impl fmt::Display for LossReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unresolved(words) => write!(f, "the host name could not be resolved: {words}"),
            Self::ConnectTimeout => f.write_str("connecting took too long"),
            Self::Io(error) => f.write_str(error),
            Self::Tls(failure) => failure.fmt(f),
            Self::BannerTimeout => f.write_str("no banner came in time (a port that wants TLS sends none without it)"),
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
    /// The call was tried and did not come about. Says why, as `Reason` of the result has it.
    #[error("the call failed: {}", originate_reason(*.0))]
    OriginateFailed(Option<u32>),
    /// Nothing completed it in time: a slow server, a blocked session, or the wrong strategy.
    #[error("no complete answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The answer had more messages than allowed: a list longer than expected.
    #[error("the answer has more than {0} messages")]
    TooManyMessages(u32),
    /// The answers that one server's actions have got so far hold more than [`MAX_ANSWER_BYTES`](super::MAX_ANSWER_BYTES).
    #[error("the answers under way hold more than {0} bytes")]
    AnswerTooLarge(usize),
    /// The session ended first. Whether the server carried the action out is not known.
    #[error("the connection was lost before the answer, so that its outcome is not known: {0}")]
    ConnectionLost(LossReason),
    /// The session ended before all of the action had been written: the server cannot have carried it out.
    #[error("the connection was lost before it was sent: {0}")]
    NotSent(LossReason),
    /// The application gave it up.
    #[error("the action was cancelled")]
    Cancelled,
    /// The server broke its list off: `EventList: cancelled`.
    #[error("the server cancelled the list")]
    ListCancelled,
    /// An event completed it, but no response had come.
    #[error("the action completed without a response")]
    MissingResponse,
    /// The driver's own strategy failed to judge a message.
    #[error("the completion strategy failed")]
    StrategyFailed,
    /// The frame that answered was longer than `max_frame_size` and was thrown away.
    #[error("the answer was a frame of {0} bytes, longer than max_frame_size")]
    FrameTooLong(u64),
    /// The output of a command was longer than `command_output_limit`.
    #[error("the command's output is longer than {0} bytes")]
    OutputTooLong(usize),
}

/// What the `Reason` of an `OriginateResponse` means: the control frame with which the attempt ended.
fn originate_reason(reason: Option<u32>) -> Cow<'static, str> {
    let meaning = match reason {
        Some(0) => "no such extension, peer or technology, or not reachable",
        Some(1) => "hung up",
        Some(3) => "not answered in time",
        Some(5) => "busy",
        Some(8) => "congestion",
        Some(other) => return format!("reason {other}").into(),
        None => return "no reason given".into(),
    };
    format!("{meaning} (reason {})", reason.unwrap_or_default()).into()
}
