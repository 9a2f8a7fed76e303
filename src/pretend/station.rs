//! The pretend station at work: measures by the clock, posts, and keeps what the server did not confirm.

use super::client::{Answer, Client, Outcome};
use super::climate::{Climate, Gauge};
use super::outbox::Outbox;
use super::plan::{Error, Plan};
use super::summary::Summary;
use crate::weather::time::Timestamp;
use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Failures in a row after which a station with nothing left to measure gives up: half a minute.
const TRIES_MAX: u32 = 7;

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
