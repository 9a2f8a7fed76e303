//! Where an alert stands, and what a reading or the passing of time does to it.
//!
//! Readings count in the order of their time of observation, each once: a reading that is not newer than the newest
//! one that counted is ignored. So repeated and late readings never ring.

use super::rule::{Beyond, Rule};
use serde::{Deserialize, Serialize};
use weather::freshness;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::{MINUTE_MS, Timestamp};

/// What a station says at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// When it was observed, or committed if that is earlier: a clock that runs ahead must not hide what follows.
    pub at: Timestamp,
    /// Canonical values.
    pub values: Vec<(SensorName, Quantity, f64)>,
}

impl Reading {
    fn value(&self, sensor: &SensorName, quantity: Quantity) -> Option<f64> {
        self.values.iter().find(|(s, q, _)| s == sensor && *q == quantity).map(|(.., value)| *value)
    }
}

/// What may move an alert.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A reading.
    Reading(&'a Reading),
    /// Time has passed.
    Tick {
        /// A station is silent after this, ms.
        silent_after_ms: i64,
        /// Nobody listened before: silence counts from here.
        since: Timestamp,
    },
}

/// From when it rings until it is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// When it began; of silence, the last report.
    pub began_at: Timestamp,
    /// The value that rang.
    pub began: f64,
    /// The worst value; of rain, how much fell, mm.
    pub worst: f64,
    /// When that was; of rain, when it was last wet.
    pub worst_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// True once the visitor has been told that it began.
    #[serde(default)]
    pub told: bool,
}

/// Where an alert stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertState {
    /// The newest reading that counted.
    pub seen: Option<Timestamp>,
    /// Its value; of rain, the gauge's counter, mm.
    pub value: Option<f64>,
    /// It rings.
    pub ringing: Option<Episode>,
    /// The value is back on the quiet side since then, though not long enough.
    pub back_since: Option<Timestamp>,
    /// Episodes that are over and that the visitor has not heard of, oldest first; at most [`UNTOLD_MAX`].
    pub untold: Vec<Episode>,
    /// How many more were dropped from its front.
    pub dropped: u32,
}

/// Most episodes that wait for a visitor: nobody wants to hear more, and memory is bounded.
pub const UNTOLD_MAX: usize = 5;

/// Dry for so long, and the rain is over, ms: a shower's pauses are shorter.
pub const DRY_MS: i64 = 30 * MINUTE_MS;
/// A tipping bucket counts at least 0.1 mm; less is a rounding error of inches.
pub const WET_MM: f64 = 0.05;

/// Something to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It began: `ringing` says what.
    Began,
    /// It ended: the last of `untold` says what.
    Ended,
}

impl AlertState {
    /// The state of a new alert: it knows the newest reading. A value that is beyond the limit already does not ring;
    /// the confirmation says so.
    pub fn new(rule: &Rule, newest: &Reading, created_at: Timestamp) -> Self {
        let (mut state, _) = Self::default().feed(rule, Input::Reading(newest), newest.at);
        if let Some(ringing) = &mut state.ringing {
            ringing.told = true;
        }
        if *rule == Rule::Silence {
            state.seen = state.seen.max(Some(newest.at)).or(Some(created_at));
        }
        state
    }

    /// What an input makes of it. `now` is when the input came: a reading's commit, the clock at a tick.
    pub fn feed(mut self, rule: &Rule, input: Input<'_>, now: Timestamp) -> (Self, Option<Event>) {
        let event = match (rule, input) {
            (Rule::Beyond(rule), Input::Reading(reading)) => self.beyond(rule, reading),
            (Rule::Rain { sensor }, Input::Reading(reading)) => self.rain(sensor, reading),
            (Rule::Silence, Input::Reading(reading)) => self.heard(reading, now),
            (Rule::Silence, Input::Tick { silent_after_ms, since }) => self.silent(silent_after_ms, since, now),
            (_, Input::Tick { .. }) => None,
        };
        (self, event)
    }

