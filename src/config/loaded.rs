//! The configuration as it was read, with where it came from.

use super::file::File;
use super::layers::{Layers, Origin};
use super::{Chosen, Config, Error, Flags, Folder, NOT_KNOBS, Surroundings, folder, wrong};
use crate::webhook;
use figment::providers::Serialized;
use figment::value::{Dict, Value};
use figment::{Profile, Provider};
use std::path::{Path, PathBuf};

/// The configuration's file in the data folder, read if it exists.
const CONFIG_FILE: &str = "stevenson.toml";

/// A configuration, with where it came from.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The data folder.
    pub folder: Folder,
    /// What its reader should know, a sentence each.
    pub notes: Vec<String>,
    /// The data folder of earlier versions, if its database is there.
    old: Option<PathBuf>,
    pub(super) layers: Layers,
}

impl Loaded {
    /// Reads the configuration. `flags` win over everything; `file` must exist if it is given, else
    /// `stevenson.toml` in the data folder is read if it exists.
    ///
    /// # Errors
    /// A file that cannot be read, and the first wrong values.
    pub fn load(file: Option<&Path>, flags: Flags, around: &Surroundings) -> Result<Self, Error> {
        let named = named(&flags, around);
        let (file, folder, notes) = match file {
            Some(path) => {
                let path = around.working.join(path);
                let file = File::read(&path)?.ok_or(Error::NoFile(path))?;
                let (folder, notes) = of_named_file(named, said(&file)?, around)?;
                (Some(file), folder, notes)
            }
            None => {
                let folder = named.first().cloned().map_or_else(|| around.usual(), Ok)?;
                let file = in_folder(&folder)?;
                (file, folder, named.get(1).map(|other| differs(&named[0], other)).into_iter().flatten().collect())
            }
        };
        let layers = Layers::new(file, flags)?;
        let config = read(&layers, &folder)?;
        let old = around.old().filter(|_| matches!(folder.chosen, Chosen::Usual(_)));
        Ok(Self { config, folder, notes, old, layers })
    }

    /// Whether a value, `storage.database`, stands in the file that was read.
    pub fn is_in_file(&self, key: &str) -> bool {
        let path: Vec<&str> = key.split('.').collect();
        matches!(self.layers.origin(&path), Origin::Line(..))
    }

    /// The configuration for a command that needs a database.
    ///
    /// # Errors
    /// There is none.
    pub fn existing(self) -> Result<Config, Error> {
        self.has_database()?;
        Ok(self.config)
    }

    /// Says where the database is not. Without this, a mistyped folder would look like one without stations.
    ///
    /// # Errors
    /// There is none.
    pub fn has_database(&self) -> Result<(), Error> {
        if !self.config.storage.database.is_empty() {
            return Ok(());
        }
        match (self.folder.has_database()?, &self.old) {
            (true, _) => Ok(()),
            (false, Some(old)) => Err(old_folder(self.folder.path.clone(), old.clone(), false)),
            (false, None) => Err(Error::NoDatabase(self.folder.path.clone())),
        }
    }

    /// The configuration for a server, which makes the database if there is none.
    ///
    /// # Errors
    /// There is one where earlier versions had it. A second one beside it would look as if all readings were lost.
    pub fn beginning(self) -> Result<Config, Error> {
        if !self.config.storage.database.is_empty() {
            return Ok(self.config);
        }
        let has_database = self.folder.has_database()?;
        match self.old {
            Some(old) if !has_database => Err(old_folder(self.folder.path, old, true)),
            _ => Ok(self.config),
        }
    }

    /// The file that was read.
    pub fn file(&self) -> Option<&Path> {
        self.layers.file.as_ref().map(|file| &*file.path)
    }
}

fn old_folder(new: PathBuf, old: PathBuf, may_begin: bool) -> Error {
    let short = old.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Error::OldFolder { begin: may_begin.then(|| new.clone()), new, old, short }
}

/// The folders that the flag and the variable name, the one that wins first.
fn named(flags: &Flags, around: &Surroundings) -> Vec<Folder> {
    let folder = |path: &Path, chosen| Folder { path: around.working.join(path), chosen };
    let flag = flags.data.as_deref().map(|path| folder(path, Chosen::Flag));
    let variable = around.data.as_deref().map(|path| folder(Path::new(path), Chosen::Variable));
    flag.into_iter().chain(variable).collect()
}

