//! Quantities whose numbers are states, and what people and programs call them.

use super::Quantity;
use crate::units::Unit;

/// The words for 0 and for 1; `None` for a quantity that is a measure.
pub(super) const fn words(quantity: Quantity) -> Option<[&'static str; 2]> {
    match quantity {
        Quantity::BatteryLow => Some(["ok", "low"]),
        Quantity::Leak => Some(["dry", "wet"]),
        _ => None,
    }
}

/// Words for 0 and 1 that programs send beside those of [`words`], in lower case. These say what is, whatever the unit.
const fn synonyms(quantity: Quantity) -> [&'static [&'static str]; 2] {
    match quantity {
        Quantity::BatteryLow => [&["normal", "good"], &["bad", "empty"]],
        _ => [&[], &[]],
    }
}

/// The number in `unit` that a word stands for: a state's word, or `true` and `false`.
pub(super) fn read(quantity: Quantity, unit: Unit, text: &str) -> Option<f64> {
    let words = words(quantity)?;
    let lower = text.trim().to_ascii_lowercase();
    let means = |state: usize| words[state] == lower || synonyms(quantity)[state].contains(&&*lower);
    match &*lower {
        "false" | "off" | "no" => Some(0.0),
        "true" | "on" | "yes" => Some(1.0),
        _ if means(0) => Some(unit.from_canonical(0.0)),
        _ if means(1) => Some(unit.from_canonical(1.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_the_state_and_a_truth_says_the_field() {
        for (quantity, unit, text, number) in [
            (Quantity::BatteryLow, Unit::One, "normal", Some(0.0)),
            (Quantity::BatteryLow, Unit::One, " LOW ", Some(1.0)),
            (Quantity::BatteryLow, Unit::One, "true", Some(1.0)),
            // `battery_ok`.
            (Quantity::BatteryLow, Unit::Good, "true", Some(1.0)),
            (Quantity::BatteryLow, Unit::Good, "low", Some(0.0)),
            (Quantity::Leak, Unit::One, "wet", Some(1.0)),
            (Quantity::Leak, Unit::One, "normal", None),
            (Quantity::Leak, Unit::One, "1", None),
            (Quantity::Temperature, Unit::Celsius, "true", None),
        ] {
            assert_eq!(read(quantity, unit, text), number, "{quantity:?} {unit:?} {text:?}");
        }
    }
}
