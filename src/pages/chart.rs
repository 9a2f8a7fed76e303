//! The last 24 hours as SVG paths: mean line, min–max band, gaps as gaps. `static/js/view/chart.js` draws the same.
//!
//! Paths live in a box of [`BOX`] × [`BOX`] that the page stretches to any size; everything that must keep its shape
//! (labels, dots) is placed in percent beside it, so that text stays readable on a phone.

use super::clock;
use super::facts::Facts;
use super::marks;
use super::state::spark_mean;
use crate::storage::Marked;
use weather::preference::{Numbers, Preference};
use weather::quantity::Quantity;
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::units::format_half_up;

/// Width and height of the drawing's own coordinates.
const BOX: f64 = 1000.0;
/// Labelled lines across the picture; always as many, so that pictures can be compared.
const Y_TICKS: usize = 5;
/// Degrees between them: the first step that fits is taken.
const STEPS: [f64; 15] = [0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0, 75.0];
/// Degrees that a sparkline spans at least.
const SPARK_MIN_SPAN: f64 = 4.0;
/// Hours between the labels below.
const X_TICK_HOURS: u32 = 3;
/// Labels closer than this to an edge would be cut, percent.
const X_MARGIN_PERCENT: f64 = 1.5;

/// A place on the picture with a label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// From the start or the top, percent.
    pub at: String,
    /// What it says.
    pub label: String,
    /// True for a tick that is more than others: midnight, or freezing point.
    pub strong: bool,
}

/// A dot, in percent of the picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dot {
    /// From the start.
    pub x: String,
    /// From the top.
    pub y: String,
}

/// A value that does not count, at its own time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ring {
    /// Where it stands.
    pub dot: Dot,
    /// The path around that place: a ring, or an arrow at the edge if the value is off the picture.
    pub path: &'static str,
    /// Value, time and reason.
    pub title: String,
}

/// A ring of 4 px.
const RING: &str = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0";
/// An arrow to what is above the picture.
const ABOVE: &str = "M-4 7L0 1L4 7Z";
/// An arrow to what is below it.
const BELOW: &str = "M-4-7L0-1L4-7Z";

/// A picture of a series, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// The mean line's path.
    pub line: String,
    /// The band's path.
    pub band: String,
    /// Lines across, top down.
    pub y: Vec<Tick>,
    /// The freezing point, where it is within the picture and not at a line already.
    pub zero: Option<Tick>,
    /// Hours, left to right.
    pub x: Vec<Tick>,
    /// The latest value at its own time: a bucket's mean is not what the large number says.
    pub last: Option<Dot>,
    /// Values that do not count; those that are off the picture stand at its edge.
    pub marked: Vec<Ring>,
    /// What the picture shows, in one sentence.
    pub summary: String,
}

/// What kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A line in its band, with labels.
    Chart,
    /// A line.
    Spark,
}

/// A stretch of a series in the unit that is shown.
#[derive(Debug, Clone, Copy)]
struct Point {
    start: Timestamp,
    mean: f64,
    min: f64,
    max: f64,
}

impl Chart {
    /// Draws the temperatures of the last 24 hours; `None` if there are none.
    pub(crate) fn of(facts: &Facts, preference: Preference) -> Option<Self> {
        Self::draw(facts, preference, Style::Chart)
    }

    /// The same as a sparkline: the mean line alone, without labels.
    pub(crate) fn spark(facts: &Facts, preference: Preference) -> Option<Self> {
        Self::draw(facts, preference, Style::Spark)
    }

