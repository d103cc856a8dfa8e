//! The next deadline is always the next thing that happens by itself.

use crate::support::{BANNER, MILLISECOND, SECOND, Session, Socket, World, action};
use ami_core::config::ClientOptions;
use ami_core::correlation::Completion;
use std::time::Duration;

fn until_due(world: &World) -> Option<Duration> {
    world.cluster.next_deadline().map(|due| due.since(world.now.instant))
}

#[test]
fn each_state_has_its_deadline() {
    let options = ClientOptions {
        connect_timeout: 4 * SECOND,
        auth_timeout: 6 * SECOND,
        heartbeat_interval: 9 * SECOND,
        ..ClientOptions::default()
    };
    let mut session = Session::new(&[], options);
    assert_eq!(until_due(&session), None);
    session.open();
    assert_eq!(until_due(&session), Some(4 * SECOND));
    session.pass(SECOND);
    session.accept();
    assert_eq!(until_due(&session), Some(6 * SECOND));
    session.pass(SECOND);
    session.feed(BANNER);
    assert_eq!(until_due(&session), Some(5 * SECOND), "the login has what the banner left");
    let login = session.received_one();
    session.frame(&["Response: Success", &login.action_id_line()]);
    assert_eq!(until_due(&session), Some(5 * SECOND), "FullyBooted");
    session.event("FullyBooted");
    assert_eq!(until_due(&session), Some(9 * SECOND));
    session.close();
    assert_eq!(until_due(&session), Some(2 * SECOND));
    session.terminate();
    assert_eq!(until_due(&session), None);
}

#[test]
fn the_earliest_of_all_actions_counts_and_goes_with_it() {
    let mut session = Session::ready();
    let completion = |seconds| Completion::by_answer(seconds * SECOND);
    session.send(&action("Ping"), completion(12)).unwrap();
    assert_eq!(until_due(&session), Some(12 * SECOND));
    let soon = session.send(&action("Ping"), completion(3)).unwrap();
    assert_eq!(until_due(&session), Some(3 * SECOND));
    session.cancel(soon);
    assert_eq!(until_due(&session), Some(12 * SECOND));
    session.end();
    let retry = session.connection().retry_in(session.now.instant);
    assert_eq!(until_due(&session), retry, "the retry is all that is left");
    assert!(retry < Some(SECOND));
}

#[test]
fn the_earliest_of_all_servers_counts() {
    let mut world = World::new(ClientOptions::default());
    let ids: Vec<_> = (0..3).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for id in &ids {
        world.open(*id);
        world.log_in(*id);
        world.pass(SECOND);
    }
    assert_eq!(until_due(&world), Some(12 * SECOND));
    world.end(ids[0], None);
    assert_eq!(until_due(&world), world.connection(ids[0]).retry_in(world.now.instant));
    assert!(until_due(&world) < Some(SECOND));
    world.cluster.terminate(ids[0], world.now);
    assert_eq!(until_due(&world), Some(13 * SECOND));
}

#[test]
fn skipped_deadlines_stay_and_others_are_handled() {
    let mut world = World::new(ClientOptions::default());
    let ids: Vec<_> = (0..2).map(|n| world.add(&format!("pbx{n}"), &[("auth", "plain")])).collect();
    for id in &ids {
        world.open(*id);
        world.log_in(*id);
        world.send(*id, &action("Ping"), Completion::by_answer(SECOND)).unwrap();
    }
    let due = world.cluster.next_deadline().unwrap();
    let later = ami_core::time::Now { instant: due + SECOND, wall: world.now.wall };
    world.cluster.handle_timeouts(later, |id, at| id == ids[0] && at == due);
    world.carry_out();
    assert_eq!(world.settled.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(world.cluster.next_deadline(), Some(due));
    assert!(world.cluster.next_deadline_except(|id, _| id == ids[0]) > Some(due + SECOND));
    world.cluster.handle_timeouts(later, |_, _| false);
    world.carry_out();
    assert_eq!(world.settled.len(), 2);
}

#[test]
fn nothing_happens_between_two_deadlines() {
    let mut session = Session::ready_with(ClientOptions { event_queue_capacity: 1, ..ClientOptions::default() });
    session.subscribe(None);
    session.event("A");
    session.event("B");
    session.send(&action("Ping"), Completion::by_answer(7 * SECOND)).unwrap();
    session.received();
    for _ in 0..100 {
        if session.socket(session.id) == Socket::Asked {
            session.fail("refused");
        }
        let Some(wait) = until_due(&session) else { break };
        let before =
            (session.state(), session.records.len(), session.connection().unwritten_len(), session.settled.len());
        if wait > MILLISECOND {
            session.pass_just_short_of(wait);
            let after =
                (session.state(), session.records.len(), session.connection().unwritten_len(), session.settled.len());
            assert_eq!(before, after, "before {wait:?} were over");
        }
        session.pass_to_deadline();
        let after =
            (session.state(), session.records.len(), session.connection().unwritten_len(), session.settled.len());
        assert_ne!(before, after, "at {wait:?}");
    }
    assert!(session.elapsed() > 60 * SECOND);
}
