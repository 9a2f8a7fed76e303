//! The database of time zones: the machine's or the one inside the program, whichever is newer.
//!
//! Governments change their clocks at short notice, and a machine that is kept up to date knows sooner than a program that
//! was built last year. A machine that is not kept up to date may know less than the program.

mod near;

use jiff::tz::TimeZoneDatabase;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use weather::zone::{VERSION_INSIDE, Zone};

/// Where systems keep their database, in the order in which they are tried; `TZDIR` in the environment goes before them.
const DIRECTORIES: [&str; 3] = ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];
/// Files that say the database's version in their first line: `# version 2026f`, or the version alone.
const VERSION_FILES: [&str; 2] = ["tzdata.zi", "+VERSION"];
/// So much is read of a first line, bytes: a version has five characters.
const FIRST_LINE_MAX_BYTES: u64 = 64;

/// Which database the rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The machine's folder; none for the database inside the program.
    pub folder: Option<PathBuf>,
    /// Such as `2026f`; none if the machine's does not say.
    pub version: Option<String>,
}

/// `2026f, of this machine (/usr/share/zoneinfo)`, or `2026f, of this program`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.as_deref().unwrap_or("of an unknown version"))?;
        match &self.folder {
            Some(folder) => write!(f, ", of this machine ({})", folder.display()),
            None => f.write_str(", of this program"),
        }
    }
}

/// The rules of all zones.
#[derive(Debug)]
pub struct Zones {
    machine: Option<TimeZoneDatabase>,
    source: Source,
}

impl Zones {
    /// Opens the machine's database, unless there is none or it is older than the one inside.
    pub fn open() -> Self {
        let named = std::env::var_os("TZDIR").map(PathBuf::from);
        Self::open_in(named.into_iter().chain(DIRECTORIES.map(PathBuf::from)))
    }

    /// The first of these folders that holds a database, unless it is older than the one inside.
    pub fn open_in(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let found = folders.into_iter().find_map(|folder| {
            let database = TimeZoneDatabase::from_dir(&folder).ok()?;
            (!database.is_definitively_empty()).then_some((folder, database))
        });
        let inside = Self { machine: None, source: Source { folder: None, version: Some(VERSION_INSIDE.to_owned()) } };
        let Some((folder, database)) = found else { return inside };
        let version = version_of(&folder);
        // Versions are a year and a letter, so they are in order as texts are.
        if version.as_deref().is_some_and(|version| version < VERSION_INSIDE) {
            return inside;
        }
        Self { machine: Some(database), source: Source { folder: Some(folder), version } }
    }

    /// Which database the rules come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The names that it knows, sorted.
    pub fn names(&self) -> Vec<String> {
        let inside = TimeZoneDatabase::bundled();
        let all = self.machine.iter().chain([&inside]).flat_map(TimeZoneDatabase::available);
        all.map(|name| name.to_string()).filter(|name| name != "Factory").collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The zone of a name. One that only the other database knows is better than none.
    ///
    /// # Errors
    /// No database knows the name.
    pub fn named(&self, name: &str) -> Result<Zone, UnknownZone> {
        let machine = self.machine.as_ref().and_then(|machine| Zone::of(machine, name));
        let found = machine.or_else(|| Zone::inside(name));
        found.ok_or_else(|| {
            let (near, is_offset) = (near::names(name, &self.names()), near::is_offset(name));
            UnknownZone { given: name.to_owned(), near, is_offset }
        })
    }
}

/// Reads a zone's name for a command's argument.
///
/// # Errors
/// No database knows the name.
pub fn parse(name: &str) -> Result<Zone, UnknownZone> {
    Zones::open().named(name)
}

/// A name that no database of time zones knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownZone {
    given: String,
    /// Names that may be meant, the likeliest first.
    near: Vec<String>,
    /// It is written as a distance from UTC.
    is_offset: bool,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no time zone {:?}", self.given)?;
        match self.near.as_slice() {
            [] if self.is_offset => f.write_str(
                ": a distance from UTC is none, because clocks change; name a place, such as Europe/Berlin, or UTC",
            ),
            [] => f.write_str(": use a name of the IANA database, such as Europe/Berlin or UTC"),
            [one] => write!(f, "; did you mean {one}?"),
            [some @ .., last] => write!(f, "; did you mean {} or {last}?", some.join(", ")),
        }
    }
}

fn version_of(folder: &Path) -> Option<String> {
    VERSION_FILES.iter().find_map(|file| {
        let mut line = String::new();
        BufReader::new(File::open(folder.join(file)).ok()?.take(FIRST_LINE_MAX_BYTES)).read_line(&mut line).ok()?;
        let version = line.trim().trim_start_matches("# version ").trim();
        let is_version = version.len() >= 5
            && version.is_char_boundary(4)
            && version[..4].bytes().all(|b| b.is_ascii_digit())
            && version[4..].bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        is_version.then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The rules of a zone that is an hour ahead of UTC until 2037 at least, as a version-1 file of the database.
    const PLUS_ONE: &[u8] = b"TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x04\0\0\x0e\x10\0\0TST\0\
        TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x04\0\0\x0e\x10\0\0TST\0\nTST-1\n";

    fn folder(version: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("Test")).expect("a folder");
        fs::write(folder.path().join("Test/Town"), PLUS_ONE).expect("a file");
        fs::write(folder.path().join("UTC"), PLUS_ONE).expect("a file");
        if let Some(version) = version {
            fs::write(folder.path().join("tzdata.zi"), format!("# version {version}\n# more\n")).expect("a file");
        }
        folder
    }

    fn open(folder: &tempfile::TempDir) -> Zones {
        Zones::open_in([PathBuf::from("/nowhere"), folder.path().to_owned()])
    }

    #[test]
    fn the_machines_database_goes_before_the_one_inside() {
        for version in [Some("2099a"), Some(VERSION_INSIDE), None] {
            let folder = folder(version);
            let zones = open(&folder);
            let source = Source { folder: Some(folder.path().to_owned()), version: version.map(str::to_owned) };
            assert_eq!(zones.source(), &source);
            assert_eq!(zones.named("Test/Town").expect("a zone").standard_hours(weather::time::Timestamp(0)), 1.0);
            assert_eq!(zones.named("Europe/Berlin").expect("known inside").name(), "Europe/Berlin");
        }
    }

    #[test]
    fn an_older_database_of_the_machine_is_passed_over() {
        let zones = open(&folder(Some("2020a")));
        assert_eq!(zones.source().to_string(), format!("{VERSION_INSIDE}, of this program"));
        let error = zones.named("Test/Town").expect_err("only the machine knows it").to_string();
        assert!(error.contains("\"Test/Town\"") && error.contains("Europe/Berlin"), "{error}");
    }

    #[test]
    fn without_a_database_of_the_machine_there_is_the_one_inside() {
        let zones = Zones::open_in([PathBuf::from("/nowhere")]);
        assert_eq!(zones.source().folder, None);
        assert_eq!(zones.named("america/vancouver").expect("a zone").name(), "America/Vancouver");
    }
}
