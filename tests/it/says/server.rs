//! A server whose standard output and log are read.

use crate::kit::program::program;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// How long a line may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; killed on drop.
pub(super) struct Server {
    child: Child,
    pub(super) url: String,
    out: BufReader<std::process::ChildStdout>,
    first: String,
    lines: Receiver<String>,
    log: String,
}

impl Server {
    /// Serves a folder with the default log.
    pub(super) fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::of(program(), data, arguments)
    }

    /// The same with a program that the test has prepared.
    pub(super) fn of(mut program: Command, data: &Path, arguments: &[&str]) -> Self {
        program.args(["serve", "--port", "0", "--data"]).arg(data).args(arguments);
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let log = child.stderr.take().expect("a pipe");
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(log).lines().map_while(Result::ok);
            // The test may have ended.
            lines.for_each(|line| drop(tell.send(line)));
        });
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut first = String::new();
        out.read_line(&mut first).expect("a line");
        let url = first.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{first:?}"));
        let url = url.replace("0.0.0.0", "127.0.0.1");
        Self { child, url, out, first, lines, log: String::new() }
    }

    /// Waits for a line with all of these.
    pub(super) fn hears(&mut self, parts: &[&str]) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else { panic!("no line with {parts:?}:\n{}", self.log) };
            self.log.push_str(&format!("{line}\n"));
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
        }
    }

    /// Posts JSON with a key; returns the status.
    pub(super) async fn posts(&self, key: &str, body: &str) -> u16 {
        let request = reqwest::Client::new().post(format!("{}/api/v1/readings", self.url)).bearer_auth(key);
        let request = request.header("Content-Type", "application/json").body(body.to_owned());
        request.send().await.expect("an answer").status().as_u16()
    }

    /// Gets a path; returns the status and the body.
    pub(super) async fn gets(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Stops it; all that it has said, and all that it has logged.
    pub(super) fn ends(mut self) -> (String, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let mut said = std::mem::take(&mut self.first);
        self.out.read_to_string(&mut said).expect("text");
        assert!(self.child.wait().expect("an end").success());
        let rest: Vec<_> = self.lines.iter().collect();
        let log = format!("{}{}", self.log, rest.iter().map(|line| format!("{line}\n")).collect::<String>());
        (said, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail if the process has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Where its station port listens, as it has said.
    pub(super) fn says_station_port(&mut self) -> std::net::SocketAddr {
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).expect("a line") > 0, "{}", self.first);
            self.first.push_str(&line);
            if let Some((_, at)) = line.split_once("takes uploads of consoles at ") {
                return at.trim().parse().expect("an address");
            }
        }
    }
}
