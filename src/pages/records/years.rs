//! Months and years in figures: means, rain, degree days.

use super::figures::{Shown, degrees};
use crate::pages::past::Years;
use chrono::NaiveDate;
use weather::climate::means::{self, Figure, Month};
use weather::climate::{Calendar, Day, Days, degree_days, within};
use weather::preference::Preference;
use weather::quantity::Quantity;

/// A figure of all months, by year.
#[derive(Debug)]
pub(crate) struct MonthTable {
    /// `Mean temperature`.
    pub title: &'static str,
    /// `°C`.
    pub unit: &'static str,
    /// What stands above the year's own column.
    pub of_year: &'static str,
    /// The newest first.
    pub years: Vec<MonthYear>,
}

/// A year of it.
#[derive(Debug)]
pub(crate) struct MonthYear {
    pub year: i32,
    pub months: Vec<MonthCell>,
    pub whole: String,
}

/// A month of it.
#[derive(Debug)]
pub(crate) struct MonthCell {
    /// Empty where nothing is known; in brackets where too little is.
    pub text: String,
    /// The month's own page; empty where nothing is known.
    pub href: String,
}

/// The mean temperature and the rain of each month; what a station does not measure is absent.
pub(crate) fn months(years: &Years, calendar: &Calendar, shown: &Shown<'_>) -> Vec<MonthTable> {
    let table = |title, quantity: Quantity, of_year, figure: fn(&Month) -> Option<Figure>| {
        let text = |month: &Month| {
            figure(month).map_or_else(String::new, |Figure { value, complete }| {
                let number = shown.preference.number(quantity, value);
                if complete { number } else { format!("({number})") }
            })
        };
        let row = |(year, months, whole): &(i32, Vec<Month>, Month)| MonthYear {
            year: *year,
            months: months
                .iter()
                .map(|month| MonthCell {
                    text: text(month),
                    href: match month.is_empty() {
                        true => String::new(),
                        false => format!("/s/{}/climate/{}", years.station.slug, month.first.format("%Y-%m")),
                    },
                })
                .collect(),
            whole: text(whole),
        };
        let years = all(&years.days, calendar);
        let years: Vec<MonthYear> = years.iter().filter(|(.., whole)| figure(whole).is_some()).map(row).collect();
        MonthTable { title, unit: shown.preference.unit(quantity).symbol(), of_year, years }
    };
    let tables = [
        table("Mean temperature", Quantity::Temperature, "Mean", |month| month.mean),
        table("Rain", Quantity::Precipitation, "Sum", |month| month.rain),
    ];
    tables.into_iter().filter(|table| !table.years.is_empty()).collect()
}

/// Each year with its months and its own figures.
fn all(days: &Days, calendar: &Calendar) -> Vec<(i32, Vec<Month>, Month)> {
    let of = |year| Some((year, means::of_year(days, year, calendar), Month::between(days, dates(year)?, calendar)));
    means::years(days).into_iter().filter_map(of).collect()
}

fn dates(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31))
}

/// The degree days of a stretch.
#[derive(Debug)]
pub(crate) struct DegreeYear {
    /// `2026`, `November 2026`.
    pub name: String,
    pub heating: String,
    pub cooling: String,
    pub growing: String,
    /// Of how many days.
    pub days: usize,
}

/// The base of heating and cooling for readers of a scale, °C.
pub(crate) fn base_c(preference: Preference) -> f64 {
    if preference.is_fahrenheit() { degree_days::BASE_US_C } else { degree_days::BASE_C }
}

/// The bases as they are printed.
pub(crate) fn bases(preference: Preference) -> [String; 2] {
    [base_c(preference), degree_days::GROWING_BASE_C].map(|base_c| preference.text(Quantity::Temperature, base_c))
}

/// This month, and each year, the newest first. Only whole days count.
pub(crate) fn degree_years(days: &Days, calendar: &Calendar, preference: Preference) -> Vec<DegreeYear> {
    let row = |name: String, dates| {
        let whole: Vec<&Day> = within(&days.temperature, dates).iter().filter(|day| calendar.is_whole(day)).collect();
        let sum = |of: &dyn Fn(&Day) -> f64| degrees(whole.iter().map(|day| of(day)).sum(), preference);
        let base_c = base_c(preference);
        DegreeYear {
            name,
            heating: sum(&|day| degree_days::below(day, base_c)),
            cooling: sum(&|day| degree_days::above(day, base_c)),
            growing: sum(&|day| degree_days::above(day, degree_days::GROWING_BASE_C)),
            days: whole.len(),
        }
    };
    let month = row(calendar.today.format("%B %Y").to_string(), means::dates(calendar.today));
    let years = means::years(days).into_iter().filter_map(|year| Some(row(year.to_string(), dates(year)?)));
    std::iter::once(month).chain(years).filter(|row| row.days > 0).collect()
}
