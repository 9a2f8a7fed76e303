//! Plots of bars, with an axis that follows the data.

/// Width of the drawing area, in the plot's own units.
const WIDTH: f64 = 220.0;
/// Height of a bar with the space below it.
const STEP: usize = 24;
/// The shortest bar of an axis by powers of ten begins this far below it, so that it can be seen.
const BELOW: f64 = 1.25;

/// How far along the plot a value stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Axis {
    /// From nothing to the largest value.
    Linear(f64),
    /// By powers of ten, between two of them: their exponents.
    Powers(i32, i32),
}

impl Axis {
    /// By powers of ten where the values span more than one, else linear.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for value in values.filter(|value| *value > 0.0) {
            (least, most) = (least.min(value), most.max(value));
        }
        if most > 10.0 * least {
            return Self::Powers((least / BELOW).log10().floor() as i32, most.log10().ceil() as i32);
        }
        Self::Linear(most.max(f64::MIN_POSITIVE))
    }

    /// The share of the width.
    fn share(self, value: f64) -> f64 {
        match self {
            Self::Linear(most) => (value / most).clamp(0.0, 1.0),
            Self::Powers(..) if value <= 0.0 => 0.0,
            Self::Powers(from, to) => ((value.log10() - f64::from(from)) / f64::from(to - from)).clamp(0.0, 1.0),
        }
    }
}

/// A plot; places are in its own units, as text.
pub(super) struct Plot {
    pub title: &'static str,
    pub caption: String,
    /// Height of the bars together.
    pub bars_height: usize,
    /// Height with the labels of the axis.
    pub height: usize,
    pub ticks: Vec<Tick>,
    pub bars: Vec<Bar>,
}

/// A power of ten on the axis.
pub(super) struct Tick {
    pub x: String,
    pub label: String,
}

pub(super) struct Bar {
    pub fleet: &'static str,
    pub y: usize,
    pub text_y: usize,
    pub width: String,
    /// Where the prediction stands.
    pub mark: Option<String>,
    pub label: String,
}

/// What a bar shows: its fleet, its value, its prediction, its label.
pub(super) type Shown = (&'static str, Option<f64>, Option<f64>, String);

impl Plot {
    /// On a linear axis from 0 to `most`, or to the largest value.
    pub fn linear(title: &'static str, caption: String, most: Option<f64>, shown: Vec<Shown>) -> Self {
        let largest = || all(&shown).fold(f64::MIN_POSITIVE, f64::max);
        let axis = Axis::Linear(most.unwrap_or_else(largest));
        Self::on(axis, title, caption, shown)
    }

    /// Of times, ms, on the axis that they ask for.
    pub fn of_times(title: &'static str, caption: String, shown: Vec<Shown>) -> Self {
        let axis = Axis::of(all(&shown));
        let how = match axis {
            Axis::Linear(_) => String::new(),
            Axis::Powers(from, to) => format!("By powers of ten, from {} to {}. ", power(from), power(to)),
        };
        Self::on(axis, title, how + &caption, shown)
    }

    fn on(axis: Axis, title: &'static str, caption: String, shown: Vec<Shown>) -> Self {
        let along = |value: f64| format!("{:.1}", WIDTH * axis.share(value));
        let ticks = match axis {
            Axis::Linear(_) => Vec::new(),
            Axis::Powers(from, to) => {
                (from..=to).map(|exponent| Tick { x: along(10f64.powi(exponent)), label: power(exponent) }).collect()
            }
        };
        let bars_height = shown.len() * STEP;
        let height = bars_height + if ticks.is_empty() { 0 } else { STEP };
        let bars = shown.into_iter().enumerate().map(|(index, (fleet, value, predicted, label))| Bar {
            fleet,
            y: index * STEP,
            text_y: index * STEP + STEP / 2 + 1,
            width: along(value.unwrap_or(0.0)),
            mark: predicted.map(along),
            label,
        });
        Self { title, caption, bars_height, height, ticks, bars: bars.collect() }
    }
}

fn all(shown: &[Shown]) -> impl Iterator<Item = f64> {
    shown.iter().flat_map(|(_, value, predicted, _)| [*value, *predicted]).flatten()
}

/// A power of ten in ms, as people write it: `10 ms`, `1 s`.
fn power(exponent: i32) -> String {
    match exponent {
        3.. => format!("{} s", 10f64.powi(exponent - 3)),
        _ => format!("{} ms", 10f64.powi(exponent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_follows_its_values() {
        let wide = Axis::of([9.6, 7_072.7, 0.0, 12.5].into_iter());
        assert_eq!(wide, Axis::Powers(0, 4));
        assert!(wide.share(9.6) > 0.2 && wide.share(7_072.7) > wide.share(1_719.1), "no bar is invisible");
        assert_eq!((wide.share(0.0), wide.share(1e9)), (0.0, 1.0));
        assert_eq!(Axis::of([20.0, 50.3].into_iter()), Axis::Linear(50.3));
        assert!(Axis::of([1.0, 20.0].into_iter()).share(1.0) > 0.3, "also where one stands on a power of ten");
        assert_eq!(Axis::of(std::iter::empty()).share(1.0), 1.0);
    }

    #[test]
    fn powers_are_written_as_people_write_times() {
        assert_eq!([-1, 0, 2, 3, 4].map(power), ["0.1 ms", "1 ms", "100 ms", "1 s", "10 s"]);
    }
}
