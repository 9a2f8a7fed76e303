//! Two who have the same database open: a server and the command line.

use super::opener::Opener;
use super::*;
use std::time::{Duration, Instant};
use weather::day;
use weather::time::MINUTE_MS;

fn minute(minute: i64) -> Report {
    report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0)])
}

async fn open(house: &House) -> Storage {
    // Its listener is dropped: the command line has none.
    house.opener.open(|_| {}).await.0
}

#[tokio::test]
async fn a_station_that_another_process_added_is_told_and_listed() {
    let mut house = House::new().await;
    let command_line = open(&house).await;
    command_line.add_station(new_station("harbour")).await.expect("added");
    command_line.close().await;
    let before = Instant::now();
    assert_eq!(house.news().await, [serde_json::json!({"kind": "station", "station": "harbour"})]);
    assert!(before.elapsed() < Duration::from_secs(5), "an idle writer looks every half second");
    assert!(house.storage.directory().by_slug("harbour").is_some());
    assert_eq!(house.storage.stats().foreign_entries, 1);
}

#[tokio::test]
async fn a_key_that_another_process_made_works_at_once() {
    let house = House::new().await;
    let command_line = open(&house).await;
    let (harbour, key) = command_line.add_station(new_station("harbour")).await.expect("added");
    let found = house.storage.station_by_key(key.reveal()).await.expect("read").expect("known");
    assert_eq!(found, harbour);
    assert_eq!(house.storage.authenticate("harbour", key.reveal()).await.expect("read"), Some(harbour.clone()));
    assert_eq!(house.storage.authenticate("town-hall", key.reveal()).await.expect("read"), None);
    assert_eq!(house.storage.append(harbour.id, vec![minute(0)]).await.expect("stored").stored, 1);
}

#[tokio::test]
async fn what_two_processes_write_is_told_by_both_in_order_and_once() {
    let mut house = House::new().await;
    let (other, mut others) = house.opener.open(|_| {}).await;
    let id = house.station.id;
    for pair in 0..10 {
        house.append(vec![minute(2 * pair)]).await;
        other.append(id, vec![minute(2 * pair + 1)]).await.expect("stored");
    }
    // Each tells at the latest with its own next commit what the other wrote before.
    house.append(vec![minute(100)]).await;
    other.append(id, vec![minute(101)]).await.expect("stored");
    for (commits, last) in [(house.commits.as_mut().expect("someone listens"), 22), (&mut others, 23)] {
        let mut seqs = Vec::new();
        while seqs.last() != Some(&last) {
            seqs.extend(commits.next().await.expect("open").into_entries().iter().map(|entry| entry.seq));
        }
        assert_eq!(seqs, (2..=last).collect::<Vec<u64>>());
    }
}

#[tokio::test]
async fn what_another_process_stored_is_known() {
    let house = House::new().await;
    house.append(vec![minute(0)]).await;
    let other = open(&house).await;
    other.append(house.station.id, vec![minute(5)]).await.expect("stored");
    let again = house.append(vec![minute(5), minute(3)]).await;
    assert_eq!((again.stored, again.duplicate), (1, 1));
    assert_eq!(house.latest(weather::quantity::Quantity::Temperature).await.observed_at, NOON.plus(5 * MINUTE_MS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_may_create_the_same_database() {
    for _ in 0..5 {
        let opener = Opener::fresh();
        let opens = (0..4).map(|_| tokio::spawn(Storage::open(opener.options())));
        let mut epochs = Vec::new();
        for opened in futures_util::future::join_all(opens).await {
            epochs.push(opened.expect("no panic").expect("opens").0.epoch().to_owned());
        }
        epochs.dedup();
        assert_eq!(epochs.len(), 1);
    }
}

#[tokio::test]
async fn opening_does_not_wait_for_one_who_writes() {
    let house = House::with(|options| options.lock_wait_ms = 0).await;
    let other = house.outside();
    other.lock();
    let (storage, _) = house.opener.open(|options| options.lock_wait_ms = 0).await;
    assert!(storage.directory().by_slug("town-hall").is_some());
}

/// Both remember what they have stored, and forget what the other changes: of each station, and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_write_at_the_same_time_store_each_reading_once_and_agree_on_what_follows() {
    const STATIONS: i64 = 3;
    const MINUTES: i64 = 120;
    let house = House::new().await.unheard();
    let other = open(&house).await;
    let mut stations = vec![(*house.station).clone()];
    for number in 1..STATIONS {
        let (station, _) = house.storage.add_station(new_station(&format!("harbour-{number}"))).await.expect("added");
        stations.push((*station).clone());
    }
    // Each minute is sent to both, in another order to each, so that each is new at one of them and known at the other.
    // Small steps: none is set aside.
    let value = |station: i64, minute: i64| 10.0 + station as f64 + minute as f64 / 100.0;
    let send = async |storage: &Storage, place: i64| {
        let mut stored = 0;
        for (number, station) in (0..).zip(&stations) {
            let minutes = (0..4).map(|one| (place * 4 + one) % MINUTES);
            let reports = minutes.map(|minute| {
                let at = NOON.plus((minute - MINUTES) * MINUTE_MS);
                arrived(at, NOON, &[("temperature", value(number, minute))])
            });
            stored += storage.append(station.id, reports.collect()).await.expect("stored").stored;
        }
        stored
    };
    let (mut mine, mut others) = (0, 0);
    for place in 0..MINUTES / 4 {
        // Neither gets far ahead: one may be slower, which has to connect first.
        let stored = tokio::join!(send(&house.storage, place), send(&other, place * 7));
        mine += stored.0;
        others += stored.1;
    }
    assert_eq!(mine + others, (STATIONS * MINUTES) as usize, "each is new once");
    assert!(mine > 0 && others > 0, "both had new ones: {mine}, {others}");
    assert_eq!(house.outside().observations(), (STATIONS * MINUTES) as u64);
    for (number, station) in (0..).zip(&stations) {
        let all = (0..MINUTES).map(|minute| value(number, minute));
        let (low, high) = (all.clone().fold(f64::MAX, f64::min), all.fold(f64::MIN, f64::max));
        for storage in [&house.storage, &other] {
            let extremes = storage.extremes(station.id, day::date_at(&station.zone, NOON)).await.expect("read");
            assert_eq!((extremes[0].low, extremes[0].high), (low, high), "{}", station.slug);
            let latest = storage.latest(station.id).await.expect("read");
            assert_eq!(latest[0].value, value(number, MINUTES - 1), "{}", station.slug);
        }
    }
}
