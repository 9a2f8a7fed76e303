//! The commands in the documents run, as they are written. (Those of `docs/INGEST.md`: see `ingest.rs`.)

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
        self.folder.path().join("stevenson-data")
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

fn all_run(document: &str, at_least: usize, prepare: &[&str]) {
    let commands = commands(&fs::read_to_string(document).expect("the document"));
    assert!(commands.len() >= at_least, "{document} has {} commands", commands.len());
    let mut reader = Reader::new();
    for command in prepare {
        reader.types(command);
    }
    for command in commands {
        println!("{document}: {command}");
        reader.types(&command);
    }
}

#[test]
fn the_commands_of_the_readme_run() {
    all_run("README.md", 6, &[]);
}

#[test]
fn the_commands_of_the_protocol_page_run() {
    all_run("docs/PROTOCOL.md", 1, &["stevenson serve", "stevenson station add garden"]);
}

#[test]
fn every_file_that_a_document_links_to_is_there() {
    let documents = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/ARCHITECTURE.md",
        "docs/BENCHMARKS.md",
        "docs/GLOSSARY.md",
        "docs/INGEST.md",
        "docs/KEEPER.md",
        "docs/PROTOCOL.md",
        "docs/SECURITY.md",
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
