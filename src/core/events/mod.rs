//! Which events are wanted, and where they wait.

mod admission;
mod names;
mod queue;
mod subscription;

pub use admission::Admission;
pub use queue::{DropCounts, EventQueue, Lane, MAX_DROP_NAMES, PRIORITY_RUN, QueuedEvent};
pub use subscription::{
    HeaderCondition, MAX_SUBSCRIPTIONS, NewSubscription, SubscriptionId, Subscriptions, TooManySubscriptions,
};
