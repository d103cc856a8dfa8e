//! `event_priorities`: what goes first, and that nothing else starves.

use crate::support::{Session, World, frame, text};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::events::PRIORITY_RUN;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::sync::Arc;

fn first(names: &[&str], options: ClientOptions) -> ClientOptions {
    ClientOptions { event_priorities: names.iter().map(|name| name.as_bytes().into()).collect(), ..options }
}

/// Servers that are ready, with a listener for everything; `Hangup` goes first.
fn world(count: usize, options: ClientOptions) -> (World, Vec<ServerId>) {
    let mut world = World::new(first(&["hangup"], options));
    let ids: Vec<_> = (0..count).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for id in &ids {
        world.open(*id);
        world.log_in(*id);
    }
    world.subscribe(None);
    (world, ids)
}

fn send(world: &mut World, id: ServerId, name: &str, count: usize) {
    let bytes = frame(&[&format!("Event: {name}")]).repeat(count);
    world.feed(id, &bytes);
}

/// What a tick hands out: servers, and whether the event is one that goes first.
fn one_tick(world: &mut World) -> Vec<(usize, bool)> {
    world.cluster.begin_tick();
    let events = std::iter::from_fn(|| world.cluster.pop_event(None));
    events.map(|(id, event)| (id.index(), event.frame.as_ref().name() == b"Hangup")).collect()
}

#[test]
fn within_a_tick_it_goes_before_the_events_of_all_servers_and_the_servers_take_turns() {
    let (mut world, ids) = world(3, ClientOptions::default());
    for id in &ids {
        send(&mut world, *id, "VarSet", 2);
    }
    send(&mut world, ids[2], "Hangup", 3);
    send(&mut world, ids[1], "Hangup", 1);
    let first = [2, 1, 2, 2].map(|server| (server, true));
    let then = [0, 1, 2, 0, 1, 2].map(|server| (server, false));
    assert_eq!(one_tick(&mut world), [first.as_slice(), &then].concat());
    assert!(!world.cluster.has_events());
}

#[test]
fn a_flood_of_it_leaves_every_seventeenth_turn_to_the_others_in_turn() {
    let (mut world, ids) = world(3, ClientOptions::default());
    send(&mut world, ids[0], "Hangup", 200);
    send(&mut world, ids[1], "VarSet", 4);
    send(&mut world, ids[2], "VarSet", 4);
    let order = one_tick(&mut world);
    let others: Vec<_> =
        order.iter().enumerate().filter(|(_, event)| !event.1).map(|(at, event)| (at, event.0)).collect();
    let expected: Vec<_> = (0..8).map(|n| (n * (PRIORITY_RUN + 1) + PRIORITY_RUN, 1 + n % 2)).collect();
    assert_eq!((order.len(), others), (208, expected));
}

#[test]
fn where_all_servers_are_flooded_each_ones_others_have_their_share() {
    let budget = 10 * (PRIORITY_RUN + 1);
    let (mut world, ids) = world(20, ClientOptions { max_events_per_tick: budget, ..ClientOptions::default() });
    for id in &ids {
        send(&mut world, *id, "Hangup", 2_000);
        send(&mut world, *id, "VarSet", 2_000);
    }
    let order = one_tick(&mut world);
    for id in &ids {
        let its: Vec<bool> =
            order.iter().filter(|(server, _)| *server == id.index()).map(|&(_, first)| first).collect();
        assert_eq!(its.len(), budget);
        let others = its.iter().filter(|first| !**first).count();
        assert!((10..=20).contains(&others), "{others}");
        assert!(its.split(|first| !first).all(|run| run.len() <= PRIORITY_RUN));
    }
}

#[test]
fn it_counts_against_the_budget_of_its_server_like_any_other() {
    let (mut world, ids) = world(2, ClientOptions { max_events_per_tick: 5, ..ClientOptions::default() });
    send(&mut world, ids[0], "VarSet", 4);
    send(&mut world, ids[0], "Hangup", 8);
    send(&mut world, ids[1], "VarSet", 1);
    assert_eq!(one_tick(&mut world), [[(0, true)].repeat(5), vec![(1, false)]].concat());
    assert!(world.cluster.has_events());
    assert_eq!(one_tick(&mut world), [[(0, true)].repeat(3), [(0, false)].repeat(2)].concat());
    assert_eq!(one_tick(&mut world), [(0, false)].repeat(2));
    assert!(!world.cluster.has_events());
}

#[test]
fn each_server_has_the_names_of_its_own_options() {
    let mut world = World::new(ClientOptions::default());
    let ids = ["hangup", "varset"].map(|name| {
        let options = Arc::new(first(&[name], ClientOptions::default()));
        world.add_with(name, &[("auth", "plain")], options)
    });
    for id in ids {
        world.open(id);
        world.log_in(id);
    }
    world.subscribe(None);
    for id in ids {
        send(&mut world, id, "VarSet", 1);
        send(&mut world, id, "Hangup", 1);
    }
    assert_eq!(one_tick(&mut world), [(0, true), (1, false), (0, false), (1, true)]);
}

