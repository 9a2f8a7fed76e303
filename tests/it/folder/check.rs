//! `stevenson check`.

use super::{Home, no_database};
use crate::kit::program::{Program, make_database, post};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The findings of a check: level, what about, text.
pub fn findings(home: &Home, arguments: &[&str]) -> (bool, Vec<(String, String, String)>) {
    let said = home.run(&[&["check", "--json"], arguments].concat());
    let json: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.error));
    let text = |finding: &Value, key: &str| finding[key].as_str().expect(key).to_owned();
    let found = json["findings"].as_array().expect("a list").iter();
    let found: Vec<_> = found.map(|one| (text(one, "level"), text(one, "about"), text(one, "text"))).collect();
    let wrong = found.iter().filter(|(level, ..)| level == "wrong").count();
    assert_eq!(json["wrong"], json!(wrong));
    assert_eq!(said.is_good, wrong == 0, "the exit code says it, too");
    (said.is_good, found)
}

/// The level and text of what is said of something.
pub fn of<'f>(found: &'f [(String, String, String)], about: &str) -> Vec<(&'f str, &'f str)> {
    found.iter().filter(|(_, one, _)| one == about).map(|(level, _, text)| (level.as_str(), text.as_str())).collect()
}

pub fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
}

fn good_database(home: &Home) {
    make_database(&home.usual());
    chmod(&home.usual(), 0o700);
}

#[test]
fn where_all_is_well_the_check_says_so_a_line_each() {
    let home = Home::new();
    good_database(&home);
    let said = home.run(&["check"]);
    assert!(said.is_good, "{}{}", said.out, said.error);
    assert!(said.out.lines().all(|line| ["ok ", "warn "].iter().any(|level| line.starts_with(level))), "{}", said.out);
    let (_, found) = findings(&home, &["--deep"]);
    let file = home.usual().join("stevenson.db");
    assert!(of(&found, "database")[0].1.contains(file.to_str().expect("text")), "{found:?}");
    assert_eq!(of(&found, "server"), [("warn", "none runs over this folder")]);
    let (is_good, found) = findings(&home, &["--running"]);
    assert_eq!((is_good, of(&found, "server")), (false, vec![("wrong", "none runs over this folder")]));
    assert_eq!(of(&found, "integrity"), [("ok", "the file is whole")]);
    assert_eq!(of(&found, "permissions"), [("ok", "nobody else can read or change the data")]);
    assert_eq!(of(&found, "stations")[0].0, "ok");
    for about in ["disk", "room", "open files", "system clock", "time zones", "address", "owner"] {
        assert_eq!(of(&found, about).len(), 1, "{about}: {found:?}");
    }
}

#[test]
fn without_a_database_and_with_a_wrong_configuration_the_check_says_what_to_do() {
    let home = Home::new();
    let (is_good, found) = findings(&home, &[]);
    assert!(!is_good);
    assert_eq!(of(&found, "database"), [("wrong", no_database(&home.usual()).as_str())]);
    assert!(!home.usual().exists(), "a check makes nothing");
    assert_eq!(of(&found, "permissions"), [], "of nothing there is nothing to say");
    let (_, found) = findings(&home, &["--data", "/dev/null"]);
    assert!(of(&found, "data folder")[0].1.starts_with("cannot use the data folder /dev/null"), "{found:?}");
    assert_eq!((of(&found, "permissions"), of(&found, "disk")), (vec![], vec![]), "it is no folder");
    let file = home.write("s.toml", "prot = 1\n");
    let (_, found) = findings(&home, &["--config", &file]);
    assert_eq!(found.len(), 1);
    assert!(of(&found, "configuration")[0].1.contains("did you mean port?"), "{found:?}");
}

