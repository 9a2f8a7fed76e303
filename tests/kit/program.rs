//! The real program as a child process, on a free port, with a data folder of its own.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program under test.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stevenson"));
    let names = [
        "STEVENSON_PORT",
        "STEVENSON_DATA",
        "STEVENSON_LOG",
        "RUST_LOG",
        "JOURNAL_STREAM",
        "STATE_DIRECTORY",
        "XDG_DATA_HOME",
    ];
    for name in names {
        command.env_remove(name);
    }
    command
}

/// The same for a server whose log nobody reads.
fn quiet() -> Command {
    let mut command = program();
    command.env("STEVENSON_LOG", "error");
    command
}

/// A running server; killed on drop.
pub struct Program {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    data: PathBuf,
}

impl Program {
    /// Starts `serve --port 0` over a data folder and waits for its line.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with more arguments.
    pub fn start_with(data: &Path, arguments: &[&str]) -> Self {
        Self::spawn(quiet(), data, arguments)
    }

    /// The same with a folder that holds the machine's time zones.
    pub fn start_with_zones(data: &Path, folder: &Path) -> Self {
        let mut server = quiet();
        server.env("TZDIR", folder);
        Self::spawn(server, data, &[])
    }

    /// The same as systemd starts it: it says at a socket how it fares.
    pub fn start_for_systemd(data: &Path, socket: &Path) -> Self {
        let mut server = quiet();
        server.env("NOTIFY_SOCKET", socket);
        Self::spawn(server, data, &[])
    }

    /// The same where the system allows it so many open files, softly and firmly.
    pub fn start_with_files(data: &Path, files: usize) -> Self {
        let server = quiet();
        let mut shell = Command::new("sh");
        for (name, value) in server.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]).arg(server.get_program());
        Self::spawn(shell, data, &[])
    }

    /// The same with a log of this filter, into a pipe that nobody reads before [`Program::log`].
    pub fn start_unread(data: &Path, filter: &str) -> Self {
        let mut server = program();
        server.env("STEVENSON_LOG", filter).stderr(Stdio::piped());
        Self::spawn(server, data, &[])
    }

    fn spawn(mut command: Command, data: &Path, arguments: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--port", "0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("not ready, but {line:?}"));
        Self { child, url: url.to_owned(), data: data.to_owned() }
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> std::net::SocketAddr {
        self.url.strip_prefix("http://").expect("a URL").parse().expect("an address")
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Adds a station by the command line, while the server runs; returns its key.
    pub fn add_station(&self, slug: &str) -> String {
        add_station(&self.data, slug)
    }

    /// Stops the process, and reads everything that it has logged.
    pub fn log(&mut self) -> String {
        let mut log = self.child.stderr.take().expect("a pipe");
        let reading = std::thread::spawn(move || std::io::read_to_string(&mut log).expect("text"));
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        assert!(self.child.wait().expect("an end").success());
        reading.join().expect("it reads")
    }

    /// Kills the process at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("an end");
    }

    /// Asks the process to stop and waits for its end; returns how long that took, and whether it ended well.
    pub fn stop(mut self) -> (Duration, bool) {
        let asked = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let status = self.child.wait().expect("an end");
        (asked.elapsed(), status.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail if the process has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the database of a data folder, if there is none: as `serve` does, without a server.
pub fn make_database(data: &Path) {
    let file = data.join("stevenson.db");
    if file.exists() {
        return;
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).expect("a folder");
    let options = stevenson::storage::Options { file, ..stevenson::storage::Options::default() };
    let open = async {
        let (storage, _) = stevenson::storage::Storage::open(options).await.expect("a database");
        storage.close().await;
    };
    // A thread of its own: the caller may be in a runtime already.
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(open)).join()).expect("it is made");
}

/// Adds a station to a data folder, which gets a database if it has none; returns its key.
pub fn add_station(data: &Path, slug: &str) -> String {
    make_database(data);
    let output =
        run(data, &["station", "add", slug, "--name", "Town Hall", "--zone", "Europe/Berlin", "--elevation", "214"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().find_map(|line| line.strip_prefix("key: ")).expect("a key").to_owned()
}

/// Runs a command over a data folder.
pub fn run(data: &Path, arguments: &[&str]) -> Output {
    program().arg("--data").arg(data).args(arguments).stdin(Stdio::null()).output().expect("the program runs")
}

/// Posts one JSON body of readings; returns the status and the answer.
pub async fn post(url: &str, key: &str, body: &serde_json::Value) -> Result<(u16, serde_json::Value), reqwest::Error> {
    let request = reqwest::Client::new().post(format!("{url}/api/v1/readings")).bearer_auth(key).json(body);
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    Ok((status, answer.json().await?))
}
