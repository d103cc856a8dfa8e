//! A plain AMI client for the tests: std only, knows nothing of the simulator's insides.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unreachable_pub, reason = "a module of several test crates")]
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ami_simulator::{NodeConfig, Simulator, SimulatorConfig};

/// Long enough for a loaded machine; only a failing test waits so long.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How long silence must last to count as silence.
pub const SILENCE: Duration = Duration::from_millis(150);

/// One node with these changes to the defaults.
pub fn node(change: impl FnMut(usize, &mut NodeConfig)) -> Simulator {
    Simulator::start(SimulatorConfig::with_nodes(1).each(change)).unwrap()
}

/// One node as it comes.
pub fn plain_node() -> Simulator {
    node(|_, _| {})
}

#[derive(Debug)]
pub struct Client {
    pub stream: TcpStream,
    pub buffer: Vec<u8>,
}

/// A frame as its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(pub Vec<(String, String)>);

impl Frame {
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let pairs = text.split("\r\n").map(|line| {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            (key.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned())
        });
        Self(pairs.collect())
    }

    pub fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).collect()
    }

    pub fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value.as_str())
    }

    pub fn event(&self) -> &str {
        if self.0[0].0 == "Event" { &self.0[0].1 } else { "" }
    }

    pub fn status(&self) -> &str {
        if self.0[0].0 == "Response" { &self.0[0].1 } else { "" }
    }
}

impl Client {
    /// Connects without reading the banner.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    /// Connects, reads the banner and logs in as dialer with the given `Events`.
    pub fn login(simulator: &Simulator, events: &str) -> Self {
        Self::login_as(simulator, "dialer", "s3cret", events)
    }

    pub fn login_as(simulator: &Simulator, name: &str, secret: &str, events: &str) -> Self {
        let mut client = Self::connect(simulator.node(0).address());
        assert_eq!(client.line(), "Asterisk Call Manager/11.0.0");
        client.send(&format!("Action: Login\nActionID: login\nUsername: {name}\nSecret: {secret}\nEvents: {events}"));
        assert_eq!(client.response("login").get("Message"), "Authentication accepted");
        client
    }

    /// Logs in and reads the events of the login, so that the next event is another one.
    pub fn listening(simulator: &Simulator) -> Self {
        let mut client = Self::login(simulator, "on");
        client.until_event("SuccessfulAuth");
        client
    }

    /// Sends an action: lines separated by line feeds, delimiter added.
    pub fn send(&mut self, lines: &str) {
        self.raw(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes());
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Reads more bytes; false at the end of the file.
    pub fn fill(&mut self) -> bool {
        let mut chunk = vec![0; 256 * 1024];
        let count = self.stream.read(&mut chunk).unwrap();
        self.buffer.extend_from_slice(&chunk[..count]);
        count > 0
    }

    fn until(&mut self, delimiter: &[u8]) -> Vec<u8> {
        let mut from = 0;
        loop {
            if let Some(at) = self.buffer[from..].windows(delimiter.len()).position(|window| window == delimiter) {
                let taken: Vec<u8> = self.buffer.drain(..from + at + delimiter.len()).collect();
                return taken[..from + at].to_vec();
            }
            from = self.buffer.len().saturating_sub(delimiter.len());
            assert!(self.fill(), "end of file within {:?}", String::from_utf8_lossy(&self.buffer));
        }
    }

    pub fn line(&mut self) -> String {
        String::from_utf8_lossy(&self.until(b"\r\n")).into_owned()
    }

    /// The next frame's bytes without its delimiter.
    pub fn frame_bytes(&mut self) -> Vec<u8> {
        self.until(b"\r\n\r\n")
    }

    pub fn frame(&mut self) -> Frame {
        Frame::parse(&self.frame_bytes())
    }

    /// The response with that `ActionID`; everything before it is dropped.
    pub fn response(&mut self, id: &str) -> Frame {
        loop {
            let frame = self.frame();
            if !frame.status().is_empty() && frame.get("ActionID") == id {
                return frame;
            }
        }
    }

    /// The next event of that name; everything before it is dropped.
    pub fn until_event(&mut self, name: &str) -> Frame {
        self.frames_until(name).pop().unwrap()
    }

    /// All frames up to and with the next event of that name.
    pub fn frames_until(&mut self, name: &str) -> Vec<Frame> {
        let mut frames = Vec::new();
        loop {
            frames.push(self.frame());
            if frames.last().unwrap().event() == name {
                return frames;
            }
        }
    }

    /// Sends an action and returns its response.
    pub fn ask(&mut self, lines: &str) -> Frame {
        self.send(&format!("{lines}\nActionID: asked"));
        self.response("asked")
    }

    /// Whether a Ping is answered.
    pub fn alive(&mut self) -> bool {
        self.ask("Action: Ping").get("Ping") == "Pong"
    }

    /// All bytes until the end of the file; a reset is an end as well.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut chunk = vec![0; 256 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return std::mem::take(&mut self.buffer),
                Ok(count) => self.buffer.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return std::mem::take(&mut self.buffer),
                Err(error) => panic!("neither bytes nor an end: {error}"),
            }
        }
    }

    pub fn at_end(&mut self) -> bool {
        self.rest().is_empty()
    }

    /// Whether nothing comes for a while.
    pub fn silent(&mut self) -> bool {
        if !self.buffer.is_empty() {
            return false;
        }
        self.stream.set_read_timeout(Some(SILENCE)).unwrap();
        let mut byte = [0];
        let result = self.stream.peek(&mut byte);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        matches!(result, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }
}

/// The events of these frames, in order.
pub fn names(frames: &[Frame]) -> Vec<&str> {
    frames.iter().map(Frame::event).collect()
}

/// Whether the wanted names occur in this order, others between them or not.
pub fn in_order(seen: &[&str], wanted: &[&str]) -> bool {
    let mut seen = seen.iter();
    wanted.iter().all(|name| seen.any(|other| other == name))
}
