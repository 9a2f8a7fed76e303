//! `backup` and `restore`, and the backups that a server writes by itself.

use crate::kit::program::{Program, add_station, post, run};
use reqwest::Client;
use serde_json::json;
use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tempfile::TempDir;

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn good(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn bad(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

/// A station's temperatures, as an export has them.
fn temperatures(data: &Path) -> Vec<String> {
    let csv = good(data, &["export", "town-hall", "--quantity", "temperature"]);
    csv.lines().skip(1).map(|line| line.rsplit(',').next().unwrap_or("").to_owned()).collect()
}

/// A folder with a station that has a reading, and its key.
async fn house() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "town-hall");
    let server = Program::start(folder.path());
    let body = json!({"temperature": 21.5, "observed_at": "2026-11-01T12:00:00Z"});
    assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);
    assert!(server.stop().1);
    (folder, key)
}

fn path(of: &Path) -> &str {
    of.to_str().expect("text")
}

#[tokio::test]
async fn a_backup_that_is_made_while_stations_post_has_all_that_was_acknowledged_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "town-hall");
    let server = Program::start(folder.path());
    let (acknowledged, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let posting = tokio::spawn({
        let (url, acknowledged, done) = (server.url.clone(), acknowledged.clone(), done.clone());
        async move {
            let mut minute = 0;
            while !done.load(SeqCst) {
                let at = chrono::DateTime::from_timestamp(1_793_000_000 + 60 * minute, 0).expect("a time").to_rfc3339();
                let body = json!({"temperature": 10.0 + (minute % 10) as f64 / 10.0, "observed_at": at});
                assert_eq!(post(&url, &key, &body).await.expect("an answer").0, 201);
                minute += 1;
                acknowledged.store(minute as u64, SeqCst);
            }
        }
    });
    while acknowledged.load(SeqCst) < 50 {
        tokio::task::yield_now().await;
    }
    let before = acknowledged.load(SeqCst) as usize;
    let to = folder.path().join("copy.db");
    let backup = {
        let (data, to) = (folder.path().to_owned(), to.clone());
        tokio::task::spawn_blocking(move || good(&data, &["backup", path(&to)])).await.expect("it runs")
    };
    assert!(backup.contains("whole") && backup.contains("1 station"), "{backup}");
    let after = acknowledged.load(SeqCst) as usize + 1;
    done.store(true, SeqCst);
    posting.await.expect("all was acknowledged");
    assert!(after > before + 1, "stations could post meanwhile: {before} {after}");
    assert_eq!(fs::metadata(&to).expect("it is there").permissions().mode() & 0o777, 0o600);

    let other = tempfile::tempdir().expect("a folder");
    let restored = good(other.path(), &["restore", path(&to)]);
    assert!(restored.contains("1 station"), "{restored}");
    let readings = temperatures(other.path()).len();
    assert!((before..=after).contains(&readings), "{before} ≤ {readings} ≤ {after}");
    // The copy is a database that a server runs over.
    let copy = Program::start(other.path());
    let page = reqwest::get(format!("{}/s/town-hall", copy.url)).await.expect("an answer");
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn what_is_restored_takes_the_place_of_what_was_there_and_that_is_kept() {
    let (folder, key) = house().await;
    let said = good(folder.path(), &["backup"]);
    let copy = fs::read_dir(folder.path().join("backups")).expect("a folder").next().expect("a file").expect("read");
    assert!(said.contains(path(&copy.path())), "{said}");
    let server = Program::start(folder.path());
    let before = cursor(&server).await;
    let body = json!({"temperature": 3.5, "observed_at": "2026-11-02T12:00:00Z"});
    assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201);

    let refused = bad(folder.path(), &["restore", path(&copy.path())]);
    assert!(refused.contains("a server runs") && refused.contains(&server.pid().to_string()), "{refused}");
    // After a crash the newest readings are in the log.
    server.kill();
    let said = good(folder.path(), &["restore", path(&copy.path())]);
    assert_eq!(temperatures(folder.path()), ["21.5"]);
    let aside = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("read").path());
    let aside: Vec<PathBuf> = aside.filter(|path| said.contains(path.to_str().expect("text"))).collect();
    let aside = aside.iter().find(|path| path.to_str().expect("text").contains("before-restore")).expect("it is kept");
    let other = tempfile::tempdir().expect("a folder");
    good(other.path(), &["restore", path(aside)]);
    assert_eq!(temperatures(other.path()), ["21.5", "3.5"]);

    // A page of the time after the backup is not told numbers that mean something else now.
    let server = Program::start(folder.path());
    assert_ne!(journal(&cursor(&server).await), journal(&before), "another journal");
    assert_eq!(post(&server.url, &key, &body).await.expect("an answer").0, 201, "keys are those of the backup");
}

