//! Pages without browsers before the real server: each hears everything once, whichever its fleet.

use crate::kit::server::{Server, post};
use channel::fleet::{Down, FLEETS, Fleet};
use lab::page::{Options, Page, Told};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const TABLE: &[Fleet] = &FLEETS;
/// The rows whose news comes home on trucks.
fn table() -> impl Iterator<Item = &'static Fleet> {
    TABLE.iter().filter(|fleet| fleet.down == Down::Trucks)
}

/// Pages of each fleet that hears by itself.
const PAGES: usize = 25;
const READINGS: usize = 8;
/// Far longer than it takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until this temperature was applied; returns all that were, and their places.
async fn applied(told: &mut Receiver<Told>, last: f64) -> (Vec<f64>, Vec<u64>) {
    let (mut temperatures, mut places) = (Vec::new(), Vec::new());
    while temperatures.last() != Some(&last) {
        match told.recv().await.expect("the page lives") {
            Told::Applied(items) => {
                for item in items {
                    let json: Value = serde_json::from_str(&item.json).expect("JSON");
                    temperatures.extend(json["values"]["temperature"].as_f64().filter(|value| *value > 0.0));
                    places.push(item.at.seq());
                }
            }
            Told::Reloaded(seen) => panic!("it lost its place: {seen}"),
            Told::Heard(_) | Told::State(_) => {}
        }
    }
    (temperatures, places)
}

/// Opens a page and waits until it has its cursor.
async fn open(options: Options) -> (Page, Receiver<Told>) {
    let (page, mut told) = Page::open(options).expect("a page");
    while !matches!(told.recv().await.expect("the page lives"), Told::Reloaded(_)) {}
    (page, told)
}

#[tokio::test]
async fn every_page_of_every_fleet_hears_every_reading_once_and_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let key = server.add_station("town-hall");
    assert_eq!(post(&server.url, &key, &json!({"temperature": -1.5})).await.expect("an answer").0, 201);

    let hears = |fleet: &&Fleet| fleet.keep_one_out || fleet.every_ms.is_some();
    let mut pages = Vec::new();
    for fleet in table().filter(hears) {
        for number in 0..PAGES {
            let watch = if number % 2 == 0 { vec![] } else { vec!["town-hall".to_owned()] };
            let options = Options { watch, ..Options::new(&server.url, fleet) };
            pages.push(timeout(DEADLINE, open(options)).await.expect("a cursor"));
        }
    }
    let elsewhere = Options { watch: vec!["harbour".to_owned()], ..Options::new(&server.url, &TABLE[5]) };
    let (elsewhere, _) = timeout(DEADLINE, open(elsewhere)).await.expect("a cursor");
    for reading in 0..READINGS {
        let body = json!({"temperature": reading as f64 + 1.5});
        assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);
    }
    let all: Vec<_> = (0..READINGS).map(|reading| reading as f64 + 1.5).collect();
    for (page, told) in &mut pages {
        let (temperatures, places) =
            timeout(DEADLINE, applied(told, all[READINGS - 1])).await.expect("all of the news");
        assert_eq!(temperatures, all);
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        assert_eq!(page.counters().trips.lost, 0);
    }
    assert!(elsewhere.counters().trips.home >= 1);
}

#[tokio::test]
async fn a_page_that_slept_goes_on_from_what_it_has_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let key = server.add_station("town-hall");
    let (page, mut told) = timeout(DEADLINE, open(Options::new(&server.url, &TABLE[5]))).await.expect("a cursor");
    page.rest().await.expect("it lives");
    for reading in 0..3 {
        let body = json!({"temperature": f64::from(reading) + 1.5});
        assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);
    }
    page.wake().await.expect("it lives");
    let (temperatures, _) = timeout(DEADLINE, applied(&mut told, 3.5)).await.expect("all of the news");
    assert_eq!(temperatures, [1.5, 2.5, 3.5]);
}

#[tokio::test]
async fn words_are_confirmed_and_come_back_as_news_to_their_visitor_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    let _key = server.add_station("town-hall");
    let fleets = table().filter(|fleet| fleet.keep_one_out);
    for fleet in fleets {
        let (page, mut told) = timeout(DEADLINE, open(Options::new(&server.url, fleet))).await.expect("a cursor");
        let (_stranger, mut strange) =
            timeout(DEADLINE, open(Options::new(&server.url, fleet))).await.expect("a cursor");
        let mut said = Vec::new();
        for text in ["hello", "how cold is it?", "thank you"] {
            said.push(page.say("town-hall", text).await.expect("a word").as_str().to_owned());
        }
        let (mut heard, mut back) = (Vec::new(), Vec::new());
        while heard.len() < said.len() || back.len() < said.len() {
            match timeout(DEADLINE, told.recv()).await.expect("an answer").expect("the page lives") {
                Told::Heard(ids) => heard.extend(ids.iter().map(|id| id.as_str().to_owned())),
                Told::Applied(items) => back.extend(items.iter().filter_map(|item| mine(&item.json))),
                Told::Reloaded(seen) => panic!("it lost its place: {seen}"),
                Told::State(_) => {}
            }
        }
        assert_eq!((&heard, &back), (&said, &said), "{}", fleet.name);
        while let Ok(told) = strange.try_recv() {
            let Told::Applied(items) = told else { continue };
            assert!(items.iter().all(|item| !item.json.contains("\"words\"")), "{items:?}");
        }
    }
}

/// The id of a word that the visitor said.
fn mine(json: &str) -> Option<String> {
    let item: Value = serde_json::from_str(json).expect("JSON");
    (item["kind"] == "words" && item["from"] == "you").then(|| item["id"].as_str().expect("an id").to_owned())
}
