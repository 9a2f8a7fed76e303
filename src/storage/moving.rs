//! A whole life moves to another database: every row of every table, bit by bit.
//!
//! It goes through each table in the order of its key, some thousand rows at a time. Of each such piece it compares what lies at both ends,
//! and puts it in the place of what lies at the target if that is anything else. So a move that was stopped goes on when it is begun again,
//! and what has changed since is found without a note of it. At the end it reads all of it once more, at both ends.

mod end;
mod mover;

use super::address::{Address, BadAddress};
use super::error::Error;
use super::move_error::MoveError;
use super::options::Options;
use super::rows::{Misfits, Tally};
use super::tables::{pairs, tables};
use super::{Storage, owner, postgres, sqlite};
use end::End;
pub use mover::Progress;
use mover::{Copied, Mover};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, fs, io};

/// The end of the name of a file into which a move has not ended; the journal's name stands before.
const PARTIAL: &str = ".stevenson-moving";

/// Where a database is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A PostgreSQL.
    Postgres(Address),
}

impl FromStr for Place {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        // Whatever looks like an address is none of a file: its text may hold a password, which would be printed.
        if text.contains("://") { text.parse().map(Self::Postgres) } else { Ok(Self::File(text.into())) }
    }
}

/// Without a password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Postgres(address) => write!(f, "{address}"),
        }
    }
}

/// What was moved.
#[derive(Debug)]
pub struct Moved {
    /// The tables, each as it was counted: the same at both ends, if the move has ended.
    pub tables: Vec<(String, Tally)>,
    /// What the other database cannot hold, by table.
    pub misfits: Vec<(String, Misfits)>,
    /// Rows that were written; what was there already was not.
    pub written: u64,
}

/// Moves everything. `while_running`: others may write to the source meanwhile, so the move does not end; the next one has less to do.
/// `tell` hears how far it is.
///
/// # Errors
/// The target has something else, servers are at work, a database says no, or what was read at the end is not the same.
pub async fn migrate(
    from: Place,
    to: Place,
    while_running: bool,
    tell: impl FnMut(Progress) + Send + 'static,
) -> Result<Moved, MoveError> {
    let runtime = tokio::runtime::Handle::current();
    let named = to.to_string();
    // A thread of its own: reading and writing files waits for the disk.
    let moving = tokio::task::spawn_blocking(move || runtime.block_on(moved(from, to, while_running, tell)));
    moving.await.unwrap_or_else(|error| Err(MoveError::Database(named, Error::database(error))))
}

async fn moved(from: Place, to: Place, while_running: bool, tell: impl FnMut(Progress)) -> Result<Moved, MoveError> {
    if let (Place::File(_), Place::File(_)) = (&from, &to) {
        return Err(MoveError::Files);
    }
    let at = |place: &Place| {
        let named = place.to_string();
        move |error| MoveError::Database(named, error)
    };
    let mut source = source(&from, &to, !while_running).await?;
    let epoch = source.epoch().await.map_err(at(&from))?.unwrap_or_default();
    let (target, partial) = target(&to, &epoch).await?;
    let (from_name, to_name) = (from.to_string(), to.to_string());
    let mut mover = Mover { from: source, to: target, tell, progress: Progress::default(), from_name, to_name };
    let told = mover.from.tables().await.map_err(at(&from))?;
    let told = (tables(told)?, tables(mover.to.tables().await.map_err(at(&to))?)?);
    let pairs = pairs(told.0, told.1)?;
    for (table, _) in &pairs {
        mover.progress.all += mover.from.count(table).await.map_err(at(&from))?;
    }
    let mut found = Moved { tables: Vec::new(), misfits: Vec::new(), written: 0 };
    if !while_running {
        mover.progress.all *= 2;
    }
    for (table, other) in &pairs {
        let copied = mover.copy((table, other)).await;
        let Copied { tally, misfits, written } = copied.map_err(|error| MoveError::Table(table.name.clone(), error))?;
        found.tables.push((table.name.clone(), tally));
        found.written += written;
        if misfits != Misfits::default() {
            found.misfits.push((table.name.clone(), misfits));
        }
    }
    if while_running {
        return Ok(found);
    }
    for ((table, other), (_, tally)) in pairs.iter().zip(&found.tables) {
        let compared = mover.compare((table, other)).await?;
        if compared != *tally {
            return Err(MoveError::Differs { table: table.name.clone(), what: "it has changed meanwhile".into() });
        }
    }
    let numbers = mover.from.numbers().await.map_err(at(&from))?;
    let leaps = mover.from.is_lossy().map_err(at(&from))?;
    match mover.to {
        End::Postgres(end) => end.finish(&numbers, leaps).await.map_err(at(&to))?,
        End::Sqlite(end) => end.finish(&numbers).map_err(at(&to))?,
    }
    if let (Place::File(to), Some(partial)) = (&to, partial) {
        put_in_place(&partial, to)?;
    }
    Ok(found)
}

