//! What `serve` says once it listens: where everything is, and who may reach it. Programs wait for the first line. Pure.

use super::import::said::thousands;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use stevenson::app::Listening;
use stevenson::config::Config;
use stevenson::web::base::Base;

/// Width of the names, in characters.
const NAME_CHARS: usize = 14;
/// Bytes in a megabyte, as file managers count.
const MB: f64 = 1_000_000.0;

/// What of the configuration is said.
pub(super) struct Greeting {
    /// The file of the database; `None`: it is a PostgreSQL.
    database: Option<PathBuf>,
    /// Which database it is.
    named: String,
    /// Its size before the start; `None`: it is new.
    bytes: Option<u64>,
    file: Option<PathBuf>,
    trusted_proxies: Vec<String>,
    broker: Option<String>,
    tempest: Option<SocketAddr>,
    /// Whether the demo's station is added.
    demo: bool,
    /// Whether a trusted proxy is on this machine: then nobody can be told from those for whom it speaks.
    is_proxied_here: bool,
    base: Base,
}

impl Greeting {
    /// Tells the log which file was read. That there is none, the lines say once.
    pub(super) fn tell_configuration(&self) {
        if let Some(file) = &self.file {
            tracing::info!(file = %file.display(), "the configuration was read");
        }
    }

    /// What is known before the start: the start makes a new database. `file`: the configuration's, if one was read.
    pub(super) fn of(config: &Config, file: Option<PathBuf>) -> Self {
        let database = config
            .storage
            .database
            .is_empty()
            .then(|| std::path::absolute(&config.storage.file).unwrap_or_else(|_| config.storage.file.clone()));
        let bytes = database.as_ref().and_then(|file| std::fs::metadata(file).ok()).map(|file| file.len());
        Self {
            bytes,
            file: file.map(|file| std::path::absolute(&file).unwrap_or(file)),
            trusted_proxies: config.web.trusted_proxies.iter().map(ToString::to_string).collect(),
            broker: config.mqtt.broker_named(),
            tempest: config.tempest.enabled.then(|| SocketAddr::new(config.tempest.address, config.tempest.port)),
            demo: config.demo,
            is_proxied_here: config.web.trusts_this_machine(),
            base: config.web.base.clone(),
            named: config.storage.database_named(),
            database,
        }
    }

    /// The lines, the last with its end.
    pub(super) fn lines(&self, listening: &Listening) -> String {
        let http = listening.http;
        let here = format!("http://{}{}", reachable(http), self.base);
        let rooms = format!("{here}/admin");
        let mut lines = format!("listening on http://{http}\n");
        let mut says = |name: &str, what: String| lines.push_str(&format!("  {name:NAME_CHARS$}{what}\n"));
        says("version", env!("CARGO_PKG_VERSION").to_owned());
        says(
            "database",
            match &self.database {
                Some(file) => format!("{}, {}", shown(file), size(self.bytes)),
                None => self.named.clone(),
            },
        );
        says(
            "configuration",
            match &self.file {
                Some(file) => shown(file),
                None => "no file; flags, environment and defaults count".to_owned(),
            },
        );
        says("reached by", self.reached_by(http.ip()));
        if !self.base.is_none() {
            says("path", format!("{} before all paths, so pages are at {here}/", self.base));
        }
        says("connections", {
            let (most, files) = (thousands(listening.max_connections as u64), thousands(listening.open_files));
            format!("{most} at most; {files} open files are allowed")
        });
        says("time zones", listening.zones.to_string());
        says(
            "stations",
            match listening.stations {
                0 if self.demo => "the demo's, Town Hall".to_owned(),
                count if self.demo => format!("{}; the demo's is Town Hall", thousands(count as u64)),
                0 => "none yet; add one: stevenson station add NAME".to_owned(),
                count => thousands(count as u64),
            },
        );
        if let Some(at) = listening.station_port {
            says("station port", format!("takes uploads of consoles at {at}"));
        }
        if let Some(broker) = &self.broker {
            says("MQTT", format!("reads messages at {broker}"));
        }
        if let Some(at) = self.tempest {
            says("Tempest", format!("hears the hubs of WeatherFlow at UDP {at}"));
        }
        if listening.enrols {
            says("enrolment", format!("on: devices that are no station's wait at {rooms} to be claimed"));
        }
        says("for programs", format!("{here}/api/docs describes all that they can read"));
        says(
            "owner's pages",
            match listening.has_password {
                true => format!("{rooms}, with the owner's password"),
                false if self.is_proxied_here => {
                    format!("{rooms}, for nobody until a password is set (stevenson admin password)")
                }
                false => format!("{rooms}, for this machine only: no password is set (stevenson admin password)"),
            },
        );
        lines
    }

    fn reached_by(&self, address: IpAddr) -> String {
        let who = match address {
            address if address.is_loopback() => "this machine only".to_owned(),
            address if address.is_unspecified() => "every machine that reaches this one".to_owned(),
            address => format!("every machine that reaches {address}"),
        };
        match &self.trusted_proxies[..] {
            [] => who,
            proxies => format!("{who}; proxies at {} speak for others", proxies.join(", ")),
        }
    }
}

/// The address by which this machine reaches it.
fn reachable(address: SocketAddr) -> SocketAddr {
    let port = address.port();
    match address.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => ([127, 0, 0, 1], port).into(),
        IpAddr::V6(v6) if v6.is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, port).into(),
        _ => address,
    }
}

/// A path on one line, whatever its name is.
fn shown(path: &Path) -> String {
    path.display()
        .to_string()
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        None => "new".to_owned(),
        Some(bytes) => format!("{:.1} MB", bytes as f64 / MB),
    }
}
