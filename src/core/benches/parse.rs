//! Time per event, with the copy that reading from a socket would be: `cargo bench -p ami-core`.
//!
//! The throughput that is shown counts frames: one element is one frame.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "benchmarks")]
#![allow(missing_docs, reason = "criterion's macros make public functions")]

mod common;

use common::{Work, run, streams, warm_parser};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn parse(criterion: &mut Criterion) {
    for (name, stream) in streams() {
        let mut group = criterion.benchmark_group(name);
        let mut parser = warm_parser(&stream);
        let frames = run(&mut parser, &stream, Work::Skip);
        group.throughput(Throughput::Elements(frames as u64));
        for (what, work) in Work::ALL {
            group.bench_function(what, |bencher| bencher.iter(|| run(&mut parser, &stream, work)));
        }
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
