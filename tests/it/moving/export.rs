//! `stevenson export`, and the same over HTTP.

use super::Mover;
use crate::kit::app::TestApp;
use crate::kit::program::run;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::fs;
use std::path::Path;
use stevenson::storage::{Options, Storage};
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::SensorName;
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::units::Unit;

/// 2026-11-22 12:00 UTC.
const NOON: Timestamp = Timestamp(1_795_348_800_000);

/// So far apart values are not judged by each other: what is imported is judged again, in another order than it came in.
const APART_MS: i64 = 92 * MINUTE_MS;
/// Quantities that contradict others; what contradicts is not exported.
const CONTRADICT: [Quantity; 3] = [Quantity::DewPoint, Quantity::WindGust, Quantity::PrecipitationRate];

/// What the station says at an instant, whatever it is.
fn anything(random: &mut StdRng, at: Timestamp) -> Option<Report> {
    let mut draft = Draft::new(at.plus(random.random_range(0..20) * MINUTE_MS));
    for _ in 0..random.random_range(1..6) {
        let sensor = *["", "", "indoor", "temp1", "a_b"].choose(random).expect("some");
        let sensor = SensorName::new(sensor).expect("a name");
        let shown: Vec<Quantity> = Quantity::shown().filter(|quantity| !CONTRADICT.contains(quantity)).collect();
        let quantity = *shown.choose(random).expect("some");
        let units: Vec<Unit> = Unit::ALL.into_iter().filter(|unit| unit.canonical() == quantity.unit()).collect();
        let unit = *units.choose(random).expect("its own");
        let limits = quantity.limits();
        // What leaps of a counter add up to must stay within a day's limit.
        let high = if quantity == Quantity::PrecipitationTotal { 10.0 } else { 1_000.0 };
        let (low, high) = (limits.start().max(0.5), limits.end().min(high));
        let value = unit.from_canonical(low + (high - low) * random.random::<f64>());
        let decimals = 10_f64.powi(random.random_range(0..4));
        draft.take_number(&sensor, quantity, unit, "x", (value * decimals).round() / decimals);
    }
    draft.finish(Some(at)).report
}

/// Stores what a station may have said over some days, some of it late and twice.
async fn fill(data: &Path, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let options = Options { file: data.join("stevenson.db"), ..Options::default() };
    let (storage, _) = Storage::open(options).await.expect("it opens");
    let station = storage.directory().by_slug("town-hall").expect("it is there").id;
    for _ in 0..20 {
        let mut reports = Vec::new();
        for _ in 0..random.random_range(1..30) {
            let slot = random.random_range(-5 * DAY_MS / APART_MS..0);
            let at = NOON.plus(slot * APART_MS + if slot % 4 == 0 { 250 } else { 0 });
            reports.extend(anything(&mut random, at));
        }
        storage.append(station, reports).await.expect("stored");
    }
    storage.close().await;
}

