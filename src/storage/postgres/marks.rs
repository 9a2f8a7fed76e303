//! Marks: values that are kept and do not count.

use super::numbers::{number, quantity};
use crate::storage::seam::{Mark, MarkChange, Place, SensorId};
use crate::storage::sql::decode;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use weather::mark::Reason;
use weather::time::Timestamp;

const PUT: &str = "\
    INSERT INTO marked (sensor, observed_ms, quantity, value, received_ms, flag, reason) SELECT * FROM unnest(\
        $1::bigint[], $2::bigint[], $3::bigint[], $4::double precision[], $5::bigint[], $6::bigint[], $7::text[]) \
    ON CONFLICT (sensor, observed_ms, quantity) DO UPDATE SET \
    value = excluded.value, flag = excluded.flag, reason = excluded.reason";
const LIFT: &str = "\
    DELETE FROM marked USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS lifted (sensor, observed_ms, quantity) \
    WHERE marked.sensor = lifted.sensor AND marked.observed_ms = lifted.observed_ms AND marked.quantity = lifted.quantity";

/// What becomes of one mark in the end. A statement touches no row twice.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    lifts: bool,
    puts: Option<Mark>,
}

/// The outcome of changes in their order. One that is put onto another keeps the time at which that was received.
fn outcomes(changes: &[MarkChange]) -> BTreeMap<(Place, i64), Outcome> {
    let mut outcomes: BTreeMap<(Place, i64), Outcome> = BTreeMap::new();
    for change in changes {
        match change {
            MarkChange::Put(place, mark) => {
                let outcome = outcomes.entry((*place, number(mark.quantity))).or_default();
                let received_at = outcome.puts.map_or(mark.received_at, |before| before.received_at);
                outcome.puts = Some(Mark { received_at, ..*mark });
            }
            MarkChange::Lift(place, of) => {
                outcomes.insert((*place, number(*of)), Outcome { lifts: true, puts: None });
            }
        }
    }
    outcomes
}

/// Writes what changed, in order.
pub(super) async fn write(db: &mut PgConnection, changes: &[MarkChange]) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let outcomes = outcomes(changes);
    let (mut lifted, mut put) = (Columns::default(), Columns::default());
    let (mut values, mut received, mut flags, mut reasons) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((place, of), outcome) in &outcomes {
        if outcome.lifts {
            lifted.push(*place, *of);
        }
        if let Some(mark) = outcome.puts {
            put.push(*place, *of);
            values.push(mark.value);
            received.push(mark.received_at.0);
            flags.push(i64::from(mark.reason.flag().number()));
            reasons.push(mark.reason.name());
        }
    }
    if !lifted.of.is_empty() {
        let query = sqlx::query(LIFT).bind(lifted.sensors).bind(lifted.times).bind(lifted.of);
        query.execute(&mut *db).await?;
    }
    if !put.of.is_empty() {
        let query = sqlx::query(PUT).bind(put.sensors).bind(put.times).bind(put.of).bind(values);
        query.bind(received).bind(flags).bind(reasons).execute(db).await?;
    }
    Ok(())
}

/// The key of rows about values, an array for each column.
#[derive(Default)]
pub(super) struct Columns {
    pub sensors: Vec<i64>,
    pub times: Vec<i64>,
    /// Of which quantities.
    pub of: Vec<i64>,
}

impl Columns {
    pub(super) fn push(&mut self, (sensor, at): Place, of: i64) {
        self.sensors.push(sensor.0);
        self.times.push(at.0);
        self.of.push(of);
    }
}

const AT: &str = "\
    SELECT wanted.sensor, its.* FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor, observed_ms) \
    CROSS JOIN LATERAL (SELECT observed_ms, quantity, value, received_ms, reason FROM marked \
        WHERE sensor = wanted.sensor AND observed_ms = wanted.observed_ms OFFSET 0) AS its";

/// The marks at places, which come as two arrays.
pub(super) async fn at(
    db: &mut PgConnection,
    (sensors, times): (&[i64], &[i64]),
) -> Result<Vec<(Place, Mark)>, sqlx::Error> {
    sqlx::query(AT).bind(sensors).bind(times).fetch_all(db).await?.iter().map(|row| read(row, 0)).collect()
}

/// A stored mark, whose columns begin so far on: sensor, observed, quantity, value, received and reason.
pub(super) fn read(row: &PgRow, from: usize) -> Result<(Place, Mark), sqlx::Error> {
    let name: &str = row.try_get(from + 5)?;
    let reason = Reason::from_name(name).ok_or_else(|| decode(format!("{name:?} is no reason")))?;
    let received_at = Timestamp(row.try_get(from + 4)?);
    let mark = Mark { quantity: quantity(row.try_get(from + 2)?)?, value: row.try_get(from + 3)?, received_at, reason };
    Ok(((SensorId(row.try_get(from)?), Timestamp(row.try_get(from + 1)?)), mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::quantity::Quantity;

    #[test]
    fn what_is_changed_twice_is_written_once_as_it_is_in_the_end() {
        let place = (SensorId(7), Timestamp(1));
        let mark = |value, received| Mark {
            quantity: Quantity::Temperature,
            value,
            received_at: Timestamp(received),
            reason: Reason::Struck,
        };
        let (put, lift) =
            (|value, at| MarkChange::Put(place, mark(value, at)), MarkChange::Lift(place, Quantity::Temperature));
        let of = |changes: &[MarkChange]| outcomes(changes).into_values().collect::<Vec<_>>();
        let is = |lifts, puts| vec![Outcome { lifts, puts }];
        assert_eq!(of(&[put(1.0, 1), put(2.0, 2)]), is(false, Some(mark(2.0, 1))));
        assert_eq!(of(&[put(1.0, 1), lift]), is(true, None));
        assert_eq!(of(&[put(1.0, 1), lift, put(2.0, 2)]), is(true, Some(mark(2.0, 2))));
    }
}
