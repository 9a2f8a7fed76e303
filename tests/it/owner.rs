//! The owner is warned before something is full: in the log, on pages and in the metrics. Nobody else is told.

use crate::kit::program::{Program, post, run};
use reqwest::header::HeaderMap;
use serde_json::json;
use std::path::Path;
use stevenson::storage::{Durability, NewStation, Options, Storage};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug};
use weather::time::{MINUTE_MS, Timestamp};

/// 2026-01-01 00:00 UTC.
const START: Timestamp = Timestamp(1_767_225_600_000);

const KNOBS: &str = "[storage]\nmax_database_mib = 3\nstation_share_percent = 10\n";

async fn open(folder: &Path) -> Storage {
    let file = folder.join("stevenson.db");
    let options = Options {
        file,
        durability: Durability::Normal,
        max_database_mib: 3,
        // Small, because what belongs to no station fills most of such a small file.
        station_share_percent: 10,
        // Else the journal, which is everybody's, would fill such a small file.
        journal_keep_entries: 100,
        ..Options::default()
    };
    Storage::open(options).await.expect("opens").0
}

fn report(minute: i64) -> Report {
    let at = START.plus(minute * MINUTE_MS);
    let mut draft = Draft::new(at);
    for quantity in [Quantity::Temperature, Quantity::Humidity] {
        // A value that never changes is doubted, and takes more room.
        let value = 20.0 + (minute % 2) as f64;
        draft.take_number(&SensorName::main(), quantity, quantity.unit(), quantity.name(), value);
    }
    draft.finish(Some(at)).report.expect("it has values")
}

/// Adds a station called Roof.
async fn add(folder: &Path, slug: &str) {
    let storage = open(folder).await;
    let slug = Slug::new(slug).expect("a slug");
    let new = NewStation {
        slug,
        name: "Roof & Co".into(),
        zone: weather::zone::Zone::UTC,
        elevation_m: None,
        coordinates: None,
    };
    storage.add_station(new).await.expect("added");
    storage.close().await;
}

/// Stores minutes of a station until the part of the limit that is used, percent, is in the range.
async fn fill(folder: &Path, slug: &str, percent: std::ops::Range<u64>, used: impl Fn(&Storage) -> u64) {
    for _ in 0..200 {
        // A database is measured when it is opened.
        let storage = open(folder).await;
        let used = used(&storage);
        if used >= percent.start {
            assert!(percent.contains(&used), "{used} %");
            return storage.close().await;
        }
        let id = storage.directory().by_slug(slug).expect("the station").id;
        let stored = storage.observation_count(id).await.expect("read") as i64;
        storage.append(id, (stored..stored + 200).map(report).collect()).await.expect("stored");
        storage.close().await;
    }
    panic!("it never got so full");
}

/// What a page says when it is asked with these headers.
async fn page(server: &Program, path: &str, headers: &[(&'static str, &'static str)]) -> String {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("text"))).collect();
    let answer = reqwest::Client::new().get(format!("{}{path}", server.url)).headers(headers).send().await;
    answer.expect("an answer").text().await.expect("a page")
}

async fn metric(server: &Program, name: &str) -> u64 {
    let metrics = page(server, "/metrics", &[]).await;
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().expect("a number")
}

/// The lines of a log that warn of something.
fn warnings(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("in [storage]")).collect()
}

#[tokio::test]
async fn the_owner_is_warned_before_the_database_is_full_and_nobody_else_is() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), KNOBS).expect("written");
    add(folder.path(), "roof").await;
    let used = |storage: &Storage| storage.room().percent();
    let mut server = Program::start_unread(folder.path(), "warn");
    assert!(!page(&server, "/", &[]).await.contains("For you, the owner"));
    assert_eq!(warnings(&server.log()), [""; 0], "there is room");
    for marks in [80..95, 95..100] {
        fill(folder.path(), "roof", marks.clone(), used).await;
        let mut server = Program::start_unread(folder.path(), "warn");
        let listed = run(folder.path(), &["station", "list"]);
        let told = String::from_utf8(listed.stderr).expect("text");
        assert!(told.starts_with("stevenson: The database holds ") && told.lines().count() == 1, "{told}");
        for path in ["/", "/s/roof", "/lab"] {
            let html = page(&server, path, &[]).await;
            assert!(html.contains("For you, the owner:</strong> The database holds"), "{html}");
            assert!(html.contains("max_database_mib in [storage]"), "{html}");
            for others in [("Host", "weather.example"), ("X-Forwarded-For", "127.0.0.1"), ("Via", "1.1 proxy")] {
                let html = page(&server, path, &[others]).await;
                assert!(html.contains("Roof") && !html.contains("the owner"), "{others:?}: {html}");
            }
        }
        let percent = metric(&server, "stevenson_database_bytes").await * 100
            / metric(&server, "stevenson_database_limit_bytes").await;
        assert!(marks.contains(&percent), "{percent} %");
        let log = server.log();
        let warnings = warnings(&log);
        assert_eq!(warnings.len(), 1, "once: {log}");
        assert!(warnings[0].contains(" WARN ") && warnings[0].contains(&format!("({percent} %)")), "{log}");
    }
}

