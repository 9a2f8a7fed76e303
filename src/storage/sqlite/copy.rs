//! A copy of a database in a file of its own: whole and consistent, while others read and write.

use super::file;
use super::open::new_epoch;
use crate::storage::copy_error::CopyError;
use crate::storage::error::Error;
use rusqlite::{Connection, InterruptHandle, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// A server that writes holds the lock for some milliseconds.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const COPY: &str = "VACUUM INTO ?1";
/// What a copy of it shall be: a file that gives room back to the disk. Of a file that is one already this must not be said: it would be
/// written to.
const MAY_SHRINK: &str = "PRAGMA auto_vacuum = INCREMENTAL";
const SHRINKS: &str = "SELECT auto_vacuum = 2 FROM pragma_auto_vacuum";
const USED_BYTES: &str = "\
    SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
/// Another name of the journal: cursors of the time after the copy are not good in what is restored from it.
const RENAME_JOURNAL: &str = "UPDATE meta SET value = ?1 WHERE key = 'epoch'";
/// What is in the log goes into the file, and the log is gone. It fails while another process has the database open.
const WITHOUT_LOG: &str = "PRAGMA journal_mode = DELETE";
/// Another process that is about to end gets so long.
const END_WAIT: Duration = Duration::from_secs(1);
/// The ends of the names of a database's companions.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

fn open(file: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let db = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(LOCK_WAIT)?;
    Ok(db)
}

/// About so large will a copy be, bytes.
pub(in crate::storage) fn size(from: &Path) -> Result<u64, Error> {
    let bytes: i64 = open(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?.query_row(USED_BYTES, (), |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}

/// Writes the copy into a new file that only its owner may read, and waits until it is on the disk.
/// `tell` gets what interrupts it.
pub(in crate::storage) fn copy(from: &Path, to: &Path, tell: impl FnOnce(InterruptHandle)) -> Result<(), CopyError> {
    let written = |source| CopyError::Write { file: to.to_owned(), source };
    OpenOptions::new().write(true).create_new(true).mode(file::OWNER_ONLY).open(to).map_err(written)?;
    let db = open(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if !db.query_row(SHRINKS, (), |row| row.get(0)).map_err(Error::from)? {
        db.execute_batch(MAY_SHRINK).map_err(Error::from)?;
    }
    tell(db.get_interrupt_handle());
    let name = to.to_str().ok_or_else(|| written(io::Error::other("the name is not UTF-8")))?;
    db.execute(COPY, [name]).map_err(Error::from)?;
    File::open(to).and_then(|file| file.sync_all()).map_err(written)
}

/// Gives the journal of a copy another name.
pub(in crate::storage) fn rename_journal(file: &Path) -> Result<(), Error> {
    let db = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.execute(RENAME_JOURNAL, [new_epoch()?])?;
    Ok(())
}

/// Puts `new` in the place of `file`, which becomes `aside` with its companions. No process may have `file` open.
pub(in crate::storage) fn exchange(new: &Path, file: &Path, aside: &Path) -> Result<(), CopyError> {
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |source| CopyError::Write { file, source }
    };
    if file.exists() {
        if let Ok(db) = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            db.busy_timeout(END_WAIT).map_err(Error::from)?;
            // A damaged database may not be able to; then its log goes along.
            if let Err(Error::Locked(_)) = db.query_row(WITHOUT_LOG, (), |_| Ok(())).map_err(Error::from) {
                return Err(CopyError::InUse(file.to_owned()));
            }
        }
        for end in COMPANIONS {
            let (from, to) = (file::beside(file, end), file::beside(aside, end));
            match fs::rename(&from, &to) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done.map_err(failed(&to))?,
            }
        }
        // A second name, so that at no moment there is no database; where the disk knows no such thing, another one.
        fs::hard_link(file, aside).or_else(|_| fs::rename(file, aside)).map_err(failed(aside))?;
    }
    fs::rename(new, file).map_err(failed(file))?;
    sync_folder(file).map_err(failed(file))
}

/// Waits until the names in a file's folder are on the disk.
pub(in crate::storage) fn sync_folder(of: &Path) -> io::Result<()> {
    File::open(file::folder(of))?.sync_all()
}
