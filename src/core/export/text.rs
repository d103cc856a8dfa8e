//! The text that Prometheus reads.
//!
//! Two formats, because no text is both: they name counters differently. The older one is read by everything that reads
//! either; the other is a standard, and what Prometheus asks for first.

use super::families::{Family, Kind, PROCESS, Process, Subject, server_families};
use super::samples::{Sample, Value, samples_of};
use super::{PREFIX, SERVER_HOST, SERVER_KEY};
use crate::cluster::Cluster;
use crate::metrics::Histogram;
use crate::time::Now;
use core::fmt::Write;
use std::borrow::Cow;

/// Which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The text format of Prometheus, version 0.0.4.
    Prometheus,
    /// `OpenMetrics` 1.0.
    OpenMetrics,
}

/// All metrics of all servers and of the process.
pub fn text(cluster: &Cluster, process: &Process, format: Format, now: Now) -> String {
    let mut text = Text { format, out: String::new() };
    let servers: Vec<_> = cluster
        .iter()
        .map(|(_, connection)| {
            let config = connection.config();
            let labels = [(SERVER_KEY, config.key.as_str().to_owned()), (SERVER_HOST, config.host.to_string())];
            (connection, labels.map(|(name, value)| label(name, &value)).join(","))
        })
        .collect();
    let mut samples = Vec::new();
    for family in server_families() {
        text.head(&family);
        for (connection, labels) in &servers {
            samples.clear();
            samples_of(&family, *connection, now, &mut samples);
            for sample in &samples {
                text.sample(sample, labels);
            }
        }
    }
    for family in PROCESS {
        text.head(family);
        samples.clear();
        samples_of(family, process, now, &mut samples);
        for sample in &samples {
            text.sample(sample, "");
        }
    }
    if format == Format::OpenMetrics {
        text.out.push_str("# EOF\n");
    }
    text.out
}

struct Text {
    format: Format,
    out: String,
}

impl Text {
    fn head<S: Subject>(&mut self, family: &Family<S>) {
        let (name, help, kind) = (family.name, escaped(family.help), family.kind());
        let suffix = if kind == Kind::Counter && self.format == Format::Prometheus { "_total" } else { "" };
        self.line(format_args!("# HELP {PREFIX}{name}{suffix} {help}"));
        self.line(format_args!("# TYPE {PREFIX}{name}{suffix} {}", kind.name()));
        if let (Some(unit), Format::OpenMetrics) = (family.unit(), self.format) {
            self.line(format_args!("# UNIT {PREFIX}{name} {unit}"));
        }
    }

    /// `labels` are those of the server.
    fn sample(&mut self, sample: &Sample, labels: &str) {
        let own = sample.label.as_ref().map_or_else(String::new, |(name, value)| label(name, value));
        let name = sample.name;
        match &sample.value {
            Value::Count(count) => self.value(name, "_total", [labels, &own, ""], format_args!("{count}")),
            Value::Level(level) => self.value(name, "", [labels, &own, ""], format_args!("{level}")),
            Value::Times(histogram) => self.histogram(name, labels, &own, histogram),
        }
    }

    fn histogram(&mut self, name: &str, labels: &str, own: &str, histogram: &Histogram) {
        // A result that no action ever had, for one: `ami_actions_total` has it, at zero.
        if histogram.count() == 0 && !own.is_empty() {
            return;
        }
        for (bound, count) in histogram.cumulative() {
            self.value(name, "_bucket", [labels, own, &label("le", bound)], format_args!("{count}"));
        }
        self.value(name, "_sum", [labels, own, ""], format_args!("{}", histogram.sum().as_secs_f64()));
        self.value(name, "_count", [labels, own, ""], format_args!("{}", histogram.count()));
    }

    /// A line: of the labels, those that there are.
    fn value(&mut self, name: &str, suffix: &str, labels: [&str; 3], value: core::fmt::Arguments<'_>) {
        self.out.extend([PREFIX, name, suffix]);
        let mut opening = "{";
        for labels in labels.into_iter().filter(|labels| !labels.is_empty()) {
            self.out.extend([opening, labels]);
            opening = ",";
        }
        self.out.push_str(if opening == "," { "} " } else { " " });
        self.line(value);
    }

    fn line(&mut self, line: core::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{line}");
    }
}

fn label(name: &str, value: &str) -> String {
    let mut label = String::with_capacity(name.len() + value.len() + 3);
    label.extend([name, "=\"", &escaped(value), "\""]);
    label
}

/// As label values are written in both formats. Quotes in a help text are escaped by one of the formats only: ours have none.
fn escaped(text: &str) -> Cow<'_, str> {
    if text.contains(['\\', '"', '\n']) {
        return text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").into();
    }
    text.into()
}
