//! A server of a run's own.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// In a process of its own, with an empty folder; both go when this is dropped.
pub(super) struct OwnServer {
    child: Child,
    folder: PathBuf,
    pub url: String,
    pub key: String,
}

impl OwnServer {
    /// Starts it on a free port, with one station.
    pub fn start() -> Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        #[expect(clippy::disallowed_methods, reason = "a command: the name of a folder of its own")]
        let name = format!("stevenson-lab-{}-{}", std::process::id(), chrono::Utc::now().timestamp_micros());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let child = serve(&program, &folder).inspect_err(|_| remove(&folder))?;
        // From here on both go with it, whatever fails.
        let mut server = Self { child, folder, url: String::new(), key: String::new() };
        let mut line = String::new();
        if let Some(stdout) = server.child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        server.url = url.with_context(|| format!("the server does not start: {line:?}"))?;
        server.key = station(&program, &server.folder)?;
        Ok(server)
    }
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // Settings of another server are not for this one.
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
    // A folder that is left over is not worth an error.
    let _ = std::fs::remove_dir_all(folder);
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // Both fail if it has ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
        remove(&self.folder);
    }
}
