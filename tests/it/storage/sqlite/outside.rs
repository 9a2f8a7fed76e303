//! A SQLite file, and a connection to it that does not belong to storage.

use super::super::opener::Refusal;
use super::super::rollups::oracle::Kept;
use chrono::NaiveDate;
use std::path::PathBuf;
use stevenson::storage::Options;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// A file in a folder of its own.
pub struct File(tempfile::TempDir);

impl File {
    pub fn fresh() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("stevenson.db")
    }

    pub fn log(&self) -> PathBuf {
        self.0.path().join("stevenson.db-wal")
    }

    pub fn options(&self) -> Options {
        Options { file: self.path(), readers: 2, ..Options::default() }
    }

    pub fn connect(&self) -> Connection {
        Connection(rusqlite::Connection::open(self.path()).expect("opens"))
    }

    /// The file and its log, as they are, without a close.
    pub fn as_if_killed(&self) -> Self {
        let copy = Self::fresh();
        for (from, to) in [(self.path(), copy.path()), (self.log(), copy.log())] {
            std::fs::copy(from, to).expect("copied");
        }
        copy
    }
}

/// Another connection.
pub struct Connection(rusqlite::Connection);

impl Connection {
    pub fn lock(&self) {
        self.0.execute_batch("BEGIN IMMEDIATE").expect("locked");
    }

    pub fn unlock(&self) {
        self.0.execute_batch("COMMIT").expect("unlocked");
    }

    pub fn refuse(&self, what: Refusal) {
        let on = match what {
            Refusal::Observations => "observation".to_owned(),
            Refusal::Temperature(value) => format!("observation WHEN new.temperature = {value}"),
            Refusal::Word(text) => format!("word WHEN new.text = '{text}'"),
        };
        let trigger = format!("CREATE TRIGGER refuse BEFORE INSERT ON {on} BEGIN SELECT raise(ABORT, 'refused'); END");
        self.0.execute_batch(&trigger).expect("a trigger");
    }

    pub fn allow(&self) {
        self.0.execute_batch("DROP TRIGGER refuse").expect("gone");
    }

    fn number(&self, sql: &str) -> u64 {
        let number: i64 = self.0.query_row(sql, [], |row| row.get(0)).expect("read");
        number.unsigned_abs()
    }

    pub fn texts(&self, sql: &str) -> Vec<String> {
        let mut query = self.0.prepare(sql).expect("SQL");
        query.query_map([], |row| row.get(0)).expect("read").collect::<Result<_, _>>().expect("read")
    }

    pub fn head(&self) -> u64 {
        self.number("SELECT max(seq) FROM journal")
    }

    pub fn observations(&self) -> u64 {
        self.number("SELECT count(*) FROM observation")
    }

    pub fn is_waiting(&self) -> bool {
        self.number("SELECT count(*) FROM rezoning") > 0
    }

    pub fn hours(&self) -> Vec<Kept<Timestamp>> {
        let sql =
            "SELECT quantity, count, low, low_ms + start_ms, high, high_ms + start_ms, a, b, 1, start_ms FROM hourly";
        self.kept(sql, |row| Ok(Timestamp(row.get(9)?)))
    }

    pub fn days(&self) -> Vec<Kept<NaiveDate>> {
        let sql = "SELECT quantity, count, low, low_ms, high, high_ms, a, b, hours, day FROM daily";
        self.kept(sql, |row| Ok(row.get::<_, String>(9)?.parse().expect("a date")))
    }

    fn kept<P>(&self, sql: &str, place: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<P>) -> Vec<Kept<P>> {
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Kept {
                quantity: Quantity::from_number(row.get(0)?).expect("a quantity"),
                place: place(row)?,
                count: row.get(1)?,
                low: (row.get(2)?, Timestamp(row.get(3)?)),
                high: (row.get(4)?, Timestamp(row.get(5)?)),
                sums: (row.get(6)?, row.get(7)?),
                hours: row.get(8)?,
            })
        };
        let mut query = self.0.prepare(sql).expect("SQL");
        query.query_map([], row).expect("read").collect::<Result<_, _>>().expect("read")
    }

    pub fn rows_of_sensors(&self) -> u64 {
        self.number(
            "SELECT (SELECT count(*) FROM observation) + (SELECT count(*) FROM latest) + (SELECT count(*) FROM daily) \
            + (SELECT count(*) FROM hourly) \
            + (SELECT count(*) FROM sensor)",
        )
    }

    pub fn places(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for table in self.texts("SELECT name FROM sqlite_schema WHERE type = 'table'") {
            for column in self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")) {
                let sql = format!("SELECT count(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS TEXT), ?) > 0");
                let rows: i64 = self.0.query_row(&sql, [text], |row| row.get(0)).expect("read");
                if rows > 0 {
                    found.push(format!("{table}.{column}"));
                }
            }
        }
        found
    }

    pub fn slip_in(&self, observed_ms: i64, temperature: f64) {
        let row = "INSERT INTO observation (sensor, observed_ms, temperature) SELECT id, ?1, ?2 FROM sensor";
        self.0.execute(row, (observed_ms, temperature)).expect("written");
    }

    pub fn answer_all(&self) {
        self.0.execute_batch("UPDATE word SET answered = 1").expect("answered");
    }

    pub fn age_word(&self, id: &str, ms: i64) {
        self.0.execute("UPDATE word SET said_ms = said_ms - ?2 WHERE id = ?1", (id, ms)).expect("older");
    }

    pub fn age_alerts(&self, ms: i64) {
        self.0.execute("UPDATE alert SET heard_ms = heard_ms - ?", [ms]).expect("older");
    }

    pub fn drop_stations(&self) {
        self.0.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM station").expect("removed");
    }
}
