//! `lab run`: the fleets over HTTP.

use super::simulate::Files;
use ::lab::drive::machine::Machine;
use ::lab::report::Report;
use ::lab::row;
use ::lab::run;
use ::lab::scenario::{Scenario, rate, seconds};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

#[derive(Debug, Args)]
pub(in crate::cli) struct Run {
    /// How many pages of each fleet are open at once
    #[arg(long, default_value_t = 200)]
    pages: usize,
    /// How long each fleet is measured, seconds
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// How often there is news, a second: 0.5, 1/60, 2/min, 30/h
    #[arg(long, default_value = "1/2", value_parser = rate)]
    news: f64,
    /// How often each page says something
    #[arg(long, default_value = "1/10", value_parser = rate)]
    words: f64,
    /// all, or names with commas: stay-home, wait-for-reply, polling, expanding, slow-and-fast, ping-pong, sse, websocket
    #[arg(long, default_value = "all")]
    fleet: String,
    /// How often the polling fleet goes
    #[arg(long, default_value = "5s", value_parser = seconds)]
    period: f64,
    /// How long trucks are willing to park
    #[arg(long, default_value = "25s", value_parser = seconds)]
    park: f64,
    /// The same seed is the same traffic
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A running server, on this machine; without it one is started, with an empty folder, and stopped again
    #[arg(long, requires = "key")]
    url: Option<String>,
    /// The key of the station to post for, if the server is running already
    #[arg(long, requires = "url")]
    key: Option<String>,
    #[command(flatten)]
    files: Files,
}

/// Runs, prints the table, writes what was asked for.
pub(super) async fn run(arguments: &Run) -> Result<()> {
    let scenario = Scenario {
        news_per_s: arguments.news,
        words_per_s: arguments.words,
        park_s: arguments.park,
        period_s: arguments.period,
        seconds: arguments.seconds,
        fleets: row::rows(&arguments.fleet)?,
        seed: arguments.seed,
        ..Scenario::default()
    };
    scenario.check()?;
    #[expect(clippy::disallowed_methods, reason = "a command: the date of a measurement")]
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let own = if arguments.url.is_none() { Some(Server::start()?) } else { None };
    let (url, key) = match (&own, &arguments.url, &arguments.key) {
        (Some(own), ..) => (own.url.clone(), own.key.clone()),
        (None, Some(url), Some(key)) => (url.clone(), key.clone()),
        _ => bail!("a running server needs --url and --key"),
    };
    let options = run::Options { url, key, pages: arguments.pages, scenario };
    let mut begins = |row: row::Row| eprintln!("{row}: {} pages, {} s", arguments.pages, arguments.seconds);
    let outcome = run::run(&options, &mut begins).await?;
    drop(own);
    let report = Report::of_run(at, Machine::this(), &options.scenario, arguments.pages, outcome);
    arguments.files.write(&report)?;
    print!("{report}");
    Ok(())
}

/// A server of the run's own, in a process of its own; it ends when this is dropped, and its folder goes with it.
struct Server {
    child: Child,
    folder: PathBuf,
    url: String,
    key: String,
}

impl Server {
    fn start() -> Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        #[expect(clippy::disallowed_methods, reason = "a command: the name of a folder of its own")]
        let name = format!("stevenson-lab-{}-{}", std::process::id(), chrono::Utc::now().timestamp_micros());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let key = station(&program, &folder);
        let child = key.and_then(|key| Ok((key, serve(&program, &folder)?)));
        let (key, mut child) = child.inspect_err(|_| remove(&folder))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let server = Self { child, folder, url: url.unwrap_or_default(), key };
        if server.url.is_empty() { bail!("the server does not start: {line:?}") } else { Ok(server) }
    }
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // Whatever is set for another server is not for this one.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("STEVENSON_") {
            command.env_remove(name);
        }
    }
    command.arg("--data").arg(folder).stdin(Stdio::null());
    command
}

fn station(program: &Path, folder: &Path) -> Result<String> {
    let output = command(program, folder).args(["station", "add", "lab"]).output().context("cannot add a station")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let key = text.lines().find_map(|line| line.strip_prefix("key: "));
    key.map(str::to_owned)
        .with_context(|| format!("cannot add a station: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

fn serve(program: &Path, folder: &Path) -> Result<Child> {
    let arguments = ["serve", "--address", "127.0.0.1", "--port", "0"];
    command(program, folder).args(arguments).stdout(Stdio::piped()).spawn().context("cannot start a server")
}

fn remove(folder: &Path) {
    // What is left of a run is not worth an error.
    let _ = std::fs::remove_dir_all(folder);
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail if it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        remove(&self.folder);
    }
}
