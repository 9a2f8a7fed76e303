//! One end of a move: a PostgreSQL whose tables are read, or filled, as they are.

use super::any_table as sql;
use super::opening::{self, Statements};
use super::{cursors, head};
use crate::storage::address::Address;
use crate::storage::error::Error;
use crate::storage::move_error::MoveError;
use crate::storage::rows::{Between, Misfits, Portion, Rows};
use crate::storage::sql::decode;
use crate::storage::tables::{Kind, Table, Told};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeMap;

/// What a binary COPY begins with, and its flags and the length of what follows them: none.
const COPY_BEGIN: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Bytes of a length.
const LENGTH_BYTES: usize = 4;
/// So many columns has the row that ends it.
const COPY_END: i16 = -1;

const FREEZE: &str = "\
    BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '10s'; LOCK TABLE gate IN EXCLUSIVE MODE";
const TABLES: &str = "\
    SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
        array_position(i.indkey::int2[], a.attnum)::bigint \
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
        LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary \
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace \
    ORDER BY c.relname, a.attnum";
/// A sequence that has given no number yet has none.
const NUMBERS: &str = "\
    SELECT c.table_name::text, s.last_value FROM information_schema.columns AS c JOIN pg_sequences AS s \
        ON pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) = quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename) \
    WHERE c.table_schema = current_schema() AND c.is_identity = 'YES' AND s.last_value IS NOT NULL";
const NUMBERED: &str = "\
    SELECT table_name::text, column_name::text FROM information_schema.columns \
    WHERE table_schema = current_schema() AND is_identity = 'YES'";

/// A PostgreSQL at one end of a move.
pub(in crate::storage) struct End {
    db: PgConnection,
    /// A file of SQLite is at the other end, which has no zero below zero.
    for_sqlite: bool,
}

impl End {
    /// One that is read. `freezes`: nobody writes to it as long as this lives, and what is read is of one state.
    pub(in crate::storage) async fn source(
        address: &Address,
        freezes: bool,
        for_sqlite: bool,
    ) -> Result<Self, MoveError> {
        let named = address.to_string();
        let mut db = opening::connect(address).await?;
        opening::must_fit(&mut db, &named).await?;
        if freezes {
            opening::must_be_alone(&mut db, &named).await?;
            // A transaction of this kind sees the state of its first question, which comes after the lock.
            let frozen = sqlx::raw_sql(FREEZE).execute(&mut db).await;
            frozen.map_err(|error| MoveError::Locked(named, error.into()))?;
        }
        Ok(Self { db, for_sqlite })
    }

    /// One that is filled by a move of the journal `epoch`: a new one, or one where this move has not ended.
    pub(in crate::storage) async fn target(address: &Address, epoch: &str) -> Result<Self, MoveError> {
        Ok(Self { db: opening::target(address, epoch).await?, for_sqlite: false })
    }

    pub(in crate::storage) async fn tables(&mut self) -> Result<Vec<Told>, Error> {
        Ok(sqlx::query_as(TABLES).fetch_all(&mut self.db).await?)
    }

    pub(in crate::storage) async fn epoch(&mut self) -> Result<Option<String>, Error> {
        Ok(sqlx::query_scalar(sql::EPOCH).fetch_optional(&mut self.db).await?)
    }

