//! Connections with their options, migrations, and the journal's name.

use super::head;
use super::leader::Candidate;
use super::link::Link;
use super::listener::{self, ALIVE_MAX};
use super::readers::Readers;
use super::unfinished::must_be_finished;
use super::writer::Writer;
use crate::storage::error::{BadFile, Error};
use crate::storage::here::Here;
use crate::storage::keys;
use crate::storage::lead::Lead;
use crate::storage::options::{Durability, Options};
use crate::storage::zones::Zones;
use base64ct::{Base64UrlUnpadded, Encoding};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");

/// A reader waits so long for its turn; a page that would come later is not wanted any more.
const READER_WAIT: Duration = Duration::from_secs(5);
/// A look-up in the background waits so long for its turn: a keeper may take its time.
const BACKGROUND_WAIT: Duration = Duration::from_secs(60);
/// At the start the database answers within this time.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(10);
/// A question is answered within this time, or its connection is given up: a network that swallows packets says nothing, and the system
/// would wait for a quarter of an hour.
const READ_MAX: Duration = Duration::from_secs(10);
/// The same for a look-up in the background, which may be of many years.
const BACKGROUND_READ_MAX: Duration = Duration::from_secs(60);
/// A connection that was in use so short a time ago is taken to be alive.
const ALIVE_FOR: Duration = Duration::from_secs(1);
/// What a server is called in the database's list of connections.
const APPLICATION: &str = "stevenson";

/// What `open` finds out.
pub(in crate::storage) struct Opened {
    pub writer: Writer,
    pub readers: Readers,
    pub background: Readers,
    pub epoch: String,
    /// Where the rules of time zones come from.
    pub zones: Arc<Zones>,
    /// True if commits of an earlier run may be lost: their journal numbers must not come again.
    pub lossy: bool,
    /// The newest head that other servers have told of.
    pub bell: watch::Receiver<u64>,
    /// Whether this server leads.
    pub lead: Lead,
    /// Visitors at servers that do not.
    pub here: Here,
    /// What finds out which leads.
    pub candidate: Candidate,
}

/// Connects; creates and migrates the tables if need be.
pub(in crate::storage) async fn open(options: &Options) -> Result<Opened, Error> {
    let address = options.database.options().ok_or_else(|| Error::database(NoAddress))?;
    let direct = options.database_direct.options().unwrap_or(address);
    let mut conn = migrated(&named(direct)).await?;
    must_be_finished(&mut conn).await?;
    let epoch = epoch(&mut conn).await?;
    if options.durability == Durability::Normal {
        sqlx::query(LOSSY).execute(&mut conn).await?;
    }
    // What is not closed cleanly is closed by the server.
    let _ = conn.close().await;
    let zones = Arc::new(Zones::open());
    let base = named(address);
    let readers = open_readers(&base, options.readers, (READER_WAIT, READ_MAX), &zones);
    let background = open_readers(&base, options.background_readers, (BACKGROUND_WAIT, BACKGROUND_READ_MAX), &zones);
    let pools = [readers.pool.clone(), background.pool.clone()];
    let writer = Writer::new(Link::new(base.clone(), head::beginning(options)), options, zones.clone(), pools);
    let here = Here::new();
    let bell = listener::listen(named(direct), here.clone());
    let (seat, lead) = Lead::of_several();
    let candidate = Candidate::new(named(direct), (seat, here.clone()));
    Ok(Opened { writer, readers, background, epoch, lossy: false, zones, bell, lead, here, candidate })
}

/// There is no address.
#[derive(Debug, thiserror::Error)]
#[error("there is no address of a PostgreSQL")]
pub(super) struct NoAddress;

pub(super) fn named(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().application_name(APPLICATION).disable_statement_logging()
}

/// Connections that read, made when they are needed: the database may be away for a while.
fn open_readers(
    base: &PgConnectOptions,
    number: u32,
    (wait, read_max): (Duration, Duration),
    zones: &Arc<Zones>,
) -> Readers {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(number)
        .acquire_timeout(wait)
        // Not each time, as the pool itself would ask: a question would be two.
        .test_before_acquire(false)
        .before_acquire(move |db, before| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                Ok(before.idle_for < ALIVE_FOR || matches!(timeout(ALIVE_MAX, db.ping()).await, Ok(Ok(()))))
            })
        })
        .after_release(|db, _| {
            // The pool itself would ask without a limit in time, and nobody else could have the place.
            Box::pin(async {
                timeout(ALIVE_MAX, db.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)?.map(|()| true)
            })
        })
        .connect_lazy_with(base.clone());
    Readers::new(pool, Arc::clone(zones), asked, wait + read_max)
}

/// The lock of those who migrate, and any lock that a migration needs, is waited for so long: who hangs keeps it.
const MIGRATING: &str = "SET lock_timeout = '60s'";
/// A start that takes longer says why.
const QUICK: Duration = Duration::from_secs(2);

/// A connection to the database with the newest schema. Servers that start together take turns.
pub(super) async fn migrated(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let connected = timeout(CONNECT_MAX, options.connect()).await.map_err(Error::away)?;
    let mut conn = connected?;
    sqlx::raw_sql(MIGRATING).execute(&mut conn).await?;
    match migrate(&mut conn).await {
        Ok(()) => Ok(conn),
        Err(MigrateError::VersionMissing(found)) if found > newest_migration() => Err(BadFile::Newer.into()),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => Err(error.into()),
        Err(error) => Err(Error::Migrate(Arc::new(error))),
    }
}

async fn migrate(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let mut migrating = Box::pin(MIGRATOR.run_direct(None, conn, false));
    match timeout(QUICK, &mut migrating).await {
        Ok(done) => done,
        Err(_) => {
            tracing::info!("the tables are brought up to date, by this server or by another one that is waited for");
            migrating.await
        }
    }
}

/// The number of the newest migration.
pub(super) fn newest_migration() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

const MAKE_EPOCH: &str = "INSERT INTO meta (key, value) VALUES ('epoch', $1) ON CONFLICT (key) DO NOTHING";
const EPOCH: &str = "SELECT value FROM meta WHERE key = 'epoch'";

/// Some server's commits do not wait for the disk.
const LOSSY: &str = "INSERT INTO meta (key, value) VALUES ('lossy', 'yes') ON CONFLICT (key) DO NOTHING";

/// Random bytes in the journal's name: enough that two databases never share one.
const EPOCH_BYTES: usize = 9;

async fn epoch(conn: &mut PgConnection) -> Result<String, Error> {
    let new = Base64UrlUnpadded::encode_string(&keys::random::<EPOCH_BYTES>()?);
    sqlx::query(MAKE_EPOCH).bind(new).execute(&mut *conn).await?;
    Ok(sqlx::query_scalar(EPOCH).fetch_one(conn).await?)
}
