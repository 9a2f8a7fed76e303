//! What a history page knows: spans of each quantity over a window, and local days.

use super::groups::Group;
use super::window::Window;
use crate::storage::{Day, Span};
use chrono::NaiveDate;
use std::sync::Arc;
use weather::climate;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station};
use weather::time::Timestamp;

/// A station over a window.
#[derive(Debug, Clone)]
pub struct Past {
    /// The station.
    pub station: Arc<Station>,
    /// Its sensors that have values, the main one first.
    pub sensors: Vec<SensorName>,
    /// The one that is looked at.
    pub sensor: SensorName,
    /// The stations that are laid over, in their places.
    pub others: Vec<Slug>,
    /// The time that is looked at.
    pub window: Window,
    /// What was observed, in the order of the page.
    pub groups: Vec<Strands>,
    /// Speeds and directions of the wind, in spans of the same times.
    pub wind: Vec<Wind>,
    /// What the temperature was, on each local day of the year that ends with the window.
    pub days: Vec<Day>,
    /// The days that the calendar shows, both included.
    pub calendar: Option<(NaiveDate, NaiveDate)>,
}

/// The quantities of one picture.
#[derive(Debug, Clone)]
pub struct Strands {
    /// Which.
    pub group: Group,
    /// One for each quantity, and then those that are laid over. The first is the picture's own.
    pub strands: Vec<Strand>,
}

/// A quantity over the window.
#[derive(Debug, Clone)]
pub struct Strand {
    /// Which.
    pub quantity: Quantity,
    /// Whose.
    pub whose: Whose,
    /// What it was, oldest first. Those of last year are moved into the window.
    pub spans: Vec<Span>,
    /// Where it was lowest and highest, if the spans are too long to tell.
    pub ends: Option<Ends>,
}

/// The lowest and the highest of some days, the first of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// The lowest value, and when it was.
    pub lowest: (f64, Timestamp),
    /// The highest.
    pub highest: (f64, Timestamp),
}

impl Ends {
    /// Those of these days; `None` if there are none.
    pub(crate) fn of(days: &[climate::Day]) -> Option<Self> {
        let lowest = days.iter().reduce(|best, day| if day.low < best.low { day } else { best })?;
        let highest = days.iter().reduce(|best, day| if day.high > best.high { day } else { best })?;
        Some(Self { lowest: (lowest.low, lowest.low_at), highest: (highest.high, highest.high_at) })
    }
}

/// Whose values are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The station's.
    Own,
    /// The same days of last year.
    LastYear,
    /// Another station's: its place among those, and its name.
    Other(usize, String),
}

/// The wind over some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wind {
    /// Where it came from, degrees.
    pub from_degrees: f64,
    /// How fast it was, m/s.
    pub speed: f64,
    /// For how long, ms.
    pub length_ms: i64,
}

/// Two spans further apart than so many times the usual distance have a gap between them.
const GAP_DISTANCES: f64 = 2.5;

impl Strand {
    /// The spans in stretches without a gap.
    pub(crate) fn stretches(&self) -> Vec<&[Span]> {
        let gap_ms = self.gap_ms();
        self.spans.chunk_by(|one, next| next.from.since(one.from) <= gap_ms).collect()
    }

    /// Spans that begin further apart than this have a gap between them, ms. It is learnt from the spans: a station that reports
    /// each hour has no gaps just because the spans are finer.
    fn gap_ms(&self) -> i64 {
        let mut apart: Vec<i64> = self.spans.windows(2).map(|pair| pair[1].from.since(pair[0].from)).collect();
        apart.sort_unstable();
        let usual = apart.get(apart.len() / 2).copied().unwrap_or(0);
        let longest = self.spans.iter().map(|span| span.to.since(span.from)).max().unwrap_or(0);
        longest.max((usual as f64 * GAP_DISTANCES) as i64)
    }
}
