//! What a visitor wants to be warned of.

use crate::keeper::language::measure;
use crate::keeper::language::sentence::{spoken, what};
use crate::storage::Side;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::units::Unit;

/// A rule, as it is stored with its alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "lowercase")]
pub enum Rule {
    /// A value lies beyond a limit.
    Beyond(Beyond),
    /// It rains.
    Rain {
        /// Whose gauge.
        #[serde(with = "sensor")]
        sensor: SensorName,
    },
    /// The station reports nothing.
    Silence,
}

/// A limit of a datastream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beyond {
    /// True: below it rings; false: above.
    pub below: bool,
    /// Whose value.
    #[serde(with = "sensor")]
    pub sensor: SensorName,
    /// Which value.
    #[serde(with = "quantity")]
    pub quantity: Quantity,
    /// The limit, canonical unit.
    pub limit: f64,
    /// The unit it was said in.
    #[serde(with = "unit")]
    pub unit: Unit,
}

/// A limit that would never ring, or always.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Impossible {
    /// There is nothing beyond it.
    #[error(
        "{what} is never {side} {limit}: what I measure lies between {low} and {high}. That alert would never ring"
    )]
    Never {
        /// The quantity.
        what: String,
        /// `below` or `above`.
        side: &'static str,
        /// The limit.
        limit: String,
        /// The lowest that is weather.
        low: String,
        /// The highest.
        high: String,
    },
    /// Everything is beyond it.
    #[error(
        "{what} is always {side} {limit}: what I measure lies between {low} and {high}. That alert would never stop"
    )]
    Always {
        /// The quantity.
        what: String,
        /// `below` or `above`.
        side: &'static str,
        /// The limit.
        limit: String,
        /// The lowest that is weather.
        low: String,
        /// The highest.
        high: String,
    },
    /// There is no more or less to it.
    #[error("A direction goes round in a circle, it has no above and no below")]
    Circle,
}

impl Beyond {
    /// Checks that it can ring and can stop ringing.
    pub fn new(side: Side, sensor: SensorName, quantity: Quantity, limit: f64, unit: Unit) -> Result<Self, Impossible> {
        if quantity.is_circular() {
            return Err(Impossible::Circle);
        }
        let below = side == Side::Below;
        let (low, high) = quantity.limits().into_inner();
        let (never, always) = if below { (limit <= low, limit > high) } else { (limit >= high, limit < low) };
        let rule = Self { below, sensor, quantity, limit, unit };
        let (what, side) = (quantity.title().to_owned(), rule.side());
        let [limit, low, high] = [limit, low, high].map(|value| measure::limit_text(value, unit));
        match (never, always) {
            (true, _) => Err(Impossible::Never { what, side, limit, low, high }),
            (_, true) => Err(Impossible::Always { what, side, limit, low, high }),
            _ => Ok(rule),
        }
    }

    /// `below` or `above`.
    pub fn side(&self) -> &'static str {
        if self.below { "below" } else { "above" }
    }

    /// True if `value` lies beyond the limit.
    pub fn rings(&self, value: f64) -> bool {
        if self.below { value < self.limit } else { value > self.limit }
    }

    /// True if `value` lies at least `margin` on the quiet side.
    pub fn is_back(&self, value: f64, margin: f64) -> bool {
        if self.below { value >= self.limit + margin } else { value <= self.limit - margin }
    }

    /// True if `one` lies further beyond than `other`.
    pub fn is_worse(&self, one: f64, other: f64) -> bool {
        if self.below { one < other } else { one > other }
    }
}

impl Rule {
    /// As it stands in a list: `temperature below 0 °C`, `rain`, `my silence`.
    pub fn name(&self) -> String {
        match self {
            Self::Beyond(rule) => {
                let limit = measure::limit_text(rule.limit, rule.unit);
                format!("{} {} {limit}", what(&rule.sensor, rule.quantity), rule.side())
            }
            Self::Rain { sensor } if sensor.is_main() => "rain".to_owned(),
            Self::Rain { sensor } => format!("rain on {}", spoken(sensor)),
            Self::Silence => "my silence".to_owned(),
        }
    }
}

mod sensor {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(sensor: &SensorName, to: S) -> Result<S::Ok, S::Error> {
        sensor.as_str().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SensorName, D::Error> {
        SensorName::new(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

mod quantity {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(quantity: &Quantity, to: S) -> Result<S::Ok, S::Error> {
        quantity.name().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Quantity, D::Error> {
        Quantity::from_name(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no such quantity"))
    }
}

mod unit {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(unit: &Unit, to: S) -> Result<S::Ok, S::Error> {
        unit.symbol().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Unit, D::Error> {
        Unit::from_symbol(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no such unit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_stored_as_it_can_be_read_by_people() {
        let rule = Beyond::new(Side::Below, SensorName::main(), Quantity::Temperature, 0.0, Unit::Celsius);
        let rule = Rule::Beyond(rule.expect("possible"));
        let json = serde_json::to_string(&rule).expect("JSON");
        let expected = r#"{"when":"beyond","below":true,"sensor":"","quantity":"temperature","limit":0.0,"unit":"°C"}"#;
        assert_eq!(json, expected);
        for rule in [rule, Rule::Rain { sensor: SensorName::main() }, Rule::Silence] {
            let json = serde_json::to_string(&rule).expect("JSON");
            assert_eq!(serde_json::from_str::<Rule>(&json).expect("a rule"), rule);
        }
        assert!(serde_json::from_str::<Rule>(&expected.replace("temperature", "mood")).is_err());
    }

    #[test]
    fn impossible_limits_are_refused_with_the_reason() {
        let new = |side, quantity, limit| {
            let quantity: Quantity = quantity;
            Beyond::new(side, SensorName::main(), quantity, limit, quantity.unit()).map_err(|error| error.to_string())
        };
        let error = new(Side::Above, Quantity::Humidity, 100.0).expect_err("never");
        assert_eq!(
            error,
            "Humidity is never above 100 %: what I measure lies between 0 % and 100 %. That alert would never ring"
        );
        assert!(new(Side::Below, Quantity::Temperature, -80.0).expect_err("never").contains("never below −80 °C"));
        assert!(new(Side::Below, Quantity::Temperature, 61.0).expect_err("always").contains("always below 61 °C"));
        assert!(new(Side::Above, Quantity::WindSpeed, -1.0).expect_err("always").contains("never stop"));
        assert!(new(Side::Above, Quantity::WindDirection, 90.0).expect_err("a circle").contains("circle"));
        assert!(new(Side::Below, Quantity::Humidity, 100.0).is_ok());
        assert!(new(Side::Above, Quantity::Precipitation, 0.0).is_ok());
    }
}
