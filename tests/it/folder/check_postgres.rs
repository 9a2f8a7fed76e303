//! `stevenson check` over a PostgreSQL. These tests run whatever `TEST_DATABASE` says.

use super::Home;
use super::check::{chmod, findings, of};
use crate::kit::postgres::{Cluster, Database};
use crate::kit::program::{Program, post};
use serde_json::json;
use std::fs;
use std::path::Path;

/// The configuration's file, with the address of a database.
fn configured(home: &Home, address: &str) -> String {
    let file = home.write(".local/share/stevenson/stevenson.toml", &format!("[storage]\ndatabase = \"{address}\"\n"));
    chmod(&home.usual(), 0o700);
    chmod(Path::new(&file), 0o644);
    file
}

/// Adds a station to the database of the configuration; returns its key.
fn add_station(home: &Home, slug: &str) -> String {
    let said = home.run(&["station", "add", slug, "--name", "Town Hall", "--zone", "Europe/Berlin"]);
    assert!(said.is_good, "{}", said.error);
    said.out.lines().find_map(|line| line.strip_prefix("key: ")).expect("a key").to_owned()
}

#[tokio::test]
async fn the_check_looks_at_a_postgresql_beside_its_servers() {
    let (home, database) = (Home::new(), Database::fresh());
    let (address, named) = (database.address(), database.address().to_string());
    configured(&home, address.reveal());
    let server = Program::start(&home.usual());
    let (silent, late) = (add_station(&home, "silent"), add_station(&home, "late"));
    let now = chrono::Utc::now().timestamp();
    let old = json!({"temperature": 10.0, "observed_at": now - 3 * 3600});
    assert_eq!(post(&server.url, &silent, &old).await.expect("an answer").0, 201);
    for minute in (0..3).rev() {
        let reading = json!({"temperature": 10.0 + minute as f64, "observed_at": now - 5 * 3600 - minute});
        assert_eq!(post(&server.url, &late, &reading).await.expect("an answer").0, 201);
    }
    let (is_good, found) = findings(&home, &["--running"]);
    assert!(is_good, "{found:?}");
    let told = of(&found, "database");
    assert!(told[0].0 == "ok" && told[0].1.starts_with(&format!("{named} holds ")), "{told:?}");
    assert!(told[0].1.contains("; PostgreSQL ") && told[0].1.ends_with(" ms"), "{told:?}");
    assert!(told[1].0 == "warn" && told[1].1.starts_with("fsync is off"), "as the cluster is: {told:?}");
    assert!(of(&found, "integrity")[0].1.contains("pg_amcheck"), "{found:?}");
    assert_eq!(of(&found, "permissions"), [("ok", "nobody else can read or change the data")]);
    assert!(of(&found, "disk")[0].0 == "ok" && of(&found, "room")[0].0 == "ok", "{found:?}");
    let stations = of(&found, "stations");
    assert_eq!(stations[0], ("warn", "nothing was heard of silent for 3 h"), "{stations:?}");
    assert!(stations[1].1.starts_with("the clock of late is 5 h behind"), "{stations:?}");
    assert!(!found.iter().any(|(.., text)| text.contains("stevenson.db")), "{found:?}");
    database.psql().run("DELETE FROM _sqlx_migrations");
    let (_, found) = findings(&home, &[]);
    assert!(of(&found, "database")[0].1.contains("an older version made it"), "{found:?}");
    database
        .psql()
        .run("UPDATE station SET name = name; INSERT INTO _sqlx_migrations VALUES (9999, 'x', now(), true, '', 0)");
    let (is_good, found) = findings(&home, &[]);
    assert!(!is_good && of(&found, "database")[0].1.contains("a newer version made it"), "{found:?}");
}

#[test]
fn a_postgresql_without_our_tables_and_one_that_is_away_are_wrong_and_stay_as_they_are() {
    let (home, database) = (Home::new(), Database::fresh());
    let (address, named) = (database.address(), database.address().to_string());
    let arguments = ["--database", address.reveal()];
    let (is_good, found) = findings(&home, &arguments);
    let why = of(&found, "database")[0].1;
    let none = format!("cannot read {named}: there are no tables of stevenson in it");
    assert!(!is_good && why.starts_with(&none), "{found:?}");
    assert_eq!(database.psql().number("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), 0);
    assert!(home.refused(&["storage", "--database", address.reveal()]).contains("no tables of stevenson in it"));
    let away = "postgres://anna:s3cret@localhost:1/weather";
    let (is_good, found) = findings(&home, &["--database", away]);
    let why = of(&found, "database")[0].1;
    assert!(!is_good && why.starts_with("cannot read postgres://anna@localhost:1/weather: "), "{found:?}");
    let refused = home.refused(&["storage", "--database", away]);
    assert!(refused.contains("postgres://anna@localhost:1/weather"), "{refused}");
    assert!(!format!("{found:?}{refused}").contains("s3cret"));
}

#[test]
fn an_address_with_a_password_is_for_the_owner_alone() {
    let home = Home::new();
    let file = configured(&home, "postgres://anna:s3cret@localhost:1/weather");
    let (_, found) = findings(&home, &[]);
    let told = of(&found, "permissions");
    assert!(told.len() == 1 && told[0].0 == "wrong" && told[0].1.ends_with(&format!("chmod 600 {file}")), "{told:?}");
    assert!(!format!("{found:?}").contains("s3cret"));
    configured(&home, "postgres://anna@localhost:1/weather");
    assert_eq!(of(&findings(&home, &[]).1, "permissions")[0].0, "ok", "no password stands there");
    fs::write(&file, "").expect("written");
    let flag = ["--database", "postgres://anna:s3cret@localhost:1/weather"];
    assert_eq!(of(&findings(&home, &flag).1, "permissions")[0].0, "ok", "it is not in the file");
}

#[test]
fn a_standby_and_too_few_connections_are_told() {
    let first = Cluster::start(&["fsync=off"]);
    let home = Home::new();
    let address = first.address("postgres");
    drop(Program::start_with(&home.usual(), &["--database", address.reveal()]));
    first.psql("postgres").run("ALTER DATABASE postgres CONNECTION LIMIT 8");
    let (_, found) = findings(&home, &["--database", address.reveal()]);
    let told = of(&found, "connections");
    assert!(told.len() == 1 && told[0].1.contains("have 8, and a server needs up to 9"), "{found:?}");
    let standby = first.standby(&["fsync=off"]);
    let (is_good, found) = findings(&home, &["--database", standby.address("postgres").reveal()]);
    let told = of(&found, "database");
    assert!(!is_good && told.iter().any(|(level, text)| *level == "wrong" && text.contains("a standby")), "{told:?}");
}
