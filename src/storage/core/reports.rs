//! The way of reports: while one batch is on its way to the disk, the next one is gathered and merged.
//!
//! Merging goes ahead of the commit: memory then knows what the database does not have yet. That is sound because nobody is
//! answered before its own batch is committed, batches are committed in order, and a batch that fails takes memory and
//! all that was merged after it along.

use super::draft::{Decided, Draft};
use super::queue::{Queue, Slice};
use super::scribe::{Scribe, instant, now};
use super::store::{More, store_each, store_reports};
use crate::storage::engine::Recording;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// Reports between the queue and the disk.
pub(in crate::storage) struct Reports {
    queue: Arc<Queue>,
    /// Most rows in one transaction.
    batch_rows: usize,
    /// What is merged and waits for the batch before it.
    draft: Draft,
    /// What memory does not know enough about, and all that was taken after it: it is merged under the database's lock.
    late: VecDeque<Slice>,
    under_way: Option<UnderWay>,
}

/// A batch that is being written.
struct UnderWay {
    recording: Recording,
    decided: Decided,
    begun: Instant,
}

/// A batch that was written, or was not.
pub(super) struct Landed {
    done: Result<Option<Vec<Entry>>, Error>,
    decided: Decided,
    begun: Instant,
}

impl Reports {
    pub(in crate::storage) fn new(queue: Arc<Queue>, batch_rows: usize) -> Self {
        Self { queue, batch_rows, draft: Draft::default(), late: VecDeque::new(), under_way: None }
    }

    /// True while a batch is being written.
    pub(super) fn are_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Merges what waits, up to a full batch and as far as memory knows enough.
    pub(super) fn gather(&mut self, scribe: &mut Scribe) {
        if !self.has_room() {
            return;
        }
        let directory = scribe.shared.directory();
        while self.has_room() {
            let taken = self.queue.take(self.batch_rows - self.draft.rows());
            if taken.is_empty() {
                return;
            }
            for slice in taken {
                if !self.late.is_empty() {
                    self.late.push_back(slice);
                } else if let Err(slice) = self.draft.try_take(&mut scribe.memory, &directory, slice) {
                    self.late.push_back(slice);
                }
            }
        }
    }

    fn has_room(&self) -> bool {
        self.late.is_empty() && self.draft.rows() < self.batch_rows
    }

    /// Waits for more, if there is room for it.
    pub(super) async fn arrived(&mut self) {
        if self.has_room() { self.queue.arrived().await } else { std::future::pending().await }
    }

    /// Begins to write what is merged; false if there is nothing.
    pub(super) fn launch(&mut self, scribe: &mut Scribe) -> bool {
        if self.draft.is_empty() {
            return false;
        }
        if scribe.numbering.leap().is_some() {
            // The leap is noted under the lock, with the first entry after it.
            scribe.memory.clear();
            self.undo(Vec::new());
            return false;
        }
        let (merged, decided) = std::mem::take(&mut self.draft).finish(&mut scribe.memory);
        let entries = scribe.numbering.number(merged.news, now());
        let recording = scribe.engine.record(scribe.numbering.head(), merged.observed, entries);
        self.under_way = Some(UnderWay { recording, decided, begun: instant() });
        true
    }

    /// Waits until the batch that is being written has landed, or until there is more to gather: then `None`.
    pub(super) async fn landed_or_more(&mut self) -> Option<Landed> {
        let has_room = self.has_room();
        let done = match &mut self.under_way {
            Some(under_way) => tokio::select! {
                biased;
                done = &mut under_way.recording => done,
                () = self.queue.arrived(), if has_room => return None,
            },
            None => std::future::pending().await,
        };
        // Nothing is awaited from here on: whoever gives up waiting finds the batch where it was.
        self.under_way.take().map(|UnderWay { decided, begun, .. }| Landed { done, decided, begun })
    }

    /// Sends the next batch on its way, answers and tells. Returns the error if the database was locked.
    pub(super) async fn settle(&mut self, scribe: &mut Scribe, landed: Landed) -> Result<(), Error> {
        let Landed { done, decided, begun } = landed;
        scribe.took(begun);
        match done {
            Ok(Some(entries)) => {
                scribe.committed(&entries, 0);
                scribe.shared.counters.count_reports(decided.answers());
                scribe.shared.shares.wrote(decided.growth());
                if !scribe.has_chores() {
                    self.launch(scribe);
                }
                decided.answer();
                scribe.teller.tell(entries).await;
                Ok(())
            }
            Ok(None) => {
                self.undo(decided.undo());
                self.forget_merged(scribe);
                Ok(())
            }
            Err(error) => {
                scribe.failed(&error);
                let error = scribe.explained(error).await;
                let slices = decided.undo();
                self.undo(Vec::new());
                match error {
                    Error::Database(_) => store_each(scribe, slices, &error).await,
                    Error::Locked(_) | Error::Away(_) => {
                        slices.into_iter().for_each(|slice| slice.fail(&error));
                        Err(error)
                    }
                    _ => {
                        slices.into_iter().for_each(|slice| slice.fail(&error));
                        Ok(())
                    }
                }
            }
        }
    }

    /// Takes back what was merged: others have committed meanwhile.
    pub(super) fn take_back(&mut self, scribe: &mut Scribe) {
        self.undo(Vec::new());
        self.forget_merged(scribe);
    }

    /// Makes memory forget what follows from what was merged and taken back.
    fn forget_merged(&self, scribe: &mut Scribe) {
        let stations: BTreeSet<_> = self.late.iter().map(|slice| slice.station).collect();
        stations.into_iter().for_each(|station| scribe.memory.forget(station));
    }

    /// Takes back what was merged, after those slices.
    fn undo(&mut self, mut slices: Vec<Slice>) {
        slices.extend(std::mem::take(&mut self.draft).undo());
        slices.into_iter().rev().for_each(|slice| self.late.push_front(slice));
    }

    /// Stores what has to be merged under the lock, and what waits behind it; false if there is nothing. Returns the error
    /// if the database was locked.
    pub(super) async fn store_late(&mut self, scribe: &mut Scribe) -> Result<bool, Error> {
        if self.late.is_empty() {
            return Ok(false);
        }
        let mut slices = Vec::new();
        let mut rows = 0;
        while rows < self.batch_rows
            && let Some(slice) = self.late.pop_front()
        {
            rows += slice.rows();
            slices.push(slice);
        }
        // The order of each station's reports stays: what is in the queue comes after all that was taken out of it.
        let more =
            self.late.is_empty().then(|| More { queue: &self.queue, rows: self.batch_rows.saturating_sub(rows) });
        store_reports(scribe, slices, more).await.map(|()| true)
    }

    /// Answers everyone who waits with an error.
    pub(super) fn fail_all(&mut self, error: &Error) {
        let merged = std::mem::take(&mut self.draft).undo();
        merged.into_iter().chain(self.late.drain(..)).for_each(|slice| slice.fail(error));
        loop {
            let taken = self.queue.take(self.batch_rows);
            if taken.is_empty() {
                return;
            }
            taken.into_iter().for_each(|slice| slice.fail(error));
        }
    }
}
