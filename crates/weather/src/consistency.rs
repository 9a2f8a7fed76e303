//! Is it weather, taken together? What the values of one sensor say about each other.

use crate::quality::Refusal;
use crate::quantity::Quantity;
use crate::values::Values;

/// A temperature with a humidity that a sensor says when it could not measure: the ends of its scale, or its first answer.
struct Pair {
    temperature: f64,
    humidity: f64,
    why: &'static str,
}

/// One a kind of sensor. Weather is never exactly one of them: a humidity of 0 % is not measured outdoors, nor 1 % at 1 °C.
const NO_MEASUREMENTS: [Pair; 4] = [
    Pair { temperature: 0.0, humidity: 0.0, why: "0 °C with 0 % is the raw zero of a DHT that did not answer" },
    Pair { temperature: 1.0, humidity: 1.0, why: "1 °C with 1 % is what a DHT answers when a reading failed" },
    Pair { temperature: -50.0, humidity: 0.0, why: "−50 °C with 0 % is what an AHT10 answers when it starts" },
    Pair { temperature: -45.0, humidity: 0.0, why: "−45 °C with 0 % is the raw zero of an SHT3x or SHT4x" },
];

/// Takes out what one sensor cannot have meant together; returns what was taken and why.
pub fn cross_check(values: &mut Values) -> Vec<(Quantity, f64, Refusal)> {
    let said = values.get(Quantity::Temperature).zip(values.get(Quantity::Humidity));
    let pair = NO_MEASUREMENTS.iter().find(|pair| said == Some((pair.temperature, pair.humidity)));
    let Some(Pair { why, .. }) = pair else { return Vec::new() };
    // The dew point is computed from the two.
    [Quantity::Temperature, Quantity::Humidity, Quantity::DewPoint]
        .into_iter()
        .filter_map(|quantity| Some((quantity, values.take(quantity)?, Refusal::Fault(why))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sensor_says_when_it_could_not_measure_is_taken_out() {
        for (temperature, humidity, what) in
            [(0.0, 0.0, "DHT"), (1.0, 1.0, "DHT"), (-50.0, 0.0, "AHT10"), (-45.0, 0.0, "SHT3x")]
        {
            let mut values = Values::default();
            values.put(Quantity::Temperature, temperature).expect("in range");
            values.put(Quantity::Humidity, humidity).expect("in range");
            let taken = cross_check(&mut values);
            assert!(taken.len() == 2 && taken.iter().all(|(.., why)| why.to_string().contains(what)), "{taken:?}");
            assert!(values.is_empty());
        }
    }

    #[test]
    fn cold_and_dry_air_is_weather() {
        for (temperature, humidity) in [(0.0, 1.0), (0.1, 0.0), (1.0, 2.0), (-50.0, 61.0), (-45.0, 1.0), (-44.9, 0.0)] {
            let mut values = Values::default();
            values.put(Quantity::Temperature, temperature).expect("in range");
            values.put(Quantity::Humidity, humidity).expect("in range");
            assert!(cross_check(&mut values).is_empty(), "{temperature} °C, {humidity} %");
        }
    }
}
