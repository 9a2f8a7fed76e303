//! The page for a wall, as a program sees it.

use crate::kit::app::TestApp;
use reqwest::{Client, Response, StatusCode};
use serde_json::json;

async fn get(server: &TestApp, path: &str) -> Response {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    client.get(format!("{}{path}", server.url)).header("Accept", "text/html").send().await.expect("an answer")
}

#[tokio::test]
async fn a_screen_needs_no_cookie_and_no_scripts_to_show_what_is_known() {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    let empty = get(&server, "/kiosk/town-hall").await.text().await.expect("text");
    assert!(empty.contains("It has not sent a reading yet."), "{empty}");
    let values = json!({"temperature": 18.44, "humidity": 61, "wind_speed": 4.2, "precipitation": 2.4});
    server.measures(&key, &values).await;
    let answer = get(&server, "/kiosk/town-hall").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("set-cookie"), "{:?}", answer.headers());
    let page = answer.text().await.expect("text");
    assert!(page.contains(">18.4</output>") && page.contains("Rain today") && page.contains(">2.4</output>"), "{page}");
    assert!(page.contains(r#"http-equiv="refresh" content="60""#), "{page}");
    // Nobody knows where it stands: the system decides what is dark, and there is no sun.
    assert!(!page.contains("data-theme=") && !page.contains(r#""sun":"#), "{page}");
    for nothing_to_touch in ["<form", "<a ", "<button", "data-keeper", "data-meter"] {
        assert!(!page.contains(nothing_to_touch), "{nothing_to_touch} in {page}");
    }
    let us = get(&server, "/kiosk/town-hall?units=us").await.text().await.expect("text");
    assert!(us.contains(">65.2</output>") && us.contains(r#""units":{"hPa":"inHg""#), "{us}");
}

#[tokio::test]
async fn what_an_address_asks_for_and_is_not_there_is_named() {
    let server = TestApp::start().await;
    server.add_station("town-hall").await;
    for (path, status, told) in [
        ("/kiosk/nowhere", StatusCode::NOT_FOUND, "no station of this name"),
        ("/kiosk/No%20Slug", StatusCode::NOT_FOUND, "no station of this name"),
        ("/kiosk/town-hall?units=kelvin", StatusCode::BAD_REQUEST, "units may be one of: metric, us, metric-f, us-c"),
    ] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status(), status, "{path}");
        let body = answer.text().await.expect("text");
        assert!(body.contains(told), "{path}: {body}");
    }
}
