//! The records and the climate of a station.

use super::query::Query;
use super::shape::{
    DayClimate, MonthClimate, PeriodName, PeriodRecords, SpellDays, StationRecords, TimedValue, UnitValue,
};
use super::stations::units;
use crate::storage::{Error, Storage};
use crate::web::error::Problem;
use crate::web::head::Head;
use chrono::NaiveDate;
use weather::climate::month::{DayFigures, Table};
use weather::climate::period::Period;
use weather::climate::records::{Record, Records};
use weather::climate::season::Half;
use weather::climate::spell::Spell;
use weather::climate::{Calendar, Days, degree_days, means};
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::Station;
use weather::time::Timestamp;

/// What may be asked of records.
pub(super) const OF_RECORDS: [&str; 1] = ["units"];
/// What may be asked of a month.
pub(super) const OF_MONTH: [&str; 2] = ["month", "units"];
/// Nobody has kept weather before, and no calendar of ours goes further.
const YEARS: std::ops::RangeInclusive<i32> = 1700..=2200;

/// The records.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/records", tag = "values", operation_id = "records",
    summary = "Highest and lowest of today, this month, this year, ever",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = StationRecords, description = "The records")))]
pub(super) async fn records(
    storage: &Storage,
    station: &Station,
    head: &dyn Head,
    now: Timestamp,
) -> Result<StationRecords, Problem> {
    let mut query = Query::of(head, &OF_RECORDS);
    let told = Told(units(&mut query));
    query.finish()?;
    let today = day::date_at(&station.zone, now);
    let (days, calendar) = judged(storage, station, (NaiveDate::MIN, today), today).await?;
    Ok(StationRecords {
        station: station.slug.to_string(),
        zone: station.zone.to_string(),
        periods: Period::ALL.into_iter().map(|period| told.period(period, &days, &calendar)).collect(),
    })
}

/// A month.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/climate", tag = "values", operation_id = "climate",
    summary = "A month, day by day",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("month" = Option<String>, Query, description = "Which month, from 1700 to 2200; this one if it is not there.", example = "2026-11", pattern = "^(1[789][0-9]{2}|2(0[0-9]{2}|1[0-9]{2}|200))-(0[1-9]|1[0-2])$"),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = MonthClimate, description = "The month")))]
pub(super) async fn month(
    storage: &Storage,
    station: &Station,
    head: &dyn Head,
    now: Timestamp,
) -> Result<MonthClimate, Problem> {
    let mut query = Query::of(head, &OF_MONTH);
    let asked = query.take("month", read);
    let told = Told(units(&mut query));
    query.finish()?;
    let today = day::date_at(&station.zone, now);
    let first = asked.unwrap_or(today);
    let (days, calendar) = judged(storage, station, means::dates(first), today).await?;
    let base_c = if told.0.is_fahrenheit() { degree_days::BASE_US_C } else { degree_days::BASE_C };
    let table = Table::of(&days, first, base_c, &calendar);
    Ok(told.month(station, &table, base_c))
}

