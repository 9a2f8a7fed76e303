//! The values that a small picture spans: three lines.

use crate::pages::chart::{Tick, percent};
use weather::preference::Numbers;
use weather::quantity::Quantity;
use weather::units::{Unit, format_half_up};

/// Spaces between the lines.
const SPACES: f64 = 2.0;
/// What may lie between two lines: the first that fits is taken.
const STEPS: [f64; 18] =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0];
/// What has a zero, and begins there.
const FROM_ZERO: [Quantity; 7] = [
    Quantity::WindSpeed,
    Quantity::Precipitation,
    Quantity::Humidity,
    Quantity::SolarRadiation,
    Quantity::UvIndex,
    Quantity::Pm2_5,
    Quantity::Pm10,
];

/// The scale, in the unit that is shown.
pub(super) struct Scale {
    bottom: f64,
    step: f64,
}

impl Scale {
    /// The finest one that holds everything from `low` to `high`. What has a zero begins there, and a calm day looks calm.
    pub(super) fn of(quantity: Quantity, unit: Unit, (low, high): (f64, f64)) -> Self {
        let least = unit.difference(match quantity {
            Quantity::Precipitation => 0.5,
            Quantity::Humidity | Quantity::SolarRadiation | Quantity::Co2 => 50.0,
            Quantity::SoilMoisture | Quantity::LeafWetness | Quantity::SoilConductivity => 5.0,
            Quantity::Pm2_5 | Quantity::Pm10 => 5.0,
            _ => 1.0,
        });
        let low = if FROM_ZERO.contains(&quantity) { 0.0 } else { low };
        let fits = |step: &&f64| **step >= least && (low / **step).floor() * **step + SPACES * **step >= high;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
        Self { bottom: (low / step).floor() * step, step }
    }

    /// From the top, as a part of the height.
    pub(super) fn down(&self, value: f64) -> f64 {
        (self.bottom + SPACES * self.step - value) / (SPACES * self.step)
    }

    /// The lines, top down.
    pub(super) fn ticks(&self, numbers: Numbers) -> Vec<Tick> {
        let decimals = match self.step {
            step if step >= 1.0 => 0,
            step if step >= 0.1 => 1,
            _ => 2,
        };
        let tick = |lines: f64| {
            let value = self.bottom + lines * self.step;
            Tick {
                at: percent(self.down(value)),
                label: numbers.written(format_half_up(value, decimals)),
                strong: false,
            }
        };
        [2.0, 1.0, 0.0].map(tick).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(quantity: Quantity, low: f64, high: f64) -> Vec<String> {
        Scale::of(quantity, quantity.unit(), (low, high))
            .ticks(Numbers::Point)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn a_scale_holds_everything_and_a_calm_day_looks_calm() {
        assert_eq!(labels(Quantity::SeaLevelPressure, 1013.2, 1013.4), ["1015", "1014", "1013"]);
        assert_eq!(labels(Quantity::SeaLevelPressure, 998.7, 1018.0), ["1020", "1000", "980"]);
        assert_eq!(labels(Quantity::WindSpeed, 2.0, 2.5), ["4", "2", "0"]);
        assert_eq!(labels(Quantity::Precipitation, 0.0, 0.0), ["1.0", "0.5", "0.0"]);
        assert_eq!(labels(Quantity::Humidity, 40.0, 60.0), ["100", "50", "0"]);
        for high in [0.3, 1.9, 7.7, 33.0, 151.0] {
            let scale = Scale::of(Quantity::WindSpeed, Quantity::WindSpeed.unit(), (0.0, high));
            assert!((0.0..1.0).contains(&scale.down(high)), "{high}");
        }
    }
}
