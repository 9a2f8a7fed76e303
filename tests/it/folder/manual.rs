//! Manual pages and completions.

use super::Home;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn every_command_has_a_manual_page_that_is_not_empty() {
    let home = Home::new();
    let folder = home.at("man");
    let written = home.run(&["man", "--out", folder.to_str().expect("text")]);
    assert!(written.is_good && written.out.contains("man -l"), "{}{}", written.out, written.error);
    for page in [
        "stevenson",
        "stevenson-serve",
        "stevenson-station",
        "stevenson-station-add",
        "stevenson-check",
        "stevenson-lab-drive",
    ] {
        let text = fs::read_to_string(folder.join(format!("{page}.1"))).expect(page);
        assert!(text.contains(".TH ") && text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}: {text}");
    }
    let main = home.run(&["man"]).out;
    // What the help lists, the page lists.
    let help = home.run(&["--help"]).out;
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        assert!(main.contains(&format!("stevenson\\-{name}(1)")), "{name}: {main}");
        assert!(name == "help" || folder.join(format!("stevenson-{name}.1")).exists(), "{name}");
    }
}

#[test]
fn the_shells_get_a_script_that_they_can_read() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]);
        assert!(script.is_good && script.out.contains("stevenson") && script.out.contains("completions"), "{shell}");
    }
    let script = home.run(&["completions", "bash"]).out;
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash");
    bash.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
    let read = bash.wait_with_output().expect("it ends");
    assert!(read.status.success() && read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
    let unknown = home.run(&["completions", "tcsh"]);
    assert!(!unknown.is_good && unknown.error.contains("tcsh") && unknown.error.contains("bash"), "{}", unknown.error);
}
