//! A database of an older version: its rows are older than the table of hours.

use super::super::rollups::oracle_of;
use super::*;
use stevenson::storage::{Author, Options, Selection};
use weather::time::{DAY_MS, MINUTE_MS};

/// The newest migration of the version before.
const BEFORE: &str = "0018";
/// Days of a report every ten minutes: making their hours takes many transactions.
const DAYS: i64 = 120;

const FILL: &str = "\
    INSERT INTO station (id, slug, name, zone, key_hash, key_prefix, created_ms) VALUES (1, 'old', 'Old', 'UTC', zeroblob(32), '', 0);
    INSERT INTO sensor (id, station, name) VALUES (1, 1, '');
    WITH RECURSIVE row (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM row WHERE number + 1 < ?1 * 144)
    INSERT INTO observation (sensor, observed_ms, temperature, wind_direction, wind_speed)
        SELECT 1, ?2 + number * 600000, 10.0 + number % 97 / 10.0, number * 7 % 200, number % 5 FROM row;";

/// A file as the version before has left it.
async fn old_file() -> File {
    let (file, folder) = (File::fresh(), tempfile::tempdir().expect("a folder"));
    let migrations = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for entry in std::fs::read_dir(migrations).expect("migrations") {
        let entry = entry.expect("a file");
        if entry.file_name().to_str().is_some_and(|name| name < BEFORE) {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("copied");
        }
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file.path()).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("opens");
    sqlx::migrate::Migrator::new(folder.path()).await.expect("migrations").run(&pool).await.expect("migrated");
    pool.close().await;
    let db = rusqlite::Connection::open(file.path()).expect("opens");
    let midnight = NOON.plus(-DAY_MS / 2 - (DAYS - 1) * DAY_MS);
    for sql in FILL.split(";\n") {
        let mut statement = db.prepare(sql).expect("SQL");
        let parameters = rusqlite::params_from_iter([DAYS, midnight.0].into_iter().take(statement.parameter_count()));
        statement.execute(parameters).expect("written");
    }
    for (quantity, column) in [(0, "temperature"), (7, "wind_direction"), (6, "wind_speed")] {
        let sql = format!(
            "INSERT INTO extreme SELECT 1, day, {quantity}, low, \
                (SELECT min(observed_ms) FROM observation WHERE date(observed_ms / 1000, 'unixepoch') = day AND {column} = low), high, \
                (SELECT min(observed_ms) FROM observation WHERE date(observed_ms / 1000, 'unixepoch') = day AND {column} = high) \
            FROM (SELECT date(observed_ms / 1000, 'unixepoch') AS day, min({column}) AS low, max({column}) AS high FROM observation GROUP BY day)"
        );
        db.execute_batch(&sql).expect("written");
    }
    let newest = format!(
        "INSERT INTO latest VALUES (1, {0}, {0}, '[[0,10.0],[6,1.0],[7,20.0]]')",
        midnight.0 + DAYS * DAY_MS - 600_000
    );
    db.execute_batch(&newest).expect("written");
    file
}

#[tokio::test]
async fn an_older_database_is_right_at_once_and_gets_its_hours_while_it_works() {
    let file = old_file().await;
    let (storage, commits) = Storage::open(Options { batch_rows: 1, ..file.options() }).await.expect("opens");
    let station = storage.directory().by_slug("old").expect("is there").clone();
    let house = House { opener: Opener::Sqlite(file), storage, commits: Some(commits), station }.unheard();
    let day = |day: i64| NOON.plus((day + 1 - DAYS) * DAY_MS);
    let date = |at: Timestamp| weather::day::date_at(&Zone::UTC, at);
    let low = async |at: Timestamp| {
        let all = house.storage.extremes(house.station.id, date(at)).await.expect("read");
        all.iter().find(|one| one.quantity == Quantity::Temperature).map(|one| (one.low, one.high))
    };
    // Of the oldest days nothing is made yet; something comes late, and something is struck out.
    assert_eq!(low(day(0)).await, Some((10.0, 19.6)));
    house.append(vec![arrived(day(0).plus(MINUTE_MS), day(DAYS), &[("temperature", 9.9)])]).await;
    assert_eq!(low(day(0)).await, Some((9.9, 19.6)));
    // What comes between two transactions is the newest.
    let newer = |minute: i64| house.append(vec![report(day(DAYS).plus(minute * MINUTE_MS), &[("temperature", 12.5)])]);
    for minutes in [0..2, 2..5, 5..9] {
        let last = minutes.end - 1;
        futures_util::future::join_all(minutes.map(newer)).await;
        assert_eq!(house.latest(Quantity::Temperature).await.observed_at, day(DAYS).plus(last * MINUTE_MS));
    }
    let selection = Selection {
        station: house.station.slug.clone(),
        sensor: None,
        quantity: None,
        from: day(1),
        to: day(1).plus(10 * MINUTE_MS),
    };
    house.storage.strike(selection, Author { name: "Ada".into(), reason: String::new() }).await.expect("struck");
    assert_eq!(low(day(1)).await, Some((10.0, 19.6)));
    let oracle = oracle_of(&house).await;
    let of = (&SensorName::main(), Quantity::WindDirection);
    let (from, to) = (day(0), day(DAYS - 1));
    let read = async |points| house.storage.series(&house.station, of, (from, to), points).await.expect("read");
    let is_waiting = house.outside().is_waiting();
    for points in [30, 200, 1_500] {
        oracle.series_is(of.1, (from, to), points, &read(points).await);
    }
    let days = house.storage.days(&house.station, of, (date(from), date(to))).await.expect("read");
    oracle.days_were(of.1, (date(from), date(to)), &days);
    assert!(is_waiting, "all at once would hold reports up");
    while house.storage.recalculate_some().await.expect("made") {}
    let outside = house.outside();
    assert!(!outside.is_waiting());
    oracle.hours_are(outside.hours());
    oracle.days_are(outside.days());
}
