//! Quality control from the door to the page, and the commands that correct it.

use crate::kit::app::TestApp;
use crate::kit::program::{Program, add_station, post, run};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use weather::mark::Reason;

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
    assert_eq!(struck, "1 value of town-hall struck out\n");
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
    assert_eq!(restored, "1 value of town-hall restored\n");
    let list = said(data, &["reading", "list", "town-hall", &stretch]);
    assert!(list.starts_with("all readings of town-hall of that time count\n"), "{list}");
    assert!(list.contains("restored all values"), "{list}");
}
