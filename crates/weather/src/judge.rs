//! Quality control: each value is judged by those before it, and by what was measured beside it.
//!
//! A step may be a spike or a front. The value after it tells: a spike returns, a front stays. Until then the step is
//! suspect. Steps that go on in one direction wait together. Nothing is judged across a gap.

use crate::derived;
use crate::mark::Reason;
use crate::quantity::Quantity;
use crate::sun::Coordinates;
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
/// More light than this is none of a night, W/m². A pyranometer without light may be 41 W/m² off, if it is of the least class (class C)
/// of ISO 9060:2018, by its total zero offset; street lamps and the moon give less than 1 W/m².
const NIGHT_LIGHT: f64 = 50.0;
/// As much ultraviolet light is none of a night: an index of 1 is the least that is told of in whole numbers.
const NIGHT_UV_INDEX: f64 = 1.0;
/// The sun is so far below the horizon, degrees, at the end of civil twilight: then the sky gives less than 0.1 W/m².
const NIGHT_BELOW: f64 = -6.0;
/// Air that is as moist stays so for hours, %.
const FOG_HUMIDITY: f64 = 95.0;
/// A vane turns if the wind is stronger, m/s.
const VANE_WIND: f64 = 1.5;

/// The highest pressures lie so far above that of the standard atmosphere, hPa (WMO-No. 8 and most records).
const ABOVE_STANDARD_HPA: f64 = 50.0;
/// The deepest lows outside the tropics lie so far below it, hPa: 914 hPa at sea level, in January 1993.
const BELOW_STANDARD_HPA: f64 = 100.0;

/// A value and when it was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// Canonical unit.
    pub value: f64,
}

/// So many steps of one direction wait together. With one more, the first of them counts: the weather does change.
pub const RUN_MAX: usize = 3;

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Of the steps that waited, for each in turn; `None` for one that goes on waiting.
    pub waiting: Vec<Option<Settled>>,
    /// True if it is a step itself.
    pub is_step: bool,
}

/// Judges the next value by the last good one, and by the steps that wait since, in the order of time.
pub fn step(quantity: Quantity, good: Option<Reading>, waiting: &[Reading], next: Reading) -> Outcome {
    let is_step = good.is_some_and(|good| steps(quantity, good, next));
    let all = |settled| vec![Some(settled); waiting.len()];
    let Some(&last) = waiting.last() else { return Outcome { waiting: Vec::new(), is_step } };
    if !is_near(last, next) {
        return Outcome { waiting: all(Settled::Unknown), is_step };
    }
    if !steps(quantity, last, next) {
        return Outcome { waiting: all(Settled::Stayed), is_step: false };
    }
    // Which way the steps went; without a good value before them nothing tells.
    let way = |to: f64, from: f64| (to - from).partial_cmp(&0.0);
    let went = good.and_then(|good| way(last.value, good.value));
    let went_on = |from: Reading| went.is_some() && way(next.value, from.value) == went;
    if went_on(last) {
        let mut settled = vec![None; waiting.len()];
        if waiting.len() >= RUN_MAX {
            settled[0] = Some(Settled::Stayed);
        }
        return Outcome { waiting: settled, is_step: true };
    }
    // It came back: how far?
    let mut settled = all(Settled::Returned);
    for (place, step) in waiting.iter().enumerate().rev() {
        if !steps(quantity, *step, next) {
            settled[..=place].fill(Some(Settled::Stayed));
            return Outcome { waiting: settled, is_step: false };
        }
        if went_on(*step) {
            settled[..=place].fill(None);
            return Outcome { waiting: settled, is_step: true };
        }
    }
    Outcome { waiting: settled, is_step }
}

/// What is said of a value that came later than one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Of the steps before it that waited, for each in turn; `None` for one that goes on waiting.
    pub waiting: Vec<Option<Settled>>,
    /// Why it does not count.
    pub reason: Option<Reason>,
}

