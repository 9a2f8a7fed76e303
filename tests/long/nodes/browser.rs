//! Twelve tabs of a browser behind HAProxy, as the manual configures it, before three nodes of which two are killed.

use super::SCALING;
use super::balancer::Nodes;
use super::house::{House, NODES};
use super::senders::Senders;
use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::proxy::{Proxy, free_port, haproxy_for};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use thirtyfour::{By, WindowHandle};
use tokio::task::{JoinSet, block_in_place};

/// Tabs: twice what a browser has connections for.
const TABS: usize = 12;
/// How long a truck of a page parks.
const PARK: Duration = Duration::from_secs(25);
/// Within this time after a kill every tab is live again.
const BACK_MAX: Duration = PARK.saturating_add(Duration::from_secs(5));
/// Readings that are posted after a kill, one after the other: each is dealt to the next node.
const AFTER: usize = 20;
/// What is not about a kill may take so long, on a busy machine above all.
const PATIENCE: Duration = Duration::from_secs(60);
/// Readings before each kill, and after it.
const READINGS: usize = 20;
const SLUG: &str = "town-hall";

/// Writes down what a page is told by its home, before the page hears of it: the times of reports, with the time of their coming.
const LISTEN: &str = r"
    window.told = { reports: [], reloads: 0, feeds: [] };
    const Worker = window.SharedWorker;
    window.SharedWorker = class extends Worker {
        constructor(...all) {
            super(...all);
            this.port.addEventListener('message', ({ data }) => {
                if (data.what === 'reload') window.told.reloads++;
                if (data.what !== 'news') return;
                for (const item of data.items) if (item.observed_at) window.told.reports.push([item.observed_at, Date.now()]);
            });
        }
    };
    setInterval(() => {
        const feed = document.documentElement.dataset.feed;
        if (window.told.feeds.at(-1) !== feed) window.told.feeds.push(feed);
    }, 100);
";
/// What it was told, and how many readings its table counts.
const LOOK: &str = r"
    const rows = [...document.querySelectorAll('[data-rows] tr')];
    const shown = rows.reduce((sum, row) => sum + Number(row.cells.length === 5 ? row.cells[4].textContent : 0), 0);
    return { ...window.told, shown, feed: document.documentElement.dataset.feed };
";

#[derive(Debug, Deserialize)]
struct Tab {
    reports: Vec<(i64, i64)>,
    reloads: u32,
    feeds: Vec<String>,
    shown: usize,
    feed: String,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs HAProxy: scripts/test --all"]
async fn twelve_tabs_behind_haproxy_outlive_nodes_and_miss_nothing() {
    let (mut house, stations) = House::build(&[SLUG.to_owned()]).await;
    let folder = tempfile::tempdir().expect("a folder for HAProxy");
    let proxy = haproxy(folder.path(), &house);
    block_in_place(|| proxy.wait_for());
    // Readings take the same way as pages.
    let way = Nodes::default();
    way.set(0, Some(proxy.address));
    let senders = Senders::new(way, stations);
    senders.post_all().await;

    let browser = Browser::open(Options::default()).await;
    let mut tabs = Vec::new();
    for _ in 0..TABS {
        let tab = browser.new_tab().await.expect("a tab");
        browser.switch_to_window(tab.clone()).await.expect("the tab");
        let script = serde_json::json!({ "source": LISTEN });
        browser.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await.expect("a script");
        browser.goto(format!("{}/s/{SLUG}", proxy.url())).await.expect("a page");
        is_live(&browser).await;
        tabs.push(tab);
    }
    let before = senders.acknowledged().len();
    let mut sending: JoinSet<_> = (0..2).map(|seed| senders.clone().send(seed)).collect();
    for _ in 1..NODES {
        for _ in 0..READINGS {
            senders.post_all().await;
        }
        let node = where_the_truck_is(&house).await;
        house.kill(node);
        let killed = Instant::now();
        let [mark] = senders.post_all().await[..] else { panic!("one station") };
        let stored = now_ms();
        let left = BACK_MAX.saturating_sub(killed.elapsed());
        let mut slowest = 0;
        for tab in &tabs {
            let told = eventually("a tab is live and knows the reading", left, async || {
                let seen = look(&browser, tab).await;
                let came = seen.reports.iter().find_map(|(at, came)| (*at == mark).then_some(*came));
                came.filter(|_| seen.feed == "live").ok_or(format!("{:?} {}", seen.feeds, seen.reports.len()))
            })
            .await;
            slowest = slowest.max(told - stored);
        }
        println!(
            "node {node} killed: a reading is stored after it, the slowest tab was told {slowest} ms later, all were looked at after {:?}",
            killed.elapsed()
        );
        for _ in 0..AFTER {
            senders.post_all().await;
        }
    }
    for _ in 0..READINGS {
        senders.post_all().await;
    }
    senders.stop();
    while let Some(done) = sending.join_next().await {
        done.expect("no sender fails");
    }
    let acknowledged = senders.acknowledged();
    let sent: BTreeSet<i64> = acknowledged.keys().skip(before).map(|(_, at)| *at).collect();
    for (number, tab) in tabs.iter().enumerate() {
        let seen = eventually("a tab shows every reading once", PATIENCE, async || {
            let seen = look(&browser, tab).await;
            if seen.shown == acknowledged.len() && seen.feed == "live" {
                Ok(seen)
            } else {
                Err((seen.shown, seen.feed))
            }
        })
        .await;
        let told: BTreeSet<i64> = seen.reports.iter().map(|(at, _)| *at).collect();
        assert_eq!(sent.difference(&told).collect::<Vec<_>>(), Vec::<&i64>::new(), "tab {number} was told all");
        assert_eq!((told.len(), seen.reloads), (seen.reports.len(), 0), "tab {number}, nothing came twice");
    }
    println!("{} readings in each of {TABS} tabs", acknowledged.len());
    browser.close().await;
}

/// HAProxy before all nodes, by the configuration in the manual; readings and trucks go round.
fn haproxy(folder: &Path, house: &House) -> Proxy {
    let (_, rest) = SCALING.split_once("```haproxy\n").expect("a configuration");
    let (site, _) = rest.split_once("    server a").expect("its servers");
    let port = free_port();
    let mut site =
        site.replace("bind :80", &format!("bind 127.0.0.1:{port}")).replace("balance leastconn", "balance roundrobin");
    for number in 0..NODES {
        site.push_str(&format!("    server node-{number} {}\n", house.address(number).expect("it runs")));
    }
    haproxy_for(folder, port, &site)
}

async fn is_live(browser: &Browser) {
    eventually("the page is live", PATIENCE, async || {
        let html = browser.find(By::Tag("html")).await.map_err(|error| error.to_string())?;
        let feed = html.attr("data-feed").await.map_err(|error| error.to_string())?.unwrap_or_default();
        if feed == "live" { Ok(()) } else { Err(feed) }
    })
    .await;
}

async fn look(browser: &Browser, tab: &WindowHandle) -> Tab {
    browser.switch_to_window(tab.clone()).await.expect("the tab");
    browser.execute(LOOK, vec![]).await.expect("a look").convert().expect("what was seen")
}

/// The node at which the browser's truck is parked, as the nodes themselves say.
async fn where_the_truck_is(house: &House) -> usize {
    eventually("a truck is parked", PATIENCE, async || {
        for number in 0..NODES {
            let Some(address) = house.address(number) else { continue };
            let text = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer").text().await;
            if text.expect("a text").lines().any(|line| line == "stevenson_bays 1") {
                return Ok(number);
            }
        }
        Err("nowhere")
    })
    .await
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_millis() as i64
}
