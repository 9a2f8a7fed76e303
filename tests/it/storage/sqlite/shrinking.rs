//! The file shrinks when readings go. One that was made before files could shrink does so once it is restored from a backup.

use super::super::retention::prune;
use super::*;
use stevenson::storage;
use weather::time::DAY_MS;

/// Days before noon, so that what is still to come never goes.
const BEFORE_MS: i64 = 730 * DAY_MS;
const DAYS: i64 = 40;

async fn lived_in(house: &House) {
    // No whole numbers, which take less room.
    let value = |minute: i64| 20.3 + (minute % 7) as f64 / 10.0;
    let of = |minute: i64| {
        let at = NOON.plus(minute * MINUTE_MS - BEFORE_MS);
        arrived(
            at,
            at,
            &["temperature", "humidity", "pm2_5", "pm10", "solar_radiation", "soil_moisture", "soil_temperature"]
                .map(|name| (name, value(minute))),
        )
    };
    for day in 0..DAYS {
        house.append((day * 1_440..(day + 1) * 1_440).map(of).collect()).await;
    }
}

async fn bytes(house: &House) -> u64 {
    house.storage.close().await;
    std::fs::metadata(file(house).path()).expect("a file").len()
}

#[tokio::test]
async fn the_file_shrinks_when_readings_go() {
    let house = House::with(|options| options.journal_keep_entries = 1_000).await.unheard();
    lived_in(&house).await;
    let full = bytes(&house).await;
    let house = house.reopened(|options| (options.raw_days, options.journal_keep_entries) = (7, 1_000)).await.unheard();
    prune(&house.storage).await;
    let left = bytes(&house).await;
    assert!(left < full * 2 / 3, "{left} of {full} bytes");
    assert!(left > full / 6, "{left} of {full} bytes: what stays is there");
}

#[tokio::test]
async fn an_older_file_shrinks_once_it_is_restored_from_a_backup() {
    let house = House::with(|options| options.journal_keep_entries = 1_000).await.unheard();
    lived_in(&house).await;
    bytes(&house).await;
    let path = file(&house).path();
    let shrinks = |path: &std::path::Path| {
        let db = rusqlite::Connection::open(path).expect("opens");
        db.query_row("SELECT auto_vacuum FROM pragma_auto_vacuum", (), |row| row.get::<_, i64>(0)).expect("read") == 2
    };
    assert!(shrinks(&path));
    let db = rusqlite::Connection::open(&path).expect("opens");
    db.execute_batch("PRAGMA auto_vacuum = NONE; VACUUM").expect("as older versions made them");
    drop(db);
    assert!(!shrinks(&path));
    let full = std::fs::metadata(&path).expect("a file").len();
    let house = house.reopened(|options| (options.raw_days, options.journal_keep_entries) = (7, 1_000)).await.unheard();
    prune(&house.storage).await;
    assert!(bytes(&house).await >= full, "room that becomes free stays in it");
    let (copy, aside) = (path.with_extension("copy"), path.with_extension("aside"));
    storage::copy(&path, &copy, |_, _| {}).await.expect("copied");
    storage::restore(&copy, (&path, &aside), |_, _| {}).await.expect("restored");
    assert!(shrinks(&path));
    assert!(std::fs::metadata(&path).expect("a file").len() < full * 2 / 3);
}