#[test]
fn a_gap_is_told_between_the_last_event_of_the_old_session_and_the_first_of_the_new_one() {
    let mut session = Session::ready_with(first(&["hangup"], ClientOptions::default()));
    session.subscribe(None);
    session.event("Newchannel");
    session.event("Hangup");
    session.end();
    session.come_back();
    session.event("Hangup");
    let mut order = Vec::new();
    session.cluster.begin_tick();
    loop {
        if session.cluster.pop_gap(None).is_some() {
            order.push("gap".to_owned());
        } else if let Some((_, event)) = session.cluster.pop_event(None) {
            order.push(text(event.frame.as_ref().name()));
        } else {
            break;
        }
    }
    assert_eq!(order, ["Hangup", "Newchannel", "gap", "Hangup", "FullyBooted"]);
}

#[test]
fn a_full_queue_counts_what_it_gives_up_in_either_lane() {
    let options = first(&["hangup"], ClientOptions { event_queue_capacity: 3, ..ClientOptions::default() });
    let mut session = Session::ready_with(options);
    session.subscribe(None);
    for name in ["Hangup", "VarSet", "Hangup", "Hangup", "VarSet", "Hangup"] {
        session.event(name);
    }
    assert_eq!(session.events(), ["Hangup"; 3]);
    let counters = *session.counters();
    let dropped = session.connection().drops().total();
    assert_eq!((counters.events_queued, counters.events_dispatched, dropped), (6, 3, 3));
    assert_eq!(session.cluster.take_counts().events_dropped, 3);
}

/// What a server was sent and has not handed out yet, by lane.
#[derive(Debug, Default)]
struct Sent {
    lanes: [VecDeque<u64>; 2],
    /// Of those that go first since the last of the others.
    run: usize,
    handed_out: usize,
}

#[test]
fn nothing_is_lost_or_doubled_or_starved_whatever_comes_and_whoever_is_asked() {
    for seed in 0..200 {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let budget = rng.random_range(1..40);
        let (mut world, ids) = world(4, ClientOptions { max_events_per_tick: budget, ..ClientOptions::default() });
        let mut sent: Vec<Sent> = ids.iter().map(|_| Sent::default()).collect();
        let mut sequence = 0;
        for _ in 0..60 {
            for _ in 0..rng.random_range(0..6) {
                let server = rng.random_range(0..4);
                let goes_first = rng.random_bool(0.7);
                for _ in 0..rng.random_range(0..20) {
                    sequence += 1;
                    sent[server].lanes[usize::from(goes_first)].push_back(sequence);
                    let name = if goes_first { "Event: Hangup" } else { "Event: VarSet" };
                    world.feed(ids[server], &frame(&[name, &format!("Seq: {sequence}")]));
                }
            }
            world.cluster.begin_tick();
            for server in &mut sent {
                server.handed_out = 0;
            }
            let only = rng.random_bool(0.3).then(|| ids[rng.random_range(0..4)]);
            // Now and then a listener ends the tick.
            let most = if rng.random_bool(0.2) { rng.random_range(0..30) } else { usize::MAX };
            let mut taken = 0;
            while taken < most
                && let Some((id, event)) = world.cluster.pop_event(only)
            {
                taken += 1;
                let server = &mut sent[id.index()];
                let goes_first = event.frame.as_ref().name() == b"Hangup";
                let waits = !server.lanes[0].is_empty();
                server.run = if goes_first && waits { server.run + 1 } else { 0 };
                assert!(server.run <= PRIORITY_RUN, "seed {seed}");
                let oldest = server.lanes[usize::from(goes_first)].pop_front().unwrap().to_string();
                assert_eq!(text(event.frame.as_ref().header(b"Seq").unwrap()), oldest, "seed {seed}");
                server.handed_out += 1;
                assert!(server.handed_out <= budget, "seed {seed}");
            }
            let waits = sent.iter().any(|server| server.lanes.iter().any(|lane| !lane.is_empty()));
            if waits {
                assert!(world.cluster.has_events(), "seed {seed}");
            }
            if only.is_none() && taken < most {
                assert_eq!(world.cluster.has_events(), waits, "seed {seed}");
                for server in &sent {
                    let left: usize = server.lanes.iter().map(VecDeque::len).sum();
                    assert!(left == 0 || server.handed_out == budget, "seed {seed}: {left}");
                }
            }
        }
        let left: usize = sent.iter().flat_map(|server| &server.lanes).map(VecDeque::len).sum();
        assert_eq!(world.events().len(), left, "seed {seed}");
    }
}
