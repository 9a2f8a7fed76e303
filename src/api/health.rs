//! `GET /healthz`: the process answers. `GET /readyz`: it can read and store, and it is not stopping. For whoever starts and watches
//! servers: open to all, told of in no log, and without a word about the machine.

use crate::storage::{Error, Stats, Storage};
use crate::web::answer::Answer;
use crate::web::error::Problem;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;
use weather::time::{SECOND_MS, Timestamp};

/// An answer holds for so long, ms: whoever asks more often asks no more of the database.
const HOLDS_MS: i64 = SECOND_MS;
/// A database that takes longer is not ready. Watchers give up after some seconds.
const PATIENCE: Duration = Duration::from_secs(2);

const OK: [(&str, &str); 3] = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
];

/// Knows whether the server is ready.
#[derive(Clone)]
pub(super) struct Health {
    storage: Storage,
    /// Turns true when the server is to stop.
    stops: watch::Receiver<bool>,
    /// One looks at a time, and the others wait for what it finds.
    seen: Arc<Mutex<Seen>>,
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    /// What was found, and when.
    found: Option<(Timestamp, Readiness)>,
    /// Transactions that failed and that did not, by then.
    failures: u64,
    commits: u64,
    /// Nothing could be stored lately.
    fails_until: Option<Timestamp>,
}

impl Seen {
    /// Whether nothing can be stored, as far as anybody has tried: what failed says so until something is stored, or for a while.
    fn cannot_store(&mut self, stats: &Stats, now: Timestamp) -> bool {
        if stats.commits > self.commits {
            self.fails_until = None;
        } else if stats.failures > self.failures {
            self.fails_until = Some(now.plus(FAILS_MS));
        }
        (self.failures, self.commits) = (stats.failures, stats.commits);
        self.fails_until.is_some_and(|until| now < until)
    }
}

/// Whether the server is ready; else why not.
type Readiness = Result<(), &'static str>;

impl Health {
    pub(super) fn new(storage: Storage, stops: watch::Receiver<bool>) -> Self {
        Self { storage, stops, seen: Arc::default() }
    }

    /// The process answers.
    pub(super) fn alive() -> Answer {
        Answer::new(200, &OK, b"ok\n".to_vec())
    }

    /// Whether it can read and store.
    pub(super) async fn ready(&self, now: Timestamp) -> Answer {
        match self.readiness(now).await {
            Ok(()) => Answer::new(200, &OK, b"ready\n".to_vec()),
            Err(why) => Problem::unavailable(why).into(),
        }
    }

    async fn readiness(&self, now: Timestamp) -> Readiness {
        if *self.stops.borrow() {
            return Err(STOPPING);
        }
        let mut seen = self.seen.lock().await;
        match seen.found {
            Some((at, readiness)) if (0..HOLDS_MS).contains(&now.since(at)) => readiness,
            _ => {
                let readiness =
                    timeout(PATIENCE, self.storage.answers()).await.map_or(Err(SLOW), |looked| judge(&looked));
                let cannot_store = seen.cannot_store(&self.storage.stats(), now);
                let readiness = readiness.and(if cannot_store { Err(CANNOT_STORE) } else { Ok(()) });
                seen.found = Some((now, readiness));
                readiness
            }
        }
    }
}

/// What failed is told for so long if nobody tries again, ms: stations that report each minute come twice.
const FAILS_MS: i64 = 120 * SECOND_MS;
const CANNOT_STORE: &str = "what stations send cannot be stored: the database is locked or full, or the disk is";
const STOPPING: &str = "the server is stopping";
const SLOW: &str = "the database does not answer in time";

/// Why a look was in vain, without a word about the machine.
fn judge(looked: &Result<(), Error>) -> Readiness {
    match looked {
        Ok(()) => Ok(()),
        Err(Error::Closed) => Err(STOPPING),
        Err(Error::Locked(_)) => Err("the database is locked by another program"),
        Err(Error::Away(_)) => Err("the database does not answer"),
        Err(Error::Overloaded(_)) => Err("more waits to be stored than may"),
        Err(_) => Err("the database cannot be read or written"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Options;

    async fn status(health: &Health, at: i64) -> (u16, String) {
        let answer = health.ready(Timestamp(at)).await;
        (answer.status, String::from_utf8(answer.body).expect("text"))
    }

    #[test]
    fn what_cannot_be_stored_is_told_until_something_is_or_for_a_while() {
        let mut seen = Seen::default();
        let stats = |failures, commits| Stats { failures, commits, ..Stats::default() };
        assert!(!seen.cannot_store(&stats(0, 5), Timestamp(0)));
        assert!(seen.cannot_store(&stats(1, 5), Timestamp(1)));
        assert!(seen.cannot_store(&stats(1, 5), Timestamp(FAILS_MS)), "nobody has tried again");
        assert!(!seen.cannot_store(&stats(1, 5), Timestamp(FAILS_MS + 1)));
        assert!(seen.cannot_store(&stats(3, 5), Timestamp(FAILS_MS + 2)));
        assert!(!seen.cannot_store(&stats(4, 6), Timestamp(FAILS_MS + 3)), "something was stored");
    }

    #[tokio::test]
    async fn a_server_that_stops_or_whose_writer_is_gone_is_not_ready() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options { file: folder.path().join("x.db"), ..Options::default() };
        let (storage, _commits) = Storage::open(options).await.expect("it opens");
        let (stop, stops) = watch::channel(false);
        let health = Health::new(storage.clone(), stops);
        assert_eq!(status(&health, 0).await.0, 200);
        storage.close().await;
        assert_eq!(status(&health, HOLDS_MS - 1).await.0, 200, "an answer holds for a moment");
        let (code, body) = status(&health, HOLDS_MS).await;
        assert!(code == 503 && !body.contains("x.db"), "{body}");
        stop.send_replace(true);
        let (code, body) = status(&health, HOLDS_MS).await;
        assert!(code == 503 && body.contains(STOPPING), "{body}");
        assert_eq!(Health::alive().status, 200);
    }
}
