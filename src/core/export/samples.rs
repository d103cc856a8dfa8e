//! The metrics of one server or of the process, one by one.

use super::families::{Family, Kind, PROCESS, Process, Source, Subject, server_families};
use crate::cluster::RemovedTotals;
use crate::connection::Connection;
use crate::metrics::{Histogram, SCALARS};
use crate::time::Now;
use core::fmt::Write;
use std::collections::BTreeMap;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of a counter.
    Count(u64),
    /// Of a gauge.
    Level(f64),
    /// A histogram.
    Times(Box<Histogram>),
}

/// A value and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The name of the [`Family`], without prefix and suffix.
    pub name: &'static str,
    /// The label that tells it apart from others of its family, and its value.
    pub label: Option<(&'static str, String)>,
    /// The value.
    pub value: Value,
}

impl Sample {
    /// What it is.
    pub const fn kind(&self) -> Kind {
        match self.value {
            Value::Count(_) => Kind::Counter,
            Value::Level(_) => Kind::Gauge,
            Value::Times(_) => Kind::Histogram,
        }
    }
}

/// All samples of one server, in the order of the table; those of one family by their labels.
pub fn samples(connection: &Connection, now: Now) -> Vec<Sample> {
    let mut samples = Vec::new();
    for family in server_families() {
        samples_of(&family, connection, now, &mut samples);
    }
    samples
}

/// All samples of the process.
pub fn process_samples(process: &Process, now: Now) -> Vec<Sample> {
    PROCESS.iter().flat_map(|family| family_samples(family, process, now)).collect()
}

/// Those of one family.
pub fn family_samples<S: Subject>(family: &Family<S>, subject: &S, now: Now) -> Vec<Sample> {
    let mut samples = Vec::new();
    samples_of(family, subject, now, &mut samples);
    samples
}

/// What servers that are gone counted, added up, by the names of the families.
pub fn sums(removed: &RemovedTotals) -> impl Iterator<Item = (&'static str, u64)> {
    let scalars = SCALARS.iter().copied().flatten().map(|scalar| (scalar.name, (scalar.read)(&removed.counters)));
    scalars.chain([("events_dropped", removed.events_dropped), ("servers", removed.servers)])
}

/// What remains of a server that is gone: what it counted, and gauges at zero.
pub fn last_samples(connection: &Connection) -> Vec<Sample> {
    let mut samples = samples(connection, Now::default());
    for sample in &mut samples {
        if let Value::Level(level) = &mut sample.value {
            *level = 0.0;
        }
    }
    samples
}

/// Adds the samples of one family.
pub(super) fn samples_of<S: Subject>(family: &Family<S>, subject: &S, now: Now, samples: &mut Vec<Sample>) {
    let name = family.name;
    let mut add = |label: Option<(&'static str, String)>, value| samples.push(Sample { name, label, value });
    let times = |histogram: &Histogram| Value::Times(Box::new(*histogram));
    match family.source {
        Source::Scalar(read) => add(None, Value::Count(subject.counters().map_or(0, read))),
        Source::Count(read) => add(None, Value::Count(read(subject))),
        Source::Counts(label, read) => {
            // Two names that differ in nothing that can be shown would be one time series told twice, and with that
            // Prometheus would refuse all others, too.
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            read(subject, &mut |name, count| *counts.entry(readable(name)).or_default() += count);
            for (name, count) in counts {
                add(Some((label, name)), Value::Count(count));
            }
        }
        Source::Level(read) => {
            if let Some(level) = read(subject, now) {
                add(None, Value::Level(level));
            }
        }
        Source::Levels(label, read) => {
            read(subject, &mut |name, level| add(Some((label, name.to_owned())), Value::Level(level)));
        }
        Source::Times(read) => add(None, times(read(subject))),
        Source::TimesBy(label, read) => {
            read(subject, &mut |name, histogram| add(Some((label, name.to_owned())), times(histogram)));
        }
    }
}

/// What a server sent, as text: bytes that are no UTF-8 are written as `\xff`.
pub(super) fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}
