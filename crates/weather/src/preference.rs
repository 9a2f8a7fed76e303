//! In which units somebody reads, and with which decimal sign.

mod named;
mod table;

pub use table::{CHOICES_MAX, DIMENSIONS, Dimension, Shown};

use crate::quantity::Quantity;
use crate::units::{Unit, format_half_up, round_half_up};

/// The units to show values in: for each dimension one of its choices. The first is usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Preference {
    /// Places in the lists of [`DIMENSIONS`], in their order.
    chosen: [u8; DIMENSIONS.len()],
    /// What stands between whole numbers and parts.
    pub numbers: Numbers,
}

/// What stands between whole numbers and parts. Values of weather are too small to be grouped by thousands; counts are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Numbers {
    /// `18.4`
    #[default]
    Point,
    /// `18,4`
    Comma,
}

impl Numbers {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];

    /// Its name: `point`, `comma`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Point => ".",
            Self::Comma => ",",
        }
    }

    /// Digits as people read them: with a true minus and their decimal sign, `−4,0`.
    pub fn written(self, digits: String) -> String {
        let digits = minus(digits);
        match self {
            Self::Point => digits,
            Self::Comma => digits.replace('.', ","),
        }
    }

    /// What stands between thousands.
    pub fn group_sign(self) -> &'static str {
        match self {
            Self::Point => ",",
            Self::Comma => ".",
        }
    }

    /// Those of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|numbers| numbers.name() == name)
    }
}

impl Preference {
    /// °C, m/s, hPa, mm and km.
    pub const METRIC: Self = Self { chosen: [0; DIMENSIONS.len()], numbers: Numbers::Point };
    /// What readers in the US see: °F, mph, inHg, inches and miles.
    pub const US: Self = Self { chosen: table::us(), numbers: Numbers::Point };

    /// Whether temperatures are in °F.
    pub fn is_fahrenheit(self) -> bool {
        self.unit(Quantity::Temperature) == Unit::Fahrenheit
    }

    /// Whether lengths are in inches, feet and miles.
    pub fn has_miles(self) -> bool {
        self.unit(Quantity::LightningDistance) == Unit::Mile
    }

    /// The same with the other temperature scale.
    pub fn other_scale(self) -> Self {
        self.with(if self.is_fahrenheit() { Unit::Celsius } else { Unit::Fahrenheit })
    }

    /// The same with this unit for its dimension, and with rates in the unit of their amounts. A unit that nobody can choose changes
    /// nothing.
    pub fn with(mut self, unit: Unit) -> Self {
        for (chosen, dimension) in self.chosen.iter_mut().zip(&DIMENSIONS) {
            if let Some(place) = dimension.place(unit) {
                *chosen = place;
            }
        }
        self
    }

    /// The same with another decimal sign.
    pub fn writing(self, numbers: Numbers) -> Self {
        Self { numbers, ..self }
    }

    /// What is shown in place of a canonical unit, with its decimals; `None`: that unit itself.
    pub fn instead_of(self, canonical: Unit) -> Option<Shown> {
        self.chosen.iter().zip(&DIMENSIONS).find_map(|(chosen, dimension)| dimension.shown(*chosen, canonical))
    }

    /// The unit a quantity is shown in.
    pub fn unit(self, quantity: Quantity) -> Unit {
        self.shown(quantity).0
    }

    /// With how many decimals a quantity is shown.
    pub fn decimals(self, quantity: Quantity) -> u32 {
        self.shown(quantity).1
    }

    /// The unit a quantity is shown in, and with how many decimals.
    fn shown(self, quantity: Quantity) -> (Unit, u32) {
        let canonical = quantity.unit();
        self.instead_of(canonical).map_or((canonical, quantity.decimals()), |shown| (shown.unit, shown.decimals))
    }

    /// The number in that unit, for programs: two decimals finer than people read it, of other units than the canonical one three,
    /// without the noise of the arithmetic.
    pub fn value(self, quantity: Quantity, canonical: f64) -> f64 {
        let (unit, canonical_unit) = (self.unit(quantity), quantity.unit());
        let finer = if unit == canonical_unit { 2 } else { 3 };
        let rounded = round_half_up(unit.from_canonical(canonical), quantity.decimals() + finer);
        // What is no weather is kept as it came, and may be too large to be rounded.
        if rounded.is_finite() { rounded } else { canonical }
    }

    /// Just the digits, rounded half up, as programs read them: `-4.0`. A state is its word: `low`.
    pub fn digits(self, quantity: Quantity, canonical: f64) -> String {
        if let Some([off, on]) = quantity.states() {
            return if canonical < 0.5 { off } else { on }.to_owned();
        }
        let (unit, decimals) = self.shown(quantity);
        format_half_up(unit.from_canonical(canonical), decimals)
    }

    /// Digits as people read them, [`Numbers::written`].
    pub fn written(self, digits: String) -> String {
        self.numbers.written(digits)
    }

