//! The book of a fleet: what its pages count together.

use crate::home::{Item, Load};
use crate::measured::{Ages, Measured};
use serde::Deserialize;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Shared by all pages of a fleet.
#[derive(Clone)]
pub(super) struct Book(Arc<Mutex<Inner>>);

struct Inner {
    counts: Measured,
    ages: Ages,
    answer_ages: Ages,
    /// The news of this run, by the instant that it was observed at, ms.
    posted: HashMap<i64, Posted>,
    measures: bool,
    /// Streams that are open.
    open: usize,
    /// How long streams have been open, summed up until `last`, seconds.
    open_s: f64,
    last: Instant,
}

/// A piece of news.
struct Posted {
    /// When it was posted, µs of the wall clock.
    at_us: i64,
    /// How many pages have it.
    delivered: u64,
}

/// What the lab reads of an item.
#[derive(Deserialize)]
struct Cargo<'a> {
    kind: &'a str,
    observed_at: Option<i64>,
    committed_at: Option<f64>,
    from: Option<&'a str>,
}

impl Book {
    pub fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self(Arc::new(Mutex::new(Inner {
            counts: Measured::default(),
            ages: Ages::new()?,
            answer_ages: Ages::new()?,
            posted: HashMap::new(),
            measures: false,
            open: 0,
            open_s: 0.0,
            last: Instant::now(),
        }))))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked has counted or not: a number is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts.
    pub fn count(&self, count: impl FnOnce(&mut Measured)) {
        count(&mut self.inner().counts);
    }

    /// A reading of that instant is about to be posted: pages may have it before the answer is here.
    pub fn posts(&self, observed_at: i64) {
        let posted = Posted { at_us: now_us(), delivered: 0 };
        self.inner().posted.insert(observed_at, posted);
    }

    /// It was not stored.
    pub fn was_not_stored(&self, observed_at: i64) {
        self.inner().posted.remove(&observed_at);
    }

    /// A page has items that it did not have before. Only news of this run counts, so that a page cannot have more of it
    /// than there is.
    pub fn applied(&self, items: &[Item], questions: &Questions) {
        let now_us = now_us();
        let mut inner = self.inner();
        if !inner.measures {
            return;
        }
        for item in items {
            let Ok(cargo) = serde_json::from_str::<Cargo<'_>>(&item.json) else { continue };
            match cargo {
                Cargo { kind: "report", observed_at: Some(observed_at), committed_at: Some(ms), .. } => {
                    let Some(posted) = inner.posted.get_mut(&observed_at) else { continue };
                    posted.delivered += 1;
                    inner.counts.news_delivered += 1;
                    // A clock that is set back makes news no younger than new.
                    inner.ages.add((now_us - (ms * 1e3) as i64).max(0).unsigned_abs());
                }
                Cargo { kind: "words", from: Some("robot"), .. } => {
                    let Some(asked) = questions.answered() else { continue };
                    inner.counts.answers += 1;
                    inner.answer_ages.add(asked.elapsed().as_micros() as u64);
                }
                _ => {}
            }
        }
    }

    /// A load comes down a stream, or home on a truck beside it; returns how far the page has seen now.
    pub fn load(&self, load: &Load, bytes: usize, seen: u64, questions: &Questions) -> u64 {
        let fresh: Vec<Item> = load.cargo.iter().filter(|item| item.at.seq() > seen).cloned().collect();
        self.count(|counts| {
            counts.legs_home += 1;
            counts.bytes_down += bytes as u64;
            counts.empty_home += u64::from(load.cargo.is_empty());
            counts.tickets += u64::from(load.why == channel::cargo::Why::Ticket);
            counts.relieved += u64::from(load.why == channel::cargo::Why::Relieved);
            counts.repeated += (load.cargo.len() - fresh.len()) as u64;
        });
        self.applied(&fresh, questions);
        load.seen.as_ref().map_or(seen, |reached| reached.seq().max(seen))
    }

    /// A stream is open, until the returned value is dropped.
    pub fn open(&self) -> Open {
        self.inner().passes(Instant::now(), 1);
        Open(self.clone())
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.inner().open
    }

    /// From here on, news counts.
    pub fn begin(&self) {
        self.inner().measures = true;
    }

    /// Until here. Returns the counts at this moment; `pages` is how many pages wait for each piece of news.
    pub fn end(&self, now: Instant, pages: u64) -> Measured {
        let end_us = now_us();
        let mut inner = self.inner();
        inner.passes(now, 0);
        inner.measures = false;
        let (mut waiting, mut waiting_us) = (0, 0);
        for Posted { at_us, delivered } in inner.posted.values() {
            let pages = pages.saturating_sub(*delivered);
            waiting += pages;
            waiting_us += u128::from((end_us - at_us).max(0).unsigned_abs()) * u128::from(pages);
        }
        Measured {
            news: inner.posted.len() as u64 * pages,
            age: inner.ages.age(),
            age_mean_least_ms: inner.ages.mean_with_ms(waiting, waiting_us),
            answer_age: inner.answer_ages.age(),
            parked: inner.open_s,
            ..inner.counts.clone()
        }
    }

    /// All counts until now, without the ages; parked are seconds.
    pub fn counts(&self, now: Instant) -> Measured {
        let mut inner = self.inner();
        inner.passes(now, 0);
        Measured { parked: inner.open_s, ..inner.counts.clone() }
    }
}

