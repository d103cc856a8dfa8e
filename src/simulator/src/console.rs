//! Control over standard input: one command a line, one answer a line.

use std::io::{self, BufRead};

use ami_simulator::{Fault, NodeHandle, Simulator};

use crate::cli::fault_parameters;
use crate::say;

/// Obeys commands until the end of the input or `quit`.
pub(crate) fn serve(simulator: &Simulator, input: impl BufRead) -> io::Result<()> {
    for line in input.lines() {
        match obey(simulator, &line?) {
            Answer::Nothing => {}
            Answer::Lines(lines) => lines.iter().for_each(|line| say(line)),
            Answer::Quit => break,
        }
    }
    Ok(())
}

enum Answer {
    Nothing,
    Lines(Vec<String>),
    Quit,
}

fn obey(simulator: &Simulator, line: &str) -> Answer {
    let words: Vec<&str> = line.split_whitespace().collect();
    let answer = match words.as_slice() {
        [] => return Answer::Nothing,
        ["quit" | "stop"] => return Answer::Quit,
        ["nodes"] => Ok(simulator.nodes().iter().map(|node| format!("{} {}", node.name(), node.address())).collect()),
        ["help"] => Ok(vec![
            "ok commands: nodes | NODE stats | NODE fault NAME [KEY=VALUE]... | quit; NODE is a name, \
            an index from 0, or *"
                .to_owned(),
        ]),
        [node, "stats"] => chosen(simulator, node)
            .map(|nodes| nodes.iter().map(|node| format!("ok {} {}", node.name(), node.stats())).collect()),
        [node, "fault", name, parameters @ ..] => chosen(simulator, node).and_then(|nodes| {
            let fault = Fault::parse(name, fault_parameters(parameters)).map_err(|error| error.to_string())?;
            for node in nodes {
                node.fault(fault.clone());
            }
            Ok(vec!["ok".to_owned()])
        }),
        _ => Err(format!("no such command: '{line}' (try help)")),
    };
    Answer::Lines(answer.unwrap_or_else(|error| vec![format!("error {error}")]))
}

fn chosen<'a>(simulator: &'a Simulator, name: &str) -> Result<Vec<&'a NodeHandle>, String> {
    let nodes = simulator.nodes();
    if name == "*" {
        return Ok(nodes.iter().collect());
    }
    let by_index = name.parse().ok().and_then(|index: usize| nodes.get(index));
    by_index
        .or_else(|| nodes.iter().find(|node| node.name() == name))
        .map(|node| vec![node])
        .ok_or_else(|| format!("no node '{name}'"))
}
