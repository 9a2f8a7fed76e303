//! Answers that a program has already, heads alone, and what other sites' scripts may read.

use super::{get, plain, with_roof};
use crate::guard::ask;
use crate::kit::app::TestApp;
use serde_json::json;
use stevenson::storage::StationSettings;
use weather::station::Slug;

const PATHS: [&str; 8] = [
    "/stations",
    "/stations/roof",
    "/stations/roof/latest",
    "/stations/roof/series?quantity=temperature",
    "/stations/roof/days?quantity=temperature",
    "/stations/roof/latest?units=us",
    "/status",
    "/openapi.json",
];

#[tokio::test]
async fn an_answer_that_is_the_same_is_not_sent_again() {
    let (app, key) = with_roof().await;
    let (_, other) = app.add_station("mill").await;
    for path in PATHS {
        let first = plain(&app, path, "").await;
        let tag = first.header("etag").expect("a tag").to_owned();
        let tag = first.raw.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap_or(&tag).to_owned();
        assert!(tag.starts_with('"') && first.header("cache-control") == Some("no-cache"), "{path}: {}", first.head);
        // Seconds pass in the status.
        if path == "/status" {
            continue;
        }
        app.measures(&other, &json!({"temperature": 1})).await;
        let has = format!("If-None-Match: {tag}\r\n");
        let second = plain(&app, path, &has).await;
        // A list tells of all of them.
        let (status, body) = if path == "/stations" { (200, 1) } else { (304, 0) };
        assert_eq!((second.status, second.body.len().min(1)), (status, body), "{path}");
        if path.contains("roof") && !path.contains("days") && path != "/stations/roof" {
            app.measures(&key, &json!({"temperature": 23, "wind_gust": 5})).await;
            let third = plain(&app, path, &has).await;
            assert_eq!(third.status, 200, "{path}: there is news");
            assert_ne!(third.raw.lines().find_map(|line| line.strip_prefix("etag: ")), Some(&*tag));
        }
    }
}

#[tokio::test]
async fn a_head_is_that_of_the_answer_and_no_cookie_is_set() {
    let (app, _) = with_roof().await;
    for coding in ["", "Accept-Encoding: gzip\r\n"] {
        for path in PATHS.into_iter().filter(|path| *path != "/status") {
            let whole = plain(&app, path, coding).await;
            let head = ask(&app, &format!("HEAD /api/v1{path}"), coding, b"").await;
            let but_time =
                |head: &str| head.lines().filter(|line| !line.starts_with("date")).collect::<Vec<_>>().join("\n");
            assert_eq!(but_time(&head.head), but_time(&whole.head), "{path}");
            assert!(head.body.is_empty() && !whole.head.contains("set-cookie"), "{path}: {}", whole.head);
        }
    }
}

#[tokio::test]
async fn scripts_of_other_sites_may_read_if_the_owner_lets_them() {
    let origin = "Origin: https://a.example\r\n";
    let asks = format!("{origin}Access-Control-Request-Method: GET\r\n");
    for (sites, allowed) in [
        (vec!["*"], Some("*")),
        (vec!["https://b.example", "https://a.example"], Some("https://a.example")),
        (vec!["https://b.example"], None),
        (vec![], None),
    ] {
        let app = TestApp::with(|config| {
            config.web.cors = sites.iter().map(|site| site.parse().expect("an origin")).collect();
        })
        .await;
        app.add_station("roof").await;
        for path in [
            "/stations",
            "/stations/roof/latest",
            "/stations/nope",
            "/status?x=1",
            "/openapi.json",
            "/stations/roof/export",
            "/stations/nope/export",
        ] {
            let answer = plain(&app, path, origin).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path} for {sites:?}");
        }
        let preflight = ask(&app, "OPTIONS /api/v1/stations/roof/latest", &asks, b"").await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, allowed), "{sites:?}");
        let methods = allowed.map(|_| "get, head");
        assert_eq!(preflight.header("access-control-allow-methods").filter(|_| allowed.is_some()), methods);
    }
    let app = TestApp::start().await;
    for elsewhere in ["GET /", "GET /s/nope", "POST /api/v1/readings", "GET /metrics", "GET /api/docs"] {
        let answer = ask(&app, elsewhere, origin, b"").await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_former_slug_leads_on_with_all_that_was_asked_for() {
    let (app, _) = with_roof().await;
    let settings = StationSettings { slug: Some(Slug::new("tower").expect("a slug")), ..StationSettings::default() };
    app.storage.set_station(&Slug::new("roof").expect("a slug"), settings).await.expect("renamed");
    for rest in ["", "/latest", "/series?quantity=temperature&points=3", "/days?quantity=temperature"] {
        let moved = plain(&app, &format!("/stations/roof{rest}"), "").await;
        let to = format!("/api/v1/stations/tower{rest}");
        assert_eq!((moved.status, moved.header("location")), (308, Some(&*to)), "{}", moved.head);
        get(&app, to.strip_prefix("/api/v1").expect("a path")).await;
    }
}
