//! Folds lines of the log that repeat: the first is written, the others are counted. Pure.

use super::record::Record;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Different lines whose repetitions are counted at the same time: some parts may fail together, each with a line of its own.
const LINES_MAX: usize = 16;
/// A line that repeats is written once in this time, with the count of the others.
const FOLD: Duration = Duration::from_secs(10);

/// The lines that were written a moment ago, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Fold {
    recent: VecDeque<Recent>,
}

#[derive(Debug)]
struct Recent {
    record: Record,
    written: Instant,
    repeated: u64,
}

/// A line that is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folded {
    pub record: Record,
    /// How often it came again; 0: this is the line itself.
    pub repeated: u64,
}

impl Recent {
    fn count(self) -> Option<Folded> {
        (self.repeated > 0).then_some(Folded { record: self.record, repeated: self.repeated })
    }
}

impl Fold {
    /// The lines to write when this one comes.
    pub(super) fn take(&mut self, record: Record, now: Instant) -> Vec<Folded> {
        let mut lines = self.due(now);
        if let Some(known) = self.recent.iter_mut().find(|recent| recent.record == record) {
            known.repeated += 1;
            return lines;
        }
        if self.recent.len() == LINES_MAX {
            lines.extend(self.recent.pop_front().and_then(Recent::count));
        }
        self.recent.push_back(Recent { record: record.clone(), written: now, repeated: 0 });
        lines.push(Folded { record, repeated: 0 });
        lines
    }

    /// The counts that are to be written by now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Folded> {
        let is_due = |recent: &Recent| now.saturating_duration_since(recent.written) >= FOLD;
        let due = self.recent.iter().take_while(|recent| is_due(recent)).count();
        self.recent.drain(..due).filter_map(Recent::count).collect()
    }

    /// All counts, at the end of the log.
    pub(super) fn end(&mut self) -> Vec<Folded> {
        self.recent.drain(..).filter_map(Recent::count).collect()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "an instant can only be had from a clock")]
mod tests {
    use super::*;
    use tracing::Level;

    fn record(text: &str) -> Record {
        Record::own(Level::WARN, text.to_owned())
    }

    fn told(lines: Vec<Folded>) -> Vec<(String, u64)> {
        lines.into_iter().map(|line| (line.record.message, line.repeated)).collect()
    }

    #[test]
    fn a_line_that_repeats_is_written_once_and_then_counted() {
        let (mut fold, start) = (Fold::default(), Instant::now());
        let one = |text: &str, repeated| vec![(text.to_owned(), repeated)];
        assert_eq!(told(fold.take(record("away"), start)), one("away", 0));
        for number in 1..=312 {
            assert!(fold.take(record("away"), start + Duration::from_millis(number)).is_empty());
        }
        let other = told(fold.take(record("full"), start + Duration::from_secs(5)));
        assert_eq!(other, one("full", 0), "another is not held back");
        assert_eq!(told(fold.due(start + FOLD)), one("away", 312));
        assert_eq!(told(fold.take(record("away"), start + FOLD)), one("away", 0), "then it is written anew");
        assert!(fold.end().is_empty());
    }

    #[test]
    fn many_different_lines_take_no_more_memory_and_lose_no_count() {
        let (mut fold, now) = (Fold::default(), Instant::now());
        let mut written = Vec::new();
        for number in 0..1_000 {
            written.extend(fold.take(record(&format!("line {number}")), now));
            written.extend(fold.take(record(&format!("line {number}")), now));
            assert!(fold.recent.len() <= LINES_MAX);
        }
        written.extend(fold.end());
        assert_eq!(written.len(), 2_000);
        assert_eq!(told(written).last(), Some(&("line 999".to_owned(), 1)));
    }
}
