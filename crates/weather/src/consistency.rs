//! Is it weather, taken together? What the values of one sensor say about each other.

use crate::quality::Refusal;
use crate::quantity::Quantity;
use crate::values::Values;

/// Takes out what one sensor cannot have meant together; returns what was taken and why.
/// A DHT that failed to read says 1 °C with 1 %.
pub fn cross_check(values: &mut Values) -> Vec<(Quantity, f64, Refusal)> {
    let fake = values.get(Quantity::Temperature) == Some(1.0) && values.get(Quantity::Humidity) == Some(1.0);
    if !fake {
        return Vec::new();
    }
    let why = "1 °C with 1 % is what a DHT answers when a reading failed";
    [Quantity::Temperature, Quantity::Humidity]
        .into_iter()
        .filter_map(|quantity| Some((quantity, values.take(quantity)?, Refusal::Fault(why))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_dht_says_one_and_one() {
        let mut values = Values::default();
        values.put(Quantity::Temperature, 1.0).expect("in range");
        values.put(Quantity::Humidity, 1.0).expect("in range");
        assert_eq!(cross_check(&mut values).len(), 2);
        assert!(values.is_empty());
    }
}
