//! The history page of a station over a real database, from outside.

use crate::kit::app::TestApp;
use serde_json::{Value, json};

/// 2026-10-25 00:00 in Berlin, where that day has 25 hours.
const LONG_DAY_MS: i64 = 1_792_879_200_000;
const HOUR_MS: i64 = 3_600_000;

async fn get(app: &TestApp, path: &str) -> (u16, String) {
    let request = reqwest::Client::new().get(format!("{}{path}", app.url)).header("Accept", "text/html");
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

/// A station with a value each half hour of five days about the long day: the degrees are the hours since.
async fn with_days(app: &TestApp) {
    let (_, key) = app.add_station("town-hall").await;
    for day in -2..3_i64 {
        let readings: Vec<_> = (0..50)
            .map(|half| LONG_DAY_MS + day * 24 * HOUR_MS + half * HOUR_MS / 2)
            .map(|at| json!({"observed_at": at, "temperature": (at - LONG_DAY_MS) as f64 / HOUR_MS as f64 / 10.0, "humidity": 50}))
            .collect();
        app.measures(&key, &json!(readings)).await;
    }
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).expect("an end").0
}

/// The rows of a picture's table: time and cells.
fn rows(html: &str, figure: &str) -> Vec<Vec<String>> {
    let figure = between(html, &format!("data-figure=\"{figure}\">"), "</section>");
    let body = between(figure, "<tbody>", "</tbody>");
    let text = |cell: &str| cell.split('<').next().unwrap_or_default().replace('−', "-");
    let row = |row: &str| {
        let time = between(row, "<time datetime=\"", "\"").to_owned();
        std::iter::once(time).chain(row.split("<td>").skip(1).map(text)).collect()
    };
    body.split("<tr>").skip(1).map(row).collect()
}

#[tokio::test]
async fn the_csv_has_exactly_what_the_table_shows() {
    let app = TestApp::start().await;
    with_days(&app).await;
    let (status, html) = get(&app, "/s/town-hall/history?from=2026-10-24&to=2026-10-26").await;
    assert_eq!(status, 200);
    let table = rows(&html, "temperature");
    assert!(table.len() > 100 && table.len() <= 201, "{}", table.len());
    let figure = between(&html, "data-figure=\"temperature\">", "</section>");
    let link = between(figure, "class=\"csv\" href=\"", "\"").replace("&#38;", "&");
    let answer = reqwest::get(format!("{}{link}", app.url)).await.expect("an answer");
    assert!(answer.headers()["content-type"].to_str().expect("text").starts_with("text/csv"));
    let disposition = answer.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert_eq!(disposition, "attachment; filename=\"town-hall-temperature.csv\"");
    let csv = answer.text().await.expect("a text");
    let mut lines = csv.lines();
    let head =
        "time,\"local time, Europe/Berlin\",\"Temperature mean, °C\",\"Temperature low, °C\",\"Temperature high, °C\"";
    assert_eq!(lines.next(), Some(head));
    let cells = |line: &str| -> Vec<String> {
        let cells: Vec<&str> = line.split(',').collect();
        std::iter::once(cells[0]).chain(cells[2..].iter().copied()).map(str::to_owned).collect()
    };
    assert_eq!(lines.map(cells).collect::<Vec<_>>(), table);
}

#[tokio::test]
async fn two_dates_are_local_days_and_a_long_day_is_whole() {
    let app = TestApp::start().await;
    with_days(&app).await;
    let (status, html) = get(&app, "/s/town-hall/history?from=2026-10-25&to=2026-10-25").await;
    assert_eq!(status, 200);
    let table = rows(&html, "temperature");
    assert_eq!(table.len(), 50, "half an hour each of 25 hours");
    let summary = between(&html, "role=\"img\" aria-label=\"", "\"");
    assert!(
        summary.contains("lowest 0.0 °C") && summary.contains("highest 2.5 °C") && !summary.contains("gap"),
        "{summary}"
    );
    assert!(html.contains("name=\"from\" value=\"2026-10-25\"") && html.contains("name=\"to\" value=\"2026-10-25\""));
    assert!(html.contains("<span data-window>Sun 25 Oct 2026</span>"));
}

