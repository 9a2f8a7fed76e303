//! A real PostgreSQL: a cluster of this process' own, on a socket in a folder, that ends with the process.
//!
//! Each test has a database of its own there. Tests that can run over either database choose by the variable
//! `TEST_DATABASE`: `postgres`, or nothing for SQLite.

pub mod address;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use stevenson::storage::Address;

/// Whether tests that can run over either database are to run over PostgreSQL.
pub fn is_wanted() -> bool {
    std::env::var("TEST_DATABASE").is_ok_and(|wanted| wanted == "postgres")
}

/// The user that owns the cluster: PostgreSQL does not run as root.
const USER: &str = "postgres";
/// How long a cluster may take to start, or to follow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program of the newest PostgreSQL that Debian has installed.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("install the Debian package postgresql");
    let newest = versions.filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.parse::<u32>().ok()).max();
    Path::new("/usr/lib/postgresql").join(newest.expect("a version").to_string()).join("bin").join(name)
}

/// A program as the user that owns the cluster.
fn as_owner(name: &str) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={USER}")).arg(format!("--regid={USER}")).arg("--init-groups").arg(program(name));
        return command;
    }
    Command::new(program(name))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A running cluster. It ends with its value, or with the process, however that ends.
pub struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
    settings: Vec<String>,
    server: Mutex<Option<Child>>,
}

/// Waits for a line, or for the end of its input, which comes with the end of the process that holds the other end; then stops the
/// server. Without a line the folder goes, too.
const GUARD: &str = "folder=$1; shift; \"$@\" & server=$!; read -r keep; kill -INT $server 2>/dev/null; wait $server; \
    test -n \"$keep\" || rm -rf \"$folder\"";

impl Cluster {
    /// The cluster that the tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Cluster::start(&["fsync=off"]))
    }

    /// Makes a cluster and starts it, with settings such as `fsync=off`.
    pub fn start(settings: &[&str]) -> Self {
        let cluster = Self::empty(settings);
        let made = as_owner("initdb")
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres", "-D"])
            .arg(cluster.data())
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb: install the Debian package postgresql").success());
        cluster.run();
        cluster
    }

    /// A cluster that has no data yet.
    fn empty(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a folder");
        if is_root() {
            let owned = Command::new("chown").arg(USER).arg(folder.path()).status().expect("chown");
            assert!(owned.success());
        }
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        // No port is taken: it listens at a socket only, which has the port's number in its name.
        Self { folder, port: 5432, settings, server: Mutex::new(None) }
    }

    /// A standby of this cluster, made by `pg_basebackup`; it follows at once.
    pub fn standby(&self, settings: &[&str]) -> Self {
        let standby = Self::empty(settings);
        let made = as_owner("pg_basebackup")
            .args(["--no-sync", "--checkpoint=fast", "--write-recovery-conf", "--username=postgres", "-h"])
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string(), "-D"])
            .arg(standby.data())
            .status();
        assert!(made.expect("pg_basebackup").success());
        standby.run();
        standby
    }

    /// Makes a standby the first.
    pub fn promote(&self) {
        let promoted = as_owner("pg_ctl").args(["promote", "-w", "-D"]).arg(self.data()).stdout(Stdio::null()).status();
        assert!(promoted.expect("pg_ctl").success());
    }

    /// Nothing reaches this standby any more.
    pub fn cut_off(&self) {
        let db = self.psql("postgres");
        db.run("ALTER SYSTEM SET primary_conninfo = ''");
        db.run("SELECT pg_reload_conf()");
        db.until("SELECT count(*) FROM pg_stat_wal_receiver", 0);
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the server, and waits until it answers.
    pub fn run(&self) {
        let mut guard = Command::new("sh");
        let server = as_owner("postgres");
        guard.args(["-c", GUARD, "sh"]).arg(self.folder.path()).arg(server.get_program()).args(server.get_args());
        guard.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-c", "listen_addresses=", "-k"]);
        guard.arg(self.folder.path()).args(["-c", "max_connections=300", "-c", "log_min_messages=panic"]);
        for setting in &self.settings {
            guard.args(["-c", setting]);
        }
        let child = guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("sh");
        *self.server.lock().expect("no panic") = Some(child);
        let began = Instant::now();
        while !self.is_up() {
            assert!(began.elapsed() < PATIENCE, "PostgreSQL does not start");
            std::thread::yield_now();
        }
    }

    /// Whether it takes connections.
    pub fn is_up(&self) -> bool {
        let mut ready = Command::new(program("pg_isready"));
        ready.args(["-q", "-p", &self.port.to_string(), "-h"]).arg(self.folder.path());
        ready.status().is_ok_and(|status| status.success())
    }

    /// Stops it at once, as if it had crashed.
    pub fn stop_at_once(&self) {
        let mut stop = as_owner("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-w", "-D"]).arg(self.data()).stdout(Stdio::null());
        assert!(stop.status().expect("pg_ctl").success());
        if let Some(mut guard) = self.server.lock().expect("no panic").take() {
            let mut stdin = guard.stdin.take().expect("a pipe");
            let _ = stdin.write_all(b"keep\n");
            let _ = guard.wait();
        }
    }

    /// Stops its processes where they are, as if the network swallowed everything, until the value is dropped.
    pub fn hang(&self) -> Hung {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let first = file.lines().next().expect("its number");
        // First the one that makes the others.
        Hung::begin(vec![format!("kill -SIGNAL {first}"), format!("pkill -SIGNAL -P {first}")])
    }

    /// Stops one process of it so.
    pub fn hang_one(&self, pid: &str) -> Hung {
        Hung::begin(vec![format!("kill -SIGNAL {pid}")])
    }

    /// The address of a database.
    pub fn address(&self, database: &str) -> Address {
        self.url(database).parse().expect("an address")
    }

    /// The same as a text.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost:{}/{database}?host={}", self.port, self.folder.path().display())
    }

    /// A database that has nothing in it yet.
    pub fn database(&'static self) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres").run(&format!("CREATE DATABASE {name}"));
        Database { cluster: self, name }
    }

    /// A connection that belongs to nobody.
    pub fn psql(&self, database: &str) -> Psql {
        Psql::open(self.folder.path(), self.port, database)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut guard) = self.server.lock().expect("no panic").take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
    }
}

