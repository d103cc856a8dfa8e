//! What the application is told when a server comes back.

use crate::support::{SECOND, Session, World};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::connection::Gap;
use ami_core::correlation::LossReason;

fn gap(session: &mut Session) -> Option<Gap> {
    session.cluster.pop_gap(None).map(|(_, gap)| gap)
}

#[test]
fn the_first_session_is_no_gap_and_each_later_one_tells_one() {
    let mut session = Session::ready();
    assert!(!session.cluster.has_news(None));
    assert_eq!(gap(&mut session), None);
    session.pass(5 * SECOND);
    let last_read = session.now.wall;
    session.event("Newchannel");
    session.pass(3 * SECOND);
    session.end();
    assert_eq!(gap(&mut session), None, "it is not over");
    session.come_back();
    assert!(session.cluster.has_news(None));
    let told = gap(&mut session).unwrap();
    assert_eq!((told.from, told.to), (last_read, session.now.wall));
    assert!(told.to.0 - told.from.0 > 3_000_000);
    assert_eq!((told.reason, told.sessions, told.events_dropped), (LossReason::EndOfFile, 1, 0));
    assert_eq!(gap(&mut session), None, "once");
    session.fail("Connection reset by peer");
    session.come_back();
    assert_eq!(gap(&mut session).unwrap().reason, LossReason::Io("Connection reset by peer".into()));
}

#[test]
fn attempts_that_fail_meanwhile_do_not_change_when_and_why_it_began() {
    let mut session = Session::ready();
    let began = session.now.wall;
    session.end();
    for _ in 0..3 {
        session.pass_to_deadline();
        session.fail("refused");
    }
    session.come_back();
    let told = gap(&mut session).unwrap();
    assert_eq!((told.from, told.reason, told.sessions), (began, LossReason::EndOfFile, 1));
}

#[test]
fn it_is_told_after_the_last_event_of_the_old_session_and_before_the_first_of_the_new_one() {
    let mut session = Session::ready();
    session.subscribe(None);
    session.event("Old1");
    session.event("Old2");
    session.end();
    session.come_back();
    session.event("New");
    let mut order = Vec::new();
    loop {
        session.cluster.begin_tick();
        if session.cluster.pop_gap(None).is_some() {
            order.push("gap".to_owned());
        } else if let Some((_, event)) = session.cluster.pop_event(None) {
            order.push(String::from_utf8_lossy(event.frame.as_ref().name()).into_owned());
        } else {
            break;
        }
    }
    assert_eq!(order, ["Old1", "Old2", "gap", "FullyBooted", "New"]);
}

#[test]
fn events_of_the_ended_session_that_a_full_queue_gave_up_are_counted_in() {
    let mut session = Session::ready_with(ClientOptions { event_queue_capacity: 2, ..ClientOptions::default() });
    session.subscribe(Some("Hangup"));
    for _ in 0..5 {
        session.event("Hangup");
    }
    session.end();
    session.come_back();
    // What the new session drops is not of this gap; and dropping, too, takes old events out of the queue.
    for _ in 0..2 {
        session.event("Hangup");
    }
    assert_eq!(gap(&mut session).unwrap().events_dropped, 3);
    session.end();
    session.come_back();
    session.events();
    assert_eq!(gap(&mut session).unwrap().events_dropped, 2);
}

#[test]
fn a_gap_that_nobody_took_grows_instead_of_becoming_two() {
    let mut session = Session::ready();
    let began = session.now.wall;
    session.end();
    session.come_back();
    session.pass(SECOND);
    session.fail("reset");
    session.come_back();
    let told = gap(&mut session).unwrap();
    assert_eq!((told.from, told.to, told.sessions), (began, session.now.wall, 2));
    assert_eq!((told.reason, gap(&mut session)), (LossReason::Io("reset".into()), None));
}

#[test]
fn a_session_that_the_application_closed_leaves_a_gap_like_any_other() {
    let mut session = Session::ready();
    session.terminate();
    session.open();
    session.come_back();
    assert_eq!(gap(&mut session).unwrap().reason, LossReason::Closed);
}

#[test]
fn gaps_of_many_servers_are_told_in_turn_or_for_one_alone() {
    let mut world = World::new(ClientOptions::default());
    let ids: Vec<ServerId> = (0..3).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for &id in &ids {
        world.open(id);
        world.log_in(id);
    }
    for &id in &ids {
        world.end(id, None);
    }
    world.pass(SECOND);
    for &id in &ids {
        world.log_in(id);
    }
    assert_eq!(world.cluster.pop_gap(Some(ids[1])).unwrap().0, ids[1]);
    assert_eq!(world.cluster.pop_gap(Some(ids[1])), None);
    assert!(!world.cluster.has_news(Some(ids[1])), "who ticks one server need not hear of the others");
    assert!(world.cluster.has_news(Some(ids[0])));
    assert_eq!(world.cluster.pop_gap(None).unwrap().0, ids[0]);
    assert_eq!(world.cluster.pop_gap(None).unwrap().0, ids[2]);
    assert!(!world.cluster.has_news(None));
}
