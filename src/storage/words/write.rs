//! Reads what has to be known of words before a commit, and writes them: one trip each, however many there are.

use super::super::journal::{self, Entry};
use super::decide::{Decided, Known, key};
use super::talk::{Talk, What};
use super::{Author, Visitor};
use serde::Serialize;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use weather::time::{DAY_MS, Timestamp};

const WORDS: &str = "\
    SELECT word.id, word.answered FROM json_each($1) AS wanted CROSS JOIN word ON word.id = wanted.value";
const ALERTS: &str = "\
    SELECT alert.visitor, alert.station, alert.number, alert.created_ms \
    FROM json_each($1) AS wanted CROSS JOIN alert ON alert.visitor = wanted.value ->> 0 \
    AND alert.station = wanted.value ->> 1 AND alert.number = wanted.value ->> 2";
const ALERTS_TOTAL: &str = "SELECT count(*) FROM alert";

/// Asks the database what [`super::decide`] has to know.
pub(in crate::storage) async fn known(conn: &mut SqliteConnection, talks: &[Talk]) -> Result<Known, sqlx::Error> {
    let mut known = Known::default();
    let (mut ids, mut alerts) = (BTreeSet::new(), BTreeSet::new());
    for talk in talks {
        match &talk.what {
            What::Say { words, .. } => ids.extend(words.iter().map(|word| word.id.as_str())),
            What::Answer { word, id, .. } => ids.extend([word.id.as_str(), id.as_str()]),
            What::Speak { .. } | What::Tell { .. } => {}
        }
        if let What::Answer { changes, .. } | What::Speak { changes, .. } = &talk.what {
            alerts.extend(changes.iter().map(key));
        }
    }
    if !ids.is_empty() {
        let rows: Vec<(String, bool)> = sqlx::query_as(WORDS).bind(json(&ids)?).fetch_all(&mut *conn).await?;
        known.words = rows.into_iter().collect();
    }
    if !alerts.is_empty() {
        let alerts: Vec<_> =
            alerts.iter().map(|(visitor, station, number)| (visitor.as_str(), station, number)).collect();
        type Row = (String, String, u32, i64);
        let rows: Vec<Row> = sqlx::query_as(ALERTS).bind(json(&alerts)?).fetch_all(&mut *conn).await?;
        let alert =
            |(visitor, station, number, made_ms)| ((Visitor::stored(visitor), station, number), Timestamp(made_ms));
        known.alerts = rows.into_iter().map(alert).collect();
        let total: i64 = sqlx::query_scalar(ALERTS_TOTAL).fetch_one(conn).await?;
        known.alerts_total = total.unsigned_abs();
    }
    Ok(known)
}

/// An alert keeps the day its visitor was heard last; that is exact enough for a year, and writes it once a day.
const HEARD_EVERY_MS: i64 = DAY_MS;

const WRITE: &str = "\
    INSERT INTO word (id, visitor, station, author, text, units, said_ms, seq, answered) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
    value ->> 8 FROM json_each($1);\
    UPDATE word SET answered = 1 WHERE id IN (SELECT value FROM json_each($2));\
    DELETE FROM alert WHERE (visitor, station, number) IN \
    (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($3));\
    INSERT INTO alert (visitor, station, number, rule, state, units, created_ms, seq, heard_ms) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
    value ->> 8 FROM json_each($4) WHERE true ON CONFLICT (visitor, station, number) DO UPDATE SET \
    rule = excluded.rule, state = excluded.state, units = excluded.units, created_ms = excluded.created_ms, \
    seq = excluded.seq;\
    UPDATE alert SET heard_ms = $5 WHERE visitor IN (SELECT value FROM json_each($6)) AND heard_ms < $7;\
    INSERT INTO journal (seq, committed_ms, station, visitor, body) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($8)";

/// Writes what was decided, inside the caller's transaction; `entries` are those of the new words, in their
/// order, and then of what was told.
pub(in crate::storage) async fn write(
    conn: &mut SqliteConnection,
    decided: &Decided<'_>,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let words = decided.said.iter().zip(entries).map(|(said, entry)| {
        let (author, seq) = (said.author.number(), journal::stored(entry.seq));
        let answered = i64::from(said.author == Author::Keeper);
        (said.id, said.visitor.as_str(), said.station, author, said.text, said.units, now.0, seq, answered)
    });
    let (mut gone, mut put) = (Vec::new(), Vec::new());
    for ((visitor, station, number), alert) in &decided.alerts {
        let visitor = visitor.as_str();
        match alert {
            None => gone.push((visitor, station, number)),
            Some(alert) => {
                let (made_ms, seq) = (alert.created_at.0, journal::stored(alert.seq));
                put.push((visitor, station, number, &alert.rule, &alert.state, &alert.units, made_ms, seq, now.0));
            }
        }
    }
    let journal = entries.iter().map(|entry| {
        let visitor = entry.visitor.as_ref().map(Visitor::as_str);
        let body = std::str::from_utf8(&entry.body).unwrap_or_default();
        (journal::stored(entry.seq), entry.committed_at.0, &*entry.station, visitor, body)
    });
    sqlx::query(WRITE)
        .bind(json(&words.collect::<Vec<_>>())?)
        .bind(json(&decided.answered)?)
        .bind(json(&gone)?)
        .bind(json(&put)?)
        .bind(now.0)
        .bind(json(&decided.heard)?)
        .bind(now.plus(-HEARD_EVERY_MS).0)
        .bind(json(&journal.collect::<Vec<_>>())?)
        .execute(conn)
        .await?;
    Ok(())
}

fn json<T: Serialize>(rows: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
