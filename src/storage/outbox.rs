//! The outbox: letters that wait to be sent to the owner's webhooks.

use super::Storage;
use super::core::{Job, What};
use super::error::Error;
use super::letters::{Letter, OutboxChange};
use super::words::AlertChange;

/// Letters, and the alerts that they tell of.
impl Storage {
    /// Stores what happens to alerts of the owner together with the letters that tell of it, in one transaction. Alerts that are gone
    /// are left alone; if all are, no letter is written. False: somebody else has moved one of them since, and nothing was done.
    pub async fn ring(&self, station: &str, changes: Vec<AlertChange>, letters: Vec<Letter>) -> Result<bool, Error> {
        self.talk(What::Ring { station: station.to_owned(), changes, letters }).await
    }

    /// Makes and forgets alerts of the owner. No budget of visitors counts them. One that is there already is left as it is: false.
    pub async fn wish(&self, changes: Vec<AlertChange>) -> Result<bool, Error> {
        self.talk(What::Wish { changes }).await
    }

    /// The oldest letters of a webhook that wait, `limit` at most, and how many wait in all.
    pub async fn letters(&self, webhook: &str, limit: u32) -> Result<(Vec<Letter>, u64), Error> {
        self.readers.letters(webhook, limit).await
    }

    /// Letters go: they were taken, or are given up. Returns how many were there.
    pub async fn remove_letters(&self, ids: Vec<String>) -> Result<u64, Error> {
        self.ask(|answer| Job::Outbox(OutboxChange::Remove(ids), answer)).await
    }

    /// The letters of webhooks that the configuration no longer has go. Returns how many there were.
    pub async fn keep_letters_of(&self, webhooks: Vec<String>) -> Result<u64, Error> {
        self.ask(|answer| Job::Outbox(OutboxChange::KeepOnly(webhooks), answer)).await
    }
}
