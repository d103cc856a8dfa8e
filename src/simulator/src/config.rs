//! What a simulation consists of. Every default is what a stock Asterisk 22 does, unless its documentation says why not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::class::Classes;
use crate::fault::Fault;

/// Most bytes that wait for one session before it is cut, unless configured otherwise.
const DEFAULT_BUFFER_LIMIT: usize = 64 * 1024 * 1024;

/// All nodes of a simulation.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The nodes, in the order of their indexes.
    pub nodes: Vec<NodeConfig>,
    /// Event-loop threads; the nodes are dealt out to them in turn. At least one is started.
    pub threads: usize,
}

impl SimulatorConfig {
    /// `count` nodes named `pbx1`, `pbx2`, … with the seeds 1, 2, …, each on a free port of 127.0.0.1.
    pub fn with_nodes(count: usize) -> Self {
        let nodes = (1..=count).map(|number| NodeConfig {
            name: format!("pbx{number}"),
            seed: number as u64,
            ..NodeConfig::default()
        });
        Self { nodes: nodes.collect(), threads: 1 }
    }

    /// The same with each node's settings changed by `change`, which gets the node's index.
    #[must_use]
    pub fn each(mut self, mut change: impl FnMut(usize, &mut NodeConfig)) -> Self {
        self.nodes.iter_mut().enumerate().for_each(|(index, node)| change(index, node));
        self
    }
}

/// One simulated server.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches")]
pub struct NodeConfig {
    /// The node's name: in listings and control commands, not on the wire.
    pub name: String,
    /// Where it listens. Port 0 takes a free one, see `NodeHandle::address`.
    pub listen: SocketAddr,
    /// Two nodes with one seed make the same calls in the same order.
    pub seed: u64,
    /// Who may log in.
    pub users: Vec<User>,
    /// The first line of a connection, without its line end.
    pub banner: String,
    /// Whether Challenge and MD5 logins work.
    pub md5: bool,
    /// How long a refused login waits for its answer (1 s, as a real server).
    pub auth_failure_delay: Duration,
    /// How long a connection may stay without a login; `None` is for ever (30 s, as a real server).
    pub auth_timeout: Option<Duration>,
    /// Most connections without a login; more are closed without a banner. `None` (default) is no limit; a real
    /// server has 50, which gets in the way of tests that connect by the hundred.
    pub auth_limit: Option<usize>,
    /// Whether and when a login is followed by `FullyBooted`.
    pub fully_booted: FullyBooted,
    /// How a `Command` is answered.
    pub command_shape: CommandShape,
    /// Whether logins are reported by `SuccessfulAuth` to every session, as a real server does.
    pub security_events: bool,
    /// Adds `Timestamp` to each event (`timestampevents`).
    pub timestamp_events: bool,
    /// Adds `SystemName` to each event and a prefix to each `Uniqueid`.
    pub system_name: Option<String>,
    /// Calls that come in by themselves (none by default).
    pub calls: CallsConfig,
    /// A flood that each session gets after its login.
    pub flood: Option<FloodConfig>,
    /// A fault that is there from the start.
    pub fault: Option<Fault>,
    /// A session whose client has taken nothing for this long while something waits for it is closed. `None` (default)
    /// is never; a stock server has 100 ms.
    pub write_timeout: Option<Duration>,
    /// Most bytes that wait for one session; over it the session is closed. Floods never count: they are made when the
    /// socket takes them.
    pub buffer_limit: usize,
    /// Keeps what clients sent, for `NodeHandle::received` (off by default).
    pub record_actions: bool,
    /// SIP phones.
    pub endpoints: Vec<EndpointConfig>,
    /// Call queues.
    pub queues: Vec<QueueConfig>,
}

impl Default for NodeConfig {
    fn default() -> Self {
        let users = vec![
            User::new("dialer", "s3cret"),
            User::new("ro", "rosecret").read(Classes::CALL.with(Classes::USER)).write(Classes::NONE),
        ];
        Self {
            name: "pbx".to_owned(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: 1,
            users,
            banner: "Asterisk Call Manager/11.0.0".to_owned(),
            md5: true,
            auth_failure_delay: Duration::from_secs(1),
            auth_timeout: Some(Duration::from_secs(30)),
            auth_limit: None,
            fully_booted: FullyBooted::AtLogin,
            command_shape: CommandShape::Output,
            security_events: true,
            timestamp_events: false,
            system_name: None,
            calls: CallsConfig::default(),
            flood: None,
            fault: None,
            write_timeout: None,
            buffer_limit: DEFAULT_BUFFER_LIMIT,
            record_actions: false,
            endpoints: EndpointConfig::defaults(),
            queues: QueueConfig::defaults(),
        }
    }
}

/// A manager user.
#[derive(Clone)]
pub struct User {
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) read: Classes,
    pub(crate) write: Classes,
}

impl User {
    /// A user who may read and do everything.
    pub fn new(name: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { name: name.into(), secret: secret.into(), read: Classes::ALL, write: Classes::ALL }
    }

    /// Limits the events that the user may see.
    #[must_use]
    pub const fn read(mut self, classes: Classes) -> Self {
        self.read = classes;
        self
    }

