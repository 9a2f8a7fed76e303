//! What can be observed: one table, in the order of the columns of the `observation` table.

use super::units::Unit;
use std::ops::RangeInclusive;

/// An observed property. Its `name` is the same in JSON, SQL, URLs and docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the table below says what each one is, once")]
pub enum Quantity {
    Temperature,
    Humidity,
    DewPoint,
    StationPressure,
    AltimeterSetting,
    SeaLevelPressure,
    WindSpeed,
    WindGust,
    WindDirection,
    Precipitation,
    PrecipitationRate,
    SolarRadiation,
    UvIndex,
    SoilTemperature,
    SoilMoisture,
    Pm2_5,
    Pm10,
    Co2,
    BatteryVoltage,
}

/// One row of the table.
struct Row {
    quantity: Quantity,
    name: &'static str,
    title: &'static str,
    unit: Unit,
    /// Gross limits in the canonical unit: outside them a value is not weather. From WMO-No. 8, MADIS and
    /// MesoWest range checks, widened for mountains and gales; indoor and greenhouse sensors fit too.
    limits: RangeInclusive<f64>,
}

const fn row(
    quantity: Quantity,
    name: &'static str,
    title: &'static str,
    unit: Unit,
    limits: RangeInclusive<f64>,
) -> Row {
    Row { quantity, name, title, unit, limits }
}

const TABLE: [Row; Quantity::COUNT] = {
    use Quantity::*;
    [
        row(Temperature, "temperature", "Temperature", Unit::Celsius, -80.0..=60.0),
        row(Humidity, "humidity", "Humidity", Unit::Percent, 0.0..=100.0),
        row(DewPoint, "dew_point", "Dew point", Unit::Celsius, -80.0..=35.0),
        row(StationPressure, "station_pressure", "Station pressure", Unit::Hectopascal, 500.0..=1100.0),
        row(AltimeterSetting, "altimeter_setting", "Altimeter setting", Unit::Hectopascal, 850.0..=1090.0),
        row(SeaLevelPressure, "sea_level_pressure", "Pressure", Unit::Hectopascal, 850.0..=1090.0),
        row(WindSpeed, "wind_speed", "Wind", Unit::MetrePerSecond, 0.0..=75.0),
        row(WindGust, "wind_gust", "Gust", Unit::MetrePerSecond, 0.0..=150.0),
        row(WindDirection, "wind_direction", "Wind direction", Unit::Degree, 0.0..=360.0),
        // Since local midnight, as consoles count it. 2,000 mm: the day record is 1,825 mm (Foc-Foc, 1966).
        row(Precipitation, "precipitation", "Rain today", Unit::Millimetre, 0.0..=2_000.0),
        row(PrecipitationRate, "precipitation_rate", "Rain rate", Unit::MillimetrePerHour, 0.0..=500.0),
        row(SolarRadiation, "solar_radiation", "Solar radiation", Unit::WattPerSquareMetre, -5.0..=1_600.0),
        row(UvIndex, "uv_index", "UV index", Unit::One, 0.0..=20.0),
        row(SoilTemperature, "soil_temperature", "Soil temperature", Unit::Celsius, -50.0..=80.0),
        row(SoilMoisture, "soil_moisture", "Soil moisture", Unit::Percent, 0.0..=100.0),
        row(Pm2_5, "pm2_5", "PM2.5", Unit::MicrogramPerCubicMetre, 0.0..=2_000.0),
        row(Pm10, "pm10", "PM10", Unit::MicrogramPerCubicMetre, 0.0..=5_000.0),
        row(Co2, "co2", "CO₂", Unit::PartPerMillion, 0.0..=40_000.0),
        row(BatteryVoltage, "battery_voltage", "Battery", Unit::Volt, 0.0..=60.0),
    ]
};

