//! What commands print, where nobody reads it or the disk is full.

use crate::kit::program::{add_station, program};
use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Output, Stdio};

/// Commands that print, and change nothing.
const ASKING: [&[&str]; 13] = [
    &["station", "list"],
    &["station", "show", "garden"],
    &["station", "show", "garden", "--json"],
    &["station", "map", "garden"],
    &["station", "unclaimed"],
    &["station", "calibrate", "list", "garden"],
    &["sensor", "list", "garden"],
    &["reading", "list", "garden"],
    &["config"],
    &["check"],
    &["man"],
    &["completions", "bash"],
    &["export", "garden"],
];

fn run_into(data: &Path, arguments: &[&str], out: Stdio) -> Output {
    let mut command = program();
    command.arg("--data").arg(data).args(arguments).stdin(Stdio::null()).stdout(out);
    command.output().expect("the program runs")
}

/// A disk that is full.
fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("Linux has it").into()
}

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn words(output: &Output) -> String {
    let words = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    assert!(!words.contains("panicked"), "{words}");
    words
}

#[test]
fn what_cannot_be_written_is_an_error_and_a_reader_that_left_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    add_station(folder.path(), "garden");
    for arguments in ASKING {
        let output = run_into(folder.path(), arguments, full());
        let said = words(&output);
        assert!(output.status.code() == Some(1) && said.contains("cannot write: "), "{arguments:?}: {said}");
        // Something may be wrong with this machine; that is not what is tried here.
        if arguments != ["check"] {
            let output = run_into(folder.path(), arguments, closed());
            let said = words(&output);
            assert!(output.status.success() && said.is_empty(), "{arguments:?}: {said}");
        }
    }
    for arguments in [
        &["station", "rename", "garden", "Yard"][..],
        &["station", "set", "garden", "--interval", "5m", "--zone", "Europe/Paris"],
        &["station", "bind", "garden", "--mac", "24:C8:6E:01:23:45"],
        &["station", "unbind", "garden"],
        &["station", "calibrate", "garden", "--quantity", "temperature", "--offset", "0.5"],
        &["station", "map", "garden", "blub", "--quantity", "temperature"],
        &["station", "unmap", "garden", "blub"],
    ] {
        assert!(run_into(folder.path(), arguments, closed()).status.success(), "{arguments:?}");
    }
    let output = run_into(folder.path(), &["station", "rename", "garden", "Garden"], full());
    assert!(output.status.code() == Some(1) && words(&output).contains("cannot write: "), "{output:?}");
    let listed = run_into(folder.path(), &["station", "list"], Stdio::piped());
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Garden"), "the change was made, and the exit code tells");
}

#[test]
fn a_key_that_cannot_be_shown_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "garden");
    for arguments in [&["station", "new-key", "garden"][..], &["station", "add", "roof"]] {
        for only in [&[][..], &["--key-only"]] {
            let output = run_into(folder.path(), &[arguments, only].concat(), closed());
            let said = words(&output);
            assert!(output.status.code() == Some(1) && said.contains("nothing was changed"), "{arguments:?}: {said}");
        }
    }
    let shown = run_into(folder.path(), &["station", "show", "garden"], Stdio::piped());
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let prefix = shown.lines().find_map(|line| line.strip_prefix("key:")).expect("a line");
    let prefix = prefix.trim().strip_prefix("begins with ").expect("its start");
    assert!(key.starts_with(prefix), "it is the same key: {shown}");
    for (arguments, slug) in [(["station", "new-key", "garden"], "garden"), (["station", "add", "roof"], "roof")] {
        let output = run_into(folder.path(), &arguments, full());
        let said = words(&output);
        let another = format!("stevenson station new-key {slug} makes another");
        assert!(output.status.code() == Some(1) && said.contains(&another), "{arguments:?}: {said}");
        assert!(!said.contains("stv_"), "{said}");
    }
}
