//! What can be wrong with the configuration and the data folder.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Errors of the configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A wrong value. The text names the key, the value and where it stands.
    #[error("the configuration is wrong: {0}")]
    Value(String),
    /// The named file does not exist.
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    /// The file is there and cannot be read.
    #[error("cannot read the configuration file {}", .file.display())]
    Unreadable {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("line {line} of {} is no TOML: {why}", .file.display())]
    NoToml { file: PathBuf, line: usize, why: String },
    /// The file in a data folder says that the data folder is another one.
    #[error(
        "line {line} of {} says that the data folder is {}, but the file was found in the data folder {}: take the line out, or say \
        --data {}", .file.display(), .says.display(), .found.display(), .says.display()
    )]
    Elsewhere { file: PathBuf, line: usize, says: PathBuf, found: PathBuf },
    /// Nothing says where data may lie.
    #[error("there is no place for the data: HOME is not set to an absolute path; name a folder with --data")]
    NoHome,
    /// The working directory is gone.
    #[error("there is no working directory")]
    Working(#[source] io::Error),
    /// A command needs a database, and there is none.
    #[error("there is no database in {}; is it the right --data? \"stevenson serve\" makes one", .0.display())]
    NoDatabase(PathBuf),
    /// What is called as the database is none.
    #[error("{} is no file, so it is no database: is it the right --data?", .0.display())]
    NoFileOfData(PathBuf),
    /// The database lies where earlier versions had it.
    #[error(
        "there is no database in {}, where it is looked for now, but there is one in {}: add --data {} to use it{}",
        .new.display(), .old.display(), .short, .begin.as_ref().map_or_else(String::new, |new| format!(", or --data {} to begin a new one", new.display()))
    )]
    OldFolder {
        new: PathBuf,
        old: PathBuf,
        /// The old one as it is written in the working directory.
        short: String,
        /// Where a server may begin a new one.
        begin: Option<PathBuf>,
    },
    /// This user cannot use the data folder.
    #[error("cannot use the data folder {}{whose}", .folder.display())]
    Folder {
        folder: PathBuf,
        /// Whose it is, if that explains it.
        whose: String,
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// True if another start fails as this one did, until somebody changes the configuration.
    pub fn is_of_configuration(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::NoDatabase(_) | Self::NoFileOfData(_) | Self::Working(_) => false,
            Self::OldFolder { begin, .. } => begin.is_some(),
            Self::Value(_)
            | Self::NoFile(_)
            | Self::Unreadable { .. }
            | Self::NoToml { .. }
            | Self::Elsewhere { .. }
            | Self::NoHome => true,
        }
    }

    /// What the system says about the data folder.
    pub fn folder(folder: &Path, source: io::Error) -> Self {
        let owner = std::fs::metadata(folder).ok().filter(|_| source.kind() == io::ErrorKind::PermissionDenied);
        let whose = owner.map_or_else(String::new, |found| format!(", which belongs to {}", super::user(found.uid())));
        Self::Folder { folder: folder.to_owned(), whose, source }
    }
}
