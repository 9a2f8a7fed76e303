//! The wind rose of a window, and its table.

use super::past::Past;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use weather::units::format_half_up;
use weather::wind_rose::{BEGIN_MS, CLASSES, SECTORS, WindRose, point};

/// The middle of the picture in its own coordinates.
const MIDDLE: f64 = 100.0;
/// Where the petals begin and how far they reach, in the same.
const RADII: (f64, f64) = (8.0, 82.0);
/// A petal's width, as a part of its sector's.
const PETAL: f64 = 0.8;

/// A wind rose, ready to print.
#[derive(Debug, Clone)]
pub(crate) struct Rose {
    /// The path of each class of speed, and what people read of it.
    pub classes: Vec<Class>,
    /// What the rings say, and how large they are.
    pub rings: Vec<(String, String)>,
    /// What it shows, in one sentence.
    pub summary: String,
    /// What it was made of.
    pub caption: String,
    /// The point of the compass, and how often each class came from there, percent.
    pub rows: Vec<(&'static str, Vec<String>)>,
}

/// A class of speed.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Petals of all sectors.
    pub path: String,
    /// `3.4 to 8.0 m/s`.
    pub label: String,
}

impl Rose {
    /// The rose of the window; `None` if there was no wind to be counted.
    pub(crate) fn of(past: &Past, preference: Preference) -> Option<Self> {
        let rose = WindRose::of(past.wind.iter().map(|wind| (wind.from_degrees, wind.speed)));
        let most = rose.most()?;
        let total = f64::from(rose.total());
        let share = |count: u32| f64::from(count) / total * 100.0;
        let percent = |count: u32| format_half_up(share(count), 0);
        let largest = share(rose.from_sector(most));
        let (inner, outer) = RADII;
        let radius = |percent: f64| inner + (outer - inner) * percent / largest;
        let mut paths = vec![String::new(); CLASSES];
        for (sector, counts) in rose.sectors.iter().enumerate() {
            let mut sum = 0.0;
            for (class, count) in counts.iter().enumerate() {
                let (begin, end) = (sum, sum + share(*count));
                if *count > 0 {
                    paths[class].push_str(&petal(sector, radius(begin), radius(end)));
                }
                sum = end;
            }
        }
        let classes = paths.into_iter().zip(labels(preference)).map(|(path, label)| Class { path, label }).collect();
        let rows = rose
            .sectors
            .iter()
            .enumerate()
            .map(|(sector, counts)| (point(sector), counts.iter().map(|count| percent(*count)).collect()));
        let half = largest / 2.0;
        Some(Self {
            classes,
            rings: [half, largest].map(|at| (number(radius(at)), format!("{} %", format_half_up(at, 0)))).to_vec(),
            summary: format!(
                "Wind: most often from {}, {} % of the time; calm {} %.",
                point(most),
                percent(rose.from_sector(most)),
                percent(rose.calm)
            ),
            caption: format!("Made of {} means of {}; calm {} %.", rose.total(), made_of(past), percent(rose.calm)),
            rows: rows.collect(),
        })
    }
}

/// How long each mean is: `10 minutes`, `an hour`, `2 days`.
fn made_of(past: &Past) -> String {
    let length_ms = past.wind.iter().map(|wind| wind.length_ms).max().unwrap_or(0);
    match length_ms {
        HOUR_MS => "an hour".to_owned(),
        ms if ms < HOUR_MS => format!("{} minutes", (ms / MINUTE_MS).max(1)),
        ms if ms < DAY_MS => format!("{} hours", ms / HOUR_MS),
        // A local day has an hour more or less.
        ms if ms < 2 * DAY_MS - HOUR_MS => "a day".to_owned(),
        ms => format!("{} days", (ms + HOUR_MS) / DAY_MS),
    }
}

/// What people read of each class.
fn labels(preference: Preference) -> Vec<String> {
    let text = |speed: f64| preference.number(Quantity::WindSpeed, speed);
    let unit = preference.unit(Quantity::WindSpeed).symbol();
    let label = |class: usize| match BEGIN_MS.get(class + 1) {
        Some(end) => format!("{} to {} {unit}", text(BEGIN_MS[class]), text(*end)),
        None => format!("from {} {unit}", text(BEGIN_MS[class])),
    };
    (0..CLASSES).map(label).collect()
}

/// A ring's part between two radii.
fn petal(sector: usize, inner: f64, outer: f64) -> String {
    let width = std::f64::consts::TAU / SECTORS as f64;
    let middle = sector as f64 * width;
    let (left, right) = (middle - width * PETAL / 2.0, middle + width * PETAL / 2.0);
    let at = |angle: f64, radius: f64| {
        format!("{} {}", number(MIDDLE + radius * angle.sin()), number(MIDDLE - radius * angle.cos()))
    };
    format!(
        "M{}L{}A{r} {r} 0 0 1 {}L{}A{i} {i} 0 0 0 {}Z",
        at(left, inner),
        at(left, outer),
        at(right, outer),
        at(right, inner),
        at(left, inner),
        r = number(outer),
        i = number(inner),
    )
}

fn number(value: f64) -> String {
    format_half_up(value, 1)
}
