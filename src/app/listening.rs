//! What the program says of itself once it listens.

use crate::storage;
use std::net::SocketAddr;

/// Where the program listens, and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// The front door.
    pub http: SocketAddr,
    /// The station port, if it was asked for.
    pub station_port: Option<SocketAddr>,
    /// Where the rules of time zones come from.
    pub zones: storage::zones::Source,
    /// Whether devices that are no station's wait to be claimed.
    pub enrols: bool,
    /// How many stations there are.
    pub stations: usize,
    /// Whether the owner has a password.
    pub has_password: bool,
    /// Most connections at once.
    pub max_connections: usize,
    /// So many files the system lets this process open.
    pub open_files: u64,
}
