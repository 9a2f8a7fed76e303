//! Owners that look at the uploads: their pages hear that more came, at most once a second, and fetch the list again.

use crate::inbox::Inbox;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use weather::time::{MINUTE_MS, Timestamp};

use super::office::now;

/// What notices are about. No station is called so.
pub(super) const STATION: &str = "_inbox";
/// A notice, as pages get it.
const NOTICE: &[u8] = br#"{"kind":"inbox"}"#;
/// A page that has not fetched the list for so long, ms, has gone. An open page fetches it more often.
const GONE_MS: i64 = 2 * MINUTE_MS;
/// The pause between notices.
const PAUSE: Duration = Duration::from_secs(1);
/// Most owners that look at once.
const WATCHERS_MAX: usize = 16;

/// Owners that look; clones share them.
#[derive(Clone, Default)]
pub struct Watchers(Arc<Mutex<HashMap<Visitor, Timestamp>>>);

impl Watchers {
    /// Notes that a page of this visitor shows the uploads.
    pub(super) fn looks(&self, visitor: &Visitor, now: Timestamp) {
        let mut watchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|_, since| now.since(*since) < GONE_MS);
        if watchers.len() < WATCHERS_MAX || watchers.contains_key(visitor) {
            watchers.insert(visitor.clone(), now);
        }
    }

    fn all(&self, now: Timestamp) -> Vec<Visitor> {
        let mut watchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|_, since| now.since(*since) < GONE_MS);
        watchers.keys().cloned().collect()
    }

    /// Tells whoever looks, until `stop`.
    pub async fn run(self, inbox: Inbox, storage: Storage, stop: impl Future<Output = ()>) {
        let mut newest = inbox.newest();
        let tell = async {
            // An error means that the inbox is gone.
            while newest.changed().await.is_ok() {
                for visitor in self.all(now()) {
                    if let Err(error) = storage.tell(&visitor, STATION, NOTICE.into()).await {
                        tracing::debug!(%error, "an owner was not told of uploads");
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = tell => {}
        }
    }
}
