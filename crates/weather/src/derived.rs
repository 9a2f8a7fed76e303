//! Derived quantities, from canonical units to canonical units.

use super::quality;
use super::quantity::Quantity;
use super::units::{self, Unit};
use super::values::Values;

/// Dew point in °C from air temperature in °C and relative humidity in % (Magnus over water, constants of WMO-No. 8).
/// `None` at 0 %: dry air has none. Above 100 % counts as 100.
pub fn dew_point(temperature_c: f64, humidity_percent: f64) -> Option<f64> {
    const A: f64 = 17.62;
    const B: f64 = 243.12;
    if humidity_percent <= 0.0 {
        return None;
    }
    let gamma = A * temperature_c / (B + temperature_c) + (humidity_percent.clamp(1.0, 100.0) / 100.0).ln();
    Some(B * gamma / (A - gamma))
}

/// Heat index in °F from °F and % (NWS: Rothfusz regression with both adjustments, Steadman's simple form below).
/// Source: wpc.ncep.noaa.gov/html/heatindex_equation.shtml.
pub fn heat_index_f(t: f64, rh: f64) -> f64 {
    let simple = 0.5 * (t + 61.0 + (t - 68.0) * 1.2 + rh * 0.094);
    if (simple + t) / 2.0 < 80.0 {
        return simple;
    }
    let full =
        -42.379 + 2.04901523 * t + 10.14333127 * rh - 0.22475541 * t * rh - 0.00683783 * t * t - 0.05481717 * rh * rh
            + 0.00122874 * t * t * rh
            + 0.00085282 * t * rh * rh
            - 0.00000199 * t * t * rh * rh;
    if rh < 13.0 && (80.0..=112.0).contains(&t) {
        full - (13.0 - rh) / 4.0 * ((17.0 - (t - 95.0).abs()) / 17.0).sqrt()
    } else if rh > 85.0 && (80.0..=87.0).contains(&t) {
        full + (rh - 85.0) / 10.0 * ((87.0 - t) / 5.0)
    } else {
        full
    }
}

/// Wind chill in °C from °C and m/s (NWS and Environment Canada, 2001, computed in °F and mph).
/// Defined at 50 °F and below with wind above 3 mph; `None` elsewhere. The wind is meant at 10 m.
pub fn wind_chill(temperature_c: f64, wind_ms: f64) -> Option<f64> {
    let t = Unit::Fahrenheit.from_canonical(temperature_c);
    let v = Unit::MilePerHour.from_canonical(wind_ms);
    (t <= 50.0 && v > 3.0).then(|| {
        let power = v.powf(0.16);
        Unit::Fahrenheit.to_canonical(35.74 + 0.6215 * t - 35.75 * power + 0.4275 * t * power)
    })
}

/// Heat index in °C from °C and %. Reported from 80 °F on, and as far as the published table goes, to 137 °F: beyond, the
/// regression runs away. `None` elsewhere.
pub fn heat_index(temperature_c: f64, humidity_percent: f64) -> Option<f64> {
    /// What the regression was made for, °F; its adjustments end at the upper one.
    const TEMPERATURES_F: std::ops::RangeInclusive<f64> = 80.0..=112.0;
    /// The highest of the table of the National Weather Service, °F.
    const HIGHEST_F: f64 = 137.0;
    let t = Unit::Fahrenheit.from_canonical(temperature_c);
    let index = heat_index_f(t, humidity_percent);
    (TEMPERATURES_F.contains(&t) && index <= HIGHEST_F).then(|| Unit::Fahrenheit.to_canonical(index))
}

/// What it feels like in °C where that is defined: wind chill in the cold, heat index in the heat (US practice).
/// `None` in between, or when the humidity or wind that it needs is missing.
pub fn feels_like(values: &Values) -> Option<f64> {
    let temperature = values.get(Quantity::Temperature)?;
    let chill = values.get(Quantity::WindSpeed).and_then(|wind| wind_chill(temperature, wind));
    chill.or_else(|| heat_index(temperature, values.get(Quantity::Humidity)?))
}

/// Below this air temperature nobody asks for heat stress, °C; the regression of [`wet_bulb_globe`] was made from 20 °C on.
const HEAT_STRESS_FROM_C: f64 = 20.0;

