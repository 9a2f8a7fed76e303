//! What a check has found out, before anything is judged.

use std::net::SocketAddr;
use std::path::PathBuf;
use stevenson::storage::Inspection;
use stevenson::storage::zones::Source;
use weather::time::Timestamp;

/// Everything that is judged.
#[derive(Debug)]
pub(super) struct Facts {
    pub now: Timestamp,
    /// What the clock's keeper says; `None`: nobody here says it.
    pub is_clock_set: Option<bool>,
    /// The data folder and the files in it that are there, with their modes.
    pub modes: Vec<(PathBuf, u32)>,
    /// The configuration's file.
    pub file: Option<ConfigFile>,
    /// The database's file.
    pub database: PathBuf,
    /// What is in it; else why it could not be looked at.
    pub inspection: Result<Inspection, String>,
    pub disk: Option<Disk>,
    pub files: Files,
    pub server: Server,
    pub zones: Source,
    pub limits: Limits,
    pub exposure: Exposure,
}

/// Whether a server runs over the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// It does, as this process.
    Runs(u32),
    Rests,
    /// The system does not tell.
    Unknown,
}

/// The configuration's file.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub path: PathBuf,
    pub mode: u32,
    /// Keys in the configuration whose values nobody else may know.
    pub has_secrets: bool,
}

/// The disk under the data folder, bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disk {
    /// What this user may still fill.
    pub free: u64,
}

/// How many files a process may have open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files {
    pub limit: Option<u64>,
    /// Whether it is the running server that they are counted of, and not this command.
    pub is_of_server: bool,
}

/// Knobs that something is measured against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub max_database_bytes: u64,
    pub max_connections: u64,
}

/// Who may reach the server.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    pub address: SocketAddr,
    pub has_proxies: bool,
    /// Whether each trusted proxy is on this machine.
    pub are_proxies_local: bool,
    pub has_hosts: bool,
    pub enrols: bool,
}
