//! The keeper's panel in a real browser: without scripts, and while the page around it is replaced.

use crate::kit::chrome::{Browser, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use crate::kit::relay::Relay;
use serde_json::json;
use std::time::Duration;
use thirtyfour::By;
use thirtyfour::error::WebDriverResult;

/// What needs a browser to load takes long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn text(browser: &Browser, selector: &str) -> WebDriverResult<String> {
    let found = browser.find(By::Css(selector)).await?;
    Ok(found.prop("textContent").await?.unwrap_or_default().trim().to_owned())
}

async fn says(browser: &Browser, selector: &str, wanted: &str) {
    eventually(&format!("{selector} says {wanted:?}"), PATIENCE, async || {
        // What is looked at may just be replaced.
        let seen = text(browser, selector).await.unwrap_or_else(|error| error.to_string());
        if seen.contains(wanted) { Ok(()) } else { Err(seen) }
    })
    .await;
}

async fn click(browser: &Browser, selector: &str) {
    browser.find(By::Css(selector)).await.expect("it is on the page").click().await.expect("a click");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_visitor_asks_is_heard_and_forgets() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    post(&server.url, &key, &json!({"temperature": 18.4})).await.expect("an answer");
    let browser = Browser::open(Options { scripts: false, window: PHONE, ..Options::default() }).await;
    browser.goto(format!("{}/s/town-hall", server.url)).await.expect("the page");

    browser.follow(By::Css(".asks a")).await;
    let field = browser.find(By::Css("[name=text]")).await.expect("a field");
    assert_eq!(field.prop("value").await.expect("a value").as_deref(), Some("How cold is it?"));
    click(&browser, ".field button").await;
    says(&browser, "[data-words]", "How cold is it?").await;
    let address = browser.current_url().await.expect("an address");
    assert_eq!((address.path(), address.fragment()), ("/s/town-hall", Some("keeper")));

    let really = browser.find(By::Css(".forget button")).await.expect("a button");
    assert!(!really.is_displayed().await.expect("a truth"), "one step does not forget");
    click(&browser, ".forget summary").await;
    click(&browser, ".forget button").await;
    says(&browser, "[data-start]", "about now").await;
    assert_eq!(text(&browser, "[data-words]").await.expect("a list"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_writes_outlives_a_refetch_of_the_page_and_a_reload() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    post(&server.url, &key, &json!({"temperature": 18.4})).await.expect("an answer");
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/s/town-hall", server.url)).await.expect("the page");
    says(&browser, "[data-feed-text]", "Live").await;
    browser.find(By::Css("[name=text]")).await.expect("a field").send_keys("half a sent").await.expect("typed");
    browser.execute("document.querySelector('[data-meter]').open = true", vec![]).await.expect("opened");

    // A value that the page has no place for.
    post(&server.url, &key, &json!({"temperature": 18.5, "co2": 420})).await.expect("an answer");
    says(&browser, ".board", "420").await;
    let kept = "const field = document.activeElement;
        return [field.name, field.value, field.selectionStart, document.querySelector('[data-meter]').open]";
    let seen = browser.execute(kept, vec![]).await.expect("run").json().clone();
    assert_eq!(seen, json!(["text", "half a sent", 11, true]));

    browser.refresh().await.expect("the page");
    says(&browser, "[data-feed-text]", "Live").await;
    let value = browser.execute("return document.querySelector('[name=text]').value", vec![]).await.expect("run");
    assert_eq!(value.json(), "half a sent");
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truck_that_waits_for_a_reply_brings_the_keepers_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    post(&server.url, &key, &json!({"temperature": 18.4})).await.expect("an answer");
    let road = Relay::start(server.address()).await.expect("a relay");
    let browser = Browser::open(Options::default()).await;
    browser.goto(road.url("/s/town-hall?fleet=wait-for-reply")).await.expect("the page");

    let field = browser.find(By::Css("[name=text]")).await.expect("a field");
    field.send_keys("How cold is it?").await.expect("typed");
    click(&browser, ".field button").await;
    says(&browser, "[data-words]", "18.4").await;
    let words = text(&browser, "[data-words]").await.expect("a list");
    assert_eq!(words.matches("How cold is it?").count(), 1, "{words}");
    assert_eq!(road.count("POST", "/dock/"), 1, "one truck brought the question and its answer");
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}
