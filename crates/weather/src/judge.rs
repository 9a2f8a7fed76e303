//! Quality control: each value is judged by those before it, and by what was measured beside it.
//!
//! A step may be a spike or a front. The value after it tells: a spike returns, a front stays. Until then the step is
//! suspect. Steps that go on in one direction wait together. Nothing is judged across a gap.

mod stays;
mod steps;

pub use stays::{ALL_FROZEN_MS, Held, Still};
pub use steps::{Late, Outcome, RUN_MAX, Settled, late, step};

use crate::derived;
use crate::mark::Reason;
use crate::quantity::Quantity;
use crate::sun::Coordinates;
use crate::time::{MINUTE_MS, Timestamp};
use crate::values::Values;

/// Values that lie further apart say nothing about each other, ms: stations that report once an hour are late at times.
pub const GAP_MAX_MS: i64 = 90 * MINUTE_MS;
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
