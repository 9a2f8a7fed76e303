//! Counters, for those who watch.

use super::jobs::Talk;
use crate::storage::observations::Appended;
use crate::storage::seam::Spoken;
use crate::storage::words::Author;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What storage has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Reports that added something.
    pub reports_stored: u64,
    /// Reports that were known already.
    pub reports_duplicate: u64,
    /// Words that visitors said.
    pub words_stored: u64,
    /// Words that were known already, and words that were forgotten.
    pub words_repeated: u64,
    /// Words that keepers answered.
    pub words_answered: u64,
    /// Words that keepers said on their own.
    pub words_spoken: u64,
    /// Transactions that stored reports or words.
    pub commits: u64,
    /// Transactions that failed: locked, full or worse.
    pub failures: u64,
    /// Journal entries that another process wrote.
    pub foreign_entries: u64,
    /// Readings that were older than they are kept.
    pub readings_pruned: u64,
    /// Reports that wait for the writer now.
    pub queued_reports: u64,
    /// Words that wait for the writer now.
    pub queued_words: u64,
    /// Bytes of the database that hold something, measured once a minute.
    pub used_bytes: u64,
    /// Bytes that reports, words and alerts may fill.
    pub limit_bytes: u64,
    /// About so many bytes belong to the station that has the most, where there are several.
    pub fullest_station_bytes: u64,
    /// Bytes that one of several stations may fill.
    pub station_limit_bytes: u64,
    /// Questions to the database that somebody waited for.
    pub reads: u64,
    /// Questions to the database in the background.
    pub background_reads: u64,
    /// 1 if this server leads, of those over its database.
    pub leads: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub reports_stored: AtomicU64,
    pub reports_duplicate: AtomicU64,
    pub words_stored: AtomicU64,
    pub words_repeated: AtomicU64,
    pub words_answered: AtomicU64,
    pub words_spoken: AtomicU64,
    pub commits: AtomicU64,
    pub failures: AtomicU64,
    pub foreign_entries: AtomicU64,
    pub readings_pruned: AtomicU64,
}

/// Adds to a counter; nothing is ordered by counters.
pub(super) fn count(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Relaxed);
}

impl Counters {
    /// Counts what a commit of reports stored.
    pub(super) fn count_reports<'a>(&self, appended: impl Iterator<Item = &'a Appended>) {
        let (stored, duplicate) =
            appended.fold((0, 0), |(stored, duplicate), answer| (stored + answer.stored, duplicate + answer.duplicate));
        count(&self.commits, 1);
        count(&self.reports_stored, stored);
        count(&self.reports_duplicate, duplicate);
    }

    /// Counts what a commit of words stored.
    pub(super) fn count_talks(&self, talks: &[Talk], spoken: &Spoken<'_>) {
        count(&self.commits, 1);
        let stored = spoken.said.iter().filter(|said| said.author == Author::You).count();
        count(&self.words_stored, stored);
        count(&self.words_repeated, talks.iter().map(Talk::words).sum::<usize>() - stored);
        count(&self.words_answered, spoken.answered.len());
        let unasked = spoken.said.iter().filter(|said| said.author == Author::Keeper && said.answers.is_none());
        count(&self.words_spoken, unasked.count());
    }

    /// How many wait is not known here.
    pub(super) fn read(&self) -> Stats {
        Stats {
            leads: 0,
            reports_stored: self.reports_stored.load(Relaxed),
            reports_duplicate: self.reports_duplicate.load(Relaxed),
            words_stored: self.words_stored.load(Relaxed),
            words_repeated: self.words_repeated.load(Relaxed),
            words_answered: self.words_answered.load(Relaxed),
            words_spoken: self.words_spoken.load(Relaxed),
            commits: self.commits.load(Relaxed),
            failures: self.failures.load(Relaxed),
            foreign_entries: self.foreign_entries.load(Relaxed),
            readings_pruned: self.readings_pruned.load(Relaxed),
            queued_reports: 0,
            queued_words: 0,
            used_bytes: 0,
            limit_bytes: 0,
            fullest_station_bytes: 0,
            station_limit_bytes: 0,
            reads: 0,
            background_reads: 0,
        }
    }
}
