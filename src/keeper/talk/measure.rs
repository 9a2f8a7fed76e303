//! A number with its unit: `60 km/h`, `0 degrees C`, `29.8`.

use super::tokens::Tokens;
use super::topic::Context;
use super::vocabulary;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::units::{Unit, format_half_up};

/// How people write units, after the text has been made plain.
const SPELLINGS: &[(&str, Unit)] = &[
    ("c", Unit::Celsius),
    ("celsius", Unit::Celsius),
    ("centigrade", Unit::Celsius),
    ("f", Unit::Fahrenheit),
    ("fahrenheit", Unit::Fahrenheit),
    ("percent", Unit::Percent),
    ("pct", Unit::Percent),
    ("hpa", Unit::Hectopascal),
    ("mbar", Unit::Hectopascal),
    ("mb", Unit::Hectopascal),
    ("millibar", Unit::Hectopascal),
    ("millibars", Unit::Hectopascal),
    ("pa", Unit::Pascal),
    ("inhg", Unit::InchOfMercury),
    ("m/s", Unit::MetrePerSecond),
    ("ms", Unit::MetrePerSecond),
    ("mps", Unit::MetrePerSecond),
    ("mph", Unit::MilePerHour),
    ("km/h", Unit::KilometrePerHour),
    ("kmh", Unit::KilometrePerHour),
    ("kph", Unit::KilometrePerHour),
    ("kmph", Unit::KilometrePerHour),
    ("kn", Unit::Knot),
    ("kt", Unit::Knot),
    ("kts", Unit::Knot),
    ("knot", Unit::Knot),
    ("knots", Unit::Knot),
    ("mm", Unit::Millimetre),
    ("millimetres", Unit::Millimetre),
    ("millimeters", Unit::Millimetre),
    ("in", Unit::Inch),
    ("inch", Unit::Inch),
    ("inches", Unit::Inch),
    ("mm/h", Unit::MillimetrePerHour),
    ("mm/hr", Unit::MillimetrePerHour),
    ("in/h", Unit::InchPerHour),
    ("in/hr", Unit::InchPerHour),
    ("w/m2", Unit::WattPerSquareMetre),
    ("ug/m3", Unit::MicrogramPerCubicMetre),
    ("ppm", Unit::PartPerMillion),
    ("v", Unit::Volt),
    ("volt", Unit::Volt),
    ("volts", Unit::Volt),
];

/// Every unit once, to find one by its symbol.
const UNITS: [Unit; 20] = [
    Unit::Celsius,
    Unit::Fahrenheit,
    Unit::Percent,
    Unit::Hectopascal,
    Unit::Pascal,
    Unit::InchOfMercury,
    Unit::MetrePerSecond,
    Unit::MilePerHour,
    Unit::KilometrePerHour,
    Unit::Knot,
    Unit::Degree,
    Unit::Millimetre,
    Unit::Inch,
    Unit::MillimetrePerHour,
    Unit::InchPerHour,
    Unit::WattPerSquareMetre,
    Unit::One,
    Unit::MicrogramPerCubicMetre,
    Unit::PartPerMillion,
    Unit::Volt,
];

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
        let unit =
            word.and_then(|word| SPELLINGS.iter().find(|(spelling, _)| *spelling == word)).map(|(_, unit)| *unit);
        Some(Self { number, unit })
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
        Some(match self.unit?.canonical() {
            Unit::Celsius => Quantity::Temperature,
            Unit::Hectopascal => Quantity::SeaLevelPressure,
            Unit::MetrePerSecond => Quantity::WindSpeed,
            Unit::Percent => Quantity::Humidity,
            Unit::Millimetre => Quantity::Precipitation,
            Unit::MillimetrePerHour => Quantity::PrecipitationRate,
            Unit::WattPerSquareMetre => Quantity::SolarRadiation,
            Unit::PartPerMillion => Quantity::Co2,
            Unit::Volt => Quantity::BatteryVoltage,
            Unit::MicrogramPerCubicMetre => Quantity::Pm2_5,
            _ => return None,
        })
    }
}

/// Units that people know and weather stations here do not speak.
const FOREIGN: &[&str] = &[
    "k", "kelvin", "kelvins", "rankine", "beaufort", "bft", "bf", "force", "bar", "bars", "kpa", "atm", "torr", "mmhg",
    "psi", "cm", "ft", "feet", "foot", "fps", "ft/s", "ft/min", "lux", "lx", "mg/m3", "g/m3", "ppb", "mv", "litres",
    "liters", "l/m2", "km/s", "m/h", "cm/h", "mach", "yards", "furlongs",
];

/// Words that may stand behind a number without being its unit.
const BEHIND: &[&str] = &[
    "in", "on", "at", "of", "or", "and", "but", "for", "the", "a", "it", "if", "please", "again", "outdoors", "here",
    "there", "now", "then", "to", "from", "with", "me", "i", "you", "pm2.5", "pm25", "pm10", "co2", "uv", "pls",
    "thanks", "thx", "today", "tonight", "by", "during", "ever", "this", "that", "last", "yet", "before", "after",
    "all", "day", "every", "some", "once", "whenever", "my", "your", "room", "air", "just", "right", "soon",
    "anywhere", "anyway", "too", "midnight", "noon", "morning", "since", "is", "was", "per", "up", "above", "over",
    "ago", "h", "am", "pm", "any", "so", "lately", "already", "times", "until", "than", "while", "between", "plus",
    "also",
];

