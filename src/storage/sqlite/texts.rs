//! The SQL texts that name quantities: put together from the table of quantities, once, when the database is opened.
//!
//! A column cannot be a parameter, so these texts cannot be constants as the others are. Nothing goes into them but
//! names from the table; whatever a user sends is a parameter.
//!
//! The statements that a commit writes with come in three sizes: a hundred rows and ten rows as parameters, and any
//! number as JSON. Rows as parameters cost a third of rows as JSON, but their number is part of the text, and a text
//! that is made anew has to be prepared anew. So full hundreds and tens go as parameters, and what is left goes as JSON
//! in one statement. The parameters are `?` without numbers: SQLite looks numbered ones up by walking the list of all.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::sync::Arc;
use weather::quantity::Quantity;

/// All of them.
pub(super) struct Texts {
    pub observations: [Block; 2],
    pub latest: [Block; 2],
    pub extremes: [Block; 2],
    pub journal: [Block; 2],
    /// What is left, table by table, and the commit: one trip.
    pub rest_and_commit: SqlStr,
    /// The rows that exist at wanted places: sensor, time, and the columns of [`columns`].
    pub rows: SqlStr,
    by_quantity: Vec<OfQuantity>,
}

/// One statement for a number of rows.
pub(super) struct Block {
    pub rows: usize,
    pub sql: SqlStr,
}

/// The texts about one column.
pub(super) struct OfQuantity {
    /// The column in buckets.
    pub series: SqlStr,
    /// The newest row below or above a limit, within a stretch.
    pub newest_below: SqlStr,
    pub newest_above: SqlStr,
    /// The lowest and the highest row within a stretch.
    pub lowest: SqlStr,
    pub highest: SqlStr,
}

/// The columns of an observation that are quantities, in the order in which rows are written and read.
pub(super) fn columns() -> impl Iterator<Item = Quantity> {
    Quantity::all()
}

/// Columns before the first quantity: sensor, observed_ms.
pub(super) const KEY_COLUMNS: usize = 2;
/// Rows in a statement, the larger size first.
const SIZES: [usize; 2] = [100, 10];
/// SQLite's limit of parameters in one statement (SQLITE_MAX_VARIABLE_NUMBER).
const PARAMETERS_MAX: usize = 32_766;

const _: () = assert!(SIZES[0] * (KEY_COLUMNS + Quantity::COUNT) <= PARAMETERS_MAX, "a row has too many columns");

impl Texts {
    pub(super) fn new() -> Self {
        let tables = [observation(), latest(), extreme(), journal()];
        let left = tables.iter().zip(1..).map(|(table, parameter)| table.of_json(parameter) + ";").collect::<String>();
        let [observations, latest, extremes, journal] = tables.map(|table| table.blocks());
        Self {
            observations,
            latest,
            extremes,
            journal,
            rest_and_commit: text(left + "COMMIT"),
            rows: text(rows()),
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

/// How rows are put into a table.
struct Insert {
    /// `INSERT INTO …`, up to the rows.
    into: String,
    columns: usize,
    /// `ON CONFLICT …`, or nothing.
    conflict: String,
}

impl Insert {
    fn blocks(self) -> [Block; 2] {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        SIZES.map(|rows| {
            let values = vec![row.as_str(); rows].join(",");
            Block { rows, sql: text(format!("{} VALUES {values}{}", self.into, self.conflict)) }
        })
    }

    /// Any number of rows, given as JSON in the parameter of that number.
    fn of_json(&self, parameter: usize) -> String {
        let values: Vec<_> = (0..self.columns).map(|place| format!("value ->> {place}")).collect();
        // Without `WHERE true`, SQLite would read `ON CONFLICT` as part of a join.
        format!("{} SELECT {} FROM json_each(${parameter}) WHERE true{}", self.into, values.join(", "), self.conflict)
    }
}

/// The names of all columns with something made of each between them.
fn names(separator: &str, each: impl Fn(&str) -> String) -> String {
    columns().map(|quantity| each(quantity.name())).collect::<Vec<_>>().join(separator)
}

/// A stored value stands, whatever memory believed: `coalesce` fills in only what is missing.
fn observation() -> Insert {
    let fill = names(", ", |name| format!("{name} = coalesce(observation.{name}, excluded.{name})"));
    Insert {
        into: format!("INSERT INTO observation (sensor, observed_ms, {})", names(", ", str::to_owned)),
        columns: KEY_COLUMNS + columns().count(),
        conflict: format!(" ON CONFLICT (sensor, observed_ms) DO UPDATE SET {fill}"),
    }
}

fn latest() -> Insert {
    Insert {
        into: "INSERT INTO latest (sensor, quantity, observed_ms, rank_ms, value)".to_owned(),
        columns: 5,
        conflict: " ON CONFLICT (sensor, quantity) DO UPDATE SET \
            observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, value = excluded.value"
            .to_owned(),
    }
}

fn extreme() -> Insert {
    Insert {
        into: "INSERT INTO extreme (sensor, day, quantity, low, low_ms, high, high_ms)".to_owned(),
        columns: 7,
        conflict: " ON CONFLICT (sensor, day, quantity) DO UPDATE SET \
            low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms"
            .to_owned(),
    }
}

fn journal() -> Insert {
    Insert {
        into: "INSERT INTO journal (seq, committed_ms, station, body)".to_owned(),
        columns: 4,
        conflict: String::new(),
    }
}

fn rows() -> String {
    format!(
        "SELECT observation.sensor, observation.observed_ms, {} FROM json_each($1) AS wanted CROSS JOIN observation \
        ON observation.sensor = wanted.value ->> 0 AND observation.observed_ms = wanted.value ->> 1",
        names(", ", |name| format!("observation.{name}"))
    )
}

impl OfQuantity {
    fn new(quantity: Quantity) -> Self {
        let name = quantity.name();
        let series = format!(
            "SELECT observed_ms / $5 * $5 AS start, avg({name}), min({name}), max({name}), count(*) FROM observation \
            WHERE sensor = (SELECT id FROM sensor WHERE station = $1 AND name = $2) \
            AND observed_ms >= $3 AND observed_ms < $4 AND {name} IS NOT NULL \
            GROUP BY start ORDER BY start LIMIT $6"
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
            newest_below: find("< $5", "observed_ms DESC"),
            newest_above: find("> $5", "observed_ms DESC"),
            lowest: find("> $5", &format!("{name}, observed_ms")),
            highest: find("> $5", &format!("{name} DESC, observed_ms")),
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
    fn a_row_of_parameters_has_a_place_for_each_column() {
        let texts = Texts::new();
        let columns = KEY_COLUMNS + Quantity::all().count();
        for (blocks, columns) in
            [(&texts.observations, columns), (&texts.latest, 5), (&texts.extremes, 7), (&texts.journal, 4)]
        {
            for Block { rows, sql } in blocks {
                let start: String = sql.as_str().chars().take(40).collect();
                assert_eq!(sql.as_str().matches('?').count(), rows * columns, "{start}");
                assert!(!sql.as_str().contains("  "), "{start}");
            }
        }
        for quantity in Quantity::all() {
            let place = KEY_COLUMNS + quantity.index();
            let given = texts.rest_and_commit.as_str();
            assert!(given.contains(&format!("value ->> {place}")), "{place}");
            assert!(texts.rows.as_str().contains(&format!("observation.{}", quantity.name())));
        }
    }
}
