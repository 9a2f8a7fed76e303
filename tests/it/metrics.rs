//! The metrics as Prometheus reads them.

use crate::guard::ask;
use crate::kit::app::TestApp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use weather::time::Timestamp;

/// Words that a name must not have: units that are no base units, as `promtool check metrics` finds them.
const NO_BASE_UNITS: [&str; 12] = [
    "hours",
    "days",
    "minutes",
    "weeks",
    "fahrenheit",
    "inches",
    "miles",
    "milliseconds",
    "millimeters",
    "kilometers",
    "hectopascals",
    "micrograms",
];

async fn text(app: &TestApp, accept: &str) -> String {
    let answer = ask(app, "GET /metrics", accept, b"").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let kind = answer.header("content-type").expect("a type");
    let expected =
        if accept.is_empty() { "text/plain; version=0.0.4" } else { "application/openmetrics-text; version=1.0.0" };
    assert!(kind.starts_with(expected) && answer.header("vary").is_some_and(|vary| vary.contains("accept")), "{kind}");
    answer.body
}

/// Values by name and labels.
fn values(text: &str) -> BTreeMap<String, f64> {
    let line = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

/// What is wrong with a text of 0.0.4, of the kinds that `promtool check metrics` finds.
fn faults(text: &str) -> Vec<String> {
    let (mut helps, mut kinds, mut faults, mut seen) = (BTreeSet::new(), BTreeMap::new(), Vec::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some((name, _)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            helps.insert(name);
            continue;
        }
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            kinds.insert(name, kind);
            continue;
        }
        if line.starts_with('#') {
            faults.push(format!("{line}: no line of 0.0.4"));
            continue;
        }
        let name = line.split(['{', ' ']).next().expect("a name");
        let parts = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
        let family = parts.filter(|family| kinds.get(family) == Some(&"histogram")).unwrap_or(name);
        let Some(kind) = kinds.get(family) else {
            faults.push(format!("{name}: no type"));
            continue;
        };
        if !helps.contains(family) {
            faults.push(format!("{family}: no help"));
        }
        if (*kind == "counter") != family.ends_with("_total") {
            faults.push(format!("{family}: a {kind} of that name"));
        }
        if family.split('_').any(|word| NO_BASE_UNITS.contains(&word)) {
            faults.push(format!("{family}: no base unit"));
        }
        if *kind != "histogram" && ["_bucket", "_sum", "_count"].iter().any(|part| family.ends_with(part)) {
            faults.push(format!("{family}: a part of a histogram by its name"));
        }
        if !seen.insert(line.rsplit_once(' ').expect("a value").0) {
            faults.push(format!("{line}: twice"));
        }
    }
    faults
}

#[test]
fn the_check_sees_each_kind_of_fault() {
    for wrong in [
        "a 1",
        "# TYPE a gauge\na 1",
        "# HELP a A\n# TYPE a counter\na 1",
        "# HELP a_hours A\n# TYPE a_hours gauge\na_hours 1",
        "# HELP a_total A\n# TYPE a_total gauge\na_total 1",
        "# HELP a A\n# TYPE a gauge\na 1\na 2",
        "# HELP a_count A\n# TYPE a_count gauge\na_count 1",
        "# EOF",
    ] {
        assert_eq!(faults(wrong).len(), 1, "{wrong}");
    }
}

