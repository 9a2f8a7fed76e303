//! Writes what a batch of reports changed, inside the caller's transaction, with one statement for what each batch changes.

use super::entries;
use super::latest;
use super::marks::{self, Columns};
use super::numbers::number;
use super::places;
use super::rewriting;
use super::rollups;
use super::texts::{Texts, columns};
use super::together::Together;
use crate::storage::entry::Entry;
use crate::storage::seam::{NewestOf, Observed, Place};
use sqlx::PgConnection;
use weather::report::Values;

/// Writes all of it, and entries of the journal.
pub(super) async fn write(
    db: &mut PgConnection,
    texts: &Texts,
    observed: &Observed,
    entries: &[Entry],
) -> Result<(), sqlx::Error> {
    let mut together = Together::default();
    add_rows(&mut together, texts, &observed.rows)?;
    add_latest(&mut together, &observed.latest)?;
    add_extremes(&mut together, observed)?;
    entries::add(&mut together, entries)?;
    together.execute(db).await?;
    marks::write(db, &observed.marks).await?;
    rewriting::keep(db, &observed.sent).await?;
    rollups::write(db, texts, observed).await
}

fn add_rows(together: &mut Together, texts: &Texts, rows: &[(Place, Values)]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let (sensors, times): (Vec<_>, Vec<_>) = rows.iter().map(|((sensor, at), _)| (sensor.0, at.0)).unzip();
    let mut of: Vec<_> =
        columns().filter(|quantity| rows.iter().any(|(_, values)| values.get(*quantity).is_some())).collect();
    if of.is_empty() {
        // A row whose values were all set aside is a row, too.
        of = columns().collect();
        together.add(texts.observation.as_str());
    } else {
        together.add(&places::observation_of(&of));
    }
    together.bind(sensors)?.bind(times)?;
    for quantity in of {
        together.bind(rows.iter().map(|(_, values)| values.get(quantity)).collect::<Vec<Option<f64>>>())?;
    }
    Ok(())
}

const LATEST: &str = "\
    INSERT INTO latest (sensor, observed_ms, rank_ms, quantities) \
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) \
    ON CONFLICT (sensor) DO UPDATE SET \
    observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, quantities = excluded.quantities";

/// The newest values of sensors.
fn add_latest(together: &mut Together, sensors: &[NewestOf]) -> Result<(), sqlx::Error> {
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
        together.add(LATEST).bind(ids)?.bind(observed)?.bind(ranks)?.bind(texts)?;
    }
    Ok(())
}

const EXTREMES: &str = "\
    INSERT INTO daily (sensor, day, quantity, low, low_ms, high, high_ms) SELECT * FROM unnest(\
        $1::bigint[], $2::text[], $3::bigint[], $4::double precision[], $5::bigint[], $6::double precision[], $7::bigint[]) \
    ON CONFLICT (sensor, quantity, day) DO UPDATE SET \
    low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms";

fn add_extremes(together: &mut Together, observed: &Observed) -> Result<(), sqlx::Error> {
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
    together.add(EXTREMES).bind(columns.sensors)?.bind(days)?.bind(columns.of)?;
    together.bind(lows)?.bind(columns.times)?.bind(highs)?.bind(highs_ms)?;
    Ok(())
}
