//! Options of the command line.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ami_simulator::{
    Classes, CommandShape, EndpointConfig, Fault, FloodConfig, FullyBooted, NodeConfig, SimulatorConfig, User,
};
use lexopt::ValueExt as _;

const HELP: &str = "\
Simulated Asterisk nodes that speak AMI, on loopback.

Usage: ami-simulator [OPTIONS]

Nodes
  -n, --nodes N            how many nodes (3)
  -p, --port PORT          port of the first node, the others follow; 0: free ports (15038)
      --bind ADDRESS       address of all nodes (127.0.0.1)
      --name PREFIX        nodes are PREFIX1, PREFIX2, ... (pbx)
      --seed N             seed of the first node, the others follow (1)
      --threads N          event-loop threads (1)

Sessions
      --user NAME:SECRET[:READ[:WRITE]]
                           a user and its classes, as in call,user; may be repeated; replaces
                           dialer:s3cret and ro:rosecret:call,user:none
      --banner TEXT        first line (Asterisk Call Manager/11.0.0)
      --no-md5             no Challenge, no MD5 logins
      --auth-delay MS      a refused login is answered so late (1000)
      --auth-timeout S     connections without a login end after so long; 0: never (30)
      --auth-limit N       most connections without a login (no limit)
      --fully-booted WHEN  now, never, or MS after the login (now)
      --old-command        answer Command as Asterisk 13 did (Response: Follows)
      --timestamps         events carry Timestamp
      --system-name NAME   events carry SystemName
      --no-security-events no SuccessfulAuth at logins
      --writetimeout MS    close sessions that take nothing for so long (never)
      --buffer-limit BYTES most bytes that wait for one session (67108864)

Calls
      --calls RATE         new calls each second and node (0.5)
      --events RATE        as many calls as give so many events each second and node
      --queued PERCENT     share of calls that go to a queue (40)
      --ring MS..MS        how long phones ring (800..4000)
      --talk MS..MS        how long people talk (3000..20000)
      --max-calls N        most calls at once and node (500)
      --phone NAME         another SIP phone that can be called; may be repeated

Floods, from each login on
      --flood COUNT        so many events, or endless
      --flood-rate N       events each second and session (as many as the socket takes)
      --flood-bytes N      size of an event (520)
      --flood-names A,B    names of the events, in turn (UserEvent)

Faults
      --fault [NODE:]NAME[,KEY=VALUE]...
                           a fault from the start, in one node or all; may be repeated
                           (docs/simulator.md lists them, as does a wrong name)

Running
      --listen-file PATH   write a line 'name host:port' for each node when all listen
      --parent-pid PID     end when that process is gone
      --stdin              take commands from standard input, end with it (try: help)
  -q, --quiet              do not print the nodes
  -h, --help               this text
  -V, --version            the version
";

/// What the command line asks for.
pub(crate) enum Parsed {
    Run(Box<Options>),
    /// Print this and end.
    Text(String),
}

pub(crate) struct Options {
    pub(crate) simulation: SimulatorConfig,
    pub(crate) listen_file: Option<PathBuf>,
    pub(crate) parent: Option<u32>,
    pub(crate) stdin: bool,
    pub(crate) quiet: bool,
}

/// What is gathered before the nodes can be made.
struct Draft {
    nodes: usize,
    port: u16,
    bind: IpAddr,
    name: String,
    seed: u64,
    threads: usize,
    node: NodeConfig,
    users: Vec<User>,
    flood: Option<FloodConfig>,
    faults: Vec<(Option<String>, Fault)>,
    listen_file: Option<PathBuf>,
    parent: Option<u32>,
    stdin: bool,
    quiet: bool,
}

impl Default for Draft {
    fn default() -> Self {
        let mut node = NodeConfig::default();
        node.calls.per_second = 0.5;
        Self {
            nodes: 3,
            port: 15_038,
            bind: IpAddr::from([127, 0, 0, 1]),
            name: "pbx".to_owned(),
            seed: 1,
            threads: 1,
            node,
            users: Vec::new(),
            flood: None,
            faults: Vec::new(),
            listen_file: None,
            parent: None,
            stdin: false,
            quiet: false,
        }
    }
}

pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, lexopt::Error> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let mut draft = Draft::default();
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => return Ok(Parsed::Text(HELP.trim_end().to_owned())),
            lexopt::Arg::Short('V') | lexopt::Arg::Long("version") => {
                return Ok(Parsed::Text(concat!("ami-simulator ", env!("CARGO_PKG_VERSION")).to_owned()));
            }
            lexopt::Arg::Short('n') => draft.nodes = parser.value()?.parse()?,
            lexopt::Arg::Short('p') => draft.port = parser.value()?.parse()?,
            lexopt::Arg::Short('q') => draft.quiet = true,
            lexopt::Arg::Long(option) => {
                let option = option.to_owned();
                draft.option(&option, &mut parser)?;
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Parsed::Run(Box::new(draft.finish()?)))
}

