//! Whose a file is that root has made for somebody else.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

/// Root's number.
const ROOT: u32 = 0;

/// Gives a file that root has made to the owner of its folder, who could not use it else. A file of anybody else stays as it is.
pub fn give(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (owner, made) = (fs::metadata(folder)?, fs::metadata(file)?);
    if made.uid() != ROOT || owner.uid() == ROOT {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid()))
}
