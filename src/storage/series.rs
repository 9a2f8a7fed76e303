//! The past of a datastream: a bounded number of spans, whatever the length of the stretch, and local days.

mod cells;
mod past;
mod plan;

use super::Storage;
use super::error::Error;
use super::seam::{Datastream, Stretch};
use cells::OfDate;
use chrono::{Days, NaiveDate};
use past::Past;
use plan::Plan;
use weather::quantity::Quantity;
use weather::rollup::Rollup;
use weather::station::{SensorName, Station};
use weather::time::{SERIES_BEGIN, Timestamp};

/// Spans that one series has at most, whatever was asked for: more than any screen has columns.
pub const POINTS_MAX: u32 = 1_500;

/// A datastream over a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What its spans were made of.
    pub made_of: MadeOf,
    /// Oldest first; where there are no values, there is no span.
    pub spans: Vec<Span>,
    /// Of a wind direction: the spans in which the air was calm all the time, so that there was no direction. Oldest first.
    pub calm: Vec<Calm>,
}

/// A span in which the air was calm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calm {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// How many values.
    pub count: u32,
}

/// What a series was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeOf {
    /// Single readings.
    Readings,
    /// Local hours.
    Hours,
    /// Local days.
    Days,
}

/// What a datastream was over some time.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// The mean of its values, canonical unit; of a direction, that of the vectors, weighted by the wind's speed.
    pub mean: f64,
    /// Lowest.
    pub min: f64,
    /// Highest.
    pub max: f64,
    /// How many values.
    pub count: u32,
    /// Of rain since midnight: what fell within the span, mm. `None` for what does not fall.
    pub amount: Option<f64>,
}

/// What a datastream was on a local day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// The mean of its values, canonical unit, as in [`Span`].
    pub mean: f64,
    /// Lowest, with the first time.
    pub low: f64,
    /// When that was first observed.
    pub low_at: Timestamp,
    /// Highest. Of rain since midnight: what fell on that day.
    pub high: f64,
    /// When that was first observed.
    pub high_at: Timestamp,
    /// How many values.
    pub count: u32,
    /// In how many of its hours there was a value.
    pub hours: u32,
}

/// Rows that a series of readings looks at, at most; of more of them hours are told. Some hundredths of a second.
const ROWS_MAX: u64 = 20_000;
/// Days in one answer: ten years and some.
const DAYS_MAX: u64 = 4_000;
/// The end of the year 9998: no later instant has a local day for certain.
const SERIES_END: Timestamp = Timestamp(253_370_764_799_000);

impl Storage {
    /// A datastream from `from` (inclusive) to `to` (exclusive) in `points` spans at most, 1,500 at the very most. Spans begin where local
    /// hours and days do, and none below a day's length has parts of two days. Those that the stretch touches are told whole. Where readings have gone, hours
    /// are told.
    pub async fn series(
        &self,
        station: &Station,
        (sensor, quantity): (&SensorName, Quantity),
        (from, to): (Timestamp, Timestamp),
        points: u32,
    ) -> Result<Series, Error> {
        let points = points.clamp(1, POINTS_MAX) as usize;
        let stretch = Stretch { from: from.max(SERIES_BEGIN), to: to.min(SERIES_END) };
        if stretch.from >= stretch.to {
            return Ok(Series { made_of: MadeOf::Readings, spans: Vec::new(), calm: Vec::new() });
        }
        let mut plan = Plan::of(&station.zone, stretch, points);
        let of = Datastream { station: station.id, sensor, quantity };
        let Some(extent) = self.readers.extent(of).await? else {
            return Ok(Series { made_of: plan.made_of, spans: Vec::new(), calm: Vec::new() });
        };
        let past = Past { readers: &self.readers, zone: &station.zone, quantity, extent };
        if plan.made_of == MadeOf::Readings && (!past.has_readings(stretch) || past.count(stretch).await? > ROWS_MAX) {
            plan = Plan::of_hours(&station.zone, stretch, points);
        }
        let Plan { made_of, spans } = &plan;
        let cells = match (plan.whole(), made_of) {
            (None, _) => Vec::new(),
            (Some(whole), MadeOf::Readings) => past.readings(whole, spans).await?,
            (Some(whole), MadeOf::Hours) => past.hours(past.with_morning(whole)).await?,
            (Some(whole), MadeOf::Days) => past.days(plan::dates(&station.zone, whole)).await?,
        };
        let (spans, calm) = cells::spans(quantity, spans, &cells);
        Ok(Series { made_of: *made_of, spans, calm })
    }

    /// A datastream on each local day from `from` to `to`, both included, oldest first; days without a value are absent, and so are those
    /// on which a wind had no direction. At most 4,000 days.
    pub async fn days(
        &self,
        station: &Station,
        (sensor, quantity): (&SensorName, Quantity),
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Day>, Error> {
        let of = Datastream { station: station.id, sensor, quantity };
        let last = from.checked_add_days(Days::new(DAYS_MAX - 1)).map_or(to, |last| last.min(to));
        let Some(extent) = self.readers.extent(of).await? else { return Ok(Vec::new()) };
        let past = Past { readers: &self.readers, zone: &station.zone, quantity, extent };
        let cells = past.days((from, last)).await?;
        Ok(cells.into_iter().filter_map(|day| Day::of(quantity, day)).collect())
    }
}

impl Day {
    fn of(quantity: Quantity, OfDate { date, rollup, hours, .. }: OfDate) -> Option<Self> {
        let mean = rollup.mean(quantity.fold())?;
        let Rollup { count, low, low_at, high, high_at, .. } = rollup;
        Some(Self { date, mean, low, low_at, high, high_at, count, hours })
    }
}
