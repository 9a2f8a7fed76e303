//! The file: connections with their pragmas, migrations, and the journal's name.

use super::file;
use super::numbers::stored;
use super::past::Past;
use super::readers::Readers;
use super::reports::{Pragmas, Reports, WRITER_CACHE_KIB};
use super::room::{self, Limits, PAGE_BYTES};
use super::texts::Texts;
use super::writer::Writer;
use crate::storage::error::{BadFile, Error};
use crate::storage::keys;
use crate::storage::options::{Durability, Options};
use crate::storage::zones::Zones;
use base64ct::{Base64UrlUnpadded, Encoding};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

/// What is forgotten is overwritten where that costs no extra writing, so that it does not linger in a page's gaps.
const OVERWRITE: &str = "fast";
/// A reader waits so long for its turn; a page that would come later is not wanted any more.
const READER_WAIT: Duration = Duration::from_secs(5);
/// A look-up in the background waits so long for its turn: a keeper may take its time.
const BACKGROUND_WAIT: Duration = Duration::from_secs(60);

/// What `open` finds out.
pub(in crate::storage) struct Opened {
    pub writer: Writer,
    pub readers: Readers,
    pub background: Readers,
    pub epoch: String,
    /// Where the rules of time zones come from.
    pub zones: Arc<Zones>,
    /// True if a power cut may have taken commits of an earlier run: their journal numbers must not come again.
    pub lossy: bool,
}

/// Two processes that create the same file get in each other's way in places where SQLite does not wait by itself
/// (switching to the log, migrating): who comes second looks again after this.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Opens the file, creates and migrates it if need be.
#[expect(clippy::disallowed_methods, reason = "a limit in time to the wait for another process")]
pub(in crate::storage) async fn open(options: &Options) -> Result<Opened, Error> {
    let deadline = Instant::now() + options.lock_wait();
    let is_new = file::create(&options.file)?;
    loop {
        match try_open(options, is_new).await {
            // An empty file may be one that another process is about to fill.
            Err(Error::Locked(_) | Error::File(BadFile::Empty)) if Instant::now() < deadline => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Err(Error::Full(_)) if !file::is_near(&options.file, options.limit_bytes()) => {
                return Err(file::no_room(&options.file, is_new));
            }
            done => return done,
        }
    }
}

async fn try_open(options: &Options, is_new: bool) -> Result<Opened, Error> {
    // Migrations may use the reserve, too: a newer version opens a database that is full for reports.
    let max_pages = room::pages(options.limit_bytes() + options.reserve_bytes());
    let base = SqliteConnectOptions::new()
        .filename(&options.file)
        .busy_timeout(options.lock_wait())
        .disable_statement_logging();
    file::check(&options.file, is_new, &base).await?;
    file::warn_of_others(&options.file);
    let writer_options = base
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .page_size(PAGE_BYTES)
        .pragma("secure_delete", OVERWRITE)
        .pragma("max_page_count", max_pages.to_string())
        .pragma("cache_size", WRITER_CACHE_KIB.to_string());
    // Of a file that is there already this would change nothing, and wait for its lock.
    let writer_options =
        if is_new { writer_options.auto_vacuum(SqliteAutoVacuum::Incremental) } else { writer_options };
    let mut conn = migrated(&writer_options).await?;
    let epoch = epoch(&mut conn).await?;
    let lossy = lossy(&mut conn, options.durability).await?;
    let base = base.read_only(true);
    let (texts, zones) = (Arc::new(Texts::new()), Arc::new(Zones::open()));
    let shared = (&texts, &zones);
    let readers = open_readers((&base, options), options.readers, READER_WAIT, shared).await?;
    let background = open_readers((&base, options), options.background_readers, BACKGROUND_WAIT, shared).await?;
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let max_pages = stored(room::pages(options.limit_bytes()));
    let pragmas = Pragmas { synchronous, secure_delete: OVERWRITE, max_pages };
    let reports = Reports::open(options, pragmas, texts.clone())?;
    let readers_of_all = [&readers, &background].map(|readers| (readers.pool.clone(), readers.past.clone()));
    let writer =
        Writer::new(conn, (reports, texts.clone()), Limits::new(options), zones.clone(), readers_of_all).await?;
    Ok(Opened { writer, readers, background, epoch, lossy, zones })
}

