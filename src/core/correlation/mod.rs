//! Which answer belongs to which action.

mod action_id;
mod failure;
mod pending;
mod strategy;
mod tls;

pub use action_id::ActionIds;
pub use failure::{Failure, LossReason};
pub use pending::{
    EventVerdict, Expired, Judgement, MAX_ANSWER_BYTES, Outcome, Pending, PendingTable, Progress, Question, Settled,
};
pub use strategy::{
    Completion, DEFAULT_MAX_MESSAGES, LIST_DURATION, ORIGINATE_GRACE, Strategy, is_originate, silences_session,
};
pub use tls::{TlsFailure, TlsProblem};
