//! What each part of the rule is for: without it, the drill's own checks find what goes wrong, at once and every time.

use super::verdict::{self, Entry, Told};
use crate::kit::app::add_station;
use crate::kit::postgres::{Database, Psql};
use std::thread;
use std::time::Duration;
use stevenson::storage::{Commits, Options, Storage};

/// How a node comes by the number of its next entry.
#[derive(Debug, Clone, Copy)]
enum Numbers {
    /// The row is locked until the commit, then a second statement reads the head: as it is done.
    Gate,
    /// A sequence: numbers are in the order in which they were asked for.
    Sequence,
    /// Lock and head in one statement, which sees what was there before it waited.
    OneStatement,
}

impl Numbers {
    fn take(self, node: &Psql) -> u64 {
        let rows = node.rows(match self {
            Self::Gate => "BEGIN; SELECT one FROM gate FOR UPDATE; SELECT coalesce(max(seq), 0) + 1 FROM journal",
            Self::Sequence => "BEGIN; SELECT nextval('wrong')",
            Self::OneStatement => "BEGIN; SELECT (SELECT coalesce(max(seq), 0) + 1 FROM journal) FROM gate FOR UPDATE",
        });
        rows.last().expect("a number")[0].parse().expect("a number")
    }
}

/// Writes an entry of that number, and commits.
fn write(node: &Psql, seq: u64) {
    node.run(&format!(
        "INSERT INTO journal (seq, committed_ms, station, body) VALUES ({seq}, 0, 'a', '{{}}') ON CONFLICT DO NOTHING; COMMIT"
    ));
}

/// Looks at what comes after the last entry that it knows.
fn look(db: &Psql, told: &mut Told) {
    let last = told.seqs.last().copied().unwrap_or(told.starts[0]);
    told.seqs.extend(journal(db).iter().map(|entry| entry.seq).filter(|seq| *seq > last));
}

fn journal(db: &Psql) -> Vec<Entry> {
    let seqs = db.texts("SELECT seq FROM journal ORDER BY seq").into_iter();
    seqs.map(|seq| Entry { seq: seq.parse().expect("a number"), ..Entry::default() }).collect()
}

async fn tables() -> (Database, Storage, Commits) {
    let database = Database::fresh();
    let options = Options { database: database.address(), ..Options::default() };
    let (storage, commits) = Storage::open(options).await.expect("opens");
    (database, storage, commits)
}

/// Two nodes write at the same time, and somebody follows them: the numbers that were given out, what is amiss with what it was told, and
/// how many entries there are.
async fn play(numbers: Numbers) -> ([u64; 2], Option<String>, usize) {
    let (database, storage, _) = tables().await;
    storage.close().await;
    let (db, one, other) = (database.psql(), database.psql(), database.psql());
    db.run("CREATE SEQUENCE wrong");
    let mut told = Told { starts: vec![0], ..Told::default() };
    let first = numbers.take(&one);
    let second = thread::scope(|scope| {
        let taking = scope.spawn(|| numbers.take(&other));
        let waits = || db.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0;
        while !taking.is_finished() && !waits() {
            thread::yield_now();
        }
        // Who has its number is quicker with the commit, too.
        let is_quicker = taking.is_finished();
        if !is_quicker {
            write(&one, first);
            look(&db, &mut told);
        }
        let second = taking.join().expect("a number");
        write(&other, second);
        look(&db, &mut told);
        if is_quicker {
            write(&one, first);
            look(&db, &mut told);
        }
        second
    });
    let journal = journal(&db);
    ([first, second], verdict::amiss(&journal, &told), journal.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_come_in_the_order_of_commits_only_by_the_gate_and_a_second_statement() {
    assert_eq!(play(Numbers::Gate).await, ([1, 2], None, 2));
    let (given, amiss, entries) = play(Numbers::Sequence).await;
    assert_eq!((given, entries), ([1, 2], 2));
    let amiss = amiss.expect("who follows a sequence steps over what commits later");
    assert!(amiss.starts_with("missed [1]"), "{amiss}");
    let (given, _, entries) = play(Numbers::OneStatement).await;
    assert_eq!((given, entries), ([1, 1], 1), "the second entry of that number is lost");
}

/// Whether a session that listens has heard the bell.
fn is_rung(ear: &Psql) -> bool {
    ear.rows("SELECT 1").iter().any(|row| row[0].contains("notification"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bell_that_is_missed_is_made_good_by_a_look_and_by_nothing_else() {
    const RING: &str = "SELECT pg_notify('stevenson', '')";
    let (database, storage, _) = tables().await;
    storage.close().await;
    let (db, node) = (database.psql(), database.psql());
    let mut told = Told { starts: vec![0], ..Told::default() };
    let listen = || {
        let ear = database.psql();
        ear.run("LISTEN stevenson");
        ear
    };
    let commit = || {
        let seq = Numbers::Gate.take(&node);
        node.run(RING);
        write(&node, seq);
    };
    let ear = listen();
    commit();
    if is_rung(&ear) {
        look(&db, &mut told);
    }
    assert_eq!(verdict::amiss(&journal(&db), &told), None);
    drop(ear);
    commit();
    let ear = listen();
    assert!(!is_rung(&ear), "the bell rings once");
    let amiss = verdict::amiss(&journal(&db), &told).expect("it has not looked");
    assert!(amiss.starts_with("missed [2]"), "{amiss}");
    look(&db, &mut told);
    assert_eq!(verdict::amiss(&journal(&db), &told), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_finds_an_entry_for_which_no_bell_has_rung() {
    let (database, storage, mut commits) = tables().await;
    add_station(&storage, "town-hall").await;
    commits.next().await.expect("the station's entry");
    let node = database.psql();
    write(&node, Numbers::Gate.take(&node));
    let found = tokio::time::timeout(Duration::from_secs(20), commits.next()).await.expect("it looks");
    assert_eq!(found.expect("open").into_entries().iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2]);
    storage.close().await;
}
