//! Degree days: how much, and for how long, it was colder or warmer than a base.

use super::Day;

/// The base of heating and cooling where people read °F: 65 °F, in °C (NOAA, <https://www.weather.gov/key/climate_heat_cool>).
pub const BASE_US_C: f64 = 33.0 / 1.8;
/// The base of heating and cooling where people read °C, as Environment Canada's climate normals have it.
pub const BASE_C: f64 = 18.0;
/// The base of growth, °C, which is 50 °F: that of maize (McMaster and Wilhelm, Agricultural and Forest Meteorology 87, 1997; their first
/// method, without a ceiling).
pub const GROWING_BASE_C: f64 = 10.0;

/// The mean that degree days are of, °C: half way between low and high, as NOAA has it. It is not rounded.
pub fn mean(day: &Day) -> f64 {
    (day.low + day.high) / 2.0
}

/// How much colder a day was than the base, K: heating degree days.
pub fn below(day: &Day, base_c: f64) -> f64 {
    (base_c - mean(day)).max(0.0)
}

/// How much warmer a day was than the base, K: cooling degree days, and growing degree days.
pub fn above(day: &Day, base_c: f64) -> f64 {
    (mean(day) - base_c).max(0.0)
}
