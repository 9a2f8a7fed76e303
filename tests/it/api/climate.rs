//! Records, months and calm air, against what a station has sent.

use super::{get, minutes_ago, plain};
use crate::kit::app::TestApp;
use serde_json::{Value, json};

/// A period of an answer with records.
fn period<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let periods = answer["periods"].as_array().expect("a list");
    periods.iter().find(|one| one["period"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn records_and_a_month_are_those_of_what_was_sent() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    // Within one day of Berlin, some days ago.
    let date = chrono::Utc::now().date_naive() - chrono::Days::new(40);
    let reports: Vec<Value> = [("08:00:00", 4.5, 3.0), ("12:00:00", 14.5, 17.25), ("15:00:00", 9.0, 1.0)]
        .map(|(clock, temperature, gust)| {
            json!({"temperature": temperature, "wind_gust": gust, "observed_at": format!("{date}T{clock}Z")})
        })
        .into();
    app.measures(&key, &json!(reports)).await;
    app.measures(&key, &json!({"temperature": 11.0})).await;
    let records = get(&app, "/stations/roof/records").await;
    assert_eq!(records["zone"], "Europe/Berlin");
    let names: Vec<&Value> = records["periods"].as_array().expect("a list").iter().map(|one| &one["period"]).collect();
    assert_eq!(json!(names), json!(["today", "yesterday", "month", "season", "year", "rain_year", "ever"]));
    let ever = period(&records, "ever");
    assert_eq!((&ever["from"], &ever["days"]), (&json!(date.to_string()), &json!(2)));
    let highest = &ever["highest_temperature"];
    assert_eq!(json!([highest["value"], highest["unit"], highest["date"]]), json!([14.5, "°C", date.to_string()]));
    assert_eq!(highest["observed_at"], format!("{date}T12:00:00.000Z"));
    assert_eq!((&ever["strongest_gust"]["value"], &ever["rain"]), (&json!(17.25), &Value::Null));
    assert_eq!(period(&records, "today")["highest_temperature"]["value"], 11.0);
    assert_eq!(period(&records, "yesterday")["highest_temperature"], Value::Null);
    let us = get(&app, "/stations/roof/records?units=us").await;
    let highest = &period(&us, "ever")["highest_temperature"];
    assert_eq!(json!([highest["value"], highest["unit"]]), json!([58.1, "°F"]));

    let month = get(&app, &format!("/stations/roof/climate?month={}", date.format("%Y-%m"))).await;
    assert_eq!((&month["month"], &month["complete"]), (&json!(date.format("%Y-%m").to_string()), &json!(false)));
    assert_eq!(month["lowest_temperature"]["observed_at"], format!("{date}T08:00:00.000Z"));
    let days = month["days"].as_array().expect("a list");
    let day = days.iter().find(|day| day["date"] == date.to_string()).expect("the day");
    assert_eq!((&day["highest_temperature"]["value"], &day["strongest_gust"]["value"]), (&json!(14.5), &json!(17.25)));
    assert!(day["heating_degree_days"]["value"].as_f64().is_some_and(|kelvins| kelvins > 0.0), "{day}");
    let answer = plain(&app, "/stations/roof/climate", "").await;
    // Heads are read in small letters, and a tag has large ones, too.
    let tag = answer.raw.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
    let tag = format!("If-None-Match: {tag}\r\n");
    assert_eq!(plain(&app, "/stations/roof/climate", &tag).await.status, 304);
    let ahead = get(&app, "/stations/roof/climate?month=2200-01").await;
    assert_eq!((&ahead["days"], &ahead["mean_temperature"]), (&json!([]), &Value::Null));
    for month in ["2026-13", "2026-1", "1699-12", "november"] {
        let refused = plain(&app, &format!("/stations/roof/climate?month={month}"), "").await;
        assert!(refused.status == 400 && refused.body.contains("write it as 2026-11"), "{}", refused.body);
    }
}

#[tokio::test]
async fn calm_air_is_told_apart_from_a_gap() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    let report = |minutes: i64, speed: f64| json!({"wind_speed": speed, "wind_direction": 90, "observed_at": minutes_ago(minutes).rfc3339()});
    app.measures(&key, &json!([report(200, 3.0), report(140, 0.0), report(20, 4.0)])).await;
    let answer = get(&app, "/stations/roof/series?quantity=wind_direction,wind_speed&points=500").await;
    let direction = &answer["series"][0];
    assert_eq!(direction["spans"].as_array().expect("a list").len(), 2, "{direction}");
    let calm = direction["calm"].as_array().expect("a list");
    assert_eq!((calm.len(), &calm[0]["count"]), (1, &json!(1)), "{direction}");
    let (from, to) =
        (calm[0]["from_unix_ms"].as_i64().expect("a time"), calm[0]["to_unix_ms"].as_i64().expect("a time"));
    let at = minutes_ago(140).0;
    assert!(from <= at + 2_000 && at - 2_000 < to, "{direction}");
    assert_eq!(answer["series"][1]["calm"], json!([]));
}
