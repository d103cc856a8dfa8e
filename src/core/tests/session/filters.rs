//! `push_filters`: what the server is told of what is listened to.

use crate::support::{SECOND, Session, World, action, frame};
use ami_core::cluster::ServerId;
use ami_core::config::ClientOptions;
use ami_core::correlation::{Completion, Strategy};
use ami_core::events::NewSubscription;
use ami_core::log::Level;
use ami_core::time::Instant;
use std::sync::Arc;

const CORE: &str =
    "[Oo][Rr][Ii][Gg][Ii][Nn][Aa][Tt][Ee][Rr][Ee][Ss][Pp][Oo][Nn][Ss][Ee]|[Ss][Hh][Uu][Tt][Dd][Oo][Ww][Nn]";
const HANGUP: &str = "[Hh][Aa][Nn][Gg][Uu][Pp]";

fn options() -> ClientOptions {
    ClientOptions { push_filters: true, ..ClientOptions::default() }
}

fn session(settings: &[(&str, &str)], options: ClientOptions, names: &[&str]) -> Session {
    let mut session = Session::opened(settings, options);
    for name in names {
        session.subscribe(Some(name));
    }
    let id = session.id;
    session.log_in(id);
    session
}

fn ready(names: &[&str]) -> Session {
    session(&[], options(), names)
}

/// What the server reads and accepts: masks as `=mask`, filters as they are.
fn told(session: &mut Session) -> Vec<String> {
    let mut told = Vec::new();
    for action in session.received() {
        let (text, line) = match action.name() {
            "Events" => (format!("={}", action.get("EventMask").unwrap()), "Events: On"),
            "Filter" => {
                assert_eq!(action.get("Operation"), Some("Add"));
                (action.get("Filter").unwrap().to_owned(), "Message: Success")
            }
            other => (other.to_owned(), "Message: none"),
        };
        session.frame(&["Response: Success", &action.action_id_line(), line]);
        told.push(text);
    }
    told
}

fn refuse(session: &mut Session, which: &str) -> usize {
    let refused: Vec<_> = session.received().into_iter().filter(|action| action.name() == which).collect();
    for action in &refused {
        session.frame(&["Response: Error", &action.action_id_line(), "Message: Permission denied"]);
    }
    refused.len()
}

fn filter(names: &str) -> String {
    format!("^Event: ({names})[[:cntrl:]]")
}

#[test]
fn a_server_is_told_nothing_unless_asked_for() {
    let mut session = session(&[], ClientOptions::default(), &["Hangup"]);
    session.subscribe(None);
    session.pass(SECOND);
    assert_eq!(session.received().len(), 0);
    assert_eq!(session.counters().filters_pushed, 0);
}

#[test]
fn a_ready_server_is_told_the_names_and_classes_that_are_listened_to() {
    let mut session = ready(&["Hangup", "UserEvent"]);
    let names = format!("{HANGUP}|{CORE}|[Uu][Ss][Ee][Rr][Ee][Vv][Ee][Nn][Tt]");
    assert_eq!(told(&mut session), [filter(&names), "=system,call,user".into()]);
    assert_eq!((session.outcomes(), session.counters().responses_unmatched), (vec![], 0), "nobody gets the answers");
    assert_eq!(session.counters().filters_pushed, 2);
    session.pass(SECOND);
    assert_eq!(told(&mut session), Vec::<String>::new());
}

#[test]
fn without_a_listener_only_what_the_client_reads_itself_comes() {
    assert_eq!(told(&mut ready(&[])), [filter(CORE), "=system,call".into()]);
}

#[test]
fn a_later_listener_adds_a_filter_and_widens_the_mask_with_the_next_tick() {
    let mut session = ready(&[]);
    told(&mut session);
    session.subscribe(Some("hangup"));
    session.subscribe(Some("VarSet"));
    assert_eq!(session.received().len(), 0, "nothing is written outside a tick");
    assert_eq!(session.cluster.next_deadline(), Some(Instant::default()), "but the tick is due");
    session.tick();
    assert_eq!(
        told(&mut session),
        [filter(&format!("{HANGUP}|[Vv][Aa][Rr][Ss][Ee][Tt]")), "=system,call,dialplan".into()]
    );
    assert!(session.cluster.next_deadline() > Some(Instant::default()));
}

