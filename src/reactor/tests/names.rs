//! Hosts that are names, with a resolver that answers when the test says so, or never.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::{ClientOptions, ServerConfig, ServerKey, Source, Value};
use ami_core::correlation::LossReason;
use ami_core::health::ConnectionState;
use ami_reactor::{Lookups, MAX_WAIT, Reactor};
use ami_simulator::Simulator;
use common::{Client, PATIENCE, nodes, quick};
use nix::sys::signal::{SigSet, Signal};
use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

type Found = io::Result<Vec<SocketAddr>>;

/// A lookup under way, which hangs until it is answered.
struct Question {
    name: String,
    /// The signals that its thread takes.
    blocked: SigSet,
    answer: Sender<Found>,
}

impl Question {
    fn finds(self, simulator: &Simulator) {
        self.answer.send(Ok(vec![simulator.addresses()[0]])).unwrap();
    }
}

/// Servers by key and name of host, at the port of the simulator's first node.
fn named(simulator: &Simulator, names: &[&str], options: ClientOptions) -> (Client, Receiver<Question>) {
    let options = Arc::new(ClientOptions { enforce_ip_endpoints: false, ..options });
    let mut reactor = Reactor::new(Arc::clone(&options)).unwrap();
    let (questions, asked) = channel();
    reactor.set_lookup(move |name| {
        let (answer, answers) = channel();
        let blocked = SigSet::thread_get_mask()?;
        questions.send(Question { name: name.to_owned(), blocked, answer }).map_err(io::Error::other)?;
        answers.recv().map_err(io::Error::other)?
    });
    let ids =
        names.iter().enumerate().map(|(number, name)| add(&mut reactor, simulator, number, name, &options)).collect();
    (Client::around(reactor, options, ids), asked)
}

fn add(
    reactor: &mut Reactor,
    simulator: &Simulator,
    number: usize,
    host: &str,
    options: &Arc<ClientOptions>,
) -> ami_core::cluster::ServerId {
    let port = simulator.addresses()[0].port().to_string();
    let pairs = [("host", host), ("port", &port), ("username", "dialer"), ("secret", "s3cret"), ("auth", "plain")];
    let pairs = pairs.map(|(name, value)| (name, Value::text(value.as_bytes())));
    let key = ServerKey::parse(format!("pbx{number}").as_bytes()).unwrap();
    let config = ServerConfig::from_pairs(key, pairs, Source::Array).unwrap();
    reactor.add(Arc::new(config), Arc::clone(options), None).unwrap()
}

/// The next lookup that begins.
fn question(client: &mut Client, asked: &Receiver<Question>) -> Question {
    let end = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < end, "nothing is looked up");
        client.tick(MAX_WAIT / 10, None);
        if let Ok(question) = asked.try_recv() {
            return question;
        }
    }
}

#[test]
fn the_system_knows_localhost_and_of_its_addresses_the_one_that_answers_is_found() {
    let simulator = nodes(1, |_, _| {});
    let options = Arc::new(ClientOptions { enforce_ip_endpoints: false, ..quick() });
    let mut reactor = Reactor::new(Arc::clone(&options)).unwrap();
    let id = add(&mut reactor, &simulator, 0, "localhost", &options);
    let mut client = Client::around(reactor, options, vec![id]);
    client.open_all();
    client.until(Client::all_ready);
    assert_eq!(client.first().address(), Some(simulator.addresses()[0]));
}

#[test]
fn the_system_says_in_its_words_that_a_name_is_not_known() {
    let simulator = nodes(1, |_, _| {});
    let options = Arc::new(ClientOptions { enforce_ip_endpoints: false, ..quick() });
    let mut reactor = Reactor::new(Arc::clone(&options)).unwrap();
    // RFC 6761, section 6.4: such a name is never known.
    let id = add(&mut reactor, &simulator, 0, "pbx.invalid", &options);
    let mut client = Client::around(reactor, options, vec![id]);
    client.open_all();
    client.until(|client| client.first().last_loss().is_some());
    let loss = client.first().last_loss().unwrap();
    assert!(matches!(loss, LossReason::Unresolved(words) if words.contains("lookup")), "{loss:?}");
}

#[test]
fn an_address_that_was_not_given_needs_no_lookup() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, asked) = named(&simulator, &["127.0.0.1"], quick());
    client.open_all();
    client.until(Client::all_ready);
    assert!(asked.try_recv().is_err());
}

#[test]
fn while_a_lookup_hangs_other_servers_connect_and_serve_and_close_returns() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { max_connecting: 1, ..quick() };
    let (mut client, asked) = named(&simulator, &["dead.example", "127.0.0.1"], options);
    client.open_all();
    let hanging = question(&mut client, &asked);
    let [dead, living] = client.ids[..] else { panic!() };
    client.until(|client| client.connection(living).state() == ConnectionState::Ready);
    for _ in 0..100 {
        client.send(living, &ami_core::protocol::Action::new("Ping").unwrap());
    }
    client.until(|client| client.settled.len() == 100);
    assert_eq!(client.connection(dead).state(), ConnectionState::Connecting);
    let now = client.reactor.now();
    client.reactor.cluster_mut().close(dead, now);
    assert_eq!(client.connection(dead).state(), ConnectionState::Disconnected);
    // It is not asked for again, and its answer is for whoever waits for it by then.
    client.reactor.cluster_mut().open(dead, now);
    client.tick(Duration::ZERO, None);
    hanging.finds(&simulator);
    client.until(Client::all_ready);
    assert!(asked.try_recv().is_err());
}

