//! Random changes to the seeds, for machines without a C++ compiler: `mutate TARGET SECONDS [CORPUS]`.
//!
//! Blind, where libFuzzer looks at which branches an input reaches; better than nothing. An input that
//! fails is written to `crash-TARGET` in the current folder.

use std::time::{Duration, Instant};

use ami_core_fuzz::{call, seeds_of};

const PIECES: [&[u8]; 16] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"\n\n",
    b"Event: ",
    b"Response: ",
    b"Response: Follows\r\n",
    b"--END COMMAND--",
    b"ActionID: 1\r\n",
    b"Privilege: Command\r\n",
    b"Output: ",
    b"Asterisk Call Manager/1.0\r\n",
    b": ",
    b"\0",
    b"\x01",
];

/// xorshift64*: good enough to choose changes by.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }
}

fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut data = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let at = random.below(data.len() + 1);
        match random.below(6) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 => drop(data.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())),
            2 => drop(data.drain(at..(at + random.below(20)).min(data.len()))),
            3 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let to = (from + random.below(200)).min(other.len());
                data.splice(at..at, other[from..to].iter().copied());
            }
            4 => data.insert(at, random.below(256) as u8),
            _ => {
                let end = (at + random.below(300)).min(data.len());
                let copy = data[at..end].to_vec();
                data.splice(at..at, copy);
            }
        }
        data.truncate(4096);
    }
    data
}

fn main() {
    let mut args = std::env::args().skip(1);
    let target = args.next().expect("a target");
    let seconds = args.next().and_then(|arg| arg.parse().ok()).expect("a number of seconds");
    let corpus = args.next().unwrap_or_else(|| "corpus".into());
    let folder = std::path::Path::new(&corpus).join(seeds_of(&target));
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder of seeds")
        .map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a seed"))
        .collect();
    seeds.sort();
    // Not the clock: a run can be repeated.
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (start, mut executions) = (Instant::now(), 0u64);
    while start.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..100 {
            let data = mutate(&mut random, &seeds);
            if std::panic::catch_unwind(|| assert!(call(&target, &data), "no target {target}")).is_err() {
                std::fs::write(format!("crash-{target}"), &data).expect("a writable folder");
                std::process::exit(1);
            }
            executions += 1;
        }
    }
    println!("{target}: {executions} executions in {seconds} s");
}
