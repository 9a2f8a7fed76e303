//! The newest values of sensors: a row for each sensor, with all of its quantities.
//!
//! A report changes most quantities of a sensor at once, so they are written together. What the row's `quantities` hold,
//! `migrations/sqlite/0005_latest.sql` says.

use super::db::Connection;
use super::numbers::{number, quantity};
use crate::storage::seam::{Newest, Rank, SensorId};
use crate::storage::sql::decode;
use serde_json::value::RawValue;
use std::io::Write;
use weather::quantity::Quantity;
use weather::time::Timestamp;

pub(super) const WRITE: &str = "\
    INSERT INTO latest (sensor, observed_ms, rank_ms, quantities) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (sensor) DO UPDATE SET \
    observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, quantities = excluded.quantities";

const FORGET: &str = "DELETE FROM latest WHERE sensor = $1";

/// Replaces the newest values of a sensor; of a sensor that has none there is no row.
pub(super) async fn replace(
    conn: &mut Connection,
    sensor: SensorId,
    newest: &[Option<Newest>],
) -> Result<(), sqlx::Error> {
    let Some(of_row) = newest.iter().flatten().map(|newest| newest.rank).max() else {
        sqlx::query(FORGET).bind(sensor.0).execute(conn).await?;
        return Ok(());
    };
    let mut text = Vec::new();
    encode(&mut text, of_row, newest);
    let text = String::from_utf8(text).map_err(decode)?;
    let query = sqlx::query(WRITE).bind(sensor.0).bind(of_row.observed_at.0).bind(of_row.rank.0).bind(text);
    query.execute(conn).await?;
    Ok(())
}

/// Writes the quantities of a row.
pub(super) fn encode(text: &mut Vec<u8>, of_row: Rank, newest: &[Option<Newest>]) {
    text.clear();
    // Writing to memory does not fail, and values are finite.
    for (quantity, newest) in Quantity::all().zip(newest) {
        let Some(Newest { rank, value }) = newest else { continue };
        let start = if text.is_empty() { "[" } else { "," };
        let _ = write!(text, "{start}[{},", number(quantity));
        let _ = serde_json::to_writer(&mut *text, value);
        if *rank != of_row {
            let _ = write!(text, ",{},{}", rank.observed_at.0, rank.rank.0);
        }
        text.push(b']');
    }
    text.push(b']');
}

const OF: &str = "SELECT observed_ms, rank_ms, quantities FROM latest WHERE sensor = $1";

/// The newest values of a sensor.
pub(super) async fn of(conn: &mut Connection, sensor: SensorId) -> Result<Vec<(Quantity, Newest)>, sqlx::Error> {
    let row: Option<(i64, i64, String)> = sqlx::query_as(OF).bind(sensor.0).fetch_optional(conn).await?;
    let Some((observed_ms, rank_ms, quantities)) = row else { return Ok(Vec::new()) };
    read(Rank { observed_at: Timestamp(observed_ms), rank: Timestamp(rank_ms) }, &quantities)
}

/// Reads the quantities of a row.
pub(super) fn read(of_row: Rank, quantities: &str) -> Result<Vec<(Quantity, Newest)>, sqlx::Error> {
    let rows: Vec<Vec<&RawValue>> = serde_json::from_str(quantities).map_err(decode)?;
    rows.iter()
        .map(|row| {
            let odd = || decode(format!("{quantities:?} are no newest values"));
            let integer = |column: &RawValue| column.get().parse::<i64>().map_err(|_| odd());
            let (of, value, rank) = match row[..] {
                [of, value] => (of, value, of_row),
                [of, value, observed, rank] => {
                    (of, value, Rank { observed_at: Timestamp(integer(observed)?), rank: Timestamp(integer(rank)?) })
                }
                _ => return Err(odd()),
            };
            // Not by serde_json: its last digit may differ.
            let value = value.get().parse().map_err(|_| odd())?;
            Ok((quantity(integer(of)?)?, Newest { rank, value }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn newest() -> impl Strategy<Value = Vec<Option<Newest>>> {
        let rank = (0_i64..3, 0_i64..3).prop_map(|(rank, later)| Rank {
            rank: Timestamp(1_795_356_000_000 + rank),
            observed_at: Timestamp(1_795_356_000_000 + rank + later),
        });
        let value = (rank, -1e4..1e4_f64).prop_map(|(rank, value)| Newest { rank, value });
        proptest::collection::vec(proptest::option::of(value), Quantity::COUNT)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(newest in newest()) {
            let of_row = newest.iter().flatten().map(|newest| newest.rank).max();
            let mut text = Vec::new();
            let Some(of_row) = of_row else { return Ok(()) };
            encode(&mut text, of_row, &newest);
            let found = read(of_row, std::str::from_utf8(&text).expect("digits")).expect("newest values");
            let sent: Vec<_> = Quantity::all().zip(newest).filter_map(|(q, newest)| Some((q, newest?))).collect();
            prop_assert_eq!(found, sent);
        }
    }

    #[test]
    fn what_is_of_one_report_names_its_time_once() {
        let rank = |ms| Rank { rank: Timestamp(ms), observed_at: Timestamp(ms + 1) };
        let mut newest = [None; Quantity::COUNT];
        newest[Quantity::Temperature.index()] = Some(Newest { rank: rank(7), value: 21.5 });
        newest[Quantity::Humidity.index()] = Some(Newest { rank: rank(5), value: 40.0 });
        let mut text = Vec::new();
        encode(&mut text, rank(7), &newest);
        let (temperature, humidity) = (number(Quantity::Temperature), number(Quantity::Humidity));
        assert_eq!(String::from_utf8_lossy(&text), format!("[[{temperature},21.5],[{humidity},40.0,6,5]]"));
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        let rank = Rank { rank: Timestamp(7), observed_at: Timestamp(7) };
        for odd in
            ["", "[]]", "{}", "[1]", "[[1]]", "[[1,2,3]]", "[[999,1]]", "[[\"1\",1]]", "[[1,\"1\"]]", "[[1,1,1.5,1]]"]
        {
            assert!(read(rank, odd).is_err(), "{odd}");
        }
        assert_eq!(read(rank, "[]").expect("nothing yet"), []);
    }
}
