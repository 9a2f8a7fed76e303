mod properties;

use super::anniversary;
use super::counts::{self, Kind};
use super::degree_days;
use super::means::{self, Month};
use super::month::Table;
use super::news::{self, Among, Of};
use super::period::Period;
use super::records::Records;
use super::season::{Half, Season};
use super::spell;
use super::*;
use crate::time::DAY_MS;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A whole day. The low comes at 05:00 UTC, the high at 14:00.
fn day(on: NaiveDate, low: f64, high: f64) -> Day {
    let midnight = Timestamp(on.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp_millis());
    let mean = (low + high) / 2.0;
    Day {
        date: on,
        mean,
        low,
        low_at: midnight.plus(5 * HOUR_MS),
        high,
        high_at: midnight.plus(14 * HOUR_MS),
        hours: 24,
    }
}

fn run(from: &str, values: &[(f64, f64)]) -> Vec<Day> {
    date(from).iter_days().zip(values).map(|(on, (low, high))| day(on, *low, *high)).collect()
}

fn rain(from: &str, amounts: &[f64]) -> Vec<Day> {
    run(from, &amounts.iter().map(|mm| (0.0, *mm)).collect::<Vec<_>>())
}

fn calendar(today: &str) -> Calendar {
    Calendar::of(date(today), Some(Half::North), None)
}

#[test]
fn periods_begin_where_calendars_say() {
    let dates = |period: Period, calendar: Calendar| {
        let (from, to) = period.dates(&calendar);
        (from.to_string(), to.to_string(), period.title(&calendar))
    };
    let of = |from: &str, to: &str, title: &str| (from.to_owned(), to.to_owned(), title.to_owned());
    let january = calendar("2027-01-15");
    assert_eq!(dates(Period::Yesterday, january), of("2027-01-14", "2027-01-14", "Yesterday"));
    assert_eq!(dates(Period::Month, january), of("2027-01-01", "2027-01-15", "January 2027"));
    assert_eq!(dates(Period::Season, january), of("2026-12-01", "2027-01-15", "Winter 2026/27"));
    assert_eq!(dates(Period::Year, january), of("2027-01-01", "2027-01-15", "2027"));
    assert_eq!(dates(Period::RainYear, january), of("2026-10-01", "2027-01-15", "Rain year 2026/27"));
    assert_eq!(dates(Period::RainYear, calendar("2026-10-01")).0, "2026-10-01");
    assert_eq!(dates(Period::RainYear, calendar("2026-09-30")).0, "2025-10-01");
    let south = Calendar::of(date("2027-01-15"), Some(Half::South), None);
    assert_eq!(dates(Period::Season, south).2, "Summer 2026/27");
    assert_eq!(dates(Period::RainYear, south).0, "2026-07-01");
    let from_january = Calendar { rain_year_from: 1, ..january };
    assert_eq!(dates(Period::RainYear, from_january), of("2027-01-01", "2027-01-15", "Rain year 2027"));
}

#[test]
fn a_season_has_three_months_and_december_begins_a_winter() {
    let season = |text: &str| Season::of(date(text));
    assert_eq!((season("2024-02-29").from, season("2024-02-29").to), (date("2023-12-01"), date("2024-02-29")));
    assert_eq!(season("2023-12-01"), season("2024-01-31"));
    assert_eq!(season("2023-02-28").to, date("2023-02-28"), "no leap year");
    assert_eq!(season("2026-08-31").name(Some(Half::North)), "Summer 2026");
    assert_eq!(season("2026-08-31").name(Some(Half::South)), "Winter 2026");
    assert_eq!(season("2026-12-31").name(None), "Dec–Feb 2026/27");
    assert_eq!(season("2026-05-01").before().name(Some(Half::North)), "Winter 2025/26");
    assert_eq!((Half::of(-0.1), Half::of(0.0), Half::of(52.5)), (Half::South, Half::North, Half::North));
}

#[test]
fn ties_keep_the_first_day_and_its_time() {
    let days = Days {
        temperature: run("2026-06-01", &[(10.0, 25.0), (8.0, 31.2), (8.0, 31.2), (12.0, 20.0)]),
        gust: run("2026-06-01", &[(0.0, 9.0), (0.0, 17.5), (0.0, 17.5)]),
        pressure: run("2026-06-01", &[(1001.0, 1009.0), (998.0, 1009.0)]),
        ..Days::default()
    };
    let records = Records::of(&days, Period::Ever.dates(&calendar("2026-06-30")), &calendar("2026-06-30"));
    let of = |record: Option<records::Record>| record.map(|record| (record.value, record.date.to_string()));
    assert_eq!(of(records.highest), Some((31.2, "2026-06-02".to_owned())));
    assert_eq!(of(records.lowest), Some((8.0, "2026-06-02".to_owned())));
    assert_eq!(records.lowest.map(|record| record.at), Some(days.temperature[1].low_at));
    assert_eq!(of(records.highest_low), Some((12.0, "2026-06-04".to_owned())));
    assert_eq!(of(records.lowest_high), Some((20.0, "2026-06-04".to_owned())));
    assert_eq!(of(records.gust), Some((17.5, "2026-06-02".to_owned())));
    assert_eq!(of(records.highest_pressure), Some((1009.0, "2026-06-01".to_owned())));
    assert_eq!(of(records.lowest_pressure), Some((998.0, "2026-06-02".to_owned())));
    assert_eq!(
        (records.rain, records.wettest, records.dry_spell),
        (None, None, None),
        "no gauge, no rain, and no drought"
    );
}

