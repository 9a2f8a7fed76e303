//! Every knob, composed from the parts' `Options`: defaults, then the file, then the environment, then flags.

use crate::{door, ingest, keeper, mqtt, station_port, storage, tempest, web};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider, Source};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The default data folder, in the working directory.
pub const DATA_FOLDER: &str = "stevenson-data";
/// The database's file in the data folder.
const DATABASE_FILE: &str = "stevenson.db";
/// The configuration's file in the data folder, read if it exists.
pub const CONFIG_FILE: &str = "stevenson.toml";
/// Environment variables start with this; `__` descends: `STEVENSON_STORAGE__DURABILITY=normal`.
const ENV_PREFIX: &str = "STEVENSON_";

/// All knobs of a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen on. Only this machine reaches the default; for other machines set `0.0.0.0`, or put a proxy
    /// in front.
    pub address: IpAddr,
    /// The port to listen on; 0 picks a free one.
    pub port: u16,
    /// The folder that holds the database; created if absent.
    pub data: PathBuf,
    /// Adds a simulated station that posts over HTTP like any other.
    pub demo: bool,
    /// Knobs of storage.
    pub storage: storage::Options,
    /// Knobs of the channel.
    pub dock: channel::Options,
    /// Knobs of the ingest doors.
    pub ingest: ingest::Options,
    /// Knobs of the keeper.
    pub keeper: keeper::Options,
    /// Knobs that all doors share.
    pub web: web::Options,
    /// Knobs of the front door.
    pub door: door::Options,
    /// Knobs of the station port.
    pub station_port: station_port::Options,
    /// Knobs of the reader of MQTT.
    pub mqtt: mqtt::Options,
    /// Knobs of the listener for WeatherFlow Tempest.
    pub tempest: tempest::Options,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 8000,
            data: DATA_FOLDER.into(),
            demo: false,
            storage: storage::Options::default(),
            dock: channel::Options::default(),
            ingest: ingest::Options::default(),
            keeper: keeper::Options::default(),
            web: web::Options::default(),
            door: door::Options::default(),
            station_port: station_port::Options::default(),
            mqtt: mqtt::Options::default(),
            tempest: tempest::Options::default(),
        }
    }
}

