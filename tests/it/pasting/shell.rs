//! A shell that a person types into.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the shell prints after a block.
const DONE: &str = "<<done>>";

/// `bash` over pipes: it keeps its variables from block to block, and ends at the first command that fails.
pub(super) struct Shell {
    child: Child,
    keyboard: Option<ChildStdin>,
    screen: BufReader<ChildStdout>,
}

impl Shell {
    /// `home`: the home and the working folder. `bin` leads the path.
    pub(super) fn open(home: &Path, bin: &Path, variables: &[(&str, &str)]) -> Self {
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"));
        let mut child = Command::new("bash")
            .args(["--norc", "--noprofile"])
            .env_clear()
            .env("PATH", path)
            .env("HOME", home)
            .envs(variables.iter().copied())
            .current_dir(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let keyboard = child.stdin.take();
        let screen = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut shell = Self { child, keyboard, screen };
        shell.types("exec 2>&1; set -euo pipefail; curl() { command curl -f \"$@\"; }");
        shell
    }

    /// Types lines and does not wait.
    pub(super) fn types(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().expect("it is open");
        writeln!(keyboard, "{text}").expect("the shell lives");
    }

    /// Pastes a block and waits for its end; what it printed. It fails with that if a command failed.
    pub(super) fn pastes(&mut self, block: &str) -> String {
        self.types(&format!("{block}\necho '{DONE}'"));
        let mut said = String::new();
        while let Some(line) = self.line() {
            match line.strip_suffix(&format!("{DONE}\n")) {
                Some(rest) => return said + rest,
                None => said += &line,
            }
        }
        panic!("a command failed in\n{block}\n--- it said\n{said}");
    }

    /// Reads until a line holds the text; the line.
    pub(super) fn waits_for(&mut self, text: &str) -> String {
        let mut said = String::new();
        while let Some(line) = self.line() {
            if line.contains(text) {
                return line;
            }
            said += &line;
        }
        panic!("no {text:?}, but\n{said}");
    }

    /// Ends the program that runs in the shell as Ctrl-C does.
    pub(super) fn presses_ctrl_c(&mut self) {
        let shell = self.child.id().to_string();
        let status = Command::new("pkill").args(["-INT", "-P", &shell]).status().expect("pkill");
        assert!(status.success(), "something runs in the shell");
        self.types(&format!("echo '{DONE}'"));
        self.waits_for(DONE);
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let length = self.screen.read_until(b'\n', &mut line).expect("the screen");
        (length > 0).then(|| String::from_utf8_lossy(&line).into_owned())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // What still runs in it ends first: a server would wait for nobody. Both fail if all has ended, which is wanted.
        let _ = Command::new("pkill").args(["-KILL", "-P", &self.child.id().to_string()]).status();
        drop(self.keyboard.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
