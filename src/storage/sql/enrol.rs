//! Devices that wait for an owner, and their reports.

use super::db::{Connection, Pool};
use crate::storage::devices::{DeviceKind, DeviceSecret};
use crate::storage::error::Error;
use crate::storage::keys::KeyHash;
use crate::storage::seam::EnrolChange;
use crate::storage::sql::decode;
use crate::storage::unclaimed::{
    Claimed, DEVICES_MAX, FINGERPRINT_BYTES, OF_ADDRESS_MAX, REPORTS_MAX, Stranger, Unclaimed,
};
use weather::time::Timestamp;

const KEEP: &str = "\
    INSERT INTO unclaimed (hash, kind, format, model, address, first_ms, last_ms) VALUES ($1, $2, $3, $4, $5, $6, $6) \
    ON CONFLICT (hash) DO UPDATE SET format = $3, model = $4, address = $5, last_ms = $6 RETURNING id";
const KEEP_REPORT: &str = "INSERT INTO unclaimed_report (device, report) VALUES ($1, $2)";
const FEWER_REPORTS: &str = "\
    DELETE FROM unclaimed_report WHERE device = $1 AND id NOT IN \
    (SELECT id FROM unclaimed_report WHERE device = $1 ORDER BY id DESC LIMIT $2)";
const FEWER_OF_ADDRESS: &str = "\
    DELETE FROM unclaimed WHERE address = $1 AND id NOT IN \
    (SELECT id FROM unclaimed WHERE address = $1 ORDER BY last_ms DESC, id DESC LIMIT $2)";
const FEWER_DEVICES: &str = "\
    DELETE FROM unclaimed WHERE id NOT IN (SELECT id FROM unclaimed ORDER BY last_ms DESC, id DESC LIMIT $1)";
const FORGET: &str = "DELETE FROM unclaimed WHERE id = $1";

/// Makes a change inside the caller's transaction; false if it did not apply.
pub(super) async fn change(conn: &mut Connection, change: &EnrolChange, now: Timestamp) -> Result<bool, sqlx::Error> {
    match change {
        EnrolChange::Forget(id) => Ok(sqlx::query(FORGET).bind(id).execute(conn).await?.rows_affected() > 0),
        EnrolChange::Keep { stranger, reports } => {
            let Stranger { secret, format, model, address, .. } = stranger;
            let keep = sqlx::query_scalar(KEEP).bind(&secret.hash()[..]).bind(secret.kind().name());
            let keep = keep.bind(*format).bind(model).bind(address).bind(now.0);
            let id: i64 = keep.fetch_one(&mut *conn).await?;
            for report in reports {
                sqlx::query(KEEP_REPORT).bind(id).bind(report).execute(&mut *conn).await?;
            }
            sqlx::query(FEWER_REPORTS).bind(id).bind(i64::from(REPORTS_MAX)).execute(&mut *conn).await?;
            sqlx::query(FEWER_OF_ADDRESS).bind(address).bind(i64::from(OF_ADDRESS_MAX)).execute(&mut *conn).await?;
            sqlx::query(FEWER_DEVICES).bind(i64::from(DEVICES_MAX)).execute(conn).await?;
            Ok(true)
        }
    }
}

type Row = (i64, String, String, String, String, i64, i64, i64, Vec<u8>, Option<String>);

const ALL: &str = "\
    SELECT id, kind, format, model, address, first_ms, last_ms, \
    (SELECT count(*) FROM unclaimed_report WHERE device = unclaimed.id), hash, \
    (SELECT report FROM unclaimed_report WHERE device = unclaimed.id ORDER BY id DESC LIMIT 1) FROM unclaimed ORDER BY last_ms DESC, id DESC";

/// All that wait, each with its newest report as it was kept.
pub(super) async fn all(db: &Pool) -> Result<Vec<(Unclaimed, Option<String>)>, Error> {
    let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(db).await?;
    let waits = |(id, kind, format, model, address, first, last, reports, hash, newest): Row| {
        let kind = kind_of(&kind)?;
        let (first, last, reports) = (Timestamp(first), Timestamp(last), reports.unsigned_abs());
        let fingerprint = hash.iter().take(FINGERPRINT_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let device =
            Unclaimed { id, kind, format, model, address, first, last, reports, fingerprint, newest: Vec::new() };
        Ok((device, newest))
    };
    rows.into_iter().map(waits).collect()
}

const WAITING: &str = "SELECT id FROM unclaimed WHERE hash = $1";

/// The number of the device with this secret, if it waits.
pub(super) async fn waiting(db: &Pool, secret: &DeviceSecret) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar(WAITING).bind(&secret.hash()[..]).fetch_optional(db).await?)
}

const ONE: &str = "SELECT hash, kind FROM unclaimed WHERE id = $1";
const REPORTS: &str = "SELECT report FROM unclaimed_report WHERE device = $1 ORDER BY id";

/// One of them, with its reports.
pub(super) async fn claimed(db: &Pool, id: i64) -> Result<Option<Claimed>, Error> {
    let Some((hash, kind)) = sqlx::query_as::<_, (Vec<u8>, String)>(ONE).bind(id).fetch_optional(db).await? else {
        return Ok(None);
    };
    let hash = KeyHash::try_from(hash).map_err(|_| decode("a device's hash has 32 bytes"))?;
    let secret = DeviceSecret::stored(kind_of(&kind)?, hash);
    let reports = sqlx::query_scalar(REPORTS).bind(id).fetch_all(db).await?;
    Ok(Some(Claimed { secret, reports }))
}

fn kind_of(name: &str) -> Result<DeviceKind, Error> {
    Ok(DeviceKind::from_name(name).ok_or_else(|| decode("the kind of a device is not known"))?)
}