fn export(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, &[&["export", "town-hall"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
async fn what_is_exported_and_imported_is_exported_the_same() {
    for round in 0..if std::env::var_os("FULL_LENGTH").is_some() { 60 } else { 4 } {
        let seed = getrandom::u64().expect("random");
        let mover = Mover::new();
        fill(&mover.data(), seed).await;
        let stretch: &[&str] =
            if round % 2 == 0 { &[] } else { &["--from", "2026-11-19", "--to", "2026-11-20T13:00:00Z"] };
        let formats: [&[&str]; 4] =
            [&["--format", "csv"], &["--format", "ndjson"], &["--format", "line"], &["--zone", "Asia/Kathmandu"]];
        for format in formats {
            let first = export(&mover.data(), &[format, stretch].concat());
            assert!(first.lines().count() > 20, "{first}");
            let other = Mover::new();
            let (went_well, said) = other.imports(&[&other.file("export", &first)]);
            assert!(
                went_well && !said.contains("not taken") && !said.contains("others than"),
                "seed {seed}, {format:?}: {said}"
            );
            let second = export(&other.data(), format);
            let differs = first.lines().zip(second.lines()).find(|(one, other)| one != other);
            assert!(first == second, "seed {seed}, {format:?}: {differs:?}\n{said}");
        }
    }
}

/// A running server whose station has some readings.
async fn town_hall() -> TestApp {
    town_hall_with(60).await
}

/// The same with so many seconds in which a client has to take what is written.
async fn town_hall_with(write_limit_s: u32) -> TestApp {
    let app = TestApp::with(|config| config.door.write_limit_s = write_limit_s).await;
    let (_, key) = app.add_station("town-hall").await;
    let reports: Vec<_> = (0..3)
        .map(|minute| {
            json!({
                "observed_at": NOON.0 + minute * MINUTE_MS, "temperature": 20.5 + minute as f64, "indoor/humidity": 40
            })
        })
        .collect();
    app.measures(&key, &json!(reports)).await;
    app.measures(&key, &json!({"observed_at": NOON.0 + 500, "uv_index": 1})).await;
    app
}

const ALL: &str = "time,temperature (°C),uv_index,indoor/humidity (%)\n\
    2026-11-22T12:00:00Z,20.5,,40\n\
    2026-11-22T12:00:00.500Z,,1,\n\
    2026-11-22T12:01:00Z,21.5,,40\n\
    2026-11-22T12:02:00Z,22.5,,40\n";

#[tokio::test]
async fn everyone_may_have_what_a_station_has_recorded() {
    let app = town_hall().await;
    let get = async |query: &str| {
        let answer =
            reqwest::get(format!("{}/api/v1/stations/town-hall/export{query}", app.url)).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{query}");
        (answer.headers().clone(), answer.text().await.expect("text"))
    };
    let (headers, text) = get("").await;
    assert_eq!(text, ALL);
    for (name, value) in [
        ("content-type", "text/csv; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"town-hall.csv\""),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers[name], value);
    }
    let local =
        get("?zone=Europe/Berlin&from=2026-11-22T12:01:00Z&to=2026-11-22T12:02:00Z&quantity=temperature").await.1;
    assert_eq!(local, "time,temperature (°C)\n2026-11-22T13:01:00+01:00,21.5\n");
    assert_eq!(get("?from=2026-11-23").await.1, "time\n");
    assert_eq!(get("?to=2026-11-22&sensor=indoor").await.1.lines().count(), 4);
    assert_eq!(
        get("?format=ndjson&sensor=.").await.1.lines().next(),
        Some("{\"observed_at\":\"2026-11-22T12:00:00Z\",\"temperature\":20.5}")
    );
    assert_eq!(
        get("?format=line").await.1.lines().nth(1),
        Some("weather,station=town-hall,sensor=indoor humidity=40 1795348800000000000")
    );
    assert_eq!(get("?raw=1").await.1, ALL, "nothing is calibrated");
    let page = reqwest::get(format!("{}/s/town-hall", app.url)).await.expect("a page").text().await.expect("text");
    assert!(page.contains("href=\"/api/v1/stations/town-hall/export\""), "the page leads there");
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_by_name() {
    let app = town_hall().await;
    for (path, status, what) in [
        ("harbour/export", 404, "no station \"harbour\""),
        ("town-hall/export?sensor=attic", 404, "no sensor \"attic\""),
        ("town-hall/export?format=xls", 400, "use csv, ndjson or line"),
        ("town-hall/export?from=yesterday", 400, "no time"),
        ("town-hall/export?quantity=mood", 400, "no quantity"),
        ("town-hall/export?form=csv", 400, "not known here"),
        ("town-hall/export?raw=perhaps", 400, "use 1 or 0"),
        ("town-hall/export?zone=Mars/Base", 400, "no time zone"),
        ("town-hall/import", 404, "nothing at"),
    ] {
        let answer = reqwest::get(format!("{}/api/v1/stations/{path}", app.url)).await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let text = answer.text().await.expect("text");
        assert!(text.replace("\\\"", "\"").contains(what), "{path}: {text}");
    }
    let url = format!("{}/api/v1/stations/town-hall/export", app.url);
    let posted = reqwest::Client::new().post(&url).send().await.expect("an answer");
    assert_eq!(
        (posted.status().as_u16(), posted.headers()["allow"].to_str().expect("text")),
        (405, "GET, HEAD, OPTIONS")
    );
    let head = reqwest::Client::new().head(&url).send().await.expect("an answer");
    assert_eq!(
        (head.status().as_u16(), head.headers()["content-type"].to_str().expect("text")),
        (200, "text/csv; charset=utf-8")
    );
}

/// Puts many rows into the database, as nobody has the patience to send them.
fn many_rows(app: &TestApp, rows: u32) {
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
        INSERT INTO observation (sensor, observed_ms, temperature) \
        SELECT (SELECT id FROM sensor WHERE name = ''), 1000000000000 + i * 1000, i % 30 FROM n";
    app.database().execute(sql, [rows]).expect("SQL");
}

#[tokio::test]
async fn a_large_past_comes_whole_and_compressed() {
    const ROWS: u32 = 30_000;
    let app = town_hall().await;
    many_rows(&app, ROWS);
    let url = format!("{}/api/v1/stations/town-hall/export", app.url);
    let plain = reqwest::get(&url).await.expect("an answer").text().await.expect("text");
    assert_eq!(plain.lines().count() as u32, ROWS + 5);
    assert!(plain.lines().skip(1).take(ROWS as usize).map(|line| line.split(',').next()).is_sorted(), "oldest first");
    let asked = reqwest::Client::new().get(&url).header("Accept-Encoding", "gzip").send().await.expect("an answer");
    assert_eq!(asked.headers()["content-encoding"], "gzip");
    let bytes = asked.bytes().await.expect("bytes");
    assert!(bytes.len() < plain.len() / 4);
    let unpacked = std::io::read_to_string(flate2::read::GzDecoder::new(&bytes[..])).expect("whole");
    assert!(unpacked == plain);
}

#[tokio::test]
async fn a_reader_that_stops_holds_nothing_in_the_database_and_is_cut_off() {
    let app = town_hall_with(1).await;
    // More than the sockets' buffers hold.
    many_rows(&app, 400_000);
    let ask = format!("GET /api/v1/stations/town-hall/export HTTP/1.1\r\nHost: {}\r\n\r\n", app.address);
    let mut slow = Vec::new();
    for _ in 0..4 {
        slow.push(app.send(&ask).await);
    }
    let url = format!("{}/api/v1/stations/town-hall/export?from=2026-11-22", app.url);
    let text = reqwest::get(&url).await.expect("an answer").text().await.expect("text");
    assert_eq!(text, ALL, "all four places were taken by readers that do not read");
    let busy: i64 = app.database().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("SQL");
    assert_eq!(busy, 0, "no transaction is open");
}

#[tokio::test]
async fn eight_readers_of_this_machine_that_do_not_read_make_way_for_one_that_does() {
    let app = town_hall().await;
    // More than the sockets' buffers hold, which fill at once and look like a fast reader.
    many_rows(&app, 400_000);
    let ask = format!("GET /api/v1/stations/town-hall/export HTTP/1.1\r\nHost: {}\r\n\r\n", app.address);
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(app.send(&ask).await);
    }
    let url = format!("{}/api/v1/stations/town-hall/export?from=2026-11-22", app.url);
    let answer = reqwest::get(&url).await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.text().await.expect("text").as_str()), (200, ALL));
}

