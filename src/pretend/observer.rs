//! The observer: it takes readings, writes reports and reads answers. It uses no clock and no network.

use super::client::{Answer, Outcome};
use super::climate::{Climate, Gauge};
use super::outbox::Outbox;
use super::plan::{Error, Plan};
use super::summary::Summary;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use std::time::Duration;
use weather::time::{MINUTE_MS, Timestamp};

/// Failures in a row after which a station with nothing left to measure gives up: half a minute.
const TRIES_MAX: u32 = 7;

/// The next post.
pub(super) struct Post {
    /// The times of the readings in it.
    pub(super) readings: Vec<Timestamp>,
    pub(super) body: String,
    /// The pause before it is sent.
    pub(super) pause: Duration,
}

/// A station's state between its beats.
pub(super) struct Observer {
    climate: Climate,
    gauge: Gauge,
    outbox: Outbox,
    /// Readings still to take; `None` = for ever.
    left: Option<u64>,
    last: Timestamp,
    /// Readings in the post that is under way.
    in_flight: u64,
    /// The pause before the next post.
    pause: Duration,
    gave_up: bool,
    progress: ProgressBar,
    summary: Summary,
}

impl Observer {
    /// An observer whose past, if it has one, ends at `now`.
    pub(super) fn new(plan: &Plan, now: Timestamp) -> Self {
        let back_ms = plan.fast_forward.map(|past| past.as_millis() as i64);
        let progress = match back_ms {
            Some(back_ms) if plan.progress => ProgressBar::new((back_ms / MINUTE_MS) as u64),
            _ => ProgressBar::hidden(),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} reports, {per_sec}, {eta} left") {
            progress.set_style(style);
        }
        Self {
            climate: Climate::new(plan.seed, plan.zone.clone(), plan.latitude, plan.elevation_m),
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

    /// True when the past is sent.
    pub(super) fn is_up_to_date(&self) -> bool {
        !self.outbox.has_past()
    }

    /// True while readings are to be taken.
    pub(super) fn measures(&self) -> bool {
        self.is_up_to_date() && self.left != Some(0)
    }

    /// True when nothing will be sent any more.
    pub(super) fn is_done(&self) -> bool {
        self.gave_up || self.is_up_to_date() && self.left == Some(0) && self.outbox.len() == 0
    }

    /// Takes a reading. A clock that was set back does not make two of one instant.
    pub(super) fn measure(&mut self, now: Timestamp) {
        self.last = now.max(self.last.plus(1));
        self.outbox.push(self.last);
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    /// The next post, if there is one.
    pub(super) fn next_post(&mut self, now: Timestamp) -> Option<Post> {
        if self.gave_up {
            return None;
        }
        let readings = self.outbox.take(now)?;
        self.in_flight = readings.len() as u64;
        let mut reports: Vec<Value> = readings.iter().map(|at| self.report(*at)).collect();
        let body = if reports.len() == 1 { reports.remove(0) } else { Value::Array(reports) };
        Some(Post { readings, body: body.to_string(), pause: std::mem::take(&mut self.pause) })
    }

    fn report(&mut self, at: Timestamp) -> Value {
        let values = self.climate.read(at, &mut self.gauge);
        let mut report = Map::from_iter([("observed_at".to_owned(), json!(at))]);
        report.extend(values.iter().map(|(quantity, value)| (quantity.name().to_owned(), json!(value))));
        Value::Object(report)
    }

    /// Takes the outcome of a post.
    pub(super) fn hear(&mut self, readings: Vec<Timestamp>, outcome: Outcome) -> Result<(), Error> {
        self.in_flight = 0;
        match outcome.status {
            Some(status) => {
                *self.summary.posts.entry(status).or_default() += 1;
                self.summary.answers.add(outcome.took);
            }
            None => self.summary.unanswered += 1,
        }
        let count = readings.len() as u64;
        match outcome.answer {
            Answer::Taken { stored, duplicate, warnings } => {
                self.outbox.done();
                self.progress.inc(count);
                if self.is_up_to_date() {
                    self.progress.finish_and_clear();
                }
                self.summary.stored += stored;
                self.summary.duplicate += duplicate;
                self.summary.warn(warnings);
            }
            Answer::Later { after, why } => {
                self.pause = self.outbox.again(readings, after);
                tracing::warn!(why, waiting = self.outbox.len(), pause = ?self.pause, "the server did not take it");
                self.summary.last_failure = Some(why);
                self.gave_up = self.outbox.failures() >= TRIES_MAX && !self.measures() && self.left.is_some();
            }
            Answer::TooBig => {
                if !self.outbox.halve(readings) {
                    self.refuse(count, "413: one report is too large".to_owned());
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

    /// The summary at the end.
    pub(super) fn finish(mut self, elapsed: Duration) -> Summary {
        self.progress.finish_and_clear();
        self.summary.unsent = self.outbox.len() as u64 + self.in_flight;
        self.summary.pushed_out = self.outbox.pushed_out();
        self.summary.elapsed = elapsed;
        self.summary
    }
}
