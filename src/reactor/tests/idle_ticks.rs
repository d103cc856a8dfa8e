//! What an idle tick allocates. A program of its own, as it counts every allocation of the thread; the simulator has others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use allocation_counter::measure;
use ami_core::config::ClientOptions;
use common::{Client, nodes};
use std::time::Duration;

const TICKS: usize = 1_000;

#[test]
fn an_idle_tick_allocates_nothing_however_many_servers_there_are() {
    for servers in [1, 100] {
        let simulator = nodes(servers, |_, _| ());
        let mut client = Client::ready(&simulator, ClientOptions::default());
        // What was on its way when the last server became ready.
        for _ in 0..20 {
            client.tick(Duration::from_millis(5), None);
        }
        client.reactor.cluster_mut().take_counts();
        let mut read = 0;
        let info = measure(|| {
            for _ in 0..TICKS {
                client.reactor.tick(Duration::ZERO, None).unwrap();
                read += client.reactor.cluster_mut().take_counts().bytes_read;
            }
        });
        assert_eq!(read, 0, "nothing was to come");
        assert_eq!(info.count_total, 0, "{servers} servers: {info:?}");
    }
}