/// The unit that a sentence names away from its number: `wind in knots above 5`.
pub fn named(tokens: &Tokens) -> Option<Unit> {
    (0..tokens.all.len()).find_map(|at| {
        let word = tokens.at(at)?;
        // Short ones are a unit only where the sentence says so: `in f`.
        let said = word.len() > 2 || (at > 0 && tokens.at(at - 1) == Some("in"));
        SPELLINGS.iter().find(|(spelling, _)| said && *spelling == word).map(|(_, unit)| *unit)
    })
}

/// The preference to answer in: the visitor's, unless the question names a unit (`how cold is it in fahrenheit`).
pub fn asked_in(text: &str, preference: Preference) -> Preference {
    let tokens = Tokens::of(text);
    let asked = |at: usize| {
        let word = tokens.at(at + 1).filter(|_| tokens.at(at) == Some("in"))?;
        SPELLINGS.iter().find(|(spelling, _)| *spelling == word).map(|(_, unit)| *unit)
    };
    match (0..tokens.all.len()).find_map(asked) {
        Some(Unit::Fahrenheit) => Preference { fahrenheit: true, ..preference },
        Some(Unit::Celsius) => Preference { fahrenheit: false, ..preference },
        Some(Unit::MilePerHour | Unit::InchOfMercury | Unit::Inch | Unit::InchPerHour) => {
            Preference { us: true, ..preference }
        }
        Some(Unit::MetrePerSecond | Unit::Hectopascal | Unit::Millimetre | Unit::MillimetrePerHour) => {
            Preference { us: false, ..preference }
        }
        _ => preference,
    }
}

/// True if a word is a unit, known here or not.
pub fn is_unit(word: &str) -> bool {
    FOREIGN.contains(&word) || SPELLINGS.iter().any(|(spelling, _)| *spelling == word)
}

/// The unit in a sentence with a number that is none here: `7 beaufort`, `in kelvin`.
pub fn foreign(tokens: &Tokens, context: &Context) -> Option<String> {
    let behind = |at: usize| {
        let degrees = matches!(tokens.at(at + 1), Some("degrees" | "degree" | "deg"));
        let place = at + 1 + usize::from(degrees);
        tokens.number_at(at)?;
        let word = tokens.at(place)?;
        let per_hour = matches!(word, "kilometres" | "kilometers" | "km" | "miles" | "metres" | "meters")
            && matches!(tokens.at(place + 1), Some("per" | "an" | "a"));
        let is_unit = SPELLINGS.iter().any(|(spelling, _)| *spelling == word);
        let means = vocabulary::is_known(word) || BEHIND.contains(&word);
        let of_sensor =
            context.known.iter().any(|(sensor, _)| sensor.as_str().split(['-', '_']).any(|part| part == word));
        (!is_unit && !per_hour && !means && !of_sensor).then(|| word.to_owned())
    };
    (0..tokens.all.len()).find_map(|at| foreign_at(tokens, at).or_else(|| behind(at)))
}

/// The unit at a place that people know and that is none here.
pub fn foreign_at(tokens: &Tokens, at: usize) -> Option<String> {
    let said = |word: &str| {
        let before = at.checked_sub(1).and_then(|before| tokens.at(before));
        word.len() > 2 && word != "force" && word != "bar" || before == Some("in")
    };
    tokens.at(at).filter(|word| FOREIGN.contains(word) && said(word)).map(str::to_owned)
}

/// The unit itself, or what its letters mean for a rain rate, if the quantity can have it.
fn fitting(unit: Unit, quantity: Quantity) -> Option<Unit> {
    let unit = match (unit, quantity) {
        (Unit::Millimetre, Quantity::PrecipitationRate) => Unit::MillimetrePerHour,
        (Unit::Inch, Quantity::PrecipitationRate) => Unit::InchPerHour,
        (Unit::Inch, quantity) if quantity.unit() == Unit::Hectopascal => Unit::InchOfMercury,
        (unit, _) => unit,
    };
    (unit.canonical() == quantity.unit()).then_some(unit)
}

/// The unit of a symbol.
pub fn unit_of(symbol: &str) -> Option<Unit> {
    UNITS.into_iter().find(|unit| unit.symbol() == symbol)
}

/// A canonical value in `unit`: as the reader's preference writes it if it is that unit, else in the same manner.
pub fn text(quantity: Quantity, canonical: f64, unit: Unit, preference: Preference) -> String {
    for preference in [preference, Preference { fahrenheit: !preference.fahrenheit, us: !preference.us }] {
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

    const US: Preference = Preference { fahrenheit: true, us: true };

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

    #[test]
    fn every_symbol_finds_its_unit() {
        for unit in UNITS {
            assert_eq!(unit_of(unit.symbol()), Some(unit));
        }
        assert_eq!(unit_of("parsec"), None);
    }
}
