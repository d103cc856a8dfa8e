//! Nanoseconds per event (the best of many rounds), and under valgrind instructions per event, which are the
//! same on a busy machine:
//!
//! ```text
//! cargo bench -p ami-core --bench instructions --no-run      # prints the program's path
//! valgrind --tool=callgrind --toggle-collect='*measured*' --callgrind-out-file=/dev/null PATH synthetic_520 skip 1
//! ```
//!
//! Callgrind's `Collected` divided by the number of events that the program prints is the figure. It counts
//! parsing and the work only; the time contains the copy into the buffer too. Arguments choose among streams
//! (`synthetic_520`, `flood_small`, `parallel20`) and works (`skip`, `to_frame`, `three_headers`, `all_headers`,
//! `action_id`); a number is that of the rounds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "benchmarks")]

mod common;

use std::time::Instant;

use common::{Work, run, streams, warm_parser};

fn main() {
    // Cargo adds `--bench`.
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let rounds = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(300);
    let works: Vec<_> = Work::ALL.into_iter().filter(|(what, _)| args.iter().any(|arg| arg == what)).collect();
    let works = if works.is_empty() { Work::ALL.to_vec() } else { works };
    let mut chosen: Vec<_> = streams();
    if chosen.iter().any(|(name, _)| args.iter().any(|arg| arg == name)) {
        chosen.retain(|(name, _)| args.iter().any(|arg| arg == name));
    }
    for (name, stream) in chosen {
        for (what, work) in &works {
            let mut parser = warm_parser(&stream);
            let (mut events, mut best) = (0, u128::MAX);
            for _ in 0..rounds {
                let start = Instant::now();
                events = run(&mut parser, &stream, *work);
                best = best.min(start.elapsed().as_nanos());
            }
            println!("{name:>14} {what:<14} {events:>5} events, {:>4} ns each", best / events.max(1) as u128);
        }
    }
}
