//! Several servers over one database: a PostgreSQL of the test's own, whatever other tests run over.

use super::app::{self, TestApp};
use super::postgres::{Database, Psql};
use std::mem::ManuallyDrop;
use stevenson::app::App;
use stevenson::config::Config;
use stevenson::storage::Address;
use tempfile::TempDir;

/// Servers that share a database.
pub struct Nodes {
    /// The cluster ends with the process, and the database with it.
    database: ManuallyDrop<Database>,
}

impl Nodes {
    /// An empty database, whose journal is called [`app::EPOCH`].
    pub async fn new() -> Self {
        let database = ManuallyDrop::new(Database::fresh());
        app::name_journal(&database).await;
        Self { database }
    }

    /// One more server, not yet listening.
    pub async fn open(&self, change: impl FnOnce(&mut Config)) -> (App, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config { port: 0, data: folder.path().to_owned(), ..Config::default() };
        config.storage.file = folder.path().join("stevenson.db");
        config.storage.database = self.database.address();
        change(&mut config);
        (App::open(config).await.expect("the program opens"), folder)
    }

    /// One more server.
    pub async fn start(&self) -> TestApp {
        self.start_with(|_| {}).await
    }

    /// The same with a configuration that the test has changed.
    pub async fn start_with(&self, change: impl FnOnce(&mut Config)) -> TestApp {
        let (app, folder) = self.open(change).await;
        TestApp::of(app, folder).await
    }

    /// One more server that believes that it leads, whoever else does: it looks for the lock in another database. It hears no bell there, and
    /// looks twice a second.
    pub async fn start_leading(&self, change: impl FnOnce(&mut Config)) -> TestApp {
        let elsewhere = ManuallyDrop::new(Database::fresh());
        app::name_journal(&elsewhere).await;
        let change = |config: &mut Config| {
            config.storage.database_direct = elsewhere.address();
            change(config);
        };
        self.start_with(change).await
    }

    /// Where the database is.
    pub fn address(&self) -> Address {
        self.database.address()
    }

    /// A connection that belongs to nobody.
    pub fn psql(&self) -> Psql {
        self.database.psql()
    }
}
