//! Names of fields that programs use for our quantities. Names stand here in lower case; senders may write them in any.
//!
//! A name that means different things in different programs is not here, but in [`NOT_STORED`] with a word on what to send.

use weather::quantity::Quantity::{self, *};
use weather::units::Unit;

/// What a name says of its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    /// The sensor that the name means; empty for the one of the report.
    pub sensor: String,
    /// What was observed.
    pub quantity: Quantity,
    /// The unit.
    pub unit: Measure,
}

/// How a value was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    /// The name ends in the unit. The value is multiplied by the number first.
    Named(Unit, f64),
    /// Our own unit, unless another field names another one.
    Ours,
    /// Another field must name it: programs use this name with different units.
    Unsaid,
}

/// Other names of quantities. As our own names they may end in a unit: `temp_f`.
const OTHER_NAMES: [(&str, Quantity); 30] = [
    // Scripts.
    ("temp", Temperature),
    ("air_temperature", Temperature),
    ("air_temp", Temperature),
    ("hum", Humidity),
    ("relative_humidity", Humidity),
    ("dewpoint", DewPoint),
    ("wind_dir", WindDirection),
    ("winddir", WindDirection),
    ("wind_direction_deg", WindDirection),
    ("rain_rate", PrecipitationRate),
    ("sea_pressure", SeaLevelPressure),
    ("mslp", SeaLevelPressure),
    ("soil_temp", SoilTemperature),
    ("uvi", UvIndex),
    ("pm25", Pm2_5),
    ("pm2.5", Pm2_5),
    ("pm_2_5", Pm2_5),
    ("pm_10_0", Pm10),
    // Home Assistant: device classes of sensors (developers.home-assistant.io/docs/core/entity/sensor) and attributes of
    // weather entities (…/entity/weather).
    ("carbon_dioxide", Co2),
    ("irradiance", SolarRadiation),
    ("precipitation_intensity", PrecipitationRate),
    ("wind_bearing", WindDirection),
    ("wind_gust_speed", WindGust),
    // Telegraf, plugins/inputs/openweathermap.
    ("wind_degrees", WindDirection),
    // Tasmota, tasmota/tasmota.h and tasmota_xsns_sensor.
    ("seapressure", SeaLevelPressure),
    ("carbondioxide", Co2),
    ("uvindex", UvIndex),
    // rtl_433, docs/DATA_FORMAT.md: a soil probe's.
    ("moisture", SoilMoisture),
    // WeeWX has these in every system of units; the others stand below.
    ("outhumidity", Humidity),
    ("radiation", SolarRadiation),
];

/// Names that end in units of their own.
const WITH_UNITS: [(&str, Quantity, Unit, f64); 19] = [
    // rtl_433, docs/DATA_FORMAT.md. Its barometers send what they feel.
    ("wind_avg_m_s", WindSpeed, Unit::MetrePerSecond, 1.0),
    ("wind_avg_km_h", WindSpeed, Unit::KilometrePerHour, 1.0),
    ("wind_avg_mi_h", WindSpeed, Unit::MilePerHour, 1.0),
    ("wind_max_m_s", WindGust, Unit::MetrePerSecond, 1.0),
    ("wind_max_km_h", WindGust, Unit::KilometrePerHour, 1.0),
    ("wind_max_mi_h", WindGust, Unit::MilePerHour, 1.0),
    ("wind_dir_deg", WindDirection, Unit::Degree, 1.0),
    // A counter that is reset when the battery is changed, or never.
    ("rain_mm", PrecipitationTotal, Unit::Millimetre, 1.0),
    ("rain_in", PrecipitationTotal, Unit::Inch, 1.0),
    ("rain_rate_mm_h", PrecipitationRate, Unit::MillimetrePerHour, 1.0),
    ("rain_rate_in_h", PrecipitationRate, Unit::InchPerHour, 1.0),
    ("pressure_hpa", StationPressure, Unit::Hectopascal, 1.0),
    ("pressure_inhg", StationPressure, Unit::InchOfMercury, 1.0),
    ("pm2_5_ug_m3", Pm2_5, Unit::MicrogramPerCubicMetre, 1.0),
    ("pm10_ug_m3", Pm10, Unit::MicrogramPerCubicMetre, 1.0),
    ("co2_ppm", Co2, Unit::PartPerMillion, 1.0),
    ("battery_v", BatteryVoltage, Unit::Volt, 1.0),
    ("battery_mv", BatteryVoltage, Unit::Volt, 0.001),
    // 1 or a fraction of it where it is good, 0 where it is low.
    ("battery_ok", BatteryLow, Unit::Good, 1.0),
];

