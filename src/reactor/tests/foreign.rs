//! Another event loop that watches the poll of a reactor knows when a tick is due.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/tls.rs"]
mod tls;

use ami_core::config::ClientOptions;
use ami_core::protocol::Action;
use ami_reactor::Wire;
use ami_simulator::Fault;
use common::{Client, nodes, quick};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

const NO_WAIT: Duration = Duration::ZERO;

/// What `select()` would say: a poll of its own each time, so that no edge is remembered.
fn is_readable(fd: &OwnedFd, timeout: Duration) -> bool {
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(1);
    poll.registry().register(&mut SourceFd(&fd.as_raw_fd()), Token(0), Interest::READABLE).unwrap();
    poll.poll(&mut events, Some(timeout)).unwrap();
    !events.is_empty()
}

/// Ticks as a loop does that sleeps until the descriptor is readable or a deadline is there; tells how often.
fn drive(client: &mut Client, fd: &OwnedFd, mut is_done: impl FnMut(&Client) -> bool) -> usize {
    let began = std::time::Instant::now();
    let mut ticks = 0;
    while !is_done(client) {
        assert!(began.elapsed() < common::PATIENCE, "nothing more came");
        is_readable(fd, client.reactor.until_due().unwrap_or(common::PATIENCE).min(common::PATIENCE));
        client.tick(NO_WAIT, None);
        ticks += 1;
    }
    ticks
}

#[test]
fn a_tick_takes_the_readiness_and_the_next_byte_brings_it_back() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    let fd = client.reactor.readiness().unwrap();
    client.open_all();
    drive(&mut client, &fd, Client::all_ready);
    for _ in 0..3 {
        client.settled.clear();
        client.ask("Ping");
        assert_eq!(client.reactor.until_due(), Some(NO_WAIT), "what is queued has to be written");
        drive(&mut client, &fd, |client| client.settled.len() == 1);
        client.tick(NO_WAIT, None);
        assert!(!is_readable(&fd, NO_WAIT));
        assert!(client.reactor.until_due().unwrap() > Duration::from_millis(100));
    }
}

#[test]
fn what_a_budget_leaves_is_due_at_once() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { max_frames_per_tick: 10, ..quick() };
    let mut client = Client::new(&simulator, options);
    let fd = client.reactor.readiness().unwrap();
    client.listen(Some("Flood"));
    client.open_all();
    drive(&mut client, &fd, Client::all_ready);
    let frames: Vec<u8> = b"Event: Flood\r\n\r\n".repeat(1_000);
    simulator.node(0).send(frames);
    // 1,000 frames, ten a tick: the socket is read empty long before the last is handed out.
    let ticks = drive(&mut client, &fd, |client| client.events.len() == 1_000);
    assert!(ticks >= 100, "{ticks}");
    client.tick(NO_WAIT, None);
    assert!(!is_readable(&fd, NO_WAIT));
}

#[test]
fn an_idle_loop_ticks_for_heartbeats_and_nothing_else() {
    let simulator = nodes(3, |_, _| {});
    let options = ClientOptions { heartbeat_interval: Duration::from_millis(100), ..quick() };
    let mut client = Client::new(&simulator, options);
    let fd = client.reactor.readiness().unwrap();
    client.open_all();
    drive(&mut client, &fd, Client::all_ready);
    let began = std::time::Instant::now();
    let ticks = drive(&mut client, &fd, |_| began.elapsed() > Duration::from_millis(450));
    // Four Pings to each of three servers, each with a tick for its deadline and one for its answer, and one to spare.
    assert!((8..=36).contains(&ticks), "{ticks} ticks");
    assert!(client.all_ready());
}

#[test]
fn it_is_one_descriptor_for_all_sessions_and_outlives_the_reactor() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    let fd = client.reactor.readiness().unwrap();
    client.open_all();
    drive(&mut client, &fd, Client::all_ready);
    simulator.node(0).fault(Fault::Reset);
    drive(&mut client, &fd, |client| !client.all_ready());
    drive(&mut client, &fd, Client::all_ready);
    client.send(client.ids[0], &Action::new("Ping").unwrap());
    drop(client);
    assert!(!is_readable(&fd, Duration::from_millis(20)));
}

#[test]
fn waking_makes_it_readable_until_the_next_tick() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::new(&simulator, quick());
    client.reactor.wake().unwrap();
    let fd = client.reactor.readiness().unwrap();
    assert!(!is_readable(&fd, NO_WAIT), "nobody had asked for it yet");
    for _ in 0..3 {
        client.reactor.wake().unwrap();
        client.reactor.wake().unwrap();
        assert!(is_readable(&fd, NO_WAIT));
        assert!(is_readable(&fd, NO_WAIT), "looking does not take it");
        client.tick(NO_WAIT, None);
        assert!(!is_readable(&fd, NO_WAIT));
    }
}

#[test]
fn a_wire_wakes_every_reactor_that_watches_it_once() {
    let simulator = nodes(1, |_, _| {});
    let wire = Wire::new().unwrap();
    let mut clients = [0, 1].map(|_| Client::new(&simulator, quick()));
    let fds = clients.each_mut().map(|client| {
        client.reactor.watch(&wire).unwrap();
        client.reactor.readiness().unwrap()
    });
    // More pulls than the wire has room for: it is never read, and still wakes.
    for _ in 0..2_000 {
        wire.pull();
        for (client, fd) in clients.iter_mut().zip(&fds) {
            assert!(is_readable(fd, NO_WAIT));
            client.tick(NO_WAIT, None);
            assert!(!is_readable(fd, NO_WAIT));
        }
    }
}

#[test]
fn what_tls_has_decrypted_and_a_budget_leaves_is_due_at_once() {
    let server = tls::self_signed(|_| {});
    let config = tls::server_config(&server, &tls::Terms::default());
    let (address, thread) = tls::serve(config, |mut session| {
        tls::log_in(&mut session);
        session.write_all(&b"Event: Flood\r\n\r\n".repeat(2_000)).unwrap();
        session
    });
    let options = ClientOptions { max_frames_per_tick: 10, max_bytes_read_per_tick: 65_536, ..quick() };
    let pin = tls::settings(&[("fingerprint", &server.fingerprint())]);
    let mut client = tls::client(address, pin, options);
    client.listen(Some("Flood"));
    let fd = client.reactor.readiness().unwrap();
    let ticks = drive(&mut client, &fd, |client| client.events.len() == 2_000);
    assert!((200..1_000).contains(&ticks), "{ticks}");
    client.tick(NO_WAIT, None);
    assert!(!is_readable(&fd, NO_WAIT));
    drop(thread.join().unwrap());
}
