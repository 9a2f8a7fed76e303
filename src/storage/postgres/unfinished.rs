//! Whether a move into the database has begun and not ended: then no server opens it.

use super::db::Connection;
use crate::storage::error::{BadFile, Error};
use crate::storage::tables::UNFINISHED;

const IS_UNFINISHED: &str = "SELECT to_regclass($1) IS NOT NULL";

pub(super) async fn is_unfinished(db: &mut Connection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IS_UNFINISHED).bind(UNFINISHED).fetch_one(db).await
}

/// An error if there is such a move.
pub(super) async fn must_be_finished(db: &mut Connection) -> Result<(), Error> {
    if is_unfinished(db).await? { Err(BadFile::Unfinished.into()) } else { Ok(()) }
}
