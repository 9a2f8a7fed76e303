//! The past of a datastream: a bounded number of spans, whatever the length of the stretch, and local days.

use super::error::Error;
use super::seam::{Datastream, Stretch};
use super::{Extreme, Storage};
use chrono::NaiveDate;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// Spans that one series has at most, whatever was asked for: more than any screen has columns.
pub const POINTS_MAX: u32 = 1_500;

/// A datastream over a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What its spans were made of.
    pub made_of: MadeOf,
    /// Oldest first; where there are no values, there is no span.
    pub spans: Vec<Span>,
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

impl Storage {
    /// A datastream from `from` (inclusive) to `to` (exclusive) in `points` spans at most, 1,500 at the very most.
    pub async fn series(
        &self,
        station: &Station,
        (sensor, quantity): (&SensorName, Quantity),
        (from, to): (Timestamp, Timestamp),
        points: u32,
    ) -> Result<Series, Error> {
        let points = i64::from(points.clamp(1, POINTS_MAX));
        // Spans begin at multiples of their length, so there may be one more than the length tells.
        let bucket_ms = to.since(from).max(1) / (points - 1).max(1) + 1;
        let of = Datastream { station: station.id, sensor, quantity };
        let buckets = self.readers.series(of, Stretch { from, to }, bucket_ms).await?;
        let spans = buckets.into_iter().map(|bucket| Span {
            from: bucket.start,
            to: bucket.start.plus(bucket_ms),
            mean: bucket.mean,
            min: bucket.min,
            max: bucket.max,
            count: bucket.count,
            amount: None,
        });
        Ok(Series { made_of: MadeOf::Readings, spans: spans.collect() })
    }

    /// A datastream on each local day from `from` to `to`, both included, oldest first; days without a value are absent. At most
    /// 4,000 days.
    pub async fn days(
        &self,
        station: &Station,
        (sensor, quantity): (&SensorName, Quantity),
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Day>, Error> {
        let extremes = self.extremes_between(station.id, sensor, quantity, from, to).await?;
        let day = |(date, Extreme { low, low_at, high, high_at, .. }): (NaiveDate, Extreme)| Day {
            date,
            mean: (low + high) / 2.0,
            low,
            low_at,
            high,
            high_at,
            count: 2,
            hours: 24,
        };
        Ok(extremes.into_iter().map(day).collect())
    }
}
