//! The action Command and a small CLI.

use std::time::Duration;

use super::Action;
use crate::config::CommandShape;
use crate::effects::Order;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::pbx::Pbx;
use crate::time::Stamp;

pub(super) const VERSION: &str = "22.10.1-simulated";
/// Lines of the longest output; a real server was seen to send as many.
const HELP_LINES: usize = 593;
/// How long a restarting server refuses connections.
const RESTART: Duration = Duration::from_millis(1_500);

pub(super) fn command(action: &mut Action<'_>) {
    let Some(command) = action.request.text("Command") else {
        return action.error("No command provided");
    };
    let words: Vec<&str> = command.split_whitespace().collect();
    if let ["core", verb @ ("restart" | "stop"), "now" | "gracefully"] = words.as_slice() {
        // A server that goes down does not answer.
        let restart = *verb == "restart";
        let fault = Box::new(Fault::Shutdown { restart, down: restart.then_some(RESTART) });
        return action.fx.orders.push(Order::Fault { fault, only: None });
    }
    let lines = output(&words, &action.node.pbx, action.fx.now);
    let known = lines.is_some();
    let lines = lines.unwrap_or_else(|| {
        let known = words.split_last().map(|(_, known)| known.join(" ")).unwrap_or_default();
        vec![format!("No such command '{command}' (type 'core show help {known}' for other possible commands)")]
    });
    let id = action.request.action_id();
    let out = action.session.out.tail();
    match action.node.config.command_shape {
        CommandShape::Output => {
            let mut answer = Frame::response(out, if known { "Success" } else { "Error" }, id);
            answer.put("Message", "Command output follows");
            for line in lines {
                answer.put("Output", line);
            }
            answer.end();
        }
        CommandShape::Follows => {
            let mut answer = Frame::bare(out);
            answer.put("Response", "Follows").put("Privilege", "Command").action_id(id);
            for line in lines {
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
            out.extend_from_slice(b"--END COMMAND--\r\n\r\n");
        }
    }
}

/// The output of a CLI command; `None` if there is no such command.
fn output(words: &[&str], pbx: &Pbx, now: Stamp) -> Option<Vec<String>> {
    Some(match words {
        ["core", "show", "channels"] => channels(pbx),
        ["core", "show", "channels", "concise"] => concise(pbx, now),
        ["core", "show", "version"] => vec![format!("Asterisk {VERSION} built by simulator @ localhost on a x86_64")],
        ["core", "show", "uptime"] => vec![
            format!("System uptime: {} seconds", now.since(pbx.started)),
            format!("Last reload: {} seconds", now.since(pbx.started)),
        ],
        ["core", "show", "calls"] => {
            vec![format!("{} active calls", pbx.calls.active()), format!("{} calls processed", pbx.calls.ended)]
        }
        ["core", "show", "help"] => help(),
        ["queue", "show", ..] => queues(pbx),
        ["module", "show"] => (0..320)
            .map(|number| {
                format!("res_simulated_{number:03}.so         Simulated Module {number:03}      {} Running", number % 7)
            })
            .collect(),
        _ => return None,
    })
}

fn channels(pbx: &Pbx) -> Vec<String> {
    let mut lines = vec![format!("{:<64} {:<32} {:<7} {:<30}", "Channel", "Location", "State", "Application(Data)")];
    for channel in pbx.channels.values() {
        let location = format!("{}@{}:{}", channel.exten, channel.context, channel.priority);
        let run = format!("{}({})", channel.application, String::from_utf8_lossy(&channel.data));
        lines.push(format!("{:<64} {location:<32} {:<7} {run:<30}", channel.name, format!("{:?}", channel.state)));
    }
    lines.push(format!("{} active channels", pbx.channels.len()));
    lines.push(format!("{} active calls", pbx.calls.active()));
    lines.push(format!("{} calls processed", pbx.calls.ended));
    lines
}

fn concise(pbx: &Pbx, now: Stamp) -> Vec<String> {
    let lines = pbx.channels.values().map(|channel| {
        format!(
            "{}!{}!{}!{}!{:?}!{}!{}!{}!!!3!{}!{}!{}",
            channel.name,
            channel.context,
            channel.exten,
            channel.priority,
            channel.state,
            channel.application,
            String::from_utf8_lossy(&channel.data),
            String::from_utf8_lossy(&channel.caller.0),
            now.since(channel.created),
            channel.bridge.as_deref().unwrap_or_default(),
            channel.uniqueid
        )
    });
    lines.collect()
}

/// Long, and with blank lines, which must not be taken for the end of the answer.
fn help() -> Vec<String> {
    let line = |number: usize| match number % 20 {
        19 => String::new(),
        _ => format!("simulated command {number:03} <arg>  -- Does: what number {number} does"),
    };
    (0..HELP_LINES).map(line).collect()
}

fn queues(pbx: &Pbx) -> Vec<String> {
    let mut lines = Vec::new();
    for queue in &pbx.queues {
        lines.push(format!(
            "{} has {} calls (max unlimited) in '{}' strategy ({}s holdtime, {}s talktime), W:{}, C:{}, A:{}",
            queue.name,
            queue.waiting.len(),
            queue.strategy,
            queue.hold_time,
            queue.talk_time,
            queue.weight,
            queue.completed,
            queue.abandoned
        ));
        lines.push(if queue.members.is_empty() { "   No Members" } else { "   Members: " }.to_owned());
        for member in &queue.members {
            lines.push(format!("      {} ({}) has taken {} calls", member.name, member.interface, member.calls_taken));
        }
        lines.push("   No Callers".to_owned());
        lines.push(String::new());
    }
    lines
}
