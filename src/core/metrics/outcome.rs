//! How actions end, in as few words as can be counted apart.

use super::Counters;
use crate::correlation::Failure;

/// What became of an action. Few, because each is a histogram of every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionResult {
    /// It completed.
    Completed,
    /// The server said no, broke off, or tried a call in vain.
    Error,
    /// There was no complete answer in time.
    Timeout,
    /// Its session ended first.
    Lost,
    /// The application gave it up.
    Cancelled,
    /// The answer was too long, had too many messages, came without a response, or could not be judged.
    Invalid,
}

impl ActionResult {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Completed, Self::Error, Self::Timeout, Self::Lost, Self::Cancelled, Self::Invalid];

    /// The result of an action that ended by this.
    pub const fn of(failure: Option<&Failure>) -> Self {
        match failure {
            None => Self::Completed,
            Some(Failure::ErrorResponse | Failure::OriginateFailed(_) | Failure::ListCancelled) => Self::Error,
            Some(Failure::Timeout(_)) => Self::Timeout,
            Some(Failure::ConnectionLost(_) | Failure::NotSent(_)) => Self::Lost,
            Some(Failure::Cancelled) => Self::Cancelled,
            Some(
                Failure::TooManyMessages(_)
                | Failure::AnswerTooLarge(_)
                | Failure::MissingResponse
                | Failure::StrategyFailed
                | Failure::FrameTooLong(_)
                | Failure::OutputTooLong(_),
            ) => Self::Invalid,
        }
    }

    /// Its name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::Cancelled => "cancelled",
            Self::Invalid => "invalid",
        }
    }

    /// Counts one.
    pub const fn count(self, counters: &mut Counters) {
        match self {
            Self::Completed => counters.actions_completed += 1,
            Self::Error => counters.actions_error += 1,
            Self::Timeout => counters.actions_timeout += 1,
            Self::Lost => counters.actions_lost += 1,
            Self::Cancelled => counters.actions_cancelled += 1,
            Self::Invalid => counters.actions_invalid += 1,
        }
    }

    /// How many there were.
    pub const fn counted(self, counters: &Counters) -> u64 {
        match self {
            Self::Completed => counters.actions_completed,
            Self::Error => counters.actions_error,
            Self::Timeout => counters.actions_timeout,
            Self::Lost => counters.actions_lost,
            Self::Cancelled => counters.actions_cancelled,
            Self::Invalid => counters.actions_invalid,
        }
    }
}