/// Wet-bulb globe temperature in °C outdoors, from °C, %, and if they are known W/m² of the sun and m/s of the wind. With both it is
/// the regression of Ono and Tonouchi (2014), by which Japan's Ministry of the Environment warns; without, the approximation of the
/// Australian Bureau of Meteorology (ACSM 1984), which assumes a fairly high sun and a light wind. `None` below 20 °C.
pub fn wet_bulb_globe(temperature_c: f64, humidity_percent: f64, sun_and_wind: Option<(f64, f64)>) -> Option<f64> {
    let (t, rh) = (temperature_c, humidity_percent);
    (t >= HEAT_STRESS_FROM_C).then(|| match sun_and_wind {
        Some((sun_w_m2, wind_ms)) => {
            let sun = sun_w_m2.max(0.0) / 1_000.0;
            0.735 * t + 0.0374 * rh + 0.00292 * t * rh + 7.619 * sun - 4.557 * sun * sun - 0.0572 * wind_ms - 4.064
        }
        None => {
            let vapour_hpa = rh / 100.0 * 6.105 * (17.27 * t / (237.7 + t)).exp();
            0.567 * t + 0.393 * vapour_hpa + 3.94
        }
    })
}

/// What follows from the values of a main sensor that belong together, and is shown beside them, °C.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Follows {
    /// What it feels like, see [`feels_like`].
    pub feels_like: Option<f64>,
    /// The dew point, if the station does not send one.
    pub dew_point: Option<f64>,
    /// The wet-bulb globe temperature.
    pub wet_bulb_globe: Option<f64>,
}

impl Follows {
    /// What it follows from.
    pub const FROM: [Quantity; 5] =
        [Quantity::Temperature, Quantity::Humidity, Quantity::WindSpeed, Quantity::SolarRadiation, Quantity::DewPoint];

    /// What follows from these values.
    pub fn of(values: &Values) -> Self {
        let get = |quantity| values.get(quantity);
        let air = get(Quantity::Temperature).zip(get(Quantity::Humidity));
        let sun_and_wind = get(Quantity::SolarRadiation).zip(get(Quantity::WindSpeed));
        let is_sent = get(Quantity::DewPoint).is_some();
        Self {
            feels_like: feels_like(values),
            dew_point: air.filter(|_| !is_sent).and_then(|(t, rh)| dew_point(t, rh)),
            wet_bulb_globe: air.and_then(|(t, rh)| wet_bulb_globe(t, rh, sun_and_wind)),
        }
    }

