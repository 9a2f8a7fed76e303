//! The lab in a real browser, on a road that counts; and what axe finds on every kind of page.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PHONE, eventually};
use crate::kit::program::{Program, post};
use crate::kit::relay::Relay;
use channel::fleet::FLEETS;
use lab::traffic::{Traffic, What};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use thirtyfour::By;

/// What needs a browser takes long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is seen of a lane.
const LANES: &str = "return [...document.querySelectorAll('.track')].map((lane) => ({
    fleet: lane.dataset.lane, bay: lane.dataset.bay, news: Number(lane.dataset.news ?? 0),
    trips: Number(lane.querySelector('[data-count=trips]').textContent),
    empty: lane.querySelector('[data-count=empty]').textContent,
    bytes: lane.querySelector('[data-count=bytes]').textContent,
    parked: lane.querySelector('[data-count=parked]').textContent,
    ages: lane.querySelectorAll('[data-strip] circle').length,
    fed: lane.querySelector('[data-fed]').textContent }))";

async fn run(browser: &Browser, script: &str) -> Value {
    browser.execute(script, vec![]).await.expect("a script").json().clone()
}

async fn click(browser: &Browser, selector: &str) {
    browser.find(By::Css(selector)).await.expect("it is on the page").click().await.expect("a click");
}

async fn lanes(browser: &Browser) -> BTreeMap<String, Value> {
    let lanes = run(browser, LANES).await;
    let lanes = lanes.as_array().expect("lanes").iter().map(|lane| (lane["fleet"].as_str().expect("a name"), lane));
    lanes.map(|(fleet, lane)| (fleet.to_owned(), lane.clone())).collect()
}

/// Waits until a script says yes.
async fn so(browser: &Browser, what: &str, script: &str) {
    eventually(what, PATIENCE, async || match run(browser, script).await {
        Value::Bool(true) => Ok(()),
        other => Err(other),
    })
    .await;
}

async fn open(server: &Program, path: &str, options: Options) -> Browser {
    let browser = Browser::open(options).await;
    browser.goto(format!("{}{path}", server.url)).await.expect("the page");
    browser
}

const RUNS: &str = "const lanes = [...document.querySelectorAll('[data-fed]')];
    return lanes.length > 0 && lanes.every((one) => one.textContent === 'running')";

