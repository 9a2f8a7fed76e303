//! Two servers that write by turns: the lock, the transaction that goes on under it, and what is left if that breaks.

use super::*;

/// Two servers over one database, and a station.
async fn two(database: &Database) -> (Storage, Commits, Storage, Station) {
    let (here, commits, station) = house(database.address(), |_| {}).await;
    let options = Options { database: database.address(), readers: 2, ..Options::default() };
    let (there, _) = Storage::open(options).await.expect("opens");
    (here, commits, there, station)
}

/// Waits until a server has told an entry of another.
async fn told(commits: &mut Commits, seq: u64) {
    let tell = async {
        loop {
            let news = commits.next().await.expect("open").into_entries();
            if news.iter().any(|entry| entry.seq >= seq) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, tell).await.expect("it is told");
}

const HEAD: &str = "SELECT max(seq) FROM journal";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_while_the_lock_is_waited_for_goes_into_the_same_transaction() {
    let database = Database::fresh();
    let (here, mut commits, there, station) = two(&database).await;
    let (psql, watch) = (database.psql(), database.psql());
    // On a busy machine the wait for the lock may be too long for all of them: then once more.
    let mut minute = 0;
    let before = loop {
        assert!(minute < 200, "it never came to be");
        append(&there, &station, minutes(minute..minute + 1)).await;
        // Now the station is to be learned anew here, under the lock.
        told(&mut commits, psql.number(HEAD)).await;
        let before = psql.number(HEAD);
        psql.run("BEGIN; SELECT one FROM gate FOR UPDATE");
        let send = |minute: i64| here.append(station.id, minutes(minute..minute + 1));
        let first = send(minute + 1);
        let others = async {
            let asked = "SELECT count(*) FROM pg_locks WHERE NOT granted";
            tokio::task::block_in_place(|| watch.until(asked, 1));
            let release = async { psql.run("COMMIT") };
            tokio::join!(send(minute + 2), send(minute + 3), send(minute + 4), release)
        };
        let (one, (two, three, four, ())) = tokio::join!(first, others);
        minute += 5;
        match [one, two, three, four].into_iter().collect::<Result<Vec<_>, _>>() {
            Ok(_) => break before,
            Err(Error::Away(_) | Error::Locked(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    };
    let transactions = format!("SELECT count(DISTINCT xmin::text), count(*) FROM journal WHERE seq > {before}");
    assert_eq!(psql.rows(&transactions), [["1", "4"]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_found_news_of_another_server_stores_what_is_right_or_nothing() {
    let database = Database::fresh();
    let (here, _commits, there, station) = two(&database).await;
    let psql = database.psql();
    append(&here, &station, minutes(0..1)).await;
    // Each finds what the other has written, under the lock, and goes on in that transaction.
    for minute in 1..40 {
        let (at, value) = (NOON.plus(minute * MINUTE_MS), [20.0, 21.0][(minute % 2) as usize]);
        let server = if minute % 2 == 0 { &here } else { &there };
        append(server, &station, vec![report(at, &[("temperature", value)])]).await;
    }
    let extremes = "SELECT low, high, low_ms, high_ms FROM daily";
    let first = [NOON, NOON.plus(MINUTE_MS)].map(|at| at.0.to_string());
    assert_eq!(psql.rows(extremes), [["20", "21", first[0].as_str(), first[1].as_str()]]);
    let numbers = "SELECT count(*), max(seq) - min(seq) + 1 FROM journal";
    assert_eq!(psql.rows(numbers)[0][0], psql.rows(numbers)[0][1], "no gap");

    // The next one breaks in its midst, after it has found news: its rows cannot be written, and its connection goes.
    psql.run(
        "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; \
        CREATE TRIGGER break AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION break()",
    );
    let counted = "SELECT (SELECT count(*) FROM observation), (SELECT max(seq) FROM journal), (SELECT max(observed_ms) FROM latest)";
    let before = psql.rows(counted);
    // The last minute was of `there`: `here` finds news.
    let broken = here.append(station.id, minutes(40..41)).await;
    assert!(matches!(broken, Err(Error::Away(_))), "{broken:?}");
    assert_eq!(psql.rows(counted), before, "nothing of it is stored");
    psql.run("DROP FUNCTION break CASCADE");
    append(&here, &station, minutes(40..41)).await;
    append(&there, &station, minutes(41..42)).await;
    assert_eq!(psql.number("SELECT count(*) FROM observation"), 42);
    assert_eq!(psql.rows(numbers)[0][0], psql.rows(numbers)[0][1], "no gap");
}
