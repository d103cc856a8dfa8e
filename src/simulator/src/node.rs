//! One simulated server: its settings, its PBX, its door, and the faults that last.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpListener;
use socket2::{Domain, Protocol, Socket, Type};

use crate::config::NodeConfig;
use crate::effects::{Decor, Effects};
use crate::pbx::Pbx;
use crate::session::SessionKey;
use crate::stats::Shared;
use crate::time::Stamp;

/// Connections that the kernel keeps until they are accepted.
const BACKLOG: i32 = 1024;
/// What a call is taken to tell, until enough calls were counted.
const EVENTS_PER_CALL: f64 = 40.0;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) config: NodeConfig,
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    pub(crate) listener: Listener,
    /// Moves on whenever the listener opens or closes, so that an old plan to open it is void.
    pub(crate) listener_epoch: u64,
    pub(crate) sessions: Vec<SessionKey>,
    pub(crate) connections: u64,
    pub(crate) pbx: Pbx,
    pub(crate) decor: Decor,
    pub(crate) door: Door,
    pub(crate) refuse_login: bool,
    pub(crate) cut_after: Option<u64>,
    pub(crate) slow_write: Option<Duration>,
    pub(crate) mute: Option<Mute>,
    pub(crate) next_call: Option<Instant>,
    /// Events told so far, to estimate how many a call tells.
    pub(crate) told: u64,
}

/// What new connections meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    Stall,
    SlowBanner(Duration),
    Http,
    Garbage(usize),
}

/// Which actions are never answered.
#[derive(Debug, Clone)]
pub(crate) struct Mute {
    action: Option<String>,
}

impl Mute {
    pub(crate) const fn new(action: Option<String>) -> Self {
        Self { action }
    }

    pub(crate) fn covers(&self, name: &[u8]) -> bool {
        self.action.as_ref().is_none_or(|action| name.eq_ignore_ascii_case(action.as_bytes()))
    }
}

/// A listening socket, or one that only keeps the port so that nobody else takes it meanwhile.
#[derive(Debug)]
pub(crate) enum Listener {
    Open(TcpListener),
    Reserved(Socket),
    /// The port could not be had.
    Lost,
}

impl Node {
    /// Binds the node's port and listens.
    pub(crate) fn bind(config: NodeConfig, shared: Arc<Shared>) -> std::io::Result<Self> {
        let listener = listen(reserve(config.listen)?)?;
        let address = listener.local_addr()?;
        let decor =
            Decor { timestamps: config.timestamp_events, system_name: config.system_name.as_deref().map(Arc::from) };
        Ok(Self {
            pbx: Pbx::new(&config, Stamp::now()),
            config,
            shared,
            address,
            listener: Listener::Open(listener),
            listener_epoch: 0,
            sessions: Vec::new(),
            connections: 0,
            decor,
            door: Door::Open,
            refuse_login: false,
            cut_after: None,
            slow_write: None,
            mute: None,
            next_call: None,
            told: 0,
        })
    }

    /// Stops listening; connections are refused, the port stays this node's.
    pub(crate) fn close_listener(&mut self) {
        if matches!(self.listener, Listener::Open(_)) {
            // The listening socket must be gone before its port can be bound again.
            self.listener = Listener::Lost;
            if let Ok(socket) = reserve(self.address) {
                self.listener = Listener::Reserved(socket);
            }
        }
        self.listener_epoch += 1;
    }

    /// Listens again. Says whether there is a new listener to watch.
    pub(crate) fn open_listener(&mut self) -> bool {
        self.listener_epoch += 1;
        let socket = match std::mem::replace(&mut self.listener, Listener::Lost) {
            Listener::Open(listener) => {
                self.listener = Listener::Open(listener);
                return false;
            }
            Listener::Reserved(socket) => Some(socket),
            Listener::Lost => reserve(self.address).ok(),
        };
        if let Some(listener) = socket.and_then(|socket| listen(socket).ok()) {
            self.listener = Listener::Open(listener);
            return true;
        }
        false
    }

    pub(crate) fn effects(&self, now: Stamp) -> Effects {
        Effects::new(self.decor.clone(), now)
    }

    /// Mean time between two incoming calls; `None` if none come in.
    fn mean_gap(&self) -> Option<f64> {
        let calls = &self.config.calls;
        let rate = if calls.events_per_second > 0.0 {
            let ended = self.pbx.calls.ended;
            #[allow(clippy::cast_precision_loss, reason = "an estimate")]
            let per_call = if ended < 20 { EVENTS_PER_CALL } else { self.told as f64 / ended as f64 };
            calls.events_per_second / per_call.max(1.0)
        } else {
            calls.per_second
        };
        (rate > 0.0).then(|| rate.recip())
    }

    /// Time until the next incoming call: calls are independent of one another, so gaps are exponential.
    pub(crate) fn call_gap(&mut self) -> Option<Duration> {
        let mean = self.mean_gap()?;
        #[allow(clippy::cast_precision_loss, reason = "a fraction between 0 and 1")]
        let fraction = (self.pbx.arrivals.below(1 << 32) + 1) as f64 / (1_u64 << 32) as f64;
        Some(Duration::try_from_secs_f64(-fraction.ln() * mean).unwrap_or(Duration::from_secs(3600)))
    }
}

fn reserve(address: SocketAddr) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listen(socket: Socket) -> std::io::Result<TcpListener> {
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(TcpListener::from_std(socket.into()))
}
