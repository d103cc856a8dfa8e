//! Bytes through TLS: slow, cut, in floods, and in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "common/tls.rs"]
mod tls;

use ami_core::config::{ClientOptions, Value};
use ami_core::correlation::{LossReason, TlsProblem};
use ami_core::health::{CircuitState, ConnectionState};
use ami_core::protocol::Action;
use common::{Client, PATIENCE, quick, text};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tls::{BANNER, Identity, Session, Terms, answer_login, client, frame, listen, log_in};
use tls::{self_signed, serve, server_config, settings};

fn pinned(server: &Identity) -> Value {
    settings(&[("fingerprint", &server.fingerprint())])
}

fn event(number: u64) -> String {
    format!("Event: UserEvent\r\nPrivilege: user,all\r\nSeq: {number}\r\nFiller: {}\r\n\r\n", "x".repeat(450))
}

fn lost(client: &mut Client) -> LossReason {
    client.until(|client| client.first().last_loss().is_some());
    client.first().last_loss().unwrap().clone()
}

fn problem(client: &mut Client) -> TlsProblem {
    match lost(client) {
        LossReason::Tls(failure) => failure.problem,
        other => panic!("{other:?}"),
    }
}

/// A socket that gives and takes one byte at a time.
struct Drop(TcpStream);

impl Read for Drop {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut buffer[..1])
    }
}

impl Write for Drop {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&bytes[..1])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn a_handshake_and_a_session_that_come_byte_by_byte_succeed() {
    for version in [&TLS12, &TLS13] {
        let server = self_signed(|_| {});
        let config = server_config(&server, &Terms { versions: vec![version], ..Terms::default() });
        let (address, thread) = listen(move |socket| {
            socket.set_nodelay(true).unwrap();
            let mut session = StreamOwned::new(ServerConnection::new(config).unwrap(), Drop(socket));
            log_in(&mut session);
            let ping = frame(&mut session);
            let id = ping.lines().find(|line| line.starts_with("ActionID:")).unwrap();
            session.write_all(format!("Response: Success\r\n{id}\r\nPing: Pong\r\n\r\n").as_bytes()).unwrap();
            session
        });
        let mut client = client(address, pinned(&server), quick());
        client.until(Client::all_ready);
        client.ask("Ping");
        client.until(|client| client.settled.len() == 1);
        assert_eq!(client.settled[0].1.outcome.failure, None);
        drop(thread.join().unwrap());
    }
}