#[test]
fn the_night_of_a_day_that_is_not_over_is_no_coldest_day() {
    let mut days = Days { temperature: run("2026-06-01", &[(10.0, 25.0), (9.0, 11.0)]), ..Days::default() };
    let at = |days: &Days, today: &str| {
        let records = Records::of(days, Period::Ever.dates(&calendar(today)), &calendar(today));
        (records.lowest_high.map(|record| record.value), records.highest_low.map(|record| record.value))
    };
    assert_eq!(at(&days, "2026-06-02"), (Some(25.0), Some(10.0)));
    assert_eq!(at(&days, "2026-06-03"), (Some(11.0), Some(10.0)), "now it is over");
    days.temperature[1].hours = 3;
    assert_eq!(at(&days, "2026-06-03"), (Some(25.0), Some(10.0)), "three hours are no day");
}

#[test]
fn a_day_is_whole_with_four_fifths_of_its_hours() {
    for (interval_ms, hours) in
        [(None, 20), (Some(60_000), 20), (Some(3 * HOUR_MS), 7), (Some(DAY_MS), 1), (Some(90 * DAY_MS), 1)]
    {
        assert_eq!(whole_hours(interval_ms), hours, "{interval_ms:?}");
    }
}

#[test]
fn a_day_without_values_ends_a_spell() {
    let mut days = rain("2026-03-01", &[0.0, 0.1, 0.0, 5.0, 0.0, 0.0, 0.14, 0.0, 1.0, 1.2, 0.95, 0.94]);
    let later = calendar("2026-12-31");
    let text = |spell: Option<spell::Spell>| spell.map(|spell| format!("{} {} {}", spell.days, spell.from, spell.to));
    assert_eq!(text(spell::dry(&days, &later)).as_deref(), Some("4 2026-03-05 2026-03-08"));
    assert_eq!(text(spell::wet(&days)).as_deref(), Some("3 2026-03-09 2026-03-11"), "0.95 mm are printed as 1.0");
    days.remove(5);
    assert_eq!(text(spell::dry(&days, &later)).as_deref(), Some("3 2026-03-01 2026-03-03"));
    days[1].hours = 2;
    assert_eq!(
        text(spell::dry(&days, &later)).as_deref(),
        Some("2 2026-03-07 2026-03-08"),
        "two hours tell of no dry day"
    );
    assert_eq!(spell::dry(&rain("2026-03-01", &[0.0]), &calendar("2026-03-01")), None, "today may still bring rain");
    assert_eq!(text(spell::wet(&rain("2026-03-01", &[4.0]))).as_deref(), Some("1 2026-03-01 2026-03-01"));
}

