//! All tabs of a browser share one home: a worker that owns the trucks.

use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::firefox::Firefox;
use crate::kit::program::{Program, post};
use crate::kit::relay::Relay;
use serde_json::json;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::{By, WebDriver, WindowHandle};

/// What needs a worker, a retry or a watchdog takes time, on a busy machine above all.
const PATIENCE: Duration = Duration::from_secs(60);
/// A tab that closes without a goodbye is missed after seven beats of ten seconds.
const MISSED: Duration = Duration::from_secs(120);
/// Tabs: twice what a browser has connections for.
const TABS: usize = 12;
/// Pages without a worker: one more than a browser has connections for.
const PAGES: usize = 7;
/// How long the road is closed.
const OFFLINE: Duration = Duration::from_secs(10);
/// When a page is to be live again after a restart; printed, and checked with room for a busy machine.
const BACK: Duration = Duration::from_secs(3);

/// A server with one station behind a road that counts.
struct House {
    server: Program,
    road: Relay,
    key: String,
    folder: TempDir,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Program::start(folder.path());
        let key = server.add_station("town-hall");
        let road = Relay::start(server.address()).await.expect("a road");
        let house = Self { server, road, key, folder };
        house.measures(10.0).await;
        house
    }

    async fn measures(&self, temperature: f64) {
        let body = json!({ "temperature": temperature });
        let (status, answer) = post(&self.server.url, &self.key, &body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }

    async fn one_truck_is_out(&self) {
        let look = async || if self.road.trucks_out() == 1 { Ok(()) } else { Err(self.road.trucks_out()) };
        eventually("one truck is out", PATIENCE, look).await;
    }

    /// Kills the server and starts it again, on another port.
    fn restart(self) -> Self {
        let Self { server, road, key, folder } = self;
        server.kill();
        road.cut();
        let server = Program::start(folder.path());
        road.lead_to(server.address());
        Self { server, road, key, folder }
    }
}

/// How the page in the current tab is fed, in a word.
async fn feed(browser: &WebDriver) -> Result<String, String> {
    let html = browser.find(By::Tag("html")).await.map_err(|error| error.to_string())?;
    Ok(html.attr("data-feed").await.map_err(|error| error.to_string())?.unwrap_or_default())
}

async fn is_fed(browser: &WebDriver, wanted: &str) {
    let look = async || match feed(browser).await {
        Ok(seen) if seen == wanted => Ok(()),
        Ok(seen) | Err(seen) => Err(seen),
    };
    eventually(&format!("the page is {wanted}"), PATIENCE, look).await;
}

/// Waits for the title, which hidden pages keep up to date, too.
async fn is_titled(browser: &WebDriver, wanted: &str) {
    let look = async || match browser.title().await {
        Ok(title) if title.starts_with(wanted) => Ok(()),
        Ok(title) => Err(title),
        Err(error) => Err(error.to_string()),
    };
    eventually(&format!("the title is {wanted}"), PATIENCE, look).await;
}

