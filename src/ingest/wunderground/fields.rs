//! The meaning of the protocol's fields. The table of quantities holds the names of values; this file holds the others.

use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// The meaning of a field.
pub(crate) enum Meaning {
    /// A value of this sensor and quantity, in this unit.
    Weather(SensorName, Quantity, Unit),
    /// A known field that is not stored: it says who sends and how, or it follows from other fields.
    Silent,
    /// An unknown field, or one that no quantity holds.
    Unknown,
}

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

/// The meaning of the field of that lower-case name.
pub(crate) fn find(name: &str) -> Meaning {
    let fields =
        || Quantity::all().flat_map(|quantity| quantity.wunderground().iter().map(move |field| (quantity, field)));
    if let Some((quantity, field)) = fields().find(|(_, field)| field.name == name) {
        return weather(field.sensor, quantity, field.unit);
    }
    if SILENT.contains(&name) || name.strip_prefix("lowbatt").is_some_and(is_short_number) {
        return Meaning::Silent;
    }
    let numbered = fields().find_map(|(quantity, field)| Some((quantity, field, number_in(name, field.name)?)));
    numbered.map_or(Meaning::Unknown, |(quantity, field, number)| {
        weather(&field.sensor.replace('#', number), quantity, field.unit)
    })
}

/// The one or two digits in `name` in place of the `#` of a pattern.
fn number_in<'a>(name: &'a str, pattern: &str) -> Option<&'a str> {
    let (start, end) = pattern.split_once('#')?;
    let number = name.strip_prefix(start)?.strip_suffix(end)?;
    (!number.is_empty() && is_short_number(number)).then_some(number)
}

fn weather(sensor: &str, quantity: Quantity, unit: Unit) -> Meaning {
    SensorName::new(sensor).map_or(Meaning::Unknown, |sensor| Meaning::Weather(sensor, quantity, unit))
}

/// Up to two digits: no station has a hundred of anything.
fn is_short_number(text: &str) -> bool {
    text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())
}
