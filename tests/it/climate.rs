//! Records and climate of years that were imported, against what the lines of the file say.

use crate::kit::app::TestApp;
use crate::kit::program::run;
use std::collections::BTreeMap;
use std::fmt::Write;
use stevenson::storage::NewStation;
use weather::station::Slug;
use weather::zone::Zone;

/// Hours since 1970 at which Berlin's summer time began and ended.
const SUMMERS: [(i64, i64); 2] = [(hours(2023, 85, 1), hours(2023, 302, 1)), (hours(2024, 91, 1), hours(2024, 301, 1))];

/// The hour of a year, a day of the year (the first is 1) and an hour of UTC.
const fn hours(year: i64, day: i64, hour: i64) -> i64 {
    // From 1970 to 2025 every fourth year is a leap year.
    ((year - 1970) * 365 + (year - 1969) / 4 + day - 1) * 24 + hour
}

/// A date and an hour on Berlin's clock, by hand.
fn berlin(utc_h: i64) -> (String, i64) {
    let is_summer = SUMMERS.iter().any(|(from, to)| (*from..*to).contains(&utc_h));
    let local_h = utc_h + if is_summer { 2 } else { 1 };
    let mut days = local_h.div_euclid(24);
    let mut year = 1970;
    let length = |year: i64| if year % 4 == 0 { 366 } else { 365 };
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let february = if year % 4 == 0 { 29 } else { 28 };
    let mut month = 1;
    for days_of_month in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < days_of_month {
            break;
        }
        days -= days_of_month;
        month += 1;
    }
    (format!("{year}-{month:02}-{:02}", days + 1), local_h.rem_euclid(24))
}

/// Tenths of a degree that look like weather and repeat nowhere.
fn tenths(hour: i64) -> i64 {
    let year = ((hour % 8_766) as f64 / 8_766.0 * std::f64::consts::TAU).cos() * -130.0;
    let noise = (hour * 7_919 + hour * hour % 1_009) % 173 - 86;
    95 + year as i64 + noise
}

/// Two years, a line an hour, with 40 days missing: local date, hour, tenths of a degree, tenths of a millimetre since midnight.
fn lines() -> Vec<(i64, String, i64, i64, i64)> {
    let all = hours(2023, 1, 0)..hours(2025, 1, 0) - 1;
    let missing = hours(2024, 200, 0)..hours(2024, 240, 0);
    let mut rain = (String::new(), 0);
    let mut lines = Vec::new();
    for utc_h in all.filter(|hour| !missing.contains(hour)) {
        let (date, hour) = berlin(utc_h);
        if rain.0 != date {
            rain = (date.clone(), 0);
        }
        let showers = (utc_h / 24 * 31) % 7 == 0;
        rain.1 += if showers { (utc_h * 13) % 4 } else { 0 };
        lines.push((utc_h, date, hour, tenths(utc_h), rain.1));
    }
    lines
}

async fn get(app: &TestApp, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", app.url)).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a text")
}

/// The server with these lines imported into a station of that zone, as another process.
async fn imported(zone: &str, text: &str) -> TestApp {
    let app = TestApp::start().await;
    let slug = Slug::new("hill").expect("a slug");
    let zone = Zone::inside(zone).expect("a zone");
    let new = NewStation { slug, name: "Hill & Vale".into(), zone, elevation_m: None, coordinates: None };
    app.storage.add_station(new).await.expect("a station");
    let file = app.folder.path().join("years.csv");
    std::fs::write(&file, text).expect("a file");
    let (data, file) = (app.folder.path().to_owned(), file.to_str().expect("text").to_owned());
    let output = tokio::task::spawn_blocking(move || run(&data, &["import", "hill", &file])).await.expect("it ran");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    app
}

