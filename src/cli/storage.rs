//! `storage`: what the database holds, and how long its room lasts.

use super::said::say;
use anyhow::{Context, Result};
use clap::Args;
use stevenson::config::Config;
use stevenson::storage::{self, Census, RECENT_DAYS};
use weather::time::Timestamp;

#[derive(Debug, Args)]
pub(super) struct StorageCommand {}

/// What people call the tables.
const CALLED: [(&str, &str); 5] = [
    ("observation", "readings"),
    ("hourly", "hours"),
    ("daily", "days"),
    ("journal", "news for pages"),
    ("word", "words of visitors"),
];
/// A forecast beyond this is no promise, years.
const YEARS_MAX: f64 = 100.0;
const DAYS_A_YEAR: f64 = 365.25;

pub(super) async fn run(config: Config, _: StorageCommand) -> Result<()> {
    let named = config.storage.database_named();
    #[expect(clippy::disallowed_methods, reason = "a command: growth is that of now")]
    let now = Timestamp::from(chrono::Utc::now());
    let census = storage::census(&config.storage, now).await.with_context(|| named.clone())?;
    let limit_bytes = u64::from(config.storage.max_database_mib) << 20;
    say!("{named}: {} of {}", size(census.used_bytes), size(limit_bytes))?;
    say!("\n{:<20}{:>14}{:>14}", "", "rows", "size")?;
    for kept in &census.kept {
        let called = CALLED.iter().find(|(table, _)| *table == kept.table).map_or(kept.table, |(_, called)| called);
        let rows = if kept.is_about { format!("about {}", kept.rows) } else { kept.rows.to_string() };
        say!("{called:<20}{rows:>14}{:>14}", size(kept.bytes))?;
    }
    let told: u64 = census.kept.iter().map(|kept| kept.bytes).sum();
    say!("{:<20}{:>14}{:>14}", "everything else", "", size(census.used_bytes.saturating_sub(told)))?;
    if let Some(free_bytes) = census.free_bytes {
        say!("{:<20}{:>14}{:>14}", "free in the file", "", size(free_bytes))?;
    }
    if !census.stations.is_empty() {
        say!("\n{:<20}{:>14}{:>14}  {:<12}{:<12}", "station", "readings", "values", "first", "last")?;
    }
    for station in &census.stations {
        let date = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| at.to_utc().date_naive().to_string());
        let values = station.values.map_or("-".to_owned(), |values| format!("about {values}"));
        let (slug, first, last) = (station.slug.as_str(), date(station.first), date(station.last));
        say!("{slug:<20}{:>14}{values:>14}  {first:<12}{last:<12}", station.readings)?;
    }
    let raw_days = config.storage.raw_days;
    if !census.shrinks && raw_days > 0 {
        say!("\n{NEVER_SHRINKS}")?;
    }
    say!("\n{}", forecast(&census, now, limit_bytes, raw_days))
}

/// Of a file that was made before files could shrink.
const NEVER_SHRINKS: &str = "\
    An older version made this file: room that becomes free stays in it, for what comes. To give it back to the disk, make a backup\n\
    (stevenson backup FILE), stop the server, and restore it (stevenson restore FILE).";

fn forecast(census: &Census, now: Timestamp, limit_bytes: u64, raw_days: u32) -> String {
    let a_value = census.bytes_a_value().map_or(String::new(), |bytes| format!("{bytes:.1} bytes a value; "));
    let left = limit_bytes.saturating_sub(census.used_bytes);
    let Some(days) = census.lasts_days(now, limit_bytes, raw_days) else {
        return format!("{a_value}nothing has come in the last {RECENT_DAYS} days");
    };
    let lasts = match days / DAYS_A_YEAR {
        _ if left == 0 => "there is no room left: raise max_database_mib".to_owned(),
        years if years > YEARS_MAX => format!("the room lasts more than {YEARS_MAX} years"),
        years if years < 1.0 => format!("the room lasts about {days:.0} days"),
        years => format!("the room lasts about {years:.0} years"),
    };
    let a_day = size(census.bytes_a_day(now) as u64);
    let goes = if raw_days == 0 {
        String::new()
    } else {
        let (readings, made) = census.settled(now, raw_days);
        let (readings, made) = (size(readings as u64), size(made as u64));
        format!(
            "readings go after {raw_days} days, so they take {readings} at most, and hours and days add {made} a day; "
        )
    };
    format!("{a_value}{a_day} a day as in the last {RECENT_DAYS} days; {goes}{lasts}")
}

/// `12.3 MiB`.
fn size(bytes: u64) -> String {
    const STEP: f64 = 1_024.0;
    let mut number = bytes as f64;
    for unit in ["B", "KiB", "MiB"] {
        if number < STEP {
            return if unit == "B" { format!("{bytes} B") } else { format!("{number:.1} {unit}") };
        }
        number /= STEP;
    }
    format!("{number:.1} GiB")
}
