//! Which events are wanted, and where they wait.

mod admission;
mod names;
mod queue;
mod subscription;

pub use admission::Admission;
pub use queue::{DropCounts, EventQueue, MAX_DROP_NAMES, QueuedEvent};
pub use subscription::{
    HeaderCondition, MAX_SUBSCRIPTIONS, NewSubscription, SubscriptionId, Subscriptions, TooManySubscriptions,
};