#[tokio::test]
async fn a_question_that_makes_no_sense_gets_a_page_that_says_why() {
    let app = TestApp::start().await;
    with_days(&app).await;
    for (query, said) in [
        ("?range=week", "There is no range “week”. Choose 24h, 7d, 30d, 1y or all."),
        ("?from=2026-02-30", "“2026-02-30” is no date. Write it like 2026-11-30."),
        ("?from=2026-10-26&to=2026-10-24", "The first day comes after the last."),
        ("?sensor=attic", "The station has no sensor “attic”."),
        ("?with=nowhere", "There is no station “nowhere” to lay over."),
        ("?from=%3Cscript%3E", "“&#60;script&#62;” is no date."),
    ] {
        let (status, html) = get(&app, &format!("/s/town-hall/history{query}")).await;
        assert_eq!(status, 400, "{query}");
        assert!(html.contains(said) && html.contains("name=\"from\""), "{query}: {html}");
        let (status, _) = get(&app, &format!("/s/town-hall/history/csv{query}&figure=temperature")).await;
        assert_eq!(status, 400, "{query}");
    }
    assert_eq!(get(&app, "/s/nowhere/history").await.0, 404);
    assert_eq!(get(&app, "/s/town-hall/history/csv?figure=co2").await.0, 404);
    for extreme in
        ["?from=1700-01-01&to=9999-12-31", "?range=all", "?from=2100-01-01", "?year=1&from=1700-01-01&to=1700-01-02"]
    {
        let (status, html) = get(&app, &format!("/s/town-hall/history{extreme}")).await;
        assert!(status == 200 || (status == 400 && extreme == "?from=2100-01-01"), "{extreme}: {status} {html}");
    }
}

#[tokio::test]
async fn scripts_are_told_what_the_table_shows_in_as_many_spans_as_they_ask_for() {
    let app = TestApp::start().await;
    with_days(&app).await;
    let query = "from=2026-10-22&to=2026-10-31";
    let (_, html) = get(&app, &format!("/s/town-hall/history?{query}")).await;
    let (status, told) = get(&app, &format!("/s/town-hall/history/series?{query}&points=200")).await;
    assert_eq!(status, 200);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let strand = &told["figures"][0]["strands"][0];
    let values: Vec<f64> = strand["value"].as_array().expect("values").iter().filter_map(Value::as_f64).collect();
    let table: Vec<f64> = rows(&html, "temperature").iter().map(|row| row[1].parse().expect("a number")).collect();
    assert_eq!(values.len(), table.len());
    let near = |(one, other): (&f64, &f64)| (one - other).abs() <= 0.1;
    assert!(values.iter().zip(&table).all(near), "{values:?} {table:?}");
    let count = |name: &str| strand[name].as_array().map(Vec::len);
    assert_eq!([count("at"), count("low"), count("high")], [count("value"); 3]);
    assert_eq!(strand["key"], "temperature");
    assert_eq!(told["zone"][1], json!([LONG_DAY_MS + 3 * HOUR_MS, 3600]), "the clocks change on the long day");

    let (_, few) = get(&app, &format!("/s/town-hall/history/series?{query}&points=5")).await;
    let few: Value = serde_json::from_str(&few).expect("JSON");
    let at = few["figures"][0]["strands"][0]["at"].as_array().map_or(0, Vec::len);
    assert!((2..=31).contains(&at), "{at}");
}

#[tokio::test]
async fn a_long_picture_tells_the_days_that_the_records_tell_and_rain_by_whole_weeks() {
    use crate::kit::program::{Program, add_station, run};
    use chrono::{Duration, NaiveDate};
    use std::collections::BTreeMap;
    use std::fmt::Write;

    let folder = tempfile::tempdir().expect("a folder");
    add_station(folder.path(), "hill");
    let set = run(folder.path(), &["station", "set", "hill", "--zone", "UTC"]);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    let first = NaiveDate::from_ymd_opt(2024, 11, 3).expect("a date");
    let (mut csv, mut fallen) = ("time,temperature,precipitation\n".to_owned(), BTreeMap::<NaiveDate, i64>::new());
    let coldest = first + Duration::days(333);
    for day in 0..700_i64 {
        let date = first + Duration::days(day);
        let mm = day * 7 % 5;
        fallen.insert(date, mm);
        for hour in [0, 6, 12, 18] {
            let degrees = if date == coldest && hour == 6 { -15.0 } else { (day % 9) as f64 };
            let rain = if hour < 12 { 0 } else { mm };
            writeln!(csv, "{date}T{hour:02}:30:00Z,{degrees},{rain}").expect("written");
        }
    }
    let file = folder.path().join("years.csv");
    std::fs::write(&file, csv).expect("written");
    let imported = run(folder.path(), &["import", "hill", file.to_str().expect("text")]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let server = Program::start(folder.path());
    let get = async |path: String| {
        let request = reqwest::Client::new().get(format!("{}{path}", server.url)).header("Accept", "text/html");
        request.send().await.expect("an answer").text().await.expect("a text")
    };
    let window = format!("from={first}&to={}", first + Duration::days(699));
    let page = get(format!("/s/hill/history?{window}")).await;
    let told = format!("lowest −15.0 °C on {}", coldest.format("%a %-d %b %Y"));
    assert!(page.contains(&told), "{told}");
    let records = get("/s/hill/records".to_owned()).await;
    assert!(records.contains("−15.0 °C") && records.contains(&coldest.format("%-d %b").to_string()), "{records}");

    let csv = get(format!("/s/hill/history/csv?{window}&figure=rain")).await;
    let bar = |line: &str| -> (NaiveDate, f64) {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[1][..10].parse().expect("a date"), cells[2].parse().expect("a number"))
    };
    let bars: Vec<_> = csv.lines().skip(1).map(bar).collect();
    assert!((50..=130).contains(&bars.len()), "bars of weeks: {csv}");
    for (place, (date, mm)) in bars.iter().enumerate() {
        let next = bars.get(place + 1).map_or(NaiveDate::MAX, |(next, _)| *next);
        let fell: i64 = fallen.range(*date..next).map(|(_, mm)| mm).sum();
        assert_eq!(*mm, fell as f64, "from {date} to before {next}: {csv}");
    }
}

