//! The page for a wall in a real browser: live, dark after sunset, without a pointer, and nothing scrolls.

use crate::kit::axe;
use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::program::{Program, post, run};
use chrono::Timelike;
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
/// Screens in halls: full HD, an old projector, and one that stands upright.
const SCREENS: [(u32, u32); 3] = [(1920, 1080), (1024, 576), (1080, 1920)];

async fn until(browser: &Browser, script: &str, wanted: Value) {
    let script = format!("return {script}");
    eventually(&script, PATIENCE, async || match browser.execute(&script, vec![]).await {
        Ok(seen) if *seen.json() == wanted => Ok(()),
        Ok(seen) => Err(seen.json().to_string()),
        Err(error) => Err(error.to_string()),
    })
    .await;
}

/// A station on the equator where it is about this hour by the sun; it sends all that a wall shows.
async fn where_it_is(server: &Program, folder: &std::path::Path, hour: f64) -> String {
    let key = server.add_station("town-hall");
    let now = chrono::Utc::now();
    let east = (hour - f64::from(now.hour()) - f64::from(now.minute()) / 60.0) * 15.0;
    let east = ((east + 540.0).rem_euclid(360.0) - 180.0).to_string();
    let set = run(folder, &["station", "set", "town-hall", "--latitude", "0", "--longitude", &east]);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    let reading = |minutes: i64, degrees: f64| {
        json!({
            "observed_at": now.timestamp_millis() - minutes * 60_000, "temperature": degrees, "humidity": 61,
            "sea_level_pressure": 1013.2, "wind_speed": 4.2, "wind_gust": 7.9,
            "wind_direction": 250, "precipitation": 0.2,
        })
    };
    let readings: Vec<_> = (0..24).rev().map(|ten| reading(ten * 10, -10.4 - ten as f64 / 10.0)).collect();
    let (status, answer) = post(&server.url, &key, &json!(readings)).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
    key
}

const IS_LIVE: &str = "document.querySelector('[data-wall]').textContent";
const THEME: &str = "document.documentElement.dataset.theme";
/// What does not fit: the page scrolls, or a place is cut off.
const UNFIT: &str = "(() => {
    const root = document.documentElement;
    const isShown = (node) => node.checkVisibility() && !node.closest('.unseen');
    const cut = [...document.querySelectorAll('[data-show], [data-wall], .card, canvas, [data-chart=canvas], h1')].filter(isShown).filter((node) => {
        const { left, top, right, bottom } = node.getBoundingClientRect();
        return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
    });
    const spilt = [...document.querySelectorAll('.card, article')].filter((node) => node.scrollHeight > node.clientHeight + 2 || node.scrollWidth > node.clientWidth + 2);
    const name = (node) => [node.dataset.show ?? node.className, node.scrollWidth - node.clientWidth, node.scrollHeight - node.clientHeight].join(' ');
    return [root.scrollWidth - innerWidth > 0, root.scrollHeight - innerHeight > 0, ...cut.map(name), ...spilt.map(name)];
})()";

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_on_a_wall_is_live_dark_at_night_and_holds_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = where_it_is(&server, folder.path(), 0.0).await;
    for window in SCREENS {
        let browser = Browser::open(Options { window, ..Options::default() }).await;
        browser.goto(format!("{}/kiosk/town-hall", server.url)).await.expect("the page");
        until(&browser, IS_LIVE, json!("Connected")).await;
        until(&browser, THEME, json!("dark")).await;
        until(&browser, UNFIT, json!([false, false])).await;
        let found = axe::findings(&browser).await;
        assert!(found.is_empty(), "{window:?}: {found:#?}");
        until(&browser, "getComputedStyle(document.querySelector('h1')).cursor", json!("none")).await;
        if let Some(pictures) = std::env::var_os("PICTURES") {
            let name = format!("kiosk-{}x{}.png", window.0, window.1);
            browser.screenshot(&std::path::Path::new(&pictures).join(name)).await.expect("a picture");
        }
        browser.close().await;
    }
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/kiosk/town-hall?units=us", server.url)).await.expect("the page");
    until(&browser, IS_LIVE, json!("Connected")).await;
    let (status, _) = post(&server.url, &key, &json!({"temperature": -9.9, "wind_speed": 0})).await.expect("an answer");
    assert_eq!(status, 201);
    until(&browser, "document.querySelector('[data-show=big]').textContent", json!("14.2")).await;
    until(&browser, "document.querySelector('[data-needle]').getAttribute('visibility')", json!("hidden")).await;
    // Half a day later the sun is up. The server is not asked: the page knows the instant.
    let half_a_day = "window.fetch = () => Promise.reject(new Error('away'));
        const [clock, steady] = [Date.now, performance.now.bind(performance)];
        Date.now = () => clock() + 43_200_000; performance.now = () => steady() + 43_200_000;";
    browser.execute(half_a_day, vec![]).await.expect("a faked clock");
    until(&browser, THEME, json!("light")).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_says_when_the_server_is_gone_and_a_page_without_scripts_asks_each_minute() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    where_it_is(&server, folder.path(), 12.0).await;
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(format!("{}/kiosk/town-hall", server.url)).await.expect("the page");
    let text = browser.source().await.expect("the page");
    assert!(text.contains(r#"<meta http-equiv="refresh" content="60""#) && text.contains("−10.4"), "{text}");
    browser.close().await;

    let browser = Browser::open(Options { window: SCREENS[0], ..Options::default() }).await;
    browser.goto(format!("{}/kiosk/town-hall", server.url)).await.expect("the page");
    until(&browser, THEME, json!("light")).await;
    until(&browser, IS_LIVE, json!("Connected")).await;
    let found = axe::findings(&browser).await;
    assert!(found.is_empty(), "{found:#?}");
    server.kill();
    until(
        &browser,
        "document.querySelector('[data-wall]').textContent.startsWith('No connection to the server since ')",
        json!(true),
    )
    .await;
    until(&browser, "document.querySelector('[data-show=word]').textContent", json!("Waiting for news")).await;
    until(&browser, UNFIT, json!([false, false])).await;
    browser.close().await;
}
