//! When it was night within the day that pictures show. `static/js/view/night.js` tells the same.

use super::chart::percent;
use super::clock;
use super::facts::Facts;
use super::sunlight::Sunlight;
use weather::time::Timestamp;

/// Where a label would be cut off if it stood behind its place, percent.
const LATE_PERCENT: f64 = 72.0;

/// Two labels between places that are so close would cover each other on a phone, percent.
const CLOSE_PERCENT: f64 = 60.0;

/// A stretch without sun, in percent of the picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shade {
    /// Where it begins.
    pub x: String,
    /// How long it is.
    pub width: String,
}

/// A sunrise or a sunset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// Its place, percent.
    pub at: String,
    /// True if its label stands before it.
    pub late: bool,
    /// `Sunrise 07:52`.
    pub label: String,
}

/// The nights of a picture. Empty where nobody knows where the station stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Night {
    pub shades: Vec<Shade>,
    pub changes: Vec<Change>,
    /// The same in words, behind what is said of the picture: ` Sunset 15:58, Sunrise 07:52.`
    pub words: String,
}

impl Night {
    /// Those of the day that a station's pictures show.
    pub(crate) fn of(sun: Option<&Sunlight>, facts: &Facts) -> Self {
        let Some(sun) = sun else { return Self::default() };
        let (from, to) = (facts.series.from, facts.series.to);
        let part = |at: Timestamp| at.since(from) as f64 / to.since(from) as f64;
        let within: Vec<(Timestamp, bool)> = sun.within(from, to).collect();
        let ends = within.iter().copied().chain([(to, true)]);
        let begins = [(from, sun.is_up(from))].into_iter().chain(within.iter().copied());
        let dark = begins.zip(ends).filter(|((_, up), _)| !up);
        let change = |(at, rises): &(Timestamp, bool)| Change {
            at: percent(part(*at)),
            late: part(*at) * 100.0 > LATE_PERCENT,
            label: format!(
                "{} {}",
                if *rises { "Sunrise" } else { "Sunset" },
                clock::hour_minute(&facts.station.zone, *at)
            ),
        };
        let mut changes: Vec<Change> = within.iter().map(change).collect();
        // A label before its place leaves no room behind the place before.
        for next in (1..changes.len()).rev() {
            let here = part(within[next - 1].0) * 100.0;
            let gap = part(within[next].0) * 100.0 - here;
            changes[next - 1].late |= changes[next].late && gap < CLOSE_PERCENT && here > CLOSE_PERCENT / 2.0;
        }
        let words = changes.iter().map(|change| change.label.as_str()).collect::<Vec<_>>().join(", ");
        Self {
            shades: dark
                .map(|((begin, _), (end, _))| Shade {
                    x: percent(part(begin)),
                    width: percent(part(end) - part(begin)),
                })
                .collect(),
            words: if words.is_empty() { words } else { format!(" {words}.") },
            changes,
        }
    }
}
