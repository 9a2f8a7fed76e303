//! One visitor's words that wait for an answer.

use super::words::{Visitor, Word};
use super::{Error, Storage, journal};

/// By the index of conversations: a visitor's words are few, all that wait may be many.
const WAITING: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered \
    FROM word INDEXED BY word_conversation \
    WHERE visitor = $1 AND answered = 0 AND seq > $2 ORDER BY seq LIMIT $3";

impl Storage {
    /// A visitor's words without an answer, oldest first, after the place `after` in the journal.
    pub async fn unanswered_of(&self, visitor: &Visitor, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        let query = sqlx::query_as(WAITING).bind(visitor.as_str()).bind(journal::stored(after)).bind(limit);
        Ok(query.fetch_all(&self.shared.readers).await?)
    }
}
