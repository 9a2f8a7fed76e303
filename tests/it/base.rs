//! The server behind a proxy that gives it a part of a host: no address leads out of the base.

use crate::admin::{FORM, PASSWORD, set_password};
use crate::dock::socket;
use crate::guard::ask;
use crate::kit::app::{self, TestApp};
use base64ct::{Base64, Encoding};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, VecDeque};
use stevenson::storage::StationSettings;
use stevenson::web::base::{BadBase, Base};
use weather::station::Slug;

const BASE: &str = "/town/weather";

/// Paths that no link leads to.
const UNLINKED: [&str; 11] = [
    "/",
    "/admin",
    "/kiosk/town-hall",
    "/embed/town-hall",
    "/badge/town-hall.svg",
    "/s/nowhere",
    "/nowhere",
    "/api/docs",
    "/api/v1/stations",
    "/oembed",
    "/s/old-hall",
];

/// A path is asked for with so many queries at most: a page of history has dozens of links to itself.
const QUERIES_MAX: usize = 3;

async fn house() -> TestApp {
    let server = TestApp::with(|config| config.web.base = BASE.parse().expect("a base")).await;
    let (_, key) = server.add_station("old-hall").await;
    server.measures(&key, &json!({"temperature": 18.44, "humidity": 61, "wind_speed": 4.2})).await;
    let slug = |name: &str| Slug::new(name).expect("a slug");
    let renamed = StationSettings { slug: Some(slug("town-hall")), ..StationSettings::default() };
    server.storage.set_station(&slug("old-hall"), renamed).await.expect("renamed");
    server
}

async fn get(server: &TestApp, path: &str) -> Response {
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    let asked = client.get(format!("{}{path}", server.url)).header("Accept", "text/html, */*");
    asked.send().await.expect("an answer")
}

/// The values of attributes that are addresses, by the attribute, and of all others that begin as one does.
fn addresses(html: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices("=\"") {
        let name = html[..at].rsplit([' ', '\n', '<']).next().unwrap_or_default();
        let value = html[at + 2..].split('"').next().unwrap_or_default();
        let is_address = matches!(name, "href" | "src" | "action" | "formaction" | "srcset" | "poster");
        if is_address || value.starts_with('/') {
            found.push((name, value.replace("&amp;", "&").replace("&#38;", "&")));
        }
    }
    found
}