#[test]
fn a_second_listener_for_the_same_event_costs_nothing() {
    let mut session = ready(&["Hangup"]);
    session.tick();
    told(&mut session);
    let id = session.subscribe(Some("HANGUP"));
    assert!(session.cluster.next_deadline() > Some(Instant::default()), "no tick is due for it");
    session.cluster.unsubscribe(id);
    session.tick();
    assert_eq!(session.received().len(), 0);
}

#[test]
fn a_cancelled_listener_leaves_by_the_mask_and_comes_back_by_it() {
    let mut session = ready(&[]);
    let id = session.subscribe(Some("UserEvent"));
    session.tick();
    told(&mut session);
    session.tick();
    assert_eq!(told(&mut session), [filter("[Uu][Ss][Ee][Rr][Ee][Vv][Ee][Nn][Tt]"), "=system,call,user".into()]);
    session.cluster.unsubscribe(id);
    session.tick();
    assert_eq!(told(&mut session), ["=system,call"], "a filter cannot be taken back");
    session.subscribe(Some("UserEvent"));
    session.tick();
    assert_eq!(told(&mut session), ["=system,call,user"], "it is still there");
}

#[test]
fn a_listener_for_everything_gets_everything_and_no_filter_follows() {
    let mut session = ready(&["Hangup"]);
    told(&mut session);
    let any = session.subscribe(None);
    session.tick();
    assert_eq!(told(&mut session), ["^Event: ", "=on"]);
    session.cluster.unsubscribe(any);
    session.subscribe(Some("UserEvent"));
    session.tick();
    assert_eq!(told(&mut session), ["=system,call,user"]);
    session.subscribe(None);
    session.tick();
    assert_eq!(told(&mut session), ["=on"]);
}

#[test]
fn with_a_listener_for_everything_from_the_start_nothing_is_told() {
    let mut session = Session::opened(&[], options());
    session.subscribe(None);
    let id = session.id;
    session.log_in(id);
    assert_eq!(session.received().len(), 0);
}

#[test]
fn an_unknown_event_keeps_the_mask_as_it_is_configured() {
    let mut session = session(&[("events", "user,call")], options(), &["MyOwn", "UserEvent"]);
    let told = told(&mut session);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("[Mm][Yy][Oo][Ww][Nn]"));
}

#[test]
fn the_mask_never_grows_beyond_the_configured_one() {
    for (configured, mask) in
        [("user,dialplan", "=off"), ("call,cdr", "=call"), ("user,system,call,cdr", "=system,call")]
    {
        let mut session = session(&[("events", configured)], options(), &["Hangup"]);
        assert_eq!(told(&mut session)[1..], [mask.to_owned()], "{configured}");
    }
}

#[test]
fn a_mask_that_fits_already_is_not_asked_for_again() {
    let mut session = session(&[("events", "call,system")], options(), &["Hangup"]);
    assert_eq!(told(&mut session), [filter(&format!("{HANGUP}|{CORE}"))]);
}

#[test]
fn with_events_off_there_is_nothing_to_tell() {
    let mut session = Session::opened(&[("events", "off")], options());
    session.subscribe(Some("Hangup"));
    session.accept();
    session.feed(crate::support::BANNER);
    let login = session.received_one().action_id_line();
    session.frame(&["Response: Success", &login, "Message: Authentication accepted"]);
    assert_eq!((session.state().is_usable(), session.received().len()), (true, 0));
}

#[test]
fn allowed_and_blocked_events_narrow_what_is_asked_for() {
    let list = |list: &[&str]| list.iter().map(|name| name.as_bytes().into()).collect();
    let allowed = ClientOptions { allowed_events: list(&["Hangup", "Cdr"]), ..options() };
    let mut some = session(&[], allowed.clone(), &["hangup", "UserEvent"]);
    assert_eq!(told(&mut some), [filter(&format!("{HANGUP}|{CORE}")), "=system,call".into()]);
    let mut any = session(&[], allowed, &[]);
    told(&mut any);
    any.subscribe(None);
    any.tick();
    assert_eq!(
        told(&mut any),
        [filter(&format!("[Cc][Dd][Rr]|{HANGUP}")), "=system,call,cdr".into()],
        "all that is allowed"
    );
    let blocked = ClientOptions { blocked_events: list(&["HANGUP", "Shutdown"]), ..options() };
    assert_eq!(told(&mut session(&[], blocked, &["Hangup"])), [filter(CORE), "=system,call".into()]);
}

