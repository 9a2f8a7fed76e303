//! A table of the server's answers, printed at the end.

use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The longest answer that is told from longer ones, µs: far beyond the client's patience.
const ANSWER_MAX_US: u64 = 60_000_000;
/// Different warnings that a summary quotes; the rest is only counted.
const QUOTED_MAX: usize = 5;

/// The counts of a pretend station's run, in reports unless they say otherwise.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Posts by the status of their answer.
    pub posts: BTreeMap<u16, u64>,
    /// Posts without any answer.
    pub unanswered: u64,
    /// Stored, as the server counts.
    pub stored: u64,
    /// Known already, as the server counts.
    pub duplicate: u64,
    /// Refused for good.
    pub refused: u64,
    /// Dropped for newer ones, because the server was away for too long.
    pub pushed_out: u64,
    /// Measured and not sent when the run ended.
    pub unsent: u64,
    /// Warnings in the answers.
    pub warnings: u64,
    /// The first few different ones.
    pub quoted: Vec<String>,
    /// The reason of the last failure.
    pub last_failure: Option<String>,
    /// From start to end.
    pub elapsed: Duration,
    /// The times that answers took.
    pub answers: Answers,
}

impl Summary {
    pub(super) fn warn(&mut self, warnings: Vec<String>) {
        self.warnings += warnings.len() as u64;
        for warning in warnings {
            // Without the number of the report in its batch, `[415].`: the same of two reports is quoted once.
            let warning = warning.split_once("].").map_or(warning.as_str(), |(_, field)| field).to_owned();
            if self.quoted.len() < QUOTED_MAX && !self.quoted.contains(&warning) {
                self.quoted.push(warning);
            }
        }
    }
}

/// The times that answers took, to three digits, in constant space.
#[derive(Debug, Clone, Default)]
pub struct Answers(Option<Histogram<u64>>);

impl Answers {
    pub(super) fn add(&mut self, took: Duration) {
        if self.0.is_none() {
            self.0 = Histogram::new_with_bounds(1, ANSWER_MAX_US, 3).ok();
        }
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(took.as_micros().try_into().unwrap_or(u64::MAX));
        }
    }

    /// The time that this share (0..1) of the answers did not exceed; `None` if there was no answer.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let histogram = self.0.as_ref()?;
        Some(Duration::from_micros(histogram.value_at_quantile(share).min(histogram.max())))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut posts: Vec<_> = self.posts.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        if self.unanswered > 0 {
            posts.push(format!("{} unanswered", self.unanswered));
        }
        let posts = if posts.is_empty() { "none".to_owned() } else { posts.join(", ") };
        writeln!(f, "{:<16} {posts}", "posts")?;
        writeln!(f, "{:<16} {:>8}", "reports stored", self.stored)?;
        for (name, count) in [
            ("  known already", self.duplicate),
            ("  refused", self.refused),
            ("  dropped", self.pushed_out),
            ("  not sent", self.unsent),
        ] {
            if count > 0 {
                writeln!(f, "{name:<16} {count:>8}")?;
            }
        }
        writeln!(f, "{:<16} {:>8}", "warnings", self.warnings)?;
        for quoted in &self.quoted {
            writeln!(f, "                   {quoted}")?;
        }
        let quantile = |share| self.answers.quantile(share).map(milliseconds);
        if let (Some(median), Some(p95), Some(max)) = (quantile(0.5), quantile(0.95), quantile(1.0)) {
            writeln!(f, "{:<16} median {median}, p95 {p95}, max {max}", "answers took")?;
        }
        if let Some(why) = &self.last_failure {
            writeln!(f, "{:<16} {why}", "last failure")?;
        }
        let elapsed = Duration::from_millis(self.elapsed.as_millis().try_into().unwrap_or(u64::MAX));
        write!(f, "{:<16} {}", "elapsed", humantime::format_duration(elapsed))
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_happened_and_leaves_out_what_did_not() {
        let mut summary = Summary { stored: 41, elapsed: Duration::from_millis(1_500), ..Summary::default() };
        summary.posts = BTreeMap::from([(201, 41), (503, 2)]);
        summary.warn(["[1].humidity: odd", "[2].humidity: odd", "humidity: odd"].map(str::to_owned).to_vec());
        (1..=100).for_each(|ms| summary.answers.add(Duration::from_millis(ms)));
        let text = summary.to_string();
        for part in ["41 × 201, 2 × 503", "humidity: odd", "median 50.0 ms", "p95 95.", "max 100.", "1s 500ms"] {
            assert!(text.contains(part), "{part:?} in\n{text}");
        }
        assert!(!text.contains("not sent") && text.matches("humidity").count() == 1, "{text}");
        assert_eq!(Summary::default().answers.quantile(0.5), None);
    }
}
