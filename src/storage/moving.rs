//! A whole life moves to another database: every row of every table, bit by bit.
//!
//! It goes through each table in the order of its key, some thousand rows at a time. Of each such piece it compares what lies at both ends,
//! and puts it in the place of what lies at the target if that is anything else. So a move that was stopped goes on when it is begun again,
//! and what has changed since is found without a note of it. At the end it reads all of it once more, at both ends.

use super::address::{Address, BadAddress};
use super::error::Error;
use super::move_error::MoveError;
use super::options::Options;
use super::rows::{Between, Key, Misfits, Portion, Rows, Tally};
use super::tables::{Table, Told, pairs, tables};
use super::{Storage, owner, postgres, sqlite};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, fs, io};

/// The largest piece of a table, rows: the target gives the memory of one back before the next.
const PIECE_ROWS: usize = 10_000;
/// About so large is a piece at most, bytes; a row may be larger.
const PIECE_BYTES: usize = 8 << 20;
/// The first piece of a table, rows: nobody knows yet how large they are.
const FIRST_ROWS: usize = 200;
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

/// How far it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Rows that were read at the source.
    pub done: u64,
    /// About so many will be; all are read a second time at the end.
    pub all: u64,
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

/// A database at one end.
enum End {
    Sqlite(sqlite::End),
    Postgres(Box<postgres::End>),
}

impl End {
    async fn tables(&mut self) -> Result<Vec<Told>, Error> {
        match self {
            Self::Sqlite(end) => end.tables(),
            Self::Postgres(end) => end.tables().await,
        }
    }

    async fn epoch(&mut self) -> Result<Option<String>, Error> {
        match self {
            Self::Sqlite(end) => end.epoch(),
            Self::Postgres(end) => end.epoch().await,
        }
    }

    async fn count(&mut self, table: &Table) -> Result<u64, Error> {
        match self {
            Self::Sqlite(end) => end.count(table),
            Self::Postgres(end) => end.count(table).await,
        }
    }

    async fn has(&mut self, table: &Table, between: Between<'_>) -> Result<bool, Error> {
        match self {
            Self::Sqlite(end) => end.has(table, between),
            Self::Postgres(end) => end.has(table, between).await,
        }
    }

    async fn read(&mut self, table: &Table, between: Between<'_>, limit: Option<usize>) -> Result<Portion, Error> {
        match self {
            Self::Sqlite(end) => end.read(table, between, limit),
            Self::Postgres(end) => end.read(table, between, limit).await,
        }
    }

    async fn put(&mut self, table: &Table, instead: Option<Between<'_>>, rows: &Rows) -> Result<(), Error> {
        match self {
            Self::Sqlite(end) => end.put(table, instead, rows),
            Self::Postgres(end) => end.put(table, instead, rows).await,
        }
    }

    async fn numbers(&mut self) -> Result<BTreeMap<String, i64>, Error> {
        match self {
            Self::Sqlite(end) => end.numbers(),
            Self::Postgres(end) => end.numbers().await,
        }
    }

    /// Whether numbers of the journal may come twice if they simply go on.
    fn is_lossy(&self) -> Result<bool, Error> {
        match self {
            Self::Sqlite(end) => end.is_lossy(),
            Self::Postgres(_) => Ok(false),
        }
    }
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

/// A move under way.
struct Mover<T> {
    from: End,
    to: End,
    tell: T,
    progress: Progress,
    from_name: String,
    to_name: String,
}

/// What became of a table.
struct Copied {
    tally: Tally,
    misfits: Misfits,
    written: u64,
}

impl<T: FnMut(Progress)> Mover<T> {
    fn read(&mut self, rows: usize) {
        self.progress.done += rows as u64;
        (self.tell)(self.progress);
    }

