//! The overview of many stations as a table, its sketch, and the group of those that are silent: without scripts.

use crate::kit::app::TestApp;
use serde_json::{Value, json};
use stevenson::storage::{Durability, NewStation};
use weather::station::Slug;
use weather::sun::Coordinates;

/// A station of the table may cost so many bytes after compression.
const ROW_MAX_BYTES: usize = 150;

async fn get(app: &TestApp, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", app.url)).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    crate::overview::without_style(answer.text().await.expect("a page"))
}

/// The stations on a page, in order.
fn shown(html: &str) -> Vec<&str> {
    html.split("data-station=\"").skip(1).map(|rest| rest.split('"').next().expect("a slug")).collect()
}

fn state(html: &str) -> Value {
    let (_, rest) = html.split_once(r#"id="state">"#).expect("a state");
    serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON")
}

/// The text of a cell; empty if there is none.
fn cell(html: &str, slug: &str, column: &str) -> String {
    let row = html.split(&format!("<tr role=\"row\" data-station=\"{slug}\"")).nth(1).expect("a row");
    let row = row.split("</tr>").next().expect("its end");
    let cell = row.split(&format!("class=\"{column}\">")).nth(1).unwrap_or_default();
    let cell = cell.split("</td>").next().unwrap_or_default();
    cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// The headings of the first table: the text, where they lead, and how the table is sorted by them.
fn heads(html: &str) -> Vec<(String, String, String)> {
    let head = html.split("<thead").nth(1).expect("a head").split("</thead>").next().expect("its end");
    let between = |text: &str, from: &str, to: &str| {
        text.split_once(from).and_then(|(_, rest)| Some(rest.split_once(to)?.0.to_owned())).unwrap_or_default()
    };
    let cells = head.split("<th ").skip(1);
    cells
        .map(|cell| {
            let path = between(cell, "href=\"", "\"").replace("&#38;", "&");
            (between(&between(cell, "<a ", "/a>"), ">", "<"), path, between(cell, "aria-sort=\"", "\""))
        })
        .collect()
}

async fn start() -> TestApp {
    TestApp::with(|config| config.storage.durability = Durability::Normal).await
}

/// Adds so many stations, `s-000` and so on; each second one stands at a known place. Returns their keys.
async fn with_stations(app: &TestApp, count: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for number in 0..count {
        let slug = Slug::new(&format!("s-{number:03}")).expect("a slug");
        let place = || Coordinates::new(47.0 + number as f64 / 100.0, 8.0 + number as f64 / 50.0);
        let new = NewStation {
            slug,
            name: format!("Hill {number:03}"),
            zone: weather::zone::Zone::UTC,
            elevation_m: None,
            coordinates: (number % 2 == 0).then(place).flatten(),
        };
        keys.push(app.storage.add_station(new).await.expect("a station").1.reveal().to_owned());
    }
    keys
}

#[tokio::test]
async fn a_dozen_stations_are_cards_more_are_a_table_and_the_visitor_may_choose() {
    for (count, is_table) in [(1, false), (12, false), (13, true), (200, true)] {
        let app = start().await;
        with_stations(&app, count).await;
        let html = get(&app, "/").await;
        assert_eq!(html.contains("<table class=\"roster card\""), is_table, "{count}");
        assert_eq!(html.contains("<ul class=\"cards\""), !is_table, "{count}");
        assert_eq!(shown(&html).len(), count);
        let table = get(&app, "/?view=table").await;
        assert!(table.contains("<table class=\"roster card\"") && shown(&table).len() == count, "{count}");
        assert!(table.contains(r#"<a href="/?view=table" aria-current="true">Table</a>"#), "{count}");
        assert!(table.contains(r#"<input type="hidden" name="view" value="table">"#), "a search stays in the view");
        let cards = get(&app, "/?view=cards").await;
        assert!(cards.contains("<ul class=\"cards\"") && shown(&cards).len() == count.min(60), "{count}");
        if count == 200 {
            assert_eq!(state(&html)["watch"], json!([]), "the page hears of all and of new ones");
            let found = get(&app, "/?find=hill+00").await;
            assert!(found.contains("<table class=\"roster card\""), "what is found stays a table");
            assert_eq!(state(&found)["watch"].as_array().map(Vec::len), Some(10));
        }
    }
}

#[tokio::test]
async fn a_table_has_a_column_for_each_figure_that_a_station_has_and_no_other() {
    let app = start().await;
    let keys = with_stations(&app, 14).await;
    app.measures(&keys[0], &json!({"temperature": 4.25, "humidity": 81, "indoor/co2": 500})).await;
    let names = |html: &str| heads(html).into_iter().map(|(text, ..)| text).collect::<Vec<_>>();
    let html = get(&app, "/").await;
    assert_eq!(names(&html), ["Station", "Temperature", "Low", "High", "Humidity", "Heard"]);
    assert_eq!((cell(&html, "s-000", "temperature"), cell(&html, "s-000", "humidity")), ("4.3".into(), "81".into()));
    assert_eq!(cell(&html, "s-001", "heard"), "No readings yet");

    let wind = json!({"temperature": -7.5, "wind_speed": 3.25, "wind_direction": 250, "precipitation": 1.5});
    app.measures(&keys[1], &wind).await;
    app.measures(&keys[2], &json!({"kitchen/temperature": 21.5, "sea_level_pressure": 1013.25})).await;
    let html = get(&app, "/").await;
    assert_eq!(
        names(&html),
        ["Station", "Temperature", "Low", "High", "Humidity", "Wind", "Rain", "Pressure", "Heard"]
    );
    assert_eq!(cell(&html, "s-001", "wind_speed"), "3.3 WSW");
    assert_eq!((cell(&html, "s-001", "low"), cell(&html, "s-001", "precipitation")), ("−7.5".into(), "1.5".into()));
    assert_eq!(cell(&html, "s-001", "humidity"), "", "it has none");
    assert_eq!(cell(&html, "s-002", "temperature"), "Kitchen 21.5 °C", "what stands in says what it is");
    assert_eq!(cell(&html, "s-002", "sea_level_pressure"), "1013.3");
    assert!(!html.contains("data-also="), "the kitchen has no column of its own");
    app.measures(&keys[3], &json!({"wind_speed": 3.25})).await;
    let also = r#"<td role="cell" data-also="wind_speed" class="temperature"><small>Wind</small>"#;
    assert!(get(&app, "/").await.contains(also), "where the wind has its column, its other place is empty");

    let client = reqwest::Client::new();
    let us = client.get(&app.url).header("Cookie", "units=F-us").send().await.expect("an answer");
    let us = us.text().await.expect("a page");
    assert_eq!((cell(&us, "s-001", "temperature"), cell(&us, "s-001", "wind_speed")), ("18.5".into(), "7 WSW".into()));
    assert_eq!(cell(&get(&app, "/").await, "s-001", "temperature"), "−7.5", "one visitor's units are not another's");
}

#[tokio::test]
async fn headings_sort_without_scripts_one_way_and_the_other() {
    let app = start().await;
    let keys = with_stations(&app, 14).await;
    for (key, degrees, wind) in [(&keys[3], 5.0, 1.0), (&keys[4], 25.5, 7.0), (&keys[5], -7.0, 3.0)] {
        app.measures(key, &json!({"temperature": degrees, "wind_speed": wind})).await;
    }
    let head = async |path: &str, name: &str| {
        let html = get(&app, path).await;
        let found = heads(&html).into_iter().find(|(text, ..)| text == name).expect("a heading");
        (found.1, found.2)
    };
    let (path, sorted) = head("/", "Station").await;
    assert_eq!((path.as_str(), sorted.as_str()), ("/?sort=name-z", "ascending"));
    let (windy, sorted) = head("/", "Wind").await;
    assert_eq!((windy.as_str(), sorted.as_str()), ("/?sort=windy", ""));
    assert_eq!(shown(&get(&app, &windy).await)[..3], ["s-004", "s-005", "s-003"]);
    let (calm, sorted) = head(&windy, "Wind").await;
    assert_eq!((calm.as_str(), sorted.as_str()), ("/?sort=calm", "descending"));
    assert_eq!(shown(&get(&app, &calm).await)[..3], ["s-003", "s-005", "s-004"]);
    let (low, _) = head("/?find=hill&view=table", "Low").await;
    assert_eq!(low, "/?find=hill&sort=low&view=table", "the search stays");
    assert_eq!(shown(&get(&app, &low).await)[..3], ["s-005", "s-003", "s-004"]);
    assert_eq!(shown(&get(&app, "/?sort=name-z").await)[..3], ["s-005", "s-004", "s-003"], "the silent ones are last");
    let html = get(&app, "/").await;
    for wanted in
        ["<caption", "role=\"table\"", "role=\"columnheader\" scope=\"col\"", "role=\"rowheader\" scope=\"row\""]
    {
        assert!(html.contains(wanted), "{wanted}");
    }
}

#[tokio::test]
async fn silent_stations_stand_in_a_group_of_their_own_at_the_end() {
    let app = start().await;
    let keys = with_stations(&app, 14).await;
    let nobody = get(&app, "/").await;
    let silent = |html: &str| {
        let group = html.split("data-group=\"silent\"").nth(1).expect("a group");
        shown(group).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(silent(&nobody).is_empty(), "where all are silent, nobody stands apart");
    let ago = |minutes: i64| chrono::Utc::now().timestamp_millis() - minutes * 60_000;
    for (number, key) in keys.iter().enumerate().take(14).skip(4) {
        app.measures(key, &json!({"observed_at": ago(1), "temperature": number})).await;
    }
    app.measures(&keys[1], &json!({"observed_at": ago(301), "temperature": 8})).await;
    for view in ["table", "cards"] {
        let html = get(&app, &format!("/?view={view}")).await;
        assert_eq!(silent(&html), ["s-000", "s-001", "s-002", "s-003"], "{view}");
        assert!(html.contains(r#"<details class="fold silent" data-fold="silent" open>"#), "a few are not folded");
    }
    assert_eq!(cell(&get(&app, "/").await, "s-001", "heard"), "Offline, 5 h ago");
    assert_eq!(cell(&get(&app, "/").await, "s-001", "temperature"), "8.0", "its last value");
    let warmest = get(&app, "/?sort=warmest").await;
    assert_eq!(shown(&warmest)[..2], ["s-013", "s-012"]);
    assert!(silent(&get(&app, "/?show=offline").await).is_empty(), "it was asked for them");

    let app = start().await;
    let keys = with_stations(&app, 20).await;
    app.measures(&keys[7], &json!({"temperature": 1})).await;
    let html = get(&app, "/").await;
    assert_eq!(silent(&html).len(), 19);
    assert!(html.contains(r#"<details class="fold silent" data-fold="silent">"#), "many are folded");
}

#[tokio::test]
async fn a_station_that_is_far_from_all_others_is_an_arrow_at_the_edge() {
    let app = start().await;
    with_stations(&app, 5).await;
    let sketch = |html: &str| {
        let (_, sketch) = html.split_once("class=\"card sketch\"").expect("a sketch");
        sketch.split("</details>").next().expect("its end").to_owned()
    };
    let near = sketch(&get(&app, "/").await);
    let new = NewStation {
        slug: Slug::new("cape").expect("a slug"),
        name: "Cape".to_owned(),
        zone: weather::zone::Zone::UTC,
        elevation_m: None,
        coordinates: Coordinates::new(-33.9, 18.4),
    };
    app.storage.add_station(new).await.expect("a station");
    let far = sketch(&get(&app, "/").await);
    let dots = |sketch: &str| -> Vec<String> {
        sketch.split("<circle").skip(1).filter_map(|dot| dot.split('>').next()).map(str::to_owned).collect()
    };
    assert_eq!(dots(&far), dots(&near), "the others stand where they stood");
    assert!(far.contains("aria-label=\"Cape, no readings yet, 9100 km to the S\""), "{far}");
    assert!(far.contains("aria-label=\"4 stations as dots"), "{far}");
    assert!(far.contains("One station is far from the others: the arrow at the edge points to it."), "{far}");
    assert!(!far.contains("33.9") && !far.contains("18.4"), "{far}");
}

#[tokio::test]
async fn stations_with_a_place_are_dots_that_tell_no_coordinates() {
    let app = start().await;
    let keys = with_stations(&app, 3).await;
    app.measures(&keys[0], &json!({"temperature": 4.25})).await;
    let html = get(&app, "/").await;
    let sketch =
        html.split("class=\"card sketch\"").nth(1).expect("a sketch").split("</details>").next().expect("its end");
    assert_eq!(sketch.matches("<circle").count(), 2, "one has no place: {sketch}");
    assert!(sketch.contains(r#"<a href="/s/s-000" aria-label="Hill 000, 4.3 °C" data-dot="s-000""#), "{sketch}");
    assert!(sketch.contains(r#"aria-label="Hill 002, no readings yet""#), "{sketch}");
    assert!(sketch.contains("1 km<") && sketch.contains("rounded to 0.5 km"), "{sketch}");
    for told in ["47.0", "8.04", "47.02", "latitude"] {
        assert!(!html.contains(told), "{told}");
    }
    let one = get(&app, "/?find=hill+000").await;
    assert!(!one.contains("sketch"), "one dot is no sketch");
}

#[tokio::test]
async fn a_thousand_stations_are_on_one_page_of_150_kb_at_most() {
    let app = start().await;
    let keys = with_stations(&app, 1_000).await;
    for (number, key) in keys.iter().enumerate() {
        let n = number as f64;
        let values = json!({"temperature": (n * 7.3) % 31.7 - 5.0, "humidity": number * 37 % 70 + 30, "precipitation": (n * 1.3) % 9.0,
            "wind_speed": (n * 2.9) % 11.0, "wind_direction": number * 53 % 360, "sea_level_pressure": 1_000.0 + (n * 3.7) % 31.0});
        app.measures(key, &values).await;
    }
    let client = reqwest::Client::new();
    let answer = client.get(&app.url).header("Accept-Encoding", "gzip").send().await.expect("an answer");
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let bytes = answer.bytes().await.expect("a page").len();
    let html = get(&app, "/").await;
    assert_eq!(shown(&html).len(), 1_000);
    println!("1,000 stations: {bytes} bytes, {} before compression", html.len());
    assert!(bytes <= 1_000 * ROW_MAX_BYTES, "{bytes} bytes");
}
