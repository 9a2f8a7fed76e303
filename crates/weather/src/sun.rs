//! Where the sun stands.

use crate::time::{DAY_MS, Timestamp};
use crate::typed::number;

/// Where a station stands: degrees north and east, within a degree's limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

/// Latitudes that are one, degrees north.
pub const LATITUDE_LIMITS: std::ops::RangeInclusive<f64> = -90.0..=90.0;
/// Longitudes that are one, degrees east.
pub const LONGITUDE_LIMITS: std::ops::RangeInclusive<f64> = -180.0..=180.0;
/// Degrees are kept to this part of one: a metre. Nobody knows better where an instrument stands.
const PARTS: f64 = 100_000.0;

/// Reads a latitude, degrees north.
///
/// # Errors
/// The sentence for the person who wrote it, if it is no number within [`LATITUDE_LIMITS`].
pub fn latitude(text: &str) -> Result<f64, String> {
    degrees(text, &LATITUDE_LIMITS).ok_or_else(|| {
        format!("{text:?} is not a latitude from -90 to 90 degrees: write 52.52 in the north, -33.87 in the south")
    })
}

/// Reads a longitude, degrees east.
///
/// # Errors
/// The sentence for the person who wrote it, if it is no number within [`LONGITUDE_LIMITS`].
pub fn longitude(text: &str) -> Result<f64, String> {
    degrees(text, &LONGITUDE_LIMITS).ok_or_else(|| {
        format!("{text:?} is not a longitude from -180 to 180 degrees: write 13.41 in the east, -105.18 in the west")
    })
}

fn degrees(text: &str, limits: &std::ops::RangeInclusive<f64>) -> Option<f64> {
    let degrees = number(text).ok().filter(|degrees| limits.contains(degrees))?;
    // Zero may have become -0.
    Some((degrees * PARTS).round() / PARTS + 0.0)
}

impl Coordinates {
    /// The place at that latitude and longitude; `None` beyond the limits.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let is_there = LATITUDE_LIMITS.contains(&latitude) && LONGITUDE_LIMITS.contains(&longitude);
        is_there.then_some(Self { latitude, longitude })
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// How high the middle of the sun stands above the horizon, degrees, without the refraction of air.
    ///
    /// It is the low-precision formula of J. Meeus, Astronomical Algorithms (2nd edition, 1998), chapters 25 and 28, in the form of
    /// NOAA's solar calculator (<https://gml.noaa.gov/grad/solcalc/calcdetails.html>). It is good to 0.02° from 1900 to 2100.
    pub fn sun_elevation(self, at: Timestamp) -> f64 {
        /// The Julian day on which Unix time begins.
        const UNIX_JD: f64 = 2_440_587.5;
        /// The Julian day of the epoch J2000.0, and the days of a Julian century.
        const J2000_JD: f64 = 2_451_545.0;
        const CENTURY_DAYS: f64 = 36_525.0;
        let days = at.0 as f64 / DAY_MS as f64;
        let t = (days + UNIX_JD - J2000_JD) / CENTURY_DAYS;
        let mean_longitude = (280.466_46 + t * (36_000.769_83 + t * 0.000_303_2)).to_radians();
        let anomaly = (357.529_11 + t * (35_999.050_29 - t * 0.000_153_7)).to_radians();
        let eccentricity = 0.016_708_634 - t * (0.000_042_037 + t * 0.000_000_126_7);
        let centre = anomaly.sin() * (1.914_602 - t * (0.004_817 + t * 0.000_014))
            + (2.0 * anomaly).sin() * (0.019_993 - t * 0.000_101)
            + (3.0 * anomaly).sin() * 0.000_289;
        let node = (125.04 - 1_934.136 * t).to_radians();
        let longitude = mean_longitude + (centre - 0.005_69 - 0.004_78 * node.sin()).to_radians();
        let obliquity = 23.0 + (26.0 + (21.448 - t * (46.815 + t * (0.000_59 - t * 0.001_813))) / 60.0) / 60.0;
        let obliquity = (obliquity + 0.002_56 * node.cos()).to_radians();
        let declination = (obliquity.sin() * longitude.sin()).asin();
        let y = (obliquity / 2.0).tan().powi(2);
        let equation_of_time = y * (2.0 * mean_longitude).sin() - 2.0 * eccentricity * anomaly.sin()
            + 4.0 * eccentricity * y * anomaly.sin() * (2.0 * mean_longitude).cos()
            - 0.5 * y * y * (4.0 * mean_longitude).sin()
            - 1.25 * eccentricity * eccentricity * (2.0 * anomaly).sin();
        let turned = days.rem_euclid(1.0) * 360.0 + self.longitude - 180.0;
        let hour_angle = turned.to_radians() + equation_of_time;
        let latitude = self.latitude.to_radians();
        let sine = latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos();
        sine.clamp(-1.0, 1.0).asin().to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From PyEphem 4 (the VSOP87 theory), without air pressure; the first is also the example of NREL's Solar Position Algorithm
    /// (TP-560-34302), which says 39.872°.
    #[test]
    fn the_sun_stands_where_an_ephemeris_says() {
        for (latitude, longitude, time, elevation) in [
            (39.742476, -105.1786, "2003-10-17T19:30:30Z", 39.872),
            (52.52, 13.405, "2026-06-21T11:08:00Z", 60.917),
            (52.52, 13.405, "2026-12-21T22:00:00Z", -58.415),
            (-33.87, 151.21, "2026-01-01T02:00:00Z", 79.135),
            (69.65, 18.96, "2026-06-21T22:45:00Z", 3.084),
            (0.0, -180.0, "2026-03-20T12:00:00Z", -88.14),
            (-90.0, 0.0, "1995-12-21T00:00:00Z", 23.428),
        ] {
            let at = chrono::DateTime::parse_from_rfc3339(time).expect("a time").to_utc().into();
            let place = Coordinates::new(latitude, longitude).expect("a place");
            let computed = place.sun_elevation(at);
            assert!((computed - elevation).abs() < 0.02, "{time} {latitude} {longitude}: {computed}");
        }
    }

    #[test]
    fn a_place_is_on_earth() {
        assert_eq!((latitude(" 52.52 "), longitude("-180")), (Ok(52.52), Ok(-180.0)));
        for nothing in ["-0", "1e-320", "-1e-9"] {
            assert!(latitude(nothing).is_ok_and(|degrees| degrees == 0.0 && degrees.is_sign_positive()), "{nothing}");
        }
        assert_eq!(longitude("13.4049540001"), Ok(13.40495));
        for wrong in ["90.1", "NaN", "", "52°", "52,5"] {
            assert!(latitude(wrong).is_err_and(|why| why.contains("latitude")), "{wrong}");
        }
        assert!(longitude("180.5").is_err_and(|why| why.contains("-180 to 180")));
        assert!(Coordinates::new(91.0, 0.0).is_none() && Coordinates::new(0.0, f64::NAN).is_none());
    }
}
