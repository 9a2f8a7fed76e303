//! What the files of `sql/` call the database's types.

pub(super) use sqlx::PgConnection as Connection;
pub(super) use sqlx::PgExecutor as Executor;
pub(super) use sqlx::PgPool as Pool;
pub(super) use sqlx::Postgres as Database;
pub(super) use sqlx::postgres::PgRow as DbRow;

use sqlx::Transaction;

/// Many numbers as one parameter: an array.
pub(super) type Many = Vec<i64>;

pub(super) fn many(numbers: impl Iterator<Item = i64>) -> Many {
    numbers.collect()
}

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A transaction of questions that all see the same state.
pub(super) async fn snapshot(db: &Pool) -> Result<Transaction<'static, Database>, sqlx::Error> {
    db.begin_with(SNAPSHOT).await
}
