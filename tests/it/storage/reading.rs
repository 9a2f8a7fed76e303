//! Series and intervals.

use super::*;
use stevenson::storage::Bucket;
use weather::quantity::Quantity::{Humidity, Temperature};
use weather::time::MINUTE_MS;

async fn series(house: &House, quantity: Quantity, minutes: (i64, i64), bucket_ms: i64) -> Vec<Bucket> {
    let (from, to) = (NOON.plus(minutes.0 * MINUTE_MS), NOON.plus(minutes.1 * MINUTE_MS));
    let main = SensorName::main();
    house.storage.buckets(house.station.id, &main, quantity, from, to, bucket_ms).await.expect("read")
}

#[tokio::test]
async fn a_series_comes_in_buckets_and_empty_ones_are_absent() {
    let house = House::new().await;
    let at = |minute, value| report(NOON.plus(minute * MINUTE_MS), &[("temperature", value)]);
    house.append(vec![at(0, 1.0), at(4, 3.0), at(14, 7.0), at(15, 8.0)]).await;
    let bucket = |minute, mean, min, max, count| Bucket { start: NOON.plus(minute * MINUTE_MS), mean, min, max, count };
    let buckets = series(&house, Temperature, (0, 15), 5 * MINUTE_MS).await;
    assert_eq!(buckets, [bucket(0, 2.0, 1.0, 3.0, 2), bucket(10, 7.0, 7.0, 7.0, 1)]);
    let buckets = series(&house, Temperature, (4, 16), 5 * MINUTE_MS).await;
    assert_eq!(buckets[0], bucket(0, 3.0, 3.0, 3.0, 1), "a bucket starts at a multiple of its length");
    assert!(series(&house, Humidity, (0, 15), 5 * MINUTE_MS).await.is_empty());
}

#[tokio::test]
async fn every_quantity_has_a_series() {
    let house = House::new().await;
    // Air in which it rains is moist, a first reading of a metre of rain is none, and the station is no mountain.
    let part = |quantity| match quantity {
        Humidity => 0.75,
        Quantity::StationPressure => 0.8,
        Quantity::Precipitation | Quantity::PrecipitationCounted => 0.2,
        _ => 0.5,
    };
    let middle = |quantity: Quantity| {
        let (low, high) = (*quantity.limits().start(), *quantity.limits().end());
        low + (high - low) * part(quantity)
    };
    let values: Vec<_> = Quantity::all().map(|quantity| (quantity.name(), middle(quantity))).collect();
    house.append(vec![report(NOON, &values)]).await;
    for quantity in Quantity::all() {
        let buckets = series(&house, quantity, (0, 1), MINUTE_MS).await;
        assert_eq!(buckets.len(), 1, "{}", quantity.name());
        assert_eq!(buckets[0].mean, middle(quantity), "{}", quantity.name());
    }
}

#[tokio::test]
async fn the_interval_is_the_median_of_the_last_gaps() {
    let house = House::new().await;
    let interval = async || house.storage.interval_ms(house.station.id).await.expect("read");
    assert_eq!(interval().await, None);
    house.append(vec![report(NOON, &[("indoor/temperature", 20.0)])]).await;
    assert_eq!(interval().await, None);
    for minute in [0, 5, 10, 60, 65] {
        house.append(vec![report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0)])]).await;
    }
    assert_eq!(interval().await, Some(5 * MINUTE_MS));
    for minute in 66..90 {
        house.append(vec![report(NOON.plus(minute * MINUTE_MS), &[("indoor/temperature", 20.0)])]).await;
    }
    assert_eq!(interval().await, Some(5 * MINUTE_MS), "of the main sensor, if there is one");
}

