//! A session that is logged in, without a socket.

use std::sync::Arc;

use ami_core::cluster::{Cluster, ServerId};
use ami_core::config::{ClientOptions, ServerConfig, ServerKey, Source, Value};
use ami_core::connection::Seed;
use ami_core::events::NewSubscription;
use ami_core::health::ConnectionState;
use ami_core::time::{Instant, Now, UnixMicros};

const NOW: Now = Now { instant: Instant::from_nanos(1), wall: UnixMicros(1_700_000_000_000_000) };

/// Who listens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Interest {
    /// Nobody.
    Nobody,
    /// Somebody, to events of other names.
    Others,
    /// Somebody, to events of this name.
    Named,
    /// Somebody, to every event.
    All,
}

impl Interest {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("unheard", Self::Nobody),
        ("other_names", Self::Others),
        ("by_name", Self::Named),
        ("every_event", Self::All),
    ];

    fn names(self) -> Vec<Option<&'static str>> {
        match self {
            Self::Nobody => vec![],
            Self::Others => vec![Some("Hangup"), Some("QueueCallerJoin"), Some("Newchannel")],
            Self::Named => vec![Some("Hangup"), Some("Newexten")],
            Self::All => vec![None],
        }
    }
}

/// A cluster with one server.
pub(crate) struct LoggedIn {
    cluster: Cluster,
    id: ServerId,
}

impl LoggedIn {
    pub(crate) fn new(interest: Interest) -> Self {
        let options = Arc::new(ClientOptions::default());
        let mut cluster = Cluster::new(Arc::clone(&options));
        let pairs = [("host", "192.0.2.1"), ("username", "u"), ("secret", "s"), ("auth", "plain")];
        let pairs = pairs.map(|(name, value)| (name, Value::text(value.as_bytes())));
        let key = ServerKey::parse(b"pbx1").unwrap();
        let config = Arc::new(ServerConfig::from_pairs(key, pairs, Source::Array).unwrap());
        let id = cluster.add(config, options, None, Seed { instance: 1, jitter: 1 }, NOW).unwrap();
        cluster.open(id, NOW);
        cluster.begin_tick();
        cluster.begin_attempts(NOW);
        cluster.handle_connected(id, NOW);
        let mut session = Self { cluster, id };
        session.read(b"Asterisk Call Manager/11.0.0\r\n");
        let login = session.cluster.connection(id).unwrap().unwritten();
        let login = String::from_utf8(login.to_vec()).unwrap();
        let action_id = login.lines().find(|line| line.starts_with("ActionID")).unwrap();
        session.read(format!("Response: Success\r\n{action_id}\r\n\r\n").as_bytes());
        session.read(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n");
        assert_eq!(session.cluster.connection(id).unwrap().state(), ConnectionState::Ready);
        for name in interest.names() {
            let name = name.map(|name| name.as_bytes().into());
            session.cluster.subscribe(NewSubscription { name, ..NewSubscription::default() }).unwrap();
        }
        session
    }

    /// Reads all of the bytes, then hands out every event; how many somebody wants.
    pub(crate) fn tick(&mut self, bytes: &[u8]) -> usize {
        self.cluster.begin_tick();
        self.read(bytes);
        self.hand_out()
    }

    fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.cluster.read_buffer(self.id);
            let (now, later) = bytes.split_at(room.len().min(bytes.len()));
            room[..now.len()].copy_from_slice(now);
            bytes = later;
            self.parse(now.len());
        }
    }

    /// A function of its own, as is the next, so that callgrind can tell them apart and leave out the copying.
    #[inline(never)]
    fn parse(&mut self, count: usize) {
        self.cluster.handle_read(self.id, count, usize::MAX, NOW);
    }

    #[inline(never)]
    fn hand_out(&mut self) -> usize {
        let (mut found, mut count) = (Vec::new(), 0);
        while let Some((id, event)) = self.cluster.pop_event(None) {
            self.cluster.subscriptions().find(id, event.frame.as_ref(), &mut found);
            count += usize::from(!std::hint::black_box(&found).is_empty());
        }
        count
    }
}
