//! The SQL texts that name quantities: put together from the table of quantities, once, when the database is opened.
//!
//! A column cannot be a parameter, so these texts cannot be constants as the others are. Nothing goes into them but
//! names from the table; whatever a user sends is a parameter.

pub(super) use super::columns::{KEY_COLUMNS, columns};

use super::columns::names;
use super::db::{self, Many};
use super::numbers::number;
use super::places;
use crate::storage::observations::CHARTED;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::sync::Arc;
use weather::quantity::{Fold, Quantity};

/// All of them.
pub(super) struct Texts {
    /// Puts in observations: the columns of [`columns`] after sensor and time.
    pub observation: SqlStr,
    /// The rows that exist at wanted places: sensor, time, and the columns of [`columns`].
    pub rows: SqlStr,
    /// The rows of hours, oldest first, with time and the columns of [`columns`].
    pub hours: SqlStr,
    /// A sensor's rows within a stretch, oldest first: time, and the columns of [`columns`].
    pub recorded: SqlStr,
    /// How many values of each column of [`columns`] a sensor has within a stretch.
    pub counted: SqlStr,
    /// A sensor's rows within a stretch, oldest first: time, and the columns of [`columns`].
    pub kept: SqlStr,
    /// Of the oldest rows of a sensor before an instant: the last, how many they are, and how many values they have.
    pub weight: SqlStr,
    /// The charted quantities of a sensor in buckets: the start, then mean, lowest, highest and number of each.
    pub charted: SqlStr,
    /// The numbers of the quantities that hours and days are made of, as one parameter.
    pub shown: Many,
    by_quantity: Vec<OfQuantity>,
}

/// The texts about one column.
pub(super) struct OfQuantity {
    /// The column in buckets.
    pub series: SqlStr,
    /// The values of a sensor within a stretch, oldest first; beside a wind's direction its speed.
    pub values: SqlStr,
    /// The newest row below or above a limit, within a stretch.
    pub newest_below: SqlStr,
    pub newest_above: SqlStr,
    /// The lowest and the highest row within a stretch.
    pub lowest: SqlStr,
    pub highest: SqlStr,
    /// Marks the values of a stretch, and empties their column.
    pub mark: SqlStr,
    pub empty: SqlStr,
    /// Puts marked values of a stretch back into their column.
    pub restore: SqlStr,
    /// The newest value of a sensor.
    pub last: SqlStr,
    /// Sets values of rows.
    pub set: SqlStr,
    /// What was sent within a stretch, whether it counts or not.
    pub sent: SqlStr,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self {
            observation: text(places::observation()),
            rows: text(places::rows()),
            hours: text(places::hours()),
            recorded: text(of_stretch(
                &format!("observed_ms, {}", names(", ", str::to_owned)),
                "ORDER BY observed_ms LIMIT $5",
            )),
            counted: text(of_stretch(&names(", ", |name| format!("count({name})")), "")),
            kept: text(format!(
                "SELECT observed_ms, {} FROM observation WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 \
                ORDER BY observed_ms LIMIT $4",
                names(", ", str::to_owned)
            )),
            weight: text(format!(
                "SELECT max(observed_ms), count(*), coalesce(sum({}), 0) FROM (SELECT * FROM observation \
                WHERE sensor = $1 AND observed_ms < $2 ORDER BY observed_ms LIMIT $3) AS oldest",
                names(" + ", |name| format!("CASE WHEN {name} IS NULL THEN 0 ELSE 1 END"))
            )),
            charted: text(of_stretch(
                &format!("observed_ms / $5 * $5 AS start, {}", charted()),
                "GROUP BY start ORDER BY start LIMIT $6",
            )),
            shown: db::many(Quantity::shown().map(number)),
            by_quantity: columns().map(OfQuantity::new).collect(),
        }
    }

    pub(super) fn of(&self, quantity: Quantity) -> &OfQuantity {
        &self.by_quantity[quantity.index()]
    }
}

/// A text that is made of the table of quantities and of nothing else. Its clones share it.
fn text(sql: String) -> SqlStr {
    AssertSqlSafe(Arc::<str>::from(sql)).into_sql_str()
}

