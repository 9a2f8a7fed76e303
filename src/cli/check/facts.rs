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
    /// The data folder and the files in it that are there, the folder first; none if it is no folder.
    pub data_files: Vec<FileFact>,
    /// The configuration's file.
    pub file: Option<ConfigFile>,
    /// Which database it is.
    pub database: String,
    /// Whether it is a file in the data folder, and no PostgreSQL.
    pub is_file: bool,
    /// What is in it; else why it could not be looked at.
    pub inspection: Result<Inspection, String>,
    pub disk: Option<Disk>,
    pub files: Files,
    pub server: Server,
    /// Whether a server has to run.
    pub must_run: bool,
    /// The address at which a server would find another program.
    pub taken: Option<SocketAddr>,
    pub zones: Source,
    pub limits: Limits,
    pub exposure: Exposure,
}

/// Whether a server runs over the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// It does.
    Runs(Process),
    Rests,
    /// The system does not tell.
    Unknown,
}

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub number: u32,
    /// What it says of itself; it may be of a version that says nothing.
    pub told: Option<Told>,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub version: String,
    pub http: SocketAddr,
    pub file: Option<PathBuf>,
    pub began: Option<Timestamp>,
}

/// A file or a folder.
#[derive(Debug, Clone)]
pub(super) struct FileFact {
    pub path: PathBuf,
    pub is_folder: bool,
    pub mode: u32,
    pub owner: u32,
    pub owner_named: String,
    pub group: u32,
}

/// The configuration's file.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub file: FileFact,
    /// Keys in the configuration whose values nobody else may know.
    pub has_secrets: bool,
}

/// The disk under the data folder, bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disk {
    /// What this user may still fill.
    pub free: u64,
    /// Whether nobody may write to it.
    pub is_read_only: bool,
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
    pub station_share_bytes: u64,
    pub max_connections: u64,
    /// Connections that a server has to a PostgreSQL.
    pub to_database: u64,
}

/// Who may reach the server.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    pub address: SocketAddr,
    pub has_proxies: bool,
    /// Whether each trusted proxy is on this machine.
    pub are_proxies_local: bool,
    /// Whether a trusted proxy is on this machine.
    pub is_here_trusted: bool,
    pub has_hosts: bool,
    pub enrols: bool,
    /// Whether every address is a trusted proxy's.
    pub are_all_trusted: bool,
    pub are_metrics_for_all: bool,
    /// How long the token for the metrics is; 0: there is none.
    pub token_chars: usize,
    pub station_port: Option<SocketAddr>,
}
