//! Asks the system and the database.

use super::Check;
use super::facts::{ConfigFile, Disk, Exposure, Facts, FileFact, Files, Limits, Process, Server, Told};
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use stevenson::app::{self, LOCK_FILE, Running};
use stevenson::config::{Config, Loaded, user};
use stevenson::storage::zones::Zones;
use stevenson::storage::{self, Inspection};
use stevenson::web::Network;
use weather::time::Timestamp;

/// The longest look for damage without `--deep`.
const LOOK_MAX: Duration = Duration::from_secs(5);
/// Where systemd's time service says that it runs, and that it has set the clock.
const TIME_SERVICE: (&str, &str) = ("/run/systemd/timesync", "/run/systemd/timesync/synchronized");
/// The locks of all processes, as Linux lists them.
const LOCKS: &str = "/proc/locks";

/// Everything that is judged.
pub(super) async fn gather(loaded: &Loaded, arguments: &Check) -> Facts {
    let data = &loaded.config.data;
    let holder = server(data);
    let running = match &holder {
        Holder::Process(number) => Running::read(data).filter(|running| running.process == *number),
        Holder::Nobody | Holder::Unknown => None,
    };
    // What a server runs with counts, whatever somebody else would start it with.
    let config = running.as_ref().map_or(&loaded.config, |running| &running.config);
    let own_chars = loaded.config.web.metrics_token.chars();
    let token_chars = running.as_ref().map_or(own_chars, |running| running.token_chars);
    let config_path = running.as_ref().map_or(loaded.file(), |running| running.file.as_deref());
    let taken = (holder == Holder::Nobody).then(|| taken(config)).flatten();
    let http = running.as_ref().map(|running| running.http);
    #[expect(clippy::disallowed_methods, reason = "a command: what is old is old now")]
    let now = Timestamp::from(chrono::Utc::now());
    Facts {
        now,
        is_clock_set: Path::new(TIME_SERVICE.0).exists().then(|| Path::new(TIME_SERVICE.1).exists()),
        data_files: data_files(data, database_file(&loaded.config)),
        file: config_path.and_then(|path| config_file(path, loaded, token_chars)),
        database: loaded.config.storage.database_named(),
        is_file: database_file(&loaded.config).is_some(),
        inspection: inspect(loaded, arguments.deep).await,
        disk: disk(data),
        files: files(&holder),
        taken,
        must_run: arguments.running,
        zones: Zones::open().source().clone(),
        limits: Limits {
            max_database_bytes: u64::from(config.storage.max_database_mib) << 20,
            station_share_bytes: config.storage.station_share_bytes(),
            max_connections: config.door.max_connections as u64,
            to_database: to_database(config),
        },
        exposure: exposure(config, http, token_chars),
        server: match holder {
            Holder::Process(number) => {
                Server::Runs(Process { number, told: running.map(|running| told(running, data)) })
            }
            Holder::Nobody => Server::Rests,
            Holder::Unknown => Server::Unknown,
        },
    }
}

fn told(running: Running, data: &Path) -> Told {
    let Running { version, http, file, .. } = running;
    let began = app::began(data).map(|began| Timestamp::from(chrono::DateTime::<chrono::Utc>::from(began)));
    Told { version, http, file, began }
}

async fn inspect(loaded: &Loaded, is_deep: bool) -> Result<Inspection, String> {
    loaded.has_database().map_err(|error| chain(&error))?;
    let options = &loaded.config.storage;
    let inspected = storage::inspect(options, (!is_deep).then_some(LOOK_MAX)).await;
    inspected.map_err(|error| format!("cannot read {}: {}", options.database_named(), chain(&error)))
}

/// An error with its causes.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The database's file; `None`: it is a PostgreSQL.
fn database_file(config: &Config) -> Option<&Path> {
    config.storage.database.is_empty().then_some(&*config.storage.file)
}

/// Connections beside those that read: the one that writes, the one that listens, and the one that leads.
const BESIDE_READERS: u64 = 3;

/// How many connections a server has to a PostgreSQL at most.
fn to_database(config: &Config) -> u64 {
    u64::from(config.storage.readers) + u64::from(config.storage.background_readers) + BESIDE_READERS
}

/// The data folder and what lies in it.
fn data_files(folder: &Path, database: Option<&Path>) -> Vec<FileFact> {
    let files = |database: &Path| ["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", database.display())));
    let all = std::iter::once(folder.to_owned()).chain(database.into_iter().flat_map(files));
    match folder.is_dir() {
        true => all.filter_map(file).collect(),
        false => Vec::new(),
    }
}

