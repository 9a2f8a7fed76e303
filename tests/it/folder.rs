//! The data folder, the configuration and the check, as someone in an empty home meets them.

mod check;
mod check_postgres;
mod configuration;
mod manual;

use crate::kit::program::{Program, make_database, program};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A new user's machine: an empty home, and a working directory in it.
struct Home(TempDir);

/// The number of a user who owns nothing.
const NOBODY: u32 = 65_534;

/// A server that must refuse. The address is nobody's (RFC 5737), so that it ends if it does not refuse.
const SERVE_NOWHERE: [&str; 3] = ["serve", "--address", "192.0.2.1"];

/// What a command has said.
struct Said {
    is_good: bool,
    out: String,
    error: String,
}

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(home.at("work")).expect("a folder");
        home
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Where the data lie if nobody says it.
    fn usual(&self) -> PathBuf {
        self.at(".local/share/stevenson")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.at("work")).env("HOME", self.0.path()).stdin(Stdio::null()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// What a command that must fail says, without the program's name.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert!(!said.is_good, "{arguments:?}: {}", said.out);
        said.error.trim_end().strip_prefix("stevenson: ").expect("one sentence").to_owned()
    }

    fn write(&self, path: &str, text: &str) -> String {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { is_good: output.status.success(), out: text(output.stdout), error: text(output.stderr) }
}

fn no_database(folder: &Path) -> String {
    format!("there is no database in {}; is it the right --data? \"stevenson serve\" makes one", folder.display())
}

#[test]
fn without_a_database_every_command_but_serve_refuses_and_makes_nothing() {
    let home = Home::new();
    for arguments in [
        &["station", "list"][..],
        &["station", "add", "garden"],
        &["admin", "password"],
        &["sensor", "list", "garden"],
        &["reading", "list", "garden"],
        &["export", "garden"],
        &["import", "garden", "x.csv"],
    ] {
        assert_eq!(home.refused(arguments), no_database(&home.usual()), "{arguments:?}");
        let elsewhere = [&["--data", "x/y"], arguments].concat();
        assert_eq!(home.refused(&elsewhere), no_database(&home.at("work/x/y")), "{arguments:?}");
    }
    let left: Vec<_> =
        fs::read_dir(home.0.path()).expect("a folder").map(|entry| entry.expect("one").file_name()).collect();
    assert_eq!(left, ["work"], "nothing was made");
}

#[test]
fn the_usual_folder_follows_the_service_and_xdg_and_home() {
    let home = Home::new();
    let with = |variables: &[(&str, &str)]| {
        let mut command = home.command(&["station", "list"]);
        command.envs(variables.iter().copied());
        said(&mut command).error
    };
    let is = |folder: &str| format!("stevenson: {}\n", no_database(Path::new(folder)));
    assert_eq!(with(&[("XDG_DATA_HOME", "/x")]), is("/x/stevenson"));
    assert_eq!(with(&[("XDG_DATA_HOME", "x")]), is(home.usual().to_str().expect("text")), "not absolute: ignored");
    assert_eq!(with(&[("XDG_DATA_HOME", "/x"), ("STATE_DIRECTORY", "/var/lib/a:/var/lib/b")]), is("/var/lib/a"));
    assert_eq!(with(&[("STATE_DIRECTORY", "/var/lib/a"), ("STEVENSON_DATA", "/d")]), is("/d"));
    let homeless = said(home.command(&["station", "list"]).env_remove("HOME")).error;
    assert!(homeless.contains("HOME is not set") && homeless.contains("--data"), "{homeless}");
}

