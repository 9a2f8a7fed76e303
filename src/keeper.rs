//! The keeper: each station's keeper. It thinks before it answers, and speaks up on its own.
//!
//! `language`, `talk` and `alerts` decide and are pure; `gather` reads; `dispatch` answers what waits in storage, `watch` holds
//! alerts against the news. What must survive lives in storage: words without an answer, alerts with their state.

pub mod alerts;
mod dispatch;
mod gather;
mod held;
pub mod language;
mod presence;
mod queue;
mod report;
mod stats;
pub mod talk;
mod watch;

pub use stats::Stats;

use crate::storage::words::Visitor;
use crate::storage::{Entry, Storage};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use watch::Watch;
use weather::time::Timestamp;

/// Knobs of the keeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The shortest time it thinks about a question, milliseconds.
    pub think_min_ms: u64,
    /// The longest.
    pub think_max_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        // Long enough to see it think, short enough to wait for.
        Self { think_min_ms: 300, think_max_ms: 3_000 }
    }
}

/// A handle to the keepers; clones share it.
#[derive(Clone)]
pub struct Keeper(Arc<Shared>);

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

struct Shared {
    storage: Storage,
    options: Options,
    clock: Clock,
    /// Words wait.
    bell: Notify,
    watch: Watch,
    counters: Arc<stats::Counters>,
}

/// How long a page waits for what a visitor who returns is to be told, ms: it comes by truck a moment later anyway.
const VISITED_MAX: Duration = Duration::from_millis(200);
/// With the last words of a run, states of alerts are stored; a stop waits no longer for them.
const LAST_STATES_MAX: Duration = Duration::from_millis(500);

impl Keeper {
    /// The keepers of the stations in `storage`. They do nothing until somebody runs [`Keeper::run`].
    pub fn new(storage: Storage, options: Options) -> Self {
        Self::with_clock(storage, options, || chrono::Utc::now().into())
    }

    /// The same by another clock. Thinking takes its time by the runtime's.
    pub fn with_clock(
        storage: Storage,
        options: Options,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let (clock, counters): (Clock, _) = (Arc::new(clock), Arc::new(stats::Counters::default()));
        let watch = Watch::new(storage.clone(), clock.clone(), counters.clone());
        Self(Arc::new(Shared { storage, options, clock, bell: Notify::new(), watch, counters }))
    }

    /// Words have been stored: look at what waits for an answer. Never waits, loses nothing if nobody runs.
    pub fn hear(&self) {
        self.0.bell.notify_one();
    }

    /// A visitor is here right now: a page was asked for, a truck arrived. Cheap, may be called for every truck.
    pub fn visit(&self, visitor: &Visitor) {
        self.0.watch.visit(visitor);
    }

    /// The same; ready once what happened while the visitor was away is told, so that a page can show it. 200 ms at most.
    pub async fn visited(&self, visitor: &Visitor) {
        self.visit(visitor);
        // Too late is fine: pages hear it by truck.
        let _ = tokio::time::timeout(VISITED_MAX, self.0.watch.until_told(visitor)).await;
    }

    /// What has just been committed, in order. Never waits.
    pub fn news(&self, entries: &[Entry]) {
        self.0.watch.news(entries);
    }

    /// What the keeper has done since it was made.
    pub fn stats(&self) -> Stats {
        self.0.counters.read()
    }

    /// Answers and warns until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let work = async {
            if self.0.watch.load().await.is_ok() {
                tokio::join!(dispatch::run(&self.0), self.0.watch.run());
            }
        };
        tokio::select! {
            () = shutdown => {}
            () = work => {}
        }
        if tokio::time::timeout(LAST_STATES_MAX, self.0.watch.keep_states()).await.is_err() {
            tracing::debug!("states of alerts were not stored; the next start reads them from the journal");
        }
    }
}
