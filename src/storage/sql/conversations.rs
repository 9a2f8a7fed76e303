//! Words as they are read.

use super::db::{DbRow, Pool};
use super::dialect::{UNANSWERED, UNANSWERED_OF};
use super::numbers::{author, author_number, stored};
use crate::storage::words::{Author, Hearer, Visitor, Word};
use sqlx::{FromRow, Row as _};
use weather::time::Timestamp;

impl FromRow<'_, DbRow> for Word {
    fn from_row(row: &DbRow) -> Result<Self, sqlx::Error> {
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

/// Words that wait for an answer, oldest first.
pub(super) async fn unanswered(db: &Pool, after: u64, limit: u32) -> Result<Vec<Word>, sqlx::Error> {
    sqlx::query_as(UNANSWERED).bind(stored(after)).bind(i64::from(limit)).fetch_all(db).await
}

/// The same of one visitor.
pub(super) async fn unanswered_of(
    db: &Pool,
    visitor: &Visitor,
    after: u64,
    limit: u32,
) -> Result<Vec<Word>, sqlx::Error> {
    sqlx::query_as(UNANSWERED_OF).bind(visitor.as_str()).bind(stored(after)).bind(i64::from(limit)).fetch_all(db).await
}

const CONVERSATION: &str = "\
    SELECT id, visitor, station, author, text, units, said_ms, seq, answered, talker FROM word \
    WHERE visitor = $1 AND station = $2 ORDER BY seq DESC LIMIT $3";

pub(super) async fn conversation(
    db: &Pool,
    visitor: &Visitor,
    station: &str,
    limit: u32,
) -> Result<Vec<Word>, sqlx::Error> {
    let query = sqlx::query_as(CONVERSATION).bind(visitor.as_str()).bind(station).bind(i64::from(limit));
    let mut words: Vec<Word> = query.fetch_all(db).await?;
    words.reverse();
    Ok(words)
}

/// The newest words by their place: of all words, a search through the table's end.
const HEARERS: &str = "\
    SELECT visitor, units FROM \
    (SELECT visitor, units, seq, max(seq) OVER (PARTITION BY visitor) AS newest FROM \
        (SELECT visitor, station, author, units, said_ms, seq FROM word ORDER BY seq DESC LIMIT $1) AS searched \
        WHERE station = $2 AND author = $3 AND said_ms >= $4) AS heard \
    WHERE seq = newest ORDER BY seq DESC LIMIT $5";

pub(super) async fn hearers(
    db: &Pool,
    station: &str,
    since: Timestamp,
    (searched, limit): (u32, u32),
) -> Result<Vec<Hearer>, sqlx::Error> {
    let query = sqlx::query_as(HEARERS).bind(i64::from(searched)).bind(station).bind(author_number(Author::You));
    let rows: Vec<(String, String)> = query.bind(since.0).bind(i64::from(limit)).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(visitor, units)| Hearer { visitor: Visitor::stored(visitor), units }).collect())
}

const HEARD_AT: &str = "\
    SELECT DISTINCT station FROM (SELECT station, author, said_ms FROM word ORDER BY seq DESC LIMIT $1) AS searched \
    WHERE author = $2 AND said_ms >= $3";

pub(super) async fn heard_at(db: &Pool, since: Timestamp, searched: u32) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(HEARD_AT)
        .bind(i64::from(searched))
        .bind(author_number(Author::You))
        .bind(since.0)
        .fetch_all(db)
        .await
}