/// WeeWX, src/weewx/units.py: `obs_group_dict`. `#` is a number. Its pressure is that at the barometer
/// (github.com/weewx/weewx/wiki/Barometer,-pressure,-and-altimeter). The system of units is told by `usUnits`, or the unit
/// stands behind the name, as the extension weewx-mqtt writes it: `outTemp_C`, `windSpeed_kph`.
///
/// Not here: `rain`, the amount of one record, and `soilMoist#`, in centibars.
const WEEWX: [(&str, &str, Quantity); 23] = [
    ("outtemp", "", Temperature),
    ("barometer", "", SeaLevelPressure),
    ("pressure", "", StationPressure),
    ("altimeter", "", AltimeterSetting),
    ("windspeed", "", WindSpeed),
    ("windgust", "", WindGust),
    ("winddir", "", WindDirection),
    ("dewpoint", "", DewPoint),
    ("outhumidity", "", Humidity),
    ("rainrate", "", PrecipitationRate),
    ("dayrain", "", Precipitation),
    ("hourrain", "", PrecipitationHour),
    ("radiation", "", SolarRadiation),
    ("uv", "", UvIndex),
    ("intemp", "indoor", Temperature),
    ("inhumidity", "indoor", Humidity),
    ("extratemp#", "extra#", Temperature),
    ("extrahumid#", "extra#", Humidity),
    ("soiltemp#", "soil#", SoilTemperature),
    ("pm10_0", "", Pm10),
    ("pm2_5", "", Pm2_5),
    ("co2", "", Co2),
    ("consbatteryvoltage", "", BatteryVoltage),
];

/// What the extension weewx-mqtt (bin/user/mqtt.py: `UNIT_REDUCTIONS`) puts behind a name.
const WEEWX_LABELS: [(&str, Unit, f64); 18] = [
    ("c", Unit::Celsius, 1.0),
    ("f", Unit::Fahrenheit, 1.0),
    ("mbar", Unit::Hectopascal, 1.0),
    ("hpa", Unit::Hectopascal, 1.0),
    ("inhg", Unit::InchOfMercury, 1.0),
    ("mps", Unit::MetrePerSecond, 1.0),
    ("kph", Unit::KilometrePerHour, 1.0),
    ("mph", Unit::MilePerHour, 1.0),
    ("knot", Unit::Knot, 1.0),
    ("mm", Unit::Millimetre, 1.0),
    ("cm", Unit::Millimetre, 10.0),
    ("in", Unit::Inch, 1.0),
    ("mm_per_hour", Unit::MillimetrePerHour, 1.0),
    ("cm_per_hour", Unit::MillimetrePerHour, 10.0),
    ("inch_per_hour", Unit::InchPerHour, 1.0),
    ("wpm2", Unit::WattPerSquareMetre, 1.0),
    ("volt", Unit::Volt, 1.0),
    ("microgram_per_meter_cubed", Unit::MicrogramPerCubicMetre, 1.0),
];

