//! Every kind of record there is: one table, from which the levels, the limits and the manual are made.

use super::Level;

/// How often a kind may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many a minute of one server; more are held back and counted in [`Kind::HeldBack`].
    AMinute(u32),
    /// As the option `event_drop_log_interval_ms` says.
    DropInterval,
    /// Once for each window, or each time, in which others were left out.
    Summary,
    /// Only where it was asked for, and then each time, within its share of the ring.
    Payload,
}

/// What is fixed about the records of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// How bad it is.
    pub level: Level,
    /// The fixed text; what varies is in the fields.
    pub message: &'static str,
    /// How often it may come.
    pub pace: Pace,
    fields: &'static [&'static str],
    /// What an operator learns from it.
    pub meaning: &'static str,
}

impl Spec {
    /// Its fields besides those that every record has: names, and whether each is there in every record of the kind.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.fields.iter().map(|field| field.strip_suffix('?').map_or((*field, true), |name| (name, false)))
    }
}

/// `Kind: Level "message", Pace, ["field", "field that may be missing?"], "what it means";`
macro_rules! kinds {
    ($($kind:ident: $level:ident $message:literal, $pace:expr, [$($field:literal),*], $meaning:literal;)*) => {
        /// What a record is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $meaning] $kind,)*
        }

        impl Kind {
            /// Every kind, in the order in which the manual lists them.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// What is fixed about it.
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$kind => &Spec {
                        level: Level::$level,
                        message: $message,
                        pace: $pace,
                        fields: &[$($field),*],
                        meaning: $meaning,
                    },)*
                }
            }
        }
    };
}

use Pace::AMinute;