#[test]
fn a_banner_that_comes_with_the_end_of_the_handshake_is_read() {
    let server = self_signed(|_| {});
    let config = server_config(&server, &Terms { versions: vec![&TLS12], ..Terms::default() });
    let (address, thread) = serve(config, |mut session| {
        // rustls keeps it until the handshake is done, and then sends both at once.
        session.conn.writer().write_all(BANNER).unwrap();
        answer_login(&mut session);
        session
    });
    let mut client = client(address, pinned(&server), quick());
    client.until(|client| client.all_ready() || client.first().last_loss().is_some());
    assert_eq!(client.first().last_loss(), None);
    drop(thread.join().unwrap());
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_given_up_after_the_connect_timeout_with_a_reason_of_its_own() {
    let server = self_signed(|_| {});
    let (address, thread) = listen(|socket| socket);
    let options = ClientOptions { connect_timeout: Duration::from_millis(200), ..quick() };
    let began = Instant::now();
    let mut client = client(address, pinned(&server), options);
    assert_eq!(problem(&mut client), TlsProblem::HandshakeTimeout);
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert_eq!(client.first().circuit(), CircuitState::Closed);
    drop(thread.join().unwrap());
}

#[test]
fn no_tick_waits_for_a_handshake() {
    let server = self_signed(|_| {});
    let (address, thread) = listen(|socket| socket);
    let mut client = client(address, pinned(&server), quick());
    for _ in 0..20 {
        let began = Instant::now();
        client.tick(Duration::ZERO, None);
        assert!(began.elapsed() < Duration::from_millis(100));
    }
    assert_eq!(client.first().state(), ConnectionState::Connecting);
    drop(thread.join().unwrap());
}

#[test]
fn plain_ami_on_the_port_is_told_apart() {
    let server = self_signed(|_| {});
    let (address, thread) = listen(|mut socket| {
        socket.write_all(b"Asterisk Call Manager/11.0.0\r\n").unwrap();
        socket
    });
    let mut client = client(address, pinned(&server), quick());
    assert_eq!(problem(&mut client), TlsProblem::NotTls);
    assert!(client.first().last_loss().unwrap().to_string().contains("does not speak TLS"));
    drop(thread.join().unwrap());
}

#[test]
fn a_server_that_closes_during_the_handshake_is_told_apart() {
    let server = self_signed(|_| {});
    let (address, thread) = listen(|mut socket| {
        let mut hello = [0; 5];
        socket.read_exact(&mut hello).unwrap();
        let mut rest = vec![0; usize::from(hello[3]) << 8 | usize::from(hello[4])];
        socket.read_exact(&mut rest).unwrap();
    });
    let mut client = client(address, pinned(&server), quick());
    assert_eq!(problem(&mut client), TlsProblem::HandshakeClosed);
    thread.join().unwrap();
}

#[test]
fn a_server_that_resets_the_connection_during_the_handshake_is_told_like_one_that_closes_it() {
    let server = self_signed(|_| {});
    // What it has not read when it closes makes the end a reset.
    let (address, thread) = listen(|mut socket| socket.read_exact(&mut [0; 5]).unwrap());
    let mut client = client(address, pinned(&server), quick());
    assert_eq!(problem(&mut client), TlsProblem::HandshakeClosed);
    let said = client.first().last_loss().unwrap().to_string();
    assert!(said.starts_with("the server reset the connection during the TLS handshake"), "{said}");
    thread.join().unwrap();
}

#[test]
fn a_flood_through_tls_keeps_its_order_and_the_budgets_of_a_tick() {
    let count = 10_000_u32;
    for version in [&TLS12, &TLS13] {
        let server = self_signed(|_| {});
        let config = server_config(&server, &Terms { versions: vec![version], ..Terms::default() });
        let (address, thread) = serve(config, move |mut session| {
            log_in(&mut session);
            let flood: String = (0..count.into()).map(event).collect();
            assert!(flood.len() > 5_000_000);
            session.write_all(flood.as_bytes()).unwrap();
            session
        });
        let options = ClientOptions {
            max_bytes_read_per_tick: 70_000,
            max_frames_per_tick: 1_000,
            event_queue_capacity: 1_000_000,
            ..quick()
        };
        let mut client = client(address, pinned(&server), options);
        client.listen(Some("UserEvent"));
        let end = Instant::now() + PATIENCE;
        while client.events.len() < usize::try_from(count).unwrap() {
            assert!(Instant::now() < end, "stalled at {} events", client.events.len());
            let before = client.first().counters().bytes_read;
            client.tick(Duration::from_millis(50), None);
            let read = client.first().counters().bytes_read - before;
            assert!(read <= 70_000, "the budget of bytes: {read}");
        }
        assert!(client.numbers(client.ids[0]).into_iter().eq(0..count.into()));
        assert_eq!(client.first().drops().total(), 0);
        drop(thread.join().unwrap());
    }
}

#[test]
fn plaintext_that_a_budget_left_behind_is_read_by_the_next_tick_although_the_socket_is_empty() {
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), |mut session| {
        log_in(&mut session);
        // One record with all of it.
        let events: String = (0..30).map(event).collect();
        session.write_all(events.as_bytes()).unwrap();
        session
    });
    let options = ClientOptions { max_bytes_read_per_tick: 65_536, max_frames_per_tick: 1, ..quick() };
    let mut client = client(address, pinned(&server), options);
    client.listen(Some("UserEvent"));
    client.until(|client| client.events.len() == 1);
    let session = thread.join().unwrap();
    for number in 1..30 {
        assert_eq!(client.reactor.until_due(), Some(Duration::ZERO), "after event {number}");
        client.tick(Duration::ZERO, None);
    }
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..30));
    drop(session);
}

#[test]
fn what_arrives_while_the_rest_of_a_record_waits_for_its_tick_is_read_after_it() {
    let count = 200;
    let event = |n| format!("Event: UserEvent\r\nPrivilege: user,all\r\nSeq: {n}\r\n\r\n");
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), move |mut session| {
        log_in(&mut session);
        let events: String = (0..count).map(event).collect();
        assert!((8_192..16_384).contains(&events.len()), "one record, and more than two ticks take");
        session.write_all(events.as_bytes()).unwrap();
        session
    });
    let options = ClientOptions { max_bytes_read_per_tick: 4_096, ..quick() };
    let mut client = client(address, pinned(&server), options);
    client.listen(Some("UserEvent"));
    client.until(|client| !client.events.is_empty());
    assert!(client.events.len() < 100, "the rest waits");
    let mut session = thread.join().unwrap();
    session.write_all(event(count).as_bytes()).unwrap();
    // The socket tells of it once, and that is before the rest has been read.
    client.until(|client| client.events.len() == 201);
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..=count));
    drop(session);
}

