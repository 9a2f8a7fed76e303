//! Opens a PostgreSQL for a move: as its source, or as its target, which no server opens before the move has ended.

use super::open::{migrated, newest_migration};
use super::unfinished::{is_unfinished, must_be_finished};
use crate::storage::address::Address;
use crate::storage::error::{BadFile, Error};
use crate::storage::move_error::MoveError;
use crate::storage::tables::META;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::time::Duration;
use tokio::time::timeout;

/// The database answers within this time.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// What the command is called in the database's list of connections.
const APPLICATION: &str = "stevenson migrate";

/// Two moves into one database would get in each other's way. One that was killed lets go a moment later. The number is any that nobody else
/// takes.
const ALONE: &str = "SET lock_timeout = '5s'; SELECT pg_advisory_lock(7020260001); SET lock_timeout = 0";
/// Servers and commands; the pooler before them may add something to their name.
const OTHERS: &str = "\
    SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name LIKE 'stevenson%' AND application_name NOT LIKE 'stevenson migrate%'";
/// Connections of a server that has just ended end a moment later: it is asked so often, with a pause in between.
const ASKED_MAX: u32 = 20;
const PAUSE: &str = "SELECT pg_sleep(0.1)";
const HAS_MIGRATIONS: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
const NEWEST: &str = "SELECT max(version) FROM _sqlx_migrations";
const TABLES: &str = "\
    SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace \
    AND relname NOT IN ('gate', '_sqlx_migrations', 'unfinished_move') ORDER BY relname";
/// Limits of a role are for what people wait for.
const PATIENT: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";
/// Its rows are copied; nothing waits for the disk in the meantime, for the last commit waits for all of it.
const FILLING: &str = "SET synchronous_commit = off";
const DURABLE: &str = "SET LOCAL synchronous_commit = on";

const NOTE: &str = "CREATE TABLE unfinished_move (number bigint PRIMARY KEY, statement text NOT NULL)";
/// The first row has the journal's name.
const NAME_NUMBER: i64 = 0;
const NAMED: &str = "SELECT statement FROM unfinished_move WHERE number = $1";
const LATER: &str = "SELECT statement FROM unfinished_move WHERE number > $1 ORDER BY number";
const PUT: &str = "INSERT INTO unfinished_move (number, statement) VALUES ($1, $2)";
const FORGET: &str = "DROP TABLE unfinished_move";
/// What refers to other rows or forbids the same value twice, and indexes: how to drop each, and how to make it again. During a move
/// tables hold old rows beside new ones; and an index is made faster at once than row by row. Those that refer to others come last.
const DEPENDENT: &str = "\
    SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid \
    WHERE relnamespace = current_schema()::regnamespace AND NOT indisprimary \
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) \
    UNION ALL \
    (SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname), \
        'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) \
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0 AND contype IN ('u', 'f') \
    ORDER BY contype DESC, conname)";

fn options(address: &Address) -> Result<PgConnectOptions, Error> {
    let options = address.options().ok_or_else(|| Error::database(NoAddress))?;
    Ok(options.clone().application_name(APPLICATION).disable_statement_logging())
}

/// There is no address.
#[derive(Debug, thiserror::Error)]
#[error("there is no address of a PostgreSQL")]
struct NoAddress;

/// A connection of the move.
pub(super) async fn connect(address: &Address) -> Result<PgConnection, MoveError> {
    let connect = async {
        let connecting = options(address)?;
        let mut db = timeout(CONNECT_MAX, connecting.connect()).await.map_err(Error::away)??;
        sqlx::raw_sql(PATIENT).execute(&mut db).await?;
        Ok(db)
    };
    connect.await.map_err(|error| MoveError::Database(address.to_string(), error))
}

/// An error unless the database's tables are as this version makes them, and no move into it is under way.
pub(super) async fn must_fit(db: &mut PgConnection, named: &str) -> Result<(), MoveError> {
    let fits = async {
        let is_ours: bool = sqlx::query_scalar(HAS_MIGRATIONS).fetch_one(&mut *db).await?;
        if !is_ours {
            return Err(BadFile::Nothing.into());
        }
        must_be_finished(db).await?;
        let newest: Option<i64> = sqlx::query_scalar(NEWEST).fetch_one(&mut *db).await?;
        match newest.unwrap_or(0).cmp(&newest_migration()) {
            std::cmp::Ordering::Less => Err(BadFile::Older.into()),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(BadFile::Newer.into()),
        }
    };
    fits.await.map_err(|error| MoveError::Database(named.to_owned(), error))
}

/// An error if servers or commands have the database open.
pub(super) async fn must_be_alone(db: &mut PgConnection, named: &str) -> Result<(), MoveError> {
    let bad = |error: sqlx::Error| MoveError::Database(named.to_owned(), error.into());
    let mut others = 0;
    for _ in 0..ASKED_MAX {
        others = sqlx::query_scalar(OTHERS).fetch_one(&mut *db).await.map_err(bad)?;
        if others == 0 {
            return Ok(());
        }
        sqlx::raw_sql(PAUSE).execute(&mut *db).await.map_err(bad)?;
    }
    Err(MoveError::Servers(named.to_owned(), others))
}

