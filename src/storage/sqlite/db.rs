//! What the files of `sql/` call the database's types.

pub(super) use sqlx::Sqlite as Database;
pub(super) use sqlx::SqliteConnection as Connection;
pub(super) use sqlx::SqliteExecutor as Executor;
pub(super) use sqlx::SqlitePool as Pool;
pub(super) use sqlx::sqlite::SqliteRow as DbRow;

use sqlx::Transaction;

/// Many numbers as one parameter: an array in JSON, to be read with `json_each`.
pub(super) type Many = String;

pub(super) fn many(numbers: impl Iterator<Item = i64>) -> Many {
    let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// A transaction of questions that all see the same state.
pub(super) async fn snapshot(db: &Pool) -> Result<Transaction<'static, Database>, sqlx::Error> {
    db.begin().await
}