#[tokio::test(flavor = "multi_thread")]
async fn two_lanes_run_side_by_side_and_count_what_the_road_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    server.add_station("town-hall");
    let road = Relay::start(server.address()).await.expect("a road");
    let browser = Browser::open(Options::default()).await;
    browser.goto(road.url("/lab?source=none")).await.expect("the page");
    so(&browser, "both lanes run", RUNS).await;
    assert_eq!(
        run(&browser, "return document.querySelector('[data-connections]').textContent").await,
        "Lanes use 3 of 6 connections"
    );

    for wanted in 1..=3 {
        click(&browser, "[data-change]").await;
        eventually("a change is on ping-pong", PATIENCE, async || {
            let seen = lanes(&browser).await;
            if seen["ping-pong"]["news"] == wanted { Ok(()) } else { Err(seen) }
        })
        .await;
    }
    click(&browser, "[data-say]").await;
    eventually("polling brings all of it", PATIENCE, async || {
        let seen = lanes(&browser).await;
        if seen["polling"]["news"] == 3 && seen["polling"]["ages"] == 3 { Ok(()) } else { Err(seen) }
    })
    .await;
    // Until a look has found both counts at rest: polling's next truck may be leaving right now.
    let seen = eventually("the page counts what the road counts", PATIENCE, async || {
        let seen = lanes(&browser).await;
        let counted = |lane: &Value| {
            let bay = lane["bay"].as_str().unwrap_or("?");
            lane["trips"] == road.count("POST", &format!("/dock/{bay}"))
        };
        if seen.values().all(counted) { Ok(seen) } else { Err(seen) }
    })
    .await;
    assert!(seen["ping-pong"]["trips"].as_u64() >= Some(6), "a probe, four that waited, one for the word: {seen:?}");
    assert_eq!((&seen["ping-pong"]["parked"], &seen["polling"]["parked"]), (&json!("1"), &json!("0")));
    assert_ne!(seen["ping-pong"]["bytes"], "0 B, 0 B");
    assert!(seen["polling"]["empty"].as_str().is_some_and(|share| share.ends_with('%')), "{seen:?}");
    assert_eq!(road.count("POST", "/lab/change"), 3);
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stations_own_news_and_traffic_by_chance_reach_the_lanes() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let browser = open(&server, "/lab?lanes=ping-pong,websocket,sse", Options::default()).await;
    so(&browser, "all lanes run", RUNS).await;
    post(&server.url, &key, &json!({"temperature": 18.4})).await.expect("an answer");
    let all_have = async |least: u64| {
        eventually("every lane has news", PATIENCE, async || {
            let seen = lanes(&browser).await;
            if seen.len() == 3 && seen.values().all(|lane| lane["news"].as_u64() >= Some(least)) {
                Ok(())
            } else {
                Err(seen)
            }
        })
        .await;
    };
    all_have(1).await;

    let choose = "const form = document.querySelector('[data-knobs]');
        form.elements.source.value = 'chance'; form.elements.news.value = '0.3'; form.elements.words.value = '0.5';
        form.dispatchEvent(new Event('change'))";
    run(&browser, choose).await;
    all_have(5).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn run_all_measures_every_row_and_a_link_repeats_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let browser = open(&server, "/lab?seconds=2&news=2&words=1&seed=5&source=none", Options::default()).await;
    so(&browser, "the lanes run", RUNS).await;
    click(&browser, "[data-run]").await;
    so(&browser, "it is over", "return !document.querySelector('[data-saves]').hidden").await;
    let rows = run(
        &browser,
        "return [...document.querySelectorAll('[data-rows] tr')].map((row) => [...row.cells].map((cell) => cell.textContent))",
    )
    .await;
    let rows = rows.as_array().expect("rows");
    assert_eq!(
        rows.iter().map(|row| row[0].as_str().expect("a name")).collect::<Vec<_>>(),
        FLEETS.each_ref().map(|fleet| fleet.name)
    );
    let verdicts = ["holds", "does not hold", "too short"];
    for row in rows {
        let verdict = row[10].as_str().expect("a verdict");
        assert!(verdicts.iter().any(|word| verdict.contains(word)), "{row}");
    }
    let (ping_pong, polling) = (&rows[5], &rows[2]);
    assert!(ping_pong[4].as_str().is_some_and(|age| age.contains("ms")), "measured and predicted: {ping_pong}");
    assert_ne!(polling[2], "–", "{polling}");
    for row in rows {
        let arrived: Vec<u64> = row[3].as_str().expect("text").split(" of ").filter_map(|n| n.parse().ok()).collect();
        assert!(arrived.len() == 2 && arrived[0] <= arrived[1], "arrived of sent: {row}");
    }
    let widths = "return [...document.querySelectorAll('[data-plots] figure:nth-child(3) rect.value')]
        .map((bar) => parseFloat(bar.getAttribute('width')))";
    let plots = run(&browser, widths).await;
    let widths: Vec<f64> = plots.as_array().expect("bars").iter().filter_map(Value::as_f64).collect();
    assert!(widths.len() >= 5 && widths.iter().all(|width| *width > 2.0), "every age can be seen: {widths:?}");
    assert_eq!(run(&browser, "return document.querySelectorAll('[data-plots] figure').length").await, 5);
    assert_eq!(run(&browser, "return document.querySelectorAll('[data-rows] small').length > 30").await, true);
    so(
        &browser,
        "the adviser has an opinion",
        "return document.querySelector('[data-advice]').textContent.length > 20",
    )
    .await;
    for link in ["[data-csv]", "[data-json]"] {
        let href = run(&browser, &format!("return document.querySelector('{link}').href")).await;
        assert!(href.as_str().is_some_and(|href| href.starts_with("blob:")), "{href}");
    }

    let link = run(&browser, "return document.querySelector('[data-share]').href").await;
    assert!(
        link.as_str()
            .expect("an address")
            .ends_with("/lab?seed=5&news=2&words=1&seconds=2&lanes=ping-pong,polling&source=none"),
        "{link}"
    );
    browser.goto(link.as_str().expect("an address")).await.expect("the page");
    so(&browser, "the lanes run", RUNS).await;
    let again = "const form = document.querySelector('[data-knobs]').elements;
        return [form.seed.value, form.news.value, form.words.value, document.querySelector('[data-seconds]').value]";
    assert_eq!(run(&browser, again).await, json!(["5", "0.5", "1", "2"]));
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_cancelled_and_the_lanes_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let browser = open(&server, "/lab?seconds=600&source=none", Options::default()).await;
    so(&browser, "the lanes run", RUNS).await;
    click(&browser, "[data-run]").await;
    so(&browser, "it measures", "return document.querySelector('[data-progress-text]').textContent.includes('1 of 8')")
        .await;
    so(
        &browser,
        "the lanes make room",
        "return [...document.querySelectorAll('[data-fed]')].every((one) => one.textContent === 'at rest')",
    )
    .await;
    click(&browser, "[data-cancel]").await;
    so(&browser, "it is over", "return document.querySelector('[data-status]').textContent === 'Cancelled.'").await;
    so(&browser, "the lanes run again", RUNS).await;
    assert_eq!(run(&browser, "return document.querySelector('[data-run]').disabled").await, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_no_motion_sees_none_and_pause_holds_the_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let moves = "return document.getAnimations().filter(({ effect }) => effect.target.closest('.track')).length";
    let calm = open(&server, "/lab?source=none", Options { reduced_motion: true, ..Options::default() }).await;
    so(&calm, "the lanes run", RUNS).await;
    let watch = "window.moved = 0; Element.prototype.animate = () => { window.moved++; throw new Error('it moves'); }";
    run(&calm, watch).await;
    click(&calm, "[data-change]").await;
    so(&calm, "it is news", "return document.querySelector('.track').dataset.news === '1'").await;
    assert_eq!((run(&calm, "return window.moved").await, run(&calm, moves).await), (json!(0), json!(0)));
    calm.close().await;

    let browser = open(&server, "/lab?source=none", Options::default()).await;
    so(&browser, "the lanes run", RUNS).await;
    click(&browser, "[data-pause]").await;
    so(&browser, "nothing moves", &format!("{moves} === 0")).await;
    let trips = "return document.querySelector('.track [data-count=trips]').textContent";
    let before = run(&browser, trips).await;
    click(&browser, "[data-change]").await;
    click(&browser, "[data-pause]").await;
    so(&browser, "it is news", "return document.querySelector('.track').dataset.news === '1'").await;
    assert_ne!(run(&browser, trips).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lab_fits_a_phone_and_is_readable_without_scripts() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let phone = Options { window: PHONE, ..Options::default() };
    let browser = open(&server, "/lab?seconds=1&news=2&words=1&source=none", phone).await;
    so(&browser, "the lanes run", RUNS).await;
    click(&browser, "[data-run]").await;
    so(&browser, "it is over", "return !document.querySelector('[data-saves]').hidden").await;
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(run(&browser, wide).await, 0, "nothing is wider than the phone");
    assert!(axe::findings(&browser).await.is_empty());
    browser.close().await;

    let plain = open(&server, "/lab", Options { scripts: false, ..phone }).await;
    let text = plain.find(By::Css("main")).await.expect("a page").text().await.expect("its text");
    assert!(text.contains("Measuring needs scripts") && text.contains("David Van Brink"), "{text}");
    assert!(!text.contains("Run all"), "no button that does nothing: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_in_light_or_dark() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let reading = json!({"temperature": -3.4, "humidity": 55, "wind_speed": 3.2, "wind_direction": 250, "sea_level_pressure": 1013});
    post(&server.url, &key, &reading).await.expect("an answer");
    for (window, dark) in [(DESKTOP, false), (DESKTOP, true), (PHONE, false)] {
        let browser = open(&server, "/s/town-hall", Options { window, dark, ..Options::default() }).await;
        so(&browser, "it is live", "return document.querySelector('[data-feed]').dataset.feed === 'live'").await;
        browser
            .find(By::Css("[name=text]"))
            .await
            .expect("a field")
            .send_keys("How cold is it?\n")
            .await
            .expect("typed");
        so(&browser, "the keeper answers", "return document.querySelectorAll('[data-words] .word').length >= 2").await;
        let found = axe::findings(&browser).await;
        assert!(found.is_empty(), "a station, {window:?}, dark: {dark}: {found:#?}");
        for path in ["/", "/lab?source=none&lanes=ping-pong,polling,websocket", "/nowhere"] {
            browser.goto(format!("{}{path}", server.url)).await.expect("the page");
            if path.starts_with("/lab") {
                so(&browser, "the lanes run", RUNS).await;
                click(&browser, "[data-change]").await;
                so(&browser, "it is news", "return document.querySelector('.track').dataset.news === '1'").await;
                click(&browser, ".track summary").await;
                click(&browser, "[data-adviser] button").await;
            }
            let found = axe::findings(&browser).await;
            assert!(found.is_empty(), "{path}, {window:?}, dark: {dark}: {found:#?}");
        }
    }
}

#[tokio::test]
async fn a_change_is_for_whom_the_cookie_names_from_our_own_pages_and_not_too_often() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let client = reqwest::Client::new();
    let change = async |query: &str, headers: &[(&str, &str)]| {
        let request = client.post(format!("{}/lab/change{query}", server.url));
        let request = request.header("Content-Type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer").status().as_u16()
    };
    let ann = ("Cookie", "visitor=AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(change("?number=1", &[]).await, 400, "nobody");
    assert_eq!(change("", &[ann]).await, 400, "no number");
    assert_eq!(change("?number=1", &[ann, ("Sec-Fetch-Site", "cross-site")]).await, 403);
    assert_eq!(change("?number=1", &[ann, ("Sec-Fetch-Site", "same-origin")]).await, 204);
    let mut answers = Vec::new();
    for number in 0..60 {
        answers.push(change(&format!("?number={number}"), &[ann]).await);
    }
    assert!(answers.contains(&429), "{answers:?}");
    assert_eq!(
        change("?number=1", &[("Cookie", "visitor=BBBBBBBBBBBBBBBBBBBBBA")]).await,
        204,
        "others are not held up"
    );
}

#[tokio::test]
async fn the_server_tells_what_the_formulas_say_and_the_adviser() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let get = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", server.url)).await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, told) = get("/lab/predict?news=0.25&words=0&rtt=0.1&park=25&period=5").await;
    assert_eq!(status, 200, "{told}");
    let rows = told["rows"].as_array().expect("rows");
    assert_eq!(
        rows.iter().map(|row| row["fleet"].as_str().expect("a name")).collect::<Vec<_>>(),
        FLEETS.each_ref().map(|fleet| fleet.name)
    );
    assert!((rows[2]["trips_per_s"].as_f64().expect("a rate") - 0.2).abs() < 1e-3, "polling goes by the clock: {told}");
    let (status, told) = get("/lab/predict?news=11&words=0").await;
    assert_eq!((status, told["detail"].as_str()), (400, Some("news a second must be 0 to 10, not 11")));
    for (query, field) in [("news=1/60&words=0", "news"), ("news=1", "words")] {
        for door in ["predict", "advice"] {
            let (status, told) = get(&format!("/lab/{door}?{query}")).await;
            let detail = told["detail"].as_str().unwrap_or_default();
            assert!(status == 400 && detail.starts_with(&format!("{field}: ")), "{status} {told}");
        }
    }
    let (status, told) = get("/lab/advice?news=0.0167&words=0.0083&rtt=0.1&fresh=1").await;
    assert_eq!(status, 200);
    assert!(
        told["fleet"].is_string() && told["why"].as_str().is_some_and(|why| why.contains("trips an hour")),
        "{told}"
    );
    let (_, told) = get("/lab/advice?news=0.1&words=0.1&rtt=0.1&fresh=0.01").await;
    assert!(told["fleet"].is_null(), "{told}");
}

#[test]
fn the_page_draws_the_traffic_that_the_command_line_draws() {
    // tests/js/lab.test.js holds the page to the same numbers.
    let drawn: Vec<_> = Traffic::new(1, 0.25, 0.125).take(6).collect();
    let (news, word) = (What::News, What::Word);
    let wanted = [
        (4_178_520, news),
        (7_147_698, news),
        (7_718_196, word),
        (8_241_175, news),
        (9_526_584, news),
        (20_818_535, word),
    ];
    assert_eq!(drawn, wanted);
}
