//! Quality control from the door to the page, and the commands that correct it.

use crate::kit::app::TestApp;
use crate::kit::program::{Program, add_station, post, run};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use stevenson::storage::NewStation;
use weather::mark::Reason;
use weather::station::Slug;
use weather::zone::Zone;

fn minutes_ago(minutes: i64) -> DateTime<Utc> {
    Utc::now() - chrono::Duration::minutes(minutes)
}

#[tokio::test]
async fn a_spike_is_a_ring_on_the_chart_and_nowhere_else() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    for (minutes, celsius) in [(20, 14.0), (15, 14.1), (10, 38.6), (5, 14.2)] {
        let at = minutes_ago(minutes).to_rfc3339();
        let report = json!({"temperature": celsius, "observed_at": at});
        let (status, receipt) = post(&app.url, &key, &report).await.expect("answered");
        assert_eq!((status, receipt), (201, json!({"stored": 1, "duplicate": 0, "warnings": []})));
    }
    let wild = json!({"temperature": 14.3, "wind_speed_mph": 1048.36, "observed_at": minutes_ago(1).to_rfc3339()});
    let (status, receipt) = post(&app.url, &key, &wild).await.expect("answered");
    assert_eq!((status, &receipt["warnings"][0]["reason"]), (201, &json!("outside 0 to 75 m/s")));
    let page = reqwest::get(format!("{}/s/town-hall", app.url)).await.expect("answered").text().await.expect("text");
    assert_eq!(page.matches(r#"<svg class="void""#).count(), 1, "the temperature's");
    let text = "2 values of the last 24 hours do not count: outside what weather can be, a spike.";
    assert!(page.contains(text), "in words, too");
    let shown = page.split("<main").nth(1).and_then(|page| page.split("</main").next()).expect("content");
    let ring = |title: &str| title.contains(" °C at ") && title.contains(": a spike</title>");
    assert!(shown.split("<title>38.6").nth(1).is_some_and(ring), "the ring says what it is");
    assert!(shown.contains("14.3") && shown.matches("38.6").count() == 1, "neither a high nor in the table");
    let state = page.split(r#"id="state""#).nth(1).expect("a state");
    assert!(state.contains(r#""reason":"spike""#) && state.contains("38.6"), "scripts know it");
}

#[tokio::test]
async fn a_station_whose_value_is_frozen_is_no_silent_station() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let page = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", app.url)).await.expect("answered");
        answer.text().await.expect("text")
    };
    let past: Vec<_> = (1..=99)
        .rev()
        .map(|five| json!({"temperature": 21.3, "observed_at": minutes_ago(5 * five).to_rfc3339()}))
        .collect();
    app.measures(&key, &json!(past)).await;
    app.measures(&key, &json!({"temperature": 21.3})).await;
    let html = page("/s/town-hall").await;
    assert!(html.contains("do not count: unchanged for hours"), "{html}");
    assert!(
        html.contains(r#"data-station="town-hall" data-state="live""#) && !html.contains("<title>Offline"),
        "{html}"
    );
    assert!(html.contains(r#"data-tile="temperature" data-state="offline""#), "the value is no younger for it");
    assert!(page("/").await.contains(r#"data-station="town-hall" data-state="live""#));
}

#[tokio::test]
async fn a_station_that_repeats_itself_says_so_on_its_page_and_in_the_log() {
    const NOTE: &str = "It reports, but nothing that it measures has changed for 12 hours";
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "town-hall");
    let mut server = Program::start_unread(folder.path(), "warn");
    let page = async || {
        let answer = reqwest::get(format!("{}/s/town-hall", server.url)).await.expect("answered");
        answer.text().await.expect("text")
    };
    let fog = |minutes| {
        let at = minutes_ago(minutes).to_rfc3339();
        json!({"temperature": 5.0, "humidity": 97.0, "wind_speed": 0.0, "observed_at": at})
    };
    let past: Vec<_> = (5..=148).rev().map(|five| fog(5 * five)).collect();
    assert_eq!(post(&server.url, &key, &json!(past)).await.expect("answered").0, 201);
    assert!(!page().await.contains(NOTE), "fog and calm may stay for 12 hours");
    for minutes in [15, 10] {
        assert_eq!(post(&server.url, &key, &fog(minutes)).await.expect("answered").0, 201);
    }
    let html = page().await;
    assert!(html.contains(NOTE), "{html}");
    let change = json!({"temperature": 5.1, "humidity": 97.0, "wind_speed": 0.0});
    assert_eq!(post(&server.url, &key, &change).await.expect("answered").0, 201);
    assert!(!page().await.contains(NOTE), "something changes again");
    let log = server.log();
    assert_eq!(log.matches("nothing that it measures changes any more").count(), 1, "{log}");
    assert!(log.contains("town-hall"), "{log}");
}

#[tokio::test]
async fn a_value_that_waits_for_the_next_is_struck_out_as_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "town-hall");
    let server = Program::start(folder.path());
    for (minutes, celsius) in [(30, 10.0), (20, 10.1), (10, 40.0)] {
        let report = json!({"temperature": celsius, "observed_at": minutes_ago(minutes).to_rfc3339()});
        assert_eq!(post(&server.url, &key, &report).await.expect("answered").0, 201);
    }
    let at = minutes_ago(10).format("%Y-%m-%dT%H:%MZ").to_string();
    let around = format!("{}..{at}", minutes_ago(11).format("%Y-%m-%dT%H:%MZ"));
    assert!(said(folder.path(), &["reading", "strike", "town-hall", &around]).contains("1 value"));
    let again = run(folder.path(), &["reading", "strike", "town-hall", &around]);
    assert!(!again.status.success(), "there is nothing left to strike out");
    let listed = said(folder.path(), &["reading", "list", "town-hall"]);
    assert_eq!(
        (listed.matches("struck out by a person").count(), listed.matches("1 values").count()),
        (1, 1),
        "{listed}"
    );
    assert!(!listed.contains("0 values"), "what changed nothing is no correction: {listed}");
}

#[test]
fn the_pages_say_the_same_reasons_as_the_server() {
    let script = std::fs::read_to_string("static/js/view/marks.js").expect("the script");
    let table = script.split("REASONS = Object.freeze({").nth(1).and_then(|rest| rest.split("});").next());
    let lines: Vec<_> = table.expect("a table").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let house: Vec<_> = Reason::all().map(|reason| format!("{}: '{}',", reason.name(), reason.words())).collect();
    assert_eq!(lines, house);
}

fn said(data: &std::path::Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
async fn readings_are_struck_out_and_restored_by_the_command_line_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let key = add_station(data, "town-hall");
    let server = Program::start(data);
    let start = DateTime::from_timestamp(minutes_ago(120).timestamp() / 60 * 60, 0).expect("a time");
    let at = |second: i64| (start + chrono::Duration::seconds(second)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (second, celsius) in [(0, 14.0), (20, 16.0), (40, 14.5)] {
        let report = json!({"temperature": celsius, "observed_at": at(second)});
        assert_eq!(post(&server.url, &key, &report).await.expect("answered").0, 201);
    }
    let time = at(20);
    let strike = ["reading", "strike", "town-hall", &time, "--quantity", "temperature"];
    let struck = said(data, &[&strike[..], &["--reason", "sun on the screen"]].concat());
    let changed = format!("changed: {}\n", data.join("stevenson.db").display());
    assert_eq!(struck, format!("1 value of town-hall struck out\n{changed}"));
    let list = said(data, &["reading", "list", "town-hall"]);
    assert!(list.contains("temperature") && list.contains("16 °C  struck out by a person"), "{list}");
    assert!(list.contains("struck out temperature from") && list.contains("1 values: sun on the screen"), "{list}");
    let again = run(data, &strike);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("nothing there"));
    let repeated = json!({"temperature": 16.0, "observed_at": at(20)});
    let (_, receipt): (u16, Value) = post(&server.url, &key, &repeated).await.expect("answered");
    assert_eq!(receipt["duplicate"], 1, "the server knows");
    let stretch = format!("{}..{}", at(0), at(59));
    let restored = said(data, &["reading", "restore", "town-hall", &stretch]);
    assert_eq!(restored, format!("1 value of town-hall restored\n{changed}"));
    let list = said(data, &["reading", "list", "town-hall", &stretch]);
    assert!(list.starts_with("all readings of town-hall of that time count\n"), "{list}");
    assert!(list.contains("restored all values"), "{list}");
}

#[tokio::test]
async fn a_number_that_a_broken_sensor_says_is_refused_by_its_name() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let beside = |field: &str, number: f64| json!({field: number, "wind_direction": 180});
    for (report, named) in [
        (json!({"temperature": -127, "humidity": 50}), "DS18B20"),
        (beside("temperature", 127.0), "DS18B20"),
        (beside("temperature_f", -196.6), "DS18B20"),
        (beside("soil_temperature", -127.0), "DS18B20"),
        (json!({"temperature": -143.2, "humidity": 50}), "BME280"),
        (json!({"temperature": -147, "humidity": 50}), "BME280"),
        (json!({"temperature": 180.4, "humidity": 50}), "BME280"),
        (json!({"humidity": -6, "temperature": 20}), "HTU21"),
        (json!({"humidity": 119, "temperature": 20}), "HTU21"),
        (beside("temperature", -3273.0), "DHT"),
        (beside("temperature", -3276.4), "DHT"),
        (beside("temperature", 3276.7), "Davis"),
        (beside("temperature_f", 3276.7), "Davis"),
        (beside("precipitation_rate", 3276.7), "Davis"),
        (beside("precipitation_rate", 13_107.0), "Davis"),
        (beside("lightning_distance", 255.0), "no lightning"),
        (beside("temperature", 2_147_483_647.0), "no value"),
        (beside("temperature", 2_147_483_648.0), "no value"),
        (beside("humidity", 4_294_967_296.0), "no value"),
        (beside("temperature", 32_767.0), "no value"),
        (json!({"temperature": 0, "humidity": 0}), "DHT"),
    ] {
        let (_, receipt) = post(&app.url, &key, &report).await.expect("answered");
        let list = if receipt["errors"].is_null() { "warnings" } else { "errors" };
        let reason = receipt[list][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(named), "{report}: {receipt}");
    }
}

#[tokio::test]
async fn a_humidity_that_counts_as_a_hundred_is_told_to_who_reads_answers() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let (status, receipt) = post(&app.url, &key, &json!({"humidity": 103})).await.expect("answered");
    let warning = json!([{"field": "humidity", "value": "103", "reason": "counts as 100 %"}]);
    assert_eq!((status, &receipt["warnings"]), (201, &warning));
    let (_, receipt) = post(&app.url, &key, &json!({"humidity": 100})).await.expect("answered");
    assert_eq!(receipt["warnings"], json!([]));
    let query = format!("ID=town-hall&PASSWORD={key}&action=updateraw&dateutc=now&humidity=103");
    let url = format!("{}/weatherstation/updateweatherstation.php?{query}", app.url);
    let answer = reqwest::get(url).await.expect("answered").text().await.expect("text");
    assert_eq!(answer.trim(), "success");
}

#[tokio::test]
async fn a_pressure_that_the_height_of_the_station_cannot_have_is_set_aside() {
    let app = TestApp::start().await;
    let (station, key) = app.add_station("town-hall").await;
    let latest = async |id| {
        let latest = app.storage.latest(id).await.expect("read");
        latest.iter().map(|latest| latest.quantity.name()).collect::<Vec<_>>()
    };
    for (hpa, shown) in [(833.0, "833.0"), (880.0, "880.0"), (1040.0, "1040.0")] {
        let report = json!({"temperature": 15, "station_pressure": hpa});
        let (status, receipt) = post(&app.url, &key, &report).await.expect("answered");
        let reason = format!("{shown} hPa is no pressure at 214 m; it is kept and does not count");
        assert_eq!((status, &receipt["warnings"][0]["reason"]), (201, &json!(reason)), "{receipt}");
        assert_eq!(latest(station.id).await, ["temperature"], "nothing is made of it, either");
    }
    let page = reqwest::get(format!("{}/s/town-hall", app.url)).await.expect("answered").text().await.expect("text");
    let text = "3 values of the last 24 hours do not count: no pressure at the height of the station (3).";
    assert!(page.contains(text), "{page}");
    // The deepest lows.
    app.measures(&key, &json!({"temperature": 15, "station_pressure": 892.0})).await;
    assert!(latest(station.id).await.contains(&"sea_level_pressure"));
}

#[tokio::test]
async fn a_pressure_is_not_judged_by_a_height_that_nobody_knows() {
    let app = TestApp::start().await;
    let new = NewStation {
        slug: Slug::new("hill").expect("a slug"),
        name: "Hill".into(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: None,
        coordinates: None,
    };
    let (station, key) = app.storage.add_station(new).await.expect("added");
    let (status, receipt) = post(&app.url, key.reveal(), &json!({"station_pressure": 833.0})).await.expect("answered");
    assert_eq!((status, &receipt["warnings"]), (201, &json!([])));
    assert_eq!(app.storage.latest(station.id).await.expect("read").len(), 1);
}
