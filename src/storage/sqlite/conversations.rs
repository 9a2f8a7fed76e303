//! Words as they are read.

use super::numbers::{author, author_number, stored};
use crate::storage::words::{Author, Hearer, Visitor, Word};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};
use weather::time::Timestamp;

impl FromRow<'_, SqliteRow> for Word {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            visitor: Visitor::stored(row.try_get("visitor")?),
            station: row.try_get("station")?,
            author: author(row.try_get("author")?)?,
            text: row.try_get("text")?,
            units: row.try_get("units")?,
            said_at: Timestamp(row.try_get("said_ms")?),
            seq: row.try_get::<i64, _>("seq")?.unsigned_abs(),
            answered: row.try_get("answered")?,
            talker: row.try_get("talker")?,
        })
    }
}

const UNANSWERED: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE answered = 0 AND seq > $1 ORDER BY seq LIMIT $2";

pub(super) async fn unanswered(db: &SqlitePool, after: u64, limit: u32) -> Result<Vec<Word>, sqlx::Error> {
    sqlx::query_as(UNANSWERED).bind(stored(after)).bind(limit).fetch_all(db).await
}

/// By the index of conversations: a visitor's words are few, all that wait may be many.
const UNANSWERED_OF: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker \
    FROM word INDEXED BY word_conversation \
    WHERE visitor = $1 AND answered = 0 AND seq > $2 ORDER BY seq LIMIT $3";

pub(super) async fn unanswered_of(
    db: &SqlitePool,
    visitor: &Visitor,
    after: u64,
    limit: u32,
) -> Result<Vec<Word>, sqlx::Error> {
    sqlx::query_as(UNANSWERED_OF).bind(visitor.as_str()).bind(stored(after)).bind(limit).fetch_all(db).await
}

const CONVERSATION: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE visitor = $1 AND station = $2 ORDER BY seq DESC LIMIT $3";

pub(super) async fn conversation(
    db: &SqlitePool,
    visitor: &Visitor,
    station: &str,
    limit: u32,
) -> Result<Vec<Word>, sqlx::Error> {
    let query = sqlx::query_as(CONVERSATION).bind(visitor.as_str()).bind(station).bind(limit);
    let mut words: Vec<Word> = query.fetch_all(db).await?;
    words.reverse();
    Ok(words)
}

/// The newest words by their place: of all words, a search through the table's end.
const HEARERS: &str = "\
    SELECT visitor, units, max(seq) AS newest FROM \
    (SELECT visitor, station, author, units, said_ms, seq FROM word ORDER BY seq DESC LIMIT $1) \
    WHERE station = $2 AND author = $3 AND said_ms >= $4 GROUP BY visitor ORDER BY newest DESC LIMIT $5";

pub(super) async fn hearers(
    db: &SqlitePool,
    station: &str,
    since: Timestamp,
    (searched, limit): (u32, u32),
) -> Result<Vec<Hearer>, sqlx::Error> {
    let query = sqlx::query_as(HEARERS).bind(searched).bind(station).bind(author_number(Author::You));
    let rows: Vec<(String, String, i64)> = query.bind(since.0).bind(limit).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(visitor, units, _)| Hearer { visitor: Visitor::stored(visitor), units }).collect())
}

const HEARD_AT: &str = "\
    SELECT DISTINCT station FROM (SELECT station, author, said_ms FROM word ORDER BY seq DESC LIMIT $1) \
    WHERE author = $2 AND said_ms >= $3";

pub(super) async fn heard_at(db: &SqlitePool, since: Timestamp, searched: u32) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(HEARD_AT).bind(searched).bind(author_number(Author::You)).bind(since.0).fetch_all(db).await
}
