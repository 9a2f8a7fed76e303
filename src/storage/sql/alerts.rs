//! Alerts as they are read.

use super::db::Pool;
use crate::storage::sql::decode;
use crate::storage::words::{Alert, Visitor};
use weather::time::Timestamp;

const ALERTS: &str = "\
    SELECT visitor, station, number, rule, state, units, created_ms, seq FROM alert ORDER BY visitor, station, number";

type Row = (String, String, i64, String, String, String, i64, i64);

/// All of them.
pub(super) async fn alerts(db: &Pool) -> Result<Vec<Alert>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(ALERTS).fetch_all(db).await?;
    let alert = |(visitor, station, number, rule, state, units, created_ms, seq): Row| {
        let number = number.try_into().map_err(|_| decode(format!("no alert has the number {number}")))?;
        let (visitor, created_at) = (Visitor::stored(visitor), Timestamp(created_ms));
        Ok(Alert { visitor, station, number, rule, state, units, created_at, seq: seq.unsigned_abs() })
    };
    rows.into_iter().map(alert).collect()
}
