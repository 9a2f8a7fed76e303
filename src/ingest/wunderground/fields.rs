//! What the protocol's fields mean.

use weather::quantity::Quantity::{self, *};
use weather::station::SensorName;
use weather::units::Unit::{self, *};

/// What a field is.
pub enum Meaning {
    /// A value of this sensor and quantity, in this unit.
    Weather(SensorName, Quantity, Unit),
    /// Nothing that is stored: who sends and how, or what follows from other fields.
    Silent,
    /// Nobody here knows it, or no quantity holds it.
    Unknown,
}

/// Names in lower case; the sensor, the quantity and the unit they are sent in.
const WEATHER: [(&str, &str, Quantity, Unit); 29] = [
    ("tempf", "", Temperature, Fahrenheit),
    ("humidity", "", Humidity, Percent),
    ("dewptf", "", DewPoint, Fahrenheit),
    ("baromin", "", SeaLevelPressure, InchOfMercury),
    ("absbaromin", "", StationPressure, InchOfMercury),
    ("windspeedmph", "", WindSpeed, MilePerHour),
    ("windgustmph", "", WindGust, MilePerHour),
    ("winddir", "", WindDirection, Degree),
    // Rain of the past 60 minutes: a rate, by the definition of the protocol.
    ("rainin", "", PrecipitationRate, InchPerHour),
    ("dailyrainin", "", Precipitation, Inch),
    ("solarradiation", "", SolarRadiation, WattPerSquareMetre),
    ("uv", "", UvIndex, One),
    ("soiltempf", "", SoilTemperature, Fahrenheit),
    ("soilmoisture", "", SoilMoisture, Percent),
    ("indoortempf", "indoor", Temperature, Fahrenheit),
    ("indoorhumidity", "indoor", Humidity, Percent),
    ("aqpm2.5", "", Pm2_5, MicrogramPerCubicMetre),
    ("aqpm10", "", Pm10, MicrogramPerCubicMetre),
    // The metric dialect of the HP1001 and its kin: other names for the same protocol.
    ("outtemp", "", Temperature, Celsius),
    ("outhumi", "", Humidity, Percent),
    ("dewpoint", "", DewPoint, Celsius),
    ("relbaro", "", SeaLevelPressure, Hectopascal),
    ("absbaro", "", StationPressure, Hectopascal),
    ("windspeed", "", WindSpeed, MetrePerSecond),
    ("windgust", "", WindGust, MetrePerSecond),
    ("rainrate", "", PrecipitationRate, MillimetrePerHour),
    ("dailyrain", "", Precipitation, Millimetre),
    ("intemp", "indoor", Temperature, Celsius),
    ("inhumi", "indoor", Humidity, Percent),
];

/// Names in lower case that are known and not stored.
const SILENT: [&str; 22] = [
    "action",
    "battery",
    "dateutc",
    "feelslikef",
    "heatindex",
    "heatindexf",
    "id",
    "monthlyrain",
    "monthlyrainin",
    "mt",
    "password",
    "realtime",
    "rssi",
    "rtfreq",
    "sensor",
    "softwaretype",
    "weeklyrain",
    "weeklyrainin",
    "windchill",
    "windchillf",
    "yearlyrain",
    "yearlyrainin",
];

/// What the field of that lower-case name means.
pub fn find(name: &str) -> Meaning {
    if let Some((_, sensor, quantity, unit)) = WEATHER.iter().find(|(known, ..)| *known == name) {
        return weather(sensor, *quantity, *unit);
    }
    if SILENT.contains(&name) || name.strip_prefix("lowbatt").is_some_and(is_short_number) {
        return Meaning::Silent;
    }
    let numbered = |start, end| name.strip_prefix(start)?.strip_suffix(end).filter(|n| !n.is_empty());
    if let Some(number) = numbered("soiltemp", "f").filter(|n| is_short_number(n)) {
        return weather(&format!("soil{number}"), SoilTemperature, Fahrenheit);
    }
    if let Some(number) = numbered("soilmoisture", "").filter(|n| is_short_number(n)) {
        return weather(&format!("soil{number}"), SoilMoisture, Percent);
    }
    if let Some(number) = numbered("temp", "f").filter(|n| is_short_number(n)) {
        return weather(&format!("temp{number}"), Temperature, Fahrenheit);
    }
    Meaning::Unknown
}

fn weather(sensor: &str, quantity: Quantity, unit: Unit) -> Meaning {
    SensorName::new(sensor).map_or(Meaning::Unknown, |sensor| Meaning::Weather(sensor, quantity, unit))
}

/// Up to two digits: no station has a hundred of anything.
fn is_short_number(text: &str) -> bool {
    text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())
}
