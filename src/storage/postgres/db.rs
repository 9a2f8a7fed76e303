//! What the files of `sql/` call the database's types.

pub(super) use sqlx::PgConnection as Connection;
pub(super) use sqlx::PgExecutor as Executor;
pub(super) use sqlx::PgPool as Pool;
