//! The past: spans and days.

use serde::Serialize;
use utoipa::ToSchema;

/// The past of some datastreams of a sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PastSeries {
    /// The station's name in addresses.
    pub station: String,
    /// Which sensor; empty: the main one.
    pub sensor: String,
    /// From this instant on …
    #[schema(format = DateTime)]
    pub from_at: String,
    /// The same.
    pub from_unix_ms: i64,
    /// … to before this one.
    #[schema(format = DateTime)]
    pub to_at: String,
    /// The same.
    pub to_unix_ms: i64,
    /// One for each quantity, in the order in which they were asked for.
    pub series: Vec<QuantitySeries>,
}

/// The past of a datastream.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuantitySeries {
    /// Which quantity.
    pub quantity: &'static str,
    /// The unit of all its numbers.
    pub unit: &'static str,
    /// What its spans were made of.
    pub made_of: Grain,
    /// Oldest first. Where there are no values, there is no span; where air was calm, its direction has none either.
    pub spans: Vec<TimeSpan>,
    /// Of a wind direction: where the air was calm all the time, oldest first. They are not in `spans`.
    pub calm: Vec<CalmSpan>,
}

/// A time in which the air was calm, so that it had no direction.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalmSpan {
    /// Its first instant.
    #[schema(format = DateTime)]
    pub from_at: String,
    /// The same.
    pub from_unix_ms: i64,
    /// The first instant after it.
    #[schema(format = DateTime)]
    pub to_at: String,
    /// The same.
    pub to_unix_ms: i64,
    /// How many values.
    pub count: u32,
}

/// What spans were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Grain {
    /// Single readings.
    Readings,
    /// Local hours.
    Hours,
    /// Local days.
    Days,
}

/// What a datastream was over some time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimeSpan {
    /// Its first instant.
    #[schema(format = DateTime)]
    pub from_at: String,
    /// The same.
    pub from_unix_ms: i64,
    /// The first instant after it.
    pub to_unix_ms: i64,
    /// The mean of its values; of a direction, that of the vectors.
    pub mean: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// How many values.
    pub count: u32,
    /// Of rain since midnight: what fell within the span.
    pub amount: Option<f64>,
}

/// Local days of some datastreams of a sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PastDays {
    /// The station's name in addresses.
    pub station: String,
    /// The zone that its days are counted in.
    pub zone: String,
    /// Which sensor; empty: the main one.
    pub sensor: String,
    /// The first day …
    #[schema(format = Date)]
    pub from: String,
    /// … and the last.
    #[schema(format = Date)]
    pub to: String,
    /// One for each quantity, in the order in which they were asked for.
    pub series: Vec<QuantityDays>,
}

/// Local days of a datastream.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuantityDays {
    /// Which quantity.
    pub quantity: &'static str,
    /// The unit of all its numbers.
    pub unit: &'static str,
    /// Oldest first. Days without a value are absent.
    pub days: Vec<LocalDay>,
}

/// What a datastream was on a local day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocalDay {
    /// Which.
    #[schema(format = Date)]
    pub date: String,
    /// The mean of its values; of a direction, that of the vectors.
    pub mean: f64,
    /// The lowest.
    pub low: f64,
    /// When that was first observed.
    #[schema(format = DateTime)]
    pub low_at: String,
    /// The same.
    pub low_unix_ms: i64,
    /// The highest. Of rain since midnight: what fell on that day.
    pub high: f64,
    /// When that was first observed.
    #[schema(format = DateTime)]
    pub high_at: String,
    /// The same.
    pub high_unix_ms: i64,
    /// How many values.
    pub count: u32,
    /// In how many of its hours there was a value.
    pub hours: u32,
}
