//! What an idle connection keeps. A program of its own, as it counts every allocation; the servers are played without
//! any, and what the kernel keeps for a socket is not counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use common::{Client, PATIENCE};
use peak_alloc::PeakAlloc;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Two sockets each, within the 1,024 files that many systems allow.
const CONNECTIONS: usize = 300;
const MOST: usize = 32 * 1024;

/// Reads an action; `Some` where it has come, with the answer that it gets.
fn answer(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 512];
    let count = match stream.read(&mut bytes) {
        Ok(count) => count,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
        Err(error) => panic!("{error}"),
    };
    let text = std::str::from_utf8(&bytes[..count]).unwrap();
    let id = text.split("ActionID: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap();
    write!(stream, "Response: Success\r\nActionID: {id}\r\n\r\n").unwrap();
    stream.write_all(b"Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n").unwrap();
    true
}

#[test]
fn an_idle_connection_keeps_less_than_32_kib_also_after_a_burst() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut streams = Vec::with_capacity(CONNECTIONS);
    let mut waiting = Vec::with_capacity(CONNECTIONS);
    let address = listener.local_addr().unwrap();
    let addresses = vec![address; CONNECTIONS];

    let before = HEAP.current_usage();
    // Heartbeats are what a quiet connection gives its memory back with. Nobody here answers them.
    let options = ClientOptions {
        heartbeat_interval: Duration::from_millis(500),
        heartbeat_misses: 100,
        ..ClientOptions::default()
    };
    let mut client = Client::of(&addresses, options);
    client.open_all();
    let end = Instant::now() + PATIENCE;
    while streams.len() < CONNECTIONS {
        assert!(Instant::now() < end, "{} sessions", streams.len());
        client.tick(Duration::from_millis(5), None);
        while let Ok((mut stream, _)) = listener.accept() {
            stream.write_all(b"Asterisk Call Manager/11.0.0\r\n").unwrap();
            stream.set_nonblocking(true).unwrap();
            waiting.push(stream);
        }
        let mut n = 0;
        while n < waiting.len() {
            if answer(&mut waiting[n]) { streams.push(waiting.swap_remove(n)) } else { n += 1 }
        }
    }
    client.until(|client| client.ids.iter().all(|id| client.connection(*id).state().is_usable()));
    let idle = (HEAP.current_usage() - before) / CONNECTIONS;
    println!("{idle} bytes for each idle connection");
    assert!(idle <= MOST, "{idle} bytes");

    // What a burst needed is given back with the next heartbeat.
    let burst = b"Event: Unheard\r\nPrivilege: call,all\r\n\r\n".repeat(1_000);
    for stream in &mut streams {
        stream.set_nonblocking(false).unwrap();
        stream.write_all(&burst).unwrap();
    }
    client.until(|client| client.ids.iter().all(|id| client.connection(*id).counters().events_unheard >= 1_000));
    client.until(|client| client.ids.iter().all(|id| client.connection(*id).parser_capacity() <= 4096));
    let after = (HEAP.current_usage() - before - burst.capacity()) / CONNECTIONS;
    println!("{after} bytes for each after a burst of {} bytes", burst.len());
    assert!(after <= MOST, "{after} bytes");
}
