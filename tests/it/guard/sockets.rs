//! WebSockets of other pages: browsers send the visitor's cookie with them, and of the page that opens them only `Origin`.

use crate::dock::socket::{frame, open};
use crate::kit::app::TestApp;
use serde_json::json;
use stevenson::keeper;
use stevenson::storage::words::Visitor;

const BAY: &str = "0123456789abcdef";
const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAA";
const COOKIE: (&str, &str) = ("Cookie", "visitor=AAAAAAAAAAAAAAAAAAAAAA");

/// The program with a station, and the station's key.
async fn server() -> (TestApp, String) {
    let thinking = keeper::Options { think_min_ms: 3_600_000, think_max_ms: 3_600_000 };
    let app = TestApp::with(|config| config.keeper = thinking).await;
    let (_, key) = app.add_station("town-hall").await;
    app.until_told(1).await;
    (app, key)
}

#[tokio::test]
async fn a_socket_of_another_page_hears_what_everybody_may_and_nothing_private() {
    let (app, key) = server().await;
    let port = app.address.port();
    let others = [format!("http://127.0.0.1:{}", port ^ 1), format!("http://localhost:{port}"), "null".to_owned()];
    for (degrees, origin) in others.iter().enumerate() {
        let (mut line, answer) = open(&app, BAY, &[COOKIE, ("Origin", origin)]).await;
        assert!(!answer.headers().contains_key("set-cookie"), "{origin} is nobody");
        line.send(&frame(&app.cursor(), json!([]))).await;
        let told = line.load().await;
        assert_eq!((&told["stranger"], &told["cargo"]), (&json!(true), &json!([])), "at once");
        app.until(|stats| stats.parked() == 1).await;
        app.storage.speak(&Visitor::of_secret(SECRET), "town-hall", Some("private"), vec![]).await.expect("spoken");
        app.measures(&key, &json!({"temperature": degrees})).await;
        let load = line.load().await;
        assert_eq!(load["cargo"].as_array().map(Vec::len), Some(1), "{load}");
        assert_eq!((&load["cargo"][0]["kind"], &load["stranger"]), (&json!("report"), &json!(true)), "{load}");
        drop(line);
        app.until(|stats| stats.parked() == 0).await;
    }
}

#[tokio::test]
async fn no_words_go_up_on_a_socket_of_another_page() {
    let (app, _) = server().await;
    let (mut line, _) = open(&app, BAY, &[COOKIE, ("Origin", "http://evil.example")]).await;
    line.send(&frame(&app.cursor(), json!([{"id": "word-number-00001", "station": "town-hall", "text": "evil"}])))
        .await;
    let (code, reason) = line.closed().await;
    assert!(code == 1007 && reason.starts_with("say[0]: "), "{code} {reason}");
    let (mut line, _) = open(&app, BAY, &[COOKIE, ("Origin", "http://evil.example")]).await;
    line.send(&frame(&app.cursor(), json!([]))).await;
    line.load().await;
    line.send(&frame(&app.cursor(), json!([{"id": "word-number-00002", "station": "town-hall", "text": "evil"}])))
        .await;
    assert_eq!(line.closed().await.0, 1007, "later neither");
    assert!(app.storage.unanswered(0, 10).await.expect("words").is_empty());
}

#[tokio::test]
async fn a_socket_of_our_own_page_or_of_a_program_is_the_visitors() {
    let (app, _) = server().await;
    let own = format!("http://{}", app.address);
    for (number, more) in
        [&[("Origin", own.as_str())][..], &[], &[("Origin", "http://x"), ("Sec-Fetch-Site", "same-origin")]]
            .into_iter()
            .enumerate()
    {
        let (mut line, _) = open(&app, BAY, &[&[COOKIE], more].concat()).await;
        line.send(&frame(&app.cursor(), json!([]))).await;
        app.until(|stats| stats.parked() == 1).await;
        let said = format!("private {number}");
        app.storage.speak(&Visitor::of_secret(SECRET), "town-hall", Some(&said), vec![]).await.expect("spoken");
        let load = line.load().await;
        assert_eq!((&load["cargo"][0]["text"], &load["stranger"]), (&json!(said), &json!(null)), "{load}");
        drop(line);
        app.until(|stats| stats.parked() == 0).await;
    }
}

#[tokio::test]
async fn a_socket_that_the_browser_calls_anothers_is_not_opened() {
    let (app, _) = server().await;
    for site in ["same-site", "cross-site"] {
        let headers = format!("{}: {}\r\nSec-Fetch-Site: {site}\r\nUpgrade: websocket\r\n", COOKIE.0, COOKIE.1);
        assert_eq!(super::ask(&app, &format!("GET /dock/{BAY}/socket"), &headers, b"").await.status, 403, "{site}");
    }
}