/// Names that are understood, but of which nothing is stored, and what to do.
const NOT_STORED: [(&str, &str); 17] = [
    ("pressure", PRESSURE),
    ("air_pressure", PRESSURE),
    ("atmospheric_pressure", PRESSURE),
    ("barometric_pressure", PRESSURE),
    ("baro", PRESSURE),
    ("rain", RAIN),
    ("rainfall", RAIN),
    ("rain_total", RAIN),
    ("uv", "an index or a raw value: send uv_index"),
    ("battery", "percent or volts: send battery_level or battery_voltage"),
    ("light", LUX),
    ("lux", LUX),
    ("light_lux", LUX),
    ("light_klx", LUX),
    ("illuminance", LUX),
    ("illumination", LUX),
    ("ambient_light", LUX),
];
const PRESSURE: &str = "at the barometer or at sea level: send station_pressure or sea_level_pressure";
const RAIN: &str =
    "since when: send precipitation (since midnight), precipitation_1h, or precipitation_total (a counter)";
const LUX: &str = "not stored: lux is not W/m²";

/// Names that are known and not stored: they say who sends and how, or follow from other values.
const SILENT: [&str; 63] = [
    // rtl_433, docs/DATA_FORMAT.md. `model`, `id` and `channel` name the sensor.
    "brand",
    "button",
    "channel",
    "exception",
    "flags",
    "freq",
    "freq1",
    "freq2",
    "message_type",
    "mic",
    "mod",
    "noise",
    "protocol",
    "radio_clock",
    "raw_msg",
    "rssi",
    "sequence",
    "sequence_num",
    "snr",
    "startup",
    "subtype",
    "tamper",
    "test",
    "transmit",
    "type",
    // WeeWX.
    "apptemp",
    "beaufort",
    "cloudbase",
    "cooldeg",
    "et",
    "heatdeg",
    "heatindex",
    "humidex",
    "inairdensity",
    "indewpoint",
    "interval",
    "intempbatterystatus",
    "maxsolarrad",
    "outtempbatterystatus",
    "rainbatterystatus",
    "rxcheckpercent",
    "windbatterystatus",
    "windchill",
    "windgustdir",
    "windrun",
    // Home Assistant and ESPHome.
    "apparent_temperature",
    "attribution",
    "device_class",
    "entity_id",
    "friendly_name",
    "heat_index",
    "state_class",
    "wifi_signal",
    "wind_chill",
    // Times of something else.
    "boot_time",
    "lightning_time",
    "sunrise",
    "sunset",
    "uptime",
    // sensor.community.
    "esp8266id",
    "software_version",
    // Telegraf.
    "host",
    "name",
];

/// The meaning of a name in lower case that is not one of our own. `record`: another field tells the units of the whole
/// record, as WeeWX does.
pub(crate) fn find(name: &str, record: bool) -> Option<Named> {
    if record && let Some(named) = weewx(name) {
        return Some(named);
    }
    if let Some((_, quantity, unit, factor)) = WITH_UNITS.iter().find(|(other, ..)| *other == name) {
        return Some(Named { sensor: String::new(), quantity: *quantity, unit: Measure::Named(*unit, *factor) });
    }
    let other = OTHER_NAMES.iter().find_map(|(other, quantity)| {
        let rest = name.strip_prefix(other)?;
        let unit = if rest.is_empty() { Measure::Ours } else { Measure::Named(suffix(rest, *quantity)?, 1.0) };
        Some(Named { sensor: String::new(), quantity: *quantity, unit })
    });
    // Without the system of units, `uv` and `pressure` are nobody's in particular.
    other.or_else(|| weewx(name).filter(|named| !matches!(name, "uv" | "pressure") && named.unit != Measure::Ours))
}

/// What is to be said of a name in lower case that is understood and not stored.
pub(crate) fn not_stored(name: &str) -> Option<&'static str> {
    NOT_STORED.iter().find(|(known, _)| *known == name).map(|(_, why)| *why)
}

/// Whether a name in lower case is known, and nobody needs to hear that it is not stored.
pub(crate) fn is_silent(name: &str) -> bool {
    SILENT.contains(&name)
}

