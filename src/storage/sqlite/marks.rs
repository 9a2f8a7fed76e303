//! Marks: values that are kept and do not count.

use super::numbers::{number, quantity};
use crate::storage::error::Error;
use crate::storage::seam::{Mark, MarkChange, Place, SensorId};
use rusqlite::{Connection, Row};
use weather::judge::GAP_MAX_MS;
use weather::mark::Reason;
use weather::station::StationId;
use weather::time::Timestamp;

pub(super) const PUT: &str = "\
    INSERT INTO marked (sensor, observed_ms, quantity, value, received_ms, flag, reason) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (sensor, observed_ms, quantity) DO UPDATE SET \
    value = excluded.value, flag = excluded.flag, reason = excluded.reason";
pub(super) const LIFT: &str = "DELETE FROM marked WHERE sensor = $1 AND observed_ms = $2 AND quantity = $3";

/// Writes what changed, in order.
pub(super) fn write(db: &Connection, changes: &[MarkChange]) -> rusqlite::Result<()> {
    for change in changes {
        match change {
            MarkChange::Put((SensorId(sensor), at), mark) => {
                let (of, reason) = (number(mark.quantity), mark.reason);
                let row = (sensor, at.0, of, mark.value, mark.received_at.0, reason.flag().number(), reason.name());
                db.prepare_cached(PUT)?.execute(row)?;
            }
            MarkChange::Lift((SensorId(sensor), at), of) => {
                db.prepare_cached(LIFT)?.execute((sensor, at.0, number(*of)))?;
            }
        }
    }
    Ok(())
}

const NEWEST: &str = "\
    SELECT marked.sensor, marked.observed_ms, marked.quantity, marked.value, marked.received_ms, marked.reason \
    FROM sensor CROSS JOIN marked ON marked.sensor = sensor.id AND marked.observed_ms >= \
        (SELECT max(observed_ms) FROM observation WHERE observation.sensor = sensor.id) - ?2 \
    WHERE sensor.station = ?1 ORDER BY marked.sensor, marked.observed_ms";

/// The newest marks of a station's sensors, in the order of time.
pub(super) fn newest(db: &Connection, station: StationId) -> Result<Vec<(SensorId, Timestamp, Mark)>, Error> {
    let mut statement = db.prepare_cached(NEWEST)?;
    let found: Vec<_> = statement.query_map((station.0, GAP_MAX_MS), mark)?.collect::<Result<_, _>>()?;
    Ok(found.into_iter().map(|((sensor, at), mark)| (sensor, at, mark)).collect())
}

const AT: &str = "\
    SELECT marked.sensor, marked.observed_ms, marked.quantity, marked.value, marked.received_ms, marked.reason \
    FROM json_each($1) AS wanted CROSS JOIN marked \
    ON marked.sensor = wanted.value ->> 0 AND marked.observed_ms = wanted.value ->> 1";

/// The marks at places, which come as an array of arrays.
pub(super) fn at(db: &Connection, wanted: &str) -> rusqlite::Result<Vec<(Place, Mark)>> {
    db.prepare_cached(AT)?.query_map([wanted], mark)?.collect()
}

fn mark(row: &Row<'_>) -> rusqlite::Result<(Place, Mark)> {
    let odd = |column, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    let quantity = quantity(row.get(2)?).map_err(|error| odd(2, error.into()))?;
    let reason = row.get_ref(5)?.as_str()?;
    let reason = Reason::from_name(reason).ok_or_else(|| odd(5, format!("{reason:?} is no reason").into()))?;
    let mark = Mark { quantity, value: row.get(3)?, received_at: Timestamp(row.get(4)?), reason };
    Ok(((SensorId(row.get(0)?), Timestamp(row.get(1)?)), mark))
}