#[tokio::test]
async fn amounts_of_a_csv_are_as_fine_as_gauges_count() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let tips: Vec<_> = (0..4)
        .map(|tip| json!({"observed_at": LONG_DAY_MS + 10 * HOUR_MS + tip * HOUR_MS / 12, "precipitation": 0.254 * tip as f64}))
        .collect();
    app.measures(&key, &json!(tips)).await;
    let (status, html) = get(&app, "/s/town-hall/history?from=2026-10-25&to=2026-10-25").await;
    assert_eq!(status, 200);
    assert!(html.contains("<td>0.8</td>"), "people read tenths");
    let link = html.split("class=\"csv\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    let link = link.map(|link| link.replace("&#38;", "&")).find(|link| link.ends_with("=rain")).expect("a link");
    let (_, csv) = get(&app, &link).await;
    assert!(csv.lines().any(|line| line.ends_with(",0.762")), "{csv}");
}

#[tokio::test]
async fn a_number_of_points_that_is_none_is_named() {
    let app = TestApp::start().await;
    with_days(&app).await;
    for points in ["0", "-3", "x", "1501", "99999999999", ""] {
        let (status, told) = get(&app, &format!("/s/town-hall/history/series?points={points}")).await;
        assert_eq!(status, 400, "{points}");
        assert!(told.contains("points: give a whole number from 1 to 1500"), "{points}: {told}");
    }
    assert_eq!(get(&app, "/s/town-hall/history/series?points=1500").await.0, 200);
    assert_eq!(get(&app, "/s/town-hall/history/series").await.0, 200);
}

#[tokio::test]
async fn a_house_of_rooms_is_named_as_on_its_page_and_begins_with_the_room_that_leads_it() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("home").await;
    for room in ["bathroom", "soil1", "living_room"] {
        app.measures(&key, &json!({format!("{room}/temperature"): 20.25, format!("{room}/soil_moisture"): 31.44}))
            .await;
    }
    let (status, html) = get(&app, "/s/home/history?range=24h").await;
    assert_eq!(status, 200);
    let sensors = between(&html, "aria-label=\"Sensor\">", "</nav>");
    let names: Vec<_> = sensors.split("</a>").filter_map(|link| link.rsplit_once('>')).map(|(_, name)| name).collect();
    assert_eq!(names, ["Bathroom", "Living room", "Soil 1"]);
    assert!(sensors.contains("aria-current=\"true\">Living room"), "{sensors}");
    let moisture = rows(&html, "soil_moisture");
    assert_eq!(moisture[0][1..], ["31.4", "31.4", "31.4"], "as fine as probes tell");
}

#[tokio::test]
async fn the_lab_begins_with_the_station_that_was_heard_last() {
    let app = TestApp::start().await;
    let mut keys = Vec::new();
    for slug in ["abbey", "bridge", "castle"] {
        keys.push(app.add_station(slug).await.1);
    }
    app.measures(&keys[2], &json!({"temperature": 4})).await;
    let (_, html) = get(&app, "/lab").await;
    let sources: Vec<_> =
        html.split("<option value=\"station:").skip(1).filter_map(|one| one.split('"').next()).collect();
    assert_eq!(sources, ["castle", "abbey", "bridge"]);
}
