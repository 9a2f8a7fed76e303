//! The history page in a real browser: pictures that can be looked into.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::{By, Key};

const PATIENCE: Duration = Duration::from_secs(20);
const HOUR_MS: i64 = 3_600_000;

/// Waits until a script's result is that.
async fn until(browser: &Browser, script: &str, wanted: Value) {
    let script = format!("return {script}");
    eventually(&script, PATIENCE, async || match browser.execute(&script, vec![]).await {
        Ok(seen) if *seen.json() == wanted => Ok(()),
        Ok(seen) => Err(seen.json().to_string()),
        Err(error) => Err(error.to_string()),
    })
    .await;
}

async fn value(browser: &Browser, script: &str) -> Value {
    browser.execute(format!("return {script}"), vec![]).await.expect("a value").json().clone()
}

/// A station with a value each ten minutes of so many days, up to now.
async fn with_days(server: &Program, days: i64) -> String {
    let key = server.add_station("town-hall");
    let now = chrono::Utc::now().timestamp_millis();
    let reading = |ten: i64| {
        let hours = ten as f64 / 6.0;
        json!({
            "observed_at": now - ten * HOUR_MS / 6,
            "temperature": (hours / 24.0 * std::f64::consts::TAU).cos() * 5.0,
            "dew_point": -6.0,
            "humidity": 60,
            "wind_speed": 3.0,
            "wind_gust": 5.0,
            "wind_direction": 240,
        })
    };
    for day in 0..days {
        let readings: Vec<_> = (day * 144..(day + 1) * 144).map(reading).collect();
        let (status, answer) = post(&server.url, &key, &json!(readings)).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }
    key
}

const PLOT: &str = "[data-figure=temperature] .plotted";
const IS_SHOWN: &str =
    "[...document.querySelectorAll('.plotted')].every((plot) => !plot.hidden && plot.querySelector('canvas'))";
