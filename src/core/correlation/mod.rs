//! Which answer belongs to which action.

mod action_id;
mod pending;
mod strategy;

pub use action_id::ActionIds;
pub use pending::{EventVerdict, Outcome, Pending, PendingTable, Settled};
pub use strategy::{
    Completion, DEFAULT_MAX_MESSAGES, Failure, LIST_DURATION, LossReason, ORIGINATE_GRACE, Strategy, is_originate,
};
