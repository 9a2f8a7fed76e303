//! What the database holds, counted: for its owner, who wants to know how long its room lasts.

use weather::station::Slug;
use weather::time::{DAY_MS, Timestamp};

/// The growth of now is that of so many days.
pub const RECENT_DAYS: i64 = 30;

/// What was counted.
#[derive(Debug)]
pub struct Census {
    /// Bytes that hold something.
    pub used_bytes: u64,
    /// Bytes of the file that are free for what comes.
    pub free_bytes: u64,
    /// What is kept, by table.
    pub kept: Vec<Kept>,
    /// The stations, sorted by slug.
    pub stations: Vec<CensusedStation>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Its bytes, with its indexes.
    pub bytes: u64,
}

/// What was counted of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CensusedStation {
    /// Its slug.
    pub slug: Slug,
    /// Its readings: one for each sensor and instant.
    pub readings: u64,
    /// About so many values they have; `None`: there are too few to tell.
    pub values: Option<u64>,
    /// Readings of the last [`RECENT_DAYS`].
    pub recent: u64,
    /// The time of the first one.
    pub first: Option<Timestamp>,
    /// The time of the last one.
    pub last: Option<Timestamp>,
}

impl Census {
    /// Bytes that a reading takes, with its part of what is made of it: hours and days. 0 if there is none.
    pub fn bytes_a_reading(&self) -> f64 {
        let of = |tables: &[&str]| -> u64 {
            self.kept.iter().filter(|kept| tables.contains(&kept.table)).map(|kept| kept.bytes).sum()
        };
        let readings: u64 = self.stations.iter().map(|station| station.readings).sum();
        if readings == 0 { 0.0 } else { of(&["observation", "hourly", "daily"]) as f64 / readings as f64 }
    }

    /// The same of a value.
    pub fn bytes_a_value(&self) -> Option<f64> {
        let known = self.stations.iter().filter_map(|station| Some((station.readings, station.values?)));
        let (readings, values) = known.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (values > 0).then(|| self.bytes_a_reading() * readings as f64 / values as f64)
    }

    /// By so many bytes a day it has grown lately. A station that is younger than a month has grown in its own time.
    pub fn bytes_a_day(&self, now: Timestamp) -> f64 {
        let of = |station: &CensusedStation| {
            let age_days = station.first.map_or(0, |first| now.since(first) / DAY_MS + 1);
            station.recent as f64 / age_days.clamp(1, RECENT_DAYS) as f64
        };
        self.stations.iter().map(of).sum::<f64>() * self.bytes_a_reading()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn station(readings: u64, recent: u64, age_days: i64) -> CensusedStation {
        let first = Some(NOW.plus(-age_days * DAY_MS + 1));
        let slug = Slug::new("garden").expect("a slug");
        CensusedStation { slug, readings, values: Some(readings * 10), recent, first, last: Some(NOW) }
    }

    fn census(stations: Vec<CensusedStation>) -> Census {
        let kept = [("observation", 900), ("hourly", 90), ("daily", 10), ("journal", 5_000)];
        let kept = kept.map(|(table, bytes)| Kept { table, rows: 1, bytes }).to_vec();
        Census { used_bytes: 6_000, free_bytes: 0, kept, stations }
    }

    #[test]
    fn the_growth_is_that_of_the_last_month_or_of_a_younger_stations_days() {
        let old = census(vec![station(100, 30, 400)]);
        assert_eq!((old.bytes_a_reading(), old.bytes_a_value(), old.bytes_a_day(NOW)), (10.0, Some(1.0), 10.0));
        let young = census(vec![station(100, 100, 5)]);
        assert_eq!(young.bytes_a_day(NOW), 200.0);
        let none = census(Vec::new());
        assert_eq!((none.bytes_a_reading(), none.bytes_a_value(), none.bytes_a_day(NOW)), (0.0, None, 0.0));
    }
}
