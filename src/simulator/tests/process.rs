//! The program: starts, says where it listens, obeys, and ends with its parent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use common::Client;

struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ami-simulator"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn tell(&mut self, command: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{command}").unwrap();
        self.line()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_prints_and_writes_where_it_listens() {
    let file = std::env::temp_dir().join(format!("ami-simulator-{}.txt", std::process::id()));
    let path = file.to_str().unwrap();
    let mut process = Process::start(&["--nodes", "2", "--port", "0", "--name", "node", "--listen-file", path]);
    let lines = [process.line(), process.line()];
    assert_eq!(process.line(), "ready");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines.join("\n") + "\n");
    std::fs::remove_file(&file).unwrap();
    let (name, address) = lines[1].split_once(' ').unwrap();
    assert_eq!(name, "node2");
    assert_eq!(Client::connect(address.parse().unwrap()).line(), "Asterisk Call Manager/11.0.0");
}

#[test]
fn it_obeys_commands_on_its_standard_input_and_ends_with_it() {
    let mut process = Process::start(&["-n", "1", "-p", "0", "--stdin", "--calls", "0"]);
    let address = process.line().split_once(' ').unwrap().1.parse().unwrap();
    process.line();
    let mut client = Client::connect(address);
    client.line();
    assert_eq!(process.tell("pbx1 fault garbage bytes=10 delimited=yes"), "ok");
    assert_eq!(client.frame_bytes().len(), 10);
    let stats = process.tell("0 stats");
    assert!(stats.starts_with("ok pbx1 connections_accepted=1 connections_open=1 logins=0"), "{stats}");
    assert!(process.tell("nosuch stats").starts_with("error no node 'nosuch'"));
    assert!(process.tell("* fault nosuch").starts_with("error no fault 'nosuch'"));
    drop(process.child.stdin.take());
    assert!(process.child.wait().unwrap().success());
    assert!(client.at_end());
}

#[test]
fn it_ends_when_the_process_it_was_given_is_gone() {
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    let pid = other.id().to_string();
    let mut process = Process::start(&["-n", "1", "-p", "0", "--parent-pid", &pid]);
    assert!(process.line().starts_with("pbx1 "));
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn a_thousand_nodes_live_in_one_process() {
    let mut process = Process::start(&["-n", "1000", "-p", "0", "--calls", "0"]);
    let lines: Vec<String> = (0..1_000).map(|_| process.line()).collect();
    let addresses = lines.iter().step_by(10).map(|line| line.split_once(' ').unwrap().1.parse().unwrap());
    let mut clients: Vec<Client> = addresses.map(Client::connect).collect();
    for client in &mut clients {
        client.line();
        client.send("Action: Login\nActionID: l\nUsername: dialer\nSecret: s3cret\nEvents: off");
    }
    for client in &mut clients {
        assert_eq!(client.response("l").status(), "Success");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_ami-simulator")).args(["-n", "1", "-p", &port]).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("pbx1 on 127.0.0.1:{port}")), "{text}");
}

#[test]
fn wrong_options_are_told_and_help_is_at_hand() {
    let program = env!("CARGO_BIN_EXE_ami-simulator");
    let wrong = Command::new(program).arg("--nosuch").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--nosuch"));
    let help = Command::new(program).arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("Usage: ami-simulator [OPTIONS]"));
}