/// The cells of a row: its texts without markup.
fn row(html: &str, name: &str) -> Vec<String> {
    let (_, rest) = html.split_once(&format!(r#"<th scope="row">{name}</th>"#)).unwrap_or_else(|| panic!("no {name}"));
    let (row, _) = rest.split_once("</tr>").expect("its end");
    row.split("<td").skip(1).map(plain).collect()
}

/// The text between tags.
fn plain(markup: &str) -> String {
    let texts = markup.split('>').skip(1).map(|piece| piece.split('<').next().unwrap_or_default());
    texts.collect::<String>().trim().to_owned()
}

fn degrees(tenths: i64) -> String {
    format!("{}{}.{}", if tenths < 0 { "−" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)
}

#[tokio::test]
async fn records_of_imported_years_are_those_of_looking_at_every_line() {
    let lines = lines();
    let mut text = "time,temperature (°C),precipitation (mm)\n".to_owned();
    for (utc_h, _, _, degrees, rain) in &lines {
        let utc = weather::time::Timestamp(utc_h * 3_600_000).rfc3339();
        writeln!(text, "{utc},{:.1},{:.1}", *degrees as f64 / 10.0, *rain as f64 / 10.0).expect("written");
    }
    let app = imported("Europe/Berlin", &text).await;
    let html = get(&app, "/s/hill/records").await;
    let ever = |name: &str| row(&html, name).last().expect("a column").clone();

    // Ties keep the first.
    let highest = lines.iter().map(|line| line.3).max().expect("lines");
    let first = lines.iter().find(|line| line.3 == highest).expect("it is there");
    let date = chrono::NaiveDate::parse_from_str(&first.1, "%Y-%m-%d").expect("a date");
    let said = format!("{} °C {}, {:02}:00", degrees(highest), date.format("%-d %b %Y"), first.2);
    assert_eq!(ever("Highest temperature"), said);
    let lowest = lines.iter().map(|line| line.3).min().expect("lines");
    assert!(
        ever("Lowest temperature").starts_with(&format!("{} °C", degrees(lowest))),
        "{}",
        ever("Lowest temperature")
    );

    let mut days: BTreeMap<&str, (i64, i64, i64, usize)> = BTreeMap::new();
    for (_, date, _, degrees, rain) in &lines {
        let day = days.entry(date).or_insert((i64::MAX, i64::MIN, 0, 0));
        *day = (day.0.min(*degrees), day.1.max(*degrees), day.2.max(*rain), day.3 + 1);
    }
    let whole = || days.values().filter(|day| day.3 >= 20);
    let warmest_night = whole().map(|day| day.0).max().expect("days");
    let coldest_day = whole().map(|day| day.1).min().expect("days");
    let wettest = days.values().map(|day| day.2).max().expect("days");
    assert!(ever("Warmest night (highest low)").starts_with(&format!("{} °C", degrees(warmest_night))));
    assert!(ever("Coldest day (lowest high)").starts_with(&format!("{} °C", degrees(coldest_day))));
    assert!(ever("Wettest day").starts_with(&format!("{}.{} mm", wettest / 10, wettest % 10)));

    // Frost days of each month of 2024, a leap year.
    let frost =
        |month: &str| days.iter().filter(|(date, day)| date.starts_with(month) && day.0 < 0).count().to_string();
    let (_, table) = html.split_once(r#"aria-label="Frost days by month""#).expect("a table");
    let mut wanted: Vec<String> = (1..=12).map(|month| frost(&format!("2024-{month:02}"))).collect();
    wanted.push(frost("2024"));
    assert_eq!(row(table, "2024"), wanted);

    // Heating degree days of 2023: half way between low and high, below 18 °C, of whole days.
    let year = days.iter().filter(|(date, day)| date.starts_with("2023") && day.3 >= 20);
    let heating: i64 = year.map(|(_, day)| (360 - day.0 - day.1).max(0)).sum();
    let (_, table) = html.split_once(r#"aria-label="Degree days by year""#).expect("a table");
    let told: f64 = row(table, "2023")[0].parse().expect("a number");
    assert!((told - heating as f64 / 20.0).abs() < 0.06, "{told} is not {heating} twentieths");

    // July and August 2024 lack 40 days: their figures are in brackets.
    let (_, table) = html.split_once(r#"aria-label="Mean temperature by month""#).expect("a table");
    let brackets: Vec<bool> = row(table, "2024").iter().map(|cell| cell.starts_with('(')).collect();
    assert_eq!(brackets.iter().take(12).positions_of_true(), [6, 7], "{:?}", row(table, "2024"));

    let month = get(&app, "/s/hill/climate/2024-02").await;
    assert_eq!(month.matches(r#"<tr><th scope="row">"#).count(), 30, "29 days and the month");
    assert!(month.contains("Hill &#38; Vale") && month.contains(r#"rel="prev" href="/s/hill/climate/2024-01""#));
    let text = get(&app, "/s/hill/climate/2023-01.txt").await;
    let sum: i64 = days.iter().filter(|(date, _)| date.starts_with("2023-01")).map(|(_, day)| day.2).sum();
    let last = text.lines().last().expect("a line");
    assert_eq!(last.split_whitespace().nth(7), Some(format!("{}.{}", sum / 10, sum % 10).as_str()), "{last}");
    app.send_home();
}

/// Where they are true.
trait Positions {
    fn positions_of_true(self) -> Vec<usize>;
}

impl<'a, I: Iterator<Item = &'a bool>> Positions for I {
    fn positions_of_true(self) -> Vec<usize> {
        self.enumerate().filter(|(_, is)| **is).map(|(place, _)| place).collect()
    }
}

/// On 4 November 2018 the day began at 01:00 there, which is 03:00 UTC.
#[tokio::test]
async fn a_day_without_a_midnight_begins_an_hour_later() {
    let app = imported(
        "America/Sao_Paulo",
        "time,temperature (°C)\n2018-11-04T02:59:00Z,19.5\n2018-11-04T03:00:00Z,18.5\n2018-11-04T15:00:00Z,25.5\n",
    )
    .await;
    let text = get(&app, "/s/hill/climate/2018-11.txt").await;
    let day = |day: &str| {
        let line = text.lines().find(|line| line.starts_with(day)).expect("a line");
        line.split_whitespace().skip(2).take(4).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(day("03 "), "19.5 23:59 19.5 23:59");
    assert_eq!(day("04 "), "25.5 13:00 18.5 01:00");
    assert!(text.ends_with("\nIncomplete: readings of less than 80 % of the days.\n"), "{text}");
    app.send_home();
}

#[tokio::test]
async fn addresses_of_months_are_months() {
    let app = TestApp::start().await;
    app.add_station("town-hall").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let status = |path: &'static str| {
        let request = client.get(format!("{}{path}", app.url)).header("accept", "text/html");
        async move { request.send().await.expect("an answer") }
    };
    for path in [
        "/s/town-hall/climate/2026-13",
        "/s/town-hall/climate/now",
        "/s/town-hall/climate/2026-06.csv",
        "/s/nobody/records",
    ] {
        assert_eq!(status(path).await.status(), 404, "{path}");
    }
    assert!(status("/s/town-hall/climate/x").await.text().await.expect("a page").contains("Write it as 2026-06"));
    let there = status("/s/town-hall/climate").await;
    let to = there.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!((there.status().as_u16(), to.len()), (303, "/s/town-hall/climate/2026-06".len()), "{to}");
    let empty = get(&app, "/s/town-hall/records").await;
    assert!(empty.contains("There are no records yet.") && !empty.contains("<table"), "nothing is no zero");
    assert!(get(&app, "/s/town-hall/climate/2020-01").await.contains("There are no readings of this month."));
    assert!(get(&app, "/s/town-hall/climate/2020-01.txt").await.contains("\nNo readings of this month.\n"));
    let us = get(&app, "/s/town-hall/climate/2020-01.txt?units=F-us").await;
    assert!(us.contains("TEMPERATURE (°F), RAIN (in), WIND (mph), DEGREE DAYS FROM 65.0 °F"), "{us}");
    app.send_home();
}

/// What is kept of the past is read again when something of it changes.
#[tokio::test]
async fn a_late_reading_is_in_the_records_at_once() {
    let app = imported("Europe/Berlin", "time,temperature (°C)\n2020-06-01T12:00:00Z,25.5\n").await;
    let ever = |html: &str| row(html, "Highest temperature").last().cloned().unwrap_or_default();
    assert_eq!(ever(&get(&app, "/s/hill/records").await), "25.5 °C 1 Jun 2020, 14:00");
    let file = app.folder.path().join("late.csv");
    std::fs::write(&file, "time,temperature (°C)\n2020-06-02T13:00:00Z,26.5\n").expect("a file");
    let (data, file) = (app.folder.path().to_owned(), file.to_str().expect("text").to_owned());
    let output = tokio::task::spawn_blocking(move || run(&data, &["import", "hill", &file])).await.expect("it ran");
    assert!(output.status.success());
    // The other process's entries are announced within a moment.
    let newest: i64 = app.database().query_row("SELECT max(seq) FROM journal", [], |row| row.get(0)).expect("SQL");
    app.until_told(newest.unsigned_abs()).await;
    assert_eq!(ever(&get(&app, "/s/hill/records").await), "26.5 °C 2 Jun 2020, 15:00");
    app.send_home();
}

/// Forty days of 2° and less, and now 31.2°.
#[tokio::test]
async fn a_record_of_today_stands_on_the_stations_page_and_an_ordinary_day_does_not() {
    let app = TestApp::start().await;
    let (station, key) = app.add_station("town-hall").await;
    let page = |app: &TestApp| {
        let url = format!("{}/s/town-hall", app.url);
        async move { reqwest::get(url).await.expect("an answer").text().await.expect("a page") }
    };
    let day = |ago: i64| {
        let now = weather::time::Timestamp::from(chrono::Utc::now());
        let mut draft = weather::report::Draft::of_history(now);
        let (main, quantity) = (weather::station::SensorName::main(), weather::quantity::Quantity::Temperature);
        draft.take_number(&main, quantity, quantity.unit(), "temperature", 2.0 - ago as f64 / 100.0);
        draft.finish(Some(now.plus(-ago * weather::time::DAY_MS))).report.expect("a report")
    };
    app.measures(&key, &serde_json::json!({"temperature": 31.2})).await;
    assert!(!page(&app).await.contains("Highest temperature"), "a young station breaks records each day");
    app.storage.append(station.id, (1..=40).rev().map(day).collect()).await.expect("stored");
    let html = page(&app).await;
    assert!(html.contains("<li>Highest temperature ever measured here: 31.2 °C, "), "{html}");
    assert!(!html.contains("Lowest temperature"), "31.2° is no low");
    app.send_home();
}

/// Forty days with wind and without gusts.
#[tokio::test]
async fn wind_is_no_gust() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("mast").await;
    let now = weather::time::Timestamp::from(chrono::Utc::now());
    let at = |ago: i64| now.plus(-ago * weather::time::DAY_MS).rfc3339();
    let days: Vec<_> = (0..40)
        .rev()
        .map(|ago| serde_json::json!({"observed_at": at(ago), "wind_speed": 9.5 - ago as f64 / 10.0}))
        .collect();
    app.measures(&key, &serde_json::json!(days)).await;
    let page = get(&app, "/s/mast/records").await;
    assert!(!page.contains("Strongest gust") && !page.contains("9.5 m/s"), "{page}");
    assert!(!get(&app, "/s/mast").await.contains("Strongest gust"), "nor a record of today");
}
