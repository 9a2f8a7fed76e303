//! The connection that writes: made again when it breaks, and never used on within a transaction that has lost it.

use crate::storage::error::Error;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqlStr};
use std::time::Duration;
use tokio::time::timeout;

/// A connection is there within this time, or the database is away. Clients give up after 5 s.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// A step of a transaction ends within this time, or its connection is given up: a network that swallows packets says nothing.
const STEP_MAX: Duration = Duration::from_secs(4);
/// A transaction that failed ends within this time, or with its connection.
const ROLLBACK_MAX: Duration = Duration::from_secs(1);

const ROLLBACK: &str = "ROLLBACK";

/// The connection, if there is one at the moment.
pub(super) struct Link {
    options: PgConnectOptions,
    /// How a transaction that writes begins.
    beginning: SqlStr,
    connection: Option<PgConnection>,
    /// A transaction was begun, and has not ended.
    in_transaction: bool,
    /// A transaction that writes was begun by somebody who could not use it, and found this head.
    waiting: Option<u64>,
    lineage: Lineage,
    /// When the database was started that was compared.
    started: i64,
}

/// Whether the database behind the connection is the one whose numbers of the journal go on: a standby may have taken over, or a backup.
#[derive(Clone, Copy, PartialEq)]
enum Lineage {
    /// The connection is new.
    Unknown,
    /// It was compared, and what was found is noted in the transaction that is under way.
    Noted,
    Known,
}

/// The connection broke within a transaction, which has ended with it.
#[derive(Debug, thiserror::Error)]
#[error("the connection broke within a transaction")]
struct Broken;

impl Link {
    pub(super) fn new(options: PgConnectOptions, beginning: SqlStr) -> Self {
        Self {
            options,
            beginning,
            connection: None,
            in_transaction: false,
            waiting: None,
            lineage: Lineage::Unknown,
            started: 0,
        }
    }

    /// How a transaction that writes begins.
    pub(super) fn beginning(&self) -> SqlStr {
        self.beginning.clone()
    }

    /// Does some work over the connection, which is made if there is none. Its transaction may end with an error: then
    /// [`Link::rollback`] is next.
    pub(super) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.waiting.is_some() {
            self.rollback().await;
        }
        if self.connection.is_none() {
            if self.in_transaction {
                return Err(Error::away(Broken));
            }
            let connected = timeout(CONNECT_MAX, self.options.connect()).await.map_err(Error::away)?;
            // Whatever the reason, also a password that was changed: there is no database for now, and nobody's report is to blame.
            self.connection = Some(connected.map_err(Error::away)?);
            self.lineage = Lineage::Unknown;
        }
        let Some(connection) = &mut self.connection else { return Err(Error::away(Broken)) };
        let done = timeout(STEP_MAX, work(connection)).await.unwrap_or_else(|late| Err(Error::away(late)));
        if let Err(Error::Away(_)) = done {
            self.connection = None;
        }
        done
    }

    /// A transaction that has begun is kept, with the lock, for the next one that writes. Whatever else comes ends it.
    pub(super) fn waits(&mut self, head: u64) {
        self.waiting = Some(head);
    }

    /// The transaction that was kept, if there is one: the head that it found.
    pub(super) fn waiting(&mut self) -> Option<u64> {
        self.waiting.take()
    }

    /// Begins a transaction by some work, as [`Link::run`] does.
    pub(super) async fn begin<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.waiting.is_some() {
            self.rollback().await;
        }
        self.ended();
        let done = self.run(work).await;
        // Also if it failed: it may have begun.
        self.in_transaction = true;
        done
    }

    /// Ends a transaction by some work.
    pub(super) async fn commit<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let done = self.run(work).await?;
        self.in_transaction = false;
        if self.lineage == Lineage::Noted {
            self.lineage = Lineage::Known;
        }
        Ok(done)
    }

    /// Ends a transaction that failed, if need be with its connection.
    pub(super) async fn rollback(&mut self) {
        self.waiting = None;
        self.ended();
        let Some(connection) = &mut self.connection else { return };
        let done = timeout(ROLLBACK_MAX, sqlx::query(ROLLBACK).execute(connection)).await;
        if !matches!(done, Ok(Ok(_))) {
            self.connection = None;
        }
    }

    /// True if the database behind this connection was compared with the one of before. Else the next transaction has to do it, under the gate.
    /// `started`: when it was started. A pooler may have led the connection to another one meanwhile.
    pub(super) fn is_compared(&self, started: i64) -> bool {
        self.lineage != Lineage::Unknown && self.started == started
    }

    /// It was compared. `noted`: something was written about it, which counts if the transaction is committed.
    pub(super) fn compared(&mut self, noted: bool, started: i64) {
        self.lineage = if noted { Lineage::Noted } else { Lineage::Known };
        self.started = started;
    }

    /// No transaction is under way, and what it has written does not count.
    fn ended(&mut self) {
        self.in_transaction = false;
        if self.lineage == Lineage::Noted {
            self.lineage = Lineage::Unknown;
        }
    }

    /// Closes the connection.
    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            // What is not closed within the time is dropped.
            let _ = timeout(ROLLBACK_MAX, connection.close()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::SqlSafeStr;

    #[test]
    fn another_database_behind_the_same_connection_is_compared_too() {
        let mut link = Link::new(PgConnectOptions::new(), "BEGIN".into_sql_str());
        assert!(!link.is_compared(7));
        link.compared(false, 7);
        assert!(link.is_compared(7) && !link.is_compared(8));
        link.compared(true, 8);
        assert!(link.is_compared(8));
        link.ended();
        assert!(!link.is_compared(8), "what was noted is not committed");
    }
}
