//! Settings and the base in a real browser.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::By;

const PATIENCE: Duration = Duration::from_secs(20);

async fn says(browser: &Browser, selector: &str, wanted: &str) {
    eventually(&format!("{selector} says {wanted:?}"), PATIENCE, async || {
        let element = browser.find(By::Css(selector)).await.map_err(|error| error.to_string())?;
        let seen = element.prop("textContent").await.map_err(|error| error.to_string())?.unwrap_or_default();
        if seen.contains(wanted) { Ok(()) } else { Err(seen) }
    })
    .await;
}

async fn value(browser: &Browser, script: &str) -> Value {
    browser.execute(format!("return {script}"), vec![]).await.expect("a value").json().clone()
}

async fn house(arguments: &[&str]) -> (tempfile::TempDir, Program, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start_with(folder.path(), arguments);
    let key = server.add_station("town-hall");
    let values = json!({"temperature": 18.44, "wind_speed": 10.0, "humidity": 55, "sea_level_pressure": 1013.25});
    assert_eq!(post(&server.url, &key, &values).await.expect("an answer").0, 201);
    (folder, server, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_is_there_at_the_first_paint_and_news_keeps_it() {
    let (_folder, server, key) = house(&[]).await;
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/s/town-hall", server.url)).await.expect("the page");
    browser.follow(By::LinkText("Settings")).await;
    for choice in ["wind][value=kn", "numbers][value=comma", "theme][value=dark"] {
        browser.find(By::Css(format!("[name={choice}]"))).await.expect(choice).click().await.expect("a choice");
    }
    browser.follow(By::Css(".settings .button")).await;
    says(&browser, "[data-show=big]", "18,4").await;
    assert!(browser.current_url().await.expect("an address").path().ends_with("/s/town-hall"));
    // The system of this browser is light; before any script runs, the page is dark.
    assert_eq!(value(&browser, "getComputedStyle(document.documentElement).colorScheme").await, "dark");
    let html = value(&browser, "fetch(location.href).then((answer) => answer.text())").await;
    assert!(html.as_str().expect("text").contains(r#"<html lang="en" data-theme="dark">"#), "the server says it");
    says(&browser, "[data-feed-text]", "Live").await;
    for degrees in [19.25, 17.5] {
        let body = json!({"temperature": degrees, "wind_speed": 5.144});
        assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);
        let shown = format!("{degrees:.1}").replace('.', ",").replace("19,2", "19,3");
        says(&browser, "[data-show=big]", &shown).await;
        assert!(browser.title().await.expect("a title").starts_with(&shown));
    }
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_the_settings_and_a_phone_shows_them_all() {
    let (_folder, server, _) = house(&[]).await;
    for (window, dark) in [(DESKTOP, false), (DESKTOP, true), (PHONE, false), (PHONE, true)] {
        let browser = Browser::open(Options { window, dark, ..Options::default() }).await;
        for chosen in ["", "light", "dark"] {
            browser.goto(format!("{}/settings", server.url)).await.expect("the page");
            let cookie = format!("document.cookie = 'settings=1.c-metric.{chosen}; path=/'");
            browser.execute(&cookie, vec![]).await.expect("a cookie");
            browser.refresh().await.expect("the page");
            let found = axe::findings(&browser).await;
            assert!(found.is_empty(), "{window:?}, dark: {dark}, {chosen}: {found:#?}");
            let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(value(&browser, wide).await, 0);
        }
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn below_a_base_every_kind_of_feed_brings_news_and_the_keeper_answers() {
    let (_folder, server, key) = house(&["--base", "/town/weather"]).await;
    let browser = Browser::open(Options::default()).await;
    for (fleet, degrees) in [("ping-pong", 20.5), ("sse", 21.5), ("websocket", 22.5)] {
        browser.goto(format!("{}/town/weather/s/town-hall?fleet={fleet}", server.url)).await.expect("the page");
        says(&browser, "[data-feed-text]", &format!("Live · {fleet}")).await;
        let body = json!({"temperature": degrees});
        assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);
        says(&browser, "[data-show=big]", &format!("{degrees:.1}")).await;
        browser
            .find(By::Css("[data-say] input[name=text]"))
            .await
            .expect("a field")
            .send_keys("how cold is it?\n")
            .await
            .expect("typed");
        says(&browser, "[data-keeper]", &format!("It is {degrees:.1} °C")).await;
    }
    let cookies = browser.get_all_cookies().await.expect("cookies");
    let visitor = cookies.iter().find(|cookie| cookie.name == "town.weather.visitor").expect("a visitor");
    assert_eq!(visitor.path.as_deref(), Some("/town/weather/"));
    browser.goto(format!("{}/town/weather/s/town-hall/history", server.url)).await.expect("the page");
    eventually("the pictures are drawn", PATIENCE, async || match browser.find(By::Css(".uplot canvas")).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    })
    .await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.goto(format!("{}/town/weather/lab", server.url)).await.expect("the page");
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}
