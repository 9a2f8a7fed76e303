//! The table of many stations in a real browser: what an update touches, and whether the page keeps up.

use super::overview::{stations, until};
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::By;

/// Notes each node of the stations that changes, by station and column, and which are new. Ages are left out: they change by themselves.
const NOTE: &str = r#"
    window.touched = new Set();
    const nameOf = (node) => {
        const one = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const where = one.closest('[data-station], [data-dot]');
        const column = one.closest('td')?.className ?? one.closest('[data-dot]')?.tagName ?? one.tagName;
        return where ? `${where.dataset.station ?? where.dataset.dot} ${column}` : one.closest('main')?.tagName;
    };
    new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
            const name = nameOf(target);
            if (name && !name.endsWith(' heard')) window.touched.add(addedNodes.length > 0 ? `${name} new` : name);
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_one_station_touches_only_what_has_changed_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 40).await;
    let server = Program::start(folder.path());
    let posted = async |number: usize, body: Value| {
        assert_eq!(post(&server.url, &keys[number], &body).await.expect("an answer").0, 201);
    };
    for number in 0..40 {
        posted(number, json!({"temperature": 10.5, "humidity": 50, "wind_speed": 2, "wind_direction": 90})).await;
    }
    let browser = Browser::open(Options::default()).await;
    browser.goto(&server.url).await.expect("the page");
    until(&browser, "document.querySelector('[data-feed]').dataset.feed", json!("live")).await;
    browser.execute("window.whole = document.querySelector('tbody')", vec![]).await.expect("a mark");
    browser.execute(NOTE, vec![]).await.expect("an observer");
    posted(
        7,
        json!({"temperature": 10.5, "humidity": 61, "wind_speed": 2, "wind_direction": 91, "solar_radiation": 300}),
    )
    .await;
    let text =
        |slug: &str, column: &str| format!("document.querySelector('[data-station={slug}] .{column}').textContent");
    until(&browser, &text("s-007", "humidity"), json!("61")).await;
    until(&browser, "[...window.touched]", json!(["s-007 humidity"])).await;

    // The coldest so far: a row far below the screen, and its dot.
    posted(39, json!({"temperature": 10.3, "humidity": 50, "wind_speed": 2, "wind_direction": 90})).await;
    until(&browser, &text("s-039", "temperature"), json!("10.3")).await;
    let wanted = ["s-007 humidity", "s-039 a", "s-039 low", "s-039 temperature"];
    until(&browser, "[...window.touched].sort()", json!(wanted)).await;
    until(
        &browser,
        "document.querySelector('[data-dot=s-039]').getAttribute('aria-label')",
        json!("Hill 039, 10.3 °C"),
    )
    .await;
    until(&browser, "window.whole.isConnected", json!(true)).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_is_heard_leaves_the_silent_ones_for_its_place_in_the_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 20).await;
    let server = Program::start(folder.path());
    let hours_ago = chrono::Utc::now().timestamp_millis() - 5 * 3_600_000;
    for (number, key) in keys.iter().enumerate() {
        let body = match number {
            3 | 12 => json!({"observed_at": hours_ago, "temperature": 1.5}),
            _ => json!({"temperature": 10.5}),
        };
        assert_eq!(post(&server.url, key, &body).await.expect("an answer").0, 201);
    }
    for view in ["table", "cards"] {
        let browser = Browser::open(Options { window: PHONE, ..Options::default() }).await;
        browser.goto(format!("{}/?view={view}", server.url)).await.expect("the page");
        until(&browser, "document.querySelector('[data-feed]').dataset.feed", json!("live")).await;
        let silent = "[...document.querySelectorAll('[data-group=silent] > *')].map((one) => one.dataset.station)";
        let (before, number) = if view == "table" { (json!(["s-003", "s-012"]), 3) } else { (json!(["s-012"]), 12) };
        until(&browser, silent, before).await;
        until(&browser, "document.querySelector('[data-silent]').checkVisibility()", json!(true)).await;
        let now = json!({"temperature": 2.5});
        assert_eq!(post(&server.url, &keys[number], &now).await.expect("an answer").0, 201);
        let place = format!(
            "[...document.querySelectorAll('[data-group=heard] > *')].findIndex((one) => one.dataset.station === 's-{number:03}')"
        );
        let wanted = if view == "table" { 3 } else { 12 };
        until(&browser, &place, json!(wanted)).await;
        if view == "cards" {
            until(&browser, "document.querySelector('[data-fold=silent]').hidden", json!(true)).await;
        } else {
            until(&browser, "document.querySelector('[data-silent]').textContent", json!("1")).await;
        }
        assert_eq!(browser.console_errors().await, Vec::<String>::new());
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_heading_sorts_and_a_dot_leads_to_its_station() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), 13).await;
    let server = Program::start(folder.path());
    for (key, degrees) in keys.iter().zip([3.0, 9.0, 5.0]) {
        assert_eq!(post(&server.url, key, &json!({"temperature": degrees})).await.expect("an answer").0, 201);
    }
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(&server.url).await.expect("the page");
    browser.follow(By::LinkText("Temperature")).await;
    let mut names = Vec::new();
    for heading in browser.find_all(By::Css("[data-group=heard] th")).await.expect("rows") {
        names.push(heading.text().await.expect("a name"));
    }
    assert_eq!(names, ["Hill 001", "Hill 002", "Hill 000"]);
    let sorted = browser.find(By::Css("th.temperature")).await.expect("a heading");
    assert_eq!(sorted.attr("aria-sort").await.expect("an attribute").as_deref(), Some("descending"));
    let dot = browser.find(By::Css("[data-dot=s-002] circle")).await.expect("a dot");
    let click = browser.action_chain().move_to_element_center(&dot).click();
    browser.leads_on(async || click.perform().await.expect("a click")).await;
    assert!(browser.current_url().await.expect("an address").path().ends_with("/s/s-002"));
}