/// The newest cursor, as the page has it.
async fn cursor(server: &Program) -> String {
    let page = reqwest::get(format!("{}/s/town-hall", server.url)).await.expect("an answer");
    let page = page.text().await.expect("text");
    let (_, rest) = page.split_once(r#""cursor":""#).unwrap_or_else(|| panic!("no cursor: {page}"));
    rest.split('"').next().expect("an end").to_owned()
}

/// The journal that a cursor is of.
fn journal(cursor: &str) -> &str {
    cursor.rsplit_once('.').expect("a journal and a number").0
}

#[tokio::test]
async fn what_is_no_whole_backup_is_not_restored() {
    let (folder, _) = house().await;
    let to = folder.path().join("copy.db");
    good(folder.path(), &["backup", path(&to)]);
    let exists = bad(folder.path(), &["backup", path(&to)]);
    assert!(exists.contains("exists already"), "{exists}");
    let nowhere = bad(folder.path(), &["backup", "/nowhere/copy.db"]);
    assert!(nowhere.contains("/nowhere"), "{nowhere}");

    let looked = good(folder.path(), &["restore", "--dry-run", path(&to)]);
    assert!(looked.contains("whole") && looked.contains("2026-11-01T12:00:00"), "{looked}");
    assert!(bad(folder.path(), &["restore", "--dry-run", "/nowhere.db"]).contains("/nowhere.db"));
    let text = folder.path().join("notes.txt");
    fs::write(&text, "no database at all, but long enough to be looked at").expect("written");
    let refused = bad(folder.path(), &["restore", path(&text)]);
    assert!(refused.contains("nothing was restored"), "{refused}");

    let damaged = folder.path().join("damaged.db");
    fs::copy(&to, &damaged).expect("copied");
    let file = fs::OpenOptions::new().write(true).open(&damaged).expect("opened");
    let pages = file.metadata().expect("known").len() / 4_096;
    (2..pages).step_by(3).for_each(|page| file.write_all_at(&[0x5a; 4_096], page * 4_096).expect("written"));
    let refused = bad(folder.path(), &["restore", path(&damaged)]);
    assert!(refused.contains("nothing was restored"), "{refused}");
    assert_eq!(temperatures(folder.path()), ["21.5"], "the database is as it was");
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("read").file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("partial")), "{left:?}");
}

#[tokio::test]
async fn a_server_writes_a_backup_a_day_and_keeps_as_many_as_it_should() {
    let (folder, _) = house().await;
    let backups = folder.path().join("elsewhere");
    fs::create_dir(&backups).expect("a folder");
    for old in ["stevenson-2026-01-01.db", "stevenson-2026-01-02.db", "stevenson-2026-01-03.db", "holiday.db"] {
        fs::write(backups.join(old), "old").expect("written");
    }
    let knobs = "[backup]\ndaily = true\nfolder = \"elsewhere\"\nkeep_days = 2\nutc_hour = 0\n";
    fs::write(folder.path().join("stevenson.toml"), knobs).expect("written");
    let server = Program::start(folder.path());
    let names = || {
        let names = fs::read_dir(&backups).expect("a folder").map(|entry| entry.expect("read").file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().expect("text")).collect();
        names.sort();
        names
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while names().len() != 3 {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", names());
        tokio::task::yield_now().await;
    }
    let names = names();
    assert_eq!(names[0], "holiday.db");
    assert_eq!(names[1], "stevenson-2026-01-03.db");
    good(folder.path(), &["restore", "--dry-run", path(&backups.join(&names[2]))]);
    let metrics = Client::new().get(format!("{}/metrics", server.url)).send().await.expect("an answer");
    let metrics = metrics.text().await.expect("text");
    assert!(metrics.contains("stevenson_backup_timestamp_seconds 1"), "{metrics}");
    assert!(metrics.contains("stevenson_backup_failures_total 0"), "{metrics}");
}

#[tokio::test]
async fn what_somebody_has_open_is_not_exchanged() {
    let (folder, _) = house().await;
    let to = folder.path().join("copy.db");
    good(folder.path(), &["backup", path(&to)]);
    let other = rusqlite::Connection::open(folder.path().join("stevenson.db")).expect("opened");
    let stations: i64 = other.query_row("SELECT count(*) FROM station", (), |row| row.get(0)).expect("read");
    assert_eq!(stations, 1);
    let refused = bad(folder.path(), &["restore", path(&to)]);
    assert!(refused.contains("another command has the database") && refused.contains("nothing was"), "{refused}");
    drop(other);
    good(folder.path(), &["restore", path(&to)]);
    assert_eq!(temperatures(folder.path()), ["21.5"]);
}

#[tokio::test]
async fn two_backups_at_once_do_not_get_in_each_others_way() {
    let (folder, _) = house().await;
    let to = folder.path().join("copy.db");
    let backup = || {
        let (data, to) = (folder.path().to_owned(), to.clone());
        tokio::task::spawn_blocking(move || run(&data, &["backup", path(&to)]))
    };
    let outputs = [backup(), backup()];
    let mut good_ones = 0;
    for output in outputs {
        let output = output.await.expect("it runs");
        good_ones += u32::from(output.status.success());
        assert!(output.status.success() || said(&output).contains("exists already"), "{}", said(&output));
    }
    assert!(good_ones == 1, "one is there, and the other says so");
    good(folder.path(), &["restore", "--dry-run", path(&to)]);
    good(folder.path(), &["backup"]);
    good(folder.path(), &["backup"]);
}