#[test]
fn a_refused_filter_is_told_once_and_leaves_the_mask() {
    let mut session = ready(&["Hangup"]);
    assert_eq!(refuse(&mut session, "Filter"), 1);
    session.subscribe(Some("UserEvent"));
    session.tick();
    let any = session.subscribe(None);
    session.tick();
    assert!(told(&mut session).iter().all(|text| text.starts_with('=')), "it takes none in this session");
    let records = session.records_of("the server takes no filter; in this session there is only the event mask");
    assert_eq!(records.iter().map(|record| record.level()).collect::<Vec<_>>(), [Level::Notice]);
    session.cluster.unsubscribe(any);
    session.end();
    session.come_back();
    assert_eq!(refuse(&mut session, "Filter"), 1, "the next session is asked again");
}

#[test]
fn a_filter_that_is_refused_after_others_lifts_them() {
    let mut session = ready(&["Hangup"]);
    told(&mut session);
    session.subscribe(Some("VarSet"));
    session.tick();
    let actions = session.received();
    session.frame(&["Response: Error", &actions[0].action_id_line(), "Message: Filter did not compile."]);
    assert_eq!(told(&mut session), ["^Event: "]);
}

#[test]
fn a_filter_that_cannot_be_lifted_is_a_warning() {
    let mut session = ready(&["Hangup"]);
    told(&mut session);
    session.subscribe(None);
    session.tick();
    assert_eq!(refuse(&mut session, "Filter"), 1);
    let records = session.records_of("a filter could not be lifted; events are missing in this session");
    assert_eq!(records.iter().map(|record| record.level()).collect::<Vec<_>>(), [Level::Warning]);
}

#[test]
fn a_mask_that_is_refused_is_left_alone() {
    let mut session = ready(&["Hangup"]);
    assert_eq!(refuse(&mut session, "Events"), 1);
    session.subscribe(Some("UserEvent"));
    session.tick();
    assert!(!told(&mut session).iter().any(|text| text.starts_with('=')));
    assert_eq!(session.records_of("the server did not change the event mask; it stays as it is").len(), 1);
}

#[test]
fn listeners_that_come_and_go_while_the_server_is_silent_make_no_heap_of_actions() {
    let mut session = ready(&[]);
    for _ in 0..1_000 {
        let id = session.subscribe(Some("UserEvent"));
        session.tick();
        session.cluster.unsubscribe(id);
        session.tick();
    }
    session.subscribe(Some("UserEvent"));
    session.tick();
    let first = session.received();
    assert_eq!(first.len(), 2);
    for action in first {
        session.frame(&["Response: Success", &action.action_id_line(), "Message: Success"]);
    }
    assert_eq!(told(&mut session), [filter("[Uu][Ss][Ee][Rr][Ee][Vv][Ee][Nn][Tt]"), "=system,call,user".into()]);
}

#[test]
fn listeners_for_ever_other_events_end_at_the_limit_of_filters() {
    let mut session = ready(&[]);
    told(&mut session);
    let mut filters = 1;
    for n in 0..100 {
        session.subscribe(Some(&format!("Event{n}")));
        session.tick();
        filters += told(&mut session).iter().filter(|text| text.starts_with('^')).count();
    }
    assert_eq!(filters, 33, "32, and one that lets everything through");
    assert_eq!(session.counters().filters_given_up, 1);
}

