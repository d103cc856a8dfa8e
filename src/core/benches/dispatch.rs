//! Time per event on its whole way through the core, from bytes in the parser's buffer to who is to be called:
//! `cargo bench -p ami-core --bench dispatch`.
//!
//! The throughput that is shown counts events. Contained is the copy into the buffer, which reading from a socket would be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "benchmarks")]
#![allow(missing_docs, reason = "criterion's macros make public functions")]

#[allow(dead_code, reason = "shared with the benchmarks of the parser")]
mod common;
#[path = "common/session.rs"]
mod session;

use common::synthetic_event;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use session::{Interest, LoggedIn};

/// Less than a queue holds and a tick hands out.
const EVENTS: usize = 500;

fn dispatch(criterion: &mut Criterion) {
    let flood = synthetic_event().repeat(EVENTS);
    let mut group = criterion.benchmark_group("dispatch");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for (what, interest) in Interest::ALL {
        let mut session = LoggedIn::new(interest);
        group.bench_function(what, |bencher| bencher.iter(|| session.tick(&flood)));
    }
    group.finish();
}

criterion_group!(benches, dispatch);
criterion_main!(benches);
