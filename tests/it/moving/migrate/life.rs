//! A database with something in every table, and all that a file holds as one text.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::path::Path;
use stevenson::storage::words::{NewWord, Visitor};
use stevenson::storage::{
    Author, CalibrationStart, DeviceSecret, NewStation, Options, Selection, StationSettings, Storage,
};
use weather::calibration::Calibration;
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug, Station};
use weather::time::{MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// 2026-11-22 12:00 UTC.
const NOON: Timestamp = Timestamp(1_795_348_800_000);

/// What no life of some seconds brings, with values that are hard to carry. A number that SQLite keeps is no NaN, and no zero below zero.
const HARD: &str = r#"
    PRAGMA foreign_keys = ON;
    INSERT INTO admin VALUES (1, '$argon2id$v=19$m=1,t=1,p=1$a$b');
    INSERT INTO admin_session VALUES (x'00ff', 1, 9223372036854775807), (x'', -9223372036854775808, 0);
    INSERT INTO unclaimed (hash, kind, format, model, address, first_ms, last_ms) VALUES (x'01', 'k', 'f', 'a' || char(9, 10, 92) || 'N', '::1', 1, 2);
    INSERT INTO unclaimed (id, hash, kind, format, model, address, first_ms, last_ms) VALUES (7, x'02', 'k', 'f', '\N', '', 1, 2);
    INSERT INTO unclaimed_report (device, report) VALUES (7, '{"temperature":"−2 °C 🌧"}');
    DELETE FROM unclaimed WHERE id = 1;
    INSERT INTO unclaimed (id, hash, kind, format, model, address, first_ms, last_ms) VALUES (90, x'03', '', '', '', '', 0, 0);
    DELETE FROM unclaimed WHERE id = 90;
    INSERT INTO outbox (id, webhook, made_ms, body) VALUES ('l', 'phone', 3, '"quoted" ''twice'' \.');
    INSERT INTO alert VALUES ('v', 'town-hall', 1, '{}', '{}', 'us', 1, 2, 3), ('v', 'town-hall', -1, '', '', '', 0, 0, 0), ('ß', 'ä', 2, '', '', '', 0, 0, 0);
    INSERT INTO former_slug SELECT 'old', id, 5 FROM station LIMIT 1;
    INSERT INTO mapping SELECT id, 'field', '', 0, 'F', 'Ada', 4 FROM station LIMIT 1;
    INSERT INTO unmapped SELECT id, 'Zz_é', 'x', 1, 2, 3 FROM station LIMIT 1;
    INSERT INTO recalculation SELECT id, -5, 5, 1 FROM sensor LIMIT 1;
    INSERT INTO rezoning SELECT id, '9999-12-31', 3, 0 FROM sensor LIMIT 1 ON CONFLICT DO NOTHING;
    INSERT INTO journal_gone VALUES ('', 3), ('*', 2), ('~v', 1);
    INSERT INTO journal_leap VALUES (5, 9);
    INSERT INTO sensor (station, name, bytes, raw_from_ms) VALUES (NULL, 'of a station that is gone', 3, 12);
    INSERT INTO observation (sensor, observed_ms, temperature, humidity, uv_index, leak)
        VALUES (-1, 0, 5e-324, 1.7976931348623157e308, 0.1, 9e999), (-1, -1, -5e-324, 0.30000000000000004, -9e999, 1e15);
    INSERT INTO marked VALUES (9, 9, 9, 0.1, 0, 4, 'spike') ON CONFLICT DO NOTHING;
    INSERT INTO hourly VALUES (900, 1, 2, 3, 0.1, 5, 0.2, 7, 1e-300, 0.7);
"#;

fn report(minute: i64) -> Report {
    let at = NOON.plus(minute * MINUTE_MS);
    let mut draft = Draft::new(at);
    let wave = (minute % 40) as f64 / 10.0;
    for (sensor, quantity, value) in [
        ("", Quantity::Temperature, 7.1 + wave),
        ("", Quantity::WindSpeed, 3.3 + wave),
        ("", Quantity::WindDirection, 200.0 + wave),
        ("indoor", Quantity::Temperature, 20.1 + wave),
    ] {
        draft.take_number(&SensorName::new(sensor).expect("a name"), quantity, quantity.unit(), "x", value);
    }
    draft.finish(Some(at)).report.expect("it has values")
}

pub async fn add(storage: &Storage, slug: &str) -> std::sync::Arc<Station> {
    let (slug, zone) = (Slug::new(slug).expect("a slug"), Zone::inside("Europe/Berlin").expect("a zone"));
    let new = NewStation { slug, name: "Town \"Hall\" 🌦".into(), zone, elevation_m: Some(214.1), coordinates: None };
    storage.add_station(new).await.expect("added").0
}

/// Lives a little, so that every table has rows.
pub async fn live(file: &Path) {
    let options = Options { file: file.to_owned(), ..Options::default() };
    let (storage, commits) = Storage::open(options).await.expect("opens");
    drop(commits);
    let (station, other, gone) =
        (add(&storage, "town-hall").await, add(&storage, "harbour").await, add(&storage, "gone").await);
    storage.remove_station(&gone.slug).await.expect("removed");
    let start = CalibrationStart { sensor: SensorName::main(), quantity: Quantity::Temperature, from: NOON };
    let calibration = Calibration::new(Quantity::Temperature, 1.01, 0.3).expect("a calibration");
    storage.calibrate(&station.slug, start, calibration, "Ada").await.expect("calibrated");
    storage.append(station.id, (0..400).map(|number| report(number * 10)).collect()).await.expect("stored");
    storage.append(other.id, vec![report(0)]).await.expect("stored");
    while storage.recalculate_some().await.expect("made") {}
    let selection = Selection {
        station: station.slug.clone(),
        sensor: Some(SensorName::main()),
        quantity: Some(Quantity::WindSpeed),
        from: NOON,
        to: NOON.plus(30 * MINUTE_MS),
    };
    storage.strike(selection, Author { name: "Ada".into(), reason: "a spider".into() }).await.expect("struck out");
    let anna = Visitor::of_secret("anna");
    let word =
        |id: &str| NewWord { id: id.into(), station: "town-hall".into(), text: "how\tcold\\is it?\n−2 °C".into() };
    storage.say(&anna, "metric", vec![word("a"), word("b")]).await.expect("said");
    let waiting = storage.unanswered(0, 1).await.expect("read");
    storage.answer(&waiting[0], "very", vec![]).await.expect("answered");
    let device = DeviceSecret::passkey("0123456789ABCDEF0123456789ABCDEF").expect("a device");
    storage.bind_device(&station.slug, &device).await.expect("bound");
    let settings = StationSettings { name: Some("Town Hall".into()), ..StationSettings::default() };
    storage.set_station(&station.slug, settings).await.expect("set");
    storage.close().await;
    let db = Connection::open(file).expect("opens");
    db.execute_batch(HARD).expect("SQL");
    db.execute_batch("DELETE FROM sqlite_sequence WHERE seq = 0").expect("SQL");
    for table in tables(&db) {
        let rows: i64 = db.query_row(&format!("SELECT count(*) FROM \"{table}\""), (), |row| row.get(0)).expect("read");
        assert!(rows > 0, "the life of this test has nothing in the table {table}: put something there");
    }
}

/// The tables, without what migrations note.
pub fn tables(db: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations' ORDER BY name";
    let mut asked = db.prepare(sql).expect("SQL");
    asked.query_map((), |row| row.get(0)).expect("read").collect::<Result<_, _>>().expect("read")
}

fn told(row: &Row<'_>, columns: usize) -> String {
    let value = |at: usize| match row.get_ref(at).expect("a value") {
        ValueRef::Real(number) => format!("{number:?} {:016x}", number.to_bits()),
        ValueRef::Text(text) => format!("{:?}", str::from_utf8(text).expect("UTF-8")),
        other => format!("{other:?}"),
    };
    (0..columns).map(value).collect::<Vec<_>>().join(", ")
}

/// All that a file holds: a line for each row of each table, each value bit by bit.
pub fn dump(file: &Path) -> Vec<String> {
    let db = Connection::open(file).expect("opens");
    let mut lines = Vec::new();
    for table in tables(&db) {
        let mut asked = db.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2")).expect("SQL");
        let columns = asked.column_count();
        let mut rows: Vec<String> = asked
            .query_map((), |row| Ok(format!("{table}: {}", told(row, columns))))
            .expect("read")
            .collect::<Result<_, _>>()
            .expect("read");
        rows.sort();
        lines.extend(rows);
    }
    lines
}