#[tokio::test]
async fn every_link_form_script_and_redirect_stays_within_the_base() {
    let server = house().await;
    let mut waiting: VecDeque<String> = UNLINKED.iter().map(|path| format!("{BASE}{path}")).collect();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let (mut pages, mut scripts, mut forms, mut moved) = (0, 0, 0, 0);
    while let Some(path) = waiting.pop_front() {
        let answer = get(&server, &path).await;
        let status = answer.status();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.starts_with("town.weather."), "{path}: {cookie}");
            assert!(cookie.contains(&format!("Path={BASE}/")), "{path}: {cookie}");
        }
        let mut next = Vec::new();
        if let Some(to) = header("location") {
            moved += 1;
            assert!(to.starts_with(&format!("{BASE}/")), "{path} leads to {to}");
            next.push(to);
        } else if !["/nowhere", "/s/nowhere", "/oembed"].iter().any(|gone| path == format!("{BASE}{gone}")) {
            assert_eq!(status, StatusCode::OK, "{path}");
        }
        let kind = header("content-type").unwrap_or_default();
        let body = answer.text().await.unwrap_or_default();
        if kind.starts_with("text/html") {
            pages += 1;
            for (name, value) in addresses(&body) {
                if value.starts_with('/') && name != "value" {
                    assert!(value.starts_with(&format!("{BASE}/")), "{path} has {name}=\"{value}\"");
                }
                let value = value.replace(&server.url, "");
                let (page, _) = path.split_once('?').unwrap_or((&path, ""));
                let to = match value.split('#').next().unwrap_or_default() {
                    "" => continue,
                    query if query.starts_with('?') => format!("{page}{query}"),
                    absolute if absolute.starts_with('/') => absolute.to_owned(),
                    elsewhere if elsewhere.contains(':') => continue,
                    relative => reqwest::Url::parse(&format!("http://x{page}"))
                        .and_then(|page| page.join(relative))
                        .map(|to| to.path().to_owned())
                        .expect("an address"),
                };
                match name {
                    "value" => {}
                    // Who sends nothing is told what is missing; but the address is there.
                    "action" => {
                        forms += 1;
                        let within = to.strip_prefix(BASE).expect("within");
                        // Forms that ask lead to pages, which the crawl finds.
                        let own = UNLINKED.contains(&within)
                            || within == "/s/town-hall"
                            || within.starts_with("/lab")
                            || within.ends_with("/history");
                        if !own && seen.insert(format!("POST {to}")) {
                            let said = ask(&server, &format!("POST {to}"), FORM, b"x=1").await;
                            assert!(!matches!(said.status, 404 | 405), "{path}: {to} {}", said.status);
                        }
                    }
                    _ => next.push(to),
                }
            }
        }
        if kind.starts_with("text/javascript") && path.contains("/js/") && !path.ends_with("/channel/base.js") {
            scripts += 1;
            // A path in a script stands behind the base.
            for (at, _) in body.match_indices("${BASE}") {
                assert!(body[at..].starts_with("${BASE}/") || body[at..].starts_with("${BASE}stevenson."), "{path}");
            }
            for start in ["'/", "`/"] {
                for (at, _) in body.match_indices(start) {
                    let path_there: String = body[at + 1..].chars().take(12).collect();
                    let begins = ["/s/", "/dock", "/lab", "/admin", "/api", "/static", "/units", "/settings", "/kiosk"];
                    assert!(!begins.iter().any(|own| path_there.starts_with(own)), "{path}: {path_there}");
                }
            }
        }
        for to in next {
            let (page, _) = to.split_once('?').unwrap_or((&to, ""));
            let queries = seen.iter().filter(|seen| seen.split('?').next() == Some(page)).count();
            if queries < QUERIES_MAX && seen.insert(to.clone()) {
                waiting.push_back(to);
            }
        }
    }
    assert!(pages > 25 && scripts > 60 && forms > 10 && moved > 0, "{pages} {scripts} {forms} {moved}: {seen:?}");
    for path in ["/s/town-hall/history", "/s/town-hall/records", "/lab", "/admin/new", "/admin/inbox"] {
        assert!(seen.contains(&format!("{BASE}{path}")), "{path} of {seen:?}");
    }
}

