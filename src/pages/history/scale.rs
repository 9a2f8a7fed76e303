//! The axis of a picture: which numbers stand beside it.

use crate::pages::chart::{Tick, percent};
use std::ops::RangeInclusive;
use weather::preference::Numbers;
use weather::units::format_half_up;

/// Spaces between the lines across, at most.
const SPACES_MAX: f64 = 5.0;
/// Steps between lines, times a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
/// The smallest span of an axis, in steps of the last decimal that people read: noise is not to look like weather.
const SPAN_MIN_DECIMALS: f64 = 10.0;

/// The numbers that a picture spans, in the unit that is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    bottom: f64,
    top: f64,
    step: f64,
}

impl Scale {
    /// The finest scale over these numbers, which people read with so many decimals, within what can be.
    pub(crate) fn over(low: f64, high: f64, decimals: u32, limits: &RangeInclusive<f64>) -> Self {
        let least = SPAN_MIN_DECIMALS / 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
        let short = (least - (high - low)).max(0.0) / 2.0;
        let (bottom, top) = (limits.start().min(low), limits.end().max(high));
        // What cannot be below goes above.
        let (low, high) = match (low - short < bottom, high + short > top) {
            (true, false) => (bottom, high + short + (short - (low - bottom))),
            (false, true) => (low - short - (short - (top - high)), top),
            _ => (low - short, high + short),
        };
        let power = 10_f64.powf(((high - low) / SPACES_MAX).log10().floor());
        let steps = [1.0, 10.0].into_iter().flat_map(|ten| STEPS.map(|step| step * power * ten));
        let spaces = |step: f64| (high / step).ceil() - (low / step).floor();
        let step = steps.into_iter().find(|step| spaces(*step) <= SPACES_MAX).unwrap_or(power * 100.0);
        Self { bottom: (low / step).floor() * step, top: (high / step).ceil() * step, step }
    }

    /// From the top, as a part of the height.
    pub(crate) fn down(&self, value: f64) -> f64 {
        ((self.top - value) / (self.top - self.bottom)).clamp(0.0, 1.0)
    }

    /// The lowest and the highest number of the axis.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.bottom, self.top)
    }

    /// The lines across, bottom up: numbers and their labels.
    pub(crate) fn lines(&self, numbers: Numbers) -> impl DoubleEndedIterator<Item = (f64, String)> {
        let spaces = ((self.top - self.bottom) / self.step).round() as usize;
        let decimals = (0..3_u8).find(|places| is_whole(self.step * 10_f64.powi(i32::from(*places)))).unwrap_or(3);
        let Self { bottom, step, .. } = *self;
        let value = move |index: usize| bottom + index as f64 * step;
        (0..=spaces).map(value).map(move |value| (value, numbers.written(format_half_up(value, u32::from(decimals)))))
    }

    /// The lines across, top down; that of `strong` stands out.
    pub(crate) fn ticks(&self, strong: Option<f64>, numbers: Numbers) -> Vec<Tick> {
        let near = |value: f64| strong.is_some_and(|strong| (value - strong).abs() < self.step / 100.0);
        let tick = |(value, label)| Tick { at: percent(self.down(value)), label, strong: near(value) };
        self.lines(numbers).rev().map(tick).collect()
    }
}

fn is_whole(number: f64) -> bool {
    (number - number.round()).abs() < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: RangeInclusive<f64> = -1e9..=1e9;

    fn labels(low: f64, high: f64, decimals: u32, limits: RangeInclusive<f64>) -> Vec<String> {
        Scale::over(low, high, decimals, &limits)
            .ticks(None, Numbers::Point)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn a_scale_holds_its_numbers_in_round_steps() {
        assert_eq!(labels(9.2, 19.0, 1, ANY), ["20.0", "17.5", "15.0", "12.5", "10.0", "7.5"]);
        assert_eq!(labels(0.0, 23.0, 1, 0.0..=75.0), ["25", "20", "15", "10", "5", "0"]);
        assert_eq!(labels(29.71, 29.93, 2, ANY), ["29.95", "29.90", "29.85", "29.80", "29.75", "29.70"]);
        assert_eq!(labels(31.0, 99.0, 0, 0.0..=100.0), ["100", "80", "60", "40", "20"]);
        assert_eq!(labels(-12.0, -2.1, 1, ANY)[0], "−2");
    }

    #[test]
    fn calm_looks_calm_and_nothing_leaves_the_picture() {
        assert_eq!(labels(20.0, 20.0, 1, ANY), labels(19.5, 20.5, 1, ANY));
        assert_eq!(labels(0.0, 0.0, 1, 0.0..=75.0), ["1.0", "0.8", "0.6", "0.4", "0.2", "0.0"]);
        for (low, high) in [(0.0, 0.0), (-80.0, 60.0), (1e-3, 2e-3), (999.9, 1000.1), (0.0, 2_000.0), (100.0, 100.0)] {
            let scale = Scale::over(low, high, 1, &(0.0..=100.0));
            let holds = scale.bottom <= low && high <= scale.top && scale.top > scale.bottom;
            assert!(holds, "{low}..{high}: {scale:?}");
            assert!((2..=7).contains(&scale.ticks(None, Numbers::Point).len()), "{low}..{high}");
        }
    }
}