/// Judges a value that came late: by the good one before it, by the steps that wait since, and by the good one after it.
pub fn late(
    quantity: Quantity,
    good: Option<Reading>,
    waiting: &[Reading],
    next: Reading,
    after: Option<Reading>,
) -> Late {
    let Outcome { waiting: settled, is_step } = step(quantity, good, waiting, next);
    if !is_step {
        return Late { waiting: settled, reason: None };
    }
    let stayed = waiting.iter().zip(&settled).rfind(|(_, settled)| **settled == Some(Settled::Stayed));
    let before = stayed.map(|(step, _)| *step).or(good);
    let reason = after.map_or(Some(Reason::Step), |after| {
        match step(quantity, before, &[next], after).waiting[..] {
            // What it went on to counts: so does it.
            [None | Some(Settled::Stayed)] => None,
            [Some(Settled::Returned)] => Some(Reason::Spike),
            _ => Some(Reason::Step),
        }
    });
    Late { waiting: settled, reason }
}

/// How many of the steps that wait behind a late value that counts are none from there: each goes on from the one before it.
pub fn going_on(quantity: Quantity, from: Reading, waiting: &[Reading]) -> usize {
    let mut before = from;
    let goes_on = |step: &&Reading| {
        let is_none = is_near(before, **step) && !steps(quantity, before, **step);
        before = **step;
        is_none
    };
    waiting.iter().take_while(goes_on).count()
}

fn is_near(before: Reading, next: Reading) -> bool {
    (1..=GAP_MAX_MS).contains(&next.at.since(before.at))
}

/// Whether the second value lies a step away from the first, and near enough in time to say so.
fn steps(quantity: Quantity, before: Reading, next: Reading) -> bool {
    is_near(before, next)
        && threshold(quantity, next.at.since(before.at)).is_some_and(|most| (next.value - before.value).abs() > most)
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

/// Weather does not stay as it is in all that a station measures for so long, ms.
pub const ALL_FROZEN_MS: i64 = 12 * HOUR_MS;
/// Of so many quantities that change by nature at least: a thermometer that tells whole degrees may stay as it is.
const ALL_FROZEN_QUANTITIES: usize = 3;

/// A sensor of which every value stays, also those that may by themselves: in fog and calm a hygrometer and a vane may.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Still {
    since: Timestamp,
    last: Timestamp,
    readings: u32,
}

impl Still {
    /// What is known after the next report. `newest` tells the newest value of a quantity, whether it counts or not.
    pub fn after(
        before: Option<Self>,
        at: Timestamp,
        values: &Values,
        newest: impl Fn(Quantity) -> Option<f64>,
    ) -> Option<Self> {
        let telling = values.iter().filter(|(quantity, _)| quantity.change().unchanged_ms.is_some()).count();
        let stays = telling >= ALL_FROZEN_QUANTITIES && values.iter().all(|(of, value)| newest(of) == Some(value));
        let stays = stays && before.is_none_or(|still| (1..=GAP_MAX_MS).contains(&at.since(still.last)));
        let begun = Self { since: at, last: at, readings: 1 };
        match before.filter(|_| stays) {
            Some(still) => Some(Self { last: at, readings: still.readings.saturating_add(1), ..still }),
            None => (telling >= ALL_FROZEN_QUANTITIES).then_some(begun),
        }
    }

    /// What is known of a sensor whose newest report was found to be frozen before a restart.
    pub fn frozen(at: Timestamp) -> Self {
        Self { since: at.plus(-ALL_FROZEN_MS - 1), last: at, readings: FROZEN_READINGS }
    }

    /// True if something between the instruments and here repeats itself.
    pub fn is_frozen(&self) -> bool {
        self.readings >= FROZEN_READINGS && self.last.since(self.since) > ALL_FROZEN_MS
    }
}

/// Whether air at that elevation cannot have that pressure: the barometer is wrong, or what it says is reduced to sea level, or
/// the elevation is wrong.
pub fn is_not_of_height(quantity: Quantity, value: f64, elevation_m: f64) -> bool {
    let standard = derived::standard_pressure(elevation_m);
    let possible = standard - BELOW_STANDARD_HPA..=standard + ABOVE_STANDARD_HPA;
    quantity == Quantity::StationPressure && !possible.contains(&value)
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

/// Why a value cannot be of light, at that time and place: there is none at night.
pub fn light(quantity: Quantity, value: f64, place: Option<Coordinates>, at: Timestamp) -> Option<Reason> {
    let is_light = match quantity {
        Quantity::SolarRadiation => value > NIGHT_LIGHT,
        Quantity::UvIndex => value >= NIGHT_UV_INDEX,
        _ => false,
    };
    (is_light && place?.sun_elevation(at) < NIGHT_BELOW).then_some(Reason::SunBelow)
}

#[cfg(test)]
mod tests;
