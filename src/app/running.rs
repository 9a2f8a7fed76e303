//! What a running server writes into the file that it holds locked: programs beside it read who serves, where, and with which knobs.

use super::Error;
use crate::config::{self, Config};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The file in the data folder that a running server holds locked.
pub const LOCK_FILE: &str = "server.lock";
/// Largest content that is read, bytes: all knobs take a tenth.
const READ_MAX_BYTES: u64 = 1 << 20;
/// The owner reads and writes, and nobody else does: addresses and names stand there.
const OWNER_ONLY: u32 = 0o600;

/// A server that runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Running {
    /// Its process.
    pub process: u32,
    /// Its version.
    pub version: String,
    /// The address at which it serves.
    pub http: SocketAddr,
    /// The configuration's file, if it read one.
    pub file: Option<PathBuf>,
    /// How long the token for the metrics is, characters; 0: there is none.
    pub token_chars: usize,
    /// Its knobs, without secrets.
    pub config: Config,
}

impl Running {
    pub(super) fn of(config: &Config, file: Option<PathBuf>, http: SocketAddr) -> Self {
        let (process, version) = (std::process::id(), env!("CARGO_PKG_VERSION").to_owned());
        let token_chars = config.web.metrics_token.chars();
        let mut config = config.clone().without_secrets();
        // Who reads this knows the folder; and a path need not be text.
        (config.data, config.storage.file) = (PathBuf::new(), PathBuf::new());
        let file = file.filter(|file| file.to_str().is_some());
        Self { process, version, http, file, token_chars, config }
    }

    /// What the server over a data folder has written last; it may have ended since. `None`: nothing that this version understands.
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_str(&text(data)?).ok()
    }

    pub(super) fn write(&self, mut lock: &File) -> io::Result<()> {
        lock.set_len(0)?;
        lock.write_all(&serde_json::to_vec(self)?)
    }
}

fn text(data: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(data.join(LOCK_FILE)).ok()?.take(READ_MAX_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Takes the folder for this process, as long as the file is held.
///
/// # Errors
/// A server has it.
pub fn lock(data: &Path) -> Result<File, Error> {
    let folder = |source| config::Error::folder(data, source);
    // What stands in it stays: it is another server's, until the lock says otherwise.
    let mut open = OpenOptions::new();
    let file =
        open.write(true).create(true).truncate(false).mode(OWNER_ONLY).open(data.join(LOCK_FILE)).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(taken(data)),
        Err(TryLockError::Error(source)) => Err(folder(source).into()),
    }
}

fn taken(data: &Path) -> Error {
    #[derive(Deserialize)]
    struct Who {
        process: u32,
    }
    // Of another version only this may be understood.
    let who = text(data).and_then(|text| serde_json::from_str::<Who>(&text).ok());
    let process = who.map_or_else(String::new, |who| format!(" (process {})", who.process));
    Error::Taken { folder: data.to_owned(), process }
}

/// Looks before anything is made whether something else has the ports, so that a start in vain leaves no database behind.
///
/// # Errors
/// Another program listens there, or another server has the folder.
pub fn look_before(config: &Config) -> Result<(), Error> {
    let station_port = &config.station_port;
    let wanted = [
        (true, SocketAddr::new(config.address, config.port), ""),
        (station_port.enabled, SocketAddr::new(station_port.address, station_port.port), STATION_PORT),
    ];
    for (_, address, whose) in wanted.into_iter().filter(|(is_wanted, ..)| *is_wanted) {
        let Err(error) = TcpListener::bind(address) else { continue };
        if error.kind() == io::ErrorKind::AddrInUse {
            let lock = File::open(config.data.join(LOCK_FILE));
            return Err(match lock.map(|lock| lock.try_lock_shared()) {
                Ok(Err(TryLockError::WouldBlock)) => taken(&config.data),
                _ => Error::Serve { address, reason: cannot_listen(&error, whose) },
            });
        }
    }
    Ok(())
}

/// What an address is of, beside the front door.
pub(super) const STATION_PORT: &str = "the station port";
pub(super) const TEMPEST: &str = "the listener for WeatherFlow Tempest";

/// Why nobody can listen at an address, and what helps.
pub(super) fn cannot_listen(error: &io::Error, whose: &str) -> String {
    let key = match whose {
        STATION_PORT => "port of [station_port]",
        TEMPEST => "port of [tempest]",
        _ => "--port",
    };
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => format!("another program listens there; {key} takes another one"),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        io::ErrorKind::PermissionDenied => {
            format!("this user may not listen there; {key} takes another one, from 1024")
        }
        _ => error.to_string(),
    };
    if whose.is_empty() { why } else { format!("{whose}: {why}") }
}

/// When a server over a folder has begun.
pub fn began(data: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(data.join(LOCK_FILE)).ok()?.modified().ok()
}