#[tokio::test]
async fn the_owner_is_warned_before_a_stations_share_is_full() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), KNOBS).expect("written");
    add(folder.path(), "roof").await;
    add(folder.path(), "harbour").await;
    let used = |storage: &Storage| storage.station_rooms()[0].1.percent();
    fill(folder.path(), "roof", 80..95, used).await;
    let mut server = Program::start_unread(folder.path(), "warn");
    for path in ["/", "/s/roof"] {
        let html = page(&server, path, &[]).await;
        assert!(html.contains("For you, the owner:</strong> The station Roof &#38; Co holds about"), "{html}");
        assert!(html.contains("station_share_percent") && !html.contains("The database holds"), "{html}");
        assert!(!page(&server, path, &[("Via", "1.1 proxy")]).await.contains("the owner"));
    }
    assert!(!page(&server, "/s/harbour", &[]).await.contains("the owner"), "its share is empty");
    let limit = metric(&server, "stevenson_station_limit_bytes").await;
    assert_eq!(limit, (3 << 20) / 100 * 10);
    assert!(metric(&server, "stevenson_fullest_station_bytes").await * 100 / limit >= 80);
    let log = server.log();
    let warnings = warnings(&log);
    assert_eq!(warnings.len(), 1, "once: {log}");
    assert!(warnings[0].contains("The station Roof & Co holds about"), "{log}");
}

/// The time of a clock that is so far ahead of this machine's, as stations send it.
fn time_of_a_clock(ahead: chrono::Duration) -> String {
    (chrono::Utc::now() + ahead).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_put_right_by_its_owner_and_never_in_silence() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("roof");
    let send = async |body: serde_json::Value| {
        let (status, answer) = post(&server.url, &key, &body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
        answer["warnings"].as_array().expect("warnings").len()
    };
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    for (clock_h, correction) in [(-5, "5h"), (2, "-2h")] {
        let send_wrong = async |temperature: f64| {
            send(json!({"temperature": temperature, "time": time_of_a_clock(chrono::Duration::hours(clock_h))})).await
        };
        let put_right = "<a href=\"/admin/stations/roof#put-right\">Put it right</a>";
        let offered = format!("stevenson station set roof --clock-offset {correction} {put_right}");
        // The server notices another process's change within half a second.
        while !page(&server, "/s/roof", &[]).await.contains(&offered) {
            assert!(tokio::time::Instant::now() < deadline, "nothing is offered");
            send_wrong(12.0).await;
        }
        let others = page(&server, "/s/roof", &[("Host", "weather.example")]).await;
        assert!(others.contains("but its clock is") && !others.contains("clock-offset"), "{others}");

        let set = run(folder.path(), &["station", "set", "roof", "--clock-offset", correction]);
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        let mut right = 0;
        while right < 4 {
            assert!(tokio::time::Instant::now() < deadline, "the clock is not put right");
            let warnings = send_wrong(12.1).await;
            let html = page(&server, "/s/roof", &[]).await;
            let is_now = html.contains(r#"data-tile="temperature" data-state="live""#) && html.contains(">12.1<");
            right = if is_now && warnings == 0 && !html.contains("but its clock is") { right + 1 } else { 0 };
        }
        assert!(run(folder.path(), &["station", "set", "roof", "--clock-offset", "0s"]).status.success());
    }
    for (wrong, said) in [("5", "\"5\""), ("-400d", "366 days"), ("h", "\"h\"")] {
        let output = run(folder.path(), &["station", "set", "roof", "--clock-offset", wrong]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(said), "{wrong}: {error}");
    }
    assert!(!run(folder.path(), &["station", "set", "roof"]).status.success(), "nothing to set");
    assert!(run(folder.path(), &["station", "set", "roof", "--elevation", "512"]).status.success());
    let listed = String::from_utf8(run(folder.path(), &["station", "list"]).stdout).expect("text");
    assert!(listed.contains("512 m"), "{listed}");
    assert!(run(folder.path(), &["station", "set", "roof", "--elevation", "unknown"]).status.success());
    let listed = String::from_utf8(run(folder.path(), &["station", "list"]).stdout).expect("text");
    assert!(!listed.contains("512 m"), "{listed}");
}
