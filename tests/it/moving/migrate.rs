//! `stevenson migrate`: a whole life goes into a PostgreSQL, whichever database the other tests run over, and back.

#[path = "migrate/life.rs"]
mod life;

use crate::kit::connection::{Connection, truck};
use crate::kit::postgres::Database;
use crate::kit::program::{Program, add_station, post, program};
use life::{dump, live};
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use stevenson::storage::{Error, Options, Storage};
use tempfile::TempDir;

/// All that move.
const TABLES: usize = 27;

/// A secret that no output may have.
const PASSWORD: &str = "s3cret";

/// A folder with files, and a PostgreSQL.
struct Movers {
    folder: TempDir,
    database: Database,
}

impl Movers {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: Database::fresh() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The PostgreSQL, with a password that nobody asks for.
    fn url(&self) -> String {
        url(&self.database)
    }

    fn forth(&self, file: &Path, more: &[&str]) -> (bool, String) {
        migrate(text(file), &self.url(), more)
    }
}

fn url(database: &Database) -> String {
    database.address().reveal().replacen("postgres@", &format!("postgres:{PASSWORD}@"), 1)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// Whether it went well, and all that it said.
fn migrate(from: &str, to: &str, more: &[&str]) -> (bool, String) {
    let arguments = [&["migrate", "--from", from, "--to", to], more].concat();
    said(&program().args(arguments).stdin(Stdio::null()).output().expect("the program runs"))
}

fn said(output: &Output) -> (bool, String) {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(PASSWORD), "{said}");
    (output.status.success(), said)
}

async fn open(database: &Database) -> Result<Storage, Error> {
    let options = Options { database: database.address(), ..Options::default() };
    Storage::open(options).await.map(|(storage, _)| storage)
}

/// A file with many rows.
async fn many(file: &Path, rows: i64) {
    live(file).await;
    let db = rusqlite::Connection::open(file).expect("opens");
    let sql = "INSERT INTO observation (sensor, observed_ms, temperature, humidity) \
        SELECT 100, value, value / 7.0, value / 3.0 FROM generate_series";
    let sql = sql.replace(
        "FROM generate_series",
        "FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?1) SELECT value FROM n)",
    );
    db.execute(&sql, [rows]).expect("SQL");
}

#[tokio::test]
async fn a_whole_life_moves_into_a_postgresql_and_back_and_every_bit_is_the_same() {
    let movers = Movers::new();
    let (file, back) = (movers.file("stevenson.db"), movers.file("back.db"));
    live(&file).await;
    let before = dump(&file);
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well && said.contains("compared bit by bit"), "{said}");
    assert_eq!(dump(&file), before, "the source is as it was");
    // Indexes, and what refers to what, are as the migrations made them.
    let psql = movers.database.psql();
    let fresh = Database::fresh();
    open(&fresh).await.expect("opens").close().await;
    for sql in [
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0 ORDER BY 1",
    ] {
        assert_eq!(psql.texts(sql), fresh.psql().texts(sql));
    }
    assert!(psql.number("SELECT nextval(pg_get_serial_sequence('station', 'id'))") > 3, "no number comes twice");
    psql.run("SELECT setval(pg_get_serial_sequence('station', 'id'), 3)");
    let (went_well, said_again) = migrate(&movers.url(), text(&back), &[]);
    assert!(went_well && said_again.contains("compared bit by bit"), "{said_again}");
    let sums = |said: &str| -> Vec<String> {
        said.lines().skip(1).filter(|line| line.len() == 52).map(str::to_owned).collect()
    };
    assert_eq!((sums(&said), sums(&said).len()), (sums(&said_again), TABLES));
    let after = dump(&back);
    let differs = before.iter().zip(&after).find(|(before, after)| before != after);
    assert_eq!((differs, before.len()), (None, after.len()));
    assert!(
        !movers
            .folder
            .path()
            .read_dir()
            .expect("a folder")
            .any(|entry| { entry.expect("read").file_name().to_string_lossy().contains("moving") })
    );
    // A database lives on in both.
    let (storage, _) = Storage::open(Options { file: back, ..Options::default() }).await.expect("opens");
    life::add(&storage, "new").await;
    storage.close().await;
    let storage = open(&movers.database).await.expect("opens");
    life::add(&storage, "new").await;
    storage.close().await;
}

