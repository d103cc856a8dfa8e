//! Plain counters: what happened on one connection since it was made.

/// `name: "what it counts",`
macro_rules! counters {
    ($($name:ident: $doc:literal,)*) => {
        /// Counters of one server. They only grow, over all its sessions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct Counters {
            $(#[doc = $doc] pub $name: u64,)*
        }

        impl Counters {
            /// Adds those of another server.
            pub const fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            /// All counters by name.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }
        }
    };
}

counters! {
    bytes_read: "Bytes read.",
    bytes_written: "Bytes written.",
    frames: "Frames parsed.",
    events: "Events that came.",
    events_queued: "Events put into the queue.",
    events_dispatched: "Events taken out of the queue for listeners.",
    events_unheard: "Events that nobody listens to, or that a filter refused.",
    events_late: "Events of answers that nobody waits for any more.",
    events_before_ready: "Events that came before the session was ready.",
    protocol_desync: "Blocks that were no frame.",
    frames_too_long: "Frames longer than `max_frame_size`.",
    frames_cut: "Frames cut by the end of a connection.",
    responses_unmatched: "Responses that nothing waited for.",
    actions_sent: "Actions queued for sending.",
    actions_completed: "Actions that completed.",
    actions_failed: "Actions that failed.",
    actions_refused: "Actions refused because a limit was reached.",
    lookups: "Times that the host name was to be looked up.",
    lookups_failed: "Lookups that found nothing, or nothing in time.",
    connect_attempts: "Attempts to connect.",
    sessions: "Sessions that became ready.",
    losses: "Sessions and attempts that were lost.",
    filters_pushed: "Filters and event masks that the server was told.",
    filters_given_up: "Times that names were too many for filters, so that everything is let through.",
    heartbeats_missed: "Heartbeats that were not answered in time.",
}
