//! What changed since the last time, for those who want to be told and not to ask.

use super::samples::{Sample, Value};
use core::time::Duration;

/// Something to tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// A counter grew by so much.
    Grown(u64),
    /// A gauge is this now.
    Is(f64),
    /// A duration was seen so many times: the mean of those that are counted together.
    Seen(Duration, u64),
}

/// What to tell of samples, those of the last time being known. Gauges that are as they were are not told again, unless all
/// are wanted; one that has no value any more is 0.
pub fn changes<'a>(before: &'a [Sample], now: &'a [Sample], all: bool) -> Vec<(&'a Sample, Change)> {
    let mut told = Vec::new();
    let mut rest = before;
    for sample in now {
        // Both are in the order of the table, so it is the next one as a rule, and what is passed over is gone.
        let is_it = |known: &Sample| known.name == sample.name && known.label == sample.label;
        let known = rest.iter().position(is_it).and_then(|place| {
            let (gone, others) = rest.split_at_checked(place)?;
            told.extend(gone.iter().filter_map(vanished));
            let (known, others) = others.split_first()?;
            rest = others;
            Some(&known.value)
        });
        match (&sample.value, known) {
            (Value::Count(count), known) => {
                let counted = if let Some(Value::Count(counted)) = known { *counted } else { 0 };
                if *count > counted {
                    told.push((sample, Change::Grown(count - counted)));
                }
            }
            (Value::Level(level), Some(Value::Level(known))) if !all && level.to_bits() == known.to_bits() => {}
            (Value::Level(level), _) => told.push((sample, Change::Is(*level))),
            (Value::Times(histogram), known) => {
                let known = if let Some(Value::Times(known)) = known { Some(&**known) } else { None };
                told.extend(histogram.since(known).map(|(mean, times)| (sample, Change::Seen(mean, times))));
            }
        }
    }
    told.extend(rest.iter().filter_map(vanished));
    told
}

/// A gauge that had a value and has none.
fn vanished(known: &Sample) -> Option<(&Sample, Change)> {
    matches!(known.value, Value::Level(level) if level != 0.0).then_some((known, Change::Is(0.0)))
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{ACTION_LATENCY, Histogram};

    fn sample(name: &'static str, label: Option<&str>, value: Value) -> Sample {
        Sample { name, label: label.map(|label| ("event", label.to_owned())), value }
    }

    fn told(before: &[Sample], now: &[Sample], all: bool) -> Vec<(&'static str, Change)> {
        changes(before, now, all).into_iter().map(|(sample, change)| (sample.name, change)).collect()
    }

    #[test]
    fn a_counter_is_told_by_what_it_grew_and_only_then() {
        let before = [sample("a", None, Value::Count(5)), sample("b", None, Value::Count(2))];
        let now = [sample("a", None, Value::Count(5)), sample("b", None, Value::Count(9))];
        assert_eq!(told(&[], &before, false), [("a", Change::Grown(5)), ("b", Change::Grown(2))]);
        assert_eq!(told(&before, &now, false), [("b", Change::Grown(7))]);
    }

    #[test]
    fn a_name_that_comes_up_between_others_is_told_whole_and_the_others_by_what_they_grew() {
        let before = [sample("d", Some("A"), Value::Count(1)), sample("d", Some("C"), Value::Count(1))];
        let now = [
            sample("d", Some("A"), Value::Count(2)),
            sample("d", Some("B"), Value::Count(4)),
            sample("d", Some("C"), Value::Count(1)),
        ];
        assert_eq!(told(&before, &now, false), [("d", Change::Grown(1)), ("d", Change::Grown(4))]);
    }

    #[test]
    fn a_gauge_is_told_when_it_changed_or_when_all_are_wanted() {
        let before = [sample("x", None, Value::Level(2.0)), sample("g", None, Value::Level(1.0))];
        let now = [sample("g", None, Value::Level(1.0)), sample("h", None, Value::Level(3.0))];
        let gone = ("x", Change::Is(0.0));
        assert_eq!(told(&before, &now, false), [gone, ("h", Change::Is(3.0))]);
        assert_eq!(told(&before, &now, true), [gone, ("g", Change::Is(1.0)), ("h", Change::Is(3.0))]);
    }

    #[test]
    fn durations_are_told_by_what_came() {
        let mut histogram = Histogram::new(&ACTION_LATENCY);
        histogram.observe(Duration::from_millis(3));
        let before = [sample("t", None, Value::Times(Box::new(histogram)))];
        histogram.observe(Duration::from_millis(4));
        histogram.observe(Duration::from_millis(5));
        let now = [sample("t", None, Value::Times(Box::new(histogram)))];
        assert_eq!(told(&before, &now, false), [("t", Change::Seen(Duration::from_micros(4_500), 2))]);
    }
}
