//! The commands in the documents run, as they are written. (Those of `docs/INGEST.md`: see `ingest.rs`; README, OPERATING and
//! TROUBLESHOOTING: see `pasting.rs`.)

use crate::kit::program::{Program, program};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The lines of a document's ```sh fences, in order; a line that ends in `\` goes on.
fn commands(document: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let (mut inside, mut open) = (false, String::new());
    for line in document.lines() {
        match line.trim() {
            "```sh" => inside = true,
            "```" => inside = false,
            "" => (),
            line if inside && !line.starts_with('#') => {
                open.push_str(line.trim_end_matches('\\'));
                if !line.ends_with('\\') {
                    commands.push(std::mem::take(&mut open));
                }
            }
            _ => (),
        }
    }
    commands
}

/// A reader at a terminal: a server in one window, commands in another, the key copied from what was printed.
struct Reader {
    folder: tempfile::TempDir,
    server: Option<Program>,
    key: Option<String>,
}

impl Reader {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        std::os::unix::fs::symlink(program().get_program(), bin.join("stevenson")).expect("a link");
        Self { folder, server: None, key: None }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join(".local/share/stevenson")
    }

    fn types(&mut self, command: &str) {
        let command = command.replace("cargo run --release -- ", "stevenson ");
        if command == "scripts/test" {
            assert!(Path::new("scripts/test").exists(), "it is what runs this test");
        } else if let Some(arguments) = command.strip_prefix("stevenson serve") {
            let arguments: Vec<_> = arguments.split_whitespace().collect();
            drop(self.server.take());
            self.server = Some(Program::start_with(&self.data(), &arguments));
        } else if command.starts_with("export KEY=") {
            assert!(self.key.is_some(), "no key was printed before {command:?}");
        } else {
            self.runs(&command);
        }
    }

    fn runs(&mut self, command: &str) {
        let url = self.server.as_ref().map_or("http://127.0.0.1:8000", |server| &server.url);
        let host = url.trim_start_matches("http://");
        let mut command = command.replace("127.0.0.1:8000", host);
        if command.starts_with("stevenson simulate") {
            command.push_str(&format!(" --url {url}"));
        }
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").expect("a path"));
        let output = Command::new("bash")
            .args(["-c", &format!("set -euo pipefail; curl() {{ command curl -f -sS \"$@\"; }}; {command}")])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env_remove("XDG_DATA_HOME")
            .env_remove("STATE_DIRECTORY")
            .env("KEY", self.key.as_deref().unwrap_or_default())
            .output()
            .expect("bash");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command}\n{out}\n{err}");
        if let Some(key) = out.lines().find_map(|line| line.strip_prefix("key: ")) {
            self.key = Some(key.to_owned());
        }
    }
}

/// A file that a command names, as another program would have left it.
fn leave(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file");
}

fn all_run(document: &str, at_least: usize, prepare: &[&str]) {
    all_run_beside(document, at_least, prepare, |_| {});
}

/// The same in a folder with files.
fn all_run_beside(document: &str, at_least: usize, prepare: &[&str], files: impl FnOnce(&Path)) {
    let commands = commands(&fs::read_to_string(document).expect("the document"));
    assert!(commands.len() >= at_least, "{document} has {} commands", commands.len());
    let mut reader = Reader::new();
    files(reader.folder.path());
    for command in prepare {
        reader.types(command);
    }
    for command in commands {
        println!("{document}: {command}");
        reader.types(&command);
    }
}

#[test]
fn the_commands_of_the_protocol_page_run() {
    all_run("docs/PROTOCOL.md", 1, &["stevenson serve", "stevenson station add garden"]);
}

#[test]
fn the_commands_of_the_page_for_owners_run() {
    all_run("docs/ADMIN.md", 13, &[]);
}

#[test]
fn the_commands_of_the_page_for_programs_run() {
    let prepare = [
        "stevenson serve",
        "stevenson station add garden --zone Europe/Berlin",
        "curl -H \"Authorization: Bearer $KEY\" -H \"Content-Type: application/json\" -d '{\"temperature\": 21.5}' http://127.0.0.1:8000/api/v1/readings",
    ];
    all_run("docs/API.md", 7, &prepare);
}

#[test]
fn the_commands_of_the_page_on_moving_run() {
    let log = |date: &str| format!("{date},00:10,54.1,81,48.4,6.7,11.2,231,0.0,0.2,1012.4,40.3,70.5,45,8.9\n");
    let prepare = ["stevenson serve", "stevenson station add town-hall --zone Europe/Berlin"];
    all_run_beside("docs/MOVING.md", 10, &prepare, |folder| {
        leave(
            folder,
            "weather.csv",
            "Date;Time;Temp (°C);Humidity (%)\n01.05.2019;10:00;12,5;81\n01.05.2019;10:05;12,6;80\n",
        );
        leave(
            folder,
            "logger.csv",
            "Site,Logged,T1,T2,Rain\nroof,02/05/2019 10:00,54,70,0.1\ncellar,02/05/2019 10:00,50,60,9\n",
        );
        leave(folder, "Jun21log.txt", &log("01/06/21"));
        leave(folder, "Jul21log.txt", &log("01/07/21"));
        leave(folder, "backup.line", "weather,sensor=indoor temperature=21.5 1556791200\n");
        leave(folder, "backup.ndjson", "{\"observed_at\":\"2019-05-03T10:00:00Z\",\"temperature\":21.5}\n");
        let weewx = rusqlite::Connection::open(folder.join("weewx.sdb")).expect("a database");
        weewx
            .execute_batch(
                "CREATE TABLE archive (dateTime INTEGER NOT NULL UNIQUE PRIMARY KEY, usUnits INTEGER NOT NULL, \
                interval INTEGER NOT NULL, outTemp REAL, rain REAL); \
                INSERT INTO archive VALUES (1556964000, 1, 5, 50.0, 0.1), (1556964300, 1, 5, 51.0, 0.0);",
            )
            .expect("SQL");
    });
}

#[test]
fn every_file_that_a_document_links_to_is_there() {
    let documents = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/ADMIN.md",
        "docs/API.md",
        "docs/ARCHITECTURE.md",
        "docs/BENCHMARKS.md",
        "docs/GLOSSARY.md",
        "docs/INGEST.md",
        "docs/INTEGRATIONS.md",
        "docs/KEEPER.md",
        "docs/LAB.md",
        "docs/MOVING.md",
        "docs/OPERATING.md",
        "docs/PROTOCOL.md",
        "docs/SECURITY.md",
        "docs/TROUBLESHOOTING.md",
    ];
    for document in documents {
        let text = fs::read_to_string(document).expect("the document");
        let folder = Path::new(document).parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            if !file.contains("://") && !file.is_empty() {
                assert!(folder.join(file).exists(), "{document} links to {file}");
            }
        }
    }
}