    pub(in crate::storage) async fn count(&mut self, table: &Table) -> Result<u64, Error> {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql::count(table))).fetch_one(&mut self.db).await?;
        Ok(count.unsigned_abs())
    }

    pub(in crate::storage) async fn has(&mut self, table: &Table, between: Between<'_>) -> Result<bool, Error> {
        let asked = sqlx::query_scalar(AssertSqlSafe(sql::exists(table, between))).persistent(false);
        Ok(asked.fetch_one(&mut self.db).await?)
    }

    pub(in crate::storage) async fn read(
        &mut self,
        table: &Table,
        between: Between<'_>,
        limit: Option<usize>,
    ) -> Result<Portion, Error> {
        let copy = format!("COPY ({}) TO STDOUT (FORMAT binary)", sql::select(table, between, limit));
        let mut copied = Vec::new();
        let mut pieces = self.db.copy_out_raw(&copy).await?;
        while let Some(piece) = pieces.try_next().await? {
            copied.extend_from_slice(&piece);
        }
        drop(pieces);
        let rows = rows(table, &copied, self.for_sqlite).ok_or_else(|| decode("a COPY that cannot be read"))?;
        let last = rows.key(&table.key);
        Ok(Portion { rows, last, misfits: Misfits::default() })
    }

    /// Puts rows there in place of those of a stretch, if one is given; both or nothing.
    pub(in crate::storage) async fn put(
        &mut self,
        table: &Table,
        instead: Option<Between<'_>>,
        rows: &Rows,
    ) -> Result<(), Error> {
        let mut transaction = self.db.begin().await?;
        if let Some(between) = instead {
            sqlx::raw_sql(AssertSqlSafe(sql::delete(table, between))).execute(&mut *transaction).await?;
        }
        if !rows.is_empty() {
            let copy = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", sql::name(table), sql::columns(table));
            let mut copying = transaction.copy_in_raw(&copy).await?;
            copying.send(copied(table, rows)).await?;
            copying.finish().await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The last number that was given to a row of each table that numbers its rows.
    pub(in crate::storage) async fn numbers(&mut self) -> Result<BTreeMap<String, i64>, Error> {
        let numbers: Vec<(String, i64)> = sqlx::query_as(NUMBERS).fetch_all(&mut self.db).await?;
        Ok(numbers.into_iter().collect())
    }

    /// Sets those numbers, and ends the move: what was left out for its time comes back. `leaps`: commits of the source may be lost,
    /// whose numbers in the journal must not come again.
    pub(in crate::storage) async fn finish(
        mut self,
        numbers: &BTreeMap<String, i64>,
        leaps: bool,
    ) -> Result<(), Error> {
        let numbered: Vec<(String, String)> = sqlx::query_as(NUMBERED).fetch_all(&mut self.db).await?;
        let mut transaction = self.db.begin().await?;
        let statements = Statements::left(&mut transaction).await?;
        statements.run(&mut transaction).await?;
        for (table, column) in numbered {
            let given = numbers.get(&table).copied().unwrap_or(0);
            // Numbers begin at one; a table of which no row was ever numbered has given none.
            let set = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), greatest(1, last), last > 0) \
                FROM (SELECT greatest({given}, coalesce(max({column}), 0)) AS last FROM {table}) AS found"
            );
            sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut *transaction).await?;
        }
        if leaps {
            let found = head::head(&mut transaction).await?;
            cursors::leap(&mut transaction, found, found + head::LEAP).await?;
        }
        Statements::forget(&mut transaction).await?;
        transaction.commit().await?;
        // Without it the first questions are slow, until the database does it by itself.
        let _ = sqlx::raw_sql("ANALYZE").execute(&mut self.db).await;
        let _ = self.db.close().await;
        Ok(())
    }
}

/// Rows as a binary COPY has them.
fn copied(table: &Table, rows: &Rows) -> Vec<u8> {
    let columns = i16::try_from(table.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
    let mut bytes = Vec::with_capacity(COPY_BEGIN.len() + rows.bytes() + 2 * rows.len() + 2);
    bytes.extend_from_slice(COPY_BEGIN);
    for row in rows.iter() {
        bytes.extend(columns);
        for (value, column) in row.zip(&table.columns) {
            let Some(value) = value else {
                bytes.extend((-1_i32).to_be_bytes());
                continue;
            };
            let truth = [u8::from(value.iter().any(|byte| *byte != 0))];
            let value = if column.kind == Kind::Boolean { &truth } else { value };
            bytes.extend(i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
            bytes.extend_from_slice(value);
        }
    }
    bytes.extend(COPY_END.to_be_bytes());
    bytes
}

/// The rows of a binary COPY; `None`: it is none.
fn rows(table: &Table, copied: &[u8], for_sqlite: bool) -> Option<Rows> {
    let mut rest = copied.strip_prefix(COPY_BEGIN)?;
    let mut rows = Rows::default();
    loop {
        let columns;
        (columns, rest) = rest.split_first_chunk().map(|(columns, rest)| (i16::from_be_bytes(*columns), rest))?;
        if columns == COPY_END {
            return Some(rows);
        }
        for column in &table.columns {
            let (length, after) = rest.split_first_chunk::<LENGTH_BYTES>()?;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
                rows.put_null();
                rest = after;
                continue;
            };
            let value;
            (value, rest) = after.split_at_checked(length)?;
            match column.kind {
                Kind::Boolean => rows.put(&i64::from(value != [0]).to_be_bytes()),
                Kind::Real if for_sqlite && value == (-0.0_f64).to_bits().to_be_bytes() => rows.put(&[0; 8]),
                _ => rows.put(value),
            }
        }
        rows.end();
    }
}
