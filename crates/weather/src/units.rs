//! Units: the only conversions in the house. Stored values are canonical; doors convert in, pages convert out.

/// Makes the enum and what is looked up by it of the same rows: symbol, canonical unit of the same dimension, suffix.
macro_rules! units {
    ($($(#[$doc:meta])* $unit:ident: $symbol:literal, $canonical:ident, $suffix:literal;)*) => {
        /// A unit that a value can be sent or shown in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Unit {
            $($(#[$doc])* $unit,)*
        }

        impl Unit {
            /// Every unit once.
            pub const ALL: [Unit; [$($symbol),*].len()] = [$(Unit::$unit),*];

            /// What people read behind a number.
            pub const fn symbol(self) -> &'static str {
                match self {
                    $(Unit::$unit => $symbol,)*
                }
            }

            /// The unit of the same dimension that values are stored in.
            pub const fn canonical(self) -> Unit {
                match self {
                    $(Unit::$unit => Unit::$canonical,)*
                }
            }

            /// What names this unit at the end of a field's name: `_mph`; empty where nothing does. Of several with the
            /// same suffix, the quantity's dimension says which one is meant.
            pub const fn suffix(self) -> &'static str {
                match self {
                    $(Unit::$unit => $suffix,)*
                }
            }
        }
    };
}

units! {
    /// °C, canonical
    Celsius: "°C", Celsius, "_c";
    /// °F
    Fahrenheit: "°F", Celsius, "_f";
    /// %, canonical
    Percent: "%", Percent, "";
    /// Fifths of a battery's charge, as some gateways count them
    Fifth: "/5", Percent, "";
    /// hPa, canonical
    Hectopascal: "hPa", Hectopascal, "_hpa";
    /// Pa
    Pascal: "Pa", Hectopascal, "_pa";
    /// inHg
    InchOfMercury: "inHg", Hectopascal, "_inhg";
    /// mmHg
    MillimetreOfMercury: "mmHg", Hectopascal, "_mmhg";
    /// m/s, canonical
    MetrePerSecond: "m/s", MetrePerSecond, "_ms";
    /// mph
    MilePerHour: "mph", MetrePerSecond, "_mph";
    /// km/h
    KilometrePerHour: "km/h", MetrePerSecond, "_kmh";
    /// kn
    Knot: "kn", MetrePerSecond, "_kn";
    /// ° clockwise from north, canonical
    Degree: "°", Degree, "";
    /// mm, canonical
    Millimetre: "mm", Millimetre, "_mm";
    /// in
    Inch: "in", Millimetre, "_in";
    /// km, canonical
    Kilometre: "km", Kilometre, "_km";
    /// mi
    Mile: "mi", Kilometre, "_mi";
    /// mm/h, canonical
    MillimetrePerHour: "mm/h", MillimetrePerHour, "_mm";
    /// in/h
    InchPerHour: "in/h", MillimetrePerHour, "_in";
    /// W/m², canonical
    WattPerSquareMetre: "W/m²", WattPerSquareMetre, "";
    /// 1 (UV index), canonical
    One: "", One, "";
    /// The opposite of a fault that is 0 or 1: 1 is good, 0 is bad
    Good: "1 = good", One, "";
    /// µS/cm, canonical
    MicrosiemensPerCentimetre: "µS/cm", MicrosiemensPerCentimetre, "";
    /// µg/m³, canonical
    MicrogramPerCubicMetre: "µg/m³", MicrogramPerCubicMetre, "";
    /// ppm, canonical
    PartPerMillion: "ppm", PartPerMillion, "";
    /// V, canonical
    Volt: "V", Volt, "";
}

/// How people and programs write units, in lower case. A text that means two units, such as `m`, is not here.
const SPELLINGS: &[(&str, Unit)] = &[
    ("c", Unit::Celsius),
    ("celsius", Unit::Celsius),
    ("centigrade", Unit::Celsius),
    ("°c", Unit::Celsius),
    ("℃", Unit::Celsius),
    ("f", Unit::Fahrenheit),
    ("fahrenheit", Unit::Fahrenheit),
    ("°f", Unit::Fahrenheit),
    ("percent", Unit::Percent),
    ("pct", Unit::Percent),
    ("%", Unit::Percent),
    ("hpa", Unit::Hectopascal),
    ("mbar", Unit::Hectopascal),
    ("mb", Unit::Hectopascal),
    ("millibar", Unit::Hectopascal),
    ("millibars", Unit::Hectopascal),
    ("pa", Unit::Pascal),
    ("inhg", Unit::InchOfMercury),
    ("mmhg", Unit::MillimetreOfMercury),
    ("m/s", Unit::MetrePerSecond),
    ("ms", Unit::MetrePerSecond),
    ("mps", Unit::MetrePerSecond),
    ("mph", Unit::MilePerHour),
    ("mi/h", Unit::MilePerHour),
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
    ("w/m²", Unit::WattPerSquareMetre),
    ("ug/m3", Unit::MicrogramPerCubicMetre),
    ("µg/m³", Unit::MicrogramPerCubicMetre),
    ("ppm", Unit::PartPerMillion),
    ("v", Unit::Volt),
    ("volt", Unit::Volt),
    ("volts", Unit::Volt),
    ("µs/cm", Unit::MicrosiemensPerCentimetre),
    ("us/cm", Unit::MicrosiemensPerCentimetre),
    ("°", Unit::Degree),
];

/// 1 inHg in hPa (conventional mercury, 0 °C).
const HPA_PER_INHG: f64 = 33.863_886_7;
/// 1 mmHg in hPa (conventional mercury, 0 °C).
const HPA_PER_MMHG: f64 = HPA_PER_INHG / MM_PER_INCH;
/// 1 mph in m/s, exact.
const MPS_PER_MPH: f64 = 0.447_04;
/// 1 kn in m/s (1852 m in 3600 s).
const MPS_PER_KNOT: f64 = 1852.0 / 3600.0;
/// 1 km/h in m/s.
const MPS_PER_KMH: f64 = 1.0 / 3.6;
/// 1 mi in km, exact.
const KM_PER_MILE: f64 = 1.609_344;
/// A fifth of a whole in %, exact.
const PERCENT_PER_FIFTH: f64 = 20.0;
/// 1 inch in mm, exact.
const MM_PER_INCH: f64 = 25.4;

impl Unit {
    /// True for what a protocol counts in, and nobody else.
    pub const fn is_code(self) -> bool {
        matches!(self, Self::Fifth | Self::Good)
    }

    /// The unit of a symbol.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.symbol() == symbol)
    }

    /// The unit that people and programs write so, in lower case: `km/h`, `kph`, `inches`.
    pub fn from_spelling(lower: &str) -> Option<Self> {
        SPELLINGS.iter().find(|(spelling, _)| *spelling == lower).map(|(_, unit)| *unit)
    }

    /// `value`, given in this unit, in the canonical unit of its dimension, without the noise of the arithmetic: 98.6 °F
    /// is 37 °C. A value in its canonical unit comes back as it is.
    pub fn to_canonical(self, value: f64) -> f64 {
        match self {
            Unit::Fahrenheit => without_noise((value - 32.0) / 1.8),
            Unit::Good => without_noise(1.0 - value),
            _ if self.canonical() == self => value,
            _ => without_noise(value * self.factor()),
        }
    }

    /// `value`, given in the canonical unit of this unit's dimension, in this unit, likewise: 37 °C is 98.6 °F.
    pub fn from_canonical(self, value: f64) -> f64 {
        match self {
            Unit::Fahrenheit => without_noise(value * 1.8 + 32.0),
            Unit::Good => without_noise(1.0 - value),
            _ => self.difference(value),
        }
    }

    /// A *difference* between two canonical values, in this unit: no offset, only the factor.
    pub fn difference(self, value: f64) -> f64 {
        match self {
            Unit::Fahrenheit => without_noise(value * 1.8),
            _ if self.canonical() == self => value,
            _ => without_noise(value / self.factor()),
        }
    }

    fn factor(self) -> f64 {
        match self {
            Unit::Pascal => 0.01,
            Unit::InchOfMercury => HPA_PER_INHG,
            Unit::MillimetreOfMercury => HPA_PER_MMHG,
            Unit::MilePerHour => MPS_PER_MPH,
            Unit::KilometrePerHour => MPS_PER_KMH,
            Unit::Knot => MPS_PER_KNOT,
            Unit::Inch | Unit::InchPerHour => MM_PER_INCH,
            Unit::Mile => KM_PER_MILE,
            Unit::Fifth => PERCENT_PER_FIFTH,
            Unit::Good => -1.0,
            _ => 1.0,
        }
    }
}