#[test]
fn what_is_left_of_a_record_when_the_bytes_of_a_tick_are_used_up_is_read_without_the_socket() {
    let count = 200;
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), move |mut session| {
        log_in(&mut session);
        let event = |n| format!("Event: UserEvent\r\nPrivilege: user,all\r\nSeq: {n}\r\n\r\n");
        let events: String = (0..count).map(event).collect();
        assert!((8_192..16_384).contains(&events.len()), "one record, and more than two ticks take");
        session.write_all(events.as_bytes()).unwrap();
        session
    });
    let options = ClientOptions { max_bytes_read_per_tick: 4_096, ..quick() };
    let mut client = client(address, pinned(&server), options);
    client.listen(Some("UserEvent"));
    client.until(|client| client.events.len() == 200);
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..count));
    drop(thread.join().unwrap());
}

/// Reads up to the action of that number.
fn receive_until(session: &mut Session, number: usize) -> Vec<u8> {
    let last = format!("Number: {number}\r\n\r\n");
    let mut received = Vec::new();
    let mut buffer = vec![0; 65_536];
    while !received.ends_with(last.as_bytes()) {
        let length = session.read(&mut buffer).unwrap();
        received.extend_from_slice(&buffer[..length]);
    }
    received
}

#[test]
fn megabytes_to_a_server_that_does_not_read_go_out_in_order_once_it_does() {
    let count = 12_000;
    let server = self_signed(|_| {});
    let (go, wait) = std::sync::mpsc::channel();
    let (address, thread) = serve(server_config(&server, &Terms::default()), move |mut session: Session| {
        log_in(&mut session);
        wait.recv_timeout(PATIENCE).unwrap();
        receive_until(&mut session, count - 1)
    });
    let options = ClientOptions { write_buffer_limit: 64 * 1024 * 1024, max_pending_actions: 20_000, ..quick() };
    let mut client = client(address, pinned(&server), options);
    client.until(Client::all_ready);
    let filler = "x".repeat(1_000);
    for number in 0..count {
        let action = Action::new("Ping").unwrap().with_header("Filler", filler.as_str()).unwrap();
        client.send(client.ids[0], &action.with_header("Number", number.to_string()).unwrap());
        if number % 100 == 0 {
            client.tick(Duration::ZERO, None);
        }
    }
    let waiting = client.first().unwritten_len();
    assert!(waiting > 1_000_000, "the kernel took all but {waiting} bytes: send more");
    go.send(()).unwrap();
    client.until(|client| client.first().unwritten_len() == 0);
    while !thread.is_finished() {
        client.tick(Duration::from_millis(10), None);
    }
    let received = text(&thread.join().unwrap());
    let numbers = received.lines().filter_map(|line| line.strip_prefix("Number: ")?.parse::<usize>().ok());
    assert!(numbers.eq(0..count));
    assert_eq!(received.matches("Action: Ping\r\n").count(), count);
}

#[test]
fn what_was_encrypted_and_waits_for_a_full_socket_goes_out_when_that_has_room() {
    let server = self_signed(|_| {});
    let (go, wait) = std::sync::mpsc::channel();
    let (address, thread) = serve(server_config(&server, &Terms::default()), move |mut session| {
        log_in(&mut session);
        let count: usize = wait.recv_timeout(PATIENCE).unwrap();
        receive_until(&mut session, count - 1);
    });
    let options = ClientOptions { max_pending_actions: 100_000, ..quick() };
    let mut client = client(address, pinned(&server), options);
    client.until(Client::all_ready);
    let filler = "x".repeat(1_000);
    let mut count = 0;
    // Only a socket that is full for the first time has nothing of the client's own buffer behind it.
    while !format!("{:?}", client.reactor).contains("is_full: true") {
        let mut action = Action::new("Ping").unwrap();
        for _ in 0..28 {
            action = action.with_header("Filler", filler.as_str()).unwrap();
        }
        client.send(client.ids[0], &action.with_header("Number", count.to_string()).unwrap());
        client.tick(Duration::ZERO, None);
        count += 1;
    }
    assert_eq!(client.first().unwritten_len(), 0);
    go.send(count).unwrap();
    let end = Instant::now() + PATIENCE;
    while !thread.is_finished() && Instant::now() < end {
        client.tick(Duration::from_millis(10), None);
    }
    thread.join().unwrap();
}

/// Reads the content of one record.
fn record(connection: &mut ServerConnection, socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 5];
    socket.read_exact(&mut bytes).unwrap();
    bytes.resize(5 + (usize::from(bytes[3]) << 8 | usize::from(bytes[4])), 0);
    socket.read_exact(&mut bytes[5..]).unwrap();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        connection.read_tls(&mut rest).unwrap();
        connection.process_new_packets().unwrap();
    }
    let mut content = vec![0; 16_384];
    let length = connection.reader().read(&mut content).unwrap();
    content.truncate(length);
    content
}

