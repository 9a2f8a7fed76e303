//! Pages that stay open for a week: as many news as a week brings come, and the pages' memory stays where it was after the first days.

use super::overview::until;
use crate::kit::chrome::{Browser, Options};
use crate::kit::program::{Program, run};
use serde_json::{Value, json};

/// A week.
const DAYS: usize = 7;
/// A report a minute.
const REPORTS_A_DAY: usize = 1_440;
/// What a day takes here, ms: the window of the history page is as long, so that a week goes through it.
const DAY_MS: i64 = 60_000;
/// By so much the pages' own pauses are shorter: the server is asked for as many pictures as in a week, or more.
const FASTER: u32 = 60;
/// From the end of the second day to that of the last a page may grow by so much, bytes. 7,200 news come on that way: 140 bytes of each would be
/// more. A page that just asks for pictures holds 0.4 MB more.
const GROWTH_MAX_BYTES: f64 = 1_000_000.0;
/// The same for nodes and listeners.
const GROWTH_MAX_COUNT: f64 = 300.0;

/// Shorter pauses for what the page does by itself; what is shorter than a second stays.
const FASTER_PAUSES: &str = "const later = window.setTimeout;
    window.setTimeout = (run, ms, ...more) => later(run, ms >= 5_000 ? ms / FASTER : ms, ...more);";

/// What a page holds when its rubbish has been collected.
#[derive(Debug, Clone, Copy)]
struct Held {
    bytes: f64,
    nodes: f64,
    listeners: f64,
    documents: f64,
}

async fn held(browser: &Browser) -> Held {
    let cdp = browser.cdp();
    for method in
        ["HeapProfiler.enable", "Performance.enable", "HeapProfiler.collectGarbage", "HeapProfiler.collectGarbage"]
    {
        cdp.send_raw(method, json!({})).await.expect(method);
    }
    let told = cdp.send_raw("Performance.getMetrics", json!({})).await.expect("metrics");
    let metric = |name: &str| {
        let metrics = told["metrics"].as_array().expect("a list");
        metrics.iter().find(|one| one["name"] == name).and_then(|one| one["value"].as_f64()).expect(name)
    };
    Held {
        bytes: metric("JSHeapUsedSize"),
        nodes: metric("Nodes"),
        listeners: metric("JSEventListeners"),
        documents: metric("Documents"),
    }
}

/// A report of three sensors. They move by tenths, so that no check sets them aside.
fn report(number: usize) -> Value {
    let wave = |period: f64| ((number as f64 / period).sin() * 50.0).round() / 10.0;
    json!({
        "temperature": 10.0 + wave(200.0), "humidity": 60.0 + wave(300.0), "sea_level_pressure": 1010.0 + wave(900.0),
        "wind_speed": 5.0 + wave(150.0), "wind_gust": 11.0 + wave(150.0), "wind_direction": number % 360,
        "indoor/temperature": 21.0 + wave(400.0), "indoor/humidity": 45.0 + wave(500.0),
        "cellar/temperature": 12.0 + wave(700.0),
    })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes"]
async fn a_history_page_and_one_on_a_wall_do_not_grow_within_a_week() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let set = run(folder.path(), &["station", "set", "town-hall", "--latitude", "47", "--longitude", "8"]);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    let client = reqwest::Client::new();
    let post = async |number: usize| {
        let request = client.post(format!("{}/api/v1/readings", server.url)).bearer_auth(&key).json(&report(number));
        assert_eq!(request.send().await.expect("an answer").status(), 201, "{number}");
    };
    for number in 0..100 {
        post(number).await;
    }
    let now = chrono::Utc::now();
    let time = |ms: i64| (now + chrono::TimeDelta::milliseconds(ms)).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let (history, wall) = (Browser::open(Options::default()).await, Browser::open(Options::default()).await);
    for browser in [&history, &wall] {
        let source = FASTER_PAUSES.replace("FASTER", &FASTER.to_string());
        let before = json!({ "source": source });
        browser.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", before).await.expect("a script");
    }
    let path = format!("/s/town-hall/history?from={}&to={}", time(-DAY_MS), time(0));
    history.goto(format!("{}{path}", server.url)).await.expect("the page");
    wall.goto(format!("{}/kiosk/town-hall", server.url)).await.expect("the page");
    until(&history, "document.querySelectorAll('.plotted canvas').length > 3", json!(true)).await;
    until(&wall, "document.querySelector('[data-wall]').textContent", json!("Connected")).await;
    let asked = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/series?')).length";
    for browser in [&history, &wall] {
        // Else the browser forgets what was asked for after 250 times.
        browser.execute("performance.setResourceTimingBufferSize(10_000)", vec![]).await.expect("a size");
    }

    let mut seen: Vec<[Held; 2]> = Vec::new();
    for day in 0..DAYS {
        for minute in 0..REPORTS_A_DAY {
            post(100 + day * REPORTS_A_DAY + minute).await;
        }
        // The last one has come: the wall says its temperature.
        let last = report(99 + (day + 1) * REPORTS_A_DAY)["temperature"].as_f64().expect("a number");
        until(&wall, "document.querySelector('[data-show=big]').textContent", json!(format!("{last:.1}"))).await;
        seen.push([held(&history).await, held(&wall).await]);
        println!("day {}: history {:?}, wall {:?}", day + 1, seen[day][0], seen[day][1]);
    }
    let asked = history.execute(format!("return {asked}"), vec![]).await.expect("a number").json().clone();
    println!("the history page asked for pictures {asked} times");
    assert!(asked.as_u64().is_some_and(|asked| asked > 10), "it lived: {asked}");
    let shown = "Number(document.querySelector('[data-history]').dataset.shown.split(' ')[1]) > Date.now() - 120_000";
    until(&history, shown, json!(true)).await;
    for (page, name) in ["history", "wall"].into_iter().enumerate() {
        let (second, last) = (seen[1][page], seen[DAYS - 1][page]);
        assert!(last.bytes - second.bytes < GROWTH_MAX_BYTES, "{name}: from {second:?} to {last:?}");
        for (before, after) in
            [(second.nodes, last.nodes), (second.listeners, last.listeners), (second.documents, last.documents)]
        {
            assert!(after - before < GROWTH_MAX_COUNT, "{name}: from {second:?} to {last:?}");
        }
    }
    for browser in [history, wall] {
        assert_eq!(browser.console_errors().await, Vec::<String>::new());
        browser.close().await;
    }
}