#[test]
fn serve_makes_the_folder_in_the_usual_place_and_commands_say_where_they_write() {
    use std::io::{BufRead, BufReader};
    let home = Home::new();
    let mut server = home.command(&["serve", "--port", "0"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert!(line.starts_with("listening on "), "{line}");
    let file = home.usual().join("stevenson.db").display().to_string();
    let added = home.run(&["station", "add", "garden", "--name", "Garden"]);
    assert!(added.out.starts_with(&format!("added garden (Garden) to {file}\nkey: ")), "{}{}", added.out, added.error);
    let renamed = home.run(&["station", "rename", "garden", "Yard"]);
    assert_eq!(
        renamed.out,
        format!("garden is called Yard now\na server that runs follows within a second\nchanged: {file}\n")
    );
    assert!(!home.run(&["station", "list"]).out.contains("changed"), "a command that reads changes nothing");
    server.kill().expect("it ends");
    server.wait().expect("it has ended");
}

#[test]
fn a_database_where_earlier_versions_had_it_is_not_passed_over_in_silence() {
    let home = Home::new();
    let old = home.at("work/stevenson-data");
    make_database(&old);
    let told = |error: &str| {
        assert!(error.contains(&format!("no database in {}", home.usual().display())), "{error}");
        assert!(error.contains(&format!("one in {}: add --data stevenson-data", old.display())), "{error}");
    };
    told(&home.refused(&["station", "list"]));
    let refused = home.refused(&SERVE_NOWHERE);
    told(&refused);
    assert!(refused.contains(&format!("or --data {} to begin a new one", home.usual().display())), "{refused}");
    assert!(!home.usual().exists(), "no second one was begun");
    assert!(home.run(&["station", "list", "--data", "stevenson-data"]).is_good);
    make_database(&home.usual());
    assert!(home.run(&["station", "list"]).is_good, "where there are both, the usual one is used");
}

#[test]
fn of_folders_that_disagree_the_flag_wins_and_that_is_said_once() {
    let home = Home::new();
    for folder in ["a", "b", "c"] {
        make_database(&home.at(folder));
    }
    let file = home.write("etc/s.toml", "\ndata = \"../b\"\n");
    let (a, b) = (home.at("a").display().to_string(), home.at("etc/../b").display().to_string());
    let both = home.run(&["station", "list", "--config", &file, "--data", &a]);
    assert!(both.is_good, "{}", both.error);
    assert_eq!(both.error, format!("stevenson: the data folder is {a}, as --data says; line 2 of {file} says {b}\n"));
    let all =
        said(home.command(&["station", "list", "--config", &file, "--data", &a]).env("STEVENSON_DATA", home.at("c")));
    assert!(all.error.contains("STEVENSON_DATA says") && all.error.lines().count() == 2, "{}", all.error);
    let same = home.run(&["station", "list", "--config", &file, "--data", "../b"]);
    assert_eq!((same.is_good, same.error), (true, String::new()), "two ways to the same folder are no difference");
    let added = home.run(&["station", "add", "x", "--config", &file]);
    assert!(added.out.contains(&format!("to {b}/stevenson.db")), "relative to the file: {}{}", added.out, added.error);
}

#[test]
fn a_file_in_a_data_folder_that_names_another_one_is_an_error() {
    let home = Home::new();
    make_database(&home.usual());
    let file = home.write(".local/share/stevenson/stevenson.toml", "port = 1\ndata = \"/srv/weather\"\n");
    let error = home.refused(&["station", "list"]);
    let (says, found) = ("says that the data folder is /srv/weather", home.usual().display().to_string());
    assert!(error.starts_with(&format!("line 2 of {file} {says}")), "{error}");
    assert!(error.contains(&found) && error.ends_with("or say --data /srv/weather"), "{error}");
    home.write(".local/share/stevenson/stevenson.toml", "data = \".\"\n");
    assert!(home.run(&["station", "list"]).is_good, "itself is no other one");
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_the_reason() {
    let home = Home::new();
    let file = home.write("file", "");
    let error = home.refused(&["station", "list", "--data", &file]);
    assert!(error.contains(&format!("cannot use the data folder {file}: Not a directory")), "{error}");
    let error = home.refused(&[&SERVE_NOWHERE[..], &["--data", &file]].concat());
    assert!(error.contains(&format!("cannot use the data folder {file}")), "{error}");
    let theirs = home.at("theirs");
    make_database(&theirs);
    let mut command = home.command(&["station", "list", "--data", theirs.to_str().expect("text")]);
    let is_administrator = fs::metadata(&theirs).expect("a folder").uid() == 0;
    if is_administrator {
        // No folder is shut for an administrator: this one is for everybody else.
        fs::set_permissions(&theirs, fs::Permissions::from_mode(0o700)).expect("changed");
        command.current_dir("/").uid(NOBODY).gid(NOBODY);
    } else {
        fs::set_permissions(&theirs, fs::Permissions::from_mode(0o0)).expect("changed");
    }
    let error = said(&mut command).error;
    assert!(error.contains(theirs.to_str().expect("text")) && error.contains("Permission denied"), "{error}");
}

#[test]
fn a_start_in_vain_says_who_is_in_the_way_and_leaves_nothing_behind() {
    let home = Home::new();
    let other = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = other.local_addr().expect("an address").port().to_string();
    let mut start = home.command(&["serve", "--port", &port]);
    let output = start.output().expect("the program runs");
    let taken = format!("cannot serve on 127.0.0.1:{port}: another program listens there; --port takes another one");
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("stevenson: {taken}\n"));
    assert_eq!(output.status.code(), Some(1), "that may pass");
    assert!(!home.usual().exists(), "no database was made");
    let (_, said) = (drop(other), home.run(&["check", "--port", &port]));
    assert!(!said.out.contains("another program listens"), "{}", said.out);

    let server = Program::start(&home.usual());
    let port = server.address().port().to_string();
    let folder = home.usual().display().to_string();
    let taken = format!("another server is using the data folder {folder} (process {})", server.pid());
    for port in ["0", &port] {
        let said = home.refused(&["serve", "--port", port]);
        assert!(said.ends_with(&taken), "{said}");
    }
    let free = home.at("free").display().to_string();
    let said = home.run(&["check", "--data", &free, "--port", &port]);
    assert!(said.out.contains(&format!("another program listens at 127.0.0.1:{port}")), "{}", said.out);
}

#[test]
fn the_exit_code_says_whether_another_start_may_succeed() {
    let home = Home::new();
    let file = home.write("s.toml", "prot = 1\n");
    let code = |arguments: &[&str]| home.command(arguments).output().expect("the program runs").status.code();
    assert_eq!(code(&["serve", "--config", &file]), Some(78), "a wrong key");
    assert_eq!(code(&["serve", "--config", "none.toml"]), Some(78), "no file");
    let mqtt = home.write("m.toml", "port = 0\n[mqtt]\nbroker = \"b\"\ntls = true\nca_file = \"/none.pem\"\n");
    assert_eq!(code(&["serve", "--config", &mqtt]), Some(78), "no certificate");
    assert_eq!(code(&["serve", "--log", "info,=x="]), Some(78), "a filter that is none");
    assert_eq!(code(&["station", "list"]), Some(1), "no database");
    assert_eq!(code(&["serve", "--prot", "1"]), Some(2), "no such flag");
}
