//! The sun's position, and its radiation under a clear sky.

use std::f64::consts::TAU;
use weather::time::{DAY_MS, Timestamp};

/// Mean length of a year in days.
const YEAR_DAYS: f64 = 365.2425;

/// Share of the year that has passed, 0..1, from the first of January within a day.
pub(super) fn season(at: Timestamp) -> f64 {
    (at.0 as f64 / DAY_MS as f64 / YEAR_DAYS).rem_euclid(1.0)
}

/// Mean solar time at a longitude (degrees east), hours 0..24. The equation of time (a quarter of an hour) is left out.
pub(super) fn solar_hour(at: Timestamp, longitude: f64) -> f64 {
    (at.0.rem_euclid(DAY_MS) as f64 / DAY_MS as f64 * 24.0 + longitude / 15.0).rem_euclid(24.0)
}

/// Sine of the sun's elevation above the horizon, −1..1, at a solar hour (declination after Cooper, 1969).
pub(super) fn elevation_sine(season: f64, hour: f64, latitude: f64) -> f64 {
    let declination = (23.45f64).to_radians() * (TAU * (season + 284.0 / 365.0)).sin();
    let latitude = latitude.to_radians();
    let hour_angle = (hour - 12.0) / 24.0 * TAU;
    latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos()
}

/// Global radiation under a clear sky, W/m² (Haurwitz, 1945).
pub(super) fn clear_sky(elevation_sine: f64) -> f64 {
    if elevation_sine <= 0.0 { 0.0 } else { 1098.0 * elevation_sine * (-0.057 / elevation_sine).exp() }
}

/// UV index under a clear sky with 300 DU of ozone (Madronich, 2007).
pub(super) fn clear_uv(elevation_sine: f64) -> f64 {
    12.5 * elevation_sine.max(0.0).powf(2.42)
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::HOUR_MS;

    /// 2026-06-21T00:00Z.
    const SOLSTICE: Timestamp = Timestamp(1_782_000_000_000);

    #[test]
    fn the_sun_is_highest_at_noon_in_june_and_down_at_midnight() {
        let noon = elevation_sine(season(SOLSTICE), 12.0, 50.0).asin().to_degrees();
        assert!((noon - 63.4).abs() < 0.5, "90 − 50 + 23.4, not {noon}");
        assert!(elevation_sine(season(SOLSTICE), 0.0, 50.0) < 0.0);
        let winter = elevation_sine(season(SOLSTICE.plus(183 * 24 * HOUR_MS)), 12.0, 50.0).asin().to_degrees();
        assert!((winter - 16.6).abs() < 0.5, "90 − 50 − 23.4, not {winter}");
        assert!(elevation_sine(season(SOLSTICE), 12.0, -50.0) < 0.3, "it is winter in the south");
    }

    #[test]
    fn noon_comes_earlier_in_the_east() {
        assert_eq!(solar_hour(SOLSTICE.plus(11 * HOUR_MS), 15.0), 12.0);
        assert_eq!(solar_hour(SOLSTICE.plus(17 * HOUR_MS), -75.0), 12.0);
    }

    #[test]
    fn a_clear_noon_is_bright_and_a_night_is_dark() {
        assert!((850.0..1100.0).contains(&clear_sky(0.894)), "{}", clear_sky(0.894));
        assert_eq!((clear_sky(-0.1), clear_uv(-0.1)), (0.0, 0.0));
        assert!((7.0..12.0).contains(&clear_uv(0.894)));
    }
}
