//! Words and alerts as a batch asks for them and as it writes them: one trip each, however many there are.

use super::journal::body;
use super::json::json;
use super::numbers::{author_number, stored};
use super::talk::{self, HEARD_EVERY_MS};
use crate::storage::entry::Entry;
use crate::storage::seam::{KnownAlert, KnownWords, Named, Said, Spoken};
use crate::storage::words::{Author, Visitor};
use sqlx::SqliteConnection;
use weather::time::Timestamp;

const WORDS: &str = "\
    SELECT word.id, word.answered FROM json_each($1) AS wanted CROSS JOIN word ON word.id = wanted.value";
const ALERTS: &str = "\
    SELECT alert.visitor, alert.station, alert.number, alert.created_ms, alert.seq, alert.state \
    FROM json_each($1) AS wanted CROSS JOIN alert ON alert.visitor = wanted.value ->> 0 \
    AND alert.station = wanted.value ->> 1 AND alert.number = wanted.value ->> 2";

/// The named words and alerts that are there.
pub(super) async fn known(conn: &mut SqliteConnection, named: &Named<'_>) -> Result<KnownWords, sqlx::Error> {
    let mut known = KnownWords::default();
    if !named.words.is_empty() {
        let rows: Vec<(String, bool)> = sqlx::query_as(WORDS).bind(json(&named.words)?).fetch_all(&mut *conn).await?;
        known.words = rows.into_iter().collect();
    }
    if !named.alerts.is_empty() {
        let alerts: Vec<_> =
            named.alerts.iter().map(|(visitor, station, number)| (visitor.as_str(), station, number)).collect();
        type Row = (String, String, u32, i64, i64, String);
        let rows: Vec<Row> = sqlx::query_as(ALERTS).bind(json(&alerts)?).fetch_all(&mut *conn).await?;
        let alert = |(visitor, station, number, made_ms, seq, state): Row| {
            let alert = KnownAlert { made_at: Timestamp(made_ms), at: (seq.unsigned_abs(), state) };
            ((Visitor::stored(visitor), station, number), alert)
        };
        known.alerts = rows.into_iter().map(alert).collect();
        known.alerts_total = talk::alerts(conn).await?;
    }
    Ok(known)
}

const WRITE: &str = "\
    INSERT INTO word (id, visitor, station, author, text, units, said_ms, seq, answered, talker) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
    value ->> 8, value ->> 9 FROM json_each($1);\
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

/// Writes words and alerts, inside the caller's transaction; `entries` are those of the new words, in their order, and
/// then of what was told.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    spoken: &Spoken<'_>,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let words = spoken.said.iter().zip(entries).map(|(said, entry)| {
        let (author, seq) = (author_number(said.author), stored(entry.seq));
        let answered = i64::from(said.author == Author::Keeper);
        let Said { id, visitor, station, text, units, talker, .. } = *said;
        (id, visitor.as_str(), station, author, text, units, now.0, seq, answered, talker)
    });
    let (mut gone, mut put) = (Vec::new(), Vec::new());
    for ((visitor, station, number), alert) in &spoken.alerts {
        let visitor = visitor.as_str();
        match alert {
            None => gone.push((visitor, station, number)),
            Some(alert) => {
                let (made_ms, seq) = (alert.created_at.0, stored(alert.seq));
                put.push((visitor, station, number, &alert.rule, &alert.state, &alert.units, made_ms, seq, now.0));
            }
        }
    }
    let journal = entries.iter().map(|entry| {
        let visitor = entry.visitor.as_ref().map(Visitor::as_str);
        (stored(entry.seq), entry.committed_at.0, &*entry.station, visitor, body(entry))
    });
    sqlx::query(WRITE)
        .bind(json(&words.collect::<Vec<_>>())?)
        .bind(json(&spoken.answered)?)
        .bind(json(&gone)?)
        .bind(json(&put)?)
        .bind(now.0)
        .bind(json(&spoken.heard)?)
        .bind(now.plus(-HEARD_EVERY_MS).0)
        .bind(json(&journal.collect::<Vec<_>>())?)
        .execute(conn)
        .await?;
    Ok(())
}

/// Here pages that become free are overwritten, too.
const OVERWRITE_ALL: &str = "PRAGMA secure_delete = ON";
/// The usual: what is deleted is overwritten where that costs no extra writing.
const OVERWRITE_CHEAPLY: &str = "PRAGMA secure_delete = FAST";

/// Empties a visitor's words about a station, and gives their entries the body `instead`; inside the caller's transaction.
pub(super) async fn forget(
    conn: &mut SqliteConnection,
    visitor: &Visitor,
    station: &str,
    instead: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(OVERWRITE_ALL).execute(&mut *conn).await?;
    talk::forget(conn, visitor, station, instead).await?;
    sqlx::query(OVERWRITE_CHEAPLY).execute(conn).await?;
    Ok(())
}
