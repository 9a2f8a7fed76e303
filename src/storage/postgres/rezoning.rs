//! The local days of sensors whose station has got another time zone. Inside the caller's transaction.

use sqlx::PgConnection;

/// All days are to be made anew: none comes after this one.
const ALL: &str = "\
    INSERT INTO rezoning (sensor, day, hours, only_hours) SELECT id, '9999-12-31', 0, false FROM sensor WHERE station = $1 \
    ON CONFLICT (sensor) DO UPDATE SET day = excluded.day, hours = excluded.hours, only_hours = excluded.only_hours";

/// Notes that all local days of a station are to be made anew.
pub(super) async fn begin(db: &mut PgConnection, station: i64) -> Result<(), sqlx::Error> {
    sqlx::query(ALL).bind(station).execute(db).await?;
    Ok(())
}
