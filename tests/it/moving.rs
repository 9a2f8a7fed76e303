//! `stevenson import`, `stevenson export` and `stevenson migrate`, from outside.

#[path = "moving/export.rs"]
mod export;
#[path = "moving/migrate.rs"]
mod migrate;
#[path = "moving/reading.rs"]
mod reading;

use crate::kit::program::{Program, add_station, run};
use std::fs;
use std::path::{Path, PathBuf};

/// A data folder with one station, and a file.
struct Mover {
    folder: tempfile::TempDir,
}

impl Mover {
    fn new() -> Self {
        let mover = Self { folder: tempfile::tempdir().expect("a folder") };
        add_station(&mover.data(), "town-hall");
        mover
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    /// Runs `import town-hall` with these arguments: whether it went well, and all it said.
    fn imports(&self, arguments: &[&str]) -> (bool, String) {
        let output = run(&self.data(), &[&["import", "town-hall"], arguments].concat());
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).expect("UTF-8"))
    }

    fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.data().join("stevenson.db")).expect("it opens")
    }

    fn count(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).expect("SQL")
    }
}

/// Three days of 2003, a line every ten minutes.
fn old_days() -> String {
    let mut text = "time,temperature (°F),wind_speed (km/h)\n".to_owned();
    for minute in (0..3 * 1_440).step_by(10) {
        let (day, hour, minute) = (1 + minute / 1_440, minute / 60 % 24, minute % 60);
        text += &format!("2003-08-{day:02} {hour:02}:{minute:02},{},{}\n", 50 + hour, minute);
    }
    text
}

#[test]
fn years_ago_are_imported_once_and_look_like_nothing_new() {
    let mover = Mover::new();
    let file = mover.file("old.csv", &old_days());
    let (went_well, said) = mover.imports(&["--dry-run", &file]);
    assert!(went_well && said.contains("432 reports would be imported into town-hall; nothing was stored"), "{said}");
    assert!(said.contains("temperature (°F) → temperature, °F"), "{said}");
    assert!(said.contains("2003-08-01 00:00:00  temperature 10 °C, wind_speed 0 m/s"), "{said}");
    assert_eq!(mover.count("SELECT count(*) FROM observation"), 0);
    let (went_well, said) = mover.imports(&[&file]);
    assert!(went_well && said.contains("432 reports were new to town-hall, 0 were known already"), "{said}");
    let (went_well, said) = mover.imports(&[&file]);
    assert!(went_well && said.contains("nothing new: town-hall has all 432 reports already"), "{said}");
    assert_eq!(mover.count("SELECT count(*) FROM observation"), 432);
    assert_eq!(mover.count("SELECT count(*) FROM daily WHERE day = '2003-08-02' AND quantity = 0 AND low = 10.0"), 1);
    assert_eq!(mover.count("SELECT count(*) FROM journal WHERE body ->> 'kind' = 'report'"), 0);
    assert_eq!(mover.count("SELECT count(*) FROM journal WHERE body ->> 'kind' = 'backfill'"), 1, "once");
}

#[test]
fn texts_of_a_file_move_no_cursor() {
    let mover = Mover::new();
    let odd = "m\u{1b}[2J\u{9b}oo\u{202e}d";
    let file =
        mover.file("odd.csv", &format!("time,temperature,{odd}\n2003-08-01 00:00,2,{odd}\n2003-08-01 01:00,{odd},2\n"));
    for arguments in [&["--dry-run", file.as_str()][..], &[&file], &["--column", "x=rain_amount:mm", &file]] {
        let (_, said) = mover.imports(arguments);
        assert!(said.contains("\\u{1b}[2J"), "{said}");
        assert!(!said.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}'), "{said:?}");
    }
}

#[test]
fn an_import_that_was_stopped_goes_on() {
    let mover = Mover::new();
    let all = old_days();
    let half: String = all.lines().take(200).map(|line| format!("{line}\n")).collect();
    assert!(mover.imports(&[&mover.file("old.csv", &half)]).0);
    let (_, said) = mover.imports(&[&mover.file("old.csv", &all)]);
    assert!(said.contains("233 reports were new to town-hall, 199 were known already"), "{said}");
}

#[test]
fn what_is_wrong_is_named_and_strict_stops_there() {
    let mover = Mover::new();
    let file =
        mover.file("bad.csv", "time,temperature\n2003-08-01 00:00,1\n2003-08-01 00:10,warm\n2003-08-01 00:20,3\n");
    let (went_well, said) = mover.imports(&["--strict", &file]);
    assert!(!went_well && said.contains("bad.csv, line 3: temperature = \"warm\": not a number"), "{said}");
    assert_eq!(mover.count("SELECT count(*) FROM observation"), 1);
    let (went_well, said) = mover.imports(&[&file]);
    assert!(went_well && said.contains("1 reports were new") && said.contains("line 3: temperature"), "{said}");
    let (went_well, said) = mover.imports(&[&mover.file("other.csv", "time,temperature\n2003-08-01 00:00,2\n")]);
    assert!(went_well && said.contains("1 values are others than those that are stored"), "{said}");
    let (went_well, said) = mover.imports(&[&mover.file("none.csv", "time,mood\n2003-08-01 00:00,2\n")]);
    assert!(!went_well && said.contains("no column is known here"), "{said}");
}