/// Counts frames, the longest time between two, and how long animation frames ran scripts.
const COUNT: &str = r#"
    const seen = { count: 0, longest: 0, late: 0, busy: 0, changes: 0, ms: 0 };
    const from = performance.now();
    let last = from, stopped = false;
    const step = (now) => {
        if (stopped) return;
        const gap = now - last;
        seen.count++;
        seen.longest = Math.max(seen.longest, gap);
        if (gap > LATE_MS) seen.late++;
        last = now;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    const plain = window.plainFrame ??= window.requestAnimationFrame;
    window.requestAnimationFrame = (run) => plain((now) => {
        const began = performance.now();
        run(now);
        seen.busy += performance.now() - began;
    });
    const texts = new MutationObserver((all) => { seen.changes += all.length; });
    texts.observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
    window.stopCount = () => {
        stopped = true;
        texts.disconnect();
        seen.ms = performance.now() - from;
        return seen;
    };
"#;

/// Processor time of the browser's renderers, s: `utime` and `stime` count hundredths.
fn renderers_s(profile: &Path) -> f64 {
    let profile = profile.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").expect("processes").flatten().map(|entry| entry.path());
    let ours = processes.filter(|process| {
        let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        command.contains("--type=renderer") && command.contains(&profile)
    });
    let ticks = |process: std::path::PathBuf| {
        let stat = std::fs::read_to_string(process.join("stat")).ok()?;
        let fields: Vec<f64> = stat.rsplit_once(") ")?.1.split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
        Some(fields.get(11)? + fields.get(12)?)
    };
    ours.filter_map(ticks).sum::<f64>() / 100.0
}

/// Each station posts in turn, so many a second in all, if machine and server can; returns how many were stored.
async fn post_all(url: &str, keys: &[String], per_s: u32, time: Duration) -> u64 {
    const WORKERS: u32 = 16;
    let end = Instant::now() + time;
    let worker = async |worker: u32| {
        let client = reqwest::Client::new();
        let mut clock = tokio::time::interval(Duration::from_secs(1) * WORKERS / per_s);
        let (mut stored, mut number) = (0, worker as usize);
        while Instant::now() < end {
            clock.tick().await;
            let (key, round) = (&keys[number % keys.len()], number / keys.len());
            let degrees = 10.0 + (number * 7 % 90) as f64 / 10.0 + (round % 5) as f64 / 10.0;
            let body = json!({"temperature": degrees, "humidity": 40 + (number + round) % 50, "wind_speed": (round % 30) as f64 / 10.0});
            let answer = client.post(format!("{url}/api/v1/readings")).bearer_auth(key).json(&body).send().await;
            stored += u64::from(answer.is_ok_and(|answer| answer.status() == 201));
            number += WORKERS as usize;
        }
        stored
    };
    futures_util::future::join_all((0..WORKERS).map(worker)).await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes a minute, and prints figures that depend on the machine"]
async fn two_thousand_stations_at_400_reports_a_second_as_figures() {
    const STATIONS: usize = 2_000;
    const REPORTS_PER_S: u32 = 400;
    const TIME: Duration = Duration::from_secs(20);
    /// Two frames at 60 a second, ms.
    const LATE_MS: u32 = 34;
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), STATIONS).await;
    let server = Program::start(folder.path());
    post_all(&server.url, &keys, 4 * REPORTS_PER_S, TIME).await;
    for window in [DESKTOP, PHONE] {
        let browser = Browser::open(Options { window, ..Options::default() }).await;
        let began = Instant::now();
        browser.goto(&server.url).await.expect("the page");
        let loaded = began.elapsed();
        until(&browser, "document.querySelector('[data-feed]').dataset.feed", json!("live")).await;
        until(&browser, "document.querySelectorAll('tr[data-station]').length", json!(STATIONS)).await;
        for (what, per_s) in [("at rest", 1), ("with news", REPORTS_PER_S)] {
            browser.execute(COUNT.replace("LATE_MS", &LATE_MS.to_string()), vec![]).await.expect("a counter");
            let (before, from) = (renderers_s(browser.profile()), Instant::now());
            let stored = post_all(&server.url, &keys, per_s, TIME).await;
            let (used, took) = (renderers_s(browser.profile()) - before, from.elapsed().as_secs_f64());
            let seen = browser.execute("return window.stopCount()", vec![]).await.expect("figures").json().clone();
            println!(
                "{window:?}, {what}: page after {loaded:.1?}; {:.0} reports/s; {:.1} frames/s, the longest {:.0} ms, {} of {} took more than {LATE_MS} ms; \
                scripts {:.1} ms/s; {} changes of text; renderers {:.0} % of a processor",
                stored as f64 / took,
                seen["count"].as_f64().unwrap_or(0.0) / seen["ms"].as_f64().unwrap_or(1.0) * 1_000.0,
                seen["longest"].as_f64().unwrap_or(0.0),
                seen["late"],
                seen["count"],
                seen["busy"].as_f64().unwrap_or(0.0) / took,
                seen["changes"],
                used / took * 100.0,
            );
            assert!(seen["count"].as_u64().is_some_and(|frames| frames > 0), "{seen}");
            assert!(per_s == 1 || seen["changes"].as_u64().is_some_and(|changes| changes > stored / 2), "{seen}");
        }
        browser.close().await;
    }
}
