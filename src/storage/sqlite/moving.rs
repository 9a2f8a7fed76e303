//! One end of a move: a file whose tables are read, or filled, as they are.

use super::any_table as sql;
use super::inspect::{open_to_read, schema};
use crate::storage::error::{BadFile, Error};
use crate::storage::inspection::Schema;
use crate::storage::rows::{Between, Key, Misfits, Portion, Rows};
use crate::storage::tables::{Kind, Table, Told};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Statement};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Who writes at the moment holds the lock for some milliseconds; an import may hold it for some seconds.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// Nobody else writes from here on. What is read is of one state.
const FREEZE: &str = "BEGIN IMMEDIATE";
/// The same of a file that nobody may write to.
const SNAPSHOT: &str = "BEGIN; SELECT count(*) FROM meta";
/// Rows come table by table: what refers to another table may come before it.
const FILLING: &str = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536";
const TABLES: &str = "\
    SELECT m.name, p.name, p.type, p.\"notnull\", CASE WHEN p.pk > 0 THEN p.pk END \
    FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' ORDER BY m.name, p.cid";
const NUMBERS: &str = "SELECT name, seq FROM sqlite_sequence";
const NUMBERED: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'";
const FORGET_NUMBERS: &str = "DELETE FROM sqlite_sequence";
const SET_NUMBER: &str = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
const IS_LOSSY: &str = "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'lossy')";
/// All of it is in the file.
const INTO_FILE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// A file at one end of a move.
pub(in crate::storage) struct End {
    db: Connection,
    /// A PostgreSQL is at the other end, whose texts hold no NUL.
    for_postgres: bool,
}

