//! The last 24 hours as SVG paths: mean line, min–max band, gaps as gaps. `static/js/view/chart.js` draws the same.
//!
//! Paths live in a box of [`BOX`] × [`BOX`] that the page stretches to any size; everything that must keep its shape
//! (labels, dots) is placed in percent beside it, so that text stays readable on a phone.

mod scale;

use super::clock;
use super::facts::Facts;
use super::lead::Datastream;
use super::marks;
use super::names::titled;
use super::state::spark_mean;
use crate::storage::Marked;
use scale::Scale;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::units::{Unit, format_half_up};

/// Width and height of the drawing's own coordinates.
const BOX: f64 = 1000.0;
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
    /// What it is of: `Temperature`, `Indoor temperature`.
    pub title: String,
    /// The unit of the numbers beside it.
    pub unit: &'static str,
    /// The path of its bars: of rain, which has no line.
    pub bars: String,
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
    /// Where it is drawn: in its middle; the last at the time of the newest value, so that the line ends at the dot.
    at: Timestamp,
    mean: f64,
    min: f64,
    max: f64,
}

impl Chart {
    /// Draws what leads the page over the last 24 hours; `None` if there are no values.
    pub(crate) fn of(facts: &Facts, preference: Preference) -> Option<Self> {
        let of = facts.large();
        Self::draw(facts, &of, preference, Style::Chart)
    }

    /// The temperatures as a sparkline: the mean line alone, without labels.
    pub(crate) fn spark(facts: &Facts, preference: Preference) -> Option<Self> {
        Self::draw(facts, &Datastream::main(Quantity::Temperature), preference, Style::Spark)
    }

    fn draw(facts: &Facts, of: &Datastream, preference: Preference, style: Style) -> Option<Self> {
        let unit = preference.unit(of.quantity);
        let series = &facts.series;
        let latest = facts.newest(of).filter(|latest| series.from <= latest.observed_at);
        let latest = latest.map(|latest| (latest.observed_at, unit.from_canonical(latest.value)));
        let points = points(facts, of, unit, style, latest);
        if points.is_empty() {
            return None;
        }
        let low = points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max);
        let labelled = style == Style::Chart;
        let least = Scale::least(of.quantity, unit);
        let scale = if labelled { Scale::over(low, high, least) } else { Scale::around(low, high) };
        let across = series.to.since(series.from) as f64;
        let x = |at: Timestamp| at.since(series.from) as f64 / across;
        let dot = |(at, value): (Timestamp, f64)| Dot {
            x: percent(x(at).min(1.0)),
            y: percent(scale.down(value).clamp(0.0, 1.0)),
        };
        let ring = |mark: &Marked| {
            let value = unit.from_canonical(mark.value);
            let number = preference.text(of.quantity, mark.value);
            let time = clock::hour_minute(&facts.station.zone, mark.observed_at);
            Ring {
                dot: dot((mark.observed_at, value)),
                path: match scale.down(value) {
                    down if down < 0.0 => ABOVE,
                    down if down > 1.0 => BELOW,
                    _ => RING,
                },
                title: format!("{number} at {time}: {}", mark.reason),
            }
        };
        let (line, band) = paths(&points, facts.gap_ms(), &x, &scale, style);
        let freezes = of.quantity.unit() == Unit::Celsius;
        let freezing = freezes.then_some(if preference.is_fahrenheit() { 32.0 } else { 0.0 });
        Some(Self {
            title: titled(&of.sensor, of.quantity),
            unit: unit.symbol(),
            bars: String::new(),
            line,
            band,
            y: if labelled { scale.ticks(freezing, preference.numbers) } else { Vec::new() },
            zero: freezing.filter(|_| labelled).and_then(|freezing| scale.zero(freezing)),
            x: if labelled { hours_every(facts, X_TICK_HOURS) } else { Vec::new() },
            last: latest.map(dot),
            marked: if labelled { marks::of(facts, of).map(ring).collect() } else { Vec::new() },
            summary: match style {
                Style::Chart => summary(facts, of, preference, &points),
                Style::Spark => spark_summary(facts, preference, &points, (low, high)),
            },
        })
    }
}

/// The buckets that are drawn. The last ends at the newest value.
fn points(facts: &Facts, of: &Datastream, unit: Unit, style: Style, latest: Option<(Timestamp, f64)>) -> Vec<Point> {
    let series = &facts.series;
    let within = |start: Timestamp| series.from <= start && start < series.to;
    let point = |bucket: &crate::storage::Bucket| {
        let (start, at) = (bucket.start, bucket.start.plus(series.bucket_ms / 2));
        let [mean, min, max] = match style {
            Style::Chart => [bucket.mean, bucket.min, bucket.max],
            Style::Spark => [spark_mean(bucket.mean); 3],
        };
        let [mean, min, max] = [mean, min, max].map(|canonical| unit.from_canonical(canonical));
        Point { start, at, mean, min, max }
    };
    let mut points: Vec<Point> = facts.course(of).iter().filter(|bucket| within(bucket.start)).map(point).collect();
    if let (Some(last), Some((at, value))) = (points.last_mut(), latest)
        && (last.start..last.start.plus(series.bucket_ms)).contains(&at)
    {
        *last = Point { at, mean: value, min: last.min.min(value), max: last.max.max(value), ..*last };
    }
    points
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
            stretch.iter().map(move |point| format!("{} {}", place(x(point.at)), place(scale.down(value(point)))))
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

fn summary(facts: &Facts, of: &Datastream, preference: Preference, points: &[Point]) -> String {
    let zone = &facts.station.zone;
    let unit = preference.unit(of.quantity);
    let text = |value: f64| {
        let number = preference.written(format_half_up(value, preference.decimals(of.quantity)));
        if unit.symbol().is_empty() { number } else { format!("{number} {}", unit.symbol()) }
    };
    let lowest = points.iter().reduce(|best, point| if point.min < best.min { point } else { best });
    let highest = points.iter().reduce(|best, point| if point.max > best.max { point } else { best });
    let (Some(lowest), Some(highest)) = (lowest, highest) else {
        return String::new();
    };
    let gaps = gaps(facts, points);
    let latest = facts.newest(of).filter(|latest| facts.series.from <= latest.observed_at);
    let latest = latest.map_or(String::new(), |latest| {
        let at = clock::hour_minute(zone, latest.observed_at);
        format!(", latest {} at {at}", preference.text(of.quantity, latest.value))
    });
    format!(
        "{} over the last 24 hours: lowest {} around {}, highest {} around {}{latest}{gaps}.",
        titled(&of.sensor, of.quantity),
        text(lowest.min),
        clock::hour_minute(zone, lowest.start),
        text(highest.max),
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
