#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use std::collections::HashMap;

struct List(Vec<(String, Load)>);

impl Candidates for List {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, place: usize) -> &str {
        &self.0[place].0
    }

    fn load(&self, place: usize) -> Load {
        self.0[place].1
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == key)
    }
}

const IDLE: Load =
    Load { pending_actions: 0, queued_events: 0, unwritten_bytes: 0, latency: None, is_recovering: false };

fn loads<const N: usize>(loads: [Load; N]) -> List {
    List(loads.into_iter().enumerate().map(|(n, load)| (format!("pbx{n}"), load)).collect())
}

fn servers(count: usize) -> List {
    List((0..count).map(|n| (format!("pbx{n}"), IDLE)).collect())
}

fn pending(pending_actions: usize) -> Load {
    Load { pending_actions, ..IDLE }
}

fn latency(micros: u64) -> Load {
    Load { latency: Some(Duration::from_micros(micros)), ..IDLE }
}

fn key(key: &str) -> ServerKey {
    ServerKey::parse(key.as_bytes()).unwrap()
}

fn chosen(routing: &Routing, list: &List) -> Vec<Option<usize>> {
    (0..list.len()).map(|turn| routing.choose(list, turn, None)).collect()
}

#[test]
fn nobody_is_chosen_of_nobody() {
    let all = [
        Routing::RoundRobin,
        Routing::Explicit(key("pbx0")),
        Routing::Failover(vec![key("pbx0")]),
        Routing::HealthAware,
        Routing::LeastPending,
        Routing::Sticky,
    ];
    for routing in all {
        assert_eq!(routing.choose(&servers(0), 0, None), None, "{routing:?}");
        assert_eq!(routing.choose(&servers(0), 0, Some(b"a")), None, "{routing:?}");
    }
}

#[test]
fn an_explicit_server_is_chosen_or_none() {
    let list = servers(3);
    assert_eq!(chosen(&Routing::Explicit(key("pbx1")), &list), [Some(1); 3]);
    assert_eq!(chosen(&Routing::Explicit(key("pbx9")), &list), [None; 3]);
}

#[test]
fn failover_takes_the_first_that_it_names_whoever_else_is_there() {
    let failover = Routing::Failover(["pbx9", "pbx2", "pbx0"].map(key).to_vec());
    assert_eq!(chosen(&failover, &servers(4)), [Some(2); 4]);
    assert_eq!(chosen(&failover, &servers(2)), [Some(0); 2], "the second is away");
    assert_eq!(failover.choose(&List(vec![("pbx7".into(), IDLE)]), 0, None), None);
}

#[test]
fn the_fewest_that_wait_are_chosen_and_equal_ones_in_turn() {
    let list = loads([pending(2), pending(1), pending(5), pending(1)]);
    assert_eq!(chosen(&Routing::LeastPending, &list), [Some(1), Some(1), Some(3), Some(3)]);
}

#[test]
fn the_healthiest_is_the_one_that_would_answer_first() {
    let choose = |first, second| Routing::HealthAware.choose(&loads([first, second]), 0, None).unwrap();
    assert_eq!(choose(latency(30_000), latency(10_000)), 1, "the faster one");
    let busy = Load { pending_actions: 5, ..latency(10_000) };
    assert_eq!(choose(latency(30_000), busy), 0, "six answers of 10 ms take longer than one of 30");
    let behind = Load { queued_events: 2_000, ..latency(10_000) };
    assert_eq!(choose(behind, latency(20_000)), 1, "its events wait for two ticks already");
    let back = Load { is_recovering: true, ..latency(10_000) };
    assert_eq!((choose(back, latency(15_000)), choose(back, latency(25_000))), (1, 0), "it counts twice");
    assert_eq!(choose(latency(3_000), IDLE), 1, "not measured counts as a millisecond");
}

#[test]
fn latencies_below_a_millisecond_are_equal() {
    assert_eq!(
        chosen(&Routing::HealthAware, &loads([latency(40), latency(900), latency(1_100)]))[..2],
        [Some(0), Some(1)]
    );
}

#[test]
fn no_load_overflows_a_cost() {
    let most = Load { pending_actions: usize::MAX, queued_events: usize::MAX, latency: Some(Duration::MAX), ..IDLE };
    assert_eq!(Load { is_recovering: true, ..most }.cost(), u64::MAX);
}

#[test]
fn an_affinity_stays_with_its_server_and_affinities_are_spread_evenly() {
    const SERVERS: usize = 10;
    const AFFINITIES: usize = 10_000;
    let list = servers(SERVERS);
    let mut counts = vec![0; SERVERS];
    for n in 0..AFFINITIES {
        let affinity = n.to_string();
        let place = Routing::Sticky.choose(&list, 0, Some(affinity.as_bytes())).unwrap();
        assert_eq!(Routing::Sticky.choose(&list, 7, Some(affinity.as_bytes())), Some(place), "whoever's turn it is");
        counts[place] += 1;
    }
    // Five standard deviations of a fair choice: 30 each.
    assert!(counts.iter().all(|count| (850..=1_150).contains(count)), "{counts:?}");
}

#[test]
fn a_server_that_goes_takes_only_its_own_affinities_with_it() {
    let all = servers(8);
    let mut fewer = servers(8);
    let gone = fewer.0.remove(3).0;
    let mut moved = HashMap::<String, usize>::new();
    for n in 0..4_000 {
        let affinity = format!("call-{n}");
        let before = all.key(Routing::Sticky.choose(&all, 0, Some(affinity.as_bytes())).unwrap()).to_owned();
        let after = fewer.key(Routing::Sticky.choose(&fewer, 0, Some(affinity.as_bytes())).unwrap()).to_owned();
        if before == gone {
            *moved.entry(after).or_default() += 1;
        } else {
            assert_eq!(before, after);
        }
    }
    assert_eq!(moved.len(), 7, "they go to all of the others: {moved:?}");
}

#[test]
fn an_affinity_has_the_same_server_in_every_process_and_version() {
    let list = servers(5);
    let places = ["", "alice", "bob", "5551234", "\u{e9}"];
    let places = places.map(|affinity| Routing::Sticky.choose(&list, 0, Some(affinity.as_bytes())).unwrap());
    // Worked out by another program.
    assert_eq!(places, [4, 1, 1, 1, 4]);
}

#[test]
fn without_an_affinity_each_has_its_turn() {
    assert_eq!(chosen(&Routing::Sticky, &servers(3)), [Some(0), Some(1), Some(2)]);
}
