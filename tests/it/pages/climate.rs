//! Stories of the pages of records and of a month, and the month as text.

use super::stories::{self, HOSTILE, NOW};
use chrono::NaiveDate;
use rocket::{Route, get, routes};
use std::sync::Arc;
use stevenson::pages::{MonthPage, Page, RecordsPage, Years, month_text};
use stevenson::web::settings::Settings;
use weather::climate::{Day, Days};
use weather::preference::Preference;
use weather::sun::Coordinates;
use weather::time::{HOUR_MS, Timestamp};

/// The paths of all stories.
pub const PATHS: [&str; 10] = [
    "/records/years",
    "/records/young",
    "/records/empty",
    "/records/hostile",
    "/records/dry",
    "/records/polar",
    "/months/years",
    "/months/young",
    "/months/empty",
    "/months/hostile",
];

pub fn routes() -> Vec<Route> {
    routes![records, month]
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Days up to 22 November 2026, today.
fn days(count: u64) -> Days {
    let first = date("2026-11-22") - chrono::Days::new(count - 1);
    let dates: Vec<NaiveDate> = first.iter_days().take(count as usize).collect();
    let of = |value: &dyn Fn(f64, f64) -> (f64, f64)| -> Vec<Day> {
        let day = |on: &NaiveDate| {
            let number = f64::from(chrono::Datelike::num_days_from_ce(on));
            let (low, high) = value((number / 365.25 * std::f64::consts::TAU).cos(), (number * 2.7).sin());
            let midnight = Timestamp(on.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp_millis());
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

fn story(name: &str) -> Option<Years> {
    let title = if name == "hostile" { HOSTILE } else { "Town Hall" };
    let mut station = (*stories::silent("town-hall", title, HOUR_MS).station).clone();
    station.coordinates = Coordinates::new(52.52, 13.405);
    let mut days = match name {
        "empty" => Days::default(),
        "young" => days(5),
        "years" | "hostile" | "dry" | "polar" => days(1_600),
        _ => return None,
    };
    match name {
        "dry" => (days.rain, days.gust, station.coordinates) = (Vec::new(), Vec::new(), None),
        "polar" => station.coordinates = Coordinates::new(78.2, 15.6),
        _ => {}
    }
    Some(Years { station: Arc::new(station), days, interval_ms: Some(60_000) })
}

#[get("/records/<name>")]
fn records(name: &str, chosen: Settings) -> Option<Page<RecordsPage>> {
    Some(Page(RecordsPage::of(&story(name)?, NOW, chosen.preference())))
}

#[get("/months/<name>")]
fn month(name: &str, chosen: Settings) -> Option<Page<MonthPage>> {
    let years = story(name)?;
    let first = years.days.first();
    Some(Page(MonthPage::of(&years, date("2026-11-01"), first, NOW, chosen.preference())))
}

#[test]
fn a_station_with_years_tells_all_of_them() {
    let html = super::body(&super::client(), "/records/years");
    for text in [
        "1,600 days since 7 July 2022",
        r#"<th scope="col">November 2026</th>"#,
        r#"<th scope="col">Rain year 2026/27</th>"#,
        r#"<th scope="col">Autumn 2026</th><th scope="col">Summer 2026</th>"#,
        r#"href="/s/town-hall/climate/2026-06""#,
        "<strong>Frost days</strong>",
        "22 November in other years",
        "<dt>Sunrise</dt><dd>07:40</dd>",
        " s shorter than yesterday.",
        "<dt>Phase</dt><dd>waxing gibbous</dd>",
        r#"<a href="/s/town-hall/records" aria-current="page">Records</a>"#,
    ] {
        assert!(html.contains(text), "no {text}");
    }
    assert!(!html.contains("few days"));
}

#[test]
fn what_is_not_known_is_not_shown_as_zero() {
    let client = super::client();
    let empty = super::body(&client, "/records/empty");
    assert!(empty.contains("There are no records yet.") && !empty.contains("<table"));
    let young = super::body(&client, "/records/young");
    assert!(young.contains("5 days since 18 November 2026") && young.contains("These are few days"));
    assert!(young.contains("Nothing is known of this day in other years."));
    let dry = super::body(&client, "/records/dry");
    for absent in ["Wettest day", "Longest dry spell", "Rain by month", "Strongest gust", "Sunrise"] {
        assert!(!dry.contains(absent), "{absent}");
    }
    assert!(dry.contains("so it knows no sunrise."));
    let polar = super::body(&client, "/records/polar");
    assert!(polar.contains("The sun does not rise today.") && !polar.contains("<dt>Sunrise</dt>"));
    let month = super::body(&client, "/months/empty");
    assert!(month.contains("There are no readings of this month.") && !month.contains("rel=\"prev\""));
}

#[test]
fn a_month_leads_to_its_neighbours_as_far_as_anything_is_known() {
    let client = super::client();
    let years = super::body(&client, "/months/years");
    assert!(years.contains(r#"rel="prev" href="/s/town-hall/climate/2026-10""#));
    assert!(!years.contains(r#"rel="next""#), "December is to come");
    assert!(years.contains(r#"<a href="/s/town-hall/climate/2026-11.txt">As text</a>"#));
    let young = super::body(&client, "/months/young");
    assert!(!young.contains(r#"rel="prev""#) && young.contains("Figures in brackets"));
}

#[test]
fn the_text_of_a_month_is_printed_to_the_character() {
    let years = story("years").expect("a story");
    let metric = month_text(&years, date("2026-11-01"), NOW, Preference::default());
    let us = month_text(&years, date("2024-02-01"), NOW, Preference::US);
    let printed = format!("{metric}\n{us}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/pages/months.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &printed).expect("written");
    }
    let kept = std::fs::read_to_string(file).expect("a file");
    for (line, (now, kept)) in printed.lines().zip(kept.lines()).enumerate() {
        assert_eq!(now, kept, "line {}", line + 1);
    }
    assert_eq!(printed, kept);
}
