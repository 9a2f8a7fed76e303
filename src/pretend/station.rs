//! The pretend station: its plan, and its work by the clock.

use super::client::{Client, Outcome};
use super::climate::LATITUDE_DEFAULT;
use super::observer::{Observer, Post};
use super::summary::Summary;
use crate::weather::time::Timestamp;
use chrono_tz::Tz;
use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// What a pretend station does.
#[derive(Clone)]
pub struct Plan {
    /// The server: `http://127.0.0.1:8000`.
    pub url: String,
    /// The station's key.
    pub key: String,
    /// Which weather; the same seed gives the same.
    pub seed: u64,
    /// The zone in whose local day rain is counted; its standard time also says when the sun rises.
    pub zone: Tz,
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

/// Shorter pauses between readings are a load test: the lab has a better one.
pub const EVERY_MIN: Duration = Duration::from_millis(10);
/// A server believes a clock that is up to 366 days behind; one day stays for the journey.
pub const FAST_FORWARD_MAX: Duration = Duration::from_secs(365 * 86_400);
impl Plan {
    /// A plan with the defaults: a reading every 5 s until shutdown, in Berlin, at sea level, no past.
    pub fn new(url: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            key: key.into(),
            seed: 1,
            zone: Tz::Europe__Berlin,
            latitude: LATITUDE_DEFAULT,
            elevation_m: 0.0,
            every: Duration::from_secs(5),
            count: None,
            fast_forward: None,
            progress: false,
        }
    }

    fn check(&self) -> Result<(), Error> {
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
    Url {
        /// As it was given.
        given: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An https address.
    #[error("{0} asks for TLS, which this program does not speak: use the http:// address behind the proxy")]
    NoTls(String),
    /// Below [`EVERY_MIN`].
    #[error("every {} is too often for a station: at least {}",
        humantime::format_duration(*.0), humantime::format_duration(EVERY_MIN))]
    TooOften(Duration),
    /// Beyond [`FAST_FORWARD_MAX`].
    #[error("{} back is too far, servers believe a year: at most {}",
        humantime::format_duration(*.0), humantime::format_duration(FAST_FORWARD_MAX))]
    TooFarBack(Duration),
    /// The server does not take this key.
    #[error("{door} answered {status}: the server does not know this key; `stevenson station new-key` makes a new one")]
    KeyRefused {
        /// Where it was posted.
        door: String,
        /// 401 or 403.
        status: u16,
    },
    /// Something else answers at the address.
    #[error("{door} answered {status}: there is no Stevenson at this address")]
    NoDoor {
        /// Where it was posted.
        door: String,
        /// 404 or 405.
        status: u16,
    },
    /// The server is elsewhere.
    #[error("{door} redirects to {to}: use that address")]
    Redirected {
        /// Where it was posted.
        door: String,
        /// Where to.
        to: String,
    },
    /// The HTTP client cannot be made, or the key cannot be put into a header.
    #[error("cannot make the request")]
    Client(#[source] reqwest::Error),
}

/// Runs a pretend station until its plan is done or `shutdown` completes.
///
/// The past goes first, in batches; then a reading is taken every `plan.every` by the clock, also while the server is
/// away: such readings are kept and sent in batches afterwards. A station that still measures never gives up; one that
/// has nothing left to measure gives up after half a minute of failures (`unsent` in the summary says so).
/// An error means that no report of this station can ever be taken.
pub async fn run(plan: Plan, shutdown: impl Future<Output = ()>) -> Result<Summary, Error> {
    plan.check()?;
    let client = Client::new(&plan.url, &plan.key)?;
    let started = Instant::now();
    let mut observer = Observer::new(&plan, now());
    let mut shutdown = pin!(shutdown);
    let mut under_way = pin!(Fuse::terminated());
    let mut clock = None;

    loop {
        if under_way.is_terminated()
            && let Some(post) = observer.next_post(now())
        {
            under_way.set(send(&client, post).fuse());
        }
        if observer.is_up_to_date() && clock.is_none() {
            let mut ticks = interval(plan.every);
            // The phase stays, so the station does not drift; a beat that was slept through is gone.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            clock = Some(ticks);
        }
        if under_way.is_terminated() && observer.is_done() {
            break;
        }
        let beat = async {
            match &mut clock {
                Some(clock) => clock.tick().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            _ = beat, if observer.measures() => observer.measure(now()),
            (readings, outcome) = &mut under_way => observer.hear(readings, outcome)?,
        }
    }
    Ok(observer.finish(started.elapsed()))
}

/// Sends a post after its pause. The readings are handed back with the outcome.
async fn send(client: &Client, post: Post) -> (Vec<Timestamp>, Outcome) {
    if !post.pause.is_zero() {
        sleep(post.pause).await;
    }
    (post.readings, client.post(post.body).await)
}

/// The only place where the pretend station reads the clock.
fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