/// A connection to a database that is filled by a move of the journal `epoch`.
pub(super) async fn target(address: &Address, epoch: &str) -> Result<PgConnection, MoveError> {
    let named = address.to_string();
    let bad = |error| MoveError::Database(named.clone(), error);
    let mut db = connect(address).await?;
    match sqlx::raw_sql(ALONE).execute(&mut db).await.map_err(Error::from) {
        Err(Error::Locked(_)) => return Err(MoveError::Busy(named)),
        done => done.map_err(bad)?,
    };
    must_be_alone(&mut db, &named).await?;
    if is_unfinished(&mut db).await.map_err(Error::from).map_err(bad)? {
        let of: String =
            sqlx::query_scalar(NAMED).bind(NAME_NUMBER).fetch_one(&mut db).await.map_err(Error::from).map_err(bad)?;
        if of != epoch {
            return Err(MoveError::Another(named));
        }
    } else {
        must_be_empty(&mut db, &named, epoch).await?;
        let made = migrated(&options(address).map_err(bad)?).await.map_err(bad)?;
        // What is not closed cleanly is closed by the server.
        let _ = made.close().await;
        note(&mut db, epoch).await.map_err(bad)?;
        // A server may have started between the first look and the note.
        if let Err(error) = must_be_alone_and_empty(&mut db, &named, epoch).await {
            Statements::forget(&mut db).await.map_err(bad)?;
            return Err(error);
        }
    }
    if Statements::left(&mut db).await.map_err(bad)?.0.is_empty() {
        begin(&mut db).await.map_err(bad)?;
    }
    sqlx::raw_sql(FILLING).execute(&mut db).await.map_err(Error::from).map_err(bad)?;
    Ok(db)
}

/// An error if there is anything in the database.
async fn must_be_empty(db: &mut PgConnection, named: &str, epoch: &str) -> Result<(), MoveError> {
    match found(db).await.map_err(|error| MoveError::Database(named.to_owned(), error))? {
        Found::Nothing => Ok(()),
        Found::Foreign(table) => {
            Err(MoveError::Occupied { named: named.to_owned(), what: format!("the table {table} of another program") })
        }
        Found::Ours { journal, .. } if journal.as_deref() == Some(epoch) => Err(MoveError::Ended(named.to_owned())),
        Found::Ours { table, .. } => {
            Err(MoveError::Occupied { named: named.to_owned(), what: format!("rows in the table {table}") })
        }
    }
}

async fn must_be_alone_and_empty(db: &mut PgConnection, named: &str, epoch: &str) -> Result<(), MoveError> {
    // Whoever has looked for a note just before is among the connections after a moment.
    let paused = sqlx::raw_sql(PAUSE).execute(&mut *db).await;
    paused.map_err(|error| MoveError::Database(named.to_owned(), error.into()))?;
    must_be_alone(db, named).await?;
    must_be_empty(db, named, epoch).await
}

/// What was found in a database.
enum Found {
    Nothing,
    /// A table of another program.
    Foreign(String),
    /// Rows in a table of ours, beside the name of its journal.
    Ours {
        table: String,
        journal: Option<String>,
    },
}

async fn found(db: &mut PgConnection) -> Result<Found, Error> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *db).await?;
    let is_ours: bool = sqlx::query_scalar(HAS_MIGRATIONS).fetch_one(&mut *db).await?;
    if !is_ours {
        return Ok(tables.into_iter().next().map_or(Found::Nothing, Found::Foreign));
    }
    for table in tables.into_iter().filter(|table| table != META) {
        let has = format!("SELECT EXISTS (SELECT 1 FROM \"{table}\")");
        if sqlx::query_scalar(AssertSqlSafe(has)).fetch_one(&mut *db).await? {
            let journal = sqlx::query_scalar(super::any_table::EPOCH).fetch_optional(db).await?;
            return Ok(Found::Ours { table, journal });
        }
    }
    Ok(Found::Nothing)
}

/// Notes that a move has begun: from now on no server opens the database.
async fn note(db: &mut PgConnection, epoch: &str) -> Result<(), Error> {
    let mut transaction = db.begin().await?;
    sqlx::raw_sql(NOTE).execute(&mut *transaction).await?;
    sqlx::query(PUT).bind(NAME_NUMBER).bind(epoch).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Drops what stands in the way of rows, and notes how it is made again.
async fn begin(db: &mut PgConnection) -> Result<(), Error> {
    let mut transaction = db.begin().await?;
    let dependent: Vec<(String, String)> = sqlx::query_as(DEPENDENT).fetch_all(&mut *transaction).await?;
    for (number, (drop, make)) in (NAME_NUMBER + 1..).zip(dependent) {
        sqlx::query(PUT).bind(number).bind(make).execute(&mut *transaction).await?;
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// What has to be made again at the end of a move.
pub(super) struct Statements(Vec<String>);

impl Statements {
    pub(super) async fn left(db: &mut PgConnection) -> Result<Self, Error> {
        Ok(Self(sqlx::query_scalar(LATER).bind(NAME_NUMBER).fetch_all(db).await?))
    }

    pub(super) async fn run(self, db: &mut PgConnection) -> Result<(), Error> {
        sqlx::raw_sql(DURABLE).execute(&mut *db).await?;
        for statement in self.0 {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *db).await?;
        }
        Ok(())
    }

    /// The move has ended.
    pub(super) async fn forget(db: &mut PgConnection) -> Result<(), Error> {
        sqlx::raw_sql(FORGET).execute(db).await?;
        Ok(())
    }
}
