//! Backups: a copy of the database while a server writes to it, and the way back.

use super::copy_error::CopyError;
use super::error::{BadFile, Error};
use super::inspection::{Inspection, Schema, Soundness};
use super::looking::inspect_file;
use super::{keys, owner, sqlite};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::oneshot;

/// The folder in the data folder where backups lie if nobody says another.
pub const BACKUPS: &str = "backups";
/// How often it is told how far a copy is.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// So much room stays on the disk beside a copy, bytes: for the log, and for whatever else lives there.
const SPARE_BYTES: u64 = 64 << 20;
/// The end of the name of a copy that is not complete yet; the process that writes it stands before.
const PARTIAL: &str = ".stevenson-partial";
/// A partial copy that nobody has written to for so long was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3_600);

/// A file that is removed unless it is kept.
struct Partial(PathBuf);

impl Partial {
    /// A name that no other copy has, of this process or of another.
    fn beside(to: &Path) -> Result<Self, Error> {
        let chance = u64::from_le_bytes(keys::random()?);
        let mut name = OsString::from(to);
        name.push(format!(".{chance:016x}{PARTIAL}"));
        Ok(Self(name.into()))
    }

    fn remove(&self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            let mut name = OsString::from(&self.0);
            name.push(end);
            let _ = fs::remove_file(PathBuf::from(name));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It has another name by now if all went well.
        self.remove();
    }
}

/// Writes a copy of the database into `to`, a new file, while others may write to the database; then reads it back. `tell` hears how
/// many bytes of about how many are written. It gives what was seen in the copy.
///
/// # Errors
/// The database is none of ours or damaged, the file exists, the disk is full, or what was read back is damaged.
pub async fn copy(from: &Path, to: &Path, tell: impl FnMut(u64, u64)) -> Result<Inspection, CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let partial = write(from, to, tell).await?;
    let seen = sound(&partial.0).await?;
    let failed = |source| CopyError::Write { file: to.to_owned(), source };
    match fs::hard_link(&partial.0, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(CopyError::Exists(to.to_owned())),
        // A disk that knows no second names, such as a stick.
        Err(_) if !to.exists() => fs::rename(&partial.0, to).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    }
    owner::give(to).map_err(failed)?;
    sqlite::sync_folder(to).map_err(failed)?;
    Ok(seen)
}

/// Looks at a copy: whether it is whole, and what is in it.
///
/// # Errors
/// It cannot be read, is none of ours, is damaged, or was made by a newer version.
pub async fn sound(file: &Path) -> Result<Inspection, CopyError> {
    let failed = |source| CopyError::Read { file: file.to_owned(), source };
    // Who opens a pipe waits until somebody writes to it.
    if !fs::metadata(file).map_err(failed)?.is_file() {
        return Err(failed(io::Error::other("it is no file")));
    }
    let seen = match inspect_file(file, None).await {
        // What is said of the server's own file does not fit a copy.
        Err(Error::File(BadFile::Empty)) => return Err(failed(io::Error::other("it is empty"))),
        Err(Error::Database(why)) => return Err(CopyError::Damaged { file: file.to_owned(), why: why.to_string() }),
        other => other?,
    };
    if seen.schema == Schema::Newer {
        return Err(Error::from(BadFile::Newer).into());
    }
    match &seen.soundness {
        Soundness::Broken(why) => Err(CopyError::Damaged { file: file.to_owned(), why: why.clone() }),
        _ => Ok(seen),
    }
}

/// Puts a copy in the place of the database, which no process may have open. What was there becomes `aside`, a new file. Cursors that
/// pages had are not good any more.
///
/// # Errors
/// As those of [`copy`]; the database is then as it was.
pub async fn restore(
    from: &Path,
    (database, aside): (&Path, &Path),
    tell: impl FnMut(u64, u64),
) -> Result<Inspection, CopyError> {
    sound(from).await?;
    if aside.exists() {
        return Err(CopyError::Exists(aside.to_owned()));
    }
    let partial = write(from, database, tell).await?;
    let seen = sound(&partial.0).await?;
    sqlite::rename_journal(&partial.0)?;
    owner::give(&partial.0).map_err(|source| CopyError::Write { file: partial.0.clone(), source })?;
    sqlite::exchange(&partial.0, database, aside)?;
    Ok(seen)
}

/// Writes the copy beside its place.
async fn write(from: &Path, to: &Path, mut tell: impl FnMut(u64, u64)) -> Result<Partial, CopyError> {
    sweep(folder(to));
    let partial = Partial::beside(to)?;
    let (read, written) = (from.to_owned(), partial.0.clone());
    let expected = sqlite::size(from)?;
    has_room(to, expected + SPARE_BYTES)?;
    let (told, handle) = oneshot::channel();
    let mut copying =
        tokio::task::spawn_blocking(move || sqlite::copy(&read, &written, |handle| drop(told.send(handle))));
    // Without a handle it has failed already.
    let _interrupts = handle.await.ok().map(sqlite::Interrupts);
    loop {
        match tokio::time::timeout(TELL_EVERY, &mut copying).await {
            Ok(copied) => {
                copied.map_err(Error::database)??;
                return Ok(partial);
            }
            Err(_) => tell(fs::metadata(&partial.0).map_or(0, |metadata| metadata.len()), expected),
        }
    }
}

fn folder(of: &Path) -> &Path {
    of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes partial copies that were left in a folder.
fn sweep(folder: &Path) {
    let is_left = |entry: &fs::DirEntry| {
        let is_partial = entry.file_name().to_str().is_some_and(|name| name.contains(PARTIAL));
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|at| at.elapsed().ok());
        is_partial && age.is_some_and(|age| age > ABANDONED)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    // What cannot be removed stays, and harms nobody.
    entries.filter(is_left).for_each(|entry| drop(fs::remove_file(entry.path())));
}

/// An error if the disk has not so much room. Where that cannot be asked, the writing tells.
fn has_room(to: &Path, needed: u64) -> Result<(), CopyError> {
    let folder = folder(to);
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed { Err(CopyError::NoRoom { folder: folder.to_owned(), needed, free }) } else { Ok(()) }
}