/// Processes that hang. They go on when this is dropped.
pub struct Hung(Vec<String>);

impl Hung {
    fn begin(commands: Vec<String>) -> Self {
        let hung = Self(commands);
        assert!(hung.signal("STOP"));
        hung
    }

    fn signal(&self, signal: &str) -> bool {
        let line = self.0.join("; ").replace("SIGNAL", signal);
        Command::new("sh").args(["-c", &line]).status().expect("sh").success()
    }
}

impl Drop for Hung {
    fn drop(&mut self) {
        // One that has ended meanwhile needs nothing.
        self.signal("CONT");
    }
}

/// A database of a test's own, gone with this value.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    /// A fresh one in the cluster that all share.
    pub fn fresh() -> Self {
        Cluster::shared().database()
    }

    pub fn address(&self) -> Address {
        self.cluster.address(&self.name)
    }

    /// A connection that belongs to nobody.
    pub fn psql(&self) -> Psql {
        self.cluster.psql(&self.name)
    }

    /// A copy of what is committed.
    pub fn copy(&self) -> Self {
        let copy = self.cluster.database();
        let connect = format!("-h {} -p {}", self.cluster.folder.path().display(), self.cluster.port);
        let line = format!(
            "{} {connect} -U postgres {} | {} -q {connect} -U postgres -v ON_ERROR_STOP=1 {} >/dev/null",
            program("pg_dump").display(),
            self.name,
            program("psql").display(),
            copy.name
        );
        assert!(Command::new("sh").args(["-c", &line]).status().expect("sh").success());
        copy
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.cluster.psql("postgres").run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// A session of `psql`: what is open in it stays open.
pub struct Psql(Mutex<Session>);

struct Session {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// Ends the rows of an answer.
const END: &str = "\u{1}end";

impl Psql {
    fn open(folder: &Path, port: u16, database: &str) -> Self {
        let mut child = Command::new(program("psql"))
            .args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(folder)
            .args(["-p", &port.to_string(), database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        let (stdin, stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        Self(Mutex::new(Session { child, stdin, stdout: BufReader::new(stdout) }))
    }

    /// Runs statements; the rows of their answers, a text for each column.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut session = self.0.lock().expect("no panic");
        writeln!(session.stdin, "{sql};\n\\echo {END}").expect("psql reads");
        let mut rows = Vec::new();
        loop {
            let mut line = String::new();
            assert!(session.stdout.read_line(&mut line).expect("psql writes") > 0, "psql has ended at: {sql}");
            let line = line.trim_end_matches('\n');
            if line == END {
                return rows;
            }
            rows.push(line.split('\t').map(str::to_owned).collect());
        }
    }

    /// Runs statements whose answers nobody reads.
    pub fn run(&self, sql: &str) {
        self.rows(sql);
    }

    /// The number that a question is answered with.
    pub fn number(&self, sql: &str) -> u64 {
        self.rows(sql)[0][0].parse().unwrap_or(0)
    }

    /// Waits until a question is answered with that number.
    pub fn until(&self, question: &str, answer: u64) {
        let began = Instant::now();
        while self.number(question) != answer {
            assert!(began.elapsed() < PATIENCE, "not {answer}: {question}");
        }
    }

    /// The texts that a question is answered with.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        self.rows(sql).into_iter().map(|mut row| row.swap_remove(0)).collect()
    }
}

impl Drop for Psql {
    fn drop(&mut self) {
        let session = self.0.get_mut().expect("no panic");
        let _ = session.child.kill();
        let _ = session.child.wait();
    }
}