// The limits are over what default options bring about of one server, so that only a flood is ever held back: backoff
// leaves 12 attempts in the first minute of an outage, a session that starts the backoff anew lasts 10 s,
// heartbeats come each 15 s.
kinds! {
    LookingUp: Debug "looking up the host name", AMinute(12), ["host", "port", "address?", "attempt"],
        "An attempt needs the address of a name first.";
    Connecting: Debug "connecting", AMinute(12), ["host", "port", "address?", "attempt", "backoff", "next_retry_at"],
        "An attempt begins; `attempt` counts from 1 since the last session, `backoff` is how long it was waited for, and `next_retry_at` is null.";
    Ready: Info "ready", AMinute(6), ["host", "port", "address?", "banner", "away_ms?"],
        "Actions can be sent, events flow; after a loss also how long there was no session.";
    Closed: Info "closed", AMinute(6), ["actions_lost"],
        "`close()` or `terminate()` is done, or the server ended a session that was closing; so many actions were still waiting, and failed.";
    NotBooted: Notice "no FullyBooted came after the login; the session is used without it", AMinute(6), ["waited_ms"],
        "The server boots slowly, or its user may not read `system` events ([configuration](configuration.md)).";
    NotVerified: Warning "the server's certificate is not verified: tls.verify is \"none\"", AMinute(6), ["host", "port", "address?"],
        "At each connection of such a server.";
    ConnectingFailed: Warning "connecting failed", AMinute(12),
        ["host", "port", "address?", "reason", "error", "attempt", "backoff", "next_retry_at", "actions_lost"],
        "An attempt failed, and when the next one is made.";
    NotResolved: Warning "the host name could not be resolved; what was found before is used", AMinute(6),
        ["host", "port", "address?", "reason", "error", "attempt"],
        "DNS does not answer; the attempt goes on with the addresses of an earlier answer.";
    ConnectionLost: Warning "connection lost", AMinute(6),
        ["host", "port", "address?", "reason", "error", "attempt", "backoff", "next_retry_at", "actions_lost", "session_ms"],
        "A session that was ready ended: how many actions were waiting and failed with it, and how long it had lasted.";
    CircuitOpened: Warning "circuit changed", AMinute(4), ["from", "to", "reason", "failures", "retry_in_ms"],
        "The breaker opened (`to` is `open`): after so many failures in a row no attempt is let through for so long.";
    CircuitChanged: Info "circuit changed", AMinute(4), ["from", "to", "reason", "failures"],
        "The breaker lets a probe through (`half_open`, because of `cooldown_over`), or closed again (`session_ready`).";
    GivenUp: Error "given up", AMinute(2),
        ["host", "port", "address?", "reason", "error", "attempt", "backoff", "next_retry_at", "actions_lost"],
        "`max_reconnect_attempts` are used up: the state is `Fatal`, and `backoff` and `next_retry_at` are null.";
    HeartbeatMissed: Warning "a heartbeat was not answered", AMinute(4), ["missed", "allowed"],
        "The state is `Degraded` now. At `allowed` missed ones the connection is reset.";
    HeartbeatsAgain: Info "heartbeats are answered again", AMinute(4), ["degraded_ms"],
        "It is `Ready` again.";
    NoFilter: Notice "the server takes no filter; in this session there is only the event mask", AMinute(2), ["reason"],
        "`push_filters` without the right `write = system` ([filters](filters.md)).";
    MaskRefused: Notice "the server did not change the event mask; it stays as it is", AMinute(2), ["reason"],
        "With `push_filters`; more events come than are listened to.";
    FilterNotLifted: Warning "a filter could not be lifted; events are missing in this session", AMinute(2), ["reason"],
        "With `push_filters`, and never seen: the server took filters before, and refuses the one that lets everything through. Reconnect.";
    NoPing: Debug "no Ping could be sent", AMinute(4), ["reason"],
        "The write buffer is full.";
    NoLogin: Error "login could not be written", AMinute(4), ["reason"],
        "The attempt ends with `auth_timeout`.";
    ShuttingDown: Warning "the server is shutting down", AMinute(2), ["restart"],
        "The server sent its event `Shutdown`; `restart` is `true` or `false`.";
    TimedOut: Warning "action timed out", AMinute(10), ["waited_ms"],
        "And the `action_id`.";
    EventsDropped: Warning "events were dropped: listeners are too slow for this server", Pace::DropInterval,
        ["dropped", "dropped_total", "by_name"],
        "At most once in `event_drop_log_interval_ms`, and when the server is closed: how many since the last record, how many ever, and the ten names of which most were dropped.";
    FrameTooLong: Warning "a frame longer than max_frame_size was thrown away", AMinute(4), ["bytes"],
        "An action that it answered has failed.";
    NoFrame: Warning "something that is no frame was skipped", AMinute(6), [],
        "The first one within 10 s; over 100 end the connection.";
    NotReconciled: Warning "a list of reconcile could not be asked for", AMinute(3), ["action", "reason"],
        "The property of the `ConnectionGap` is null.";
    MemoryExceeded: Error "memory_limit is exceeded: the client shuts down", AMinute(1),
        ["memory", "memory_limit", "client_bytes", "event_bytes", "answer_bytes", "unwritten_bytes", "parser_bytes"],
        "Once: all servers are closed ([flow control](flow.md#memory_limit)). In bytes: what the process had, what it may have, and what of it the client holds, as a sum and by what it is.";
    CallbackThrew: Error "a callback threw", AMinute(10), ["callback", "exception?"],
        "`callback` is `listener`, `onComplete`, `onGap`, `completionStrategy`, `signalHandler`, `metrics collector` or `destructor`.";
    ActionSent: Debug "action sent", Pace::Payload, ["bytes", "payload"],
        "With `log_actions`: what is to be written to the server, logins and Pings included ([payloads](#payloads)).";
    FrameReceived: Debug "frame received", Pace::Payload, ["bytes", "payload"],
        "With `log_frames`: what the server sent, before anything else is done with it ([payloads](#payloads)).";
    HeldBack: Warning "log records were held back: more came of a kind than are told in a minute", Pace::Summary, ["held_back", "by_message"],
        "At the end of the minute: how many of this server, and of which messages.";
    RecordsDropped: Warning "log records were dropped: more came than a tick can hand over", Pace::Summary, ["dropped", "dropped_total"],
        "Stands where the records would have stood.";
}
