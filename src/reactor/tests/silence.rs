//! A network that goes silent: no FIN, no RST, no answer. A program of its own, since it runs itself once more in a
//! network namespace whose loopback can be made to drop everything. Needs `unshare`, `ip` and `tc`, and no root.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use ami_core::config::ClientOptions;
use ami_core::correlation::{Failure, LossReason};
use ami_core::health::ConnectionState;
use ami_core::protocol::Action;
use ami_simulator::Fault;
use common::{Client, nodes, quick};
use std::process::Command;
use std::time::{Duration, Instant};

/// Set where this program runs in a namespace of its own.
const INSIDE: &str = "AMI_SILENCE_INSIDE";
/// A queue of so many packets; one without room drops all.
const OPEN: &str = "1000";
const SHUT: &str = "0";
const HEARTBEAT: Duration = Duration::from_millis(200);

/// Lets loopback pass packets, or drop them all.
fn pass(limit: &str) -> bool {
    let tc = Command::new("tc").args(["qdisc", "replace", "dev", "lo", "root", "pfifo", "limit", limit]).status();
    tc.is_ok_and(|status| status.success())
}

fn in_a_network_of_its_own(script: &str) -> Command {
    let mut command = Command::new("unshare");
    let program = std::env::current_exe().unwrap();
    command.args(["--net", "--map-root-user", "sh", "-c", script]).arg(program).env(INSIDE, "yes");
    command
}

#[test]
fn a_network_that_goes_silent_is_found_out_by_heartbeats_and_found_again() {
    if std::env::var_os(INSIDE).is_some() {
        return go_silent();
    }
    let up = "ip link set lo up && tc qdisc replace dev lo root pfifo limit 1000";
    if !in_a_network_of_its_own(up).output().is_ok_and(|output| output.status.success()) {
        println!("skipped: there are no network namespaces here, or no ip and tc");
        return;
    }
    let inside = in_a_network_of_its_own(&format!("{up} && exec \"$0\" --nocapture")).output().unwrap();
    let said = String::from_utf8_lossy(&inside.stdout) + String::from_utf8_lossy(&inside.stderr);
    assert!(inside.status.success() && said.contains("1 passed"), "{said}");
}

fn go_silent() {
    let simulator = nodes(3, |_, _| {});
    let connect_timeout = Duration::from_millis(200);
    let options = ClientOptions { heartbeat_interval: HEARTBEAT, connect_timeout, ..quick() };
    let mut client = Client::ready(&simulator, options);
    let waiting: Vec<_> = client.ids.clone();
    for node in simulator.nodes() {
        node.fault(Fault::Mute { action: Some("QueueStatus".to_owned()) });
    }
    for id in &waiting {
        client.send(*id, &Action::new("QueueStatus").unwrap());
    }
    client.tick(Duration::ZERO, None);

    assert!(pass(SHUT));
    let begin = Instant::now();
    let losses = |client: &Client, least| waiting.iter().all(|id| client.connection(*id).counters().losses >= least);
    client.until(|client| losses(client, 1));
    let took = begin.elapsed();
    // A Ping unanswered when two more are due, of which the first may have gone out just before. The rest is patience.
    assert!(took >= HEARTBEAT && took < HEARTBEAT * 3 + Duration::from_secs(5), "{took:?}");
    let lost = Some(Failure::ConnectionLost(LossReason::HeartbeatLost));
    assert_eq!(client.settled.len(), waiting.len(), "each action ends once");
    assert!(client.settled.iter().all(|(_, settled)| settled.outcome.failure == lost), "{:?}", client.settled);

    // Nobody answers: attempts go on, and none lasts for ever.
    client.until(|client| losses(client, 3));
    assert_eq!(client.first().last_loss(), Some(&LossReason::ConnectTimeout));
    assert!(waiting.iter().all(|id| client.connection(*id).state() != ConnectionState::Ready));

    assert!(pass(OPEN));
    client.until(Client::all_ready);
    client.settled.clear();
    client.ask("CoreStatus");
    client.until(|client| client.settled.len() == 1);
    assert_eq!(client.settled[0].1.outcome.failure, None);
    let gaps: Vec<_> = std::iter::from_fn(|| client.reactor.cluster_mut().pop_gap(None)).collect();
    assert_eq!(gaps.len(), waiting.len(), "each gap once: {gaps:?}");
    assert!(gaps.iter().all(|(_, gap)| gap.reason == LossReason::HeartbeatLost), "{gaps:?}");
}
