//! The values that the large picture spans: five lines.

use super::{Tick, percent};
use weather::preference::Numbers;
use weather::quantity::Quantity;
use weather::units::{Unit, format_half_up};

/// Labelled lines across the picture; always as many, so that pictures can be compared.
const Y_TICKS: usize = 5;
/// What may lie between them: the first that fits is taken.
const STEPS: [f64; 24] = [
    0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0, 75.0, 100.0,
    200.0, 500.0, 1_000.0, 5_000.0,
];
/// Degrees between them at least, of whichever scale.
const DEGREES_MIN: f64 = 0.5;
/// Degrees that a sparkline spans at least.
const SPARK_MIN_SPAN: f64 = 4.0;

/// The values that the picture spans, in the unit that is shown.
pub(super) struct Scale {
    bottom: f64,
    step: f64,
}

impl Scale {
    /// The finest scale of [`Y_TICKS`] lines that holds everything from `low` to `high`, and is not finer than `least`.
    pub(super) fn over(low: f64, high: f64, least: f64) -> Self {
        let spaces = (Y_TICKS - 1) as f64;
        let fits = |step: &&f64| **step >= least && (low / **step).floor() * **step + spaces * **step >= high;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
        // Spare lines go half above and half below, so that the curve sits in the middle.
        let first = (low / step).floor();
        let spare = (first + spaces - (high / step).ceil()).max(0.0);
        Self { bottom: (first - (spare / 2.0).floor()) * step, step }
    }

    /// From `low` to `high`, but at least [`SPARK_MIN_SPAN`], so that a calm day looks calm.
    pub(super) fn around(low: f64, high: f64) -> Self {
        let span = (high - low).max(SPARK_MIN_SPAN);
        Self { bottom: (low + high - span) / 2.0, step: span / (Y_TICKS - 1) as f64 }
    }

    /// What lies between two lines at least: a calm day looks calm. Degrees are half ones in either scale.
    pub(super) fn least(quantity: Quantity, unit: Unit) -> f64 {
        match quantity.unit() {
            Unit::Celsius => DEGREES_MIN,
            Unit::Percent => 2.0,
            Unit::PartPerMillion => 25.0,
            _ => unit.difference(0.5),
        }
    }

    fn top(&self) -> f64 {
        self.bottom + (Y_TICKS - 1) as f64 * self.step
    }

    /// From the top, as a part of the height.
    pub(super) fn down(&self, value: f64) -> f64 {
        (self.top() - value) / (self.top() - self.bottom)
    }

    /// The lines, top down. That of the freezing point is strong, if there is one.
    pub(super) fn ticks(&self, freezing: Option<f64>, numbers: Numbers) -> Vec<Tick> {
        let decimals = match self.step {
            step if step.fract() == 0.0 => 0,
            step if step >= 0.1 => 1,
            _ => 2,
        };
        (0..Y_TICKS)
            .rev()
            .map(|index| self.bottom + index as f64 * self.step)
            .map(|value| Tick {
                at: percent(self.down(value)),
                label: numbers.written(format_half_up(value, decimals)),
                strong: freezing == Some(value),
            })
            .collect()
    }

    /// The freezing point, where it is within the picture and not at a line already.
    pub(super) fn zero(&self, freezing: f64) -> Option<Tick> {
        let between = self.bottom < freezing && freezing < self.top() && (freezing / self.step).fract() != 0.0;
        between.then(|| Tick { at: percent(self.down(freezing)), label: format_half_up(freezing, 0), strong: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(low: f64, high: f64) -> Scale {
        Scale::over(low, high, DEGREES_MIN)
    }

    #[test]
    fn five_lines_hold_every_series() {
        for (low, high) in [
            (9.2, 19.0),
            (-3.1, 2.9),
            (20.0, 20.0),
            (-80.0, 60.0),
            (-112.0, 140.0),
            (0.0, 2.0),
            (0.1, 2.1),
            (0.0, 18_000.0),
        ] {
            let scale = over(low, high);
            assert!(scale.bottom <= low && high <= scale.top(), "{low}..{high}: {}..{}", scale.bottom, scale.top());
            assert_eq!(scale.ticks(None, Numbers::Point).len(), Y_TICKS);
        }
        let labels =
            |scale: Scale| scale.ticks(None, Numbers::Point).into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(over(9.2, 19.0)), ["21", "18", "15", "12", "9"]);
        let us = weather::preference::Preference::US;
        let (pressure, inches) = (Quantity::SeaLevelPressure, us.unit(Quantity::SeaLevelPressure));
        let inches = Scale::over(29.91, 29.97, Scale::least(pressure, inches));
        assert_eq!(labels(inches), ["29.98", "29.96", "29.94", "29.92", "29.90"]);
    }

    #[test]
    fn the_freezing_point_has_a_line_of_its_own_unless_it_has_one_already() {
        assert_eq!(over(-3.0, 8.0).zero(0.0), None, "every step passes through 0 °C");
        assert!(over(-3.0, 8.0).ticks(Some(0.0), Numbers::Point).iter().any(|tick| tick.strong));
        assert!(!over(-3.0, 8.0).ticks(None, Numbers::Point).iter().any(|tick| tick.strong), "of what does not freeze");
        assert!(over(31.0, 47.0).zero(32.0).is_some_and(|tick| tick.strong));
        assert_eq!(over(40.0, 60.0).zero(32.0), None);
    }
}
