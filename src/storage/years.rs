//! All local days of a station's main sensor, for records and climate.

use super::Storage;
use super::error::Error;
use super::series::Day;
use chrono::{Days as Ahead, NaiveDate};
use weather::climate::{self, Days};
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};

/// So many days of a quantity are read in one piece: what [`Storage::days`] gives at most.
const PIECE_DAYS: u64 = 4_000;
/// So many days are read at most, the newest: a hundred years, 2.3 MB a quantity. Longer series are read elsewhere.
pub const YEARS_MAX_DAYS: u64 = 36_525;

impl Storage {
    /// What the main sensor's quantities were on each local day from `from` to `to`, both included; of more than a hundred years, the
    /// newest. A station without a pressure at sea level is asked for its barometer's. One without gusts has none: wind is no gust.
    pub async fn years(&self, station: &Station, (from, to): (NaiveDate, NaiveDate)) -> Result<Days, Error> {
        let main = SensorName::main();
        let Some(first) = self.first_day(station.id, &main).await? else { return Ok(Days::default()) };
        let oldest = to.checked_sub_days(Ahead::new(YEARS_MAX_DAYS - 1)).unwrap_or(to);
        let dates = (from.max(first).max(oldest), to);
        let of = |quantity| self.years_of(station, (&main, quantity), dates);
        let (temperature, rain, wind, gust, direction, pressure) = tokio::try_join!(
            of(Quantity::Temperature),
            of(Quantity::Precipitation),
            of(Quantity::WindSpeed),
            of(Quantity::WindGust),
            of(Quantity::WindDirection),
            of(Quantity::SeaLevelPressure),
        )?;
        let pressure = if pressure.is_empty() { of(Quantity::StationPressure).await? } else { pressure };
        Ok(Days { temperature, rain, wind, gust, direction, pressure })
    }

    /// The same of one datastream.
    pub async fn years_of(
        &self,
        station: &Station,
        (sensor, quantity): (&SensorName, Quantity),
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<climate::Day>, Error> {
        let oldest = to.checked_sub_days(Ahead::new(YEARS_MAX_DAYS - 1)).unwrap_or(to);
        let (mut start, mut all) = (from.max(oldest), Vec::new());
        while start <= to {
            let end = start.checked_add_days(Ahead::new(PIECE_DAYS - 1)).map_or(to, |end| end.min(to));
            let days = self.days(station, (sensor, quantity), (start, end)).await?;
            all.extend(days.into_iter().map(climate::Day::from));
            let Some(next) = end.succ_opt() else { break };
            start = next;
        }
        Ok(all)
    }
}

impl From<Day> for climate::Day {
    fn from(day: Day) -> Self {
        let Day { date, mean, low, low_at, high, high_at, hours, count: _ } = day;
        Self { date, mean, low, low_at, high, high_at, hours }
    }
}
