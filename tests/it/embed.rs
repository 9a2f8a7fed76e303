//! Stations on other people's sites: the frame, the badge, and what editors ask.

use crate::kit::app::TestApp;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use stevenson::storage::StationSettings;
use weather::station::Slug;

async fn get(server: &TestApp, path: &str) -> Response {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    client.get(format!("{}{path}", server.url)).send().await.expect("an answer")
}

async fn text(server: &TestApp, path: &str) -> String {
    let answer = get(server, path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.expect("text")
}

async fn house() -> TestApp {
    let server = TestApp::start().await;
    let (_, key) = server.add_station("town-hall").await;
    server
        .measures(&key, &json!({"temperature": 18.44, "humidity": 61, "wind_speed": 4.2, "wind_direction": 250}))
        .await;
    server
}

#[tokio::test]
async fn a_frame_shows_the_station_to_any_site_and_leaves_no_cookie() {
    let server = house().await;
    let answer = get(&server, "/embed/town-hall").await;
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    let policy = header("content-security-policy").expect("a policy");
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
    assert_eq!((header("set-cookie"), header("x-frame-options")), (None, None));
    assert_eq!(header("cache-control").as_deref(), Some("public, max-age=30"));
    let page = answer.text().await.expect("text");
    assert!(page.contains("18.4<span>°C</span>") && page.contains("61 %") && page.contains("4.2 m/s WSW"), "{page}");
    assert!(page.contains(r#"http-equiv="refresh" content="60""#) && !page.contains("<script"), "{page}");
    assert!(
        page.contains(r#"href="/s/town-hall""#) && !policy.contains("sandbox"),
        "the link opens a whole page: {page}"
    );

    let us = text(&server, "/embed/town-hall?units=us&theme=dark&size=small").await;
    assert!(us.contains("65.2<span>°F</span>") && us.contains(r#"data-theme="dark""#), "{us}");
    assert!(us.contains(r#"data-size="small""#) && !us.contains("<dl>"), "{us}");
    let style = us.split("/static/").nth(1).and_then(|rest| rest.split('"').next()).expect("a stylesheet");
    assert_eq!(get(&server, &format!("/static/{style}")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_an_address_asks_for_and_is_not_there_is_named() {
    let server = house().await;
    for (path, status, told) in [
        ("/embed/nowhere", StatusCode::NOT_FOUND, "no station"),
        ("/embed/No%20Slug", StatusCode::NOT_FOUND, "no station"),
        ("/badge/nowhere.svg", StatusCode::NOT_FOUND, "no station"),
        ("/embed/town-hall?units=kelvin", StatusCode::BAD_REQUEST, "units may be one of: metric, us"),
        ("/embed/town-hall?theme=%3Cb%3E", StatusCode::BAD_REQUEST, "theme may be one of: system, light, dark"),
        ("/embed/town-hall?size=9", StatusCode::BAD_REQUEST, "size may be one of"),
        ("/oembed", StatusCode::BAD_REQUEST, "url is missing"),
        ("/oembed?url=https://elsewhere.example/s/town-hall", StatusCode::NOT_FOUND, "no page of a station"),
        ("/oembed?format=xml", StatusCode::NOT_IMPLEMENTED, "format=json"),
    ] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status(), status, "{path}");
        let body = answer.text().await.expect("text");
        assert!(body.contains(told) && !body.contains("<b>"), "{path}: {body}");
    }
    let url = format!("{}/s/town-hall", server.url);
    let answer = get(&server, &format!("/oembed?url={url}&maxwidth=wide")).await;
    assert!(answer.text().await.expect("text").contains("maxwidth is no number of pixels"));
}

#[tokio::test]
async fn a_badge_has_the_temperature_in_its_colour_and_no_markup_of_names() {
    let server = house().await;
    let answer = get(&server, "/badge/town-hall.svg").await;
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    let svg = answer.text().await.expect("text");
    assert!(svg.contains("18.4 °C") && svg.contains("#ebe6e2"), "{svg}");
    assert!(text(&server, "/badge/town-hall.svg?units=us").await.contains("65.2 °F"));
    server.add_station("quiet").await;
    let quiet = text(&server, "/badge/quiet.svg").await;
    assert!(quiet.contains("no readings yet") && quiet.contains("#6b7280"), "{quiet}");
}

#[tokio::test]
async fn a_station_that_measures_only_one_thing_shows_it_everywhere() {
    let server = TestApp::start().await;
    for (slug, readings, word, number, unit) in [
        ("rain", json!({"precipitation": 12.4, "precipitation_rate": 0.6}), "Rain today", "12.4", "mm"),
        ("soil", json!({"soil1/soil_moisture": 31, "soil1/soil_temperature": 9.5}), "Soil 1 temperature", "9.5", "°C"),
        ("wind", json!({"wind_speed": 4.2, "wind_direction": 250, "wind_gust": 9}), "Wind", "4.2", "m/s"),
        ("air", json!({"pm2_5": 8.3, "humidity": 40}), "PM2.5", "8.3", "µg/m³"),
        ("room", json!({"attic/temperature": 17.3, "attic/humidity": 40}), "Attic temperature", "17.3", "°C"),
    ] {
        let (_, key) = server.add_station(slug).await;
        server.measures(&key, &readings).await;
        let badge = text(&server, &format!("/badge/{slug}.svg")).await;
        let lower = if word == "PM2.5" { word.to_owned() } else { word.to_lowercase() };
        assert!(badge.contains(&format!("{lower} {number} {unit}")) && !badge.contains("#6b7280"), "{badge}");
        let frame = text(&server, &format!("/embed/{slug}?size=small")).await;
        let large = format!("{number}<span>{unit}</span><small>{word}");
        assert!(frame.contains(&large), "{frame}");
        let cards = text(&server, "/?view=cards").await;
        let card = cards.split("<li class").find(|card| card.contains(&format!("href=\"/s/{slug}\""))).expect("a card");
        assert!(card.contains(&format!(">{number} {unit}</output>")), "{card}");
    }
    let frame = text(&server, "/embed/wind").await;
    assert!(frame.contains("<small>Wind, WSW</small>") && !frame.contains("<dt>Wind</dt>"), "{frame}");
    let frame = text(&server, "/embed/rain").await;
    assert!(!frame.contains("<dt>Rain today</dt>"), "no value comes twice: {frame}");
}

#[tokio::test]
async fn an_editor_learns_how_a_link_becomes_a_frame() {
    let server = house().await;
    let page = text(&server, "/s/town-hall").await;
    assert!(page.contains(r#"type="application/json+oembed""#), "the page says where to ask");
    let url = format!("{}/s/town-hall", server.url);
    let asked = format!("/oembed?format=json&maxwidth=300&url={url}");
    let answer: Value = serde_json::from_str(&text(&server, &asked).await).expect("JSON");
    assert_eq!((&answer["type"], &answer["version"]), (&json!("rich"), &json!("1.0")));
    assert_eq!((&answer["width"], &answer["height"]), (&json!(300), &json!(240)));
    let frame = format!(r#"<iframe src="{}/embed/town-hall" width="300""#, server.url);
    assert!(answer["html"].as_str().expect("text").starts_with(&frame), "{answer}");
}

#[tokio::test]
async fn a_former_slug_leads_on_with_all_that_was_asked_for() {
    let server = house().await;
    let slug = |name: &str| Slug::new(name).expect("a slug");
    let renamed = StationSettings { slug: Some(slug("tower")), ..StationSettings::default() };
    server.storage.set_station(&slug("town-hall"), renamed).await.expect("renamed");
    for (former, to) in [
        ("/embed/town-hall?units=us&theme=dark", "/embed/tower?units=us&theme=dark"),
        ("/embed/town-hall", "/embed/tower"),
        ("/badge/town-hall.svg?units=metric-f", "/badge/tower.svg?units=metric-f"),
        ("/s/town-hall/climate/2026-01.txt?units=us", "/s/tower/climate/2026-01.txt?units=us"),
    ] {
        let answer = get(&server, former).await;
        assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT, "{former}");
        assert_eq!(answer.headers()["location"], to);
    }
}