#[tokio::test]
async fn many_stations_are_read_as_each_alone() {
    let house = House::new().await;
    let storage = &house.storage;
    let (other, _) = storage.add_station(new_station("harbour")).await.expect("added");
    let (silent, _) = storage.add_station(new_station("silent")).await.expect("added");
    let at = |minute| NOON.plus(minute * MINUTE_MS);
    for minute in 0..30 {
        let values = [("temperature", minute as f64 / 3.0), ("humidity", 50.0), ("indoor/temperature", 20.0)];
        house.append(vec![report(at(minute), &values)]).await;
        storage.append(other.id, vec![report(at(2 * minute), &[("attic/co2", 400.0)])]).await.expect("stored");
    }
    let ids = [house.station.id, other.id, silent.id];
    let latest = storage.latest_of(&ids, at(60)).await.expect("read");
    let main = storage.latest(ids[0]).await.expect("read").into_iter().filter(|one| one.sensor == SensorName::main());
    assert_eq!(latest[&ids[0]], main.collect::<Vec<_>>(), "of its other sensors nothing, for it has a temperature");
    assert_eq!(latest[&ids[1]], storage.latest(ids[1]).await.expect("read"), "others stand in for the main sensor");
    assert_eq!(latest.get(&ids[2]), None);

    let intervals = storage.intervals_ms(&ids).await.expect("read");
    for id in ids {
        assert_eq!(intervals.get(&id).copied(), storage.interval_ms(id).await.expect("read"));
    }
    assert_eq!(intervals.len(), 2);

    let five = 5 * MINUTE_MS;
    let wanted = [(ids[0], at(10)), (ids[1], at(0)), (ids[2], at(0))];
    let buckets = storage.temperatures_of(&wanted, at(28), five).await.expect("read");
    assert_eq!(buckets[&ids[0]], series(&house, Temperature, (10, 28), five).await);
    assert_eq!(buckets.len(), 1);
}

#[tokio::test]
async fn the_journal_tells_since_when_a_station_is_another() {
    let house = House::new().await;
    let storage = &house.storage;
    let slug = house.station.slug.as_str().to_owned();
    let seen = storage.journal_tail(1).await.expect("read")[0].seq;
    let since = async |seq| storage.changed_since(seq).await.expect("read");
    let nothing = since(seen).await.expect("a good cursor");
    assert_eq!((nothing.head, nothing.since.len()), (seen, 0));
    house.append(vec![report(NOON, &[("temperature", 1.0)])]).await;
    house.append(vec![report(NOON.plus(MINUTE_MS), &[("temperature", 2.0)])]).await;
    let changed = since(seen).await.expect("a good cursor");
    assert_eq!(changed.since.get(&slug), Some(&NOON), "the first instant");
    assert_eq!(changed.head, seen + 2);
    let (other, _) = storage.add_station(new_station("harbour")).await.expect("added");
    let changed = since(seen + 2).await.expect("a good cursor");
    assert_eq!(changed.since.get(other.slug.as_str()), Some(&Timestamp(0)), "all of it");
    assert!(since(seen + 99).await.is_none(), "no such entry");
}

#[tokio::test]
async fn pages_do_not_wait_for_look_ups_in_the_background() {
    const LOOK_UPS: usize = 300;
    let house = House::with(|options| (options.readers, options.background_readers) = (1, 1)).await.unheard();
    house.append(vec![report(NOON, &[("temperature", 20.0)])]).await;
    house.chatter().await;
    let background = house.storage.in_background();
    let finished = std::cell::Cell::new(0);
    let look_ups = futures_util::future::join_all((0..LOOK_UPS).map(async |_| {
        background.unanswered(0, 2_000).await.expect("read");
        finished.set(finished.get() + 1);
    }));
    let page = async {
        // All look-ups wait for their turns by now.
        tokio::task::yield_now().await;
        house.storage.latest(house.station.id).await.expect("read");
        finished.get()
    };
    let (_, before) = tokio::join!(look_ups, page);
    assert!(before < LOOK_UPS / 3, "the page waited for {before} of {LOOK_UPS} look-ups");
}
