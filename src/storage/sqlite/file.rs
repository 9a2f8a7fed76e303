//! The file, before anything is written to it: whether it is ours, and who else may read it.

use crate::storage::error::{BadFile, Error};
use crate::storage::room::TRANSACTION_MAX_BYTES;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The owner reads and writes, and nobody else does. SQLite gives its log and index the same mode.
pub(super) const OWNER_ONLY: u32 = 0o600;
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What every SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Creates the file if it is not there; true if it was not.
pub(super) fn create(path: &Path) -> Result<bool, Error> {
    let created = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path);
    match created {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(no_room(path, false)),
        Err(error) => Err(Error::database(error)),
    }
}

/// The disk is full. A file that this process has just made goes again: who comes later would take it for a lost database.
pub(super) fn no_room(path: &Path, is_new: bool) -> Error {
    if is_new {
        // What stays is told of at the next start.
        BESIDE.iter().for_each(|end| drop(fs::remove_file(beside(path, end))));
    }
    Error::NoRoom(folder(path).display().to_string())
}

/// The ends of the names of SQLite's files: the database, its log, the log's index.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Whether the file is so large that its next transaction may reach the limit.
pub(super) fn is_near(path: &Path, limit_bytes: u64) -> bool {
    let bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
    bytes + TRANSACTION_MAX_BYTES >= limit_bytes
}

/// The folder of a file. A bare name lies in the working directory.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses a file that cannot be written, is empty or is somebody else's. `is_new`: this process has just made it.
pub(super) async fn check(path: &Path, is_new: bool, options: &SqliteConnectOptions) -> Result<(), Error> {
    if is_new {
        return Ok(());
    }
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => return Err(BadFile::ReadOnlySystem.into()),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => return Err(BadFile::NoDatabase.into()),
        Ok(_) if !is_read_only(path) => {}
        _ => return Err(BadFile::ReadOnly.into()),
    }
    let mut magic = Vec::new();
    let file = File::open(path).map_err(Error::database)?;
    file.take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(Error::database)?;
    match &magic[..] {
        [] => return Err(BadFile::Empty.into()),
        magic if magic != MAGIC => return Err(BadFile::NoDatabase.into()),
        _ => {}
    }
    whose(options).await
}

/// Also for an administrator, who may write all the same: the mode says that nobody should.
fn is_read_only(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

/// What the schema holds besides the notes of SQLite and of migrations, and how much of it is ours.
pub(super) const SCHEMA: &str = "SELECT count(*), count(*) FILTER (WHERE name IN ('station', 'observation', 'journal', 'meta')) \
    FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' AND tbl_name <> '_sqlx_migrations'";
/// So many of the tables that are looked for.
const OURS: i64 = 4;
/// Numbers by which programs mark their files. Ours has none.
pub(super) const MARKS: &str = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version";

/// Refuses a database that is another program's, and one with nothing in it: its maker has not come further, or never will.
async fn whose(options: &SqliteConnectOptions) -> Result<(), Error> {
    let mut conn = options.clone().read_only(true).connect().await?;
    let (all, ours): (i64, i64) = sqlx::query_as(SCHEMA).fetch_one(&mut conn).await?;
    let marks: (i64, i64) = sqlx::query_as(MARKS).fetch_one(&mut conn).await?;
    conn.close().await?;
    match (all, marks) {
        _ if ours == OURS => Ok(()),
        (0, (0, 0)) => Err(BadFile::Empty.into()),
        _ => Err(BadFile::Foreign.into()),
    }
}

/// Warns if others may read the file, or look into its folder. Who made the folder decides who may: its mode is left as it is.
pub(super) fn warn_of_others(path: &Path) {
    if let Some(mode) = open_mode(path) {
        tracing::warn!(
            file = %path.display(),
            mode,
            "other users of this machine may read the database, with visitors' words in it: chmod 600 it and its -wal and -shm"
        );
    }
    let folder = folder(path);
    if let Some(mode) = open_mode(folder) {
        tracing::warn!(
            folder = %folder.display(),
            mode,
            "other users of this machine may look into the folder of the database: chmod 700 it"
        );
    }
}

/// The mode of a file or a folder, octal, if group or others may do anything with it.
fn open_mode(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & OTHERS != 0).then(|| format!("{:o}", mode & 0o777))
}
