//! `GET /healthz`: the process answers. `GET /readyz`: it can read and store, and it is not stopping. For whoever starts and watches
//! servers: open to all, told of in no log, and without a word about the machine.

use crate::storage::{Error, Storage};
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
    /// What was found, and when. One looks at a time, and the others wait for what it finds.
    found: Arc<Mutex<Option<(Timestamp, Readiness)>>>,
}

/// Whether the server is ready; else why not.
type Readiness = Result<(), &'static str>;

impl Health {
    pub(super) fn new(storage: Storage, stops: watch::Receiver<bool>) -> Self {
        Self { storage, stops, found: Arc::default() }
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
        let mut found = self.found.lock().await;
        match *found {
            Some((at, readiness)) if (0..HOLDS_MS).contains(&now.since(at)) => readiness,
            _ => {
                let readiness =
                    timeout(PATIENCE, self.storage.answers()).await.map_or(Err(SLOW), |looked| judge(&looked));
                *found = Some((now, readiness));
                readiness
            }
        }
    }
}

const STOPPING: &str = "the server is stopping";
const SLOW: &str = "the database does not answer in time";

/// Why a look was in vain, without a word about the machine.
fn judge(looked: &Result<(), Error>) -> Readiness {
    match looked {
        Ok(()) => Ok(()),
        Err(Error::Closed) => Err(STOPPING),
        Err(Error::Locked(_)) => Err("the database is locked by another program"),
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
