//! The owner strikes readings out and restores them, without scripts.

use super::{FORM, OURS, hidden, location, log_in, set_password};
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use serde_json::json;

const PATH: &str = "/admin/stations/town-hall/readings";

async fn send(app: &TestApp, body: &str) -> Plain {
    ask(app, &format!("POST {PATH}"), OURS, body.as_bytes()).await
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "Accept: text/html\r\n", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// The day's high on the station's page.
async fn high(app: &TestApp) -> String {
    let html = page(app, "/s/town-hall").await;
    let (_, rest) = html.split_once(r#"data-show="high">"#).expect("a high");
    rest.split('<').next().expect("a value").to_owned()
}

/// A station with three readings of today; the time of the warmest, as its page of readings takes it.
async fn with_readings() -> (TestApp, String) {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let now = chrono::Utc::now();
    let times: Vec<_> = [3_000, 2_000, 1_000].iter().map(|ms| now - chrono::Duration::milliseconds(*ms)).collect();
    let text = |at: &chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    for (at, temperature) in times.iter().zip([10.0, 11.5, 10.5]) {
        app.measures(&key, &json!({"temperature": temperature, "observed_at": text(at)})).await;
    }
    (app, text(&times[1]))
}

#[tokio::test]
async fn a_reading_is_struck_out_and_restored_and_the_days_high_follows() {
    let (app, warmest) = with_readings().await;
    assert!(page(&app, "/admin/stations/town-hall").await.contains(PATH), "the station's page leads there");
    assert!(page(&app, PATH).await.contains("All values of the last 7 days count"));
    assert_eq!(high(&app).await, "11.5 °C");

    let struck =
        send(&app, &format!("time={warmest}&sensor=.&quantity=temperature&reason=a+%3Cb%3Elamp&what=strike")).await;
    assert_eq!((struck.status, location(&struck)), (303, format!("{PATH}?done=struck")), "{}", struck.body);
    assert_eq!(high(&app).await, "10.5 °C");
    let list = page(&app, &format!("{PATH}?done=struck")).await;
    assert!(list.contains("temperature 11.5 °C") && list.contains("count for nothing."), "{list}");
    assert!(
        list.contains("the owner struck out temperature") && list.contains("1 value (a &#60;b&#62;lamp)"),
        "{list}"
    );

    // The button beside the value names it to the millisecond.
    let (_, row) = list.split_once(r#"<ul class="struck">"#).expect("a list");
    let time = hidden(row, "time").replace('+', "%2B");
    let restored = send(&app, &format!("time={time}&sensor=.&quantity=temperature&reason=&what=restore")).await;
    assert_eq!((restored.status, location(&restored)), (303, format!("{PATH}?done=restored")), "{}", restored.body);
    assert_eq!(high(&app).await, "11.5 °C");
    let list = page(&app, PATH).await;
    assert!(list.contains("All values of the last 7 days count") && list.contains("the owner restored"), "{list}");
}

#[tokio::test]
async fn a_correction_that_is_wrong_says_why_and_keeps_what_was_written() {
    let (app, warmest) = with_readings().await;
    for (body, why) in [
        ("time=yesterday&sensor=&quantity=&reason=why&what=strike", "neither a day nor a time"),
        ("time=2026-01-02..2026-01-01&sensor=&quantity=&reason=why&what=strike", "ends before it begins"),
        ("time=2020-01-01&sensor=&quantity=&reason=why&what=strike", "nothing that could be struck out"),
        ("time=2020-01-01&sensor=&quantity=&reason=why&what=restore", "nothing that could be restored"),
        ("time=2020-01-01..2025-01-01&sensor=&quantity=&reason=why&what=strike", "31 days"),
        ("time=2020-01-01&sensor=No+One&quantity=&reason=why&what=strike", "sensor name"),
        ("time=2020-01-01&sensor=&quantity=mood&reason=why&what=strike", "mood"),
        ("time=2020-01-01&sensor=&quantity=&reason=why&what=zzz", "does not say what to do"),
    ] {
        let answer = send(&app, body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.body.contains(why) && answer.body.contains(r#"name="reason" value="why""#), "{}", answer.body);
    }
    for forged in ["a%0Ab".to_owned(), "%1B%5B2J".to_owned(), "x".repeat(201)] {
        let body = format!("time={warmest}&sensor=&quantity=&reason={forged}&what=strike");
        let answer = send(&app, &body).await;
        assert_eq!(answer.status, 422, "{forged}");
        assert!(answer.body.contains("A reason is one line"), "{}", answer.body);
    }
    assert_eq!(high(&app).await, "11.5 °C");

    set_password(&app, super::PASSWORD).await;
    let body = format!("time={warmest}&sensor=&quantity=&reason=&what=strike");
    assert_eq!(send(&app, &body).await.status, 403, "a stranger is nobody");
    let cookie = log_in(&app, super::PASSWORD).await.expect("a session");
    let foreign = format!("{FORM}Sec-Fetch-Site: cross-site\r\n{cookie}");
    assert_eq!(ask(&app, &format!("POST {PATH}"), &foreign, body.as_bytes()).await.status, 403);
    assert_eq!(high(&app).await, "11.5 °C");
}
