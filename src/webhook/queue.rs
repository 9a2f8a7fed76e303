//! The queue of one webhook: it sends the oldest letter, again and again, until it is taken or given up.

use super::client::Outcome;
use super::patience::{WAITING_MAX, is_too_old, pause_ms};
use super::stats::Counters;
use super::{Clock, Receiver};
use crate::storage::{Error, Letter, Storage};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::watch;
use weather::freshness::age;

/// Letters that one question reads.
const AT_ONCE: u32 = 100;
/// The outbox is read again after this time even if nobody has rung: storage may have been away.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// The pause after storage failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

pub(super) struct Queue {
    pub storage: Storage,
    pub receiver: Arc<Receiver>,
    pub clock: Clock,
    pub counters: Arc<Counters>,
    /// Tells that letters were stored.
    pub written: watch::Receiver<u64>,
}

impl Queue {
    /// Sends until storage is closed.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        loop {
            self.written.mark_unchanged();
            match self.send_some(&mut failures).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(Error::Closed) => return,
                Err(error) => {
                    let webhook = self.receiver.name();
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        webhook,
                        "the outbox cannot be read; trying again"
                    );
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            }
            tokio::select! {
                changed = self.written.changed() => {
                    if changed.is_err() {
                        // The keeper has ended: nothing more is written, and what waits was tried.
                        tokio::time::sleep(LOOK_AGAIN).await;
                    }
                }
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Sends what waits, the oldest first; false if nothing waits.
    async fn send_some(&mut self, failures: &mut u32) -> Result<bool, Error> {
        let name = self.receiver.name().to_owned();
        let (letters, count) = self.storage.letters(&name, AT_ONCE).await?;
        self.counters.waiting.store(count, Relaxed);
        let excess = count.saturating_sub(WAITING_MAX).min(u64::from(AT_ONCE)) as usize;
        if excess > 0 {
            let ids = letters.iter().take(excess).map(|letter| letter.id.clone()).collect();
            let dropped = self.drop_letters(ids).await?;
            tracing::warn!(webhook = name, dropped, "too many letters wait for a webhook; the oldest were dropped");
            return Ok(true);
        }
        for letter in &letters {
            let now = (self.clock)();
            if is_too_old(letter.made_at, now) {
                self.drop_letters(vec![letter.id.clone()]).await?;
                let age = age(letter.made_at, now);
                tracing::warn!(
                    webhook = name,
                    id = letter.id,
                    age,
                    "a letter could not be sent for too long, and was dropped"
                );
                continue;
            }
            let Some(content) = letter.content() else {
                self.drop_letters(vec![letter.id.clone()]).await?;
                tracing::warn!(webhook = name, id = letter.id, "a letter cannot be read, and was dropped");
                continue;
            };
            match self.receiver.post(&letter.id, content, letter.made_at, now).await {
                Outcome::Taken { .. } => {
                    self.counters.sent.fetch_add(1, Relaxed);
                    if std::mem::take(failures) > 0 {
                        tracing::info!(webhook = name, "a webhook takes letters again");
                    }
                    // Else it would be sent again. Its id says that it is the same.
                    self.insist_gone(letter).await?;
                }
                Outcome::Refused { why } => {
                    self.counters.failed.fetch_add(1, Relaxed);
                    self.drop_letters(vec![letter.id.clone()]).await?;
                    tracing::warn!(
                        webhook = name,
                        id = letter.id,
                        answer = why,
                        "a webhook refuses a letter; it was dropped"
                    );
                }
                Outcome::Later { why, asked_ms } => {
                    self.counters.failed.fetch_add(1, Relaxed);
                    *failures = failures.saturating_add(1);
                    if *failures == 1 {
                        tracing::warn!(
                            webhook = name,
                            why,
                            waiting = count,
                            "a webhook takes no letters; trying again for a day"
                        );
                    } else {
                        tracing::debug!(webhook = name, why, failures = *failures, "a webhook takes no letters");
                    }
                    // Without randomness: the shortest pause.
                    let pause = pause_ms(*failures, getrandom::u64().unwrap_or(0), asked_ms);
                    tokio::time::sleep(Duration::from_millis(pause.unsigned_abs())).await;
                    return Ok(true);
                }
            }
        }
        Ok(!letters.is_empty())
    }

    /// Removes a letter that was taken, however often storage fails.
    async fn insist_gone(&self, letter: &Letter) -> Result<(), Error> {
        loop {
            match self.storage.remove_letters(vec![letter.id.clone()]).await {
                Ok(_) => return Ok(()),
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => {
                    let (webhook, id) = (self.receiver.name(), &letter.id);
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        webhook,
                        id,
                        "a letter was sent, and cannot be taken from the outbox; trying again"
                    );
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn drop_letters(&self, ids: Vec<String>) -> Result<u64, Error> {
        let gone = self.storage.remove_letters(ids).await?;
        self.counters.dropped.fetch_add(gone, Relaxed);
        Ok(gone)
    }
}
