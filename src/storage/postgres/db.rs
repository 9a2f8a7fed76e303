//! What the files of `sql/` call the database's types.

pub(super) use sqlx::PgConnection as Connection;
pub(super) use sqlx::PgExecutor as Executor;
pub(super) use sqlx::PgPool as Pool;
pub(super) use sqlx::postgres::PgRow as DbRow;

/// Many numbers as one parameter: an array.
pub(super) type Many = Vec<i64>;

pub(super) fn many(numbers: impl Iterator<Item = i64>) -> Many {
    numbers.collect()
}
