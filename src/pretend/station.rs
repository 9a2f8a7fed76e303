//! The pretend station at work: measures by the clock, posts, and keeps what the server did not confirm.

use super::client::{Answer, Client, Outcome};
use super::climate::{Climate, Gauge, LATITUDE_DEFAULT};
use super::outbox::Outbox;
use super::summary::Summary;
use crate::weather::time::Timestamp;
use chrono_tz::Tz;
use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
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
/// Failures in a row after which a station with nothing left to measure gives up: half a minute.
const TRIES_MAX: u32 = 7;

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
    let mut station = Station::new(&plan, now());
    let mut shutdown = pin!(shutdown);
    let mut under_way = pin!(Fuse::terminated());
    let mut clock = None;

    loop {
        if under_way.is_terminated()
            && let Some((batch, body)) = station.next_post()
        {
            under_way.set(post(&client, station.pause, batch, body).fuse());
        }
        if !station.outbox.has_past() && clock.is_none() {
            station.progress.finish_and_clear();
            let mut ticks = interval(plan.every);
            // The phase stays, so the station does not drift; a beat that was slept through is gone.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            clock = Some(ticks);
        }
        let measuring = station.measures();
        if under_way.is_terminated() && (station.gave_up || !measuring && clock.is_some()) {
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
            _ = beat, if measuring => station.measure(now()),
            (batch, outcome) = &mut under_way => station.hear(batch, outcome)?,
        }
    }
    Ok(station.finish(started.elapsed()))
}

/// Posts after a pause. The readings are handed back with the outcome.
async fn post(client: &Client, pause: Duration, batch: Vec<Timestamp>, body: String) -> (Vec<Timestamp>, Outcome) {
    if !pause.is_zero() {
        sleep(pause).await;
    }
    (batch, client.post(body).await)
}

struct Station {
    climate: Climate,
    gauge: Gauge,
    outbox: Outbox,
    /// Readings still to take; `None` = for ever.
    left: Option<u64>,
    last: Timestamp,
    /// Readings in the post that is under way.
    in_flight: u64,
    /// How long the next post waits.
    pause: Duration,
    gave_up: bool,
    progress: ProgressBar,
    summary: Summary,
}

impl Station {
    fn new(plan: &Plan, now: Timestamp) -> Self {
        let back_ms = plan.fast_forward.map(|past| past.as_millis() as i64);
        let progress = match back_ms {
            Some(back_ms) if plan.progress => ProgressBar::new((back_ms / crate::weather::time::MINUTE_MS) as u64),
            _ => ProgressBar::hidden(),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} reports, {per_sec}, {eta} left") {
            progress.set_style(style);
        }
        Self {
            climate: Climate::new(plan.seed, plan.zone, plan.latitude, plan.elevation_m),
            gauge: Gauge::default(),
            outbox: Outbox::new(back_ms.map(|back_ms| now.plus(-back_ms))),
            left: plan.count,
            last: Timestamp(i64::MIN),
            in_flight: 0,
            pause: Duration::ZERO,
            gave_up: false,
            progress,
            summary: Summary::default(),
        }
    }

    fn measures(&self) -> bool {
        !self.outbox.has_past() && self.left != Some(0)
    }

    /// Takes a reading. A clock that was set back does not make two of one instant.
    fn measure(&mut self, now: Timestamp) {
        self.last = now.max(self.last.plus(1));
        self.outbox.push(self.last);
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    fn next_post(&mut self) -> Option<(Vec<Timestamp>, String)> {
        if self.gave_up {
            return None;
        }
        let batch = self.outbox.take(now())?;
        self.in_flight = batch.len() as u64;
        let mut reports: Vec<Value> = batch.iter().map(|at| self.report(*at)).collect();
        let body = if reports.len() == 1 { reports.remove(0) } else { Value::Array(reports) };
        Some((batch, body.to_string()))
    }

    fn report(&mut self, at: Timestamp) -> Value {
        let values = self.climate.read(at, &mut self.gauge);
        let mut report = Map::from_iter([("observed_at".to_owned(), json!(at))]);
        report.extend(values.iter().map(|(quantity, value)| (quantity.name().to_owned(), json!(value))));
        Value::Object(report)
    }

    fn hear(&mut self, batch: Vec<Timestamp>, outcome: Outcome) -> Result<(), Error> {
        self.in_flight = 0;
        self.pause = Duration::ZERO;
        match outcome.status {
            Some(status) => {
                *self.summary.posts.entry(status).or_default() += 1;
                self.summary.answers.add(outcome.took);
            }
            None => self.summary.unanswered += 1,
        }
        let count = batch.len() as u64;
        match outcome.answer {
            Answer::Taken { stored, duplicate, warnings } => {
                self.outbox.done();
                self.progress.inc(count);
                self.summary.stored += stored;
                self.summary.duplicate += duplicate;
                self.summary.warn(warnings);
            }
            Answer::Later { after, why } => {
                self.pause = self.outbox.again(batch, after);
                tracing::warn!(why, waiting = self.outbox.len(), pause = ?self.pause, "the server did not take it");
                self.summary.last_failure = Some(why);
                self.gave_up = self.outbox.failures() >= TRIES_MAX && !self.measures() && self.left.is_some();
            }
            Answer::TooBig => {
                if !self.outbox.halve(batch) {
                    self.refuse(count, "413: one report is too big".to_owned());
                }
            }
            Answer::Refused(why) => self.refuse(count, why),
            Answer::Stop(error) => return Err(error),
        }
        Ok(())
    }

    fn refuse(&mut self, count: u64, why: String) {
        tracing::warn!(why, count, "the server refused it");
        self.outbox.done();
        self.progress.inc(count);
        self.summary.refused += count;
        self.summary.last_failure = Some(why);
    }

    fn finish(mut self, elapsed: Duration) -> Summary {
        self.progress.finish_and_clear();
        self.summary.unsent = self.outbox.len() as u64 + self.in_flight;
        self.summary.pushed_out = self.outbox.pushed_out();
        self.summary.elapsed = elapsed;
        self.summary
    }
}

/// The only place where the pretend station reads the clock.
fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