impl End {
    /// A file that is read. `freezes`: nobody writes to it as long as this lives, and what is read is of one state.
    pub(in crate::storage) fn source(file: &Path, freezes: bool, for_postgres: bool) -> Result<Self, Error> {
        let db = open_to_read(file)?;
        match schema(&db)? {
            Schema::Fits => {}
            Schema::Older => return Err(BadFile::Older.into()),
            Schema::Newer => return Err(BadFile::Newer.into()),
        }
        if !freezes {
            return Ok(Self { db, for_postgres });
        }
        let frozen = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .and_then(|db| db.busy_timeout(LOCK_WAIT).and_then(|()| db.execute_batch(FREEZE)).map(|()| db));
        match frozen {
            Ok(db) => Ok(Self { db, for_postgres }),
            Err(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen)) => {
                db.execute_batch(SNAPSHOT)?;
                Ok(Self { db, for_postgres })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A file of ours that is filled.
    pub(in crate::storage) fn target(file: &Path) -> Result<Self, Error> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(LOCK_WAIT)?;
        db.execute_batch(FILLING)?;
        Ok(Self { db, for_postgres: false })
    }

    pub(in crate::storage) fn tables(&self) -> Result<Vec<Told>, Error> {
        let mut asked = self.db.prepare(TABLES)?;
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        Ok(asked.query_map((), row)?.collect::<Result<_, _>>()?)
    }

    pub(in crate::storage) fn epoch(&self) -> Result<Option<String>, Error> {
        Ok(self.db.query_row(sql::EPOCH, (), |row| row.get(0)).optional()?)
    }

    /// Whether commits of an earlier run may be lost: their numbers must not come again.
    pub(in crate::storage) fn is_lossy(&self) -> Result<bool, Error> {
        Ok(self.db.query_row(IS_LOSSY, (), |row| row.get(0))?)
    }

    pub(in crate::storage) fn count(&self, table: &Table) -> Result<u64, Error> {
        let count: i64 = self.db.query_row(&sql::count(table), (), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    pub(in crate::storage) fn has(&self, table: &Table, between: Between<'_>) -> Result<bool, Error> {
        Ok(self.db.query_row(&sql::exists(table, between), (), |row| row.get(0))?)
    }

    pub(in crate::storage) fn read(
        &self,
        table: &Table,
        between: Between<'_>,
        limit: Option<usize>,
    ) -> Result<Portion, Error> {
        let mut asked = self.db.prepare(&sql::select(table, between, limit))?;
        let mut found = asked.query(())?;
        let (mut rows, mut misfits, mut left_out) = (Rows::default(), Misfits::default(), None);
        while let Some(row) = found.next()? {
            let nuls = if self.for_postgres { nuls(table, row)? } else { Nuls::default() };
            if nuls.in_key {
                misfits.rows += 1;
                left_out = Some(key(table, row)?);
                continue;
            }
            left_out = None;
            misfits.nuls += nuls.number;
            for at in 0..table.columns.len() {
                match row.get_ref(at)? {
                    ValueRef::Null => rows.put_null(),
                    ValueRef::Text(text) if nuls.number > 0 => rows.put(&without_nuls(text)),
                    value => rows.put(&plain(value)),
                }
            }
            rows.end();
        }
        let last = left_out.or_else(|| rows.key(&table.key));
        Ok(Portion { rows, last, misfits })
    }

    /// Puts rows there in place of those of a stretch, if one is given; both or nothing.
    pub(in crate::storage) fn put(
        &mut self,
        table: &Table,
        instead: Option<Between<'_>>,
        rows: &Rows,
    ) -> Result<(), Error> {
        let marks = vec!["?"; table.columns.len()].join(", ");
        // A row that has another's unique value in its way goes: it is old, and its own turn comes.
        let insert = format!("INSERT OR REPLACE INTO {} ({}) VALUES ({marks})", sql::name(table), sql::columns(table));
        let transaction = self.db.transaction()?;
        if let Some(between) = instead {
            transaction.execute(&sql::delete(table, between), ())?;
        }
        let mut statement = transaction.prepare_cached(&insert)?;
        for row in rows.iter() {
            for (at, (value, column)) in row.zip(&table.columns).enumerate() {
                bind(&mut statement, at + 1, column.kind, value)?;
            }
            statement.raw_execute()?;
        }
        drop(statement);
        Ok(transaction.commit()?)
    }

    /// The last number that was given to a row of each table that numbers its rows.
    pub(in crate::storage) fn numbers(&self) -> Result<BTreeMap<String, i64>, Error> {
        let mut asked = self.db.prepare(NUMBERS)?;
        Ok(asked.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Sets those numbers, and closes the file.
    pub(in crate::storage) fn finish(mut self, numbers: &BTreeMap<String, i64>) -> Result<(), Error> {
        let transaction = self.db.transaction()?;
        let numbered: Vec<String> =
            transaction.prepare(NUMBERED)?.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
        transaction.execute(FORGET_NUMBERS, ())?;
        for name in numbered {
            if let Some(number) = numbers.get(&name).filter(|number| **number > 0) {
                transaction.execute(SET_NUMBER, (name, number))?;
            }
        }
        transaction.commit()?;
        self.db.query_row(INTO_FILE, (), |_| Ok(()))?;
        self.db.close().map_err(|(_, error)| error.into())
    }
}

/// Whether a file holds tables of ours as this version makes them.
pub(in crate::storage) fn is_made(file: &Path) -> bool {
    open_to_read(file).and_then(|db| schema(&db)).is_ok_and(|schema| schema == Schema::Fits)
}

/// Characters that PostgreSQL cannot hold, in the texts of a row.
#[derive(Default)]
struct Nuls {
    number: u64,
    in_key: bool,
}

const NUL: u8 = 0;

fn nuls(table: &Table, row: &Row<'_>) -> Result<Nuls, Error> {
    let mut found = Nuls::default();
    for (at, column) in table.columns.iter().enumerate() {
        if column.kind != Kind::Text {
            continue;
        }
        if let ValueRef::Text(text) = row.get_ref(at)? {
            let number = memchr::memchr_iter(NUL, text).count() as u64;
            found.number += number;
            found.in_key |= number > 0 && table.key.contains(&at);
        }
    }
    Ok(found)
}

fn without_nuls(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != NUL).collect()
}

/// A value as [`Rows`] has it; nothing for NULL.
fn plain(value: ValueRef<'_>) -> Cow<'_, [u8]> {
    match value {
        ValueRef::Null => Cow::Borrowed(&[]),
        ValueRef::Integer(number) => Cow::Owned(number.to_be_bytes().to_vec()),
        ValueRef::Real(number) => Cow::Owned(number.to_bits().to_be_bytes().to_vec()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Cow::Borrowed(bytes),
    }
}

fn key(table: &Table, row: &Row<'_>) -> Result<Key, Error> {
    let value = |at: &usize| Ok::<_, Error>(plain(row.get_ref(*at)?).into_owned());
    table.key.iter().map(value).collect::<Result<_, _>>().map(Key)
}

fn bind(statement: &mut Statement<'_>, place: usize, kind: Kind, value: Option<&[u8]>) -> Result<(), Error> {
    let word = |value: &[u8]| u64::from_be_bytes(value.try_into().unwrap_or_default());
    match (kind, value) {
        (_, None) => statement.raw_bind_parameter(place, None::<i64>),
        (Kind::Integer | Kind::Boolean, Some(value)) => statement.raw_bind_parameter(place, word(value).cast_signed()),
        (Kind::Real, Some(value)) => statement.raw_bind_parameter(place, f64::from_bits(word(value))),
        (Kind::Text, Some(value)) => {
            let text = str::from_utf8(value).map_err(Error::database)?;
            statement.raw_bind_parameter(place, text)
        }
        (Kind::Blob, Some(value)) => statement.raw_bind_parameter(place, value),
    }?;
    Ok(())
}
