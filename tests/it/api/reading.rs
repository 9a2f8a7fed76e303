//! What programs read, against what a station has sent.

use super::{get, minutes_ago, with_roof};
use crate::kit::app::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn stations_come_some_at_a_time_in_the_order_of_their_slugs() {
    let app = TestApp::start().await;
    for slug in ["c", "a", "e", "b", "d"] {
        app.add_station(slug).await;
    }
    let (mut path, mut slugs, mut answers) = ("/stations?limit=2".to_owned(), Vec::new(), 0);
    loop {
        let answer = get(&app, &path).await;
        assert_eq!(answer["count"], 5);
        slugs.extend(answer["stations"].as_array().expect("a list").iter().map(|one| one["slug"].clone()));
        answers += 1;
        let Some(next) = answer["next"].as_str() else { break };
        path = next.strip_prefix("/api/v1").expect("an address of the same").to_owned();
    }
    assert_eq!((json!(slugs), answers), (json!(["a", "b", "c", "d", "e"]), 3));
}

#[tokio::test]
async fn a_station_says_how_it_is_and_what_it_measures() {
    let (app, _) = with_roof().await;
    let roof = get(&app, "/stations/roof").await;
    let newest = minutes_ago(1);
    assert_eq!(
        json!([roof["slug"], roof["name"], roof["zone"], roof["elevation_m"], roof["interval_s"], roof["state"]]),
        json!(["roof", "Town Hall", "Europe/Berlin", 214.0, 60.0, "live"])
    );
    let at = roof["observed_unix_ms"].as_i64().expect("a time");
    assert!((newest.0 - at).abs() <= 2_000, "{roof}");
    assert_eq!(roof["observed_at"], weather::time::Timestamp(at).rfc3339());
    assert_eq!(roof["age_min"], 1);
    let streams = roof["datastreams"].as_array().expect("a list");
    let names: Vec<Value> = streams.iter().map(|one| json!([one["sensor"], one["quantity"], one["unit"]])).collect();
    assert!(names.contains(&json!(["indoor", "humidity", "%"])) && names.contains(&json!(["", "temperature", "°C"])));
    let hut = get(&app, "/stations/hut").await;
    assert_eq!(json!([hut["state"], hut["observed_at"], hut["age_min"]]), json!(["waiting", null, null]));
    let listed = get(&app, "/stations").await;
    for key in ["slug", "state", "observed_unix_ms", "interval_s", "url"] {
        assert_eq!(listed["stations"][1][key], roof[key], "{key}");
    }
}

#[tokio::test]
async fn the_newest_values_stand_beside_their_units_times_and_quality() {
    let (app, key) = with_roof().await;
    app.measures(&key, &json!({"temperature": 55.0})).await;
    let find = |answer: &Value, list: &str, quantity: &str| {
        let values = answer[list].as_array().expect("a list");
        values.iter().find(|one| one["quantity"] == quantity).cloned().unwrap_or_default()
    };
    let latest = get(&app, "/stations/roof/latest").await;
    let temperature = find(&latest, "readings", "temperature");
    assert_eq!(
        json!([temperature["value"], temperature["unit"], temperature["quality"], temperature["state"]]),
        json!([22.25, "°C", "good", "live"])
    );
    let apart = find(&latest, "set_aside", "temperature");
    assert_eq!(json!([apart["value"], apart["quality"], apart["reason"]]), json!([55.0, "suspect", "step"]));
    let us = get(&app, "/stations/roof/latest?units=us").await;
    let temperature = find(&us, "readings", "temperature");
    assert_eq!(json!([temperature["value"], temperature["unit"]]), json!([72.05, "°F"]));
    assert_eq!(find(&us, "readings", "wind_speed")["unit"], "mph");
    assert_eq!(get(&app, "/stations/roof/latest?units=metric").await["readings"], latest["readings"]);
}

#[tokio::test]
async fn an_old_value_is_said_to_be_old() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    app.measures(&key, &json!({"temperature": 5, "observed_at": minutes_ago(300).rfc3339()})).await;
    let latest = get(&app, "/stations/roof/latest").await;
    assert_eq!(json!([latest["station"]["state"], latest["station"]["age_min"]]), json!(["offline", 300]));
    assert_eq!(json!([latest["readings"][0]["state"], latest["readings"][0]["age_min"]]), json!(["offline", 300]));
    assert_eq!(get(&app, "/stations").await["stations"][0]["state"], "offline");
}