/// A station's days, and the calendar by which they are judged.
async fn judged(
    storage: &Storage,
    station: &Station,
    dates: (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<(Days, Calendar), Error> {
    let (days, interval_ms) = tokio::try_join!(storage.years(station, dates), storage.interval_ms(station.id))?;
    let half = station.coordinates.map(|place| Half::of(place.latitude()));
    Ok((days, Calendar::of(today, half, interval_ms)))
}

/// Reads `2026-11`: the month's first day.
fn read(text: &str) -> Result<NaiveDate, String> {
    let wrong = || "no month from 1700 to 2200: write it as 2026-11".to_owned();
    let (year, month) = text.split_once('-').ok_or_else(wrong)?;
    let is_form = year.len() == 4 && month.len() == 2 && [year, month].concat().bytes().all(|b| b.is_ascii_digit());
    let (year, month) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
    NaiveDate::from_ymd_opt(year, month, 1).filter(|_| is_form && YEARS.contains(&year)).ok_or_else(wrong)
}

/// How figures are told: in these units.
struct Told(Preference);

impl Told {
    fn value(&self, quantity: Quantity, canonical: Option<f64>) -> Option<UnitValue> {
        let unit = self.0.unit(quantity).symbol();
        canonical.map(|canonical| UnitValue { value: self.0.value(quantity, canonical), unit })
    }

    fn timed(&self, quantity: Quantity, record: Option<Record>) -> Option<TimedValue> {
        record.map(|Record { value, date, at }| TimedValue {
            value: self.0.value(quantity, value),
            unit: self.0.unit(quantity).symbol(),
            date: date.to_string(),
            observed_at: at.rfc3339(),
            observed_unix_ms: at.0,
        })
    }

    /// Degree days are differences, so no offset is added.
    fn degrees(&self, kelvins: Option<f64>) -> Option<UnitValue> {
        let unit = self.0.unit(Quantity::Temperature);
        // Sums of figures with one decimal have as many.
        let tenths = |kelvins: f64| (unit.difference(kelvins) * 10.0).round() / 10.0;
        kelvins.map(|kelvins| UnitValue { value: tenths(kelvins), unit: unit.symbol() })
    }

    fn period(&self, period: Period, days: &Days, calendar: &Calendar) -> PeriodRecords {
        let (from, to) = period.dates(calendar);
        let found = Records::of(days, (from, to), calendar);
        let first = if period == Period::Ever { days.first() } else { Some(from) };
        let spell = |spell: Option<Spell>| {
            spell.map(|Spell { days, from, to }| SpellDays { days, from: from.to_string(), to: to.to_string() })
        };
        PeriodRecords {
            period: name(period),
            title: period.title(calendar),
            from: first.map(|first| first.to_string()),
            to: to.to_string(),
            days: found.days,
            highest_temperature: self.timed(Quantity::Temperature, found.highest),
            lowest_temperature: self.timed(Quantity::Temperature, found.lowest),
            highest_low: self.timed(Quantity::Temperature, found.highest_low),
            lowest_high: self.timed(Quantity::Temperature, found.lowest_high),
            strongest_gust: self.timed(Quantity::WindGust, found.gust),
            wettest_day: self.timed(Quantity::Precipitation, found.wettest),
            rain: self.value(Quantity::Precipitation, found.rain),
            longest_dry_spell: spell(found.dry_spell),
            longest_wet_spell: spell(found.wet_spell),
            highest_pressure: self.timed(Quantity::SeaLevelPressure, found.highest_pressure),
            lowest_pressure: self.timed(Quantity::SeaLevelPressure, found.lowest_pressure),
        }
    }

    fn month(&self, station: &Station, table: &Table, base_c: f64) -> MonthClimate {
        let unit = self.0.unit(Quantity::Temperature).symbol();
        MonthClimate {
            station: station.slug.to_string(),
            zone: station.zone.to_string(),
            month: table.first.format("%Y-%m").to_string(),
            degree_day_base: UnitValue { value: self.0.value(Quantity::Temperature, base_c), unit },
            complete: table.complete,
            rain_complete: table.rain_complete,
            mean_temperature: self.value(Quantity::Temperature, table.mean),
            highest_temperature: self.timed(Quantity::Temperature, table.highest),
            lowest_temperature: self.timed(Quantity::Temperature, table.lowest),
            heating_degree_days: self.degrees(table.heating),
            cooling_degree_days: self.degrees(table.cooling),
            rain: self.value(Quantity::Precipitation, table.rain),
            mean_wind: self.value(Quantity::WindSpeed, table.wind),
            strongest_gust: self.timed(Quantity::WindGust, table.gust),
            wind_direction: self.value(Quantity::WindDirection, table.direction),
            days: table.lines.iter().map(|line| self.day(line)).collect(),
        }
    }

    fn day(&self, line: &DayFigures) -> DayClimate {
        let (date, of) = (line.date, line.temperature);
        let high = of.map(|day| Record { value: day.high, date, at: day.high_at });
        let low = of.map(|day| Record { value: day.low, date, at: day.low_at });
        DayClimate {
            date: date.to_string(),
            mean_temperature: self.value(Quantity::Temperature, of.map(|day| day.mean)),
            highest_temperature: self.timed(Quantity::Temperature, high),
            lowest_temperature: self.timed(Quantity::Temperature, low),
            heating_degree_days: self.degrees(line.heating),
            cooling_degree_days: self.degrees(line.cooling),
            rain: self.value(Quantity::Precipitation, line.rain),
            mean_wind: self.value(Quantity::WindSpeed, line.wind),
            strongest_gust: self.timed(Quantity::WindGust, line.gust),
            wind_direction: self.value(Quantity::WindDirection, line.direction),
        }
    }
}

fn name(period: Period) -> PeriodName {
    match period {
        Period::Today => PeriodName::Today,
        Period::Yesterday => PeriodName::Yesterday,
        Period::Month => PeriodName::Month,
        Period::Season => PeriodName::Season,
        Period::Year => PeriodName::Year,
        Period::RainYear => PeriodName::RainYear,
        Period::Ever => PeriodName::Ever,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_in_one_way() {
        assert_eq!(read("2026-11").ok(), NaiveDate::from_ymd_opt(2026, 11, 1));
        for bad in ["", "-", "2026-1", "2026-13", "26-11", "+026-11", "1699-12", "2201-01", "2026-11-01"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