fn now_us() -> i64 {
    chrono::Utc::now().timestamp_micros()
}

impl Inner {
    /// Time has passed; from now on so many more (or less) are open.
    fn passes(&mut self, now: Instant, more: isize) {
        self.open_s += now.saturating_duration_since(self.last).as_secs_f64() * self.open as f64;
        self.last = self.last.max(now);
        self.open = self.open.saturating_add_signed(more);
    }
}

/// An open stream.
pub(super) struct Open(Book);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.inner().passes(Instant::now(), -1);
    }
}

/// A page's questions to the keeper that have no answer yet. The keeper answers a visitor in order.
#[derive(Clone, Default)]
pub(super) struct Questions(Arc<Mutex<VecDeque<Instant>>>);

impl Questions {
    /// A question is asked.
    pub fn asked(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
    }

    /// The last question was not said after all.
    pub fn was_not_asked(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_back();
    }

    /// An answer is here; returns when its question was asked.
    fn answered(&self) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// What was counted between two moments; parked are seconds. Ages and news are those of `after`.
pub(super) fn less(after: Measured, before: &Measured) -> Measured {
    Measured {
        trips: after.trips - before.trips,
        legs_out: after.legs_out - before.legs_out,
        legs_home: after.legs_home - before.legs_home,
        empty_out: after.empty_out - before.empty_out,
        empty_home: after.empty_home - before.empty_home,
        tickets: after.tickets - before.tickets,
        relieved: after.relieved - before.relieved,
        lost: after.lost - before.lost,
        repeated: after.repeated - before.repeated,
        reloads: after.reloads - before.reloads,
        unsaid: after.unsaid - before.unsaid,
        words: after.words - before.words,
        words_delivered: after.words_delivered - before.words_delivered,
        bytes_up: after.bytes_up - before.bytes_up,
        bytes_down: after.bytes_down - before.bytes_down,
        parked: after.parked - before.parked,
        ..after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(json: &str) -> Item {
        Item { at: "J.1".parse().expect("a cursor"), json: json.into() }
    }

    #[tokio::test]
    async fn only_news_of_this_run_is_delivered_and_the_rest_waits_until_the_end() {
        let (book, questions) = (Book::new().expect("memory"), Questions::default());
        let news = item(r#"{"kind":"report","observed_at":7,"committed_at":1,"at":"J.1"}"#);
        book.posts(7);
        book.posts(8);
        book.applied(std::slice::from_ref(&news), &questions);
        book.begin();
        let other = item(r#"{"kind":"report","observed_at":9,"committed_at":1,"at":"J.1"}"#);
        book.applied(&[news.clone(), other], &questions);
        book.posts(10);
        book.was_not_stored(10);
        let end = book.end(Instant::now(), 2);
        assert_eq!((end.news, end.news_delivered, end.delivered_share()), (4, 1, Some(0.25)));
        assert!(
            end.age.is_some_and(|age| age.mean_ms > end.age_mean_least_ms.expect("four")),
            "three are new: {end:?}"
        );
        book.applied(&[news], &questions);
        assert_eq!(book.counts(Instant::now()).news_delivered, 1, "after the end nothing counts");
    }

    #[tokio::test]
    async fn an_answer_counts_for_a_question_and_an_echo_for_nothing() {
        let (book, questions) = (Book::new().expect("memory"), Questions::default());
        book.begin();
        questions.asked();
        let words = |from: &str| item(&format!(r#"{{"kind":"words","from":"{from}","at":"J.1"}}"#));
        book.applied(&[words("you"), words("robot"), words("robot")], &questions);
        let end = book.end(Instant::now(), 1);
        assert_eq!((end.answers, end.answer_age.map(|age| age.count), end.news_delivered), (1, Some(1), 0));
    }
}
