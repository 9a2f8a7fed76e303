//! What only SQLite does: its file, its log, its size limit, its columns.

#[path = "sqlite/outside.rs"]
pub mod outside;

use super::opener::Opener;
use super::words::{visitor, word};
use super::*;
use outside::File;
use stevenson::storage::Error;
use weather::quantity::Quantity::Temperature;
use weather::time::MINUTE_MS;

/// The file of a house.
fn file(house: &House) -> &File {
    let Opener::Sqlite(file) = &house.opener;
    file
}

fn minutes(range: std::ops::Range<i64>) -> Vec<Report> {
    range.map(|minute| report(NOON.plus(minute * MINUTE_MS), &[("temperature", 20.0)])).collect()
}

#[tokio::test]
async fn what_was_forgotten_is_overwritten_in_the_file() {
    let house = House::new().await.unheard();
    let anna = visitor(1);
    for number in 0..200 {
        let long = format!("{number} is a secret {}", "that goes on and on ".repeat(number % 7));
        house.storage.say(&anna, "metric", vec![word(&number.to_string(), &long)]).await.expect("stored");
    }
    house.storage.forget_conversation(&anna, "town-hall").await.expect("forgotten");
    house.storage.close().await;
    let bytes = std::fs::read(file(&house).path()).expect("read");
    assert!(!bytes.windows(6).any(|bytes| bytes == b"secret"));
}

#[tokio::test]
async fn closing_writes_the_log_back_into_the_file() {
    let house = House::new().await.unheard();
    house.append(minutes(0..5)).await;
    assert!(file(&house).log().exists());
    house.storage.close().await;
    assert!(!file(&house).log().exists(), "the log is in the file");
}

#[tokio::test]
async fn a_full_database_says_so_and_can_still_be_read() {
    let house = House::with(|options| options.max_database_mib = 1).await.unheard();
    let send = async |range| house.storage.append(house.station.id, minutes(range)).await;
    let mut stored = 0;
    let error = loop {
        match send(stored..stored + 500).await {
            Ok(answer) => stored += answer.stored as i64,
            Err(error) => break error,
        }
        assert!(stored < 100_000, "it never got full");
    };
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    assert_eq!(house.latest(Temperature).await.observed_at, NOON.plus((stored - 1) * MINUTE_MS));
    assert_eq!(house.storage.observation_count(house.station.id).await.expect("read"), stored as u64);
    // Smaller ones may find a page with room, until there is none.
    let mut smaller = 0;
    for minute in stored..stored + 2_000 {
        match send(minute..minute + 1).await {
            Ok(answer) => smaller += answer.stored as i64,
            Err(error) => assert!(matches!(error, Error::Full(_)), "{error:?}"),
        }
    }
    assert!(smaller < 1_000, "{smaller}");
    let rows = house.storage.observation_count(house.station.id).await.expect("read");
    assert_eq!(rows, (stored + smaller) as u64, "what was refused is not there");
    // With a higher limit it goes on.
    let house = house.reopened(|_| {}).await;
    let answer = house.append(minutes(0..stored + 2_000)).await;
    assert_eq!((answer.duplicate as i64, answer.stored as i64), (stored + smaller, 2_000 - smaller));
}

#[tokio::test]
async fn every_quantity_has_its_column_and_there_are_no_others() {
    let house = House::new().await;
    let mut columns = file(&house).connect().texts("SELECT name FROM pragma_table_info('observation')");
    let mut expected: Vec<_> = Quantity::all().map(|quantity| quantity.name().to_owned()).collect();
    expected.extend(["sensor", "observed_ms"].map(str::to_owned));
    columns.sort();
    expected.sort();
    assert_eq!(columns, expected);
}