#[test]
fn records_have_whole_lines_and_no_more_than_asterisk_reads_at_once() {
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), |mut session| {
        log_in(&mut session);
        let (mut connection, mut socket) = session.into_parts();
        let mut received = Vec::new();
        while !received.ends_with(b"Last: yes\r\n\r\n") {
            let content = record(&mut connection, &mut socket);
            assert!(content.len() <= 1_024, "{} bytes", content.len());
            assert!(content.ends_with(b"\r\n"), "{:?}", text(&content));
            received.extend(content);
        }
        received.len()
    });
    let mut client = client(address, pinned(&server), quick());
    client.until(Client::all_ready);
    let mut sent = 0;
    for number in 0..200 {
        let mut action = Action::new("UserEvent").unwrap();
        for length in [1, 333, 900, 1_014] {
            action = action.with_header("Filler", "x".repeat(length)).unwrap();
        }
        let last = if number == 199 { "yes" } else { "no" };
        client.send(client.ids[0], &action.with_header("Last", last).unwrap());
        sent += 2_300;
    }
    client.tick(Duration::ZERO, None);
    while !thread.is_finished() {
        client.tick(Duration::from_millis(10), None);
    }
    assert!(thread.join().unwrap() > sent);
}

/// Ends the socket after these events and a part of what would have been the next record.
fn cut(session: Session, events: u64, part: impl FnOnce(&mut Vec<u8>)) {
    let mut session = session;
    log_in(&mut session);
    let whole: String = (0..events).map(event).collect();
    session.write_all(whole.as_bytes()).unwrap();
    let (mut connection, mut socket) = session.into_parts();
    connection.writer().write_all(event(events).as_bytes()).unwrap();
    let mut record = Vec::new();
    connection.write_tls(&mut record).unwrap();
    part(&mut record);
    socket.write_all(&record).unwrap();
}

#[test]
fn what_arrived_before_a_cut_in_mid_record_is_dispatched_and_the_end_is_an_end_of_file() {
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), |mut session| {
        log_in(&mut session);
        let half = event(3);
        let sent: String = (0..3).map(event).chain([half[..100].to_owned()]).collect();
        session.write_all(sent.as_bytes()).unwrap();
        let (mut connection, mut socket) = session.into_parts();
        connection.writer().write_all(&half.as_bytes()[100..]).unwrap();
        let mut record = Vec::new();
        connection.write_tls(&mut record).unwrap();
        socket.write_all(&record[..record.len() / 2]).unwrap();
    });
    let mut client = client(address, pinned(&server), quick());
    client.listen(Some("UserEvent"));
    assert_eq!(lost(&mut client), LossReason::EndOfFile);
    assert!(client.numbers(client.ids[0]).into_iter().eq(0..3));
    assert_eq!(client.first().counters().frames_cut, 1);
    thread.join().unwrap();
}

#[test]
fn a_forged_record_ends_the_session_after_what_came_before_it() {
    for version in [&TLS12, &TLS13] {
        let server = self_signed(|_| {});
        let config = server_config(&server, &Terms { versions: vec![version], ..Terms::default() });
        let (address, thread) = serve(config, |session| {
            cut(session, 3, |record| *record.last_mut().unwrap() ^= 1);
        });
        let mut client = client(address, pinned(&server), quick());
        client.listen(Some("UserEvent"));
        assert_eq!(problem(&mut client), TlsProblem::Other);
        assert!(client.numbers(client.ids[0]).into_iter().eq(0..3));
        thread.join().unwrap();
    }
}

#[test]
fn close_ends_tls_in_order() {
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), |mut session| {
        log_in(&mut session);
        let logoff = frame(&mut session);
        let id = logoff.lines().find(|line| line.starts_with("ActionID:")).unwrap();
        session.write_all(format!("Response: Goodbye\r\n{id}\r\n\r\n").as_bytes()).unwrap();
        let mut rest = Vec::new();
        // Without a goodbye of TLS this is an unexpected end of file.
        session.read_to_end(&mut rest).map_err(|error| error.kind())
    });
    let mut client = client(address, pinned(&server), quick());
    client.until(Client::all_ready);
    let (id, now) = (client.ids[0], client.reactor.now());
    client.reactor.cluster_mut().close(id, now);
    client.until(|client| client.first().state() == ConnectionState::Disconnected);
    assert_eq!(thread.join().unwrap(), Ok::<_, ErrorKind>(0));
}

#[test]
fn a_client_that_vanishes_leaves_no_goodbye() {
    let server = self_signed(|_| {});
    let (address, thread) = serve(server_config(&server, &Terms::default()), |mut session| {
        log_in(&mut session);
        let mut rest = Vec::new();
        session.read_to_end(&mut rest).map_err(|error| error.kind())
    });
    let mut client = client(address, pinned(&server), quick());
    client.until(Client::all_ready);
    // As in a forked child: it may close what it has, but must not write to what its parent owns.
    drop(client);
    assert_eq!(thread.join().unwrap(), Err(ErrorKind::UnexpectedEof));
}