#[tokio::test]
async fn a_move_that_is_killed_goes_on_and_no_server_opens_half_of_it() {
    let movers = Movers::new();
    let (file, back) = (movers.file("stevenson.db"), movers.file("back.db"));
    many(&file, 40_000).await;
    let psql = movers.database.psql();
    let mut moving = program()
        .args(["migrate", "--from", text(&file), "--to", &movers.url()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    while psql.number("SELECT count(*) FROM pg_class WHERE relname = 'unfinished_move'") == 0
        || psql.number("SELECT count(*) FROM observation") == 0
    {
        tokio::task::yield_now().await;
    }
    moving.kill().expect("SIGKILL");
    moving.wait().expect("an end");
    let there = psql.number("SELECT count(*) FROM observation");
    assert!(there > 0 && there < 40_000, "{there}");
    let refused = open(&movers.database).await.err().expect("half of it");
    assert!(refused.to_string().contains("has not ended"), "{refused}");
    let refused = migrate(&movers.url(), text(&movers.file("half.db")), &[]);
    assert!(!refused.0 && refused.1.contains("has not ended"), "{}", refused.1);
    // Something there is not as it should be.
    psql.run("UPDATE observation SET temperature = 1e9 WHERE (sensor, observed_ms) = (SELECT min(sensor), min(observed_ms) FROM observation)");
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well, "{said}");
    let written = said.lines().find_map(|line| line.strip_prefix("written now")).expect("a line").trim();
    assert!(written.parse::<u64>().expect("a number") < 50_000 - there + 10_000, "{said}");
    assert!(migrate(&movers.url(), text(&back), &[]).0);
    assert!(dump(&file) == dump(&back), "every bit is the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_when_a_move_begins_is_noticed_and_the_next_move_goes_on() {
    let movers = Movers::new();
    let file = movers.file("stevenson.db");
    live(&file).await;
    // Tables are there, and nothing in them.
    let storage = open(&movers.database).await.expect("opens");
    storage.close().await;
    drop(storage);
    let (psql, server) = (movers.database.psql(), movers.database.psql());
    let others =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stevenson'";
    tokio::task::block_in_place(|| psql.until(others, 0));
    psql.run("BEGIN; LOCK TABLE station");
    let mut moving = program()
        .args(["migrate", "--from", text(&file), "--to", &movers.url()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It has looked whether it is alone, and looks whether there are rows.
    tokio::task::block_in_place(|| psql.until("SELECT count(*) FROM pg_locks WHERE NOT granted", 1));
    server.run("SET application_name = 'stevenson - 10.0.0.7:41234'");
    psql.run("COMMIT");
    let mut said = String::new();
    moving.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert!(!moving.wait().expect("an end").success() && said.contains("stop them first"), "{said}");
    assert_eq!(psql.number("SELECT count(*) FROM pg_class WHERE relname = 'unfinished_move'"), 0, "it may go on");
    server.run("SET application_name = 'psql'");
    // As a move leaves it that is killed right after it has noted that it begins.
    let epoch = rusqlite::Connection::open(&file).expect("opens");
    let epoch: String =
        epoch.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0)).expect("a name");
    psql.run(&format!(
        "CREATE TABLE unfinished_move (number bigint PRIMARY KEY, statement text NOT NULL); \
        INSERT INTO unfinished_move VALUES (0, '{epoch}')"
    ));
    let indexes = "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema()";
    let before = psql.number(indexes);
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well, "{said}");
    assert_eq!(psql.number(indexes), before - 1, "all are made again but that of the note");
    assert!(migrate(&movers.url(), text(&movers.file("back.db")), &[]).0);
    assert!(dump(&file) == dump(&movers.file("back.db")), "every bit is the same");
}

#[tokio::test]
async fn a_database_that_has_anothers_data_is_left_alone() {
    let movers = Movers::new();
    let (file, other) = (movers.file("stevenson.db"), movers.file("other.db"));
    live(&file).await;
    live(&other).await;
    let taken = Database::fresh();
    let storage = open(&taken).await.expect("opens");
    life::add(&storage, "town-hall").await;
    let (went_well, said) = migrate(text(&file), &url(&taken), &[]);
    assert!(!went_well && said.contains("stop them first"), "{said}");
    storage.close().await;
    drop(storage);
    // What listens there ends when this thread has time for it.
    let others =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stevenson'";
    while taken.psql().number(others) > 0 {
        tokio::task::yield_now().await;
    }
    let (went_well, said) = migrate(text(&file), &url(&taken), &[]);
    assert!(!went_well && said.contains("has data already") && said.contains("nothing was changed"), "{said}");
    assert_eq!(taken.psql().number("SELECT count(*) FROM station"), 1);
    let foreign = Database::fresh();
    foreign.psql().run("CREATE TABLE invoice (id bigint)");
    let (went_well, said) = migrate(text(&file), &url(&foreign), &[]);
    assert!(!went_well && said.contains("the table invoice of another program"), "{said}");
    assert_eq!(foreign.psql().number("SELECT count(*) FROM pg_class WHERE relname = 'station'"), 0);
    assert!(movers.forth(&file, &["--while-running"]).0);
    let (went_well, said) = movers.forth(&other, &[]);
    assert!(!went_well && said.contains("a move of another database"), "{said}");
    assert!(movers.forth(&file, &[]).0);
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(!went_well && said.contains("was moved to") && said.contains("would be lost"), "{said}");
    let (went_well, said) = migrate(&movers.url(), text(&other), &[]);
    assert!(!went_well && said.contains("exists already"), "{said}");
    let (went_well, said) = migrate(text(&file), "postgres://anna:s3cret@host:port/db", &[]);
    assert!(!went_well && said.contains("no address of a PostgreSQL"), "{said}");
}

#[tokio::test]
async fn a_life_is_copied_ahead_while_it_goes_on_and_a_page_goes_on_in_the_new_database() {
    let movers = Movers::new();
    let data = movers.file("data");
    let key = add_station(&data, "town-hall");
    let server = Program::start(&data);
    let file = data.join("stevenson.db");
    let body = |minute: u32| json!({"temperature": 8.5, "observed_at": format!("2026-11-01T12:{minute:02}:00Z")});
    assert_eq!(post(&server.url, &key, &body(0)).await.expect("an answer").0, 201);
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(!went_well && said.contains("a server runs") && said.contains(&server.pid().to_string()), "{said}");
    let (went_well, said) = movers.forth(&file, &["--while-running"]);
    assert!(went_well && said.contains("no server opens that before the move has ended"), "{said}");
    let seen = load(&server, "none.0").await["seen"].as_str().expect("a cursor").to_owned();
    for minute in [1, 2] {
        assert_eq!(post(&server.url, &key, &body(minute)).await.expect("an answer").0, 201);
    }
    assert!(server.stop().1);
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well && said.contains("moved from"), "{said}");
    let address = movers.database.address();
    let server = Program::start_with(&movers.file("elsewhere"), &["--database", address.reveal()]);
    assert_eq!(post(&server.url, &key, &body(3)).await.expect("the key is good").0, 201);
    let told = load(&server, &seen).await;
    let news = told["cargo"].as_array().expect("cargo");
    let of_readings = news.iter().filter(|item| item["kind"] == "backfill").count();
    assert_eq!((&told["why"], of_readings), (&json!("cargo"), 3), "no reload, nothing missed: {told}");
    assert_eq!(told["after"], json!(seen));
    let (went_well, said) = migrate(address.reveal(), text(&movers.file("back.db")), &[]);
    assert!(!went_well && said.contains("stop them first"), "{said}");
}