#[test]
fn many_names_are_one_filter_that_lets_a_little_more_through() {
    let names: Vec<String> = (0..30).map(|n| format!("QueueMember{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut session = ready(&names);
    let told = told(&mut session);
    assert_eq!(told.iter().filter(|text| text.starts_with('^')).count(), 1);
    assert!(told[0].len() <= 1_014 && told[0].ends_with(')'), "prefixes: {}", told[0]);
    assert!(told[0].contains("[Qq][Uu][Ee][Uu][Ee]") && told[0].contains("[Ss][Hh][Uu][Tt]"));
    assert_eq!(session.counters().filters_given_up, 0);
}

#[test]
fn names_that_fit_no_filter_at_all_leave_the_session_without_one() {
    let names: Vec<String> = (0..100).map(|n| format!("{n:04}Event")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut session = ready(&names);
    assert_eq!(told(&mut session).len(), 1, "short ones of digits do fit");
    let names: Vec<String> = (0..100_u8)
        .map(|n| [b'A' + n % 25, b'A' + n / 25, b'x', b'y', b'z'].map(char::from).iter().collect())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut session = ready(&names);
    assert_eq!((told(&mut session), session.counters().filters_given_up), (vec![], 1));
    session.subscribe(Some("Hangup"));
    session.tick();
    assert_eq!(told(&mut session), Vec::<String>::new(), "everything passes already");
    assert_eq!(session.counters().filters_given_up, 1, "and that is not counted again");
}

#[test]
fn a_thousand_names_are_as_many_as_are_looked_at() {
    let told_of = |count: u32| {
        let names: Vec<String> = (0..count).map(|n| format!("Event{n:04}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        told(&mut ready(&names))
    };
    assert_eq!(told_of(1_000).len(), 1, "their prefixes");
    assert_eq!(told_of(1_001), Vec::<String>::new());
}

#[test]
fn a_name_that_no_filter_can_spell_lets_everything_through() {
    for odd in ["My.*Event", "My Event", "Ev(", "\u{e4}", &"x".repeat(129)] {
        let mut session = ready(&["Hangup"]);
        told(&mut session);
        session.subscribe(Some(odd));
        session.tick();
        assert_eq!(told(&mut session), ["^Event: ", "=on"], "{odd}");
    }
}

#[test]
fn a_new_session_is_told_everything_anew() {
    let mut session = ready(&["Hangup"]);
    let first = told(&mut session);
    session.subscribe(None);
    session.tick();
    session.end();
    session.come_back();
    assert_eq!(told(&mut session), Vec::<String>::new(), "a new session has no filters and the configured mask");
    let mut session = ready(&["Hangup"]);
    assert_eq!(told(&mut session), first);
    session.end();
    session.subscribe(Some("hangup"));
    session.come_back();
    assert_eq!(told(&mut session), first);
}

#[test]
fn what_finds_no_room_in_the_write_buffer_is_told_later() {
    let mut session = session(&[], ClientOptions { write_buffer_limit: 128 * 1024, ..options() }, &[]);
    told(&mut session);
    let id = session.id;
    let big = action("Setvar").with_header("Value", "x".repeat(1_000)).unwrap();
    while session.send(&big, Completion::by_answer(SECOND)).is_ok() {}
    while session.send(&action("Ping"), Completion::by_answer(SECOND)).is_ok() {}
    session.subscribe(Some("Hangup"));
    session.tick();
    assert!(session.cluster.next_deadline() > Some(session.now.instant), "it is not tried again at once");
    session.take_written(id);
    session.tick();
    assert_eq!(told(&mut session), Vec::<String>::new());
    session.pass(SECOND);
    assert_eq!(told(&mut session), [filter(HANGUP)]);
}

#[test]
fn an_originate_gets_its_result_with_a_narrow_mask() {
    let mut session = ready(&[]);
    assert_eq!(told(&mut session), [filter(CORE), "=system,call".into()]);
    let originate = action("Originate").with_header("Async", "true").unwrap();
    let (sequence, id_line) = session.ask(&originate);
    assert_eq!(session.received().len(), 1, "nothing has to be told for it");
    session.frame(&["Response: Success", &id_line, "Message: Originate successfully queued"]);
    session.frame(&["Event: OriginateResponse", "Privilege: call,all", &id_line, "Response: Success"]);
    assert_eq!(session.outcomes(), [(sequence, None)]);
}

#[test]
fn an_event_that_an_action_waits_for_is_let_through_before_the_action_is_sent() {
    let mut session = ready(&[]);
    let waits_for = |names: &[&str]| {
        let terminal_events = names.iter().map(|name| name.as_bytes().into()).collect();
        Completion { strategy: Strategy::EventOnly { terminal_events }, ..Completion::by_answer(SECOND) }
    };
    let completion = || waits_for(&["userevent"]);
    session.send(&action("UserEvent"), completion()).unwrap();
    assert_eq!(
        told(&mut session)[2..],
        [filter("[Uu][Ss][Ee][Rr][Ee][Vv][Ee][Nn][Tt]"), "=system,call,user".into(), "UserEvent".into()],
        "without waiting for the answers to what was told before"
    );
    session.send(&action("UserEvent"), completion()).unwrap();
    assert_eq!(told(&mut session), ["UserEvent"]);
    let list_and_call = waits_for(&["queuestatuscomplete", "originateresponse"]);
    session.send(&action("QueueStatus"), list_and_call).unwrap();
    assert_eq!(told(&mut session), ["QueueStatus"], "these come anyway");
}

#[test]
fn actions_that_wait_for_ever_other_events_end_at_the_limit() {
    let mut session = ready(&[]);
    told(&mut session);
    for n in 0..100 {
        let terminal_events = vec![format!("event{n}").into_bytes().into()];
        let strategy = Strategy::EventOnly { terminal_events };
        session.send(&action("Ping"), Completion { strategy, ..Completion::by_answer(SECOND) }).unwrap();
    }
    let filters = told(&mut session).into_iter().filter(|text| text.starts_with('^'));
    assert_eq!((filters.count(), session.counters().filters_given_up), (32, 1), "unanswered ones too");
}

#[test]
fn an_action_that_waits_for_a_heap_of_events_opens_the_session() {
    let mut session = ready(&[]);
    told(&mut session);
    let terminal_events = (0..65).map(|n| format!("event{n}").into_bytes().into()).collect();
    let strategy = Strategy::EventOnly { terminal_events };
    session.send(&action("Ping"), Completion { strategy, ..Completion::by_answer(SECOND) }).unwrap();
    assert_eq!(told(&mut session), ["^Event: ", "=on", "Ping"]);
}

#[test]
fn each_server_is_told_what_is_wanted_of_it() {
    let mut world = World::new(ClientOptions::default());
    let quiet = world.add("quiet", &[("auth", "plain")]);
    let told = |key, world: &mut World| world.add_with(key, &[("auth", "plain")], Arc::new(options()));
    let (one, two) = (told("one", &mut world), told("two", &mut world));
    for id in [quiet, one, two] {
        world.open(id);
        world.log_in(id);
        for action in world.received(id) {
            world.feed(id, &frame(&["Response: Success", &action.action_id_line(), "Message: Success"]));
        }
    }
    let name = Some(b"Hangup".as_slice().into());
    world.cluster.subscribe(NewSubscription { name, server: Some(one), ..NewSubscription::default() }).unwrap();
    world.tick();
    let count = |world: &mut World, id: ServerId| world.received(id).len();
    assert_eq!([quiet, one, two].map(|id| count(&mut world, id)), [0, 1, 0]);
}

#[test]
fn an_answer_that_never_comes_keeps_no_later_listener_from_being_told() {
    let mut session = Session::opened(&[], ClientOptions { push_filters: true, ..ClientOptions::default() });
    session.subscribe(Some("Hangup"));
    let id = session.id;
    session.log_in(id);
    // With `brokeneventsaction` nothing of this is answered.
    session.received();
    session.subscribe(Some("Newchannel"));
    session.pass_just_short_of(30 * SECOND);
    let told = |session: &mut Session| {
        let mut told = Vec::new();
        for action in session.received() {
            if action.name() == "Ping" {
                session.frame(&["Response: Success", &action.action_id_line(), "Ping: Pong"]);
            } else {
                told.push(action.name().to_owned());
            }
        }
        told
    };
    while session.connection().unwritten_len() > 0 {
        assert_eq!(told(&mut session), Vec::<String>::new());
    }
    session.pass(2 * SECOND);
    assert_eq!(told(&mut session), ["Filter"]);
}
