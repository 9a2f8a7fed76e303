//! The overview of many stations: pages of them, found and sorted by the address, without scripts.

use crate::kit::app::TestApp;
use serde_json::{Value, json};
use stevenson::pages::PAGE_STATIONS;
use stevenson::storage::{Durability, NewStation};
use weather::station::Slug;

/// The most bytes of a page that is full: 4 kB a station, before compression.
const PAGE_MAX_BYTES: usize = PAGE_STATIONS * 4_000;

async fn get(app: &TestApp, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", app.url)).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    without_style(answer.text().await.expect("a page"))
}

/// A page without the stylesheet that stands in it.
pub fn without_style(page: String) -> String {
    let (before, rest) = page.split_once("<style>").unwrap_or((&page, ""));
    before.to_owned() + rest.split_once("</style>").map_or("", |(_, after)| after)
}

/// The stations on a page, in order.
fn shown(html: &str) -> Vec<&str> {
    html.split("data-station=\"").skip(1).map(|rest| rest.split('"').next().expect("a slug")).collect()
}

fn state(html: &str) -> Value {
    let (_, rest) = html.split_once(r#"id="state">"#).expect("a state");
    serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON")
}

/// The address of a link with that relation.
fn link(html: &str, rel: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!(r#"rel="{rel}" href=""#))?;
    Some(rest.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

/// The program with a database that does not wait for the disk: tests add many stations.
async fn start() -> TestApp {
    TestApp::with(|config| config.storage.durability = Durability::Normal).await
}

/// Adds so many stations, `s-000` called `Hill 000` and so on; returns their keys.
async fn with_stations(app: &TestApp, count: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for number in 0..count {
        let slug = Slug::new(&format!("s-{number:03}")).expect("a slug");
        let name = format!("{} {number:03}", if number % 2 == 0 { "Hill" } else { "Öst & Vale" });
        let new = NewStation { slug, name, zone: weather::zone::Zone::UTC, elevation_m: None, coordinates: None };
        let (_, key) = app.storage.add_station(new).await.expect("a station");
        keys.push(key.reveal().to_owned());
    }
    keys
}

#[tokio::test]
async fn every_station_of_130_is_on_one_of_three_pages() {
    let app = start().await;
    let keys = with_stations(&app, 130).await;
    for (number, key) in keys.iter().enumerate() {
        let values = json!({"temperature": number as f64 / 4.0, "humidity": 55, "wind_speed": 3, "wind_direction": 99});
        app.measures(key, &values).await;
    }
    let (mut path, mut all, mut pages) = ("/?view=cards".to_owned(), Vec::new(), Vec::new());
    loop {
        let html = get(&app, &path).await;
        assert!(html.len() <= PAGE_MAX_BYTES, "{path} has {} bytes", html.len());
        let slugs = shown(&html);
        let watch = state(&html)["watch"].clone();
        assert_eq!(watch, json!(slugs), "the page hears of its own stations");
        assert!(slugs.len() <= 64, "a truck can name no more");
        all.extend(slugs.iter().map(|&slug| slug.to_owned()));
        pages.push(slugs.len());
        let Some(next) = link(&html, "next") else { break };
        path = next;
    }
    assert_eq!(pages, [60, 60, 10]);
    assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 130);
    assert_eq!(path, "/?view=cards&page=3");
    let last = get(&app, &path).await;
    assert!(last.contains("121–130 of 130 stations") && last.contains("Page 3 of 3"));
    assert_eq!(link(&last, "prev").as_deref(), Some("/?view=cards&page=2"));
}

#[tokio::test]
async fn stations_are_found_sorted_and_filtered_by_the_address() {
    let app = start().await;
    let keys = with_stations(&app, 12).await;
    let ago = |minutes: i64| chrono::Utc::now().timestamp_millis() - minutes * 60_000;
    for (number, degrees, minutes) in [(3, 5.0, 3), (4, 25.5, 2), (5, -7.0, 1), (6, 40.0, 300)] {
        app.measures(&keys[number], &json!({"observed_at": ago(minutes), "temperature": degrees})).await;
    }
    let slugs = async |path: &str| shown(&get(&app, path).await).into_iter().map(String::from).collect::<Vec<_>>();
    assert_eq!(slugs("/?sort=warmest").await[..3], ["s-004", "s-003", "s-005"], "an offline value is not shown");
    assert_eq!(slugs("/?sort=coldest&show=online").await, ["s-005", "s-003", "s-004"]);
    assert_eq!(slugs("/?sort=heard").await[..4], ["s-005", "s-004", "s-003", "s-006"]);
    let offline = slugs("/?show=offline").await;
    assert!(offline.len() == 9 && offline.contains(&"s-006".to_owned()) && !offline.contains(&"s-003".to_owned()));
    assert_eq!(slugs("/?find=S-00&show=online").await, ["s-004", "s-003", "s-005"], "by name");
    assert_eq!(slugs("/?find=%C3%B6st+%26").await.len(), 6, "large and small letters are alike");

    let html = get(&app, "/?find=hill&sort=coldest").await;
    assert!(html.contains(r#"<input type="search" name="find" value="hill""#));
    assert!(html.contains(r#"<option value="coldest" selected>"#));
    assert!(html.contains(r#"<form class="finder" method="get" action="/""#), "it works without scripts");
    let none = get(&app, "/?find=nowhere").await;
    assert!(none.contains("No station fits.") && shown(&none).is_empty());
    assert_eq!(state(&none)["watch"], json!(["_"]), "a page without stations hears of none, not of all");
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_no_error() {
    let app = start().await;
    with_stations(&app, 61).await;
    for odd in [
        "?page=0",
        "?page=-1",
        "?page=two",
        "?sort=up&show=%ff",
        "?&&==",
        "?page=",
        "?find",
        "?sort=name&sort",
        "?view",
    ] {
        assert_eq!(shown(&get(&app, &format!("/{odd}")).await).len(), 61, "{odd}");
        assert_eq!(shown(&get(&app, &format!("/{odd}&view=cards")).await).len(), PAGE_STATIONS, "{odd}");
    }
    let far = get(&app, "/?page=99999&view=cards").await;
    assert_eq!(shown(&far).len(), 1, "a page behind the last is the last");
    let text = "<script>alert(1)</script>\"'&";
    let html = get(&app, &format!("/?{}", query(text))).await;
    assert!(!html.contains("<script>alert") && html.contains("No station fits."));
}

fn query(find: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("find", find).finish()
}

#[tokio::test]
async fn a_page_shows_what_was_stored_a_moment_ago() {
    let app = start().await;
    let keys = with_stations(&app, 3).await;
    let now = chrono::Utc::now().timestamp_millis();
    let number = |html: &str, slug: &str| {
        let card = html.split(&format!("data-station=\"{slug}\"")).nth(1).expect("a card").to_owned();
        card.split(r#"data-show="big">"#).nth(1).expect("a number").split('<').next().expect("its end").to_owned()
    };
    let line = |html: &str| state(html)["stations"][0]["spark"].clone();
    for round in 0..5 {
        let degrees = 10.5 + f64::from(round);
        app.measures(&keys[0], &json!({"observed_at": now - 60_000 + i64::from(round), "temperature": degrees})).await;
        let html = get(&app, "/").await;
        assert_eq!(number(&html, "s-000"), format!("{degrees:.1}"));
        assert_eq!(html.matches("It has not sent a reading yet.").count(), 2, "nobody else's");
        assert_eq!(line(&html)["means"].as_array().expect("means").last(), Some(&json!(10.5 + f64::from(round) / 2.0)));
        assert_eq!(line(&html)["count"], round + 1);
    }
    let before = get(&app, "/").await;
    app.measures(&keys[0], &json!({"observed_at": now - 10 * 3_600_000, "temperature": -20.25})).await;
    let after = line(&get(&app, "/").await);
    assert_ne!(line(&before), after, "what comes late changes the line");
    assert!(after["means"].as_array().expect("means").contains(&json!(-20.25)));

    let client = reqwest::Client::new();
    let us = client.get(&app.url).header("Cookie", "units=F-us").send().await.expect("an answer");
    assert_eq!(number(&us.text().await.expect("a page"), "s-000"), "58.1");
    assert_eq!(number(&get(&app, "/").await, "s-000"), "14.5", "one visitor's units are not another's");
}

#[tokio::test]
async fn what_a_wrong_clock_noted_for_the_future_is_not_shown() {
    let app = start().await;
    let keys = with_stations(&app, 3).await;
    let values = json!({"temperature": 33.25, "indoor/temperature": 20.5});
    for key in &keys[..2] {
        app.measures(key, &values).await;
    }
    app.measures(&keys[2], &json!({"temperature": 33.25})).await;
    let ahead = |minutes: i64| chrono::Utc::now().timestamp_millis() + minutes * 60_000;
    // The row of the main sensor, which has one value.
    let moved = "UPDATE latest SET observed_ms = ?1, rank_ms = ?1 WHERE quantities LIKE '%33.25%' AND sensor IN
        (SELECT sensor.id FROM sensor JOIN station ON station.id = sensor.station WHERE station.slug = ?2)";
    for (slug, minutes) in [("s-000", 6), ("s-001", 4), ("s-002", 6)] {
        assert_eq!(app.database().execute(moved, (ahead(minutes), slug)).expect("SQL"), 1);
    }
    let html = get(&app, "/").await;
    let values = |number: usize| {
        let slug = format!("s-{number:03}");
        let stations = state(&html)["stations"].as_array().expect("stations").clone();
        stations.into_iter().find(|station| station["slug"] == slug).expect("it is shown")["values"].clone()
    };
    assert_eq!(values(0)["temperature"], Value::Null, "6 minutes ahead");
    assert_eq!(values(0)["indoor/temperature"]["value"], 20.5, "another sensor stands in");
    assert_eq!(values(1)["temperature"]["value"], 33.25, "a little ahead is now");
    let warmest = get(&app, "/?sort=warmest&show=online").await;
    assert_eq!(shown(&warmest), ["s-001", "s-000"]);
    // A station that has nothing else says what it has.
    let page = get(&app, "/s/s-002").await;
    for said in ["Offline since", "which is in the future", ">33.3<", ">in the future<"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("No readings yet") && !page.contains("Waiting for the first reading"), "{page}");
    assert_eq!(shown(&get(&app, "/?sort=heard").await)[2], "s-002");
}

#[tokio::test]
async fn sixty_stations_cost_no_more_questions_than_two() {
    let mut asked = Vec::new();
    for stations in [2, PAGE_STATIONS] {
        let app = start().await;
        let keys = with_stations(&app, stations).await;
        for (number, key) in keys.iter().enumerate() {
            // Every second one has no outdoor thermometer: others stand in for it.
            let sensor = if number % 2 == 0 { "temperature" } else { "indoor/temperature" };
            app.measures(key, &json!({sensor: 20.5, "humidity": 50})).await;
        }
        for path in ["/?view=cards", "/?sort=warmest&show=online&view=table"] {
            let before = app.storage.stats().reads;
            assert_eq!(shown(&get(&app, path).await).len(), stations);
            asked.push(app.storage.stats().reads - before);
        }
        app.measures(&keys[0], &json!({"temperature": 21.5})).await;
        let before = app.storage.stats().reads;
        get(&app, "/?view=cards").await;
        asked.push(app.storage.stats().reads - before);
    }
    assert_eq!(asked[..3], asked[3..], "questions of the first page, of the next, and of one after news");
    assert!(asked[0] > 0 && asked[0] <= 6 && asked[1] < asked[0], "{asked:?}");
}

#[tokio::test]
async fn a_station_of_rooms_shows_the_room_that_leads_and_the_others_in_the_order_of_their_names() {
    let app = start().await;
    let (_, key) = app.add_station("home").await;
    for (room, degrees) in [("kitchen", 21.0), ("attic", 14.5), ("living-room", 20.5)] {
        app.measures(&key, &json!({format!("{room}/temperature"): degrees, format!("{room}/humidity"): 50})).await;
    }
    let rooms = |html: &str| {
        let list = html.split(r#"<dl class="rooms">"#).nth(1).expect("rooms").split("</dl>").next().expect("an end");
        list.split("<dt>").skip(1).map(|dt| dt.split("</dt>").next().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    let html = get(&app, "/").await;
    assert_eq!(rooms(&html), ["Living room", "Attic", "Kitchen"]);
    assert!(html.contains(">14.5 °C</output>") && !html.contains(" more</p>"), "{html}");
    assert!(!get(&app, "/s/home").await.contains("No outdoor temperature"));

    for room in ["bath", "cellar", "den"] {
        app.measures(&key, &json!({format!("{room}/temperature"): 18})).await;
    }
    let html = get(&app, "/").await;
    assert_eq!(rooms(&html), ["Living room", "Attic", "Bath", "Cellar"]);
    assert!(html.contains(">and 2 more</p>"), "{html}");
    assert_eq!(state(&html)["stations"][0]["indoors"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_few_stations_need_no_controls() {
    let app = start().await;
    with_stations(&app, 8).await;
    let html = get(&app, "/").await;
    assert!(!html.contains("class=\"finder\"") && !html.contains("Page 1"));
    assert_eq!(state(&html)["watch"], json!([]), "a page of all stations hears of new ones");
    assert!(get(&app, "/?sort=heard").await.contains("class=\"finder\""), "a choice can be undone");
}

#[tokio::test]
async fn the_switch_of_units_comes_back_to_the_same_page_of_stations() {
    let app = start().await;
    let html = get(&app, "/?find=a+%26&page=2").await;
    let back = html.split(r#"name="back" value=""#).nth(1).expect("a field").split('"').next().expect("its end");
    assert_eq!(back.replace("&#38;", "&"), "/?find=a+%26");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let form = "temperature=F&back=%2F%3Fsort%3Dwarmest%26find%3Da%2B%2526%26page%3D3";
    let request = client.post(format!("{}/units", app.url)).body(form);
    let answer = request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Sec-Fetch-Site", "same-origin")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.headers()["location"], "/?find=a+%26&sort=warmest&page=3");
}

#[tokio::test]
async fn a_page_of_a_station_with_256_sensors_is_folded_and_bounded() {
    let app = start().await;
    let (_, key) = app.add_station("town-hall").await;
    let one = async |names: std::ops::Range<usize>| {
        let mut values = serde_json::Map::from_iter([("temperature".to_owned(), json!(4.5))]);
        for number in names {
            for quantity in ["temperature", "humidity", "co2", "soil_moisture"] {
                values.insert(format!("junk-{number:03}/{quantity}"), json!(40));
            }
        }
        app.measures(&key, &Value::Object(values)).await;
    };
    one(0..3).await;
    let few = get(&app, "/s/town-hall").await;
    assert!(!few.contains("class=\"fold\""), "a few sensors are open");
    for start in (3..255).step_by(6) {
        one(start..(start + 6).min(255)).await;
    }
    let html = get(&app, "/s/town-hall").await;
    assert!(html.len() < 250_000, "{} bytes", html.len());
    assert!(html.contains(r#"<h2 class="sensor">junk 000</h2>"#) && html.contains(r#"<details class="fold""#));
    assert!(html.contains("<summary>251 more sensors</summary>") && html.contains("junk-254"));
    let station = &state(&html)["stations"][0];
    assert!(station["left_out"].as_array().expect("names").contains(&json!("junk-254")));
    assert!(station["values"].get("junk-254/co2").is_none() && station["values"]["junk-000/co2"]["value"] == 40.0);
}
