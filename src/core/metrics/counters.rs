//! Plain counters: what happened on one connection since it was made.

/// `field "name it is told by": "what it counts",` or, where it is told as a part of something, `field _: "...",`.
macro_rules! counters {
    ($($field:ident $name:tt: $doc:literal,)*) => {
        /// Counters of one server. They only grow, over all its sessions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct Counters {
            $(#[doc = $doc] pub $field: u64,)*
        }

        impl Counters {
            /// Adds those of another server.
            pub const fn add(&mut self, other: &Self) {
                $(self.$field += other.$field;)*
            }
        }

        /// Those that are told under a name of their own.
        pub const SCALARS: &[&[Scalar]] = &[$(scalar!($field $name $doc)),*];
    };
}

macro_rules! scalar {
    ($field:ident _ $doc:literal) => {
        &[]
    };
    ($field:ident $name:literal $doc:literal) => {
        &[Scalar { name: $name, help: $doc, read: |counters| counters.$field }]
    };
}

/// A counter that is told by itself.
#[derive(Debug, Clone, Copy)]
pub struct Scalar {
    /// Its name, without the prefix and the suffix that all have.
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// Its value.
    pub read: fn(&Counters) -> u64,
}

counters! {
    bytes_read "read_bytes": "Bytes read.",
    bytes_written "written_bytes": "Bytes written.",
    frames "frames": "Frames parsed.",
    events "events": "Events that came.",
    events_queued "events_queued": "Events put into the queue.",
    events_dispatched "events_dispatched": "Events taken out of the queue for listeners.",
    events_unheard "events_unheard": "Events that nobody listens to, or that a filter refused.",
    events_late "events_late": "Events of answers that nobody waits for any more.",
    events_before_ready "events_before_ready": "Events that came before the session was ready.",
    listener_failures "listener_failures": "Callbacks that threw, of listeners and of whatever else is called for this server.",
    protocol_desync "protocol_desync": "Blocks that were no frame.",
    frames_too_long "frames_too_long": "Frames longer than the longest that is read.",
    frames_cut "frames_cut": "Frames cut by the end of a connection.",
    responses_unmatched "responses_unmatched": "Responses that nothing waited for.",
    actions_sent "actions_sent": "Actions queued for sending.",
    actions_refused "actions_refused": "Actions that `send()` refused: without a session, at a limit, or because of what they are.",
    actions_completed _: "Actions that completed.",
    actions_error _: "Actions that the server refused, or that failed there.",
    actions_timeout _: "Actions that were not answered in time.",
    actions_lost _: "Actions that ended with their session.",
    actions_cancelled _: "Actions that the application gave up.",
    actions_invalid _: "Actions with an answer that could not be used.",
    lookups "lookups": "Times that the host name was to be looked up.",
    lookups_failed "lookups_failed": "Lookups that found nothing, or nothing in time.",
    connect_attempts "connect_attempts": "Attempts to connect.",
    sessions "sessions": "Sessions that became ready.",
    reconnects "reconnects": "Sessions that became ready and were not the first.",
    losses "losses": "Sessions and attempts that were lost.",
    filters_pushed "filters_pushed": "Filters and event masks that the server was told.",
    filters_given_up "filters_given_up": "Times that names were too many for filters, so that everything is let through.",
    heartbeats_missed "heartbeats_missed": "Heartbeats that were not answered in time.",
}

impl Counters {
    /// All actions that ended otherwise than by completing.
    pub const fn actions_failed(&self) -> u64 {
        self.actions_error + self.actions_timeout + self.actions_lost + self.actions_cancelled + self.actions_invalid
    }
}
