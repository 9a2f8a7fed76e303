//! Writes what a batch of reports changed, inside the caller's transaction: a statement a table.

use super::latest;
use super::marks::{self, Columns};
use super::numbers::number;
use super::places;
use super::rewriting;
use super::rollups;
use super::texts::{Texts, columns};
use crate::storage::seam::{NewestOf, Observed, Place};
use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr};
use weather::report::Values;

/// Writes all of it.
pub(super) async fn write(db: &mut PgConnection, texts: &Texts, observed: &Observed) -> Result<(), sqlx::Error> {
    write_rows(db, texts, &observed.rows).await?;
    marks::write(db, &observed.marks).await?;
    rewriting::keep(db, &observed.sent).await?;
    write_latest(db, &observed.latest).await?;
    write_extremes(db, observed).await?;
    rollups::write(db, texts, observed).await
}

async fn write_rows(db: &mut PgConnection, texts: &Texts, rows: &[(Place, Values)]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let (sensors, times): (Vec<_>, Vec<_>) = rows.iter().map(|((sensor, at), _)| (sensor.0, at.0)).unzip();
    let mut of: Vec<_> =
        columns().filter(|quantity| rows.iter().any(|(_, values)| values.get(*quantity).is_some())).collect();
    // Nothing but names of columns goes into it; there are few sets of them, and a connection keeps the newest statements.
    let mut text = AssertSqlSafe(places::observation_of(&of)).into_sql_str();
    if of.is_empty() {
        // A row whose values were all set aside is a row, too.
        (of, text) = (columns().collect(), texts.observation.clone());
    }
    let mut query = sqlx::query(text).bind(sensors).bind(times);
    for quantity in of {
        query = query.bind(rows.iter().map(|(_, values)| values.get(quantity)).collect::<Vec<Option<f64>>>());
    }
    query.execute(db).await?;
    Ok(())
}

const LATEST: &str = "\
    INSERT INTO latest (sensor, observed_ms, rank_ms, quantities) \
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) \
    ON CONFLICT (sensor) DO UPDATE SET \
    observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, quantities = excluded.quantities";

/// Writes the newest values of sensors.
async fn write_latest(db: &mut PgConnection, sensors: &[NewestOf]) -> Result<(), sqlx::Error> {
    let (mut ids, mut observed, mut ranks, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for NewestOf { sensor, newest } in sensors {
        let Some(of_row) = newest.iter().flatten().map(|newest| newest.rank).max() else { continue };
        let mut text = Vec::new();
        latest::encode(&mut text, of_row, newest);
        ids.push(sensor.0);
        observed.push(of_row.observed_at.0);
        ranks.push(of_row.rank.0);
        // It is made of digits and brackets.
        texts.push(String::from_utf8(text).unwrap_or_default());
    }
    if !ids.is_empty() {
        sqlx::query(LATEST).bind(ids).bind(observed).bind(ranks).bind(texts).execute(db).await?;
    }
    Ok(())
}

const EXTREMES: &str = "\
    INSERT INTO daily (sensor, day, quantity, low, low_ms, high, high_ms) SELECT * FROM unnest(\
        $1::bigint[], $2::text[], $3::bigint[], $4::double precision[], $5::bigint[], $6::double precision[], $7::bigint[]) \
    ON CONFLICT (sensor, quantity, day) DO UPDATE SET \
    low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms";

async fn write_extremes(db: &mut PgConnection, observed: &Observed) -> Result<(), sqlx::Error> {
    if observed.extremes.is_empty() {
        return Ok(());
    }
    let mut columns = Columns::default();
    let mut days = Vec::new();
    let (mut lows, mut highs, mut highs_ms) = (Vec::new(), Vec::new(), Vec::new());
    for (sensor, day, quantity, range) in &observed.extremes {
        columns.push((*sensor, range.low_at), number(*quantity));
        days.push(day.to_string());
        lows.push(range.low);
        highs.push(range.high);
        highs_ms.push(range.high_at.0);
    }
    let query = sqlx::query(EXTREMES).bind(columns.sensors).bind(days).bind(columns.of);
    query.bind(lows).bind(columns.times).bind(highs).bind(highs_ms).execute(db).await?;
    Ok(())
}