fn file(path: PathBuf) -> Option<FileFact> {
    let found = fs::metadata(&path).ok()?;
    let owner = found.uid();
    Some(FileFact {
        path,
        is_folder: found.is_dir(),
        mode: found.permissions().mode(),
        owner,
        owner_named: user(owner),
        group: found.gid(),
    })
}

fn config_file(path: &Path, loaded: &Loaded, token_chars: usize) -> Option<ConfigFile> {
    let config = &loaded.config;
    let storage = &config.storage;
    // A flag or a variable may have said the address: then the file tells nothing.
    let of_database = [("storage.database", &storage.database), ("storage.database_direct", &storage.database_direct)];
    let tells = of_database.iter().any(|(key, address)| address.has_password() && loaded.is_in_file(key));
    let has_secrets = tells || config.mqtt.password != Default::default() || token_chars > 0;
    Some(ConfigFile { file: file(path.to_owned())?, has_secrets })
}

fn disk(folder: &Path) -> Option<Disk> {
    let found = rustix::fs::statvfs(folder).ok().filter(|_| folder.is_dir())?;
    Some(Disk {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        is_read_only: found.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
    })
}

fn exposure(config: &Config, http: Option<SocketAddr>, token_chars: usize) -> Exposure {
    let (proxies, station_port) = (&config.web.trusted_proxies, &config.station_port);
    let this_machine = [IpAddr::from([127, 0, 0, 1]), IpAddr::from(std::net::Ipv6Addr::LOCALHOST)];
    Exposure {
        address: http.unwrap_or(SocketAddr::new(config.address, config.port)),
        has_proxies: !proxies.is_empty(),
        are_proxies_local: proxies.iter().all(|proxy| this_machine.iter().any(|address| proxy.holds(*address))),
        is_here_trusted: config.web.trusts_this_machine(),
        has_hosts: !config.web.hosts.is_empty(),
        enrols: config.ingest.enrol,
        are_all_trusted: proxies.iter().any(Network::is_everybody),
        are_metrics_for_all: config.web.metrics_from.iter().any(Network::is_everybody),
        token_chars,
        station_port: station_port.enabled.then(|| SocketAddr::new(station_port.address, station_port.port)),
    }
}

/// The address of the front door, if a server that starts now would find another program there.
fn taken(config: &Config) -> Option<SocketAddr> {
    let address = SocketAddr::new(config.address, config.port);
    let bound = TcpListener::bind(address);
    bound.is_err_and(|error| error.kind() == ErrorKind::AddrInUse).then_some(address)
}

/// The process that holds the lock of a data folder. It is looked up, not tried: a server that starts in that moment would find the
/// folder taken.
fn server(data: &Path) -> Holder {
    let Ok(lock) = fs::metadata(data.join(LOCK_FILE)) else { return Holder::Nobody };
    match fs::read_to_string(LOCKS) {
        Ok(locks) => holder(&locks, lock.ino()).map_or(Holder::Nobody, Holder::Process),
        Err(_) => Holder::Unknown,
    }
}

/// Who holds the lock.
#[derive(PartialEq)]
enum Holder {
    Process(u32),
    Nobody,
    /// The system does not tell.
    Unknown,
}

/// The process with a lock on the file of this number: `1: FLOCK  ADVISORY  WRITE 4711 08:02:131 0 EOF`.
fn holder(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, file, ..] = words[..] else { return None };
        let is_it = file.rsplit(':').next()?.parse() == Ok(inode);
        process.parse().ok().filter(|_| is_it)
    })
}

fn files(holder: &Holder) -> Files {
    let of_server = match holder {
        Holder::Process(process) => fs::read_to_string(format!("/proc/{process}/limits")).ok(),
        Holder::Nobody | Holder::Unknown => None,
    };
    match of_server.and_then(|limits| soft_files(&limits)) {
        Some(limit) => Files { limit: Some(limit), is_of_server: true },
        // A server raises its own limit as far as it may.
        None => Files { limit: rlimit::Resource::NOFILE.get_hard().ok(), is_of_server: false },
    }
}

/// `Max open files            1024                 524288               files`
fn soft_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_found_by_the_number_of_its_file() {
        let locks = "1: POSIX  ADVISORY  READ 7 08:02:131 0 EOF\n2: FLOCK  ADVISORY  WRITE 4711 08:02:131 0 EOF\n\
            3: FLOCK  ADVISORY  WRITE 12 08:02:1310 0 EOF\n";
        assert_eq!((holder(locks, 131), holder(locks, 1310), holder(locks, 31)), (Some(4711), Some(12), None));
    }

    #[test]
    fn the_limit_that_counts_is_the_first_one() {
        let limits =
            "Max processes             7  8 processes\nMax open files            1024                 524288  files\n";
        assert_eq!((soft_files(limits), soft_files("")), (Some(1_024), None));
    }
}