/// Connections that read, all of them open now and for good: later the process may have no file left to open.
async fn open_readers(
    (base, options): (&SqliteConnectOptions, &Options),
    number: u32,
    wait: Duration,
    (texts, zones): (&Arc<Texts>, &Arc<Zones>),
) -> Result<Readers, Error> {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let pool = SqlitePoolOptions::new()
        .max_connections(number)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(wait)
        .before_acquire(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(future::ready(Ok(true)))
        })
        .connect_lazy_with(base.clone());
    // Held together, so that each is another one.
    let mut open = Vec::new();
    for _ in 0..number {
        open.push(pool.acquire().await?);
    }
    drop(open);
    let past = Past::open(&options.file, options.lock_wait(), wait, (Arc::clone(texts), Arc::clone(&asked)))?;
    Ok(Readers { pool, past, texts: Arc::clone(texts), zones: Arc::clone(zones), asked })
}

/// A connection to the file with the newest schema.
///
/// Another process may migrate the same file: who comes second fails, looks again, and finds it done; that may happen once for
/// each migration. Each try has a connection of its own, so that nothing of one that failed is left over.
async fn migrated(options: &SqliteConnectOptions) -> Result<SqliteConnection, Error> {
    let mut before = None;
    loop {
        let mut conn = options.connect().await?;
        let failed = match MIGRATOR.run_direct(None, &mut conn, false).await {
            Ok(()) => {
                is_migrated(&mut conn).await?;
                return Ok(conn);
            }
            Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => Error::from(error),
            Err(MigrateError::VersionMissing(found)) if found > newest_migration() => BadFile::Newer.into(),
            Err(error) => Error::Migrate(Arc::new(error)),
        };
        // Closing takes back what was begun.
        let _ = conn.close().await;
        let now = applied(options).await;
        if !matches!(failed, Error::Database(_)) || now == before {
            return Err(failed);
        }
        before = now;
    }
}

const NEWEST: &str = "SELECT max(version) FROM _sqlx_migrations";
/// It fails within a transaction.
const BEGIN: &str = "BEGIN";
const ROLLBACK: &str = "ROLLBACK";

/// The newest migration that is in the file, as another connection sees it.
async fn applied(options: &SqliteConnectOptions) -> Option<i64> {
    let mut conn = options.connect().await.ok()?;
    let found = sqlx::query_scalar(NEWEST).fetch_one(&mut conn).await.ok().flatten();
    // Nothing was written.
    let _ = conn.close().await;
    found
}

/// An error unless the newest migration is there, and committed.
async fn is_migrated(conn: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::query(BEGIN).execute(&mut *conn).await?;
    let found: Option<i64> = sqlx::query_scalar(NEWEST).fetch_one(&mut *conn).await?;
    sqlx::query(ROLLBACK).execute(conn).await?;
    if found == Some(newest_migration()) { Ok(()) } else { Err(Error::Migrate(Arc::new(Unfinished))) }
}

/// Migrations ended early, though none said so.
#[derive(Debug, thiserror::Error)]
#[error("some changes of its tables are missing")]
struct Unfinished;

/// The number of the newest migration.
pub(super) fn newest_migration() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

const READ_META: &str = "SELECT value FROM meta WHERE key = $1";
const WRITE_META: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";

async fn meta(conn: &mut SqliteConnection, key: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(READ_META).bind(key).fetch_optional(conn).await
}

/// Writes only what is not there yet, so that opening does not need the write lock a second time.
async fn meta_or(conn: &mut SqliteConnection, key: &str, value: &str) -> Result<String, sqlx::Error> {
    if let Some(found) = meta(conn, key).await? {
        return Ok(found);
    }
    sqlx::query(WRITE_META).bind(key).bind(value).execute(&mut *conn).await?;
    Ok(meta(conn, key).await?.unwrap_or_else(|| value.to_owned()))
}

/// Random bytes in the journal's name: enough that two databases never share one.
const EPOCH_BYTES: usize = 9;

/// Another name for a journal.
pub(super) fn new_epoch() -> Result<String, Error> {
    Ok(Base64UrlUnpadded::encode_string(&keys::random::<EPOCH_BYTES>()?))
}

async fn epoch(conn: &mut SqliteConnection) -> Result<String, Error> {
    Ok(meta_or(conn, "epoch", &new_epoch()?).await?)
}

const SYNC_NORMAL: &str = "PRAGMA synchronous = NORMAL";

/// Looks whether an earlier run could lose commits, and notes it if this one can: while commits still reach the disk.
async fn lossy(conn: &mut SqliteConnection, durability: Durability) -> Result<bool, Error> {
    let before = meta(conn, "lossy").await?.is_some();
    if durability == Durability::Normal {
        meta_or(conn, "lossy", "yes").await?;
        sqlx::query(SYNC_NORMAL).execute(conn).await?;
    }
    Ok(before)
}
