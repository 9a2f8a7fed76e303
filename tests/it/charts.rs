//! What a station's page draws follows whatever happens to its readings, though the page keeps what it has read.

use crate::kit::app::TestApp;
use serde_json::{Value, json};
use stevenson::storage::{Author, Selection};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug};
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};

/// The state that the scripts of a station's page start from.
async fn state(server: &TestApp) -> Value {
    let page =
        reqwest::get(format!("{}/s/town-hall", server.url)).await.expect("an answer").text().await.expect("text");
    let (_, rest) = page.split_once(r#"<script type="application/json" id="state">"#).expect("a state");
    let json: Value = serde_json::from_str(rest.split_once("</script>").expect("an end").0).expect("JSON");
    json["stations"][0].clone()
}

/// The means that are drawn, oldest first.
fn means(columns: &Value) -> Vec<f64> {
    columns[1].as_array().expect("means").iter().map(|mean| mean.as_f64().expect("a number")).collect()
}

#[tokio::test]
async fn late_and_struck_out_readings_change_what_is_drawn() {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    // A minute after the start of the last whole bucket of ten minutes.
    let now = Timestamp::from(chrono::Utc::now());
    let base = Timestamp(now.0.div_euclid(10 * MINUTE_MS) * 10 * MINUTE_MS - 9 * MINUTE_MS);
    let post = async |after_ms: i64, temperature: f64, pressure: f64| {
        let at = base.plus(after_ms).rfc3339();
        let body = json!({"observed_at": at, "temperature": temperature, "sea_level_pressure": pressure});
        server.measures(&key, &body).await;
    };
    post(-5 * HOUR_MS, 10.0, 1013.0).await;
    post(0, 12.0, 1011.0).await;
    let first = state(&server).await;
    assert_eq!(means(&first["series"]["points"]), [10.0, 12.0]);
    assert_eq!(means(&first["courses"]["sea_level_pressure"]), [1013.0, 1011.0]);

    post(-3 * HOUR_MS, 11.0, 1012.0).await;
    post(MINUTE_MS, 12.4, 1010.0).await;
    let second = state(&server).await;
    assert_eq!(means(&second["series"]["points"]), [10.0, 11.0, 12.2], "a late one and a new one");
    assert_eq!(means(&second["courses"]["sea_level_pressure"]), [1013.0, 1012.0, 1010.5]);

    let selection = Selection {
        station: Slug::new("town-hall").expect("a slug"),
        sensor: Some(SensorName::main()),
        quantity: Some(Quantity::SeaLevelPressure),
        from: base.plus(-4 * HOUR_MS),
        to: base.plus(-2 * HOUR_MS),
    };
    let author = Author { name: "a test".to_owned(), reason: String::new() };
    assert_eq!(server.storage.strike(selection, author).await.expect("struck"), 1);
    let third = state(&server).await;
    assert_eq!(means(&third["courses"]["sea_level_pressure"]), [1013.0, 1010.5]);
    assert_eq!(means(&third["series"]["points"]), [10.0, 11.0, 12.2], "only the pressure was struck out");
}
