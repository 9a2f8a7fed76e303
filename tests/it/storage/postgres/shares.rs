//! Stations' shares of a database that several servers fill.

use super::*;

/// Two servers, the first of which lets go what is older than a week, and two stations, of which one sends readings.
async fn two(database: &Database) -> (Storage, Commits, Storage, Station) {
    let (here, commits, station) = house(database.address(), |options| options.raw_days = 7).await;
    here.add_station(new_station("harbour")).await.expect("added");
    (here, commits, opened(database).await, station)
}

async fn opened(database: &Database) -> Storage {
    let options = Options { database: database.address(), readers: 2, ..Options::default() };
    Storage::open(options).await.expect("opens").0
}

/// What a server believes that the station takes, bytes.
fn taken(storage: &Storage, station: &Station) -> u64 {
    let rooms = storage.station_rooms();
    rooms.iter().find(|(found, _)| found.id == station.id).expect("it has a share").1.used_bytes
}

const NOTED: &str = "SELECT sum(bytes)::bigint FROM sensor";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_servers_write_counts_as_if_one_had() {
    let noted = async |servers: usize| {
        let database = Database::fresh();
        let (here, _commits, there, station) = two(&database).await;
        for part in 0..10 {
            let server = [&here, &there][part % servers];
            append(server, &station, minutes(part as i64 * 60..part as i64 * 60 + 60)).await;
        }
        here.close().await;
        there.close().await;
        database.psql().number(NOTED)
    };
    let (one, both) = (noted(1).await, noted(2).await);
    assert!(both.abs_diff(one) < one / 20, "one: {one} bytes, two: {both}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_lets_go_counts_no_longer_at_the_others() {
    let database = Database::fresh();
    let (here, _commits, there, station) = two(&database).await;
    append(&there, &station, minutes(-60_000..-58_000)).await;
    there.close().await;
    let there = opened(&database).await;
    append(&there, &station, minutes(0..1)).await;
    let before = taken(&there, &station);
    here.lead();
    while here.prune_some().await.expect("pruned") {}
    assert!(database.psql().number(NOTED) < before / 2);
    // With the list of stations a server learns how much belongs to each.
    here.add_station(new_station("hill")).await.expect("added");
    let heard = async {
        while there.directory().by_slug("hill").is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("it hears of the station");
    assert!(taken(&there, &station) < before / 2, "{} of {before} bytes", taken(&there, &station));
    append(&there, &station, minutes(1..2)).await;
    there.close().await;
    assert!(database.psql().number(NOTED) < before / 2, "nor is it noted again");
}
