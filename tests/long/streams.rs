//! The official tests of the Durable Streams Protocol, as far as they are about reading, and its official client, against our
//! streams. `scripts/test --all` installs them.

use crate::kit::program::{Program, add_station, post};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a line is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long all tests of the protocol may take.
const ALL_MAX: Duration = Duration::from_secs(900);
/// So many of them run at least.
const RUN_AT_LEAST: &str = "90";

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/long/streams");
    assert!(folder.join("node_modules").exists(), "{} is not there: run scripts/test --all", folder.display());
    folder
}

/// A script of ours, and what it prints; it ends with the test.
fn node(script: &str, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut command = Command::new("node");
    command.current_dir(folder()).arg(script).args(arguments).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("node runs");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    (child, lines)
}

async fn line(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("in time");
    line.expect("readable").expect("it goes on")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn the_official_tests_find_no_fault_in_what_is_read() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Program::start(data.path());
    let program = env!("CARGO_BIN_EXE_stevenson");
    let (_bridge, mut said) = node("bridge.js", &[&server.url, program, data.path().to_str().expect("text")]);
    let url = line(&mut said).await;
    let mut tests = Command::new("node");
    tests.current_dir(folder()).args(["node_modules/vitest/vitest.mjs", "run", "--no-color", "--testTimeout=60000"]);
    tests.arg("./conformance.test.js").env("CONFORMANCE_TEST_URL", url).env("RUN_AT_LEAST", RUN_AT_LEAST);
    tests.env("CI", "1").stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(ALL_MAX, tests.output()).await.expect("in time").expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{}", text.lines().rev().take(6).collect::<Vec<_>>().join("\n"));
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn the_official_client_follows_a_station() {
    let data = tempfile::tempdir().expect("a folder");
    let key = add_station(data.path(), "garden");
    let server = Program::start(data.path());
    let measure = async |temperature: f64| {
        let (status, answer) = post(&server.url, &key, &json!({"temperature": temperature})).await.expect("an answer");
        assert!(status < 300, "{answer}");
    };
    measure(20.0).await;
    let url = format!("{}/stream/garden", server.url);
    for live in ["long-poll", "sse"] {
        let (mut client, mut said) = node("follow.js", &[&url, "3", live]);
        let mut offsets = Vec::new();
        // The second and the third come while it listens; the second client finds all of them.
        for temperature in [20.0, 20.5, 21.0] {
            if live == "long-poll" && temperature > 20.0 {
                measure(temperature).await;
            }
            let line = line(&mut said).await;
            let (offset, value) = line.split_once(' ').expect("two words");
            assert_eq!(value.parse(), Ok(temperature), "{line}");
            offsets.push(offset.to_owned());
        }
        assert!(offsets.is_sorted() && offsets[0] < offsets[2], "{offsets:?}");
        assert!(client.wait().await.expect("an end").success());
    }
}
