//! What sensors and their values are called.

use weather::quantity::Quantity;
use weather::station::SensorName;

/// Instead of a number that is not there.
pub(crate) const DASH: &str = "—";

/// What a value is called away from its sensor's heading: `Humidity`, `Indoor`, `Indoor humidity`.
pub(crate) fn called(sensor: &SensorName, quantity: Quantity) -> String {
    match quantity {
        Quantity::Temperature if !sensor.is_main() => capital(sensor),
        other => titled(sensor, other),
    }
}

/// The same with the word for a temperature: `Temperature`, `Indoor temperature`.
pub(crate) fn titled(sensor: &SensorName, quantity: Quantity) -> String {
    let title = quantity.title();
    if sensor.is_main() {
        return title.to_owned();
    }
    let (sensor, title) = (capital(sensor), lowered(title));
    // The soil temperature of `soil1` is `Soil 1 temperature`.
    let again = sensor.split(' ').next().and_then(|word| title.strip_prefix(&word.to_lowercase()));
    format!("{sensor} {}", again.and_then(|rest| rest.strip_prefix(' ')).unwrap_or(&title))
}

/// A title within a sentence. `PM2.5` and `CO₂` are no words.
pub(crate) fn lowered(title: &str) -> String {
    let is_word = title.chars().nth(1).is_some_and(char::is_lowercase);
    if is_word { title.to_lowercase() } else { title.to_owned() }
}

/// A sensor's name at the beginning of a line: `Soil 1`.
pub(crate) fn capital(sensor: &SensorName) -> String {
    let name = sensor_title(sensor.as_str());
    let (initial, rest) = (name.get(..1).unwrap_or_default(), name.get(1..).unwrap_or_default());
    format!("{}{rest}", initial.to_uppercase())
}

/// A sensor's name as a title: `soil1` is `soil 1`, `north_wall` is `north wall`. Its first letter stays as it is.
pub(crate) fn sensor_title(name: &str) -> String {
    /// Before a number that is no part of the word, as `co2` and `pm10` have one.
    const LETTERS_MIN: usize = 3;
    let word = |word: &str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_counted = letters.len() >= LETTERS_MIN && letters.chars().all(|c| c.is_ascii_alphabetic());
        match word.strip_prefix(letters) {
            Some(number) if is_counted && !number.is_empty() => format!("{letters} {number}"),
            _ => word.to_owned(),
        }
    };
    name.split(['_', '-']).map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_called_by_its_sensor_and_no_word_comes_twice() {
        let title = |sensor: &str, quantity| titled(&SensorName::new(sensor).expect("a sensor"), quantity);
        assert_eq!(title("", Quantity::SoilMoisture), "Soil moisture");
        assert_eq!(title("soil1", Quantity::SoilMoisture), "Soil 1 moisture");
        assert_eq!(title("nursery_room", Quantity::Temperature), "Nursery room temperature");
        assert_eq!(title("indoor", Quantity::Pm2_5), "Indoor PM2.5");
        assert_eq!(called(&SensorName::new("attic").expect("a sensor"), Quantity::Temperature), "Attic");
    }

    #[test]
    fn a_number_stands_apart_from_the_word_that_it_counts() {
        let titles = ["soil1", "temp12", "north_wall", "co2", "pm10", "soil-2", "wh31ch1", "7", ""].map(sensor_title);
        assert_eq!(titles, ["soil 1", "temp 12", "north wall", "co2", "pm10", "soil 2", "wh31ch1", "7", ""]);
    }
}