/// Errors of the configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A wrong value. The text names the key, the value and where it stands.
    #[error("the configuration is wrong: {0}")]
    Value(String),
    /// The named file does not exist.
    #[error("there is no configuration file {0:?}")]
    NoFile(PathBuf),
    /// The server cannot make the data folder or cannot write in it.
    #[error("cannot write in the data folder {folder:?}")]
    Folder {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl From<figment::Error> for Error {
    fn from(error: figment::Error) -> Self {
        let sentences: Vec<_> = error.into_iter().map(|error| sentence(&error)).collect();
        Self::Value(sentences.join("; "))
    }
}

/// What is wrong with one value, in one sentence. Figment's own text names a profile, which nobody here has heard of.
fn sentence(error: &figment::Error) -> String {
    let key = if error.path.is_empty() { String::new() } else { format!("{}: ", error.path.join(".")) };
    let place = error.metadata.as_ref().map(|metadata| match &metadata.source {
        Some(Source::File(file)) => format!(", in the file {}", file.display()),
        _ => format!(", in the {}", metadata.name),
    });
    format!("{key}{}{}", error.kind, place.unwrap_or_default())
}

/// The same values; a section `[robot]`, the old name, becomes `[keeper]`.
struct Renamed<P>(P);

impl<P: Provider> Provider for Renamed<P> {
    fn metadata(&self) -> Metadata {
        self.0.metadata()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut data = self.0.data()?;
        for values in data.values_mut() {
            if let Some(old) = values.remove("robot") {
                values.entry("keeper".to_owned()).or_insert(old);
            }
        }
        Ok(data)
    }
}

impl Config {
    /// Reads the configuration. `flags` win over everything; `file` must exist if it is given, else
    /// `stevenson.toml` in the data folder is read if it exists.
    pub fn load(file: Option<&Path>, flags: Figment) -> Result<Self, Error> {
        let base = Figment::from(Serialized::defaults(Config::default()));
        let environment = Env::prefixed(ENV_PREFIX).ignore(&["log"]).split("__");
        let data: PathBuf = base.clone().merge(environment.clone()).merge(&flags).extract_inner("data")?;
        let file = match file {
            Some(file) if !file.is_file() => return Err(Error::NoFile(file.to_owned())),
            Some(file) => file.to_owned(),
            None => data.join(CONFIG_FILE),
        };
        let base = if file.is_file() { base.merge(Renamed(Toml::file_exact(file))) } else { base };
        let mut config: Config = base.merge(Renamed(environment)).merge(flags).extract()?;
        config.storage.file = config.data.join(DATABASE_FILE);
        config.ingest.check().map_err(Error::Value)?;
        config.mqtt.check().map_err(|misfit| Error::Value(misfit.to_string()))?;
        Ok(config)
    }

    /// Makes the data folder if it is absent.
    pub fn make_folder(&self) -> Result<(), Error> {
        let mut builder = std::fs::DirBuilder::new();
        // Only this user: visitors' words and stations' keys lie there.
        builder
            .recursive(true)
            .mode(0o700)
            .create(&self.data)
            .map_err(|source| Error::Folder { folder: self.data.clone(), source })
    }
}

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "figment's own error, as its jail wants it")]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        figment::Jail::expect_with(|jail| {
            jail.create_file("s.toml", "port = 1\naddress = \"0.0.0.0\"\n[storage]\nqueue_rows = 7777\n")?;
            jail.set_env("STEVENSON_PORT", "2");
            jail.set_env("STEVENSON_STORAGE__DURABILITY", "normal");
            jail.set_env("STEVENSON_LOG", "debug");
            let load = |flags| Config::load(Some(Path::new("s.toml")), flags).map_err(|e| e.to_string());
            let config = load(Figment::new())?;
            assert_eq!((config.port, config.address.to_string().as_str()), (2, "0.0.0.0"));
            assert_eq!(config.storage.queue_rows, 7_777);
            assert_eq!(config.storage.durability, storage::Durability::Normal);
            assert_eq!(load(Figment::from(("port", 3)))?.port, 3);
            Ok(())
        });
    }

    #[test]
    fn the_keeper_is_found_under_its_old_name_too() {
        figment::Jail::expect_with(|jail| {
            jail.create_file("s.toml", "[robot]\nthink_max_ms = 77\n")?;
            let load = || Config::load(Some(Path::new("s.toml")), Figment::new()).map_err(|e| e.to_string());
            assert_eq!(load()?.keeper.think_max_ms, 77);
            jail.set_env("STEVENSON_ROBOT__THINK_MAX_MS", "78");
            assert_eq!(load()?.keeper.think_max_ms, 78);
            jail.set_env("STEVENSON_KEEPER__THINK_MAX_MS", "79");
            assert_eq!(load()?.keeper.think_max_ms, 79);
            Ok(())
        });
    }

    #[test]
    fn a_wrong_value_or_an_unknown_key_is_named() {
        figment::Jail::expect_with(|jail| {
            jail.create_file("s.toml", "prot = 1\n")?;
            let error = Config::load(Some(Path::new("s.toml")), Figment::new()).expect_err("prot").to_string();
            assert!(error.contains("prot"), "{error}");
            let error = Config::load(None, Figment::from(("port", "many"))).expect_err("many").to_string();
            assert!(error.contains("port") && error.contains("many"), "{error}");
            let error = Config::load(Some(Path::new("none.toml")), Figment::new()).expect_err("no file").to_string();
            assert!(error.contains("none.toml"), "{error}");
            Ok(())
        });
    }

    #[test]
    fn a_wrong_value_is_told_once_with_its_key_and_its_place() {
        let told = |file: &str| {
            let error = Config::load(Some(Path::new(file)), Figment::new()).expect_err("wrong");
            assert!(std::error::Error::source(&error).is_none(), "who prints the causes would say it twice");
            error.to_string()
        };
        figment::Jail::expect_with(|jail| {
            jail.create_file("s.toml", "[web]\nmetrics_from = [\"10.0.0.0/33\"]\n")?;
            let error = told("s.toml");
            let rest =
                error.strip_prefix("the configuration is wrong: web.metrics_from.0: \"10.0.0.0/33\" is not a network");
            assert!(rest.is_some_and(|rest| rest.contains(", in the file ") && rest.ends_with("s.toml")), "{error}");
            jail.create_file("e.toml", "")?;
            jail.set_env("STEVENSON_PORT", "many");
            let error = told("e.toml");
            assert!(
                error.contains(": port: ") && error.contains("\"many\"") && error.contains("environment"),
                "{error}"
            );
            Ok(())
        });
    }

    #[test]
    fn a_path_for_uploads_that_cannot_be_one_is_named() {
        figment::Jail::expect_with(|jail| {
            let load = |text: &str| {
                jail.create_file("s.toml", text).expect("written");
                Config::load(Some(Path::new("s.toml")), Figment::new()).map_err(|error| error.to_string())
            };
            let good = load("[ingest]\npaths = { \"/my/weather\" = \"ecowitt\", \"/w\" = \"wow\" }\n").expect("good");
            assert!(good.ingest.target("/my/weather").is_some() && good.ingest.target("/x").is_none());
            for (paths, why) in [
                ("\"my\" = \"ecowitt\"", "ingest.paths: \"my\" is no path"),
                ("\"/s/x\" = \"ecowitt\"", "is a path of this server's own"),
                ("\"/my\" = \"ecovit\"", "ecovit"),
            ] {
                let error = load(&format!("[ingest]\npaths = {{ {paths} }}\n")).expect_err(paths);
                assert!(error.contains(why), "{error}");
            }
            Ok(())
        });
    }

    #[test]
    fn a_host_that_no_request_could_name_is_refused_with_what_to_write() {
        figment::Jail::expect_with(|jail| {
            for (wrong, advice) in [
                ("a.b:8000", "write \"a.b\""),
                ("https://a.b", "write \"a.b\""),
                ("https://a.b:8000/lab", "write \"a.b\""),
                ("a.b/lab", "write \"a.b\""),
                (" a.b", "write \"a.b\""),
                ("", "write a name such as"),
                (" ", "write a name such as"),
                ("a b", "write a name such as"),
                ("*.a.b", "write a name such as"),
                ("a..b", "write a name such as"),
                ("wetter-münchen.example", "write a name such as"),
            ] {
                jail.create_file("s.toml", &format!("[web]\nhosts = [\"a.b\", \"{wrong}\"]\n"))?;
                let error = Config::load(Some(Path::new("s.toml")), Figment::new()).expect_err(wrong).to_string();
                let names = [&format!("web.hosts.1: \"{wrong}\""), advice, "s.toml"].map(|part| error.contains(part));
                assert_eq!(names, [true; 3], "{error}");
            }
            jail.create_file(
                "s.toml",
                "[web]\nhosts = [\"A.b.\", \"pi\", \"xn--wtter-kva.example\", \"192.168.1.7\", \"[fd00::7]\"]",
            )?;
            assert!(Config::load(Some(Path::new("s.toml")), Figment::new()).is_ok());
            Ok(())
        });
    }
}
