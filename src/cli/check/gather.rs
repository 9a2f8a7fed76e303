//! Asks the system and the database.

use super::facts::{ConfigFile, Disk, Exposure, Facts, Files, Limits, Server};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use stevenson::config::{Config, Loaded};
use stevenson::storage::zones::Zones;
use stevenson::storage::{self, Inspection};
use weather::time::Timestamp;

/// The longest look for damage without `--deep`.
const LOOK_MAX: Duration = Duration::from_secs(5);
/// Where systemd's time service says that it runs, and that it has set the clock.
const TIME_SERVICE: (&str, &str) = ("/run/systemd/timesync", "/run/systemd/timesync/synchronized");
/// The locks of all processes, as Linux lists them.
const LOCKS: &str = "/proc/locks";
/// The file that a running server holds locked.
const SERVER_LOCK: &str = "server.lock";

/// Everything that is judged.
pub(super) async fn gather(loaded: &Loaded, is_deep: bool) -> Facts {
    let config = &loaded.config;
    let server = server(&config.data);
    #[expect(clippy::disallowed_methods, reason = "a command: what is old is old now")]
    let now = Timestamp::from(chrono::Utc::now());
    Facts {
        now,
        is_clock_set: Path::new(TIME_SERVICE.0).exists().then(|| Path::new(TIME_SERVICE.1).exists()),
        modes: modes(config),
        file: loaded.file().and_then(|file| config_file(file, config)),
        database: config.storage.file.clone(),
        inspection: inspect(loaded, is_deep).await,
        disk: disk(&config.data),
        files: files(server),
        server,
        zones: Zones::open().source().clone(),
        limits: Limits {
            max_database_bytes: u64::from(config.storage.max_database_mib) << 20,
            max_connections: config.door.max_connections as u64,
        },
        exposure: exposure(config),
    }
}

async fn inspect(loaded: &Loaded, is_deep: bool) -> Result<Inspection, String> {
    loaded.has_database().map_err(|error| chain(&error))?;
    let inspected = storage::inspect(&loaded.config.storage.file, (!is_deep).then_some(LOOK_MAX)).await;
    inspected.map_err(|error| format!("cannot read {}: {}", loaded.config.storage.file.display(), chain(&error)))
}

/// An error with its causes.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn modes(config: &Config) -> Vec<(PathBuf, u32)> {
    let file = &config.storage.file;
    let beside = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    let all = [config.data.clone(), file.clone(), beside("-wal"), beside("-shm")];
    all.into_iter().filter_map(|path| Some((mode(&path)?, path))).map(|(mode, path)| (path, mode)).collect()
}

fn mode(path: &Path) -> Option<u32> {
    Some(fs::metadata(path).ok()?.permissions().mode())
}

fn config_file(path: &Path, config: &Config) -> Option<ConfigFile> {
    let has_secrets = config.mqtt.password != Default::default() || config.web.metrics_token.is_set();
    Some(ConfigFile { path: path.to_owned(), mode: mode(path)?, has_secrets })
}

fn disk(folder: &Path) -> Option<Disk> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(Disk { free: found.f_bavail.saturating_mul(found.f_frsize) })
}

fn exposure(config: &Config) -> Exposure {
    let proxies = &config.web.trusted_proxies;
    let this_machine = [IpAddr::from([127, 0, 0, 1]), IpAddr::from(std::net::Ipv6Addr::LOCALHOST)];
    Exposure {
        address: SocketAddr::new(config.address, config.port),
        has_proxies: !proxies.is_empty(),
        are_proxies_local: proxies.iter().all(|proxy| this_machine.iter().any(|address| proxy.holds(*address))),
        has_hosts: !config.web.hosts.is_empty(),
        enrols: config.ingest.enrol,
    }
}

/// The process that holds the lock of a data folder. It is looked up, not tried: a server that starts in that moment would find the
/// folder taken.
fn server(data: &Path) -> Server {
    let Ok(lock) = fs::metadata(data.join(SERVER_LOCK)) else { return Server::Rests };
    match fs::read_to_string(LOCKS) {
        Ok(locks) => holder(&locks, lock.ino()).map_or(Server::Rests, Server::Runs),
        Err(_) => Server::Unknown,
    }
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

fn files(server: Server) -> Files {
    let of_server = match server {
        Server::Runs(process) => fs::read_to_string(format!("/proc/{process}/limits")).ok(),
        Server::Rests | Server::Unknown => None,
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
