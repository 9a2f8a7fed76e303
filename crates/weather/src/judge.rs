//! Quality control: each value is judged by those before it, and by what was measured beside it.
//!
//! A step may be a spike or a front. The value after it tells: a spike returns, a front stays. Until then the step is
//! suspect. Nothing is judged across a gap.

use crate::mark::Reason;
use crate::quantity::Quantity;
use crate::time::{HOUR_MS, MINUTE_MS, Timestamp};
use crate::values::Values;

/// Values that lie further apart say nothing about each other, ms: stations that report once an hour are late at times.
pub const GAP_MAX_MS: i64 = 90 * MINUTE_MS;
/// So many readings at least show that a sensor is frozen: of whole degrees once an hour, a dozen may be the same.
const FROZEN_READINGS: u32 = 24;
/// A dew point may be so much above the temperature, °C: both are rounded.
const DEW_POINT_ABOVE: f64 = 0.5;
/// A gust may be so much below the mean wind, m/s.
const GUST_BELOW: f64 = 0.5;
/// Rain that falls through drier air is suspect, %.
const RAIN_HUMIDITY: f64 = 60.0;
/// Air that is as moist stays so for hours, %.
const FOG_HUMIDITY: f64 = 95.0;
/// A vane turns if the wind is stronger, m/s.
const VANE_WIND: f64 = 1.5;

/// A value and when it was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// Canonical unit.
    pub value: f64,
}

/// What the next value says of a step that waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It stayed, as fronts do: the value counts.
    Stayed,
    /// It returned: a spike.
    Returned,
    /// The next value came too late to tell. It stays suspect.
    Unknown,
}

/// What the next value of a datastream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Of the step that waited, if there was one.
    pub waiting: Option<Settled>,
    /// True if it is a step itself.
    pub is_step: bool,
}

/// Judges the next value by the last good one, and by the step that waits since.
pub fn step(quantity: Quantity, good: Option<Reading>, waiting: Option<Reading>, next: Reading) -> Outcome {
    let is_near = |before: Reading| (1..=GAP_MAX_MS).contains(&next.at.since(before.at));
    let steps_from = |before: Reading| {
        is_near(before)
            && threshold(quantity, next.at.since(before.at))
                .is_some_and(|most| (next.value - before.value).abs() > most)
    };
    let is_step = good.is_some_and(steps_from);
    let Some(step) = waiting else { return Outcome { waiting: None, is_step } };
    if !is_near(step) {
        return Outcome { waiting: Some(Settled::Unknown), is_step };
    }
    if !steps_from(step) {
        return Outcome { waiting: Some(Settled::Stayed), is_step: false };
    }
    let went_on = good.is_some_and(|good| (step.value > good.value) == (next.value > step.value));
    if went_on {
        return Outcome { waiting: Some(Settled::Stayed), is_step: true };
    }
    Outcome { waiting: Some(Settled::Returned), is_step }
}

/// The largest change that is no step, within so long: the one of a minute, times the square root of the minutes up to an hour.
/// It is never less than that of a minute, which is about what sensors and rounding do by themselves.
fn threshold(quantity: Quantity, ms: i64) -> Option<f64> {
    let minutes = ms.clamp(MINUTE_MS, HOUR_MS) as f64 / MINUTE_MS as f64;
    quantity.change().step.map(|step| step * minutes.sqrt())
}

/// A value that has not changed for some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    value: f64,
    since: Timestamp,
    last: Timestamp,
    readings: u32,
}

impl Held {
    /// What is held after the next reading. `beside`: what the sensor measured at the same instant. `None` where nothing is to
    /// be learnt from a value that stays: fog, a calm, a vane in little wind, a sensor that tells whole degrees.
    pub fn after(before: Option<Self>, quantity: Quantity, next: Reading, beside: &Values) -> Option<Self> {
        quantity.change().unchanged_ms?;
        let may_stay = match quantity {
            Quantity::Humidity => next.value >= FOG_HUMIDITY,
            // A sensor that tells whole degrees stays as it is for half a day.
            Quantity::Temperature => next.value.fract() == 0.0,
            Quantity::StationPressure | Quantity::AltimeterSetting | Quantity::SeaLevelPressure => {
                next.value.fract() == 0.0
            }
            Quantity::WindSpeed => next.value == 0.0,
            Quantity::WindDirection => beside.get(Quantity::WindSpeed).is_none_or(|speed| speed <= VANE_WIND),
            _ => false,
        };
        if may_stay {
            return None;
        }
        // To the last digit that the station sends: a sensor that works flickers, if it is fine enough.
        let stays =
            before.filter(|held| next.value == held.value && (0..=GAP_MAX_MS).contains(&next.at.since(held.last)));
        Some(match stays {
            Some(held) => Self { last: next.at, readings: held.readings.saturating_add(1), ..held },
            None => Self { value: next.value, since: next.at, last: next.at, readings: 1 },
        })
    }

    /// What is held of a sensor whose newest value was found to be frozen before a restart.
    pub fn frozen(quantity: Quantity, newest: Reading) -> Self {
        let unchanged_ms = quantity.change().unchanged_ms.unwrap_or(0);
        let Reading { at, value } = newest;
        Self { value, since: at.plus(-unchanged_ms - 1), last: at, readings: FROZEN_READINGS }
    }

    /// True if weather does not stay as it is for so long.
    pub fn is_frozen(&self, quantity: Quantity) -> bool {
        let is_long = |unchanged_ms| self.last.since(self.since) > unchanged_ms;
        self.readings >= FROZEN_READINGS && quantity.change().unchanged_ms.is_some_and(is_long)
    }
}

/// Why a value cannot stand beside the good ones that the same sensor measured at the same instant.
pub fn contradiction(quantity: Quantity, value: f64, beside: &Values) -> Option<Reason> {
    let is = |of: Quantity, contradicts: &dyn Fn(f64) -> bool| beside.get(of).is_some_and(contradicts);
    match quantity {
        Quantity::DewPoint => is(Quantity::Temperature, &|temperature| value > temperature + DEW_POINT_ABOVE)
            .then_some(Reason::AboveTemperature),
        Quantity::WindGust => is(Quantity::WindSpeed, &|mean| value < mean - GUST_BELOW).then_some(Reason::BelowMean),
        Quantity::PrecipitationRate => {
            (value > 0.0 && is(Quantity::Humidity, &|humidity| humidity < RAIN_HUMIDITY)).then_some(Reason::DryAir)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
