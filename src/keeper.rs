//! The keeper: it answers visitors at each station, and warns them on its own.
//!
//! `language`, `talk` and `alerts` decide and are pure. `gather` reads. `dispatch` answers the words that wait in storage. `watch`
//! compares alerts with each report. `records` tells those who talked with a keeper when a record of its station falls. Words
//! without an answer, and alerts with their states, are in storage, so that they survive a restart.

pub mod alerts;
mod dispatch;
mod gather;
mod held;
pub mod language;
pub mod owner;
mod presence;
mod queue;
mod records;
mod report;
mod stats;
pub mod talk;
mod watch;

pub use stats::Stats;

use self::owner::Wish;
use crate::storage::words::Visitor;
use crate::storage::{Entry, Lead, Storage};
use records::Records;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch::Receiver;
use watch::Watch;
use weather::time::Timestamp;

/// Knobs of the keeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The shortest time between a question and its answer. Visitors see the keeper think.
    pub think_min_ms: u64,
    /// The longest time between a question and its answer. Each answer takes a random time between the two.
    pub think_max_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { think_min_ms: 300, think_max_ms: 3_000 }
    }
}

/// A handle to the keepers of all stations; clones share one state.
#[derive(Clone)]
pub struct Keeper(Arc<Shared>);

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

struct Shared {
    storage: Storage,
    options: Options,
    clock: Clock,
    /// Rings when words wait for an answer.
    bell: Notify,
    watch: Watch,
    records: Records,
    lead: Lead,
    /// Another server answers and warns.
    rests: AtomicBool,
    counters: Arc<stats::Counters>,
}

/// The longest time that a page waits until a returning visitor's news is stored. Later news comes over the channel.
const VISITED_MAX: Duration = Duration::from_millis(200);
/// The longest time that a stop waits until the states of alerts are stored.
const LAST_STATES_MAX: Duration = Duration::from_millis(500);

/// The clock of keepers outside tests.
#[expect(clippy::disallowed_methods, reason = "a worker: all its parts get this clock")]
fn now() -> Timestamp {
    chrono::Utc::now().into()
}

impl Keeper {
    /// The keepers of the stations in `storage`. They do nothing before [`Keeper::run`].
    pub fn new(storage: Storage, options: Options) -> Self {
        Self::with_clock(storage, options, now)
    }

    /// The same with what the owner wants to be told of reports that come after the entry `began` of the journal.
    pub fn with_wishes(storage: Storage, options: Options, wishes: Vec<Wish>, began: u64) -> Self {
        Self::make(storage, options, Arc::new(now), |watch| watch.wishing(wishes, began))
    }

    /// The same with another clock. The time to think is measured by the runtime's clock.
    pub fn with_clock(
        storage: Storage,
        options: Options,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self::make(storage, options, Arc::new(clock), |watch| watch)
    }

    fn make(storage: Storage, options: Options, clock: Clock, wishing: impl FnOnce(Watch) -> Watch) -> Self {
        let storage = storage.in_background();
        let counters = Arc::new(stats::Counters::default());
        let watch = wishing(Watch::new(storage.clone(), clock.clone(), counters.clone()));
        let records = Records::new(storage.clone(), clock.clone(), counters.clone());
        let (lead, rests, bell) = (storage.lead(), AtomicBool::new(false), Notify::new());
        Self(Arc::new(Shared { storage, options, clock, bell, watch, records, lead, rests, counters }))
    }

    /// Says that new words are stored. Returns at once. The words stay in storage until they are answered.
    pub fn hear(&self) {
        self.0.bell.notify_one();
    }

    /// Says that a visitor is here: the visitor's browser has just sent a request. Cheap enough for every request.
    pub fn visit(&self, visitor: &Visitor) {
        if self.0.lead.is_leading() {
            self.0.watch.visit(visitor);
        } else {
            self.0.storage.comes_here(visitor);
        }
    }

    /// The same, and waits until the visitor's news from the time away is stored, so that a page can show it. 200 ms at
    /// most.
    pub async fn visited(&self, visitor: &Visitor) {
        self.visit(visitor);
        // After the timeout the page gets the news over the channel.
        let _ = tokio::time::timeout(VISITED_MAX, self.0.watch.until_told(visitor)).await;
    }

    /// Takes the entries that were just committed, in order. Returns at once.
    pub fn news(&self, entries: &[Entry]) {
        if !self.0.lead.is_alone() && entries.iter().any(report::is_word_of_visitor) {
            // It may have been said at another server.
            self.hear();
        }
        if !self.0.rests.load(SeqCst) {
            self.0.watch.news(entries);
            self.0.records.news(entries);
        }
    }

    /// Tells each time that letters for webhooks were stored.
    pub fn letters(&self) -> Receiver<u64> {
        self.0.watch.letters()
    }

    /// The counts since the keeper was made.
    pub fn stats(&self) -> Stats {
        self.0.counters.read()
    }

    /// Answers and warns as long as this server leads, until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let lead = &self.0.lead;
        let works = async {
            let mut is_later = false;
            loop {
                tokio::select! {
                    biased;
                    () = lead.gained() => {}
                    () = lead.follows() => {
                        is_later = true;
                        self.rest().await;
                        lead.gained().await;
                    }
                }
                // Reports are taken before the journal is read: none falls between the two.
                self.0.rests.store(false, SeqCst);
                if lead.while_leading(self.work(is_later)).await.is_some() {
                    return;
                }
                is_later = true;
                self.rest().await;
            }
        };
        tokio::select! {
            () = shutdown => {}
            () = works => {}
        }
        if !lead.is_leading() {
            return;
        }
        if tokio::time::timeout(LAST_STATES_MAX, self.0.watch.keep()).await.is_err() {
            tracing::debug!("states of alerts were not stored; the next start reads them from the journal");
        }
    }

    /// Answers and warns until storage is closed.
    async fn work(&self, is_later: bool) {
        let comes = self.0.storage.hear_who_comes();
        if self.0.watch.load().await.is_ok() {
            // Each ends only when storage is closed; the last may not notice.
            tokio::select! {
                _ = async { tokio::join!(dispatch::run(&self.0), self.0.watch.run(is_later)) } => {}
                () = self.0.records.run() => {}
                () = self.meet(comes) => {}
            }
        }
    }

    /// Notes the visitors that come to other servers.
    async fn meet(&self, mut comes: broadcast::Receiver<Vec<Visitor>>) {
        loop {
            match comes.recv().await {
                Ok(visitors) => visitors.iter().for_each(|visitor| self.0.watch.visit(visitor)),
                // Those come again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// Another server answers and warns.
    async fn rest(&self) {
        self.0.rests.store(true, SeqCst);
        self.0.watch.rest().await;
        stats::set(&self.0.counters.thinking, 0);
    }
}
