//! Command line of the simulator: reads options, starts the nodes, and stays until it is told to end.
//!
//! `SIGTERM` and `SIGINT` have their default effect: there is nothing to tidy up, the kernel closes the sockets.

mod cli;
mod console;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ami_simulator::Simulator;

use crate::cli::{Options, Parsed};

/// How often the parent is looked for.
const PARENT_CHECK: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    let options = match cli::parse(std::env::args_os()) {
        Ok(Parsed::Run(options)) => *options,
        Ok(Parsed::Text(text)) => {
            say(&text);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("ami-simulator: {error} (--help shows all options)");
            return ExitCode::from(2);
        }
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ami-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> std::io::Result<()> {
    raise_descriptor_limit();
    let mut simulator = Simulator::start(options.simulation)?;
    let lines: Vec<String> =
        simulator.nodes().iter().map(|node| format!("{} {}", node.name(), node.address())).collect();
    if let Some(path) = &options.listen_file {
        write_whole(path, &(lines.join("\n") + "\n"))?;
    }
    if !options.quiet {
        say(&lines.join("\n"));
        say("ready");
    }
    let parent_gone = options.parent.map(|parent| move || !alive(parent));
    if options.stdin {
        if let Some(gone) = parent_gone {
            std::thread::spawn(move || {
                while !gone() {
                    std::thread::sleep(PARENT_CHECK);
                }
                std::process::exit(0);
            });
        }
        console::serve(&simulator, std::io::stdin().lock())?;
    } else {
        loop {
            if parent_gone.as_ref().is_some_and(|gone| gone()) {
                break;
            }
            std::thread::sleep(PARENT_CHECK);
        }
    }
    simulator.stop();
    Ok(())
}

/// A thousand nodes need a thousand descriptors before the first client: takes as many as the system grants.
#[cfg(unix)]
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    // If the system refuses, starting the nodes says what is missing.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

#[cfg(not(unix))]
fn raise_descriptor_limit() {}

/// Prints a line. A reader that is gone is no reason to end: nodes are still being served.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a file so that a reader sees all of it or none.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, text)?;
    std::fs::rename(&part, path)
}

#[cfg(unix)]
fn alive(pid: u32) -> bool {
    std::os::unix::process::parent_id() == pid || Path::new(&format!("/proc/{pid}")).exists()
}

#[cfg(not(unix))]
fn alive(_pid: u32) -> bool {
    true
}