#[test]
fn kinds_of_days_have_the_limits_of_the_weather_service() {
    let later = calendar("2026-12-31");
    let kinds = |low: f64, high: f64| {
        let day = day(date("2026-07-01"), low, high);
        Kind::ALL.into_iter().filter(|kind| kind.is(&day, &later)).map(Kind::name).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(kinds(0.0, 24.9), "");
    assert_eq!(kinds(-0.1, 0.0), "frost days");
    assert_eq!(kinds(-0.05, 24.94), "", "as they are printed: 0.0 and 24.9");
    assert_eq!(kinds(-3.0, -0.1), "frost days, ice days");
    assert_eq!(kinds(19.9, 25.0), "summer days");
    assert_eq!(kinds(20.0, 30.0), "summer days, hot days, tropical nights");
    let today = calendar("2026-07-01");
    let cold = day(date("2026-07-01"), -5.0, -1.0);
    assert!(Kind::Frost.is(&cold, &today) && !Kind::Ice.is(&cold, &today), "noon is to come");
}

#[test]
fn degree_days_are_of_half_the_way_between_low_and_high() {
    let cold = day(date("2026-01-01"), -4.0, 6.0);
    assert_eq!((degree_days::below(&cold, 18.0), degree_days::above(&cold, 18.0)), (17.0, 0.0));
    let warm = day(date("2026-07-01"), 18.0, 30.0);
    assert_eq!((degree_days::below(&warm, 18.0), degree_days::above(&warm, 18.0)), (0.0, 6.0));
    // NOAA's example: a high of 90 °F and a low of 66 °F are 13 cooling degree days.
    let noaa = day(date("2026-07-01"), 34.0 / 1.8, 58.0 / 1.8);
    assert!((degree_days::above(&noaa, degree_days::BASE_US_C) * 1.8 - 13.0).abs() < 1e-9);
}

#[test]
fn a_month_with_less_than_four_fifths_is_in_brackets() {
    let later = calendar("2026-12-31");
    let of = |days: usize, calendar: &Calendar| {
        let days = Days { temperature: run("2026-06-01", &vec![(10.0, 20.0); days]), ..Days::default() };
        Month::of(&days, date("2026-06-15"), calendar).mean.map(|figure| (figure.value, figure.complete))
    };
    assert_eq!(of(0, &later), None);
    assert_eq!(of(23, &later), Some((15.0, false)));
    assert_eq!(of(24, &later), Some((15.0, true)));
    assert_eq!(of(10, &calendar("2026-06-10")), Some((15.0, true)), "what is to come is not missing");
    assert_eq!(of(1, &calendar("2026-06-01")), Some((15.0, true)));
    let february = Days { temperature: run("2024-02-01", &[(0.0, 10.0); 29]), ..Days::default() };
    assert_eq!(means::dates(date("2024-02-10")).1, date("2024-02-29"));
    assert_eq!(Month::of(&february, date("2024-02-10"), &later).high.map(|figure| figure.value), Some(10.0));
    assert_eq!(means::of_year(&february, 2024, &later).iter().filter(|month| !month.is_empty()).count(), 1);
    assert_eq!(means::years(&february), [2024]);
}

#[test]
fn a_months_table_has_a_line_for_each_day_that_is_not_ahead() {
    let mut days = Days {
        temperature: run("2024-02-01", &[(0.0, 10.0); 29]),
        rain: rain("2024-02-01", &[0.5; 29]),
        wind: run("2024-02-01", &[(2.0, 4.0), (1.0, 1.0)]),
        direction: run("2024-02-01", &[(90.0, 90.0), (270.0, 270.0)]),
        ..Days::default()
    };
    days.temperature.remove(3);
    let table = Table::of(&days, date("2024-02-20"), 18.0, &calendar("2024-12-31"));
    assert_eq!((table.first, table.lines.len()), (date("2024-02-01"), 29));
    assert_eq!((table.lines[3].temperature, table.lines[3].heating, table.lines[3].rain), (None, None, Some(0.5)));
    assert_eq!((table.mean, table.heating, table.cooling), (Some(5.0), Some(28.0 * 13.0), Some(0.0)));
    assert_eq!((table.rain, table.wind), (Some(14.5), Some(2.0)));
    assert!(
        table.direction.is_some_and(|degrees| (degrees - 90.0).abs() < 1e-9),
        "the stronger wind has more of a say"
    );
    assert!(table.complete && table.rain_complete && !table.is_empty());
    let today = Table::of(&days, date("2024-02-01"), 18.0, &calendar("2024-02-02"));
    assert_eq!((today.lines.len(), today.lines[1].heating), (2, None), "the day is not over");
    assert!(Table::of(&days, date("2023-02-01"), 18.0, &calendar("2024-12-31")).is_empty());
}

#[test]
fn the_last_of_february_has_come_in_leap_years_only() {
    let days = Days { temperature: run("2019-02-27", &vec![(1.0, 2.0); 2_000]), ..Days::default() };
    let years =
        |today: &str| anniversary::of(&days, date(today)).iter().map(|then| then.date.to_string()).collect::<Vec<_>>();
    assert_eq!(years("2024-02-29"), ["2020-02-29"]);
    assert_eq!(years("2022-02-28"), ["2021-02-28", "2020-02-28", "2019-02-28"]);
    assert!(anniversary::of(&Days::default(), date("2024-02-29")).is_empty());
}

#[test]
fn a_record_of_today_is_told_once_as_the_greatest_that_it_is() {
    // Three hundred days of 2025, all from 5 to 20 °C but one, and sixty of 2026.
    let mut temperature = run("2025-01-01", &vec![(5.0, 20.0); 425]);
    temperature[200] = day(temperature[200].date, -3.0, 33.0);
    let news = |low: f64, high: f64, temperature: &[Day]| {
        let mut temperature = temperature.to_vec();
        let today = temperature.last().and_then(|last| last.date.succ_opt()).expect("a day");
        temperature.push(day(today, low, high));
        let calendar = Calendar::of(today, None, None);
        let days = Days { temperature, ..Days::default() };
        news::of(&days, &news::Today::of(&days, &calendar), &calendar)
            .into_iter()
            .map(|new| (new.of, new.among))
            .collect::<Vec<_>>()
    };
    assert_eq!(news(6.0, 19.0, &temperature), []);
    assert_eq!(news(5.0, 20.0, &temperature), [], "a tie is no record");
    assert_eq!(news(6.0, 34.0, &temperature), [(Of::Highest, Among::Ever)]);
    assert_eq!(news(-1.0, 21.0, &temperature), [(Of::Highest, Among::Year), (Of::Lowest, Among::Year)]);
    assert_eq!(news(-1.0, 34.0, &temperature[..29]), [], "a young station breaks one each day");
    assert_eq!(news(-1.0, 10.0, &temperature[..30]), [(Of::Lowest, Among::Ever)]);
}
