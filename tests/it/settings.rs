//! The visitor's settings: chosen on a page, kept in a cookie, rendered by the server.

use crate::admin::OURS;
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use serde_json::json;

const HTML: &str = "Accept: text/html\r\n";

async fn house() -> (TestApp, String) {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    let values = json!({"temperature": 18.44, "wind_speed": 10.0, "sea_level_pressure": 1013.25,
        "precipitation": 12.7, "precipitation_rate": 2.54, "lightning_distance": 8.0});
    app.measures(&key, &values).await;
    (app, key)
}

async fn page(app: &TestApp, path: &str, headers: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), &format!("{HTML}{headers}"), b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.raw);
    answer.body
}

async fn save(app: &TestApp, form: &str) -> (Plain, String) {
    let answer = ask(app, "POST /settings", OURS, form.as_bytes()).await;
    assert_eq!(answer.status, 303, "{form}: {}", answer.raw);
    let line = answer.raw.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie: settings="));
    let line = line.unwrap_or_else(|| panic!("no cookie: {}", answer.raw));
    let cookie = line["set-cookie: ".len()..].split(';').next().expect("a pair").to_owned();
    (answer, format!("Cookie: {cookie}\r\n"))
}

#[tokio::test]
async fn each_quantity_has_a_unit_of_its_own_wherever_it_is_shown() {
    let (app, _) = house().await;
    let form = "temperature=c&wind=kn&pressure=mmhg&rain=in&distance=mi&numbers=comma&theme=dark&back=/s/town-hall";
    let (answer, cookie) = save(&app, form).await;
    assert!(answer.head.contains("\r\nlocation: /s/town-hall\r\n"), "{}", answer.head);
    assert!(cookie.contains("settings=1.c-us-kn-mmhg.dark.comma"), "{cookie}");
    let html = page(&app, "/s/town-hall", &cookie).await;
    for text in [">18,4<", ">19<", ">760,0<", ">0,50<", "in/h", "mmHg", "702 ft", r#"data-theme="dark""#] {
        assert!(html.contains(text), "no {text} in {html}");
    }
    // Scripts go on with the same; what programs read of the page keeps its points.
    assert!(
        html.contains(r#""units":{"decimal":",","hPa":"mmHg","km":"mi","m/s":"kn","mm":"in","mm/h":"in/h"}"#),
        "{html}"
    );
    assert!(html.contains(r#""value":18.44"#), "{html}");
    let history = page(&app, "/s/town-hall/history", &cookie).await;
    assert!(history.contains(">18,4<") && history.contains("data-units=\"{&#34;decimal&#34;"), "{history}");
    let csv = page(&app, "/s/town-hall/history/csv?figure=temperature", &cookie).await;
    assert!(csv.contains(",18.4,"), "{csv}");
    let text = page(&app, "/s/town-hall/climate/2026-01.txt", &cookie).await;
    assert!(text.contains("WIND (kn)"), "{text}");
    // The page itself shows what is chosen.
    let chosen = page(&app, "/settings", &cookie).await;
    for (name, value) in [("wind", "kn"), ("pressure", "mmhg"), ("numbers", "comma"), ("theme", "dark")] {
        let input = format!(r#"name="{name}" value="{value}" checked"#);
        assert!(chosen.contains(&input), "{input} in {chosen}");
    }
    assert_eq!(chosen.matches(" checked").count(), 7, "{chosen}");
}

#[tokio::test]
async fn one_readers_settings_are_nobody_elses_in_the_same_second() {
    let (app, _) = house().await;
    let cookies =
        ["", "Cookie: settings=1.f-us\r\n", "Cookie: settings=1.c-metric.comma\r\n", "Accept-Language: fr\r\n"];
    for _ in 0..3 {
        for (headers, number) in cookies.iter().zip([">18.4<", ">65.2<", ">18,4<", ">18,4<"]) {
            let html = page(&app, "/", headers).await;
            assert!(html.contains(number), "{headers}: no {number} in {html}");
        }
    }
}

#[tokio::test]
async fn pages_of_all_kinds_have_the_theme_and_say_what_they_vary_by() {
    let (app, _) = house().await;
    let cookie = "Cookie: settings=1.c-metric.light\r\n";
    for path in [
        "/",
        "/s/town-hall",
        "/s/town-hall/history",
        "/s/town-hall/records",
        "/lab",
        "/settings",
        "/nowhere",
        "/admin",
        "/admin/new",
    ] {
        let answer = ask(&app, &format!("GET {path}"), &format!("{HTML}{cookie}"), b"").await;
        assert!(answer.body.contains(r#"<html lang="en" data-theme="light">"#), "{path}: {}", answer.body);
        assert!(answer.body.contains(r#"<meta name="color-scheme" content="light">"#), "{path}");
        let plain = ask(&app, &format!("GET {path}"), HTML, b"").await;
        assert!(plain.body.contains(r#"<html lang="en">"#), "{path}");
        if !path.starts_with("/admin") {
            assert!(answer.head.contains("vary: cookie, accept-language"), "{path}: {}", answer.head);
        }
    }
    // The frame of other sites reads no cookie.
    assert!(!page(&app, "/embed/town-hall", cookie).await.contains("data-theme"));
}

#[tokio::test]
async fn a_cookie_that_says_nothing_changes_nothing() {
    let (app, _) = house().await;
    let long = "dark.".repeat(60);
    for odd in ["", "1.", "9.f-us.dark", "1.<b>.kelvin.blue", "%00", &format!("1.{long}f-us")] {
        let html = page(&app, "/s/town-hall", &format!("Cookie: settings={odd}\r\n")).await;
        assert!(html.contains(">18.4<") && html.contains(r#"<html lang="en">"#), "{odd}");
    }
    let former = page(&app, "/s/town-hall", "Cookie: units=F-us\r\n").await;
    assert!(former.contains(">65.2<"), "the cookie of a former server");
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_and_no_other_site_changes_settings() {
    let (app, _) = house().await;
    for (back, to) in
        [("//evil.example", "/"), ("/settings", "/"), ("", "/"), ("/s/town-hall/records", "/s/town-hall/records")]
    {
        let (answer, _) = save(&app, &format!("theme=dark&back={back}")).await;
        assert!(answer.head.contains(&format!("\r\nlocation: {to}\r\n")), "{back}: {}", answer.head);
        let html = page(&app, &format!("/settings?back={back}"), "").await;
        assert!(html.contains(&format!(r#"href="{to}">Back without saving"#)), "{back}: {html}");
    }
    let theirs = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: cross-site\r\n";
    assert_eq!(ask(&app, "POST /settings", theirs, b"theme=dark").await.status, 403);
    // What means nothing changes nothing, and the rest is kept.
    let headers = format!("{OURS}Cookie: settings=1.c-metric-kn.dark\r\n");
    let answer = ask(&app, "POST /settings", &headers, b"wind=parsec&theme=blue&rain=in").await;
    assert!(answer.raw.contains("settings=1.c-metric-kn-in.dark;"), "{}", answer.raw);
}

#[tokio::test]
async fn units_in_addresses_are_named_in_one_way() {
    let (app, _) = house().await;
    for path in [
        "/embed/town-hall?",
        "/badge/town-hall.svg?",
        "/kiosk/town-hall?",
        "/s/town-hall/climate/2026-01.txt?",
        "/s/town-hall/climate/2026-01?",
        "/api/v1/stations/town-hall/latest?",
    ] {
        for good in ["metric", "us", "us-c", "metric-f", "F-us", "metric-kmh-inhg"] {
            let answer = ask(&app, &format!("GET {path}units={good}"), HTML, b"").await;
            assert_eq!(answer.status, 200, "{path}{good}: {}", answer.body);
        }
        for (wrong, told) in [("kelvin", "units may be one of: metric, us"), ("kn-mph", "units name kn and mph")] {
            let answer = ask(&app, &format!("GET {path}units={wrong}"), "", b"").await;
            assert!(answer.status == 400 && answer.body.contains(told), "{path}{wrong}: {}", answer.body);
        }
    }
    let latest =
        ask(&app, "GET /api/v1/stations/town-hall/latest?units=metric-kn-in", "Accept-Language: de\r\n", b"").await;
    assert!(latest.body.contains(r#""value":19.4384"#) && latest.body.contains(r#""value":0.5"#), "{}", latest.body);
}
