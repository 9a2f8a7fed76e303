//! The overview of many stations in a real browser.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use stevenson::storage::{self, NewStation, Storage};
use thirtyfour::By;
use weather::station::Slug;
use weather::sun::Coordinates;

const PATIENCE: Duration = Duration::from_secs(20);

/// Makes a database with so many stations at known places, `s-000` called `Hill 000` and so on; returns their keys.
pub async fn stations(folder: &Path, count: usize) -> Vec<String> {
    let (file, durability) = (folder.join("stevenson.db"), storage::Durability::Normal);
    let options = storage::Options { file, durability, ..storage::Options::default() };
    let (storage, _) = Storage::open(options).await.expect("a database");
    let mut keys = Vec::new();
    for number in 0..count {
        let slug = Slug::new(&format!("s-{number:03}")).expect("a slug");
        let new = NewStation {
            slug,
            name: format!("Hill {number:03}"),
            zone: weather::zone::Zone::UTC,
            elevation_m: None,
            coordinates: Coordinates::new(47.0 + (number % 9) as f64 / 10.0, 8.0 + number as f64 / 20.0),
        };
        keys.push(storage.add_station(new).await.expect("a station").1.reveal().to_owned());
    }
    storage.close().await;
    keys
}

/// Waits until a script's result is that.
pub async fn until(browser: &Browser, script: &str, wanted: serde_json::Value) {
    let script = format!("return {script}");
    eventually(&script, PATIENCE, async || match browser.execute(&script, vec![]).await {
        Ok(seen) if *seen.json() == wanted => Ok(()),
        Ok(seen) => Err(seen.json().to_string()),
        Err(error) => Err(error.to_string()),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_on_the_second_page_lives_and_a_search_half_typed_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 66).await;
    let server = Program::start(folder.path());
    let posted = async |number: usize, body: serde_json::Value| {
        assert_eq!(post(&server.url, &keys[number], &body).await.expect("an answer").0, 201);
    };
    // Stations that are heard come first: all of the first page are.
    for number in 0..60 {
        posted(number, json!({"temperature": 0.5})).await;
    }
    posted(64, json!({"temperature": 1.5})).await;
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/?view=cards", server.url)).await.expect("the page");
    browser.follow(By::Css("a[rel=next]")).await;
    until(&browser, "location.search", json!("?view=cards&page=2")).await;
    until(&browser, "document.querySelector('[data-feed-text]').textContent.trim()", json!("Live · ping-pong")).await;
    let big = "document.querySelector('[data-station=s-064] [data-show=big]').textContent";
    until(&browser, big, json!("1.5")).await;

    browser.execute("window.whole = document.querySelector('.cards')", vec![]).await.expect("a mark");
    posted(3, json!({"temperature": 30.5, "indoor/co2": 500})).await;
    posted(64, json!({"temperature": 2.5, "indoor/co2": 500})).await;
    until(&browser, big, json!("2.5")).await;
    until(&browser, "window.whole.isConnected", json!(true)).await;

    let field = browser.find(By::Css(".finder input")).await.expect("a field");
    field.send_keys("hill 06").await.expect("typed");
    let hours_ago = chrono::Utc::now().timestamp_millis() - 5 * 3_600_000;
    let past: Vec<_> = (0..50)
        .map(|i| json!({"observed_at": hours_ago + i * 60_000, "temperature": -30.0 - i as f64 / 10.0}))
        .collect();
    posted(64, json!(past)).await;
    until(&browser, "window.whole.isConnected", json!(false)).await;
    until(
        &browser,
        "[document.querySelector('.finder input').value, document.activeElement.name]",
        json!(["hill 06", "find"]),
    )
    .await;

    browser.follow(By::Css(".finder button")).await;
    let found = "[...document.querySelectorAll('[data-station]')].map((card) => card.dataset.station).join(' ')";
    until(&browser, found, json!("s-064 s-060 s-061 s-062 s-063 s-065")).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_where_there_are_many_stations_and_a_phone_shows_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 66).await;
    let server = Program::start(folder.path());
    let hours_ago = chrono::Utc::now().timestamp_millis() - 5 * 3_600_000;
    for (number, key) in keys.iter().enumerate().skip(1) {
        let degrees = number as f64 - 30.0;
        let body = match number % 4 {
            0 => json!({"observed_at": hours_ago, "temperature": degrees}),
            1 => json!({"indoor/temperature": degrees}),
            _ => json!({"temperature": degrees, "humidity": 55, "wind_speed": 3.2, "wind_direction": 250}),
        };
        assert_eq!(post(&server.url, key, &body).await.expect("an answer").0, 201);
    }
    for (window, dark) in [(DESKTOP, false), (DESKTOP, true), (PHONE, false), (PHONE, true)] {
        let browser = Browser::open(Options { window, dark, ..Options::default() }).await;
        for path in ["/", "/?view=cards&page=2", "/?sort=warmest&show=online", "/?find=nowhere"] {
            browser.goto(format!("{}{path}", server.url)).await.expect("the page");
            until(&browser, "document.querySelector('[data-feed]').dataset.feed", json!("live")).await;
            let unfold = "for (const one of document.querySelectorAll('details')) one.open = true";
            browser.execute(unfold, vec![]).await.expect("all is open");
            let found = axe::findings(&browser).await;
            assert!(found.is_empty(), "{path}, {window:?}, dark: {dark}: {found:#?}");
            let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            until(&browser, wide, json!(0)).await;
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_controls_work_without_scripts() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 61).await;
    let server = Program::start(folder.path());
    for (key, degrees) in keys.iter().zip([3.0, 9.0, 5.0]) {
        let answer = post(&server.url, key, &json!({"temperature": degrees})).await.expect("an answer");
        assert_eq!(answer.0, 201);
    }
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(format!("{}/?view=cards", server.url)).await.expect("the page");
    assert_eq!(browser.find_all(By::Css("[data-station]")).await.expect("cards").len(), 60);
    browser.follow(By::Css("a[rel=next]")).await;
    assert_eq!(browser.find_all(By::Css("[data-station]")).await.expect("cards").len(), 1);
    for option in ["warmest", "online"] {
        let option = browser.find(By::Css(format!("option[value={option}]"))).await.expect("an option");
        option.click().await.expect("a click");
    }
    browser.follow(By::Css(".finder button")).await;
    let mut names = Vec::new();
    for heading in browser.find_all(By::Css(".place-card h2")).await.expect("cards") {
        names.push(heading.text().await.expect("a name"));
    }
    assert_eq!(names, ["Hill 001", "Hill 002", "Hill 000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn show_all_shows_the_stations_that_were_left_out_and_keeps_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    stations(folder.path(), 61).await;
    let server = Program::start(folder.path());
    for scripts in [true, false] {
        let browser = Browser::open(Options { scripts, ..Options::default() }).await;
        browser
            .goto(format!("{}/?find=hill+06&sort=warmest&show=offline&view=cards", server.url))
            .await
            .expect("the page");
        browser.follow(By::LinkText("Show all")).await;
        assert_eq!(browser.current_url().await.expect("an address").query(), Some("sort=warmest&view=cards"));
        assert_eq!(browser.find_all(By::Css("[data-station]")).await.expect("cards").len(), 60);
        let mut fields = Vec::new();
        for name in ["find", "sort", "show"] {
            let field = browser.find(By::Css(format!("[name={name}]"))).await.expect("a field");
            fields.push(field.prop("value").await.expect("a value").unwrap_or_default());
        }
        assert_eq!(fields, ["", "warmest", "all"]);
        assert!(browser.find(By::LinkText("Show all")).await.is_err(), "none is left out");
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_hours_fits_on_a_small_phone() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 1).await;
    let server = Program::start(folder.path());
    let now = chrono::Utc::now().timestamp_millis();
    let day: Vec<_> = (0..1_440)
        .map(|minute| json!({"observed_at": now - minute * 60_000, "temperature": -21.5 - minute as f64 / 60.0}))
        .collect();
    assert_eq!(post(&server.url, &keys[0], &json!(day)).await.expect("an answer").0, 201);
    for width in [360, 390] {
        let browser = Browser::open(Options { window: (width, 740), ..Options::default() }).await;
        browser.goto(format!("{}/s/s-000", server.url)).await.expect("the page");
        browser.find(By::Css("[data-table] summary")).await.expect("a summary").click().await.expect("a click");
        let wide =
            "[...document.querySelectorAll('[data-table] .scroll')].map((one) => one.scrollWidth - one.clientWidth)";
        until(&browser, wide, json!([0])).await;
        let page = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        until(&browser, page, json!(0)).await;
        browser.close().await;
    }
}
