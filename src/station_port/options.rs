//! The station port's knobs.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// Knobs of the station port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Opens the port. It is off unless asked for: only some consoles need it.
    pub enabled: bool,
    /// The address to listen on. Who opens the port has consoles in the network, so the default is every address of this
    /// machine.
    pub address: IpAddr,
    /// The port to listen on; 0 picks a free one.
    pub port: u16,
    /// Largest head of an upload: the request line with its pairs, and the headers.
    pub head_limit_kib: u32,
    /// Largest body of an upload.
    pub body_limit_kib: u32,
    /// The longest time that an upload may take to come. Consoles give up after some ten seconds, too.
    pub read_limit_s: u32,
    /// Most connections at once. Each takes as much memory as a head and a body.
    pub max_connections: usize,
    /// Most connections at once from one address (IPv6: from one /64). This machine has no such limit.
    pub address_max_connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enabled: false,
            address: Ipv4Addr::UNSPECIFIED.into(),
            port: 8090,
            head_limit_kib: 8,
            body_limit_kib: 64,
            read_limit_s: 10,
            max_connections: 256,
            address_max_connections: 32,
        }
    }
}

impl Options {
    pub(super) fn limits(&self) -> super::request::Limits {
        let bytes = |kib: u32| kib as usize * 1_024;
        super::request::Limits { head_bytes: bytes(self.head_limit_kib), body_bytes: bytes(self.body_limit_kib) }
    }

    pub(super) fn read_limit(&self) -> Duration {
        Duration::from_secs(self.read_limit_s.into())
    }
}
