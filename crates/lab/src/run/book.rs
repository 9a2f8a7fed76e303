//! The book of a row: what its pages count together.

use crate::home::{Item, Load};
use crate::measured::{Age, Ages, Measured};
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Shared by all pages of a row.
#[derive(Clone)]
pub(super) struct Book(Arc<Mutex<Inner>>);

struct Inner {
    counts: Measured,
    ages: Ages,
    measures: bool,
    /// Streams that are open.
    open: usize,
    /// How long streams have been open, summed up until `last`, seconds.
    open_s: f64,
    last: Instant,
}

/// What of an item says when it was born.
#[derive(Deserialize)]
struct Born {
    committed_at: Option<f64>,
}

impl Book {
    pub fn new() -> Result<Self, hdrhistogram::CreationError> {
        let (counts, ages) = (Measured::default(), Ages::new()?);
        let inner = Inner { counts, ages, measures: false, open: 0, open_s: 0.0, last: Instant::now() };
        Ok(Self(Arc::new(Mutex::new(inner))))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked has counted or not: a number is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts.
    pub fn count(&self, count: impl FnOnce(&mut Measured)) {
        count(&mut self.inner().counts);
    }

    /// News that a page has for the first time.
    pub fn applied(&self, items: &[Item]) {
        let now_us = chrono::Utc::now().timestamp_micros();
        let mut inner = self.inner();
        inner.counts.news_delivered += items.len() as u64;
        if !inner.measures {
            return;
        }
        for item in items {
            let born = serde_json::from_str(&item.json).ok().and_then(|born: Born| born.committed_at);
            if let Some(ms) = born {
                // A clock that is set back makes news no younger than new.
                inner.ages.add((now_us - (ms * 1e3) as i64).max(0).unsigned_abs());
            }
        }
    }

    /// A load comes down a stream, or home on a truck beside it; returns how far the page has seen now.
    pub fn load(&self, load: &Load, bytes: usize, seen: u64) -> u64 {
        let fresh: Vec<Item> = load.cargo.iter().filter(|item| item.at.seq() > seen).cloned().collect();
        self.count(|counts| {
            counts.legs_home += 1;
            counts.bytes_down += bytes as u64;
            counts.empty_home += u64::from(load.cargo.is_empty());
            counts.tickets += u64::from(load.why == channel::cargo::Why::Ticket);
            counts.relieved += u64::from(load.why == channel::cargo::Why::Relieved);
            counts.repeated += (load.cargo.len() - fresh.len()) as u64;
            counts.words_delivered += load.heard.len() as u64;
        });
        self.applied(&fresh);
        load.seen.as_ref().map_or(seen, |reached| reached.seq().max(seen))
    }

    /// A stream is open, until what is returned is dropped.
    pub fn open(&self) -> Open {
        self.inner().passes(1);
        Open(self.clone())
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.inner().open
    }

    /// From here on, ages count.
    pub fn begin(&self) {
        self.inner().measures = true;
    }

    /// To here.
    pub fn end(&self) -> Option<Age> {
        let mut inner = self.inner();
        inner.measures = false;
        inner.ages.age()
    }

    /// All counts so far; parked are seconds.
    pub fn counts(&self) -> Measured {
        let mut inner = self.inner();
        inner.passes(0);
        Measured { parked: inner.open_s, ..inner.counts.clone() }
    }
}

impl Inner {
    /// Time has passed; from now on so many more (or less) are open.
    fn passes(&mut self, more: isize) {
        let now = Instant::now();
        self.open_s += (now - self.last).as_secs_f64() * self.open as f64;
        self.last = now;
        self.open = self.open.saturating_add_signed(more);
    }
}

/// An open stream.
pub(super) struct Open(Book);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.inner().passes(-1);
    }
}

/// What was counted between two moments; parked are seconds.
pub(super) fn less(after: &Measured, before: &Measured) -> Measured {
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
        news_delivered: after.news_delivered - before.news_delivered,
        words_delivered: after.words_delivered - before.words_delivered,
        bytes_up: after.bytes_up - before.bytes_up,
        bytes_down: after.bytes_down - before.bytes_down,
        parked: after.parked - before.parked,
        ..Measured::default()
    }
}
