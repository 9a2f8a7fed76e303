//! What only SQLite does: its file, its log, its size limit, its columns.

#[path = "sqlite/outside.rs"]
pub mod outside;
#[path = "sqlite/room.rs"]
mod room;
#[path = "sqlite/shrinking.rs"]
mod shrinking;
#[path = "sqlite/upgrading.rs"]
mod upgrading;

use super::opener::Opener;
use super::words::{visitor, word};
use super::*;
use outside::File;
use stevenson::storage::{Durability, Error};
use weather::quantity::Quantity::Temperature;
use weather::time::MINUTE_MS;

/// The file of a house.
fn file(house: &House) -> &File {
    let Opener::Sqlite(file) = &house.opener else { panic!("these tests are of SQLite") };
    file
}

fn minutes(range: std::ops::Range<i64>) -> Vec<Report> {
    // Values that stayed the same for hours would be those of a frozen sensor.
    let value = |minute: i64| 20.0 + (minute % 2) as f64;
    range.map(|minute| report(NOON.plus(minute * MINUTE_MS), &[("temperature", value(minute))])).collect()
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
async fn what_was_forgotten_leaves_the_log_within_seconds() {
    let house = House::new().await.unheard();
    let anna = visitor(1);
    for number in 0..200 {
        let long = format!("{number} is a secret {}", "that goes on and on ".repeat(number % 50));
        house.storage.say(&anna, "metric", vec![word(&number.to_string(), &long)]).await.expect("stored");
    }
    let has_secret = || {
        let bytes = [file(&house).path(), file(&house).log()].map(|path| std::fs::read(path).expect("read")).concat();
        bytes.windows(6).any(|bytes| bytes == b"secret")
    };
    assert!(has_secret());
    house.storage.forget_conversation(&anna, "town-hall").await.expect("forgotten");
    let forgotten = std::time::Instant::now();
    while has_secret() {
        assert!(forgotten.elapsed() < std::time::Duration::from_secs(10), "it is still there");
        tokio::task::yield_now().await;
    }
    house.append(minutes(0..5)).await;
}

async fn refusal(path: &std::path::Path) -> String {
    let options = Options { file: path.to_owned(), lock_wait_ms: 100, ..Options::default() };
    Storage::open(options).await.map(drop).expect_err("refused").to_string()
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_and_left_as_it_is() {
    let fresh = File::fresh();
    let path = fresh.path();
    std::fs::write(&path, b"").expect("written");
    assert!(refusal(&path).await.contains("empty"), "{}", refusal(&path).await);
    std::fs::write(&path, b"a diary, and no database at all").expect("written");
    assert!(refusal(&path).await.contains("no SQLite database"));
    std::fs::remove_file(&path).expect("gone");
    for (sql, said) in [
        ("CREATE TABLE recipe (name TEXT)", "another program"),
        ("CREATE TABLE station (id INTEGER)", "another program"),
        ("CREATE VIEW recipe AS SELECT 1", "another program"),
        ("PRAGMA application_id = 7", "another program"),
        ("PRAGMA user_version = 1", "another program"),
        ("CREATE TABLE recipe (name TEXT); DROP TABLE recipe", "a database with nothing in it"),
        ("VACUUM", "a database with nothing in it"),
    ] {
        let other = rusqlite::Connection::open(&path).expect("opens");
        other.execute_batch(sql).expect("SQL");
        other.close().expect("closed");
        let before = std::fs::read(&path).expect("read");
        let refused = refusal(&path).await;
        assert!(refused.contains(said), "{sql}: {refused}");
        assert_eq!(std::fs::read(&path).expect("read"), before, "{sql}: nothing was written");
        std::fs::remove_file(&path).expect("gone");
    }
}

#[tokio::test]
#[cfg(unix)]
async fn a_file_that_may_not_be_written_is_refused_and_nobody_else_reads_ours() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new().await.unheard();
    house.append(minutes(0..5)).await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&file(&house).path()), mode(&file(&house).log())), (0o600, 0o600));
    house.storage.close().await;
    let path = file(&house).path();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).expect("changed");
    assert!(refusal(&path).await.contains("read-only"), "{}", refusal(&path).await);
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
#[cfg(target_os = "linux")]
async fn every_connection_is_open_before_the_process_can_run_out_of_files() {
    let house = House::with(|options| (options.readers, options.background_readers) = (3, 2)).await;
    let path = file(&house).path();
    let files = std::fs::read_dir("/proc/self/fd").expect("Linux").flatten();
    let open = files.filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|target| target == path)).count();
    assert!(open >= 1 + 3 + 2, "{open} connections are open");
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

#[tokio::test]
async fn a_number_that_a_power_cut_may_have_taken_is_not_given_out_again() {
    let house = House::with(|options| options.durability = Durability::Normal).await;
    house.append(minutes(0..1)).await;
    // The commits of this run may be lost, whatever the next run is.
    let mut house = house.reopened(|_| {}).await;
    house.append(minutes(1..3)).await;
    let seqs: Vec<u64> = house.entries().await.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1_000_003, 1_000_004]);
    let since =
        async |seq| house.storage.journal_since(seq, None, 10).await.expect("read").map(|entries| entries.len());
    assert_eq!(since(2).await, Some(2), "a cursor whose entry survived goes on");
    assert_eq!(since(3).await, None, "one whose entry was lost does not");
}
