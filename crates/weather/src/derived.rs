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
mod tests;
