//! Whose events go to listeners, in which order, and how many in a tick.

use crate::support::{Session, World, frame, text};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use std::sync::Arc;

/// Servers that are ready, with a listener for everything.
fn world(count: usize, options: ClientOptions) -> (World, Vec<ServerId>) {
    let mut world = World::new(options);
    let ids: Vec<_> = (0..count).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for id in &ids {
        world.open(*id);
        world.log_in(*id);
    }
    world.subscribe(None);
    (world, ids)
}

fn events(world: &mut World, id: ServerId, count: usize) {
    let bytes: Vec<u8> = (0..count).flat_map(|n| frame(&["Event: E", &format!("Seq: {n}")])).collect();
    world.feed(id, &bytes);
}

/// The servers whose events a tick hands out, in order.
fn one_tick(world: &mut World) -> Vec<usize> {
    world.cluster.begin_tick();
    std::iter::from_fn(|| world.cluster.pop_event(None)).map(|(id, _)| id.index()).collect()
}

#[test]
fn servers_take_turns_event_by_event() {
    let (mut world, ids) = world(3, ClientOptions::default());
    events(&mut world, ids[0], 4);
    events(&mut world, ids[1], 2);
    events(&mut world, ids[2], 1);
    assert_eq!(one_tick(&mut world), [0, 1, 2, 0, 1, 0, 0]);
    assert!(!world.cluster.has_events());
}

#[test]
fn the_order_within_a_server_is_that_of_arrival() {
    let (mut world, ids) = world(2, ClientOptions::default());
    events(&mut world, ids[0], 50);
    events(&mut world, ids[1], 50);
    world.cluster.begin_tick();
    let mut next = [0, 0];
    while let Some((id, event)) = world.cluster.pop_event(None) {
        let seq = text(event.frame.as_ref().header(b"Seq").unwrap());
        assert_eq!(seq, next[id.index()].to_string());
        next[id.index()] += 1;
    }
    assert_eq!(next, [50, 50]);
}

#[test]
fn a_server_hands_out_at_most_its_budget_in_a_tick_and_the_rest_later() {
    let (mut world, ids) = world(2, ClientOptions { max_events_per_tick: 10, ..ClientOptions::default() });
    events(&mut world, ids[0], 25);
    events(&mut world, ids[1], 3);
    let first = one_tick(&mut world);
    assert_eq!((first.len(), first.iter().filter(|&&index| index == 0).count()), (13, 10));
    assert!(world.cluster.has_events());
    assert_eq!((one_tick(&mut world).len(), one_tick(&mut world).len()), (10, 5));
    assert!(!world.cluster.has_events());
}

#[test]
fn a_server_with_a_flood_does_not_keep_the_others_waiting() {
    let (mut world, ids) = world(10, ClientOptions { max_events_per_tick: 100, ..ClientOptions::default() });
    events(&mut world, ids[0], 5_000);
    for tick in 0..20 {
        for id in &ids[1..] {
            events(&mut world, *id, 1);
        }
        let order = one_tick(&mut world);
        let last_other = order.iter().rposition(|&index| index != 0).unwrap();
        assert!(last_other < 20, "tick {tick}: {last_other}");
        assert_eq!(order.len(), 109);
    }
}

#[test]
fn each_server_has_the_budget_of_its_own_options() {
    let mut world = World::new(ClientOptions::default());
    let budgets = [5, 2];
    let ids = [0, 1].map(|n| {
        let options = ClientOptions { max_events_per_tick: budgets[n], ..ClientOptions::default() };
        world.add_with(&format!("pbx{n}"), &[("auth", "plain")], Arc::new(options))
    });
    for id in ids {
        world.open(id);
        world.log_in(id);
    }
    world.subscribe(None);
    for id in ids {
        events(&mut world, id, 9);
    }
    assert_eq!(one_tick(&mut world), [0, 1, 0, 1, 0, 0, 0]);
}

#[test]
fn a_tick_for_one_server_leaves_the_events_of_the_others() {
    let (mut world, ids) = world(2, ClientOptions { max_events_per_tick: 3, ..ClientOptions::default() });
    events(&mut world, ids[0], 2);
    events(&mut world, ids[1], 5);
    world.cluster.begin_tick();
    let taken = std::iter::from_fn(|| world.cluster.pop_event(Some(ids[1]))).count();
    assert_eq!((taken, world.connection(ids[0]).queued_events()), (3, 2));
    let rest = std::iter::from_fn(|| world.cluster.pop_event(None)).map(|(id, _)| id.index()).collect::<Vec<_>>();
    assert_eq!(rest, [0, 0], "its budget for this tick is used up");
    assert_eq!(one_tick(&mut world), [1, 1]);
}

#[test]
fn a_server_whose_events_were_taken_by_itself_is_nobodys_work_any_more() {
    let (mut world, ids) = world(2, ClientOptions::default());
    for round in 0..3 {
        events(&mut world, ids[1], 2);
        assert!(world.cluster.has_events(), "{round}");
        world.cluster.begin_tick();
        while world.cluster.pop_event(Some(ids[1])).is_some() {}
        assert!(!world.cluster.has_events(), "{round}");
    }
    events(&mut world, ids[1], 1);
    assert_eq!(one_tick(&mut world), [1]);
}

#[test]
fn events_that_come_while_others_are_handed_out_have_their_turn_in_the_same_tick() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.event("A");
    session.cluster.begin_tick();
    assert!(session.cluster.pop_event(None).is_some());
    session.event("B");
    assert!(session.cluster.pop_event(None).is_some());
    assert!(session.cluster.pop_event(None).is_none());
    assert_eq!(session.counters().events_dispatched, 2);
}

#[test]
fn counts_of_a_tick_are_taken_once() {
    let (mut world, ids) = world(1, ClientOptions::default());
    world.cluster.take_counts();
    events(&mut world, ids[0], 7);
    one_tick(&mut world);
    let counts = world.cluster.take_counts();
    assert_eq!((counts.frames_read, counts.events_dispatched), (7, 7));
    assert_eq!(world.cluster.take_counts(), ami_core::connection::TickCounts::default());
}