#[test]
fn what_was_set_aside_is_counted_by_its_reason_also_in_a_dry_run() {
    let mover = Mover::new();
    let mut text = "time,temperature,dew_point\n".to_owned();
    for minute in 0..50 {
        let temperature = match minute {
            10 => 25.5,
            20 => 99.0,
            49 => 30.5,
            minute => 10.5 + f64::from(minute % 3) / 10.0,
        };
        let dew_point = if minute == 30 { 12.5 } else { 5.5 + f64::from(minute % 4) / 10.0 };
        text += &format!("2003-08-01 00:{minute:02},{temperature},{dew_point}\n");
    }
    let file = mover.file("odd.csv", &text);
    let expected = "4 values are kept and do not count:\n  1: outside what weather can be\n  1: a step that no value \
        after it has settled\n  1: a spike\n  1: a dew point above the temperature\n";
    for arguments in [&["--dry-run", &file][..], &[&file]] {
        let (went_well, said) = mover.imports(arguments);
        assert!(went_well && said.contains(expected), "{arguments:?}: {said}");
    }
    let (_, said) = mover.imports(&[&file]);
    assert!(!said.contains("do not count"), "the second time nothing is judged: {said}");
}

#[test]
fn files_are_read_in_the_order_of_their_times() {
    let mover = Mover::new();
    let late = mover.file("a.csv", "time,R\n2003-08-01 12:00,1\n2003-08-01 13:00,1\n");
    let early = mover.file("b.csv", "time,R\n2003-08-01 10:00,1\n2003-08-01 11:00,1\n");
    let (went_well, said) = mover.imports(&["--column", "R=rain_amount:mm", &late, &early]);
    assert!(went_well, "{said}");
    assert_eq!(mover.count("SELECT count(*) FROM daily WHERE day = '2003-08-01' AND high = 4.0"), 1, "it adds up");
}

#[tokio::test]
async fn a_running_server_goes_on_and_shows_what_was_imported() {
    let mover = Mover::new();
    let server = Program::start(&mover.data());
    let key = server.add_station("harbour");
    let file = mover.file("old.csv", &old_days());
    let importing = tokio::task::spawn_blocking({
        let (data, file) = (mover.data(), file.clone());
        move || run(Path::new(&data), &["import", "town-hall", &file])
    });
    for degrees in 0..20 {
        let body = serde_json::json!({ "temperature": degrees });
        let (status, answer) = crate::kit::program::post(&server.url, &key, &body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }
    let output = importing.await.expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(mover.count("SELECT count(*) FROM observation"), 432 + 20);
}

#[test]
fn a_column_that_nothing_knows_is_read_as_the_owner_has_mapped_the_field() {
    let mover = Mover::new();
    let file = mover.file("pool.csv", "time,Temp_f,Pool_Sensor_7\n2021-06-01T10:00:00Z,68,77\n");
    let (_, said) = mover.imports(&["--dry-run", &file]);
    assert!(said.contains("Pool_Sensor_7") && said.contains("not known here"), "{said}");
    let map = [
        "station",
        "map",
        "town-hall",
        "pool_sensor_7",
        "--quantity",
        "temperature",
        "--unit",
        "F",
        "--sensor",
        "pool",
    ];
    assert!(run(&mover.data(), &map).status.success());
    let (went_well, said) = mover.imports(&["--dry-run", &file]);
    assert!(went_well && said.contains("pool/temperature, °F") && !said.contains("no unit is said"), "{said}");
    assert!(mover.imports(&[&file]).0);
    let json = mover.file("pool.ndjson", "{\"observed_at\":\"2021-06-01T11:00:00Z\",\"pool_sensor_7\":86}\n");
    assert!(mover.imports(&[&json]).0);
    let sql = "SELECT count(*) FROM observation JOIN sensor ON sensor.id = sensor WHERE name = 'pool' AND temperature IN (25, 30)";
    assert_eq!(mover.count(sql), 2);
    // A flag goes before what the owner has said, and a name that means something by itself means that.
    let file = mover.file("later.csv", "time,temp_f,Pool_Sensor_7\n2021-06-02T10:00:00Z,68,77\n");
    let (_, said) = mover.imports(&["--dry-run", &file, "--column", "Pool_Sensor_7=ignore"]);
    assert!(!said.contains("pool/temperature"), "{said}");
}

#[test]
fn a_local_hour_that_clocks_left_out_is_named_with_its_line() {
    let mover = Mover::new();
    let file = mover.file("spring.csv", "time,temp_c\n2021-03-28 01:59,5\n2021-03-28 02:30,6\n2021-03-28 03:00,7\n");
    let (went_well, said) = mover.imports(&[&file]);
    assert!(went_well, "{said}");
    assert!(said.contains("spring.csv, line 3: time = \"2021-03-28 02:30\": clocks went forward then"), "{said}");
    assert_eq!(mover.count("SELECT count(*) FROM observation"), 2);
    let (_, said) = mover.imports(&["--zone", "Etc/GMT-1", &file]);
    assert!(!said.contains("clocks went forward"), "{said}");
}
