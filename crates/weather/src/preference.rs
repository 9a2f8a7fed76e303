//! In which units somebody reads.

use crate::quantity::Quantity;
use crate::units::{Unit, format_half_up, round_half_up};

/// What readers in the US see in place of a canonical unit, and with how many decimals: °F by the temperature's
/// setting, the others by the setting of the rest. `static/js/view/quantities.js` has the same table.
pub const US_UNITS: [(Unit, Unit, u32); 6] = [
    (Unit::Celsius, Unit::Fahrenheit, 1),
    (Unit::Hectopascal, Unit::InchOfMercury, 2),
    (Unit::MetrePerSecond, Unit::MilePerHour, 0),
    (Unit::Millimetre, Unit::Inch, 2),
    (Unit::MillimetrePerHour, Unit::InchPerHour, 2),
    (Unit::Kilometre, Unit::Mile, 0),
];

/// The units to show values in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preference {
    /// °F rather than °C.
    pub fahrenheit: bool,
    /// inHg, mph and inches rather than hPa, m/s and mm.
    pub us: bool,
}

impl Preference {
    /// Reads its name, as [`Preference::name`] gives it; what that does not say stays as it is.
    pub fn read(mut self, text: &str) -> Self {
        for word in text.split('-') {
            match word {
                "C" => self.fahrenheit = false,
                "F" => self.fahrenheit = true,
                "metric" => self.us = false,
                "us" => self.us = true,
                _ => {}
            }
        }
        self
    }

    /// `C-metric`, `F-us`, …
    pub fn name(self) -> String {
        format!("{}-{}", self.temperature(), self.rest())
    }

    /// `C` or `F`, as the cookie, the form and the scripts say it.
    pub fn temperature(self) -> &'static str {
        if self.fahrenheit { "F" } else { "C" }
    }

    /// `metric` or `us`, likewise.
    pub fn rest(self) -> &'static str {
        if self.us { "us" } else { "metric" }
    }

    /// The same with the other temperature scale.
    pub fn other_scale(self) -> Self {
        Self { fahrenheit: !self.fahrenheit, ..self }
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
        let us = if canonical == Unit::Celsius { self.fahrenheit } else { self.us };
        let instead = US_UNITS.into_iter().find(|(unit, ..)| us && *unit == canonical);
        instead.map_or((canonical, quantity.decimals()), |(_, unit, decimals)| (unit, decimals))
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

    /// Just the digits, rounded half up: `-4.0`. A state is its word: `low`.
    pub fn digits(self, quantity: Quantity, canonical: f64) -> String {
        if let Some([off, on]) = quantity.states() {
            return if canonical < 0.5 { off } else { on }.to_owned();
        }
        let (unit, decimals) = self.shown(quantity);
        format_half_up(unit.from_canonical(canonical), decimals)
    }

    /// The digits as people read them: with a true minus, `−4.0`.
    pub fn number(self, quantity: Quantity, canonical: f64) -> String {
        minus(self.digits(quantity, canonical))
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
        join(minus(format!("{sign}{digits}")), unit.symbol())
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

    const US: Preference = Preference { fahrenheit: true, us: true };

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
            (Quantity::UvIndex, 2.5, "3", "3"),
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
    fn a_name_says_what_it_was_told_and_strange_words_are_ignored() {
        for preference in [Preference::default(), US, US.other_scale()] {
            assert_eq!(Preference::default().read(&preference.name()), preference);
        }
        assert_eq!(Preference::default().read("K-<script>-us"), Preference { us: true, fahrenheit: false });
    }
}
