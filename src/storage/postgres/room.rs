//! How much the database takes, and when it is full. PostgreSQL itself knows no limit: the one that writes asks, and remembers.

use super::numbers::stored;
use crate::storage::error::Error;
use crate::storage::options::Options;
use crate::storage::seam::SensorId;
use sqlx::PgConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limit, and how much there was when it was asked for last: every few seconds while there is something to write, and after each
/// refusal. What is written in between goes beyond the limit.
pub(super) struct Room {
    used: AtomicU64,
    limit: u64,
    reserve: u64,
    /// True while the reserve may be used.
    is_open: bool,
}

/// The database takes more than it may.
#[derive(Debug, thiserror::Error)]
#[error("it takes {used_mib} MiB, and may take {limit_mib} MiB")]
struct TooLarge {
    used_mib: u64,
    limit_mib: u64,
}

impl Room {
    pub(super) fn new(options: &Options) -> Self {
        let (limit, reserve) = (options.limit_bytes(), options.reserve_bytes());
        Self { used: AtomicU64::new(0), limit, reserve, is_open: false }
    }

    /// Opens or closes the reserve for what is written next.
    pub(super) fn open_reserve(&mut self, open: bool) {
        self.is_open = open;
    }

    /// The database takes so much.
    pub(super) fn measured(&self, bytes: u64) {
        self.used.store(bytes, Ordering::Relaxed);
    }

    /// An error if it is full for whatever is written next but reports.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.check_below(self.limit + if self.is_open { self.reserve } else { 0 })
    }

    /// The same for reports, which never use the reserve.
    pub(super) fn check_for_reports(&self) -> Result<(), Error> {
        self.check_below(self.limit)
    }

    fn check_below(&self, limit: u64) -> Result<(), Error> {
        let used = self.used.load(Ordering::Relaxed);
        if used <= limit {
            return Ok(());
        }
        // The limits are whole MiB; more than one of them is never told as equal to it.
        let (used_mib, limit_mib) = (used.div_ceil(1 << 20), limit >> 20);
        Err(Error::Full(Arc::new(TooLarge { used_mib, limit_mib })))
    }
}

/// Of the tables and their indexes: what else is in a database is the same in an empty one, or somebody else's.
const USED: &str = "\
    SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class \
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";

/// Bytes that the database takes on the disk. Room that deleting has made counts as taken until VACUUM gives it back to the system.
pub(super) async fn used_bytes(db: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let bytes: i64 = sqlx::query_scalar(USED).fetch_one(db).await?;
    Ok(bytes.unsigned_abs())
}

/// Other servers note sizes of the same sensors at the same time: all lock them in one order.
const NOTE: &str = "\
    UPDATE sensor SET bytes = sensor.bytes + more.bytes \
    FROM (SELECT id, counted.bytes FROM sensor JOIN unnest($1::bigint[], $2::bigint[]) AS counted (sensor, bytes) ON id = counted.sensor \
        ORDER BY id FOR NO KEY UPDATE OF sensor) AS more \
    WHERE sensor.id = more.id";

/// Notes that so many bytes more belong to each sensor.
pub(super) async fn note(db: &mut PgConnection, more: &[(SensorId, u64)]) -> Result<(), sqlx::Error> {
    if more.is_empty() {
        return Ok(());
    }
    let (sensors, bytes): (Vec<_>, Vec<_>) = more.iter().map(|(sensor, bytes)| (sensor.0, stored(*bytes))).unzip();
    sqlx::query(NOTE).bind(sensors).bind(bytes).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    const MIB: u64 = 1 << 20;

    #[test]
    fn beyond_the_limit_only_the_reserve_is_left_and_both_numbers_are_told() {
        let options = Options { max_database_mib: 100, control_reserve_mib: 8, ..Options::default() };
        let mut room = Room::new(&options);
        room.measured(100 * MIB);
        assert!(room.check().is_ok() && room.check_for_reports().is_ok(), "as much as it may");
        room.measured(100 * MIB + 1);
        let error = room.check().expect_err("full");
        let cause = error.source().expect("a cause").to_string();
        assert_eq!(cause, "it takes 101 MiB, and may take 100 MiB");
        room.open_reserve(true);
        assert!(room.check().is_ok(), "the reserve is open");
        assert!(matches!(room.check_for_reports(), Err(Error::Full(_))), "never for reports");
        room.measured(109 * MIB);
        assert!(matches!(room.check(), Err(Error::Full(_))), "the reserve is used up");
    }
}
