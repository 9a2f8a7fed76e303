//! Fields of uploads that mean nothing by themselves, and what a station's owner says that they are.

use crate::quantity::Quantity;
use crate::station::SensorName;
use crate::units::Unit;
use crate::visible::is_hidden;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Longest name of a field, bytes: what an answer repeats of one.
pub const FIELD_MAX_BYTES: usize = 96;
/// Fields of a station that may be mapped.
pub const MAPPINGS_MAX: usize = 64;
/// The name of a field, in lower case: consoles write `UV` and `uv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName(String);

/// What cannot be a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    /// It cannot be a field's name.
    #[error("a field's name has 1 to {FIELD_MAX_BYTES} bytes, and none that is invisible")]
    Field,
    /// Nobody writes a unit like that.
    #[error("{0:?} is no unit of {1}: it may be {2}")]
    Unit(String, &'static str, String),
    /// It is made here of what counters say.
    #[error("{0} cannot be sent")]
    Quantity(&'static str),
}

impl FieldName {
    /// The name of a field as it was sent.
    ///
    /// # Errors
    /// [`BadMapping::Field`].
    pub fn new(text: &str) -> Result<Self, BadMapping> {
        let lower = text.trim().to_lowercase();
        let fits = (1..=FIELD_MAX_BYTES).contains(&lower.len()) && !lower.chars().any(is_hidden);
        if fits { Ok(Self(lower)) } else { Err(BadMapping::Field) }
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names of the time of a report, in all formats.
const OF_TIME: [&str; 4] = ["dateutc", "datetime", "observed_at", "timestamp"];

/// Why nothing can be said of a field, though its name is one; `None` if something can.
pub fn never_obeyed(field: &str) -> Option<String> {
    let lower = field.trim().to_lowercase();
    if Quantity::from_name(&lower).is_some_and(Quantity::is_shown) {
        return Some(format!("{lower} is the name of a quantity here and means that; nothing else can be said of it"));
    }
    let is_time = OF_TIME.contains(&lower.as_str());
    is_time.then(|| format!("{lower} says when something was observed, and is never read as a value"))
}

/// So many quantities name a kind of unit; more would fill the list.
const KIND_QUANTITIES: usize = 3;

/// The symbols of all units for a list to choose from, by what they are units of.
pub fn units_by_kind() -> impl Iterator<Item = (String, impl Iterator<Item = &'static str>)> {
    let kinds = Unit::ALL.into_iter().filter(|unit| unit.canonical() == *unit && !unit.symbol().is_empty());
    kinds.filter_map(|kind| {
        let titles: Vec<_> =
            Quantity::shown().filter(|quantity| quantity.unit() == kind).map(Quantity::title).collect();
        let more = if titles.len() > KIND_QUANTITIES { ", …" } else { "" };
        let of = titles.get(..KIND_QUANTITIES.min(titles.len()))?.join(", ") + more;
        let units = Unit::ALL.into_iter().filter(move |unit| unit.canonical() == kind).map(Unit::symbol);
        (!titles.is_empty()).then(|| (of, units.filter(|symbol| !symbol.is_empty())))
    })
}

/// What a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    sensor: SensorName,
    quantity: Quantity,
    unit: Unit,
}

impl Mapping {
    /// A field is that quantity of that sensor; the main sensor stands for the one that the upload is of. `unit` is how people
    /// write it; empty: the one that is stored.
    ///
    /// # Errors
    /// What is wrong with it, for the person who made it.
    pub fn new(sensor: SensorName, quantity: Quantity, unit: &str) -> Result<Self, BadMapping> {
        if !quantity.is_shown() {
            return Err(BadMapping::Quantity(quantity.name()));
        }
        let unit = unit.trim();
        let fits = |one: &Unit| one.canonical() == quantity.unit();
        let known = || Unit::from_symbol(unit).filter(fits).or(Unit::from_spelling(&unit.to_lowercase()).filter(fits));
        let unit = if unit.is_empty() { Some(quantity.unit()) } else { known() }.ok_or_else(|| {
            let units: Vec<_> = Unit::ALL.into_iter().filter(fits).map(Unit::symbol).collect();
            BadMapping::Unit(unit.to_owned(), quantity.name(), units.join(", "))
        })?;
        Ok(Self { sensor, quantity, unit })
    }

    /// Which sensor; the main one stands for the one that the upload is of.
    pub fn sensor(&self) -> &SensorName {
        &self.sensor
    }

    /// Which quantity.
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The unit that it is sent in.
    pub fn unit(&self) -> Unit {
        self.unit
    }
}

/// What a station's fields are; clones share it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mappings(Option<Arc<BTreeMap<String, Mapping>>>);

impl Mappings {
    /// These, by name in lower case.
    pub fn new(all: BTreeMap<String, Mapping>) -> Self {
        Self((!all.is_empty()).then(|| Arc::new(all)))
    }

    /// What a field is, by its name in any case.
    pub fn find(&self, field: &str) -> Option<&Mapping> {
        self.0.as_ref()?.get(&field.trim().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_in_any_case_and_read_in_the_unit_that_was_said() {
        let field = FieldName::new(" Pool_Temp ").expect("a name");
        let mapping = Mapping::new(SensorName::main(), Quantity::Temperature, "F").expect("a mapping");
        assert_eq!(mapping.unit(), Unit::Fahrenheit);
        let all = Mappings::new(BTreeMap::from([(field.as_str().to_owned(), mapping.clone())]));
        assert_eq!((all.find("POOL_TEMP"), all.find("pool")), (Some(&mapping), None));
        let unit = |quantity, unit| Mapping::new(SensorName::main(), quantity, unit).map(|mapping| mapping.unit());
        assert_eq!(unit(Quantity::UvIndex, ""), Ok(Unit::One));
        assert_eq!(unit(Quantity::WindSpeed, "km/h"), Ok(Unit::KilometrePerHour));
        let wrong = unit(Quantity::Temperature, "hPa").expect_err("no unit of it").to_string();
        assert_eq!(wrong, "\"hPa\" is no unit of temperature: it may be °C, °F");
        assert!(unit(Quantity::PrecipitationCounted, "").is_err());
    }

    #[test]
    fn nothing_else_is_said_of_what_means_something_everywhere() {
        let why = |field| never_obeyed(field).unwrap_or_default();
        assert!(why("Temperature ").contains("temperature is the name of a quantity"));
        assert!(why("dateutc").contains("when something was observed"));
        assert_eq!((never_obeyed("pool_temp"), never_obeyed("temp9f")), (None, None));
    }

    #[test]
    fn units_are_listed_once_with_what_they_are_units_of() {
        let kinds: Vec<(String, Vec<_>)> = units_by_kind().map(|(of, units)| (of, units.collect())).collect();
        assert!(kinds.iter().any(|(of, units)| of.starts_with("Temperature") && *units == ["°C", "°F"]), "{kinds:?}");
        let mut all: Vec<_> = kinds.into_iter().flat_map(|(_, units)| units).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_is_no_name_of_a_field_is_refused() {
        for text in ["", " ", "a\nb", &"x".repeat(97)] {
            assert_eq!(FieldName::new(text), Err(BadMapping::Field), "{text:?}");
        }
    }
}
