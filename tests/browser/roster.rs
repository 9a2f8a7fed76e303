//! The table of many stations in a real browser: what an update touches, and whether the page keeps up.

use super::overview::{stations, until};
use crate::kit::chrome::{Browser, Options, PHONE};
use crate::kit::program::{Program, post};
use lab::drive::peer::{Heads, Peer};
use lab::drive::{self, Mode};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::By;

/// Notes each node of the stations that changes, by station and column. Ages are left out: they change by themselves.
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
            if (name && !name.endsWith(' heard')) window.touched.add(addedNodes[0]?.nodeType === 1 ? `${name} new` : name);
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
    posted(7, json!({"temperature": 10.5, "humidity": 61, "wind_speed": 2, "wind_direction": 91, "solar_radiation": 300})).await;
    let text = |slug: &str, column: &str| format!("document.querySelector('[data-station={slug}] .{column}').textContent");
    until(&browser, &text("s-007", "humidity"), json!("61")).await;
    until(&browser, "[...window.touched]", json!(["s-007 humidity"])).await;

    // The coldest so far: a row far below the screen, and its dot.
    posted(39, json!({"temperature": 10.3, "humidity": 50, "wind_speed": 2, "wind_direction": 90})).await;
    until(&browser, &text("s-039", "temperature"), json!("10.3")).await;
    let wanted = ["s-007 humidity", "s-039 a", "s-039 low", "s-039 temperature"];
    until(&browser, "[...window.touched].sort()", json!(wanted)).await;
    until(&browser, "document.querySelector('[data-dot=s-039]').getAttribute('aria-label')", json!("Hill 039, 10.3 °C")).await;
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
    browser.find(By::LinkText("Temperature")).await.expect("a heading").click().await.expect("a click");
    let mut names = Vec::new();
    for heading in browser.find_all(By::Css("[data-group=heard] th")).await.expect("rows") {
        names.push(heading.text().await.expect("a name"));
    }
    assert_eq!(names, ["Hill 001", "Hill 002", "Hill 000"]);
    let sorted = browser.find(By::Css("th.temperature")).await.expect("a heading");
    assert_eq!(sorted.attr("aria-sort").await.expect("an attribute").as_deref(), Some("descending"));
    let dot = browser.find(By::Css("[data-dot=s-002] circle")).await.expect("a dot");
    let click = browser.action_chain().move_to_element_center(&dot).click();
    click.perform().await.expect("a click");
    assert!(browser.current_url().await.expect("an address").path().ends_with("/s/s-002"));
}

/// Counts frames and the longest time between two.
const COUNT: &str = r#"
    window.frames_seen = { count: 0, longest: 0, over20: 0, from: performance.now(), last: performance.now() };
    const step = (now) => {
        const seen = window.frames_seen;
        const gap = now - seen.last;
        seen.count++;
        seen.longest = Math.max(seen.longest, gap);
        if (gap > 20) seen.over20++;
        seen.last = now;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
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
        let fields: Vec<f64> =
            stat.rsplit_once(") ")?.1.split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
        Some(fields.get(11)? + fields.get(12)?)
    };
    ours.filter_map(ticks).sum::<f64>() / 100.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes a minute, and prints figures that depend on the machine"]
async fn two_thousand_stations_at_400_reports_a_second_as_figures() {
    const STATIONS: usize = 2_000;
    const EVERY_S: u32 = 5;
    const SECONDS: u32 = 30;
    let folder = tempfile::tempdir().expect("a folder");
    let keys = stations(folder.path(), STATIONS).await;
    let server = Program::start(folder.path());
    let keys: Vec<String> = keys.into_iter().enumerate().map(|(number, key)| format!("s-{number:03}={key}")).collect();
    let drive = |seconds: u32| {
        let mode = Mode::Watched { every_s: EVERY_S.into(), seconds: seconds.into(), pages: 1, overviews: 1 };
        drive::run(drive::Options {
            url: server.url.clone(),
            peer: Peer::Stevenson,
            heads: Heads::Short,
            keys: keys.clone(),
            pids: Vec::new(),
            mode,
        })
    };
    drive(EVERY_S).await.expect("each station has reported");
    for (window, path) in [((1280, 900), "/"), (PHONE, "/")] {
        let browser = Browser::open(Options { window, ..Options::default() }).await;
        let began = Instant::now();
        browser.goto(format!("{}{path}", server.url)).await.expect("the page");
        let loaded = began.elapsed();
        until(&browser, "document.querySelector('[data-feed]').dataset.feed", json!("live")).await;
        assert_eq!(browser.find_all(By::Css("[data-station]")).await.expect("rows").len(), STATIONS);
        let text = "window.news = 0; new MutationObserver((all) => { window.news += all.length; }).observe(document.querySelector('tbody'), { subtree: true, childList: true, characterData: true });";
        browser.execute(text, vec![]).await.expect("an observer");
        browser.execute(COUNT, vec![]).await.expect("a counter");
        let (before, from) = (renderers_s(browser.profile()), Instant::now());
        let driven = drive(SECONDS).await.expect("measured");
        let (cpu, took) = (renderers_s(browser.profile()) - before, from.elapsed());
        let seen = browser.execute("return [window.frames_seen, window.frames_seen.last - window.frames_seen.from, window.news]", vec![]);
        let seen = seen.await.expect("figures").json().clone();
        let (frames, ms) = (seen[0]["count"].as_f64().unwrap_or(0.0), seen[1].as_f64().unwrap_or(1.0));
        println!(
            "{window:?}: page after {loaded:.1?}; {:.1} frames a second, the longest {:.0} ms, {} of {frames} took more than 20 ms; {} changes; renderers used {:.0} % of a processor",
            frames / ms * 1_000.0,
            seen[0]["longest"].as_f64().unwrap_or(0.0),
            seen[0]["over20"],
            seen[2],
            cpu / took.as_secs_f64() * 100.0,
        );
        println!("{driven}");
        assert!(frames > 0.0 && seen[2].as_u64().is_some_and(|changes| changes > u64::from(SECONDS)), "{seen}");
        tokio::time::timeout(Duration::from_secs(60), browser.close()).await.expect("it closes");
    }
}
