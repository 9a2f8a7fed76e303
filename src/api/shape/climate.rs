//! Records and climate.

use serde::Serialize;
use utoipa::ToSchema;

/// A number and its unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnitValue {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
}

/// A value of a day, with when it was observed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimedValue {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// On which local day; of several as extreme, the first.
    #[schema(format = Date)]
    pub date: String,
    /// When it was first observed.
    #[schema(format = DateTime)]
    pub observed_at: String,
    /// The same.
    pub observed_unix_ms: i64,
}

/// Days in a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpellDays {
    /// How many.
    pub days: u32,
    /// The first.
    #[schema(format = Date)]
    pub from: String,
    /// The last.
    #[schema(format = Date)]
    pub to: String,
}

/// The records of a station's main sensor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StationRecords {
    /// The station's name in addresses.
    pub station: String,
    /// The zone that its days are counted in.
    pub zone: String,
    /// One for each period: `today`, `yesterday`, `month`, `season`, `year`, `rain_year`, `ever`.
    pub periods: Vec<PeriodRecords>,
}

/// Which stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodName {
    /// The day that is not over yet.
    Today,
    /// The day before.
    Yesterday,
    /// This calendar month.
    Month,
    /// This meteorological season.
    Season,
    /// This calendar year.
    Year,
    /// This year of rain.
    RainYear,
    /// All that is known.
    Ever,
}

/// The records of a period; `null` where nothing is known. `docs/CLIMATE.md` says what each is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodRecords {
    /// Which.
    pub period: PeriodName,
    /// For people: `November 2026`.
    pub title: String,
    /// Its first day; of `ever`, the first that anything is known of.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// Its last day, today at the latest.
    #[schema(format = Date)]
    pub to: String,
    /// How many of its days have a temperature.
    pub days: usize,
    /// The highest temperature.
    pub highest_temperature: Option<TimedValue>,
    /// The lowest temperature.
    pub lowest_temperature: Option<TimedValue>,
    /// The warmest night: the highest of the days' lows. Of whole days.
    pub highest_low: Option<TimedValue>,
    /// The coldest day: the lowest of the days' highs. Of whole days.
    pub lowest_high: Option<TimedValue>,
    /// The strongest gust; wind is no gust.
    pub strongest_gust: Option<TimedValue>,
    /// The most rain of a day; observed when it had all fallen.
    pub wettest_day: Option<TimedValue>,
    /// All rain.
    pub rain: Option<UnitValue>,
    /// Days in a row below 0.2 mm.
    pub longest_dry_spell: Option<SpellDays>,
    /// Days in a row from 1.0 mm on.
    pub longest_wet_spell: Option<SpellDays>,
    /// The highest pressure at sea level; of a station without it, the barometer's.
    pub highest_pressure: Option<TimedValue>,
    /// The lowest.
    pub lowest_pressure: Option<TimedValue>,
}

/// A month of a station's main sensor, day by day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonthClimate {
    /// The station's name in addresses.
    pub station: String,
    /// The zone that its days are counted in.
    pub zone: String,
    /// Which month: `2026-11`.
    pub month: String,
    /// Heating and cooling are counted from here.
    pub degree_day_base: UnitValue,
    /// Whether enough is known of the month's temperature.
    pub complete: bool,
    /// Whether enough is known of the month's rain.
    pub rain_complete: bool,
    /// The mean temperature.
    pub mean_temperature: Option<UnitValue>,
    /// The highest temperature.
    pub highest_temperature: Option<TimedValue>,
    /// The lowest temperature.
    pub lowest_temperature: Option<TimedValue>,
    /// Heating degree days, of days that are over.
    pub heating_degree_days: Option<UnitValue>,
    /// Cooling degree days, of days that are over.
    pub cooling_degree_days: Option<UnitValue>,
    /// All rain.
    pub rain: Option<UnitValue>,
    /// The mean speed of the wind.
    pub mean_wind: Option<UnitValue>,
    /// The strongest gust.
    pub strongest_gust: Option<TimedValue>,
    /// Where the wind came from, as the mean of the vectors.
    pub wind_direction: Option<UnitValue>,
    /// The days of the month that are not ahead.
    pub days: Vec<DayClimate>,
}

/// A day of a month; `null` where nothing is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayClimate {
    /// Which.
    #[schema(format = Date)]
    pub date: String,
    /// The mean temperature.
    pub mean_temperature: Option<UnitValue>,
    /// The highest temperature.
    pub highest_temperature: Option<TimedValue>,
    /// The lowest temperature.
    pub lowest_temperature: Option<TimedValue>,
    /// Heating degree days; of days that are over.
    pub heating_degree_days: Option<UnitValue>,
    /// Cooling degree days; of days that are over.
    pub cooling_degree_days: Option<UnitValue>,
    /// The rain.
    pub rain: Option<UnitValue>,
    /// The mean speed of the wind.
    pub mean_wind: Option<UnitValue>,
    /// The strongest gust.
    pub strongest_gust: Option<TimedValue>,
    /// Where the wind came from, as the mean of the vectors.
    pub wind_direction: Option<UnitValue>,
}