impl Draft {
    fn option(&mut self, option: &str, parser: &mut lexopt::Parser) -> Result<(), lexopt::Error> {
        let node = &mut self.node;
        match option {
            "nodes" => self.nodes = parser.value()?.parse()?,
            "port" => self.port = parser.value()?.parse()?,
            "bind" => self.bind = parser.value()?.parse()?,
            "name" => self.name = parser.value()?.string()?,
            "seed" => self.seed = parser.value()?.parse()?,
            "threads" => self.threads = parser.value()?.parse()?,
            "user" => self.users.push(parser.value()?.parse_with(user)?),
            "banner" => node.banner = parser.value()?.string()?,
            "no-md5" => node.md5 = false,
            "auth-delay" => node.auth_failure_delay = parser.value()?.parse_with(millis)?,
            "auth-timeout" => {
                let seconds: u64 = parser.value()?.parse()?;
                node.auth_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "auth-limit" => node.auth_limit = Some(parser.value()?.parse()?),
            "fully-booted" => node.fully_booted = parser.value()?.parse_with(fully_booted)?,
            "old-command" => node.command_shape = CommandShape::Follows,
            "timestamps" => node.timestamp_events = true,
            "system-name" => node.system_name = Some(parser.value()?.string()?),
            "no-security-events" => node.security_events = false,
            "writetimeout" | "write-timeout" => node.write_timeout = Some(parser.value()?.parse_with(millis)?),
            "buffer-limit" => node.buffer_limit = parser.value()?.parse()?,
            "calls" => node.calls.per_second = parser.value()?.parse_with(rate)?,
            "events" => node.calls.events_per_second = parser.value()?.parse_with(rate)?,
            "queued" => node.calls.queued_percent = parser.value()?.parse()?,
            "ring" => node.calls.ring = parser.value()?.parse_with(range)?,
            "talk" => node.calls.talk = parser.value()?.parse_with(range)?,
            "max-calls" => node.calls.max_active = parser.value()?.parse()?,
            "phone" => node.endpoints.push(EndpointConfig::new(parser.value()?.string()?, true)),
            "flood" => self.flood().count = parser.value()?.parse_with(flood_count)?,
            "flood-rate" => self.flood().events_per_second = Some(parser.value()?.parse()?),
            "flood-bytes" => self.flood().event_bytes = parser.value()?.parse()?,
            "flood-names" => {
                let names = parser.value()?.string()?;
                self.flood().names = names.split(',').map(|name| name.trim().to_owned()).collect();
            }
            "fault" => self.faults.push(parser.value()?.parse_with(fault)?),
            "listen-file" => self.listen_file = Some(parser.value()?.into()),
            "parent-pid" => self.parent = Some(parser.value()?.parse()?),
            "stdin" => self.stdin = true,
            "quiet" => self.quiet = true,
            other => return Err(lexopt::Error::UnexpectedOption(format!("--{other}"))),
        }
        Ok(())
    }

    fn flood(&mut self) -> &mut FloodConfig {
        self.flood.get_or_insert_default()
    }

    fn finish(mut self) -> Result<Options, lexopt::Error> {
        if !self.users.is_empty() {
            self.node.users = std::mem::take(&mut self.users);
        }
        self.node.flood.clone_from(&self.flood);
        let mut nodes = Vec::with_capacity(self.nodes);
        for number in 0..self.nodes {
            let name = format!("{}{}", self.name, number + 1);
            let offset = u16::try_from(number).ok().and_then(|number| self.port.checked_add(number));
            let port = match (self.port, offset) {
                (0, _) => 0,
                (_, Some(port)) => port,
                (_, None) => return Err(lexopt::Error::Custom("there are not so many ports".into())),
            };
            let mine = |wanted: &Option<String>| {
                wanted.as_ref().is_none_or(|wanted| *wanted == name || *wanted == number.to_string())
            };
            let fault = self.faults.iter().rev().find(|(wanted, _)| mine(wanted)).map(|(_, fault)| fault.clone());
            nodes.push(NodeConfig {
                listen: SocketAddr::new(self.bind, port),
                seed: self.seed.wrapping_add(number as u64),
                name,
                fault,
                ..self.node.clone()
            });
        }
        Ok(Options {
            simulation: SimulatorConfig { nodes, threads: self.threads },
            listen_file: self.listen_file,
            parent: self.parent,
            stdin: self.stdin,
            quiet: self.quiet,
        })
    }
}

/// Looks parameters of a fault up in words like `after=10`; a word alone means yes.
pub(crate) fn fault_parameters<'a>(words: &'a [&'a str]) -> impl Fn(&str) -> Option<String> + 'a {
    move |key| {
        words.iter().find_map(|word| {
            let (name, value) = word.split_once('=').unwrap_or((word, "yes"));
            name.eq_ignore_ascii_case(key).then(|| value.to_owned())
        })
    }
}

fn fault(text: &str) -> Result<(Option<String>, Fault), String> {
    let (head, parameters) = text.split_once(',').unwrap_or((text, ""));
    let (node, name) = match head.split_once(':') {
        Some((node, name)) => (Some(node.to_owned()), name),
        None => (None, head),
    };
    let words: Vec<&str> = parameters.split(',').filter(|word| !word.is_empty()).collect();
    Fault::parse(name, fault_parameters(&words)).map(|fault| (node, fault)).map_err(|error| error.to_string())
}

fn user(text: &str) -> Result<User, String> {
    let mut parts = text.splitn(4, ':');
    let (Some(name), Some(secret)) = (parts.next(), parts.next()) else {
        return Err("a user is NAME:SECRET[:READ[:WRITE]]".to_owned());
    };
    let mut user = User::new(name, secret);
    if let Some(read) = parts.next() {
        user = user.read(Classes::from_mask(read));
    }
    if let Some(write) = parts.next() {
        user = user.write(Classes::from_mask(write));
    }
    Ok(user)
}

fn millis(text: &str) -> Result<Duration, <u64 as FromStr>::Err> {
    text.parse().map(Duration::from_millis)
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.0..=1e9).contains(&rate) => Ok(rate),
        _ => Err(format!("'{text}' is no rate")),
    }
}

