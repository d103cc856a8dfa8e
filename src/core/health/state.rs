//! The states of a connection.

use core::fmt;

/// Where the connection to one server stands.
///
/// ```text
///                    open()
///   Disconnected ──────────────► Connecting ──► Connected ──► Authenticating ──► Ready ◄──► Degraded
///        ▲                          ▲   │            │               │             │            │
///        │                  backoff │   │ refused,   │ no banner     │ refused,    │ EOF, reset,│
///        │                  is over │   │ timeout    │ in time       │ timeout     │ no Pong    │
///        │                          │   ▼            ▼               ▼             ▼            ▼
///        │                        Reconnecting ◄──────────────────────────────────────────────────
///        │                          │
///        │                          └──► Fatal   (`max_reconnect_attempts` used up)
///        │
///        └────────── Closing ◄────── close() with a session: Logoff first (without one: Disconnected at once)
///                       └──────────► Connecting, when open() was called meanwhile
/// ```
///
/// `Connected` lasts from the socket's confirmation to the banner, `Authenticating` from there to the
/// accepted login, or, with events on, to `FullyBooted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ConnectionState {
    /// Nothing is open and nothing is tried.
    #[default]
    Disconnected,
    /// The host name is looked up, or the socket is asked for or waits for its turn.
    Connecting,
    /// The socket stands, the banner has not come.
    Connected,
    /// The login is under way, or accepted by a server that still boots.
    Authenticating,
    /// Actions are answered and events flow.
    Ready,
    /// As `Ready`, but a heartbeat was missed.
    Degraded,
    /// Waits for the next attempt.
    Reconnecting,
    /// Says goodbye, within a deadline.
    Closing,
    /// Given up; only `open()` starts again.
    Fatal,
}

impl ConnectionState {
    /// All of them, in the order in which they are declared.
    pub const ALL: [Self; 9] = [
        Self::Disconnected,
        Self::Connecting,
        Self::Connected,
        Self::Authenticating,
        Self::Ready,
        Self::Degraded,
        Self::Reconnecting,
        Self::Closing,
        Self::Fatal,
    ];

    /// Whether actions may be sent.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Ready | Self::Degraded)
    }

    /// Whether there is a session in which events came.
    pub const fn has_session(self) -> bool {
        matches!(self, Self::Ready | Self::Degraded | Self::Closing)
    }

    /// Whether an unauthenticated session is, or is about to be, held on the server.
    pub const fn is_logging_in(self) -> bool {
        matches!(self, Self::Connecting | Self::Connected | Self::Authenticating)
    }

    /// The name in lower case, as logs, metrics and the PHP enum's value have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Authenticating => "authenticating",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Reconnecting => "reconnecting",
            Self::Closing => "closing",
            Self::Fatal => "fatal",
        }
    }
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
