//! A PostgreSQL from outside of storage, by `psql`.

use super::super::opener::Refusal;
use super::super::rollups::oracle::Kept;
use crate::kit::postgres::{Database, Psql};
use chrono::NaiveDate;
use std::str::FromStr;
use stevenson::storage::Options;
use weather::quantity::Quantity;
use weather::time::Timestamp;

pub fn options(database: &Database) -> Options {
    // On a busy machine this process may say nothing for seconds.
    Options { database: database.address(), readers: 2, idle_lock_ms: 20_000, ..Options::default() }
}

pub fn lock(db: &Psql) {
    db.run("BEGIN; SELECT one FROM gate FOR UPDATE");
}

pub fn unlock(db: &Psql) {
    db.run("COMMIT");
}

pub fn refuse(db: &Psql, what: Refusal) {
    let (table, when) = match what {
        Refusal::Observations => ("observation", "true".to_owned()),
        Refusal::Temperature(value) => ("observation", format!("new.temperature = {value}")),
        Refusal::Word(text) => ("word", format!("new.text = '{text}'")),
    };
    db.run(&format!(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; \
        CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse()"
    ));
}

pub fn allow(db: &Psql) {
    db.run("DROP FUNCTION refuse CASCADE");
}

pub fn head(db: &Psql) -> u64 {
    db.number("SELECT max(seq) FROM journal")
}

pub fn observations(db: &Psql) -> u64 {
    db.number("SELECT count(*) FROM observation")
}

pub fn is_waiting(db: &Psql) -> bool {
    db.number("SELECT count(*) FROM rezoning") > 0
}

pub fn hours(db: &Psql) -> Vec<Kept<Timestamp>> {
    let sql = "SELECT quantity, count, low, low_ms + start_ms, high, high_ms + start_ms, a, b, 1, start_ms FROM hourly";
    kept(db, sql, |place| Timestamp(read(place)))
}

pub fn days(db: &Psql) -> Vec<Kept<NaiveDate>> {
    kept(db, "SELECT quantity, count, low, low_ms, high, high_ms, a, b, hours, day FROM daily", read)
}

fn read<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} was expected to be something else"))
}

fn kept<P>(db: &Psql, sql: &str, place: impl Fn(&str) -> P) -> Vec<Kept<P>> {
    let row = |row: Vec<String>| Kept {
        quantity: Quantity::from_number(read(&row[0])).expect("a quantity"),
        place: place(&row[9]),
        count: read(&row[1]),
        low: (read(&row[2]), Timestamp(read(&row[3]))),
        high: (read(&row[4]), Timestamp(read(&row[5]))),
        sums: (read(&row[6]), read(&row[7])),
        hours: read(&row[8]),
    };
    db.rows(sql).into_iter().map(row).collect()
}

pub fn rows_of_sensors(db: &Psql) -> u64 {
    ["observation", "latest", "daily", "hourly", "sensor"]
        .map(|table| db.number(&format!("SELECT count(*) FROM {table}")))
        .into_iter()
        .sum()
}

pub fn places(db: &Psql, text: &str) -> Vec<String> {
    let columns =
        db.rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position");
    let has = |column: &Vec<String>| {
        let (table, column) = (&column[0], &column[1]);
        db.number(&format!("SELECT count(*) FROM \"{table}\" WHERE strpos(\"{column}\"::text, '{text}') > 0")) > 0
    };
    columns.into_iter().filter(has).map(|column| column.join(".")).collect()
}

pub fn slip_in(db: &Psql, observed_ms: i64, temperature: f64) {
    db.run(&format!(
        "INSERT INTO observation (sensor, observed_ms, temperature) SELECT id, {observed_ms}, {temperature} FROM sensor"
    ));
}

pub fn answer_all(db: &Psql) {
    db.run("UPDATE word SET answered = true");
}

pub fn age_word(db: &Psql, id: &str, ms: i64) {
    db.run(&format!("UPDATE word SET said_ms = said_ms - {ms} WHERE id = '{id}'"));
}

pub fn age_alerts(db: &Psql, ms: i64) {
    db.run(&format!("UPDATE alert SET heard_ms = heard_ms - {ms}"));
}

pub fn drop_stations(db: &Psql) {
    db.run("DELETE FROM station");
}
