//! A month's table, day by day, as NOAA's monthly climate summaries have it.

use super::means::{self, is_complete};
use super::records::{self, Record};
use super::{Calendar, Day, Days, degree_days, on, within};
use chrono::NaiveDate;

/// A day in figures; what is not known is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct DayFigures {
    /// Which day.
    pub date: NaiveDate,
    /// Temperature.
    pub temperature: Option<Day>,
    /// Heating degree days, K. Of days that are over.
    pub heating: Option<f64>,
    /// Cooling degree days, K. Of days that are over.
    pub cooling: Option<f64>,
    /// Rain, mm.
    pub rain: Option<f64>,
    /// Mean speed of the wind, m/s.
    pub wind: Option<f64>,
    /// Strongest gust.
    pub gust: Option<Record>,
    /// Where the wind came from, degrees; the mean of the vectors.
    pub direction: Option<f64>,
}

/// A month.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its first day.
    pub first: NaiveDate,
    /// One for each day of the month that is not ahead.
    pub lines: Vec<DayFigures>,
    /// The month's means of temperature and wind, sums of degree days and rain.
    pub mean: Option<f64>,
    /// Highest temperature.
    pub highest: Option<Record>,
    /// Lowest temperature.
    pub lowest: Option<Record>,
    /// K.
    pub heating: Option<f64>,
    /// K.
    pub cooling: Option<f64>,
    /// mm.
    pub rain: Option<f64>,
    /// m/s.
    pub wind: Option<f64>,
    /// Strongest gust.
    pub gust: Option<Record>,
    /// The mean of the days' directions as vectors weighted by their speeds, degrees.
    pub direction: Option<f64>,
    /// True if enough is known of the month's temperature.
    pub complete: bool,
    /// True if enough is known of the month's rain.
    pub rain_complete: bool,
}

impl Table {
    /// The month of a date. `base_c` is that of heating and cooling.
    pub fn of(days: &Days, date: NaiveDate, base_c: f64, calendar: &Calendar) -> Self {
        let dates = means::dates(date);
        let until = dates.1.min(calendar.today);
        let lines: Vec<DayFigures> = dates
            .0
            .iter_days()
            .take_while(|date| *date <= until)
            .map(|date| line(days, date, base_c, calendar))
            .collect();
        let [temperature, rain, wind, gust] =
            [&days.temperature, &days.rain, &days.wind, &days.gust].map(|days| within(days, dates));
        Self {
            first: dates.0,
            mean: mean(temperature),
            highest: records::highest(temperature.iter().map(records::high)),
            lowest: records::lowest(temperature.iter().map(records::low)),
            heating: sum(lines.iter().filter_map(|line| line.heating)),
            cooling: sum(lines.iter().filter_map(|line| line.cooling)),
            rain: sum(rain.iter().map(|day| day.high)),
            wind: mean(wind),
            gust: records::highest(gust.iter().map(records::high)),
            direction: direction(&lines),
            complete: is_complete(temperature, dates, calendar),
            rain_complete: is_complete(rain, dates, calendar),
            lines,
        }
    }

    /// True if nothing is known of the month.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.temperature.is_none() && line.rain.is_none() && line.wind.is_none())
    }
}

fn line(days: &Days, date: NaiveDate, base_c: f64, calendar: &Calendar) -> DayFigures {
    let temperature = on(&days.temperature, date).copied();
    // The day that is not over has not had its high, or its low.
    let over = temperature.filter(|day| day.date < calendar.today);
    DayFigures {
        date,
        temperature,
        heating: over.map(|day| degree_days::below(&day, base_c)),
        cooling: over.map(|day| degree_days::above(&day, base_c)),
        rain: on(&days.rain, date).map(|day| day.high),
        wind: on(&days.wind, date).map(|day| day.mean),
        gust: on(&days.gust, date).map(records::high),
        direction: on(&days.direction, date).map(|day| day.mean),
    }
}

fn sum(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

fn mean(days: &[Day]) -> Option<f64> {
    sum(days.iter().map(|day| day.mean)).map(|sum| sum / days.len() as f64)
}

/// Winds that cancel each other out come from nowhere.
fn direction(lines: &[DayFigures]) -> Option<f64> {
    /// Shorter mean vectors than this are noise, m/s.
    const LEAST_MS: f64 = 1e-6;
    let (mut east, mut north) = (0.0, 0.0);
    for line in lines {
        let (Some(degrees), Some(speed)) = (line.direction, line.wind) else { continue };
        let (sine, cosine) = degrees.to_radians().sin_cos();
        east += speed * sine;
        north += speed * cosine;
    }
    (f64::hypot(east, north) > LEAST_MS).then(|| east.atan2(north).to_degrees().rem_euclid(360.0))
}
