//! Rain counters as consoles send them, from the door to the newest value.

use crate::kit::app::TestApp;
use crate::kit::program::post;
use chrono::{Days, NaiveDate, TimeZone};
use serde_json::json;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::zone::Zone;

/// An instant of Berlin, the day before yesterday or the day before that: a console sends days late, in order.
fn berlin(days_ago: u64, clock: &str) -> Timestamp {
    let today: NaiveDate = chrono::Utc::now().date_naive();
    let date = today.checked_sub_days(Days::new(days_ago)).expect("a date");
    let naive = date.and_time(chrono::NaiveTime::parse_from_str(clock, "%H:%M:%S").expect("a time"));
    let zone = Zone::inside("Europe/Berlin").expect("a zone");
    zone.from_local_datetime(&naive).earliest().expect("it exists").into()
}

/// What has fallen on the day of the newest reading, mm.
async fn fallen(app: &TestApp) -> f64 {
    let station = app.storage.directory().by_slug("town-hall").expect("there").id;
    let latest = app.storage.latest(station).await.expect("read");
    let newest = latest.iter().find(|latest| latest.quantity == Quantity::Precipitation);
    let value = newest.expect("rain").value;
    (value * 10.0).round() / 10.0
}

#[tokio::test]
async fn a_console_that_resets_at_nine_loses_no_rain_of_the_day() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let mut after = Vec::new();
    for (days_ago, clock, inches) in [
        (3, "22:00:00", "0.20"),
        (3, "23:59:00", "0.20"),
        (2, "00:00:05", "0.20"),
        (2, "01:00:00", "0.20"),
        (2, "08:00:00", "0.24"),
        (2, "09:00:05", "0.00"),
        (2, "10:00:00", "0.10"),
        (2, "11:00:00", "0.20"),
    ] {
        let at = chrono::DateTime::from_timestamp_millis(berlin(days_ago, clock).0).expect("a time");
        let time = at.format("%Y-%m-%d+%H:%M:%S");
        let query = format!("ID=town-hall&PASSWORD={key}&action=updateraw&dateutc={time}&dailyrainin={inches}");
        let url = format!("{}/weatherstation/updateweatherstation.php?{query}", app.url);
        let answer = reqwest::get(url).await.expect("answered").text().await.expect("text");
        assert!(answer.contains("success"), "{answer}");
        after.push(fallen(&app).await);
    }
    assert_eq!(after, [5.1, 5.1, 0.0, 0.0, 1.0, 1.0, 3.6, 6.1]);
}

#[tokio::test]
async fn a_counter_that_was_reset_late_may_count_more_than_had_fallen_before() {
    for (readings, sums) in [
        (
            &[
                ("00:30:00", 5.0),
                ("07:00:00", 5.5),
                ("08:30:00", 6.0),
                ("09:00:05", 0.0),
                ("10:00:00", 0.5),
                ("11:00:00", 2.0),
            ][..],
            &[0.0, 0.5, 1.0, 1.0, 1.5, 3.0][..],
        ),
        (
            &[
                ("00:55:00", 5.5),
                ("01:00:05", 0.0),
                ("01:05:00", 0.2),
                ("01:10:00", 0.4),
                ("01:15:00", 0.8),
                ("01:20:00", 1.6),
            ],
            &[0.5, 0.5, 0.7, 0.9, 1.3, 2.1],
        ),
    ] {
        let app = TestApp::start().await;
        let (_, key) = app.add_station("town-hall").await;
        let send = async |at: Timestamp, mm: f64| {
            let report = json!({"precipitation": mm, "observed_at": at.rfc3339()});
            assert_eq!(post(&app.url, &key, &report).await.expect("answered").0, 201);
        };
        send(berlin(3, "23:59:00"), 5.0).await;
        let mut after = Vec::new();
        for (clock, mm) in readings {
            send(berlin(2, clock), *mm).await;
            after.push(fallen(&app).await);
        }
        assert_eq!(after, sums);
    }
}