/// Suffixes that name a unit in a field, with the units they mean. Which one fits, the quantity's dimension says.
const SUFFIXES: [(&str, &[Unit]); 11] = [
    ("_c", &[Unit::Celsius]),
    ("_f", &[Unit::Fahrenheit]),
    ("_hpa", &[Unit::Hectopascal]),
    ("_pa", &[Unit::Pascal]),
    ("_inhg", &[Unit::InchOfMercury]),
    ("_ms", &[Unit::MetrePerSecond]),
    ("_mph", &[Unit::MilePerHour]),
    ("_kmh", &[Unit::KilometrePerHour]),
    ("_kn", &[Unit::Knot]),
    ("_mm", &[Unit::Millimetre, Unit::MillimetrePerHour]),
    ("_in", &[Unit::Inch, Unit::InchPerHour]),
];

impl Quantity {
    /// How many there are.
    pub const COUNT: usize = 19;

    /// All of them, in table order.
    pub fn all() -> impl Iterator<Item = Quantity> {
        TABLE.iter().map(|row| row.quantity)
    }

    /// The place in the table, `0..COUNT`; stable within a database, for it is stored.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The quantity at a place in the table.
    pub fn from_index(index: usize) -> Option<Self> {
        TABLE.get(index).map(|row| row.quantity)
    }

    /// The field's name: `sea_level_pressure`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What a page calls it: `Pressure`.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// The unit it is stored in.
    pub fn unit(self) -> Unit {
        self.row().unit
    }

    /// The gross limits in the canonical unit.
    pub fn limits(self) -> RangeInclusive<f64> {
        self.row().limits.clone()
    }

    /// The quantity of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.quantity)
    }

    /// Reads a field name that may end in a unit: `wind_speed_mph` is wind speed in mph.
    pub fn from_field(field: &str) -> Option<(Self, Unit)> {
        if let Some(quantity) = Self::from_name(field) {
            return Some((quantity, quantity.unit()));
        }
        SUFFIXES.iter().find_map(|(suffix, units)| {
            let quantity = Self::from_name(field.strip_suffix(suffix)?)?;
            let unit = units.iter().find(|unit| unit.canonical() == quantity.unit())?;
            Some((quantity, *unit))
        })
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

impl Unit {
    /// The canonical unit of the same dimension.
    pub fn canonical(self) -> Unit {
        match self {
            Unit::Fahrenheit => Unit::Celsius,
            Unit::Pascal | Unit::InchOfMercury => Unit::Hectopascal,
            Unit::MilePerHour | Unit::KilometrePerHour | Unit::Knot => Unit::MetrePerSecond,
            Unit::Inch => Unit::Millimetre,
            Unit::InchPerHour => Unit::MillimetrePerHour,
            canonical => canonical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, quantity) in Quantity::all().enumerate() {
            assert_eq!(quantity.index(), index, "{}", quantity.name());
            assert_eq!(Quantity::from_name(quantity.name()), Some(quantity));
            assert_eq!(quantity.unit().canonical(), quantity.unit());
        }
    }

    #[test]
    fn a_suffix_names_a_unit_of_the_right_dimension() {
        assert_eq!(Quantity::from_field("temperature_f"), Some((Quantity::Temperature, Unit::Fahrenheit)));
        assert_eq!(
            Quantity::from_field("station_pressure_inhg"),
            Some((Quantity::StationPressure, Unit::InchOfMercury))
        );
        assert_eq!(Quantity::from_field("sea_level_pressure_pa"), Some((Quantity::SeaLevelPressure, Unit::Pascal)));
        assert_eq!(Quantity::from_field("precipitation_in"), Some((Quantity::Precipitation, Unit::Inch)));
        assert_eq!(
            Quantity::from_field("precipitation_rate_in"),
            Some((Quantity::PrecipitationRate, Unit::InchPerHour))
        );
        assert_eq!(Quantity::from_field("wind_gust_kn"), Some((Quantity::WindGust, Unit::Knot)));
        assert_eq!(Quantity::from_field("temperature_mph"), None);
        assert_eq!(Quantity::from_field("humidity_f"), None);
        assert_eq!(Quantity::from_field("_f"), None);
        assert_eq!(Quantity::from_field(""), None);
    }
}