async fn source(from: &Place, to: &Place, freezes: bool) -> Result<End, MoveError> {
    match from {
        Place::File(file) => {
            let for_postgres = matches!(to, Place::Postgres(_));
            let opened = sqlite::End::source(file, freezes, for_postgres);
            opened.map(End::Sqlite).map_err(|error| match error {
                locked @ Error::Locked(_) => MoveError::Locked(from.to_string(), locked),
                other => MoveError::Database(from.to_string(), other),
            })
        }
        Place::Postgres(address) => {
            let for_sqlite = matches!(to, Place::File(_));
            let end = postgres::End::source(address, freezes, for_sqlite).await?;
            Ok(End::Postgres(Box::new(end)))
        }
    }
}

/// The target, and the file that gets its name at the end, if it is a file.
async fn target(to: &Place, epoch: &str) -> Result<(End, Option<PathBuf>), MoveError> {
    match to {
        Place::Postgres(address) => {
            let end = postgres::End::target(address, epoch).await?;
            Ok((End::Postgres(Box::new(end)), None))
        }
        Place::File(file) if file.exists() => Err(MoveError::Exists(file.clone())),
        Place::File(file) => {
            let bad = |error| MoveError::Database(to.to_string(), error);
            let partial = beside(file, &format!(".{epoch}{PARTIAL}"));
            if !sqlite::is_made(&partial) {
                // What an earlier run has left there has no tables yet.
                remove(&partial);
                let options = Options { file: partial.clone(), ..Options::default() };
                let (storage, _) = Storage::open(options).await.map_err(bad)?;
                storage.close().await;
            }
            let end = sqlite::End::target(&partial).map_err(bad)?;
            Ok((End::Sqlite(end), Some(partial)))
        }
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}

/// Removes a file with its log; what is not there is gone already.
fn remove(file: &Path) {
    ["", "-wal", "-shm"].iter().for_each(|end| drop(fs::remove_file(beside(file, end))));
}

/// Gives the file that was filled its name.
fn put_in_place(partial: &Path, to: &Path) -> Result<(), MoveError> {
    let failed = |source| MoveError::Write { file: to.to_owned(), source };
    fs::File::open(partial).and_then(|file| file.sync_all()).map_err(failed)?;
    match fs::hard_link(partial, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(MoveError::Exists(to.to_owned())),
        // A disk that knows no second names, such as a stick.
        Err(_) if !to.exists() => fs::rename(partial, to).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    }
    remove(partial);
    owner::give(to).map_err(failed)?;
    sqlite::sync_folder(to).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_an_address_is_never_taken_for_a_file() {
        assert_eq!("stevenson.db".parse::<Place>().expect("a file"), Place::File("stevenson.db".into()));
        for text in ["mysql://anna:s3cret@host/db", "Postgres://anna:s3cret@host/db"] {
            let error = text.parse::<Place>().expect_err(text).to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
        let place: Place = "postgres://anna:s3cret@host/weather".parse().expect("an address");
        assert_eq!(place.to_string(), "postgres://anna@host:5432/weather");
    }
}
