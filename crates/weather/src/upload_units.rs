//! In which units the numbers of a station's uploads are, if it writes others than the names of its fields say.

use crate::units::Unit;

/// What the owner has said of the units of a station's uploads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UploadUnits {
    /// Those that the names say.
    #[default]
    AsNamed,
    /// Under names for °F, inHg and in stand °C, hPa and mm. Of wind nobody has said whether it is m/s or km/h.
    Metric,
    /// The same, and m/s under names for mph.
    MetricMetresPerSecond,
    /// The same, and km/h under names for mph.
    MetricKilometresPerHour,
}

/// All of them, with their names.
const ALL: [(UploadUnits, &str); 4] = [
    (UploadUnits::AsNamed, "as-named"),
    (UploadUnits::Metric, "metric"),
    (UploadUnits::MetricMetresPerSecond, "metric-m/s"),
    (UploadUnits::MetricKilometresPerHour, "metric-km/h"),
];

impl UploadUnits {
    /// Its name in commands and in the database.
    pub fn name(self) -> &'static str {
        ALL[self as usize].1
    }

    /// How uploads are read, for people: `as the names of their fields say`.
    pub fn words(self) -> &'static str {
        match self {
            Self::AsNamed => "as the names of their fields say",
            Self::Metric => "in °C, hPa and mm, without wind",
            Self::MetricMetresPerSecond => "in °C, hPa, mm and m/s",
            Self::MetricKilometresPerHour => "in °C, hPa, mm and km/h",
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|(units, _)| *units)
    }

    /// Those of that exact name.
    ///
    /// # Errors
    /// The names that there are.
    pub fn from_name(name: &str) -> Result<Self, String> {
        let found = ALL.iter().find(|(_, known)| *known == name).map(|(units, _)| *units);
        found.ok_or_else(|| format!("{name:?} is none of as-named, metric, metric-m/s and metric-km/h"))
    }

    /// The unit of a number under a name for `named`; `None` if nobody has said it.
    pub fn of(self, named: Unit) -> Option<Unit> {
        Some(match (self, named) {
            (Self::AsNamed, named) => named,
            (_, Unit::Fahrenheit) => Unit::Celsius,
            (_, Unit::InchOfMercury) => Unit::Hectopascal,
            (_, Unit::Inch) => Unit::Millimetre,
            (_, Unit::InchPerHour) => Unit::MillimetrePerHour,
            (Self::Metric, Unit::MilePerHour) => return None,
            (Self::MetricMetresPerSecond, Unit::MilePerHour) => Unit::MetrePerSecond,
            (Self::MetricKilometresPerHour, Unit::MilePerHour) => Unit::KilometrePerHour,
            (_, named) => named,
        })
    }
}

/// True for the units of which there is a metric one that forwarders send under the same names.
pub fn is_of_the_us(unit: Unit) -> bool {
    UploadUnits::Metric.of(unit) != Some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_names_and_wind_needs_its_own_word() {
        for (place, (units, name)) in ALL.into_iter().enumerate() {
            assert_eq!((units as usize, units.name(), UploadUnits::from_name(name)), (place, name, Ok(units)));
        }
        assert!(UploadUnits::from_name("Metric").is_err_and(|why| why.contains("metric-km/h")));
        assert_eq!(UploadUnits::AsNamed.of(Unit::Fahrenheit), Some(Unit::Fahrenheit));
        assert_eq!(UploadUnits::Metric.of(Unit::Fahrenheit), Some(Unit::Celsius));
        assert_eq!(UploadUnits::Metric.of(Unit::MilePerHour), None);
        assert_eq!(UploadUnits::MetricKilometresPerHour.of(Unit::MilePerHour), Some(Unit::KilometrePerHour));
        assert!(is_of_the_us(Unit::InchPerHour) && !is_of_the_us(Unit::Percent) && !is_of_the_us(Unit::Celsius));
    }
}