/// The unit of the quantity's dimension that ends a name.
fn suffix(end: &str, quantity: Quantity) -> Option<Unit> {
    Unit::ALL
        .into_iter()
        .find(|unit| !unit.suffix().is_empty() && unit.suffix() == end && unit.canonical() == quantity.unit())
}

fn weewx(name: &str) -> Option<Named> {
    WEEWX.iter().find_map(|(pattern, sensor, quantity)| {
        let (rest, number) = after(name, pattern)?;
        // What has one unit only is ours: humidity, directions, indices.
        let one_unit = Unit::ALL.into_iter().filter(|u| !u.is_code() && u.canonical() == quantity.unit()).count() == 1;
        let unit = match rest.strip_prefix('_') {
            None if rest.is_empty() => {
                if one_unit {
                    Measure::Ours
                } else {
                    Measure::Unsaid
                }
            }
            Some(label) => {
                let (_, unit, factor) = WEEWX_LABELS.iter().find(|(known, ..)| *known == label)?;
                (unit.canonical() == quantity.unit()).then_some(Measure::Named(*unit, *factor))?
            }
            None => return None,
        };
        Some(Named { sensor: sensor.replace('#', number), quantity: *quantity, unit })
    })
}

/// What follows a pattern at the start of a name, and the one or two digits in place of its `#`.
fn after<'a>(name: &'a str, pattern: &str) -> Option<(&'a str, &'a str)> {
    let Some(start) = pattern.strip_suffix('#') else { return Some((name.strip_prefix(pattern)?, "")) };
    let rest = name.strip_prefix(start)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits).then(|| (&rest[digits..], &rest[..digits]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_lower_case_and_means_one_thing() {
        let mut names: Vec<&str> = OTHER_NAMES.iter().map(|row| row.0).collect();
        names.extend(WITH_UNITS.iter().map(|row| row.0));
        names.extend(SILENT);
        names.extend(NOT_STORED.iter().map(|row| row.0));
        for name in &names {
            assert_eq!(*name, name.to_lowercase());
            assert_eq!(Quantity::from_field(name), None, "{name} is one of our own");
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} stands twice");
        }
        for (_, quantity, unit, _) in WITH_UNITS {
            assert_eq!(unit.canonical(), quantity.unit());
        }
    }

    #[test]
    fn a_name_says_quantity_unit_and_sensor() {
        let named = |name: &str, record| find(name, record).map(|named| (named.sensor, named.quantity, named.unit));
        let main = |quantity, unit| Some((String::new(), quantity, unit));
        for (name, record, expected) in [
            ("wind_avg_km_h", false, main(WindSpeed, Measure::Named(Unit::KilometrePerHour, 1.0))),
            ("temp_f", false, main(Temperature, Measure::Named(Unit::Fahrenheit, 1.0))),
            ("temp", false, main(Temperature, Measure::Ours)),
            ("outtemp", false, main(Temperature, Measure::Unsaid)),
            ("outtemp_f", false, main(Temperature, Measure::Named(Unit::Fahrenheit, 1.0))),
            ("dayrain_cm", false, main(Precipitation, Measure::Named(Unit::Millimetre, 10.0))),
            ("outtemp_mph", false, None),
            ("dewpoint", false, main(DewPoint, Measure::Ours)),
            ("dewpoint", true, main(DewPoint, Measure::Unsaid)),
            ("extratemp3_c", true, Some(("extra3".into(), Temperature, Measure::Named(Unit::Celsius, 1.0)))),
            ("extratemp", true, None),
            ("extratemp123", true, None),
            ("pressure", true, main(StationPressure, Measure::Unsaid)),
            ("pressure", false, None),
            ("pressure_hpa", false, main(StationPressure, Measure::Named(Unit::Hectopascal, 1.0))),
            ("uv", true, main(UvIndex, Measure::Ours)),
            ("uv", false, None),
            ("tempest", false, None),
            ("", false, None),
        ] {
            assert_eq!(named(name, record), expected, "{name}");
        }
    }
}
