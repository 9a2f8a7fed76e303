//! Why there is no measurement.

use super::wire::Answer;
use std::io;
use std::time::Duration;

/// What ends a measurement.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A number is out of its limits.
    #[error("{what} must be 1 to {max}, not {given}")]
    Limit {
        /// What is out of its limits.
        what: &'static str,
        /// The highest.
        max: u64,
        /// What was given.
        given: u64,
    },
    /// News come more rarely than never, or too often.
    #[error("readings a second must be above 0 and at most {max}, not {0}", max = super::NEWS_PER_S_MAX)]
    Pace(f64),
    /// nchan stores nothing, and InfluxDB has no trucks.
    #[error("nchan can be asked to park and to deliver, InfluxDB to post")]
    NotThatPeer,
    /// There is no key to post with.
    #[error("needs the key of a station to post for")]
    NoKey,
    /// Pages watch stations by their names.
    #[error("give keys with the stations' slugs: town-hall=stv_…")]
    NoName,
    /// Not an address.
    #[error("{0:?} is not the http:// address of a server")]
    Url(String),
    /// The address is another machine's.
    #[error("{0} is not this machine: a load generator is for loopback addresses only")]
    NotLoopback(String),
    /// A connection could not be made.
    #[error("cannot open connection {number} (if files ran out: `ulimit -n` raises the limit, also for the server)")]
    Connect {
        /// Which connection, counted from 1.
        number: usize,
        /// Why it could not be made.
        #[source]
        source: io::Error,
    },
    /// A connection broke, or did not speak HTTP.
    #[error("the connection to the server broke")]
    Wire(#[from] io::Error),
    /// The server answered something that ends the measurement.
    #[error("{what} was answered with {status}: {text}")]
    Answer {
        /// What was sent.
        what: &'static str,
        /// The status.
        status: u16,
        /// The beginning of the body.
        text: String,
    },
    /// Earlier runs took all times near the clock.
    #[error("an earlier run took this station's times of the next minutes: wait, or post for another station")]
    NoFreshTimes,
    /// It took longer than it possibly should.
    #[error("not finished after {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The server's process cannot be read.
    #[error("cannot read {path}")]
    Process {
        /// The file below `/proc`.
        path: String,
        /// Why it cannot be read.
        #[source]
        source: io::Error,
    },
}

/// An answer that ends the measurement.
pub(super) fn unexpected(what: &'static str, answer: &Answer<'_>) -> Error {
    let text = String::from_utf8_lossy(answer.body).chars().take(300).collect();
    Error::Answer { what, status: answer.status, text }
}
