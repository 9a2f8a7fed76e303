//! The meaning of names in uploads. The table of quantities holds the names of values; this file holds the others.

use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// The meaning of a name.
pub(crate) enum Meaning {
    /// A value of this sensor and quantity, in this unit.
    Weather(SensorName, Quantity, Unit),
    /// A known name that is not stored: it says who sends and how, or it follows from other values.
    Silent,
    /// An unknown name, or one that no quantity holds.
    Unknown,
}

/// Batteries of outdoor arrays, by what is known of them: their voltage, or whether they are low. A station has one array, or
/// several.
pub(super) const ARRAY_BATTERIES: [&[&str]; 2] =
    [&["wh68batt", "wh80batt", "wh85batt", "wh90batt"], &["wh24batt", "wh26batt", "wh65batt"]];

/// Names in lower case that are known and not stored.
const SILENT: &[&str] = &[
    // Who sends, and how.
    "action",
    "dateutc",
    "freq",
    "gw_ip",
    "hubbattery",
    "heap",
    "id",
    "interval",
    "key",
    "mac",
    "model",
    "mt",
    "passkey",
    "password",
    "realtime",
    "rssi",
    "rtfreq",
    "runtime",
    "sensor",
    "siteauthenticationkey",
    "siteid",
    "softwaretype",
    "stationtype",
    "ws90_ver",
    "ws85_ver",
    "ws90cap_volt",
    "ws85cap_volt",
    // The gateway's own, which has mains.
    "batt_cellgateway",
    // States, and measures of which no quantity is made.
    "srain_piezo",
    // What follows from other values, of now or of before.
    "24hourrainin",
    "co2_24h",
    "co2_in_24h",
    "co2_in_24h_aqin",
    "co2in_24h",
    "dewpointf",
    "erain_piezo",
    "eventrain",
    "eventrainin",
    "feelslikef",
    "heatindex",
    "heatindexf",
    "last24hrainin",
    "lightning_hour",
    "lightning_time",
    "maxdailygust",
    "monthlyrain",
    "monthlyrainin",
    "mrain_piezo",
    "pm10_24h_co2",
    "pm10_in_24h",
    "pm10_in_24h_aqin",
    "pm25_24h",
    "pm25_24h_co2",
    "pm25_in_24h",
    "pm25_in_24h_aqin",
    "vpd",
    "wbgt",
    "weeklyrain",
    "weeklyrainin",
    "windchill",
    "windchillf",
    "winddir_avg10m",
    "winddir_avg2m",
    "windgustdir",
    "windgustdir_10m",
    "windgustmph_10m",
    "windspdmph_avg10m",
    "windspdmph_avg2m",
    "wrain_piezo",
];

/// The same with a number in place of the `#`.
const SILENT_NUMBERED: [&str; 10] = [
    "ldsheat_ch#",
    "soil_ec_ad#",
    "soil_ec_batt#",
    "soilec#",
    "battr#",
    "gain#_piezo",
    "pm25_avg_24h_ch#",
    "pm25_aqilvl_ch#",
    "soilad#",
    "relay#",
];

/// The meaning of that lower-case name.
pub(crate) fn find(name: &str) -> Meaning {
    let fields = || Quantity::all().flat_map(|quantity| quantity.uploads().iter().map(move |field| (quantity, field)));
    if let Some((quantity, field)) = fields().find(|(_, field)| field.name == name) {
        return weather(field.sensor, quantity, field.unit);
    }
    if SILENT.contains(&name) || SILENT_NUMBERED.iter().any(|pattern| number_in(name, pattern).is_some()) {
        return Meaning::Silent;
    }
    let numbered = fields().find_map(|(quantity, field)| Some((quantity, field, number_in(name, field.name)?)));
    numbered.map_or(Meaning::Unknown, |(quantity, field, number)| {
        weather(&field.sensor.replace('#', number), quantity, field.unit)
    })
}

/// The one or two digits in `name` in place of the `#` of a pattern: no station has a hundred of anything.
fn number_in<'a>(name: &'a str, pattern: &str) -> Option<&'a str> {
    let (start, end) = pattern.split_once('#')?;
    let number = name.strip_prefix(start)?.strip_suffix(end)?;
    ((1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

fn weather(sensor: &str, quantity: Quantity, unit: Unit) -> Meaning {
    SensorName::new(sensor).map_or(Meaning::Unknown, |sensor| Meaning::Weather(sensor, quantity, unit))
}