    /// The number as people read it: `−4.0`.
    pub fn number(self, quantity: Quantity, canonical: f64) -> String {
        self.written(self.digits(quantity, canonical))
    }

    /// Number and unit: `18.4 °C`.
    pub fn text(self, quantity: Quantity, canonical: f64) -> String {
        join(self.number(quantity, canonical), self.unit(quantity).symbol())
    }

    /// A signed difference of two canonical values with its unit: `+0.6 °C`, `−1.1 °F`, `0.0 °C`.
    pub fn difference(self, quantity: Quantity, canonical: f64) -> String {
        let (unit, decimals) = self.shown(quantity);
        let digits = format_half_up(unit.difference(canonical), decimals);
        let sign = if digits.starts_with('-') || digits.bytes().all(|b| matches!(b, b'0' | b'.')) { "" } else { "+" };
        join(self.written(format!("{sign}{digits}")), unit.symbol())
    }
}

fn join(number: String, symbol: &str) -> String {
    if symbol.is_empty() { number } else { format!("{number} {symbol}") }
}

/// Digits with the minus sign that typography has for them.
pub fn minus(digits: String) -> String {
    digits.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: Preference = Preference::US;

    #[test]
    fn values_read_as_their_field_reads_them() {
        let metric = Preference::default();
        for (quantity, canonical, in_metric, in_us) in [
            (Quantity::Temperature, 18.44, "18.4 °C", "65.2 °F"),
            (Quantity::Temperature, -4.05, "−4.0 °C", "24.7 °F"),
            (Quantity::Temperature, -0.04, "0.0 °C", "31.9 °F"),
            (Quantity::Humidity, 60.5, "61 %", "61 %"),
            (Quantity::SeaLevelPressure, 1013.25, "1013.3 hPa", "29.92 inHg"),
            (Quantity::WindSpeed, 4.25, "4.3 m/s", "10 mph"),
            (Quantity::Precipitation, 12.7, "12.7 mm", "0.50 in"),
            (Quantity::UvIndex, 2.54, "2.5", "2.5"),
            (Quantity::BatteryLow, 0.0, "ok", "ok"),
            (Quantity::BatteryLow, 1.0, "low", "low"),
            (Quantity::Leak, 0.5, "wet", "wet"),
        ] {
            assert_eq!(metric.text(quantity, canonical), in_metric);
            assert_eq!(US.text(quantity, canonical), in_us);
        }
    }

    #[test]
    fn programs_get_a_number_without_noise() {
        let metric = Preference::default();
        assert_eq!(metric.value(Quantity::Temperature, 0.1 + 0.2), 0.3);
        assert_eq!(metric.value(Quantity::Humidity, 200.0 / 3.0), 66.67);
        assert_eq!(US.value(Quantity::Temperature, 21.5), 70.7);
        assert_eq!(US.value(Quantity::SeaLevelPressure, 1_013.25), 29.9213);
        assert_eq!(US.value(Quantity::BatteryLow, 1.0), 1.0);
        assert_eq!(metric.value(Quantity::Temperature, f64::MAX), f64::MAX);
    }

    #[test]
    fn a_difference_has_a_sign_and_no_offset() {
        let metric = Preference::default();
        assert_eq!(metric.difference(Quantity::Temperature, 0.6), "+0.6 °C");
        assert_eq!(US.difference(Quantity::Temperature, -1.0), "−1.8 °F");
        assert_eq!(metric.difference(Quantity::Temperature, -0.04), "0.0 °C");
    }

    #[test]
    fn each_dimension_has_a_unit_of_its_own_and_rates_go_with_amounts() {
        let mine = Preference::METRIC.with(Unit::Knot).with(Unit::MillimetreOfMercury).with(Unit::Inch);
        for (quantity, canonical, text) in [
            (Quantity::Temperature, 18.44, "18.4 °C"),
            (Quantity::WindGust, 10.0, "19 kn"),
            (Quantity::SeaLevelPressure, 1013.25, "760.0 mmHg"),
            (Quantity::PrecipitationRate, 12.7, "0.50 in/h"),
            (Quantity::LightningDistance, 8.0, "8 km"),
        ] {
            assert_eq!(mine.text(quantity, canonical), text);
        }
    }

    #[test]
    fn who_writes_a_comma_reads_one_and_programs_read_a_point() {
        let comma = US.writing(Numbers::Comma);
        assert_eq!(comma.text(Quantity::Temperature, -4.05), "24,7 °F");
        assert_eq!(comma.difference(Quantity::SeaLevelPressure, -4.0), "−0,12 inHg");
        assert_eq!(comma.digits(Quantity::Temperature, -4.05), "24.7");
        assert_eq!(comma.value(Quantity::Temperature, 21.5), 70.7);
        assert_eq!(comma.text(Quantity::BatteryLow, 0.0), "ok");
        assert_eq!(Numbers::ALL.map(|numbers| Numbers::named(numbers.name())), Numbers::ALL.map(Some));
    }
}
