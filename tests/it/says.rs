//! What the server says: at its start, and then in its log, as an operator reads it.

mod access;
mod disk;
mod formats;
mod lookout;
mod refusals;
mod server;

use crate::kit::program::{add_station, run};
use server::Server;
use std::path::Path;

#[test]
fn a_start_says_where_everything_is_and_who_reaches_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (said, _) = Server::start(&data, &[]).ends();
    let lines: Vec<_> = said.lines().collect();
    let port = lines[0].strip_prefix("listening on http://127.0.0.1:").expect("the first line");
    let says = |name: &str, what: &str| {
        let line = lines.iter().find(|line| line.trim_start().starts_with(name)).unwrap_or_else(|| panic!("{said}"));
        assert!(line.contains(what), "{name}: {what:?}: {said}");
    };
    says("version", env!("CARGO_PKG_VERSION"));
    says("database", &format!("{}, new", data.join("stevenson.db").display()));
    says("configuration", "no file");
    says("reached by", "this machine only");
    says("connections", "open files are allowed");
    says("time zones", "of this ");
    says("stations", "none yet");
    says("for programs", &format!("http://127.0.0.1:{port}/api/docs"));
    says("owner's pages", &format!("http://127.0.0.1:{port}/admin, for this machine only: no password is set"));
    assert!(["station port", "MQTT", "Tempest", "enrolment"].iter().all(|off| !said.contains(off)), "{said}");
}

#[test]
fn what_is_on_is_named_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    add_station(folder.path(), "roof");
    let knobs = "address = \"0.0.0.0\"\n[web]\ntrusted_proxies = [\"10.0.0.0/8\"]\n[station_port]\nenabled = true\n\
        address = \"127.0.0.1\"\nport = 0\n[tempest]\nenabled = true\naddress = \"127.0.0.1\"\nport = 0\n[mqtt]\n\
        broker = \"127.0.0.1:1\"\n[[mqtt.subscriptions]]\ntopic = \"w\"\nstation = \"roof\"\n";
    let file = folder.path().join("stevenson.toml");
    std::fs::write(&file, knobs).expect("written");
    let (said, log) = Server::start(folder.path(), &["--enrol"]).ends();
    for part in [
        " MB\n",
        file.to_str().expect("text"),
        "every machine that reaches this one; proxies at 10.0.0.0/8 speak for others",
        "takes uploads of consoles at 127.0.0.1:",
        "reads messages at 127.0.0.1:1",
        "hears the hubs of WeatherFlow at UDP 127.0.0.1:",
        "on: devices that are no station's wait at http://127.0.0.1:",
        "stations      1\n",
    ] {
        assert!(said.contains(part), "{part:?}: {said}");
    }
    assert!(log.contains("the configuration was read file="), "{log}");
}

#[test]
fn who_may_see_the_owners_pages_and_whose_stations_there_are_is_true() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), "[web]\ntrusted_proxies = [\"127.0.0.1\"]\n")
        .expect("written");
    let (said, _) = Server::start(folder.path(), &["--demo"]).ends();
    assert!(said.contains("/admin, for nobody until a password is set (stevenson admin password)"), "{said}");
    assert!(said.contains("stations      the demo's, Town Hall\n"), "{said}");
}

#[test]
fn a_start_and_a_stop_are_told_with_what_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, log) = Server::start(folder.path(), &[]).ends();
    let told = |what: &str| log.lines().position(|line| line.contains(" INFO ") && line.contains(what));
    let order = [
        "the server has started",
        "the server is stopping",
        "the server has stopped; all is written reports=0 words=0",
    ];
    let order = order.map(|what| told(what).unwrap_or_else(|| panic!("{what}: {log}")));
    assert!(order.is_sorted(), "{log}");
    assert!(!log.contains("no configuration file"), "the lines say it: {log}");
}

#[tokio::test]
async fn what_happens_to_stations_is_told_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path(), &[]);
    let key = add_station(folder.path(), "roof");
    server.hears(&["INFO", "a station was added station=roof name=\"Town Hall\""]);
    assert_eq!(server.posts(&key, r#"{"temperature": 21.4}"#).await, 201);
    server.hears(&["INFO", "the first reading of a station has come station=roof"]);
    let does = |data: &Path, arguments: &[&str]| {
        let ran = run(data, &[&["station"], arguments].concat());
        assert!(ran.status.success(), "{ran:?}");
    };
    does(folder.path(), &["rename", "roof", "On the roof"]);
    server.hears(&["a station was renamed station=roof name=\"On the roof\" was=roof was_named=\"Town Hall\""]);
    does(folder.path(), &["set", "roof", "--elevation", "20"]);
    server.hears(&["the settings of a station were changed station=roof"]);
    does(folder.path(), &["new-key", "roof"]);
    server.hears(&["a station has a new key; the old one is void station=roof"]);
    does(folder.path(), &["bind", "roof", "--passkey", "0123456789ABCDEF0123456789ABCDEF"]);
    server.hears(&["a device was bound to a station", "station=roof devices=\"a console, by its PASSKEY\""]);
    does(folder.path(), &["unbind", "roof"]);
    server.hears(&["no device is bound to a station any more station=roof"]);
    does(folder.path(), &["remove", "roof", "--yes"]);
    server.hears(&["a station was removed station=roof"]);
    let (_, log) = server.ends();
    assert!(!log.contains(&key) && !log.contains("0123456789ABCDEF"), "{log}");
}

#[tokio::test]
async fn slow_commits_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Server::start(folder.path(), &[]);
    let other = rusqlite::Connection::open(folder.path().join("stevenson.db")).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    assert_eq!(server.posts(&key, r#"{"temperature": 21.4}"#).await, 503, "it has waited as long as it may");
    other.execute_batch("ROLLBACK").expect("free again");
    server.hears(&["WARN", "commits are slow: the disk is, or another process holds the database times=1 longest_ms="]);
}

#[tokio::test]
async fn a_page_that_is_offline_shows_its_owner_where_the_reason_stands_and_others_whom_to_ask() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let server = Server::start(folder.path(), &[]);
    for state in ["waiting", "offline"] {
        if state == "offline" {
            let body = r#"{"temperature": 20, "observed_at": "2026-01-01T00:00:00Z"}"#;
            assert_eq!(server.posts(&key, body).await, 201);
        }
        let (_, own) = server.gets("/s/roof").await;
        assert!(own.contains(&format!("data-station=\"roof\" data-state=\"{state}\"")), "{own}");
        assert!(own.contains("<a href=\"/admin/inbox\">") && !own.contains("Is this your station?"), "{own}");
        let asked = reqwest::Client::new().get(format!("{}/s/roof", server.url)).header("X-Forwarded-For", "192.0.2.1");
        let others = asked.send().await.expect("an answer").text().await.expect("a page");
        assert!(
            others.contains("<code>stevenson admin password</code> opens them"),
            "no way in from there yet: {others}"
        );
        assert!(others.contains("Is this your station?") && !others.contains("/admin/inbox"), "{others}");
    }
}
