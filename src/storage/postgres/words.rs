//! Words and alerts as a batch asks for them and as it writes them: one statement a table, however many there are.

use super::entries;
use super::numbers::{author_number, stored};
use super::talk::{self, HEARD_EVERY_MS};
use crate::storage::entry::Entry;
use crate::storage::seam::{AlertKey, KnownAlert, KnownWords, Named, Said, Spoken};
use crate::storage::sql::decode;
use crate::storage::words::{Alert, Author, Visitor};
use sqlx::PgConnection;
use weather::time::Timestamp;

const WORDS: &str = "SELECT id, answered FROM word WHERE id = ANY($1)";
const ALERTS: &str = "\
    SELECT visitor, station, number, created_ms, seq, state FROM alert \
    JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS wanted (visitor, station, number) \
    USING (visitor, station, number)";

/// The named words and alerts that are there.
pub(super) async fn known(db: &mut PgConnection, named: &Named<'_>) -> Result<KnownWords, sqlx::Error> {
    let mut known = KnownWords::default();
    if !named.words.is_empty() {
        let ids: Vec<&str> = named.words.iter().copied().collect();
        let rows: Vec<(String, bool)> = sqlx::query_as(WORDS).bind(ids).fetch_all(&mut *db).await?;
        known.words = rows.into_iter().collect();
    }
    if !named.alerts.is_empty() {
        let (visitors, stations, numbers) = columns(named.alerts.iter());
        let query = sqlx::query_as(ALERTS).bind(visitors).bind(stations).bind(numbers);
        let rows: Vec<(String, String, i64, i64, i64, String)> = query.fetch_all(&mut *db).await?;
        for (visitor, station, number, made_ms, seq, state) in rows {
            let number = number.try_into().map_err(|_| decode(format!("no alert has the number {number}")))?;
            let alert = KnownAlert { made_at: Timestamp(made_ms), at: (seq.unsigned_abs(), state) };
            known.alerts.insert((Visitor::stored(visitor), station, number), alert);
        }
        known.alerts_total = talk::alerts(db).await?;
    }
    Ok(known)
}

/// Names of alerts, a column each.
fn columns<'a>(keys: impl Iterator<Item = &'a AlertKey> + Clone) -> (Vec<&'a str>, Vec<&'a str>, Vec<i64>) {
    let visitors = keys.clone().map(|(visitor, ..)| visitor.as_str()).collect();
    let stations = keys.clone().map(|(_, station, _)| &**station).collect();
    (visitors, stations, keys.map(|(.., number)| i64::from(*number)).collect())
}

const SAY: &str = "\
    INSERT INTO word (id, visitor, station, author, text, units, said_ms, seq, answered, talker) \
    SELECT id, visitor, station, author, text, units, $7, seq, answered, talker FROM unnest(\
        $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $8::bigint[], $9::boolean[], $10::text[]\
    ) AS new (id, visitor, station, author, text, units, seq, answered, talker)";
const ANSWERED: &str = "UPDATE word SET answered = true WHERE id = ANY($1)";
const FORGET_ALERTS: &str = "\
    DELETE FROM alert USING unnest($1::text[], $2::text[], $3::bigint[]) AS gone (visitor, station, number) \
    WHERE alert.visitor = gone.visitor AND alert.station = gone.station AND alert.number = gone.number";
const PUT_ALERTS: &str = "\
    INSERT INTO alert (visitor, station, number, rule, state, units, created_ms, seq, heard_ms) \
    SELECT visitor, station, number, rule, state, units, created_ms, seq, $9 FROM unnest(\
        $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[]\
    ) AS new (visitor, station, number, rule, state, units, created_ms, seq) \
    ON CONFLICT (visitor, station, number) DO UPDATE SET rule = excluded.rule, state = excluded.state, \
    units = excluded.units, created_ms = excluded.created_ms, seq = excluded.seq";
const HEARD: &str = "UPDATE alert SET heard_ms = $1 WHERE visitor = ANY($2) AND heard_ms < $3";

/// Writes words and alerts, inside the caller's transaction; `entries` are those of the new words, in their order, and
/// then of what was told.
pub(super) async fn write(
    db: &mut PgConnection,
    spoken: &Spoken<'_>,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if !spoken.said.is_empty() {
        say(db, &spoken.said, entries, now).await?;
    }
    if !spoken.answered.is_empty() {
        sqlx::query(ANSWERED).bind(&spoken.answered).execute(&mut *db).await?;
    }
    if !spoken.alerts.is_empty() {
        change_alerts(db, spoken, now).await?;
    }
    if !spoken.heard.is_empty() {
        let heard: Vec<&str> = spoken.heard.iter().copied().collect();
        let query = sqlx::query(HEARD).bind(now.0).bind(heard).bind(now.plus(-HEARD_EVERY_MS).0);
        query.execute(&mut *db).await?;
    }
    if !entries.is_empty() {
        entries::append(db, entries).await?;
    }
    Ok(())
}

async fn say(db: &mut PgConnection, said: &[Said<'_>], entries: &[Entry], now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(SAY)
        .bind(said.iter().map(|word| word.id).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.visitor.as_str()).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.station).collect::<Vec<_>>())
        .bind(said.iter().map(|word| author_number(word.author)).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.text).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.units).collect::<Vec<_>>())
        .bind(now.0)
        .bind(said.iter().zip(entries).map(|(_, entry)| stored(entry.seq)).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.author == Author::Keeper).collect::<Vec<_>>())
        .bind(said.iter().map(|word| word.talker).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

async fn change_alerts(db: &mut PgConnection, spoken: &Spoken<'_>, now: Timestamp) -> Result<(), sqlx::Error> {
    let gone = spoken.alerts.iter().filter(|(_, alert)| alert.is_none()).map(|(key, _)| key);
    let (visitors, stations, numbers) = columns(gone);
    if !numbers.is_empty() {
        sqlx::query(FORGET_ALERTS).bind(visitors).bind(stations).bind(numbers).execute(&mut *db).await?;
    }
    let put = spoken.alerts.iter().filter(|(_, alert)| alert.is_some()).map(|(key, _)| key);
    let (visitors, stations, numbers) = columns(put);
    if numbers.is_empty() {
        return Ok(());
    }
    let alerts: Vec<&Alert> = spoken.alerts.values().flatten().copied().collect();
    sqlx::query(PUT_ALERTS)
        .bind(visitors)
        .bind(stations)
        .bind(numbers)
        .bind(alerts.iter().map(|alert| &*alert.rule).collect::<Vec<_>>())
        .bind(alerts.iter().map(|alert| &*alert.state).collect::<Vec<_>>())
        .bind(alerts.iter().map(|alert| &*alert.units).collect::<Vec<_>>())
        .bind(alerts.iter().map(|alert| alert.created_at.0).collect::<Vec<_>>())
        .bind(alerts.iter().map(|alert| stored(alert.seq)).collect::<Vec<_>>())
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(())
}
