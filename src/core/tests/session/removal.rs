//! Servers that are removed while others go on.

use crate::support::{SECOND, Session, Socket, action, frame};
use ami_core::cluster::{Routing, ServerId};
use ami_core::config::ClientOptions;
use ami_core::connection::SendError;
use ami_core::correlation::{Completion, Failure, LossReason};
use ami_core::events::NewSubscription;
use ami_core::export::Value;
use ami_core::health::ConnectionState;

fn remove(session: &mut Session) -> bool {
    let id = session.id;
    session.remove(id)
}

fn is_gone(session: &Session) -> bool {
    session.cluster.connection(session.id).is_none()
}

/// Another server with the same key.
fn add_again(session: &mut Session) -> ServerId {
    session.add("pbx1", &[("auth", "plain")])
}

#[test]
fn a_session_says_goodbye_and_is_gone_with_its_socket() {
    let mut session = Session::ready();
    assert!(remove(&mut session));
    assert_eq!(session.state(), ConnectionState::Closing);
    let logoff = session.received_one();
    assert_eq!(logoff.name(), "Logoff");
    session.frame(&["Response: Goodbye", &logoff.action_id_line()]);
    assert!(is_gone(&session));
    assert_eq!((session.sockets[0], session.cluster.len()), (Socket::None, 0));
    assert_eq!(session.cluster.next_deadline(), None, "no timer stays");
}

#[test]
fn a_server_that_never_says_goodbye_is_gone_after_two_seconds() {
    let mut session = Session::ready();
    remove(&mut session);
    session.pass_just_short_of(2 * SECOND);
    assert!(!is_gone(&session));
    session.pass(SECOND);
    assert!(is_gone(&session));
}

#[test]
fn a_server_without_a_session_is_gone_at_once_whatever_it_was_at() {
    let mut idle = Session::new(&[], ClientOptions::default());
    assert!(remove(&mut idle));
    assert!(is_gone(&idle));
    let mut connecting = Session::opened(&[], ClientOptions::default());
    remove(&mut connecting);
    assert_eq!((is_gone(&connecting), connecting.sockets[0]), (true, Socket::None));
    let mut waiting = Session::new(&[], ClientOptions::default());
    let (id, now) = (waiting.id, waiting.now);
    waiting.cluster.open(id, now);
    assert!(waiting.cluster.has_attempts_to_begin());
    remove(&mut waiting);
    assert!(!waiting.cluster.has_attempts_to_begin(), "nobody waits for its turn any more");
    let mut lost = Session::ready();
    lost.end();
    remove(&mut lost);
    assert!(is_gone(&lost));
    lost.pass(60 * SECOND);
    assert_eq!(lost.connects.len(), 1, "it does not come back");
}

#[test]
fn what_is_answered_before_the_goodbye_completes_and_the_rest_fails_once() {
    let mut session = Session::ready();
    let (first, first_line) = session.ask(&action("CoreStatus"));
    let (second, _) = session.ask(&action("CoreSettings"));
    session.received();
    remove(&mut session);
    session.frame(&["Response: Success", &first_line]);
    assert_eq!(session.outcomes(), [(first, None)]);
    let logoff = session.received_one();
    session.frame(&["Response: Goodbye", &logoff.action_id_line()]);
    let lost = Failure::ConnectionLost(LossReason::Closed);
    assert_eq!(session.outcomes(), [(second, Some(lost))]);
    assert!(is_gone(&session));
    session.pass(120 * SECOND);
    assert_eq!(session.outcomes(), []);
}

#[test]
fn its_key_is_free_at_once_and_the_old_session_does_not_touch_the_new_server() {
    let mut session = Session::ready();
    let old = session.id;
    session.subscribe(Some("Hangup"));
    remove(&mut session);
    let new = add_again(&mut session);
    assert_ne!(old, new);
    assert_eq!((session.cluster.id("pbx1"), session.cluster.len()), (Some(new), 2));
    session.world().open(new);
    session.world().log_in(new);
    session.event("Hangup");
    session.end();
    assert_eq!(session.world().connection(new).state(), ConnectionState::Ready);
    assert_eq!(session.world().connection(new).counters().events_queued, 0);
    assert_eq!(session.events(), ["Hangup"], "what was received is handed on");
    assert!(is_gone(&session));
}

#[test]
fn an_id_that_is_left_finds_nothing_where_another_server_has_the_place() {
    let mut session = Session::ready();
    let (old, now) = (session.id, session.now);
    remove(&mut session);
    session.end();
    let new = add_again(&mut session);
    assert_eq!((old.index(), old == new), (new.index(), false), "the place is used again");
    session.cluster.open(old, now);
    session.cluster.handle_connected(old, now);
    session.cluster.handle_end(old, None, now);
    session.cluster.terminate(old, now);
    assert!(!session.world().remove(old));
    assert_eq!(session.cluster.read_buffer(old).len(), 0);
    assert!(session.cluster.send(old, &action("Ping"), Completion::by_answer(SECOND), now).is_none());
    assert_eq!(session.world().connection(new).state(), ConnectionState::Disconnected);
    assert_eq!(session.cluster.at(new.index()), Some(new));
}

