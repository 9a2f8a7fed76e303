//! The owner's rooms in a real browser: a station is added, and its first upload is seen without a reload.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::time::Duration;
use stevenson::admin::password;
use stevenson::storage::{self, Storage};
use thirtyfour::By;

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until the page says all of it: a press leads to another page, and the old one may still be there.
async fn says(browser: &Browser, texts: &[&str]) {
    eventually("the page says it", PATIENCE, async || {
        let main = browser.find(By::Css("main")).await.map_err(|error| error.to_string())?;
        let text = main.text().await.map_err(|error| error.to_string())?;
        if texts.iter().all(|one| text.contains(one)) { Ok(()) } else { Err(text) }
    })
    .await;
}

async fn write(browser: &Browser, selector: &str, text: &str) {
    browser.find(By::Css(selector)).await.expect("a field").send_keys(text).await.expect("typed");
}

async fn run(browser: &Browser, script: &str) -> Value {
    browser.execute(script, vec![]).await.expect("a script").json().clone()
}

async fn fits(browser: &Browser, what: &str) {
    let found = axe::findings(browser).await;
    assert!(found.is_empty(), "{what}: {found:#?}");
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(run(browser, wide).await, 0, "{what}: nothing is wider than the window");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_is_added_and_its_uploads_appear_by_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/admin", server.url)).await.expect("the page");
    browser.follow(By::Css("a[href='/admin/new']")).await;
    write(&browser, "[name=slug]", "barn").await;
    write(&browser, "[name=name]", "The barn").await;
    write(&browser, "[name=zone]", "Europe/Berlin").await;
    browser.follow(By::Css("main form .button")).await;
    let key = eventually("the key is shown", PATIENCE, async || {
        let shown = browser.find(By::Css("[data-key]")).await.map_err(|error| error.to_string())?;
        shown.text().await.map_err(|error| error.to_string())
    })
    .await;
    browser.goto(format!("{}/admin/inbox", server.url)).await.expect("the page");
    eventually("it is live", PATIENCE, async || {
        match run(&browser, "return document.querySelector('[data-fed]').textContent").await {
            Value::String(text) if text == "Live" => Ok(()),
            other => Err(other),
        }
    })
    .await;
    run(&browser, "window.before = true").await;
    for number in 1..=2 {
        let (status, _) = post(&server.url, &key, &json!({"temperature": number})).await.expect("an answer");
        assert_eq!(status, 201);
        eventually("the upload appears", PATIENCE, async || {
            match run(&browser, "return document.querySelectorAll('.uploads > li').length").await {
                Value::Number(count) if count.as_u64() == Some(number) => Ok(()),
                other => Err(other),
            }
        })
        .await;
    }
    assert_eq!(run(&browser, "return window.before").await, true, "the page was not loaded again");
    browser.follow(By::Css(".uploads a")).await;
    let text = browser.find(By::Css("main")).await.expect("a page").text().await.expect("text");
    assert!(text.contains("The barn") && text.contains("2 °C") && !text.contains(&key), "{text}");
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owners_pages_fit_a_phone_are_whole_without_scripts_and_axe_finds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let reading = json!({"temperature": 21.5, "dew_point": -9999, "wobble": "a very long text without any blank in it, or nearly"});
    post(&server.url, &key, &reading).await.expect("an answer");
    let pages = [
        "/admin",
        "/admin/new",
        "/admin/stations/town-hall",
        "/admin/stations/town-hall/key",
        "/admin/inbox",
        "/admin/inbox/1",
    ];
    for (window, dark) in [(DESKTOP, false), (DESKTOP, true), (PHONE, false)] {
        let browser = Browser::open(Options { window, dark, ..Options::default() }).await;
        for path in pages {
            browser.goto(format!("{}{path}", server.url)).await.expect("the page");
            run(&browser, "document.querySelectorAll('details').forEach((one) => one.open = true)").await;
            fits(&browser, &format!("{path}, {window:?}, dark: {dark}")).await;
        }
        browser.close().await;
    }
    let plain = Browser::open(Options { window: PHONE, scripts: false, ..Options::default() }).await;
    plain.goto(format!("{}/admin/new", server.url)).await.expect("the page");
    write(&plain, "[name=slug]", "barn").await;
    write(&plain, "[name=zone]", "UTC").await;
    plain.follow(By::Css("main form .button")).await;
    says(&plain, &["The key of barn", "stv_"]).await;
    plain.goto(format!("{}/admin/inbox", server.url)).await.expect("the page");
    says(&plain, &["Town Hall", "1 value"]).await;
    plain.close().await;

    let options = storage::Options { file: folder.path().join("stevenson.db"), ..storage::Options::default() };
    let (storage, _) = Storage::open(options).await.expect("beside the server");
    storage.set_admin_password(&password::hash("correct horse").expect("a hash")).await.expect("set");
    storage.close().await;
    let phone = Browser::open(Options { window: PHONE, dark: true, ..Options::default() }).await;
    phone.goto(format!("{}/admin", server.url)).await.expect("the page");
    write(&phone, "[name=password]", "wrong horse").await;
    phone.follow(By::Css("main .button")).await;
    fits(&phone, "the login, after a wrong password").await;
    write(&phone, "[name=password]", "correct horse").await;
    phone.follow(By::Css("main .button")).await;
    says(&phone, &["Stations", "barn"]).await;
    fits(&phone, "the list, logged in").await;
    phone.follow(By::Css(".top form button")).await;
    says(&phone, &["You are logged out"]).await;
}
