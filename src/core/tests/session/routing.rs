//! Which server an action goes to.

use crate::support::{MILLISECOND, SECOND, World, action, frame};
use ami_core::cluster::{Routing, ServerId};
use ami_core::config::{ClientOptions, ServerKey};
use ami_core::correlation::Completion;
use ami_core::health::ConnectionState;

/// Servers pbx0, pbx1, … that are ready.
fn ready(count: usize) -> (World, Vec<ServerId>) {
    let mut world = World::new(ClientOptions { max_connect_attempts_per_tick: count, ..ClientOptions::default() });
    let ids: Vec<_> = (0..count).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for &id in &ids {
        world.open(id);
        world.log_in(id);
    }
    (world, ids)
}

fn key(key: &str) -> ServerKey {
    ServerKey::parse(key.as_bytes()).unwrap()
}

/// The keys of the next choices; `-` for none.
fn choices(world: &mut World, routing: &Routing, count: usize) -> String {
    let now = world.now.instant;
    let key = |world: &World, id: ServerId| world.connection(id).config().key.as_str().replace("pbx", "");
    (0..count).map(|_| world.cluster.select(routing, None, now).map_or("-".into(), |id| key(world, id))).collect()
}

fn ask(world: &mut World, id: ServerId) -> String {
    let sequence = world.send(id, &action("CoreStatus"), Completion::by_answer(30 * SECOND)).unwrap();
    format!("ActionID: {}", String::from_utf8(world.connection(id).action_id(sequence)).unwrap())
}

#[test]
fn servers_that_are_ready_are_taken_in_turn_from_the_first_on() {
    let (mut world, ids) = ready(3);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 5), "01201");
    world.end(ids[2], None);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 3), "010");
}

#[test]
fn a_server_that_is_new_or_back_gets_its_place_in_the_turn() {
    let (mut world, ids) = ready(3);
    world.end(ids[1], None);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 1), "0");
    world.pass_to_deadline();
    world.log_in(ids[1]);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 3), "120");
}

#[test]
fn a_server_that_missed_a_heartbeat_is_not_chosen_until_it_answers() {
    let (mut world, ids) = ready(2);
    world.pass(15 * SECOND);
    let pings: Vec<_> = ids.iter().map(|&id| world.received(id).remove(0)).collect();
    world.feed(ids[0], &frame(&["Response: Success", &pings[0].action_id_line(), "Ping: Pong"]));
    world.pass(15 * SECOND);
    assert_eq!(world.connection(ids[1]).state(), ConnectionState::Degraded);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 3), "000");
    world.feed(ids[1], &frame(&["Response: Success", &pings[1].action_id_line(), "Ping: Pong"]));
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 2), "10");
}

#[test]
fn a_server_that_is_connecting_or_closing_is_not_chosen() {
    let (mut world, ids) = ready(2);
    world.cluster.close(ids[0], world.now);
    world.carry_out();
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 2), "11");
    world.cluster.terminate(ids[1], world.now);
    world.open(ids[1]);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 1), "-");
}

#[test]
fn failover_comes_back_to_the_first_as_soon_as_it_is_ready() {
    let (mut world, ids) = ready(3);
    let failover = Routing::Failover(["pbx2", "nobody", "pbx0"].map(key).to_vec());
    assert_eq!(choices(&mut world, &failover, 2), "22");
    world.end(ids[2], None);
    assert_eq!(choices(&mut world, &failover, 2), "00");
    world.pass_to_deadline();
    world.log_in(ids[2]);
    assert_eq!(choices(&mut world, &failover, 2), "22");
    world.end(ids[0], None);
    world.end(ids[2], None);
    assert_eq!(choices(&mut world, &failover, 1), "-", "pbx1 is not one of them");
}

#[test]
fn a_choice_of_one_server_does_not_move_the_turn() {
    let (mut world, _) = ready(3);
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 1), "0");
    assert_eq!(choices(&mut world, &Routing::Explicit(key("pbx2")), 2), "22");
    assert_eq!(choices(&mut world, &Routing::RoundRobin, 1), "1");
}

#[test]
fn actions_that_wait_count_until_they_are_answered() {
    let (mut world, ids) = ready(3);
    let first = ask(&mut world, ids[0]);
    ask(&mut world, ids[1]);
    assert_eq!(choices(&mut world, &Routing::LeastPending, 2), "22");
    world.feed(ids[0], &frame(&["Response: Success", &first]));
    assert_eq!(choices(&mut world, &Routing::LeastPending, 3), "020");
}

#[test]
fn the_answer_to_the_login_is_the_first_measure_and_each_pong_another() {
    let mut world = World::new(ClientOptions::default());
    let id = world.add("pbx0", &[("auth", "plain")]);
    world.open(id);
    world.accept(id);
    world.feed(id, crate::support::BANNER);
    let login = world.received(id).remove(0);
    world.pass(8 * MILLISECOND);
    world.feed(id, &frame(&["Response: Success", &login.action_id_line()]));
    world.feed(id, &frame(&["Event: FullyBooted"]));
    assert_eq!(world.connection(id).latency(world.now.instant), Some(8 * MILLISECOND));
    world.pass(15 * SECOND);
    let ping = world.received(id).remove(0);
    world.pass(40 * MILLISECOND);
    assert_eq!(world.connection(id).latency(world.now.instant), Some(40 * MILLISECOND), "it is overdue so long");
    world.feed(id, &frame(&["Response: Success", &ping.action_id_line(), "Ping: Pong"]));
    assert_eq!(world.connection(id).latency(world.now.instant), Some(16 * MILLISECOND));
    world.end(id, None);
    assert_eq!(world.connection(id).latency(world.now.instant), None, "a new session is measured anew");
}

#[test]
fn a_server_that_was_lost_counts_twice_for_a_minute() {
    let (mut world, ids) = ready(2);
    world.end(ids[0], None);
    world.pass_to_deadline();
    world.log_in(ids[0]);
    assert_eq!(choices(&mut world, &Routing::HealthAware, 2), "11");
    ask(&mut world, ids[1]);
    assert_eq!(choices(&mut world, &Routing::HealthAware, 2), "01", "equal");
    assert!(world.connection(ids[0]).is_recovering(world.now.instant + 59 * SECOND));
    assert!(!world.connection(ids[0]).is_recovering(world.now.instant + 60 * SECOND));
    assert!(!world.connection(ids[1]).is_recovering(world.now.instant), "its first session is no recovery");
}

#[test]
fn a_server_that_is_removed_gives_its_affinities_away_and_the_key_gets_them_back() {
    let (mut world, ids) = ready(4);
    let now = world.now.instant;
    let of = |world: &mut World, affinity: &str| world.cluster.select(&Routing::Sticky, Some(affinity.as_bytes()), now);
    let affinities: Vec<String> = (0..64).map(|n| format!("queue-{n}")).collect();
    let before: Vec<_> = affinities.iter().map(|affinity| of(&mut world, affinity).unwrap()).collect();
    world.remove(ids[1]);
    for (affinity, &server) in affinities.iter().zip(&before) {
        let chosen = of(&mut world, affinity).unwrap();
        assert_eq!(chosen == server, server != ids[1]);
    }
    let again = world.add("pbx1", &[("auth", "plain")]);
    world.open(again);
    world.log_in(again);
    for (affinity, &server) in affinities.iter().zip(&before) {
        assert_eq!(of(&mut world, affinity), Some(if server == ids[1] { again } else { server }));
    }
}
