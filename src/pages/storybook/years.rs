//! The stories of records and of a month.

use super::made_up::{LONG, bare};
use super::{METRIC, US};
use crate::pages::{MonthPage, RecordsPage, Years};
use crate::web::storybook::{NOW, Story, printed};
use chrono::{Datelike, NaiveDate};
use std::f64::consts::TAU;
use std::sync::Arc;
use weather::climate::{Day, Days};
use weather::day;
use weather::preference::Preference;
use weather::sun::Coordinates;
use weather::time::{HOUR_MS, MINUTE_MS};
use weather::zone::Zone;

const RECORDS: &str = "records.html";
const MONTH: &str = "month.html";

pub(super) const STORIES: [Story; 11] = [
    Story::new(RECORDS, "years", "Four years and a half.", |_| records(&years(MANY_DAYS), METRIC)),
    Story::new(RECORDS, "young", "Five days.", |_| records(&years(5), METRIC)),
    Story::new(RECORDS, "empty", "No day yet.", |_| records(&years(0), METRIC)),
    Story::new(RECORDS, "dry", "Without a rain gauge, an anemometer and a place.", |_| records(&dry(), METRIC)),
    Story::new(RECORDS, "polar", "The sun does not rise.", |_| records(&polar(), METRIC)),
    Story::new(RECORDS, "us", "A long name, and units of the US.", |_| records(&named(LONG, MANY_DAYS), US)),
    Story::new(MONTH, "whole", "October, with a month before and after it.", |_| month(&years(MANY_DAYS), 10, METRIC)),
    Story::new(MONTH, "running", "November, which is not over.", |_| month(&years(MANY_DAYS), 11, METRIC)),
    Story::new(MONTH, "young", "Five days.", |_| month(&years(5), 11, METRIC)),
    Story::new(MONTH, "empty", "No reading in it.", |_| month(&years(0), 11, METRIC)),
    Story::new(MONTH, "us", "A long name, and units of the US.", |_| month(&named(LONG, MANY_DAYS), 10, US)),
];

const MANY_DAYS: usize = 1_600;

fn records(years: &Years, preference: Preference) -> String {
    printed(&RecordsPage::of(years, NOW, preference))
}

fn month(years: &Years, month: u32, preference: Preference) -> String {
    let first = NaiveDate::from_ymd_opt(2026, month, 1).unwrap_or_default();
    printed(&MonthPage::of(years, first, years.days.first(), NOW, preference))
}

fn years(count: usize) -> Years {
    named("Town Hall", count)
}

fn named(name: &str, count: usize) -> Years {
    Years { station: bare(name).station, days: days(count), interval_ms: Some(MINUTE_MS) }
}

fn placed(years: Years, place: Option<Coordinates>) -> Years {
    let mut station = (*years.station).clone();
    station.coordinates = place;
    Years { station: Arc::new(station), ..years }
}

fn dry() -> Years {
    let years = years(MANY_DAYS);
    let days = Days { rain: Vec::new(), gust: Vec::new(), ..years.days };
    placed(Years { days, ..years }, None)
}

fn polar() -> Years {
    placed(years(MANY_DAYS), Coordinates::new(78.2, 15.6))
}

/// So many days up to today.
fn days(count: usize) -> Days {
    let today = day::date_at(&Zone::UTC, NOW);
    let first = today - chrono::Days::new(count.saturating_sub(1) as u64);
    let dates: Vec<NaiveDate> = first.iter_days().take(count).collect();
    let of = |value: &dyn Fn(f64, f64) -> (f64, f64)| -> Vec<Day> {
        let day = |on: &NaiveDate| {
            let number = f64::from(on.num_days_from_ce());
            let (low, high) = value((number / 365.25 * TAU).cos(), (number * 2.7).sin());
            let midnight = day::bounds(&Zone::UTC, *on).0;
            let (low_at, high_at) = (midnight.plus(4 * HOUR_MS), midnight.plus(13 * HOUR_MS));
            Day { date: *on, mean: (low + high) / 2.0, low, low_at, high, high_at, hours: 24 }
        };
        dates.iter().map(day).collect()
    };
    Days {
        temperature: of(&|year, noise| (6.0 - 11.0 * year + 4.0 * noise, 14.0 - 13.0 * year + 5.0 * noise)),
        rain: of(&|_, noise| (0.0, (noise * 9.0).max(0.0))),
        wind: of(&|_, noise| (1.0, 4.0 + noise)),
        gust: of(&|_, noise| (2.0, 9.0 + 4.0 * noise)),
        direction: of(&|_, noise| (200.0 + 40.0 * noise, 240.0 + 40.0 * noise)),
        pressure: of(&|_, noise| (1_005.0 + 8.0 * noise, 1_012.0 + 8.0 * noise)),
    }
}