    /// True if a reading of that time counts; then nothing older does any more.
    fn counts(&mut self, at: Timestamp) -> bool {
        let newer = self.seen.is_none_or(|seen| at > seen);
        if newer {
            self.seen = Some(at);
        }
        newer
    }

    fn beyond(&mut self, rule: &Beyond, reading: &Reading) -> Option<Event> {
        let value = reading.value(&rule.sensor, rule.quantity)?;
        if !self.counts(reading.at) {
            return None;
        }
        self.value = Some(value);
        let Some(episode) = &mut self.ringing else {
            return rule.rings(value).then(|| self.begin(reading.at, value));
        };
        if rule.is_worse(value, episode.worst) {
            (episode.worst, episode.worst_at) = (value, reading.at);
        }
        // A value must be back so far and so long before its alert may ring again: hovering at a limit rings once.
        let hysteresis = rule.quantity.hysteresis();
        if !rule.is_back(value, hysteresis.margin) {
            self.back_since = None;
            return None;
        }
        let since = *self.back_since.get_or_insert(reading.at);
        (reading.at.since(since) >= hysteresis.hold_ms).then(|| self.end(since)).flatten()
    }

    fn rain(&mut self, sensor: &SensorName, reading: &Reading) -> Option<Event> {
        let counter = reading.value(sensor, Quantity::Precipitation);
        let rate = reading.value(sensor, Quantity::PrecipitationRate);
        if counter.or(rate).is_none() || !self.counts(reading.at) {
            return None;
        }
        // A counter that falls starts anew, at midnight; the first one says nothing about now.
        let fell = counter.zip(self.value).map_or(0.0, |(now, before)| (now - before).max(0.0));
        let fell = if fell >= WET_MM { fell } else { 0.0 };
        if fell > 0.0 || counter.zip(self.value).is_none_or(|(now, before)| now < before) {
            self.value = counter.or(self.value);
        }
        let wet = fell > 0.0 || rate.is_some_and(|rate| rate > 0.0);
        match &mut self.ringing {
            None if wet => {
                let event = self.begin(reading.at, fell);
                Some(event)
            }
            None => None,
            Some(episode) if wet => {
                episode.worst += fell;
                episode.worst_at = reading.at;
                None
            }
            Some(episode) => {
                let wet_at = episode.worst_at;
                (reading.at.since(wet_at) >= DRY_MS).then(|| self.end(wet_at)).flatten()
            }
        }
    }

    /// Something was heard; only what is not old by itself ends a silence.
    fn heard(&mut self, reading: &Reading, now: Timestamp) -> Option<Event> {
        if !self.counts(reading.at) || now.since(reading.at) > freshness::offline_after_ms(None) {
            return None;
        }
        self.end(reading.at)
    }

    fn silent(&mut self, silent_after_ms: i64, since: Timestamp, now: Timestamp) -> Option<Event> {
        let heard = self.seen.unwrap_or(since);
        let silent = now.since(heard.max(since)) > silent_after_ms;
        (silent && self.ringing.is_none()).then(|| self.begin(heard, 0.0))
    }

    fn begin(&mut self, at: Timestamp, value: f64) -> Event {
        self.back_since = None;
        self.ringing =
            Some(Episode { began_at: at, began: value, worst: value, worst_at: at, ended_at: None, told: false });
        Event::Began
    }

    fn end(&mut self, at: Timestamp) -> Option<Event> {
        self.back_since = None;
        let episode = Episode { ended_at: Some(at), ..self.ringing.take()? };
        if self.untold.len() >= UNTOLD_MAX {
            self.untold.remove(0);
            self.dropped = self.dropped.saturating_add(1);
        }
        self.untold.push(episode);
        Some(Event::Ended)
    }

    /// True if the visitor has not heard everything.
    pub fn is_due(&self) -> bool {
        !self.untold.is_empty() || self.ringing.as_ref().is_some_and(|episode| !episode.told)
    }

    /// The visitor has heard everything.
    pub fn told(&mut self) {
        self.untold.clear();
        self.dropped = 0;
        if let Some(episode) = &mut self.ringing {
            episode.told = true;
        }
    }
}

#[cfg(test)]
mod tests;