/// What a truck brings home that has seen so much.
async fn load(server: &Program, seen: &str) -> serde_json::Value {
    let clipboard = json!({"v": 1, "fleet": "polling", "park": 0, "seen": seen, "watch": ["town-hall"]}).to_string();
    let truck = truck("0123456789abcdef", "Content-Type: application/json\r\n", &clipboard);
    Connection::send(server.address(), &truck).await.answer().await.json
}

#[tokio::test]
async fn characters_that_postgresql_cannot_hold_are_left_out_and_told() {
    let movers = Movers::new();
    let file = movers.file("stevenson.db");
    live(&file).await;
    let db = rusqlite::Connection::open(&file).expect("opens");
    db.execute_batch(
        "UPDATE word SET text = 'a' || char(0) || 'b' || char(0) WHERE id = 'a'; \
        INSERT INTO unmapped SELECT station, char(122, 0), value, 1, 2, 3 FROM unmapped",
    )
    .expect("SQL");
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well && said.contains("word: 2 characters NUL were left out"), "{said}");
    assert!(said.contains("unmapped: 1 rows were left out"), "{said}");
    let psql = movers.database.psql();
    assert_eq!(psql.texts("SELECT text FROM word WHERE id = 'a'"), ["ab"]);
}

#[tokio::test]
async fn numbers_that_a_power_cut_may_have_taken_do_not_come_again() {
    let movers = Movers::new();
    let file = movers.file("stevenson.db");
    live(&file).await;
    let db = rusqlite::Connection::open(&file).expect("opens");
    db.execute_batch("INSERT INTO meta VALUES ('lossy', 'yes')").expect("SQL");
    let (went_well, said) = movers.forth(&file, &[]);
    assert!(went_well, "{said}");
    let psql = movers.database.psql();
    let leap = "SELECT count(*) FROM journal_leap WHERE after = (SELECT max(seq) FROM journal) AND upto > after + 1000";
    assert_eq!(psql.number(leap), 1);
    assert_eq!(psql.number("SELECT count(*) FROM meta WHERE key = 'lossy'"), 0, "it is about the file alone");
}

#[tokio::test]
async fn keys_are_ordered_alike_in_both_databases() {
    let database = Database::fresh();
    open(&database).await.expect("opens").close().await;
    let unlike = "SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary \
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) LEFT JOIN pg_collation AS l ON l.oid = a.attcollation \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> '_sqlx_migrations' AND a.atttypid = 'text'::regtype AND l.collname <> 'C'";
    assert_eq!(database.psql().texts(unlike), [""; 0]);
}