    /// Each with its name on the wire.
    pub fn named(&self) -> [(&'static str, Option<f64>); 3] {
        [("feels_like", self.feels_like), ("dew_point", self.dew_point), ("wbgt", self.wet_bulb_globe)]
    }
}

/// Mean sea level pressure in hPa from station pressure in hPa, elevation in m, temperature in °C and humidity in %
/// (WMO-No. 8, the form for low-level stations).
pub fn sea_level_pressure(station_hpa: f64, elevation_m: f64, temperature_c: f64, humidity_percent: f64) -> f64 {
    let vapour = humidity_percent / 100.0 * 6.112 * (17.62 * temperature_c / (243.12 + temperature_c)).exp();
    let virtual_k = 273.15 + temperature_c + 0.00325 * elevation_m + 0.12 * vapour;
    station_hpa * 10f64.powf(0.0148275 * elevation_m / virtual_k)
}

/// Altimeter setting (QNH) in hPa from station pressure in hPa and elevation in m, by the standard atmosphere: no temperature
/// is in it (ASOS User's Guide, in inHg and feet).
pub fn altimeter_setting(station_hpa: f64, elevation_m: f64) -> f64 {
    const FEET_PER_METRE: f64 = 1.0 / 0.3048;
    let inches = Unit::InchOfMercury.from_canonical(station_hpa);
    let setting = (inches.powf(0.1903) + 1.313e-5 * elevation_m * FEET_PER_METRE).powf(5.255);
    Unit::InchOfMercury.to_canonical(setting)
}

/// The pressure of the standard atmosphere at an elevation in m, hPa (ICAO Doc 7488, below 11 km).
pub fn standard_pressure(elevation_m: f64) -> f64 {
    1013.25 * (1.0 - 0.0065 * elevation_m / 288.15).max(0.0).powf(5.25588)
}

/// Above this, what is reduced to sea level depends more on the formula than on the weather, m.
const LOW_STATION_M: f64 = 750.0;
/// Humidity that is assumed where none is measured, %: at 20 °C an error of 40 % moves the pressure of a station at 500 m by
/// 0.2 hPa.
const HUMIDITY_ASSUMED: f64 = 70.0;

/// The pressure that stands for a station's on a map: at sea level by temperature for a low station, by the standard
/// atmosphere for a high one. The temperature is best the mean of now and twelve hours ago, see [`crate::warmth`]. `None` for a low
/// station without a temperature, and where the result is not weather.
pub fn reduced_pressure(values: &Values, elevation_m: f64) -> Option<(Quantity, f64)> {
    let station = values.get(Quantity::StationPressure)?;
    let (quantity, reduced) = if elevation_m > LOW_STATION_M {
        (Quantity::AltimeterSetting, altimeter_setting(station, elevation_m))
    } else {
        let humidity = values.get(Quantity::Humidity).unwrap_or(HUMIDITY_ASSUMED);
        let reduced = sea_level_pressure(station, elevation_m, values.get(Quantity::Temperature)?, humidity);
        (Quantity::SeaLevelPressure, reduced)
    };
    // More digits than the barometer has.
    let reduced = units::round_half_up(reduced, 2);
    quality::admit(quantity, reduced).ok().map(|reduced| (quantity, reduced))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_index_matches_the_published_vectors() {
        for (t, rh, expected) in [
            (75.0, 50.0, 74.55),
            (80.0, 50.0, 80.80),
            (80.0, 95.0, 87.80),
            (90.0, 50.0, 94.60),
            (90.0, 95.0, 126.62),
            (60.0, 90.0, 59.93),
            (80.0, 40.0, 79.58),
            (84.0, 90.0, 98.34),
            (86.0, 90.0, 105.39),
            (95.0, 10.0, 89.45),
            (100.0, 12.0, 94.92),
            (100.0, 40.0, 109.26),
            (110.0, 40.0, 135.66),
        ] {
            let got = heat_index_f(t, rh);
            assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
        }
    }

    #[test]
    fn wind_chill_matches_the_published_vectors() {
        for (t, v, expected) in
            [(40.0, 5.0, 36.47), (30.0, 10.0, 21.25), (0.0, 15.0, -19.40), (-20.0, 30.0, -53.03), (-45.0, 60.0, -98.10)]
        {
            let (t_c, v_ms) = (Unit::Fahrenheit.to_canonical(t), Unit::MilePerHour.to_canonical(v));
            let got = Unit::Fahrenheit.from_canonical(wind_chill(t_c, v_ms).expect("cold and windy"));
            assert!((got - expected).abs() < 0.0051, "({t}, {v}): {got}, expected {expected}");
        }
        // The form for °C and km/h has rounded coefficients of its own: the two differ by less than 0.05 °C.
        for (t, kmh, expected) in [(0.0, 20.0, -5.24), (-10.0, 30.0, -19.52), (-25.0, 50.0, -42.22), (10.0, 5.0, 9.76)]
        {
            let got = wind_chill(t, Unit::KilometrePerHour.to_canonical(kmh)).expect("cold and windy");
            assert!((got - expected).abs() < 0.05, "({t}, {kmh}): {got}, expected {expected}");
        }
        assert_eq!(wind_chill(11.0, 5.0), None, "too warm");
        assert_eq!(wind_chill(5.0, 1.0), None, "too calm");
    }

    #[test]
    fn dew_point_matches_the_published_vectors() {
        for (t, rh, expected) in [
            (20.0, 50.0, 9.26),
            (30.0, 90.0, 28.18),
            (0.0, 100.0, 0.0),
            (-10.0, 80.0, -12.80),
            (35.0, 20.0, 8.69),
            (20.0, 1.0, -38.02),
        ] {
            let got = dew_point(t, rh).expect("not dry");
            assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
        }
        assert_eq!(dew_point(20.0, 0.0), None);
    }

    #[test]
    fn sea_level_pressure_matches_the_published_vectors() {
        for (p, z, t, rh, expected) in [
            (1000.0, 120.0, 15.0, 70.0, 1014.23),
            (862.0, 1000.0, 5.0, 60.0, 972.93),
            (1000.0, 120.0, -20.0, 70.0, 1016.28),
            (700.0, 3000.0, 0.0, 40.0, 1005.02),
        ] {
            let got = sea_level_pressure(p, z, t, rh);
            assert!((got - expected).abs() < 0.02, "({p}, {z}, {t}, {rh}): {got}, expected {expected}");
        }
    }

    /// What WeeWX computes (`weewx/wxformulas.py`, the hypsometric form without humidity). It is not shown here: of a high station
    /// it is farther from a map's than the form of WMO-No. 8, and nearly the same of a low one.
    fn hypsometric(station_hpa: f64, elevation_m: f64, temperature_c: f64) -> f64 {
        station_hpa * (elevation_m / (29.263 * (273.15 + temperature_c))).exp()
    }

    #[test]
    fn a_low_station_is_reduced_as_by_the_hypsometric_form_and_a_high_one_is_not() {
        for (p, z, t, rh, expected) in [
            (1000.0, 120.0, 15.0, 70.0, 1014.33),
            (862.0, 1000.0, 5.0, 60.0, 974.68),
            (1000.0, 120.0, -20.0, 70.0, 1016.33),
            (700.0, 3000.0, 0.0, 40.0, 1018.82),
        ] {
            let got = hypsometric(p, z, t);
            assert!((got - expected).abs() < 0.02, "({p}, {z}, {t}): {got}, expected {expected}");
            let differs = (got - sea_level_pressure(p, z, t, rh)).abs();
            assert_eq!(differs > 0.5, z > LOW_STATION_M, "({p}, {z}, {t}): {differs}");
        }
    }

    #[test]
    fn altimeter_setting_matches_the_published_vectors() {
        for (p, z, expected) in [(1000.0, 120.0, 1014.44), (862.0, 1000.0, 972.83), (700.0, 3000.0, 1011.87)] {
            let got = altimeter_setting(p, z);
            assert!((got - expected).abs() < 0.02, "({p}, {z}): {got}, expected {expected}");
        }
    }

    #[test]
    fn a_low_station_has_pressure_at_sea_level_and_a_high_one_an_altimeter_setting() {
        let mut values = Values::default();
        assert_eq!(reduced_pressure(&values, 214.0), None);
        values.restore(Quantity::StationPressure, 987.7);
        assert_eq!(reduced_pressure(&values, 214.0), None, "no temperature");
        values.restore(Quantity::Temperature, 15.0);
        let (quantity, low) = reduced_pressure(&values, 214.0).expect("low");
        assert!(quantity == Quantity::SeaLevelPressure && (low - 1_013.0).abs() < 0.3, "{low}");
        values.restore(Quantity::StationPressure, 862.0);
        assert_eq!(reduced_pressure(&values, 1_000.0), Some((Quantity::AltimeterSetting, 972.83)));
        assert_eq!(reduced_pressure(&values, 8_000.0), None, "no such weather");
    }

    #[test]
    fn wet_bulb_globe_is_that_of_the_published_formulas() {
        for (t, rh, expected) in [(20.0, 50.0, 19.86), (30.0, 60.0, 30.92), (35.0, 40.0, 32.59), (40.0, 20.0, 32.39)] {
            let got = wet_bulb_globe(t, rh, None).expect("warm");
            assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
        }
        for (t, rh, sun, wind, expected) in [
            (30.0, 60.0, 800.0, 2.0, 28.55),
            (30.0, 60.0, 0.0, 2.0, 25.37),
            (35.0, 40.0, 1_000.0, 5.0, 30.02),
            (25.0, 80.0, -3.0, 0.0, 23.14),
        ] {
            let got = wet_bulb_globe(t, rh, Some((sun, wind))).expect("warm");
            assert!((got - expected).abs() < 0.0051, "({t}, {rh}, {sun}, {wind}): {got}, expected {expected}");
        }
        assert_eq!(wet_bulb_globe(19.9, 90.0, None), None, "no heat");
    }

    #[test]
    fn what_follows_is_there_only_where_it_is_defined() {
        let mut values = Values::default();
        assert_eq!(Follows::of(&values), Follows::default());
        values.restore(Quantity::Temperature, 30.0);
        values.restore(Quantity::Humidity, 60.0);
        let shade = Follows::of(&values);
        assert!(shade.wet_bulb_globe.is_some_and(|wbgt| (wbgt - 30.92).abs() < 0.01));
        assert!(shade.dew_point.is_some_and(|dew| (dew - 21.39).abs() < 0.01), "{shade:?}");
        values.restore(Quantity::SolarRadiation, 800.0);
        assert_eq!(Follows::of(&values).wet_bulb_globe, shade.wet_bulb_globe, "the sun alone does not tell");
        values.restore(Quantity::WindSpeed, 2.0);
        assert!(Follows::of(&values).wet_bulb_globe.is_some_and(|wbgt| (wbgt - 28.55).abs() < 0.01));
        values.restore(Quantity::DewPoint, 21.0);
        assert_eq!(Follows::of(&values).dew_point, None, "the station says it");
    }

    #[test]
    fn heat_is_felt_only_as_far_as_the_table_goes() {
        assert_eq!(heat_index(42.0, 59.0), None, "70 °C: nobody feels that");
        assert_eq!(heat_index(45.0, 5.0), None, "hotter than the regression was made for");
        assert!(heat_index(43.0, 40.0).is_some_and(|index| (index - 57.0).abs() < 1.0));
    }

    #[test]
    fn it_feels_like_something_only_where_that_is_defined() {
        let mut values = Values::default();
        assert_eq!(feels_like(&values), None);
        values.restore(Quantity::Temperature, 20.0);
        values.restore(Quantity::WindSpeed, 5.0);
        values.restore(Quantity::Humidity, 50.0);
        assert_eq!(feels_like(&values), None);
        values.restore(Quantity::Temperature, 0.0);
        assert!(feels_like(&values).expect("chill") < 0.0);
        values.restore(Quantity::Temperature, 35.0);
        assert!(feels_like(&values).expect("heat") > 35.0);
    }
}