const SHOWN: &str = "(document.querySelector('[data-history]').dataset.shown ?? '').split(' ').map(Number)";

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_zoomed_panned_and_read_by_keys_and_by_mouse() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = with_days(&server, 3).await;
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/s/town-hall/history", server.url)).await.expect("the page");
    until(&browser, IS_SHOWN, json!(true)).await;
    let length = format!("(([from, to]) => Math.round((to - from) / {HOUR_MS}))({SHOWN})");
    until(&browser, &length, json!(24)).await;

    let plot = browser.find(By::Css(PLOT)).await.expect("a plot");
    plot.focus().await.expect("the focus");
    plot.send_keys(Key::Left).await.expect("a key");
    plot.send_keys(Key::Left).await.expect("a key");
    let spoken = "/^20..-..-.. ..:..: Temperature .+ °C.*, Dew point −6.0 °C/.test(document.querySelector('[data-spoken]').textContent)";
    until(&browser, spoken, json!(true)).await;
    let other = "/Humidity 60 %/.test(document.querySelector('[data-figure=humidity] [data-summary]').textContent)";
    until(&browser, other, json!(true)).await;

    plot.send_keys("+").await.expect("a key");
    until(&browser, &length, json!(12)).await;
    until(&browser, "new URLSearchParams(location.search).has('from')", json!(true)).await;
    let before = value(&browser, SHOWN).await;
    plot.send_keys(Key::Shift + Key::Left).await.expect("a key");
    until(&browser, &format!("(([from]) => from < {})({SHOWN})", before[0]), json!(true)).await;
    // The table and the way to the CSV follow.
    let csv =
        format!("decodeURIComponent(document.querySelector('.csv').href).includes(new Date({SHOWN}[0]).toISOString())");
    until(&browser, &csv, json!(true)).await;
    plot.send_keys(Key::Escape).await.expect("a key");
    until(&browser, &length, json!(24)).await;
    until(&browser, "location.search", json!("")).await;

    let over = browser.find(By::Css("[data-figure=wind] .u-over")).await.expect("a picture");
    let drag = browser.action_chain().move_to_element_center(&over).click_and_hold().move_by_offset(150, 0).release();
    drag.perform().await.expect("a drag");
    until(&browser, &format!("(([from, to]) => to - from < 6 * {HOUR_MS})({SHOWN})"), json!(true)).await;
    browser.action_chain().double_click_element(&over).perform().await.expect("two clicks");
    until(&browser, &length, json!(24)).await;

    // News go on with the lines, without a question to the server.
    let asked =
        "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/history/series')).length";
    let questions = value(&browser, asked).await;
    let last = format!("document.querySelector('{PLOT}').getAttribute('aria-label')");
    assert!(value(&browser, &last).await.as_str().expect("text").contains("Arrow keys"));
    post(&server.url, &key, &json!({"temperature": 5.7})).await.expect("an answer");
    let newest =
        "[...document.querySelectorAll('[data-summary]')].some((said) => said.textContent.includes('to 5.7)'))";
    eventually("the newest value is at the end", PATIENCE, async || {
        plot.send_keys(Key::End).await.map_err(|error| error.to_string())?;
        match value(&browser, newest).await {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
    assert_eq!(value(&browser, asked).await, questions);
    // What comes late lies further back: the server is asked again.
    let late = chrono::Utc::now().timestamp_millis() - 5 * HOUR_MS - 77_000;
    post(&server.url, &key, &json!({"observed_at": late, "humidity": 61})).await.expect("an answer");
    until(&browser, &format!("{asked} > {questions}"), json!(true)).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_a_history_page_and_a_phone_shows_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    with_days(&server, 3).await;
    for (window, dark, scripts) in [
        (DESKTOP, false, true),
        (DESKTOP, true, true),
        (PHONE, false, true),
        (PHONE, true, true),
        (PHONE, false, false),
    ] {
        let browser = Browser::open(Options { window, dark, scripts, ..Options::default() }).await;
        for query in ["", "?range=30d&year=1", "?from=nonsense", "?from=2020-01-01&to=2020-01-02"] {
            browser.goto(format!("{}/s/town-hall/history{query}", server.url)).await.expect("the page");
            if scripts {
                until(&browser, IS_SHOWN, json!(true)).await;
                let found = axe::findings(&browser).await;
                assert!(found.is_empty(), "{query}, {window:?}, dark: {dark}: {found:#?}");
                let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
                until(&browser, wide, json!(0)).await;
            } else if query.is_empty() {
                let text = browser.find(By::Css("main")).await.expect("a page").text().await.expect("its text");
                assert!(text.contains("Temperature: lowest") && text.contains("Wind rose"), "{text}");
            }
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_records_and_on_a_month_and_a_phone_shows_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    with_days(&server, 3).await;
    let month = (chrono::Utc::now() - chrono::Duration::days(2)).format("%Y-%m");
    let paths = ["/s/town-hall/records".to_owned(), format!("/s/town-hall/climate/{month}")];
    for (window, dark) in [(DESKTOP, false), (DESKTOP, true), (PHONE, false), (PHONE, true)] {
        let browser = Browser::open(Options { window, dark, ..Options::default() }).await;
        for path in &paths {
            browser.goto(format!("{}{path}", server.url)).await.expect("the page");
            let found = axe::findings(&browser).await;
            assert!(found.is_empty(), "{path}, {window:?}, dark: {dark}: {found:#?}");
            let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            until(&browser, wide, json!(0)).await;
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_laid_over_grows_with_the_news_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let keys = ["town-hall", "mill"].map(|slug| server.add_station(slug));
    let now = chrono::Utc::now().timestamp_millis();
    let of = |from: i64, to: i64, value: f64| -> Vec<Value> {
        (from..to).map(|ten| json!({"observed_at": ten * 10_000, "temperature": value})).collect()
    };
    let ten = now / 10_000;
    for key in &keys {
        let (status, answer) = post(&server.url, key, &json!(of(ten - 60, ten, 4.0))).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }
    let today = chrono::Utc::now().date_naive();
    let before = today.checked_sub_months(chrono::Months::new(12)).expect("a date");
    let then = (now - (today - before).num_milliseconds()) / 10_000;
    post(&server.url, &keys[0], &json!(of(then - 60, then + 60, -3.0))).await.expect("an answer");
    let browser = Browser::open(Options::default()).await;
    let time = |at: i64| chrono::DateTime::from_timestamp_millis(at).expect("a time").format("%FT%TZ").to_string();
    let window = format!("from={}&to={}", time(now - HOUR_MS / 6), time(now));
    let asked =
        "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/history/series')).length";

    // Another station: without a question to the server.
    browser.goto(format!("{}/s/town-hall/history?{window}&with=mill", server.url)).await.expect("the page");
    until(&browser, IS_SHOWN, json!(true)).await;
    until(&browser, &format!("{SHOWN}[1] > 0"), json!(true)).await;
    let questions = value(&browser, asked).await;
    let plot = browser.find(By::Css(PLOT)).await.expect("a plot");
    let mut sent = 7.1;
    eventually("the other station's newest value is at the end", PATIENCE, async || {
        sent += 0.1;
        post(&server.url, &keys[1], &json!({"temperature": sent})).await.map_err(|error| error.to_string())?;
        plot.focus().await.map_err(|error| error.to_string())?;
        plot.send_keys(Key::End).await.map_err(|error| error.to_string())?;
        let said = "[...document.querySelectorAll('[data-summary]')].map((said) => said.textContent).join(' ')";
        let said = value(&browser, said).await;
        let is_new = said.as_str().is_some_and(|said| said.contains(" 7.") || said.contains(" 8."));
        if is_new { Ok(()) } else { Err(said.to_string()) }
    })
    .await;
    assert_eq!(value(&browser, asked).await, questions, "the line has grown by itself");

    // The year before: what is below the new end is fetched.
    browser.goto(format!("{}/s/town-hall/history?{window}&year=1", server.url)).await.expect("the page");
    until(&browser, IS_SHOWN, json!(true)).await;
    until(&browser, &format!("{SHOWN}[1] > 0"), json!(true)).await;
    let end = value(&browser, &format!("{SHOWN}[1]")).await;
    post(&server.url, &keys[0], &json!({"temperature": 4.5})).await.expect("an answer");
    until(&browser, &format!("{SHOWN}[1] > {end}"), json!(true)).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}
