//! `storage`: what the database holds, counted from outside.

use crate::kit::postgres::Database;
use crate::kit::program::{add_station, run};
use std::fs;

#[test]
fn the_owner_is_told_what_the_database_holds_and_how_long_its_room_lasts() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    add_station(folder.path(), "town-hall");
    add_station(folder.path(), "quiet");
    assert!(said(&["storage"]).contains("nothing has come in the last 30 days"));
    let start = chrono::Utc::now() - chrono::Duration::days(3);
    let line = |minute: i64| {
        let at = (start + chrono::Duration::minutes(minute)).format("%Y-%m-%dT%H:%M:00Z");
        format!("{at},{:.1},{}\n", 10.0 + (minute % 50) as f64 / 10.0, 60 + minute % 7)
    };
    let csv: String = (0..3 * 1_440).map(line).collect();
    let file = folder.path().join("rows.csv");
    fs::write(&file, format!("time,temperature,humidity\n{csv}")).expect("written");
    said(&["import", "town-hall", file.to_str().expect("text")]);

    let told = said(&["storage"]);
    let row = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {told}"));
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("readings")[1], "4320");
    assert_eq!(row("town-hall")[1], "4320");
    let values: i64 = row("town-hall")[3].parse().expect("a number");
    assert!((8_500..=8_800).contains(&values), "two values and what follows from them: {told}");
    assert_eq!(row("quiet")[1..3], ["0", "-"]);
    assert!(row("hours")[1].parse::<u32>().expect("a number") >= 2 * 71, "{told}");
    assert!(
        told.contains("bytes a value; ")
            && !told.contains("readings go after")
            && told.contains(" a day as in the last 30 days; the room lasts"),
        "{told}"
    );
}

#[test]
fn the_forecast_knows_that_readings_go() {
    let folder = tempfile::tempdir().expect("a folder");
    add_station(folder.path(), "town-hall");
    let start = chrono::Utc::now() - chrono::Duration::days(3);
    let line = |minute: i64| {
        let at = (start + chrono::Duration::minutes(minute)).format("%Y-%m-%dT%H:%M:00Z");
        format!("{at},{:.1}\n", 10.0 + (minute % 50) as f64 / 10.0)
    };
    let csv: String = (0..3 * 1_440).map(line).collect();
    let file = folder.path().join("rows.csv");
    fs::write(&file, format!("time,temperature\n{csv}")).expect("written");
    assert!(run(folder.path(), &["import", "town-hall", file.to_str().expect("text")]).status.success());
    let said = |text: &str| {
        fs::write(folder.path().join("stevenson.toml"), text).expect("written");
        let output = run(folder.path(), &["storage"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let (ever, week) =
        (said("[storage]\nmax_database_mib = 20\n"), said("[storage]\nmax_database_mib = 20\nraw_days = 30\n"));
    assert!(
        week.contains("readings go after 30 days, so they take ") && week.contains("hours and days add "),
        "{week}"
    );
    assert!(ever.trim_end().ends_with(" days") && week.trim_end().ends_with(" years"), "{ever}{week}");
    let database = rusqlite::Connection::open(folder.path().join("stevenson.db")).expect("opens");
    database.execute_batch("PRAGMA auto_vacuum = NONE; VACUUM").expect("as an older version made it");
    assert!(said("[storage]\nraw_days = 30\n").contains("An older version made this file"));
    // As a database of an older version has no such migration.
    database.execute_batch("DELETE FROM _sqlx_migrations WHERE version > 18").expect("older");
    let output = run(folder.path(), &["storage"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("an older version made it: start the server once"), "{told}");
}

#[test]
fn a_postgresql_is_counted_as_a_file_is() {
    let (folder, database) = (tempfile::tempdir().expect("a folder"), Database::fresh());
    let file = folder.path().join("stevenson.toml");
    fs::write(&file, format!("[storage]\ndatabase = \"{}\"\n", database.address().reveal())).expect("written");
    let said = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    for slug in ["town-hall", "quiet"] {
        said(&["station", "add", slug, "--name", "Town Hall", "--zone", "Europe/Berlin"]);
    }
    assert!(said(&["storage"]).contains("nothing has come in the last 30 days"));
    let start = chrono::Utc::now() - chrono::Duration::days(3);
    let line = |minute: i64| {
        let at = (start + chrono::Duration::minutes(minute)).format("%Y-%m-%dT%H:%M:00Z");
        format!("{at},{:.1},{}\n", 10.0 + (minute % 50) as f64 / 10.0, 60 + minute % 7)
    };
    let csv: String = (0..3 * 1_440).map(line).collect();
    let file = folder.path().join("rows.csv");
    fs::write(&file, format!("time,temperature,humidity\n{csv}")).expect("written");
    said(&["import", "town-hall", file.to_str().expect("text")]);

    let told = said(&["storage"]);
    assert!(told.starts_with(&format!("{}: ", database.address())), "{told}");
    let row = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {told}"));
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((&*row("readings")[1], &*row("town-hall")[1]), ("4320", "4320"));
    let values: i64 = row("town-hall")[3].parse().expect("a number");
    assert!((8_500..=8_800).contains(&values), "two values and what follows from them: {told}");
    assert_eq!(row("town-hall")[4], start.date_naive().to_string(), "its first day");
    assert_eq!(row("quiet")[1..3], ["0", "-"]);
    assert!(row("hours")[1].parse::<u32>().expect("a number") >= 2 * 71, "{told}");
    assert!(!told.contains("free in the file") && !told.contains("about 4320"), "{told}");
    assert!(told.contains("bytes a value; ") && told.contains("the room lasts"), "{told}");
}
