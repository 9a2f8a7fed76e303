//! Backups: a copy of the database while a server writes to it, and the way back.

use super::copy_error::CopyError;
use super::error::{BadFile, Error};
use super::inspection::{Inspection, Schema, Soundness};
use super::{inspect, sqlite};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder in the data folder where backups lie if nobody says another.
pub const BACKUPS: &str = "backups";
/// How often it is told how far a copy is.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// So much room stays on the disk beside a copy, bytes: for the log, and for whatever else lives there.
const SPARE_BYTES: u64 = 64 << 20;
/// The end of the name of a copy that is not complete yet.
const PARTIAL: &str = ".partial";

/// A file that is removed unless it is kept.
struct Partial(PathBuf);

impl Partial {
    fn beside(to: &Path) -> Self {
        let mut name = OsString::from(to);
        name.push(PARTIAL);
        Self(name.into())
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
    fs::rename(&partial.0, to).map_err(failed)?;
    sqlite::sync_folder(to).map_err(failed)?;
    Ok(seen)
}

/// Looks at a copy: whether it is whole, and what is in it.
///
/// # Errors
/// It cannot be read, is none of ours, is damaged, or was made by a newer version.
pub async fn sound(file: &Path) -> Result<Inspection, CopyError> {
    let seen = inspect(file, None).await?;
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
    sqlite::exchange(&partial.0, database, aside)?;
    Ok(seen)
}

/// Writes the copy beside its place.
async fn write(from: &Path, to: &Path, mut tell: impl FnMut(u64, u64)) -> Result<Partial, CopyError> {
    let partial = Partial::beside(to);
    // What a process has left that was killed.
    partial.remove();
    let (read, written) = (from.to_owned(), partial.0.clone());
    let expected = sqlite::size(from)?;
    has_room(to, expected + SPARE_BYTES)?;
    let mut copying = tokio::task::spawn_blocking(move || sqlite::copy(&read, &written));
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

/// An error if the disk has not so much room. Where that cannot be asked, the writing tells.
fn has_room(to: &Path, needed: u64) -> Result<(), CopyError> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed { Err(CopyError::NoRoom { folder: folder.to_owned(), needed, free }) } else { Ok(()) }
}