    /// Makes a table of the target as that of the source is.
    async fn copy(&mut self, (table, other): (&Table, &Table)) -> Result<Copied, Error> {
        let mut copied = Copied { tally: Tally::default(), misfits: Misfits::default(), written: 0 };
        // The two differ if rows were left out at the source.
        let (mut read_upto, mut put_upto): (Option<Key>, Option<Key>) = (None, None);
        let mut limit = FIRST_ROWS;
        loop {
            let between = Between { after: read_upto.as_ref(), upto: None };
            let portion = self.from.read(table, between, Some(limit)).await?;
            let rest = Between { after: put_upto.as_ref(), upto: None };
            let Some(last) = portion.last else {
                if self.to.has(other, rest).await? {
                    self.to.put(other, Some(rest), &Rows::default()).await?;
                }
                return Ok(copied);
            };
            copied.tally.add(&portion.rows);
            copied.misfits.add(portion.misfits);
            if let Some(upto) = portion.rows.key(&table.key) {
                let piece = Between { upto: Some(&upto), ..rest };
                if !self.to.has(other, rest).await? {
                    self.to.put(other, None, &portion.rows).await?;
                    copied.written += portion.rows.len() as u64;
                } else if self.to.read(other, piece, None).await?.rows != portion.rows {
                    self.to.put(other, Some(piece), &portion.rows).await?;
                    copied.written += portion.rows.len() as u64;
                }
                put_upto = Some(upto);
            }
            self.read(portion.rows.len());
            limit = next_limit(&portion.rows, limit);
            read_upto = Some(last);
        }
    }

    /// Reads a table at both ends, and counts what is there.
    async fn compare(&mut self, (table, other): (&Table, &Table)) -> Result<Tally, MoveError> {
        let differs = |what: String| MoveError::Differs { table: table.name.clone(), what };
        let bad = |error| MoveError::Table(table.name.clone(), error);
        let (mut source, mut target, mut misfits) = (Tally::default(), Tally::default(), Misfits::default());
        let (mut read_upto, mut put_upto): (Option<Key>, Option<Key>) = (None, None);
        let mut limit = FIRST_ROWS;
        loop {
            let between = Between { after: read_upto.as_ref(), upto: None };
            let portion = self.from.read(table, between, Some(limit)).await.map_err(bad)?;
            let Some(last) = portion.last else { break };
            source.add(&portion.rows);
            misfits.add(portion.misfits);
            if let Some(upto) = portion.rows.key(&table.key) {
                let piece = Between { after: put_upto.as_ref(), upto: Some(&upto) };
                let there = self.to.read(other, piece, None).await.map_err(bad)?.rows;
                target.add(&there);
                if there != portion.rows {
                    return Err(differs(format!(
                        "rows {} to {} are not the same at both ends",
                        target.rows, source.rows
                    )));
                }
                put_upto = Some(upto);
            }
            self.read(portion.rows.len());
            limit = next_limit(&portion.rows, limit);
            read_upto = Some(last);
        }
        // Counted once more by the databases themselves, without keys and pieces.
        let at_source = self.from.count(table).await.map_err(bad)?;
        let at_target = self.to.count(other).await.map_err(bad)?;
        if at_source != source.rows + misfits.rows || at_target != target.rows || source != target {
            let (from, to) = (&self.from_name, &self.to_name);
            return Err(differs(format!("{from} has {at_source} rows, {to} has {at_target}")));
        }
        Ok(source)
    }
}

/// How many rows the next piece may have.
fn next_limit(rows: &Rows, before: usize) -> usize {
    let Some(average) = rows.bytes().checked_div(rows.len()) else { return before };
    (PIECE_BYTES / average.max(1)).clamp(1, PIECE_ROWS)
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

    #[test]
    fn pieces_are_bounded_in_rows_and_in_bytes() {
        let rows = |bytes: usize| {
            let mut rows = Rows::default();
            rows.put(&vec![0; bytes]);
            rows.end();
            rows
        };
        assert_eq!(next_limit(&rows(1), 7), PIECE_ROWS);
        assert_eq!(next_limit(&rows(PIECE_BYTES), 7), 1);
        assert_eq!(next_limit(&Rows::default(), 7), 7);
    }
}