    fn draw(facts: &Facts, preference: Preference, style: Style) -> Option<Self> {
        let unit = preference.unit(Quantity::Temperature);
        let series = &facts.series;
        let within = |start: Timestamp| series.from <= start && start < series.to;
        let points: Vec<Point> = (series.buckets.iter().filter(|bucket| within(bucket.start)))
            .map(|bucket| match style {
                Style::Chart => Point {
                    start: bucket.start,
                    mean: unit.from_canonical(bucket.mean),
                    min: unit.from_canonical(bucket.min),
                    max: unit.from_canonical(bucket.max),
                },
                Style::Spark => {
                    let mean = unit.from_canonical(spark_mean(bucket.mean));
                    Point { start: bucket.start, mean, min: mean, max: mean }
                }
            })
            .collect();
        if points.is_empty() {
            return None;
        }
        let latest = facts.main(Quantity::Temperature).filter(|latest| series.from <= latest.observed_at);
        let latest = latest.map(|latest| (latest.observed_at, unit.from_canonical(latest.value)));
        let low = points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max);
        let scale = if style == Style::Chart { Scale::over(low, high) } else { Scale::around(low, high) };
        let across = series.to.since(series.from) as f64;
        let x = |start: Timestamp| start.plus(series.bucket_ms / 2).since(series.from) as f64 / across;
        let dot = |(at, value): (Timestamp, f64)| Dot {
            x: percent((at.since(series.from) as f64 / across).min(1.0)),
            y: percent(scale.down(value).clamp(0.0, 1.0)),
        };
        let ring = |mark: &Marked| {
            let value = unit.from_canonical(mark.value);
            let (number, time) = (
                preference.written(format_half_up(value, 1)),
                clock::hour_minute(&facts.station.zone, mark.observed_at),
            );
            Ring {
                dot: dot((mark.observed_at, value)),
                path: match scale.down(value) {
                    down if down < 0.0 => ABOVE,
                    down if down > 1.0 => BELOW,
                    _ => RING,
                },
                title: format!("{number} {} at {time}: {}", unit.symbol(), mark.reason),
            }
        };
        let (line, band) = paths(&points, facts.gap_ms(), &x, &scale, style);
        let labelled = style == Style::Chart;
        let freezing = if preference.is_fahrenheit() { 32.0 } else { 0.0 };
        Some(Self {
            line,
            band,
            y: if labelled { scale.ticks(freezing, preference.numbers) } else { Vec::new() },
            zero: if labelled { scale.zero(freezing) } else { None },
            x: if labelled { hours_every(facts, X_TICK_HOURS) } else { Vec::new() },
            last: latest.map(dot),
            marked: if labelled { marks::temperatures(facts).map(ring).collect() } else { Vec::new() },
            summary: match style {
                Style::Chart => summary(facts, preference, &points, latest),
                Style::Spark => spark_summary(facts, preference, &points, (low, high)),
            },
        })
    }
}

/// The values that the picture spans, in the unit that is shown.
struct Scale {
    bottom: f64,
    step: f64,
}

impl Scale {
    /// The finest scale of [`Y_TICKS`] lines that holds everything from `low` to `high`.
    fn over(low: f64, high: f64) -> Self {
        let spaces = (Y_TICKS - 1) as f64;
        let fits = |step: &&f64| (low / **step).floor() * **step + spaces * **step >= high;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
        // Spare lines go half above and half below, so that the curve sits in the middle.
        let first = (low / step).floor();
        let spare = (first + spaces - (high / step).ceil()).max(0.0);
        Self { bottom: (first - (spare / 2.0).floor()) * step, step }
    }

    /// From `low` to `high`, but at least [`SPARK_MIN_SPAN`], so that a calm day looks calm.
    fn around(low: f64, high: f64) -> Self {
        let span = (high - low).max(SPARK_MIN_SPAN);
        Self { bottom: (low + high - span) / 2.0, step: span / (Y_TICKS - 1) as f64 }
    }

    fn top(&self) -> f64 {
        self.bottom + (Y_TICKS - 1) as f64 * self.step
    }

    /// From the top, as a part of the height.
    fn down(&self, value: f64) -> f64 {
        (self.top() - value) / (self.top() - self.bottom)
    }

    fn ticks(&self, freezing: f64, numbers: Numbers) -> Vec<Tick> {
        let decimals = if self.step.fract() == 0.0 { 0 } else { 1 };
        (0..Y_TICKS)
            .rev()
            .map(|index| self.bottom + index as f64 * self.step)
            .map(|value| Tick {
                at: percent(self.down(value)),
                label: numbers.written(format_half_up(value, decimals)),
                strong: value == freezing,
            })
            .collect()
    }

    fn zero(&self, freezing: f64) -> Option<Tick> {
        let between = self.bottom < freezing && freezing < self.top() && (freezing / self.step).fract() != 0.0;
        between.then(|| Tick { at: percent(self.down(freezing)), label: format_half_up(freezing, 0), strong: true })
    }
}

/// Line and band, broken where values are further apart than `gap_ms`. A sparkline has no band.
fn paths(
    points: &[Point],
    gap_ms: i64,
    x: &impl Fn(Timestamp) -> f64,
    scale: &Scale,
    style: Style,
) -> (String, String) {
    let decimals = if style == Style::Chart { 1 } else { 0 };
    let place = |part: f64| format_half_up(part * BOX, decimals);
    let (mut line, mut band) = (String::new(), String::new());
    for stretch in points.chunk_by(|one, next| next.start.since(one.start) <= gap_ms) {
        let along = |value: fn(&Point) -> f64| {
            stretch.iter().map(move |point| format!("{} {}", place(x(point.start)), place(scale.down(value(point)))))
        };
        let mean: Vec<String> = along(|point| point.mean).collect();
        // A lonely value would be a line of no length, which not every browser draws.
        let lonely = if stretch.len() == 1 { "h0.1" } else { "" };
        line.push_str(&format!("M{}{lonely}", mean.join("L")));
        if style == Style::Spark {
            continue;
        }
        let edge: Vec<String> = along(|point| point.max).chain(along(|point| point.min).rev()).collect();
        band.push_str(&format!("M{}Z", edge.join("L")));
    }
    (line, band)
}

