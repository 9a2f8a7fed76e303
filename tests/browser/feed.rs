//! An open page, from outside: a real browser, the real program, and a road between them that counts.

use crate::kit::chrome::{Browser, Options, PHONE, eventually};
use crate::kit::program::{Program, post, run};
use crate::kit::relay::Relay;
use serde_json::json;
use std::time::Duration;
use thirtyfour::By;
use thirtyfour::error::WebDriverResult;

/// What is posted is to be on the page within this.
const BLINK: Duration = Duration::from_secs(1);
/// What needs a restart or a retry takes longer, on a busy machine above all.
const PATIENCE: Duration = Duration::from_secs(20);

async fn text(browser: &Browser, selector: &str) -> WebDriverResult<String> {
    let element = browser.find(By::Css(selector)).await?;
    Ok(element.prop("textContent").await?.unwrap_or_default().trim().to_owned())
}

/// Waits until the page says `wanted` at `selector`.
async fn says(browser: &Browser, selector: &str, wanted: &str, within: Duration) {
    eventually(&format!("{selector} says {wanted:?}"), within, async || match text(browser, selector).await {
        Ok(seen) if seen.contains(wanted) => Ok(()),
        Ok(seen) => Err(seen),
        Err(error) => Err(error.to_string()),
    })
    .await;
}

/// How many readings the table behind the chart counts.
async fn readings_in_the_chart(browser: &Browser) -> i64 {
    let script = "return [...document.querySelectorAll('[data-rows] tr')]
        .reduce((sum, row) => sum + Number(row.cells.length === 5 ? row.cells[4].textContent : 0), 0)";
    browser.execute(script, vec![]).await.expect("a number").json().as_f64().expect("a number") as i64
}

fn now_ms() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis() as i64
}

