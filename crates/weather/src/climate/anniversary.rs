//! This day in other years.

use super::{Day, Days, on};
use chrono::{Datelike, NaiveDate};

/// What is known of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Then {
    /// Which.
    pub date: NaiveDate,
    /// Temperature.
    pub temperature: Option<Day>,
    /// Rain, mm.
    pub rain: Option<f64>,
    /// The strongest gust, m/s.
    pub gust: Option<f64>,
}

/// The same date in the years before, the newest first; years of which nothing is known are absent. 29 February is in leap years only.
pub fn of(days: &Days, today: NaiveDate) -> Vec<Then> {
    let Some(first) = days.first() else { return Vec::new() };
    let then = |year| {
        let date = NaiveDate::from_ymd_opt(year, today.month(), today.day())?;
        let temperature = on(&days.temperature, date).copied();
        let [rain, gust] = [&days.rain, &days.gust].map(|days| on(days, date).map(|day| day.high));
        let is_known = temperature.is_some() || rain.is_some() || gust.is_some();
        is_known.then_some(Then { date, temperature, rain, gust })
    };
    (first.year()..today.year()).rev().filter_map(then).collect()
}
