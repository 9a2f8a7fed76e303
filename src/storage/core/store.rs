//! One batch, one transaction: begin, learn, merge, write, commit; then answer; then tell.
//!
//! Everyone is answered before anything is told: a listener that is slow must not hold up stations. So news of a report
//! may reach pages a moment after the station has its answer.

use super::decide::{decide, named};
use super::jobs::{Append, Batch};
use super::learn::learn;
use super::merge::{Upload, merge};
use super::news::News;
use super::scribe::{Scribe, now};
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::observations::Appended;
use crate::storage::seam::Writing;

/// What to answer, and what to tell.
struct Stored {
    appended: Vec<Result<Appended, Error>>,
    talked: Vec<Result<bool, Error>>,
    entries: Vec<Entry>,
}

/// Stores what is given in one transaction, answers everyone, then tells. Returns the error if the database was
/// locked: whoever waits behind has waited as long.
pub(super) async fn store(scribe: &mut Scribe, batch: Batch) -> Result<(), Error> {
    let done = store_and_answer(scribe, batch).await;
    scribe.prune_if_due().await;
    done
}

async fn store_and_answer(scribe: &mut Scribe, batch: Batch) -> Result<(), Error> {
    let done = try_store(scribe, &batch).await;
    scribe.settle(&done).await;
    match done {
        Ok(stored) => {
            // The asker may have gone; the reports are stored all the same.
            for (append, answer) in batch.appends.into_iter().zip(stored.appended) {
                drop(append.answer.send(answer));
            }
            for (talk, answer) in batch.talks.into_iter().zip(stored.talked) {
                drop(talk.answer.send(answer));
            }
            scribe.teller.tell(stored.entries).await;
        }
        // Nobody knows whose fault it was: each gets a transaction of its own.
        Err(Error::Database(error)) if batch.len() > 1 => {
            tracing::warn!(%error, "a batch failed; trying what was in it one by one");
            let mut rest = batch.split();
            while let Some(one) = rest.next() {
                if let Err(locked) = Box::pin(store_and_answer(scribe, one)).await {
                    rest.for_each(|one| one.fail(&locked));
                    return Err(locked);
                }
            }
        }
        Err(error) => {
            batch.fail(&error);
            if matches!(error, Error::Locked(_)) {
                return Err(error);
            }
        }
    }
    Ok(())
}

async fn try_store(scribe: &mut Scribe, batch: &Batch) -> Result<Stored, Error> {
    scribe.begin().await?;
    let directory = scribe.shared.directory();
    let mut uploads = Vec::with_capacity(batch.appends.len());
    for append in &batch.appends {
        if let Some((station, slug)) = directory.by_id(append.station) {
            uploads.push(Upload { station, slug, reports: &append.reports });
        }
    }
    let stored = learn(&mut scribe.engine, &mut scribe.memory, &uploads).await?;
    let merged = merge(&mut scribe.memory, stored, &uploads);
    let known = scribe.engine.known_words(&named(&batch.talks)).await?;
    let decided = decide(known, &batch.talks, scribe.shared.options.alerts_max);
    let (observed, spoken, now) = (&merged.observed, &decided.spoken, now());
    let mut news = merged.news;
    let public = news.len();
    news.extend(spoken.said.iter().map(|said| News::word(said, now)));
    news.extend(decided.told);
    let entries = scribe.numbering.number(news, now);
    let (public, private) = entries.split_at(public);
    scribe.engine.write_and_commit(&Writing { observed, spoken, public, private, now }).await?;
    scribe.committed(&entries, spoken.said.len());
    scribe.shared.shares.wrote(batch.appends.iter().map(|append| append.station), &scribe.memory, observed);
    scribe.shared.counters.count_stored(&merged.answers, &batch.talks, spoken);
    let mut answers = merged.answers.into_iter();
    let answer = |append: &Append| match directory.by_id(append.station) {
        Some(_) => Ok(answers.next().unwrap_or_default()),
        None => Err(Error::NoStation(format!("number {}", append.station.0))),
    };
    Ok(Stored { appended: batch.appends.iter().map(answer).collect(), talked: decided.outcomes, entries })
}
