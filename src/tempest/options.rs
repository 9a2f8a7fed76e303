//! The listener's knobs.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};

/// Knobs of the listener for WeatherFlow Tempest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Listens to what hubs broadcast. It is off unless asked for: few have one.
    pub enabled: bool,
    /// The address to listen on. Broadcasts reach only a listener on every address.
    pub address: IpAddr,
    /// The port to listen on. Hubs know only this one.
    pub port: u16,
    /// Stores the wind of each moment, which comes every three seconds; the mean wind of each minute is stored in any case. It makes
    /// pages move, and takes about 1 MiB a day.
    pub rapid_wind: bool,
    /// Most datagrams that wait to be stored. A hub sends about one a second.
    pub queue_messages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enabled: false,
            address: Ipv4Addr::UNSPECIFIED.into(),
            port: 50_222,
            rapid_wind: true,
            queue_messages: 256,
        }
    }
}
