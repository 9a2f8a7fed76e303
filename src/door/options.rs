//! The front door's knobs.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Knobs of the front door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Most connections at once. Fewer, if the system lets this process open fewer files. When all places are taken, a
    /// newcomer makes connections go that wait without a request: the older half of those that never had one, or, if there
    /// are none, the older half of those that had one, 32 at most. If all have a request, the newcomer is sent away.
    pub max_connections: usize,
    /// Most connections at once from one address (IPv6: from one /64). This machine and trusted proxies have no such limit,
    /// because they speak for many. A school behind one address has room for a hundred browsers.
    pub address_max_connections: usize,
    /// The longest time from a request's first byte to the end of its head, seconds; a new connection has as long for its
    /// first head.
    pub head_limit_s: u32,
    /// The longest time that a connection stays open between requests, seconds. Browsers and proxies keep theirs for about a
    /// minute.
    pub idle_limit_s: u32,
    /// The longest time in which a client takes one answer, seconds. A client that reads more slowly is cut off.
    pub write_limit_s: u32,
    /// The longest time that a page is still made for a client that has closed its side, seconds: some clients do so and
    /// still read, but most have left.
    pub half_closed_limit_s: u32,
    /// Writes a line to the log for each answered request: from where, what, the status, bytes, milliseconds. Keys and passwords
    /// in addresses are masked. Off, because an open page sends a request every few seconds.
    pub access_log: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            address_max_connections: 1_200,
            head_limit_s: 10,
            idle_limit_s: 75,
            write_limit_s: 60,
            half_closed_limit_s: 2,
            access_log: false,
        }
    }
}

impl Options {
    /// The grace for a client that has closed its side.
    pub(crate) fn half_closed(&self) -> Duration {
        Duration::from_secs(self.half_closed_limit_s.into())
    }
}