#[tokio::test]
async fn prometheus_finds_no_fault_in_them() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let one_of_each = json!({
        "temperature": 21.5, "humidity": 40, "dew_point": 7, "station_pressure": 990, "wind_speed": 3, "wind_gust": 5,
        "wind_direction": 270, "precipitation": 1.2, "precipitation_rate": 3.6, "precipitation_1h": 1, "solar_radiation": 0,
        "uv_index": 0, "soil_temperature": 8, "soil_moisture": 20, "pm2_5": 12, "pm10": 15, "co2": 420, "battery_voltage": 3,
        "leaf_wetness": 5, "lightning_count": 0, "lightning_distance": 9, "battery_level": 80, "soil_conductivity": 300});
    app.measures(&key, &one_of_each).await;
    let plain = text(&app, "").await;
    let found = faults(&plain);
    assert!(found.is_empty(), "{found:#?}");
    let families = plain.matches("# TYPE stevenson_weather_").count();
    assert!(families > 20, "{plain}");
    let open = text(&app, "Accept: application/openmetrics-text; version=1.0.0\r\n").await;
    assert!(
        open.ends_with("# EOF\n") && open.contains("# UNIT stevenson_weather_temperature_celsius celsius\n"),
        "{open}"
    );
    assert_eq!(values(&open).keys().collect::<Vec<_>>(), values(&plain).keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn they_tell_what_stations_measure_now_and_nothing_old() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let (_, old) = app.add_station("hut").await;
    app.add_station("mill").await;
    let now = Timestamp::from(chrono::Utc::now());
    let body = json!({"temperature": 21.5, "humidity": 90, "sea_level_pressure": 1012.5, "precipitation_rate": 3.6,
        "indoor/temperature": 19, "wind_direction": 270, "observed_at": now.rfc3339()});
    app.measures(&key, &body).await;
    app.measures(&old, &json!({"temperature": 5, "observed_at": now.plus(-3_600_000).rfc3339()})).await;
    let told = values(&text(&app, "").await);
    for (name, value) in [
        ("weather_temperature_celsius{station=\"roof\",sensor=\"\"}", 21.5),
        ("weather_temperature_celsius{station=\"roof\",sensor=\"indoor\"}", 19.0),
        ("weather_humidity_ratio{station=\"roof\",sensor=\"\"}", 0.9),
        ("weather_sea_level_pressure_pascals{station=\"roof\",sensor=\"\"}", 101_250.0),
        ("weather_precipitation_rate_meters_per_second{station=\"roof\",sensor=\"\"}", 1e-6),
        ("weather_wind_direction_degrees{station=\"roof\",sensor=\"\"}", 270.0),
        ("station_last_report_timestamp_seconds{station=\"roof\"}", now.0 as f64 / 1_000.0),
        ("station_last_report_timestamp_seconds{station=\"hut\"}", (now.0 - 3_600_000) as f64 / 1_000.0),
        ("stations{state=\"live\"}", 1.0),
        ("stations{state=\"offline\"}", 1.0),
        ("stations{state=\"waiting\"}", 1.0),
        ("weather_values_left_out", 0.0),
    ] {
        assert_eq!(told.get(&format!("stevenson_{name}")), Some(&value), "{name}: {told:#?}");
    }
    let of = |station: &str| told.keys().filter(|name| name.contains("weather") && name.contains(station)).count();
    assert_eq!((of("\"hut\""), of("\"mill\"")), (0, 0), "an old value is absent");
}

#[tokio::test]
async fn what_is_refused_is_counted_by_its_reason() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let post = |key: &str, body: &str| {
        let request = reqwest::Client::new().post(format!("{}/api/v1/readings", app.url)).bearer_auth(key);
        request.header("Content-Type", "application/json").body(body.to_owned()).send()
    };
    for (key, body, status) in [
        (&*key, "{", 400),
        (&key, r#"{"temperature": 999}"#, 400),
        (&key, r#"{"temperature": 20, "humidity": 400}"#, 201),
        (&key, r#"{"temperature": 20.1}"#, 201),
    ] {
        assert_eq!(post(key, body).await.expect("an answer").status().as_u16(), status, "{body}");
    }
    let told = values(&text(&app, "").await);
    let refused = |reason: &str| {
        told.get(&format!("stevenson_uploads_refused_total{{format=\"JSON\",reason=\"{reason}\"}}")).copied()
    };
    assert_eq!((refused("malformed"), refused("partly")), (Some(2.0), Some(1.0)), "{told:#?}");
}

#[tokio::test]
async fn the_database_is_asked_no_more_often_for_many_stations() {
    let app = TestApp::start().await;
    for number in 0..40 {
        let (_, key) = app.add_station(&format!("s-{number}")).await;
        app.measures(&key, &json!({"temperature": number, "indoor/humidity": 40})).await;
    }
    text(&app, "").await;
    let before = app.storage.stats().background_reads;
    let told = text(&app, "").await;
    assert_eq!(told.matches("stevenson_weather_temperature_celsius{").count(), 40);
    assert_eq!(told.matches("sensor=\"indoor\"").count(), 40);
    assert!(app.storage.stats().background_reads - before <= 1, "one question for all");
}

#[tokio::test]
async fn a_server_that_cannot_store_is_not_ready_until_it_can() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    app.measures(&key, &json!({"temperature": 1.0})).await;
    let ready = async || reqwest::get(format!("{}/readyz", app.url)).await.expect("an answer").status().as_u16();
    assert_eq!(ready().await, 200);
    let other = app.database();
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let body = json!({"temperature": 2.0});
    let post = async || crate::kit::program::post(&app.url, &key, &body).await.expect("an answer").0;
    assert_eq!(post().await, 503);
    other.execute_batch("ROLLBACK").expect("free");
    drop(other);
    let until = async |wanted: u16| {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
        while ready().await != wanted {
            assert!(tokio::time::Instant::now() < deadline, "it never says {wanted}");
            tokio::task::yield_now().await;
        }
    };
    until(503).await;
    assert_eq!(post().await, 201);
    until(200).await;
}