fn charted() -> String {
    let of = |quantity: Quantity| {
        let name = quantity.name();
        format!("avg({name}), min({name}), max({name}), count({name})")
    };
    CHARTED.map(of).join(", ")
}

/// A question about a sensor's rows within a stretch.
fn of_stretch(what: &str, order: &str) -> String {
    format!(
        "SELECT {what} FROM observation WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
        AND observed_ms >= $3 AND observed_ms < $4 {order}"
    )
}

impl OfQuantity {
    fn new(quantity: Quantity) -> Self {
        let name = quantity.name();
        // What a daily counter said stands in a column of its own.
        let counted = if quantity == Quantity::Precipitation { "precipitation_counted, " } else { "" };
        let series = format!(
            "SELECT observed_ms / $5 * $5 AS start, avg({name}), min({name}), max({name}), count(*) FROM observation \
            WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
            AND observed_ms >= $3 AND observed_ms < $4 AND {name} IS NOT NULL \
            GROUP BY start ORDER BY start LIMIT $6"
        );
        let beside = if quantity.fold() == Fold::Direction { ", wind_speed" } else { "" };
        let values = format!(
            "SELECT observed_ms, {name}{beside} FROM observation \
            WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 AND {name} IS NOT NULL ORDER BY observed_ms"
        );
        let find = |fits: &str, order: &str| {
            text(format!(
                "SELECT observed_ms, {name} FROM observation \
                WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
                AND observed_ms >= $3 AND observed_ms < $4 AND {name} {fits} ORDER BY {order} LIMIT 1"
            ))
        };
        Self {
            series: text(series),
            values: text(values),
            newest_below: find("< $5", "observed_ms DESC"),
            newest_above: find("> $5", "observed_ms DESC"),
            lowest: find("> $5", &format!("{name}, observed_ms")),
            highest: find("> $5", &format!("{name} DESC, observed_ms")),
            mark: text(format!(
                "INSERT INTO marked (sensor, observed_ms, quantity, value, received_ms, flag, reason) \
                SELECT sensor, observed_ms, $4, {name}, observed_ms, $5, $6 FROM observation \
                WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 AND {name} IS NOT NULL"
            )),
            empty: text(format!(
                "UPDATE observation SET {name} = NULL \
                WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 AND {name} IS NOT NULL"
            )),
            restore: text(format!(
                "UPDATE observation SET {name} = marked.value FROM marked \
                WHERE marked.sensor = $1 AND marked.observed_ms >= $2 AND marked.observed_ms < $3 \
                AND marked.quantity = $4 AND observation.sensor = $1 \
                AND observation.observed_ms = marked.observed_ms AND observation.{name} IS NULL"
            )),
            last: text(format!(
                "SELECT observed_ms, {name} FROM observation WHERE sensor = $1 AND {name} IS NOT NULL \
                ORDER BY observed_ms DESC LIMIT 1"
            )),
            set: text(places::set(name)),
            sent: text(format!(
                "SELECT observed_ms, said FROM (SELECT observed_ms, coalesce( \
                    (SELECT value FROM sent WHERE sent.sensor = observation.sensor \
                        AND sent.observed_ms = observation.observed_ms AND sent.quantity = $5), \
                    {counted}{name}, \
                    (SELECT value FROM marked WHERE marked.sensor = observation.sensor \
                        AND marked.observed_ms = observation.observed_ms AND marked.quantity = $5)) AS said \
                FROM observation WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
                AND observed_ms >= $3 AND observed_ms < $4) AS sending \
                WHERE said IS NOT NULL ORDER BY observed_ms LIMIT $6"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_is_read_from_its_own_column() {
        let texts = Texts::new();
        for quantity in Quantity::all() {
            let (of, name) = (texts.of(quantity), quantity.name());
            assert!(of.series.as_str().contains(&format!("avg({name})")), "{}", of.series.as_str());
            for sql in [&of.newest_below, &of.newest_above, &of.lowest, &of.highest] {
                assert!(sql.as_str().contains(&format!("observed_ms, {name} FROM")), "{}", sql.as_str());
            }
        }
    }

    #[test]
    fn a_row_is_found_with_all_of_its_columns() {
        let texts = Texts::new();
        for quantity in Quantity::all() {
            assert!(texts.rows.as_str().contains(quantity.name()));
        }
    }
}
