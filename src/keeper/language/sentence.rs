//! How the keeper writes a datastream and a beginning.

use weather::quantity::Quantity;
use weather::station::SensorName;

/// A datastream inside a sentence: `temperature`, `greenhouse humidity`.
pub fn what(sensor: &SensorName, quantity: Quantity) -> String {
    let called = quantity.keeper().called;
    if sensor.is_main() { called.to_owned() } else { format!("{} {called}", spoken(sensor)) }
}

/// A sensor's name inside a sentence: `greenhouse 2`.
pub fn spoken(sensor: &SensorName) -> String {
    sensor.as_str().replace(['-', '_'], " ")
}

/// True if a datastream is what everybody means by "it": the temperature outside.
pub fn is_it(sensor: &SensorName, quantity: Quantity) -> bool {
    quantity == Quantity::Temperature && sensor.is_main()
}

/// A text with its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