#[test]
fn files_that_others_can_use_are_named_with_the_remedy() {
    let home = Home::new();
    good_database(&home);
    let file = home.usual().join("stevenson.db");
    chmod(&file, 0o644);
    let (is_good, found) = findings(&home, &[]);
    let told = of(&found, "permissions");
    assert!(is_good && told.len() == 1 && told[0].0 == "warn", "{told:?}");
    assert!(told[0].1.ends_with(&format!("chmod 600 {}", file.display())), "{told:?}");
    chmod(&file, 0o600);
    chmod(&home.usual(), 0o777);
    let (is_good, found) = findings(&home, &[]);
    assert!(!is_good && of(&found, "permissions")[0].1.contains("chmod 700"), "{found:?}");
    chmod(&home.usual(), 0o700);
    let config = home.write(".local/share/stevenson/stevenson.toml", "[web]\nmetrics_token = \"t0ken\"\n");
    chmod(Path::new(&config), 0o644);
    let (is_good, found) = findings(&home, &[]);
    let told = of(&found, "permissions");
    let is_told = |(level, text): &(&str, &str)| {
        *level == "wrong" && text.contains("a password stands there") && text.ends_with(&format!("chmod 600 {config}"))
    };
    assert!(!is_good && told.iter().any(is_told), "{told:?}");
    chmod(Path::new(&config), 0o600);
    assert!(findings(&home, &[]).0);
}

