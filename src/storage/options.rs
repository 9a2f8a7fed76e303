//! Knobs of storage and what they must have to do with each other.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use weather::time::{DAY_MS, HOUR_MS};

/// Knobs of storage. Each part of a configuration file may be left out; the default stands then.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The database file; its folder must exist.
    pub file: PathBuf,
    /// `full`: an acknowledged report survives a power cut, because every commit waits for the disk. `normal`: it survives a
    /// crash of the program; a power cut may lose the last commits. That spares SD cards.
    pub durability: Durability,
    /// Connections that read at the same time. A page needs one for some milliseconds. More connections than the machine
    /// has cores wait for each other.
    pub readers: u32,
    /// Most rows of reports that wait for the writer; further ones are refused. A row is what one sensor says at one instant.
    /// So many are written in some seconds. Each station may have a quarter of them, and the last quarter is kept for
    /// stations that send little.
    pub queue_rows: usize,
    /// Most memory for the reports that wait, counted and shared as the rows are. A report of one sensor takes about 4 kB.
    pub queue_mib: usize,
    /// Most words, visitors' and keepers', that wait for the writer; further ones are refused. So many are written in about
    /// a second, and a thousand visitors who speak at once need a tenth. A word takes some hundred bytes.
    pub queue_words: usize,
    /// Most rows of reports in one transaction. A larger transaction is hardly cheaper for each row, and each sender waits
    /// for the whole. A larger upload is written in several, and other stations take turns with it.
    pub batch_rows: usize,
    /// Most words in one transaction.
    pub batch_words: usize,
    /// The longest wait for another process that holds the write lock. An upload may wait behind a batch that waits in
    /// vain, and clients give up after 5 s, so this must be below half of that.
    pub lock_wait_ms: u64,
    /// Largest size of the database file. A full disk can stop the whole machine; a full database only refuses reports. A
    /// station that reports ten values a minute fills 65 MiB a year.
    pub max_database_mib: u32,
    /// Journal entries that are kept for pages that come back. With twenty stations at a report a minute, 100,000 entries
    /// are 80 hours and 30 MiB.
    pub journal_keep_entries: u32,
    /// Journal entries are kept for this time, so that a page on a laptop that was closed over the night can go on.
    pub journal_keep_hours: u32,
    /// The newest words that are kept of each conversation. Nobody scrolls back further.
    pub words_keep_each: u32,
    /// Words that are kept in all, about 300 MiB. The database is there for reports, and words must not fill it.
    pub words_keep_total: u64,
    /// Words are kept for this time: a season.
    pub words_keep_days: u32,
    /// Most alerts of all visitors together. So many take about 50 MiB, and some milliseconds to compare with a report.
    pub alerts_max: u64,
    /// The alerts of a visitor that says nothing are kept for this time. Browsers keep the visitor's cookie as long.
    pub alerts_keep_days: u32,
}

/// What an acknowledged reading survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// A power cut: the disk is waited for in every commit.
    Full,
    /// A crash of the program or of the system's other programs. A power cut may take the last commits, though never
    /// the database. Spares SD cards.
    Normal,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            file: PathBuf::from("stevenson.db"),
            durability: Durability::Full,
            readers: 4,
            queue_rows: 200_000,
            queue_mib: 64,
            queue_words: 10_000,
            batch_rows: 1_000,
            batch_words: 1_000,
            lock_wait_ms: 2_000,
            max_database_mib: 8_192,
            journal_keep_entries: 100_000,
            journal_keep_hours: 48,
            words_keep_each: 1_000,
            words_keep_total: 1_000_000,
            words_keep_days: 90,
            alerts_max: 100_000,
            alerts_keep_days: 400,
        }
    }
}

/// Knobs that do not fit together.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("error with configuration: {0}")]
pub(super) struct Misfit(&'static str);

/// A client's patience, ms: Arduino libraries give up after 5 s, others after 10 s.
const CLIENT_PATIENCE_MS: u64 = 5_000;

impl Options {
    /// Says what does not fit together.
    pub(super) fn check(&self) -> Result<(), Misfit> {
        let rules = [
            (self.readers >= 1, "readers must be at least 1"),
            (self.batch_rows >= 1, "batch_rows must be at least 1"),
            (self.batch_words >= 1, "batch_words must be at least 1"),
            (self.queue_rows >= self.batch_rows, "queue_rows must not be below batch_rows"),
            (self.queue_mib >= 1, "queue_mib must be at least 1"),
            (self.queue_mib <= MAX_QUEUE_MIB, "queue_mib must not be above 4,096"),
            (self.queue_words >= 1, "queue_words must be at least 1"),
            (self.queue_words <= MAX_QUEUE_WORDS, "queue_words must not be above 1,000,000"),
            (2 * self.lock_wait_ms < CLIENT_PATIENCE_MS, "lock_wait_ms must be below 2,500: clients give up after 5 s"),
            (self.max_database_mib >= 1, "max_database_mib must be at least 1"),
            (self.journal_keep_entries >= 1, "journal_keep_entries must be at least 1"),
            (self.words_keep_each >= 1, "words_keep_each must be at least 1"),
            (self.words_keep_total >= 1, "words_keep_total must be at least 1"),
        ];
        rules.into_iter().find(|(fits, _)| !fits).map_or(Ok(()), |(_, rule)| Err(Misfit(rule)))
    }

    pub(super) fn lock_wait(&self) -> Duration {
        Duration::from_millis(self.lock_wait_ms)
    }

    pub(super) fn journal_keep_ms(&self) -> i64 {
        i64::from(self.journal_keep_hours) * HOUR_MS
    }

    pub(super) fn words_keep_ms(&self) -> i64 {
        i64::from(self.words_keep_days) * DAY_MS
    }

    pub(super) fn alerts_keep_ms(&self) -> i64 {
        i64::from(self.alerts_keep_days) * DAY_MS
    }
}

/// More would be more than a small machine has.
const MAX_QUEUE_MIB: usize = 4_096;
/// Nobody waits for this many: about a gigabyte.
const MAX_QUEUE_WORDS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_fit_together() {
        assert_eq!(Options::default().check(), Ok(()));
    }

    #[test]
    fn knobs_that_do_not_fit_together_are_named() {
        let options = Options { queue_rows: 10, ..Options::default() };
        assert_eq!(options.check(), Err(Misfit("queue_rows must not be below batch_rows")));
        let options = Options { lock_wait_ms: 5_000, ..Options::default() };
        assert!(options.check().expect_err("too long").0.contains("lock_wait_ms"));
    }

    #[test]
    fn unknown_knobs_are_refused() {
        let error = serde_json::from_str::<Options>(r#"{"durabilty":"full"}"#).expect_err("misspelt");
        assert!(error.to_string().contains("durabilty"), "{error}");
        let options: Options = serde_json::from_str(r#"{"durability":"normal"}"#).expect("fine");
        assert_eq!(options.durability, Durability::Normal);
    }
}
