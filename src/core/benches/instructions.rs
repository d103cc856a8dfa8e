//! Nanoseconds per event (the best of many rounds), and under valgrind instructions per event, which are the same on a busy machine:
//!
//! ```text
//! cargo bench -p ami-core --bench instructions --no-run      # prints the program's path
//! valgrind --tool=callgrind --toggle-collect='*measured*' --callgrind-out-file=/dev/null PATH skip
//! ```
//!
//! Callgrind's `Collected` divided by the number of events that the program prints is the figure: only
//! `measured` is collected. Works: `skip`, `to_frame`, `three_headers`, `all_headers`, `action_id`; all of
//! them, one after the other, when none is given.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "benchmarks")]

mod common;

use std::time::Instant;

use ami_core::protocol::Parser;
use common::{Work, run, streams, warm_parser};

#[inline(never)]
fn measured(parser: &mut Parser, stream: &[u8], work: Work) -> usize {
    run(parser, stream, work)
}

fn main() {
    // Cargo adds `--bench`.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let valgrind = std::env::var_os("LD_LIBRARY_PATH").is_some_and(|path| path.to_string_lossy().contains("valgrind"));
    for (name, stream) in streams() {
        for (what, work) in Work::ALL {
            if wanted.is_empty() || wanted.iter().any(|wanted| wanted == what) {
                let mut parser = warm_parser(&stream);
                let (mut events, mut best) = (0, u128::MAX);
                for _ in 0..if valgrind { 1 } else { 300 } {
                    let start = Instant::now();
                    events = measured(&mut parser, &stream, work);
                    best = best.min(start.elapsed().as_nanos());
                }
                println!("{name:>14} {what:<14} {events:>5} events, {:>4} ns each", best / events.max(1) as u128);
            }
        }
    }
}
