//! The loop to compare with: rusqlite, prepared statements, one transaction for each batch.

use rusqlite::{Connection, Transaction, params_from_iter, types::Value};
use std::path::Path;
use weather::day;
use weather::quantity::Quantity;
use weather::report::Report;

/// Which tables it writes.
#[derive(Clone, Copy, PartialEq)]
pub enum Tables {
    /// Those that storage writes: observation, latest, extreme, journal.
    All,
    /// Only observation.
    Observations,
}

pub struct Plain {
    connection: Connection,
    tables: Tables,
    seq: i64,
}

const SCHEMA: [&str; 2] = [
    include_str!("../../migrations/sqlite/0001_first_light.sql"),
    include_str!("../../migrations/sqlite/0005_latest.sql"),
];
const OBSERVATION: &str = "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT DO NOTHING";
const LATEST: &str = "INSERT INTO latest VALUES (?1, ?2, ?2, ?3) ON CONFLICT DO UPDATE SET \
    observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, quantities = excluded.quantities \
    WHERE excluded.rank_ms > latest.rank_ms";
const EXTREME: &str = "INSERT INTO extreme VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?5) ON CONFLICT DO UPDATE SET \
    low_ms = iif(excluded.low < low, excluded.low_ms, low_ms), low = min(low, excluded.low), \
    high_ms = iif(excluded.high > high, excluded.high_ms, high_ms), high = max(high, excluded.high) \
    WHERE excluded.low < low OR excluded.high > high";
const JOURNAL: &str = "INSERT INTO journal VALUES (?, ?, ?, ?)";

impl Plain {
    pub fn open(file: &Path, stations: usize, tables: Tables) -> Self {
        let connection = Connection::open(file).expect("opens");
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").expect("pragmas");
        SCHEMA.iter().for_each(|sql| connection.execute_batch(sql).expect("tables"));
        for number in 0..stations as i64 {
            let station = "INSERT INTO station VALUES (?1, 'station-' || ?1, 'Station', 'Europe/Berlin', NULL, CAST(?1 AS BLOB), '', 0)";
            connection.execute(station, [number.to_string()]).expect("a station");
            connection.execute("INSERT INTO sensor VALUES (?1, ?1, '')", [number]).expect("a sensor");
        }
        Self { connection, tables, seq: 0 }
    }

    pub fn write(&mut self, uploads: &[(usize, Vec<Report>)]) {
        let transaction = self.connection.transaction().expect("begins");
        for (station, reports) in uploads {
            for report in reports {
                self.seq += 1;
                write(&transaction, self.tables, *station as i64, report, self.seq).expect("written");
            }
        }
        transaction.commit().expect("commits");
    }
}

fn write(db: &Transaction<'_>, tables: Tables, sensor: i64, report: &Report, seq: i64) -> rusqlite::Result<()> {
    let at = report.observed_at();
    let values = report.sensors().values().next().expect("one sensor");
    let keys = [Value::Integer(sensor), Value::Integer(at.0)].into_iter();
    let columns = Quantity::all().map(|quantity| values.get(quantity).map_or(Value::Null, Value::Real));
    db.prepare_cached(OBSERVATION)?.execute(params_from_iter(keys.chain(columns)))?;
    if tables == Tables::Observations {
        return Ok(());
    }
    let day = day::date_at(&weather::zone::Zone::inside("Europe/Berlin").expect("a zone"), at).to_string();
    let newest: Vec<_> = values.iter().map(|(quantity, value)| (quantity.number(), value)).collect();
    let newest = serde_json::to_string(&newest).unwrap_or_default();
    db.prepare_cached(LATEST)?.execute((sensor, at.0, newest))?;
    let mut extreme = db.prepare_cached(EXTREME)?;
    let mut body = serde_json::Map::new();
    for (quantity, value) in values.iter() {
        extreme.execute((sensor, &day, quantity.index() as i64, value, at.0))?;
        body.insert(quantity.name().into(), value.into());
    }
    let body = serde_json::json!({"kind": "report", "observed_at": at.0, "values": body, "derived": {}}).to_string();
    db.prepare_cached(JOURNAL)?.execute((seq, at.0, "station", body))?;
    Ok(())
}
