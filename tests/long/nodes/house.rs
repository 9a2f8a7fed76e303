//! Three nodes over one database, and what may happen to them.

use super::balancer::Nodes;
use crate::kit::app::add_station;
use crate::kit::postgres::{Cluster, Psql};
use crate::kit::program::Program;
use channel::cursor::Cursor;
use rand::RngExt;
use rand::rngs::StdRng;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use stevenson::storage::{Options, Storage};
use tempfile::TempDir;
use tokio::task::block_in_place;

/// Nodes of a house.
pub const NODES: usize = 3;
/// The database in the cluster.
const DATABASE: &str = "postgres";
/// How long a node hangs: longer than the database lets a transaction that does nothing hold the gate.
const HANGS: Duration = Duration::from_millis(2_500);

/// Words of the drill come faster than people speak.
const CONFIGURATION: &str = "\
[dock]\npark_min_ms = 500\n[keeper]\nthink_min_ms = 0\nthink_max_ms = 300\n\
[storage]\nwords_visitor_per_minute = 100000\nwords_address_per_minute = 100000\nwords_all_per_minute = 100000\n";

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A node is killed, and started again.
    Killed,
    /// A node hangs, and goes on.
    Hangs,
    /// The database crashes, and is started again.
    Crashed,
    /// The connection by which a node hears the bell is cut.
    Deaf,
}

pub const FAULTS: [Fault; 4] = [Fault::Killed, Fault::Hangs, Fault::Crashed, Fault::Deaf];

/// All of it.
pub struct House {
    pub cluster: Cluster,
    pub nodes: Nodes,
    /// The address of the database, as nodes are told it.
    url: String,
    folders: Vec<TempDir>,
    programs: Vec<Option<Program>>,
}

impl House {
    /// Stations by slug, with their keys, and the nodes over them.
    pub async fn build(slugs: &[String]) -> (Self, Vec<(String, String)>) {
        // What is acknowledged must outlive a crash: fsync is on.
        let cluster = block_in_place(|| Cluster::start(&[]));
        let url = cluster.url(DATABASE);
        Self::over(cluster, url, slugs).await
    }

    /// The same over a cluster that nodes reach by this address.
    pub async fn over(cluster: Cluster, url: String, slugs: &[String]) -> (Self, Vec<(String, String)>) {
        let options = Options { database: url.parse().expect("an address"), ..Options::default() };
        let (storage, _) = Storage::open(options).await.expect("opens");
        let mut stations = Vec::new();
        for slug in slugs {
            let (_, key) = add_station(&storage, slug).await;
            stations.push((slug.clone(), key));
        }
        storage.close().await;
        let folders: Vec<_> = (0..NODES).map(|_| tempfile::tempdir().expect("a folder")).collect();
        let programs = (0..NODES).map(|_| None).collect();
        let mut house = Self { cluster, nodes: Nodes::default(), url, folders, programs };
        for number in 0..NODES {
            let file = house.folders[number].path().join("stevenson.toml");
            std::fs::write(file, CONFIGURATION).expect("a configuration");
            house.start(number);
        }
        (house, stations)
    }

    fn start(&mut self, number: usize) {
        let arguments = ["--database", &self.url];
        let program = block_in_place(|| Program::start_with(self.folders[number].path(), &arguments));
        self.nodes.set(number, Some(program.address()));
        self.programs[number] = Some(program);
    }

    /// Where a node is, if it runs.
    pub fn address(&self, number: usize) -> Option<SocketAddr> {
        self.programs[number].as_ref().map(Program::address)
    }

    /// Kills a node at once.
    pub fn kill(&mut self, number: usize) {
        if let Some(program) = self.programs[number].take() {
            program.kill();
        }
        self.nodes.set(number, None);
    }

    /// Something happens, and is over.
    pub async fn suffer(&mut self, fault: Fault, random: &mut StdRng) {
        let number = random.random_range(0..NODES);
        match fault {
            Fault::Killed => {
                self.kill(number);
                self.start(number);
            }
            Fault::Hangs => {
                self.signal(number, "-STOP");
                // The length of the fault, not a wait for something.
                tokio::time::sleep(HANGS).await;
                self.signal(number, "-CONT");
            }
            Fault::Crashed => block_in_place(|| {
                self.cluster.stop_at_once();
                self.cluster.run();
            }),
            Fault::Deaf => {
                let cut = format!(
                    "SELECT pg_terminate_backend(pid) FROM \
                    (SELECT pid FROM pg_stat_activity WHERE query ILIKE 'LISTEN %' ORDER BY pid LIMIT 1 OFFSET {number}) AS ear"
                );
                block_in_place(|| self.psql().run(&cut));
            }
        }
    }

    fn signal(&self, number: usize, signal: &str) {
        let pid = self.programs[number].as_ref().expect("it runs").pid().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill").success());
    }

    /// The newest entry of the journal.
    pub fn cursor(&self) -> Cursor {
        let db = self.psql();
        let epoch = db.texts("SELECT value FROM meta WHERE key = 'epoch'").remove(0);
        Cursor::new(epoch.into(), db.number("SELECT max(seq) FROM journal"))
    }

    /// A connection that belongs to nobody.
    pub fn psql(&self) -> Psql {
        self.cluster.psql(DATABASE)
    }
}