#[test]
fn who_is_reached_without_a_password_and_a_proxy_that_can_be_gone_around_are_told() {
    let home = Home::new();
    good_database(&home);
    let (_, found) = findings(&home, &["--address", "0.0.0.0"]);
    assert_eq!(of(&found, "owner")[0].0, "warn");
    assert!(of(&found, "owner")[0].1.contains("stevenson admin password"), "{found:?}");
    let file = home.write("s.toml", "[web]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let (_, found) = findings(&home, &["--address", "0.0.0.0", "--config", &file]);
    assert!(of(&found, "address")[0].1.contains("go around the proxy"), "{found:?}");
    assert_eq!(of(&found, "hosts")[0].0, "warn");
    let (_, found) = findings(&home, &["--config", &file]);
    assert_eq!(of(&found, "address")[0].0, "ok");
}

#[test]
fn a_file_that_is_damaged_or_of_another_program_is_wrong() {
    let home = Home::new();
    good_database(&home);
    let file = home.usual().join("stevenson.db");
    let mut bytes = fs::read(&file).expect("a file");
    let from = bytes.len() / 4;
    bytes[from..from + 40_000].fill(0x55);
    fs::write(&file, &bytes).expect("written");
    let (is_good, found) = findings(&home, &[]);
    assert!(!is_good, "{found:?}");
    fs::write(&file, "not a database, but long enough to be one if it were, which it is not at all".repeat(20))
        .expect("written");
    let (_, found) = findings(&home, &[]);
    assert!(of(&found, "database")[0].1.contains("no SQLite database"), "{found:?}");
    fs::remove_file(&file).expect("removed");
    rusqlite::Connection::open(&file).expect("a database").execute_batch("CREATE TABLE x (y)").expect("SQL");
    let (_, found) = findings(&home, &[]);
    assert!(of(&found, "database")[0].1.contains("another program"), "{found:?}");
    fs::write(&file, "").expect("written");
    let (_, found) = findings(&home, &[]);
    assert!(of(&found, "database")[0].1.contains("the file is empty"), "{found:?}");
    fs::remove_file(&file).expect("removed");
    fs::create_dir(&file).expect("a folder");
    let (_, found) = findings(&home, &[]);
    let no_file = format!("{} is no file, so it is no database: is it the right --data?", file.display());
    assert_eq!(of(&found, "database"), [("wrong", no_file.as_str())]);
    assert_eq!(home.refused(&["station", "list"]), no_file);
    assert_eq!(home.refused(&super::SERVE_NOWHERE), no_file);
}

#[test]
fn beside_a_server_its_own_configuration_is_judged() {
    let home = Home::new();
    let file = home.write("s.toml", "[web]\nmetrics_token = \"t0ken\"\nmetrics_from = [\"0.0.0.0/0\"]\n");
    let server = Program::start_with(&home.usual(), &["--address", "0.0.0.0", "--config", &file]);
    let port = server.address().port();
    let (_, found) = findings(&home, &[]);
    let reached = format!("0.0.0.0:{port}: other machines reach it");
    assert_eq!(of(&found, "address"), [("ok", reached.as_str())]);
    assert_eq!(of(&found, "owner")[0].0, "warn");
    assert!(of(&found, "server")[0].1.contains(&file), "{found:?}");
    let metrics = of(&found, "metrics");
    assert!(metrics[0].1.contains("metrics_from") && metrics[1].1.contains("can be guessed"), "{found:?}");
    let said = fs::read_to_string(home.usual().join("server.lock")).expect("text");
    assert!(!said.contains("t0ken"), "no secrets: {said}");
}

#[tokio::test]
async fn beside_a_server_the_check_tells_of_silent_stations_and_of_clocks_that_are_off() {
    let home = Home::new();
    let server = Program::start(&home.usual());
    let (_, found) = findings(&home, &[]);
    let told = of(&found, "server");
    let runs = format!("it runs at {}", server.address());
    assert!(told[0].0 == "ok" && told[0].1.starts_with(&runs), "{told:?}");
    assert!(told[0].1.ends_with(&format!("as process {}", server.pid())), "{told:?}");
    assert!(of(&found, "open files")[0].1.starts_with("the server may have"), "{found:?}");
    server.add_station("waiting");
    let (late, silent) = (server.add_station("late"), server.add_station("silent"));
    let now = chrono::Utc::now().timestamp();
    for minute in (0..3).rev() {
        // Of a clock that is five hours behind.
        let reading = json!({"temperature": 10.0 + minute as f64, "observed_at": now - 5 * 3600 - minute});
        assert_eq!(post(&server.url, &late, &reading).await.expect("an answer").0, 201);
    }
    let early = server.add_station("early");
    for minute in 0..3 {
        // Of a clock that is nine hours ahead: the time of arrival counts.
        let reading = json!({"temperature": 10.0 + minute as f64, "observed_at": now + 9 * 3600});
        assert_eq!(post(&server.url, &early, &reading).await.expect("an answer").0, 201);
    }
    let old = json!({"temperature": 10.0, "observed_at": now - 3 * 3600});
    assert_eq!(post(&server.url, &silent, &old).await.expect("an answer").0, 201);
    let (is_good, found) = findings(&home, &[]);
    assert!(is_good, "{found:?}");
    let told = of(&found, "stations");
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told[0], ("warn", "nothing was heard of silent for 3 h"));
    assert_eq!(told[1], ("warn", "waiting never sent a reading"));
    let early = "the clock of early is 9 h ahead: set it, or stevenson station set early --clock-offset -9h";
    assert_eq!(told[2], ("warn", early));
    let late = "the clock of late is 5 h behind: set it, or stevenson station set late --clock-offset 5h";
    assert_eq!(told[3], ("warn", late));
    assert!(home.run(&["station", "set", "late", "--clock-offset", "5h"]).is_good);
    let (_, found) = findings(&home, &[]);
    assert!(
        of(&found, "stations").iter().all(|(_, text)| !text.contains("the clock of late")),
        "it was set: {found:?}"
    );
}

#[tokio::test]
async fn days_that_are_made_anew_say_nothing_of_a_clock() {
    let home = Home::new();
    let server = Program::start(&home.usual());
    let key = server.add_station("garden");
    assert_eq!(post(&server.url, &key, &json!({"temperature": 10.0})).await.expect("an answer").0, 201);
    server.stop();
    let journal = rusqlite::Connection::open(home.usual().join("stevenson.db")).expect("a database");
    let now_ms = chrono::Utc::now().timestamp_millis();
    for sensor in 0..3 {
        // What a change of the zone enters for each sensor: to the end of the local day.
        let body = json!({"kind": "backfill", "station": "garden", "from": 0, "to": now_ms + 30 * 3_600_000});
        let entry = (now_ms + sensor, body.to_string());
        journal
            .execute("INSERT INTO journal (station, committed_ms, body) VALUES ('garden', ?1, ?2)", entry)
            .expect("SQL");
    }
    let (_, found) = findings(&home, &[]);
    assert_eq!(of(&found, "stations"), [("ok", "the station reports")], "{found:?}");
}