/// Every so many hours of the station's clock; midnight says the day that begins.
pub(super) fn hours_every(facts: &Facts, step: u32) -> Vec<Tick> {
    /// Zones differ from UTC by whole quarters of an hour.
    const QUARTER_MS: i64 = 15 * MINUTE_MS;
    let (series, zone) = (&facts.series, facts.station.zone.clone());
    let across = series.to.since(series.from);
    let mut ticks = Vec::new();
    let mut labelled = i64::MIN;
    let first = (-series.from.0).rem_euclid(QUARTER_MS);
    for into in (first..across).step_by(QUARTER_MS as usize) {
        let at = series.from.plus(into);
        let label = clock::hour_minute(&zone, at);
        let hour = label.strip_suffix(":00").and_then(|hour| hour.parse::<u32>().ok());
        let part = into as f64 / across as f64;
        let inside = (X_MARGIN_PERCENT..=100.0 - X_MARGIN_PERCENT).contains(&(part * 100.0));
        // Where the clocks go back, an hour comes twice.
        let again = into.saturating_sub(labelled) <= HOUR_MS;
        if let Some(hour) = hour
            && hour % step == 0
            && inside
            && !again
        {
            labelled = into;
            let label = if hour == 0 { clock::local(&zone, at).format("%a %-d").to_string() } else { label };
            ticks.push(Tick { at: percent(part), label, strong: hour == 0 });
        }
    }
    ticks
}

fn summary(facts: &Facts, preference: Preference, points: &[Point], latest: Option<(Timestamp, f64)>) -> String {
    let zone = &facts.station.zone;
    let symbol = preference.unit(Quantity::Temperature).symbol();
    let number = |value: f64| preference.written(format_half_up(value, 1));
    let lowest = points.iter().reduce(|best, point| if point.min < best.min { point } else { best });
    let highest = points.iter().reduce(|best, point| if point.max > best.max { point } else { best });
    let (Some(lowest), Some(highest)) = (lowest, highest) else {
        return String::new();
    };
    let gaps = gaps(facts, points);
    let latest = latest.map_or(String::new(), |(at, value)| {
        format!(", latest {} {symbol} at {}", number(value), clock::hour_minute(zone, at))
    });
    format!(
        "Temperature over the last 24 hours: lowest {} {symbol} around {}, highest {} {symbol} around {}{latest}{gaps}.",
        number(lowest.min),
        clock::hour_minute(zone, lowest.start),
        number(highest.max),
        clock::hour_minute(zone, highest.start),
    )
}

/// A part, in percent.
pub(super) fn percent(part: f64) -> String {
    format_half_up(part * 100.0, 2)
}

/// What a sparkline shows. It knows means only, so it does not speak of the lowest and the highest value.
fn spark_summary(facts: &Facts, preference: Preference, points: &[Point], (low, high): (f64, f64)) -> String {
    let symbol = preference.unit(Quantity::Temperature).symbol();
    let number = |value: f64| preference.written(format_half_up(value, 1));
    let gaps = gaps(facts, points);
    format!(
        "Temperature over the last 24 hours, means of half hours: {} to {} {symbol}{gaps}.",
        number(low),
        number(high)
    )
}

/// `, with one gap`; empty if there is none.
fn gaps(facts: &Facts, points: &[Point]) -> String {
    match points.windows(2).filter(|pair| pair[1].start.since(pair[0].start) > facts.gap_ms()).count() {
        0 => String::new(),
        1 => ", with one gap".to_owned(),
        n => format!(", with {n} gaps"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_lines_hold_every_series() {
        for (low, high) in
            [(9.2, 19.0), (-3.1, 2.9), (20.0, 20.0), (-80.0, 60.0), (-112.0, 140.0), (0.0, 2.0), (0.1, 2.1)]
        {
            let scale = Scale::over(low, high);
            assert!(scale.bottom <= low && high <= scale.top(), "{low}..{high}: {}..{}", scale.bottom, scale.top());
            assert_eq!(scale.ticks(0.0, Numbers::Point).len(), Y_TICKS);
        }
        let labels: Vec<String> =
            Scale::over(9.2, 19.0).ticks(0.0, Numbers::Point).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["21", "18", "15", "12", "9"]);
    }

    #[test]
    fn the_freezing_point_has_a_line_of_its_own_unless_it_has_one_already() {
        assert_eq!(Scale::over(-3.0, 8.0).zero(0.0), None, "every step passes through 0 °C");
        assert!(Scale::over(-3.0, 8.0).ticks(0.0, Numbers::Point).iter().any(|tick| tick.strong));
        assert!(Scale::over(31.0, 47.0).zero(32.0).is_some_and(|tick| tick.strong));
        assert_eq!(Scale::over(40.0, 60.0).zero(32.0), None);
    }
}
