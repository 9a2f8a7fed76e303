//! Which folder is the data folder.

use super::Error;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The database's file in the data folder.
pub(super) const DATABASE_FILE: &str = "stevenson.db";
/// The name of the data folder among those of other programs.
const NAME: &str = "stevenson";
/// Where programs of a user keep their data, if `XDG_DATA_HOME` does not say it: the XDG Base Directory Specification.
const DATA_HOME: &str = ".local/share";
/// The data folder of earlier versions, in the working directory.
const OLD: &str = "stevenson-data";

/// What the process finds in its environment. Texts that are empty count as absent.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `STEVENSON_DATA`: the folder, said outright.
    pub data: Option<OsString>,
    /// `STATE_DIRECTORY`: folders that systemd has made for the service, with colons between them.
    pub state_directory: Option<OsString>,
    /// `XDG_DATA_HOME`.
    pub xdg_data_home: Option<OsString>,
    /// `HOME`.
    pub home: Option<OsString>,
    /// The working directory; relative paths begin there.
    pub working: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    ///
    /// # Errors
    /// There is no working directory any more.
    pub fn of_process() -> Result<Self, Error> {
        let get = |name| std::env::var_os(name).filter(|text| !text.is_empty());
        Ok(Self {
            data: get("STEVENSON_DATA"),
            state_directory: get("STATE_DIRECTORY"),
            xdg_data_home: get("XDG_DATA_HOME"),
            home: get("HOME"),
            working: std::env::current_dir().map_err(Error::Working)?,
        })
    }

    /// The folder that is used if nobody names one, and what it follows from.
    pub(super) fn usual(&self) -> Result<Folder, Error> {
        let absolute = |path: &OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
        let folder = |path: PathBuf, from: &'static str| Folder { path, chosen: Chosen::Usual(from) };
        let mut listed = self.state_directory.iter().flat_map(std::env::split_paths);
        if let Some(first) = listed.find(|path| path.is_absolute()) {
            return Ok(folder(first, "STATE_DIRECTORY"));
        }
        // The specification: a path that is not absolute is to be ignored.
        if let Some(home) = self.xdg_data_home.as_ref().and_then(absolute) {
            return Ok(folder(home.join(NAME), "XDG_DATA_HOME"));
        }
        let home = self.home.as_ref().and_then(absolute).ok_or(Error::NoHome)?;
        Ok(folder(home.join(DATA_HOME).join(NAME), "HOME"))
    }

    /// The data folder of earlier versions, if its database is there.
    pub(super) fn old(&self) -> Option<PathBuf> {
        let old = self.working.join(OLD);
        old.join(DATABASE_FILE).is_file().then_some(old)
    }
}

/// The data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Absolute.
    pub path: PathBuf,
    /// Who said so.
    pub chosen: Chosen,
}

/// Who said which folder it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// The flag `--data`.
    Flag,
    /// The variable `STEVENSON_DATA`.
    Variable,
    /// The file, at this line.
    File {
        /// The file.
        file: PathBuf,
        /// The line of its key `data`.
        line: usize,
    },
    /// Nobody; it follows from this variable of the environment.
    Usual(&'static str),
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--data"),
            Self::Variable => f.write_str("STEVENSON_DATA"),
            Self::File { file, line } => write!(f, "line {line} of {}", file.display()),
            Self::Usual(variable) => write!(f, "default, from {variable}"),
        }
    }
}

impl Folder {
    /// Where the database is, or will be.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE_FILE)
    }

    /// Whether there is a database in it.
    ///
    /// # Errors
    /// This user may not look into it, or it is no folder.
    pub fn has_database(&self) -> Result<bool, Error> {
        match std::fs::metadata(self.database()) {
            Ok(found) if found.is_file() => Ok(true),
            Ok(_) => Err(Error::NoFileOfData(self.database())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::folder(&self.path, source)),
        }
    }
}

/// Whether two paths lead to the same folder.
pub(super) fn are_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    one.components().eq(other.components()) || real(one) == real(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(state: &str, xdg: &str, home: &str) -> Option<(String, Chosen)> {
        let some = |text: &str| Some(OsString::from(text)).filter(|text| !text.is_empty());
        let surroundings = Surroundings {
            state_directory: some(state),
            xdg_data_home: some(xdg),
            home: some(home),
            ..Surroundings::default()
        };
        surroundings.usual().ok().map(|folder| (folder.path.display().to_string(), folder.chosen))
    }

    #[test]
    fn the_usual_folder_is_that_of_the_service_else_that_of_the_user() {
        let is = |path: &str, from| Some((path.to_owned(), Chosen::Usual(from)));
        assert_eq!(usual("/var/lib/a:/var/lib/b", "/x", "/h"), is("/var/lib/a", "STATE_DIRECTORY"));
        assert_eq!(usual("", "/x", "/h"), is("/x/stevenson", "XDG_DATA_HOME"));
        assert_eq!(usual("", "x/y", "/h"), is("/h/.local/share/stevenson", "HOME"), "a relative one is ignored");
        assert_eq!(usual("", "", "/h"), is("/h/.local/share/stevenson", "HOME"));
        assert_eq!(usual("state", "", "/h"), is("/h/.local/share/stevenson", "HOME"));
        assert_eq!((usual("", "", ""), usual("", "", "h")), (None, None));
    }
}
