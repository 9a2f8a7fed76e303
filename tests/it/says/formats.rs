//! Levels and formats of the log.

use super::server::Server;
use crate::kit::program::{add_station, program};
use serde_json::Value;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;

#[test]
fn a_filter_that_cannot_be_read_is_an_error_that_says_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |flag: Option<&str>, variables: &[(&str, &str)]| {
        let mut serve = program();
        serve.envs(variables.iter().copied()).args(["serve", "--port", "0", "--data"]).arg(folder.path());
        let output = serve.args(flag.map(|flag| ["--log", flag]).into_iter().flatten()).output().expect("it runs");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let advice =
        "write a level (off, error, warn, info, debug, trace), or a filter such as info,stevenson::mqtt=debug\n";
    assert_eq!(told(Some("loud"), &[]), format!("stevenson: --log: \"loud\" is no level; {advice}"));
    let ours = [("STEVENSON_LOG", "loud"), ("RUST_LOG", "info")];
    assert_eq!(told(None, &ours), format!("stevenson: the variable STEVENSON_LOG: \"loud\" is no level; {advice}"));
    let said = told(None, &[("RUST_LOG", "stevenson=loud")]);
    assert!(said.starts_with("stevenson: the variable RUST_LOG: \"stevenson=loud\" is no filter: "), "{said}");
}

#[test]
fn the_flag_counts_before_the_variables() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut quiet = program();
    quiet.env("STEVENSON_LOG", "debug").env("RUST_LOG", "trace");
    assert_eq!(Server::of(quiet, &data, &["--log", "warn"]).ends().1, "");
    let mut quiet = program();
    quiet.env("STEVENSON_LOG", "error").env("RUST_LOG", "trace");
    assert_eq!(Server::of(quiet, &data, &[]).ends().1, "");
    let mut common = program();
    common.env("RUST_LOG", "info");
    assert!(Server::of(common, &data, &[]).ends().1.contains("the server has started"));
}

#[tokio::test]
async fn every_line_is_json_if_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let server = Server::start(folder.path(), &["--log-format", "json", "--log", "debug"]);
    for _ in 0..5 {
        let odd = "a\\n\\u001b[2J\\u0085\\u009b2J\\\"\u{2028}\u{202e}\u{200b}\u{e0041}";
        server.posts(&key, &format!("{{\"temperature\": 20, \"{odd}\": 21}}")).await;
        server.gets("/weatherstation/updateweatherstation.php?ID=x&PASSWORD=y").await;
    }
    let (_, log) = server.ends();
    assert!(
        !log.chars().any(|c| c != '\n' && (c.is_control() || "\u{2028}\u{202e}\u{200b}\u{e0041}".contains(c))),
        "{log}"
    );
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        assert!(["time", "level", "target", "message"].iter().all(|key| line[key].is_string()), "{line}");
    }
    let told = lines.iter().find(|line| line["message"] == "an upload was not stored in full").expect("told");
    assert_eq!((&told["level"], &told["fields"]["station"]), (&"WARN".into(), &"roof".into()));
    assert!(lines.iter().any(|line| line["repeated"] == 4), "a folded line has its count: {log}");
}

#[test]
fn an_error_at_the_start_is_json_too() {
    let output = program().args(["serve", "--log-format", "json", "--config", "/none.toml"]).output().expect("it runs");
    let line: Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert!(
        line["message"].as_str().is_some_and(|told| told.contains("/none.toml")) && line["level"] == "ERROR",
        "{line}"
    );
}

#[test]
fn the_journal_of_systemd_gets_levels_and_no_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = std::fs::File::create(folder.path().join("log")).expect("a file");
    let told = file.metadata().expect("there");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    std::fs::write(folder.path().join("data/stevenson.toml"), "").expect("a file");
    for (stream, is_journal) in [(format!("{}:{}", told.dev(), told.ino()), true), ("1:1".to_owned(), false)] {
        let mut serve = program();
        serve.args(["serve", "--config", "/none.toml", "--data"]).arg(folder.path());
        let stderr = Stdio::from(file.try_clone().expect("another handle"));
        serve.env("JOURNAL_STREAM", stream).stderr(stderr).status().expect("it runs");
        let mut bad = program();
        bad.args(["serve", "--port", "0", "--address", "192.0.2.1", "--data"]).arg(folder.path().join("data"));
        let stderr = Stdio::from(file.try_clone().expect("another handle"));
        bad.env("JOURNAL_STREAM", format!("{}:{}", told.dev(), if is_journal { told.ino() } else { 1 }));
        bad.stderr(stderr).status().expect("it runs");
        let log = std::fs::read_to_string(folder.path().join("log")).expect("text");
        let lines: Vec<_> = log.lines().collect();
        if is_journal {
            let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
            assert!(has("<3>stevenson: ") && has("<6>stevenson::"), "{log}");
            let levels = ["<3>stevenson", "<4>stevenson", "<6>stevenson"];
            assert!(lines.iter().all(|line| levels.iter().any(|level| line.starts_with(level))), "{log}");
        } else {
            assert!(
                lines.iter().any(|line| line.starts_with("stevenson: ")) && log.contains("Z  INFO stevenson::"),
                "{log}"
            );
        }
        file.set_len(0).expect("empty");
    }
}
