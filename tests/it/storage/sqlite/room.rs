//! A database that grows full: who is refused, who is not, and who is told.

use super::*;
use stevenson::storage::{Error, Fill};
use weather::time::MINUTE_MS;

fn minutes(range: std::ops::Range<i64>) -> Vec<Report> {
    // Values that stayed the same for hours would be those of a frozen sensor.
    let values = |minute: i64| [("temperature", 20.0 + (minute % 2) as f64), ("humidity", 50.0 + (minute % 2) as f64)];
    range.map(|minute| report(NOON.plus(minute * MINUTE_MS), &values(minute))).collect()
}

/// Appends until the database refuses; the error, and how many minutes were stored.
async fn fill(house: &House) -> (Error, i64) {
    let mut stored = 0;
    for rows in [500, 10, 1] {
        loop {
            match house.storage.append(house.station.id, minutes(stored..stored + rows)).await {
                Ok(_) => stored += rows,
                Err(error) if rows == 1 => return (error, stored),
                Err(_) => break,
            }
            assert!(stored < 200_000, "it never got full");
        }
    }
    unreachable!("the last size ends with an error");
}

#[tokio::test]
async fn a_full_database_names_its_knob_and_obeys_its_owner() {
    let house = House::with(|options| options.max_database_mib = 1).await.unheard();
    let (error, _) = fill(&house).await;
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("max_database_mib") && text.contains("[storage]"), "{text}");

    // The owner's commands go on, here and from another process.
    house.storage.renew_key(&house.station.slug).await.expect("a new key");
    let (harbour, _) = house.storage.add_station(new_station("harbour")).await.expect("added");
    let (other, _) = house.opener.open(|options| options.max_database_mib = 1).await;
    other.renew_key(&house.station.slug).await.expect("a new key");
    other.close().await;
    house.storage.remove_station(&house.station.slug).await.expect("removed");
    // What it left goes, and then there is room for the others.
    let mut tries = 0;
    while house.storage.append(harbour.id, minutes(tries..tries + 1)).await.is_err() {
        tries += 1;
        assert!(tries < 1_000, "there is no room again");
    }
    assert!(house.storage.append(harbour.id, minutes(1_000..1_500)).await.is_ok());
}

#[tokio::test]
async fn the_owner_can_see_how_full_the_database_is() {
    let house = House::with(|options| options.max_database_mib = 1).await.unheard();
    let room = house.storage.room();
    assert_eq!((room.limit_bytes, room.fill(), room.warning()), (1 << 20, Fill::Roomy, None));
    assert!(room.used_bytes > 0);
    fill(&house).await;
    let house = house.reopened(|options| options.max_database_mib = 1).await;
    let room = house.storage.room();
    assert_eq!(room.fill(), Fill::NearlyFull, "{room:?}");
    assert!(room.warning().expect("a warning").contains("max_database_mib"));
    let stats = house.storage.stats();
    assert_eq!((stats.used_bytes, stats.limit_bytes), (room.used_bytes, 1 << 20));
}

#[tokio::test]
async fn one_station_fills_its_share_and_no_more() {
    let share = |options: &mut Options| {
        (options.max_database_mib, options.station_share_percent) = (2, 25);
        // Else the journal, which is everybody's, would fill such a small file first.
        options.journal_keep_entries = 100;
    };
    let house = House::with(share).await.unheard();
    let (harbour, _) = house.storage.add_station(new_station("harbour")).await.expect("added");
    let (error, stored) = fill(&house).await;
    assert!(matches!(error, Error::StationFull(25)), "{error:?}");
    assert!(error.to_string().contains("station_share_percent"), "{error}");
    // About 60 bytes a row: half of the share is in use at the very least, and the other station has its room.
    let used = house.storage.room().limit_bytes / 4;
    assert!((stored as u64) * 120 > used, "{stored} rows are no {used} bytes");
    house.storage.append(harbour.id, minutes(0..5_000)).await.expect("stored");
    // It is remembered, and ends with the other station: then nobody is left to share with.
    let house = house.reopened(share).await.unheard();
    let error = house.storage.append(house.station.id, minutes(stored..stored + 1)).await.expect_err("full");
    assert!(matches!(error, Error::StationFull(25)), "{error:?}");
    house.storage.append(harbour.id, minutes(5_000..5_500)).await.expect("stored");
    house.storage.remove_station(&harbour.slug).await.expect("removed");
    house.storage.append(house.station.id, minutes(stored..stored + 1)).await.expect("stored");
}
