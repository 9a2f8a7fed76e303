//! Folds lines of the log that repeat: the first is written, the others are counted. Pure.

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
    text: String,
    written: Instant,
    repeated: u64,
}

impl Recent {
    fn count(&self) -> Option<String> {
        let Self { text, repeated, .. } = self;
        (*repeated > 0).then(|| format!("… repeated {repeated} times: {}", text.trim_start()))
    }
}

impl Fold {
    /// The lines to write when this one comes.
    pub(super) fn take(&mut self, text: &str, now: Instant) -> Vec<String> {
        let mut lines = self.due(now);
        if let Some(known) = self.recent.iter_mut().find(|recent| recent.text == text) {
            known.repeated += 1;
            return lines;
        }
        if self.recent.len() == LINES_MAX {
            lines.extend(self.recent.pop_front().and_then(|oldest| oldest.count()));
        }
        self.recent.push_back(Recent { text: text.to_owned(), written: now, repeated: 0 });
        lines.push(text.to_owned());
        lines
    }

    /// The counts that are to be written by now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<String> {
        let is_due = |recent: &Recent| now.saturating_duration_since(recent.written) >= FOLD;
        let due = self.recent.iter().take_while(|recent| is_due(recent)).count();
        self.recent.drain(..due).filter_map(|recent| recent.count()).collect()
    }

    /// All counts, at the end of the log.
    pub(super) fn end(&mut self) -> Vec<String> {
        self.recent.drain(..).filter_map(|recent| recent.count()).collect()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "an instant can only be had from a clock")]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_repeats_is_written_once_and_then_counted() {
        let (mut fold, start) = (Fold::default(), Instant::now());
        assert_eq!(fold.take("WARN away", start), ["WARN away"]);
        for number in 1..=312 {
            assert!(fold.take("WARN away", start + Duration::from_millis(number)).is_empty());
        }
        assert_eq!(fold.take("WARN full", start + Duration::from_secs(5)), ["WARN full"], "another is not held back");
        assert_eq!(fold.due(start + FOLD), ["… repeated 312 times: WARN away"]);
        assert_eq!(fold.take("WARN away", start + FOLD), ["WARN away"], "then it is written anew");
        assert!(fold.end().is_empty());
    }

    #[test]
    fn many_different_lines_take_no_more_memory_and_lose_no_count() {
        let (mut fold, now) = (Fold::default(), Instant::now());
        let mut written = Vec::new();
        for number in 0..1_000 {
            written.extend(fold.take(&format!("line {number}"), now));
            written.extend(fold.take(&format!("line {number}"), now));
            assert!(fold.recent.len() <= LINES_MAX);
        }
        written.extend(fold.end());
        assert_eq!(written.len(), 2_000);
        assert_eq!(written.last().map(String::as_str), Some("… repeated 1 times: line 999"));
    }
}
