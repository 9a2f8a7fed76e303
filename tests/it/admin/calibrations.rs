//! The owner calibrates a sensor and removes the calibration, without scripts.

use super::{OURS, hidden, location};
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use serde_json::json;

const PATH: &str = "/admin/stations/town-hall/calibrations";

async fn send(app: &TestApp, body: &str) -> Plain {
    ask(app, &format!("POST {PATH}"), OURS, body.as_bytes()).await
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "Accept: text/html\r\n", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// The day's high on the station's page, when what is stored has followed.
async fn high(app: &TestApp) -> String {
    while app.storage.recalculate_some().await.expect("recalculated") {}
    let html = page(app, "/s/town-hall").await;
    let (_, rest) = html.split_once(r#"data-show="high">"#).expect("a high");
    rest.split('<').next().expect("a value").to_owned()
}

#[tokio::test]
async fn a_sensor_is_calibrated_and_the_days_high_follows_until_that_is_removed() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    app.measures(&key, &json!({"temperature": 21.5})).await;
    assert!(page(&app, "/admin/stations/town-hall").await.contains(PATH), "the station's page leads there");
    assert!(page(&app, PATH).await.contains("All values count as they are sent"));
    assert_eq!(high(&app).await, "21.5 °C");

    let made = send(&app, "sensor=.&quantity=temperature&factor=&offset=-0.4&from=ever&what=add").await;
    assert_eq!((made.status, location(&made)), (303, format!("{PATH}?done=calibrated")), "{}", made.body);
    assert_eq!(high(&app).await, "21.1 °C");
    let list = page(&app, &format!("{PATH}?done=calibrated")).await;
    assert!(list.contains("The calibration holds.") && list.contains("temperature − 0.4 °C"), "{list}");
    assert!(list.contains("made by the owner"), "{list}");

    let (_, row) = list.split_once(r#"<ul class="struck">"#).expect("a list");
    assert_eq!(hidden(row, "from"), "ever");
    let removed = send(&app, "sensor=.&quantity=temperature&from=ever&what=remove").await;
    assert_eq!((removed.status, location(&removed)), (303, format!("{PATH}?done=uncalibrated")), "{}", removed.body);
    assert_eq!(high(&app).await, "21.5 °C");
    let list = page(&app, PATH).await;
    assert!(list.contains("All values count as they are sent") && list.contains("removed by the owner"), "{list}");
}

#[tokio::test]
async fn a_calibration_that_is_wrong_says_why_and_keeps_what_was_written() {
    let app = TestApp::start().await;
    app.add_station("town-hall").await;
    for (body, why) in [
        ("quantity=temperature&factor=0&offset=1&what=add", "A factor lies between 0.1 and 10"),
        ("quantity=temperature&factor=nan&offset=1&what=add", "such as 34.5"),
        ("quantity=temperature&factor=two&offset=1&what=add", "is no number"),
        ("quantity=temperature&offset=100&what=add", "between -70 and 70 °C"),
        ("quantity=precipitation&factor=1&offset=1&what=add", "no offset"),
        ("quantity=mood&offset=1&what=add", "is no quantity"),
        ("quantity=temperature&offset=1&what=zzz", "does not say what to do"),
        ("quantity=temperature&offset=1&from=soon&what=add", "neither a day nor a time"),
        ("sensor=No+One&quantity=temperature&offset=1&what=add", "sensor name"),
        ("quantity=temperature&offset=1&from=ever&what=remove", "no calibration of that quantity"),
    ] {
        let answer = send(&app, body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.body.contains(why), "{body}: {}", answer.body);
    }
    let body = "quantity=temperature&factor=0&offset=1.5&what=add";
    let foreign = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: cross-site\r\n";
    assert!(send(&app, body).await.body.contains(r#"name="offset" value="1.5""#));
    assert_eq!(ask(&app, &format!("POST {PATH}"), foreign, body.as_bytes()).await.status, 403);
}
