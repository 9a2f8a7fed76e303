//! When old journal entries, words and alerts are thrown away, and how many: always a bounded number of rows, so that
//! nobody waits long.

use crate::storage::engine::Engine;
use crate::storage::error::Error;
use crate::storage::options::Options;
use crate::storage::seam::{JournalLimits, Rows, WordLimits};
use weather::time::{MINUTE_MS, Timestamp};

/// Keeps count of rows and of what was written since the last pruning.
pub(super) struct Pruning {
    rows: Rows,
    /// Conversations have been looked at up to the word at this place in the journal; of an earlier run nothing is known.
    words_looked: u64,
    /// Entries written since the last pruning.
    unpruned: u64,
    pruned_at: Timestamp,
    /// Others have written, and may have pruned, since the rows were counted.
    unsure: bool,
}

/// The journal is pruned after so many entries, or every minute.
const PRUNE_EVERY: u64 = 500;

impl Pruning {
    pub(super) fn new(rows: Rows, now: Timestamp) -> Self {
        Self { rows, words_looked: 0, unpruned: 0, pruned_at: now, unsure: false }
    }

    /// The rows were counted anew.
    pub(super) fn counted(&mut self, rows: Rows) {
        (self.rows, self.unsure) = (rows, false);
    }

    /// Other processes wrote so many rows, and may have pruned as many: all are to be counted before any goes.
    pub(super) fn others_wrote(&mut self, more: Rows) {
        self.wrote(more);
        self.unsure = true;
    }

    /// Others may have pruned.
    pub(super) fn doubt(&mut self) {
        self.unsure = true;
    }

    /// True if the rows are to be counted anew before the next pruning.
    pub(super) fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// Not now: something failed.
    pub(super) fn put_off(&mut self, now: Timestamp) {
        (self.unpruned, self.pruned_at) = (0, now);
    }

    /// So many rows were written.
    pub(super) fn wrote(&mut self, more: Rows) {
        let Rows { journal, private, words } = more;
        self.rows.journal += journal;
        self.rows.private.words += private.words;
        self.rows.private.lab += private.lab;
        self.rows.words += words;
        self.unpruned += journal + private.words + private.lab;
    }

    /// True if it is time to prune.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        // Counting all rows takes longer the more there are: once a minute at most.
        (self.unpruned >= PRUNE_EVERY && !self.unsure) || now.since(self.pruned_at) >= MINUTE_MS
    }

    /// Prunes.
    pub(super) async fn prune(&mut self, engine: &mut Engine, options: &Options, now: Timestamp) {
        match engine.prune_journal(&self.journal_limits(options, now)).await {
            Ok(pruned) => {
                self.rows.journal = self.rows.journal.saturating_sub(pruned.public);
                let (private, gone) = (&mut self.rows.private, pruned.private);
                private.words = private.words.saturating_sub(gone.words);
                private.lab = private.lab.saturating_sub(gone.lab);
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the journal was not pruned");
                if let Error::Away(_) = error {
                    // Each try to reach it takes seconds, in which reports wait.
                    return self.put_off(now);
                }
            }
        }
        match engine.prune_words(&self.word_limits(options, now)).await {
            Ok(pruned) => {
                self.rows.words = self.rows.words.saturating_sub(pruned.words);
                self.words_looked = pruned.looked;
            }
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "words were not pruned"),
        }
        (self.unpruned, self.pruned_at) = (0, now);
    }

    /// Rows that may go at a time: more than were written since the last time.
    fn rows_at_a_time(&self) -> u64 {
        2 * self.unpruned.max(PRUNE_EVERY)
    }

    /// So many rows are too many. While that is not sure none is: what is too old goes all the same.
    fn excess(&self, rows: u64, keep: u64) -> u64 {
        if self.unsure { 0 } else { rows.saturating_sub(keep) }
    }

    fn journal_limits(&self, options: &Options, now: Timestamp) -> JournalLimits {
        JournalLimits {
            rows: self.rows_at_a_time(),
            excess: self.excess(self.rows.journal, options.journal_keep_entries.into()),
            private_excess: self.excess(self.rows.private.words, options.journal_keep_private.into()),
            lab_excess: self.excess(self.rows.private.lab, options.journal_keep_lab.into()),
            before: now.plus(-options.journal_keep_ms()),
        }
    }

    fn word_limits(&self, options: &Options, now: Timestamp) -> WordLimits {
        WordLimits {
            rows: self.rows_at_a_time(),
            excess: self.excess(self.rows.words, options.words_keep_total),
            total: options.words_keep_total,
            words_before: now.plus(-options.words_keep_ms()),
            alerts_before: now.plus(-options.alerts_keep_ms()),
            unseen_before: now.plus(-options.alerts_unseen_ms()),
            conversation: options.words_keep_each,
            looked: self.words_looked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_may_go_than_came_and_only_what_is_too_much() {
        let options = Options { journal_keep_entries: 100, words_keep_total: 10, ..Options::default() };
        let mut pruning = Pruning::new(Rows { journal: 90, words: 10, ..Rows::default() }, Timestamp(0));
        assert_eq!(pruning.journal_limits(&options, Timestamp(0)).excess, 0);
        pruning.wrote(Rows { journal: 700, words: 3, ..Rows::default() });
        let (journal, words) =
            (pruning.journal_limits(&options, Timestamp(0)), pruning.word_limits(&options, Timestamp(0)));
        assert_eq!((journal.rows, journal.excess), (1_400, 690));
        assert_eq!((words.rows, words.excess), (1_400, 3));
        // Others may have pruned: only what is too old goes until the rows are counted.
        pruning.doubt();
        let (journal, words) =
            (pruning.journal_limits(&options, Timestamp(0)), pruning.word_limits(&options, Timestamp(0)));
        assert_eq!((journal.rows, journal.excess, words.excess), (1_400, 0, 0));
        assert_eq!(journal.before, Timestamp(-options.journal_keep_ms()));
    }
}