#[test]
fn an_export_may_go_into_a_file() {
    let mover = Mover::new();
    assert!(mover.imports(&[&mover.file("a.csv", "time,temperature\n2003-08-01 00:00,20\n")]).0);
    let path = mover.folder.path().join("out.csv");
    let text = export(&mover.data(), &["--output", path.to_str().expect("text")]);
    assert_eq!(text, "");
    assert_eq!(fs::read_to_string(path).expect("a file"), "time,temperature (°C)\n2003-07-31T22:00:00Z,20\n");
}

#[test]
fn what_was_sent_is_the_same_again_in_a_station_with_the_same_calibrations() {
    let calibrate = |mover: &Mover| {
        for arguments in [
            ["--quantity", "temperature", "--offset", "-0.4", "--from", "2021-06-01T12:00"],
            ["--quantity", "precipitation", "--factor", "1.25", "--from", "ever"],
            ["--quantity", "station_pressure", "--offset", "1.5", "--from", "ever"],
        ] {
            let done = run(&mover.data(), &[&["station", "calibrate", "town-hall"], &arguments[..]].concat());
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    };
    let exports = |mover: &Mover, more: &[&str]| {
        let output = run(&mover.data(), &[&["export", "town-hall"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let mover = Mover::new();
    calibrate(&mover);
    let text = "time,temperature,precipitation,station_pressure\n\
        2021-06-01T09:00:00Z,20.3,0.2,987.7\n2021-06-01T09:30:00Z,20.4,0.6,987.6\n2021-06-01T10:30:00Z,20.6,1.4,987.5\n";
    assert!(mover.imports(&[&mover.file("sent.csv", text)]).0);
    let stored = exports(&mover, &[]);
    // What is made at sea level is that of the barometer as it is put right.
    assert!(stored.contains("2021-06-01T09:00:00Z,20.3,989.2,1013.91,"), "{stored}");
    assert!(stored.contains("2021-06-01T10:30:00Z,20.2,989,") && stored.ends_with(",1.75\n"), "{stored}");
    for format in ["csv", "ndjson", "line"] {
        let raw = exports(&mover, &["--raw", "--format", format]);
        if format == "csv" {
            assert_eq!(raw.lines().next(), stored.lines().next(), "the names are the same");
            assert!(raw.contains("2021-06-01T10:30:00Z,20.6,987.5,") && raw.ends_with(",1.4\n"), "{raw}");
        }
        let other = Mover::new();
        calibrate(&other);
        assert!(other.imports(&[&other.file("raw", &raw)]).0);
        assert_eq!(exports(&other, &[]), stored, "{format}: {raw}");
    }
}