    /// Limits the actions that the user may send.
    #[must_use]
    pub const fn write(mut self, classes: Classes) -> Self {
        self.write = classes;
        self
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, read, write, .. } = self;
        formatter
            .debug_struct("User")
            .field("name", name)
            .field("read", read)
            .field("write", write)
            .finish_non_exhaustive()
    }
}

/// When a login is followed by `FullyBooted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FullyBooted {
    /// Right after the answer, as on a server that has booted.
    AtLogin,
    /// So long after the login; until then the session is told that queue actions are unknown, as a booting server does.
    After(Duration),
    /// Never.
    Never,
}

/// The shape of a `Command` answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandShape {
    /// `Output:` headers (Asterisk 14 and later).
    Output,
    /// `Response: Follows`, raw lines, `--END COMMAND--` (Asterisk 13 and before).
    Follows,
}

/// Calls that come in by themselves.
#[derive(Debug, Clone)]
pub struct CallsConfig {
    /// Mean number of new calls each second; 0 (default) is none.
    pub per_second: f64,
    /// Aims at so many events each second instead; 0 (default) leaves `per_second` in charge.
    pub events_per_second: f64,
    /// Percentage of calls that go to a queue; the others ring a phone.
    pub queued_percent: u8,
    /// How long phones ring.
    pub ring: RangeInclusive<Duration>,
    /// How long people talk.
    pub talk: RangeInclusive<Duration>,
    /// Most calls at once; while there are so many, none comes in.
    pub max_active: usize,
}

impl Default for CallsConfig {
    fn default() -> Self {
        Self {
            per_second: 0.0,
            events_per_second: 0.0,
            queued_percent: 40,
            ring: Duration::from_millis(800)..=Duration::from_secs(4),
            talk: Duration::from_secs(3)..=Duration::from_secs(20),
            max_active: 500,
        }
    }
}

/// Equal events with a growing `Seq`, each session its own from 0.
#[derive(Debug, Clone)]
pub struct FloodConfig {
    /// Events each second and session; `None` is as fast as the socket takes them.
    pub events_per_second: Option<u64>,
    /// After so many events a `FloodDone` with the `Count` follows; `None` is no end.
    pub count: Option<u64>,
    /// Size of one event with its delimiter. Too small a number gives the smallest size that holds all headers.
    pub event_bytes: usize,
    /// Names of the events, in turn. `UserEvent` gets the `UserEvent: Flood` that the test dialplan sends.
    pub names: Vec<String>,
    /// Class of the events.
    pub class: Classes,
}

impl FloodConfig {
    /// As many events as given, as fast as the socket takes them.
    pub fn of(count: u64) -> Self {
        Self { count: Some(count), ..Self::default() }
    }

    /// No end, as fast as the socket takes them.
    pub fn endless() -> Self {
        Self::default()
    }
}

impl Default for FloodConfig {
    fn default() -> Self {
        Self {
            events_per_second: None,
            count: None,
            event_bytes: 520,
            names: vec!["UserEvent".to_owned()],
            class: Classes::USER,
        }
    }
}

/// A SIP phone.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    /// Its name, as in `PJSIP/6001`.
    pub name: String,
    /// Whether it can be called.
    pub reachable: bool,
}

impl EndpointConfig {
    /// A phone.
    pub fn new(name: impl Into<String>, reachable: bool) -> Self {
        Self { name: name.into(), reachable }
    }

    /// 6001 and 6002 unreachable, 6003 and sipp reachable, as on the project's test servers.
    pub fn defaults() -> Vec<Self> {
        [("6001", false), ("6002", false), ("6003", true), ("sipp", true)]
            .map(|(name, reachable)| Self::new(name, reachable))
            .into()
    }
}

/// A call queue.
#[derive(Debug, Clone)]
pub struct QueueConfig {
    /// Its name.
    pub name: String,
    /// Its strategy: only shown; calls go to the free member that waited longest.
    pub strategy: String,
    /// Seconds within which calls should be answered.
    pub service_level: u32,
    /// Its weight.
    pub weight: u32,
    /// Its members.
    pub members: Vec<MemberConfig>,
}

/// A member of a queue.
#[derive(Debug, Clone)]
pub struct MemberConfig {
    /// Name that is shown.
    pub name: String,
    /// What is dialled.
    pub interface: String,
    /// Lower ones are preferred.
    pub penalty: u32,
    /// Whether a call can reach it.
    pub reachable: bool,
}

impl QueueConfig {
    /// The queues of the project's test servers.
    pub fn defaults() -> Vec<Self> {
        let member = |name: &str, interface: &str, penalty, reachable| MemberConfig {
            name: name.to_owned(),
            interface: interface.to_owned(),
            penalty,
            reachable,
        };
        let queue = |name: &str, strategy: &str, service_level, weight, members| Self {
            name: name.to_owned(),
            strategy: strategy.to_owned(),
            service_level,
            weight,
            members,
        };
        let support = vec![
            member("Agent One", "Local/2101@agents/n", 0, true),
            member("Agent Two", "Local/2102@agents/n", 5, true),
        ];
        let sales = vec![
            member("Sales: Agent", "Local/2103@agents/n", 1, true),
            member("Sales PJSIP 6001", "PJSIP/6001", 0, false),
        ];
        vec![
            queue("support", "ringall", 20, 1, support),
            queue("sales", "rrmemory", 0, 0, sales),
            queue("empty", "leastrecent", 0, 0, Vec::new()),
        ]
    }
}
