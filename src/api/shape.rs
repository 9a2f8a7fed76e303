//! What the answers are made of. The names are for ever: a field may be added, and none is taken away or means something else.
//!
//! Each instant stands twice: `…_at` as RFC 3339 in UTC, `…_unix_ms` in milliseconds since 1970. Each value stands beside its unit.

mod climate;
mod past;
mod server;

pub use climate::{
    DayClimate, MonthClimate, PeriodName, PeriodRecords, SpellDays, StationRecords, TimedValue, UnitValue,
};
pub use past::{CalmSpan, Grain, LocalDay, PastDays, PastSeries, QuantityDays, QuantitySeries, TimeSpan};
pub use server::{ProblemDetails, ServerStatus, WrongParameter};

use serde::Serialize;
use utoipa::ToSchema;
use weather::mark::Flag;
use weather::station_state::StationState;

/// How a station is, or a value: `live` as young as usual; `clock` heard, but its clock is off and its values are old; `stale` older
/// than two and a half of the station's intervals; `offline` older than five; `waiting` nothing was ever heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// As young as usual.
    Live,
    /// Heard, but its clock is off.
    Clock,
    /// Older than two and a half intervals.
    Stale,
    /// Older than five intervals.
    Offline,
    /// Nothing was ever heard.
    Waiting,
}

impl From<StationState> for Freshness {
    fn from(state: StationState) -> Self {
        match state {
            StationState::Live => Self::Live,
            StationState::Clock(_) => Self::Clock,
            StationState::Stale => Self::Stale,
            StationState::Offline => Self::Offline,
            StationState::Waiting => Self::Waiting,
        }
    }
}

/// What quality control says of a value. `good` counts; `suspect` and `fail` are kept and do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// It counts.
    Good,
    /// It does not count, unless something speaks for it.
    Suspect,
    /// It does not count.
    Fail,
}

impl From<Flag> for Quality {
    fn from(flag: Flag) -> Self {
        match flag {
            Flag::Pass | Flag::NotEvaluated => Self::Good,
            Flag::Suspect => Self::Suspect,
            Flag::Fail | Flag::Missing => Self::Fail,
        }
    }
}

/// A station.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StationEntry {
    /// Its name in addresses.
    #[schema(example = "garden")]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Garden")]
    pub name: String,
    /// The IANA zone that its days are counted in.
    #[schema(example = "Europe/Berlin")]
    pub zone: String,
    /// Height of the ground above mean sea level, metres.
    pub elevation_m: Option<f64>,
    /// How often it reports, seconds: said by its owner, or learnt from its reports.
    pub interval_s: Option<f64>,
    /// How it is now.
    pub state: Freshness,
    /// The newest time that it spoke of.
    #[schema(format = DateTime)]
    pub observed_at: Option<String>,
    /// The same.
    pub observed_unix_ms: Option<i64>,
    /// Whole minutes since then.
    pub age_min: Option<i64>,
    /// How far its clock is ahead (negative: behind), seconds, if it is known to be off.
    pub clock_off_s: Option<i64>,
    /// Where more of it is.
    #[schema(example = "/api/v1/stations/garden")]
    pub url: String,
}

/// Stations, by their slugs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StationList {
    /// How many there are in all.
    pub count: usize,
    /// Some of them.
    pub stations: Vec<StationEntry>,
    /// Where the next ones are; `null` at the end.
    #[schema(example = "/api/v1/stations?after=garden&limit=100")]
    pub next: Option<String>,
}

/// One quantity of one sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Datastream {
    /// Which sensor; empty: the main one.
    #[schema(example = "indoor")]
    pub sensor: String,
    /// Which quantity.
    #[schema(example = "temperature")]
    pub quantity: &'static str,
    /// What people call the quantity.
    #[schema(example = "Temperature")]
    pub title: &'static str,
    /// The unit of its values.
    #[schema(example = "°C")]
    pub unit: &'static str,
}

/// A station and what it measures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StationDetail {
    /// The station.
    #[serde(flatten)]
    pub station: StationEntry,
    /// What it has measured.
    pub datastreams: Vec<Datastream>,
    /// Addresses of more.
    pub links: Links,
}

/// Addresses of a station.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Links {
    /// Its newest values.
    pub latest: String,
    /// Its past; a `quantity` is still to be named.
    pub series: String,
    /// Its days, likewise.
    pub days: String,
    /// Its records.
    pub records: String,
    /// This month, day by day.
    pub climate: String,
    /// All that it has recorded, as CSV.
    pub export: String,
    /// Its page, for people.
    pub page: String,
}

/// A value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObservedValue {
    /// Which sensor; empty: the main one.
    #[schema(example = "")]
    pub sensor: String,
    /// Which quantity.
    #[schema(example = "temperature")]
    pub quantity: &'static str,
    /// The number.
    #[schema(example = 18.4)]
    pub value: f64,
    /// Its unit.
    #[schema(example = "°C")]
    pub unit: &'static str,
    /// What the numbers 0 and 1 of a state mean, such as `low`.
    pub word: Option<&'static str>,
    /// When it was observed.
    #[schema(format = DateTime)]
    pub observed_at: String,
    /// The same.
    pub observed_unix_ms: i64,
    /// Whole minutes since then.
    pub age_min: i64,
    /// Whether it is the weather of now.
    pub state: Freshness,
    /// What quality control says of it.
    pub quality: Quality,
    /// Why it does not count; `null` if it does.
    #[schema(example = "spike")]
    pub reason: Option<&'static str>,
}

/// The newest values of a station.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LatestValues {
    /// The station.
    pub station: StationEntry,
    /// The newest value of each datastream that counts.
    pub readings: Vec<ObservedValue>,
    /// Values of the last 24 hours that are kept and do not count, the newest 50, oldest first.
    pub set_aside: Vec<ObservedValue>,
}
