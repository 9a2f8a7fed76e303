//! The program in the test's own process: the real `App` on a free port, over a database of its own.

use super::connection::{Connection, PATIENCE};
use super::postgres::{self, Database};
use channel::{Dock, Stats};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use stevenson::app::{self, App};
use stevenson::config::Config;
use stevenson::storage::{self, NewStation, Storage};
use tempfile::TempDir;
use tokio::sync::{OnceCell, oneshot};
use tokio::task::JoinHandle;
use weather::station::{Slug, Station};

/// The name of the journal in every test, so that a test can write a cursor down: `E.7`.
pub const EPOCH: &str = "E";

/// The program, running. It fails the test when it is dropped while a truck is parked.
///
/// The server does not notice a client that left: its truck stays parked until its ticket. So a test ends with every
/// truck answered, or with [`TestApp::send_home`].
pub struct TestApp {
    /// The handle to the dock.
    pub dock: Dock,
    /// The handle to the database.
    pub storage: Storage,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its station port listens.
    pub station_port: Option<SocketAddr>,
    /// The data folder.
    pub folder: TempDir,
    running: JoinHandle<Result<(), app::Error>>,
}

impl TestApp {
    /// Starts the program with its defaults.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts the program with a configuration that the test has changed.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (app, folder) = open(change).await;
        Self::of(app, folder).await
    }

    /// Runs a program that was opened over this data folder.
    pub async fn of(app: App, folder: TempDir) -> Self {
        let (dock, storage) = (app.dock().clone(), app.storage().clone());
        let (tell, ready) = oneshot::channel();
        let running = tokio::spawn(app.run(std::future::pending(), |listening| {
            let _ = tell.send(listening); // the test may have been given up
        }));
        let app::Listening { http: address, station_port, .. } = ready.await.expect("the program listens");
        Self { dock, storage, url: format!("http://{address}"), address, station_port, folder, running }
    }

    /// Adds the station Town Hall; the station and its key.
    pub async fn add_station(&self, slug: &str) -> (Arc<Station>, String) {
        add_station(&self.storage, slug).await
    }

    /// Posts one JSON body of readings, which must be taken.
    pub async fn measures(&self, key: &str, body: &Value) {
        let (status, answer) = super::program::post(&self.url, key, body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }

    /// Opens a connection and sends a request as it is written.
    pub async fn send(&self, request: &str) -> Connection {
        Connection::send(self.address, request).await
    }

    /// Another connection to the database, as another process would have one.
    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("stevenson.db")).expect("it opens")
    }

    /// Waits until the dock's count is as it should be.
    pub async fn until(&self, holds: impl Fn(&Stats) -> bool) {
        self.until_so(|app| holds(&app.dock.stats())).await;
    }

    /// Waits until the dock has been told of this entry of the journal.
    pub async fn until_told(&self, seq: u64) {
        let cursor = format!("{EPOCH}.{seq}");
        self.until_so(|app| app.dock.cursor() == cursor).await;
    }

    async fn until_so(&self, holds: impl Fn(&Self) -> bool) {
        let wait = async {
            while !holds(self) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("it comes true");
    }

    /// Closes the dock, as a stop of the program does: every truck that is parked goes home.
    pub fn send_home(&self) {
        self.dock.close();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.running.abort();
        if !std::thread::panicking() {
            let parked = self.dock.stats().parked();
            assert_eq!(parked, 0, "trucks are still parked: answer them, or end the test with `send_home`");
        }
    }
}

/// Opens the program over a database of its own, not yet listening.
pub async fn open(change: impl FnOnce(&mut Config)) -> (App, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config { port: 0, data: folder.path().to_owned(), ..Config::default() };
    config.storage.file = folder.path().join("stevenson.db");
    let database = postgres::is_wanted().then(Database::fresh);
    if let Some(database) = &database {
        config.storage.database = database.address();
    }
    change(&mut config);
    match &database {
        None => new_database(&config.storage.file).await,
        Some(database) => name_journal(database).await,
    }
    // The cluster ends with the process, and the database with it.
    std::mem::forget(database);
    (App::open(config).await.expect("the program opens"), folder)
}

/// Makes the tables of a PostgreSQL, whose journal is called [`EPOCH`].
pub async fn name_journal(database: &Database) {
    let options = storage::Options { database: database.address(), ..storage::Options::default() };
    let (storage, _) = Storage::open(options).await.expect("a database");
    storage.close().await;
    database.psql().run(&format!("UPDATE meta SET value = '{EPOCH}' WHERE key = 'epoch'"));
}

/// Adds the station Town Hall; the station and its key.
pub async fn add_station(storage: &Storage, slug: &str) -> (Arc<Station>, String) {
    let slug = Slug::new(slug).expect("a slug");
    let zone = weather::zone::Zone::inside("Europe/Berlin").expect("a zone");
    let new = NewStation { slug, name: "Town Hall".into(), zone, elevation_m: Some(214.0), coordinates: None };
    let (station, key) = storage.add_station(new).await.expect("a station");
    (station, key.reveal().to_owned())
}

/// Puts an empty database there, whose journal is called [`EPOCH`]. It is made once for all tests.
async fn new_database(file: &Path) {
    static EMPTY: OnceCell<Vec<u8>> = OnceCell::const_new();
    let make = || async {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("empty.db");
        let options = storage::Options { file: file.clone(), ..storage::Options::default() };
        let (storage, _) = Storage::open(options).await.expect("a database");
        storage.close().await;
        let database = rusqlite::Connection::open(&file).expect("the same");
        let rename = "UPDATE meta SET value = ?1 WHERE key = 'epoch'";
        assert_eq!(database.execute(rename, [EPOCH]).expect("SQL"), 1, "it has a journal");
        database.close().expect("all of it is in the file");
        std::fs::read(file).expect("a file")
    };
    std::fs::write(file, EMPTY.get_or_init(make).await).expect("a file");
}
