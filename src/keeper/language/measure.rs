//! A number with its unit: `60 km/h`, `0 degrees C`, `29.8`.

use super::tokens::Tokens;
use super::units;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::units::{Unit, format_half_up};

/// A number as it was said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// The number.
    pub number: f64,
    /// Its unit, if one was said.
    pub unit: Option<Unit>,
}

impl Measure {
    /// The number at `place` with the unit behind it.
    pub fn at(tokens: &Tokens, place: usize) -> Option<Self> {
        let number = tokens.number_at(place)?;
        let degrees = matches!(tokens.at(place + 1), Some("degrees" | "degree" | "deg"));
        let after = place + 1 + usize::from(degrees);
        let word = tokens.at(after).map(|word| match (word, tokens.at(after + 1)) {
            // `in` is an inch only where nothing follows that something could be in.
            ("in", Some(_)) => "",
            ("kilometres" | "kilometers" | "km", Some("per" | "an")) => "km/h",
            ("mm" | "millimetres" | "millimeters", Some("per" | "an")) => "mm/h",
            ("inch" | "inches", Some("per" | "an")) => "in/h",
            ("miles", Some("per" | "an")) => "mph",
            ("metres" | "meters", Some("per" | "a")) => "m/s",
            (word, _) => word,
        });
        Some(Self { number, unit: word.and_then(units::spelled) })
    }

    /// The canonical value if this is of that quantity; a number alone is in the reader's unit.
    pub fn canonical(self, quantity: Quantity, preference: Preference) -> Option<f64> {
        let unit = fitting(self.unit.unwrap_or(preference.unit(quantity)), quantity)?;
        Some(unit.to_canonical(self.number))
    }

    /// The unit to speak of it in.
    pub fn spoken(self, quantity: Quantity, preference: Preference) -> Unit {
        self.unit.and_then(|unit| fitting(unit, quantity)).unwrap_or(preference.unit(quantity))
    }

    /// The quantity that has this unit, where there is no doubt.
    pub fn implied(self) -> Option<Quantity> {
        let unit = self.unit?.canonical();
        Quantity::all().find(|quantity| quantity.keeper().of_unit && quantity.unit() == unit)
    }
}

/// The unit itself, or what its letters mean for a rain rate, if the quantity can have it.
fn fitting(unit: Unit, quantity: Quantity) -> Option<Unit> {
    let unit = match (unit, quantity.unit()) {
        (Unit::Millimetre, Unit::MillimetrePerHour) => Unit::MillimetrePerHour,
        (Unit::Inch, Unit::MillimetrePerHour) => Unit::InchPerHour,
        (Unit::Inch, Unit::Hectopascal) => Unit::InchOfMercury,
        (unit, _) => unit,
    };
    (unit.canonical() == quantity.unit()).then_some(unit)
}

/// A canonical value in `unit`: as the reader's preference writes it if it is that unit, else in the same manner.
pub fn text(quantity: Quantity, canonical: f64, unit: Unit, preference: Preference) -> String {
    for preference in [preference, Preference::METRIC, Preference::US] {
        if preference.unit(quantity) == unit {
            return preference.text(quantity, canonical);
        }
    }
    let decimals = u32::from(unit != Unit::Pascal);
    join(format_half_up(unit.from_canonical(canonical), decimals), unit)
}

/// A limit as it was said: `0 °C`, `29.8 inHg`, without decimals that nobody said.
pub fn limit_text(canonical: f64, unit: Unit) -> String {
    let digits = format_half_up(unit.from_canonical(canonical), 2);
    join(digits.trim_end_matches('0').trim_end_matches('.').to_owned(), unit)
}

fn join(digits: String, unit: Unit) -> String {
    let digits = weather::preference::minus(digits);
    if unit.symbol().is_empty() { digits } else { format!("{digits} {}", unit.symbol()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: Preference = Preference::US;

    fn read(text: &str, quantity: Quantity, preference: Preference) -> Option<f64> {
        Measure::at(&Tokens::of(text), 0)?.canonical(quantity, preference)
    }

    #[test]
    fn a_number_is_read_in_its_unit_or_else_in_the_readers() {
        let metric = Preference::default();
        for (text, quantity, preference, canonical) in [
            ("0 °C", Quantity::Temperature, US, 0.0),
            ("32", Quantity::Temperature, US, 0.0),
            ("32 degrees", Quantity::Temperature, metric, 32.0),
            ("50°F", Quantity::Temperature, metric, 10.0),
            ("36 km/h", Quantity::WindGust, metric, 10.0),
            ("36 kilometers per hour", Quantity::WindGust, metric, 10.0),
            ("10", Quantity::WindSpeed, US, 4.4704),
            ("1 in", Quantity::Precipitation, metric, 25.4),
            ("1 in", Quantity::PrecipitationRate, metric, 25.4),
            ("30 in", Quantity::SeaLevelPressure, metric, 30.0 * 33.863_886_7),
            ("980 mbar", Quantity::SeaLevelPressure, US, 980.0),
        ] {
            let read = read(text, quantity, preference).expect(text);
            assert!((read - canonical).abs() < 1e-9, "{text}: {read}");
        }
        assert_eq!(read("5 km/h", Quantity::Temperature, metric), None);
        assert_eq!(read("5 %", Quantity::WindSpeed, metric), None);
    }

    #[test]
    fn a_limit_is_said_as_it_was_heard() {
        assert_eq!(limit_text(0.0, Unit::Celsius), "0 °C");
        assert_eq!(limit_text(-2.5, Unit::Celsius), "−2.5 °C");
        assert_eq!(limit_text(60.0 / 3.6, Unit::KilometrePerHour), "60 km/h");
        assert_eq!(limit_text(100.0, Unit::Percent), "100 %");
        assert_eq!(limit_text(29.8 * 33.863_886_7, Unit::InchOfMercury), "29.8 inHg");
        assert_eq!(text(Quantity::WindSpeed, 10.0, Unit::KilometrePerHour, US), "36.0 km/h");
        assert_eq!(text(Quantity::WindSpeed, 10.0, Unit::MilePerHour, Preference::default()), "22 mph");
    }
}