/// Opens tabs with the station's page, one after the other; `before` runs in each before its page loads.
async fn tabs(browser: &WebDriver, house: &House, count: usize, before: Option<&str>) -> Vec<WindowHandle> {
    let mut tabs = Vec::new();
    for _ in 0..count {
        let tab = browser.new_tab().await.expect("a tab");
        browser.switch_to_window(tab.clone()).await.expect("the tab");
        if let Some(script) = before {
            let params = json!({ "source": script });
            browser.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", params).await.expect("a script");
        }
        browser.goto(house.road.url("/s/town-hall")).await.expect("a page");
        is_fed(browser, "live").await;
        tabs.push(tab);
    }
    tabs
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_tabs_are_live_with_one_parked_request() {
    let browser = Browser::open(Options::default()).await;
    twelve_tabs(&browser).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs Firefox and builds its driver: scripts/test --all"]
async fn twelve_tabs_of_firefox_are_live_with_one_parked_request() {
    let firefox = Firefox::open().await;
    twelve_tabs(&firefox.driver).await;
    firefox.close().await;
}

async fn twelve_tabs(browser: &WebDriver) {
    let house = House::open().await;
    let tabs = tabs(browser, &house, TABS, None).await;
    house.one_truck_is_out().await;
    house.road.forget();
    house.measures(11.5).await;
    for tab in &tabs {
        browser.switch_to_window(tab.clone()).await.expect("the tab");
        is_titled(browser, "11.5").await;
        is_fed(browser, "live").await;
    }
    house.one_truck_is_out().await;
    assert!(house.road.trucks_out_max() <= 2, "{:?}", house.road.requests());
    assert_eq!(house.road.count("GET", "/"), 0, "news came on trucks alone");

    // The worker outlives its first page, and rests when the last one has gone.
    let (last, others) = tabs.split_last().expect("tabs");
    for tab in others {
        browser.switch_to_window(tab.clone()).await.expect("the tab");
        browser.close_window().await.expect("a closed tab");
    }
    browser.switch_to_window(last.clone()).await.expect("the tab");
    house.measures(12.5).await;
    is_titled(browser, "12.5").await;
    browser.goto("about:blank").await.expect("another page");
    let look = async || if house.road.trucks_out() == 0 { Ok(()) } else { Err(house.road.trucks_out()) };
    eventually("no truck is out", MISSED, look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_is_revived_and_nothing_is_missed() {
    let house = House::open().await;
    let browser = Browser::open(Options::default()).await;
    tabs(&browser, &house, 2, None).await;
    house.one_truck_is_out().await;

    let targets = browser.cdp().send_raw("Target.getTargets", json!({})).await.expect("targets");
    let workers: Vec<_> =
        targets["targetInfos"].as_array().expect("a list").iter().filter(|t| t["type"] == "shared_worker").collect();
    assert_eq!(workers.len(), 1, "{targets}");
    let id = json!({ "targetId": workers[0]["targetId"] });
    browser.cdp().send_raw("Target.closeTarget", id).await.expect("a dead worker");
    let look = async || if house.road.trucks_out() == 0 { Ok(()) } else { Err(house.road.trucks_out()) };
    eventually("its trucks are gone", PATIENCE, look).await;

    house.measures(11.5).await;
    is_titled(&browser, "11.5").await;
    is_fed(&browser, "live").await;
    house.one_truck_is_out().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_live_again_soon_after_a_restart() {
    let mut house = House::open().await;
    let browser = Browser::open(Options::default()).await;
    tabs(&browser, &house, 1, None).await;
    for round in 0..3 {
        house.one_truck_is_out().await;
        house = house.restart();
        let began = Instant::now();
        let temperature = 11.5 + f64::from(round);
        house.measures(temperature).await;
        is_titled(&browser, &format!("{temperature:.1}")).await;
        is_fed(&browser, "live").await;
        println!("round {round}: live again {} ms after the server was", began.elapsed().as_millis());
        assert!(began.elapsed() < 3 * BACK, "{:?}", began.elapsed());
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_seconds_without_a_network_are_told_and_made_good() {
    let house = House::open().await;
    let browser = Browser::open(Options::default()).await;
    tabs(&browser, &house, 1, None).await;
    let offline =
        |offline: bool| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    house.road.close();
    browser.cdp().send_raw("Network.emulateNetworkConditions", offline(true)).await.expect("offline");
    is_fed(&browser, "offline").await;
    house.measures(8.5).await;
    tokio::time::sleep(OFFLINE).await; // the time without a network that is tested
    assert_eq!(feed(&browser).await.as_deref(), Ok("offline"), "never a lie");
    house.road.open();
    browser.cdp().send_raw("Network.emulateNetworkConditions", offline(false)).await.expect("online");
    is_titled(&browser, "8.5").await;
    is_fed(&browser, "live").await;
    let text = browser.find(By::Css("[data-feed-text]")).await.expect("the line").text().await.expect("text");
    println!("after the outage the line says {text:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_in_history_finds_a_page_that_lives() {
    let house = House::open().await;
    let browser = Browser::open(Options::default()).await;
    tabs(&browser, &house, 1, None).await;
    browser.execute("window.kept = true; return null", vec![]).await.expect("a mark");
    browser.goto(house.road.url("/")).await.expect("the overview");
    is_fed(&browser, "live").await;
    house.measures(9.5).await;
    house.measures(8.5).await;
    browser.back().await.expect("back");
    is_titled(&browser, "8.5").await;
    is_fed(&browser, "live").await;
    let kept = browser.execute("return window.kept === true", vec![]).await.expect("an answer");
    println!("the page came from the browser's cache: {}", kept.json());
    let rows = "return [...document.querySelectorAll('[data-rows] tr')]
        .reduce((sum, row) => sum + Number(row.cells.length === 5 ? row.cells[4].textContent : 0), 0)";
    let rows = browser.execute(rows, vec![]).await.expect("a number");
    assert_eq!(rows.json().as_f64(), Some(3.0), "each reading once");
    house.one_truck_is_out().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_tabs_without_a_shared_worker_stay_usable() {
    let house = House::open().await;
    let browser = Browser::open(Options::default()).await;
    let tabs = tabs(&browser, &house, PAGES, Some("delete window.SharedWorker")).await;
    house.one_truck_is_out().await;
    for tab in &tabs {
        browser.switch_to_window(tab.clone()).await.expect("the tab");
        let worker = browser.execute("return typeof SharedWorker", vec![]).await.expect("an answer");
        assert_eq!(worker.json(), "undefined");
        is_fed(&browser, "live").await;
    }
    house.measures(9.5).await;
    is_titled(&browser, "9.5").await;
    house.one_truck_is_out().await;
    browser.close().await;
}
