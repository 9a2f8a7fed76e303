//! Forgetting a conversation: in a transaction of its own, also in the journal.

use super::super::bodies;
use super::super::commit::{COMMIT, Scribe, now};
use super::super::error::Error;
use super::super::journal::{self, Entry};
use super::super::merge::News;
use super::Visitor;
use tokio::sync::OwnedSemaphorePermit;

/// Which conversation is to be forgotten.
pub(in crate::storage) struct Forgetting {
    pub visitor: Visitor,
    pub station: String,
    /// Its place in the queue, given back when it is done.
    pub _room: OwnedSemaphorePermit,
}

/// Nothing is left of a word but its id, which is random and nobody's now: a truck that is sent again does not bring
/// the word back. Ids go when their time comes, as words do.
const EMPTY_WORDS: &str = "\
    UPDATE word SET visitor = '', station = '', text = '', units = '', answered = 1 WHERE visitor = $1 AND station = $2";

/// The entries stay, because cursors point at them.
const BLANK_JOURNAL: &str = "UPDATE journal SET body = $3 WHERE visitor = $1 AND station = $2 AND body <> $3";

impl Scribe {
    pub async fn forget_conversation(&mut self, what: &Forgetting) -> Result<(), Error> {
        let done = self.try_forget(what).await;
        self.settle(&done).await;
        self.tell(vec![done?]).await;
        self.prune_if_due().await;
        Ok(())
    }

    async fn try_forget(&mut self, Forgetting { visitor, station, .. }: &Forgetting) -> Result<Entry, Error> {
        self.begin().await?;
        let body = bodies::forgotten(station);
        let text = std::str::from_utf8(&body).unwrap_or_default();
        let words = sqlx::query(EMPTY_WORDS).bind(visitor.as_str()).bind(station);
        words.execute(&mut self.conn).await?;
        let entries = sqlx::query(BLANK_JOURNAL).bind(visitor.as_str()).bind(station).bind(text);
        entries.execute(&mut self.conn).await?;
        let news = News { station: station.as_str().into(), visitor: Some(visitor.clone()), body: body.clone() };
        let entry = self.number(vec![news], now()).remove(0);
        journal::append(&mut self.conn, &entry).await?;
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        self.committed(std::slice::from_ref(&entry));
        Ok(entry)
    }
}
