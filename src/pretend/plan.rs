//! A pretend station's plan, and the errors that end it.

use super::climate::LATITUDE_DEFAULT;
use std::time::Duration;
use weather::zone::Zone;

/// The plan of a pretend station.
#[derive(Clone)]
pub struct Plan {
    /// The server: `http://127.0.0.1:8000`.
    pub url: String,
    /// The station's key.
    pub key: String,
    /// The weather's seed: the same seed gives the same weather.
    pub seed: u64,
    /// The zone in whose local day rain is counted; its standard time also says when the sun rises.
    pub zone: Zone,
    /// Degrees north.
    pub latitude: f64,
    /// Height of the ground above mean sea level, metres.
    pub elevation_m: f64,
    /// Time between two readings, at least [`EVERY_MIN`].
    pub every: Duration,
    /// Live readings to take; `None` goes on until shutdown, `Some(0)` stops after the past was sent.
    pub count: Option<u64>,
    /// Sends this much of the past first, a report a minute, at most [`FAST_FORWARD_MAX`].
    pub fast_forward: Option<Duration>,
    /// Shows a progress bar on standard error while the past is sent.
    pub progress: bool,
}

/// Shorter intervals would test the server; `stevenson lab drive` does that better.
pub const EVERY_MIN: Duration = Duration::from_millis(10);
/// A server believes clocks up to 366 days behind. One day is left for the posts' way.
pub const FAST_FORWARD_MAX: Duration = Duration::from_secs(365 * 86_400);
impl Plan {
    /// A plan with the defaults: a reading every 5 s until shutdown, in Berlin, at sea level, no past.
    pub fn new(url: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            key: key.into(),
            seed: 1,
            zone: Zone::inside("Europe/Berlin").unwrap_or(Zone::UTC),
            latitude: LATITUDE_DEFAULT,
            elevation_m: 0.0,
            every: Duration::from_secs(5),
            count: None,
            fast_forward: None,
            progress: false,
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.every < EVERY_MIN {
            return Err(Error::TooOften(self.every));
        }
        match self.fast_forward {
            Some(past) if past > FAST_FORWARD_MAX => Err(Error::TooFarBack(past)),
            _ => Ok(()),
        }
    }
}

/// Why a pretend station cannot work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not an address.
    #[error("{given:?} is not the address of a server: {reason}")]
    Url { given: String, reason: String },
    /// An https address.
    #[error("{0} needs TLS, which this command does not support: use the http:// address behind the proxy")]
    NoTls(String),
    /// Below [`EVERY_MIN`].
    #[error("a post every {} is too often: the shortest interval is {}",
        humantime::format_duration(*.0), humantime::format_duration(EVERY_MIN))]
    TooOften(Duration),
    /// Beyond [`FAST_FORWARD_MAX`].
    #[error("{} days back is too far: the most is {} days",
        .0.as_secs() / 86_400, FAST_FORWARD_MAX.as_secs() / 86_400)]
    TooFarBack(Duration),
    /// The server does not take this key.
    #[error("{door} answered {status}: the server does not know this key; `stevenson station new-key` makes a new one")]
    KeyRefused { door: String, status: u16 },
    /// Something else answers at the address.
    #[error("{door} answered {status}: there is no Stevenson at this address")]
    NoDoor { door: String, status: u16 },
    /// The server is elsewhere.
    #[error("{door} redirects to {to}: use that address")]
    Redirected { door: String, to: String },
    /// The HTTP client cannot be made, or the key does not fit into a header.
    #[error("cannot make the request")]
    Client(#[source] reqwest::Error),
}
