//! What only PostgreSQL does: its size, its crash, its standby, its address. These tests run whatever `TEST_DATABASE` says.

#[path = "postgres/gate.rs"]
mod gate;
#[path = "postgres/outside.rs"]
pub mod outside;
#[path = "postgres/shares.rs"]
mod shares;

use super::*;
use crate::kit::connection::PATIENCE;
use crate::kit::postgres::address::MovingAddress;
use crate::kit::postgres::{Cluster, Database};
use std::error::Error as _;
use stevenson::storage::{Address, Durability, Error};
use weather::time::MINUTE_MS;

fn minutes(range: std::ops::Range<i64>) -> Vec<Report> {
    // Values that stayed the same for hours would be those of a frozen sensor.
    let value = |minute: i64| 20.0 + (minute % 2) as f64;
    range.map(|minute| report(NOON.plus(minute * MINUTE_MS), &[("temperature", value(minute))])).collect()
}

/// Storage over a PostgreSQL with one station.
async fn house(address: Address, change: impl FnOnce(&mut Options)) -> (Storage, Commits, Station) {
    let mut options = Options { database: address, readers: 2, ..Options::default() };
    change(&mut options);
    let (storage, commits) = Storage::open(options).await.expect("opens");
    // On a busy machine this process may say nothing for a second, and the database ends its transaction.
    let add = async {
        loop {
            match storage.add_station(new_station("town-hall")).await {
                Ok((station, _)) => break (*station).clone(),
                Err(Error::Away(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    };
    let station = tokio::time::timeout(PATIENCE, add).await.expect("the database answers");
    (storage, commits, station)
}

/// Appends until the database answers, as a station does.
async fn append(storage: &Storage, station: &Station, reports: Vec<Report>) -> Appended {
    let mut tries = 0;
    loop {
        match storage.append(station.id, reports.clone()).await {
            Ok(appended) => return appended,
            Err(Error::Away(_)) if tries < 100_000 => tries += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_names_its_knob_and_obeys_its_owner() {
    let database = Database::fresh();
    let limit = |options: &mut Options| options.max_database_mib = 2;
    let (storage, _commits, station) = house(database.address(), limit).await;
    let mut from = 0;
    let error = loop {
        match storage.append(station.id, minutes(from..from + 1_000)).await {
            Ok(_) => from += 1_000,
            Err(error) => break error,
        }
        assert!(from < 1_000_000, "it never got full");
        // It is measured every few seconds; a restart measures at once.
        if from % 10_000 == 0 {
            let options = Options { database: database.address(), max_database_mib: 2, ..Options::default() };
            let (other, _) = Storage::open(options).await.expect("opens");
            if let Err(error) = other.append(station.id, minutes(from..from + 1)).await {
                break error;
            }
            other.close().await;
        }
    };
    assert!(matches!(error, Error::Full(_)) && error.to_string().contains("max_database_mib"), "{error:?}");
    let cause = error.source().expect("a cause").to_string();
    assert!(cause.contains("2 MiB"), "{cause}");
    storage.renew_key(&station.slug).await.expect("the owner's commands go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_a_crash_of_the_database_may_have_taken_are_not_given_out_again() {
    for (durability, next) in [(Durability::Full, 3), (Durability::Normal, 1_000_003)] {
        let cluster = Cluster::start(&["fsync=off"]);
        let (storage, mut commits, station) =
            house(cluster.address("postgres"), |options| options.durability = durability).await;
        append(&storage, &station, minutes(0..1)).await;
        // With `synchronous_commit = off` a moment may pass; that the entry is there is not what this is about.
        cluster.psql("postgres").run("CHECKPOINT");
        cluster.stop_at_once();
        assert!(storage.append(station.id, minutes(1..2)).await.is_err(), "the database is away");
        cluster.run();
        append(&storage, &station, minutes(1..2)).await;
        let mut seqs = Vec::new();
        while seqs.len() < 3 {
            seqs.extend(commits.next().await.expect("open").into_entries().iter().map(|entry| entry.seq));
        }
        assert_eq!(seqs, [1, 2, next], "{durability:?}");
        storage.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_leap_when_a_standby_takes_over() {
    let first = Cluster::start(&["fsync=off"]);
    let (storage, _commits, station) = house(first.address("postgres"), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    let standby = first.standby(&["fsync=off"]);
    storage.close().await;
    first.stop_at_once();
    standby.promote();
    let options = Options { database: standby.address("postgres"), ..Options::default() };
    let (storage, _commits) = Storage::open(options).await.expect("opens");
    append(&storage, &station, minutes(1..2)).await;
    let since = async |seq| storage.journal_since(seq, None, 10).await.expect("read").map(|entries| entries[0].seq);
    assert_eq!(since(2).await, Some(1_000_003), "what was there goes on");
    assert_eq!(since(3).await, None, "a number of the first that the standby never got means nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_leap_when_a_dump_was_restored_into_the_same_cluster() {
    let database = Database::fresh();
    let (storage, _commits, station) = house(database.address(), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    storage.close().await;
    // As a dump makes it: the same rows in another table.
    let psql = database.psql();
    psql.run(
        "BEGIN; CREATE TABLE other (LIKE gate INCLUDING ALL); INSERT INTO other TABLE gate; DROP TABLE gate; \
        ALTER TABLE other RENAME TO gate; COMMIT",
    );
    let options = || Options { database: database.address(), ..Options::default() };
    for next in [1_000_003, 1_000_004] {
        let (storage, _commits) = Storage::open(options()).await.expect("opens");
        append(&storage, &station, minutes(next - 1_000_000..next - 999_999)).await;
        assert_eq!(psql.number("SELECT max(seq) FROM journal"), next as u64, "it leaps once");
        storage.close().await;
    }
    // A note of before tables were noted.
    psql.run("UPDATE meta SET value = substr(value, strpos(value, ' ') + 1) WHERE key = 'timeline'");
    let (storage, _commits) = Storage::open(options()).await.expect("opens");
    append(&storage, &station, minutes(5..6)).await;
    assert_eq!(psql.number("SELECT max(seq) FROM journal"), 1_000_005);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_log_in_any_more_hears_that_the_database_is_away_until_he_may() {
    let cluster = Cluster::start(&["fsync=off"]);
    let psql = cluster.psql("postgres");
    psql.run("CREATE ROLE weather LOGIN SUPERUSER");
    let address = cluster.url("postgres").replace("postgres://postgres@", "postgres://weather@");
    assert!(address.contains("weather@"), "{address}");
    let (storage, _commits, station) = house(address.parse().expect("an address"), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    psql.run(
        "ALTER ROLE weather NOLOGIN; SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'weather'",
    );
    for _ in 0..2 {
        let refused = storage.append(station.id, minutes(1..2)).await;
        assert!(matches!(refused, Err(Error::Away(_))), "{refused:?}");
    }
    psql.run("ALTER ROLE weather LOGIN");
    append(&storage, &station, minutes(1..2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_says_nothing_is_away_and_everything_goes_on_when_it_speaks() {
    let cluster = Cluster::start(&["fsync=off"]);
    let (storage, _commits, station) = house(cluster.address("postgres"), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    let psql = cluster.psql("postgres");
    psql.run("BEGIN; LOCK TABLE latest");
    let asked = async || storage.latest(station.id).await;
    let hang = async {
        // Two questions are under way, which are all connections, and two wait for a connection.
        while psql.number("SELECT count(*) FROM pg_locks WHERE NOT granted") < 2 {
            tokio::task::yield_now().await;
        }
        cluster.hang()
    };
    let (one, two, three, four, (hung, appended)) = tokio::join!(asked(), asked(), asked(), asked(), async {
        let hung = hang.await;
        (hung, storage.append(station.id, minutes(1..2)).await)
    });
    for error in [one.err(), two.err(), three.err(), four.err(), appended.err()] {
        assert!(matches!(error, Some(Error::Away(_))), "{error:?}");
    }
    drop(hung);

    psql.run("ROLLBACK");
    append(&storage, &station, minutes(2..3)).await;
    assert_eq!(asked().await.expect("read").len(), 1, "the connections are there again");
    storage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_hang_are_given_up_and_others_made() {
    let cluster = Cluster::start(&["fsync=off"]);
    let (storage, _commits, station) = house(cluster.address("postgres"), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    let psql = cluster.psql("postgres");
    psql.run("BEGIN; LOCK TABLE latest");
    let asked = async || storage.latest(station.id).await;
    let (one, two, hung) = tokio::join!(asked(), asked(), async {
        loop {
            let waiting = psql.texts("SELECT pid FROM pg_locks WHERE NOT granted");
            if waiting.len() == 2 {
                return waiting.iter().map(|pid| cluster.hang_one(pid)).collect::<Vec<_>>();
            }
            tokio::task::yield_now().await;
        }
    });
    for error in [one.err(), two.err()] {
        assert!(matches!(error, Some(Error::Away(_))), "{error:?}");
    }
    psql.run("ROLLBACK");
    assert_eq!(asked().await.expect("read").len(), 1, "over another connection");
    drop(hung);
    storage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_wrote_is_told_once_also_if_reading_it_fails_at_first() {
    let database = Database::fresh();
    let (storage, mut commits, station) = house(database.address(), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    let psql = database.psql();
    // Another server's entry, for which the list of stations has to be read; that fails.
    psql.run(
        "BEGIN; ALTER TABLE station RENAME TO elsewhere; INSERT INTO journal (seq, committed_ms, station, body) \
        VALUES (3, 0, 'harbour', '{\"kind\":\"station\",\"station\":\"harbour\"}'); COMMIT",
    );
    for minute in 1..4 {
        assert!(storage.append(station.id, minutes(minute..minute + 1)).await.is_err());
    }
    psql.run("ALTER TABLE elsewhere RENAME TO station");
    append(&storage, &station, minutes(4..5)).await;
    let mut seqs = Vec::new();
    while seqs.last() != Some(&4) {
        seqs.extend(commits.next().await.expect("open").into_entries().iter().map(|entry| entry.seq));
    }
    assert_eq!(seqs, [1, 2, 3, 4]);
    storage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bell_that_hangs_is_changed_for_one_that_rings() {
    let cluster = Cluster::start(&["fsync=off"]);
    let (storage, _commits, _station) = house(cluster.address("postgres"), |_| {}).await;
    let psql = cluster.psql("postgres");
    let listening = || psql.texts("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'");
    let until = |holds: &dyn Fn(&[String]) -> bool| {
        let began = std::time::Instant::now();
        loop {
            let found = listening();
            if holds(&found) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "{found:?}");
        }
    };
    let first = until(&|found| !found.is_empty()).swap_remove(0);
    let _hung = cluster.hang_one(&first);
    until(&|found| found.iter().any(|pid| *pid != first));
    storage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_standby_never_got_is_forgotten_by_servers_that_run() {
    let first = Cluster::start(&["fsync=off"]);
    let address = MovingAddress::of(&first);
    let (storage, _commits, station) = house(address.url("postgres").parse().expect("an address"), |_| {}).await;
    append(&storage, &station, minutes(0..1)).await;
    let standby = first.standby(&["fsync=off"]);
    standby.cut_off();
    storage.add_station(new_station("lost")).await.expect("added");
    assert!(storage.station_by_slug("lost").await.is_some());
    append(&storage, &station, minutes(1..2)).await;
    first.stop_at_once();
    standby.promote();
    address.lead_to(&standby);
    let again = append(&storage, &station, minutes(1..2)).await;
    assert_eq!((again.stored, again.duplicate), (1, 0), "what was lost is stored when it comes again");
    assert!(storage.station_by_slug("lost").await.is_none());
    let (found, _) = storage.add_station(new_station("found")).await.expect("added");
    append(&storage, &found, minutes(0..1)).await;
    assert_eq!(storage.observation_count(found.id).await.expect("read"), 1);
    storage.close().await;
}

#[tokio::test]
async fn an_error_names_the_database_and_never_its_password() {
    let address: Address = "postgres://anna:s3cret@127.0.0.1:1/weather".parse().expect("an address");
    let options = Options { database: address, ..Options::default() };
    let error = Storage::open(options).await.err().expect("nobody listens there");
    let mut said = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    assert!(!said.contains("s3cret"), "{said}");
    assert!(matches!(error, Error::Away(_)), "{error:?}");
}
