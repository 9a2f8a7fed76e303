//! Every knob, composed from the parts' `Options`: defaults, then the file, then the environment, then flags.

mod error;
mod file;
mod flags;
mod folder;
mod layers;
mod loaded;
mod owner;
mod shown;
mod wishes;
mod wrong;

pub use error::Error;
pub use flags::Flags;
pub use folder::{Chosen, Folder, Surroundings};
pub use loaded::Loaded;
pub use owner::user;

use crate::web::base::Inside;
use crate::{backup, door, ingest, keeper, mqtt, station_port, storage, tempest, web, webhook};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

/// Environment variables start with this; `__` descends: `STEVENSON_STORAGE__DURABILITY=normal`.
const ENV_PREFIX: &str = "STEVENSON_";
/// Keys whose values nothing prints.
const SECRETS: [&str; 4] = ["mqtt.password", "web.metrics_token", "storage.database", "storage.database_direct"];
/// Fields that are no keys of the file: the server sets them.
const NOT_KNOBS: [&str; 1] = ["storage.file"];

/// All knobs of a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen on. Only this machine reaches the default; for other machines set `0.0.0.0`, or put a proxy
    /// in front.
    pub address: IpAddr,
    /// The port to listen on; 0 picks a free one.
    pub port: u16,
    /// The folder that holds the database; `stevenson serve` makes it. In a file, a relative path begins at the folder of the
    /// file; after `--data` and in `STEVENSON_DATA`, at the working directory. Empty: the folder that systemd gives
    /// (`STATE_DIRECTORY`), else `stevenson` in `XDG_DATA_HOME`, else `.local/share/stevenson` at `HOME`.
    pub data: PathBuf,
    /// Adds a simulated station that posts over HTTP like any other.
    pub demo: bool,
    /// Services that are told of your alerts, each a table `[[webhook]]`; [ALERTS.md](ALERTS.md) has examples. `name`: what the log and the
    /// metrics call it. `url`: where letters are posted; for ntfy the topic's own address. `kind`: `"json"` or `"ntfy"`. `site`: where
    /// the pages are, such as `"https://weather.example.org"`, for links to them. `token_file`: a file with a token that is sent as
    /// `Authorization: Bearer`. `secret_file`: a file with the secret that letters are signed with. Relative paths begin at the data
    /// folder. `ca_file`: certificates (PEM) that vouch for the receiver's, if this machine does not trust them. `alert`: what it is
    /// told, each a table `[[webhook.alert]]`: `when = "temperature below 3 °C"`, or `silent = true`; `station`: its slug, empty for
    /// every station; `sensor`: empty for the main one.
    pub webhook: Vec<webhook::Options>,
    /// Knobs of storage.
    pub storage: storage::Options,
    /// Knobs of the backups.
    pub backup: backup::Options,
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
            data: PathBuf::new(),
            demo: false,
            webhook: Vec::new(),
            storage: storage::Options::default(),
            backup: backup::Options::default(),
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

impl Config {
    /// Makes the data folder if it is absent.
    pub fn make_folder(&self) -> Result<(), Error> {
        let mut builder = std::fs::DirBuilder::new();
        // Only this user: visitors' words and stations' keys lie there.
        builder.recursive(true).mode(0o700).create(&self.data).map_err(|source| Error::folder(&self.data, source))
    }
}

impl Config {
    /// Says which path for uploads the base would take for one within.
    fn paths_fit(&self) -> Result<(), String> {
        let base = &self.web.base;
        let hidden = self.ingest.paths.keys().find(|path| base.inside(path) != Inside::Path(path.as_str()));
        hidden.map_or(Ok(()), |path| {
            Err(format!(
                "ingest.paths: {path:?} begins as the base does, which is taken off: {base:?}",
                base = base.as_str()
            ))
        })
    }

    /// The same without the values that nothing prints.
    pub(crate) fn without_secrets(mut self) -> Self {
        self.mqtt.password = Default::default();
        self.storage.database = Default::default();
        self.storage.database_direct = Default::default();
        self.web.metrics_token = Default::default();
        self
    }
}

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "figment's own error, as its jail wants it")]
mod tests;