/// What is finer than a billionth of a unit is no measurement, but arithmetic: 98.6 °F would be 36.99999999999999 °C, and
/// contradict the 37 that another sender converted.
pub fn without_noise(value: f64) -> f64 {
    /// Parts of a unit that are kept.
    const PARTS: f64 = 1e9;
    let scaled = value * PARTS;
    // Half up, as `static/js/view/units.js` does it.
    if scaled.is_finite() { (scaled + 0.5).floor() / PARTS } else { value }
}

/// Rounds half *up* (toward +∞: 2.5 → 3, −2.5 → −2), as WMO asks, to `decimals` places, without a `-0`.
///
/// The billionth that is added keeps decimal halves that binary cannot hold (1.005) on the upper side.
/// `static/js/view/format.js` does the same arithmetic, so page and server agree to the digit.
pub fn round_half_up(value: f64, decimals: u32) -> f64 {
    let scale = 10f64.powi(decimals as i32);
    let rounded = (value * scale + 0.5 + 1e-9).floor() / scale;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// `value` rounded half up and printed with exactly `decimals` places.
pub fn format_half_up(value: f64, decimals: u32) -> String {
    format!("{:.*}", decimals as usize, round_half_up(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_up_and_zero_has_no_sign() {
        for (value, decimals, text) in [
            (2.5, 0, "3"),
            (-2.5, 0, "-2"),
            (21.45, 1, "21.5"),
            (1.005, 2, "1.01"),
            (-0.04, 1, "0.0"),
            (-0.0, 1, "0.0"),
            (-0.05, 1, "0.0"),
            (-0.06, 1, "-0.1"),
            (1013.25, 1, "1013.3"),
        ] {
            assert_eq!(format_half_up(value, decimals), text, "{value} to {decimals} places");
        }
    }

    #[test]
    fn known_conversions() {
        assert!((Unit::InchOfMercury.to_canonical(29.92) - 1013.207).abs() < 0.001);
        assert!((Unit::Fahrenheit.to_canonical(-40.0) + 40.0).abs() < 1e-12);
        assert!((Unit::Knot.to_canonical(1.0) - 0.514_444).abs() < 1e-6);
        assert_eq!(Unit::Inch.to_canonical(1.0), 25.4);
        assert!(Unit::Inch.to_canonical(1e300).is_finite());
        assert!((Unit::Pascal.to_canonical(98_920.23) - 989.2023).abs() < 1e-9);
    }

    #[test]
    fn a_conversion_adds_no_digits_of_its_own() {
        for (unit, sent, canonical) in [
            (Unit::Fahrenheit, 98.6, 37.0),
            (Unit::Fahrenheit, 70.7, 21.5),
            (Unit::Pascal, 98_920.23, 989.2023),
            (Unit::KilometrePerHour, 12.6, 3.5),
            (Unit::Inch, 0.07, 1.778),
            (Unit::MilePerHour, 4.7, 2.101_088),
        ] {
            assert_eq!(unit.to_canonical(sent), canonical, "{sent} {unit:?}");
            assert_eq!(unit.from_canonical(canonical), sent, "{canonical} in {unit:?}");
        }
    }

    #[test]
    fn a_difference_of_temperatures_has_no_offset() {
        assert_eq!(Unit::Fahrenheit.difference(10.0), 18.0);
        assert_eq!(Unit::Celsius.difference(10.0), 10.0);
    }

    #[test]
    fn every_symbol_finds_its_unit_and_every_unit_its_canonical_one() {
        for unit in Unit::ALL {
            assert_eq!(Unit::from_symbol(unit.symbol()), Some(unit));
            assert_eq!(unit.canonical().canonical(), unit.canonical());
            assert_eq!(unit.canonical() == unit, unit.to_canonical(7.0) == 7.0, "{unit:?}");
        }
        assert_eq!(Unit::from_symbol("parsec"), None);
        for (place, (spelling, unit)) in SPELLINGS.iter().enumerate() {
            assert_eq!(*spelling, spelling.to_lowercase());
            assert_eq!(Unit::from_spelling(spelling), Some(*unit));
            assert!(SPELLINGS[..place].iter().all(|(other, _)| other != spelling), "{spelling} stands twice");
        }
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_to_a_ten_millionth(value in -10_000.0..10_000.0f64) {
            for unit in Unit::ALL {
                let back = unit.to_canonical(unit.from_canonical(value));
                prop_assert!((back - value).abs() <= 1e-7, "{unit:?}: {value} became {back}");
            }
        }

        #[test]
        fn what_people_send_comes_back_as_they_sent_it(hundredths in -100_000..100_000i32) {
            let sent = f64::from(hundredths) / 100.0;
            for unit in Unit::ALL {
                let canonical = unit.to_canonical(sent);
                prop_assert_eq!(unit.to_canonical(unit.from_canonical(canonical)), canonical, "{:?}", unit);
                prop_assert!((unit.from_canonical(canonical) - sent).abs() < 1e-6, "{:?}: {}", unit, sent);
            }
        }
    }
}
