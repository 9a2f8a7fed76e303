//! The page of a station that has not everything, live: what leads, rooms, and a wind that falls silent.

use crate::kit::axe;
use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

async fn until(browser: &Browser, script: &str, wanted: Value) {
    let script = format!("return {script}");
    eventually(&script, PATIENCE, async || match browser.execute(&script, vec![]).await {
        Ok(seen) if *seen.json() == wanted => Ok(()),
        Ok(seen) => Err(seen.json().to_string()),
        Err(error) => Err(error.to_string()),
    })
    .await;
}

async fn posted(server: &Program, key: &str, body: Value) {
    let (status, answer) = post(&server.url, key, &body).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
}

const BIG: &str = "document.querySelector('[data-show=big]')?.textContent";
const IS_LIVE: &str = "document.querySelector('[data-feed]').dataset.feed";

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_and_the_rooms_follow_the_news_and_an_old_wind_turns_grey() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("house");
    let browser = Browser::open(Options::default()).await;
    posted(&server, &key, json!({"soil1/soil_temperature": 9.5, "soil1/soil_moisture": 31})).await;
    browser.goto(format!("{}/s/house", server.url)).await.expect("the page");
    until(&browser, IS_LIVE, json!("live")).await;
    until(&browser, BIG, json!("9.5")).await;
    posted(&server, &key, json!({"soil1/soil_temperature": 9.7})).await;
    until(&browser, BIG, json!("9.7")).await;
    until(&browser, "document.title", json!("9.7 °C – Town Hall")).await;

    // A thermometer that is new leads, and rooms become a table.
    posted(&server, &key, json!({"temperature": 18.5, "wind_speed": 4.2, "attic/temperature": 23.1, "attic/humidity": 41, "cellar/temperature": 14.5})).await;
    until(&browser, BIG, json!("18.5")).await;
    let attic =
        "document.querySelector('tr[data-tile=\"attic/temperature\"]')?.innerText.split(/\\s+/).slice(0, 3).join(' ')";
    until(&browser, attic, json!("Attic 23.1 41")).await;
    posted(&server, &key, json!({"attic/temperature": 22.4, "attic/humidity": 43})).await;
    until(&browser, attic, json!("Attic 22.4 43")).await;
    let span = "document.querySelector('[data-show=span][data-key=\"attic/temperature\"]').textContent";
    until(&browser, span, json!("22.4 – 23.1")).await;
    let found = axe::findings(&browser).await;
    assert!(found.is_empty(), "{found:#?}");

    // Twenty minutes later nothing new has come of the wind.
    browser.execute("const clock = Date.now; Date.now = () => clock() + 1_200_000;", vec![]).await.expect("a clock");
    let wind = "(() => { const { dataset, innerText } = document.querySelector('.wind'); return [dataset.state, /20 min ago/.test(innerText)]; })()";
    until(&browser, wind, json!(["offline", true])).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

/// How many tiles stand in each row of each group of two tiles or more.
const ROWS: &str = "[...document.querySelectorAll('.tiles')].filter(({children}) => children.length > 1).map(({children}) => \
    Object.values(Object.groupBy([...children], (tile) => Math.round(tile.getBoundingClientRect().top))).map((row) => row.length))";

#[tokio::test(flavor = "multi_thread")]
async fn no_tile_stands_alone_in_a_row_and_nothing_beside_the_keeper_is_empty() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("house");
    let browser = Browser::open(Options::default()).await;
    let mut known = json!({"temperature": 18.5, "battery_voltage": 2.9});
    posted(&server, &key, known.clone()).await;
    browser.set_window_rect(0, 0, 1440, 1000).await.expect("a size");
    browser.goto(format!("{}/s/house", server.url)).await.expect("the page");
    let level = "(() => { const [hero, keeper] = ['.hero', '.keeper'].map((name) => document.querySelector(name).getBoundingClientRect()); \
        const picture = document.querySelector('.wide').getBoundingClientRect(); \
        return [hero.bottom - keeper.bottom, picture.right - keeper.right, picture.top > keeper.bottom]; })()";
    until(&browser, level, json!([0, 0, true])).await;

    for more in [
        json!({"humidity": 50, "sea_level_pressure": 1013, "precipitation": 1}),
        json!({"solar_radiation": 0}),
        json!({"pm2_5": 3}),
        json!({"co2": 420}),
        json!({"soil_temperature": 8}),
        json!({"soil_moisture": 30, "leaf_wetness": 2}),
    ] {
        known.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        posted(&server, &key, known.clone()).await;
        for width in [1440, 1200, 1000, 900, 800, 700, 620] {
            browser.set_window_rect(0, 0, width, 1000).await.expect("a size");
            browser.goto(format!("{}/s/house", server.url)).await.expect("the page");
            let rows = browser.execute(&format!("return {ROWS}"), vec![]).await.expect("rows");
            let rows: Vec<Vec<u32>> = serde_json::from_value(rows.json().clone()).expect("numbers");
            // Two columns: the last of an odd number is as wide as both.
            let lonely = rows.iter().any(|rows| rows.contains(&1) && rows[0] > 2);
            assert!(!rows.is_empty() && !lonely, "{rows:?} at {width} px of {known}");
        }
    }
    browser.close().await;
}
