//! One batch, one transaction, under the database's lock: begin, learn, merge, write, commit; then answer; then tell.
//!
//! Everyone is answered before anything is told: a listener that is slow must not hold up stations. So news of a report
//! may reach pages a moment after the station has its answer.

use super::decide::{decide, named};
use super::draft::{self, Draft};
use super::jobs::Talk;
use super::learn::learn;
use super::merge::Merging;
use super::news::News;
use super::queue::{Queue, Slice};
use super::scribe::{Scribe, instant, now};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use std::sync::Arc;

/// What has come while a transaction waited for the lock goes into it, too: so many rows from the queue.
pub(super) struct More<'a> {
    pub queue: &'a Arc<Queue>,
    pub rows: usize,
}

/// Stores reports in one transaction, with more if there are, answers everyone, then tells. Returns the error if the database was locked:
/// whoever waits behind has waited as long.
pub(super) async fn store_reports(
    scribe: &mut Scribe,
    slices: Vec<Slice>,
    more: Option<More<'_>>,
) -> Result<(), Error> {
    match try_store_reports(scribe, slices, more).await {
        Ok(()) => Ok(()),
        Err((error @ Error::Database(_), slices)) if slices.len() > 1 => {
            Box::pin(store_each(scribe, slices, &error)).await
        }
        Err((error, slices)) => {
            slices.into_iter().for_each(|slice| slice.fail(&error));
            if matches!(error, Error::Locked(_) | Error::Away(_)) { Err(error) } else { Ok(()) }
        }
    }
}

/// Stores reports that failed together. Nobody knows whose fault it was: each gets a transaction of its own.
pub(super) async fn store_each(scribe: &mut Scribe, slices: Vec<Slice>, error: &Error) -> Result<(), Error> {
    if let [_, _, ..] = &slices[..] {
        tracing::warn!(error = error as &dyn std::error::Error, "a batch failed; trying what was in it one by one");
    }
    let mut rest = slices.into_iter();
    while let Some(one) = rest.next() {
        if let Err(locked) = store_reports(scribe, vec![one], None).await {
            rest.for_each(|one| one.fail(&locked));
            return Err(locked);
        }
    }
    Ok(())
}

async fn try_store_reports(
    scribe: &mut Scribe,
    mut slices: Vec<Slice>,
    more: Option<More<'_>>,
) -> Result<(), (Error, Vec<Slice>)> {
    let begun = instant();
    let merging = match learn_about(scribe, &mut slices, more).await {
        Ok(merging) => merging,
        Err(error) => {
            let failed = scribe.settle_reports::<()>(Err(error)).await;
            scribe.took(begun);
            return failed.map_err(|error| (error, slices));
        }
    };
    let directory = scribe.shared.directory();
    let mut draft = Draft::new(merging);
    slices.into_iter().for_each(|slice| draft.take(&mut scribe.memory, &directory, slice));
    let (merged, decided) = draft.finish(&mut scribe.memory);
    let entries = scribe.numbering.number(merged.news, now());
    let done = scribe.engine.write_and_commit_reports(merged.observed, entries).await;
    let done = scribe.settle_reports(done).await;
    scribe.took(begun);
    match done {
        Ok(entries) => {
            scribe.committed(&entries, 0);
            scribe.shared.counters.count_reports(decided.answers());
            scribe.shared.shares.wrote(decided.growth());
            decided.answer();
            scribe.teller.tell(entries).await;
            Ok(())
        }
        Err(error) => Err((error, decided.undo())),
    }
}

/// Takes the lock, and makes memory know what the slices touch, to which more are added.
async fn learn_about(scribe: &mut Scribe, slices: &mut Vec<Slice>, more: Option<More<'_>>) -> Result<Merging, Error> {
    scribe.begin_reports().await?;
    slices.extend(more.into_iter().flat_map(|More { queue, rows }| queue.take(rows)));
    let directory = scribe.shared.directory();
    let uploads: Vec<_> = slices.iter().filter_map(|slice| draft::upload(&directory, slice)).collect();
    Ok(Merging::new(learn(&mut scribe.engine, &mut scribe.memory, &uploads).await?))
}

/// What to answer to talks, and what to tell.
struct Stored {
    outcomes: Vec<Result<bool, Error>>,
    entries: Vec<Entry>,
}

/// The same for words.
pub(super) async fn store_talks(scribe: &mut Scribe, mut talks: Vec<Talk>) -> Result<(), Error> {
    let begun = instant();
    let done = try_store_talks(scribe, &mut talks).await;
    let done = scribe.settle(done).await;
    scribe.took(begun);
    match done {
        Ok(stored) => {
            // The asker may have gone; the words are stored all the same.
            for (talk, outcome) in talks.into_iter().zip(stored.outcomes) {
                drop(talk.answer.send(outcome));
            }
            scribe.teller.tell(stored.entries).await;
        }
        // Nobody knows whose fault it was: each gets a transaction of its own.
        Err(Error::Database(error)) if talks.len() > 1 => {
            tracing::warn!(%error, "a batch failed; trying what was in it one by one");
            let mut rest = talks.into_iter();
            while let Some(one) = rest.next() {
                if let Err(locked) = Box::pin(store_talks(scribe, vec![one])).await {
                    rest.for_each(|one| one.fail(&locked));
                    return Err(locked);
                }
            }
        }
        Err(error) => {
            talks.into_iter().for_each(|talk| talk.fail(&error));
            if matches!(error, Error::Locked(_) | Error::Away(_)) {
                return Err(error);
            }
        }
    }
    Ok(())
}

async fn try_store_talks(scribe: &mut Scribe, talks: &mut [Talk]) -> Result<Stored, Error> {
    scribe.begin().await?;
    let directory = scribe.shared.directory();
    if directory.has_renamed() {
        talks.iter_mut().for_each(|talk| talk.what.follow(&directory));
    }
    let talks = &*talks;
    let known = scribe.engine.known_words(&named(talks)).await?;
    let decided = decide(known, talks, scribe.shared.options.alerts_max);
    let (spoken, now) = (&decided.spoken, now());
    let mut news: Vec<_> = spoken.said.iter().map(|said| News::word(said, now)).collect();
    news.extend(decided.told);
    let entries = scribe.numbering.number(news, now);
    scribe.engine.write_and_commit(spoken, &entries, now).await?;
    scribe.committed(&entries, spoken.said.len());
    scribe.shared.counters.count_talks(talks, spoken);
    Ok(Stored { outcomes: decided.outcomes, entries })
}
