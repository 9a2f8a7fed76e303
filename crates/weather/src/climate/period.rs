//! The stretches of days that records are told of.

use super::Calendar;
use super::season::{self, Season};
use chrono::{Datelike, Months, NaiveDate};

/// A stretch of days that ends today, or ended yesterday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
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

impl Period {
    /// All of them, the shortest first.
    pub const ALL: [Self; 7] =
        [Self::Today, Self::Yesterday, Self::Month, Self::Season, Self::Year, Self::RainYear, Self::Ever];

    /// Its first and its last day; the last is not later than today.
    pub fn dates(self, calendar: &Calendar) -> (NaiveDate, NaiveDate) {
        let today = calendar.today;
        match self {
            Self::Today => (today, today),
            Self::Yesterday => {
                let yesterday = today.pred_opt().unwrap_or(today);
                (yesterday, yesterday)
            }
            Self::Month => (today.with_day(1).unwrap_or(today), today),
            Self::Season => (Season::of(today).from, today),
            Self::Year => (NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today), today),
            Self::RainYear => (rain_year(calendar).0, today),
            Self::Ever => (NaiveDate::MIN, today),
        }
    }

    /// What stands above its column: `Today`, `November 2026`, `Rain year 2026/27`.
    pub fn title(self, calendar: &Calendar) -> String {
        let today = calendar.today;
        match self {
            Self::Today => "Today".into(),
            Self::Yesterday => "Yesterday".into(),
            Self::Month => today.format("%B %Y").to_string(),
            Self::Season => Season::of(today).name(calendar.half),
            Self::Year => today.year().to_string(),
            Self::RainYear => {
                let (from, to) = rain_year(calendar);
                format!("Rain year {}", season::years(from, to))
            }
            Self::Ever => "Ever".into(),
        }
    }
}

/// The first and the last day of the year of rain that today lies in.
fn rain_year(calendar: &Calendar) -> (NaiveDate, NaiveDate) {
    let (today, month) = (calendar.today, calendar.rain_year_from.clamp(1, 12));
    let year = if today.month() < month { today.year() - 1 } else { today.year() };
    let from = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(today);
    let to = from.checked_add_months(Months::new(12)).and_then(|next| next.pred_opt()).unwrap_or(today);
    (from, to)
}
