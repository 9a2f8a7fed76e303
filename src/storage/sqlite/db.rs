//! What the files of `sql/` call the database's types.

pub(super) use sqlx::SqliteConnection as Connection;
pub(super) use sqlx::SqliteExecutor as Executor;
pub(super) use sqlx::SqlitePool as Pool;
