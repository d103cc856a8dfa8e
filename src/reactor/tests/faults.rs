//! What goes wrong with servers and on the way to them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::correlation::{Failure, LossReason};
use ami_core::health::ConnectionState;
use ami_simulator::Fault;
use common::{Client, PATIENCE, nodes, quick};
use std::time::Duration;

/// A fault that hits new connections, and what it is taken for.
fn fails_by(fault: &Fault, options: ClientOptions, is_expected: impl Fn(&LossReason) -> bool) {
    let simulator = nodes(1, |_, node| node.fault = Some(fault.clone()));
    let mut client = Client::new(&simulator, options);
    client.open_all();
    client.until(|client| client.first().counters().losses >= 2);
    let loss = client.first().last_loss().unwrap();
    assert!(is_expected(loss), "{loss:?}");
    simulator.node(0).fault(Fault::Clear);
    client.until(Client::all_ready);
    assert_eq!(client.first().last_loss(), None);
}

#[test]
fn a_refused_port_is_told_by_the_systems_words_and_tried_again() {
    fails_by(
        &Fault::Refuse { lasting: None },
        quick(),
        |loss| matches!(loss, LossReason::Io(error) if error.to_lowercase().contains("refused")),
    );
}

#[test]
fn a_server_that_never_speaks_is_left_after_the_auth_timeout() {
    let options = ClientOptions { auth_timeout: Duration::from_millis(100), ..quick() };
    fails_by(&Fault::Stall, options, |loss| *loss == LossReason::BannerTimeout);
}

#[test]
fn an_http_server_is_not_ami() {
    fails_by(&Fault::Http, quick(), |loss| matches!(loss, LossReason::NotAmi | LossReason::EndOfFile));
}

#[test]
fn a_session_that_is_cut_in_mid_frame_counts_the_frame_fails_its_actions_and_comes_back() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    simulator.node(0).fault(Fault::Mute { action: Some("CoreStatus".to_owned()) });
    let sequence = client.ask("CoreStatus");
    client.tick(Duration::ZERO, None);
    simulator.node(0).fault(Fault::Cut { after: 0, lasting: false });
    client.until(|client| client.first().counters().losses == 1);
    assert_eq!(client.first().counters().frames_cut, 1);
    let (_, settled) = &client.settled[0];
    let lost = Some(Failure::ConnectionLost(LossReason::EndOfFile));
    assert_eq!((settled.sequence, &settled.outcome.failure), (sequence, &lost));
    client.until(Client::all_ready);
    assert_eq!((client.settled.len(), client.first().counters().sessions), (1, 2));
}

#[test]
fn a_reset_session_comes_back() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    simulator.node(0).fault(Fault::Reset);
    client.until(|client| client.first().counters().losses == 1);
    assert!(matches!(client.first().last_loss(), Some(LossReason::Io(_))), "{:?}", client.first().last_loss());
    client.until(Client::all_ready);
}

#[test]
fn garbage_is_skipped_and_the_session_lives() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    for _ in 0..20 {
        simulator.node(0).fault(Fault::Garbage { bytes: 300, delimited: true });
        simulator.node(0).fault(Fault::Blank { count: 3 });
    }
    client.ask("Ping");
    client.until(|client| client.settled.len() == 1);
    assert_eq!(client.settled[0].1.outcome.failure, None);
    assert_eq!((client.first().counters().protocol_desync, client.first().counters().losses), (20, 0));
}

#[test]
fn a_frame_over_the_limit_passes_by() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, ClientOptions { max_frame_size: 64 * 1024, ..quick() });
    simulator.node(0).fault(Fault::Oversized { bytes: 3_000_000 });
    client.until(|client| client.first().counters().frames_too_long == 1);
    client.ask("Ping");
    client.until(|client| client.settled.len() == 1);
    assert!(client.first().parser_capacity() <= 2 * 1024 * 1024 + 4096);
}

#[test]
fn a_server_that_writes_byte_by_byte_is_understood() {
    let simulator = nodes(1, |_, node| node.fault = Some(Fault::SlowWrite(Duration::from_micros(20))));
    let mut client = Client::ready(&simulator, quick());
    client.ask("Ping");
    client.ask("QueueSummary");
    client.until(|client| client.settled.len() == 2);
    assert!(client.settled.iter().all(|(_, settled)| settled.outcome.failure.is_none()));
    assert_eq!(client.first().counters().protocol_desync, 0);
}

#[test]
fn a_half_open_session_is_found_out_by_its_heartbeats() {
    let simulator = nodes(1, |_, _| {});
    let options = ClientOptions { heartbeat_interval: Duration::from_millis(60), ..quick() };
    let mut client = Client::ready(&simulator, options);
    simulator.node(0).fault(Fault::HalfOpen);
    client.until(|client| client.first().state() == ConnectionState::Degraded);
    client.until(|client| client.first().last_loss() == Some(&LossReason::HeartbeatLost));
    client.until(Client::all_ready);
    assert!(client.first().counters().heartbeats_missed >= 2);
}

#[test]
fn a_server_that_restarts_tells_so_and_is_found_again() {
    let simulator = nodes(1, |_, _| {});
    let mut client = Client::ready(&simulator, quick());
    client.listen(Some("Shutdown"));
    simulator.node(0).fault(Fault::Shutdown { restart: true, down: Some(Duration::from_millis(200)) });
    client.until(|client| client.first().counters().losses >= 1);
    assert_eq!(client.names(), ["Shutdown"]);
    client.until(Client::all_ready);
    assert!(client.first().counters().connect_attempts > 2, "the port was closed for a while");
}

#[test]
fn a_wrong_secret_is_refused_and_not_tried_again() {
    let simulator = nodes(1, |_, node| {
        node.fault = Some(Fault::RefuseLogin);
        node.auth_failure_delay = Duration::ZERO;
    });
    let mut client = Client::new(&simulator, quick());
    client.open_all();
    client.until(|client| client.first().counters().losses == 1);
    assert!(matches!(client.first().last_loss(), Some(LossReason::LoginRefused(_))));
    assert!(client.reactor.until_due() > Some(Duration::from_secs(20)));
    assert!(simulator.node(0).wait_until(PATIENCE, |stats| stats.connections_open == 0));
}