#[test]
fn it_is_removed_once_and_is_none_of_the_servers_from_then_on() {
    let mut session = Session::ready();
    let (id, now) = (session.id, session.now);
    let other = session.add("pbx2", &[]);
    assert!(remove(&mut session));
    assert!(!remove(&mut session));
    assert!(!session.cluster.contains(id));
    assert_eq!(session.cluster.iter().map(|(id, _)| id).collect::<Vec<_>>(), [other]);
    assert_eq!(session.cluster.select(&Routing::RoundRobin, None, now.instant), None);
    let refused = session.send(&action("Ping"), Completion::by_answer(SECOND));
    assert_eq!(refused, Err(SendError::NotReady(ConnectionState::Closing)));
    session.open();
    session.end();
    assert!(is_gone(&session), "open() does not call it back");
    assert_eq!(session.connects.len(), 1);
}

#[test]
fn its_own_listeners_end_with_it_and_those_of_all_servers_do_not() {
    let mut session = Session::ready();
    let (id, now) = (session.id, session.now);
    let all = session.subscribe(Some("Hangup"));
    let mut own = |name: Option<&str>, server| {
        let name = name.map(|name| name.as_bytes().into());
        session.cluster.subscribe(NewSubscription { name, server: Some(server), ..NewSubscription::default() }).unwrap()
    };
    let ours = [own(None, id), own(Some("Hangup"), id), own(Some("VarSet"), id)];
    let other = own(None, ServerId::new(7, 0));
    let mut ended = session.cluster.remove(id, now).unwrap();
    ended.sort_unstable();
    assert_eq!(ended, ours);
    let subscriptions = session.cluster.subscriptions();
    assert_eq!([all, other].map(|id| subscriptions.contains(id)), [true, true]);
    assert_eq!(subscriptions.len(), 2);
}

#[test]
fn events_that_had_been_received_are_dispatched_over_as_many_ticks_as_it_takes() {
    let mut session = Session::ready_with(ClientOptions { max_events_per_tick: 2, ..ClientOptions::default() });
    session.subscribe(None);
    for name in ["A", "B", "C", "D", "E"] {
        session.event(name);
    }
    remove(&mut session);
    session.end();
    assert!(!is_gone(&session));
    assert_eq!(session.events(), ["A", "B", "C", "D", "E"]);
    assert!(is_gone(&session));
    assert!(!session.cluster.has_events());
    let id = add_again(&mut session);
    session.cluster.begin_tick();
    assert!(session.cluster.pop_event(Some(id)).is_none());
}

#[test]
fn sums_over_the_process_do_not_go_back() {
    let mut session = Session::ready();
    session.event("Hangup");
    let before = *session.counters();
    remove(&mut session);
    let leaving = session.cluster.removed();
    assert_eq!((leaving.servers, leaving.counters.events), (1, before.events), "it counts while it says goodbye");
    session.end();
    assert!(is_gone(&session));
    let gone = session.cluster.removed();
    assert_eq!((gone.servers, gone.counters.events, gone.counters.sessions), (1, before.events, 1));
    let told = std::mem::take(&mut session.cluster.effects().gone);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].id, told[0].config.key.as_str()), (session.id, "pbx1"));
    let value = |name| told[0].samples.iter().find(|sample| sample.name == name).map(|sample| sample.value.clone());
    assert_eq!(value("events"), Some(Value::Count(before.events)));
    assert_eq!(value("event_queue_capacity"), Some(Value::Level(0.0)), "of gauges nothing is left");
    for _ in 0..3 {
        let id = add_again(&mut session);
        session.world().remove(id);
    }
    assert_eq!(session.cluster.removed().servers, 4);
    assert_eq!(session.cluster.effects().gone.len(), 0, "those that never did anything are not told of");
}

#[test]
fn servers_that_come_and_go_while_nobody_ticks_leave_a_bounded_list_and_are_counted() {
    const MANY: usize = 1_000;
    let mut session =
        Session::new(&[], ClientOptions { max_connect_attempts_per_tick: MANY, ..ClientOptions::default() });
    let mut world_id = session.id;
    for n in 0..MANY {
        session.world().open(world_id);
        let now = session.now;
        session.cluster.begin_attempts(now);
        session.cluster.terminate(world_id, now);
        session.world().remove(world_id);
        world_id = session.add(&format!("again{n}"), &[]);
    }
    assert_eq!(session.cluster.removed().servers, MANY as u64);
    let told = session.cluster.effects().gone.len();
    assert!((1..=256).contains(&told), "{told}");
    assert_eq!(session.cluster.gone_untold() + told as u64, MANY as u64);
}

#[test]
fn a_login_under_way_gives_its_room_to_the_next() {
    let mut session = Session::new(&[], ClientOptions { max_connecting: 1, ..ClientOptions::default() });
    let next = session.add("pbx2", &[]);
    session.open();
    session.world().open(next);
    let frame = frame(&["Event: Nothing"]);
    session.feed(&frame);
    assert_eq!(session.socket(next), Socket::None);
    remove(&mut session);
    session.tick();
    assert_eq!(session.socket(next), Socket::Asked);
}