#[tokio::test]
async fn it_does_not_matter_whether_the_proxy_takes_the_base_off() {
    let server = house().await;
    for path in ["/", "/s/town-hall", "/lab"] {
        let within = get(&server, path).await.text().await.expect("a page");
        assert!(within.contains(&format!("href=\"{BASE}/static/")), "{within}");
        assert!(!within.contains("href=\"/static/"), "{within}");
    }
    let bare = get(&server, &format!("{BASE}?sort=heard")).await;
    assert_eq!(bare.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(bare.headers()["location"], format!("{BASE}/?sort=heard"));
    // Another path that begins like it is none of it.
    assert_eq!(get(&server, &format!("{BASE}x/s/town-hall")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn readings_come_by_both_ways_and_programs_are_told_paths_with_the_base() {
    let server = house().await;
    let (_, key) = server.add_station("roof").await;
    for (n, path) in ["", BASE].into_iter().enumerate() {
        let url = format!("{}{path}/api/v1/readings", server.url);
        let body = json!({"temperature": 10 + n});
        let answer = Client::new().post(url).bearer_auth(&key).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED, "{path}");
        let console = format!("{}{path}/weatherstation/updateweatherstation.php", server.url);
        let console = format!("{console}?ID=roof&PASSWORD={key}&dateutc=now&tempf=50.1");
        let answer = Client::new().get(console).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let json = async |path: &str| -> Value { get(&server, path).await.json().await.expect("JSON") };
    let list = json(&format!("{BASE}/api/v1/stations?limit=1")).await;
    assert_eq!(list["next"], format!("{BASE}/api/v1/stations?after=roof&limit=1"));
    assert_eq!(list["stations"][0]["url"], format!("{BASE}/api/v1/stations/roof"));
    let one = json("/api/v1/stations/roof").await;
    assert_eq!(one["links"]["page"], format!("{BASE}/s/roof"));
    assert_eq!(one["links"]["latest"], format!("{BASE}/api/v1/stations/roof/latest"));
    assert_eq!(json("/api/v1/openapi.json").await["servers"], json!([{"url": BASE}]));
    for former in ["/stream/old-hall", "/api/v1/stations/old-hall", "/api/v1/stations/old-hall/export"] {
        let answer = get(&server, &format!("{BASE}{former}")).await;
        if answer.status() != StatusCode::OK {
            let to = answer.headers()["location"].to_str().expect("text").to_owned();
            assert!(to.starts_with(BASE) && to.contains("town-hall"), "{former}: {to}");
        }
    }
    let page = format!("{}{BASE}/s/town-hall", server.url);
    let frame = json(&format!("{BASE}/oembed?url={page}")).await;
    let src = format!("src=\"{}{BASE}/embed/town-hall\"", server.url);
    assert!(frame["html"].as_str().expect("text").contains(&src), "{frame}");
}

#[tokio::test]
async fn all_three_kinds_of_feed_run_below_the_base_and_set_its_cookies() {
    let server = house().await;
    let clipboard =
        json!({"v": 1, "fleet": "polling", "park": 0, "seen": "none.0", "watch": ["town-hall"]}).to_string();
    let words = json!({"v": 1, "fleet": "polling", "park": 0, "seen": "none.0", "watch": ["town-hall"],
        "say": [{"id": "0123456789abcdefghijkl", "station": "town-hall", "text": "hello"}]})
    .to_string();
    let json_kind = "Content-Type: application/json\r\n";
    for path in [format!("POST {BASE}/dock/0123456789abcdef"), "POST /dock/0123456789abcdee".to_owned()] {
        let answer = ask(&server, &path, json_kind, clipboard.as_bytes()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    // The fast lane answers requests that keep the connection.
    let length = words.len();
    let head =
        format!("POST {BASE}/dock/0123456789abcded HTTP/1.1\r\nHost: x\r\n{json_kind}Content-Length: {length}\r\n");
    let answer = server.send(&format!("{head}\r\n{words}")).await.plain().await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let set = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    assert!(set.starts_with("town.weather.visitor=") && set.contains(&format!("Path={BASE}/;")), "{set}");
    let known = set.split(';').next().expect("a pair");
    // By that cookie the visitor is known, and by that of a server at the root of the same host nobody is.
    for (cookie, is_known) in [(known.to_owned(), true), (known.replace("town.weather.", ""), false)] {
        let more = words.replace("abcdefghijkl", if is_known { "abcdefghijkm" } else { "abcdefghijkn" });
        let answer = server.send(&format!("{head}Cookie: a=b; {cookie}\r\n\r\n{more}")).await.answer().await;
        assert_eq!(answer.head.contains("set-cookie"), !is_known, "{}", answer.head);
    }

    let query = "watch=town-hall&seen=E.0";
    let mut events =
        server.send(&format!("GET {BASE}/dock/0123456789abcdec/events?{query} HTTP/1.0\r\nHost: x\r\n\r\n")).await;
    assert!(events.head().await.starts_with("HTTP/1.0 200"));
    drop(events);
    let bay = "0123456789abcdeb";
    let url = format!("{BASE}/dock/{bay}/socket");
    let (_line, answer) = socket::open_at(&server, &url, &[]).await;
    assert_eq!(answer.status(), 101);
    server.send_home();
}

#[tokio::test]
async fn the_owner_logs_in_below_the_base() {
    let server = house().await;
    set_password(&server, PASSWORD).await;
    let told = ask(&server, &format!("GET {BASE}/admin"), "", b"").await;
    assert!(told.status == 403 && told.body.contains("at /town/weather/admin/login"), "{}", told.raw);
    let body = format!("password={}", PASSWORD.replace(' ', "+"));
    let ours = format!("{FORM}Sec-Fetch-Site: same-origin\r\n");
    let answer = ask(&server, &format!("POST {BASE}/admin/login"), &ours, body.as_bytes()).await;
    let set: Vec<&str> = answer.raw.lines().filter_map(|line| line.strip_prefix("set-cookie: ")).collect();
    let session = set.iter().find(|set| set.starts_with("town.weather.admin=")).unwrap_or_else(|| panic!("{set:?}"));
    assert!(session.contains(&format!("Path={BASE}/admin;")), "{session}");
    let cookie = session.split(';').next().expect("a pair");
    let page = ask(&server, &format!("GET {BASE}/admin"), &format!("Cookie: {cookie}\r\n"), b"").await;
    assert!(page.status == 200 && page.body.contains("Log out"), "{}", page.raw);
    let other = cookie.replace("town.weather.", "");
    assert_ne!(ask(&server, &format!("GET {BASE}/admin"), &format!("Cookie: {other}\r\n"), b"").await.status, 200);
}

#[tokio::test]
async fn no_base_begins_as_a_path_of_the_servers_own_does() {
    let (app, _folder) = app::open(|_| {}).await;
    let rocket = app.rocket(([127, 0, 0, 1], 80).into());
    let routes = rocket.routes().map(|route| route.uri.to_string());
    let dock = stevenson::live::METHODS.iter().map(|(_, path)| (*path).to_owned());
    let readings = stevenson::ingest::readings::METHODS.iter().map(|(_, path)| (*path).to_owned());
    let api = stevenson::api::paths().map(str::to_owned);
    let consoles = ["/data/report/", "/weatherstation/x", "/automaticreading"].map(str::to_owned);
    let mut own = BTreeSet::new();
    for path in routes.chain(dock).chain(readings).chain(api).chain(consoles) {
        let first = path.split(['/', '?']).nth(1).unwrap_or_default().to_owned();
        if !first.is_empty() && !first.starts_with('<') {
            own.insert(first);
        }
    }
    assert!(own.len() > 12, "{own:?}");
    for first in own {
        let refused = format!("/{first}/weather").parse::<Base>();
        assert_eq!(refused, Err(BadBase::Own(first.clone())), "{first}");
    }
}

#[tokio::test]
async fn who_comes_for_the_first_time_gets_the_stylesheet_within_the_page() {
    let server = house().await;
    for path in ["/", "/s/town-hall", "/s/town-hall/history", "/s/town-hall/records", "/lab", "/settings"] {
        let first = get(&server, &format!("{BASE}{path}")).await;
        let header = |name| first.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let policy = header("content-security-policy").to_owned();
        let cookie = header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let page = first.text().await.expect("a page");
        let style = page.split_once("<style>").and_then(|(_, rest)| Some(rest.split_once("</style>")?.0));
        let style = style.unwrap_or_else(|| panic!("{path} has its stylesheet"));
        let hash = Base64::encode_string(&Sha256::digest(style));
        assert!(policy.ends_with(&format!("; style-src 'self' 'sha256-{hash}'")), "{path}: {policy}");
        assert!(!page.contains("style.css"), "{path}");

        let again = Client::new().get(format!("{}{BASE}{path}", server.url)).header("Cookie", &cookie);
        let page = again.send().await.expect("an answer").text().await.expect("a page");
        assert!(!page.contains("<style>"), "{path}, {cookie}");
        assert_eq!(page.matches("/style.css\">").count(), 1, "{path}");
    }
}