fn range(text: &str) -> Result<RangeInclusive<Duration>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    match (millis(from), millis(to)) {
        (Ok(from), Ok(to)) if from <= to => Ok(from..=to),
        _ => Err(format!("'{text}' is no range of milliseconds, such as 800..4000")),
    }
}

fn fully_booted(text: &str) -> Result<FullyBooted, <u64 as FromStr>::Err> {
    match text {
        "now" => Ok(FullyBooted::AtLogin),
        "never" => Ok(FullyBooted::Never),
        other => millis(other).map(FullyBooted::After),
    }
}

fn flood_count(text: &str) -> Result<Option<u64>, <u64 as FromStr>::Err> {
    match text {
        "endless" => Ok(None),
        count => count.parse().map(Some),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;

    fn options(arguments: &[&str]) -> Result<Options, String> {
        let all = std::iter::once("ami-simulator").chain(arguments.iter().copied()).map(OsString::from);
        match parse(all) {
            Ok(Parsed::Run(options)) => Ok(*options),
            Ok(Parsed::Text(text)) => Err(text),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn three_nodes_on_following_ports_are_the_default() {
        let nodes = options(&[]).unwrap().simulation.nodes;
        let seen: Vec<_> = nodes.iter().map(|node| (node.name.as_str(), node.listen.port(), node.seed)).collect();
        assert_eq!(seen, [("pbx1", 15_038, 1), ("pbx2", 15_039, 2), ("pbx3", 15_040, 3)]);
    }

    #[test]
    fn port_0_stays_0_for_each_node() {
        let nodes = options(&["-n", "2", "--port", "0"]).unwrap().simulation.nodes;
        assert!(nodes.iter().all(|node| node.listen.port() == 0));
    }

    #[test]
    fn a_fault_may_be_for_one_node_only() {
        let nodes = options(&["--fault", "pbx2:cut,after=100,lasting"]).unwrap().simulation.nodes;
        assert!(nodes[0].fault.is_none());
        assert!(matches!(nodes[1].fault, Some(Fault::Cut { after: 100, lasting: true })));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_names_it() {
        for wrong in
            [&["--nodes", "many"][..], &["--fault", "nosuch"], &["--ring", "9..1"], &["--nosuch"], &["--calls", "-1"]]
        {
            assert!(options(wrong).is_err(), "{wrong:?}");
        }
        assert!(options(&["-n", "3", "-p", "65534"]).is_err());
    }

    #[test]
    fn the_help_names_every_option() {
        let help = options(&["--help"]).map(|_| ()).unwrap_err();
        for option in ["--listen-file", "--parent-pid", "--flood", "--fault", "--writetimeout", "--stdin"] {
            assert!(help.contains(option), "{option}");
        }
    }
}