#[tokio::test]
async fn a_series_holds_what_was_sent_and_no_more_spans_than_were_asked_for() {
    let (app, _) = with_roof().await;
    let answer = get(&app, "/stations/roof/series?quantity=temperature,wind_speed").await;
    let series = answer["series"].as_array().expect("a list");
    let units: Vec<_> = series.iter().map(|one| json!([one["quantity"], one["unit"]])).collect();
    assert_eq!(units, [json!(["temperature", "°C"]), json!(["wind_speed", "m/s"])]);
    for one in series {
        let spans = one["spans"].as_array().expect("a list");
        let count: i64 = spans.iter().map(|span| span["count"].as_i64().expect("a number")).sum();
        assert!(spans.len() <= 500 && count == 10, "{one}");
    }
    let most = series[0]["spans"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|span| span["max"].as_f64())
        .max_by(|one, other| one.partial_cmp(other).expect("numbers"));
    assert_eq!(most, Some(Some(22.25)));
    for points in [1, 2, 7] {
        let path = format!("/stations/roof/series?quantity=temperature&points={points}&units=us");
        let one = &get(&app, &path).await["series"][0];
        assert!(one["spans"].as_array().expect("a list").len() <= points + 1 && one["unit"] == "°F", "{one}");
    }
    let indoor = get(&app, "/stations/roof/series?quantity=humidity&sensor=indoor").await;
    assert_eq!(json!([indoor["sensor"], indoor["series"][0]["spans"][0]["mean"]]), json!(["indoor", 40.0]));
    let (from, to) = (minutes_ago(6), minutes_ago(3));
    let (from_ms, to_ms) = (from.0, to.0 / 1_000 * 1_000);
    for [from, to] in [[from.rfc3339(), to.rfc3339()], [from.0.to_string(), (to.0 / 1_000).to_string()]] {
        let path = format!("/stations/roof/series?quantity=temperature&from={from}&to={to}&points=1");
        let part = get(&app, &path).await;
        let spans = part["series"][0]["spans"].as_array().expect("a list");
        let [Some(first), Some(last)] = [spans.first(), spans.last()] else { panic!("no span: {part}") };
        let at = |span: &Value, key: &str| span[key].as_i64().expect("a time");
        let (begins, ends) = (at(first, "from_unix_ms"), at(last, "to_unix_ms"));
        assert!(
            spans.len() == 1 && begins <= from_ms && ends >= to_ms,
            "the spans that it touches are told whole: {part}"
        );
        assert!(at(first, "count") >= 3, "{part}");
    }
}

#[tokio::test]
async fn days_are_the_stations_own_and_have_the_times_of_their_lows_and_highs() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    // 2026-07-01 is over at 22:00 UTC in Berlin; it lies within the year that reports may be old.
    let today = chrono::Utc::now().date_naive();
    let before = |days: u64, clock: &str| format!("{}T{clock}Z", today - chrono::Days::new(days));
    let report = |at: String, temperature: f64| json!({"temperature": temperature, "observed_at": at});
    let reports = [(3, "09:00:00", 10.0), (3, "12:00:00", 14.5), (3, "23:30:00", 8.0), (2, "08:00:00", 9.0)];
    app.measures(&key, &json!(reports.map(|(days, clock, value)| report(before(days, clock), value)))).await;
    let (from, to) = (today - chrono::Days::new(3), today - chrono::Days::new(2));
    let answer = get(&app, &format!("/stations/roof/days?quantity=temperature&from={from}&to={to}")).await;
    let days = answer["series"][0]["days"].as_array().expect("a list");
    let told: Vec<Value> = days.iter().map(|day| json!([day["date"], day["low"], day["high"]])).collect();
    let dates = [from.to_string(), to.to_string()];
    assert_eq!(told, [json!([dates[0], 10.0, 14.5]), json!([dates[1], 8.0, 9.0])], "half past eleven UTC is tomorrow");
    assert_eq!(days[1]["low_at"], before(3, "23:30:00.000"));
    assert_eq!(
        get(&app, "/stations/roof/days?quantity=temperature").await["from"],
        (today_in_berlin() - chrono::Days::new(30)).to_string()
    );
}

fn today_in_berlin() -> chrono::NaiveDate {
    let zone = weather::zone::Zone::inside("Europe/Berlin").expect("a zone");
    weather::day::date_at(&zone, chrono::Utc::now().into())
}

#[tokio::test]
async fn the_status_tells_of_the_server_and_whom_it_has_heard() {
    let (app, _) = with_roof().await;
    let status = get(&app, "/status").await;
    assert_eq!(
        json!([status["version"], status["stations"], status["heard"]]),
        json!([env!("CARGO_PKG_VERSION"), 2, 1])
    );
    assert_eq!(status["reports_stored"], 10);
    let ms = |name: &str| status[name].as_i64().expect("a number");
    assert_eq!((ms("now_unix_ms") - ms("started_unix_ms")) / 1_000, ms("uptime_s"));
    assert!(ms("heard_unix_ms") <= ms("now_unix_ms") && ms("heard_unix_ms") >= ms("started_unix_ms") - 1_000);
}
