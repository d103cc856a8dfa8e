//! Answers to actions: who may send them, and a table of what there is.

mod channels;
mod command;
mod fault;
mod login;
mod misc;
mod phones;
mod queues;
mod variables;

use crate::class::Classes;
use crate::effects::Effects;
use crate::frame::{self, Frame};
use crate::node::Node;
use crate::request::Request;
use crate::session::Session;

pub(crate) use login::fully_booted;

/// An action on its way to an answer.
pub(crate) struct Action<'a> {
    pub(crate) request: &'a Request,
    pub(crate) node: &'a mut Node,
    pub(crate) session: &'a mut Session,
    pub(crate) fx: &'a mut Effects,
}

impl Action<'_> {
    fn id(&self) -> Option<Vec<u8>> {
        self.request.action_id().map(<[u8]>::to_vec)
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.session.out.tail()
    }

    fn success(&mut self, message: &str) {
        frame::success(self.session.out.tail(), self.request.action_id(), message);
    }

    fn error(&mut self, message: &str) {
        frame::error(self.session.out.tail(), self.request.action_id(), message);
    }

    /// The begin of a success that has no `Message`.
    fn answer(&mut self) -> Frame<'_> {
        Frame::response(self.session.out.tail(), "Success", self.request.action_id())
    }

    fn list_start(&mut self, message: &str) {
        frame::list_start(self.session.out.tail(), self.request.action_id(), message);
    }

    fn list_end(&mut self, event: &str, items: usize) {
        frame::list_end(self.session.out.tail(), self.request.action_id(), event, items, None);
    }

    fn item(&mut self, event: &str) -> Frame<'_> {
        Frame::item(self.session.out.tail(), event)
    }
}

/// One action that the simulator knows.
struct Known {
    name: &'static str,
    /// Classes of which the user must be allowed to write one; empty is everybody.
    privilege: &'static str,
    synopsis: &'static str,
    run: fn(&mut Action<'_>),
}

const fn known(name: &'static str, privilege: &'static str, synopsis: &'static str, run: fn(&mut Action<'_>)) -> Known {
    Known { name, privilege, synopsis, run }
}

const ACTIONS: [Known; 38] = [
    known("Challenge", "", "Ask for an MD5 challenge.", login::challenge),
    known("Command", "command", "Run a CLI command.", command::command),
    known("CoreSettings", "system,reporting", "Settings of the core.", misc::core_settings),
    known("CoreShowChannels", "system,reporting", "List channels.", channels::core_show_channels),
    known("CoreStatus", "system,reporting", "Status of the core.", misc::core_status),
    known("DBDel", "system", "Delete a database entry.", variables::db_del),
    known("DBDelTree", "system", "Delete database entries.", variables::db_del_tree),
    known("DBGet", "system,reporting", "Read a database entry.", variables::db_get),
    known("DBGetTree", "system,reporting", "List database entries.", variables::db_get_tree),
    known("DBPut", "system", "Write a database entry.", variables::db_put),
    known("DeviceStateList", "call,reporting", "List device states.", phones::device_state_list),
    known("Events", "", "Choose events.", login::events),
    known("Filter", "system", "Add an event filter.", misc::filter),
    known("Getvar", "call,reporting", "Read a variable.", variables::getvar),
    known("Hangup", "system,call", "Hang up a channel, or all that match.", channels::hangup),
    known("ListCommands", "", "List actions.", misc::list_commands),
    known("Login", "", "Log in.", login::login),
    known("Logoff", "", "Log off.", login::logoff),
    known("ModuleLoad", "system", "Module management.", misc::module_load),
    known("Originate", "originate", "Start a call.", channels::originate),
    known("Ping", "", "Keep alive.", misc::ping),
    known("PJSIPShowEndpoint", "system", "Details of a phone.", phones::show_endpoint),
    known("PJSIPShowEndpoints", "system", "List phones.", phones::show_endpoints),
    known("QueueAdd", "agent", "Add a queue member.", queues::add),
    known("QueueMemberRingInUse", "agent", "Let a busy member ring.", queues::ring_in_use),
    known("QueuePause", "agent", "Pause a queue member.", queues::pause),
    known("QueuePenalty", "agent", "Set a member's penalty.", queues::penalty),
    known("QueueRemove", "agent", "Remove a queue member.", queues::remove),
    known("QueueRule", "", "List queue rules.", queues::rule),
    known("QueueStatus", "", "List queues, members, callers.", queues::status),
    known("QueueSummary", "", "Summarise queues.", queues::summary),
    known("Redirect", "call", "Send a channel elsewhere.", channels::redirect),
    known("Setvar", "call", "Set a variable.", variables::setvar),
    known("SimulatorFault", "", "Cause a fault (simulator only).", fault::fault),
    known("SimulatorStats", "", "Counters of this node (simulator only).", fault::stats),
    known("Status", "system,call,reporting", "Status of channels.", channels::status),
    known("UserEvent", "user", "Send an event.", misc::user_event),
    known("WaitEvent", "", "Wait for an event.", misc::wait_event),
];

/// Reads one request and writes its answer. Events and orders that follow from it end up in `fx`.
pub(crate) fn handle(request: &Request, node: &mut Node, session: &mut Session, fx: &mut Effects) {
    let Some(name) = request.given("Action").map(<[u8]>::to_vec) else {
        return frame::error(session.out.tail(), request.action_id(), "Missing action in request");
    };
    if node.mute.as_ref().is_some_and(|mute| mute.covers(&name)) && !is(&name, "SimulatorFault") {
        return;
    }
    let mut action = Action { request, node, session, fx };
    if action.session.user.is_none() && !["Login", "Logoff", "Challenge"].iter().any(|open| is(&name, open)) {
        return action.error("Permission denied");
    }
    // A server that is booting has not loaded the module of the queues yet.
    let booting = !action.session.booted && name.to_ascii_lowercase().starts_with(b"queue");
    let Some(known) = ACTIONS.iter().find(|known| is(&name, known.name) && !booting) else {
        let name = String::from_utf8_lossy(&name);
        let text = format!("Invalid/unknown command: {name}. Use Action: ListCommands to show available commands.");
        return action.error(&text);
    };
    if !allowed(known, action.session) {
        return action.error("Permission denied");
    }
    (known.run)(&mut action);
}

fn is(name: &[u8], other: &str) -> bool {
    name.eq_ignore_ascii_case(other.as_bytes())
}

fn allowed(known: &Known, session: &Session) -> bool {
    known.privilege.is_empty()
        || session.user.as_ref().is_some_and(|user| user.write.intersects(Classes::from_mask(known.privilege)))
}