/// The folder that a file says, if it says one.
fn said(file: &File) -> Result<Option<Folder>, Error> {
    let values = file.values()?;
    let line = file.line_of(&["data"]);
    match values.get("data") {
        None => Ok(None),
        Some(Value::String(_, text)) if text.is_empty() => Ok(None),
        Some(Value::String(_, text)) => {
            let path = file.path.parent().unwrap_or(Path::new("/")).join(text);
            Ok(Some(Folder { path, chosen: Chosen::File { file: file.path.clone(), line } }))
        }
        Some(other) => {
            let given = wrong::quoted(&other.to_actual());
            let place = format!("line {line} of {}", file.path.display());
            Err(Error::Value(format!("data: {given} is not a text in quotes ({place})")))
        }
    }
}

/// The folder for a file that was named, and what to say of those who disagree.
fn of_named_file(
    mut named: Vec<Folder>,
    said: Option<Folder>,
    around: &Surroundings,
) -> Result<(Folder, Vec<String>), Error> {
    named.extend(said);
    let Some(first) = named.first().cloned() else { return Ok((around.usual()?, Vec::new())) };
    let notes = named.iter().skip(1).filter_map(|other| differs(&first, other)).collect();
    Ok((first, notes))
}

/// The file in the data folder, which may not say that the data folder is another one.
fn in_folder(folder: &Folder) -> Result<Option<File>, Error> {
    let read = File::read(&folder.path.join(CONFIG_FILE)).map_err(|error| match error {
        Error::Unreadable { source, .. } if std::fs::read_dir(&folder.path).is_err() => {
            Error::folder(&folder.path, source)
        }
        other => other,
    });
    let Some(file) = read? else { return Ok(None) };
    match said(&file)? {
        Some(Folder { path: says, chosen: Chosen::File { file, line } }) if !folder::are_same(&says, &folder.path) => {
            Err(Error::Elsewhere { file, line, says, found: folder.path.clone() })
        }
        _ => Ok(Some(file)),
    }
}

/// What to say if a folder is named that is not used.
fn differs(wins: &Folder, other: &Folder) -> Option<String> {
    (!folder::are_same(&wins.path, &other.path)).then(|| {
        format!(
            "the data folder is {}, as {} says; {} says {}",
            wins.path.display(),
            wins.chosen,
            other.chosen,
            other.path.display()
        )
    })
}

/// Backups are files of SQLite.
const OWN_TOOLS: &str = "backup.daily: a PostgreSQL is backed up by its own tools, such as pg_basebackup and pg_dump";

/// The values of all layers, checked.
fn read(layers: &Layers, folder: &Folder) -> Result<Config, Error> {
    let known = known()?;
    if let Some(unknown) = wrong::unknown(layers, &known) {
        return Err(Error::Value(unknown));
    }
    let merged = layers.over(known);
    let mut config: Config = merged.extract().map_err(|error| Error::Value(wrong::told(error, layers, &merged)))?;
    config.data.clone_from(&folder.path);
    config.storage.file = folder.database();
    let placed = |text: String| Error::Value(wrong::placed(&text, layers, &merged));
    config.storage.check().map_err(|misfit| placed(misfit.to_string()))?;
    if config.backup.daily && !config.storage.database.is_empty() {
        return Err(placed(OWN_TOOLS.to_owned()));
    }
    config.ingest.check().map_err(placed)?;
    config.paths_fit().map_err(placed)?;
    config.dock.check().map_err(placed)?;
    config.mqtt.check().map_err(|misfit| placed(misfit.to_string()))?;
    webhook::check(&config.webhook).map_err(|misfit| placed(misfit.to_string()))?;
    config.wishes().map_err(placed)?;
    Ok(config)
}

/// The keys that are known, with their defaults.
fn known() -> Result<Dict, Error> {
    let defaults = Serialized::defaults(Config::default()).data().map_err(|error| Error::Value(error.to_string()))?;
    let mut known = defaults.get(&Profile::Default).cloned().unwrap_or_default();
    for key in NOT_KNOBS {
        let Some((section, key)) = key.split_once('.') else { continue };
        if let Some(Value::Dict(_, keys)) = known.get_mut(section) {
            keys.remove(key);
        }
    }
    Ok(known)
}
