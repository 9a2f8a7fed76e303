//! What programs are told where readings have gone.

use crate::guard::ask;
use crate::kit::app::TestApp;
use serde_json::{Value, json};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::SensorName;
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};

/// Days that readings stay.
const RAW_DAYS: u32 = 7;
const LIVED_MS: i64 = 20 * DAY_MS;

fn said(at: Timestamp) -> Report {
    let mut draft = Draft::new(at);
    let value = 10.0 + (at.0 / MINUTE_MS % 50) as f64 / 10.0;
    draft.take_number(&SensorName::main(), Quantity::Temperature, Quantity::Temperature.unit(), "t", value);
    draft.finish(Some(at)).report.expect("a value")
}

/// A station that has sent a temperature every ten minutes for twenty days, and its key; only those of a week are left.
async fn pruned() -> (TestApp, String, Timestamp) {
    let app = TestApp::with(|config| config.storage.raw_days = RAW_DAYS).await;
    let (station, key) = app.add_station("roof").await;
    let now = Timestamp(chrono::Utc::now().timestamp_millis());
    let reports = (0..LIVED_MS / (10 * MINUTE_MS)).rev().map(|number| said(now.plus(-number * 10 * MINUTE_MS)));
    app.storage.append(station.id, reports.collect()).await.expect("stored");
    while app.storage.prune_some().await.expect("pruned") {}
    (app, key, now)
}

#[tokio::test]
async fn an_export_says_what_it_no_longer_has_and_a_series_is_made_of_hours() {
    let (app, _, now) = pruned().await;
    let (main, station) = (SensorName::main(), app.storage.directory().by_slug("roof").expect("is there").clone());
    let from = app.storage.sensors(station.id).await.expect("read")[0].raw_from.expect("some have gone");
    let export = ask(&app, "GET /api/v1/stations/roof/export", "", b"").await;
    let gone = export.raw.lines().find_map(|line| line.strip_prefix("readings-gone-before: ")).expect("it is told");
    assert_eq!(gone, from.rfc3339());
    let first = export.body.lines().find(|line| line.starts_with("20")).expect("a reading");
    assert!(first >= gone && export.body.matches("\n20").count() > 7 * 144 - 2, "{first}");
    let day = now.plus(-2 * DAY_MS).rfc3339();
    let export = ask(&app, &format!("GET /api/v1/stations/roof/export?from={day}"), "", b"").await;
    assert!(!export.head.contains("readings-gone-before"), "all that was asked for is there: {}", export.head);
    let range = format!("from={}&to={}", now.plus(-15 * DAY_MS).rfc3339(), now.plus(-14 * DAY_MS).rfc3339());
    let series = ask(&app, &format!("GET /api/v1/stations/roof/series?quantity=temperature&{range}"), "", b"").await;
    let series: Value = serde_json::from_str(&series.body).expect("JSON");
    assert_eq!(series["series"][0]["made_of"], "hours", "{series}");
    let count: u64 =
        series["series"][0]["spans"].as_array().expect("a list").iter().filter_map(|span| span["count"].as_u64()).sum();
    assert!((140..=156).contains(&count), "of whole hours: {count}");
    assert_eq!(app.storage.rows(station.id, &main, (Timestamp(0), from), 9).await.expect("read"), []);
    let page = ask(&app, "GET /s/roof/history?range=30d", "", b"").await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_late_reading_is_answered_as_done_with_a_warning_and_what_has_gone_is_counted() {
    let (app, key, now) = pruned().await;
    let metric = |body: &str| {
        let line = body.lines().find_map(|line| line.strip_prefix("stevenson_readings_pruned_total "));
        line.expect("a metric").parse::<f64>().expect("a number")
    };
    let metrics = ask(&app, "GET /metrics", "", b"").await;
    assert!(metric(&metrics.body) > 11.0 * 144.0, "{}", metrics.body);
    let body = json!({"observed_at": now.plus(-15 * DAY_MS).rfc3339(), "temperature": 14.2}).to_string();
    let headers = format!("Authorization: Bearer {key}\r\nContent-Type: application/json\r\n");
    let answer = ask(&app, "POST /api/v1/readings", &headers, body.as_bytes()).await;
    assert!(answer.status < 300, "{} {}", answer.status, answer.body);
    assert!(answer.body.contains("the readings of that time are gone by raw_days"), "{}", answer.body);
    let body = json!({"observed_at": now.plus(MINUTE_MS).rfc3339(), "temperature": 14.2}).to_string();
    let answer = ask(&app, "POST /api/v1/readings", &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// Runs a command on the database of that server: whether it succeeds, and all that it says.
fn says(app: &TestApp, arguments: &[&str]) -> (bool, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stevenson"));
    let done = command.arg("--data").arg(app.folder.path()).args(arguments).output().expect("it runs");
    let words = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (done.status.success(), words)
}

#[tokio::test]
async fn a_command_claims_no_more_than_it_did_where_readings_have_gone() {
    let (app, _, now) = pruned().await;
    let (old, new) = (now.plus(-15 * DAY_MS), now.plus(-DAY_MS));
    let day = |at: Timestamp| at.to_utc().format("%Y-%m-%d").to_string();
    let gone = "have gone by raw_days, and what their hours and days were stays as it is";
    let (is_done, said) = says(&app, &["reading", "strike", "roof", &day(old)]);
    assert!(!is_done && said.contains("nothing there that could be struck out") && said.contains(gone), "{said}");
    let (is_done, said) = says(&app, &["reading", "strike", "roof", &format!("{}..{}", day(old), day(new))]);
    assert!(
        is_done && said.contains("values of roof struck out") && said.contains("nothing else: ") && said.contains(gone),
        "{said}"
    );
    let (is_done, said) = says(&app, &["reading", "restore", "roof", &day(new)]);
    assert!(is_done && !said.contains("raw_days"), "all of that day is there: {said}");

    let file = app.folder.path().join("old.csv");
    let line = |at: Timestamp| format!("{},4.5\n", at.rfc3339());
    let unheard = now.plus(-DAY_MS - MINUTE_MS / 2);
    let text = ["time,temperature\n".to_owned(), line(old), line(old.plus(MINUTE_MS)), line(unheard)].concat();
    std::fs::write(&file, text).expect("written");
    let import = |more: &[&str]| says(&app, &[&["import", "roof", file.to_str().expect("text")], more].concat());
    let stays = "2 values are of a time whose readings have gone by raw_days: they are not stored";
    let (is_done, said) = import(&["--dry-run"]);
    assert!(is_done && said.contains(stays) && said.contains("\n1 reports would be imported"), "{said}");
    let (is_done, said) = import(&[]);
    assert!(is_done && said.contains(stays) && said.contains("1 reports were new to roof, 0 were known"), "{said}");
    assert!(!said.contains("others than those that are stored"), "{said}");
    let (_, said) = import(&[]);
    assert!(said.contains("nothing new: roof has the other 1 reports already"), "{said}");
    std::fs::write(&file, ["time,temperature\n".to_owned(), line(old)].concat()).expect("written");
    let (_, said) = import(&[]);
    assert!(said.contains("nothing was stored of 1 reports") && !said.contains("already"), "{said}");
}