async fn posted(server: &Program, key: &str, body: serde_json::Value) {
    let (status, answer) = post(&server.url, key, &body).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_appear_without_polling_and_the_page_outlives_a_killed_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let road = Relay::start(server.address()).await.expect("a road");
    let start = now_ms() - 60_000;
    let mut acknowledged = 0;
    let mut at = start;
    let mut next = |temperature: f64| {
        at += 1_000;
        acknowledged += 1;
        (
            json!({"observed_at": at, "temperature": temperature, "humidity": 55, "wind_speed": 3.2, "wind_direction": 250}),
            acknowledged,
        )
    };

    let (reading, _) = next(17.1);
    posted(&server, &key, reading).await;
    let browser = Browser::open(Options::default()).await;
    browser.goto(road.url("/s/town-hall")).await.expect("the page");
    says(&browser, "[data-show=big]", "17.1", PATIENCE).await;
    says(&browser, "[data-feed-text]", "Live · ping-pong", PATIENCE).await;

    for step in 0..5 {
        let temperature = 18.0 + f64::from(step) / 2.0;
        let (reading, _) = next(temperature);
        posted(&server, &key, reading).await;
        says(&browser, "[data-show=big]", &format!("{temperature:.1}"), BLINK).await;
    }
    assert_eq!(browser.title().await.expect("a title"), "20.0 °C – Town Hall");
    says(&browser, "[data-show=high]", "20.0", BLINK).await;

    // At rest: one truck out, and a second of silence sends nothing.
    eventually(
        "one truck is out",
        PATIENCE,
        async || if road.trucks_out() == 1 { Ok(()) } else { Err(road.trucks_out()) },
    )
    .await;
    let before = road.requests().len();
    tokio::time::sleep(Duration::from_secs(3)).await; // the silence that is tested
    assert_eq!(road.requests().len(), before, "nobody polls");
    assert_eq!(road.trucks_out(), 1);
    assert!(road.trucks_out_max() <= 2, "never more than the fleet");
    assert_eq!(road.count("GET", "/s/"), 1, "no refetch: news came on trucks alone");

    // Killed, and started again on another port: the page goes on.
    server.kill();
    road.cut();
    says(&browser, "[data-feed-text]", "Reconnecting", PATIENCE).await;
    let server = Program::start(folder.path());
    road.lead_to(server.address());
    let (reading, _) = next(21.5);
    posted(&server, &key, reading).await;
    says(&browser, "[data-show=big]", "21.5", PATIENCE).await;
    says(&browser, "[data-feed-text]", "Live", PATIENCE).await;
    let (reading, count) = next(22.0);
    posted(&server, &key, reading.clone()).await;
    says(&browser, "[data-show=big]", "22.0", BLINK).await;
    let (status, _) = post(&server.url, &key, &reading).await.expect("an answer");
    assert_eq!(status, 200, "a repeated report is known");
    assert_eq!(readings_in_the_chart(&browser).await, count, "every acknowledged reading, none twice");
    assert_eq!(road.count("GET", "/s/"), 1, "no reload");

    // The server's own chart says the same.
    browser.goto(road.url("/s/town-hall")).await.expect("the page");
    assert_eq!(readings_in_the_chart(&browser).await, count);

    // Closed: nothing is out.
    browser.close().await;
    eventually(
        "no truck is out",
        PATIENCE,
        async || if road.trucks_out() == 0 { Ok(()) } else { Err(road.trucks_out()) },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_readings_go_to_their_place_and_a_batch_of_old_ones_is_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let now = now_ms();
    posted(&server, &key, json!({"observed_at": now, "temperature": 10.0})).await;
    let browser = Browser::open(Options::default()).await;
    browser.goto(format!("{}/s/town-hall", server.url)).await.expect("the page");
    says(&browser, "[data-feed-text]", "Live", PATIENCE).await;

    posted(&server, &key, json!({"observed_at": now - 120_000, "temperature": 4.0})).await;
    says(&browser, "[data-show=low]", "4.0", BLINK).await;
    assert!(text(&browser, "[data-show=big]").await.expect("a number").contains("10.0"), "late is not latest");
    assert_eq!(readings_in_the_chart(&browser).await, 2);

    let old: Vec<_> =
        (1..=30).map(|i| json!({"observed_at": now - 3_600_000 - i * 60_000, "temperature": 8.0})).collect();
    posted(&server, &key, json!(old)).await;
    eventually("the old ones are in the chart", PATIENCE, async || match readings_in_the_chart(&browser).await {
        32 => Ok(()),
        other => Err(other),
    })
    .await;
    posted(&server, &key, json!({"temperature": 11.0})).await;
    says(&browser, "[data-show=big]", "11.0", PATIENCE).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_page_shows_the_numbers_and_switches_units_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let values = json!({"temperature": 21.45, "humidity": 55, "sea_level_pressure": 1013.25, "wind_speed": 4.2});
    posted(&server, &key, values).await;
    let browser = Browser::open(Options { scripts: false, window: PHONE, ..Options::default() }).await;
    browser.goto(format!("{}/s/town-hall", server.url)).await.expect("the page");
    let shown = async |selector: &str, wanted: &str| says(&browser, selector, wanted, PATIENCE).await;
    let press = async |selector: &str| {
        browser.find(By::Css(selector)).await.expect("a button").click().await.expect("a click");
    };
    let metric = async || {
        shown("[data-show=big]", "21.5").await;
        shown("[data-tile=sea_level_pressure]", "1013.3hPa").await;
        shown("[data-tile=wind_speed]", "4.2m/s").await;
    };
    let choose = async |units: [&str; 2]| {
        browser.follow(By::Css("a[href^='/settings']")).await;
        for unit in units {
            press(&format!("input[value={unit}]")).await;
        }
        press(".settings .button").await;
    };
    metric().await;
    press("button[value=F]").await;
    shown("[data-show=big]", "70.6").await;
    choose(["inhg", "mph"]).await;
    shown("[data-tile=sea_level_pressure]", "29.92inHg").await;
    shown("[data-tile=wind_speed]", "mph").await;
    press("button[value=C]").await;
    shown("[data-show=big]", "21.5").await;
    choose(["hpa", "ms"]).await;
    metric().await; // the same digits
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_that_is_added_or_removed_shows_on_the_open_overview() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let browser = Browser::open(Options::default()).await;
    browser.goto(&server.url).await.expect("the page");
    says(&browser, "main", "stevenson station add", PATIENCE).await;

    let key = server.add_station("town-hall");
    says(&browser, "main", "Town Hall", PATIENCE).await;
    posted(&server, &key, json!({"temperature": 3.5})).await;
    says(&browser, "[data-station=town-hall] [data-show=big]", "3.5", PATIENCE).await;
    posted(&server, &key, json!({"temperature": 3.6})).await;
    says(&browser, "[data-station=town-hall] [data-show=big]", "3.6", BLINK).await;

    assert!(crate::kit::program::run(folder.path(), &["station", "remove", "town-hall", "--yes"]).status.success());
    says(&browser, "main", "stevenson station add", PATIENCE).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_brings_the_same_news_by_its_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    posted(&server, &key, json!({"temperature": 1.5})).await;
    let road = Relay::start(server.address()).await.expect("a road");
    let browser = Browser::open(Options::default()).await;
    browser.goto(road.url("/s/town-hall?fleet=polling")).await.expect("the page");
    says(&browser, "[data-feed-text]", "polling", PATIENCE).await;
    posted(&server, &key, json!({"temperature": 2.5})).await;
    says(&browser, "[data-show=big]", "2.5", PATIENCE).await;
    eventually(
        "no truck parks",
        PATIENCE,
        async || if road.trucks_out() == 0 { Ok(()) } else { Err(road.trucks_out()) },
    )
    .await;
    assert!(road.trucks_out_max() <= 1);
}

/// Scrambles every live place, waits for the scripts to paint, and lists where the server's own page says otherwise.
/// Ages and the clock go on between the two; they are left out.
const DIFFERENCES: &str = r#"
    const done = arguments[0];
    const live = (page) => [...page.querySelectorAll('main [data-show]')].filter((place) =>
        !/age|clock/.test(place.getAttribute('data-show')));
    const lines = (page) => [...page.querySelectorAll('[data-chart=line], [data-chart=band], [data-chart=bars], [data-course-part=line], [data-course-part=second], [data-course-part=bars]')];
    const pictures = (page) => [...page.querySelectorAll('[data-chart=canvas], [data-course-part=canvas]')];
    const rows = (page) => [...page.querySelectorAll('[data-rows] tr')];
    for (const place of live(document)) place.textContent = 'scrambled';
    const painted = () => live(document).every((place) => place.textContent !== 'scrambled');
    const wait = () => painted() ? compare() : requestAnimationFrame(wait);
    const compare = async () => {
        const html = await (await fetch(location.href)).text();
        const server = new DOMParser().parseFromString(html, 'text/html');
        const text = (place) => (place.getAttribute('data-key') ?? '') + ' ' + place.getAttribute('data-show') + ': '
            + place.textContent.trim() + ' ' + !!place.closest('[hidden]') + ' ' + (place.getAttribute('datetime') ?? '');
        const path = (line) => line.getAttribute('d');
        const picture = (canvas) => [canvas.getAttribute('aria-label'), canvas.parentElement.textContent.replace(/\s+/g, ' '),
            ...[...canvas.querySelectorAll('rect')].map((night) => night.getAttribute('x') + ' ' + night.getAttribute('width'))].join('|');
        const row = (row) => [...row.cells].map((cell) => cell.textContent.trim()).join('|');
        const pairs = [[live, text], [lines, path], [pictures, picture], [rows, row]].flatMap(([find, say]) => {
            const [here, there] = [find(document).map(say), find(server).map(say)];
            return here.map((said, i) => [said, there[i]]).concat(here.length === there.length ? [] : [[here.length, there.length]]);
        });
        done({compared: pairs.length, different: pairs.filter(([here, there]) => here !== there)});
    };
    wait();
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_paint_what_the_server_prints_to_the_digit() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let now = now_ms();
    let past: Vec<_> = (1..200)
        .map(|i| {
            // Halves, negatives near zero, and values that binary cannot hold: where roundings part.
            let t = f64::from(i % 90 - 45) * 0.35 - 0.05;
            json!({"observed_at": now - i64::from(i) * 400_000, "temperature": t, "humidity": f64::from(i % 100) + 0.5,
                "wind_speed": f64::from(i % 40) * 0.45, "wind_gust": f64::from(i % 40) * 0.65, "wind_direction": i * 7 % 360,
                "sea_level_pressure": 980.05 + f64::from(i) * 0.35, "precipitation": 0.254, "precipitation_rate": 1.005})
        })
        .collect();
    posted(&server, &key, json!(past)).await;
    posted(
        &server,
        &key,
        json!({"observed_at": now - 30_000, "temperature": -0.05, "humidity": 99.5, "wind_speed": 8.25,
        "wind_gust": 12.35, "wind_direction": 348.75, "sea_level_pressure": 1013.25, "station_pressure": 989.15,
        "precipitation": 0.254, "precipitation_rate": 1.005, "uv_index": 2.5, "co2": 412.5, "pm2_5": 7.45,
        "indoor/temperature": 21.45, "indoor/humidity": 40.5, "battery_voltage": 2.965}),
    )
    .await;

    // Stations that something else leads than the temperature outdoors.
    for (slug, keys) in [
        ("house", &["indoor/temperature", "indoor/humidity", "attic/temperature", "attic/humidity"][..]),
        ("field", &["soil1/soil_temperature", "soil1/soil_moisture"]),
        ("street", &["pm2_5", "pm10"]),
        ("gauge", &["precipitation"]),
        ("mast", &["wind_speed", "wind_gust", "wind_direction"]),
    ] {
        let key = server.add_station(slug);
        let set = run(folder.path(), &["station", "set", slug, "--latitude", "52.5", "--longitude", "13.4"]);
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        let report = |i: i64| {
            let values = keys
                .iter()
                .zip(1..)
                .map(|(key, nth)| ((*key).to_owned(), json!(f64::from((i as i32 * nth) % 37) * 0.35)));
            let at = ("observed_at".to_owned(), json!(now - i * 400_000 - 20_000));
            serde_json::Value::Object(values.chain([at]).collect())
        };
        posted(&server, &key, json!((0..150).rev().map(report).collect::<Vec<_>>())).await;
    }

    let browser = Browser::open(Options::default()).await;
    for units in ["c-metric", "f-us", "f-metric-kmh.comma", "c-us-kn-mmhg-mm.comma"] {
        let others = ["/s/house", "/s/field", "/s/street", "/s/gauge", "/s/mast"];
        let others = others.into_iter().filter(|_| ["c-metric", "f-us"].contains(&units));
        for page in ["/s/town-hall", "/"].into_iter().chain(others) {
            browser.goto(format!("{}{page}", server.url)).await.expect("the page");
            let cookie = format!("document.cookie = 'settings=1.{units}; path=/'");
            browser.execute(&cookie, vec![]).await.expect("a cookie");
            browser.refresh().await.expect("the page");
            says(&browser, "[data-feed-text]", "Live", PATIENCE).await;
            let found = browser.execute_async(DIFFERENCES, vec![]).await.expect("a comparison").json().clone();
            assert_eq!(found["different"], json!([]), "{page} in {units}");
            assert!(found["compared"].as_u64() >= Some(8), "{page} has live places: {found}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_modern_rows_bring_the_same_news_and_outlive_a_killed_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    posted(&server, &key, json!({"temperature": 1.5})).await;
    let road = Relay::start(server.address()).await.expect("a road");
    let browser = Browser::open(Options::default()).await;
    for (row, degrees) in [("sse", 2.0), ("websocket", 3.0)] {
        browser.goto(road.url(&format!("/s/town-hall?fleet={row}"))).await.expect("the page");
        says(&browser, "[data-feed-text]", &format!("Live · {row}"), PATIENCE).await;
        for step in 0..3 {
            let temperature = degrees + f64::from(step) / 10.0;
            posted(&server, &key, json!({"temperature": temperature})).await;
            says(&browser, "[data-show=big]", &format!("{temperature:.1}"), BLINK).await;
        }
        server.kill();
        road.cut();
        says(&browser, "[data-feed-text]", "Reconnecting", PATIENCE).await;
        server = Program::start(folder.path());
        road.lead_to(server.address());
        posted(&server, &key, json!({"temperature": degrees + 0.5})).await;
        says(&browser, "[data-show=big]", &format!("{:.1}", degrees + 0.5), PATIENCE).await;
        says(&browser, "[data-feed-text]", &format!("Live · {row}"), PATIENCE).await;
        assert_eq!(road.trucks_out(), 0, "no truck is parked beside a stream");
    }
}