#[test]
fn nobody_waits_for_a_lookup_when_the_reactor_goes() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, asked) = named(&simulator, &["dead.example"], quick());
    client.open_all();
    let hanging = question(&mut client, &asked);
    // Joined, the thread would keep this here for ever.
    drop(client);
    hanging.finds(&simulator);
    // It ends, and with it the lookup that it held.
    assert!(asked.recv_timeout(PATIENCE).is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn an_answer_ends_the_wait_of_a_tick() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, asked) = named(&simulator, &["pbx.example"], quick());
    let mut waits = Vec::new();
    for _ in 0..5 {
        client.open_all();
        let question = question(&mut client, &asked);
        question.finds(&simulator);
        let began = Instant::now();
        while client.first().state() == ConnectionState::Connecting && client.first().address().is_none() {
            client.tick(MAX_WAIT, None);
        }
        waits.push(began.elapsed());
        client.until(Client::all_ready);
        // A loss, after which it is looked up again.
        simulator.node(0).fault(ami_simulator::Fault::Reset);
        client.until(|client| client.first().state() == ConnectionState::Reconnecting);
    }
    assert!(waits.iter().min() < Some(&(MAX_WAIT / 2)), "{waits:?}");
}

#[test]
fn names_that_hang_hold_up_no_other_until_there_are_very_many() {
    let simulator = nodes(1, |_, _| {});
    let names: Vec<String> = (0..40).map(|number| format!("pbx{number}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut client, asked) = named(&simulator, &names, quick());
    client.open_all();
    let mut hanging: Vec<Question> = (0..32).map(|_| question(&mut client, &asked)).collect();
    client.tick(MAX_WAIT, None);
    assert!(asked.try_recv().is_err(), "32 threads and no more");
    while hanging.len() < 40 {
        let last = hanging.len() - 1;
        let (answer, _) = channel();
        let hung = std::mem::replace(&mut hanging[last].answer, answer);
        hung.send(Err(io::Error::other("no"))).unwrap();
        // The place of the one that is through is the next one's.
        hanging.push(question(&mut client, &asked));
    }
    let asked: HashSet<&str> = hanging.iter().map(|question| question.name.as_str()).collect();
    assert_eq!(asked.len(), 40);
}

#[test]
fn servers_of_one_name_share_a_lookup() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, asked) = named(&simulator, &["pbx.example"; 5], quick());
    client.open_all();
    let only = question(&mut client, &asked);
    only.finds(&simulator);
    client.until(Client::all_ready);
    assert!(asked.try_recv().is_err());
}

#[test]
fn a_lookup_that_hangs_is_not_asked_for_twice_and_its_late_answer_is_used() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { connect_timeout: Duration::from_millis(50), ..quick() };
    let (mut client, asked) = named(&simulator, &["slow.example"], options);
    client.open_all();
    let slow = question(&mut client, &asked);
    client.until(|client| client.first().counters().lookups_failed >= 3);
    let loss = client.first().last_loss().unwrap();
    assert!(matches!(loss, LossReason::Unresolved(words) if words.contains("no answer within 50 ms")), "{loss:?}");
    assert!(asked.try_recv().is_err());
    slow.finds(&simulator);
    client.until(Client::all_ready);
}

#[test]
fn a_thread_that_looks_names_up_takes_no_signals_and_others_still_do() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, asked) = named(&simulator, &["pbx.example"], quick());
    client.open_all();
    let question = question(&mut client, &asked);
    let here = SigSet::thread_get_mask().unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGALRM, Signal::SIGCHLD, Signal::SIGUSR1] {
        assert!(question.blocked.contains(signal) && !here.contains(signal), "{signal}");
    }
}

#[test]
fn servers_that_come_and_go_while_dns_is_dead_leave_no_lookup_behind_but_those_under_way() {
    let simulator = nodes(1, |_, _| {});
    let (mut client, _asked) = named(&simulator, &["127.0.0.1"], quick());
    client.open_all();
    client.until(Client::all_ready);
    let options = Arc::new(ClientOptions { enforce_ip_endpoints: false, ..quick() });
    for number in 1..=200 {
        let id = add(&mut client.reactor, &simulator, number, &format!("pbx{number}.example"), &options);
        let now = client.reactor.now();
        client.reactor.cluster_mut().open(id, now);
        client.tick(Duration::ZERO, None);
        assert_eq!(client.reactor.lookups().servers, 1);
        client.reactor.cluster_mut().remove(id, now).unwrap();
        client.tick(Duration::ZERO, None);
    }
    assert_eq!(client.reactor.lookups(), Lookups { under_way: 32, ..Lookups::default() });
    assert_eq!(client.reactor.cluster().len(), 1);
}
