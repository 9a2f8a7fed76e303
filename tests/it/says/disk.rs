//! A disk without room, and a database of another version.

use super::server::Server;
use crate::kit::program::{add_station, make_database, program, run};
use std::path::Path;
use std::process::Command;

/// The program, where no file may be longer than so many KiB: to SQLite that is a disk that takes no more.
fn cramped(kib: u32) -> Command {
    let whole = program();
    let mut shell = Command::new("sh");
    for name in whole.get_envs().map(|(name, _)| name) {
        shell.env_remove(name);
    }
    let blocks = kib * 2;
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]).arg(whole.get_program());
    shell
}

fn names(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.contains(".db")).collect()
}

#[test]
fn a_disk_that_is_full_at_the_first_start_is_told_and_leaves_no_half_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for kib in [50, 100, 150, 200] {
        let mut serve = cramped(kib);
        let output = serve.args(["serve", "--port", "0", "--data"]).arg(&data).output().expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(!output.status.success() && output.stdout.is_empty(), "{kib} KiB: it has started: {said}");
        assert!(said.ends_with(&format!("the disk is full: make room in {}\n", data.display())), "{kib} KiB: {said}");
        assert_eq!(names(&data), [""; 0], "{kib} KiB");
    }
    make_database(&data);
}

#[tokio::test]
async fn a_disk_that_gets_full_is_told_by_its_name_and_not_as_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Server::of(cramped(300), folder.path(), &[]);
    let mut status = 201;
    for number in 0..500 {
        let body = format!(r#"{{"temperature": {}, "humidity": 5{}}}"#, f64::from(number) / 100.0, number % 10);
        status = server.posts(&key, &body).await;
        if status != 201 {
            break;
        }
    }
    assert_eq!(status, 507);
    let told = server.hears(&["an upload was refused", "station=roof", "the disk is full, nothing was stored"]);
    assert!(told.contains("make room") && !told.contains("max_database_mib"), "{told}");
    let console = format!("/weatherstation/updateweatherstation.php?ID=roof&PASSWORD={key}&tempf=50&dateutc=now");
    let mut status = 200;
    for number in 0..200 {
        status = server.gets(&format!("{console}&humidity={}", 10 + number % 80)).await.0;
        if status != 200 {
            break;
        }
    }
    assert_eq!(status, 503);
    server.hears(&["an upload was refused", "format=\"Weather Underground\"", "the disk is full, nothing was stored"]);
}

#[test]
fn every_command_says_that_a_newer_version_made_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    make_database(&data);
    let database = rusqlite::Connection::open(data.join("stevenson.db")).expect("a database");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'later', TRUE, x'00', 0)";
    database.execute(newer, ()).expect("written");
    drop(database);
    let says = |arguments: &[&str]| {
        let output = run(&data, arguments);
        assert!(!output.status.success());
        String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
    };
    for arguments in [&["station", "list"][..], &["station", "add", "roof"], &["serve", "--port", "0"], &["check"]] {
        let said = says(arguments);
        let told = "a newer version made it, which this one cannot read: use the newer stevenson\n";
        assert!(said.contains(told) && !said.contains("migration"), "{arguments:?}: {said}");
    }
}
