//! A database at one end of a move, of either kind.

use crate::storage::error::Error;
use crate::storage::rows::{Between, Portion, Rows};
use crate::storage::tables::{Table, Told};
use crate::storage::{postgres, sqlite};
use std::collections::BTreeMap;

/// A database at one end.
pub(super) enum End {
    Sqlite(sqlite::End),
    Postgres(Box<postgres::End>),
}

impl End {
    pub(super) async fn tables(&mut self) -> Result<Vec<Told>, Error> {
        match self {
            Self::Sqlite(end) => end.tables(),
            Self::Postgres(end) => end.tables().await,
        }
    }

    pub(super) async fn epoch(&mut self) -> Result<Option<String>, Error> {
        match self {
            Self::Sqlite(end) => end.epoch(),
            Self::Postgres(end) => end.epoch().await,
        }
    }

    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, Error> {
        match self {
            Self::Sqlite(end) => end.count(table),
            Self::Postgres(end) => end.count(table).await,
        }
    }

    pub(super) async fn has(&mut self, table: &Table, between: Between<'_>) -> Result<bool, Error> {
        match self {
            Self::Sqlite(end) => end.has(table, between),
            Self::Postgres(end) => end.has(table, between).await,
        }
    }

    pub(super) async fn read(
        &mut self,
        table: &Table,
        between: Between<'_>,
        limit: Option<usize>,
    ) -> Result<Portion, Error> {
        match self {
            Self::Sqlite(end) => end.read(table, between, limit),
            Self::Postgres(end) => end.read(table, between, limit).await,
        }
    }

    pub(super) async fn put(&mut self, table: &Table, instead: Option<Between<'_>>, rows: &Rows) -> Result<(), Error> {
        match self {
            Self::Sqlite(end) => end.put(table, instead, rows),
            Self::Postgres(end) => end.put(table, instead, rows).await,
        }
    }

    pub(super) async fn numbers(&mut self) -> Result<BTreeMap<String, i64>, Error> {
        match self {
            Self::Sqlite(end) => end.numbers(),
            Self::Postgres(end) => end.numbers().await,
        }
    }

    /// Whether numbers of the journal may come twice if they simply go on.
    pub(super) fn is_lossy(&self) -> Result<bool, Error> {
        match self {
            Self::Sqlite(end) => end.is_lossy(),
            Self::Postgres(_) => Ok(false),
        }
    }
}
