//! Stations and their keys.

use super::*;
use std::time::{Duration, Instant};
use stevenson::storage::Error;
use weather::time::MINUTE_MS;

#[tokio::test]
async fn a_station_has_one_key_at_a_time() {
    let mut house = House::new().await;
    let first = house.storage.renew_key(&house.station.slug).await.expect("a key");
    let second = house.storage.renew_key(&house.station.slug).await.expect("a key");
    assert_eq!(house.news().await[0]["kind"], "station");
    let by_key = async |key: &str| house.storage.station_by_key(key).await.expect("read");
    assert_eq!(by_key(second.reveal()).await, Some(house.station.clone()));
    assert_eq!(by_key(first.reveal()).await, None);
    assert_eq!(by_key("").await, None);
    let directory = house.storage.directory();
    assert_eq!(directory.authenticate("town-hall", second.reveal()), Some(&house.station));
    assert_eq!(directory.authenticate("town-hall", first.reveal()), None);
    assert_eq!(directory.authenticate("town-hall", ""), None);
    assert_eq!(directory.authenticate("elsewhere", second.reveal()), None);
    assert_eq!(directory.key_prefix("town-hall"), Some(&second.reveal()[..8]));
}

#[tokio::test]
async fn a_station_is_found_again_after_a_restart() {
    let house = House::new().await;
    let key = house.storage.renew_key(&house.station.slug).await.expect("a key");
    let house = house.reopened(|_| {}).await;
    assert_eq!(house.storage.directory().by_slug("town-hall"), Some(&house.station));
    assert_eq!(house.storage.directory().authenticate("town-hall", key.reveal()), Some(&house.station));
}

#[tokio::test]
async fn a_slug_is_taken_once() {
    let house = House::new().await;
    let error = house.storage.add_station(new_station("town-hall")).await.expect_err("taken");
    assert!(matches!(error, Error::SlugTaken(_)), "{error:?}");
    let nobody = Slug::new("nobody").expect("a slug");
    assert!(matches!(house.storage.renew_key(&nobody).await, Err(Error::NoStation(_))));
    assert!(matches!(house.storage.remove_station(&nobody).await, Err(Error::NoStation(_))));
}

#[tokio::test]
async fn the_directory_is_sorted_by_name() {
    let house = House::new().await;
    for (slug, name) in [("z", "Abbey"), ("a", "Zoo")] {
        let new = NewStation { name: name.into(), ..new_station(slug) };
        house.storage.add_station(new).await.expect("added");
    }
    let directory = house.storage.directory();
    assert_eq!(
        directory.iter().map(|station| station.name.as_str()).collect::<Vec<_>>(),
        ["Abbey", "Town Hall", "Zoo"]
    );
}

#[tokio::test]
async fn a_removed_station_is_gone_at_once_and_its_rows_follow() {
    let mut house = House::new().await;
    let minutes = (0..5_000).map(|minute| {
        // A value that stayed the same for hours would be that of a frozen sensor.
        report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0 + (minute % 2) as f64)])
    });
    house.append(minutes.collect()).await;
    house.storage.remove_station(&house.station.slug).await.expect("removed");
    // A large upload is several commits.
    let mut told = house.news().await;
    while told[0]["kind"] == "report" {
        told = house.news().await;
    }
    assert_eq!(told, [serde_json::json!({"kind": "station", "station": "town-hall"})]);
    assert!(house.storage.directory().by_slug("town-hall").is_none());
    assert!(house.storage.latest(house.station.id).await.expect("read").is_empty());
    let (new, _) = house.storage.add_station(new_station("town-hall")).await.expect("the slug is free");
    assert_ne!(new.id, house.station.id, "a number never comes back");
    let other = house.outside();
    let before = Instant::now();
    while other.rows_of_sensors() > 0 {
        assert!(before.elapsed() < Duration::from_secs(30), "it waits for something else");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rows_that_a_removed_station_left_are_deleted_by_the_next_run() {
    let house = House::new().await;
    house.append(vec![report(NOON, &[("temperature", 20.0)])]).await;
    house.storage.close().await;
    let other = house.outside();
    other.drop_stations();
    let (_storage, _commits) = house.opener.open(|_| {}).await;
    while other.rows_of_sensors() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sensor_that_was_removed_is_gone_with_its_values_and_its_place() {
    let mut house = House::new().await;
    let junk: Vec<_> = (0..255).map(|number| format!("junk{number}/temperature")).collect();
    let mut values: Vec<_> = junk.iter().map(|key| (key.as_str(), 1.0)).collect();
    values.push(("temperature", 20.0));
    house.append(vec![report(NOON, &values)]).await;
    house.entries().await;
    let listed = house.storage.sensors(house.station.id).await.expect("read");
    assert_eq!((listed.len(), listed[0].name.is_main(), listed[0].newest), (256, true, Some(NOON)));
    // There is no place for another one, until one goes.
    let attic = || vec![report(NOON, &[("attic/temperature", 15.0)])];
    assert_eq!(house.append(attic()).await.stored, 0);
    let slug = house.station.slug.clone();
    for sensor in listed.iter().filter(|sensor| !sensor.name.is_main()) {
        house.storage.remove_sensor(&slug, &sensor.name).await.expect("removed");
        let told = house.news().await;
        assert_eq!(told, [serde_json::json!({"kind": "station", "station": "town-hall"})], "pages are told");
    }
    assert_eq!(house.append(attic()).await.stored, 1);
    let left: Vec<_> = house.storage.latest(house.station.id).await.expect("read");
    assert_eq!(left.iter().map(|latest| latest.sensor.as_str()).collect::<Vec<_>>(), ["", "attic"]);
    let unknown = house.storage.remove_sensor(&slug, &SensorName::new("cellar").expect("a name")).await;
    assert!(matches!(unknown, Err(stevenson::storage::Error::NoSensor(..))), "{unknown:?}");
    // The rows go while the writer has nothing else to do: a sensor, a value, a low and high, and an observation each.
    let house = house.unheard();
    while house.outside().rows_of_sensors() > 2 * 4 {
        tokio::task::yield_now().await;
    }
}
